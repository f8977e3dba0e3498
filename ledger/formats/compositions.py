"""Published compositions: how many seats each party has on each council.

Two shapes, told apart by their header. `council,party,seats` has a row a party. The other
has a row a council: `council` (and `council_gss`, `opencouncildata_name`, `kind`,
`council_size_after` where given) and a column for each party and moment, `before_con` to
`after_other`; the parties are `con, lab, ld, green, ukip, pc, snp`, all others are `other`.
An empty cell is a gap, never a zero.
Source of the second: Local Elections Archive Project and Open Council Data UK, joined.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from ledger.formats.reading import (
    Problems,
    Row,
    csv_rows,
    decode,
    header_of,
    need,
    read_bytes,
)
from ledger.parties import resolve
from ledger.text import match_key

MOMENTS = ("before", "elected", "after")
COLUMNS = {"con": "CON", "lab": "LAB", "ld": "LD", "green": "GRN", "ukip": "UKIP", "pc": "PC",
           "snp": "SNP", "other": None}  # fmt: skip
OTHER = "other"  # stands for every party without a column of its own
PLAIN = ("council", "party", "seats")
Seats = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Composition:
    """What is published of one council, by group; a moment that is not told is None.

    `grouped`: parties without a column of their own are counted as `other`.
    """

    council: str
    names: tuple[str, ...]
    code: str | None
    size: int | None
    seats: Mapping[str, Seats | None]
    grouped: bool
    line: int


def holds_compositions(path: str) -> bool:
    """Whether the file's header is one of compositions. Raises CannotRead."""
    # A workbook, or a file that is no UTF-8, is told by whatever else reads it.
    header = header_of(read_bytes(path).decode("utf-8-sig", errors="replace"))
    return set(PLAIN) <= set(header) or {"council", "after_con", "after_other"} <= set(header)


def read_compositions(path: str) -> list[Composition]:
    """Every council of the file. Raises CannotRead, FileRefused."""
    text = decode(read_bytes(path), path)
    problems = Problems(path)
    header = header_of(text)
    plain = set(PLAIN) <= set(header)
    need(header, PLAIN if plain else ("council", "after_con", "after_other"), problems)
    rows = csv_rows(text, problems)
    found = _plain(rows, problems) if plain else [_wide(row) for row in rows]
    seen: set[str] = set()
    for one in found:
        if match_key(one.council) in seen:
            problems.add(one.line, "council", one.council, "council-twice", "it has two rows")
        seen.add(match_key(one.council))
    problems.refuse()
    return found


def by_any_name(compositions: list[Composition]) -> dict[str, Composition]:
    """The compositions by each name and code of their council."""
    return {match_key(name): one for one in compositions for name in _keys(one)}


def _keys(one: Composition) -> tuple[str, ...]:
    return (*one.names, *([one.code] if one.code else ()))


def _plain(rows: list[Row], problems: Problems) -> list[Composition]:
    councils: dict[str, list[Row]] = {}
    for row in rows:
        name = row.name("council")
        if name is not None:
            councils.setdefault(name, []).append(row)
    return [_of_parties(name, mine, problems) for name, mine in councils.items()]


def _of_parties(name: str, rows: list[Row], problems: Problems) -> Composition:
    seats: Counter[str] = Counter()
    seen: set[str] = set()
    for row in rows:
        party, number = row.name("party"), row.number("seats")
        if party is None or number is None:
            continue
        vacant = match_key(party) in ("vacant", "vacancy")
        if match_key(party) in seen:
            problems.add(row.line, "party", party, "party-twice", f"{name} has it twice")
        seen.add(match_key(party))
        seats["vacant" if vacant else resolve(party).group] += number
    return Composition(
        name, (name,), None, sum(seats.values()), {"after": dict(seats)},
        grouped=False, line=rows[0].line,
    )  # fmt: skip


def _wide(row: Row) -> Composition:
    name = row.name("council") or ""
    names = tuple(dict.fromkeys(n for n in (name, row.get("opencouncildata_name")) if n))
    return Composition(
        name,
        names,
        row.get("council_gss") or None,
        row.number("council_size_after", required=False),
        {moment: _moment(row, moment) for moment in MOMENTS},
        grouped=True,
        line=row.line,
    )


def _moment(row: Row, moment: str) -> Seats | None:
    """The seats by party at one moment; None where a figure is missing."""
    found = {
        code or OTHER: row.number(f"{moment}_{column}", required=False)
        for column, code in COLUMNS.items()
    }
    known = {code: number for code, number in found.items() if number is not None}
    return known if len(known) == len(found) else None
