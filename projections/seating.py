"""Who won which seat from when: a ward's contests -> the changes of its seats."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from ledger.events import (
    Candidate,
    Entry,
    Party,
    WardSeats,
)
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
    changes: list[Change] = []
    holding = {change.seat: change for change in start}
    plans: dict[str, dict[str, str]] = {}
    for award in sorted(everything, key=lambda award: (award.at, award.entry)):
        name = award.contest.fact.contest
        if name not in plans:
            plans[name] = seating(award.contest, holding)
        for winner in award.winners:
            seat = plans[name][winner.name]
            change = Change(seat, award.at, award.entry, winner.name, winner.party, name)
            holding[seat] = change
            changes.append(change)
    return changes


def seating(contest: Contest, holding: dict[str, Change]) -> dict[str, str]:
    """Which winner of the standing version takes which seat.

    Who won by the version before keeps the seat: a correction of the figures moves nobody
    from one seat to another, as a later by-election may be for one of them.
    """
    seats = contest.fact.seats
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
