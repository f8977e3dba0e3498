"""The log, entry by entry, each with what it changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

from ledger.book import Ledger
from ledger.errors import UnknownContest
from ledger.events import NOW, Entry, Viewpoint, as_json
from ledger.facts import (
    Candidate,
    ContestFact,
    ContestOpened,
    CouncilRegistered,
    EntryWithdrawn,
    Result,
    ResultCorrected,
    SeatFact,
)
from ledger.present import register_of
from ledger.seating import Change, ward_changes
from ledger.text import did_you_mean
from ledger.times import local
from ledger.truth import as_counted
from ledger.values import FieldChange, Truth
from ledger.ward import Contest, Ward, evolve
from projections.compared import people_corrected, reordered, votes
from projections.tally import control, counted, net
from projections.viewpoints import resolve

CLASSES = ("none", "figures", "rank", "winner", "seats", "control")


@dataclass(frozen=True, slots=True)
class Effect:
    """What an entry changed, computed: its class, the seats by party, and the holders."""

    kind: str = "none"
    seats: dict[str, int] = field(default_factory=dict)
    holders: tuple[tuple[Change | None, Change], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The shape of `effect` wherever it is printed."""
        return {"class": self.kind, "seats": self.seats}


@dataclass(frozen=True, slots=True)
class LogLine:
    """An entry with its effect and, for a correction or withdrawal, the entry it is about."""

    entry: Entry
    effect: Effect
    target: int | None
    timezone: str
    total: dict[str, int]  # the composition after it, counting every known change
    drawn: tuple[str, ...] = ()  # who a lot of its own adds to the elected of a result
    moved_from: datetime | None = None  # the hour it corrects, where that is what it changes
    people: tuple[tuple[Candidate, Candidate], ...] = ()  # under another name or party than before

    @property
    def contest(self) -> str | None:
        """The ballot paper id, if the entry is about a contest."""
        return self.entry.contest

    @property
    def kind(self) -> str:
        """The kind without its version: `result-declared`."""
        return self.entry.kind

    @property
    def told(self) -> tuple[FieldChange, ...]:
        """What a source's own record of changes says it corrects."""
        fact = self.entry.fact
        return fact.told if isinstance(fact, ResultCorrected) else ()

    def as_json(self) -> dict[str, Any]:
        """The shape of one line of `log --json`."""
        event, fact = self.entry.event, self.entry.fact
        return {
            "entry": self.entry.number,
            "recorded_at": local(event.recorded_at, self.timezone).isoformat(),
            "kind": self.kind,
            "council": self.entry.council,
            "ward": self.entry.ward,
            "contest": self.contest,
            "effective_at": local(event.effective_at, self.timezone).isoformat(),
            "by": event.by,
            "source": event.source,
            "reason": getattr(fact, "reason", None),
            "cause": getattr(fact, "cause", None),
            "key": event.key,
            "target": self.target,
            "accepted": list(event.accepted),
            "effect": self.effect.as_json(),
            "digest": self.entry.digest,
            "data": as_json(fact),
        }


