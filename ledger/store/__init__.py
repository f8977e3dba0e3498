"""The log: entries in, entries out. The only room that knows the eventsourcing library."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any, NamedTuple

from eventsourcing.application import Application
from eventsourcing.persistence import (
    IntegrityError,
    MapperDeserialisationError,
    Notification,
    StoredEvent,
)
from eventsourcing.utils import Environment, EnvType

from ledger.errors import Damaged, MovedOn, NotEmpty, StoreDamaged, StoreFailed, StoreUnavailable
from ledger.events import Entry, Event
from ledger.store.addresses import FAILURES, environment, first_line, is_damage, shown
from ledger.store.mapper import MAPPER, canonical, digest, digest_of_bytes, from_canonical
from ledger.times import micros

EVERYTHING = 2**62
_PAGE = 2_000


class _Application(Application[str]):
    name = "stored"  # the library names its tables after it: stored_events

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        # Not the process's environment: a variable meant for another program must not
        # turn this ledger's stream ids or tables into something else.
        return Environment(name, dict(env or {}))


class Store:
    """The log of one ledger, on SQLite or PostgreSQL.

    Every call may raise StoreUnavailable or Damaged.
    """

    def __init__(self, url: str, *, create: bool = False) -> None:
        """Open the log. Raises NoLedger where there is none and `create` is False,
        NotALedger, BadUrl, ExtraMissing, StoreUnavailable."""
        self.url = url
        self.path, env = environment(url, create=create)
        self._file = env.get("SQLITE_DBNAME", "")
        try:
            self._application = _Application(
                {**env, "MAPPER_TOPIC": "ledger.store.mapper:LedgerMapper"}
            )
        except FAILURES as error:
            raise StoreUnavailable(url=shown(url), what=first_line(error)) from error
        self._recorder: Any = self._application.recorder

    def close(self) -> None:
        """Let go of files and connections."""
        self._application.close()

    def append(self, events: Sequence[Event]) -> list[Entry]:
        """Record all the events or none; when this returns they are durable.

        Raises MovedOn where a stream or a key was taken meanwhile, StoreFailed where
        nothing was recorded, StoreUnavailable where that cannot be found out.
        """
        marks = [(micros(event.recorded_at), event.key) for event in events]
        try:
            recordings = self._application.save(*events, marks=marks)
        except IntegrityError as error:
            if self._is_ours(events[0]):
                return self._own(events)
            raise MovedOn(what="another desk wrote to the same ward at the same moment") from error
        except FAILURES as error:
            # The commit may have arrived though its answer was lost: look, do not guess.
            # Where nobody can look, StoreUnavailable tells less than StoreFailed would.
            if self._is_ours(events[0]):
                return self._own(events)
            raise StoreFailed(what=first_line(error)) from error
        return [
            Entry(r.notification.id, event, digest(r.notification))
            for event, r in zip(events, recordings, strict=True)
        ]

    def restore(self, entries: Sequence[tuple[bytes, int, str | None]]) -> None:
        """Put another log's entries into this empty one, all or none: of each the canonical
        bytes, when it was recorded (microseconds) and its key. Raises NotEmpty, StoreFailed."""
        stored = [from_canonical(data) for data, *_ in entries]
        marks = [(clock, key) for _, clock, key in entries]
        try:
            self._recorder.insert_events(stored, marks=marks, into_empty=True)
        except IntegrityError as error:
            raise NotEmpty(url=shown(self.url), entries=self.total()) from error
        except FAILURES as error:
            # As in `append`: the commit may have arrived.
            last = list(self.leaves(len(entries) - 1)) if entries else []
            if last != [(len(entries), entries[-1][0])]:
                raise StoreFailed(what=first_line(error)) from error

    def _is_ours(self, event: Event) -> bool:
        try:
            at = self.stream(event.originator_id, event.originator_version - 1)
        except Damaged:
            return False
        return bool(at) and at[0].event.event_id == event.event_id

    def _own(self, events: Sequence[Event]) -> list[Entry]:
        ids = {event.event_id for event in events}
        found = self.streams({event.originator_id for event in events})
        return [entry for entry in found if entry.event.event_id in ids]

    def alone(self) -> AbstractContextManager[None]:
        """Hold off the other writers of this ledger, where its store needs that."""
        held: AbstractContextManager[None] = self._recorder.alone()
        return held

    def connection(self) -> Any:
        """A connection of its own to where the log is kept (DB-API), for copies of the log
        that may be made again: a crash may lose its last commits, never the log's."""
        if self.path is None:
            import psycopg

            return psycopg.connect(self.url, connect_timeout=5)
        connection = sqlite3.connect(
            self._file, uri=True, timeout=30, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA synchronous=NORMAL")
        return connection

    @property
    def read_only(self) -> bool:
        """Whether it is a file that lies where nothing may be written."""
        return self._file.startswith("file:")

    def copy_to(self, path: Path) -> None:
        """Copy a ledger on one file, as it is at one moment, to another file."""

        def copy() -> None:
            with closing(self.connection()) as source, closing(sqlite3.connect(path)) as target:
                source.backup(target)

        self._asked(copy)

    def total(self) -> int:
        """How many entries the log has."""
        return self.last_mark()[0]

    def last_mark(self) -> tuple[int, int]:
        """How many entries, and the ledger's clock at the last of them (microseconds)."""
        entries, clock = self._asked(self._recorder.last_mark)
        if not isinstance(entries, int) or not isinstance(clock, int):
            raise StoreDamaged(url=shown(self.url), what="its numbers are no whole numbers")
        return entries, clock

    def known_prefix(self, known_at: int) -> int:
        """How many entries were recorded by then (microseconds)."""
        return int(self._asked(self._recorder.known_prefix, known_at))

    def key_entry(self, key: str) -> Entry | None:
        """The entry recorded with an idempotency key."""
        number = self._asked(self._recorder.key_entry, key)
        return None if number is None else self.entry(number)

    def entry(self, number: int) -> Entry | None:
        """One entry by its number."""
        if number > EVERYTHING:
            return None
        found = self._asked(self._recorder.select_range, number, number, 1)
        return self._entries(found)[0] if found else None

    def entries(self, after: int = 0, upto: int = EVERYTHING) -> Iterator[Entry]:
        """Entries in log order, read in pages."""
        for page in self.pages(after, upto):
            yield from page

    def pages(
        self, after: int = 0, upto: int = EVERYTHING, size: int = _PAGE
    ) -> Iterator[list[Entry]]:
        """Entries in log order, a page at a time."""
        for found in self._rows(after, upto, size):
            yield self._entries(found)

    def leaves(self, after: int = 0, upto: int = EVERYTHING) -> Iterator[tuple[int, bytes]]:
        """The number and the canonical bytes of each entry in log order, not decoded. Raises
        Damaged where a column is not of the type it was stored as."""
        for row in self.raw(after, upto):
            yield row.number, row.data()

    def raw(self, after: int = 0, upto: int = EVERYTHING) -> Iterator[Row]:
        """What is stored of each entry in log order, whatever it is worth; an entry that the
        store itself cannot hand over is the last. Raises StoreDamaged where the store has no
        entries to read."""
        try:
            for found in self._rows(after, upto, _PAGE):
                for n in found:
                    yield Row(n.id, n)
                    after = n.id
        except StoreDamaged as error:
            # A page fails as one: find the entry.
            for number in range(after + 1, after + _PAGE + 1):
                try:
                    rows = self._asked(self._recorder.select_range, number, number, 1)
                except StoreDamaged as worse:
                    if number == 1:
                        raise
                    yield Row(number, Damaged(entry=number, what=worse.details["what"]))
                    return
                yield from (Row(n.id, n) for n in rows)
            raise error from None

    def _rows(self, after: int, upto: int, size: int) -> Iterator[list[Notification]]:
        while after < upto:
            found = self._asked(self._recorder.select_range, after + 1, upto, size)
            if not found:
                return
            yield found
            after = found[-1].id

    def marks(self) -> list[tuple[int, int, str | None]]:
        """What stands beside each entry: its number, the ledger's clock (microseconds) and its
        key, in the order of the numbers, as they are stored."""
        found: list[tuple[int, int, str | None]] = self._asked(self._recorder.marks)
        return found

    def faults(self) -> list[str]:
        """What the store itself finds wrong with what it keeps; empty where nothing is."""
        found: list[str] = self._asked(self._recorder.faults)
        return found

    def stream(self, stream: str, after: int = 0) -> list[Entry]:
        """The entries of one stream whose place in it is above `after`."""
        return self._entries(
            n
            for n in self._asked(self._recorder.select_streams, [stream], EVERYTHING)
            if n.originator_version > after
        )

    def streams(self, streams: Iterable[str], upto: int = EVERYTHING) -> list[Entry]:
        """The entries of some streams, in log order."""
        return self._entries(self._asked(self._recorder.select_streams, list(streams), upto))

    def councils(self, upto: int = EVERYTHING, after: int = 0) -> list[Entry]:
        """The entries that register councils."""
        return self._entries(self._asked(self._recorder.select_council_events, after, upto))

    def _asked(self, question: Any, *args: Any) -> Any:
        try:
            return question(*args)
        except FAILURES as error:
            failed = StoreDamaged if is_damage(error) else StoreUnavailable
            raise failed(url=shown(self.url), what=first_line(error)) from error

    def _entries(self, notifications: Iterable[Notification]) -> list[Entry]:
        return [row.entry(row.data()) for row in (Row(n.id, n) for n in notifications)]


class Row(NamedTuple):
    """What is stored of an entry, not decoded; or why not even that can be read."""

    number: int
    stored: StoredEvent | Damaged

    @property
    def stream(self) -> str:
        """The stream it says it stands in; empty where it says none."""
        stream = "" if isinstance(self.stored, Damaged) else self.stored.originator_id
        return stream if isinstance(stream, str) else ""

    def data(self) -> bytes:
        """Its canonical bytes. Raises Damaged."""
        if isinstance(self.stored, Damaged):
            raise self.stored
        try:
            return canonical(self.stored)
        except MapperDeserialisationError as error:
            raise Damaged(entry=self.number, what=str(error)) from error

    def entry(self, data: bytes) -> Entry:
        """The entry that it is, of the canonical bytes given. Raises Damaged."""
        assert not isinstance(self.stored, Damaged)
        return _entry(self.number, self.stored, data)


def read(number: int, data: bytes) -> Entry:
    """The entry of some canonical bytes. Raises Damaged for any that do not validate."""
    try:
        stored = from_canonical(data)
    except MapperDeserialisationError as error:
        raise Damaged(entry=number, what=str(error)) from error
    return _entry(number, stored, data)


def _entry(number: int, stored: StoredEvent, data: bytes) -> Entry:
    try:
        return Entry(number, MAPPER.to_domain_event(stored), digest_of_bytes(data))
    except MapperDeserialisationError as error:
        raise Damaged(entry=number, what=str(error)) from error
