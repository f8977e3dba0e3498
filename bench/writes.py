"""How fast a result is safe on the disk, with rules, chain and read models.

The baseline insert is made in turn with the declarations: how long a disk takes to answer
depends on what it was doing just before, so both must meet it in the same state. The rate
of inserts one straight after the other is told too.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import psycopg

from bench.figures import Figure, folder, seconds
from bench.nights import council, night, result
from ledger import Ledger, connect
from projections.tables import Tables

SAID = {"by": "bench", "source": "bench"}
STATE = b"x" * 1_200  # about the bytes of a declaration


def raw_sqlite(stack: ExitStack, path: Path) -> Callable[[], object]:
    """One durable insert into SQLite, nothing else."""
    connection = stack.enter_context(closing(sqlite3.connect(path, isolation_level=None)))
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, state BLOB)")
    return lambda: connection.execute("INSERT INTO t (state) VALUES (?)", (STATE,))


def raw_postgres(stack: ExitStack, url: str) -> Callable[[], object]:
    """One insert into PostgreSQL, nothing else."""
    connection = stack.enter_context(psycopg.connect(url, autocommit=True))
    connection.execute("CREATE TABLE t (id bigserial PRIMARY KEY, state bytea)")
    return lambda: connection.execute("INSERT INTO t (state) VALUES (%s)", (STATE,))


def declarations(
    stack: ExitStack, url: str, count: int, *, tables: bool
) -> Iterator[Callable[[], object]]:
    """One declaration after the other, in a council of `count` wards."""
    book: Ledger = stack.enter_context(connect(url, create=True))
    desk = book.desk(**SAID)
    desk.register(council("bench", count))
    desk.open(night("bench", count))
    desk.commit()
    views = stack.enter_context(Tables(book)) if tables else None
    if views:
        views.follow()
    for form in [result("bench", number) for number in range(count)]:

        def declare() -> None:
            book.declare(form.contest, form=form, **SAID)  # noqa: B023 - called at once
            if views:
                views.follow()

        yield declare


def in_turn(raw: Callable[[], object], ours: Iterator[Callable[[], object]]) -> tuple[float, float]:
    """How many a second of each, made in turn."""
    took = [(seconds(raw), seconds(one)) for one in ours]
    return len(took) / sum(r for r, _ in took), len(took) / sum(o for _, o in took)


def run(*, quick: bool) -> Iterator[Figure]:
    count = 60 if quick else 600
    base = "SQLite insert, synchronous=FULL"
    with folder() as here, ExitStack() as stack:
        insert = raw_sqlite(stack, here / "raw.db")
        for name, tables, least in (
            ("declaration with rules, chain, read models", True, 0.25),
            ("declaration with rules, chain", False, None),
        ):
            ours = declarations(stack, str(here / f"{tables}.db"), count, tables=tables)
            raw, rate = in_turn(insert, ours)
            yield Figure(name, rate, "/s", f"{base}, in turn", raw, least=least)
        straight = count / seconds(lambda: [insert() for _ in range(count)])
        yield Figure("the same", rate, "/s", f"{base}, straight on", straight)


def on_postgres(url: str, *, quick: bool) -> Iterator[Figure]:
    """The same on a server (needs one: its address in SEATLEDGER_BENCH_POSTGRES)."""
    with ExitStack() as stack:
        insert = raw_postgres(stack, url)
        ours = declarations(stack, url, 40 if quick else 300, tables=True)
        raw, rate = in_turn(insert, ours)
        yield Figure("declaration on PostgreSQL, all of it", rate, "/s", "insert, in turn", raw)
