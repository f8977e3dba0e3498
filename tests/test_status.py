"""Who can still win, as people ask it: of real nights, of several councils, of none."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from cli_runner import run
from store_night import SAID

from ledger import Viewpoint, connect
from ledger.forms import (
    CandidateForm,
    ContestForm,
    CouncilForm,
    NightForm,
    NomineeForm,
    ResultForm,
    SeatForm,
    WardForm,
)
from projections.certainty import Since
from projections.seats import as_json, seats
from projections.status import status, statuses
from projections.timeline import replay

NOW = datetime(2018, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def town(sqlite_url, fresh_ledger):
    """Seven seats: LAB 3, CON 2, LD 1 and one vacant; nothing opened yet."""
    book = fresh_ledger(sqlite_url, lambda: NOW)
    book.register(council("town"), **SAID)
    return book


def council(slug):
    def ward(name, *parties):
        seats = tuple(SeatForm(holder=p and f"Old {p}", party=p, up=True) for p in parties)
        return WardForm(name=name, seats=seats)

    wards = (ward("Big", "Lab", "Con"), ward("Mid", "Lab", None), ward("Low", "Lab"),
             ward("End", "Con"), ward("Far", "LD"))  # fmt: skip
    return CouncilForm(council=slug, name=slug.title(), wards=wards, since="2010-01-01")


def opened(book, ward, *people, day="2016-05-05"):
    nominees = tuple(NomineeForm(name=f"{p} {n}", party=p) for n, p in enumerate(people))
    contest = ContestForm(ward=ward, candidates=nominees)
    book.open(NightForm(council="town", poll_date=day, contests=(contest,)), **SAID)


def declare(book, ward, at="2016-05-06T01:00", **votes):
    people = tuple(
        CandidateForm(name=name.replace("_", " "), votes=number) for name, number in votes.items()
    )
    form = ResultForm(contest=ward, candidates=people)
    return book.declare(ward, form=form, declared_at=at, **SAID)


def reaches(book, **viewpoint):
    return {p.party: p[1:] for p in status(book, "town", Viewpoint(**viewpoint)).parties}


# --- real nights --------------------------------------------------------------------------


def test_southampton_hangs_on_its_last_declaration(real):
    """25 of 48 is a majority: Labour has it for certain with the last ward, and not before."""
    with connect(real["southampton-2016"]) as book:
        told = status(book)
        assert [p[:3] for p in told.parties] == [("LAB", 25, 0), ("CON", 19, 0), ("IND", 4, 0)]
        assert (told.to_come, told.waiting, told.called_off) == ((), (), ())
        last = book.entry(told.ledger.entry).event
        assert told.hall == Since(last.effective_at, told.ledger.entry)
        assert told.ledger.moment == last.recorded_at
        before = seats(book, viewpoint=Viewpoint(entry=told.ledger.entry - 1))
        assert not before.control.certain


def test_the_general_election_was_decided_at_five_past_five(real):
    """The House of Commons Library's hours: with Bolsover the Conservatives had 326."""
    with connect(real["general-election-2019"]) as book:
        told = status(book)
        assert told.hall.moment == datetime(2019, 12, 13, 5, 5, tzinfo=UTC)
        entry = book.entry(told.hall.entry)
        assert (entry.contest, told.ledger.entry) == ("parl.bolsover.2019-12-12", entry.number)
        then = seats(book, viewpoint=Viewpoint(entry=entry.number))
        assert (then.won["CON"], then.control.certain) == (326, True)


def test_certain_is_one_word_in_every_answer(real):
    """`seats`, `status` and `replay` say the same of the same step, on either clock."""
    with connect(real["southampton-2016"]) as book:
        for step in replay(book, clock="ledger"):
            place = Viewpoint(entry=step.entry)
            board = as_json(seats(book, viewpoint=place))["control"]
            told = status(book, viewpoint=place).as_json()
            assert told["control"] == board
            assert step.control.certain == board["certain"]
            assert (told["since"] is not None) == board["certain"]
        for step in replay(book):
            board = seats(book, viewpoint=Viewpoint(at=step.moment))
            assert step.control.certain == board.control.certain


# --- what can still be won ------------------------------------------------------------------


def test_a_party_wins_no_more_than_it_has_candidates(town):
    """Two seats, one Labour candidate of four: from none to one; two Greens: from none to two;
    who does not stand keeps what is not at stake."""
    opened(town, "Big", "Lab", "Con", "Green", "Green")
    told = reaches(town)
    assert told["LAB"] == (3, 1, 2, 3, None)
    assert told["GRN"] == (0, 0, 0, 2, None)
    assert told["LD"] == (1, 0, 1, 1, None)


def test_a_party_whose_rivals_are_too_few_wins_some_for_sure(town):
    """Two seats, three candidates, two of them Labour: one at least."""
    opened(town, "Big", "Lab", "Lab", "Con")
    assert reaches(town)["LAB"] == (3, 1, 3, 4, 1)


