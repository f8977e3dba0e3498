"""The ledger on PostgreSQL: the library's recorder with dense numbers and marks.

A write locks the table against other writes (as the library does), so the numbers
are given in the order of the commits and a reader that polls misses nothing; and
they are given without a sequence, so a refused write leaves no gap.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, LiteralString

from eventsourcing.persistence import IntegrityError, Notification, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresFactory
from eventsourcing.utils import Environment, EnvType
from psycopg.rows import dict_row
from psycopg.sql import SQL, Composed, Identifier


class LedgerRecorder(PostgresApplicationRecorder):
    """The library's recorder, with marks and with whole streams read at once."""

    def create_table(self) -> None:
        """The library's table, ours, and their indexes, where they are not there yet."""
        with self.datastore.transaction(commit=True) as cursor:
            # Two desks may begin a ledger at the same moment, which IF NOT EXISTS alone does
            # not survive: one waits here until the other has finished.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('seatledger'))")
            if self._is_there(cursor):
                return
            super().create_table()
            cursor.execute(
                self._sql(
                    "CREATE TABLE {marks} (entry bigint PRIMARY KEY,"
                    " known_from bigint NOT NULL, idempotency_key text UNIQUE)"
                )
            )
            cursor.execute(self._sql("CREATE INDEX {known} ON {marks} (known_from, entry)"))
            cursor.execute(
                self._sql(
                    "CREATE INDEX {councils} ON {events} (notification_id)"
                    " WHERE topic LIKE 'council-%'"
                )
            )

    def _is_there(self, cursor: Any) -> bool:
        name = f"{self.datastore.schema}.{self.events_table_name}_marks"
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL AS found", (name,))
        return bool(cursor.fetchone()["found"])

    def _sql(self, text: LiteralString) -> Composed:
        schema, table = self.datastore.schema, self.events_table_name
        return SQL(text).format(
            events=Identifier(schema, table),
            marks=Identifier(schema, f"{table}_marks"),
            known=Identifier(f"{table}_known"),
            councils=Identifier(f"{table}_councils"),
        )

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int]:
        """Insert all or nothing. Unlike the library's, never retried here: after a lost
        connection nobody knows whether the commit arrived, so `Store.append` looks."""
        if not stored_events:
            return []
        with (
            self.datastore.get_connection() as connection,
            connection.transaction(),
            connection.cursor() as cursor,
        ):
            self._lock_table(cursor)
            self._notify_channel(cursor)
            last, clock = self._last_mark(cursor)
            if last and kwargs.get("into_empty"):
                raise IntegrityError("the log is not empty")
            numbers = list(range(last + 1, last + 1 + len(stored_events)))
            cursor.execute(
                self._sql(
                    "INSERT INTO {events} (originator_id, originator_version, topic, state,"
                    " notification_id) SELECT * FROM unnest("
                    + self._id_type_array()
                    + ", %s::bigint[], %s::text[], %s::bytea[], %s::bigint[])"
                ),
                (
                    [e.originator_id for e in stored_events],
                    [e.originator_version for e in stored_events],
                    [e.topic for e in stored_events],
                    [e.state for e in stored_events],
                    numbers,
                ),
            )
            if "marks" in kwargs:
                clocks = []
                for recorded, _ in kwargs["marks"]:
                    clock = max(clock, recorded)
                    clocks.append(clock)
                cursor.execute(
                    self._sql(
                        "INSERT INTO {marks} SELECT * FROM"
                        " unnest(%s::bigint[], %s::bigint[], %s::text[])"
                    ),
                    (numbers, clocks, [key for _, key in kwargs["marks"]]),
                )
        return numbers

    def _id_type_array(self) -> LiteralString:
        return "%s::uuid[]" if self.datastore.originator_id_type == "uuid" else "%s::text[]"

    def _last_mark(self, cursor: Any) -> tuple[int, int]:
        cursor.execute(
            self._sql(
                "SELECT COALESCE((SELECT MAX(notification_id) FROM {events}), 0) AS last,"
                " COALESCE((SELECT MAX(known_from) FROM {marks}), 0) AS clock"
            )
        )
        row = cursor.fetchone()
        return row["last"], row["clock"]

    def _rows(self, text: LiteralString, params: Sequence[Any] = ()) -> list[dict[str, Any]]:
        with self.datastore.get_connection() as connection, connection.cursor() as cursor:
            cursor.execute(self._sql(text), params)
            return cursor.fetchall()

    def _events(
        self, where: LiteralString, params: Sequence[Any], limit: int | None = None
    ) -> list[Notification]:
        rows = self._rows(
            "SELECT notification_id, originator_id, originator_version, topic, state"
            " FROM {events} WHERE " + where + " ORDER BY notification_id LIMIT %s",
            [*params, limit],
        )
        return [
            Notification(
                r["originator_id"], r["originator_version"], r["topic"], r["state"],
                id=r["notification_id"],
            )
            for r in rows
        ]  # fmt: skip

    def alone(self) -> AbstractContextManager[None]:
        """Nothing to hold off: the server keeps its writers apart."""
        return nullcontext()

    def select_range(self, first: int, last: int, limit: int) -> list[Notification]:
        """The events numbered from `first` to `last`, at most so many. Asked once: the
        library's own would try ten times, a minute of silence, while a server is down."""
        return self._events("notification_id BETWEEN %s AND %s", (first, last), limit)

    def select_streams(self, streams: Sequence[str], upto: int) -> list[Notification]:
        """Every event of the streams numbered from 1 to `upto`: nothing below may speak, as it
        is no part of what is signed."""
        return self._events(
            "originator_id = ANY(%s) AND notification_id BETWEEN 1 AND %s", (list(streams), upto)
        )

    def select_council_events(self, after: int, upto: int) -> list[Notification]:
        """Every event of a `council-…` kind."""
        where: LiteralString = (
            "topic LIKE 'council-%%' AND notification_id > %s AND notification_id <= %s"
        )
        return self._events(where, (after, upto))

    def last_mark(self) -> tuple[int, int]:
        """The number of entries, and the ledger's clock at the last of them (µs)."""
        with self.datastore.get_connection() as connection, connection.cursor() as cursor:
            return self._last_mark(cursor)

    def known_prefix(self, known_at: int) -> int:
        """How many entries the ledger had recorded by then."""
        rows = self._rows(
            "SELECT entry FROM {marks} WHERE known_from <= %s"
            " ORDER BY known_from DESC, entry DESC LIMIT 1",
            (known_at,),
        )
        return rows[0]["entry"] if rows else 0

    def marks(self) -> list[tuple[int, int, str | None]]:
        """Every mark, in the order of the entries."""
        rows = self._rows("SELECT entry, known_from, idempotency_key FROM {marks} ORDER BY entry")
        return [(r["entry"], r["known_from"], r["idempotency_key"]) for r in rows]

    def faults(self) -> list[str]:
        """What a ledger's tables never are or have, as one question would be answered otherwise
        than another: a view, a trigger, a rule, a policy. A server looks after its own pages."""
        rows = self._rows(
            "SELECT relname, relkind = 'r' AND NOT (relhasrules OR relrowsecurity OR"
            " EXISTS (SELECT FROM pg_trigger WHERE tgrelid = pg_class.oid)) AS plain"
            " FROM pg_class WHERE oid = ANY(%s::regclass[]) ORDER BY relname",
            ([self._sql("{events}").as_string(), self._sql("{marks}").as_string()],),
        )
        what = "is no plain table: a view, or with a trigger, a rule or a policy"
        return [f"{row['relname']} {what}" for row in rows if not row["plain"]]

    def key_entry(self, key: str) -> int | None:
        """The entry recorded with a key."""
        rows = self._rows("SELECT entry FROM {marks} WHERE idempotency_key = %s", (key,))
        return rows[0]["entry"] if rows else None


class LedgerFactory(PostgresFactory):
    """Makes the recorder; chosen by PERSISTENCE_MODULE."""

    application_recorder_class = LedgerRecorder

    def __init__(self, env: Environment | EnvType | None) -> None:
        super().__init__(env)
        # An address may say more than the library's settings can: sslmode, several hosts, …
        self.datastore.pool.conninfo = self.env["LEDGER_URL"]
        self.datastore.pool.kwargs = {"row_factory": dict_row}
