"""What a rule is, and what it may look at."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from ledger.counting import Count, count
from ledger.facts import ContestOpened, LotDrawn, Result


@dataclass(frozen=True)
class Case:
    """What a rule may look at."""

    contest: ContestOpened
    result: Result
    effective_at: datetime
    now: datetime
    before: Result | None = None  # the version this would replace
    lots: tuple[LotDrawn, ...] = ()  # drawn on their own for this contest
    last: Result | None = None  # the same ward's contest before this one
    superseding: bool = False  # told by a newer version of a file

    @cached_property
    def by_votes(self) -> Count:
        """Who is in by the votes alone."""
        return count(self.result.candidates, self.contest)


class Rule(NamedTuple):
    """A rule by name, with its words."""

    name: str
    broken: Callable[[Case], str | None]
    text: str
    remedy: str


HARD: dict[str, Rule] = {}
SOFT: dict[str, Rule] = {}


def into(
    rules: dict[str, Rule],
) -> Callable[[Callable[[Case], str | None]], Callable[[Case], str | None]]:
    """A decorator that names a rule after its function and words it by its docstring."""

    def register(function: Callable[[Case], str | None]) -> Callable[[Case], str | None]:
        text, _, remedy = inspect.cleandoc(function.__doc__ or "").partition("Remedy:")
        name = function.__name__.replace("_", "-")
        rules[name] = Rule(name, function, " ".join(text.split()), " ".join(remedy.split()))
        return function

    return register
