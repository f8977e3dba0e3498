"""`when CONDITION`: when something was so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.naming import council_argument
from cli.options import ledger_option, open_ledger, output_options, viewpoint_options
from cli.output import duration, put_csv, put_json, safe, styled, table
from ledger.times import local

if TYPE_CHECKING:
    from ledger.events import Viewpoint
    from projections.when import Edge, Held, Interval


@click.command("when")
@click.argument("condition")
@council_argument
@click.option(
    "--clock", type=click.Choice(["hall", "ledger"]), default="hall",
    help="hall: when it was so, with what is known now. ledger: when the board showed it.",
)  # fmt: skip
@viewpoint_options
@output_options
@ledger_option
def command(
    condition: str,
    council: str | None,
    clock: Any,
    seen: Viewpoint,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Show every interval in which a condition on the board held.

    A condition compares a party's seats (by code or name), `vacant` seats or contests
    `declared` with a number by >= <= > < = or !=; or says who is in `control` (= or != a
    party or NOC); or that control is `certain`. They join with and, or, not and brackets.
    Put it in quotes: to a shell a bare > is a file.

    An interval begins with an entry and ends just before another. Before the council was
    registered nothing is known. While seats of parties not known could give somebody a
    majority, neither "control = X" nor "control != X" holds.

    \b
    Examples:
      seatledger when "LAB >= 25"
      seatledger when "control = NOC" --clock ledger
      seatledger when "control = LAB and not certain" --json
      seatledger when certain
    \b
    JSON (a list where several councils are asked for):
      council name viewpoint   as in `seats`
      condition    as it was understood
      clock        hall or ledger
      since        {at entry}: the council's register; before it nothing is known
      holds        whether it holds at the viewpoint
      intervals    [{from from_entry until until_entry}]: it held from `from` up to, but not
                   at, `until`; null: it still holds at the viewpoint
    """
    from projections.when import when, whens

    ledger = open_ledger()
    many = council is None and len(ledger.councils()) > 1
    if many:
        found = whens(ledger, condition, seen, clock=clock)
    else:
        found = [when(ledger, condition, council, seen, clock=clock)]
    if as_json:
        shapes = [one.as_json() | seen.named for one in found]
        put_json(shapes if many else shapes[0])
    elif as_csv:
        put_csv(_COLUMNS, [row for one in found for row in _rows(one)])
    else:
        click.echo("\n\n".join(_shown(one) for one in found))


_COLUMNS = ("council", "condition", "clock", "from", "from_entry", "until", "until_entry")


def _rows(found: Held) -> list[tuple[object, ...]]:
    lead = (found.council.council, found.condition.text, found.clock)
    return [(*lead, *one.as_json().values()) for one in found.intervals]


def _shown(found: Held) -> str:
    lead = f"{safe(found.council.name)}: {safe(found.condition.text)}"
    lines = [styled(lead, bold=True), _covered(found), ""]
    rows = [_row(one) for one in found.intervals]
    lines.append(table(("From", "With", "Until", "With", "For"), rows) if rows else "never")
    return "\n".join(lines)


def _covered(found: Held) -> str:
    """On which clock it was looked at, from when to when, and with what known."""
    seen, zone = found.seen, found.council.timezone
    clock = "in the hall" if found.clock == "hall" else "on the ledger's clock"
    parts = [f"{clock} since {found.since.at:%-d %B %Y} (its register)"]
    if seen.at is not None:
        upto = f"{local(seen.at, zone):%H:%M %Z, %-d %B %Y}"
        parts.append(f"up to {upto}" if found.clock == "hall" else f"the board of {upto}")
    if seen.known_at is not None:
        parts.append(f"as known at {local(seen.known_at, zone):%H:%M %Z, %-d %B %Y}")
    return ", ".join([*parts, f"from {seen.entry} entries"])


def _row(one: Interval) -> tuple[str, ...]:
    began, ended = one.began, one.ended
    if ended is None:
        return (_moment(began), _with(began), "it still holds", "", "")
    lasted = duration(ended.at - began.at) if ended.at > began.at else "no time"
    return (_moment(began), _with(began), _moment(ended), _with(ended), lasted)


def _moment(edge: Edge) -> str:
    return f"{edge.at:%Y-%m-%d %H:%M %Z}"


def _with(edge: Edge) -> str:
    where = safe(edge.ward_name or "")
    return f"{edge.entry.number} {edge.entry.kind.replace('-', ' ')} {where}".rstrip()
