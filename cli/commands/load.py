"""`load FILE`: many results at once."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from cli.files import file_options
from cli.options import (
    accept_option,
    ledger_option,
    open_ledger,
    write_options,
    write_or_begin,
)
from cli.told import tell_many

if TYPE_CHECKING:
    from ledger import Ledger, Receipt
    from ledger.formats import Batch
    from projections.history import LogLine


@click.command("load")
@click.argument("file")
@file_options
@click.option("--declared-at", metavar="T", help="The time of results that give none.")
@accept_option
@write_options
@ledger_option
def command(
    file: str,
    read: Callable[[str], Batch],
    declared_at: str | None,
    accept: tuple[str, ...],
    how: dict[str, Any],
    as_json: bool,
) -> None:
    """Record many results from a file, whole or not at all.

    Every problem in the file is reported at once, with its line; nothing is recorded
    unless there is none. Loading the same file again adds nothing.

    \b
    Examples:
      seatledger load results.json --source "council website"
      seatledger load ge2019_declarations.csv --candidates ge2019_candidates.csv \\
          --source "House of Commons Library" --accept rejected-share
      seatledger load record_of_changes.csv --dry-run --source "House of Commons Library"
      seatledger load leap_2019.csv --poll-date 2019-05-02 --declared-at 2019-05-03T18:00 \\
          --sizes compositions.csv --except mayors.csv --source "LEAP"
      seatledger load sheet.csv --poll-date 2024-05-02 --dry-run --source "desk sheet"
      seatledger load results.xml --council southampton --poll-date 2016-05-05 \\
          --source "council website (Modern.gov)"
    """
    batch = read(file)
    said: dict[str, Any] = {"accept": accept, "declared_at": declared_at}

    def write(ledger: Ledger, dry_run: bool) -> Receipt:
        with click.progressbar(
            length=batch.size, label="Loading", file=sys.stderr, hidden=not sys.stderr.isatty(),
            update_min_steps=batch.size // 100,
        ) as bar:  # fmt: skip
            told = how | {"dry_run": dry_run}
            return ledger.load(batch, **said, **told, progress=bar.update)

    if batch.councils:
        ledger, receipt = write_or_begin(write, dry_run=how["dry_run"])
    else:
        ledger = open_ledger()
        receipt = write(ledger, how["dry_run"])
    lines: list[LogLine] = []
    if batch.changes and how["dry_run"]:
        from projections.history import effects

        lines = effects(ledger, receipt.entries[receipt.skipped :])
    tell_many(receipt, "entries", as_json=as_json, lines=lines)
