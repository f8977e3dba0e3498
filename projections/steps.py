"""The board of a council at every step of its history, kept as it runs: one pass, nothing
counted anew.

In the hall a step is what an entry known at the viewpoint changed, at its hour there; in the
ledger it is an entry as it was recorded, counting what had become true by the viewpoint's
hour. Steps of one place (an hour; an entry) are one moment: what holds at it is told by the
last of them. The register in force is the one of `night.fold`, so that after each moment the
board is that of `seats` asked there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby, takewhile
from typing import NamedTuple

from ledger.events import Entry
from ledger.facts import CouncilRegistered
from ledger.present import by_register, in_force
from ledger.seating import Change
from ledger.ward import Ward
from projections.board import Board
from projections.growing import GrowingWard
from projections.night import Standing, see, stand
from projections.provenance import hours
from projections.viewpoints import Resolved


class Step(NamedTuple):
    """A step, the entry that makes it and the register in force. The board is the one running:
    to be looked at before the next step is asked for."""

    place: datetime | int
    moment: datetime
    entry: int
    register: str
    board: Board


class Spell(NamedTuple):
    """Something held from the moment of one step up to that of another, which is not in it;
    None where it still holds after the last."""

    began: Step
    ended: Step | None


def spells(told: Iterable[tuple[Step, bool]]) -> Iterator[Spell]:
    """When something held, as told after each step. Within a moment several entries may come
    one after the other; whether it holds there is told by the last, and since which of them."""
    began: Step | None = None
    for _, together in groupby(told, key=lambda one: one[0].place):
        moment = list(together)
        holds = moment[-1][1]
        if holds == (began is not None):
            continue
        first = _since(moment)
        if began is not None:
            yield Spell(began, first)
        began = first if holds else None
    if began is not None:
        yield Spell(began, None)


def _since(moment: Sequence[tuple[Step, bool]]) -> Step:
    """The step from which on it was as the last tells."""
    holds = moment[-1][1]
    *_, (first, _) = takewhile(lambda one: one[1] == holds, reversed(moment))
    return first


def in_hall(entries: Iterable[Entry], seen: Resolved) -> Iterator[Step]:
    """The steps in the hall, from a council's first register to the viewpoint; `entries` are
    all of the council's that are known there."""
    registers = sorted(
        by_register(entries), key=lambda one: (one[0].event.effective_at, one[0].number)
    )
    begins = [registered.event.effective_at for registered, _ in registers]
    for (registered, wards), until in zip(registers, [*begins[1:], None], strict=True):
        found = stand(registered, wards, seen)
        for step in under_register(found):
            if until is not None and step.moment >= until:
                break
            yield step


def under_register(found: Standing) -> Iterator[Step]:
    """The steps in the hall under one register, from its first day on."""
    board, registered = Board(found.council.size), found.registered
    start, register = registered.event.effective_at, found.council.register
    if found.at is not None and found.at < start:
        return
    steps: set[tuple[datetime, int, str]] = set()
    for slug, ward in found.wards.items():
        changes = found.changes_by(slug, (start, registered.number))
        _take(board, changes)
        _look(board, ward, changes, start)
        steps.update((*place, slug) for place in hours(ward, found.changes[slug]))
    yield Step(start, start, registered.number, register, board)
    for hour, entry, slug in sorted(steps):
        if (hour, entry) <= (start, registered.number) or hour < start:
            continue
        if found.at is not None and hour > found.at:
            break
        changes = found.changes_by(slug, (hour, entry))
        _take(board, [change for change in changes if (change.at, change.entry) == (hour, entry)])
        _look(board, found.wards[slug], changes, hour)
        yield Step(hour, hour, entry, register, board)


def in_ledger(entries: Iterable[Entry], seen: Resolved) -> Iterator[Step]:
    """The steps in the ledger, from the entry that registers the council to the viewpoint;
    `entries` are all of the council's that are known there."""
    registers: list[Entry] = []
    running: dict[str, _Recorded] = {}
    for entry in entries:
        if isinstance(entry.fact, CouncilRegistered):
            registers.append(entry)
            running[entry.register] = _Recorded(entry, seen)
        else:
            running[entry.register].take(entry)
        force = in_force(registers, entry.council, seen.at)
        if seen.at is None or force.event.effective_at <= seen.at:
            board = running[force.register].board
            recorded = entry.event.recorded_at
            yield Step(entry.number, recorded, entry.number, force.register, board)


class _Recorded:
    """The board under one register as the log grows."""

    def __init__(self, registered: Entry, seen: Resolved) -> None:
        assert isinstance(registered.fact, CouncilRegistered)
        self._council, self._registered, self._seen = registered.fact, registered, seen
        self._growing = {
            place.slug: GrowingWard(place, registered, seen.truth) for place in self._council.wards
        }
        self.board = Board(self._council.size)
        for growing in self._growing.values():
            self._settle(growing, growing.ward)

    def take(self, entry: Entry) -> None:
        """Take in the next entry."""
        if entry.ward is not None:  # what is said of a council's names moves no seat
            growing = self._growing[entry.ward]
            before = growing.ward
            growing.take(entry)
            self._settle(growing, before)

    def _settle(self, growing: GrowingWard, before: Ward) -> None:
        at, ward = self._seen.at, growing.ward
        by_then = [change for change in growing.changes if at is None or change.at <= at]
        _take(self.board, by_then)
        for name in before.contests.keys() - ward.contests.keys():
            self.board.look(name, None)
        _look(self.board, ward, by_then, at)


def _take(board: Board, changes: Iterable[Change]) -> None:
    for change in {change.seat: change for change in changes}.values():
        board.hold(change.seat, change.group)


def _look(board: Board, ward: Ward, changes: Sequence[Change], at: datetime | None) -> None:
    """See a ward's contests at an hour; those not opened by then are not on the board."""
    for name, contest in ward.contests.items():
        opened = at is None or contest.opened.event.effective_at <= at
        board.look(name, see(contest, changes, at) if opened else None)
