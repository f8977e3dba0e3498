"""A board kept as seats and contests change: what `night.Standing.tally` counts for `control`,
without counting it anew at each step of a long night."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import NamedTuple

from projections.chances import AtStake, Chance
from projections.night import Seen
from projections.tally import Control, control


class Board:
    """The composition, and what is undecided of each night with a contest on the board.

    Counts may be zero; parties by their group's code.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self.seats: Counter[str] = Counter()
        self._holding: dict[str, str | None] = {}  # by seat
        self._open: dict[str, _Open] = {}  # by contest
        self._nights: dict[date, _Night] = {}

    def hold(self, seat: str, group: str | None) -> None:
        """A seat counts for a party from now on, or is vacant."""
        before, self._holding[seat] = self._holding.get(seat), group
        if before == group:
            return
        _move(self.seats, before, -1)
        _move(self.seats, group, 1)
        for night in self._nights.values():
            _move(night.held, before, -night.seats[seat])
            _move(night.held, group, night.seats[seat])

    def look(self, contest: str, seen: Seen | None) -> None:
        """A contest is as seen from now on; None takes it off the board, and so does its
        being called off."""
        before, now = self._open.pop(contest, None), _open(seen)
        if now is not None:
            self._open[contest] = now
        if before != now:
            self._count(now, 1)
            self._count(before, -1)

    @property
    def poll_date(self) -> date | None:
        """The latest night on the board."""
        return max(self._nights, default=None)

    @property
    def declared(self) -> int:
        """The contests of the latest night whose outcome has been announced."""
        return self._nights[self.poll_date].declared if self.poll_date else 0

    @property
    def vacant(self) -> int:
        """Seats nobody holds."""
        return self._size - self.seats.total()

    @property
    def control(self) -> Control:
        """Who controls, and whether the latest night can change it."""
        night = self._nights[self.poll_date] if self.poll_date else _Night()
        return control(self._size, self.seats, night.at_stake)

    def _count(self, one: _Open | None, times: int) -> None:
        if one is None:
            return
        night = self._nights.get(one.poll_date)
        if night is None:
            night = self._nights[one.poll_date] = _Night()
        night.count(one, times)
        for seat in one.seats:
            _move(night.held, self._holding.get(seat), times)
        if not night.contests:
            del self._nights[one.poll_date]


class _Open(NamedTuple):
    """A contest on the board: the seats it has not decided, and what they can bring."""

    poll_date: date
    declared: bool
    seats: tuple[str, ...]
    chance: Chance


def _open(seen: Seen | None) -> _Open | None:
    if seen is None or seen.status == "countermanded":
        return None
    return _Open(seen.contest.fact.poll_date, seen.declared, seen.undecided, seen.chance)


class _Night:
    """What is undecided of one night."""

    def __init__(self) -> None:
        self.contests = 0
        self.declared = 0
        self.seats: Counter[str] = Counter()
        self.held: Counter[str] = Counter()
        self._free = 0
        self._least: Counter[str] = Counter()
        self._most: Counter[str] = Counter()

    @property
    def at_stake(self) -> AtStake:
        """As `control` takes it."""
        return AtStake(self.held, self._free, self._least, self._most)

    def count(self, one: _Open, times: int) -> None:
        """Count a contest in, or (-1 times) out."""
        self.contests += times
        self.declared += times * one.declared
        self._free += times * one.chance.free
        for party, least, most in one.chance.parties:
            self._least[party] += times * least
            self._most[party] += times * most
        for seat in one.seats:
            self.seats[seat] += times


def _move(counts: Counter[str], party: str | None, times: int) -> None:
    if party is not None:
        counts[party] += times
