"""`fill SEAT`: a vacant seat is filled without a poll."""

from __future__ import annotations

from typing import Any

import click

from cli.options import fact_options, ledger_option, write_options
from cli.told import record


@click.command("fill")
@click.argument("seat")
@click.option("--holder", metavar="NAME", help="Who holds it now.")
@click.option("--party", required=True, metavar="PARTY", help="For which party.")
@fact_options
@write_options
@ledger_option
def command(
    seat: str,
    holder: str | None,
    party: str,
    when: dict[str, Any],
    how: dict[str, Any],
    as_json: bool,
) -> None:
    """Record that a vacant seat was filled without a poll (co-option).

    A seat filled by a by-election is filled by declaring it: open the contest with
    "by_election": true.

    \b
    Example:
      seatledger fill coxford/2 --holder "Ben Example" --party "Labour Party" \\
          --since 2016-09-01 --source "council minutes"
    """
    record(lambda desk: desk.fill(seat, holder=holder, party=party, **when), how, as_json=as_json)
