"""`record-of-changes`: a source's dated log of what it changed in results it had published.

One row a change, oldest first: `change_date`, `ons_id`, `constituency`, `field_changed`,
`old_value`, `new_value`, `delta` (new - old, of numbers). Fields in the Library's words:
`Electorate`, `Invalid votes`, `<party> votes`, `Surname (<party> candidate)`,
`EC ID (<party> candidate)`, `Party name`; `Blank` is no value. The rows of one constituency
and one day are one correction. Each old value must be what stands at that row of the file.
Source: record of changes, General election 2024 results, House of Commons Library.
"""

from __future__ import annotations

from datetime import date

from ledger.errors import BadText, BadTime, FileRefused
from ledger.fields import BLANK, FIELDS, meaning
from ledger.formats.reading import Batch, Options, Problems, Row, csv_rows, header_of, need
from ledger.forms import ChangesForm, fill
from ledger.text import clean_text
from ledger.times import parse_day

NAME = "record-of-changes"
COLUMNS = ("change_date", "ons_id", "constituency", "field_changed", "old_value", "new_value",
           "delta")  # fmt: skip


def recognise(header: list[str], text: str) -> bool:
    """Fields changed, with what they were and are."""
    del text
    return {"field_changed", "old_value", "new_value"} <= set(header)


def read(text: str, file: str, options: Options) -> Batch:
    """The changes of each constituency on each day, in the order of the file."""
    problems = Problems(file)
    need(header_of(text), COLUMNS, problems)
    groups: dict[tuple[date, str, str], list[tuple[Row, dict[str, object]]]] = {}
    latest = date.min
    for row in csv_rows(text, problems):
        day, change = _day(row), _change(row)
        if day is not None and day < latest:
            what = f"{day} is before {latest}, the day of a row above it"
            problems.add(row.line, "change_date", str(day), "out-of-order", what,
                         "give the changes in the order they were made")  # fmt: skip
        latest = max(latest, day or latest)
        ward = row.name("constituency")
        if day is not None and change is not None and ward is not None:
            change["on"] = day.isoformat()
            groups.setdefault((day, row.get("ons_id"), ward), []).append((row, change))
    forms: list[ChangesForm] = []
    for (_, code, ward), group in groups.items():
        data = {
            "code": code, "ward": ward, "changes": [change for _, change in group],
            "council": options.council, "poll_date": options.poll_date,
            "lines": [row.line for row, _ in group],
        }  # fmt: skip
        try:
            forms.append(fill(ChangesForm, data, file, group[0][0].line))
        except FileRefused as refused:
            problems.found += refused.problems
    return Batch(file, changes=tuple(forms), problems=tuple(problems.found))


def _day(row: Row) -> date | None:
    try:
        return parse_day(row.get("change_date"))
    except BadTime as error:
        row.problems.add(row.line, "change_date", row.get("change_date"), "bad-time", error.message)
        return None


def _change(row: Row) -> dict[str, object] | None:
    """What a row changes, in its own words; nothing (and a problem) where that is not clear."""
    field, old, new = (_text(row, name) for name in ("field_changed", "old_value", "new_value"))
    if field is None or old is None or new is None:
        return None
    what = meaning(field)
    if what is None:
        hint = f"the fields are {', '.join(FIELDS)}"
        row.problems.add(row.line, "field_changed", field, "unknown-field", "it is unknown", hint)
        return None
    if old == new:
        row.problems.add(row.line, "new_value", new, "nothing-changed", "it is the old value")
    if what.counted:
        before, after = row.number("old_value"), row.number("new_value")
        if before is None or after is None:
            return None
        _check_delta(row, after - before)
    elif row.get("delta"):
        row.problems.add(row.line, "delta", row.get("delta"), "bad-delta", "the field is no number")
    if BLANK in (old, new) and what.name != "party id":
        row.problems.add(row.line, "new_value", BLANK, "missing", "only an id may be blank")
    return {"field": field, "old": old, "new": new}


def _check_delta(row: Row, difference: int) -> None:
    delta = row.get("delta").removeprefix("+")
    if delta != str(difference):
        what = f"new - old is {difference}"
        row.problems.add(row.line, "delta", delta or None, "bad-delta", what)


def _text(row: Row, name: str) -> str | None:
    if not row.get(name):
        row.problems.add(row.line, name, None, "missing", "it is empty")
        return None
    try:
        return clean_text(row.get(name))
    except BadText as error:
        row.problems.add(row.line, name, row.get(name), "bad-text", error.message)
        return None
