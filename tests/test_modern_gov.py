"""Modern.gov's XML: read as it means, into a ledger, and refused where it cannot be trusted."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path

import pytest
from modern_gov_files import OPTIONS, WARD, WARDS, line_of, take, told, votes_of
from store_night import SAID

from ledger import connect
from ledger.errors import FileRefused
from ledger.formats import Options, read_council, read_night

NIGHT = Path(__file__).parent.parent / "cli" / "nights"


@pytest.fixture
def book(tmp_path):
    """Southampton as it was on the eve of 5 May 2016, its contests open."""
    with connect(str(tmp_path / "night.db"), create=True) as ledger:
        ledger.register(read_council(str(NIGHT / "southampton-2016-council.json")), **SAID)
        ledger.open(read_night(str(NIGHT / "southampton-2016-night.json")), **SAID)
        yield ledger


@pytest.fixture
def file(tmp_path):
    """Reads text as a file of results, with changes of it."""
    return partial(take, tmp_path)


# --- what it means --------------------------------------------------------------------------


def test_into_a_ledger(book, file):
    """Wards are found by name and day, in the only council; loaded again nothing is added."""
    first = book.load(file(WARDS), declared_at="2016-05-06T03:00", **SAID)
    again = book.load(file(WARDS), declared_at="2016-05-06T03:00", **SAID)
    assert (first.recorded, again.recorded, again.skipped) == (4, 0, 4)
    assert [len(entry.fact.elected) for entry in first.entries] == [1, 2, 1, 2]


def test_the_rest_of_the_night(book, file):
    """Areas that are not published yet wait for the next load, which adds only them."""
    text = re.sub(r"(<title>Millbrook.*?)Published", r"\1Not published", WARDS, flags=re.DOTALL)
    assert book.load(file(text), declared_at="2016-05-06T03:00", **SAID).recorded == 3
    after = book.load(file(WARDS), declared_at="2016-05-06T03:00", **SAID)
    assert (after.recorded, after.skipped) == (1, 3)


def test_what_was_corrected_meanwhile(book, file):
    """Figures the council changes are refused, until they are corrected here: then the rest of
    the file is taken."""
    first = re.sub(r"(<title>Millbrook.*?)Published", r"\1Draft", WARDS, flags=re.DOTALL)
    book.load(file(first), declared_at="2016-05-06T03:00", **SAID)
    later = file(WARDS, (">1317<", ">1371<"))
    with pytest.raises(FileRefused) as refused:
        book.load(later, declared_at="2016-05-06T04:00", **SAID)
    assert [rule for _, _, rule in told(refused)] == ["already-declared"]
    book.correct("coxford", votes={"Tammy Thomas": 1371}, reason="transposed", **SAID)
    receipt = book.load(later, declared_at="2016-05-06T04:00", **SAID)
    assert (receipt.recorded, receipt.skipped) == (1, 3)


def test_figures(file):
    """Thousands may be grouped; 0 papers or electors is what nobody filled in."""
    (result,) = file(WARD, (">1317<", ">1,317<")).results
    assert max(candidate.votes for candidate in result.candidates) == 1317
    assert (result.electorate, result.ballot_papers, result.rejected) == (None, None, None)
    (result,) = file(
        WARD,
        ("<electorate>0</electorate>\n      <numb", "<electorate>10,066</electorate>\n      <numb"),
        ("<numballotpapersissued>0</numballotpapersissued>\n      <numpr",
         "<numballotpapersissued>3,500</numballotpapersissued>\n      <numpr"),
    ).results  # fmt: skip
    assert (result.electorate, result.ballot_papers) == (10066, 3500)


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        ({"Rejected": 8}, 8),
        ({"No official mark": 1, "Unmarked": 12}, 13),
        ({"Unmarked": 12, "Rejected in part": 3}, 12),
        ({"Unmarked": 12, "Voting for more": 3, "Total rejected": 15}, 15),
        ({"Total": 15}, 15),
        ({"Unmarked": 0}, None),
        ({"Unmarked": 12, "Total": 15}, "figures-differ"),
        ({"Unmarked": "x"}, "bad-number"),
    ],
)
def test_rejected_papers(file, reasons, expected):
    """The reasons are added up; papers rejected in part were counted, and a total is checked."""
    lines = "".join(
        f"<spoiledvote><description>{reason}</description><numvotes>{papers}</numvotes></spoiledvote>"
        for reason, papers in reasons.items()
    )
    batch = file(WARD, ("<spoiledvotes />", f"<spoiledvotes>{lines}</spoiledvotes>"))
    if isinstance(expected, str):
        assert [problem.rule for problem in batch.problems] == [expected]
    else:
        assert batch.whole().results[0].rejected == expected


def test_a_tie_and_its_lot(book, file):
    """Of two with the same votes the one marked was drawn; with neither marked it waits."""
    second = ("<numvotes>924<", "<numvotes>1317<")
    entry = book.load(file(WARD, second), declared_at="2016-05-06T03:00", **SAID).entries[0]
    assert entry.fact.lot == ("Tammy Thomas",)
    book.withdraw(entry.number, reason="a trial", **SAID)
    undrawn = file(WARD, second, ("<iselected>True<", "<iselected>False<"))
    entry = book.load(undrawn, declared_at="2016-05-06T03:00", **SAID).entries[0]
    assert (entry.fact.lot, entry.fact.elected) == ((), ())


def test_withdrawn(file):
    """Who withdrew was not on the ballot paper; who did and is elected is a slip."""
    gone = ("<numvotes>70<", "<numvotes>Withdrawn<")
    (result,) = file(WARD, gone).whole().results
    assert "Derek Chandler" not in [candidate.name for candidate in result.candidates]
    with pytest.raises(FileRefused) as refused:
        file(WARD, ("<numvotes>1317<", "<numvotes>Withdrawn<")).whole()
    assert [rule for _, _, rule in told(refused)] == ["bad-mark"]


@pytest.mark.parametrize("said", ["0", "", "Uncontested"])
def test_uncontested(tmp_path, file, said):
    """Where all are elected and nobody has votes there was no poll: also the second time."""
    alone = re.sub(r"(?s)    <candidate>(?:(?!</candidate>).)*False.*?</candidate>\n", "", WARD)
    alone = alone.replace(" 7<", " 1<").replace(">1317<", f">{said}<")
    council = {"council": "x", "name": "X", "since": "2016-01-01", "wards": [
        {"name": "Coxford", "seats": [{"holder": "A Bell", "party": "Lab", "up": True}]}]}  # fmt: skip
    night = {"poll_date": "2016-05-05", "contests": [{"ward": "Coxford"}]}
    for name, form in (("council", council), ("night", night)):
        (tmp_path / name).write_text(json.dumps(form), "utf-8")
    with connect(str(tmp_path / "x.db"), create=True) as ledger:
        ledger.register(read_council(str(tmp_path / "council")), **SAID)
        ledger.open(read_night(str(tmp_path / "night")), **SAID)
        first = ledger.load(file(alone), declared_at="2016-05-05T22:00", **SAID)
        again = ledger.load(file(alone), declared_at="2016-05-05T22:00", **SAID)
    assert [entry.kind for entry in first.entries] == ["elected-unopposed"]
    assert [person.name for person in first.entries[0].fact.elected] == ["Tammy Thomas"]
    assert (again.recorded, again.skipped) == (0, 1)


@pytest.mark.parametrize(
    ("old", "new", "options"),
    [
        ("05/05/2016, 22:00", "05/05/2016", Options()),
        ("05/05/2016, 22:00", "", Options()),  # the hour the poll opened says it too
        ("<title>Coxford<", "<title>Coxford Ward<", Options()),
        ("<status>Published<", "<status> published <", OPTIONS),
        ("<election>", '<!-- saved --><election xmlns="http://x/" a="b">', Options()),
        ("Tammy Thomas", "Tammy&#32;Thomas", Options()),
        ("Tammy Thomas", "<![CDATA[Tammy Thomas]]>", Options()),
    ],
)
def test_what_is_the_same(file, old, new, options):
    """Spellings that mean the same give the same results."""
    assert file(WARDS, (old, new), options=options).results == file(WARDS).results


# --- refused, with every problem at once ----------------------------------------------------

BAD_VOTES = ["", "-1", "12.5", "1e3", "1,31", "13,17", ",317", "1 317", "n/a", "٣", "9" * 5000]


@pytest.mark.parametrize("votes", BAD_VOTES)
def test_votes_that_are_none(file, votes):
    """Each is told at the line of the votes; empty is missing, and missing is not zero."""
    line, element = votes_of("Tammy Thomas")
    with pytest.raises(FileRefused) as refused:
        file(WARD, (element, f"<numvotes>{votes}</numvotes>")).whole()
    assert told(refused) == [(line, "numvotes", "bad-number" if votes else "missing")]


@pytest.mark.parametrize(
    "name", ["A\u202eB", "A\u200bB", "A\u2066B", "", "x" * 300, "A&#x202E;B", "A&#9;B&#0x0;"]
)
def test_names_that_are_none(file, name):
    """Bidirectional overrides, invisible characters and the rest, written out or as numbers."""
    with pytest.raises(FileRefused) as refused:
        file(WARD, ("Tammy Thomas", name)).whole()
    assert {rule for _, _, rule in told(refused)} <= {"bad-name", "missing", "strict-xml"}


FIRST = "<electionareaid>41</electionareaid>\n      <title>Coxford"
WRONG = {
    "candidate twice": ([("Victoria Galton", "derek  chandler")], [("candidatename", "candidate-twice")]),
    "candidate of no area": (
        [("<electionareaid>41<", "<electionareaid>99<")], [("electionareaid", "unknown-area")]
    ),
    "candidate out of place": (
        [("<areatitle>Coxford<", "<areatitle>Harefield<")], [("areatitle", "area-differs")]
    ),
    "area id twice": (
        [("<electionareaid>42</electionareaid>\n      <title>", "<electionareaid>41</electionareaid>\n      <title>"),
         *[("<electionareaid>42<", "<electionareaid>41<")] * 9],
        None,
    ),
    "area title twice": ([("<title>Harefield<", "<title>Coxford<")], [("title", "area-twice")]),
    "area without a title": ([("<title>Coxford<", "<title><")], [("title", "missing")]),
    "area without an id": ([(FIRST, FIRST.replace("41", ""))], None),
    "area without a status": ([("<status>Published<", "<status><")], [("status", "missing")]),
    "one candidate fewer": ([(" 33<", " 34<")], [("candidatecount", "figures-differ")]),
    "elected or not": ([("<iselected>True<", "<iselected>Perhaps<")], [("iselected", "bad-mark")]),
    "second votes": ([("<numvotes2>0<", "<numvotes2>5<")], [("numvotes2", "second-votes")]),
    "day": ([("05/05/2016, 22:00", "5 May 2016")], [("endvotedatetime", "bad-time")]),
    "day of the others": (
        [("05/05/2016, 22:00", "12/05/2016, 22:00")],
        [("endvotedatetime", "figures-differ")] * 3,
    ),
    "a slip in an element": (
        [("<numvotes>1317</numvotes>", "<numvote>1317</numvote>")],
        [("numvote", "unknown-element"), ("numvotes", "missing")],
    ),
    "an element in votes": (
        [("<numvotes>1317</numvotes>", "<numvotes>1<b/>317</numvotes>")], [("b", "unknown-element")]
    ),
    "votes twice": (
        [("<numvotes>1317</numvotes>", "<numvotes>1</numvotes><numvotes>1317</numvotes>")],
        [("numvotes", "element-twice")],
    ),
    "text between": ([("</candidate>", "</candidate>perhaps")], [("candidates", "stray-text")]),
    "several": (
        [("<numvotes>70<", "<numvotes>-70<"), ("<iselected>True<", "<iselected>x<"), ("Harefield", "H\u202e")],
        [("iselected", "bad-mark"), ("numvotes", "bad-number")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_does_not_fit(file, case):
    """Each problem is told with its element and rule and a line, all of them in one refusal."""
    changes, expected = WRONG[case]
    with pytest.raises(FileRefused) as refused:
        file(WARDS, *changes, options=Options()).whole()
    assert all(line for line, _, _ in told(refused))
    if expected is not None:
        assert sorted((field, rule) for _, field, rule in told(refused)) == sorted(expected)


def test_where_it_is(file):
    """The line is that of the element itself, the value is shown, and a suggestion made."""
    line, element = votes_of("Tammy Thomas")
    batch = file(WARD, (element, "<numvotes>1e3</numvotes>"), ("<numseats>", "<numseat>"),
                 ("</numseats>", "</numseat>"))  # fmt: skip
    shape, votes = batch.problems
    assert (votes.line, votes.field, votes.value) == (line, "numvotes", "'1e3'")
    assert (shape.line, shape.suggestion) == (
        line_of(WARD, "<numseats>"),
        "did you mean 'numseats'?",
    )


def test_what_the_ledger_does_not_know(book, file):
    """A ward or a name that is not the ledger's is told at its area, beside all else."""
    batch = file(WARDS, ("<title>Millbrook<", "<title>Milbrook<"), ("Tammy Thomas", "Tamy Thomas"))
    with pytest.raises(FileRefused) as refused:
        book.load(batch, declared_at="2016-05-06T03:00", **SAID)
    assert [rule for _, _, rule in told(refused)] == ["unknown-candidate", "unknown-contest"]
    hints = [str(problem) for problem in refused.value.problems]
    assert any("did you mean 'Millbrook'" in hint for hint in hints)
    assert book.store.total() == 17


