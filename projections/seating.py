"""Who won which seat from when: a ward's contests -> the changes of its seats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple, Self

from ledger.events import Entry
from ledger.facts import Candidate, WardSeats
from ledger.values import Party
from ledger.ward import Contest, Ward, result_of


class Change(NamedTuple):
    """A seat gets a holder (or none) at a moment in the hall, by an entry.

    `contest` is None for the register's own holders.
    """

    seat: str
    at: datetime
    entry: int
    holder: str | None
    party: Party | None
    contest: str | None = None

    @property
    def group(self) -> str | None:
        """The code the seat counts for; None if vacant."""
        return self.party.group if self.party else None


class Award(NamedTuple):
    """Winners announced together: a declaration, or the lot that completes it."""

    at: datetime
    entry: int
    contest: Contest
    winners: tuple[Candidate, ...]

    def key(self) -> tuple[datetime, int]:
        """Its place: by the hour, then by the log."""
        return self.at, self.entry


def awards(contest: Contest) -> Iterator[Award]:
    """Who won, from when, by which entry, of the version that stands."""
    standing = contest.standing
    if standing is None:
        return
    result, at = result_of(standing), standing.event.effective_at
    yield Award(at, standing.number, contest, result.elected)
    lot = contest.lot
    if lot is not None:
        drawn = contest.winners(standing)[len(result.elected) :]
        yield Award(max(at, lot.event.effective_at), lot.number, contest, drawn)


def ward_changes(place: WardSeats, ward: Ward, registered: Entry) -> list[Change]:
    """Every change of the ward's seats that is known, in order of time, then of the log."""
    everything = [award for contest in ward.contests.values() for award in awards(contest)]
    start = first_changes(place, registered)
    return [*start, *later_changes(start, everything)]


def first_changes(place: WardSeats, registered: Entry) -> list[Change]:
    """How a ward's seats begin: as the register says."""
    start = registered.event.effective_at
    return [
        Change(seat_id, start, registered.number, seat.holder, seat.party)
        for seat_id, seat in zip(place.seat_ids, place.seats, strict=True)
    ]


def later_changes(start: list[Change], everything: list[Award]) -> list[Change]:
    """What awards change, in order of time, then of the log."""
    return Course.of(start, everything).changes


class Course:
    """Who comes to hold a ward's seats, award after award; see `later_changes`."""

    def __init__(self, start: list[Change]) -> None:
        self.changes: list[Change] = []
        self._holding = {change.seat: change for change in start}
        self._plans: dict[str, dict[str, str]] = {}
        self._last: tuple[datetime, int] | None = None

    @classmethod
    def of(cls, start: list[Change], everything: Iterable[Award]) -> Self:
        """All awards, in order of time, then of the log."""
        course = cls(start)
        for award in sorted(everything, key=Award.key):
            course.take(award)
        return course

    def goes_on(self, contest: str, new: list[Award]) -> bool:
        """Whether a contest's awards are its first, and come after all others."""
        last = self._last
        return contest not in self._plans and all(last is None or a.key() > last for a in new)

    def take(self, award: Award) -> None:
        """The next award in order."""
        name = award.contest.fact.contest
        if name not in self._plans:
            self._plans[name] = seating(award.contest, self._holding)
        for winner in award.winners:
            seat = self._plans[name][winner.name]
            change = Change(seat, award.at, award.entry, winner.name, winner.party, name)
            self._holding[seat] = change
            self.changes.append(change)
        self._last = award.key()


def seating(contest: Contest, holding: dict[str, Change]) -> dict[str, str]:
    """Which winner of the standing version takes which seat.

    Who won by the version before keeps the seat: a correction of the figures moves nobody
    from one seat to another, as a later by-election may be for one of them.
    """
    seats = contest.fact.seats
    if len(seats) == 1:
        return dict.fromkeys((w.name for w in contest.winners(contest.versions[-1])), seats[0])
    plan: dict[str, str] = {}
    for version in contest.versions:
        winners = contest.winners(version)
        kept = {winner.name: plan[winner.name] for winner in winners if winner.name in plan}
        taken = set(kept.values())
        new = [winner for winner in winners if winner.name not in kept]
        plan = kept | _seated(new, [seat for seat in seats if seat not in taken], holding)
    return plan


def _seated(
    winners: list[Candidate], left: list[str], holding: dict[str, Change]
) -> dict[str, str]:
    """Which winner takes which seat: their own first, then one of their party's, then the
    next. With two seats up nobody knows which followed which; the party counts are the same."""
    plan: dict[str, str] = {}
    for fits in (_same_person, _same_party, _anyone):
        for winner in winners:
            if winner.name in plan:
                continue
            seat = next((seat for seat in left if fits(winner, holding[seat])), None)
            if seat is not None:
                plan[winner.name] = seat
                left.remove(seat)
    return plan


def _same_person(winner: Candidate, held: Change) -> bool:
    return winner.name == held.holder


def _same_party(winner: Candidate, held: Change) -> bool:
    return winner.party.group == held.group


def _anyone(_winner: Candidate, _held: Change) -> bool:
    return True
