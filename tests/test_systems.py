"""Votes that are not known, terms that differ, voting systems, and wards that change."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from store_night import SAID, log

from ledger import Viewpoint
from ledger.errors import (
    BadTime,
    Missing,
    NeedsAccept,
    NothingChanged,
    NoTie,
    ReviewClash,
    RuleBroken,
    SeatsUnclear,
    UnknownCouncil,
    UnknownSeat,
)
from ledger.errors import CouncilRegistered as AlreadyRegistered
from ledger.events import NOW
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
from projections.check import check
from projections.contests import contests
from projections.history import history
from projections.night import standing
from projections.seats import boards, seats
from projections.tables import Tables

NAMES = ("Ann", "Bob", "Cat")


def night(book, seats_up, *, day="2018-05-03", names=NAMES, **how):
    people = tuple(NomineeForm(name=n, party=p) for n, p in zip(names, ("Lab", "Con", "LD"), strict=False))  # fmt: skip
    ward = ContestForm(ward="Ward", seats_up=seats_up, candidates=people, **how)
    book.open(NightForm(poll_date=day, contests=(ward,)), **SAID)


def council(fresh_ledger, sqlite_url, size, system="first-past-the-post"):
    book = fresh_ledger(sqlite_url, lambda: datetime(2020, 6, 1, tzinfo=UTC))
    seat = SeatForm(party="Con", up=True)
    form = CouncilForm(
        council="town", name="Town", since="2010-01-01", voting_system=system,
        wards=(WardForm(name="Ward", seats=(seat,) * size),),
    )  # fmt: skip
    book.register(form, **SAID)
    return book


@pytest.fixture
def one(fresh_ledger, sqlite_url):
    return council(fresh_ledger, sqlite_url, 1)


def declared(book, at="2018-05-04T02:00", **how):
    return book.declare("ward", form=ResultForm(contest="ward", declared_at=at, **how), **SAID)


def people(**votes):
    return tuple(CandidateForm(name=name, votes=number) for name, number in votes.items())


def test_a_result_without_votes(one):
    """Who was elected is enough: nothing is made up, and every answer says what is missing."""
    night(one, 1)
    with pytest.raises(Missing, match="the votes of"):
        declared(one)
    declared(one, elected=("Ann",))
    (line,) = contests(one)
    assert [(w.new.holder, w.votes) for w in line.winners] == [("Ann", None)]
    assert (line.majority_votes, line.turnout, line.flags) == (None, None, ("votes-not-known",))
    assert [c["votes"] for c in line.as_json()["candidates"]] == [None, None, None]
    assert seats(one).seats == {"LAB": 1}


def test_a_result_without_votes_or_candidates(one):
    """Where nobody was nominated here, the elected come with their parties."""
    night(one, 1, names=())
    declared(one, elected=("Matthew Renyard (Labour)",))
    assert standing(one).holders["ward/1"].holder == "Matthew Renyard"


def test_votes_learned_later(one):
    """The figures come later as a correction; they must seat the same, or be accepted."""
    night(one, 1)
    declared(one, elected=("Ann",))
    said = SAID | {"reason": "the council published them", "cause": "status advanced"}
    with pytest.raises(RuleBroken, match="Bob, Cat are not given"):
        one.correct("ward", votes={"Ann": 9}, **said)
    with pytest.raises(NothingChanged):
        one.correct("ward", votes={"Ann": None}, **said)
    with pytest.raises(NeedsAccept, match="winner would change"):
        one.correct("ward", votes={"Ann": 9, "Bob": 10, "Cat": 1}, **said)
    one.correct("ward", votes={"Ann": 12, "Bob": 10, "Cat": 1}, **said)
    (line,) = contests(one)
    assert (line.winners[0].new.holder, line.majority_votes, line.corrected) == ("Ann", 2, True)
    assert [line.effect.kind for line in history(one)][-1] == "figures"


def test_null_is_not_zero_and_decides_nothing(one):
    """All null without a word of who was elected is no result."""
    night(one, 1)
    with pytest.raises(RuleBroken, match="0 elected for 1 seat"):
        declared(one, candidates=people(Ann=None, Bob=None, Cat=None))
    with pytest.raises(NoTie):
        declared(one, candidates=people(Ann=None, Bob=None, Cat=None), lot="Ann")


def test_terms_that_differ(fresh_ledger, sqlite_url):
    """The most votes take the longest term, whoever held which seat; a correction of the votes
    changes over who sits until when; the next contest is for the seat whose term ends."""
    book = council(fresh_ledger, sqlite_url, 3)
    with pytest.raises(SeatsUnclear, match="2 ends of terms"):
        night(book, 3, term_ends=(2020, 2018))
    night(book, 2, day="2016-05-05", seats=("ward/1", "ward/3"), term_ends=(2018, 2020))
    declared(book, "2016-05-06T02:00", candidates=people(Ann=900, Bob=700, Cat=500))

    def sitting():
        return [change.holder for change in standing(book).holders.values()]

    assert sitting() == ["Bob", None, "Ann"]
    book.correct("ward", votes={"Ann": 600}, reason="misheard", accept=("winner-changes",), **SAID)
    assert sitting() == ["Ann", None, "Bob"]
    night(book, None)
    (line,) = contests(book)
    assert line.opened.seats == ("ward/1",)


def test_stv_declares_the_elected(fresh_ledger, sqlite_url):
    """First preferences decide nothing: whoever is declared is elected, ties wait for nobody,
    and a correction of figures unseats nobody."""
    book = council(fresh_ledger, sqlite_url, 2, system="stv")
    night(book, 2)
    figures = people(Ann=500, Bob=400, Cat=300)
    with pytest.raises(RuleBroken, match="0 elected for 2 seat"):
        declared(book, candidates=figures)
    declared(book, candidates=figures, elected=("Ann", "Cat"), ballot_papers=1_210, rejected=10)
    (line,) = contests(book)
    assert [w.new.holder for w in line.winners] == ["Ann", "Cat"]
    assert (line.majority_votes, line.as_json()["voting_system"]) == (None, "stv")
    book.correct("ward", votes={"Bob": 450, "Ann": 450}, reason="misheard", **SAID)
    (line,) = contests(book)
    assert [w.new.holder for w in line.winners] == ["Ann", "Cat"]
    with pytest.raises(RuleBroken, match="1,749 votes are more"):
        book.correct("ward", votes={"Bob": 999}, reason="misheard", **SAID)


# --- boundary reviews ---------------------------------------------------------------------


def review(book, *wards, since="2018-05-03", **how):
    places = tuple(WardForm(name=n, seats=(SeatForm(party=p),) * size) for n, p, size in wards)
    form = CouncilForm(council="town", name="Town", since=since, wards=places)
    return book.register(form, review=True, **SAID, **how)


def test_a_boundary_review(one):
    """From its day on the council has its new wards and size; before it, and to whoever did not
    know of it yet, it has the old ones; contests go to the wards of their day."""
    night(one, 1, day="2016-05-05")
    declared(one, "2016-05-06T02:00", elected=("Ann",))
    before = one.store.total()
    review(one, ("Ward", "Con", 2), ("East", None, 1))
    night(one, 2)
    east = ContestForm(ward="East", candidates=(NomineeForm(name="Eve", party="LD"),))
    one.open(NightForm(poll_date="2018-05-03", contests=(east,)), **SAID)
    declared(one, elected=("Bob", "Cat"))

    then, known = seats(one, None, Viewpoint(at="2018-05-02T12:00")), Viewpoint(entry=before)
    assert (then.size, then.seats) == (1, {"LAB": 1})
    assert seats(one, None, known).seats == {"LAB": 1}
    now = seats(one)
    assert (now.size, now.seats, now.vacant) == (3, {"CON": 1, "LD": 1}, 1)
    assert (now.base, now.contests_total, now.contests_declared) == ({"CON": 2}, 2, 1)
    with Tables(one) as tables:
        for place in (
            NOW,
            known,
            Viewpoint(at="2018-05-02T12:00"),
            Viewpoint(at="2018-05-03T12:00"),
        ):
            assert tables.tallies(place) == [seats(one, None, place)] == boards(one, place)
    streams = {entry.event.originator_id for entry in log(one)}
    assert {"town", "town/ward", "town@2018-05-03/ward", "town@2018-05-03/east"} == streams
    assert check(one).broken == ()


def test_facts_go_to_the_wards_of_their_day(one):
    """A seat is looked for among those of the day the fact is true from."""
    review(one, ("Ward", "Con", 2))
    one.write(lambda desk: desk.vacate("ward/2", why="death", since="2019-01-01"), **SAID)
    with pytest.raises(UnknownSeat):
        one.write(lambda desk: desk.vacate("ward/2", why="death", since="2017-01-01"), **SAID)
    one.write(lambda desk: desk.vacate("ward/1", why="death", since="2017-01-01"), **SAID)
    assert seats(one).vacant == 1
    assert seats(one, None, Viewpoint(at="2017-06-01T00:00")).vacant == 1


def test_a_review_that_cannot_be(one):
    """It comes after the register before it, and after the polls held on the old wards."""
    night(one, 1, day="2018-05-03")
    for since, why in (("2009-01-01", "begins no earlier"), ("2018-05-03", "on the old wards")):
        with pytest.raises(ReviewClash, match=why):
            review(one, ("Ward", "Con", 2), since=since)
    review(one, ("Ward", "Con", 2), since="2018-05-10", key="once")
    assert review(one, ("Ward", "Con", 2), since="2018-05-10", key="once").skipped == 1
    with pytest.raises(ReviewClash):
        review(one, ("Ward", "Con", 3), since="2018-05-10")
    with pytest.raises(UnknownCouncil):
        one.register(CouncilForm(council="x", name="X", wards=(WardForm(name="W", seats=(SeatForm(),)),)), review=True, **SAID)  # fmt: skip
    with pytest.raises(AlreadyRegistered, match="registered already"):
        one.register(CouncilForm(council="town", name="X", wards=(WardForm(name="W", seats=(SeatForm(),)),)), **SAID)  # fmt: skip


# --- whose turn it is, and days -----------------------------------------------------------


def test_whose_term_ends_is_up(fresh_ledger, sqlite_url):
    """A ward of three elects one at a time: the register's years say which, then those of the
    contests; a by-election fills what is left of a term and changes no turn."""
    book = fresh_ledger(sqlite_url, lambda: datetime(2026, 6, 1, tzinfo=UTC))
    three = tuple(SeatForm(party="Con", term_ends=year) for year in (2018, 2016, 2019))
    form = CouncilForm(
        council="town", name="T", since="2015-05-08", wards=(WardForm(name="Ward", seats=three),)
    )
    book.register(form, **SAID)
    for day, up in (("2016-05-05", "ward/2"), ("2018-05-03", "ward/1"), ("2019-05-02", "ward/3")):
        night(book, None, day=day)
        (line,) = contests(book)
        assert line.opened.seats == (up,)
        declared(book, f"{day}T23:00", elected=("Ann",))
    night(book, 1, day="2020-05-07")  # no year is known any more: the longest without a contest
    assert contests(book)[0].opened.seats == ("ward/2",)


def test_a_day_is_told_at_its_end(one):
    """Asked of a day, the answer is of its last instant in the council's zone."""
    one.write(lambda desk: desk.vacate("ward/1", why="death", since="2018-07-01T23:30"), **SAID)
    assert seats(one, None, Viewpoint(at="2018-06-30")).vacant == 0
    found = seats(one, None, Viewpoint(at="2018-07-01"))
    assert (found.vacant, found.at) == (1, datetime(2018, 7, 1, 22, 59, 59, 999999, tzinfo=UTC))
    for day in ("9999-12-31", "2018-02-30"):
        with pytest.raises(BadTime):
            seats(one, None, Viewpoint(at=day))
