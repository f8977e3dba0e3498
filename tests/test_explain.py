"""`explain` and `diff` on the night that ships, and asked what they cannot answer."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from cli_runner import run
from store_night import SAID
from town import Town

from ledger import Viewpoint
from ledger.forms import ContestForm, CouncilForm, NightForm, SeatForm, WardForm
from projections import explain as explaining
from projections.diff import diff
from projections.explain import explain
from projections.viewpoints import written


@pytest.fixture(scope="module")
def night(tmp_path_factory):
    path = tmp_path_factory.mktemp("demo") / "night.db"
    told = run("demo", "--keep", str(path), "--fast")
    assert told.code == 0, told.err
    return str(path)


def ask(night, *args):
    return run("--ledger", night, *args)


# --- explain ----------------------------------------------------------------------------------


def test_labour_is_25_because_of_four_entries(night):
    """A number is told in one line, with the ward and the entry of each seat lost and gained."""
    told = ask(night, "explain", "LAB")
    assert told.code == 0
    assert (
        "● LAB 25 = 25 on the eve of the poll − 2 lost (Coxford, entry 25; Sholing, entry 30)"
        " + 2 gained (Millbrook, entry 22; Portswood, entry 34)\n"
    ) in told.out
    assert "Entry 30 corrects entry 28 (recorded 2016-05-06 02:31 BST by demo)" in told.out


@pytest.mark.parametrize(
    "name", ["lab", "Labour", "labour party", "PP53", "Labour and Co-operative"]
)
def test_a_party_has_many_names(night, name):
    """A party is found by its code, its id and its names, however they are cased."""
    told = ask(night, "explain", name, "--json")
    assert [one["party"] for one in told.json["parties"]] == ["LAB"]


@pytest.mark.parametrize("where", [(), ("--at", "02:40"), ("--as-of", "02:40"), ("--entry", "28")])
@pytest.mark.parametrize("start", [(), ("--from-register",), ("--baseline", "last-comparable")])
def test_every_party_adds_up(night, where, start):
    """Start + gained − lost = seats, and all of them are what `seats` shows from there."""
    told = ask(night, "explain", "--json", *where, *start).json
    for one in told["parties"]:
        assert one["start"] + len(one["gained"]) - len(one["lost"]) == one["seats"]
    board = ask(night, "seats", "--json", *where).json
    assert {one["party"]: one["seats"] for one in told["parties"]} == board["seats"]
    assert told["viewpoint"] == board["viewpoint"]


def test_a_move_names_who_and_whence(night):
    """A seat that changed hands is told with both holders, its entry, source and hours."""
    (move,) = ask(night, "explain", "IND", "--json").json["parties"][0]["gained"]
    assert move["from"] == {"name": "Sally Spicer", "party": "LAB"}
    assert move["to"] == {"name": "Tammy Thomas", "party": "IND"}
    assert (move["seat"], move["entry"], move["kind"]) == ("coxford/1", 25, "result-declared")
    assert move["at"] == "2016-05-06T02:05:00+01:00"
    assert move["recorded_at"] == "2016-05-06T02:06:00+01:00"
    assert (move["by"], move["source"]) == (
        "demo", "Local Elections Archive Project (hour illustrative)",
    )  # fmt: skip


def test_a_seat_tells_what_no_longer_stands(night):
    """Of a seat all holders are told, what the standing entry corrects, and who was recorded
    there before; of a ward all its seats."""
    told = ask(night, "explain", "sholing/1", "--json").json
    (seat,) = told["seats"]
    assert told["parties"] == []
    assert [one["name"] for one in seat["held"]] == ["Dan Jeffery", "James Baillie"]
    assert [one["entry"] for one in seat["held"][1]["corrects"]] == [28]
    (former,) = seat["no_longer"]
    assert (former["name"], former["entry"], former["gone"]["entry"]) == ("Daniel Jeffery", 28, 30)
    ward = ask(night, "explain", "Sholing", "--json").json
    assert [one["seat"] for one in ward["seats"]] == ["sholing/1", "sholing/2", "sholing/3"]
    before = ask(night, "explain", "sholing/1", "--json", "--entry", "28").json["seats"][0]
    assert [one["name"] for one in before["held"]] == ["Dan Jeffery", "Daniel Jeffery"]
    assert before["no_longer"] == []


def test_csv_has_a_row_for_each_change(night):
    """Of parties each move once; of a seat each holder in turn, and what no longer stands."""
    told = [csv.DictReader(io.StringIO(ask(night, "explain", *more, "--csv").out), strict=True)
            for more in ((), ("LAB",), ("sholing/1",))]  # fmt: skip
    everyone, labour, sholing = (list(rows) for rows in told)
    assert [row["entry"] for row in everyone] == ["22", "25", "30", "34"]
    assert everyone == labour
    assert [(row["from"], row["to"], row["corrects"], row["gone"]) for row in sholing] == [
        ("", "Dan Jeffery", "", ""),
        ("Dan Jeffery", "James Baillie", "28", ""),
        ("", "Daniel Jeffery", "", "30"),
    ]


def test_without_a_night_the_register_is_the_start(sqlite_url, fresh_ledger):
    """Where no contest is open, all that befell the seats since the register is told."""
    town = Town(lambda clock: fresh_ledger(sqlite_url, clock))
    town.write(lambda desk: desk.vacate("one/1", why="death", since="2012-02-01"))
    told = explain(town.book, "town")
    accounts = {one.party: (one.start, len(one.gained), len(one.lost)) for one in told.accounts}
    assert told.start == "register"
    assert accounts == {"CON": (1, 0, 0), "LAB": (1, 0, 1), "vacant": (0, 1, 0)}


def test_what_does_not_add_up_is_refused(night, monkeypatch):
    """The sums are made and looked at when they are asked for: one seat forgotten is found, and
    nothing is printed."""
    moves = explaining.moves
    monkeypatch.setattr(explaining, "moves", lambda *args: list(moves(*args))[1:])
    for more in ((), ("LAB",), ("coxford/1",), ("--from-register",)):
        told = ask(night, "explain", *more, "--json")
        assert (told.code, told.out, told.error["error"]) == (4, "", "does-not-add-up")
        assert "LAB: 25 + 2 gained − 1 lost is not 25" in told.error["message"]


UNKNOWN = {
    "coxfrod": ("unknown-subject", "'coxford'"),
    "coxfrod/1": ("unknown-subject", "'coxford'"),
    "Labuor": ("unknown-subject", "'Labour'"),
    "coxford/9": ("unknown-seat", "coxford/1, coxford/2, coxford/3"),
    "coxford/": ("unknown-seat", "coxford/1"),
    "coxford/01": ("unknown-seat", "coxford/1"),
    "/": ("unknown-subject", "name a party"),
    "": ("unknown-subject", "name a party"),
    "\u202eLAB": ("unknown-subject", "name a party"),
    "x" * 500: ("unknown-subject", "name a party"),
    "'; DROP TABLE": ("unknown-subject", "name a party"),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_is_unknown_is_refused_with_what_is_near(night, name):
    """Who misspells a party, a ward or a seat is told, and shown what may be meant."""
    told = ask(night, "explain", name, "--json")
    error, hint = UNKNOWN[name]
    assert (told.code, told.error["error"]) == (3, error)
    assert hint in told.error["remedy"]


def test_a_party_without_a_seat_has_none(night):
    """A party that is known and never had a seat is told so; other parties' seats are not its."""
    told = ask(night, "explain", "UKIP")
    assert "UKIP 0 = 0 on the eve of the poll" in told.out
    assert "No seat has come to it or left it since the eve of the poll of 5 May 2016." in told.out
    before = ask(night, "explain", "--at", "2016-05-05T21:00").out
    assert "No seat has changed party since the eve of the poll of 5 May 2016." in before


