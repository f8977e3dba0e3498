"""`allegiance SEAT`: a councillor sits for another party."""

from __future__ import annotations

from typing import Any

import click

from cli.options import fact_options, ledger_option, write_options
from cli.told import record


@click.command("allegiance")
@click.argument("seat")
@click.option("--party", required=True, metavar="PARTY", help="The party sat for from now on.")
@fact_options
@write_options
@ledger_option
def command(
    seat: str, party: str, when: dict[str, Any], how: dict[str, Any], as_json: bool
) -> None:
    """Record that a councillor sits for another party, in the same seat.

    SEAT is a seat (redbridge/3) or the name of its holder.

    \b
    Example:
      seatledger allegiance "Andrew Pope" --party Independent --since 2015-05-14 \\
          --source "council website"
    """
    record(lambda desk: desk.allegiance(seat, party=party, **when), how, as_json=as_json)
