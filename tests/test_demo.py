"""The real nights: what is shipped says what is known of them."""

import subprocess
import sys
from pathlib import Path

import pytest
from cli_runner import run

from ledger import Viewpoint, connect
from projections.contests import contests
from projections.seats import seats

SOUTHAMPTON_GAINS = {
    ("coxford", "IND", "LAB", "Tammy Thomas"),
    ("millbrook", "LAB", "CON", "Sarah Taggart"),
    ("portswood", "LAB", "CON", "John Savage"),
    ("sholing", "CON", "LAB", "James Baillie"),
}


@pytest.fixture(scope="module")
def southampton(tmp_path_factory):
    path = tmp_path_factory.mktemp("demo") / "night.db"
    told = run("demo", "--keep", str(path), "--fast")
    assert told.code == 0, told.err
    return path, told.out


@pytest.fixture(scope="module")
def election(tmp_path_factory):
    path = tmp_path_factory.mktemp("demo") / "election.db"
    told = run("demo", "general-election-2019", "--keep", str(path), "--fast")
    assert told.code == 0, told.err
    return path, told.out


def test_southampton_goes_from_25_20_3_to_25_19_4(southampton):
    """The user's own figures: Labour 25, Conservative 20, Independent 3, then 25/19/4."""
    with connect(str(southampton[0])) as book:
        before = seats(book, viewpoint=Viewpoint(at="2016-05-05T22:00"))
        after = seats(book)
    assert dict(before.seats) == {"LAB": 25, "CON": 20, "IND": 3}
    assert dict(after.seats) == {"LAB": 25, "CON": 19, "IND": 4}
    assert dict(after.won) == {"LAB": 12, "CON": 5, "IND": 1}
    assert (after.contests_total, after.seats_total) == (16, 18)
    assert (after.control.party, after.control.over_all_others, after.control.certain) == (
        "LAB", 2, True,
    )  # fmt: skip


def test_southampton_gains_are_the_four_known(southampton):
    """Four seats change hands, and no others."""
    with connect(str(southampton[0])) as book:
        lines = contests(book)
    gains = {
        (line.ward, w.new.group, w.gained_from, w.new.holder)
        for line in lines
        for w in line.winners
        if w.outcome == "gain"
    }
    assert gains == SOUTHAMPTON_GAINS
    assert sum(len(line.result.candidates) for line in lines if line.result) == 101


def test_southampton_tells_what_is_made_up(southampton):
    """Hours and the slip are marked as illustrations wherever they are shown."""
    path, told = southampton
    assert "illustrative" in told
    assert "made up" in told
    log = run("log", "--ledger", str(path), "--json").json
    declared = [entry for entry in log if entry["kind"] == "result-declared"]
    assert all("illustrative" in entry["source"] for entry in declared)
    assert ["made up" in e["source"] for e in log if e["kind"] == "result-corrected"] == [True]


def test_southampton_board_was_wrong_until_corrected(southampton):
    """Between the slip and its correction the board showed a Labour hold at Sholing; in the
    hall it was a Conservative gain all along."""
    path = str(southampton[0])
    shown = run("seats", "--ledger", path, "--as-of", "02:40", "--json").json["seats"]
    true = run("seats", "--ledger", path, "--at", "02:40", "--json").json["seats"]
    assert shown["LAB"] - true["LAB"] == 1
    assert true["CON"] - shown["CON"] == 1
    later = run("seats", "--ledger", path, "--as-of", "03:00", "--json").json["seats"]
    assert later == run("seats", "--ledger", path, "--at", "03:00", "--json").json["seats"]


def test_general_election_ends_as_it_did(election):
    """The composition after the night, as the House of Commons Library has it."""
    told = run("seats", "--ledger", str(election[0]), "--json").json
    assert told["seats"] == {
        "CON": 365, "LAB": 202, "SNP": 48, "LD": 11, "DUP": 8, "SF": 7, "PC": 4, "SDLP": 2,
        "APNI": 1, "GRN": 1, "SPK": 1,
    }  # fmt: skip
    assert told["control"] == {
        "party": "CON", "status": "majority", "over_all_others": 80, "certain": True,
    }  # fmt: skip


def test_general_election_at_two_in_the_morning(election):
    """49 constituencies had declared by 02:00; all others still have their old holders."""
    told = run("seats", "--ledger", str(election[0]), "--at", "2019-12-13T02:00", "--json").json
    assert told["contests"] == {"total": 650, "declared": 49, "tied": 0}
    assert sum(told["won"].values()) == 49
    assert sum(told["seats"].values()) == 650
    assert told["seats"]["LAB"] > 202  # Labour and Co-operative seats count as Labour
    assert "LABCO" not in told["seats"]


def test_general_election_follows_the_real_night(election):
    """Newcastle upon Tyne Central was first, at 23:27."""
    first = run("replay", "--ledger", str(election[0]), "--json").json[0]
    assert first["at"] == "2019-12-12T23:27:00+00:00"
    assert first["ward"] == "Newcastle upon Tyne Central"
    eve = run("seats", "--ledger", str(election[0]), "--at", "2019-12-12T22:30", "--json").json
    assert eve["seats"]["LAB"] == 262  # 254 Labour and 8 "Lab Coop"
    assert eve["seats"]["CON"] == 317


@pytest.mark.parametrize("night", ["southampton", "election"])
def test_demo_ledgers_keep_the_laws(night, request):
    """`check` finds nothing to say of what ships."""
    path, told = request.getfixturevalue(night)
    assert run("check", "--ledger", str(path)).code == 0
    assert "Try next" in told


def test_demo_list_and_unknown_night(tmp_path):
    """--list names the nights; an unknown one is a usage error; --keep never overwrites."""
    assert "general-election-2019" in run("demo", "--list").out
    assert run("demo", "eurovision").code == 2
    (tmp_path / "mine.db").write_text("precious")
    assert run("demo", "--keep", str(tmp_path / "mine.db")).code == 2
    assert (tmp_path / "mine.db").read_text() == "precious"


def test_demo_as_typed(tmp_path):
    """The installed command, in a pipe: no pauses, no colour, nothing on stderr."""
    script = Path(sys.executable).parent / "seatledger"
    ran = subprocess.run(
        [script, "demo"], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stderr == ""
    assert "\x1b" not in ran.stdout
    assert list(tmp_path.iterdir()) == []
