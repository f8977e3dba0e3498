"""`contests`: every contest of the night."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.naming import council_argument
from cli.options import ledger_option, open_ledger, output_options, viewpoint_options
from cli.output import figure, party, put_csv, put_json, safe, table
from cli.told import result_of

if TYPE_CHECKING:
    from ledger.events import Viewpoint
    from projections.contests import ContestLine


@click.command("contests")
@council_argument
@viewpoint_options
@output_options
@ledger_option
def command(
    council: str | None,
    seen: Viewpoint,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Show every contest of the night: status, winner, hold or gain, majority, turnout.

    An asterisk marks a result that was corrected; `seatledger log --contest` tells how.
    Below the table stands what else was said of a contest: announced again, figures known
    to be wrong, a court's order.

    \b
    Examples:
      seatledger contests
      seatledger contests --at 02:15 --csv
    """
    from projections.contests import contests

    lines = contests(open_ledger(), council, seen)
    if as_json:
        put_json([line.as_json() | seen.named for line in lines])
    elif as_csv:
        put_csv(_COLUMNS, [row for line in lines for row in _rows(line)])
    elif not lines:
        click.echo("No contest has been opened.")
    else:
        rows = [row for line in lines for row in _shown(line)]
        click.echo(table(_HEADS, rows, right="Votes,Majority,Turnout"))
        if below := _below(lines):
            click.echo(f"\n{below}")


_COLUMNS = ("contest", "ward", "status", "declared_at", "version", "corrected", "seat", "elected",
            "party", "votes", "result", "from", "majority_votes", "turnout")  # fmt: skip
_HEADS = ("Ward", "Status", "Time", "Elected", "Votes", "Result", "Majority", "Turnout")


def _below(lines: list[ContestLine]) -> str:
    """What stands below the table."""
    told = ["* corrected; `seatledger log --kind result-corrected` tells why"]
    texts = told if any(line.corrected for line in lines) else []
    return "\n".join([*texts, *(text for line in lines for text in _remarks(line))])


def _remarks(line: ContestLine) -> list[str]:
    ward = safe(line.ward_name)
    return [f"{ward}: {kind.replace('-', ' ')}, entry {entry}" for kind, entry in line.remarks]


def _rows(line: ContestLine) -> list[tuple[object, ...]]:
    told = line.as_json()
    head = [told[name] for name in ("contest", "ward", "status", "declared_at", "version")]
    tail = (told["majority_votes"], told["turnout"])
    won = told["elected"] or [dict.fromkeys(("seat", "name", "party", "votes", "result", "from"))]
    names = ("seat", "name", "party", "votes", "result", "from")
    return [(*head, line.corrected, *(one[name] for name in names), *tail) for one in won]


def _shown(line: ContestLine) -> list[tuple[str, ...]]:
    name = safe(line.ward_name) + ("*" if line.corrected else "")
    time = f"{line.declared_at:%H:%M %Z}" if line.declared_at else ""
    majority = "" if line.majority_votes is None else f"{line.majority_votes:,}"
    turnout = "" if line.turnout is None else f"{line.turnout:.1%}"
    head, tail = (name, line.status, time), (majority, turnout)
    rows: list[tuple[str, ...]] = []
    for winner in line.winners:
        result = result_of(winner.before, winner.new.group)
        who = f"{party(winner.new.group)} {safe(winner.new.holder or '')}"
        votes = figure(winner.votes) if line.result else ""  # none are cast without a poll
        rows.append((who, votes, result))
    if line.tied:
        who = " or ".join(f"{party(c.party.group)} {safe(c.name)}" for c in line.tied)
        rows.append((who, figure(line.tied[0].votes), "waits for its lot"))
    first, *others = rows or [("", "", "")]
    return [(*head, *first, *tail), *(("", "", "", *row, "", "") for row in others)]
