"""`when`: the shipped nights, years with new wards, several councils, and what is no condition."""

from __future__ import annotations

import csv
import io
import time
from datetime import UTC, datetime, timedelta

import pytest
from cli_runner import run
from hypothesis import given
from hypothesis import strategies as st
from store_night import SAID, VOTES, begin, count_night, night
from store_night import council as made_up

from ledger import LedgerError, Viewpoint, connect
from ledger.errors import BadCondition, NotYet, WhichCouncil
from ledger.forms import CouncilForm, SeatForm, WardForm
from ledger.parties import listed
from projections.conditions import read
from projections.steps import Spell, Step, spells
from projections.when import when, whens


@pytest.fixture
def southampton(real):
    with connect(real["southampton-2016"]) as book:
        yield book


def told(held):
    """The intervals, with local hours and entries."""

    def edge(one):
        return one and (f"{one.at:%Y-%m-%d %H:%M}", one.entry.number)

    return [(edge(one.began), edge(one.ended)) for one in held.intervals]


# --- the shipped nights -----------------------------------------------------------------------

NIGHT = ("2015-05-18 00:00", 1)


@pytest.mark.parametrize(
    ("condition", "hall", "ledger"),
    [
        ("LAB >= 25",
         [(NIGHT, ("2016-05-06 02:30", 30)), (("2016-05-06 03:30", 34), None)],
         [(("2016-05-05 20:00", 1), ("2016-05-06 02:52", 30)), (("2016-05-06 03:31", 34), None)]),
        ("control = NOC",
         [(("2016-05-06 02:30", 30), ("2016-05-06 03:30", 34))],
         [(("2016-05-06 02:52", 30), ("2016-05-06 03:31", 34))]),
        ("certain",
         [(NIGHT, ("2016-05-05 00:00", 2)), (("2016-05-06 03:30", 34), None)],
         [(("2016-05-05 20:00", 1), ("2016-05-05 20:00", 2)), (("2016-05-06 03:31", 34), None)]),
        ("CON = 20 and declared > 9",
         [(("2016-05-06 02:30", 30), ("2016-05-06 03:30", 34))],
         [(("2016-05-06 02:52", 30), ("2016-05-06 03:31", 34))]),
        ("vacant > 0 or SNP != 0", [], []),
    ],
)  # fmt: skip
def test_southampton(southampton, condition, hall, ledger):
    """Labour loses its majority when Sholing is declared, as is known now; the board showed it
    lose it only when the slip was put right."""
    assert told(when(southampton, condition)) == hall
    assert told(when(southampton, condition, clock="ledger")) == ledger


def test_viewpoints(southampton):
    """Only what was known at the viewpoint counts, up to its hour."""
    before = when(southampton, "LAB >= 25", viewpoint=Viewpoint(known_at="02:51"))
    assert told(before) == [(NIGHT, None)]
    at = when(southampton, "LAB < 25", viewpoint=Viewpoint(at="02:45"))
    assert (told(at), at.holds) == ([(("2016-05-06 02:30", 30), None)], True)
    assert told(when(southampton, "declared = 16", viewpoint=Viewpoint(at="02:45"))) == []
    shown = when(southampton, "LAB < 25", viewpoint=Viewpoint(at="02:29"), clock="ledger")
    assert told(shown) == []
    with pytest.raises(NotYet):
        when(southampton, "LAB < 25", viewpoint=Viewpoint(at="2015-05-17"))
    with pytest.raises(NotYet):
        when(southampton, "LAB < 25", viewpoint=Viewpoint(entry=0), clock="ledger")


def test_a_general_election_is_answered_at_once(real):
    """650 seats, 1337 entries: one pass, on either clock."""
    with connect(real["general-election-2019"]) as book:
        for clock in ("hall", "ledger"):
            began = time.monotonic()
            found = when(book, "CON >= 326", clock=clock)
            assert time.monotonic() - began < 5
            assert len(found.intervals) == 1
            assert found.holds
        (one,) = found.intervals
    assert one.began.entry.kind == "result-declared"


def test_outputs(real):
    """JSON, CSV and the table of one question say the same."""
    where = ("--ledger", real["southampton-2016"])
    shape = run("when", "Labour≥25", *where, "--json").json
    assert (shape["council"], shape["condition"], shape["clock"]) == (
        "southampton", "LAB >= 25", "hall",
    )  # fmt: skip
    assert shape["since"] == {"at": "2015-05-18T00:00:00+01:00", "entry": 1}
    assert shape["holds"] is True
    assert shape["viewpoint"] == {"at": None, "known_at": None, "entry": 34}
    assert shape["intervals"][1] == {
        "from": "2016-05-06T03:30:00+01:00", "from_entry": 34, "until": None, "until_entry": None,
    }  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(run("when", "LAB>=25", *where, "--csv").out)))
    assert [row["until_entry"] for row in rows] == ["30", ""]
    table = run("when", "LAB >= 25", *where).out
    assert "30 result corrected Sholing" in table
    assert "it still holds" in table
    assert run("when", "LAB < 3", *where).out.endswith("\nnever\n")
    named = run("when", "LAB >= 25", *where, "--truth", "recorded", "--json").json
    assert named["truth"] == "recorded"


