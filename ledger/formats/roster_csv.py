"""`roster-csv`: one seat a row, `ward,councillor,party,up` and, where given, `code`, `term_ends`.

An empty councillor and party is a vacant seat; a party without a councillor is a holder
whose name is not known. `up` says whether the seat is contested next, `term_ends` the year
in which it is. The council's slug and name are not in the file; they are given beside it.
"""

from __future__ import annotations

from ledger.formats.reading import Batch, Options, Problems, Row, csv_rows, header_of, need
from ledger.forms import CouncilForm, fill

NAME = "roster-csv"
COLUMNS = ("ward", "councillor", "party")


def recognise(header: list[str], text: str) -> bool:
    """Councillors and their wards."""
    del text
    return {"ward", "councillor"} <= set(header)


def read(text: str, file: str, options: Options) -> Batch:
    """The council's register."""
    problems = Problems(file)
    need(header_of(text), COLUMNS, problems)
    for name in ("council", "name"):
        if not getattr(options, name):
            what = "a roster does not say which council it is of"
            problems.add(None, name, None, "missing", what, f"give --{name}")
    wards: dict[str, list[Row]] = {}
    for row in csv_rows(text, problems):
        ward = row.name("ward")
        if ward is not None:
            wards.setdefault(ward, []).append(row)
    data = {
        "council": options.council,
        "name": options.name,
        "timezone": options.timezone or "Europe/London",
        "wards": [
            {
                "name": ward,
                "code": rows[0].get("code") or None,
                "seats": [_seat(row, problems) for row in rows],
            }
            for ward, rows in wards.items()
        ],
    }
    problems.refuse()
    return Batch(file, councils=(fill(CouncilForm, data, file),))


def _seat(row: Row, problems: Problems) -> dict[str, object]:
    holder = row.name("councillor", required=False)
    party = row.name("party", required=False)
    if holder and not party:
        what = f"{holder} has no party"
        problems.add(row.line, "party", None, "missing", what, "write Independent if so")
    return {
        "holder": holder,
        "party": party,
        "up": row.mark("up") or False,
        "term_ends": row.number("term_ends", required=False),
    }
