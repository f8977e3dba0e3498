"""`python -m bench [--quick]`: every figure, or a smoke run of them."""

from __future__ import annotations

import sys

from bench import general, scale, startup, writes
from bench.figures import Figure, machine, table

PARTS = (startup, writes, general, scale)


def measure(*, quick: bool) -> list[Figure]:
    return [figure for part in PARTS for figure in part.run(quick=quick)]


def main() -> int:
    quick = "--quick" in sys.argv[1:]
    figures = measure(quick=quick)
    print(f"Measured on {machine()}.\n")
    print(table(figures))
    missed = [figure for figure in figures if not figure.holds]
    return 1 if missed and not quick else 0


if __name__ == "__main__":
    raise SystemExit(main())
