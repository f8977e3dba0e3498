"""From when control was certain: the first step of a night from which on it stayed so.

In the hall the steps are the hours at which something became true, with what is known at
the viewpoint; in the ledger they are its entries, counting what had become true by the
viewpoint's hour. At each step the answer is the one of `seats` asked there, for the night
the viewpoint is in; steps at which another night was the latest do not count, nor those
before the council's present wards were registered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby, takewhile
from typing import NamedTuple

from ledger.events import Entry
from ledger.facts import ContestOpened, CouncilRegistered
from ledger.seating import Change, ward_changes
from ledger.ward import Contest, Ward, evolve
from projections.board import Board
from projections.night import Seen, Standing, see
from projections.provenance import hours as hours_of


class Since(NamedTuple):
    """The moment that made control certain, and the entry that tells of it."""

    moment: datetime
    entry: int


class _Step(NamedTuple):
    """Whether control was certain after a step; steps of one `place` are one moment. `told` is
    None for what comes before any result."""

    place: datetime | int
    told: Since | None
    certain: bool


def in_hall(found: Standing) -> Since | None:
    """Since when it is certain by the hall's clock; None if it is not, or was before any
    result."""
    return _first(_hall_steps(found))


def in_ledger(found: Standing, entries: Iterable[Entry]) -> Since | None:
    """Since when by the ledger's; `entries` are those the standing was folded from."""
    return _first(_ledger_steps(found, entries))


def _first(steps: Iterable[_Step]) -> Since | None:
    """What began the certainty that lasts to the end. Within a moment several entries may
    come one after the other; whether the moment is certain is told by the last."""
    first: _Step | None = None
    for _, together in groupby(steps, key=lambda step: step.place):
        moment = list(together)
        if not moment[-1].certain:
            first = None
        elif first is None:
            *_, first = takewhile(lambda step: step.certain, reversed(moment))
    return first.told if first else None


def _hall_steps(found: Standing) -> Iterator[_Step]:
    close = found.polls_close
    if close is None:
        return
    eve, board = close - timedelta(microseconds=1), Board(found.council.size)
    hours: set[tuple[datetime, int, str]] = set()
    for slug, ward in found.wards.items():
        _take(board, [change for change in found.changes[slug] if change.at <= eve])
        _look(board, ward, found.changes[slug], eve)
        hours.update((hour, entry, slug) for hour, entry in hours_of(ward, found.changes[slug]))
    yield _Step(eve, None, _certain(board, found))
    for hour, entry, slug in sorted(hours):
        if hour < close or (found.at is not None and hour > found.at):
            continue
        changes = found.changes_by(slug, (hour, entry))
        _take(board, [change for change in changes if (change.at, change.entry) == (hour, entry)])
        _look(board, found.wards[slug], changes, hour)
        yield _Step(hour, Since(hour, entry), _certain(board, found))


def _ledger_steps(found: Standing, entries: Iterable[Entry]) -> Iterator[_Step]:
    board, wards = Board(found.council.size), {slug: Ward() for slug in found.wards}
    for entry in (one for one in entries if one.register == found.council.register):
        begun = isinstance(entry.fact, CouncilRegistered)
        for slug in wards if begun else (entry.ward,):
            if slug is None:  # what is said of a council's names moves no seat
                continue
            before = wards[slug]
            wards[slug] = ward = evolve(before, entry)
            place = found.council.by_slug[slug]
            changes = ward_changes(place, ward, found.registered)
            by_then = [c for c in changes if found.at is None or c.at <= found.at]
            _take(board, by_then)
            for name in before.contests.keys() - ward.contests.keys():
                board.look(name, None)
            _look(board, ward, by_then, found.at)
        told = (
            None
            if begun or isinstance(entry.fact, ContestOpened)
            else Since(entry.event.recorded_at, entry.number)
        )
        yield _Step(entry.number, told, _certain(board, found))


def _take(board: Board, changes: Iterable[Change]) -> None:
    for change in {change.seat: change for change in changes}.values():
        board.hold(change.seat, change.group)


def _look(board: Board, ward: Ward, changes: Sequence[Change], at: datetime | None) -> None:
    for name, contest in ward.contests.items():
        board.look(name, _seen(contest, changes, at))


def _seen(contest: Contest, changes: Sequence[Change], at: datetime | None) -> Seen | None:
    """A contest at an hour; None before it is opened."""
    opened = at is None or contest.opened.event.effective_at <= at
    return see(contest, changes, at) if opened else None


def _certain(board: Board, found: Standing) -> bool:
    return board.poll_date == found.poll_date and board.control.certain
