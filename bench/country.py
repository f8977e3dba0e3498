"""A night of the whole country: every English council of 2 May 2019, loaded, and one asked."""

from __future__ import annotations

import csv
import gzip
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure, best, folder

COMMAND = Path(sys.executable).with_name("seatledger")
NIGHT = Path(__file__).with_name("data") / "leap_2019-05-02_candidates.csv.gz"
SAID = ("--poll-date", "2019-05-02", "--declared-at", "2019-05-03T18:00", "--source", "LEAP")


def unpacked(here: Path, *, quick: bool) -> tuple[Path, Path]:
    """The night (the first councils of it where it must be quick), and the contests left out."""
    with gzip.open(NIGHT, "rt", encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    rows = rows[:1_500] if quick else rows
    night, left_out = here / "night.csv", here / "except.csv"
    with night.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    with left_out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("council", "ward", "reason"))
        writer.writerows((row[0], row[2], "no votes are given") for row in rows if row[6] == "NULL")
    return night, left_out


def cost(*command: str) -> tuple[float, float]:
    """How long a command takes (seconds), and the most memory it had (MB)."""
    process, start = subprocess.Popen(command, stdout=subprocess.DEVNULL), time.perf_counter()
    _, status, used = os.wait4(process.pid, 0)
    took = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return took, used.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def run(*, quick: bool) -> Iterator[Figure]:
    with folder() as here:
        night, left_out = unpacked(here, quick=quick)
        kept = ("--ledger", str(here / "country.db"))

        def plain() -> None:
            with night.open(encoding="utf-8", newline="") as file:
                list(csv.DictReader(file))

        def fastest(*command: str) -> float:
            return 1000 * min(cost(*command)[0] for _ in range(3 if quick else 15))

        bare = (sys.executable, "-c", "pass")
        load = (str(COMMAND), "load", str(night), "--except", str(left_out), *SAID, *kept)
        took, most = cost(*load)
        name = "a country's night: 257 councils loaded"
        base = best(plain, 3)
        yield Figure(name, took, "s", "csv reads the file", base, most=8, absolute=True)
        base = cost(*bare)[1]
        yield Figure("the same, memory", most, "MB", "bare interpreter", base, most=400,
                     absolute=True)  # fmt: skip
        asked = fastest(str(COMMAND), "seats", "allerdale", *kept)
        name = "seats of one council of them"
        yield Figure(name, asked, "ms", "bare interpreter", fastest(*bare), most=15)
