"""The values facts are made of: names, ids, counts, moments, parties."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date
from functools import lru_cache
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from ledger.errors import BadName, BadText
from ledger.text import clean_name, clean_text


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
Vacancy = Literal["death", "resignation", "disqualification", "court", "other"]
VACANCIES: tuple[str, ...] = get_args(Vacancy)
# With several seats up, as many votes as seats: the block vote is first past the post.
VotingSystem = Literal["first-past-the-post", "block-vote", "stv"]
Year = Annotated[int, Field(ge=1900, le=2999)]
Alike = Literal["candidate", "party", "ward"]
ALIKE: tuple[str, ...] = get_args(Alike)
CallingOff = Literal["countermanded", "abandoned"]
Truth = Literal["legal", "recorded", "arithmetical"]
TRUTHS: tuple[Truth, ...] = get_args(Truth)
Baseline = Literal["eve-of-poll", "last-comparable", "notional"]
BASELINES: tuple[Baseline, ...] = get_args(Baseline)


class Frozen(BaseModel):
    """A value: strict on the way in and validated on the way out."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Party(Frozen):
    """A party as one fact names it: label as declared, code, id, and group it counts in."""

    label: Name
    code: Code
    group: Code
    id: str | None = None


class FieldChange(Frozen):
    """One field a source says it changed, in the source's own words; `on` is the day it said so."""

    field: Text
    old: Text
    new: Text
    on: date

    def __str__(self) -> str:
        return f"{self.field} from {self.old} to {self.new} ({self.on})"
