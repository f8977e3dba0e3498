"""`withdraw ENTRY`: take back an entry."""

from __future__ import annotations

from typing import Any

import click

from cli.options import ledger_option, open_ledger, write_options
from cli.told import tell


@click.command("withdraw")
@click.argument("entry", type=int)
@click.option("--reason", required=True, metavar="TEXT", help="Why it should not be there.")
@write_options
@ledger_option
def command(
    entry: int,
    reason: str,
    how: dict[str, Any],
    as_json: bool,
) -> None:
    """Take back an entry that should never have been made.

    Nothing is removed: the entry stays in the log, and what it replaced stands again.
    A withdrawn declaration leaves its contest undeclared.

    \b
    Example:
      seatledger withdraw 23 --reason "a test, not a result" --source "desk log"
    """
    ledger = open_ledger()
    receipt = ledger.withdraw(entry, reason=reason, **how)
    tell(ledger, receipt, as_json=as_json)
