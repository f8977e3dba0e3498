"""One line of a timeline: what an entry changed, and the board after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from ledger.seating import Change, outcome
from projections.tally import Control, ranked


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the timeline: what happened, and the board after it.

    `moves` are the seats it filled: the holder before and the holder after; `compared` says of
    seats won whose they are in the baseline, where that is not the eve of the poll.
    """

    moment: datetime
    entry: int
    kind: str
    ward: str
    contest: str | None  # None where no contest brought it
    moves: tuple[tuple[Change, Change], ...]
    change: dict[str, int]
    seats: dict[str, int]
    won: dict[str, int]
    declared: int
    total: int
    control: Control
    poll_date: date | None
    compared: Mapping[str, str | None] = field(default_factory=dict)

    def taken_from(self, before: Change, new: Change) -> str | None:
        """Who defended the seat that a move fills: in the baseline, or before it."""
        return self.compared.get(new.seat, before.defending)

    @property
    def on_the_night(self) -> bool:
        """Whether it is of the poll's day or the day after, when an hour says enough."""
        days = (timedelta(0), timedelta(days=1))
        return self.poll_date is not None and self.moment.date() - self.poll_date in days

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
                    "result": outcome(held, new.group),
                    "from": held if outcome(held, new.group) == "gain" else None,
                }
                for before, new in self.moves
                if new.contest is not None and new.party is not None
                for held in [self.taken_from(before, new)]
            ],
            "moved": [
                {"seat": new.seat, "name": new.holder, "party": new.group, "from": before.group}
                for before, new in self.moves
            ],
            "change": self.change,
            "seats": ranked(self.seats),
            "won": ranked(self.won),
            "contests": {"declared": self.declared, "total": self.total},
            "control": {"party": self.control.party, "certain": self.control.certain},
        }
