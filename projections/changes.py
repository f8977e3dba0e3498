"""What a write changes, figure by figure: the value before, the value after, the effect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ledger.book import Ledger
from ledger.events import Entry
from ledger.facts import Result, ResultCorrected
from ledger.times import local
from projections.compared import differences
from projections.history import LogLine, effects


@dataclass(frozen=True, slots=True)
class Changed:
    """One figure of a contest; `candidate` is None where it is of the whole contest. The
    effect is of the entry, which may change several."""

    entry: int
    contest: str
    field: str
    candidate: str | None
    old: Any
    new: Any
    effect: str

    def as_json(self) -> dict[str, Any]:
        """The shape of one of `changes` in `load --supersede --json`."""
        return {
            "entry": self.entry,
            "contest": self.contest,
            "field": self.field,
            "candidate": self.candidate,
            "old": self.old,
            "new": self.new,
            "effect": self.effect,
        }


def changes(ledger: Ledger, entries: Iterable[Entry]) -> list[Changed]:
    """What results just recorded, or about to be (a dry run's), change."""
    new = {entry.number: entry for entry in entries}
    lines = [line for line in effects(ledger, new.values()) if isinstance(line.entry.fact, Result)]
    return [changed for line in lines for changed in _of_line(ledger, line, new)]


def _of_line(ledger: Ledger, line: LogLine, new: dict[int, Entry]) -> Iterator[Changed]:
    fact = line.entry.fact
    assert isinstance(fact, Result)
    told = (line.entry.number, fact.contest)
    if not isinstance(fact, ResultCorrected) or line.target is None:
        elected = ", ".join(c.name for c in fact.elected) or "a tie"
        yield Changed(*told, "result", None, None, elected, line.effect.kind)
        return
    before = new.get(line.target) or ledger.entry(line.target)
    assert isinstance(before.fact, Result)
    if line.moved_from:
        hours = (line.moved_from, line.entry.event.effective_at)
        old, now = (local(hour, line.timezone).isoformat() for hour in hours)
        yield Changed(*told, "declared_at", None, old, now, line.effect.kind)
    for one in differences(before.fact, fact):
        yield Changed(*told, *one, line.effect.kind)
