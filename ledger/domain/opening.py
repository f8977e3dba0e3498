"""What a council registers and a night opens: the seats, and which are up."""

from __future__ import annotations

from datetime import date, datetime

from ledger.domain.figures import refuse_twice
from ledger.domain.turns import seats_up
from ledger.errors import (
    BeforeRegister,
    ContestIdWrong,
    ContestOpen,
    NotCalledOff,
    PartyMissing,
    ReviewClash,
    SeatsUnclear,
    WardTwice,
)
from ledger.events import Entry
from ledger.facts import ContestOpened, CouncilRegistered, Nominee, SeatAtStart, WardSeats
from ledger.forms import ContestForm, CouncilForm, made
from ledger.ids import NOT_POLLED, ballot_paper_id, id_wrong
from ledger.names import Names
from ledger.parties import resolve
from ledger.seating import ward_changes
from ledger.text import slugify
from ledger.times import local
from ledger.ward import Ward


def register(form: CouncilForm, review: date | None = None) -> CouncilRegistered:
    """The register of a council (from a boundary review's day on). Raises WardTwice,
    PartyMissing."""
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
                    term_ends=seat.term_ends,
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
        voting_system=form.voting_system,
        wards=wards,
        review=review,
    )


def refuse_clash(
    before: Entry, wards: list[Ward], fact: CouncilRegistered, start: datetime
) -> None:
    """Raise ReviewClash where a new register would not come after the one before it, or where
    a poll on the old wards would fall under it."""
    if start <= before.event.effective_at:
        what = f"the register before it begins no earlier (entry {before.number})"
        raise ReviewClash(council=fact.council, review=fact.review, what=what)
    for contest in (contest for ward in wards for contest in ward.contests.values()):
        if contest.fact.polls_close >= start and not contest.called_off:
            what = f"{contest.fact.contest} is polled on the old wards then"
            raise ReviewClash(council=fact.council, review=fact.review, what=what)


def id_of(council: CouncilRegistered, place: WardSeats, form: ContestForm, poll_date: date) -> str:
    """The ballot paper id of a contest to open: the form's own, or as it would be made."""
    return form.contest or ballot_paper_id(
        council, place.slug, poll_date, by_election=form.by_election
    )


def open_contest(  # noqa: PLR0913 - a contest is made of all of these
    registered: Entry,
    place: WardSeats,
    ward: Ward,
    form: ContestForm,
    poll_date: date,
    polls_close: datetime,
    names: Names,
) -> ContestOpened:
    """The contest of a ward. Raises ContestIdWrong, ContestOpen, BeforeRegister, UnknownSeat,
    SeatsUnclear."""
    council, since = registered.fact, registered.event.effective_at
    assert isinstance(council, CouncilRegistered)
    contest_id = id_of(council, place, form, poll_date)
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
        Nominee(name=c.name, party=names.party(c.party, c.party_id), id=c.id)
        for c in form.candidates
    )
    refuse_twice([nominee.name for nominee in nominees], contest_id)
    if not form.seats and NOT_POLLED in council.by_slug:
        _refuse_other_night(ward, contest_id, poll_date)
    replaced = _replaced(ward, form, contest_id)
    seats = replaced or seats_up(
        place, ward, form, contest_id, poll_date, vacant=_vacant(place, ward, registered)
    )
    if form.term_ends and len(form.term_ends) != len(seats):
        what = f"{len(form.term_ends)} ends of terms are given for {len(seats)} seat(s)"
        raise SeatsUnclear(ward=place.slug, contest=contest_id, what=what)
    return made(
        ContestOpened,
        contest=contest_id,
        ward=place.slug,
        poll_date=poll_date,
        polls_close=polls_close,
        seats=seats,
        candidates=nominees,
        voting_system=council.voting_system,
        term_ends=form.term_ends,
        replaces=form.replaces,
    )


def _replaced(ward: Ward, form: ContestForm, contest_id: str) -> tuple[str, ...]:
    """The seats of the contest it replaces, where it does and says nothing else. Raises
    NotCalledOff."""
    if form.replaces is None:
        return ()
    earlier = ward.contests.get(form.replaces)
    if earlier is None or earlier.called_off is None:
        raise NotCalledOff(contest=contest_id, replaces=form.replaces)
    return () if form.seats or form.seats_up else earlier.fact.seats


def _refuse_other_night(ward: Ward, contest_id: str, poll_date: date) -> None:
    """Raise SeatsUnclear where the register is made from another night: which of the ward's
    seats were up then is all it knows of them, so another night's may be others."""
    for contest in ward.contests.values():
        if contest.fact.poll_date != poll_date:
            what = f"the register tells only the seats of {contest.fact.poll_date}"
            raise SeatsUnclear(ward=contest.fact.ward, contest=contest_id, what=what)


def _vacant(place: WardSeats, ward: Ward, registered: Entry) -> set[str]:
    """The ward's vacant seats, after all that is known."""
    last = {change.seat: change for change in ward_changes(place, ward, registered)}
    return {seat for seat, change in last.items() if change.party is None}
