"""`open FILE`: the contests of a night."""

from __future__ import annotations

from typing import Any

import click

from cli.options import ledger_option, open_ledger, write_options
from cli.told import tell_many


@click.command("open")
@click.argument("file")
@click.option("--council", metavar="SLUG", help="The council, where the file does not say.")
@click.option("--poll-date", metavar="DAY", help="The day of the poll (CSV): 2024-05-02.")
@write_options
@ledger_option
def command(
    file: str,
    council: str | None,
    poll_date: str | None,
    how: dict[str, Any],
    as_json: bool,
) -> None:
    """Open the contests of a night: poll date, seats up, candidates.

    FILE is JSON, or a CSV with a candidate a row: ward,candidate,party (and, where it
    is not clear, seats_up or seats). A by-election is JSON that says so for its ward
    ("by_election": true); it fills the ward's vacant seat. Polls close at 22:00 local
    unless the file says.

    \b
    Examples:
      seatledger open night.json
      seatledger open nominations.csv --poll-date 2024-05-02 --source "nominations"
    """
    from ledger.formats import Options, read_opening
    from ledger.loading import open_night

    batch = read_opening(file, Options(council=council, poll_date=poll_date))
    ledger = open_ledger()
    receipt = ledger.write(lambda desk: open_night(desk, batch, council), **how)
    tell_many(receipt, "contest(s) opened", as_json=as_json)
