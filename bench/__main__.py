"""`python -m bench [--quick]`: every figure, or a smoke run of them.

PostgreSQL is measured where SEATLEDGER_BENCH_POSTGRES names an empty database.
"""

from __future__ import annotations

import argparse
import os

from bench import country, general, proofs, scale, startup, writes
from bench.figures import Figure, machine, table

PARTS = (startup, writes, general, country, scale, proofs)


def measure(*, quick: bool) -> list[Figure]:
    figures = [figure for part in PARTS for figure in part.run(quick=quick)]
    server = os.environ.get("SEATLEDGER_BENCH_POSTGRES")
    return [*figures, *(writes.on_postgres(server, quick=quick) if server else ())]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, no bars")
    quick: bool = parser.parse_args().quick
    figures = measure(quick=quick)
    print(f"Measured on {machine()}.\n")
    print(table(figures))
    missed = [figure for figure in figures if not figure.holds]
    return 1 if missed and not quick else 0


if __name__ == "__main__":
    raise SystemExit(main())
