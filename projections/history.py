"""The log, entry by entry, each with what it changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from ledger.book import Ledger
from ledger.errors import UnknownContest
from ledger.events import NOW, Entry, Viewpoint, as_json
from ledger.facts import (
    Candidate,
    CouncilRegistered,
    Result,
    ResultCorrected,
)
from ledger.present import register_of
from ledger.seating import Change
from ledger.text import did_you_mean
from ledger.times import local
from ledger.values import FieldChange, Truth
from ledger.ward import Ward
from projections.compared import people_corrected
from projections.effect import Effect, effect_of
from projections.growing import GrowingWard
from projections.viewpoints import resolve


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
        self._growing: dict[str, GrowingWard] = {}  # by ward
        self.wards: dict[str, Ward] = {}  # as the truth has them
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
        """Take in the next entry without saying what it changed; the wards whose seats it may
        have moved."""
        fact = entry.fact
        if isinstance(fact, CouncilRegistered):
            self.registered = entry
            self._growing = {
                ward.slug: GrowingWard(ward, entry, self._truth) for ward in fact.wards
            }
            for ward in fact.wards:
                self._settle(ward.slug)
            return [ward.slug for ward in fact.wards]
        if entry.ward is None:
            return []  # an alias changes nothing that stands
        growing = self._growing[entry.ward]
        moved = growing.take(entry) is not None
        self.wards[entry.ward] = growing.ward
        if moved:
            self._settle(entry.ward)
        return [entry.ward] if moved else []

    def take(self, entry: Entry) -> LogLine:
        """Take in the next entry."""
        before = self.totals()
        fact, slug = entry.fact, entry.ward or ""
        held = self.holders.get(slug, {})
        was = self.wards[slug].contests.get(entry.contest or "") if slug in self.wards else None
        slugs = self.settle(entry)
        after = self.totals()
        holders = [change for slug in slugs for change in self.holders[slug].values()]
        contests = self.wards[entry.ward].contests if was and entry.ward else {}
        now = contests.get(entry.contest or "")
        effect = effect_of(
            entry, self.council.size, seats=(before, after), contest=(was, now),
            holders=[(held.get(change.seat), change) for change in holders],
        )  # fmt: skip
        self._entries[entry.event.event_id] = entry
        target = self._entries.get(getattr(fact, "target", ""))
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
        growing = self._growing[slug]
        self.wards[slug], changes = growing.ward, growing.changes
        if self._at is not None:
            changes = [change for change in changes if change.at <= self._at]
        self.changes[slug] = changes
        before = self.holders.get(slug, {})
        self.holders[slug] = after = {change.seat: change for change in changes}
        for seat, change in after.items():
            was = before.get(seat)
            if was is not None and was.party is not None:
                self._total[was.party.group] -= 1
            if change.party is not None:
                self._total[change.party.group] += 1


def _hour_corrected(entry: Entry, target: Entry | None) -> datetime | None:
    if target is None or not isinstance(entry.fact, ResultCorrected):
        return None
    was = target.event.effective_at
    return was if was != entry.event.effective_at else None


def follow(entries: Iterable[Entry], truth: Truth = "legal") -> Iterator[LogLine]:
    """Every entry of a log (of one council or of many) with what it changed."""
    followers: dict[str, Follower] = {}
    for entry in entries:
        yield _next(followers, entry, truth)


def _next(followers: dict[str, Follower], entry: Entry, truth: Truth) -> LogLine:
    """The next entry, taken in by the follower of its register."""
    return followers.setdefault(entry.register, Follower(truth=truth)).take(entry)


def history(
    ledger: Ledger,
    council: str | None = None,
    viewpoint: Viewpoint = NOW,
    *,
    contest: str | None = None,
) -> Iterator[LogLine]:
    """The log up to a viewpoint, in order: of one council, or of the whole ledger; of one
    contest, by its id, or of one ward, by slug or name. Raises UnknownContest."""
    return _Asked(ledger, council, viewpoint, contest).stored()


def tail(
    ledger: Ledger,
    more: Callable[[int], Iterable[Entry]],
    council: str | None = None,
    viewpoint: Viewpoint = NOW,
    *,
    contest: str | None = None,
) -> tuple[list[LogLine], Iterator[LogLine]]:
    """The log as `history` has it, and the same of what `more` brings after so many entries."""
    asked = _Asked(ledger, council, viewpoint, contest)
    return list(asked.stored()), asked.by_then(asked.lines(more(asked.seen.entry)))


class _Asked:
    """Which lines of a log are asked for, told as it grows."""

    def __init__(
        self, ledger: Ledger, council: str | None, viewpoint: Viewpoint, contest: str | None
    ) -> None:
        wanted = ledger.councils() if council is None else [ledger.council(council)]
        self.seen = resolve(ledger, viewpoint, wanted)
        self._ledger, self._contest = ledger, contest
        self._council = None if council is None else wanted[0].council
        registers = [register_of(entry) for entry in ledger.registers()] if contest else []
        self._registers = [one for one in registers if self._council in (None, one.council)]
        self._wards: set[tuple[str, str]] = set()  # by register, those of that slug or name
        for register in self._registers:
            self._look_in(register)
        self._followers: dict[str, Follower] = {}

    def stored(self) -> Iterator[LogLine]:
        """Those up to the viewpoint. Raises UnknownContest."""
        lines = self.lines(self._ledger.entries(council=self._council, upto=self.seen.entry))
        if self._contest and not self._wards:
            first = next(lines, None)
            if first is None:
                wards = [ward for one in self._registers for ward in one.wards]
                names = [name for ward in wards for name in (ward.slug, ward.name)]
                suggestion = did_you_mean(self._contest, names)
                raise UnknownContest(contest=self._contest, suggestion=suggestion)
            lines = chain([first], lines)
        yield from self.by_then(lines)

    def lines(self, entries: Iterable[Entry]) -> Iterator[LogLine]:
        """Of the next entries of the log, those of the council and the contest."""
        for entry in entries:
            if self._council not in (None, entry.council):
                continue
            if isinstance(entry.fact, CouncilRegistered):
                self._look_in(entry.fact)
            line = _next(self._followers, entry, self.seen.truth)
            of_ward = (entry.register, entry.ward) in self._wards
            if of_ward if self._wards else self._contest in (None, line.contest):
                yield line

    def by_then(self, lines: Iterable[LogLine]) -> Iterator[LogLine]:
        """Those that had become true by the viewpoint's hour."""
        at = self.seen.at
        return (line for line in lines if at is None or line.entry.event.effective_at <= at)

    def _look_in(self, register: CouncilRegistered) -> None:
        place = register.named(self._contest) if self._contest else None
        if place is not None:
            self._wards.add((register.register, place.slug))


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
