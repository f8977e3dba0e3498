"""`load FILE`: many results at once."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from cli.options import (
    CAUSES,
    accept_option,
    ledger_option,
    ledger_to_begin,
    open_ledger,
    write_options,
)
from cli.told import tell_many

if TYPE_CHECKING:
    from ledger import Ledger, Receipt
    from ledger.superseding import Superseding

FORMATS = ("results-json", "candidates-csv", "sheet-csv", "sheet-xlsx", "roster-csv",
           "nominations-csv",
           "general-election-csv")  # fmt: skip


@click.command("load")
@click.argument("file")
@click.option("--format", "format_", type=click.Choice(FORMATS), help="Default: by its header.")
@click.option("--candidates", metavar="FILE", help="The candidates of a general-election-csv.")
@click.option("--council", metavar="SLUG", help="The council, where the file does not say.")
@click.option("--name", metavar="NAME", help="The council's name (rosters).")
@click.option("--poll-date", metavar="DAY", help="The day of the poll (sheets without ids).")
@click.option("--timezone", metavar="ZONE", help="For times without an offset.")
@click.option("--declared-at", metavar="T", help="The time of results that give none.")
@click.option("--supersede", is_flag=True, help="A newer version: record what it changes.")
@click.option("--reason", metavar="TEXT", help="Why there is a newer version (--supersede).")
@click.option(
    "--cause", type=click.Choice(CAUSES), help="What went wrong; default 'source changed'."
)
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
    supersede: bool,
    reason: str | None,
    cause: Any,
    accept: tuple[str, ...],
    how: dict[str, Any],
    as_json: bool,
) -> None:
    """Record many results from a file, whole or not at all.

    Every problem in the file is reported at once, with its line; nothing is recorded
    unless there is none. Loading the same file again adds nothing.

    With --supersede, FILE is a newer version of what was loaded: results that differ from
    what stands are corrected, new ones declared, all others left alone. What the file has
    no more is pointed out and stays. Votes that went down ask to be accepted.

    \b
    Examples:
      seatledger load results.json --source "council website"
      seatledger load ge2019_declarations.csv --candidates ge2019_candidates.csv \\
          --source "House of Commons Library" --accept rejected-share
      seatledger load sheet.csv --poll-date 2024-05-02 --dry-run --source "desk sheet"
      seatledger load results-2.json --supersede --reason "the council published again" \\
          --source "council website" --dry-run
    """
    why = _why(supersede=supersede, reason=reason, cause=cause)
    from ledger.formats import Options, read_file

    options = Options(council, name, timezone, poll_date, candidates)
    batch = read_file(file, options, format_=format_)
    said: dict[str, Any] = {"accept": accept, "declared_at": declared_at, "supersede": why}

    def rehearse(empty: Ledger) -> None:
        empty.load(batch, **said, **(how | {"dry_run": True}))

    ledger = ledger_to_begin(rehearse, dry_run=how["dry_run"]) if batch.councils else open_ledger()

    def record(accept: tuple[str, ...]) -> Receipt:
        with click.progressbar(
            length=batch.size, label="Loading", file=sys.stderr, hidden=not sys.stderr.isatty()
        ) as bar:
            return ledger.load(batch, **(said | {"accept": accept}), **how, progress=bar.update)

    if why is None:
        tell_many(record(accept), "entries", as_json=as_json)
    else:
        _supersede(ledger, record, accept, dry_run=how["dry_run"], as_json=as_json)


def _why(*, supersede: bool, reason: str | None, cause: Any) -> Superseding | None:
    if not supersede:
        if reason is not None or cause is not None:
            raise click.UsageError("--reason and --cause go with --supersede.")
        return None
    if reason is None:
        raise click.UsageError("--supersede wants a --reason: why is there a newer version?")
    from ledger.superseding import Superseding

    return Superseding(reason, cause or "source changed")


def _supersede(
    ledger: Ledger,
    record: Callable[[tuple[str, ...]], Receipt],
    accept: tuple[str, ...],
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """A dry run lists the changes even where some are yet to be accepted: they are what one
    looks at to decide."""
    from cli.superseded import tell_superseded
    from ledger.errors import FileRefused
    from ledger.rules import SOFT

    try:
        tell_superseded(ledger, record(accept), as_json=as_json)
    except FileRefused as refused:
        if dry_run and all(problem.rule in SOFT for problem in refused.problems):
            tell_superseded(ledger, record(tuple(SOFT)), as_json=as_json, once=True)
        raise
