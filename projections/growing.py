"""A ward as its stream grows: what stands of it, and who came to hold its seats, kept from entry
to entry. After each entry it is what `seating.ward_changes` works out from the whole."""

from __future__ import annotations

from ledger.events import Entry
from ledger.facts import ContestOpened, WardSeats
from ledger.seating import Award, Change, Course, awards, first_changes, seat_moves
from ledger.truth import as_counted
from ledger.values import Truth
from ledger.ward import Ward, evolve


class GrowingWard:
    """One ward under one register, as a truth has it."""

    def __init__(self, place: WardSeats, registered: Entry, truth: Truth = "legal") -> None:
        self.ward = Ward()
        self._said, self._truth = self.ward, truth
        self._start = first_changes(place, registered)
        self._course = Course(self._start)
        self._awards: dict[str, list[Award]] = {}  # by contest

    @property
    def changes(self) -> list[Change]:
        """Every change of its seats that is known, in order of time, then of the log."""
        return [*self._start, *self._course.changes]

    def take(self, entry: Entry) -> list[Change] | None:
        """Take in the next entry. The changes as they were before it; None where it changes
        none of them."""
        self._said = evolve(self._said, entry)
        before, self.ward = self.ward, as_counted(self._said, self._truth)
        if isinstance(entry.fact, ContestOpened):
            return None  # nobody has won it yet
        name = entry.contest or ""
        # A truth that is not the legal one sees all contests of a ward anew.
        names = {name} if self._truth == "legal" else {*before.contests, *self.ward.contests}
        was = {one: self._awards.get(one, []) for one in names}
        for one in names:
            contest = self.ward.contests.get(one)
            self._awards[one] = list(awards(contest)) if contest else []
        new = self._awards.get(name, [])
        if entry.contest is not None and not any(was.values()) and names == {name}:
            if not new:
                return None
            if self._course.goes_on(name, new):
                changes = self.changes
                for award in new:
                    self._course.take(award)
                return changes
        # What is not the last may move other contests' winners to other seats.
        changes, everything = self.changes, [a for some in self._awards.values() for a in some]
        self._course = Course.of(self._start, [*seat_moves(self.ward), *everything])
        return changes
