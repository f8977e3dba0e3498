"""Real incidents that a result, a correction, a withdrawal and a lot must be able to tell.

Figures given by the sources are real; the others, needed to make a contest of them, are
marked as made up.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from store_night import SAID

from ledger import Viewpoint
from ledger.errors import CannotWithdraw, NeedsAccept, NoTie, RuleBroken
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
from projections.seats import seats


@pytest.fixture
def contest(sqlite_url, fresh_ledger):
    """Open a one-ward council's contest: candidates by party, seats up; the ledger."""

    def opened(nominees, seats_up=1, poll="2018-05-03"):
        book = fresh_ledger(sqlite_url, lambda: datetime(2026, 6, 1, tzinfo=UTC))
        seat = SeatForm(holder="Old Member", party="Con", up=True)
        ward = WardForm(name="Ward", seats=(seat,) * seats_up)
        book.register(
            CouncilForm(council="town", name="Town", wards=(ward,), since="2010-01-01"), **SAID
        )
        names = tuple(NomineeForm(name=name, party=party) for name, party in nominees.items())
        one = ContestForm(ward="Ward", seats_up=seats_up, candidates=names)
        book.open(NightForm(poll_date=poll, council="town", contests=(one,)), **SAID)
        return book

    return opened


def last_effect(book):
    return list(history(book))[-1].effect


def test_lewisham_forest_hill_2014_a_batch_keyed_twice(contest):
    """1,708 votes keyed twice: refused against the papers; where the papers were not given
    it is recorded, and corrected as a duplicated batch. (The other figures are made up.)"""
    book = contest({"A": "Lab", "B": "Green"}, poll="2014-05-22")
    true, twice = {"A": 2_500, "B": 1_708}, {"A": 2_500, "B": 3_416}
    with pytest.raises(RuleBroken) as refused:
        declare(book, twice, ballot_papers=4_240)
    assert refused.value.error == "votes-within-papers"
    declare(book, twice)
    assert dict(seats(book).seats) == {"GRN": 1}
    book.correct(
        "ward", votes=true, reason="one batch keyed twice", cause="duplicated batch",
        accept=["winner-changes"], **SAID,
    )  # fmt: skip
    assert dict(seats(book).seats) == {"LAB": 1}
    assert last_effect(book).kind == "control"


def declare(book, votes, **figures):
    people = tuple(CandidateForm(name=name, votes=number) for name, number in votes.items())
    form = ResultForm(contest="ward", candidates=people, **figures)
    return book.declare("ward", form=form, declared_at="01:00", **SAID)


def test_highworth_2019_more_votes_than_papers_allow(contest):
    """With two seats up, votes are at most papers x 2. (The figures are made up.)"""
    book = contest({"A": "Con", "B": "Lab", "C": "LD"}, seats_up=2)
    with pytest.raises(RuleBroken, match="more than 1,000 ballot papers x 2"):
        declare(book, {"A": 900, "B": 700, "C": 401}, ballot_papers=1_000)
    declare(book, {"A": 900, "B": 700, "C": 400}, ballot_papers=1_000)


def test_newham_2018_rows_misaligned(contest):
    """Candidates' figures one row off: votes are matched by name, never by row order, and
    the correction changes the order of the candidates only. (The figures are made up.)"""
    book = contest({"A": "Lab", "B": "Con", "C": "LD", "D": "Green"})
    declare(book, {"D": 90, "C": 60, "B": 80, "A": 900})
    book.correct(
        "ward", votes={"B": 60, "C": 90, "D": 80}, reason="rows one off",
        cause="rows misaligned", **SAID,
    )  # fmt: skip
    assert last_effect(book).kind == "rank"
    assert {c.name: c.votes for c in contests(book)[0].result.candidates} == {
        "A": 900, "B": 60, "C": 90, "D": 80,
    }  # fmt: skip


def test_sutton_nonsuch_2018_a_lot(contest):
    """1,405 votes each for the last seat: it waits, its old holder counts, and the lot
    decides. (The other figures are made up.)"""
    book = contest({"First": "LD", "Last": "Con", "Other": "LD"}, seats_up=2)
    declare(book, {"First": 1_500, "Last": 1_405, "Other": 1_405})
    assert contests(book)[0].status == "tie"
    assert dict(seats(book).seats) == {"CON": 1, "LD": 1}
    assert seats(book).control.certain is False
    book.declare("ward", lot=["Other"], declared_at="2018-05-04T03:40", **SAID)
    line = contests(book)[0]
    assert (line.status, line.flags) == ("declared", ("lot",))
    assert dict(seats(book).seats) == {"LD": 2}
    before = seats(book, viewpoint=Viewpoint(at="2018-05-04T03:39"))
    assert dict(before.seats) == {"CON": 1, "LD": 1}
    with pytest.raises(NoTie):
        book.declare("ward", lot=["Last"], **SAID)


