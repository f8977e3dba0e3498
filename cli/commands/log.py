"""`log`: every entry in order, and what is recorded later."""

from __future__ import annotations

import select
import sys
import time
from itertools import chain
from typing import TYPE_CHECKING

import click

from cli.naming import completed
from cli.options import ledger_option, open_ledger, output_options, viewpoint_options
from cli.output import (
    aligned,
    columns_of,
    put_csv,
    put_json,
    put_json_line,
    safe,
    signed,
    table,
)
from cli.told import describe
from ledger.times import local

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ledger.book import Ledger
    from ledger.events import Entry, Viewpoint
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
@click.option("--follow", "-f", is_flag=True, help="Then go on with what is recorded, as it comes.")
@viewpoint_options
@output_options
@ledger_option
def command(
    council: str | None,
    contest: str | None,
    by: str | None,
    kind: str | None,
    follow: bool,
    seen: Viewpoint,
    as_json: bool,
    as_csv: bool,
) -> None:
    """List every entry: what, when (in the hall and here), by whom, from what source.

    With --follow it goes on until it is stopped (Ctrl-C) or nobody reads it any more; --json
    is then one object a line.

    \b
    Examples:
      seatledger log
      seatledger log --contest sholing
      seatledger log --kind result-corrected --json
      seatledger log --follow --kind result-corrected
    """
    from projections.history import history, tail

    def wanted(line: LogLine) -> bool:
        return by in (None, line.entry.event.by) and kind in (None, line.kind)

    ledger = open_ledger()
    if follow:
        if seen.known_at is not None or seen.entry is not None:
            raise click.UsageError("--follow goes on with what is recorded later; --known-at,"
                                   " --as-of and --entry end before that.")  # fmt: skip
        first, later = tail(ledger, _recorded_later(ledger), council, seen, contest=contest)
        try:
            _go_on(list(filter(wanted, first)), filter(wanted, later), seen, as_json, as_csv)
        except KeyboardInterrupt:  # how one stops it
            return
        return
    lines = list(filter(wanted, history(ledger, council, seen, contest=contest)))
    if as_json:
        put_json([line.as_json() | seen.named for line in lines])
    elif as_csv:
        put_csv(_COLUMNS, map(_row, lines))
    else:
        click.echo(table(_HEADS, [_shown(line) for line in lines], right="Entry"))


POLL = 0.5  # seconds between two looks at the log


def _recorded_later(ledger: Ledger) -> Callable[[int], Iterator[Entry]]:
    """What is recorded after so many entries, for ever. Numbers are dense and given in the
    order of the commits, so whoever reads on after the last one misses nothing."""

    def more(after: int) -> Iterator[Entry]:
        while True:
            for entry in ledger.entries(after=after):
                yield entry
                after = entry.number
            _wait(POLL)

    return more


def _wait(seconds: float) -> None:
    """Wait; raises BrokenPipeError once nobody reads what is printed, which a pipe would else
    tell only at the next line."""
    try:
        reader = select.poll()
        reader.register(sys.stdout.fileno(), 0)
    except (AttributeError, OSError, ValueError):  # no such call here, or no such stream
        time.sleep(seconds)
        return
    if reader.poll(seconds * 1000):
        raise BrokenPipeError


def _go_on(
    first: list[LogLine], later: Iterator[LogLine], seen: Viewpoint, as_json: bool, as_csv: bool
) -> None:
    """The lines there are, then each as it comes."""
    if as_csv:
        put_csv(_COLUMNS, map(_row, _at_once(first, later)))
    elif as_json:
        for line in _at_once(first, later):
            put_json_line(line.as_json() | seen.named)
    else:
        shown = [_shown(line) for line in first]
        widths = columns_of([_HEADS, *shown])
        click.echo(table(_HEADS, shown, right="Entry"))
        for line in _at_once(later):
            click.echo(aligned(_shown(line), _HEADS, widths, right="Entry"))


def _at_once(*lines: Iterable[LogLine]) -> Iterator[LogLine]:
    """The same lines; each is out before the next is asked for."""
    sys.stdout.flush()
    for line in chain.from_iterable(lines):
        yield line
        sys.stdout.flush()


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
