"""What people hand in: strict shapes of a council, a night and a result.

A form is checked for its shape here (types, unknown fields, duplicate keys) and
for its meaning in `domain`. Times are texts until a council's zone is known.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal, NoReturn, TypeVar

from pydantic import Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from ledger.errors import FileRefused, Missing, Problem, Refused
from ledger.values import (
    SLUG,
    Count,
    FieldChange,
    Frozen,
    Name,
    SeatId,
    Slug,
    Text,
    VotingSystem,
    Year,
)

TimeText = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class CandidateForm(Frozen):
    """One candidate of a result; `party` may be left out where the contest lists it. Votes
    that are not known are said to be (null)."""

    name: Name
    votes: Count | None
    party: Name | None = None
    party_id: Text | None = None
    elected: bool | None = None
    id: Text | None = None


class CandidateCorrection(Frozen):
    """What was wrong with a candidate besides votes: `candidate` is the name as it stands. A
    new party label keeps no id but the one given, or the one the table of parties has."""

    candidate: Name
    name: Name | None = None
    party: Name | None = None
    party_id: Text | None = None


class ResultForm(Frozen):
    """One result, as `results-json` has it; `elected` names those said to be elected, as an
    alternative to their own marks."""

    contest: Text
    candidates: tuple[CandidateForm, ...] = ()
    declared_at: TimeText | None = None
    source: Text | None = None
    electorate: Count | None = None
    ballot_papers: Count | None = None
    rejected: Count | None = None
    lot: Name | tuple[Name, ...] | None = None
    elected: tuple[Name, ...] = ()

    @property
    def lots(self) -> tuple[str, ...]:
        """The names drawn by lot."""
        return (self.lot,) if isinstance(self.lot, str) else self.lot or ()


class UnopposedForm(Frozen):
    """Those elected without a poll, as a file of results has them (`Name (Party)`); those
    nominated where it names nobody."""

    contest: Text
    elected: tuple[Text, ...] = ()
    declared_at: TimeText | None = None


class SeatForm(Frozen):
    """One seat of the register; no party means vacant, the party `?` that nobody knows who
    holds it."""

    holder: Name | None = None
    party: Name | None = None
    up: bool = False
    term_ends: Year | None = None


class WardForm(Frozen):
    """A ward of the register."""

    name: Name
    seats: Annotated[tuple[SeatForm, ...], Field(min_length=1)]
    slug: Slug | None = None
    code: Text | None = None


class ChangesForm(Frozen):
    """What a source says it changed, on one day, in its record of a ward (known by its code).

    How to find the contest and the rows in a file is no part of what the source says.
    """

    code: Text
    ward: Name
    changes: Annotated[tuple[FieldChange, ...], Field(min_length=1)]
    council: Slug | None = Field(default=None, exclude=True)
    poll_date: TimeText | None = Field(default=None, exclude=True)
    lines: tuple[int, ...] = Field(default=(), exclude=True)

    @property
    def on(self) -> date:
        """The day the source said so."""
        return self.changes[0].on


class CouncilForm(Frozen):
    """A council to register; `since` is the moment from which the holders are right."""

    council: Slug
    name: Name
    wards: Annotated[tuple[WardForm, ...], Field(min_length=1)]
    election: Literal["local", "parl"] = "local"
    voting_system: VotingSystem = "first-past-the-post"
    timezone: Text = "Europe/London"
    since: TimeText | None = None
    source: Text | None = None


class NomineeForm(Frozen):
    """A candidate of a contest to open."""

    name: Name
    party: Name
    party_id: Text | None = None
    id: Text | None = None


class ContestForm(Frozen):
    """A contest to open: `seats` names the seats up, or `seats_up` says how many. Where their
    terms differ `term_ends` has the year each ends in, in the order of the seats. `replaces`
    is the id of the ward's contest that was called off, and whose seats these are."""

    ward: Name
    contest: Text | None = None
    seats_up: Annotated[int, Field(ge=1, le=99)] | None = None
    seats: tuple[SeatId, ...] = ()
    candidates: tuple[NomineeForm, ...] = ()
    by_election: bool = False
    term_ends: tuple[Year, ...] = ()
    replaces: Text | None = None


class NightForm(Frozen):
    """The contests of one council on one poll date."""

    poll_date: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    contests: Annotated[tuple[ContestForm, ...], Field(min_length=1)]
    council: Slug | None = None
    polls_close: TimeText = "22:00"
    source: Text | None = None


