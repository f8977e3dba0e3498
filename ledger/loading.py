"""A file's facts put on a desk, with every refusal told by its line."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from ledger.desk import Desk
from ledger.errors import AlreadyDeclared, FileRefused, LedgerError, Problem, Refused
from ledger.formats.reading import Batch
from ledger.forms import ResultForm, UnopposedForm, made
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
    forms: tuple[ResultForm | UnopposedForm, ...] = (*batch.results, *batch.unopposed)
    for line, form in zip(batch.lines, forms, strict=True):
        attempt(
            lambda f=form: _declare(desk, f, declared_at, prefix),  # type: ignore[misc]
            line,
            form.contest,
        )
    if problems:
        raise FileRefused(batch.file, sorted(problems, key=lambda problem: problem.line or 0))


def _declare(
    desk: Desk, form: ResultForm | UnopposedForm, declared_at: str | None, prefix: str | None
) -> None:
    """Draft one result, or who is in without a poll; `declared_at` is the time of those that
    give none."""
    if isinstance(form, UnopposedForm):
        form = made(UnopposedForm, **(dict(form) | {"since": form.since or declared_at}))
        key = _key(prefix, form)
        desk.unopposed(form.contest, names=form.elected, since=form.since, key=key)
        return
    timed = form
    if form.declared_at is None and declared_at is not None:
        timed = made(ResultForm, **(dict(form) | {"declared_at": declared_at}))
    try:
        desk.declare(form.contest, timed, key=_key(prefix, timed))
    except AlreadyDeclared:
        # What was typed in, or corrected, from elsewhere must not stop the rest of a file.
        if prefix is None or not desk.stands(form):
            raise


def _key(prefix: str | None, form: Frozen) -> str | None:
    if prefix is None:
        return None
    return f"{prefix}:{hashlib.sha256(form.model_dump_json().encode()).hexdigest()[:32]}"


def _problem(file: str, line: int | None, field: str | None, refused: LedgerError) -> Problem:
    return Problem(file, line, field, None, refused.error, refused.message, refused.remedy or None)
