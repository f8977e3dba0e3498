"""The general election of 2024 as first published, and what its publisher changed afterwards."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from cli_runner import run
from hypothesis import given
from hypothesis import strategies as st

import cli.nights
from ledger import connect, domain
from ledger.errors import FileRefused
from ledger.facts import Candidate, ContestOpened, ResultDeclared
from ledger.formats import Options, read_file
from ledger.parties import resolve
from ledger.values import FieldChange

SHIPPED = Path(cli.nights.__file__).parent
PUBLISHED = SHIPPED / "general-election-2024-constituencies.csv"
CHANGES = SHIPPED / "general-election-2024-changes.csv"
ROWS = list(csv.DictReader(CHANGES.read_text("utf-8").splitlines()))
HEAD = "change_date,ons_id,constituency,field_changed,old_value,new_value,delta"
SAID = {"by": "Ann", "source": "record of changes"}
NOTED = ("--by", "Ann", "--source", "record of changes")


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """The ledger of what was first published."""
    path = tmp_path_factory.mktemp("first") / "ge.db"
    loaded = run(
        "load", str(PUBLISHED), "--poll-date", "2024-07-04", "--declared-at", "2024-07-05T12:00",
        "--source", "House of Commons Library", "--accept", "rejected-share",
        "--ledger", str(path),
    )  # fmt: skip
    assert loaded.code == 0, loaded.err
    return path


@pytest.fixture(scope="module")
def changed(first, tmp_path_factory):
    """The same with every change made."""
    path = tmp_path_factory.mktemp("changed") / "ge.db"
    shutil.copy(first, path)
    loaded = run("load", str(CHANGES), *NOTED, "--ledger", str(path))
    assert loaded.code == 0, loaded.err
    return path


@pytest.fixture
def ledger(first, tmp_path):
    """A copy to change."""
    return str(shutil.copy(first, tmp_path / "ge.db"))


def asked(path, *command):
    """A question's answer as JSON."""
    return run(*command, "--json", "--ledger", str(path)).json


def corrections(path):
    return asked(path, "log", "--kind", "result-corrected")


def written(tmp_path, *rows):
    """A record of changes with these rows."""
    path = tmp_path / "changes.csv"
    path.write_text("\n".join([HEAD, *rows, ""]), "utf-8")
    return str(path)


# --- the real table and its 38 changes --------------------------------------------------------


def test_the_first_publication_is_the_house_that_was_elected(first):
    """Labour 411 and the Speaker make the 412 that were reported; changes are those on the
    new boundaries, and each majority is the Library's own."""
    told = asked(first, "seats")
    rows = list(csv.DictReader(PUBLISHED.read_text("utf-8").splitlines()))
    of_file = Counter(resolve(row["First party"]).group for row in rows)
    assert told["seats"] == dict(of_file)
    assert told["seats"]["LAB"] + told["seats"]["SPK"] == 412
    assert (told["change"]["LAB"], told["change"]["CON"]) == (211, -251)
    majorities = {row["Constituency name"]: int(row["Majority"]) for row in rows}
    differ = [c["ward_name"] for c in asked(first, "contests")
              if c["majority_votes"] != majorities[c["ward_name"]]]  # fmt: skip
    # All other candidates together had more votes there than the runner-up.
    assert len(differ) == 7
    winners = {c["elected"][0]["name"] for c in asked(first, "contests")}
    assert {f"{r['Member first name']} {r['Member surname']}" for r in rows} == winners


def test_every_change_is_told_with_its_date_cause_and_effect(changed):
    """All 38 rows stand in the log in the source's own words; those of one constituency and
    one day are one correction. None changes a winner, a seat or control."""
    found = corrections(changed)
    told = [
        (entry["ward"], change["field"], change["old"], change["new"], change["on"])
        for entry in found
        for change in entry["data"]["told"]
    ]
    fields = ("field_changed", "old_value", "new_value", "change_date")
    assert sorted(row[1:] for row in told) == sorted(tuple(r[f] for f in fields) for r in ROWS)
    assert (len(told), len(found)) == (38, 36)
    assert Counter(entry["effect"]["class"] for entry in found) == {
        "figures": 25, "none": 10, "rank": 1,
    }  # fmt: skip
    assert all(entry["effect"]["seats"] == {} for entry in found)
    assert Counter(entry["cause"] for entry in found) == {
        "source changed": 32, "transposed rows": 2, "wrong party label": 2,
    }  # fmt: skip
    assert {e["effective_at"] for e in found} == {"2024-07-05T12:00:00+01:00"}
    assert all(e["data"]["told"][0]["on"] in e["reason"] for e in found)