def test_two_starts_are_not_given_together(night):
    """A baseline and the register are two starts."""
    told = ask(night, "explain", "--from-register", "--baseline", "notional", "--json")
    assert (told.code, told.error["error"]) == (2, "usage")


def test_the_council_is_named_where_there_are_several(sqlite_url, fresh_ledger):
    """With two councils `--council` says which; without it both questions are refused."""
    book = fresh_ledger(sqlite_url)
    for slug in ("one", "two"):
        seats = (SeatForm(holder="Ann", party="Lab"),)
        wards = (WardForm(name="W", seats=seats),)
        book.register(CouncilForm(council=slug, name=slug, wards=wards, since="2010-01-01"), **SAID)
    for asked in (("explain",), ("diff", "entry:1", "now")):
        assert run(*asked, "--ledger", sqlite_url, "--json").error["error"] == "which-council"
        told = run(*asked, "--council", "one", "--ledger", sqlite_url, "--json")
        assert (told.code, told.json["council"]) == (0, "one")


# --- diff -------------------------------------------------------------------------------------


def parts(told, *thing):
    """What was learned and what happened of one thing: before, after and entries of each."""
    (one,) = [d for d in (*told["differences"], *told["evened"]) if (d["what"], d["of"]) == thing]
    return tuple(p and (p["before"], p["after"], p["entries"]) for p in
                 (one["learned"], one["happened"]))  # fmt: skip


