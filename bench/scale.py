"""A large ledger: rebuilding the tables, and boards at any viewpoint."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from bench.figures import Figure, best, folder, seconds
from bench.nights import DAYS, council, night, result, slugs
from ledger import Ledger, Viewpoint, connect
from ledger.rules import SOFT
from projections.seats import seats
from projections.tables import Tables

SAID = {"by": "bench", "source": "bench"}
WARDS, YEARS = 48, 5
ASKED = 60


def fill(book: Ledger, entries: int) -> int:
    """Councils of 48 wards with five nights each and a correction in every third ward."""
    for slug in slugs(max(1, round(entries / (1 + WARDS * YEARS * 7 / 3)))):
        desk = book.desk(**SAID, accept=tuple(SOFT))
        desk.register(council(slug, WARDS))
        for day in DAYS[:YEARS]:
            desk.open(night(slug, WARDS, day))
            for ward in range(WARDS):
                first = result(slug, ward, day)
                desk.declare(first.contest, first)
                if ward % 3 == 0:
                    again = result(slug, ward, day, seed=1)
                    desk.correct(again.contest, again, reason="bench", whole=True)
        desk.commit()
    return book.store.total()


def plain_reading(path: Path) -> float:
    """Entries a second that SQLite alone hands over, undecoded."""
    with closing(sqlite3.connect(path)) as connection:
        start = time.perf_counter()
        rows = sum(1 for _ in connection.execute("SELECT * FROM stored_events"))
        return rows / (time.perf_counter() - start)


def run(*, quick: bool) -> Iterator[Figure]:
    with folder() as here, connect(str(here / "big.db"), create=True) as book:
        total = fill(book, 3_000 if quick else 100_000)
        councils = book.councils()
        read = plain_reading(here / "big.db")
        name = f"{total:,} entries, tables rebuilt"
        with Tables(book) as tables:
            rate = total / seconds(tables.rebuild)
            yield Figure(
                name, rate, "entries/s", "SQLite reads the rows", read, least=30_000, absolute=True
            )
            yield from _asked(book, tables, [one.council for one in councils])


def _asked(book: Ledger, tables: Tables, names: list[str]) -> Iterator[Figure]:
    dice = random.Random(5)  # noqa: S311 - the same questions every run
    total = book.store.total()
    first = next(iter(book.entries())).event.effective_at
    points = [
        (
            dice.choice(names),
            Viewpoint(
                at=first + timedelta(days=dice.randrange(60, 2_500)),
                entry=dice.randrange(total - total // 4, total + 1),
            ),
        )
        for _ in range(ASKED)
    ]
    late = points[0][1]
    known = Viewpoint(at=late.at)

    def one() -> None:
        for name, viewpoint in points:
            tables.tally(name, Viewpoint(at=viewpoint.at, entry=total))

    def folded() -> None:
        for name, viewpoint in points[:10]:
            seats(book, name, Viewpoint(at=viewpoint.at, entry=total))

    fold = 1000 * best(folded, 2) / 10
    base = "the same, folded from the log"
    asked = 1000 * best(one, 3) / ASKED
    yield Figure(
        "seats of one council, any viewpoint", asked, "ms", base, fold, most=5, absolute=True
    )
    every = 1000 * best(lambda: tables.tallies(known), 3)
    base = f"one of {len(names)} councils"
    yield Figure("seats of every council", every, "ms", base, asked, most=100, absolute=True)
