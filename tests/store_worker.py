"""What another process does to a ledger, in the tests that kill it or fill its disk.

    python store_worker.py TASK URL …

Every line printed is one JSON value.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
from pathlib import Path
from typing import Any

from store_night import SAID, council, count_night, night

from ledger import Ledger, LedgerError, connect

BATCH = 4  # entries of one batch: a council and the contests of its three wards


def tell(value: Any) -> None:
    print(json.dumps(value), flush=True)  # noqa: T201 - how it reports


def batch(book: Ledger, slug: str) -> None:
    """Record a council and its night in one write."""
    desk = book.desk(**SAID)
    desk.register(council(slug))
    desk.open(night(slug))
    desk.commit()


def write(url: str, name: str, count: str) -> None:
    """Commit batches, and tell the number of each once it is acknowledged."""
    with connect(url, clock=count_night) as book:
        for number in range(int(count)):
            batch(book, f"{name}-{number}")
            tell(number)


def total(url: str) -> None:
    """How many entries another process sees."""
    with connect(url, clock=count_night) as book:
        tell(book.store.total())


def fill(url: str, room: str) -> None:
    """Write until no file may grow any more, then write again with room to spare."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    full = Path(f"{url}-wal")
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    with connect(url, clock=count_night) as book:
        batch(book, "first")
        resource.setrlimit(resource.RLIMIT_FSIZE, (full.stat().st_size + int(room), most))
        written = 1
        try:
            while True:
                batch(book, f"more-{written}")
                written += 1
        except LedgerError as error:
            refused = error
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        batch(book, "again")
        tell({"error": refused.error, "exit_code": refused.exit_code, "batches": written + 1})


if __name__ == "__main__":
    task, *args = sys.argv[1:]
    {"write": write, "total": total, "fill": fill}[task](*args)
