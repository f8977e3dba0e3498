"""Rows into the tables, by statements compiled once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Table, bindparam, insert, update
from sqlalchemy.sql.dml import UpdateBase

from ledger.events import Entry
from projections.rows import News
from projections.tables import schema


class Statement:
    """A statement as the driver takes it. Rows are many and small, so the way through
    SQLAlchemy's own execution, which dwarfs them, is gone only once."""

    def __init__(self, statement: UpdateBase, dialect: Dialect, names: Sequence[str]) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(names))
        self._sql, self._names = str(compiled), names
        order: list[str] | None = getattr(compiled, "positiontup", None)
        self._places = None if order is None else [names.index(name) for name in order]
        self._as_given = self._places == list(range(len(names)))

    def run(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> int:
        """Run it for every row (values in the order of the names); how many it touched."""
        if not rows:
            return 0
        given: Any = rows
        if self._places is None:
            given = [dict(zip(self._names, row, strict=True)) for row in rows]
        elif not self._as_given:
            given = [tuple(row[place] for place in self._places) for row in rows]
        return connection.exec_driver_sql(self._sql, given).rowcount


class Statements:
    """Every statement that writes, for one kind of database."""

    def __init__(self, dialect: Dialect) -> None:
        def inserting(table: Table) -> Statement:
            return Statement(insert(table), dialect, table.columns.keys())

        def ending(table: Table) -> Statement:
            names = [f"of_{column.name}" for column in table.columns]
            ours = [column == bindparam(f"of_{column.name}") for column in table.primary_key]
            ended = update(table).where(*ours).values(until_entry=bindparam("of_until_entry"))
            return Statement(ended, dialect, names)

        self._council = inserting(schema.councils)
        self._held, self._held_ended = inserting(schema.held), ending(schema.held)
        self._up, self._up_ended = inserting(schema.up), ending(schema.up)
        moved = update(schema.position).where(schema.position.c.entry == bindparam("was"))
        moved = moved.values(entry=bindparam("now"), digest=bindparam("of"))
        self._position = Statement(moved, dialect, ("was", "now", "of"))

    def move(self, connection: Connection, was: int, last: Entry) -> bool:
        """Move the position, if it is still where it was."""
        return self._position.run(connection, [(was, last.number, last.digest)]) == 1

    def write(self, connection: Connection, news: News) -> None:
        """Add what is new of a council; end what has ended."""
        self._council.run(connection, news.council)
        self._held.run(connection, news.held)
        self._held_ended.run(connection, news.held_ended)
        self._up.run(connection, news.up)
        self._up_ended.run(connection, news.up_ended)
