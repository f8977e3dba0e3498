"""`alias NAME`: another name of a candidate, a party or a ward."""

from __future__ import annotations

from typing import Any

import click

from cli.naming import completed
from cli.options import ALIKE, ledger_option, write_options
from cli.told import record


@click.command("alias")
@click.argument("name")
@click.option("--means", required=True, metavar="NAME", help="The name the ledger knows.")
@click.option("--of", type=click.Choice(ALIKE), default="candidate", help="What is so called.")
@click.option(
    "--council", metavar="SLUG", help="Whose; needed where the ledger holds several.",
    shell_complete=completed("council"),
)  # fmt: skip
@write_options
@ledger_option
def command(
    name: str, means: str, of: Any, council: str | None, how: dict[str, Any], as_json: bool
) -> None:
    """Confirm that a name is another one's of the same candidate, party or ward.

    It is remembered for the council, and holds for whatever is typed or loaded from then
    on; a real name still comes first. `seatledger withdraw ENTRY` takes it back.

    \b
    Examples:
      seatledger alias "Dan Jeffery" --means "Daniel Jeffery" --source "agent, by phone"
      seatledger alias "Anytown Labour" --of party --means Labour --source "ballot paper"
      seatledger alias "Bargate & St Marys" --of ward --means Bargate --source "desk sheet"
    """
    record(lambda desk: desk.alias(name, means=means, of=of, council=council), how, as_json=as_json)
