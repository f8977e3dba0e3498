"""`corrections`: what was put right after it was recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.naming import council_argument
from cli.options import ledger_option, open_ledger, output_options, viewpoint_options
from cli.output import duration, put_csv, put_json, safe, signed, table
from ledger.times import local

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.events import Viewpoint
    from projections.compared import Difference
    from projections.corrections import Correction


@click.command("corrections")
@council_argument
@click.option("--sentences", "printed", is_flag=True, help="Print them as sentences, to publish.")
@viewpoint_options
@output_options
@ledger_option
def command(
    council: str | None,
    printed: bool,
    seen: Viewpoint,
    as_json: bool,
    as_csv: bool,
) -> None:
    """List every correction, redeclaration and withdrawal: what was wrong, why, for how long
    it stood, and what putting it right changed.

    "Stood" is the time from the record of what it replaces to its own. "Behind" is how long
    after it was so in the hall it was recorded. Orders of courts and discrepancies noted are
    not listed: see log --kind.

    \b
    Examples:
      seatledger corrections
      seatledger corrections --sentences          for the corrections column
      seatledger corrections --known-at 03:00 --csv
    \b
    JSON: a list of what `log --json` has, and
      ward_name, replaced (the entry), sentence
      delay     {stood behind_the_hall}, in seconds
      figures   [{field candidate old new}]
      elected, seats, control   each {before after}
    """
    from cli.sentences import sentences
    from projections.corrections import corrections

    if printed and (as_json or as_csv):
        raise click.UsageError("--sentences is an output of its own; --json has each sentence too.")
    ledger = open_ledger()
    found = list(corrections(ledger, council, seen))
    many = council is None and len(ledger.councils()) > 1
    if as_json:
        put_json([
            one.as_json() | {"sentence": sentences(one, council=many)} | seen.named
            for one in found
        ])  # fmt: skip
    elif as_csv:
        put_csv(_COLUMNS, [_row(one) for one in found])
    elif not found:
        click.echo("Nothing was corrected, announced again or withdrawn.")
    elif printed:
        click.echo("\n\n".join(sentences(one, council=many) for one in found))
    else:
        click.echo(_table(found))


_COLUMNS = (
    *("entry", "recorded_at", "effective_at", "kind", "council", "ward", "contest", "replaced"),
    *("cause", "reason", "source", "by", "accepted", "stood_seconds", "behind_seconds"),
    *("effect", "seats", "figures", "elected_before", "elected_after", "seats_before"),
    *("seats_after", "control_before", "control_after"),
)


def _row(one: Correction) -> list[object]:
    told = one.as_json()
    both = [(told[word]["before"], told[word]["after"]) for word in ("elected", "seats", "control")]
    elected, seats, control = both
    return [
        *(told[name] for name in _COLUMNS[:9]),
        told["reason"] or told["why"],
        *(told[name] for name in ("source", "by")),
        " ".join(told["accepted"]),
        told["delay"]["stood"],
        told["delay"]["behind_the_hall"],
        told["effect"]["class"],
        " ".join(f"{code}={change:+d}" for code, change in told["effect"]["seats"].items()),
        "; ".join(_changed(one)),
        *("; ".join(f"{c['name']} ({c['party']})" for c in some) for some in elected),
        *(" ".join(f"{code}={number}" for code, number in some.items()) for some in seats),
        *control,
    ]


_HEADS = ("Entry", "Of", "Recorded", "What", "Ward", "Cause", "Stood", "Behind", "Effect", "Seats",
          "By")  # fmt: skip


def _table(found: list[Correction]) -> str:
    """A row for each, and below it why, from what source, and what it changed."""
    head, *rows = table(_HEADS, [_cells(one) for one in found], right="Entry,Of").split("\n")
    lines = [head]
    for row, one in zip(rows, found, strict=True):
        lines += [row, *(f"       {text}" for text in _below(one))]
    return "\n".join(lines)


def _cells(one: Correction) -> tuple[str, ...]:
    event, line = one.entry.event, one.line
    return (
        str(one.entry.number),
        str(one.replaced.number),
        f"{local(event.recorded_at, line.timezone):%Y-%m-%d %H:%M:%S %Z}",
        line.kind.replace("-", " "),
        safe(one.ward_name or one.council.name),
        getattr(one.entry.fact, "cause", ""),
        duration(one.stood),
        duration(one.behind),
        line.effect.kind,
        " ".join(f"{code}{signed(change)}" for code, change in line.effect.seats.items()),
        safe(event.by),
    )


def _below(one: Correction) -> list[str]:
    fact: Any = one.entry.fact
    texts = (
        ("reason", getattr(fact, "why", None) or fact.reason),
        ("source", one.entry.event.source),
        ("accepted", ", ".join(one.entry.event.accepted)),
        ("changed", "; ".join(_changed(one))),
        ("told", "; ".join(map(str, one.line.told))),
    )
    return [f"{word:<9}{safe(text)}" for word, text in texts if text]


def _changed(one: Correction) -> Iterator[str]:
    """What differs: who was elected, then the figures."""
    new, old = (", ".join(c.name for c in some) for some in one.elected)
    figures = [figure for figure in one.figures() if figure.field not in ("elected", "result")]
    if new or old:
        yield f"elected {old or 'nobody'} → {new or 'nobody'}"
    yield from (_figure(figure) for figure in figures)
    if one.line.moved_from:
        hours = (one.line.moved_from, one.entry.event.effective_at)
        was, now = (f"{local(hour, one.line.timezone):%Y-%m-%d %H:%M %Z}" for hour in hours)
        yield f"declared at {was} → {now}"


def _figure(one: Difference) -> str:
    whose = f" of {one.candidate}" if one.candidate else ""
    old, new = (_value(value) for value in (one.old, one.new))
    return f"{one.field.replace('_', ' ')}{whose} {old} → {new}"


def _value(value: object) -> str:
    if value is None:
        return "none"
    return f"{value:,}" if isinstance(value, int) else str(value)
