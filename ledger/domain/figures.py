"""The candidates and figures of a result, put together from a form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ledger.counting import UNSAID, count
from ledger.domain.roll import Roll
from ledger.errors import (
    CandidateMissing,
    CandidateTwice,
    Missing,
    NoTie,
    PartyMissing,
    UnknownParty,
)
from ledger.facts import Candidate, ContestOpened, Nominee, Result
from ledger.forms import CandidateCorrection, CandidateForm, ResultForm, made, split_party
from ledger.names import Names
from ledger.parties import labels
from ledger.text import did_you_mean, match_key
from ledger.values import Party


def refuse_twice(names: list[str], contest_id: str) -> None:
    """Raise CandidateTwice where two names are one."""
    keys = [match_key(name) for name in names]
    for name, key in zip(names, keys, strict=True):
        if keys.count(key) > 1:
            raise CandidateTwice(name=name, contest=contest_id)


def _split(form: CandidateForm, roll: Roll) -> CandidateForm:
    """`Tammy Thomas (Independent)` as a name and a party; as it is where a party is given
    beside it, or the whole (or an id) tells the candidate."""
    name, party = split_party(form.name)
    if form.party is not None or party is None:
        return form
    if roll.called(form.name) or roll.numbered(form.id):
        return form
    return made(CandidateForm, **(dict(form) | {"name": name, "party": party}))


def _found(forms: Iterable[CandidateForm], roll: Roll, contest: str) -> dict[str, CandidateForm]:
    """What is given of each candidate, by the candidate's own name."""
    given: dict[str, CandidateForm] = {}
    for form in forms:
        split = _split(form, roll)
        name = roll.find(split.name, form.id)
        if name in given:
            raise CandidateTwice(name=name, contest=contest)
        given[name] = split if split.name == name else split.model_copy(update={"name": name})
    return given


def _unlisted(
    contest: ContestOpened, forms: Iterable[CandidateForm], names: Names
) -> list[CandidateForm]:
    """The candidates of a contest that has no list of them: those given are all."""
    nobody = Roll(contest.contest, (), names)
    split = [_split(form, nobody) for form in forms]
    real = [names.meaning("candidate", form.name) or form.name for form in split]
    refuse_twice(real, contest.contest)
    return [
        form if form.name == name else form.model_copy(update={"name": name})
        for form, name in zip(split, real, strict=True)
    ]


def whole_list(contest: ContestOpened, form: ResultForm, names: Names) -> list[CandidateForm]:
    """Every candidate once, under the nominated name, in the order nominated. Where nothing
    but the elected is given, nobody's votes are known."""
    forms = form.candidates or _elected_alone(contest, form)
    if not contest.candidates:
        return _unlisted(contest, forms, names)
    by_name = _found(forms, Roll(contest.contest, contest.candidates, names), contest.contest)
    left_out = [c.name for c in contest.candidates if c.name not in by_name]
    if left_out:
        raise CandidateMissing(contest=contest.contest, names=", ".join(left_out))
    return [by_name[nominee.name] for nominee in contest.candidates]


def _elected_alone(contest: ContestOpened, form: ResultForm) -> tuple[CandidateForm, ...]:
    if not form.elected:
        remedy = 'give --votes "Name=1317" for each, or --elected NAME if they are not known'
        raise Missing(what=f"the votes of {contest.contest}", remedy=remedy)
    names = [nominee.name for nominee in contest.candidates] or form.elected
    return tuple(made(CandidateForm, name=name, votes=None) for name in names)


def changed(
    contest: ContestOpened, before: Result, forms: tuple[CandidateForm, ...], names: Names
) -> list[CandidateForm]:
    """The candidates of the version before, with the votes given put in."""
    given = _found(forms, Roll(contest.contest, before.candidates, names), contest.contest)
    return [_put_in(was, given.get(was.name)) for was in before.candidates]


def newer(
    contest: ContestOpened, before: Result, forms: tuple[CandidateForm, ...], names: Names
) -> list[CandidateForm]:
    """The candidates of the version before, with what a newer file says put in. Where a
    contest has no list, a file that has them all may have more; one that lacks some as well
    may only spell them otherwise, and is refused."""
    roll = Roll(contest.contest, before.candidates, names)
    split = [_split(form, roll) for form in forms]
    more = [form for form in split if not _known(form, roll)]
    given = _found([form for form in split if form not in more], roll, contest.contest)
    if contest.candidates or len(given) < len(before.candidates):
        _found(more, roll, contest.contest)
    known = [_put_in(was, given.get(was.name)) for was in before.candidates]
    return [*known, *_unlisted(contest, more, names)]


def left_out(
    contest: ContestOpened, before: Result, forms: tuple[CandidateForm, ...], names: Names
) -> list[Candidate]:
    """The candidates of the version before whom a newer file does not name."""
    roll = Roll(contest.contest, before.candidates, names)
    named = {_known(_split(form, roll), roll) for form in forms}
    return [was for was in before.candidates if was.name not in named]


def _known(form: CandidateForm, roll: Roll) -> str | None:
    return roll.called(form.name) or roll.numbered(form.id)


def _put_in(was: Candidate, given: CandidateForm | None) -> CandidateForm:
    return CandidateForm(
        name=was.name,
        votes=was.votes if given is None or given.votes is None else given.votes,
        party=given.party if given else None,
        party_id=given.party_id if given else None,
        elected=given.elected if given else None,
        id=was.id,
    )


