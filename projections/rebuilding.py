"""A whole ledger worked out anew, by several processes where it is large.

Councils do not depend on each other, and reading a fact back with every check takes longer
than all that the tables do with it. So a large log is shared out: each worker reads some of
the councils from the store by itself and hands back rows. A worker is started as a program
of its own (`python -m projections.rebuilding`): it inherits no connection and runs none of
the caller's code. It reads one JSON object from its standard input and writes each council's
rows, to its parent alone, on its standard output.
"""

from __future__ import annotations

import gc
import json
import marshal
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import Queue
from typing import IO

from ledger.book import Ledger
from projections.rows import News, whole

ENOUGH = 10_000  # entries that are worth a process
_AHEAD = 64  # councils handed back and not written yet
_SIZE = 8  # bytes that tell how many follow
Progress = Callable[[int], None]


class WorkersFailed(Exception):
    """A worker could not be started, or did not come to its end."""


def alone(ledger: Ledger, upto: int, progress: Progress | None) -> Iterator[News]:
    """Everything of each council, worked out here."""
    for register in ledger.registers(upto):
        told, entries = whole(ledger.store, register, upto)
        yield told
        if progress:
            progress(entries)


def shared_out(ledger: Ledger, upto: int, progress: Progress | None) -> Iterator[News]:
    """The same by several processes, where that is quicker. Raises WorkersFailed."""
    parts = min(os.cpu_count() or 1, upto // ENOUGH, len(ledger.registers(upto)))
    if parts < 2:  # noqa: PLR2004 - one is this one
        yield from alone(ledger, upto, progress)
        return
    workers: list[subprocess.Popen[bytes]] = []
    told: Queue[tuple[News, int] | None] = Queue(_AHEAD)
    try:
        workers.extend(_start(ledger.url, upto, part, parts) for part in range(parts))
        with ThreadPoolExecutor(parts) as readers:
            ends = [readers.submit(_receive, worker.stdout, told) for worker in workers]
            for _ in workers:
                while (one := told.get()) is not None:
                    yield one[0]
                    if progress:
                        progress(one[1])
            for end in ends:
                end.result()
        if any(worker.wait() for worker in workers):
            raise WorkersFailed
    finally:
        for worker in workers:
            worker.kill()
            worker.communicate()


def _start(url: str, upto: int, part: int, parts: int) -> subprocess.Popen[bytes]:
    try:
        worker = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError as error:
        raise WorkersFailed from error
    assert worker.stdin is not None
    # Not as an argument: an address may hold a password, and arguments are seen by all.
    asked = {"url": url, "upto": upto, "part": part, "parts": parts}
    with suppress(BrokenPipeError):  # one that is dead already tells it by its exit code
        worker.stdin.write(json.dumps(asked).encode())
        worker.stdin.close()
    worker.stdin = None
    return worker


def _receive(stream: IO[bytes] | None, told: Queue[tuple[News, int] | None]) -> None:
    assert stream is not None
    try:
        while True:
            size = int.from_bytes(stream.read(_SIZE))
            data = stream.read(size)
            if not data or len(data) < size:
                return  # its end or, as its exit code says, its death
            rows, entries = marshal.loads(data)  # noqa: S302 - from our own child
            told.put((News(*rows), entries))
    finally:
        told.put(None)


def work() -> None:
    """One worker: its share of the councils."""
    gc.disable()  # facts have no cycles, and walking through all of them takes long
    asked = json.load(sys.stdin)
    with Ledger(asked["url"]) as ledger:
        registers = ledger.registers(asked["upto"])
        for register in registers[asked["part"] :: asked["parts"]]:
            rows, entries = whole(ledger.store, register, asked["upto"])
            data = marshal.dumps((tuple(rows), entries))
            sys.stdout.buffer.write(len(data).to_bytes(_SIZE) + data)


if __name__ == "__main__":
    work()
