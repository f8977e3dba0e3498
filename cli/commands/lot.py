"""`lot CONTEST NAME`: a tie decided by lot."""

from __future__ import annotations

from typing import Any

import click

from cli.naming import contest_argument
from cli.options import ledger_option, write_options
from cli.told import record


@click.command("lot")
@contest_argument
@click.argument("name", nargs=-1, required=True)
@click.option("--declared-at", metavar="T", help="When it was drawn (03:40).")
@write_options
@ledger_option
def command(
    contest: str, name: tuple[str, ...], declared_at: str | None, how: dict[str, Any], as_json: bool
) -> None:
    """Record who was drawn where a tie is decided by lot.

    \b
    Example:
      seatledger lot nonsuch "Rob Beck" --declared-at 03:40 --source "returning officer"
    """
    record(lambda desk: desk.draw(contest, name, declared_at), how, as_json=as_json)