def test_the_composition_stays(first, changed):
    """Before and after, every seat is held by the same member."""
    for question in ("seats", "contests"):
        before, after = (asked(path, question) for path in (first, changed))
        if question == "seats":
            assert before["seats"] == after["seats"]
        else:
            assert [c["elected"][0]["name"] for c in before] == [
                c["elected"][0]["name"] for c in after
            ]
    assert run("check", "--ledger", str(changed)).code == 0


def test_what_the_ledger_holds_is_changed(changed):
    """Each figure that was published stands as last changed; ballot papers follow."""
    now = {c["ward_name"]: c for c in asked(changed, "contests")}
    keys = {"Electorate": "electorate", "Invalid votes": "rejected"}
    for row in ROWS:
        contest = now[row["constituency"]]
        votes = sum(c["votes"] for c in contest["candidates"])
        assert contest["ballot_papers"] == votes + contest["rejected"]
        assert contest["corrected"] is True
        if row["field_changed"] in keys:
            assert contest[keys[row["field_changed"]]] == int(row["new_value"])
    greens = {c["party"]: c["votes"] for c in now["Richmond Park"]["candidates"]}
    reform = {c["party"]: c["votes"] for c in now["Exmouth and Exeter East"]["candidates"]}
    assert (greens["GRN"], reform["REF"]) == (3416, 7085)


def test_what_was_believed_stays_told(changed):
    """Law 3: the first 1,301 entries answer as they did before any change."""
    before = {c["ward"]: c for c in asked(changed, "contests", "--entry", "1301")}
    assert before["old-bexley-and-sidcup"]["electorate"] == 60152
    assert not any(contest["corrected"] for contest in before.values())


def test_people_see_what_was_changed(changed):
    """`log` and `show` tell the field, from what to what, and on which day."""
    log = run("log", "--kind", "result-corrected", "--ledger", str(changed)).out
    assert log.count("Electorate from") == 20
    assert "Surname (RUK candidate) from Kellerman to Kellermann (2026-01-05)" in log
    shown = run("show", "1318", "--ledger", str(changed)).out
    assert "  told         REU votes from 198 to 251 (2024-08-01)\n" in shown
    assert "  told         Ind votes from 251 to 198 (2024-08-01)\n" in shown
    table = run("log", "--kind", "result-corrected", "--csv", "--ledger", str(changed)).out
    assert next(csv.DictReader(table.splitlines()))["told"].startswith("Electorate from 60152")


def test_loading_twice_adds_nothing_and_a_longer_log_only_what_is_new(ledger, tmp_path):
    """Law 9, for a log that its publisher writes on."""
    lines = CHANGES.read_text("utf-8").splitlines()[1:]
    half = written(tmp_path, *lines[:20])
    for recorded, skipped in ((19, 0), (0, 19)):
        told = run("load", half, *NOTED, "--json", "--ledger", ledger).json
        assert (told["recorded"], told["skipped"]) == (recorded, skipped)
    told = run("load", str(CHANGES), *NOTED, "--json", "--ledger", ledger).json
    assert (told["recorded"], told["skipped"]) == (17, 19)
    told = run("load", str(CHANGES), *NOTED, "--json", "--ledger", ledger).json
    assert (told["recorded"], told["skipped"]) == (0, 36)


def test_a_dry_run_lists_each_with_its_effect(ledger):
    """Nothing is recorded, and all is told."""
    told = run("load", str(CHANGES), "--dry-run", *NOTED, "--ledger", ledger)
    assert "richmond-park" in told.out
    assert "Would record 36 entries" in told.out
    asked_ = run("load", str(CHANGES), "--dry-run", *NOTED, "--json", "--ledger", ledger).json
    assert [e["effect"]["class"] for e in asked_["effects"]].count("figures") == 25
    with connect(ledger) as book:
        assert book.store.total() == 1301


# --- refused, with every problem at once ------------------------------------------------------

