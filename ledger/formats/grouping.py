"""Tables with one candidate a row: the rows of a contest make its result."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ledger.errors import FileRefused
from ledger.formats.reading import Batch, Problems, Row
from ledger.forms import ResultForm, fill
from ledger.text import slugify

Contests = dict[str, list[Row]]


def ward_contest(ward: str, council: str | None, day: str | None) -> str:
    """The contest of a ward on a day; the ward's latest, or any council's, where they are
    not known."""
    where = f"{council}/{slugify(ward)}" if council else slugify(ward)
    return f"{where}@{day}" if day else where


def group(rows: Iterable[Row], contest: Callable[[Row], str | None]) -> Contests:
    """The rows of each contest, in the order it first appears."""
    found: Contests = {}
    for row in rows:
        name = contest(row)
        if name is not None:
            found.setdefault(name, []).append(row)
    return found


def results_of(contests: Contests, file: str, fields: dict[str, str], problems: Problems) -> Batch:
    """A result for each contest. `fields` names the columns of `name`, `party`, `votes` and,
    where the table has them, `id`, `party_id`, `elected`, `rejected`, `electorate`, `source`.

    What is wrong with a result is told by the batch.
    """
    results: list[ResultForm] = []
    for contest, rows in contests.items():
        told = len(problems.found)
        candidates = [_candidate(row, fields) for row in rows]
        data = {
            "contest": contest,
            "candidates": candidates,
            "rejected": _same(rows, fields.get("rejected"), problems),
            "electorate": _same(rows, fields.get("electorate"), problems),
            "source": rows[0].get(fields.get("source", "")) or None,
        }
        if len(problems.found) > told:
            continue  # with their lines
        try:
            results.append(fill(ResultForm, data, file, rows[0].line))
        except FileRefused as refused:
            problems.found += refused.problems
    lines = tuple(contests[result.contest][0].line for result in results)
    return Batch(file, results=tuple(results), lines=lines, problems=tuple(problems.found))


def _candidate(row: Row, fields: dict[str, str]) -> dict[str, object]:
    return {
        "name": row.name(fields["name"]),
        "party": row.name(fields["party"], required=False),
        "party_id": row.get(fields.get("party_id", "")) or None,
        "votes": row.votes(fields["votes"]),
        "elected": row.mark(fields["elected"]) if "elected" in fields else None,
        "id": row.get(fields.get("id", "")) or None,
    }


def _same(rows: list[Row], column: str | None, problems: Problems) -> int | None:
    """A figure of the contest, repeated in its rows; a problem where the rows differ."""
    if column is None:
        return None
    values = {row.number(column, required=False) for row in rows} - {None}
    if len(values) > 1:
        what = f"the rows of one contest give {', '.join(map(str, sorted(values, key=str)))}"
        problems.add(rows[0].line, column, None, "figures-differ", what)
    return values.pop() if values else None
