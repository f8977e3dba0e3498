"""`log`: every entry in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.options import (
    completed,
    ledger_option,
    open_ledger,
    output_options,
    viewpoint_options,
)
from cli.output import put_csv, put_json, safe, signed, table
from cli.told import describe
from ledger.times import local

if TYPE_CHECKING:
    from ledger.events import Viewpoint
    from projections.history import LogLine


# As in ledger.events, which the listing of help should not import; a test compares them.
KINDS = (
    "council-registered", "alias-confirmed", "contest-opened", "result-declared",
    "result-corrected", "result-redeclared", "lot-drawn", "elected-unopposed",
    "contest-countermanded", "result-overturned", "discrepancy-noted", "notional-stated",
    "seat-vacated", "seat-filled",
    "allegiance-changed", "fact-corrected", "entry-withdrawn",
)  # fmt: skip


@click.command("log")
@click.option("--council", metavar="SLUG", help="Only this council's entries.")
@click.option(
    "--contest", metavar="CONTEST", help="Only this contest's (id or ward).",
    shell_complete=completed("contest"),
)  # fmt: skip
@click.option("--by", metavar="NAME", help="Only what this person recorded.")
@click.option("--kind", type=click.Choice(KINDS), help="Only this kind of entry.")
@viewpoint_options
@output_options
@ledger_option
def command(
    council: str | None,
    contest: str | None,
    by: str | None,
    kind: str | None,
    seen: Viewpoint,
    as_json: bool,
    as_csv: bool,
) -> None:
    """List every entry: what, when (in the hall and here), by whom, from what source.

    \b
    Examples:
      seatledger log
      seatledger log --contest sholing
      seatledger log --kind result-corrected --json
    """
    from projections.history import history

    lines = [
        line
        for line in history(open_ledger(), council, seen, contest=contest)
        if (by is None or line.entry.event.by == by) and (kind is None or line.kind == kind)
    ]
    if as_json:
        put_json([line.as_json() | seen.named for line in lines])
    elif as_csv:
        put_csv(_COLUMNS, [_row(line) for line in lines])
    else:
        click.echo(table(_HEADS, [_shown(line) for line in lines], right="Entry"))


_HEADS = ("Entry", "Recorded", "In the hall", "What", "Seats", "By", "Source")
_COLUMNS = (
    *("entry", "recorded_at", "kind", "council", "ward", "contest", "effective_at", "by", "source"),
    *("reason", "cause", "key", "target", "accepted", "effect", "seats", "told"),
)


def _row(line: LogLine) -> list[object]:
    told = line.as_json()
    effect = told.pop("effect")
    told["accepted"] = " ".join(told["accepted"])
    seats = " ".join(f"{code}={change:+d}" for code, change in effect["seats"].items())
    changes = "; ".join(map(str, line.told))
    return [*(told[name] for name in _COLUMNS[:14]), effect["class"], seats, changes]


def _shown(line: LogLine) -> tuple[str, ...]:
    event = line.entry.event
    recorded, hall = (local(m, line.timezone) for m in (event.recorded_at, event.effective_at))
    changed = "" if line.kind == "council-registered" else _moves(line.effect.seats)
    return (
        str(line.entry.number),
        f"{recorded:%Y-%m-%d %H:%M:%S %Z}",
        f"{hall:%Y-%m-%d %H:%M %Z}",
        describe(line, short=True),
        changed,
        safe(event.by),
        safe(event.source),
    )


def _moves(seats: dict[str, int]) -> str:
    return " ".join(f"{code}{signed(change)}" for code, change in seats.items())
