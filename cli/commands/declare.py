"""`declare CONTEST`: one result."""

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


@click.command("declare")
@contest_argument
@result_options
@accept_option
@write_options
@ledger_option
def command(
    contest: str,
    accept: tuple[str, ...],
    how: dict[str, Any],
    as_json: bool,
    **figures: Any,
) -> None:
    """Record one result as the returning officer announced it.

    CONTEST is a ballot paper id, or a ward's name where one contest is meant. The
    elected follow from the votes; a tie for the last seat waits for its --lot. Where the
    votes are not known say who was elected, and nothing else is made up.

    \b
    Examples:
      seatledger declare coxford --votes "Tammy Thomas=1317" --votes "Sally Spicer=924" … \\
          --declared-at 02:15 --source "count floor, phone"
      seatledger declare coxford --from result.json --dry-run
      seatledger declare coxford.by --elected "Matthew Renyard (Labour)" --source "council site"
      seatledger declare nonsuch --lot "Rob Beck" --source "returning officer"
    """
    form = result_from(contest, **figures)
    ledger = open_ledger()

    def record(accept: tuple[str, ...]) -> Receipt:
        return ledger.declare(contest, form=form, accept=accept, **how)

    tell_decided(ledger, record, accept, dry_run=how["dry_run"], as_json=as_json)
