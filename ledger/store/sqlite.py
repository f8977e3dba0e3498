"""The ledger on one file: the library's SQLite recorder, made safe and given marks.

Beside each stored event its *mark* is written in the same transaction: the entry
number, the running maximum of the ledger's clock (so `known_at` selects a prefix
by one look-up) and the idempotency key (unique).
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import IO, Any

from eventsourcing.persistence import IntegrityError, Notification, OperationalError, StoredEvent
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
    SQLiteFactory,
)
from eventsourcing.utils import Environment, EnvType

APPLICATION_ID = 0x5EA71ED6  # "seat led g(er)", in PRAGMA application_id
LOCK_TIMEOUT = 30  # seconds to wait for another process's write
_SYNC_FULL = 2
_MOST_PARAMETERS = 30_000


class _Pool(SQLiteConnectionPool):
    def _create_connection(self) -> SQLiteConnection:
        connection = super()._create_connection()
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA synchronous")
        if cursor.fetchone()[0] != _SYNC_FULL:
            msg = "this build of SQLite does not keep synchronous=FULL"
            raise OperationalError(msg)
        return connection


class WriteLock:
    """One writer at a time over all processes on this machine.

    SQLite before 3.51.3 can, very rarely, corrupt a WAL that two connections write and
    reset at once; a lock file beside the ledger keeps them apart.
    """

    def __init__(self, db_name: str) -> None:
        self._name = f"{db_name}-lock"
        self._thread = threading.RLock()
        self._file: IO[bytes] | None = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold off every other writer of this ledger."""
        try:
            import fcntl  # POSIX only
        except ImportError:  # pragma: no cover - Windows' Python ships a newer SQLite
            with self._thread:
                yield
            return
        with self._thread:
            if self._file is None:
                self._file = open(self._name, "ab")  # noqa: PTH123, SIM115 - kept open
            deadline = time.monotonic() + LOCK_TIMEOUT
            while True:
                try:
                    fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        msg = f"another process has been writing for {LOCK_TIMEOUT} s"
                        raise OperationalError(msg) from None
                    time.sleep(0.002)
            try:
                yield
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go of the lock file."""
        if self._file is not None:
            self._file.close()
            self._file = None


class LedgerDatastore(SQLiteDatastore):
    """The library's datastore with safe connections and one writer at a time."""

    def __init__(self, db_name: str) -> None:
        self._lock = WriteLock(db_name)
        super().__init__(db_name, lock_timeout=LOCK_TIMEOUT, originator_id_type="text")
        self.pool.close()
        self.pool = _Pool(db_name=db_name, lock_timeout=LOCK_TIMEOUT)

    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[SQLiteCursor]:
        """A transaction; one that writes waits for its turn."""
        if not commit:
            with super().transaction(commit=False) as cursor:
                yield cursor
            return
        if self.pool.db_name.startswith("file:"):
            raise OperationalError("it lies where nothing may be written")
        with self._lock.held(), super().transaction(commit=True) as cursor:
            yield cursor

    def alone(self) -> AbstractContextManager[None]:
        """Hold off every other writer of this file."""
        return self._lock.held()

    def close(self) -> None:
        """Close every connection; the last one to close folds the WAL into the file."""
        super().close()
        self._lock.close()


