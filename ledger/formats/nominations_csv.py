"""`nominations-csv`: the candidates of a night, `ward,candidate,party` a row.

Read where given: `seats_up` (a number), `seats` (ids with spaces between them), `term_ends`
(years, likewise), `ballot_paper_id`, `person_id`, `replaces` (the id of a contest called
off). A list of results says as much. The day of the poll stands in `polling_day` or is given
beside the file.
"""

from __future__ import annotations

from ledger.formats.reading import Batch, Options, Problems, Row, csv_rows, header_of, need
from ledger.forms import NightForm, fill
from ledger.text import nearest

NAME = "nominations-csv"
COLUMNS = ("ward", "candidate", "party")


def recognise(header: list[str], text: str) -> bool:
    """Candidates and wards, and neither votes nor what may be votes under a misspelt heading:
    taken for a list of candidates, results would be lost without a word."""
    del text
    results = "elected" in header or nearest("votes", header) is not None
    return {"ward", "candidate"} <= set(header) and not results


def read(text: str, file: str, options: Options) -> Batch:
    """The contests of the night."""
    problems = Problems(file)
    need(header_of(text), COLUMNS, problems)
    rows = csv_rows(text, problems)
    day = options.poll_date or _day(rows, problems)
    if not day and not problems.found:
        what = "a list of candidates does not say when the poll is"
        problems.add(None, "poll_date", None, "missing", what, "give --poll-date 2024-05-02")
    wards: dict[str, list[Row]] = {}
    for row in rows:
        ward = row.name("ward")
        if ward is not None:
            wards.setdefault(ward, []).append(row)
    data = {
        "poll_date": day,
        "council": options.council,
        "contests": [_contest(ward, rows) for ward, rows in wards.items()],
    }
    problems.refuse()
    lines = tuple(rows[0].line for rows in wards.values())
    return Batch(file, nights=(fill(NightForm, data, file),), opened=lines)


def _day(rows: list[Row], problems: Problems) -> str | None:
    """The day of the poll, where the file has one."""
    days = sorted({row.get("polling_day") for row in rows} - {""})
    if len(days) > 1:
        what = f"the rows are of {len(days)} days"
        problems.add(None, "polling_day", None, "figures-differ", what, "open each night by itself")
    return days[0] if days else None


def _contest(ward: str, rows: list[Row]) -> dict[str, object]:
    return {
        "ward": ward,
        "contest": rows[0].get("ballot_paper_id") or None,
        "seats_up": rows[0].number("seats_up", required=False),
        "seats": rows[0].get("seats").split(),
        "term_ends": [_year(text) for text in rows[0].get("term_ends").split()],
        "replaces": rows[0].get("replaces") or None,
        "candidates": [
            {
                "name": row.name("candidate"),
                "party": row.name("party"),
                "id": row.get("person_id") or None,
            }
            for row in rows
        ],
    }


def _year(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else text  # noqa: PLR2004 - a form says why not
