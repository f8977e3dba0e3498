"""`notional-csv`: whose the seats of a night notionally are, `contest,party,seats` a row.

A contest is its ballot paper id or, when that is clear, its ward; it has a row for each party
with a seat, and the seats of its rows add up to the seats up. Read by `notional` and `load`.
"""

from __future__ import annotations

from ledger.formats.reading import Batch, Options, Problems, csv_rows, header_of, need
from ledger.forms import NotionalForm, made

NAME = "notional-csv"
COLUMNS = ("contest", "party", "seats")


def recognise(header: list[str], text: str) -> bool:
    """Contests and how many seats each party has in them."""
    del text
    return set(COLUMNS) <= set(header)


def read(text: str, file: str, options: Options) -> Batch:
    """The seats of each contest by party."""
    del options
    problems = Problems(file)
    need(header_of(text), COLUMNS, problems)
    seats: dict[str, dict[str, int]] = {}
    lines: dict[str, int] = {}
    for row in csv_rows(text, problems):
        contest, party, number = row.name("contest"), row.name("party"), row.number("seats")
        if contest is None or party is None or number is None:
            continue
        lines.setdefault(contest, row.line)
        parties = seats.setdefault(contest, {})
        if party in parties:
            what = f"{party} has a row in {contest} already"
            problems.add(row.line, "party", party, "party-twice", what)
        parties[party] = number
    problems.refuse()
    results = tuple(made(NotionalForm, contest=one, seats=seats[one]) for one in seats)
    return Batch(file, results=results, lines=tuple(lines.values()))
