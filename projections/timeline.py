"""The night as a timeline: each result in order, with the seats after it.

On the hall's clock results come as they became true, with what is known at the
viewpoint; asked from an earlier moment on, the nights before come first, and what befell
the seats between them. On the ledger's clock they come as this ledger learned them, corrections and
all: what the board showed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from ledger.book import Ledger
from ledger.errors import NotYet
from ledger.events import NOW, Entry, Viewpoint
from ledger.facts import (
    ContestCountermanded,
    ContestOpened,
    CouncilRegistered,
    DiscrepancyNoted,
)
from ledger.seating import Change
from ledger.times import EARLIEST, end_of, local, start_of
from ledger.ward import Contest
from projections.board import Board
from projections.history import Follower, LogLine
from projections.night import Seen, Standing, see, standing
from projections.provenance import entries_of
from projections.replayed import Step
from projections.tally import counted, net
from projections.viewpoints import read_moment

Clock = Literal["hall", "ledger"]
_TOLD = (ContestCountermanded, DiscrepancyNoted)  # of a contest, besides its results


def replay(
    ledger: Ledger,
    council: str | None = None,
    viewpoint: Viewpoint = NOW,
    *,
    since: datetime | str | None = None,
    clock: Clock = "hall",
) -> Iterator[Step]:
    """The night a viewpoint is in, step by step, from `since` (or its beginning; a bare day
    means its start) to it. In the hall `since` may lie before that night.

    Raises what `night.standing` raises, and NotionalMissing at the first step.
    """
    found = standing(ledger, council, viewpoint)
    start = _start(ledger, since, found)
    if clock == "ledger":
        steps = _on_ledger_clock(ledger, found)
    elif start is None or start >= _first(found):
        steps = _on_hall_clock(found)
    else:
        steps = _over_nights(ledger, viewpoint, found, start)
    return (step for step in steps if start is None or step.moment >= start)


def _start(ledger: Ledger, since: datetime | str | None, found: Standing) -> datetime | None:
    zone = found.council.timezone
    if isinstance(since, str) and end_of(since, zone):
        return start_of(since, zone)
    return read_moment(ledger, since, [found.council], found.entry)


def _first(found: Standing) -> datetime:
    """From when it is the night that it is: something is told of a contest of it; without one,
    from when the register is right."""
    contests = [seen.contest for seen in found.opened]
    told = [entry for contest in contests for entry, _ in contest.said(ContestCountermanded)]
    told += [contest.opened for contest in contests]
    hours = (entry.event.effective_at for entry in told)
    return max(found.registered.event.effective_at, min(hours, default=EARLIEST))


def _over_nights(
    ledger: Ledger, viewpoint: Viewpoint, found: Standing, start: datetime
) -> Iterator[Step]:
    """Night after night, each from when it was the council's latest until another was."""
    nights = [found]
    while start < _first(nights[0]):
        until = _first(nights[0]) - timedelta(microseconds=1)
        before = replace(viewpoint, at=until, known_at=found.known_at)
        try:
            nights.insert(0, standing(ledger, found.council.council, before))
        except NotYet:  # nothing is told of the council before that
            break
    for night in nights:
        yield from _on_hall_clock(night, _first(night))


class _Running:
    """The board of a night as it moves in the hall: seats, those won, and those undecided."""

    def __init__(self, found: Standing, begin: datetime) -> None:
        self._found = found
        self._night = {seen.contest.fact.contest: seen.contest for seen in found.night()}
        start = found.registered.number
        self._holding = {
            change.seat: change
            for ward in found.changes.values()
            for change in ward
            if change.at < begin or change.entry == start
        }
        self._won: dict[str, dict[str, str | None]] = {}  # by contest declared, by seat
        self._board = Board(found.council.size)
        for seat, change in self._holding.items():
            self._board.hold(seat, change.group)
        for name, contest in self._night.items():
            self._board.look(name, Seen(contest, None, "open"))

    def step(self, at: datetime, entry: Entry, changes: list[Change]) -> Step:
        """The step an entry makes, at its hour."""
        found, before = self._found, dict(self._board.seats)
        name = entry.contest or ""
        poll = self._night.get(name)
        besides = isinstance(entry.about, _TOLD)
        won = self._won.get(name, {}) if besides or not poll else self._won.setdefault(name, {})
        moves = tuple(self._move(change) for change in changes)
        if poll:
            by_then = found.changes_by(poll.fact.ward, (at, entry.number))
            self._board.look(name, see(poll, by_then, at))
        return Step(
            moment=local(at, found.council.timezone),
            entry=entry.number,
            kind=entry.kind,
            ward=found.council.by_slug[entry.ward or ""].name,
            contest=entry.contest,
            moves=moves,
            change=net(before, self._board.seats),
            seats=dict(+self._board.seats),
            won=dict(counted([party for seats in self._won.values() for party in seats.values()])),
            declared=len(self._won),
            total=len(self._night),
            poll_date=poll.fact.poll_date if poll else found.poll_date,
            control=self._board.control,
            compared=found.compared(name, won),
        )

    def _move(self, new: Change) -> tuple[Change, Change]:
        """A seat changes hands: by a contest of the night, which wins it, or otherwise."""
        before, self._holding[new.seat] = self._holding[new.seat], new
        self._board.hold(new.seat, new.group)
        if new.contest in self._night:
            self._won[new.contest][new.seat] = new.group
        return before, new