EMPTY = "<electionareas></electionareas>"
NOTHING = {
    "no such election": ("<election />", "empty-file"),
    "no area": (re.sub(r"(?s)<electionareas>.*</electionareas>", EMPTY, WARD), "unknown-area"),
    "neither": (f"<election><candidates/>{EMPTY}</election>", "empty-file"),
    "nothing published": (WARD.replace(">Published<", ">Draft<"), "empty-file"),
    "no candidates": (re.sub(r"(?s)<candidate>.*</candidate>", "", WARD).replace(" 7<", " 0<"), "no-candidates"),
    "no votes yet": (re.sub(r"<numvotes>\d+", "<numvotes>0", WARD).replace("True", "False"), "missing"),
    "no day": (WARD, "missing"),
    "a web page": ("<html><body>Sorry</body></html>", "not-an-election"),
    "an error of the service": ("<string xmlns='http://x'>No access</string>", "not-an-election"),
}  # fmt: skip


@pytest.mark.parametrize("case", NOTHING)
def test_nothing_to_record(file, case):
    """What holds no result says why: the wrong page, the wrong number, or too early."""
    text, rule = NOTHING[case]
    with pytest.raises(FileRefused) as refused:
        file(text, options=Options() if case == "no day" else OPTIONS).whole()
    assert {rule for _, _, rule in told(refused)} == {rule}
