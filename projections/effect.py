"""The effect of an entry, computed: what changed of the seats, the holders and the figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ledger.events import Entry
from ledger.facts import ContestFact, EntryWithdrawn, ResultCorrected, SeatFact
from ledger.seating import Change
from ledger.ward import Contest
from projections.compared import reordered, votes
from projections.tally import control, net


@dataclass(frozen=True, slots=True)
class Effect:
    """What an entry changed, computed: its class (none, figures, rank, winner, seats or
    control), the seats by party, and the holders."""

    kind: str = "none"
    seats: dict[str, int] = field(default_factory=dict)
    holders: tuple[tuple[Change | None, Change], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The shape of `effect` wherever it is printed."""
        return {"class": self.kind, "seats": self.seats}


def effect_of(
    entry: Entry,
    size: int,
    *,
    seats: tuple[dict[str, int], dict[str, int]],
    contest: tuple[Contest | None, Contest | None],
    holders: Sequence[tuple[Change | None, Change]],
) -> Effect:
    """The effect on a council of so many seats: from the seats, the contest and the holders
    before and after the entry."""
    before, after = seats
    moved = tuple(pair for pair in holders if not _same_holder(*pair))
    change = net(before, after)
    if control(size, before).party != control(size, after).party:
        kind = "control"
    elif change:
        kind = "seats"
    else:
        kind = "winner" if moved else _of_figures(entry, *contest)
    return Effect(kind, change, moved)


def _of_figures(entry: Entry, was: Contest | None, now: Contest | None) -> str:
    """What an entry that moves nobody changed of the figures."""
    old, new = was.result() if was else None, now.result() if now else None
    if old is None and new is None:
        return "none"
    if old is not None and new is not None and reordered(old, new):
        return "rank"
    same = old and new and votes(old) == votes(new)
    figures = ("rejected", "ballot_papers", "electorate", "lot")
    if same and all(getattr(old, f) == getattr(new, f) for f in figures):
        others = SeatFact | ContestFact | ResultCorrected | EntryWithdrawn
        return "none" if isinstance(entry.about, others) else "figures"
    return "figures"


def _same_holder(one: Change | None, other: Change) -> bool:
    return one is not None and (one.holder, one.group) == (other.holder, other.group)
