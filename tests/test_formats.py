"""Every input format: samples with what they are read as, and files that must be refused."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict
from pathlib import Path

import pytest
from store_night import SAID
from workbook import workbook

from ledger import connect
from ledger.errors import FileRefused, UnknownFormat
from ledger.formats import Options, names, read_file
from ledger.forms import CouncilForm, NightForm, SeatForm, WardForm

FORMATS = Path(__file__).with_name("formats")
SAMPLES = sorted(FORMATS.glob("*/sample.*"))


def read(path, **more):
    """A sample as its folder's options say."""
    given = json.loads((path.parent / "options.json").read_text("utf-8")) | more
    for beside in {"candidates", "sizes", "left_out"} & set(given):
        given[beside] = str(path.parent / given[beside])
    return read_file(str(path), Options(**given)).whole()


def plain(batch):
    """A batch as JSON, without where it was read from."""
    return {
        "councils": [form.model_dump(mode="json") for form in batch.councils],
        "nights": [form.model_dump(mode="json") for form in batch.nights],
        "results": [form.model_dump(mode="json") for form in batch.results],
        "lines": list(batch.lines),
        **(
            {"changes": [c.model_dump(mode="json") for c in batch.changes]} if batch.changes else {}
        ),
    }


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.parent.name)
def test_sample(sample, pytestconfig):
    """It is recognised by its header and read as expected.json says (`--update` writes it)."""
    expected = sample.with_name("expected.json")
    found = plain(read(sample))
    if pytestconfig.getoption("update"):
        expected.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
    assert found == json.loads(expected.read_text("utf-8"))


def test_every_format_has_a_sample():
    """A new format comes with a folder of its own."""
    assert {path.parent.name for path in SAMPLES} | {"sheet-xlsx"} == set(names())


def test_a_workbook_is_read_as_its_sheet(tmp_path):
    """sheet-xlsx: the same rows from a workbook give the same results."""
    sample = FORMATS / "sheet-csv" / "sample.csv"
    rows = list(csv.reader(sample.read_text("utf-8").splitlines()))
    cells = [[int(cell) if cell.isdigit() else cell for cell in row] for row in rows]
    path = tmp_path / "sheet.xlsx"
    path.write_bytes(workbook(cells))
    options = Options(poll_date="2016-05-05")
    assert plain(read_file(str(path), options).whole()) == plain(read(sample))


@pytest.mark.parametrize("votes", [12.5, -1, 1e12, "1e3", "٣"])
def test_a_workbook_with_votes_that_are_none(tmp_path, votes):
    """Numbers of a workbook are held to the same rule."""
    path = tmp_path / "sheet.xlsx"
    rows = [["ward", "candidate", "party", "votes"], ["Harbour", "Ada", "Lab", votes]]
    path.write_bytes(workbook(rows))
    with pytest.raises(FileRefused) as refused:
        read_file(str(path), Options(poll_date="2024-05-02")).whole()
    assert [problem.rule for problem in refused.value.problems] == ["bad-number"]


@pytest.mark.parametrize("data", [b"PK\x03\x04 and no more", workbook([])[:300]])
def test_a_broken_workbook(tmp_path, data):
    """A file that says it is a workbook and is not one: what to do about that is told."""
    path = tmp_path / "sheet.xlsx"
    path.write_bytes(data)
    with pytest.raises(FileRefused) as refused:
        read_file(str(path)).whole()
    assert [p.rule for p in refused.value.problems] == ["other-workbook"]
    assert "save it as" in str(refused.value.problems[0])


# --- refused, with every problem at once ----------------------------------------------------