GOOD = "2024-07-26,E14001177,Colne Valley,Electorate,72683,72638,-45"
BAD = {
    "old value wrong": ([GOOD.replace("72683,72638,-45", "72684,72638,-46")], [(2, "value-differs")]),
    "old value overtaken by a row above": (
        [GOOD, GOOD.replace("2024-07-26", "2024-07-27").replace("72638,-45", "72600,-83")],
        [(3, "value-differs")],
    ),
    "already changed on the day": ([GOOD, GOOD], [(3, "value-differs")]),
    "unknown constituency": ([GOOD.replace("E14001177", "E99999999")], [(2, "unknown-code")]),
    "name of another": ([GOOD.replace("Colne Valley", "Coventry East")], [(2, "other-ward")]),
    "unknown field": ([GOOD.replace("Electorate", "Elektorate")], [(2, "unknown-field")]),
    "a sum is no field": ([GOOD.replace("Electorate", "Valid votes")], [(2, "unknown-field")]),
    "delta": ([GOOD.replace("-45", "45")], [(2, "bad-delta")]),
    "no delta": ([GOOD.replace("-45", "")], [(2, "bad-delta")]),
    "delta of a name": (
        ["2024-09-25,E14001295,Houghton and Sunderland South,Surname (RUK candidate),A,B,1"],
        [(2, "bad-delta")],
    ),
    "no such day": ([GOOD.replace("2024-07-26", "2025-02-29")], [(2, "bad-time")]),
    "no day": ([GOOD.replace("2024-07-26", "26/07/2024")], [(2, "bad-time")]),
    "before the poll": ([GOOD.replace("2024-07-26", "2024-07-01")], [(2, "not-polled")]),
    "out of order": (
        [GOOD, "2024-07-23,E14001089,Bexleyheath and Crayford,Electorate,57359,70297,12938"],
        [(3, "out-of-order")],
    ),
    "no number": ([GOOD.replace("72638", "72,638".replace(",", "."))], [(2, "bad-number")]),
    "a number too long": ([GOOD.replace("72638", "9" * 5000)], [(2, "bad-text")]),
    "a number left blank": ([GOOD.replace("72638", "Blank")], [(2, "bad-number")]),
    "a name left blank": (
        ["2024-09-25,E14001295,Houghton and Sunderland South,Surname (RUK candidate),A,Blank,"],
        [(2, "missing")],
    ),
    "nothing given": ([GOOD.replace("72683", "")], [(2, "missing")]),
    "nothing changed": ([GOOD.replace("72638,-45", "72683,0")], [(2, "nothing-changed")]),
    "a hidden letter": (
        ["2024-09-25,E14001295,Houghton and Sunderland South,Surname (RUK candidate),A,B\u202e,"],
        [(2, "bad-text")],
    ),
    "a party that did not stand": (
        ["2024-07-26,E14001295,Houghton and Sunderland South,UKIP votes,5,6,1"],
        [(2, "unknown-candidate")],
    ),
    "more papers than electors": (
        [GOOD.replace("72638,-45", "100,-72583")], [(2, "papers-within-electorate")]
    ),
    "another winner": (
        ["2024-07-26,E14001177,Colne Valley,Con votes,13713,99999,86286"], None,
    ),
    "short row": ([GOOD, "2024-07-26,E14001177"], [(3, "short-row")]),
    "several at once": (
        [
            GOOD.replace("E14001177", "E99999999"),
            GOOD.replace("72683,72638,-45", "72684,72638,-45"),
            "2024-08-01,E14001414,Old Bexley and Sidcup,Reform UK votes,198,251,53",
            "2024-08-01,E14001414,Old Bexley and Sidcup,Con votes,251,198,-53",
            "2024-08-30,E14001445,Richmond Park,Green votes,2728,3416,688",
        ],
        [(2, "unknown-code"), (3, "bad-delta"), (3, "value-differs"), (4, "value-differs"),
         (5, "value-differs")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_hostile_records(first, tmp_path, case):
    """Each problem is told with its line and rule, all in one refusal, and nothing is
    recorded."""
    rows, expected = BAD[case]
    with connect(str(first)) as book:
        with pytest.raises(FileRefused) as refused:
            book.load(read_file(written(tmp_path, *rows)), **SAID)
        assert book.store.total() == 1301
    told = sorted((problem.line, problem.rule) for problem in refused.value.problems)
    assert expected is None or told == expected
    assert all(problem.message for problem in refused.value.problems)


def test_both_values_are_told(first, tmp_path):
    """Theirs and what stands here, and who says so."""
    path = written(tmp_path, GOOD.replace("72683,72638,-45", "72684,72638,-46"))
    told = run("load", path, *NOTED, "--ledger", str(first))
    assert told.code == 3
    assert "from 72684 to 72638, but 72683 stands here (entry 799)" in told.err


@pytest.mark.parametrize("missing", HEAD.split(","))
def test_every_column_is_needed(tmp_path, missing):
    """A record without one of its columns is no record of changes."""
    path = Path(written(tmp_path, GOOD))
    path.write_text(path.read_text("utf-8").replace(missing, "other", 1), "utf-8")
    with pytest.raises(FileRefused) as refused:
        read_file(str(path), format_="record-of-changes").whole()
    assert {problem.rule for problem in refused.value.problems} == {"missing-column"}


# --- candidates who are known by name ---------------------------------------------------------

VOTES = {
    "Ada Marsh (Labour)": 500,
    "Bo Wood-Brass (Reform UK)": 300,
    "Cy Dee (Linconshire Independents)": 200,
    "Di Ellis (Independent)": 100,
    "Ed Foot (Independent)": 100,
}


@pytest.fixture
def town(tmp_path):
    """A council of one ward with a code, where everybody is known."""
    council = tmp_path / "council.json"
    council.write_text(
        '{"council": "town", "name": "Town", "since": "2024-01-01", "wards": [{"name": "Hill",'
        ' "code": "E05000001", "seats": [{"party": "Labour", "up": true}]}]}'
    )
    night = tmp_path / "night.json"
    night.write_text('{"poll_date": "2024-05-02", "contests": [{"ward": "Hill"}]}')
    url = str(tmp_path / "town.db")
    for command in (("register", str(council)), ("open", str(night))):
        assert run(*command, *NOTED, "--ledger", url).code == 0
    with connect(url) as book:
        book.declare("hill", votes=VOTES, declared_at="2024-05-03T02:00", **SAID)
        yield book


def people(book):
    """Name, label and votes of everybody, as they stand."""
    (contest,) = asked(book.url, "contests")
    return {c["name"]: (c["label"], c["votes"]) for c in contest["candidates"]}


def load(book, tmp_path, *changes, **more):
    rows = [f"2024-06-01,E05000001,Hill,{change}" for change in changes]
    return book.load(read_file(written(tmp_path, *rows)), **SAID, **more)


def test_a_candidate_is_found_by_party(town, tmp_path):
    """Name, votes and label of the party's candidate are corrected, whatever the order."""
    load(
        town, tmp_path,
        "Party name,Linconshire Independents,Lincolnshire Independents,",
        "Surname (RUK candidate),Wood-Brass,Woods-Brass,",
        "Reform UK votes,300,310,10",
    )  # fmt: skip
    now = people(town)
    assert now["Bo Woods-Brass"] == ("Reform UK", 310)
    assert now["Cy Dee"] == ("Lincolnshire Independents", 200)
    assert "Bo Wood-Brass" not in now
    (entry,) = corrections(town.url)
    assert entry["effect"] == {"class": "figures", "seats": {}}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("Surname (RUK candidate),Brass,Glass,", "value-differs"),  # part of a surname
        ("Surname (RUK candidate),Wood,Woods,", "value-differs"),
        ("Ind votes,100,90,-10", "which-candidate"),
        ("Ind votes,99,90,-9", "value-differs"),
        ("Party name,Linkonshire Independents,Lincolnshire Independents,", "unknown-candidate"),
        ("Green votes,1,2,1", "unknown-candidate"),
        ("EC ID (RUK candidate),PP1,PP2,", None),  # an id the ledger's own table gave
        ("Surname (Lab candidate),Marsh,March,", "winner-changes"),
    ],
)
def test_a_candidate_who_is_known_is_checked(town, tmp_path, change, rule):
    """With everybody known there is nothing that the ledger does not hold, but ids."""
    if rule is None:
        assert load(town, tmp_path, change).recorded == 1
        return
    with pytest.raises(FileRefused) as refused:
        load(town, tmp_path, change)
    assert [(p.line, p.rule) for p in refused.value.problems] == [(2, rule)]


def test_a_winners_name_changes_when_it_is_accepted(town, tmp_path):
    """The seat is then held under the right name, from the declaration on."""
    load(town, tmp_path, "Surname (Lab candidate),Marsh,March,", accept=("winner-changes",))
    (contest,) = asked(town.url, "contests", "--at", "2024-05-03T02:00")
    assert contest["elected"][0]["name"] == "Ada March"
    assert corrections(town.url)[0]["effect"]["class"] == "winner"


def test_an_id_that_was_given_is_changed(town, tmp_path):
    """A party's id that a source gave is the source's to change; blank is none."""
    for old, new in (("Blank", "PP8400"), ("PP8400", "PP8500"), ("PP8500", "Blank")):
        load(town, tmp_path, f"EC ID (Linconshire Independents candidate),{old},{new},")
        party = town.entry(town.store.total()).fact.candidates[2].party
        assert (party.label, party.id) == (
            "Linconshire Independents", None if new == "Blank" else new,
        )  # fmt: skip


# --- names and parties by hand ----------------------------------------------------------------


def mend(book, *options):
    return run(
        "correct", "hill", *options, "--reason", "looked again", *NOTED, "--ledger", book.url
    )


def test_a_name_is_put_right_under_the_name_that_stands(town):
    """`--rename`, `--party` and `--party-id` find a candidate by name; what follows knows the
    new one only."""
    done = mend(town, "--rename", "Cy Dee=Cyd Dee", "--party", "Cy Dee=Lincolnshire Independents",
                "--party-id", "Cy Dee=PP99", "--cause", "wrong person")  # fmt: skip
    assert done.code == 0, done.err
    assert "Cyd Dee (Lincolnshire Independents) (before: Cy Dee (Linconshire" in done.out
    assert people(town)["Cyd Dee"] == ("Lincolnshire Independents", 200)
    assert mend(town, "--votes", "Cy Dee=201").code == 3
    assert mend(town, "--votes", "Cyd Dee=201").code == 0
    assert corrections(town.url)[0]["effect"]["class"] == "none"


def test_a_party_of_the_winner_is_a_change_of_winner(town):
    """It moves a seat, so it asks."""
    asks = mend(town, "--party", "Ada Marsh=Conservative")
    assert (asks.code, "Ada Marsh (CON) for Ada Marsh (LAB)" in asks.err) == (3, True)
    assert mend(town, "--party", "Ada Marsh=Con", "--accept", "winner-changes").code == 0
    assert asked(town.url, "seats")["seats"] == {"CON": 1}
    # Labour and Co-operative counts as Labour: only the label changes.
    assert mend(town, "--party", "Ada Marsh=Lab", "--accept", "winner-changes").code == 0
    assert mend(town, "--party", "Ada Marsh=Labour and Co-operative").code == 0
    assert people(town)["Ada Marsh"][0] == "Labour and Co-operative"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--rename", "Cy Dee"), 2),
        (("--rename", "Cy Dee="), 2),
        (("--rename", "Cy Dee=A", "--rename", "Cy Dee=B"), 2),
        (("--rename", "Cy Dee=A", "--from", "-"), 2),
        (("--rename", "Nobody=A"), 3),
        (("--rename", "Cy Dee=Ed Foot"), 3),
        (("--rename", "Cy Dee=Cy Dee"), 3),
        (("--rename", "Cy Dee=A\u202eB"), 3),
    ],
)
def test_names_that_cannot_be_put_right(town, options, code):
    """Refused, and nothing recorded."""
    total = town.store.total()
    assert mend(town, *options).code == code
    assert town.store.total() == total


