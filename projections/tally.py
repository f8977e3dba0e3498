"""Counts of seats and the arithmetic of control; pure numbers, no log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from ledger.parties import UNKNOWN
from ledger.times import local


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted for one council at one viewpoint; parties by their group's code.

    `seats` is the composition, `won` what the declared contests of the night filled,
    `eve` the composition without the night. `open_held` says who holds the seats that
    are up and not decided; they may go to anyone.
    """

    council: str
    name: str
    timezone: str
    size: int
    entry: int
    at: datetime | None
    known_at: datetime | None
    seats: Mapping[str, int]
    won: Mapping[str, int]
    eve: Mapping[str, int]
    poll_date: str | None = None
    contests_total: int = 0
    contests_declared: int = 0
    contests_tied: int = 0  # of those declared
    seats_total: int = 0
    seats_declared: int = 0
    open_held: Mapping[str, int] = field(default_factory=dict)

    @property
    def majority(self) -> int:
        """Seats needed for a majority of all seats."""
        return majority(self.size)

    @property
    def vacant(self) -> int:
        """Seats nobody holds."""
        return self.size - sum(self.seats.values())

    @property
    def change(self) -> dict[str, int]:
        """Net change of each party on the eve of the poll; parties without one left out."""
        return net(self.eve, self.seats)

    @property
    def vacant_change(self) -> int:
        """Net change of the vacant seats on the eve of the poll."""
        return -sum(self.change.values())

    @property
    def control(self) -> Control:
        """Who controls, by arithmetic."""
        return control(
            self.size, self.seats, self.open_held, self.seats_total - self.seats_declared
        )

    def local(self, moment: datetime) -> datetime:
        """A moment in the council's own zone."""
        return local(moment, self.timezone)


@dataclass(frozen=True, slots=True)
class Control:
    """Arithmetic only: a party with more than half of all seats, or nobody.

    `certain` says that nothing still to be declared can change it; `over_all_others`
    is the majority over all others (25 of 48 is a majority of 2). It is not `known` where
    seats whose party is not known could give somebody a majority.
    """

    party: str | None
    over_all_others: int | None
    certain: bool
    known: bool = True

    @property
    def status(self) -> Literal["majority", "no overall control", "not known"]:
        """In words."""
        if not self.known:
            return "not known"
        return "majority" if self.party else "no overall control"


def majority(size: int) -> int:
    """The seats a majority needs: 25 of 48, 326 of 650."""
    return size // 2 + 1


def control(
    size: int, seats: Mapping[str, int], open_held: Mapping[str, int], open_total: int
) -> Control:
    """Who has more than half of all `size` seats, vacant ones included.

    A party's control is certain if it would keep it losing every open seat it holds;
    no overall control is certain if no party could reach a majority by winning them all.
    Seats of which the party is not known may be anybody's.
    """
    needed = majority(size)
    safe = {party: held - open_held.get(party, 0) for party, held in seats.items()}
    unknown, safe_unknown = seats.get(UNKNOWN, 0), safe.pop(UNKNOWN, 0)
    known = {party: held for party, held in seats.items() if party != UNKNOWN}
    for party, held in known.items():
        if held >= needed:
            return Control(party, 2 * held - size, safe[party] >= needed)
    best = max([0, *safe.values()]) + safe_unknown
    most = max([0, *known.values()]) + unknown
    return Control(None, None, best + open_total < needed, most < needed)


def net(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    """The parties whose count differs, and by how much."""
    parties = sorted({*before, *after})
    moved = {party: after.get(party, 0) - before.get(party, 0) for party in parties}
    return {party: change for party, change in moved.items() if change}


def ranked(counts: Mapping[str, int]) -> dict[str, int]:
    """Most seats first; equal ones by code; none left out but zeros."""
    rows = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return {party: number for party, number in rows if number}


def counted(parties: list[str | None]) -> Counter[str]:
    """How often each party stands in a list; None (vacant) is not a party."""
    return Counter(party for party in parties if party is not None)
