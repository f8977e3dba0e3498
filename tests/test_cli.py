"""The command line: exit codes, shapes, errors, and no surprise."""

import csv
import io
import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from cli_runner import run

from cli.commands import demo, log
from cli.files import FORMATS
from cli.main import COMMANDS, group
from cli.nights import NIGHTS
from cli.options import (
    ALIKE,
    BASELINES,
    CAUSES,
    TRUTHS,
    VACANCIES,
)
from ledger import facts, values
from ledger.formats import names

TUTORIAL = Path(__file__).parent.parent / "docs" / "tutorial"
HARBOUR = ("--votes", "Ada Marsh=900", "--votes", "Ivy Chen=700", "--votes", "Jon Reed=50")


@pytest.fixture
def night(tmp_path, monkeypatch):
    """The tutorial's council with its night opened, in a fresh working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEATLEDGER_BY", "Desk 1")
    monkeypatch.delenv("SEATLEDGER_URL", raising=False)
    done = run(
        "register", str(TUTORIAL / "roster.csv"), "--council", "anytown", "--name", "Anytown",
        "--since", "2023-05-05", "--source", "website",
    )  # fmt: skip
    assert done.code == 0, done.err
    done = run(
        "open", str(TUTORIAL / "nominations.csv"), "--poll-date", "2024-05-02", "--source", "n"
    )
    assert done.code == 0, done.err


def declare(*more):
    return run("declare", "harbour", *HARBOUR, "--declared-at", "01:00", "--source", "hall", *more)


def test_registry_has_every_command_with_its_own_short_help():
    """`--help` lists what can be run, each on one line of 80 columns, all in one column; and
    each command's help ends with an example."""
    assert list(COMMANDS) == group.list_commands(None)  # type: ignore[arg-type]
    listed = run("--help").out.splitlines()
    width = max(map(len, COMMANDS))
    for name, text in COMMANDS.items():
        assert f"  {name:<{width}}  {text}" in listed
        shown = run(name, "--help")
        assert shown.code == 0
        assert "Example" in shown.out
        assert f"seatledger {name}" in shown.out


def test_choices_repeated_for_speed_are_those_of_the_ledger():
    """Causes and formats stand in the command line as well; they must be the same."""
    assert CAUSES == values.CAUSES
    assert VACANCIES == values.VACANCIES
    assert TRUTHS == values.TRUTHS
    assert BASELINES == values.BASELINES
    assert ALIKE == values.ALIKE
    assert set(FORMATS) == set(names())
    assert list(demo.NAMES) == list(NIGHTS)
    assert list(log.KINDS) == [kind.partition(".")[0] for kind in facts.KINDS]


def test_declare_says_what_it_recorded_and_changed(night):
    """A write tells its entry and its effect, for people and for programs."""
    told = declare("--json")
    assert told.code == 0
    assert told.json == {
        "entry": 5, "recorded": True, "dry_run": False, "withdrawn": False,
        "effect": {"class": "figures", "seats": {}},
    }  # fmt: skip
    shown = run("show", "5")
    assert "Ada Marsh" in shown.out
    assert "Desk 1" in shown.out


def test_dry_run_records_nothing(night):
    """--dry-run says what would change and leaves the ledger as it was."""
    told = declare("--dry-run", "--json").json
    assert (told["entry"], told["recorded"], told["dry_run"]) == (5, False, True)
    assert run("seats", "--json").json["viewpoint"]["entry"] == 4


def test_key_makes_a_repeated_write_harmless(night):
    """The same write with the same key answers the same entry; other content is refused."""
    assert declare("--key", "a", "--json").json["recorded"] is True
    again = declare("--key", "a", "--json").json
    assert (again["entry"], again["recorded"]) == (5, False)
    other = run("withdraw", "5", "--reason", "no", "--source", "s", "--key", "a", "--json")
    assert (other.code, other.error["error"]) == (3, "key-reused")


def test_seats_json_has_the_contract_shape(night):
    """`seats --json` keeps its keys."""
    declare()
    told = run("seats", "--json", "--at", "01:30").json
    assert told["seats"] == {"LAB": 4, "CON": 3, "LD": 1}
    assert told["vacant"] == 1
    assert told["won"] == {"LAB": 1}
    assert told["change"] == {"LAB": 0, "CON": 0, "LD": 0}
    assert told["majority"] == 5
    assert told["contests"] == {"total": 3, "declared": 1, "tied": 0}
    assert told["seats_up"] == {"total": 3, "declared": 1}
    assert told["viewpoint"] == {"at": "2024-05-03T01:30:00+01:00", "known_at": None, "entry": 5}
    assert told["control"] == {
        "party": None, "status": "no overall control", "over_all_others": None, "certain": False,
    }  # fmt: skip


