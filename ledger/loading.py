"""A file's facts put on a desk, with every refusal told by its line."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from ledger.desk import Desk
from ledger.drafts import nth_key
from ledger.errors import (
    AlreadyDeclared,
    ChangesRefused,
    ContestOpen,
    CouncilRegistered,
    FileRefused,
    LedgerError,
    Problem,
    Refused,
    RuleBroken,
    UnknownContest,
    UnknownCouncil,
)
from ledger.formats.reading import Batch
from ledger.forms import (
    ChangesForm,
    NightForm,
    NotionalForm,
    ResultForm,
    UnopposedForm,
    made,
)
from ledger.rules import HARD
from ledger.values import Frozen

Form = TypeVar("Form", ResultForm, UnopposedForm)


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
    so_far = told.count
    for council in batch.councils:
        with told.of(None, council.council):
            desk.register(council, night=batch.as_it_stands, key=_key(prefix, council))
    _open(desk, batch, told, prefix=prefix)
    # A contest that was refused has no result: nothing new to tell.
    known = (UnknownContest, UnknownCouncil) if told.count > so_far else ()
    for line, said in zip(batch.lines, batch.results, strict=True):
        with told.of(line, said.contest, but=known):
            _say(desk, said, declared_at, prefix)
    for changes in batch.changes:
        with told.of(changes.lines[0], changes.ward):
            _change(desk, changes, batch.file, prefix)
    told.refuse()


def open_night(desk: Desk, batch: Batch, council: str | None) -> None:
    """Draft the opening of a file's contests, of `council` where it does not say. Raises
    FileRefused with every problem."""
    told = Problems(batch, None)
    _open(desk, batch, told, prefix=None, council=council)
    told.refuse()


def _open(
    desk: Desk, batch: Batch, told: Problems, *, prefix: str | None, council: str | None = None
) -> None:
    lines = batch.lines_opened()
    for night in batch.nights:
        key = _key(prefix, night)
        for number, contest in enumerate(night.contests, 1):
            one = night.model_copy(update={"contests": (contest,)})
            with told.of(next(lines), _where(one)):
                desk.open(one, council=council, key=key and nth_key(key, number))


class Problems:
    """Everything wrong in a batch, told all at once, and how far it has been taken."""

    def __init__(self, batch: Batch, progress: Callable[[int], None] | None) -> None:
        self._file, self._progress = batch.file, progress
        self._as_it_stands = (CouncilRegistered, ContestOpen) if batch.as_it_stands else ()
        self._found: list[Problem] = list(batch.problems)

    @property
    def count(self) -> int:
        """How many there are so far."""
        return len(self._found)

    @contextmanager
    def of(
        self, line: int | None, field: str | None, but: tuple[type[Refused], ...] = ()
    ) -> Iterator[None]:
        """Keep what is refused of one thing in the file, `but` what is told already."""
        try:
            yield
        except (*self._as_it_stands, *but):
            pass
        except FileRefused as refused:
            self._found.extend(refused.problems)
        except RuleBroken as refused:
            self._found += _broken(self._file, line, field, refused)
        except Refused as refused:
            problem = _problem(self._file, line, field, refused)
            # What is wrong with the write (no source, no such council) is so of every contest.
            if all((p.rule, p.message) != (problem.rule, problem.message) for p in self._found):
                self._found.append(problem)
        if self._progress:
            self._progress(1)

    def refuse(self) -> None:
        """Raise FileRefused if anything was wrong."""
        if self._found:
            found = sorted(self._found, key=lambda problem: problem.line or 0)
            raise FileRefused(self._file, found)


def _where(night: NightForm) -> str:
    return f"{night.council or ''} {night.contests[0].ward} {night.poll_date}".strip()


def _say(
    desk: Desk,
    said: ResultForm | UnopposedForm | NotionalForm,
    declared_at: str | None,
    prefix: str | None,
) -> None:
    """Draft what is said of one contest; `declared_at` is the time where none is given."""
    if isinstance(said, NotionalForm):
        desk.notional(said.contest, seats=said.seats, key=_key(prefix, said))
        return
    if isinstance(said, UnopposedForm):
        held = timed(said, declared_at)
        desk.unopposed(
            held.contest, names=held.elected, since=held.declared_at, key=_key(prefix, held)
        )
        return
    form = timed(said, declared_at)
    try:
        desk.declare(form.contest, form, key=_key(prefix, form))
    except AlreadyDeclared:
        # What was typed in, or corrected, from elsewhere must not stop the rest of a file.
        if prefix is None or not desk.stands(said):
            raise


def timed(said: Form, declared_at: str | None) -> Form:
    """A result with the time of those that give none."""
    if said.declared_at is not None or declared_at is None:
        return said
    return made(type(said), **(dict(said) | {"declared_at": declared_at}))


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


def _broken(file: str, line: int | None, field: str | None, refused: RuleBroken) -> list[Problem]:
    """A problem for each rule broken."""
    each = refused.details.get("broken") or {refused.error: refused.message}
    hints = {rule: HARD[rule].remedy if rule in HARD else refused.remedy for rule in each}
    return [
        Problem(file, line, field, None, rule, what, hints[rule]) for rule, what in each.items()
    ]


def _problem(file: str, line: int | None, field: str | None, refused: LedgerError) -> Problem:
    return Problem(file, line, field, None, refused.error, refused.message, refused.remedy or None)