def test_the_board_of_twenty_to_three(night):
    """What the board showed then and shows now differs by a correction, which was learned, and
    by declarations, which happened; where they cancel out it is told."""
    told = ask(night, "diff", "as-of:02:40", "now", "--json").json
    assert parts(told, "holder", "sholing/1") == (
        (
            {"name": "Daniel Jeffery", "party": "LAB"},
            {"name": "James Baillie", "party": "CON"},
            [30],
        ),
        None,
    )
    assert parts(told, "holder", "portswood/1") == (
        None,
        ({"name": "Linda Norris", "party": "CON"}, {"name": "John Savage", "party": "LAB"}, [34]),
    )
    assert parts(told, "seats", "LAB") == ((25, 24, [30]), (24, 25, [34]))
    assert {one["of"] for one in told["evened"]} == {"LAB", "CON", None}
    assert [one["entry"] for one in told["entries"]] == [29, 30, 31, 32, 33, 34]
    assert told["corner"] == {"at": "2016-05-06T02:40:00+01:00", "entry": 34}
    shown = ask(night, "diff", "as-of:02:40", "now").out
    assert (
        "Control: ● LAB → no overall control (learned, entry 30) → ● LAB (happened, entry 34)\n"
    ) in shown
    assert shown.index("We learned better") < shown.index("Something happened")


def test_what_happened_in_the_hall_is_not_learned(night):
    """With the same record only the hour differs; with the same hour only the record."""
    hall = ask(night, "diff", "02:15", "03:00", "--json").json
    assert all(one["learned"] is None for one in hall["differences"])
    record = ask(night, "diff", "at:03:00,entry:29", "at:03:00,entry:30", "--json").json
    assert all(one["happened"] is None for one in record["differences"])
    assert parts(record, "control", None) == (("LAB", "no overall control", [30]), None)
    assert {one["entry"] for one in record["entries"]} == {30}


def test_the_later_first_is_told_backwards(night):
    """A later moment may be named first: it is said so, and both parts are turned."""
    told = ask(night, "diff", "now", "as-of:02:40", "--json").json
    assert told["backwards"]
    assert parts(told, "seats", "LAB") == ((24, 25, [30]), (25, 24, [34]))
    assert "A is the later of the two" in ask(night, "diff", "now", "as-of:02:40").out


def test_nothing_differs_from_itself(night):
    """However a moment is written."""
    for text in ("now", "02:15", "as-of:02:15", "known:02:30", "entry:30", "2016-05-06"):
        told = ask(night, "diff", text, text)
        assert (told.code, told.out.splitlines()[-1]) == (0, "Nothing differs.")
    assert ask(night, "diff", "02:15", "at:02:15", "--json").json["differences"] == []


def test_csv_has_a_row_for_each_difference(night):
    """The same as in JSON, one difference a row, the entries of each part apart."""
    told = ask(night, "diff", "as-of:02:40", "now", "--csv").out
    rows = list(csv.DictReader(io.StringIO(told), strict=True))
    differences = ask(night, "diff", "as-of:02:40", "now", "--json").json["differences"]
    assert [row["what"] for row in rows] == [one["what"] for one in differences]
    order = ["seats", "control", "holder", "contest"]
    assert [row["what"] for row in rows] == sorted((r["what"] for r in rows), key=order.index)
    contests = [row["of"] for row in rows if row["what"] == "contest"]
    together = [of for of in dict.fromkeys(contests) for _ in range(contests.count(of))]
    assert contests == together
    (sholing,) = [row for row in rows if row["of"] == "sholing/1"]
    assert (sholing["a"], sholing["b"]) == ("Daniel Jeffery (LAB)", "James Baillie (CON)")
    assert (sholing["learned_by"], sholing["happened_by"]) == ("30", "")


def test_what_is_to_come_belongs_to_what_knows_of_it(sqlite_url, fresh_ledger):
    """A moment without an hour is as late as what it knows: what was recorded ahead of its hour
    is there, and what became true before that hour and was recorded later is learned."""
    town = Town(lambda clock: fresh_ledger(sqlite_url, clock))
    town.later("2014-03-01T10:00")
    town.write(lambda desk: desk.vacate("one/1", why="death", since="2014-03-01T12:00"))
    town.later("2014-03-01T11:30")
    town.write(lambda desk: desk.allegiance("two/1", party="LD", since="2014-03-01T11:00"))
    found = diff(town.book, Viewpoint(entry=2), Viewpoint(), "town")
    by_seat = {one.thing.of: one for one in found.differences if one.thing.what == "holder"}
    assert found.corner.at == datetime(2014, 3, 1, 12, tzinfo=UTC)
    assert by_seat.keys() == {"two/1"}
    assert (by_seat["two/1"].learned.entries, by_seat["two/1"].happened) == ((3,), None)
    assert found.evened == ()


