"""A file's facts put on a desk, with every refusal told by its line."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from ledger.desk import Desk
from ledger.drafts import nth_key
from ledger.errors import (
    ContestOpen,
    CouncilRegistered,
    FileRefused,
    LedgerError,
    Problem,
    Refused,
)
from ledger.formats.reading import Batch
from ledger.forms import NightForm, ResultForm, UnopposedForm, made
from ledger.values import Frozen

Draft = Callable[[], None]


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
    as_it_stands = (CouncilRegistered, ContestOpen) if batch.as_it_stands else ()
    for line, name, draft in _drafts(desk, batch, prefix, declared_at):
        try:
            draft()
        except as_it_stands:
            pass
        except FileRefused as refused:
            problems.extend(refused.problems)
        except Refused as refused:
            problems.append(_problem(batch.file, line, name, refused))
        if progress:
            progress(1)
    if problems:
        raise FileRefused(batch.file, sorted(problems, key=lambda problem: problem.line or 0))


def _drafts(
    desk: Desk, batch: Batch, prefix: str | None, declared_at: str | None
) -> Iterator[tuple[int | None, str, Draft]]:
    """Each fact of the batch: its line, what it is called there, and how to draft it."""
    for council in batch.councils:
        key = _key(prefix, council)
        yield None, council.council, lambda c=council, k=key: desk.register(c, key=k)  # type: ignore[misc]
    for night in batch.nights:
        key = _key(prefix, night)
        for number, contest in enumerate(night.contests, 1):
            one = night.model_copy(update={"contests": (contest,)})
            nth = key and nth_key(key, number)
            yield None, _where(one), lambda n=one, k=nth: desk.open(n, key=k)  # type: ignore[misc]
    for line, result in zip(batch.lines, batch.results, strict=True):
        yield line, result.contest, lambda r=result: _declare(desk, r, declared_at, prefix)  # type: ignore[misc]


def _where(night: NightForm) -> str:
    return f"{night.council or ''} {night.contests[0].ward} {night.poll_date}".strip()


def _declare(
    desk: Desk, result: ResultForm | UnopposedForm, declared_at: str | None, prefix: str | None
) -> None:
    """Draft one result; `declared_at` is the time of those that give none."""
    if result.declared_at is None and declared_at is not None:
        result = made(type(result), **(dict(result) | {"declared_at": declared_at}))
    if isinstance(result, UnopposedForm):
        since = result.declared_at
        desk.unopposed(result.contest, since=since, key=_key(prefix, result))
    else:
        desk.declare(result.contest, result, key=_key(prefix, result))


def _key(prefix: str | None, form: Frozen) -> str | None:
    if prefix is None:
        return None
    return f"{prefix}:{hashlib.sha256(form.model_dump_json().encode()).hexdigest()[:32]}"


def _problem(file: str, line: int | None, field: str | None, refused: LedgerError) -> Problem:
    return Problem(file, line, field, None, refused.error, refused.message, refused.remedy or None)
