"""`redeclare CONTEST`: the returning officer announced again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.naming import contest_argument
from cli.options import (
    accept_option,
    ledger_option,
    open_ledger,
    result_options,
    write_options,
)
from cli.results import result_from
from cli.told import tell_decided

if TYPE_CHECKING:
    from ledger import Receipt


@click.command("redeclare")
@contest_argument
@click.option("--why", required=True, metavar="TEXT", help="Why it was announced again.")
@result_options
@accept_option
@write_options
@ledger_option
def command(
    contest: str,
    why: str,
    accept: tuple[str, ...],
    how: dict[str, Any],
    as_json: bool,
    **figures: Any,
) -> None:
    """Record that the returning officer announced a result again.

    Both announcements stand, each from its own time. If only our record was wrong, use
    `seatledger correct`.

    \b
    Example:
      seatledger redeclare whitechapel --from second.json --declared-at 05:10 \\
          --why "figures read out wrongly" --source "returning officer"
    """
    form = result_from(contest, **figures)
    ledger = open_ledger()

    def record(accept: tuple[str, ...]) -> Receipt:
        return ledger.write(
            lambda desk: desk.redeclare(contest, form, why=why), accept=accept, **how
        )

    tell_decided(ledger, record, accept, dry_run=how["dry_run"], as_json=as_json)
