"""What a benchmark tells, and how it is told."""

from __future__ import annotations

import os
import platform
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure beside its baseline, and the bar it must clear.

    `ratio` is figure / baseline; `most` (or `least`) bounds the ratio, or the figure itself
    where `absolute`.
    """

    name: str
    value: float
    unit: str
    baseline: str
    base: float
    most: float | None = None
    least: float | None = None
    absolute: bool = False

    @property
    def ratio(self) -> float:
        return self.value / self.base

    @property
    def holds(self) -> bool:
        judged = self.value if self.absolute else self.ratio
        return (self.most is None or judged <= self.most) and (
            self.least is None or judged >= self.least
        )

    @property
    def bar(self) -> str:
        unit = f" {self.unit}" if self.absolute else "x"
        if self.most is not None:
            return f"<= {self.most:,.12g}{unit}"
        return f">= {self.least:,.12g}{unit}" if self.least is not None else ""


def table(figures: list[Figure]) -> str:
    """The figures as an aligned table."""
    head = ("Figure", "Value", "Baseline", "Value", "Ratio", "Bar", "")
    rows = [
        (
            f.name,
            f"{f.value:,.4g} {f.unit}" if f.value < 1000 else f"{f.value:,.0f} {f.unit}",
            f.baseline,
            f"{f.base:,.4g}" if f.base < 1000 else f"{f.base:,.0f}",
            f"{f.ratio:.3g}x",
            f.bar,
            "" if not f.bar else "ok" if f.holds else "MISSED",
        )
        for f in figures
    ]
    widths = [max(len(row[n]) for row in (head, *rows)) for n in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (head, *rows)
    )


def machine() -> str:
    """On what it was measured."""
    return (
        f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()},"
        f" Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for one benchmark's files."""
    with TemporaryDirectory(prefix="seatledger-bench-") as made:
        yield Path(made)


def seconds(work: Callable[[], object]) -> float:
    """How long it takes, once."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def best(work: Callable[[], object], times: int) -> float:
    """The shortest of several runs, in seconds: what the machine can do undisturbed."""
    return min(seconds(work) for _ in range(times))
