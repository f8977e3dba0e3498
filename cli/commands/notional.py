"""`notional FILE`: whose the seats of a night notionally are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.options import amend_options, ledger_option, open_ledger, write_options
from cli.told import record, tell_many

if TYPE_CHECKING:
    from ledger.befalling import Instead


@click.command("notional")
@click.argument("file")
@amend_options
@write_options
@ledger_option
def command(file: str, instead: Instead | None, how: dict[str, Any], as_json: bool) -> None:
    """Record a notional result of each contest: who would have won its seats last time.

    Where boundaries have changed since, somebody works out who would have won on the new
    ones; `--baseline notional` counts change against that. It says nothing of who holds a
    seat. FILE is a CSV: contest,party,seats; the seats of a contest add up to its seats up.
    It is taken whole or not at all; what is stated last of a contest counts.

    \b
    Examples:
      seatledger notional notional.csv --source "Rallings and Thrasher"
      seatledger seats --baseline notional
    """
    from ledger.formats import read_file
    from ledger.forms import NotionalForm

    batch = read_file(file, format_="notional-csv")
    if instead is None:
        receipt = open_ledger().load(batch, **how)
        tell_many(receipt, "notional result(s)", as_json=as_json)
        return
    notionals = [said for said in batch.results if isinstance(said, NotionalForm)]
    if len(notionals) > 1:
        raise click.UsageError("--replaces corrects one contest's; give a file of that one.")
    (one,) = notionals
    record(
        lambda desk: desk.notional(one.contest, seats=one.seats, instead=instead),
        how,
        as_json=as_json,
    )
