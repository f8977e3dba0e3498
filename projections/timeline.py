"""The night as a timeline: each result in order, with the seats after it.

On the hall's clock results come as they became true, with what is known at the
viewpoint. On the ledger's clock they come as this ledger learned them, corrections and
all: what the board showed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Literal

from ledger.book import Ledger
from ledger.events import NOW, ContestOpened, CouncilRegistered, Viewpoint
from ledger.times import local
from projections.history import Follower, LogLine
from projections.night import Change, Seen, Standing, awards, read_moment, standing
from projections.tally import Control, control, counted, net, ranked

Clock = Literal["hall", "ledger"]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the timeline: what happened, and the board after it.

    `moves` are the seats it filled: the holder before and the holder after.
    """

    moment: datetime
    entry: int
    kind: str
    ward: str
    contest: str
    moves: tuple[tuple[Change, Change], ...]
    change: dict[str, int]
    seats: dict[str, int]
    won: dict[str, int]
    declared: int
    total: int
    control: Control

    def as_json(self) -> dict[str, Any]:
        """The shape of one line of `replay --json`."""
        return {
            "at": self.moment.isoformat(),
            "entry": self.entry,
            "kind": self.kind,
            "ward": self.ward,
            "contest": self.contest,
            "elected": [
                {
                    "name": new.holder,
                    "party": new.group,
                    "seat": new.seat,
                    "result": "hold" if new.group == before.group else "gain",
                    "from": before.group if new.group != before.group else None,
                }
                for before, new in self.moves
            ],
            "change": self.change,
            "seats": ranked(self.seats),
            "won": ranked(self.won),
            "contests": {"declared": self.declared, "total": self.total},
            "control": {"party": self.control.party, "certain": self.control.certain},
        }


def replay(
    ledger: Ledger,
    council: str | None = None,
    viewpoint: Viewpoint = NOW,
    *,
    since: datetime | str | None = None,
    clock: Clock = "hall",
) -> Iterator[Step]:
    """The night a viewpoint is in, step by step, from `since` (or its beginning) to it.

    Raises what `night.standing` raises.
    """
    found = standing(ledger, council, viewpoint)
    start = read_moment(ledger, since, [found.council])
    steps = _on_hall_clock(found) if clock == "hall" else _on_ledger_clock(ledger, found)
    return (step for step in steps if start is None or step.moment >= start)


def _on_hall_clock(found: Standing) -> Iterator[Step]:
    night = found.night()
    moves = sorted(
        ((before, new, seen) for seen in night for new, before in seen.winners),
        key=lambda move: (move[1].at, move[1].entry),
    )
    seats = counted([change.group for change in found.eve().values()])
    open_held = counted([found.eve()[s].group for seen in night for s in seen.contest.fact.seats])
    open_total, won, declared = sum(len(s.contest.fact.seats) for s in night), Counter[str](), set()
    for (at, entry), group in groupby(moves, key=lambda move: (move[1].at, move[1].entry)):
        together = list(group)
        before_all = dict(seats)
        for before, new, seen in together:
            seats.subtract(counted([before.group]))
            seats.update(counted([new.group]))
            open_held.subtract(counted([before.group]))
            won.update(counted([new.group]))
            open_total -= 1
            declared.add(seen.contest.fact.contest)
        fact = together[0][2].contest.fact
        yield Step(
            moment=local(at, found.council.timezone),
            entry=entry,
            kind=_kind(together[0][2], entry),
            ward=found.council.by_slug[fact.ward].name,
            contest=fact.contest,
            moves=tuple((before, new) for before, new, _ in together),
            change=net(before_all, seats),
            seats=dict(+seats),
            won=dict(won),
            declared=len(declared),
            total=len(night),
            control=control(found.council.size, +seats, open_held, open_total),
        )


def _kind(seen: Seen, entry: int) -> str:
    lot = seen.contest.lot
    if lot is not None and lot.number == entry:
        return "lot-drawn"
    assert seen.standing is not None
    return seen.standing.fact.kind.partition(".")[0]


def _on_ledger_clock(ledger: Ledger, found: Standing) -> Iterator[Step]:
    follower = Follower()
    board = _Board(found)
    for entry in ledger.entries(council=found.council.council, upto=found.entry):
        if isinstance(entry.fact, CouncilRegistered):
            follower.take(entry)
            continue
        line = follower.take(entry)
        step = board.take(line, follower)
        shown = found.at is None or entry.event.effective_at <= found.at
        if step is not None and shown:
            yield step


class _Board:
    """The board of one night as the log grows."""

    def __init__(self, found: Standing) -> None:
        self._found = found
        self._night = {seen.contest.fact.contest: seen.contest.fact for seen in found.night()}
        self._won: dict[str, list[str | None]] = {}

    def take(self, line: LogLine, follower: Follower) -> Step | None:
        """The step an entry makes; None for entries of other nights and for openings."""
        fact = line.entry.fact
        contest_id = line.contest
        if contest_id not in self._night or isinstance(fact, ContestOpened):
            return None
        place = self._night[contest_id]
        contest = follower.wards[place.ward].contests.get(contest_id)
        self._won.pop(contest_id, None)
        if contest is not None and contest.standing is not None:
            winners = [c for award in awards(contest) for c in award.winners]
            self._won[contest_id] = [winner.party.group for winner in winners]
        undecided = [
            seat
            for name, opened in self._night.items()
            for seat in opened.seats[len(self._won.get(name, [])) :]
        ]
        holders = follower.holders
        moved = [(old, new) for old, new in line.effect.holders if old is not None]
        seats = {new.seat for _, new in moved}
        renewed = [
            (change, change)
            for change in holders[place.ward].values()
            if change.entry == line.entry.number and change.seat not in seats
        ]
        held = counted([_group(holders, seat) for seat in undecided])
        won = counted([party for parties in self._won.values() for party in parties])
        return Step(
            moment=local(line.entry.event.recorded_at, line.timezone),
            entry=line.entry.number,
            kind=line.kind,
            ward=self._found.council.by_slug[place.ward].name,
            contest=contest_id,
            moves=(*moved, *renewed),
            change=line.effect.seats,
            seats=line.total,
            won=dict(won),
            declared=len(self._won),
            total=len(self._night),
            control=control(self._found.council.size, line.total, held, len(undecided)),
        )


def _group(holders: dict[str, dict[str, Change]], seat: str) -> str | None:
    change = holders.get(seat.partition("/")[0], {}).get(seat)
    return change.group if change else None
