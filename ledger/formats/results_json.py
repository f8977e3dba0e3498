"""`results-json`: one result an object, in a list or one a line (NDJSON).

Fields: `contest`, `declared_at`, `source`, `electorate`, `ballot_papers`, `rejected`,
`candidates` (each `name`, `votes`, and `party`, `elected`, `id` where given), `lot`.
`declared_at` is ISO 8601 with an offset, or local time of the zone given beside the file.
"""

from __future__ import annotations

from typing import Any

from ledger.errors import BadTime, FileRefused, UnknownZone
from ledger.formats.reading import Batch, Options, Problems
from ledger.forms import ResultForm, fill, strict_json
from ledger.times import parse_time

NAME = "results-json"


def recognise(header: list[str], text: str) -> bool:
    """JSON that is an object or a list."""
    del header
    return text.lstrip()[:1] in ("{", "[")


def read(text: str, file: str, options: Options) -> Batch:
    """Every result, with the line it stands in where it is one a line."""
    problems = Problems(file)
    results: list[ResultForm] = []
    lines: list[int | None] = []
    for line, data in _objects(text, file, problems):
        try:
            form = fill(ResultForm, data, file, line)
        except FileRefused as refused:
            problems.found += refused.problems
            continue
        results.append(
            form.model_copy(update={"declared_at": _when(form, options, line, problems)})
        )
        lines.append(line)
    return Batch(file, results=tuple(results), lines=tuple(lines), problems=tuple(problems.found))


def _when(form: ResultForm, options: Options, line: int | None, problems: Problems) -> str | None:
    """The moment of a declaration with its offset: a file of many results may be of many
    councils, so a local time needs the zone to be named."""
    if form.declared_at is None:
        return None
    try:
        return parse_time(form.declared_at, options.timezone).isoformat()
    except (BadTime, UnknownZone) as error:
        hint = None if options.timezone else "name the zone with --timezone"
        text = form.declared_at
        problems.add(line, "declared_at", text, error.error, error.message, hint)
        return None


def _objects(text: str, file: str, problems: Problems) -> list[tuple[int | None, Any]]:
    rows = [(n, row) for n, row in enumerate(text.splitlines(), 1) if row.strip()]
    one_a_line = len(rows) > 1 and all(
        row.lstrip().startswith("{") and row.rstrip().endswith("}") for _, row in rows
    )
    if not one_a_line:
        data = strict_json(text, file)
        return [(None, one) for one in (data if isinstance(data, list) else [data])]
    found: list[tuple[int | None, Any]] = []
    for line, row in rows:
        try:
            found.append((line, strict_json(row, file, line)))
        except FileRefused as refused:
            problems.found += refused.problems
    return found
