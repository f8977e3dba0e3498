"""What a write changes, figure by figure: the value before, the value after, the effect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ledger.book import Ledger
from ledger.events import Entry
from ledger.facts import Candidate, Result, ResultCorrected
from ledger.times import local
from projections.history import LogLine, effects

_PAPERS = ("rejected", "ballot_papers", "electorate", "lot")


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
    for field, candidate, was, now_is in _differences(before.fact, fact):
        yield Changed(*told, field, candidate, was, now_is, line.effect.kind)


def _differences(before: Result, after: Result) -> Iterator[tuple[str, str | None, Any, Any]]:
    was = {candidate.name: candidate for candidate in before.candidates}
    now = {candidate.name: candidate for candidate in after.candidates}
    for name in dict.fromkeys((*was, *now)):
        old, new = _told(was.get(name)), _told(now.get(name))
        yield from ((f, name, old.get(f), new.get(f)) for f in new if old.get(f) != new[f])
        if name not in now:
            yield "votes", name, old["votes"], None
    for field in _PAPERS:
        values = [getattr(result, field) for result in (before, after)]
        if values[0] != values[1]:
            old_value, new_value = (", ".join(v) if isinstance(v, tuple) else v for v in values)
            yield field, None, old_value, new_value


def _told(candidate: Candidate | None) -> dict[str, Any]:
    if candidate is None:
        return {}
    return {
        "votes": candidate.votes,
        "party": candidate.party.label,
        "elected": candidate.elected,
    }
