"""What a council registers and a night opens: the seats, and which are up."""

from __future__ import annotations

from datetime import date, datetime

from ledger.domain.figures import refuse_twice
from ledger.errors import (
    BeforeRegister,
    ContestIdWrong,
    ContestOpen,
    PartyMissing,
    ReviewClash,
    SeatsUnclear,
    UnknownSeat,
    WardTwice,
)
from ledger.events import Entry
from ledger.facts import ContestOpened, CouncilRegistered, Nominee, SeatAtStart, WardSeats
from ledger.forms import ContestForm, CouncilForm, made
from ledger.ids import ballot_paper_id, id_wrong, is_by_election
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


def open_contest(  # noqa: PLR0913 - a contest is made of all of these
    registered: Entry,
    place: WardSeats,
    ward: Ward,
    form: ContestForm,
    poll_date: date,
    polls_close: datetime,
) -> ContestOpened:
    """The contest of a ward. Raises ContestIdWrong, ContestOpen, BeforeRegister, UnknownSeat,
    SeatsUnclear."""
    council, since = registered.fact, registered.event.effective_at
    assert isinstance(council, CouncilRegistered)
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
    refuse_twice([nominee.name for nominee in nominees], contest_id)
    seats = _seats_up(place, ward, form, contest_id, poll_date, _vacant(place, ward, registered))
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
    )


def _vacant(place: WardSeats, ward: Ward, registered: Entry) -> set[str]:
    """The ward's vacant seats, after all that is known."""
    last = {change.seat: change for change in ward_changes(place, ward, registered)}
    return {seat for seat, change in last.items() if change.party is None}


def _seats_up(  # noqa: PLR0913 - all that may say which
    place: WardSeats,
    ward: Ward,
    form: ContestForm,
    contest_id: str,
    poll_date: date,
    vacant: set[str],
) -> tuple[str, ...]:
    """The seats up: those named; in a by-election, those that are vacant; or the number
    asked, from those whose terms end that year, from the seats marked as up, else from those
    that have gone longest without a contest, else all."""
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
    earlier = [c.fact for c in ward.contests.values() if not is_by_election(c.fact.contest)]
    filled = {seat: n for n, fact in enumerate(earlier, 1) for seat in fact.seats}
    ends = {
        seat: end for fact in earlier for seat, end in zip(fact.seats, fact.term_ends, strict=False)
    }
    turn = [seat for seat in seats if ends.get(seat) == poll_date.year]
    turn = turn or [seat for seat in seats if seats[seat].up and seat not in filled]
    fresh = [seat for seat in seats if seat in vacant] if by else turn
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
