"""A whole ledger worked out anew, council by council; shared out where it is large."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ledger.book import Ledger
from projections.rows import News, whole
from projections.workers import shared_out, worth

Progress = Callable[[int], None]


def alone(ledger: Ledger, upto: int, progress: Progress | None) -> Iterator[News]:
    """Everything of each council, worked out here."""
    for register in ledger.registers(upto):
        told, entries = whole(ledger.store, register, upto)
        yield told
        if progress:
            progress(entries)


def rebuilt(ledger: Ledger, upto: int, progress: Progress | None) -> Iterator[News]:
    """The same, by several processes where that is quicker. Raises WorkersFailed."""
    parts = worth(upto, len(ledger.registers(upto)))
    if parts == 1:
        yield from alone(ledger, upto, progress)
        return
    for rows, entries in shared_out(some, {"url": ledger.url, "upto": upto}, parts):
        yield News(*rows)
        if progress:
            progress(entries)


def some(asked: dict[str, Any]) -> Iterator[tuple[tuple[Any, ...], int]]:
    """One worker's share: every council that falls to it."""
    with Ledger(asked["url"]) as ledger:
        registers = ledger.registers(asked["upto"])
        for register in registers[asked["part"] :: asked["parts"]]:
            rows, entries = whole(ledger.store, register, asked["upto"])
            yield tuple(rows), entries
