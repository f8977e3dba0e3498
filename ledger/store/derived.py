"""Tables beside the log that are made from it and may be made again: one connection to them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ledger.errors import StoreDamaged, StoreUnavailable
from ledger.store import Store
from ledger.store.addresses import first_line, is_damage, shown

_TURN = "SELECT pg_advisory_xact_lock(hashtext('seatledger derived'))"


class Derived:
    """A connection for tables of one's own beside a log. Statements are written for SQLite
    (`?` for a parameter, BLOB for bytes); PostgreSQL is told the same in its words. Every call
    may raise StoreUnavailable and StoreDamaged."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._on_server = store.path is None
        self._failures: tuple[type[Exception], ...] = (sqlite3.Error, OSError)
        if self._on_server:
            import psycopg

            self._failures = (psycopg.Error, OSError)
        with self._told():
            self._connection = store.connection()
            if self._on_server:
                self._connection.autocommit = True

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def rows(self, statement: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """What a query answers."""
        with self._told():
            return list(self._connection.execute(self._worded(statement), params).fetchall())

    def has(self, table: str) -> bool:
        """Whether a table is there."""
        query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
        if self._on_server:
            # Not to_regclass, which may remember that there was none a moment ago.
            query = "SELECT 1 FROM pg_tables WHERE tablename = ?"
            query += " AND schemaname = ANY(current_schemas(false))"
        return bool(self.rows(query, (table,)))

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction that waits for others that write such tables, and for no reader."""
        if self._on_server:
            with self._told(), self._connection.transaction():
                self._connection.execute(
                    "SELECT pg_advisory_xact_lock(hashtext('seatledger derived'))"
                )
                yield
            return
        with self._told(), self._store.alone():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def execute(self, statement: str, params: Sequence[Any] = ()) -> None:
        """A statement, inside `writing`."""
        self._connection.execute(self._worded(statement), params)

    def fill(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """A statement for each row, inside `writing`."""
        self._connection.cursor().executemany(self._worded(statement), rows)

    def _worded(self, statement: str) -> str:
        if not self._on_server:
            return statement
        return statement.replace("?", "%s").replace("BLOB", "bytea").replace("WITHOUT ROWID", "")

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except self._failures as error:
            failed = StoreDamaged if is_damage(error) else StoreUnavailable
            raise failed(url=shown(self._store.url), what=first_line(error)) from error
