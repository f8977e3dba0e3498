"""The facts: frozen, one class each, told apart by a stable stored `kind`.

Shapes follow the model: a `Fact` says what became true in the hall, an `Event`
wraps it in the envelope every stored event has, an `Entry` is an event with its
number in the ledger. Instants are UTC with an offset; a changed shape is a new
kind (`.v2`) and an upcast on reading, never an edit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from ledger.errors import BadName, BadText
from ledger.text import clean_name, clean_text, match_key


def _checked(clean: Callable[[str], str]) -> AfterValidator:
    @lru_cache(maxsize=8192)
    def check(value: str) -> str:
        # pydantic reports a ValueError with its field; LedgerError is not one.
        try:
            return clean(value)
        except (BadName, BadText) as error:
            raise ValueError(error.message) from error

    return AfterValidator(check)


Name = Annotated[str, _checked(clean_name)]
Text = Annotated[str, _checked(clean_text)]
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
Slug = Annotated[str, StringConstraints(pattern=SLUG, max_length=120)]
ContestId = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)+$", max_length=200)
]
SeatId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+/[1-9][0-9]{0,2}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]+(-[A-Z0-9]+)*$", max_length=200)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
EventId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Count = Annotated[int, Field(ge=0, le=999_999_999)]
Moment = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]

Cause = Literal[
    "transposed rows",
    "rows misaligned",
    "digit error",
    "omitted batch",
    "duplicated batch",
    "arithmetic",
    "wrong person",
    "wrong party label",
    "wrong contest",
    "wrong time",
    "test data",
    "late papers",
    "status advanced",
    "source changed",
    "other",
]
CAUSES: tuple[str, ...] = get_args(Cause)


class Frozen(BaseModel):
    """A value: strict on the way in and validated on the way out."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Party(Frozen):
    """A party as one fact names it: label as declared, code, id, and group it counts in."""

    label: Name
    code: Code
    group: Code
    id: str | None = None


class SeatAtStart(Frozen):
    """One seat in the register: its holder (party and perhaps name), or vacant."""

    holder: Name | None = None
    party: Party | None = None
    up: bool = False


class WardSeats(Frozen):
    """A ward and its seats; the third is `<slug>/3`."""

    slug: Slug
    name: Name
    code: str | None = None
    seats: Annotated[tuple[SeatAtStart, ...], Field(min_length=1)]

    @property
    def seat_ids(self) -> tuple[str, ...]:
        """The ids of the seats, in order."""
        return tuple(f"{self.slug}/{place}" for place in range(1, len(self.seats) + 1))


class CouncilRegistered(Frozen):
    """A council, its wards, its seats and who held them at the start."""

    kind: Literal["council-registered.v1"] = "council-registered.v1"
    council: Slug
    name: Name
    election: Literal["local", "parl"] = "local"
    timezone: str
    voting_system: Literal["first-past-the-post"] = "first-past-the-post"
    wards: Annotated[tuple[WardSeats, ...], Field(min_length=1)]

    @property
    def size(self) -> int:
        """How many seats the council has."""
        return sum(len(ward.seats) for ward in self.wards)

    @cached_property
    def by_slug(self) -> dict[str, WardSeats]:
        """The wards by their slug."""
        return {ward.slug: ward for ward in self.wards}

    @cached_property
    def _by_name(self) -> dict[str, WardSeats]:
        return {match_key(ward.name): ward for ward in self.wards}

    def named(self, ward: str) -> WardSeats | None:
        """The ward of a slug or a name, however its letters are cased."""
        key = match_key(ward)
        return self.by_slug.get(key) or self._by_name.get(key)


class Nominee(Frozen):
    """A candidate before any vote is known."""

    name: Name
    party: Party
    id: str | None = None


class ContestOpened(Frozen):
    """One ward's poll on one day, for the seats named."""

    kind: Literal["contest-opened.v1"] = "contest-opened.v1"
    contest: ContestId
    ward: Slug
    poll_date: date
    polls_close: Moment
    seats: Annotated[tuple[SeatId, ...], Field(min_length=1)]
    candidates: tuple[Nominee, ...] = ()


class Candidate(Nominee):
    """A candidate with votes, and whether elected (never a tied candidate without a lot)."""

    votes: Count
    elected: bool


class Result(Frozen):
    """The figures of a contest. Counts are of papers; None means not given, never zero."""

    contest: ContestId
    candidates: Annotated[tuple[Candidate, ...], Field(min_length=1)]
    rejected: Count | None = None
    ballot_papers: Count | None = None
    electorate: Count | None = None
    lot: tuple[Name, ...] = ()

    @property
    def votes(self) -> int:
        """All votes cast for candidates."""
        return sum(candidate.votes for candidate in self.candidates)

    @cached_property
    def elected(self) -> tuple[Candidate, ...]:
        """The elected, first the one with the most votes."""
        chosen = [candidate for candidate in self.candidates if candidate.elected]
        return tuple(sorted(chosen, key=lambda candidate: -candidate.votes))

    def papers(self, seats_up: int) -> int | None:
        """Ballot papers given, or, with one seat up, what the figures say they were."""
        if self.ballot_papers is not None:
            return self.ballot_papers
        return self.votes + (self.rejected or 0) if seats_up == 1 else None


class ResultDeclared(Result):
    """What the returning officer announced."""

    kind: Literal["result-declared.v1"] = "result-declared.v1"


class ResultCorrected(Result):
    """Our record was wrong: this replaces the version `target` (an event id)."""

    kind: Literal["result-corrected.v1"] = "result-corrected.v1"
    target: EventId
    reason: Text
    cause: Cause


class LotDrawn(Frozen):
    """A tie for the last seat was decided by lot (Representation of the People Act 1983,
    schedule 1 rule 49; Local Elections Rules 2006, rule 49): `names` drawn `among` the tied.

    It decides that tie and no other: should a correction change who is tied, it waits."""

    kind: Literal["lot-drawn.v1"] = "lot-drawn.v1"
    contest: ContestId
    names: Annotated[tuple[Name, ...], Field(min_length=1)]
    among: Annotated[tuple[Name, ...], Field(min_length=2)]


class EntryWithdrawn(Frozen):
    """The entry `target` (an event id) should never have been made: taken back, not removed."""

    kind: Literal["entry-withdrawn.v1"] = "entry-withdrawn.v1"
    contest: ContestId
    target: EventId
    reason: Text


Fact = (
    CouncilRegistered | ContestOpened | ResultDeclared | ResultCorrected | LotDrawn | EntryWithdrawn
)
WardFact = ContestOpened | ResultDeclared | ResultCorrected | LotDrawn | EntryWithdrawn
KINDS: dict[str, type[Fact]] = {cls.model_fields["kind"].default: cls for cls in get_args(Fact)}


class Event(Frozen):
    """A fact in the envelope of every stored event.

    `originator_id` is the stream (`southampton` or `southampton/coxford`),
    `originator_version` its place in the stream from 1, `previous` the SHA-256 of
    the event before it there (None for the first).
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
    def council(self) -> str:
        """The slug of the council it is about."""
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
    the council's time zone.
    """

    at: datetime | str | None = None
    known_at: datetime | str | None = None
    entry: int | None = None

    @classmethod
    def as_of(cls, moment: datetime | str) -> Viewpoint:
        """What our board showed at that moment: both clocks at once."""
        return cls(at=moment, known_at=moment)


NOW = Viewpoint()


def as_json(value: Any) -> Any:
    """Plain JSON data of a fact."""
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value