class Follower:
    """Takes in one council's entries in log order and says what each changed, counting what
    had become true by `at` (None: all that is known), as a truth has it."""

    def __init__(self, at: datetime | None = None, truth: Truth = "legal") -> None:
        self._at, self._truth = at, truth
        self.registered: Entry | None = None
        self._said: dict[str, Ward] = {}  # by ward, as its stream says
        self.wards: dict[str, Ward] = {}  # and as the truth has it
        self.changes: dict[str, list[Change]] = {}  # by ward
        self.holders: dict[str, dict[str, Change]] = {}  # by ward, by seat
        self._entries: dict[str, Entry] = {}  # by event id
        self._total: Counter[str] = Counter()

    @property
    def council(self) -> CouncilRegistered:
        """The council followed."""
        assert self.registered is not None
        assert isinstance(self.registered.fact, CouncilRegistered)
        return self.registered.fact

    def totals(self) -> dict[str, int]:
        """The composition now, counting every change known, whatever its hour."""
        return {party: seats for party, seats in self._total.items() if seats}

    def settle(self, entry: Entry) -> list[str]:
        """Take in the next entry without saying what it changed; the wards it is about."""
        fact = entry.fact
        if isinstance(fact, CouncilRegistered):
            self.registered = entry
            self._said = {ward.slug: Ward() for ward in fact.wards}
            for ward in fact.wards:
                self._settle(ward.slug)
            return [ward.slug for ward in fact.wards]
        if entry.ward is None:
            return []  # an alias changes nothing that stands
        self._said[entry.ward] = evolve(self._said[entry.ward], entry)
        if isinstance(fact, ContestOpened):  # nobody has won it yet
            self.wards[entry.ward] = as_counted(self._said[entry.ward], self._truth)
        else:
            self._settle(entry.ward)
        return [entry.ward]

    def take(self, entry: Entry) -> LogLine:
        """Take in the next entry."""
        before = self.totals()
        fact, slug = entry.fact, entry.ward or ""
        held = self.holders.get(slug, {})
        was = self.wards[slug].contests.get(entry.contest or "") if slug in self.wards else None
        slugs = self.settle(entry)
        after = self.totals()
        moved = tuple(
            (held.get(seat), change)
            for slug in slugs
            for seat, change in self.holders[slug].items()
            if not _same_holder(held.get(seat), change)
        )
        contests = self.wards[entry.ward].contests if was and entry.ward else {}
        now = contests.get(entry.contest or "")
        kind = self._classify(before, after, moved, was, now, entry)
        self._entries[entry.event.event_id] = entry
        target = self._entries.get(getattr(fact, "target", ""))
        effect = Effect(kind, net(before, after), moved)
        return LogLine(
            entry,
            effect,
            target.number if target else None,
            self.council.timezone,
            after,
            drawn=tuple(c.name for c in now.winners(entry)[len(fact.elected) :])
            if now and isinstance(fact, Result)
            else (),
            moved_from=_hour_corrected(entry, target),
            people=people_corrected(was, now, fact),
        )

    def _settle(self, slug: str) -> None:
        assert self.registered is not None
        ward = as_counted(self._said[slug], self._truth)
        self.wards[slug] = ward
        changes = ward_changes(self.council.by_slug[slug], ward, self.registered)
        if self._at is not None:
            changes = [change for change in changes if change.at <= self._at]
        self.changes[slug] = changes
        self._total.subtract(counted([c.group for c in self.holders.get(slug, {}).values()]))
        self.holders[slug] = {change.seat: change for change in changes}
        self._total.update(counted([c.group for c in self.holders[slug].values()]))

    def _classify(  # noqa: PLR0913 - before and after of everything
        self,
        before: dict[str, int],
        after: dict[str, int],
        moved: tuple[tuple[Change | None, Change], ...],
        was: Contest | None,
        now: Contest | None,
        entry: Entry,
    ) -> str:
        size = self.council.size
        if control(size, before).party != control(size, after).party:
            return "control"
        if net(before, after):
            return "seats"
        if moved:
            return "winner"
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


def _hour_corrected(entry: Entry, target: Entry | None) -> datetime | None:
    if target is None or not isinstance(entry.fact, ResultCorrected):
        return None
    was = target.event.effective_at
    return was if was != entry.event.effective_at else None


def _same_holder(one: Change | None, other: Change) -> bool:
    return one is not None and (one.holder, one.group) == (other.holder, other.group)


def follow(entries: Iterable[Entry], truth: Truth = "legal") -> Iterator[LogLine]:
    """Every entry of a log (of one council or of many) with what it changed."""
    followers: dict[str, Follower] = {}
    for entry in entries:
        yield followers.setdefault(entry.register, Follower(truth=truth)).take(entry)


def history(
    ledger: Ledger,
    council: str | None = None,
    viewpoint: Viewpoint = NOW,
    *,
    contest: str | None = None,
) -> Iterator[LogLine]:
    """The log up to a viewpoint, in order: of one council, or of the whole ledger; of one
    contest, by its id, or of one ward, by slug or name. Raises UnknownContest."""
    wanted = ledger.councils() if council is None else [ledger.council(council)]
    seen = resolve(ledger, viewpoint, wanted)
    slug = None if council is None else wanted[0].council
    registers = [register_of(entry) for entry in ledger.registers()] if contest else []
    registers = [fact for fact in registers if slug in (None, fact.council)]
    wards = {(c.register, w.slug) for c in registers if contest and (w := c.named(contest))}
    lines = follow(ledger.entries(council=slug, upto=seen.entry), seen.truth)
    if contest and not wards:
        lines = (line for line in lines if line.contest == contest)
        first = next(lines, None)
        if first is None:
            names = [name for c in registers for w in c.wards for name in (w.slug, w.name)]
            raise UnknownContest(contest=contest, suggestion=did_you_mean(contest, names))
        lines = chain([first], lines)
    for line in lines:
        of_ward = not wards or (line.entry.register, line.entry.ward) in wards
        if of_ward and (seen.at is None or line.entry.event.effective_at <= seen.at):
            yield line


def effects(ledger: Ledger, entries: Iterable[Entry]) -> list[LogLine]:
    """What entries just recorded, or about to be (a dry run's), change."""
    new = list(entries)
    if not new:
        return []
    numbers = {entry.number for entry in new}
    slugs = list(dict.fromkeys(entry.council for entry in new))
    known = {council.council for council in ledger.councils()}
    lines: list[LogLine] = []
    for slug in slugs:
        before = ledger.entries(council=slug, upto=max(numbers)) if slug in known else []
        told = {entry.number: entry for entry in (*before, *new) if entry.council == slug}
        ordered = [told[number] for number in sorted(told)]
        lines += [line for line in follow(ordered) if line.entry.number in numbers]
    return sorted(lines, key=lambda line: line.entry.number)