def figures_of(  # noqa: PLR0913 - a result is made of all of these
    contest: ContestOpened,
    forms: list[CandidateForm],
    form: ResultForm,
    before: Result | None,
    names: Names,
    *,
    relabels: bool = False,
) -> dict[str, Any]:
    """The fields of a Result: parties from the nominations (or the version before), the
    elected from the votes, the lot, or as the form marks them. `relabels` says that a label
    may be of a party nobody knows yet."""
    parties = {
        c.name: c.party for c in (*contest.candidates, *(before.candidates if before else ()))
    }
    if not relabels:
        _refuse_unknown_party(contest.contest, forms, parties, names)
    roll = Roll(contest.contest, forms, names)
    elected = _marked(roll, forms, form)
    lot = tuple(roll.find(name) for name in form.lots)
    by_votes = count(forms, contest)
    if lot and not set(lot) <= set(by_votes.tied):
        who = f"only {', '.join(by_votes.tied)} are" if by_votes.tied else "nobody is"
        raise NoTie(contest=contest.contest, what=f"{who} tied for the last seat")
    if before and not lot and set(count(before.candidates, contest).tied) == set(by_votes.tied):
        lot = before.lot
    if elected is None and by_votes is UNSAID:
        elected = {c.name for c in before.elected} if before else set()
    elif elected is None:
        elected = {*by_votes.clear, *lot}
    return {
        "contest": contest.contest,
        "candidates": tuple(
            Candidate(
                name=f.name,
                party=_party(f, parties, contest, names),
                id=f.id,
                votes=f.votes,
                elected=f.name in elected,
            )
            for f in forms
        ),
        "rejected": form.rejected if form.rejected is not None else before and before.rejected,
        "ballot_papers": form.ballot_papers
        if form.ballot_papers is not None
        else before and before.ballot_papers,
        "electorate": form.electorate
        if form.electorate is not None
        else before and before.electorate,
        "lot": lot,
    }


def _marked(roll: Roll, forms: list[CandidateForm], form: ResultForm) -> set[str] | None:
    """Those said to be elected; None where nobody is."""
    bare = (name if roll.called(name) else split_party(name)[0] for name in form.elected)
    named = {roll.find(name) for name in bare}
    said = bool(named) or any(f.elected is not None for f in forms)
    return named | {f.name for f in forms if f.elected} if said else None


def _refuse_unknown_party(
    contest: str, forms: list[CandidateForm], parties: dict[str, Party], names: Names
) -> None:
    """Raise UnknownParty for a label that is neither the candidate's own nor a known party's:
    counted as a party of its own it would move a seat."""
    for form in forms:
        known = parties.get(form.name)
        if form.party is None or known is None or names.knows_party(form.party, form.party_id):
            continue
        if not _same_party(form, known, names):
            raise UnknownParty(
                label=form.party,
                name=form.name,
                contest=contest,
                known=known.label,
                suggestion=did_you_mean(form.party, [known.label, *labels().values()]),
            )


def _party(
    form: CandidateForm, parties: dict[str, Party], contest: ContestOpened, names: Names
) -> Party:
    if form.party is None:
        if form.name not in parties:
            raise PartyMissing(name=form.name, contest=contest.contest)
        return parties[form.name]
    known = parties.get(form.name)
    # The nomination's own label says more than a code typed beside the votes.
    if known and _same_party(form, known, names):
        return known
    return names.party(form.party, form.party_id)


def _same_party(form: CandidateForm, known: Party, names: Names) -> bool:
    """Whether the party given is the one known, by what it counts as or by its id."""
    assert form.party is not None
    if names.party(form.party, form.party_id).group == known.group:
        return True
    same_id = form.party_id is not None and form.party_id == known.id
    return same_id and not names.knows_party(form.party)


def as_corrected(contest: ContestOpened, before: Result) -> ContestOpened:
    """The contest with its candidates under the names and parties they stand by now."""
    if not contest.candidates:
        return contest
    people = tuple(Nominee(name=c.name, party=c.party, id=c.id) for c in before.candidates)
    return contest.model_copy(update={"candidates": people})


def put_right(
    figures: dict[str, Any], people: Sequence[CandidateCorrection], contest_id: str, names: Names
) -> dict[str, Any]:
    """The fields of a Result with candidates' names and parties corrected, each found by name.
    Raises UnknownCandidate, CandidateTwice."""
    if not people:
        return figures
    roll = Roll(contest_id, figures["candidates"], names)
    wanted = [roll.find(one.candidate) for one in people]
    refuse_twice(wanted, contest_id)
    by_name = dict(zip(wanted, people, strict=True))
    candidates = tuple(
        _put_right(c, by_name[c.name], names) if c.name in by_name else c
        for c in figures["candidates"]
    )
    refuse_twice([c.name for c in candidates], contest_id)
    lot = tuple((by_name[n].name if n in by_name else None) or n for n in figures["lot"])
    return {**figures, "candidates": candidates, "lot": lot}


def _put_right(was: Candidate, how: CandidateCorrection, names: Names) -> Candidate:
    party = was.party
    if how.party is not None or how.party_id is not None:
        party = names.party(how.party or was.party.label, how.party_id)
    return was.model_copy(update={"name": how.name or was.name, "party": party})
