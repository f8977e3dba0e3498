"""A council of two one-seat wards, and a ledger whose clock is set by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from store_night import SAID

from ledger import Ledger, Viewpoint
from ledger.desk import Desk
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
from ledger.times import parse_time
from projections.seats import seats

PARTIES = {"Cat": "LD", "Dan": "Green", "Eve": "UKIP", "Flo": "Lab"}
EVE = {"LAB": 1, "CON": 1}  # the town as it begins: Ann holds one/1, Bob two/1


class Town:
    """A council of two one-seat wards, and a ledger whose clock is set by hand."""

    def __init__(self, connect: Callable[[Callable[[], datetime]], Ledger]) -> None:
        self.asked: set[Viewpoint] = set()
        self._now = datetime(2014, 1, 1, tzinfo=UTC)
        self.book = connect(lambda: self._now)
        ann, bob = SeatForm(holder="Ann", party="Lab"), SeatForm(holder="Bob", party="Con")
        wards = (WardForm(name="One", seats=(ann,)), WardForm(name="Two", seats=(bob,)))
        form = CouncilForm(council="town", name="Town", wards=wards, since="2010-01-01")
        self.book.register(form, **SAID)

    def later(self, local: str) -> None:
        """It is that hour now at the desk."""
        self._now = parse_time(local, "Europe/London")

    def opened(self, day: str, *names: str, **how: bool) -> None:
        people = tuple(NomineeForm(name=name, party=PARTIES[name]) for name in names)
        one = ContestForm(ward="One", candidates=people, **how)
        self.book.open(NightForm(council="town", poll_date=day, contests=(one,)), **SAID)

    def declare(self, at: str, **votes: int) -> None:
        self.book.declare("one", form=result(**votes), declared_at=at, **SAID)

    def write(self, prepare: Callable[[Desk], None]) -> None:
        self.book.write(prepare, **SAID)

    def board(self, **viewpoint: str) -> dict[str, int]:
        """The seats from a viewpoint (`at`, `known_at`), vacant ones included."""
        seen = Viewpoint(**viewpoint)
        self.asked.add(seen)
        tally = seats(self.book, "town", seen)
        return dict(tally.seats) | ({"vacant": tally.vacant} if tally.vacant else {})

    def as_of(self, moment: str) -> dict[str, int]:
        """What the board showed at that hour."""
        return self.board(at=moment, known_at=moment)


def result(**votes: int) -> ResultForm:
    people = tuple(CandidateForm(name=name, votes=number) for name, number in votes.items())
    return ResultForm(contest="one", candidates=people)