def test_viewpoints_of_both_clocks(night):
    """--at moves in the hall, --entry in the ledger; both at once never clash silently."""
    declare()
    assert run("seats", "--json", "--at", "00:59").json["won"] == {}
    assert run("seats", "--json", "--entry", "4").json["won"] == {}
    assert run("seats", "--known-at", "2024-05-03T01:00", "--json").code == 3  # not known then
    assert run("seats", "--as-of", "01:00", "--at", "01:00").code == 2
    assert run("seats", "--known-at", "01:00", "--entry", "3").code == 2
    assert run("seats", "--entry", "99", "--json").error["error"] == "unknown-entry"


def test_contests_log_and_replay_json(night):
    """The other read commands keep their keys too."""
    declare()
    contest = run("contests", "--json").json[0]
    assert contest["status"] == "declared"
    assert contest["elected"] == [
        {"name": "Ada Marsh", "party": "LAB", "votes": 900, "seat": "harbour/1",
         "result": "hold", "from": None}
    ]  # fmt: skip
    assert contest["majority_votes"] == 200
    entry = run("log", "--json", "--contest", "harbour").json[-1]
    assert entry["kind"] == "result-declared"
    assert entry["effective_at"] == "2024-05-03T01:00:00+01:00"
    assert entry["effect"] == {"class": "figures", "seats": {}}
    step = run("replay", "--json").json[0]
    assert step["at"] == "2024-05-03T01:00:00+01:00"
    assert step["seats"] == {"LAB": 4, "CON": 3, "LD": 1}


@pytest.mark.parametrize("command", ["seats", "contests", "log", "replay"])
def test_csv_is_csv(night, command):
    """--csv has a header and rows of its length."""
    declare()
    rows = list(csv.reader(io.StringIO(run(command, "--csv").out), strict=True))
    assert len(rows) > 1
    assert {len(row) for row in rows} == {len(rows[0])}


def test_the_ledger_may_be_named_before_or_after_the_command(night, tmp_path):
    """--ledger works in both places and wins over the environment."""
    before = run("--ledger", "seatledger.db", "seats", "--json")
    after = run("seats", "--ledger", str(tmp_path / "seatledger.db"), "--json")
    assert before.json == after.json


def test_corrections_with_replaces_and_exit_5(night):
    """A correction of a version that no longer stands is exit 5 and writes nothing."""
    declare()
    mend = (
        "correct",
        "harbour",
        "--votes",
        "Ada Marsh=901",
        "--reason",
        "misread",
        "--source",
        "s",
    )
    assert run(*mend, "--replaces", "5").code == 0
    late = run(*mend, "--replaces", "5", "--json")
    assert (late.code, late.error["error"]) == (5, "moved-on")
    assert "entry 6, by Desk 1" in late.error["message"]
    assert len(run("log", "--json").json) == 6


def test_soft_rules_want_accept(night):
    """A correction that changes a winner is refused until the rule is named, and tells it."""
    declare()
    mend = ("correct", "harbour", "--votes", "Ada Marsh=90", "--reason", "typo", "--source", "s")
    refused = run(*mend, "--json")
    assert (refused.code, refused.error["error"]) == (3, "winner-changes")
    assert refused.error["details"]["rules"] == ["winner-changes", "tenfold"]
    done = run(*mend, "--accept", "winner-changes", "--accept", "tenfold", "--json")
    assert done.json["effect"] == {"class": "seats", "seats": {"CON": 1, "LAB": -1}}
    assert run("log", "--json").json[-1]["accepted"] == ["winner-changes", "tenfold"]


@pytest.mark.parametrize(
    "number",
    ["NaN", "Infinity", "-1", "1e3", "12.0", "true", "１２", "١٢", str(2**63), "9" * 5000, "", " "],
)
def test_votes_that_are_no_votes(night, number):
    """Whatever is typed as votes, the answer is a refusal and nothing is recorded."""
    refused = run("declare", "harbour", "--votes", f"Ada Marsh={number}", "--source", "s", "--json")
    assert (refused.code, refused.error["error"]) == (3, "bad-number")
    assert refused.error["remedy"]
    assert run("seats", "--json").json["viewpoint"]["entry"] == 4
    assert declare().code == 0  # the next good command works