def test_a_whole_correction_after_a_name_was_put_right_knows_the_new_name(tmp_path):
    """A nominated candidate renamed is given under that name from then on."""
    book = tmp_path / "night.db"
    assert run("demo", "--keep", str(book), "--fast").code == 0
    said = ("--reason", "r", *NOTED, "--ledger", str(book))
    assert run("correct", "bassett", "--rename", "Jean Romsey=Jean Ramsey", *said).code == 0
    votes = {"John Hannides": 1452, "Matthew Renyard": 710, "Steven Hulbert": 356,
             "James Peploe": 204, "David Rawlinson": 28}  # fmt: skip
    for name, code in (("Jean Romsey", 3), ("Jean Ramsey", 0)):
        people_ = [{"name": n, "votes": v} for n, v in (votes | {name: 299}).items()]
        path = tmp_path / "whole.json"
        path.write_text(str({"candidates": people_}).replace("'", '"'), "utf-8")
        assert run("correct", "bassett", "--from", str(path), *said).code == code


# --- as a law ---------------------------------------------------------------------------------

CONTEST = "local.town.hill.2024-05-02"


@given(st.lists(st.tuples(st.sampled_from(("Electorate", "Invalid votes", "Labour votes",
                                           "Con votes")), st.integers(0, 10**6)), max_size=8))  # fmt: skip