# --- years, and several councils ----------------------------------------------------------------


def test_new_wards(sqlite_url):
    """The history goes on under a new register from its day; before the first nothing is known."""
    clock = [datetime(2016, 1, 2, tzinfo=UTC)]
    with connect(sqlite_url, create=True, clock=lambda: clock[0]) as book:
        begin(book)  # three seats of LAB
        clock[0] = datetime(2018, 1, 1, tzinfo=UTC)
        later = {"why": "death", "since": "2017-06-01"}  # when the old wards were no more
        book.write(lambda desk: desk.vacate("x/w0/1", **later), **SAID)
        seats = (SeatForm(party="Con"), SeatForm(party=None))
        form = CouncilForm(council="x", name="X", since="2017-05-04",
                           wards=(WardForm(name="New", seats=seats),))  # fmt: skip
        book.register(form, review=True, **SAID)
        assert told(when(book, "LAB = 3", "x")) == [
            (("2016-01-01 00:00", 1), ("2017-05-04 00:00", 6))
        ]
        assert told(when(book, "vacant = 1 and CON = 1", "x")) == [(("2017-05-04 00:00", 6), None)]
        shown = when(book, "CON = 1", "x", clock="ledger")
        assert told(shown) == [(("2018-01-01 00:00", 6), None)]
        earlier = when(book, "CON = 1", "x", Viewpoint(at="2017-01-01"), clock="ledger")
        assert told(earlier) == []


def test_several_councils(sqlite_url):
    """Each is answered for itself; a party of one may be asked of all."""
    with connect(sqlite_url, create=True, clock=count_night) as book:
        for slug in ("x", "y"):
            book.register(made_up(slug), **SAID)
        book.open(night("y"), **SAID)
        votes = VOTES | {"Zo (Zebra Party)": 99}
        book.declare("local.y.w0.2016-05-05", votes=votes, **SAID)
        found = whens(book, "zebra party >= 1")
        assert [(one.council.council, one.holds) for one in found] == [("x", False), ("y", True)]
        assert when(book, "ZEBRA-PARTY >= 1", "y").holds
        with pytest.raises(BadCondition):
            when(book, "zebra party >= 1", "x")
        with pytest.raises(WhichCouncil):
            when(book, "LAB >= 1")
    listed_ = run("when", "vacant = 0", "--ledger", sqlite_url, "--json").json
    assert [one["council"] for one in listed_] == ["x", "y"]
    assert run("when", "vacant = 0", "--ledger", sqlite_url).out.count("it still holds") == 2


def test_an_alias_is_a_party_too(sqlite_url):
    """A party may be named as the council's aliases name it."""
    with connect(sqlite_url, create=True, clock=count_night) as book:
        begin(book)
        book.write(lambda desk: desk.alias("Reds", means="Labour", of="party", council="x"), **SAID)
        assert when(book, "reds = 3").condition.text == "LAB = 3"


def test_within_a_moment_the_last_entry_counts():
    """What several entries make of one hour is told by the last, and begun by the first of
    those after which it stayed so."""
    hour = datetime(2016, 5, 6, tzinfo=UTC)

    def step(minutes, entry):
        at = hour + timedelta(minutes=minutes)
        return Step(at, at, entry, "x", None)

    one, two, three, four, five, six = (
        step(0, 1), step(1, 2), step(1, 3), step(1, 4), step(2, 5), step(2, 6),
    )  # fmt: skip
    holds = [(one, False), (two, True), (three, False), (four, True), (five, False), (six, True)]
    assert list(spells(holds)) == [Spell(four, None)]
    assert list(spells([(one, True), (two, False), (three, False)])) == [Spell(one, two)]
    assert list(spells([(one, False), (two, True), (three, False)])) == []


# --- what is no condition -----------------------------------------------------------------------