def test_a_holder_not_named_is_no_other_holder(sqlite_url, fresh_ledger):
    """Where the register names nobody, who is elected for the same party is counted, not listed
    as another holder; programs read all of it."""
    book = fresh_ledger(sqlite_url)
    seats = tuple(SeatForm(holder=name, party="Lab") for name in (None, "Bob"))
    wards = tuple(
        WardForm(name=name, seats=(seat,)) for name, seat in zip("AB", seats, strict=True)
    )
    book.register(CouncilForm(council="t", name="T", wards=wards, since="2010-01-01"), **SAID)
    night = tuple(ContestForm(ward=name, seats_up=1) for name in "AB")
    book.open(NightForm(council="t", poll_date="2014-05-22", contests=night), **SAID)
    for ward in "ab":
        votes = {"Ann (Lab)": 3, "Cat (Con)": 1}
        book.declare(ward, votes=votes, declared_at="2014-05-22T23:00", **SAID)
    told = run("diff", "2014-05-22T20:00", "now", "--ledger", sqlite_url)
    assert "1 seat(s) of the same party, whose holder is named at one moment only" in told.out
    assert "b/1             ● LAB Bob  ● LAB Ann  entry 5" in told.out
    assert "a/1  " not in told.out
    found = run("diff", "2014-05-22T20:00", "now", "--ledger", sqlite_url, "--json").json
    assert {one["of"] for one in found["differences"] if one["what"] == "holder"} == {"a/1", "b/1"}


def test_what_happened_before_a_review_happened_under_the_old_wards(sqlite_url, fresh_ledger):
    """A seat won before new wards came is told by the entry that won it, not by the review."""
    book = fresh_ledger(sqlite_url, lambda: datetime(2018, 1, 1, tzinfo=UTC))
    for name, party, since in (("Old", "Con", "2012-01-01"), ("New", "Lab", "2016-09-08")):
        wards = (WardForm(name=name, seats=(SeatForm(party=party),)),)
        form = CouncilForm(council="t", name="T", wards=wards, since=since)
        book.register(form, review=name == "New", **SAID)
        if name == "Old":
            night = NightForm(
                council="t", poll_date="2016-05-05", contests=(ContestForm(ward="Old", seats_up=1),)
            )
            book.open(night, **SAID)
    book.declare(
        "local.t.old.2016-05-05", votes={"Ann (Lab)": 3, "Cat (Con)": 1},
        declared_at="2016-05-05T23:00", **SAID,
    )  # fmt: skip
    found = diff(book, written("2016-01-01"), written("now"), "t")
    told = {(d.thing.what, d.thing.of): d.happened.entries for d in found.differences}
    assert told["seats", "LAB"] == told["seats", "CON"] == told["control", ""] == (4,)
    assert told["holder", "new/1"] == (3,)
    assert set(told["holder", "old/1"]) == {3, 4}


BAD = {
    "31": "entry:31",
    "foo:02:15": "write 02:15",
    "konwn:02:15": "'known'",
    "now,at:02:15": "'now'",
    "tomorrow": "write 02:15",
    "entry:": "write 02:15",
    "entry:x": "write 02:15",
    "entry:-1": "write 02:15",
    "entry:٣": "write 02:15",
    "entry:1234567890": "write 02:15",
    "known:02:30,entry:3": "write 02:15",
    "as-of:02:30,at:02:15": "write 02:15",
    "known: ": "write 02:15",
    "\u202e": "",
    "": "",
    "25:99": "",
    "2016-02-30": "",
    "2016-03-27T01:30": "",
}


@pytest.mark.parametrize("text", BAD)
def test_a_malformed_moment_is_refused(night, text):
    """Whichever of the two it is: exit 2 or 3, one object, no traceback, and how to write one."""
    for a, b in ((text, "now"), ("now", text)):
        told = ask(night, "diff", "--json", "--", a, b)
        assert (told.code, told.out) in ((2, ""), (3, ""))
        assert told.error["error"] in ("bad-viewpoint", "bad-time")
        assert BAD[text] in told.error["remedy"]
    assert BAD[text] == "" or told.error["error"] == "bad-viewpoint"


def test_moments_that_are_not_there_are_refused(night):
    """An entry that is not recorded; a moment before the council was."""
    assert ask(night, "diff", "entry:99", "now", "--json").error["error"] == "unknown-entry"
    assert ask(night, "diff", "entry:0", "now", "--json").error["error"] == "not-yet"
    assert ask(night, "diff", "now", "1999-01-01", "--json").error["error"] == "not-yet"


def test_moments_are_read_as_written():
    """Each way of writing one sets its clock."""
    assert written("02:15") == written("at:02:15") == Viewpoint(at="02:15")
    assert written("2016-05-06T02:15Z") == Viewpoint(at="2016-05-06T02:15Z")
    assert written("known:02:30") == Viewpoint(known_at="02:30")
    assert written("as-of:02:30") == Viewpoint.as_of("02:30")
    assert written("at:02:15,entry:31") == Viewpoint(at="02:15", entry=31)
    assert written("now") == Viewpoint()
