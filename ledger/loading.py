"""A file's facts put on a desk, with every refusal told by its line."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ledger.desk import Desk
from ledger.errors import FileRefused, LedgerError, Problem, Refused
from ledger.formats.reading import Batch
from ledger.forms import ResultForm, made
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
    told = Problems(batch, progress)
    for council in batch.councils:
        with told.of(None, council.council):
            desk.register(council, key=_key(prefix, council))
    for night in batch.nights:
        with told.of(None, night.poll_date):
            desk.open(night, key=_key(prefix, night))
    for line, result in zip(batch.lines, batch.results, strict=True):
        with told.of(line, result.contest):
            form = timed(result, declared_at)
            desk.declare(form.contest, form, key=_key(prefix, form))
    told.refuse()


class Problems:
    """Everything wrong in a batch, told all at once, and how far it has been taken."""

    def __init__(self, batch: Batch, progress: Callable[[int], None] | None) -> None:
        self._file, self._progress = batch.file, progress
        self._found: list[Problem] = list(batch.problems)

    @contextmanager
    def of(self, line: int | None, field: str | None) -> Iterator[None]:
        """Keep what is refused of one thing in the file."""
        try:
            yield
        except FileRefused as refused:
            self._found.extend(refused.problems)
        except Refused as refused:
            self._found.append(_problem(self._file, line, field, refused))
        if self._progress:
            self._progress(1)

    def refuse(self) -> None:
        """Raise FileRefused if anything was wrong."""
        if self._found:
            found = sorted(self._found, key=lambda problem: problem.line or 0)
            raise FileRefused(self._file, found)


def timed(result: ResultForm, declared_at: str | None) -> ResultForm:
    """A result with the time of those that give none."""
    if result.declared_at is not None or declared_at is None:
        return result
    return made(ResultForm, **(dict(result) | {"declared_at": declared_at}))


def _key(prefix: str | None, form: Frozen) -> str | None:
    if prefix is None:
        return None
    return f"{prefix}:{hashlib.sha256(form.model_dump_json().encode()).hexdigest()[:32]}"


def _problem(file: str, line: int | None, field: str | None, refused: LedgerError) -> Problem:
    return Problem(file, line, field, None, refused.error, refused.message, refused.remedy or None)
