"""The general election of 2019, loaded and told."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path

from bench.figures import Figure, best, folder, seconds
from ledger import connect
from ledger.formats import Options, read_file


def run(*, quick: bool) -> Iterator[Figure]:
    del quick  # it is one night, and quick
    with folder() as here, as_file(files("cli.nights")) as shipped:
        stem = f"{shipped}/general-election-2019"

        def plain() -> None:
            for part in ("declarations", "candidates"):
                with Path(f"{stem}-{part}.csv").open(encoding="utf-8", newline="") as file:
                    list(csv.DictReader(file))

        def load() -> None:
            batch = read_file(
                f"{stem}-declarations.csv", Options(candidates=f"{stem}-candidates.csv")
            )
            with connect(str(here / "ge.db"), create=True) as book:
                book.load(batch, by="bench", source="bench", accept=("rejected-share",))

        base = best(plain, 3)
        name = "general election 2019: 650 contests loaded"
        yield Figure(name, seconds(load), "s", "csv reads both files", base, most=2, absolute=True)
