"""`unopposed CONTEST`: elected without a poll."""

from __future__ import annotations

from typing import Any

import click

from cli.naming import contest_argument
from cli.options import fact_options, ledger_option, write_options
from cli.told import record


@click.command("unopposed")
@contest_argument
@click.option("--elected", multiple=True, metavar="NAME",
              help="Elected (repeatable); default: all nominated.")  # fmt: skip
@fact_options
@write_options
@ledger_option
def command(
    contest: str, elected: tuple[str, ...], when: dict[str, Any], how: dict[str, Any], as_json: bool
) -> None:
    """Record that those nominated are elected without a poll.

    \b
    Example:
      seatledger unopposed old-town --since 2024-04-05T16:00 --source "statement of persons"
    """
    record(lambda desk: desk.unopposed(contest, names=elected, **when), how, as_json=as_json)
