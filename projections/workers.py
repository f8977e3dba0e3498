"""Work shared out among several processes, where a ledger is large.

Councils do not depend on each other, and reading a fact back with every check takes longer
than most of what is done with it. A worker is started as a program of its own (`python -m
projections.workers`): it inherits no connection and runs none of the caller's code. It reads
one JSON object from its standard input (`task`, and what the task is asked) and writes what the
task yields, plain values, to its parent alone, on its standard output.
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
from contextlib import contextmanager, suppress
from importlib import import_module
from queue import Queue
from typing import IO, Any

ENOUGH = 10_000  # entries that are worth a process
_AHEAD = 64  # values handed back and not taken yet
_SIZE = 8  # bytes that tell how many follow
Task = Callable[[dict[str, Any]], Iterator[Any]]


class WorkersFailed(Exception):
    """A worker could not be started, or did not come to its end."""


def worth(entries: int, most: int) -> int:
    """How many processes so many entries are worth, at most `most`; 1 is the caller's own."""
    return max(1, min(os.cpu_count() or 1, entries // ENOUGH, most))


def shared_out(task: Task, asked: dict[str, Any], parts: int) -> Iterator[Any]:
    """What a task yields in each of so many processes, as it comes; each is also told its
    `part` of `parts`. Raises WorkersFailed, at the latest at the end."""
    workers: list[subprocess.Popen[bytes]] = []
    told: Queue[tuple[Any] | None] = Queue(_AHEAD)
    try:
        for part in range(parts):
            share = {"task": f"{task.__module__}:{task.__name__}", "part": part, "parts": parts}
            workers.append(_start(asked | share))
        with ThreadPoolExecutor(parts) as readers:
            ends = [readers.submit(_receive, worker.stdout, told) for worker in workers]
            for _ in workers:
                while (one := told.get()) is not None:
                    yield one[0]
            for end in ends:
                end.result()
        if any(worker.wait() for worker in workers):
            raise WorkersFailed
    finally:
        for worker in workers:
            worker.kill()
            worker.communicate()


def _start(asked: dict[str, Any]) -> subprocess.Popen[bytes]:
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
    with suppress(BrokenPipeError):  # one that is dead already tells it by its exit code
        worker.stdin.write(json.dumps(asked).encode())
        worker.stdin.close()
    worker.stdin = None
    return worker


def _receive(stream: IO[bytes] | None, told: Queue[tuple[Any] | None]) -> None:
    assert stream is not None
    try:
        while True:
            size = int.from_bytes(stream.read(_SIZE))
            data = stream.read(size)
            if not data or len(data) < size:
                return  # its end or, as its exit code says, its death
            told.put((marshal.loads(data),))  # noqa: S302 - from our own child
    finally:
        told.put(None)


@contextmanager
def no_collector() -> Iterator[None]:
    """Pause the collector of cycles while objects are made by the million: it would walk
    through all of them again and again, and facts have no cycles."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def work() -> None:
    """One worker: its share of a task."""
    gc.disable()  # facts have no cycles, and walking through all of them takes long
    asked = json.load(sys.stdin)
    room, _, name = asked["task"].partition(":")
    task: Task = getattr(import_module(room), name)
    for one in task(asked):
        data = marshal.dumps(one)
        sys.stdout.buffer.write(len(data).to_bytes(_SIZE) + data)


if __name__ == "__main__":
    work()
