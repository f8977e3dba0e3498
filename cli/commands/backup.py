"""`backup FILE`: a copy of the ledger while it is in use."""

from __future__ import annotations

import click

from cli.options import json_option, ledger_option, open_ledger
from cli.output import put_json


@click.command("backup")
@click.argument("file")
@json_option
@ledger_option
def command(file: str, as_json: bool) -> None:
    """Copy a ledger on one file while it is in use, and verify the copy.

    FILE must not be there yet; it appears only once the copy has been verified.

    \b
    Example:
      seatledger backup /media/stick/night-0230.db
    """
    from projections.backup import backup

    copied = backup(open_ledger(), file)
    assert copied.root is not None
    if as_json:
        put_json({"file": file, "entries": copied.entries, "root": copied.root.hex()})
    else:
        click.echo(f"Copied {copied.entries:,} entries to {file}, and verified them.")
        click.echo(f"Root {copied.root.hex()}")
