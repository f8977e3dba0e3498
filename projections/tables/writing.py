"""Rows into the tables, by statements compiled once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Table, bindparam, insert, update
from sqlalchemy.sql.dml import UpdateBase

from ledger.events import Entry
from ledger.present import register_of
from ledger.times import micros
from projections.tables import schema
from projections.tables.rows import Held, Known, Up


class Statement:
    """A statement as the driver takes it. Its rows are many and small, so the way through
    SQLAlchemy's own execution, which dwarfs them, is gone only once."""

    def __init__(self, statement: UpdateBase, dialect: Dialect, names: Iterable[str]) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(names))
        self._sql = str(compiled)
        self._order: list[str] | None = getattr(compiled, "positiontup", None)

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """Run it for every row; how many rows it touched."""
        if not rows:
            return 0
        order = self._order
        given: Any = rows if order is None else [tuple(row[n] for n in order) for row in rows]
        return connection.exec_driver_sql(self._sql, given).rowcount


class Statements:
    """Every statement that writes, for one kind of database."""

    def __init__(self, dialect: Dialect) -> None:
        def inserting(table: Table) -> Statement:
            return Statement(insert(table), dialect, table.columns.keys())

        def ending(table: Table) -> Statement:
            ours = [column == bindparam(f"of_{column.name}") for column in table.primary_key]
            ended = update(table).where(*ours).values(until_entry=bindparam("ended"))
            return Statement(ended, dialect, [])

        self._council = inserting(schema.councils)
        self._new = {Held: inserting(schema.held), Up: inserting(schema.up)}
        self._end = {Held: ending(schema.held), Up: ending(schema.up)}
        moved = update(schema.position).where(schema.position.c.entry == bindparam("was"))
        self._position = Statement(
            moved.values(entry=bindparam("now"), digest=bindparam("of")), dialect, []
        )

    def move(self, connection: Connection, was: int, last: Entry) -> bool:
        """Move the position, if it is still where it was."""
        row = {"was": was, "now": last.number, "of": last.digest}
        return self._position.run(connection, [row]) == 1

    def write(
        self, connection: Connection, register: Entry, known: list[Known], after: int
    ) -> None:
        """Add a council's new rows; end those that have ended since entry `after`."""
        council = register.number
        if council > after:
            self._council.run(connection, [_council(register)])
        for kind in (Held, Up):
            mine = [one for one in known if isinstance(one.row, kind)]
            new = [_row(council, one) for one in mine if one.from_entry > after]
            ended = [_row(council, one) for one in mine if one.from_entry <= after]
            self._new[kind].run(connection, new)
            self._end[kind].run(connection, [_ending(row) for row in ended])


def _council(register: Entry) -> dict[str, Any]:
    fact = register_of(register)
    return {
        "council": register.number,
        "slug": fact.council,
        "name": fact.name,
        "timezone": fact.timezone,
        "size": fact.size,
        "from_at": micros(register.event.effective_at),
    }


def _row(council: int, known: Known) -> dict[str, Any]:
    row = known.row._asdict()
    row["council"] = council
    row["from_entry"] = known.from_entry
    row["until_entry"] = known.until_entry
    return row


def _ending(row: dict[str, Any]) -> dict[str, Any]:
    return {f"of_{name}": value for name, value in row.items()} | {"ended": row["until_entry"]}
