"""`load FILE`: many results at once."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from cli.options import accept_option, ledger_option, ledger_to_begin, open_ledger, write_options
from cli.told import tell_many

if TYPE_CHECKING:
    from ledger import Ledger
    from projections.history import LogLine

FORMATS = ("results-json", "candidates-csv", "sheet-csv", "sheet-xlsx", "roster-csv",
           "nominations-csv", "notional-csv", "modern-gov-xml", "general-election-csv",
           "record-of-changes")  # fmt: skip


@click.command("load")
@click.argument("file")
@click.option("--format", "format_", type=click.Choice(FORMATS), help="Default: by its header.")
@click.option("--candidates", metavar="FILE", help="The candidates of a general-election-csv.")
@click.option("--council", metavar="SLUG", help="The council, where the file does not say.")
@click.option("--name", metavar="NAME", help="The council's name (rosters).")
@click.option("--poll-date", metavar="DAY", help="The day of the poll (sheets without ids).")
@click.option("--timezone", metavar="ZONE", help="For times without an offset.")
@click.option("--declared-at", metavar="T", help="The time of results that give none.")
@accept_option
@write_options
@ledger_option
def command(
    file: str,
    format_: str | None,
    candidates: str | None,
    council: str | None,
    name: str | None,
    poll_date: str | None,
    timezone: str | None,
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
      seatledger load sheet.csv --poll-date 2024-05-02 --dry-run --source "desk sheet"
      seatledger load results.xml --council southampton --poll-date 2016-05-05 \\
          --source "council website (Modern.gov)"
    """
    from ledger.formats import Options, read_file

    options = Options(council, name, timezone, poll_date, candidates)
    batch = read_file(file, options, format_=format_)
    said: dict[str, Any] = {"accept": accept, "declared_at": declared_at}

    def rehearse(empty: Ledger) -> None:
        empty.load(batch, **said, **(how | {"dry_run": True}))

    ledger = ledger_to_begin(rehearse, dry_run=how["dry_run"]) if batch.councils else open_ledger()
    with click.progressbar(
        length=batch.size, label="Loading", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        receipt = ledger.load(batch, **said, **how, progress=bar.update)
    lines: list[LogLine] = []
    if batch.changes and how["dry_run"]:
        from projections.history import effects

        lines = effects(ledger, receipt.entries[receipt.skipped :])
    tell_many(receipt, "entries", as_json=as_json, lines=lines)