class NotionalForm(Frozen):
    """Whose a contest's seats notionally are: how many are each party's."""

    contest: Text
    seats: dict[Name, Count]


class Said(Frozen):
    """Who records, from what source, under what key, and the soft rules overridden."""

    by: Name
    source: Text | None = None
    key: Text | None = None
    accept: tuple[Text, ...] = ()


Form = TypeVar("Form", bound=Frozen)


class _Twice(ValueError):
    """A JSON object names a key twice."""


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        twin = next(key for key in keys if keys.count(key) > 1)
        raise _Twice(f"the key {twin!r} is there twice")
    return made


def _no_constant(word: str) -> NoReturn:
    raise _Twice(f"{word} is not a number")


def strict_json(text: str, file: str, line: int | None = None) -> Any:
    """The JSON value. Raises FileRefused for duplicate keys, NaN, Infinity, broken JSON."""
    try:
        return json.loads(text, object_pairs_hook=_no_twins, parse_constant=_no_constant)
    except _Twice as error:
        problem = Problem(file, line, None, None, "strict-json", str(error))
    except json.JSONDecodeError as error:
        at = error.lineno if line is None else line
        problem = Problem(file, at, None, None, "strict-json", f"not JSON: {error.msg}")
    except (ValueError, RecursionError) as error:
        # int() refuses more than 4,300 digits; json nests until the stack ends.
        what = "nested too deep" if isinstance(error, RecursionError) else "a number is too long"
        problem = Problem(file, line, None, None, "strict-json", what)
    raise FileRefused(file, [problem])


def fill(form: type[Form], data: Any, file: str, line: int | None = None) -> Form:
    """The form filled with plain data. Raises FileRefused with every field that is wrong."""
    try:
        # JSON mode, so that arrays become tuples and nothing else is converted.
        return form.model_validate_json(json.dumps(data, ensure_ascii=False).encode("utf-8"))
    except UnicodeEncodeError:
        what = "a text holds a lone surrogate, which is no character"
        raise FileRefused(file, [Problem(file, line, None, None, "bad-name", what)]) from None
    except ValidationError as error:
        problems = [
            Problem(
                file,
                line,
                ".".join(str(part) for part in found["loc"]),
                ascii(found["input"])[:80] if not isinstance(found["input"], dict) else None,
                found["type"].replace("_", "-"),
                _plain(found),
            )
            for found in error.errors(include_url=False)
        ]
        raise FileRefused(file, problems) from None


def made(kind: type[Form], **fields: Any) -> Form:
    """A value of these fields. Raises Refused naming the first that is wrong."""
    try:
        return kind(**fields)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        # Our own checks tell the value; pydantic's tell the shape.
        ours = first["type"] == "value_error"
        shown = "" if ours else f" ({ascii(first['input'])[:60]})"
        raise Refused(
            what=f"{where}: {_plain(first)}{shown}.",
            remedy="give a value of that shape",
        ) from error


def _plain(found: ErrorDetails) -> str:
    """What is wrong, without the checker's own words."""
    if found["type"] in _SHAPES:
        return _SHAPES[found["type"]]
    if found.get("ctx", {}).get("pattern") == SLUG:
        return "a slug has small letters, digits and single hyphens: my-town"
    return found["msg"].removeprefix("Value error, ").rstrip(".")


_SHAPES = {
    "model_type": "a JSON object is wanted here",
    "tuple_type": "a list is wanted here",
    "missing": "it is missing",
    "extra_forbidden": "there is no such field",
    "string_type": "a text is wanted here",
    "int_type": "a whole number is wanted here",
    "bool_type": "true or false is wanted here",
}


def result_form(
    contest: str, votes: Mapping[str, int | None] | None, lot: Sequence[str] = ()
) -> ResultForm:
    """A form of votes by name; `Name (Party)` names a party too. Raises Missing."""
    if not votes and not lot:
        raise Missing(what="the result", remedy="give votes, a lot, or a whole form")
    candidates = tuple(
        made(CandidateForm, name=name, votes=number) for name, number in (votes or {}).items()
    )
    return made(ResultForm, contest=contest, candidates=candidates, lot=tuple(lot) or None)


def split_party(text: str) -> tuple[str, str | None]:
    """`Tammy Thomas (Independent)` -> name and party; no party where no brackets end it."""
    if text.endswith(")") and " (" in text:
        name, _, party = text[:-1].rpartition(" (")
        return name, party
    return text, None
