"""Counts of seats and the arithmetic of control; pure numbers, no log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from ledger.parties import UNKNOWN
from ledger.times import local
from projections.chances import AtStake

NOTHING = AtStake()
ANYONE = ""  # stands for a party that holds nothing and of which no candidate is known


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted for one council at one viewpoint; parties by their group's code.

    `seats` is the composition, `won` what the declared contests of the night filled,
    `base` the composition that change is counted against. `at_stake` is what the seats that
    are up and not decided can still bring.
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
    base: Mapping[str, int]
    poll_date: str | None = None
    contests_total: int = 0
    contests_declared: int = 0
    contests_tied: int = 0  # of those declared
    seats_total: int = 0
    seats_declared: int = 0
    at_stake: AtStake = field(default_factory=AtStake)

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
        """Net change of each party on the baseline; parties without one left out."""
        return net(self.base, self.seats)

    @property
    def vacant_change(self) -> int:
        """Net change of the vacant seats on the baseline."""
        return -sum(self.change.values())

    @property
    def control(self) -> Control:
        """Who controls, by arithmetic."""
        return control(self.size, self.seats, self.at_stake)

    @property
    def viewpoint(self) -> dict[str, Any]:
        """From where it was counted, as every answer in JSON says it."""
        return {
            "at": self.at and self.local(self.at).isoformat(),
            "known_at": self.known_at and self.local(self.known_at).isoformat(),
            "entry": self.entry,
        }

    def local(self, moment: datetime) -> datetime:
        """A moment in the council's own zone."""
        return local(moment, self.timezone)


@dataclass(frozen=True, slots=True)
class Control:
    """Arithmetic only: a party with more than half of all seats, or nobody.

    `certain` says that nothing still to be declared can change it, whoever of those who
    stand may win; `over_all_others` is the majority over all others (25 of 48 is a majority
    of 2). It is not `known` where seats whose party is not known could give somebody a
    majority.
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

    def as_json(self) -> dict[str, Any]:
        """As every answer in JSON says it."""
        return {
            "party": self.party,
            "status": self.status,
            "over_all_others": self.over_all_others,
            "certain": self.certain,
        }


def majority(size: int) -> int:
    """The seats a majority needs: 25 of 48, 326 of 650."""
    return size // 2 + 1


def control(size: int, seats: Mapping[str, int], at_stake: AtStake = NOTHING) -> Control:
    """Who has more than half of all `size` seats, vacant ones included.

    A party's control is certain if the fewest seats it can end with are a majority; no
    overall control is certain if the most that any party can end with are none. Seats of which
    the party is not known may be anybody's.
    """
    needed = majority(size)
    for party, held in seats.items():
        if held >= needed and party != UNKNOWN:
            certain = at_stake.reach(party, held)[0] >= needed
            return Control(party, 2 * held - size, certain)
    unknown = seats.get(UNKNOWN, 0)
    kept_unknown = unknown - at_stake.held.get(UNKNOWN, 0)
    everyone = {*seats, *at_stake.most, ANYONE} - {UNKNOWN}
    most = max(at_stake.reach(party, seats.get(party, 0))[1] for party in everyone)
    best = max(seats.get(party, 0) for party in everyone)
    return Control(None, None, most + kept_unknown < needed, best + unknown < needed)


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
