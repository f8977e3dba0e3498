"""`vacate SEAT`: a seat falls vacant."""

from __future__ import annotations

from typing import Any

import click

from cli.options import VACANCIES, fact_options, ledger_option, write_options
from cli.told import record


@click.command("vacate")
@click.argument("seat")
@click.option("--why", type=click.Choice(VACANCIES), required=True, help="Why it is vacant.")
@fact_options
@write_options
@ledger_option
def command(seat: str, why: Any, when: dict[str, Any], how: dict[str, Any], as_json: bool) -> None:
    """Record that a seat fell vacant.

    SEAT is a seat (coxford/2) or the name of its holder.

    \b
    Examples:
      seatledger vacate coxford/2 --why resignation --since 2016-07-14 --source "council minutes"
      seatledger vacate "Ann Example" --why death --source "notice of vacancy"
      seatledger vacate coxford/2 --why death --replaces 45 --reason "not a resignation" \\
          --source "notice of vacancy"
    """
    record(lambda desk: desk.vacate(seat, why=why, **when), how, as_json=as_json)
