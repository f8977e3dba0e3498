"""Decisions, as pure functions: what stands, and a form -> a fact or a refusal."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, assert_never

from ledger.counting import count
from ledger.errors import (
    AlreadyDeclared,
    BeforeRegister,
    CandidateMissing,
    CandidateTwice,
    CannotWithdraw,
    ContestIdWrong,
    ContestOpen,
    Missing,
    MovedOn,
    NotDeclared,
    NothingChanged,
    NoTie,
    PartyMissing,
    SeatsUnclear,
    TargetGone,
    UnknownCandidate,
    UnknownSeat,
    WardTwice,
)
from ledger.events import (
    Candidate,
    Cause,
    ContestOpened,
    CouncilRegistered,
    Entry,
    EntryWithdrawn,
    LotDrawn,
    Nominee,
    Party,
    Result,
    ResultCorrected,
    ResultDeclared,
    SeatAtStart,
    WardSeats,
)
from ledger.forms import CandidateForm, ContestForm, CouncilForm, ResultForm, made
from ledger.ids import ballot_paper_id, id_wrong, is_by_election
from ledger.parties import resolve
from ledger.text import did_you_mean, match_key, slugify
from ledger.times import local
from ledger.ward import Contest, Ward


def register(form: CouncilForm) -> CouncilRegistered:
    """The register of a council. Raises WardTwice, PartyMissing."""
    wards = tuple(
        made(
            WardSeats,
            slug=ward.slug or slugify(ward.name),
            name=ward.name,
            code=ward.code,
            seats=tuple(
                SeatAtStart(
                    holder=seat.holder,
                    party=resolve(seat.party) if seat.party else None,
                    up=seat.up,
                )
                for seat in ward.seats
            ),
        )
        for ward in form.wards
    )
    seen: set[str] = set()
    for ward in wards:
        if ward.slug in seen:
            raise WardTwice(ward=ward.name, slug=ward.slug, council=form.council)
        seen.add(ward.slug)
        for seat, seat_id in zip(ward.seats, ward.seat_ids, strict=True):
            if seat.holder and not seat.party:
                raise PartyMissing(name=seat.holder, contest=f"seat {seat_id}")
    return made(
        CouncilRegistered,
        council=form.council,
        name=form.name,
        election=form.election,
        timezone=form.timezone,
        wards=wards,
    )


def open_contest(  # noqa: PLR0913 - a contest is made of all of these
    council: CouncilRegistered,
    since: datetime,
    place: WardSeats,
    ward: Ward,
    form: ContestForm,
    poll_date: date,
    polls_close: datetime,
) -> ContestOpened:
    """The contest of a ward. Raises ContestIdWrong, ContestOpen, BeforeRegister, UnknownSeat,
    SeatsUnclear."""
    contest_id = form.contest or ballot_paper_id(
        council, place.slug, poll_date, by_election=form.by_election
    )
    wrong = id_wrong(council, place.slug, poll_date, contest_id)
    if wrong:
        raise ContestIdWrong(contest=contest_id, what=wrong)
    if contest_id in ward.contests:
        raise ContestOpen(contest=contest_id, entry=ward.contests[contest_id].opened.number)
    if polls_close <= since:
        raise BeforeRegister(
            contest=contest_id,
            polls_close=local(polls_close, council.timezone).isoformat(),
            since=local(since, council.timezone).isoformat(),
            council=council.council,
        )
    nominees = tuple(
        Nominee(name=c.name, party=resolve(c.party, c.party_id), id=c.id) for c in form.candidates
    )
    _refuse_twice([nominee.name for nominee in nominees], contest_id)
    return made(
        ContestOpened,
        contest=contest_id,
        ward=place.slug,
        poll_date=poll_date,
        polls_close=polls_close,
        seats=_seats_up(place, ward, form, contest_id),
        candidates=nominees,
    )


def _seats_up(place: WardSeats, ward: Ward, form: ContestForm, contest_id: str) -> tuple[str, ...]:
    """The seats up: those named; in a by-election, those that are vacant; or the number
    asked, from the seats marked as up, else from those that have gone longest without a
    contest, else all."""
    if form.seats:
        for seat in form.seats:
            if seat not in place.seat_ids:
                raise UnknownSeat(ward=place.slug, seat=seat, seats=", ".join(place.seat_ids))
        if len(set(form.seats)) < len(form.seats) or (
            form.seats_up is not None and form.seats_up != len(form.seats)
        ):
            raise SeatsUnclear(
                ward=place.slug, contest=contest_id, what="the seats and their number differ"
            )
        return form.seats
    wanted, seats = form.seats_up, dict(zip(place.seat_ids, place.seats, strict=True))
    by = is_by_election(contest_id)
    # A by-election fills what is left of a term; it does not move the ward's ordinary turns.
    earlier = [c.fact for c in ward.contests.values() if by or not is_by_election(c.fact.contest)]
    filled = {seat: n for n, fact in enumerate(earlier, 1) for seat in fact.seats}
    meant = [s for s, seat in seats.items() if (seat.party is None if by else seat.up)]
    fresh = [seat for seat in meant if seat not in filled]
    if fresh and wanted in (None, len(fresh)):
        return tuple(fresh)
    wanted = len(place.seats) if wanted is None and len(place.seats) == 1 else wanted
    if by and wanted != len(place.seats):
        what = f"it is a by-election, and {len(fresh)} of the ward's seats are vacant"
        raise SeatsUnclear(ward=place.slug, contest=contest_id, what=what)
    if wanted is None:
        raise SeatsUnclear(
            ward=place.slug,
            contest=contest_id,
            what="neither their number nor their names are given",
        )
    if wanted == len(place.seats):
        return place.seat_ids
    ages = sorted(place.seat_ids, key=lambda seat: (filled.get(seat, 0), seat))
    if wanted > len(ages) or filled.get(ages[wanted - 1], 0) == filled.get(ages[wanted], 0):
        what = f"{wanted} of {len(ages)} seats, and nothing says which"
        raise SeatsUnclear(ward=place.slug, contest=contest_id, what=what)
    return tuple(ages[:wanted])


def declare(contest: Contest, form: ResultForm) -> ResultDeclared | LotDrawn:
    """What was announced; a lot alone completes a tie that stands. Raises AlreadyDeclared."""
    standing = contest.result()
    if form.lots and not form.candidates and standing is not None:
        return draw_lot(contest, form.lots)
    if contest.standing is not None:
        raise AlreadyDeclared(contest=contest.fact.contest, entry=contest.standing.number)
    candidates = _candidates(contest.fact, form.candidates)
    figures = _figures(contest.fact, candidates, form, None)
    return made(ResultDeclared, **figures)


def draw_lot(contest: Contest, names: tuple[str, ...]) -> LotDrawn:
    """The lot that decides a standing tie. Raises NoTie, UnknownCandidate."""
    result, contest_id = contest.result(), contest.fact.contest
    if result is None:
        raise NoTie(contest=contest_id, what="it is not declared")
    tie = count(result.candidates, len(contest.fact.seats))
    missing = len(contest.fact.seats) - len(result.elected)
    if contest.lot or not missing:
        raise NoTie(contest=contest_id, what="every seat is decided")
    drawn = tuple(_known(name, {match_key(t): t for t in tie.tied}, contest_id) for name in names)
    if len(drawn) != missing or len(set(drawn)) != len(drawn):
        what = f"{missing} of {', '.join(tie.tied)} must be drawn"
        raise NoTie(contest=contest_id, what=what)
    return LotDrawn(contest=contest_id, names=drawn, among=tie.tied)


def correct(  # noqa: PLR0913 - a correction is made of all of these
    contest: Contest,
    form: ResultForm,
    *,
    reason: str,
    cause: Cause,
    replaces: int | None,
    whole: bool,
    moves: bool,
) -> ResultCorrected:
    """The standing version with what the form gives changed (`whole`: replaced).

    `moves` says that the time changes too. Raises NotDeclared, MovedOn, NothingChanged.
    """
    standing, before = contest.standing, contest.result()
    if standing is None or before is None:
        raise NotDeclared(contest=contest.fact.contest)
    if replaces is not None and replaces != standing.number:
        raise MovedOn(
            what=f"entry {standing.number}, by {standing.event.by}, stands for"
            f" {contest.fact.contest} now, not entry {replaces}"
        )
    if whole:
        candidates = _candidates(contest.fact, form.candidates)
        figures = _figures(contest.fact, candidates, form, None)
    else:
        candidates = _changed(contest.fact, before, form.candidates)
        figures = _figures(contest.fact, candidates, form, before)
    corrected = made(
        ResultCorrected, **figures, target=standing.event.event_id, reason=reason, cause=cause
    )
    if not moves and all(getattr(corrected, f) == getattr(before, f) for f in Result.model_fields):
        raise NothingChanged(contest=contest.fact.contest, entry=standing.number)
    return corrected


def withdraw(ward: Ward, target: Entry, reason: str) -> EntryWithdrawn:
    """The withdrawal of an entry that stands. Raises CannotWithdraw, TargetGone."""
    fact = target.fact
    match fact:
        case CouncilRegistered():
            raise CannotWithdraw(
                entry=target.number,
                what="everything recorded for the council stands on its register",
                remedy="begin a new ledger with the right register",
            )
        case EntryWithdrawn():
            raise CannotWithdraw(
                entry=target.number,
                what="it is a withdrawal itself",
                remedy="declare or correct the contest again",
            )
        case ContestOpened() | ResultDeclared() | ResultCorrected() | LotDrawn():
            contest = ward.contests.get(fact.contest)
        case _:
            assert_never(fact)
    if contest is None:
        raise TargetGone(entry=target.number, what="its contest was withdrawn")
    top = max(contest.stack, key=lambda entry: entry.number)
    if top.number != target.number:
        if any(entry.number == target.number for entry in contest.stack):
            raise CannotWithdraw(
                entry=target.number,
                what=f"entry {top.number} rests on it",
                remedy=f"withdraw entry {top.number} first, if that is wrong too",
            )
        raise TargetGone(entry=target.number, what="it was withdrawn")
    return made(EntryWithdrawn, contest=fact.contest, target=target.event.event_id, reason=reason)


# --- candidates and figures -----------------------------------------------------------


def _refuse_twice(names: list[str], contest_id: str) -> None:
    keys = [match_key(name) for name in names]
    for name, key in zip(names, keys, strict=True):
        if keys.count(key) > 1:
            raise CandidateTwice(name=name, contest=contest_id)


def _known(name: str, names: dict[str, str], contest_id: str) -> str:
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
    whole = match_key(form.name) in names
    if whole or form.party is not None or " (" not in form.name or not form.name.endswith(")"):
        return form
    name, _, party = form.name[:-1].rpartition(" (")
    return made(CandidateForm, **(dict(form) | {"name": name, "party": party}))


def _candidates(contest: ContestOpened, forms: tuple[CandidateForm, ...]) -> list[CandidateForm]:
    """Every candidate once, under the nominated name, in the order nominated."""
    if not forms:
        raise Missing(
            what=f"the votes of {contest.contest}", remedy='give --votes "Name=1317" for each'
        )
    if not contest.candidates:
        split = [_split(form) for form in forms]
        _refuse_twice([form.name for form in split], contest.contest)
        return split
    names = {match_key(nominee.name): nominee.name for nominee in contest.candidates}
    ids = {nominee.id: nominee.name for nominee in contest.candidates if nominee.id}
    by_name: dict[str, CandidateForm] = {}
    for form in forms:
        name = ids.get(form.id or "")
        given = form if name else _split(form, names)
        name = name or _known(given.name, names, contest.contest)
        if name in by_name:
            raise CandidateTwice(name=name, contest=contest.contest)
        by_name[name] = given if given.name == name else given.model_copy(update={"name": name})
    left_out = [name for name in names.values() if name not in by_name]
    if left_out:
        raise CandidateMissing(contest=contest.contest, names=", ".join(left_out))
    return [by_name[nominee.name] for nominee in contest.candidates]


def _changed(
    contest: ContestOpened, before: Result, forms: tuple[CandidateForm, ...]
) -> list[CandidateForm]:
    """The candidates of the version before, with the votes given put in."""
    names = {match_key(candidate.name): candidate.name for candidate in before.candidates}
    given: dict[str, CandidateForm] = {}
    for form in forms:
        split = _split(form, names)
        name = _known(split.name, names, contest.contest)
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


def _figures(
    contest: ContestOpened, forms: list[CandidateForm], form: ResultForm, before: Result | None
) -> dict[str, Any]:
    """The fields of a Result: parties from the nominations (or the version before), the
    elected from the votes, the lot, or as the form marks them."""
    parties = {
        c.name: c.party for c in (*contest.candidates, *(before.candidates if before else ()))
    }
    names = {match_key(f.name): f.name for f in forms}
    lot = tuple(_known(name, names, contest.contest) for name in form.lots)
    by_votes = count(forms, len(contest.seats))
    if lot and not set(lot) <= set(by_votes.tied):
        who = f"only {', '.join(by_votes.tied)} are" if by_votes.tied else "nobody is"
        raise NoTie(contest=contest.contest, what=f"{who} tied for the last seat")
    if (
        before
        and not lot
        and set(count(before.candidates, len(contest.seats)).tied) == set(by_votes.tied)
    ):
        lot = before.lot
    elected = {_known(name, names, contest.contest) for name in form.elected}
    elected |= {f.name for f in forms if f.elected}
    if not form.elected and not any(f.elected is not None for f in forms):
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


def _party(form: CandidateForm, parties: dict[str, Party], contest: ContestOpened) -> Party:
    if form.party is None:
        if form.name not in parties:
            raise PartyMissing(name=form.name, contest=contest.contest)
        return parties[form.name]
    known = parties.get(form.name)
    given = resolve(form.party, form.party_id)
    # The nomination's own label says more than a code typed beside the votes.
    return known if known and known.group == given.group else given
