"""The facts: frozen, one class each, told apart by a stable stored `kind`.

Shapes follow the model: a `Fact` says what became true in the hall, an `Event`
wraps it in the envelope every stored event has, an `Entry` is an event with its
number in the ledger. Instants are UTC with an offset; a changed shape is a new
kind (`.v2`) and an upcast on reading, never an edit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from ledger.facts import CouncilRegistered, Fact, FactCorrected
from ledger.values import (
    Baseline,
    Digest,
    EventId,
    Frozen,
    Moment,
    Name,
    Text,
    Truth,
)


class Event(Frozen):
    """A fact in the envelope of every stored event.

    `originator_id` is the stream (`southampton`, `southampton/coxford` or, since a boundary
    review, `southampton@2023-05-04/coxford`), `originator_version` its place in the stream
    from 1, `previous` the SHA-256 of the event before it there (None for the first).
    """

    originator_id: str
    originator_version: Annotated[int, Field(ge=1)]
    event_id: EventId
    recorded_at: Moment
    effective_at: Moment
    by: Name
    source: Text
    key: Text | None = None
    accepted: tuple[str, ...] = ()
    previous: Digest | None = None
    fact: Annotated[Fact, Field(discriminator="kind")]


@dataclass(frozen=True, slots=True)
class Entry:
    """One numbered line of the ledger. Numbers are dense from 1, in log order.

    `digest` is the SHA-256 of the bytes as stored, the next event's `previous`.
    """

    number: int
    event: Event
    digest: str

    @property
    def fact(self) -> Fact:
        """What became true."""
        return self.event.fact

    @property
    def about(self) -> Fact:
        """What became true, or, of a correction of a fact, what it says became true."""
        fact = self.event.fact
        return fact.fact if isinstance(fact, FactCorrected) else fact

    @property
    def contest(self) -> str | None:
        """The ballot paper id of the contest it is about, if it is about one."""
        found: str | None = getattr(self.about, "contest", None)
        return found

    @property
    def kind(self) -> str:
        """The kind without its version: `result-declared`."""
        return self.event.fact.kind.partition(".")[0]

    @property
    def council(self) -> str:
        """The slug of the council it is about."""
        return self.event.originator_id.partition("/")[0].partition("@")[0]

    @property
    def register(self) -> str:
        """The id of the register whose wards it is about."""
        fact = self.event.fact
        if isinstance(fact, CouncilRegistered):
            return fact.register
        return self.event.originator_id.partition("/")[0]

    @property
    def ward(self) -> str | None:
        """The slug of the ward it is about, None for the council itself."""
        return self.event.originator_id.partition("/")[2] or None


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """From where a question is asked: true in the hall by `at`, recorded by `known_at`.

    `entry` (exactly the first N entries) is the permalink and excludes `known_at`.
    None means without a limit. Instants are aware datetimes or texts to be read in
    the council's time zone. `truth` is whose word counts, `baseline` what change is
    counted against.
    """

    at: datetime | str | None = None
    known_at: datetime | str | None = None
    entry: int | None = None
    truth: Truth = "legal"
    baseline: Baseline = "eve-of-poll"

    @property
    def named(self) -> dict[str, str]:
        """The truth and the baseline by name, where they are not those usually meant."""
        asked = {"truth": self.truth, "baseline": self.baseline}
        return {word: name for word, name in asked.items() if getattr(NOW, word) != name}

    @classmethod
    def as_of(cls, moment: datetime | str) -> Viewpoint:
        """What our board showed at that moment: both clocks at once."""
        return cls(at=moment, known_at=moment)


NOW = Viewpoint()


def as_json(value: Any) -> Any:
    """Plain JSON data of a fact."""
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value
