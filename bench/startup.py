"""How long people wait for a command that was just typed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure, best, folder

COMMAND = Path(sys.executable).with_name("seatledger")


def run(*, quick: bool) -> Iterator[Figure]:
    times = 3 if quick else 15

    def took(*command: str) -> float:
        return 1000 * best(lambda: subprocess.run(command, check=True, capture_output=True), times)

    base = took(sys.executable, "-c", "pass")
    with folder() as here:
        kept = str(here / "night.db")
        subprocess.run([COMMAND, "demo", "--keep", kept], check=True, capture_output=True)

        def figure(most: float | None, *words: str) -> Figure:
            took_ms = took(
                str(COMMAND), *words, *(["--ledger", kept] if words[0] != "--help" else [])
            )
            name = "seatledger " + " ".join(words)
            return Figure(name, took_ms, "ms", "bare interpreter", base, most=most)

        yield figure(4, "--help")
        yield figure(12, "seats")
        yield figure(None, "seats", "--json")
        yield figure(None, "log")
        yield figure(None, "contests")