class LedgerRecorder(SQLiteApplicationRecorder):
    """The library's recorder, with marks and with whole streams read at once."""

    datastore: LedgerDatastore

    def construct_create_table_statements(self) -> list[str]:
        """The library's table, ours, and their indexes."""
        table = self.events_table_name
        return [
            *super().construct_create_table_statements(),
            f"""CREATE INDEX IF NOT EXISTS {table}_councils ON {table} (topic)
                WHERE topic LIKE 'council-%'""",
            f"""CREATE TABLE IF NOT EXISTS {table}_marks (entry INTEGER PRIMARY KEY,
                known_from INTEGER NOT NULL, idempotency_key TEXT UNIQUE)""",
            f"CREATE INDEX IF NOT EXISTS {table}_known ON {table}_marks (known_from, entry)",
        ]

    def _insert_events(
        self, c: SQLiteCursor, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        if kwargs.get("into_empty"):
            c.execute(f"SELECT 1 FROM {self.events_table_name} LIMIT 1")
            if c.fetchone():
                raise IntegrityError("the log is not empty")
        numbers = super()._insert_events(c, stored_events, **kwargs)
        if numbers and "marks" in kwargs:
            c.execute(f"SELECT MAX(known_from) FROM {self.events_table_name}_marks")
            last, rows = c.fetchone()[0] or 0, []
            for number, (recorded, key) in zip(numbers, kwargs["marks"], strict=True):
                last = max(last, recorded)
                rows.append((number, last, key))
            c.executemany(f"INSERT INTO {self.events_table_name}_marks VALUES (?,?,?)", rows)
        return numbers

    def alone(self) -> AbstractContextManager[None]:
        """Hold off every other writer."""
        return self.datastore.alone()

    def select_range(self, first: int, last: int, limit: int) -> list[Notification]:
        """The events numbered from `first` to `last`, at most so many."""
        return self.query("rowid BETWEEN ? AND ? ORDER BY rowid LIMIT ?", (first, last, limit))

    def query(self, where: str, params: Sequence[Any]) -> list[Notification]:
        """The stored events a condition selects, in log order."""
        statement = (
            "SELECT rowid, originator_id, originator_version, topic, state"
            f" FROM {self.events_table_name} WHERE {where}"
        )
        with self.datastore.transaction(commit=False) as c:
            c.execute(statement, params)
            rows = c.fetchall()
        found = [Notification(r[1], r[2], r[3], r[4], id=r[0]) for r in rows]
        return sorted(found, key=lambda notification: notification.id)

    def select_streams(self, streams: Sequence[str], upto: int) -> list[Notification]:
        """Every event of the streams numbered from 1 (nothing below is signed) to `upto`."""
        found: list[Notification] = []
        for start in range(0, len(streams), _MOST_PARAMETERS):
            part = streams[start : start + _MOST_PARAMETERS]
            marks = ",".join("?" * len(part))
            found += self.query(
                f"originator_id IN ({marks}) AND rowid BETWEEN 1 AND ?", [*part, upto]
            )
        return sorted(found, key=lambda notification: notification.id)

    def select_council_events(self, after: int, upto: int) -> list[Notification]:
        """Every event of a `council-…` kind."""
        return self.query("topic LIKE 'council-%' AND rowid > ? AND rowid <= ?", [after, upto])

    def one(self, sql: str, *params: Any) -> Any:
        """One value of one row; None where there is no row."""
        with self.datastore.transaction(commit=False) as c:
            c.execute(sql.format(table=self.events_table_name), params)
            row = c.fetchone()
        return None if row is None else row[0]

    def last_mark(self) -> tuple[int, int]:
        """The number of entries, and the ledger's clock at the last of them (µs)."""
        with self.datastore.transaction(commit=False) as c:
            c.execute(
                f"SELECT (SELECT MAX(rowid) FROM {self.events_table_name}),"
                f" (SELECT MAX(known_from) FROM {self.events_table_name}_marks)"
            )
            row = c.fetchone()
        return row[0] or 0, row[1] or 0

    def known_prefix(self, known_at: int) -> int:
        """How many entries the ledger had recorded by then."""
        return (
            self.one(
                "SELECT entry FROM {table}_marks WHERE known_from <= ?"
                " ORDER BY known_from DESC, entry DESC LIMIT 1",
                known_at,
            )
            or 0
        )

    def marks(self) -> list[tuple[int, int, str | None]]:
        """Every mark, in the order of the entries."""
        with self.datastore.transaction(commit=False) as c:
            columns = "entry, known_from, idempotency_key"
            c.execute(f"SELECT {columns} FROM {self.events_table_name}_marks ORDER BY entry")
            return [tuple(row) for row in c.fetchall()]

    def faults(self) -> list[str]:
        """What SQLite's own check finds, and views and triggers, which may part questions."""
        with self.datastore.transaction(commit=False) as c:
            c.execute("PRAGMA integrity_check")
            found = [row[0] for row in c.fetchall() if row[0] != "ok"]
            c.execute("SELECT type, name FROM sqlite_master WHERE type IN ('view', 'trigger')")
            return found + [f"the {row[0]} {row[1]} is not a ledger's" for row in c.fetchall()]

    def key_entry(self, key: str) -> int | None:
        """The entry recorded with a key."""
        found = self.one("SELECT entry FROM {table}_marks WHERE idempotency_key = ?", key)
        return None if found is None else int(found)


class LedgerFactory(SQLiteFactory):
    """Makes the recorder; chosen by PERSISTENCE_MODULE."""

    application_recorder_class = LedgerRecorder

    def __init__(self, env: Environment | EnvType | None) -> None:
        super().__init__(env)
        self.datastore.close()
        self.datastore = LedgerDatastore(self.datastore.pool.db_name)


def read_only(path: Path) -> str | None:
    """The address by which SQLite reads a file that lies where nothing may be written (an
    archive, a mounted copy), and takes it for one that nobody changes; None where it may be.

    Raises OperationalError where part of it still lies in a write-ahead log: to fold that in,
    or even to read it, SQLite must write beside it.
    """
    if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
        return None
    for log in (Path(f"{path}-wal"), Path(f"{path}-journal")):
        if log.exists() and log.stat().st_size:
            what = f"it may not be written, and {log.name} holds what is not in it yet: copy both"
            raise OperationalError(what)
    return f"{path.as_uri()}?mode=ro&immutable=1"


def inspect(path: str) -> str | None:
    """What is wrong with a file that should be a ledger; None if nothing is.

    SQLite itself is asked: to open and close the file in any other way would drop the
    locks this process holds on it (POSIX), and another process closing the ledger would
    then take it for unused and delete the WAL being written.
    """
    uri = read_only(Path(path)) or f"{Path(path).as_uri()}?mode=rw"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            found = connection.execute("PRAGMA application_id").fetchone()[0]
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
            return "it is not an SQLite file"
        raise
    return None if found == APPLICATION_ID else "it is some other program's file"


def brand(path: str) -> None:
    """Mark a new, empty file as a ledger, unless a rival has done so meanwhile."""
    with closing(WriteLock(path)) as lock, lock.held():
        if is_new(path):
            with closing(sqlite3.connect(path, timeout=LOCK_TIMEOUT)) as connection:
                connection.execute(f"PRAGMA application_id={APPLICATION_ID}")


def is_new(path: str) -> bool:
    """Whether there is no file, or an empty one."""
    place = Path(path)
    return not place.exists() or (place.is_file() and place.stat().st_size == 0)
