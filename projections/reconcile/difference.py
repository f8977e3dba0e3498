"""What a comparison finds, whatever was compared."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

Kind = Literal[
    "council-missing-here",
    "council-missing-there",
    "size-differs",
    "seats-differ",
    "contest-missing-here",
    "contest-missing-there",
    "elected-differ",
    "votes-differ",
    "figures-differ",
    "candidate-missing-here",
    "candidate-missing-there",
    "candidate-name-differs",
    "party-label-differs",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
Value = int | str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs: `here` in the ledger, by the entry that stands; `there` in the
    file. `what` says which figure it is of."""

    kind: Kind
    council: str
    contest: str | None
    what: str
    here: Value
    there: Value
    entry: int | None

    def as_json(self) -> dict[str, Any]:
        """The shape of one line of `reconcile --json`."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(slots=True)
class Reconciled:
    """All that was compared: what is equal, what differs, what could not be compared (each
    with the reason)."""

    entry: int
    equal: list[str] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    not_compared: list[tuple[str, str]] = field(default_factory=list)

    def add(self, name: str, found: list[Difference]) -> None:
        """A council or a contest that was compared."""
        self.differences += found
        if not found:
            self.equal.append(name)

    @property
    def summary(self) -> dict[str, int]:
        """How many are equal, and how many differences there are of each kind."""
        kinds = Counter(one.kind for one in self.differences)
        return {"equal": len(self.equal)} | {kind: kinds[kind] for kind in KINDS if kinds[kind]}
