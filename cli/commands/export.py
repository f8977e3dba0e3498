"""`export`: the whole log as one file."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from cli.options import ledger_option, open_ledger
from cli.trust import put_instead


@click.command("export")
@click.option(
    "--format", "format_", type=click.Choice(["ndjson"]), default="ndjson",
    help="One JSON object a line: the only format there is.",
)  # fmt: skip
@click.option(
    "--out",
    metavar="FILE",
    help="Write to a file, whole or not at all, instead of one that is there.",
)
@click.option("--entry", type=click.IntRange(min=0), metavar="N", help="Only the first N entries.")
@ledger_option
def command(format_: str, out: str | None, entry: int | None) -> None:
    """Write the whole log as one file: every entry, byte for byte as it is stored.

    One JSON object a line, and a last line with how many there are and the root of the tree
    over them. `seatledger import` makes the same ledger of it, on any store.

    \b
    Examples:
      seatledger export --ledger night.db --out night.ndjson
      seatledger export | gzip > night.ndjson.gz
    """
    from ledger.errors import CannotWrite, WouldOverwrite
    from ledger.packing import pack

    assert format_ == "ndjson"
    ledger = open_ledger()
    upto = ledger.prefix(entry, None)
    with click.progressbar(
        length=upto, label="Writing", file=sys.stderr, hidden=not (out and sys.stderr.isatty())
    ) as bar:
        lines = pack(ledger.store, upto, bar.update)
        if out is None:
            sys.stdout.flush()
            for line in lines:
                sys.stdout.buffer.write(line)
            return
        try:
            if _is_another(out):
                raise WouldOverwrite(file=out)
            put_instead(out, lines)
        except OSError as error:
            raise CannotWrite(file=out, what=error.strerror or str(error)) from error
    click.echo(f"Wrote {upto:,} entries to {out}.", err=True)


def _is_another(out: str) -> bool:
    """Whether something is there that is no earlier export: a ledger, a key, a device."""
    if not os.path.lexists(out):
        return False
    if not Path(out).is_file():
        return True
    with Path(out).open("rb") as there:
        return not there.read(11).startswith((b'{"entry":', b'{"entries":'))
