"""`check`: the laws and rules over the whole ledger."""

from __future__ import annotations

import sys

import click

from cli.options import json_option, ledger_option, open_ledger
from cli.output import put_json, styled


@click.command("check")
@json_option
@ledger_option
def command(as_json: bool) -> None:
    """Check the laws and rules over the whole ledger, at every entry.

    Exit code 4 if anything is broken.

    \b
    Example:
      seatledger check --ledger night.db
    """
    from ledger.errors import CheckFailed
    from projections.check import LAWS, check

    ledger = open_ledger()
    total = ledger.store.total()
    with click.progressbar(
        length=total, label="Checking", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        found = check(ledger, bar.update)
    if as_json:
        put_json(
            {
                "ok": not found.broken,
                "entries": found.entries,
                "councils": found.councils,
                "laws": [law.name for law in LAWS],
                "broken": [one._asdict() for one in found.broken],
            }
        )
    else:
        for law in LAWS:
            failures = [one for one in found.broken if one.law == law.name]
            mark = styled("✗", fg="red") if failures else styled("✓", fg="green")
            click.echo(f"{mark} {law.name:<13} {law.text}")
            for one in failures[:20]:
                click.echo(f"    entry {one.entry}: {one.message}")
        click.echo(f"{found.entries} entries, {found.councils} council(s).")
    if found.broken:
        first = found.broken[0]
        raise CheckFailed(
            count=len(found.broken), first=f"{first.law} at entry {first.entry}: {first.message}"
        )
