"""`load FILE`: many results at once."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from cli.options import accept_option, ledger_option, ledger_to_begin, open_ledger, write_options
from cli.output import safe
from cli.told import tell_many

if TYPE_CHECKING:
    from ledger import Ledger, Receipt

FORMATS = ("results-json", "candidates-csv", "sheet-csv", "sheet-xlsx", "roster-csv",
           "nominations-csv", "leap-csv",
           "general-election-csv")  # fmt: skip


@click.command("load")
@click.argument("file")
@click.option("--format", "format_", type=click.Choice(FORMATS), help="Default: by its header.")
@click.option("--candidates", metavar="FILE", help="The candidates of a general-election-csv.")
@click.option("--sizes", metavar="FILE", help="The councils' sizes, for a leap-csv.")
@click.option("--except", "left_out", metavar="FILE",
              help="Contests of a leap-csv to leave out: council,ward,reason.")
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
    sizes: str | None,
    left_out: str | None,
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
      seatledger load leap_2019.csv --poll-date 2019-05-02 --declared-at 2019-05-03T18:00 \\
          --sizes compositions.csv --except mayors.csv --source "LEAP"
      seatledger load sheet.csv --poll-date 2024-05-02 --dry-run --source "desk sheet"
    """
    from ledger.formats import Options, read_file

    options = Options(council, name, timezone, poll_date, candidates, sizes, left_out)
    batch = read_file(file, options, format_=format_)
    for note in batch.notes:
        click.echo(safe(note), err=True)
    said: dict[str, Any] = {"accept": accept, "declared_at": declared_at}

    def load(into: Ledger, label: str, how: dict[str, Any]) -> Receipt:
        with click.progressbar(
            length=batch.size, label=label, file=sys.stderr, hidden=not sys.stderr.isatty(),
            update_min_steps=batch.size // 100,
        ) as bar:  # fmt: skip
            return into.load(batch, **said, **how, progress=bar.update)

    def rehearse(empty: Ledger) -> None:
        load(empty, "Checking", how | {"dry_run": True})

    ledger = ledger_to_begin(rehearse, dry_run=how["dry_run"]) if batch.councils else open_ledger()
    receipt = load(ledger, "Loading", how)
    tell_many(receipt, "entries", as_json=as_json)
