"""The candidates and figures of a result, put together from a form."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from ledger.counting import UNSAID, count
from ledger.errors import (
    CandidateMissing,
    CandidateTwice,
    Missing,
    NoTie,
    PartyMissing,
    UnknownCandidate,
)
from ledger.facts import Candidate, ContestOpened, Nominee, Result
from ledger.forms import CandidateCorrection, CandidateForm, ResultForm, made, split_party
from ledger.parties import resolve
from ledger.text import did_you_mean, match_key
from ledger.values import Party


def refuse_twice(names: list[str], contest_id: str) -> None:
    """Raise CandidateTwice where two names are one."""
    keys = [match_key(name) for name in names]
    for name, key in zip(names, keys, strict=True):
        if keys.count(key) > 1:
            raise CandidateTwice(name=name, contest=contest_id)


def known_name(name: str, names: dict[str, str], contest_id: str) -> str:
    """The candidate's name as nominated. Raises UnknownCandidate with a suggestion."""
    found = names.get(match_key(name))
    if found is None:
        raise UnknownCandidate(
            name=name,
            contest=contest_id,
            candidates=", ".join(names.values()),
            suggestion=did_you_mean(name, names.values()),
        )
    return found


def _split(form: CandidateForm, names: Collection[str] = ()) -> CandidateForm:
    """`Tammy Thomas (Independent)` as a name and a party; as it is where a party is given
    beside it, or the whole is the name of a candidate."""
    name, party = split_party(form.name)
    if match_key(form.name) in names or form.party is not None or party is None:
        return form
    return made(CandidateForm, **(dict(form) | {"name": name, "party": party}))


def whole_list(contest: ContestOpened, form: ResultForm) -> list[CandidateForm]:
    """Every candidate once, under the nominated name, in the order nominated. Where nothing
    but the elected is given, nobody's votes are known."""
    forms = form.candidates or _elected_alone(contest, form)
    if not contest.candidates:
        split = [_split(one) for one in forms]
        refuse_twice([one.name for one in split], contest.contest)
        return split
    names = {match_key(nominee.name): nominee.name for nominee in contest.candidates}
    ids = {nominee.id: nominee.name for nominee in contest.candidates if nominee.id}
    by_name: dict[str, CandidateForm] = {}
    for one in forms:
        name = ids.get(one.id or "")
        given = one if name else _split(one, names)
        name = name or known_name(given.name, names, contest.contest)
        if name in by_name:
            raise CandidateTwice(name=name, contest=contest.contest)
        by_name[name] = given if given.name == name else given.model_copy(update={"name": name})
    left_out = [name for name in names.values() if name not in by_name]
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
    contest: ContestOpened, before: Result, forms: tuple[CandidateForm, ...]
) -> list[CandidateForm]:
    """The candidates of the version before, with the votes given put in."""
    names = {match_key(candidate.name): candidate.name for candidate in before.candidates}
    given: dict[str, CandidateForm] = {}
    for form in forms:
        split = _split(form, names)
        name = known_name(split.name, names, contest.contest)
        if name in given:
            raise CandidateTwice(name=name, contest=contest.contest)
        given[name] = split
    return [
        CandidateForm(
            name=was.name,
            votes=given[was.name].votes if was.name in given else was.votes,
            party=given[was.name].party if was.name in given else None,
            elected=given[was.name].elected if was.name in given else None,
            id=was.id,
        )
        for was in before.candidates
    ]


def figures_of(
    contest: ContestOpened, forms: list[CandidateForm], form: ResultForm, before: Result | None
) -> dict[str, Any]:
    """The fields of a Result: parties from the nominations (or the version before), the
    elected from the votes, the lot, or as the form marks them."""
    parties = {
        c.name: c.party for c in (*contest.candidates, *(before.candidates if before else ()))
    }
    names = {match_key(f.name): f.name for f in forms}
    elected = _marked(contest, forms, form)
    lot = tuple(known_name(name, names, contest.contest) for name in form.lots)
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
                party=_party(f, parties, contest),
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


def _marked(
    contest: ContestOpened, forms: list[CandidateForm], form: ResultForm
) -> set[str] | None:
    """Those said to be elected; None where nobody is."""
    names = {match_key(f.name): f.name for f in forms}
    bare = (split_party(name)[0] if match_key(name) not in names else name for name in form.elected)
    named = {known_name(name, names, contest.contest) for name in bare}
    said = bool(named) or any(f.elected is not None for f in forms)
    return named | {f.name for f in forms if f.elected} if said else None


def _party(form: CandidateForm, parties: dict[str, Party], contest: ContestOpened) -> Party:
    if form.party is None:
        if form.name not in parties:
            raise PartyMissing(name=form.name, contest=contest.contest)
        return parties[form.name]
    known = parties.get(form.name)
    given = resolve(form.party, form.party_id)
    # The nomination's own label says more than a code typed beside the votes.
    return known if known and known.group == given.group else given


def as_corrected(contest: ContestOpened, before: Result) -> ContestOpened:
    """The contest with its candidates under the names and parties they stand by now."""
    if not contest.candidates:
        return contest
    people = tuple(Nominee(name=c.name, party=c.party, id=c.id) for c in before.candidates)
    return contest.model_copy(update={"candidates": people})


def put_right(
    figures: dict[str, Any], people: Sequence[CandidateCorrection], contest_id: str
) -> dict[str, Any]:
    """The fields of a Result with candidates' names and parties corrected, each found by name.
    Raises UnknownCandidate, CandidateTwice."""
    names = {match_key(c.name): c.name for c in figures["candidates"]}
    wanted = [known_name(one.candidate, names, contest_id) for one in people]
    refuse_twice(wanted, contest_id)
    by_name = dict(zip(wanted, people, strict=True))
    candidates = tuple(
        _put_right(c, by_name[c.name]) if c.name in by_name else c for c in figures["candidates"]
    )
    refuse_twice([c.name for c in candidates], contest_id)
    lot = tuple((by_name[n].name if n in by_name else None) or n for n in figures["lot"])
    return {**figures, "candidates": candidates, "lot": lot}


def _put_right(was: Candidate, how: CandidateCorrection) -> Candidate:
    party = was.party
    if how.party is not None or how.party_id is not None:
        party = resolve(how.party or was.party.label, how.party_id)
    return was.model_copy(update={"name": how.name or was.name, "party": party})
