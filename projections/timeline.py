"""The night as a timeline: each result in order, with the seats after it.

On the hall's clock results come as they became true, with what is known at the
viewpoint. On the ledger's clock they come as this ledger learned them, corrections and
all: what the board showed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from ledger.book import Ledger
from ledger.events import NOW, Viewpoint
from ledger.facts import ContestOpened, CouncilRegistered
from ledger.times import local
from ledger.ward import Contest
from projections.history import Follower, LogLine
from projections.night import Seen, Standing, standing
from projections.seating import Change
from projections.tally import Control, control, counted, net, ranked
from projections.viewpoints import read_moment

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
    poll_date: date

    @property
    def on_the_night(self) -> bool:
        """Whether it is of the poll's day or the day after, when an hour says enough."""
        return self.moment.date() - self.poll_date in (timedelta(0), timedelta(days=1))

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
    start = read_moment(ledger, since, [found.council], found.entry)
    steps = _on_hall_clock(found) if clock == "hall" else _on_ledger_clock(ledger, found)
    return (step for step in steps if start is None or step.moment >= start)


class _Open:
    """The seats of the night that nobody has won yet, and who holds them meanwhile."""

    def __init__(self, seats: Iterable[str], holding: dict[str, Change]) -> None:
        self.seats = set(seats)
        self.held = counted([holding[seat].group for seat in self.seats])

    def take(self, before: Change, new: Change, *, won: bool) -> None:
        """A seat changes hands, in a contest of the night (`won`) or in another."""
        if new.seat in self.seats:
            self.held.subtract(counted([before.group]))
            if won:
                self.seats.remove(new.seat)
            else:
                self.held.update(counted([new.group]))


def _on_hall_clock(found: Standing) -> Iterator[Step]:
    night = {seen.contest.fact.contest: seen for seen in found.night()}
    holding, close = found.eve(), found.polls_close
    seats, won, declared = counted([c.group for c in holding.values()]), Counter[str](), set()
    still_open = _Open((s for seen in night.values() for s in seen.contest.fact.seats), holding)
    for (at, entry), (contest, changes) in sorted(_together(found, night, close).items()):
        fact, moves, before_all = contest.fact, [], dict(seats)
        if fact.contest in night:
            declared.add(fact.contest)
        for new in changes:
            before, holding[new.seat] = holding[new.seat], new
            moves.append((before, new))
            seats.subtract(counted([before.group]))
            seats.update(counted([new.group]))
            still_open.take(before, new, won=fact.contest in night)
            won.update(counted([new.group] if fact.contest in night else []))
        yield Step(
            moment=local(at, found.council.timezone),
            entry=entry,
            kind=_kind(contest, entry),
            ward=found.council.by_slug[fact.ward].name,
            contest=fact.contest,
            moves=tuple(moves),
            change=net(before_all, seats),
            seats=dict(+seats),
            won=dict(won),
            declared=len(declared),
            total=len(night),
            poll_date=fact.poll_date,
            control=control(found.council.size, +seats, still_open.held, len(still_open.seats)),
        )


def _together(
    found: Standing, night: dict[str, Seen], close: datetime | None
) -> dict[tuple[datetime, int], tuple[Contest, list[Change]]]:
    """What each entry changed since the first poll closed, by hour and entry. A tie for the
    only seat changes none, but it was declared."""
    steps: dict[tuple[datetime, int], tuple[Contest, list[Change]]] = {}
    for seen in night.values():
        if seen.standing is not None:
            key = (seen.standing.event.effective_at, seen.standing.number)
            steps[key] = (seen.contest, [])
    for slug, ward in found.changes.items():
        for change in ward:
            if change.contest is not None and close is not None and change.at >= close:
                contest = found.wards[slug].contests[change.contest]
                steps.setdefault((change.at, change.entry), (contest, []))[1].append(change)
    return steps


def _kind(contest: Contest, entry: int) -> str:
    stack = (*contest.versions, *contest.lots)
    return next(one.fact.kind for one in stack if one.number == entry).partition(".")[0]


def _on_ledger_clock(ledger: Ledger, found: Standing) -> Iterator[Step]:
    follower, board = Follower(found.at), _Board(found)
    for entry in ledger.entries(council=found.council.council, upto=found.entry):
        line = follower.take(entry)
        if not isinstance(entry.fact, CouncilRegistered | ContestOpened):
            step = board.take(line, follower)
            if step is not None:
                yield step


class _Board:
    """The board of one night as the log grows."""

    def __init__(self, found: Standing) -> None:
        self._council, self._at = found.council, found.at
        self._night = {seen.contest.fact.contest: seen.contest.fact for seen in found.night()}
        self._won: dict[str, dict[str, Change]] = {}  # by contest, by seat

    def take(self, line: LogLine, follower: Follower) -> Step | None:
        """The step an entry makes; None where it is of another night, or changes nothing up
        to the hour asked for."""
        fact = self._night.get(line.contest or "")
        if fact is None:
            return None
        contest = follower.wards[fact.ward].contests.get(fact.contest)
        standing = contest.standing if contest else None
        before = self._won.pop(fact.contest, None)
        if standing and (self._at is None or standing.event.effective_at <= self._at):
            self._won[fact.contest] = {
                change.seat: change
                for change in follower.changes[fact.ward]
                if change.contest == fact.contest
            }
        if before == self._won.get(fact.contest) and not self._hit(line):
            return None
        undecided = [
            seat
            for name, opened in self._night.items()
            for seat in opened.seats
            if seat not in self._won.get(name, ())
        ]
        holders = follower.holders
        held = counted([holders[seat.partition("/")[0]][seat].group for seat in undecided])
        won = counted([c.group for seats in self._won.values() for c in seats.values()])
        return Step(
            moment=local(line.entry.event.recorded_at, line.timezone),
            entry=line.entry.number,
            kind=line.kind,
            ward=self._council.by_slug[fact.ward].name,
            contest=fact.contest,
            moves=_filled_by(line.entry.number, follower.changes[fact.ward]),
            change=line.effect.seats,
            seats=line.total,
            won=dict(won),
            declared=len(self._won),
            total=len(self._night),
            poll_date=fact.poll_date,
            control=control(self._council.size, line.total, held, len(undecided)),
        )

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
