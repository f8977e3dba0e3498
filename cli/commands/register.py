"""`register FILE`: a council."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.options import ledger_option, write_options, write_or_begin
from cli.told import tell

if TYPE_CHECKING:
    from ledger import Ledger, Receipt


@click.command("register")
@click.argument("file")
@click.option("--council", metavar="SLUG", help="The council's slug (CSV rosters).")
@click.option("--name", metavar="NAME", help="The council's name (CSV rosters).")
@click.option("--timezone", metavar="ZONE", help="Its time zone; default Europe/London.")
@click.option("--since", metavar="T", help="From when the holders are right: a day or a time.")
@click.option(
    "--review",
    is_flag=True,
    help="The wards and seats it has from --since on, after a boundary review.",
)
@write_options
@ledger_option
def command(
    file: str,
    council: str | None,
    name: str | None,
    timezone: str | None,
    since: str | None,
    review: bool,
    how: dict[str, Any],
    as_json: bool,
) -> None:
    """Register a council: size, wards, seats, who holds them.

    FILE is JSON, or a CSV roster with a seat a row: ward,councillor,party,up. A seat
    without councillor and party is vacant; `up` says whether it is contested next.

    \b
    Examples:
      seatledger register southampton.json
      seatledger register roster.csv --council anytown --name "Anytown Council" \\
          --since 2023-05-05 --source "council website, 2 May 2024"
      seatledger register new-wards.json --review --since 2023-05-04 --source "SI 2022/1234"
    """
    from ledger.formats import Options, read_council

    form = read_council(file, Options(council=council, name=name, timezone=timezone))

    def write(ledger: Ledger, dry_run: bool) -> Receipt:
        return ledger.register(form, since=since, review=review, **(how | {"dry_run": dry_run}))

    ledger, receipt = write_or_begin(write, dry_run=how["dry_run"])
    tell(ledger, receipt, as_json=as_json)
