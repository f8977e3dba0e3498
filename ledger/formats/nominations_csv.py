"""`nominations-csv`: the candidates of a night, `ward,candidate,party` a row.

Read where given: `seats_up` (a number), `seats` (ids with spaces between them),
`ballot_paper_id`, `person_id`. The day of the poll is given beside the file.
"""

from __future__ import annotations

from ledger.formats.reading import Batch, Options, Problems, Row, csv_rows, header_of, need
from ledger.forms import NightForm, fill

NAME = "nominations-csv"
COLUMNS = ("ward", "candidate", "party")


def recognise(header: list[str], text: str) -> bool:
    """Candidates and wards, and no votes."""
    del text
    return {"ward", "candidate"} <= set(header) and "votes" not in header


def read(text: str, file: str, options: Options) -> Batch:
    """The contests of the night."""
    problems = Problems(file)
    need(header_of(text), COLUMNS, problems)
    if not options.poll_date:
        what = "a list of candidates does not say when the poll is"
        problems.add(None, "poll_date", None, "missing", what, "give --poll-date 2024-05-02")
    wards: dict[str, list[Row]] = {}
    for row in csv_rows(text, problems):
        ward = row.name("ward")
        if ward is not None:
            wards.setdefault(ward, []).append(row)
    data = {
        "poll_date": options.poll_date,
        "council": options.council,
        "contests": [_contest(ward, rows) for ward, rows in wards.items()],
    }
    problems.refuse()
    return Batch(file, nights=(fill(NightForm, data, file),))


def _contest(ward: str, rows: list[Row]) -> dict[str, object]:
    return {
        "ward": ward,
        "contest": rows[0].get("ballot_paper_id") or None,
        "seats_up": rows[0].number("seats_up", required=False),
        "seats": rows[0].get("seats").split(),
        "candidates": [
            {
                "name": row.name("candidate"),
                "party": row.name("party"),
                "id": row.get("person_id") or None,
            }
            for row in rows
        ],
    }