@pytest.mark.parametrize(
    ("args", "code", "error"),
    [
        (("declare", "harbor", "--votes", "A=1", "--source", "s"), 3, "unknown-contest"),
        (("declare", "harbour", "--source", "s"), 3, "missing"),
        (("declare", "harbour", *HARBOUR), 3, "missing"),
        (("declare", "harbour", "--votes", "Ada Marsh", "--source", "s"), 2, "usage"),
        (("declare", "harbour", *HARBOUR[:4], "--source", "s"), 3, "candidate-missing"),
        (("declare", "harbour", *HARBOUR, "--votes", "Ada Marsh=1", "--source", "s"), 3, "candidate-twice"),
        (("declare", "harbour", *HARBOUR, "--elected", "Ivy Chen", "--source", "s"), 3, "elected-are-top"),
        (("declare", "harbour", *HARBOUR, "--ballot-papers", "1000", "--source", "s"), 3, "votes-within-papers"),
        (("declare", "harbour", *HARBOUR, "--declared-at", "2024-05-02T21:00", "--source", "s"), 3, "poll-closed"),
        (("declare", "harbour", *HARBOUR, "--declared-at", "1714697999", "--source", "s"), 3, "bad-time"),
        (("declare", "harbour", *HARBOUR, "--declared-at", "2024-10-27T01:30", "--source", "s"), 3, "bad-time"),
        (("declare", "harbour", *HARBOUR, "--source", "s", "--by", "a\u202eb"), 3, "refused"),
        (("declare", "", "--votes", "A=1", "--source", "s"), 3, "refused"),
        (("declare", "a\udcffb", "--votes", "A=1", "--source", "s"), 3, "refused"),
        (("declare", "harbour", "--votes", "A ()=1", "--source", "s"), 3, "refused"),
        (("declare", "harbour", *HARBOUR, "--declared-at", "", "--source", "s"), 3, "refused"),
        (("declare", "harbour", *HARBOUR, "--declared-at", "x" * 50, "--source", "s"), 3, "refused"),
        (("declare", "harbour", *HARBOUR, "--key", "\udcff", "--source", "s"), 3, "refused"),
        (("declare", "harbour", *HARBOUR, "--source", "s\n99  forged"), 3, "refused"),
        (("declare", "harbour", *HARBOUR, "--accept", "trust-me", "--source", "s"), 3, "unknown-rule"),
        (("declare", "harbour", "--from", "-", "--rejected", "3", "--source", "s"), 2, "usage"),
        (("log", "--contest", "nowhere"), 3, "unknown-contest"),
        (("log", "--kind", "results"), 2, "usage"),
        (("withdraw", "77", "--reason", "r", "--source", "s"), 3, "unknown-entry"),
        (("withdraw", "1", "--reason", "r", "--source", "s"), 3, "cannot-withdraw"),
        (("seats", "anytwon"), 3, "unknown-council"),
        (("seats", "--at", "2016-03-27T01:30"), 3, "bad-time"),
        (("seats", "--ledger", "nowhere.db"), 1, "no-ledger"),
        (("seats", "--ledger", "redis://x"), 2, "bad-url"),
        (("show", "x"), 2, "usage"),
        (("shwo", "5"), 2, "usage"),
        (("open", "missing.csv", "--source", "s"), 2, "cannot-read"),
    ],
)  # fmt: skip
def test_bad_input_is_told_and_nothing_recorded(night, args, code, error):
    """Exit code, one JSON object on stderr, nothing on stdout, nothing recorded."""
    ran = run(*args, "--json")
    assert (ran.code, ran.error["error"]) == (code, error), ran.err
    assert ran.error["message"]
    assert ran.out == ""
    plain = run(*args)
    assert plain.code == code
    assert "Traceback" not in plain.err
    assert run("seats", "--json").json["viewpoint"]["entry"] == 4


def test_names_cannot_steer_the_terminal(night):
    """Controls in what a user typed come back as escapes."""
    ran = run("declare", "a\x1b[31mred", "--votes", "A=1", "--source", "s")
    assert "\x1b" not in ran.err


def test_the_past_is_told_again_after_a_correction(night):
    """--at sees the corrected past, --entry what was believed."""
    run("declare", "old-town", "--votes", "Gwen Price=845", "--votes", "Liam Fry=701",
        "--votes", "Mia Stone=346", "--declared-at", "01:40", "--source", "phone")  # fmt: skip
    run("correct", "old-town", "--from", str(TUTORIAL / "old-town.json"), "--reason", "transposed",
        "--cause", "transposed rows", "--accept", "winner-changes", "--accept", "votes-swapped")  # fmt: skip
    assert run("seats", "--json", "--at", "01:45").json["seats"] == {"CON": 3, "LAB": 3, "LD": 2}
    believed = run("seats", "--json", "--at", "01:45", "--entry", "5").json
    assert believed["seats"] == {"LAB": 4, "CON": 3, "LD": 1}
    assert run("contests", "--json").json[2]["corrected"] is True


def test_check_passes_and_fails(night):
    """`check` is quiet on a good ledger and exits 4 when a stored vote was changed."""
    declare()
    good = run("check", "--json")
    assert (good.code, good.json["ok"]) == (0, True)
    with sqlite3.connect("seatledger.db") as connection:
        connection.execute(
            "UPDATE stored_events SET state = CAST(replace(CAST(state AS TEXT), '\"votes\":900',"
            " '\"votes\":600') AS BLOB)"
        )
    connection.close()
    bad = run("check", "--json")
    assert bad.code == 4
    assert bad.json["ok"] is False
    assert json.loads(bad.err)["error"] == "check-failed"