def _on_hall_clock(found: Standing, begin: datetime | None = None) -> Iterator[Step]:
    """From a moment on; default: from when the first poll closed, if there was one."""
    begin = begin or found.polls_close or _first(found)
    running, together = _Running(found, begin), _together(found, begin)
    for (at, _), (entry, changes) in sorted(together.items(), key=lambda item: item[0]):
        yield running.step(at, entry, changes)


def _together(
    found: Standing, begin: datetime
) -> dict[tuple[datetime, int], tuple[Entry, list[Change]]]:
    """What each entry changed since then, by hour and entry. A tie for the only seat changes
    none, but it was declared; nor does what is told of a contest besides."""
    steps: dict[tuple[datetime, int], tuple[Entry, list[Change]]] = {}
    for seen in found.night():
        for versions in seen.contest.declarations:
            top = versions[-1]
            if found.at is None or top.event.effective_at <= found.at:
                steps[top.event.effective_at, top.number] = (top, [])
    since = min(begin, _first(found))
    for contest in found.contests():
        for entry, _ in contest.said(*_TOLD):
            at = entry.event.effective_at
            if at >= since and (found.at is None or at <= found.at):
                steps[at, entry.number] = (entry, [])
    for slug, changes in found.changes.items():
        later = [c for c in changes if c.at >= begin]
        told = entries_of(found.wards[slug]) if later else {}
        for change in later:
            if change.entry in told:
                key = (change.at, change.entry)
                steps.setdefault(key, (told[change.entry], []))[1].append(change)
    return steps


def _on_ledger_clock(ledger: Ledger, found: Standing) -> Iterator[Step]:
    follower, board = Follower(found.at, found.truth), _Recorded(found)
    everything = ledger.entries(council=found.council.council, upto=found.entry)
    for entry in (one for one in everything if one.register == found.council.register):
        step = board.take(follower.take(entry), follower)
        if step is not None:
            yield step


class _Recorded:
    """The board of one night as the log grows."""

    def __init__(self, found: Standing) -> None:
        self._found, self._at = found, found.at
        night = [seen.contest for seen in found.night()]
        self._night = {contest.fact.contest: contest for contest in night}
        self._first = min((contest.opened.number for contest in night), default=0)
        self._won: dict[str, dict[str, Change]] = {}  # by contest declared, by seat
        self._board = Board(found.council.size)
        for contest in night:
            self._board.look(contest.fact.contest, Seen(contest, None, "open"))

    def take(self, line: LogLine, follower: Follower) -> Step | None:
        """The step an entry makes; None where it changes nothing of this night up to the hour
        asked for."""
        for _, new in line.effect.holders:
            self._board.hold(new.seat, new.group)
        slug, name = line.entry.ward or "", line.contest or ""
        poll = self._night.get(name)
        told = any(old is not None for old, _ in line.effect.holders)
        if poll is not None:
            told = self._look(poll, follower) or told or self._hit(line)
        opens = isinstance(line.entry.fact, CouncilRegistered | ContestOpened)
        if opens or not told or line.entry.number < self._first:
            return None
        found, here = self._found, self._won.get(name, {})
        won = counted([c.group for seats in self._won.values() for c in seats.values()])
        return Step(
            moment=local(line.entry.event.recorded_at, line.timezone),
            entry=line.entry.number,
            kind=line.kind,
            ward=found.council.by_slug[slug].name,
            contest=line.contest,
            moves=_filled_by(line.entry.number, follower.changes[slug]),
            change=line.effect.seats,
            seats=line.total,
            won=dict(won),
            declared=len(self._won),
            total=len(self._night),
            poll_date=poll.fact.poll_date if poll else found.poll_date,
            control=self._board.control,
            compared=found.compared(name, {seat: c.group for seat, c in here.items()}),
        )

    def _look(self, poll: Contest, follower: Follower) -> bool:
        """See a contest again; whether it is another than it was."""
        name, ward = poll.fact.contest, poll.fact.ward
        contest = follower.wards[ward].contests.get(name)
        before = self._won.pop(name, None)
        seen = see(contest, follower.changes[ward], self._at) if contest else None
        self._board.look(name, seen or Seen(poll, None, "open"))
        if seen and seen.declared:
            self._won[name] = {new.seat: new for new, _ in seen.won}
        return before != self._won.get(name)

    def _hit(self, line: LogLine) -> bool:
        return self._at is None or line.entry.event.effective_at <= self._at


def _filled_by(entry: int, changes: list[Change]) -> tuple[tuple[Change, Change], ...]:
    """The seats an entry fills: who held each before in the hall, and who does now."""
    held: dict[str, Change] = {}
    moves = []
    for change in changes:
        if change.entry == entry:
            moves.append((held[change.seat], change))
        held[change.seat] = change
    return tuple(moves)