def test_changes_made_and_unmade_leave_the_figures(steps):
    """Each change stands upon the one before it; told backwards, they give the first figures
    again. A change told twice is refused, and changes nothing."""
    opened = ContestOpened.model_validate_json(
        f'{{"contest": "{CONTEST}", "ward": "hill", "poll_date": "2024-05-02",'
        ' "polls_close": "2024-05-02T21:00Z", "seats": ["hill/1"]}'
    )
    people_ = tuple(
        Candidate(name=name, party=resolve(party), votes=votes, elected=votes > 6)
        for name, party, votes in (("Ada", "Lab", 7), ("Bo", "Con", 5))
    )
    first = ResultDeclared(
        contest=CONTEST, candidates=people_, rejected=1, ballot_papers=13, electorate=20
    )
    figures = {"Electorate": 20, "Invalid votes": 1, "Labour votes": 7, "Con votes": 5}
    changes = []
    for field, new in steps:
        old, figures[field] = figures[field], new
        changes.append(FieldChange(field=field, old=str(old), new=str(new), on=date(2024, 6, 1)))
    after, refused = domain.changed_by(opened, "Hill", "here", first, changes)
    assert not refused
    assert (after.electorate, after.rejected) == (figures["Electorate"], figures["Invalid votes"])
    assert [c.votes for c in after.candidates] == [figures["Labour votes"], figures["Con votes"]]
    assert after.ballot_papers == after.votes + after.rejected
    back = [FieldChange(field=c.field, old=c.new, new=c.old, on=c.on) for c in reversed(changes)]
    assert domain.changed_by(opened, "Hill", "here", after, back) == (first, {})
    if changes and changes[-1].old != changes[-1].new:
        again = domain.changed_by(opened, "Hill", "here", after, changes[-1:])
        assert (again[0], set(again[1])) == (after, {0})


