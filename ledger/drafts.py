"""A write in the making: facts drafted under keys, then recorded all or none."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from ledger import rules
from ledger.errors import BadTime, KeyReused, LedgerError, Missing, MovedOn, Problem
from ledger.events import Entry, Event
from ledger.facts import AliasConfirmed, EntryWithdrawn, Fact
from ledger.forms import Said, made
from ledger.present import Memory, Present
from ledger.store import Store
from ledger.store.mapper import digest_of
from ledger.times import from_micros


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a write recorded (or, in a dry run, would record).

    `entries` are the facts asked for, new or seen before; `recorded` and `skipped`
    count the two kinds, `withdrawn` those seen before that have been taken back since.
    `notes` point out what was left as it is, of a newer version of a file.
    """

    entries: tuple[Entry, ...]
    recorded: int
    skipped: int
    withdrawn: int = 0
    dry_run: bool = False
    notes: tuple[Problem, ...] = ()


def nth_key(key: str, number: int) -> str:
    """The key of each fact of a write: the write's own for the first."""
    return key if number == 1 else f"{key}#{number}"


class Drafts:
    """What is to be recorded, after the log as it is now."""

    def __init__(  # noqa: PLR0913 - who, whence and how are all part of one write
        self,
        store: Store,
        clock: Callable[[], datetime],
        memory: Memory,
        *,
        by: str,
        source: str | None = None,
        key: str | None = None,
        accept: Sequence[str] = (),
    ) -> None:
        self._store, self._clock, self._memory = store, clock, memory
        said = made(Said, by=by, source=source, key=key, accept=tuple(accept))
        self._by, self._source, self._key = said.by, said.source, said.key
        self._accept = rules.named(said.accept)
        self._total, last = store.last_mark()
        # Never earlier than the last one given, whatever the machine's clock does.
        self._now = max(clock(), from_micros(last))
        self._present = Present(store, memory, self._total)
        self._drafts: list[Entry] = []
        self._seen: list[Entry] = []
        self._repeats: Entry | None = None  # the entry a key was first used for
        self._asked = 0  # facts asked for under the write's own key
        self._first: Present | None = None  # see `as_first_asked`

    def commit(self, *, dry_run: bool = False) -> Receipt:
        """Record every draft, or none. Raises KeyReused, MovedOn with what happened,
        StoreFailed."""
        events = [entry.event for entry in self._drafts]
        self._refuse_half_repeated()
        seen, gone = len(self._seen), sum(self._withdrawn(entry) for entry in self._seen)
        if dry_run or not events:
            return Receipt((*self._seen, *self._drafts), len(events), seen, gone, dry_run)
        try:
            entries = self._store.append(events)
        except MovedOn as error:
            raise self._what_happened() or error from error
        for entry in entries:
            self._memory.take(entry)
        return Receipt((*self._seen, *entries), len(entries), seen, gone)

    def _refuse_half_repeated(self) -> None:
        """A key names all the facts of one write: neither more of them nor fewer."""
        if self._key and (self._seen or self._first):
            more = self._store.key_entry(nth_key(self._key, self._asked + 1))
            if self._drafts or more:
                entry = self._seen[0] if self._seen else more
                raise KeyReused(key=self._key, entry=entry and entry.number)

    def _withdrawn(self, entry: Entry) -> bool:
        if isinstance(entry.fact, AliasConfirmed):
            standing = self._present.ward(entry.council).aliases
            return all(one.number != entry.number for one in standing)
        name = getattr(entry.fact, "contest", None)
        if name is None or isinstance(entry.fact, EntryWithdrawn):
            return False
        contest = self._present.ward(entry.event.originator_id).contests.get(name)
        return contest is None or all(one.number != entry.number for one in contest.stack)

    def _what_happened(self) -> MovedOn | None:
        """Who took the place, or the key, that this desk wanted."""
        for event in (entry.event for entry in self._drafts):
            stream, place = event.originator_id, event.originator_version
            taken = next(iter(self._store.stream(stream, place - 1)), None)
            taken = taken or (self._store.key_entry(event.key) if event.key else None)
            if taken:
                what = taken.fact.kind.partition(".")[0].replace("-", " ")
                where = taken.event.originator_id
                return MovedOn(what=f"entry {taken.number}, {what} in {where}, by {taken.event.by}")
        return None

    def _draft(  # noqa: PLR0913 - the envelope of an event
        self, stream: str, fact: Fact, effective_at: datetime, key: str | None,
        source: str | None, accepted: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        source = self._sourced(source)
        if self._repeats is not None:
            event = self._repeats.event
            if (event.fact, event.effective_at, event.source) != (fact, effective_at, source):
                raise KeyReused(key=key, entry=self._repeats.number)
            self._seen.append(self._repeats)
            if self._first:
                self._first.draft(self._repeats)
            return
        if effective_at > self._now + timedelta(days=1):
            raise BadTime(value=effective_at.isoformat(), what="it is over a day ahead of now")
        last = self._present.ward(stream).last
        envelope = {
            "originator_id": stream,
            "originator_version": last.event.originator_version + 1 if last else 1,
            "event_id": uuid.uuid4().hex,
            "recorded_at": self._now,
            "effective_at": effective_at,
            "by": self._by,
            "source": source,
            "key": key,
            "accepted": accepted,
            "previous": last.digest if last else None,
        }
        event = made(Event, **envelope, fact=fact)
        number = self._total + len(self._drafts) + 1
        self._drafts.append(Entry(number, event, digest_of(event)))
        self._present.draft(self._drafts[-1])

    @contextmanager
    def as_first_asked(self) -> Iterator[None]:
        """See the log as it was when the write's own key was first used, if it was, with what
        has been asked for again since: to find again what comes next under it."""
        seen = self._store.key_entry(self._key) if self._key and not self._first else None
        if seen:
            self._first = self._present.until(seen.number - 1)
        with self._seeing(self._first or self._present):
            yield

    @contextmanager
    def _seeing(self, present: Present) -> Iterator[None]:
        now, self._present = self._present, present
        try:
            yield
        finally:
            self._present = now

    @contextmanager
    def _keyed(self, key: str | None) -> Iterator[str | None]:
        """Decide under a key. If the key was used before, decide again as things stood
        then: the same request gives the same fact, and anything else is another request."""
        own = key is None and self._key is not None
        if own:
            key = nth_key(self._key or "", self._asked + 1)
        seen = self._store.key_entry(key) if key and self._total else None
        if seen is None:
            yield key
            self._asked += own
            return
        now, self._now, self._repeats = self._now, seen.event.recorded_at, seen
        try:
            with self._before(seen):
                yield key
            self._asked += own
        except KeyReused:
            raise
        except LedgerError as error:
            raise KeyReused(key=key, entry=seen.number) from error
        finally:
            self._now, self._repeats = now, None

    def _before(self, seen: Entry) -> AbstractContextManager[None]:
        """Things as they stood just before an entry."""
        if seen.ward is None:
            return self._seeing(self._present.until(seen.number - 1))
        return self._present.before(seen)

    def _sourced(self, source: str | None) -> str:
        """The source of a fact: of the whole write, else its own."""
        source = self._source or source
        if not source:
            raise Missing(what="the source", remedy="say where you read or heard it (--source)")
        return source
