"""A file's facts put on a desk, with every refusal told by its line."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from ledger.desk import Desk
from ledger.errors import ChangesRefused, FileRefused, LedgerError, Problem, Refused
from ledger.formats.reading import Batch
from ledger.forms import ChangesForm, ResultForm, made
from ledger.values import Frozen


def load(
    desk: Desk,
    batch: Batch,
    *,
    prefix: str | None,
    declared_at: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> None:
    """Draft everything the batch holds. Raises FileRefused with every problem in it.

    Where the write has no key of its own, each fact's is made of `prefix` and of what the
    file says, so that the same file loaded again finds its own entries.
    """
    problems: list[Problem] = list(batch.problems)

    def attempt(draft: Callable[[], None], line: int | None, field: str | None) -> None:
        try:
            draft()
        except FileRefused as refused:
            problems.extend(refused.problems)
        except Refused as refused:
            problems.append(_problem(batch.file, line, field, refused))
        if progress:
            progress(1)

    for council in batch.councils:
        attempt(lambda c=council: desk.register(c, key=_key(prefix, c)), None, council.council)  # type: ignore[misc]
    for night in batch.nights:
        attempt(lambda n=night: desk.open(n, key=_key(prefix, n)), None, night.poll_date)  # type: ignore[misc]
    for line, result in zip(batch.lines, batch.results, strict=True):
        attempt(
            lambda r=result: _declare(desk, r, declared_at, prefix),  # type: ignore[misc]
            line,
            result.contest,
        )
    for change in batch.changes:
        attempt(
            lambda c=change: _change(desk, c, batch.file, prefix),  # type: ignore[misc]
            change.lines[0],
            change.ward,
        )
    if problems:
        raise FileRefused(batch.file, sorted(problems, key=lambda problem: problem.line or 0))


def _declare(desk: Desk, result: ResultForm, declared_at: str | None, prefix: str | None) -> None:
    """Draft one result; `declared_at` is the time of those that give none."""
    if result.declared_at is None and declared_at is not None:
        result = made(ResultForm, **(dict(result) | {"declared_at": declared_at}))
    desk.declare(result.contest, result, key=_key(prefix, result))


def _change(desk: Desk, changes: ChangesForm, file: str, prefix: str | None) -> None:
    """Draft one correction; each change that cannot be made is told by its own line."""
    try:
        desk.change(changes, key=_key(prefix, changes))
    except ChangesRefused as refused:
        raise FileRefused(
            file,
            [
                _problem(file, changes.lines[place], changes.changes[place].field, one)
                for place, one in refused.each.items()
            ],
        ) from refused


def _key(prefix: str | None, form: Frozen) -> str | None:
    if prefix is None:
        return None
    return f"{prefix}:{hashlib.sha256(form.model_dump_json().encode()).hexdigest()[:32]}"


def _problem(file: str, line: int | None, field: str | None, refused: LedgerError) -> Problem:
    return Problem(file, line, field, None, refused.error, refused.message, refused.remedy or None)
