"""`load FILE`: many results at once."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from cli.files import file_options
from cli.options import (
    CAUSES,
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
    from ledger.superseding import Superseding
    from projections.history import LogLine


@click.command("load")
@click.argument("file")
@file_options
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
    read: Callable[[str], Batch],
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
      seatledger load record_of_changes.csv --dry-run --source "House of Commons Library"
      seatledger load leap_2019.csv --poll-date 2019-05-02 --declared-at 2019-05-03T18:00 \\
          --sizes compositions.csv --except mayors.csv --source "LEAP"
      seatledger load sheet.csv --poll-date 2024-05-02 --dry-run --source "desk sheet"
      seatledger load results.xml --council southampton --poll-date 2016-05-05 \\
          --source "council website (Modern.gov)"
      seatledger load results-2.json --supersede --reason "the council published again" \\
          --source "council website" --dry-run
    """
    why = _why(supersede=supersede, reason=reason, cause=cause)
    batch = read(file)
    said: dict[str, Any] = {"declared_at": declared_at, "supersede": why}

    def write(ledger: Ledger, dry_run: bool, accept: tuple[str, ...] = accept) -> Receipt:
        with click.progressbar(
            length=batch.size, label="Loading", file=sys.stderr, hidden=not sys.stderr.isatty(),
            update_min_steps=batch.size // 100,
        ) as bar:  # fmt: skip
            told = how | {"dry_run": dry_run}
            return ledger.load(batch, **said, **told, accept=accept, progress=bar.update)

    if why is not None:
        _supersede(open_ledger(), write, accept, dry_run=how["dry_run"], as_json=as_json)
        return
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
    ledger: Ledger, write: Callable[[Ledger, bool, tuple[str, ...]], Receipt],
    accept: tuple[str, ...], *, dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """A dry run lists the changes even where some are yet to be accepted: they are what one
    looks at to decide."""
    from cli.superseded import tell_superseded
    from ledger.errors import FileRefused
    from ledger.rules import SOFT

    try:
        tell_superseded(ledger, write(ledger, dry_run, accept), as_json=as_json)
    except FileRefused as refused:
        if dry_run and all(problem.rule in SOFT for problem in refused.problems):
            found = write(ledger, dry_run, tuple(SOFT))
            tell_superseded(ledger, found, as_json=as_json, once=True)
        raise
