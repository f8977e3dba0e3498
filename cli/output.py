"""What people and programs read: tables, JSON, CSV; glyphs and colour on a terminal."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import click

from ledger import parties
from ledger.text import safe

__all__ = [
    "Table", "aligned", "columns_of", "duration", "figure", "party", "put_csv", "put_json",
    "put_json_line", "safe", "signed", "styled", "table",
]  # fmt: skip


def plain() -> bool:
    """Whether to print without colour (https://no-color.org, or not to a terminal)."""
    return bool(os.environ.get("NO_COLOR")) or not sys.stdout.isatty()


def styled(text: str, **style: Any) -> str:
    """Text with colour, where colour is wanted."""
    return text if plain() else click.style(text, **style)


def party(code: str | None, *, name: bool = False) -> str:
    """A party as people read it: its glyph (never colour alone) and its code or name."""
    if code is None:
        return "· vacant"
    label = parties.name(code) if name else code
    shade = parties.colour(code).lstrip("#")
    rgb = tuple(int(shade[place : place + 2], 16) for place in (0, 2, 4))
    return f"{styled(parties.glyph(code), fg=rgb)} {safe(label)}"


def figure(number: int | None) -> str:
    """A figure with its thousands apart; one that is not known says so."""
    return "not known" if number is None else f"{number:,}"


def signed(change: int) -> str:
    """+1, −1 (with a real minus), or a dash."""
    return "–" if change == 0 else f"{change:+d}".replace("-", "−")


def duration(time: timedelta) -> str:
    """A length of time as people say it, in its two largest units: `21 min`, `3 h 20 min`."""
    seconds = int(time.total_seconds())
    parts = [("d", seconds // 86_400), ("h", seconds // 3600 % 24),
             ("min", seconds // 60 % 60), ("s", seconds % 60)]  # fmt: skip
    first = next((place for place, (_, number) in enumerate(parts) if number), 3)
    told = [f"{number} {unit}" for unit, number in parts[first : first + 2] if number]
    return " ".join(told) or "0 s"


def put_json(value: Any) -> None:
    """JSON to stdout: one line for programs, escapes where the terminal has no Unicode."""
    narrow = "utf" not in (sys.stdout.encoding or "").lower()
    click.echo(json.dumps(value, ensure_ascii=narrow, indent=2 if sys.stdout.isatty() else None))


def put_json_line(value: Any) -> None:
    """One line of NDJSON to stdout, whatever the terminal."""
    narrow = "utf" not in (sys.stdout.encoding or "").lower()
    click.echo(json.dumps(value, ensure_ascii=narrow))


def put_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """CSV to stdout, RFC 4180 with a header."""
    import csv

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(["" if cell is None else cell for cell in row] for row in rows)


Table = tuple[Sequence[str], list[Sequence[str]]]


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], right: str = "") -> str:
    """Aligned columns; those whose heading is in `right` (comma-separated) to the right."""
    widths = columns_of([columns, *rows])
    head = styled(aligned(columns, columns, widths, right), bold=True)
    return "\n".join([head, *(aligned(row, columns, widths, right) for row in rows)])


def columns_of(rows: Sequence[Sequence[str]]) -> list[int]:
    """How wide each column of these rows is."""
    return [max(map(width, cells)) for cells in zip(*rows, strict=True)]


def aligned(
    row: Sequence[str], columns: Sequence[str], widths: Sequence[int], right: str = ""
) -> str:
    """One row of a table whose columns are so wide; a wider cell pushes the rest on."""
    to_right = {name.strip() for name in right.split(",")}
    cells = zip(row, columns, widths, strict=True)
    parts = [_pad(cell, wide, to_right=name in to_right) for cell, name, wide in cells]
    return "  ".join(parts).rstrip()


def width(text: str) -> int:
    """Columns a text takes on a terminal: colours none, wide characters two."""
    bare = click.unstyle(text)
    if bare.isascii():
        return len(bare)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in bare
    )


def _pad(text: str, wide: int, *, to_right: bool) -> str:
    gap = " " * (wide - width(text))
    return gap + text if to_right else text + gap


def seats_line(counts: Mapping[str, int]) -> str:
    """`● LAB 25  ■ CON 19  ○ IND 4`, most seats first."""
    return "  ".join(f"{party(code)} {number}" for code, number in counts.items())


def hemicycle(counts: Mapping[str, int], vacant: int, size: int) -> str:
    """A line of one glyph a seat with a bar where a majority begins; empty if too long."""
    if size > 100:  # noqa: PLR2004 - wider than a terminal
        return ""
    glyphs = [party(code).split(" ")[0] for code, number in counts.items() for _ in range(number)]
    glyphs += ["·"] * vacant
    half = size // 2
    return "".join(glyphs[:half]) + styled("|", bold=True) + "".join(glyphs[half:])
