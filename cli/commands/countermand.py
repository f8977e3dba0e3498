"""`countermand CONTEST`: a poll is called off."""

from __future__ import annotations

from typing import Any

import click

from cli.naming import contest_argument
from cli.options import fact_options, ledger_option, write_options
from cli.told import record


@click.command("countermand")
@contest_argument
@click.option("--why", required=True, metavar="TEXT", help="Why the poll is not held.")
@click.option("--abandoned", is_flag=True, help="It had begun already.")
@fact_options
@write_options
@ledger_option
def command(
    contest: str,
    why: str,
    abandoned: bool,
    when: dict[str, Any],
    how: dict[str, Any],
    as_json: bool,
) -> None:
    """Record that a poll is countermanded (a candidate died) or abandoned.

    The contest leaves the night; open the one that replaces it when its day is set.

    \b
    Example:
      seatledger countermand hartburn --why "a candidate died" --source "returning officer"
    """
    record(
        lambda desk: desk.call_off(
            contest, how="abandoned" if abandoned else "countermanded", why=why, **when
        ),
        how,
        as_json=as_json,
    )
