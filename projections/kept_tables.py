"""The read-model tables held against the log: what they have, and what its entries make.

They are kept beside the log to be quick, and a board of many councils is counted from them; so
whoever verifies a ledger asks of them too. It is done without the library that keeps them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from ledger.book import Ledger
from ledger.store import Store
from ledger.store.derived import Derived
from projections import rebuilding, workers
from projections.rows import SHAPE, News

TABLES = {
    "view_councils": "council, slug, name, timezone, size, from_at",
    "view_held": "council, seat, from_at, until_at, party, from_entry, until_entry",
    "view_up": "council, poll_date, contest, seat, polls_close, from_at, until_at, declared, won,"
    " party, chance, from_entry, until_entry",
}


class Kept(NamedTuple):
    """What the tables have: up to which entry, and by table its rows."""

    entry: int
    rows: dict[str, set[tuple[Any, ...]]]


def kept_tables(store: Store) -> Kept | None:
    """The tables as they are stored; None where there are none, or only such as an earlier
    version made, which are made anew before they are asked. Raises StoreDamaged."""
    tables = Derived(store)
    try:
        if not tables.has("view_position"):
            return None
        while True:
            # They move on in one transaction with their place, which is the same before and
            # after where nobody has moved them in between.
            before = _position(tables)
            rows = {
                name: set(tables.rows(f"SELECT {columns} FROM {name}"))  # noqa: S608 - our names
                for name, columns in TABLES.items()
            }
            if before is None or before == _position(tables):
                return None if before is None else Kept(before, rows)
    finally:
        tables.close()


def _position(tables: Derived) -> int | None:
    found = tables.rows("SELECT entry FROM view_position WHERE shape = ?", (SHAPE,))
    return int(found[0][0]) if found else None


def differences(ledger: Ledger, kept: Kept) -> Iterator[tuple[int, str]]:
    """The entry of the first row that differs, and what to say of it, table by table. `ledger`
    must be readable up to the entry the tables have. Raises what reading it raises."""
    wanted: dict[str, set[tuple[Any, ...]]] = {name: set() for name in TABLES}
    for news in _made(ledger, kept.entry):
        for name, rows in zip(TABLES, (news.council, news.held, news.up), strict=True):
            wanted[name].update(rows)
    for name, made in wanted.items():
        wrong = made ^ kept.rows[name]
        if wrong:
            where = 0 if name == "view_councils" else -2  # the entry that began the row
            entries = [row[where] for row in wrong if isinstance(row[where], int)]
            what = f"{name} has not what the entries make ({len(wrong)} rows): drop it"
            yield min(entries, default=0), what


def _made(ledger: Ledger, upto: int) -> list[News]:
    if upto == 0:
        return []
    try:
        return list(rebuilding.rebuilt(ledger, upto, None))
    except workers.WorkersFailed:
        return list(rebuilding.alone(ledger, upto, None))
