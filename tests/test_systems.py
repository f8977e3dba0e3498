"""Votes that are not known, terms that differ, and voting systems that declare the elected."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from store_night import SAID

from ledger.errors import Missing, NeedsAccept, NothingChanged, NoTie, RuleBroken, SeatsUnclear
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
from projections.contests import contests
from projections.history import history
from projections.night import standing
from projections.seats import seats

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
