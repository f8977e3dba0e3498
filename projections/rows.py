"""What the read-model tables hold of one ward, worked out entry by entry.

Two kinds of rows, both valid for a range of entries (what was known):

* a *held* row is a rectangle over both clocks: a seat, the party it counts for, the range
  of hours and the range of entries. At any viewpoint a seat is in exactly one of them;
* an *up* row is one too: a seat up in a contest, and what had become of it.

Instants are microseconds since 1970; `FOREVER` is the open end of a range. The fields are
in the order of the tables' columns.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, NamedTuple

from ledger.events import Entry
from ledger.facts import WardSeats
from ledger.present import register_of
from ledger.seating import Change
from ledger.store import Store
from ledger.times import micros
from ledger.ward import Contest
from projections.growing import GrowingWard
from projections.night import Seen, see

FOREVER = 2**62
SHAPE = 4  # of the tables the rows stand in; another number makes them anew


class Held(NamedTuple):
    """Who a seat counts for from one hour to another; `party` is None while it is vacant."""

    seat: str
    from_at: int
    until_at: int
    party: str | None


class Up(NamedTuple):
    """A seat up in a contest from one hour to another: whether the contest is declared and the
    seat won by then (1 or 0), and for whom; if not, what the contest's undecided seats can
    still bring."""

    poll_date: str
    contest: str
    seat: str
    polls_close: int
    from_at: int
    until_at: int
    declared: int
    won: int
    party: str | None
    chance: str | None


class Known(NamedTuple):
    """A row and the entries from which and before which it is what the ledger knows."""

    row: Held | Up
    from_entry: int
    until_entry: int


class News(NamedTuple):
    """What is new of one council, as the tables take it: whole rows, and rows that end."""

    council: list[tuple[Any, ...]]  # its own row, where it is new
    held: list[tuple[Any, ...]]
    held_ended: list[tuple[Any, ...]]
    up: list[tuple[Any, ...]]
    up_ended: list[tuple[Any, ...]]


class WardRows:
    """The rows of one ward as its stream grows, each with the entry that brought it."""

    def __init__(self, place: WardSeats, registered: Entry) -> None:
        self._growing = GrowingWard(place, registered)
        self._up: dict[str, set[Up]] = {}  # by contest
        self._held = held_rows(self._growing.changes)
        self._began = dict[Held | Up, int](dict.fromkeys(self._held, registered.number))

    def take(self, entry: Entry) -> list[Known]:
        """Take in the next entry; the rows it ends."""
        before, ended = self._growing.take(entry), list[Known]()
        told, moved = self._growing.changes, {entry.contest or ""}
        if before is not None:
            # A change may have moved other contests' winners to other seats.
            moved.update(one for one, *_ in _given(before) ^ _given(told) if one)
            held = held_rows(told)
            ended += self._move(entry, self._held, held)
            self._held = held
        contests = self._growing.ward.contests
        for one in moved & contests.keys() | moved & self._up.keys():
            known = contests.get(one)
            up = up_rows(known, told) if known else set()
            ended += self._move(entry, self._up.get(one, set()), up)
            self._up[one] = up
        return ended

    def _move(
        self, entry: Entry, before: AbstractSet[Held | Up], after: AbstractSet[Held | Up]
    ) -> list[Known]:
        """Change from some rows to others; those that are no more."""
        ended = [Known(row, self._began.pop(row), entry.number) for row in before - after]
        self._began.update(dict.fromkeys(after - before, entry.number))
        return ended

    def open_since(self, after: int) -> list[Known]:
        """The rows that began after an entry and have not ended."""
        return [Known(row, n, FOREVER) for row, n in self._began.items() if n > after]


def _given(changes: list[Change]) -> set[tuple[str | None, str, datetime, str | None]]:
    """What contests gave whom, as far as their rows tell."""
    return {(one.contest, one.seat, one.at, one.group) for one in changes}


def held_rows(changes: list[Change]) -> set[Held]:
    """Who each seat counts for, hour by hour."""
    rows: set[Held] = set()
    until: dict[str, int] = {}
    for change in reversed(changes):
        at, end = micros(change.at), until.get(change.seat, FOREVER)
        if at < end:  # of changes at the same moment the last in the log counts
            rows.add(Held(change.seat, at, end, change.group))
            until[change.seat] = at
    return rows


def up_rows(contest: Contest, changes: list[Change]) -> set[Up]:
    """The seats up in a contest, hour by hour; `changes` are all of the ward's. There are none
    once its poll is called off."""
    fact, start = contest.fact, contest.opened.event.effective_at
    name, seats = fact.contest, fact.seats
    changes = [change for change in changes if change.seat in seats]
    hours = [entry.event.effective_at for entry in contest.said_of_it()]
    hours += [change.at for change in changes if change.contest == name]
    steps = sorted({hour for hour in hours if hour > start})
    rows: set[Up] = set()
    day, close, since = fact.poll_date.isoformat(), micros(fact.polls_close), micros(start)
    first = min(hours, default=None)  # before it nothing is said of the contest
    for at, until in zip([start, *steps], [*map(micros, steps), FOREVER], strict=True):
        if first is None or at < first:
            seen = Seen(contest, None, "open")
        else:
            seen = see(contest, [change for change in changes if change.at <= at], at)
        if seen.status != "countermanded":
            won, declared = seen.parties, int(seen.declared)
            chance = seen.chance.as_text() if len(won) < len(seats) else None
            for seat in seats:
                told = (1, won[seat], None) if seat in won else (0, None, chance)
                rows.add(Up(day, name, seat, close, since, until, declared, *told))
        since = until
    return rows


def news(register: Entry, known: list[Known], after: int) -> News:
    """What the tables that have seen `after` entries do not know of a council yet."""
    council, fact = register.number, register_of(register)
    start = micros(register.event.effective_at)
    told = News([], [], [], [], [])
    if council > after:
        told.council.append((council, fact.council, fact.name, fact.timezone, fact.size, start))
    for row, since, until in known:
        if isinstance(row, Held):
            rows = told.held if since > after else told.held_ended
        else:
            rows = told.up if since > after else told.up_ended
        rows.append((council, *row, since, until))
    told.held.sort(key=lambda row: row[:3])
    told.up.sort(key=lambda row: row[:4])
    return told


def whole(store: Store, register: Entry, upto: int) -> tuple[News, int]:
    """Everything the first `upto` entries say of a council, and how many of them."""
    fact = register_of(register)
    wards = {fact.stream(place.slug): WardRows(place, register) for place in fact.wards}
    entries = store.streams(wards, upto)
    known = [row for one in entries for row in wards[one.event.originator_id].take(one)]
    known += [row for ward in wards.values() for row in ward.open_since(0)]
    return news(register, known, 0), 1 + len(entries)
