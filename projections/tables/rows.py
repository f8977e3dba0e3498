"""What the read-model tables hold of one ward, as pure functions of its entries.

Two kinds of rows, both valid for a range of entries (what was known):

* a *held* row is a rectangle over both clocks: a seat, the party it counts for, the range
  of hours and the range of entries. At any viewpoint a seat is in exactly one of them;
* an *up* row is a seat up in a contest: when it was opened, declared and won, and for whom.

Instants are microseconds since 1970; `FOREVER` is the open end of a range.
"""

from __future__ import annotations

from typing import NamedTuple

from ledger.events import Entry, WardSeats
from ledger.times import micros
from ledger.ward import Ward, evolve
from projections.night import ward_changes

FOREVER = 2**62


class Held(NamedTuple):
    """Who a seat counts for from one hour to another; `party` is None while it is vacant."""

    seat: str
    from_at: int
    until_at: int
    party: str | None


class Up(NamedTuple):
    """A seat up in a contest; times are None for what has not happened."""

    seat: str
    contest: str
    poll_date: str
    polls_close: int
    opened_at: int
    declared_at: int | None
    won_at: int | None
    party: str | None


class Known(NamedTuple):
    """A row and the entries from which and before which it is what the ledger knows."""

    row: Held | Up
    from_entry: int
    until_entry: int


def rows_of(place: WardSeats, ward: Ward, registered: Entry) -> dict[Held | Up, None]:
    """Every row of a ward, in a steady order."""
    changes = ward_changes(place, ward, registered)
    rows: dict[Held | Up, None] = {}
    won: dict[tuple[str, str], tuple[int, str | None]] = {}
    until: dict[str, int] = {}
    for change in reversed(changes):
        at = micros(change.at)
        if change.contest is not None:
            won.setdefault((change.contest, change.seat), (at, change.group))
        end = until.get(change.seat, FOREVER)
        if at < end:  # of changes at the same moment the last in the log counts
            rows[Held(change.seat, at, end, change.group)] = None
            until[change.seat] = at
    for contest in ward.contests.values():
        fact, standing = contest.fact, contest.standing
        declared = micros(standing.event.effective_at) if standing else None
        opened, close = micros(contest.opened.event.effective_at), micros(fact.polls_close)
        for seat in fact.seats:
            at_by = won.get((fact.contest, seat), (None, None))
            day = fact.poll_date.isoformat()
            rows[Up(seat, fact.contest, day, close, opened, declared, *at_by)] = None
    return rows


class WardRows:
    """The rows of one ward as its stream grows, each with the entry that brought it."""

    def __init__(self, place: WardSeats, registered: Entry) -> None:
        self._place, self._registered, self._ward = place, registered, Ward()
        self._began = dict.fromkeys(rows_of(place, self._ward, registered), registered.number)

    def take(self, entry: Entry) -> list[Known]:
        """Take in the next entry; the rows it ends."""
        self._ward = evolve(self._ward, entry)
        rows = rows_of(self._place, self._ward, self._registered)
        ended = [row for row in self._began if row not in rows]
        told = [Known(row, self._began.pop(row), entry.number) for row in ended]
        for row in rows:
            self._began.setdefault(row, entry.number)
        return told

    def open_since(self, after: int) -> list[Known]:
        """The rows that began after an entry and have not ended."""
        return [Known(row, n, FOREVER) for row, n in self._began.items() if n > after]
