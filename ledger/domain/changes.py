"""A source's own record of what it changed, as the correction it makes of a result.

A field the ledger does not hold (of a candidate whom the result has only among "All other
candidates", or only by party) changes nothing here, and is told all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ledger import parties
from ledger.errors import Refused, UnknownCandidate, ValueDiffers, WhichCandidate
from ledger.facts import Candidate, ContestOpened, Result
from ledger.fields import BLANK, What, meaning
from ledger.forms import CandidateCorrection, CandidateForm, ResultForm, made
from ledger.parties import resolve
from ledger.values import Cause, FieldChange

REST, INDEPENDENT = "OTHERS", "IND"  # codes: the line of all other candidates; no party


def cause_of(changes: Sequence[FieldChange]) -> Cause:
    """Two values exchanged were in each other's rows; what else was wrong the log does not
    say, but of a party's name it is the label."""
    if len(changes) == 2:  # noqa: PLR2004 - a pair
        one, other = changes
        if (one.old, one.new) == (other.new, other.old):
            return "transposed rows"
    if all(meaning(change.field) == What("party name") for change in changes):
        return "wrong party label"
    return "source changed"


def changed_by(
    contest: ContestOpened, ward: str, where: str, before: Result, changes: Sequence[FieldChange]
) -> tuple[Result, dict[int, Refused]]:
    """The result with each change made upon the one before it; and, by its place, why a change
    cannot be made. `ward` and `where` it stands are for the reader."""
    result, refused = before, dict[int, Refused]()
    for place, change in enumerate(changes):
        try:
            result = _made(result, change)
        except _Stands as found:
            refused[place] = ValueDiffers(
                ward=ward, field=change.field, old=change.old, new=change.new,
                stands=str(found), where=where,
            )  # fmt: skip
        except (UnknownCandidate, WhichCandidate) as other:
            refused[place] = other
    return _papers_follow(contest, before, result), refused


class _Stands(ValueError):
    """Something else than the old value stands."""


def _made(result: Result, change: FieldChange) -> Result:
    what = meaning(change.field)
    assert what is not None  # the format knows every field
    if what.name in ("electorate", "rejected"):
        stands: int | None = getattr(result, what.name)
        if stands is None:
            return result
        if stands != int(change.old):
            raise _Stands(stands)
        return result.model_copy(update={what.name: int(change.new)})
    held = _held(result, what, change)
    if held is None:
        return result
    new = _NEW[what.name](held, change)
    people = tuple(new if candidate is held else candidate for candidate in result.candidates)
    return result.model_copy(update={"candidates": people})


def _held(result: Result, what: What, change: FieldChange) -> Candidate | None:
    """The candidate of whom the old value stands; None if the ledger does not hold it. Raises
    UnknownCandidate, WhichCandidate, and _Stands with what does stand."""
    rest = any(c.party.code == REST for c in result.candidates)
    mine = [c for c in result.candidates if _meant(c, what, change) and c.party.code != REST]
    values = [_VALUE[what.name](c, change) for c in mine]
    found = [c for c, value in zip(mine, values, strict=True) if value == change.old]
    others = [value for value in values if value not in (None, change.old)]
    if len(found) > 1:
        names = ", ".join(c.name for c in found)
        raise WhichCandidate(field=change.field, contest=result.contest, candidates=names)
    if found:
        return found[0]
    if not mine and not rest:
        raise UnknownCandidate(
            name=f"A candidate of {what.party or change.old}",
            contest=result.contest,
            candidates=", ".join(f"{c.name} ({c.party.label})" for c in result.candidates),
            suggestion="",
        )
    # Independents are many: another than the one known may stand among the rest.
    if others and not (rest and mine[0].party.group == INDEPENDENT):
        raise _Stands(" and ".join(others))
    return None


def _meant(candidate: Candidate, what: What, change: FieldChange) -> bool:
    if what.party is None:
        return candidate.party.label == change.old
    return candidate.party.group == resolve(what.party).group


def _votes(candidate: Candidate, change: FieldChange) -> str | None:
    """The votes, as the source writes them if they are the same."""
    same = candidate.votes == int(change.old)
    return None if candidate.votes is None else change.old if same else str(candidate.votes)


def _surname(candidate: Candidate, change: FieldChange) -> str | None:
    """The old surname where the name ends with it, else the whole name; nothing where the
    candidate is known by party only."""
    if candidate.name in (candidate.party.label, parties.name(candidate.party.code)):
        return None
    return change.old if f" {candidate.name}".endswith(f" {change.old}") else candidate.name


def _party_id(candidate: Candidate, change: FieldChange) -> str | None:
    """The id as recorded. One that the table of parties gave is not the source's word."""
    if candidate.party == resolve(candidate.party.label):
        return BLANK if change.old == BLANK else None
    return candidate.party.id or BLANK


_VALUE: dict[str, Callable[[Candidate, FieldChange], str | None]] = {
    "votes": _votes,
    "surname": _surname,
    "party id": _party_id,
    "party name": lambda candidate, _: candidate.party.label,
}
_NEW: dict[str, Callable[[Candidate, FieldChange], Candidate]] = {
    "votes": lambda c, change: c.model_copy(update={"votes": int(change.new)}),
    "surname": lambda c, change: c.model_copy(
        update={"name": c.name.removesuffix(change.old) + change.new}
    ),
    "party id": lambda c, change: c.model_copy(
        update={"party": resolve(c.party.label, None if change.new == BLANK else change.new)}
    ),
    "party name": lambda c, change: c.model_copy(update={"party": resolve(change.new, c.party.id)}),
}


def _papers_follow(contest: ContestOpened, before: Result, after: Result) -> Result:
    """Where each ballot paper counts for one vote, papers are valid votes + rejected, and so
    they change with them."""
    was, now = before.votes, after.votes
    if contest.votes_each > 1 or was is None or now is None:
        return after
    if before.ballot_papers != was + (before.rejected or 0):
        return after
    return after.model_copy(update={"ballot_papers": now + (after.rejected or 0)})


def differences(
    before: Result, after: Result
) -> tuple[ResultForm, tuple[CandidateCorrection, ...]]:
    """What a correction of `before` gives to make it `after`, its candidates in one order."""
    pairs = list(zip(before.candidates, after.candidates, strict=True))
    form = made(
        ResultForm,
        contest=before.contest,
        electorate=after.electorate,
        rejected=after.rejected,
        ballot_papers=after.ballot_papers,
        candidates=tuple(
            CandidateForm(name=was.name, votes=now.votes)
            for was, now in pairs
            if was.votes != now.votes
        ),
    )
    people = tuple(
        made(
            CandidateCorrection,
            candidate=was.name,
            name=now.name,
            **(
                {"party": now.party.label, "party_id": now.party.id}
                if now.party != was.party
                else {}
            ),
        )
        for was, now in pairs
        if (was.name, was.party) != (now.name, now.party)
    )
    return form, people
