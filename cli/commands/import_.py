"""`import FILE`: a whole log into an empty ledger."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

import click

from cli.options import address, json_option, ledger_option, open_ledger
from cli.output import put_json


@click.command("import")
@click.argument("file")
@json_option
@ledger_option
def command(file: str, as_json: bool) -> None:
    """Take a whole log, as `seatledger export` wrote it, into an empty ledger.

    The file is taken whole or not at all: a line that is missing or altered, or that does not
    follow what stands before it, is named, and nothing is written. The ledger made is the
    same: the same entries, the same root, the same answers at every viewpoint.

    \b
    Examples:
      seatledger import night.ndjson --ledger copy.db
      gunzip -c night.ndjson.gz | seatledger import - --ledger postgresql://localhost/night
    """
    from ledger.errors import CannotRead, NoLedger, NotEmpty, StoreDamaged
    from ledger.packing import read_pack

    # One that another process is just beginning has no tables yet.
    with suppress(NoLedger, StoreDamaged):
        total = open_ledger().store.total()
        if total:
            raise NotEmpty(url=address(), entries=total)
    try:
        with (
            sys.stdin.buffer if file == "-" else Path(file).open("rb") as lines,
            click.progressbar(
                length=0 if file == "-" else Path(file).stat().st_size,
                label="Reading", file=sys.stderr, hidden=not sys.stderr.isatty(),
            ) as bar,
        ):  # fmt: skip
            pack = read_pack(lines, file, bar.update)
    except (OSError, ValueError) as error:
        what = getattr(error, "strerror", None) or str(error)
        raise CannotRead(file=file, what=what) from error
    # Not before the file has been read: a refusal leaves no ledger behind.
    open_ledger(create=True).store.restore(pack.entries)
    if as_json:
        put_json({"recorded": len(pack.entries), "root": pack.root.hex()})
    else:
        click.echo(f"Recorded {len(pack.entries):,} entries; root {pack.root.hex()}")