class Parties:
    """Listed parties only."""

    def code(self, name):
        known = {
            key.casefold(): one.group for one in listed().values() for key in (one.code, one.name)
        }
        return known.get(name.casefold())

    def near(self, name):
        return name[:0] or None


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("", 1, "is wanted, not the end"),
        ("   ", 4, "is wanted, not the end"),
        ("LAB", 4, "one of >= <= > < = != is wanted after LAB, not the end"),
        ("LAB >=", 7, "a whole number of seats is wanted, not the end"),
        ("LAB >= many", 8, "a whole number of seats is wanted, not 'many'"),
        ("LAB >= -1", 8, "a whole number"),
        ("LAB >= 2.5", 8, "a whole number"),
        ("LAB >= ٣", 8, "a whole number"),
        ("LAB >= 1234567890", 8, "a whole number"),
        ("LAB == 3", 5, "not '=='"),
        ("LAB ≥≥ 3", 5, "not '≥≥'"),
        ("LAB 3", 1, "no party is known by 'LAB 3'"),
        ("3 > LAB", 1, "not '3'"),
        ("LAB > CON", 7, "a whole number of seats is wanted, not 'CON'"),
        ("LAB > 1 CON > 2", 9, "`and`, `or` or the end is wanted, not 'CON'"),
        ("LAB > 1 and", 12, "is wanted, not the end"),
        ("and LAB > 1", 1, "not 'and'"),
        ("LAB > 1 and or CON > 1", 13, "not 'or'"),
        ("(LAB > 1", 9, "a closing bracket is wanted, not the end"),
        ("LAB > 1)", 8, "`and`, `or` or the end is wanted, not ')'"),
        ("()", 2, "is wanted, not ')'"),
        ("not", 4, "is wanted, not the end"),
        ("certain = 1", 9, "`certain` stands alone, not '='"),
        ("certain certain", 9, "`and`, `or` or the end"),
        ("control > LAB", 9, "control is compared with = or !=, not with >"),
        ("control = ", 11, "a party or NOC is wanted, not the end"),
        ("control LAB", 9, "is wanted after control, not 'LAB'"),
        ("control = 25", 11, "a party or NOC is wanted, not '25'"),
        ("control = Nobody", 11, "no party is known by 'Nobody'"),
        ('LAB > 1 and "CON', 13, "a quote is not closed"),
        ('"" > 1', 1, "no party is known by ''"),
        ("L\u202eAB > 1", 1, "no party is known"),
        ("LAB\x00 > 1", 1, "no party is known"),
        ("(" * 60 + "certain", 51, "deeper than 50"),
        ("not " * 60 + "certain", 201, "deeper than 50"),
        ("LAB > 1 or " * 200, 1001, "longer than 1000 characters"),
    ],
)
def test_what_is_no_condition(text, place, what):
    """Each says what is wrong, where, and what is understood."""
    with pytest.raises(BadCondition) as refused:
        read(text, Parties())
    assert what in refused.value.message
    assert f"at character {place}:" in refused.value.message
    assert '"LAB >= 25"' in refused.value.remedy
    assert refused.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("lab>=25", "LAB >= 25"),
        (" Labour  <  3 ", "LAB < 3"),
        ("Liberal Democrat = 0", "LD = 0"),
        ('"Labour and Co-operative" > 1 AND Certain', "LAB > 1 and certain"),
        ("control=noc or control ≠ con", "control = NOC or control != CON"),
        ("Control = NOC", "control = NOC"),
        ("not (LAB > 1 and CON <= 2) or vacant != 0", "not (LAB > 1 and CON <= 2) or vacant != 0"),
        ("not not certain", "not not certain"),
        ("DECLARED >= 007", "declared >= 7"),
    ],
)
def test_what_is_a_condition(text, meaning):
    """Codes and names, of either case; what was understood reads as itself."""
    assert str(read(text, Parties())) == meaning
    assert str(read(meaning, Parties())) == meaning


def test_and_binds_before_or():
    """A or b and c is a or (b and c)."""

    class Board:
        seats = {"LAB": 1}  # noqa: RUF012 - a fixed board
        vacant = declared = 0
        control = None

    assert read("LAB = 1 or LAB = 2 and LAB = 3", Parties()).holds(Board)
    assert not read("(LAB = 1 or LAB = 2) and LAB = 3", Parties()).holds(Board)


words = st.sampled_from(["LAB", '"', "(", ")", "not", "and", "or", ">=", "=", "3", "control", "NOC",
                         "certain", "vacant", "é", "\u202e", " ", "!"])  # fmt: skip


@given(st.one_of(st.text(max_size=60), st.lists(words, max_size=12).map(" ".join)))
def test_any_text_is_read_or_refused(text):
    """Nothing typed ends in anything else than a condition or its refusal; what is read once
    is read the same again."""
    refused, meant = None, None
    try:
        meant = read(text, Parties())
    except BadCondition as error:
        refused = error
    assert refused is None or 1 <= refused.details["place"] <= len(text) + 1
    assert meant is None or str(read(str(meant), Parties())) == str(meant)


def test_a_near_party_is_suggested(southampton):
    """Of the parties that are there first."""
    for wrong, near in (("LBA", "LAB"), ("Conservativ", "Conservative"), ("INDD", "IND")):
        with pytest.raises(LedgerError) as refused:
            when(southampton, f"{wrong} > 1")
        assert refused.value.remedy.startswith(f"did you mean {near!r}?")
    ran = run("when", "LAB == 25", "--ledger", southampton.url, "--json")
    assert (ran.code, ran.error["error"]) == (2, "bad-condition")
    assert ran.error["details"]["place"] == 5
