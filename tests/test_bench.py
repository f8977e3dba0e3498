"""The benchmarks run, small: figures are for people to judge, not for a test to time."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import country, general, proofs, scale, startup, writes
from bench.figures import Figure, machine, table


@pytest.mark.parametrize(
    "part", [startup, writes, general, country, scale, proofs], ids=lambda part: part.__name__
)
def test_part_runs(part):
    """Each figure has a value, a baseline measured in the same run, and a place in the table."""
    figures = list(part.run(quick=True))
    assert figures
    assert all(figure.value > 0 and figure.base > 0 for figure in figures)
    shown = table(figures)
    assert all(figure.name in shown for figure in figures)


@pytest.mark.postgres
def test_postgres_part_runs(postgres_url):
    """The same on a server."""
    assert [figure.value > 0 for figure in writes.on_postgres(postgres_url, quick=True)] == [True]


def test_bars():
    """A figure clears its bar as a ratio, or by itself where it is absolute."""
    kept = Figure("f", 30.0, "ms", "b", 10.0, most=4)
    assert (kept.ratio, kept.holds, kept.bar) == (3.0, True, "<= 4x")
    missed = Figure("f", 30.0, "/s", "b", 10.0, least=31, absolute=True)
    assert (missed.holds, missed.bar) == (False, ">= 31 /s")
    assert "MISSED" in table([kept, missed])
    assert "cores" in machine()