# --- the Library's own headings ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("Lab hold", "Lab held", "bad-result"),
        ("Lab hold", "Con hold", "bad-result"),
        ("Lab hold", "Lab gain from Lab", "bad-result"),
        (",35755,", ",35756,", "papers-add-up"),
        (",10354,", ",x,", "bad-number"),
        ("Result", "Outcome", "missing-column"),
    ],
)
def test_hostile_constituencies_under_the_librarys_headings(tmp_path, old, new, rule):
    """What does not hang together is refused with its line."""
    text = "\n".join(PUBLISHED.read_text("utf-8").splitlines()[:3])
    path = tmp_path / "ge.csv"
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(FileRefused) as refused:
        read_file(str(path), Options(poll_date="2024-07-04")).whole()
    assert rule in {problem.rule for problem in refused.value.problems}


def test_the_day_of_the_poll_must_be_said():
    """The Library's table does not say it."""
    with pytest.raises(FileRefused) as refused:
        read_file(str(PUBLISHED)).whole()
    assert [(p.field, p.suggestion) for p in refused.value.problems] == [
        ("polling_day", "name it with --poll-date")
    ]


def test_a_runner_up_is_no_part_of_the_rest(tmp_path):
    """Bradford West: 14,898 votes for all others, but 11,017 of them for the second."""
    rows = [*PUBLISHED.read_text("utf-8").splitlines()]
    west = next(row for row in rows if ",Bradford West," in row)
    path = tmp_path / "ge.csv"
    path.write_text("\n".join([rows[0], west]), "utf-8")
    (result,) = read_file(str(path), Options(poll_date="2024-07-04")).whole().results
    votes = {c.party: c.votes for c in result.candidates}
    assert (votes["Ind"], votes["All other candidates"]) == (11017, 3881)
    path.write_text("\n".join([rows[0], west.replace(",707,", ",20000,")]), "utf-8")
    with pytest.raises(FileRefused) as refused:
        read_file(str(path), Options(poll_date="2024-07-04")).whole()
    assert "majority-differs" in {problem.rule for problem in refused.value.problems}


# --- the night that ships ---------------------------------------------------------------------


def test_the_demo_records_each_change_on_its_day(tmp_path):
    """What was believed in between can be asked; what is illustrative says so."""
    path = str(tmp_path / "ge.db")
    told = run("demo", "general-election-2024", "--keep", path, "--fast")
    assert (told.code, "illustrative" in told.out, "notional" in told.out) == (0, True, True)
    known = {c["ward"]: c for c in asked(path, "contests", "--known-at", "2024-08-15T12:00")}
    assert known["old-bexley-and-sidcup"]["corrected"] is True
    assert known["richmond-park"]["corrected"] is False
    declared = asked(path, "log", "--kind", "result-declared")
    assert all("illustrative" in entry["source"] for entry in declared)
    again = run("load", str(CHANGES), "--source", "House of Commons Library, record of changes",
                "--json", "--ledger", path).json  # fmt: skip
    assert (again["recorded"], again["skipped"]) == (0, 36)