def test_seats_nobody_stands_for_may_go_to_anyone(town):
    """No candidates are known, or fewer than seats."""
    opened(town, "Big", "Lab")
    opened(town, "Low")
    told = status(town)
    assert told.tally.at_stake.free == 2
    assert reaches(town)["LD"] == (1, 0, 1, 3, None)
    assert reaches(town)["LAB"] == (3, 2, 2, 4, 2)


def test_only_the_tied_can_win_a_tied_seat(town):
    """With two of three tied, the third is out; the lot makes it certain."""
    opened(town, "Low", "Lab", "Con", "Green")
    declare(town, "Low", Lab_0=5, Con_1=5, Green_2=1)
    told = status(town)
    (waiting,) = told.waiting
    assert [c.party.group for c in waiting.tied] == ["LAB", "CON"]
    assert (reaches(town)["LAB"], reaches(town)["CON"]) == ((3, 1, 2, 3, None), (2, 0, 2, 3, None))
    assert told.as_json()["waiting"][0]["defending"] == [
        {"seat": "low/1", "name": "Old Lab", "party": "LAB"}
    ]


def test_a_seat_whose_party_does_not_stand_is_as_good_as_lost(town):
    """Labour has four of seven, but only others stand for one of them: the board says it
    controls until that is declared, `status` that nobody can; and it is not called certain."""
    fill = {"party": "Lab", "holder": "New", "since": "2016-01-01"}
    town.write(lambda desk: desk.fill("mid/2", **fill), **SAID)
    opened(town, "Low", "Con", "LD")
    told = status(town)
    assert (told.tally.control.party, told.tally.control.certain) == ("LAB", False)
    assert {p.needs for p in told.parties} == {None}
    assert "it ends in no overall control" in run("status", "--ledger", town.url).out


def test_a_poll_called_off_leaves_its_seat_and_may_make_control_certain(town):
    """Nothing more can change once the last open poll is called off."""
    opened(town, "Mid", "Lab", "Lab", "Con")
    opened(town, "Low", "Lab", "Con")
    declare(town, "Mid", Lab_0=5, Lab_1=4, Con_2=1)
    assert not status(town).tally.control.certain
    assert status(town).to_come[0].ward == "low"
    off = town.write(
        lambda desk: desk.call_off("low", how="abandoned", why="fire", since="2016-05-06T02:00"),
        **SAID,
    )
    told = status(town)
    assert [(one.ward, one.how) for one in told.called_off] == [("low", "abandoned")]
    assert (told.tally.control.party, told.hall.entry) == ("LAB", off.entries[0].number)


def test_a_correction_moves_what_made_control_certain(town):
    """Certain by a wrong figure, then not, then again: the entry that stands is named."""
    opened(town, "Mid", "Lab", "Lab", "Con", "Con")
    declare(town, "Mid", Lab_0=5, Lab_1=4, Con_2=1, Con_3=0)
    first = status(town)
    assert first.hall.entry == first.ledger.entry == 3
    form = ResultForm(contest="mid", candidates=(CandidateForm(name="Lab 0", votes=6),))
    town.correct("mid", form=form, reason="looked again", **SAID)
    again = status(town)
    assert (again.hall, again.ledger) == (first.hall._replace(entry=4), first.ledger)


# --- no night, no result, several councils -------------------------------------------------


def test_without_a_night_there_is_nothing_to_come(town):
    told = status(town).as_json()
    assert (told["poll_date"], told["since"], told["to_come"]) == (None, None, [])
    assert told["control"]["certain"]
    assert "No contest has been opened." in run("status", "--ledger", town.url).out


def test_control_may_be_certain_before_any_result(town):
    """One seat of seven cannot give anyone a majority."""
    opened(town, "Far", "LD", "Con")
    assert status(town).as_json()["since"] == {"hall": None, "ledger": None}
    assert "Certain in the hall before any result" in run("status", "--ledger", town.url).out


def test_several_councils_are_a_list_a_line_each(town):
    """In the order registered; one by name is whole."""
    opened(town, "Low", "Lab", "Con")
    town.register(council("ville"), **SAID)
    assert [one.tally.council for one in statuses(town)] == ["town", "ville"]
    told = run("status", "--ledger", town.url, "--json").json
    assert told[0] == run("status", "town", "--ledger", town.url, "--json").json
    lines = run("status", "--ledger", town.url).out.splitlines()
    assert [line.split()[0] for line in lines] == ["Council", "Town", "Ville"]


def test_csv_has_every_seat_of_the_council(town):
    """Vacant ones in a row of their own."""
    opened(town, "Mid", "Lab", "Lab", "Green")
    rows = list(csv.DictReader(io.StringIO(run("status", "--ledger", town.url, "--csv").out)))
    assert sum(int(row["seats"]) for row in rows) == 7
    assert rows[-1] | {"party": "vacant", "seats": "1", "at_stake": "1"} == rows[-1]
