"""`note CONTEST`: figures known to be wrong that stand in law."""

from __future__ import annotations

from typing import Any

import click

from cli.naming import contest_argument
from cli.options import fact_options, ledger_option, write_options
from cli.told import record


@click.command("note")
@contest_argument
@click.option("--what", required=True, metavar="TEXT", help="What is known to be wrong.")
@click.option("--votes", multiple=True, metavar="NAME=N",
              help="What the papers add up to, where that is known (repeatable).")  # fmt: skip
@fact_options
@write_options
@ledger_option
def command(
    contest: str,
    what: str,
    votes: tuple[str, ...],
    when: dict[str, Any],
    how: dict[str, Any],
    as_json: bool,
) -> None:
    """Record that declared figures are known to be wrong, though they stand in law.

    It changes no seat and no figure: a returning officer cannot recount after the
    declaration, and only a court can change who was elected.

    \b
    Example:
      seatledger note putney --what "6,558 votes left out of the declaration" \\
          --source "returning officer's statement"
    """
    from cli.results import votes_from

    counted = {name: number for name, number in votes_from(votes) if number is not None}
    if len(counted) < len(votes):
        raise click.UsageError("Give each candidate once, and leave out those not known.")
    record(lambda desk: desk.note(contest, what=what, votes=counted, **when), how, as_json=as_json)
