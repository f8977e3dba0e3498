"""`show ENTRY`: one entry whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.options import json_option, ledger_option, open_ledger
from cli.output import figure, party, put_json, safe, styled, table
from cli.told import consequences, describe
from ledger.times import local

if TYPE_CHECKING:
    from ledger.facts import CouncilRegistered
    from projections.history import LogLine


@click.command("show")
@click.argument("entry", type=int)
@json_option
@ledger_option
def command(entry: int, as_json: bool) -> None:
    """Show one entry whole, with what it changed.

    \b
    Example:
      seatledger show 34
    """
    from projections.history import history

    ledger = open_ledger()
    wanted = ledger.entry(entry)
    lines = list(history(ledger, wanted.council))
    line = next(line for line in lines if line.entry.number == entry)
    if as_json:
        put_json(line.as_json())
    else:
        click.echo(_shown(line, [later for later in lines if later.target == entry]))


_ABOUT = {"entry-withdrawn": "takes back"}


def _shown(line: LogLine, later: list[LogLine]) -> str:
    from ledger.facts import ContestOpened, CouncilRegistered, DiscrepancyNoted, Result

    event, told = line.entry.event, line.as_json()
    recorded, hall = (local(m, line.timezone) for m in (event.recorded_at, event.effective_at))
    facts = [
        ("recorded", f"{recorded:%Y-%m-%d %H:%M:%S %Z}, by {safe(event.by)}"),
        ("in the hall", f"{hall:%Y-%m-%d %H:%M:%S %Z}"),
        ("source", safe(event.source)),
        *[(name, safe(str(told[name]))) for name in ("reason", "cause", "key") if told[name]],
        *[("told", safe(str(change))) for change in line.told],
        *([("accepted", ", ".join(told["accepted"]))] if told["accepted"] else []),
        *([(_ABOUT.get(line.kind, "replaces"), f"entry {line.target}")] if line.target else []),
        *[("later", f"{one.kind.replace('-', ' ')} in entry {one.entry.number}") for one in later],
        ("digest", line.entry.digest),
        ("previous", event.previous or "none: the first of its stream"),
    ]
    lines = [styled(f"Entry {line.entry.number}: {describe(line)}", bold=True)]
    lines += [f"  {name:<12} {value}" for name, value in facts]
    fact = line.entry.fact
    if isinstance(fact, Result):
        rows = [
            (
                f"{party(c.party.group)} {safe(c.name)}",
                figure(c.votes),
                "elected" if c.elected else "",
            )
            for c in fact.ranked
        ]
        lines += ["", table(("Candidate", "Votes", ""), rows, right="Votes")]
        papers = ("rejected", "ballot_papers", "electorate")
        lines += [f"  {n.replace('_', ' '):<14}{getattr(fact, n):,}" for n in papers
                  if getattr(fact, n) is not None]  # fmt: skip
    about = line.entry.about
    if isinstance(about, DiscrepancyNoted) and about.votes:
        noted = [(safe(name), f"{votes:,}") for name, votes in about.votes.items()]
        lines += ["", table(("By the papers", "Votes"), noted, right="Votes")]
    if isinstance(fact, ContestOpened):
        lines += ["", f"  seats up: {', '.join(fact.seats)}"]
        lines += [f"  {party(c.party.group)} {safe(c.name)}" for c in fact.candidates]
    if isinstance(fact, CouncilRegistered):
        lines += ["", table(("Ward", "Seat", "Holder", "Party", ""), _seats(fact))]
    return "\n".join([*lines, "", *[f"  {text}" for text in consequences(line)]])


def _seats(fact: CouncilRegistered) -> list[tuple[str, ...]]:
    return [
        (
            safe(ward.name),
            seat_id,
            safe(seat.holder or ""),
            party(seat.party.group if seat.party else None),
            "up" if seat.up else "",
        )
        for ward in fact.wards
        for seat_id, seat in zip(ward.seat_ids, ward.seats, strict=True)
    ]