HEAD = "ward,candidate,party,votes,elected"
GOOD = "Harbour,Ada Marsh,Lab,10,1"
CSV = {
    "unclosed quote": (f'{HEAD}\n{GOOD}\n"Hill,Bob,Con,1,0\nx,y,z,1,0\n', [(3, "strict-csv")]),
    "short row": (f"{HEAD}\n{GOOD}\nHill,Bob,Con\n", [(3, "short-row")]),
    "long row": (f"{HEAD}\n{GOOD}\nHill,Bob,Con,1,0,0\n", [(3, "long-row")]),
    "duplicate header": (f"{HEAD},votes\n{GOOD},1\n", [(1, "heading-twice")]),
    "heading without a name": (f"{HEAD},\n{GOOD},1\n", [(1, "empty-heading")]),
    "no party column": ("ward,candidate,prty,votes\nH,A,L,1\n", [(1, "missing-column")]),
    "a misspelt heading of votes": ("ward,candidate,party,vote\nH,A,L,1\n", [(1, "missing-column")]),
    "marks and no votes": ("ward,candidate,party,elected\nH,A,L,1\n", [(1, "missing-column")]),
    "one heading twice, one missing": (
        "ward,candidate,votes,votes\nH,A,1,1\n", [(1, "missing-column"), (1, "heading-twice")]
    ),
    "no rows": (f"{HEAD}\n", [(None, "empty-file")]),
    "a NUL": (f"{HEAD}\nHarb\0our,A,Lab,1,1\n", None),
    "votes": (
        f"{HEAD}\n" + "".join(f"W{n},A,Lab,{v},1\n" for n, v in enumerate((
            "NaN", "Infinity", "-1", "1e3", "12.0", "true", "１２", "٣", str(2**63),
            "9" * 5000, "", "0x1F", "1_000", "+5", '"1,234"',
        ))),
        [(n, "missing" if n == 12 else "bad-number") for n in range(2, 17)],
    ),
    "names": (
        f"{HEAD}\n" + "".join(f"W{n},{name},Lab,1,1\n" for n, name in enumerate((
            "A\u202eB", "A\u200bB", "A\u2066B", "x" * 10_000, "",
        ))),
        [(2, "bad-name"), (3, "bad-name"), (4, "bad-name"), (5, "bad-name"), (6, "missing")],
    ),
    "a mark": (f"{HEAD}\nH,A,Lab,1,perhaps\n", [(2, "bad-mark")]),
    "figures that differ": (
        f"{HEAD},electorate\nH,A,Lab,1,1,100\nH,B,Con,0,0,101\n", [(2, "figures-differ")]
    ),
    "several at once": (
        f"{HEAD}\nH,A,Lab,x,1\nI,B\nJ,C,Con,-4,0\n",
        [(2, "bad-number"), (3, "short-row"), (4, "bad-number")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CSV)
def test_strict_csv(tmp_path, case):
    """Each problem is told with its line and rule, all of them in one refusal."""
    text, expected = CSV[case]
    path = tmp_path / "sheet.csv"
    path.write_bytes(text.encode())
    with pytest.raises(FileRefused) as refused:
        read_file(str(path), Options(poll_date="2024-05-02")).whole()
    told = sorted((problem.line or 0, problem.rule) for problem in refused.value.problems)
    if expected is not None:
        assert told == sorted((line or 0, rule) for line, rule in expected)
    assert all(problem.message and problem.file == str(path) for problem in refused.value.problems)


def test_a_problem_shows_its_value(tmp_path):
    """Whoever mends a cell sees what stands in it, once."""
    path = tmp_path / "sheet.csv"
    path.write_text(f"{HEAD}\nH,A,Lab,12x,perhaps\n", "utf-8")
    with pytest.raises(FileRefused) as refused:
        read_file(str(path), Options(poll_date="2024-05-02")).whole()
    votes, mark = (str(problem) for problem in refused.value.problems)
    assert "[bad-mark] 'perhaps': it is neither yes nor no" in mark
    assert votes.count("12x") == 1


def test_bytes_that_are_not_utf_8(tmp_path):
    """The line of the first such byte is told."""
    path = tmp_path / "sheet.csv"
    path.write_bytes(f"{HEAD}\n{GOOD}\nHill,Zo\xeb,Con,1,0\n".encode("latin-1"))
    with pytest.raises(FileRefused) as refused:
        read_file(str(path)).whole()
    assert [(p.line, p.rule) for p in refused.value.problems] == [(3, "utf-8")]


@pytest.mark.parametrize("text", [f"\ufeff{HEAD}\r\n{GOOD}\r\n", f"{HEAD}\n{GOOD}", f"\n{GOOD}"])
def test_what_is_taken_or_not_recognised(tmp_path, text):
    """A byte-order mark, CRLF and a missing last newline are taken; no header is not."""
    path = tmp_path / "sheet.csv"
    path.write_text(text, "utf-8", newline="")
    if text.startswith("\n"):
        with pytest.raises(UnknownFormat):
            read_file(str(path)).whole()
    else:
        assert len(read_file(str(path)).whole().results) == 1


CANDIDATES = '"candidates": [{"name": "A", "votes": 1}]'
JSON = {
    "NaN": '{"contest": "c", "candidates": [{"name": "A", "votes": NaN}]}',
    "Infinity": '{"contest": "c", "candidates": [{"name": "A", "votes": -Infinity}]}',
    "negative": '{"contest": "c", "candidates": [{"name": "A", "votes": -1}]}',
    "1e3": '{"contest": "c", "candidates": [{"name": "A", "votes": 1e3}]}',
    "12.0": '{"contest": "c", "candidates": [{"name": "A", "votes": 12.0}]}',
    "true": '{"contest": "c", "candidates": [{"name": "A", "votes": true}]}',
    "text": '{"contest": "c", "candidates": [{"name": "A", "votes": "12"}]}',
    "2^63": f'{{"contest": "c", "candidates": [{{"name": "A", "votes": {2**63}}}]}}',
    "five thousand digits": f'{{"contest": "c", "candidates": [{{"name": "A", "votes": {"9" * 5000}}}]}}',
    "missing votes": '{"contest": "c", "candidates": [{"name": "A"}]}',
    "duplicate key": f'{{"contest": "c", "contest": "d", {CANDIDATES}}}',
    "duplicate key within": '{"contest": "c", "candidates": [{"name": "A", "name": "B", "votes": 1}]}',
    "unknown field": f'{{"contest": "c", "turnout": 1, {CANDIDATES}}}',
    "lone surrogate": '{"contest": "c", "candidates": [{"name": "A\\ud800", "votes": 1}]}',
    "NUL": '{"contest": "c", "candidates": [{"name": "A\\u0000", "votes": 1}]}',
    "bidirectional": '{"contest": "c", "candidates": [{"name": "A\\u202e", "votes": 1}]}',
    "long name": f'{{"contest": "c", "candidates": [{{"name": "{"x" * 10_000}", "votes": 1}}]}}',
    "not an object": "[1]",
    "cut off": '{"contest": "c"',
    "trailing": f'{{"contest": "c", {CANDIDATES}}} x',
    "deep": "[" * 100_000,
    "no contest": f"{{{CANDIDATES}}}",
}


@pytest.mark.parametrize("case", JSON)
def test_strict_json(tmp_path, case):
    """Nothing is guessed: each is refused with its field or its line."""
    path = tmp_path / "results.json"
    path.write_text(JSON[case], "utf-8")
    with pytest.raises(FileRefused) as refused:
        read_file(str(path)).whole()
    assert refused.value.problems
    assert all(problem.message for problem in refused.value.problems)


@pytest.mark.parametrize(
    ("when", "zone", "expected"),
    [
        ("2016-05-06T02:15+01:00", None, "2016-05-06T01:15:00+00:00"),
        ("2016-05-06T02:15", "Europe/London", "2016-05-06T01:15:00+00:00"),
        ("2016-05-06T02:15", None, "name the zone with --timezone"),
        ("02:15", "Europe/London", "it has no date"),
        ("2019-10-27T01:30", "Europe/London", "exists twice"),
        ("2016-03-27T01:30", "Europe/London", "does not exist"),
        ("2016-05-06T02:15", "Europe/Lodnon", "no time zone"),
        ("0001-01-01T00:00-01:00", None, "before 1900"),
        ("9999-12-31T23:59-14:00", None, "out of range"),
        ("2016-12-31T23:59:60Z", None, "no such minute"),
        ("1462496400", None, "a day and an hour"),
    ],
)
def test_times_in_bulk_files(tmp_path, when, zone, expected):
    """With an offset, or in the zone named; what cannot be read is told, not guessed."""
    path = tmp_path / "results.json"
    path.write_text(f'{{"contest": "c", "declared_at": "{when}", {CANDIDATES}}}', "utf-8")
    try:
        found = read_file(str(path), Options(timezone=zone)).whole().results[0].declared_at
    except FileRefused as refused:
        (problem,) = refused.problems
        assert (problem.field, problem.rule) == (
            "declared_at",
            "unknown-zone" if zone == "Europe/Lodnon" else "bad-time",
        )
        found = str(problem)
    assert expected in found


def test_hostile_general_election_files(tmp_path):
    """Columns the program counts on may hold anything."""
    folder = FORMATS / "general-election-csv"
    text = (folder / "sample.csv").read_text("utf-8")
    people = Options(candidates=str(folder / "candidates.csv"))
    path = tmp_path / "ge.csv"
    for old, new, rule in (
        (",1,E14000831", ",first,E14000831", "bad-number"),
        (",37474,", ",37475,", "papers-add-up"),
        (",Onwurah,", ",Somebody,", "winner-differs"),
        ("E14000831", "E99999999", "candidate-missing"),
        (",37474,137,", ",37474,x,", "bad-number"),
    ):
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")
        with pytest.raises(FileRefused) as refused:
            read_file(str(path), people).whole()
        assert rule in {problem.rule for problem in refused.value.problems}


# --- into a ledger -------------------------------------------------------------------------


def thousand(tmp_path, bad):
    """A ledger with 1,000 open contests, and a sheet of results with row `bad` wrong."""
    book = connect(str(tmp_path / "night.db"), create=True)
    seat = SeatForm(holder="Ada Marsh", party="Labour", up=True)
    wards = tuple(WardForm(name=f"Ward {n}", seats=(seat,)) for n in range(1000))
    form = CouncilForm(council="big", name="Big", wards=wards, since="2016-01-01")
    book.register(form, **SAID)
    night = {"poll_date": "2016-05-05", "council": "big"}
    contests = [{"ward": f"Ward {n}"} for n in range(1000)]
    book.open(NightForm.model_validate_json(json.dumps(night | {"contests": contests})), **SAID)
    rows = [f"Ward {n},Ada Marsh,Lab,{n},1" for n in range(1000)]
    if bad:
        rows[bad - 1] = rows[bad - 1].replace(",1", ",no")
        rows[bad] = rows[bad].replace("Ward", "Wadr")
    path = tmp_path / "sheet.csv"
    path.write_text("\n".join([HEAD, *rows, ""]), "utf-8")
    return book, read_file(str(path), Options(council="big", poll_date="2016-05-05"))


def test_a_bad_row_of_a_thousand(tmp_path):
    """Row 500 of 1,000 wrong: it is named, with the one after it, and nothing is recorded."""
    book, batch = thousand(tmp_path, bad=500)
    with book, pytest.raises(FileRefused) as refused:
        book.load(batch, declared_at="2016-05-06T01:00", **SAID)
    told = [(problem.line, problem.rule) for problem in refused.value.problems]
    assert told == [(501, "elected-equals-seats"), (502, "unknown-contest")]
    with connect(book.url) as again:
        assert again.store.total() == 1001


def test_loading_twice_adds_nothing(tmp_path):
    """The second time every row is found as it was recorded."""
    book, batch = thousand(tmp_path, bad=None)
    with book:
        first = book.load(batch, declared_at="2016-05-06T01:00", **SAID)
        again = book.load(batch, declared_at="2016-05-06T01:00", **SAID)
    assert (first.recorded, first.skipped) == (1000, 0)
    assert (again.recorded, again.skipped) == (0, 1000)
    assert [asdict(e)["digest"] for e in again.entries] == [e.digest for e in first.entries]
