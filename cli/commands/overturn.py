"""`overturn CONTEST`: a court decides who was elected."""

from __future__ import annotations

from typing import Any

import click

from cli.naming import contest_argument
from cli.options import fact_options, ledger_option, write_options
from cli.told import record


@click.command("overturn")
@contest_argument
@click.option("--court", required=True, metavar="TEXT", help="Which court, and the case.")
@click.option("--elected", multiple=True, metavar="NAME",
              help="Whom it seats (repeatable: all of the contest's seats).")  # fmt: skip
@click.option("--void", is_flag=True, help="Nobody: the election is void.")
@fact_options
@write_options
@ledger_option
def command(
    contest: str,
    court: str,
    elected: tuple[str, ...],
    void: bool,
    when: dict[str, Any],
    how: dict[str, Any],
    as_json: bool,
) -> None:
    """Record whom an election court seats; --since is when its order takes effect.

    \b
    Examples:
      seatledger overturn bradley --court "election court" --elected "Ann Example" \\
          --since 2023-10-20 --source "order of the court"
      seatledger overturn bradley --court "High Court" --void --source "order of the court"
    """
    if void == bool(elected):
        raise click.UsageError("Name whom the court seats with --elected, or say --void.")
    record(
        lambda desk: desk.overturn(contest, court=court, elected=elected, **when),
        how,
        as_json=as_json,
    )
