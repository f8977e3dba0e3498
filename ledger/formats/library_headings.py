"""The House of Commons Library's own headings of constituencies, read as ours.

The Library gives no day of the poll (`--poll-date` says it), a time of declaration in some
years only, and the party defending within `Result`: "Lab hold", "Lab gain from Con". After new
boundaries that party is a notional one: who would have won there at the election before.
Every heading that is not of the list is a party's votes.
"""

from __future__ import annotations

import re

from ledger.formats.reading import Options, Problems, Row, csv_rows, need

OURS = {
    "ONS ID": "ons_id",
    "Constituency name": "constituency",
    "Declaration time": "declared_at_utc",
    "Member first name": "member_first_name",
    "Member surname": "member_surname",
    "First party": "first_party",
    "Electorate": "electorate",
    "Valid votes": "valid_votes",
    "Invalid votes": "invalid_votes",
    "Second party": "second_party",
    "Majority": "majority",
}
LEFT_OUT = frozenset({
    "ONS region ID", "County name", "Region name", "Country name", "Constituency type",
    "Member gender",
})  # fmt: skip
NEEDED = ("ONS ID", "Constituency name", "Member first name", "Member surname", "Result",
          "First party", "Valid votes", "Invalid votes")  # fmt: skip
_RESULT = re.compile(r"(?P<first>.+?) (?:hold|gain from (?P<loser>.+))")


def recognise(header: list[str]) -> bool:
    """Constituencies under the Library's own headings."""
    return {"ONS ID", "Constituency name", "First party"} <= set(header)


def rows(text: str, header: list[str], options: Options, problems: Problems) -> list[Row]:
    """The rows under our headings. Raises FileRefused where a column is not there."""
    need(header, NEEDED, problems)
    if options.poll_date is None:
        what = "the file does not say the day of the poll"
        problems.add(None, "polling_day", None, "missing", what, "name it with --poll-date")
    return [_ours(row, options.poll_date or "") for row in csv_rows(text, problems)]


def _ours(row: Row, poll_date: str) -> Row:
    cells = {"polling_day": poll_date, "previous_party": _defending(row)}
    for heading, cell in row.cells.items():
        if heading in OURS:
            cells[OURS[heading]] = cell
        elif heading != "Result" and heading not in LEFT_OUT:
            cells[f"votes_{heading}"] = cell
    return Row(row.line, cells, row.problems)


def _defending(row: Row) -> str:
    """The party that held the seat, as the Library's words for the result have it."""
    said, first = row.get("Result"), row.get("First party")
    found = _RESULT.fullmatch(said)
    if found and found["first"] == first and found["loser"] != first:
        return found["loser"] or first
    what = f"{first!a} came first: '{first} hold' or '{first} gain from …' is wanted"
    row.problems.add(row.line, "Result", said, "bad-result", what)
    return first