def test_a_correction_after_a_lot_rests_on_it(contest):
    """Taken back in the order of the log: the correction first, then the lot."""
    book = contest({"A": "LD", "B": "Con"})
    declare(book, {"A": 50, "B": 50})
    drawn = book.declare("ward", lot=["A"], declared_at="2018-05-04T02:00", **SAID).entries[0]
    mended = book.correct(
        "ward", votes={"B": 51}, reason="r", accept=["winner-changes"], **SAID
    ).entries[0]
    assert dict(seats(book).seats) == {"CON": 1}
    with pytest.raises(CannotWithdraw, match=f"entry {mended.number} rests on it"):
        book.withdraw(drawn.number, reason="r", **SAID)
    book.withdraw(mended.number, reason="r", **SAID)
    assert dict(seats(book).seats) == {"LD": 1}
    book.withdraw(drawn.number, reason="r", **SAID)
    assert contests(book)[0].status == "tie"


def test_bexhill_east_2026_a_digit_too_many(contest):
    """12,267 published for 1,267: a figure ten times the version before is asked about, and
    so is the winner it would make. (The other figures are made up.)"""
    book = contest({"A": "Con", "B": "LD"}, poll="2026-05-07")
    people = {"A": 1_300, "B": 1_226}
    book.declare("ward", votes=people, declared_at="2026-05-08T01:00", **SAID)
    with pytest.raises(NeedsAccept) as refused:
        book.correct("ward", votes={"B": 12_267}, reason="late papers", **SAID)
    assert refused.value.details["rules"] == ["winner-changes", "tenfold"]
    book.correct("ward", votes={"B": 1_267}, reason="digit", cause="digit error", **SAID)
    assert last_effect(book).kind == "figures"


def test_test_data_is_taken_back(contest):
    """A rehearsal entered on the night is withdrawn; the contest is undeclared again, and
    the log keeps what happened."""
    book = contest({"A": "Con", "B": "LD"})
    entry = declare(book, {"A": 1, "B": 2}).entries[0].number
    book.withdraw(entry, reason="a rehearsal", **SAID)
    assert contests(book)[0].status == "open"
    assert [line.kind for line in history(book)][-2:] == ["result-declared", "entry-withdrawn"]
    declare(book, {"A": 20, "B": 10})
    assert dict(seats(book).seats) == {"CON": 1}


def test_a_poll_called_off_uses_up_no_turn(sqlite_url, fresh_ledger):
    """In a ward of three with one seat up, the contest that replaces a countermanded one is
    for the same seat, without naming it."""
    book = fresh_ledger(sqlite_url, lambda: datetime(2023, 4, 28, tzinfo=UTC))
    up = tuple(SeatForm(holder=name, party="Lab", up=name == "Cy") for name in ("An", "Bo", "Cy"))
    form = CouncilForm(
        council="town", name="Town", wards=(WardForm(name="W", seats=up),), since="2020-01-01"
    )
    book.register(form, **SAID)
    nights = [
        NightForm(poll_date=day, contests=(ContestForm(ward="W"),))
        for day in ("2023-05-04", "2023-06-15")
    ]
    first = book.open(nights[0], **SAID).entries[0]
    book.write(lambda desk: desk.call_off("w", how="countermanded", why="a death"), **SAID)
    second = book.open(nights[1], **SAID).entries[0]
    assert first.fact.seats == second.fact.seats == ("w/3",)


def test_of_a_contest_an_hour_is_of_its_night(contest):
    """`--since 04:10` of a contest's night needs no date, as `--declared-at` needs none."""
    book = contest({"A": "Con", "B": "LD"})
    declare(book, {"A": 2, "B": 1})
    noted = book.write(lambda desk: desk.note("ward", what="a box", since="04:10"), **SAID)
    assert noted.entries[0].event.effective_at == datetime(2018, 5, 4, 3, 10, tzinfo=UTC)