def test_a_plain_pipe_has_no_colour(night):
    """Tables are plain when they are not on a terminal."""
    declare()
    for command in ("seats", "contests", "replay", "log"):
        assert "\x1b" not in run(command).out


def test_a_register_that_is_refused_or_tried_leaves_no_file(tmp_path, monkeypatch):
    """An empty ledger nobody asked for would hide the next mistake."""
    monkeypatch.chdir(tmp_path)
    said = ("--council", "a", "--name", "A", "--source", "s")
    assert run("register", str(TUTORIAL / "roster.csv"), *said, "--dry-run").code == 0
    assert run("register", str(TUTORIAL / "roster.csv"), *said, "--since", "soon").code == 3
    assert run("register", str(TUTORIAL / "nominations.csv"), *said).code == 3
    assert list(tmp_path.iterdir()) == []


def test_log_of_one_ward(night):
    """By its name, its slug or the ballot paper id."""
    declare()
    for name in ("Harbour", "harbour", "local.anytown.harbour.2024-05-02"):
        kinds = [line["kind"] for line in run("log", "--contest", name, "--json").json]
        assert kinds == ["contest-opened", "result-declared"]


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-", "| head -0", "| true"])
@pytest.mark.parametrize("command", ["seats --json", "log", "declare harbour --from - --source s"])
def test_closed_streams(night, closed, command):
    """Whatever the caller closes: no traceback, and the ledger is whole."""
    line = f"{sys.executable} -m cli.main {command} {closed}"
    ran = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False, timeout=60)  # fmt: skip
    assert "Traceback" not in ran.stderr
    assert "Exception" not in ran.stderr
    assert run("check").code == 0
    assert run("seats", "--json").json["viewpoint"]["entry"] == 4


def test_seats_csv_adds_up_to_the_council(night):
    """The vacant seat has its row, so that a column sums to the size."""
    declare()
    rows = list(csv.DictReader(io.StringIO(run("seats", "--csv").out)))
    assert sum(int(row["seats"]) for row in rows) == 9
    assert sum(int(row["change"]) for row in rows) == 0
    assert rows[-1]["party"] == "vacant"


def test_withdrawals_are_told_as_what_they_are(night):
    """Who holds the seat again, not a gain nobody made."""
    run("declare", "hill-top", "--votes", "Dev Patel=655", "--votes", "Kay Moss=702",
        "--declared-at", "01:15", "--source", "s")  # fmt: skip
    told = run("withdraw", "5", "--reason", "a test", "--source", "s")
    assert "hill-top/1: Dev Patel ■ CON again, not Kay Moss ● LAB" in told.out
    shown = run("replay", "--clock", "ledger").out.splitlines()[-1]
    assert "gain" not in shown
    assert "entry withdrawn: Hill Top: ■ CON +1 ● LAB −1" in shown


def test_everything_wrong_with_the_nominations_is_told_at_once(night, tmp_path):
    """Each contest that cannot be opened with its line; what is wrong with the whole write once;
    and nothing is opened."""
    wrong = tmp_path / "wrong.csv"
    wrong.write_text(
        "ward,candidate,party\nHarbor,Ann,Lab\nHarbor,Bob,Con\nOld Town,Cy,Lab\nOld Town,Cy,Lab\n"
    )
    said = ("open", str(wrong), "--poll-date", "2024-07-04", "--json")
    ran = run(*said, "--source", "n")
    told = [(p["line"], p["rule"]) for p in ran.error["details"]["problems"]]
    assert (ran.code, told) == (3, [(2, "unknown-ward"), (4, "candidate-twice")])
    nowhere = run(*said, "--source", "n", "--council", "nowhere").error["details"]["problems"]
    assert [p["rule"] for p in nowhere] == ["unknown-council"]
    assert len(run("log", "--json").json) == 4


def test_a_council_is_named_either_way(tmp_path):
    """As an argument or with --council, for every question about one; not with both."""
    kept = str(tmp_path / "night.db")
    run("demo", "--fast", "--keep", kept)
    for words in (("seats",), ("contests",), ("status",), ("replay",), ("corrections",),
                  ("when", "LAB >= 25")):  # fmt: skip
        told = [run(*words, *named, "--json", "--ledger", kept) for named in
                (("southampton",), ("--council", "southampton"))]  # fmt: skip
        assert told[0].code == 0
        assert told[0].out == told[1].out
        both = run(*words, "southampton", "--council", "southampton", "--ledger", kept)
        assert both.code == 2
        assert "COUNCIL and --council say the same" in both.err
