"""What a step of a plan asks for, its numbers looked up in what has been played."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ledger.befalling import Instead
from ledger.counting import UNSAID, count
from ledger.desk import Desk
from ledger.errors import Refused, UnknownCouncil
from ledger.forms import (
    CandidateCorrection,
    CandidateForm,
    ContestForm,
    NightForm,
    NomineeForm,
    ResultForm,
    SeatForm,
    WardForm,
)
from ledger.testing.plan import BY_ELECTIONS, NIGHTS, PARTIES, Step
from ledger.values import Alike
from projections.night import standing

if TYPE_CHECKING:
    from ledger.testing.playing import Played

Request = Callable[[Desk], None]


def open_request(played: Played, step: Step) -> Request:
    """A contest of a ward is opened."""
    wards = [(council, ward) for council in played.plan.councils for ward in council.wards]
    council, ward = wards[step.pick % len(wards)]
    nominees = tuple(
        NomineeForm(
            name=f"P{number}", party=played.called(council.council, "party", PARTIES[party])
        )
        for number, party in enumerate(step.parties)
    )
    number = 1 + (step.seats - 1) % len(ward.seats)
    by_election = NIGHTS[step.night] == BY_ELECTIONS
    called = played.called(council.council, "ward", ward.name)
    contest = ContestForm(
        ward=called, seats_up=number, candidates=nominees, by_election=by_election
    )
    if number < len(ward.seats):  # name the seats: which are up is not always to be guessed
        first = step.night % (len(ward.seats) - number + 1)  # may be none since a review
        seats = tuple(f"{ward.name.lower()}/{first + place + 1}" for place in range(number))
        contest = contest.model_copy(update={"seats": seats, "seats_up": None})
    if step.ends:
        contest = contest.model_copy(update={"term_ends": step.ends[:number]})
    night = NightForm(council=council.council, poll_date=NIGHTS[step.night], contests=(contest,))
    return lambda desk: desk.open(night)


def review_request(played: Played, step: Step) -> Request:
    """A council's wards change: the first is another size, the last gives way to a new one."""
    council = played.plan.councils[step.pick % len(played.plan.councils)]
    seats = tuple(SeatForm(party=PARTIES[step.parties[0]]) for _ in range(step.seats))
    first, *others = council.wards
    wards = (
        first.model_copy(update={"seats": seats}),
        *others[1:],
        WardForm(name="N", seats=seats),
    )
    form = council.model_copy(update={"wards": wards, "since": NIGHTS[step.night]})
    return lambda desk: desk.register(form, review=True)


def result_of(played: Played, step: Step) -> ResultForm:
    """The result that a step declares."""
    return _form(played, _contest(played, step, declared=False), step)


def declare_request(played: Played, step: Step) -> Request:
    """A result is declared."""
    return declaring(result_of(played, step), lambda desk, form: desk.declare(form.contest, form))


def declaring(form: ResultForm, declare: Callable[[Desk, ResultForm], None]) -> Request:
    """Declare a result, in a tie with its lot."""

    def request(desk: Desk) -> None:
        try:
            declare(desk, form)
        except Refused:
            # Without the lot it may be a plain result, or a tie that waits for one.
            declare(desk, form.model_copy(update={"lot": None}))

    return request if form.lot else lambda desk: declare(desk, form)


def lot_request(played: Played, step: Step) -> Request:
    """A lot is drawn."""
    contest = _contest(played, step, declared=True)
    names = tuple(f"P{place}" for place in step.names)
    for name, result in played.results().items():
        opened = played.opened(name)
        tie = count(result.candidates, opened) if opened else UNSAID
        if tie.tied and step.pick:  # somebody must be drawn: say whom
            contest, names = name, tie.tied[: tie.places]
    moment = _moment(contest, step.minute or 0)
    form = ResultForm(contest=contest, lot=names, declared_at=moment)
    return lambda desk: desk.declare(contest, form)


def correct_request(played: Played, step: Step) -> Request:
    """A result is corrected: its figures, and now and then a candidate's name or party."""
    contest = _contest(played, step, declared=True)
    form = _form(played, contest, step)
    standing = played.results().get(contest)
    people = [
        CandidateCorrection(candidate=one.name, name=f"Q{step.pick}", party=PARTIES[party])
        for party in step.parties
        for one in (standing.candidates[step.pick % 2 :][:1] if standing else ())
    ]
    return lambda desk: desk.correct(
        contest, form, reason="looked again", cause=step.cause, people=people
    )


def alias_request(played: Played, step: Step) -> Request:
    """Another name of a candidate, a party or a ward."""
    council = played.plan.councils[step.pick % len(played.plan.councils)]
    person, party = step.names[0], PARTIES[step.parties[0]]
    ward = council.wards[step.pick % len(council.wards)].name
    others: tuple[tuple[Alike, str, str], ...] = (
        ("candidate", f"Q{person}", f"P{person}"),
        ("party", f"The {party}s", party),
        ("ward", f"Old {ward}", ward),
    )
    what, alias, means = others[step.night]
    return lambda desk: desk.alias(alias, means=means, of=what, council=council.council)


def withdraw_request(played: Played, step: Step) -> Request:
    """An entry is withdrawn, if it can be."""
    number = 1 + step.pick % max(1, len(played.log))
    return lambda desk: desk.withdraw(number, reason="never happened")


def befall_request(played: Played, step: Step) -> Request:
    """Something besides a result, of a seat or of a contest, or its correction."""
    kind = KINDS_OF[step.what]
    earlier = [entry for entry in played.log if entry.about.kind.startswith(kind)]
    instead = Instead(earlier[-1].number, "misread") if step.instead and earlier else None
    seat = _seat_for(played, step)
    contest = _contest(played, step, declared=step.what in ("redeclare", "overturn", "note"))
    if instead:
        seat = f"{earlier[-1].council}/{getattr(earlier[-1].about, 'seat', seat)}"
        contest = earlier[-1].contest or contest
    party, result = PARTIES[step.parties[0]], played.results().get(contest)
    hour = (step.minute or 0) + (300 if result else 0)  # a result is there by then
    since = _moment(contest if result else f"night.{NIGHTS[step.night]}", hour)
    people = [candidate.name for candidate in result.candidates] if result else []
    names = tuple(people[step.pick % 2 :][: len(result.elected)]) if result and step.names else ()
    of_contest, of_seat = contest.split(".")[1], seat.partition("/")[0]
    names = tuple(played.called(of_contest, "candidate", name) for name in names)
    party = played.called(of_seat, "party", party)
    when = {"since": since, "instead": instead}
    votes = dict(zip(people[len(step.names) :], step.votes, strict=False))
    notional = notional_seats(played, contest, step.parties + step.votes)
    form = _form(played, contest, step).model_copy(update={"declared_at": since, "lot": None})
    return {
        "vacate": lambda desk: desk.vacate(seat, why="death", **when),
        "fill": lambda desk: desk.fill(seat, party=party, holder="Co Opted", **when),
        "allegiance": lambda desk: desk.allegiance(seat, party=party, **when),
        "redeclare": lambda desk: desk.redeclare(contest, form, why="a recount"),
        "unopposed": lambda desk: desk.unopposed(contest, **when),
        "call_off": lambda desk: desk.call_off(contest, how="abandoned", why="fire", **when),
        "overturn": lambda desk: desk.overturn(contest, court="court", elected=names, **when),
        "note": lambda desk: desk.note(contest, what="a box", votes=votes, **when),
        "notional": lambda desk: desk.notional(contest, seats=notional, instead=instead),
    }[step.what]


def notional_seats(played: Played, contest: str, drawn: Sequence[int]) -> dict[str, int]:
    """A party for each seat up in a contest."""
    opened = played.opened(contest)
    up = len(opened.seats) if opened else 1
    return dict(Counter(PARTIES[number % len(PARTIES)] for number in drawn[:up]))


def _seat_for(played: Played, step: Step) -> str:
    """A seat of the sort that can be meant: held, or vacant to be filled."""
    wanted, seats = step.what == "fill", []
    for council in played.plan.councils:
        with suppress(UnknownCouncil):  # where a broken ledger lost it
            holders = standing(played.book, council.council).holders
            seats += [
                f"{council.council}/{seat}"
                for seat, change in holders.items()
                if (change.party is None) == wanted
            ]
    return seats[step.pick % len(seats)] if seats else f"c0/w00/{step.seats}"


KINDS_OF = {
    "vacate": "seat-vacated",
    "fill": "seat-filled",
    "allegiance": "allegiance-changed",
    "redeclare": "result-redeclared",
    "unopposed": "elected-unopposed",
    "call_off": "contest-countermanded",
    "overturn": "result-overturned",
    "note": "discrepancy-noted",
    "notional": "notional-stated",
}
REQUESTS: dict[str, Callable[[Played, Step], Request]] = {
    **dict.fromkeys(KINDS_OF, befall_request),
    "alias": alias_request,
    "open": open_request,
    "review": review_request,
    "declare": declare_request,
    "lot": lot_request,
    "correct": correct_request,
    "withdraw": withdraw_request,
}


def _contest(played: Played, step: Step, *, declared: bool) -> str:
    """A contest of the sort that can be meant; now and then any."""
    names, results = played.contests(), played.results()
    fit = [name for name in names if (name in results) == declared]
    if fit and step.pick:
        names = fit
    return names[step.pick % len(names)] if names else "local.none.none.2016-05-05"


def _moment(contest: str, minute: int) -> str:
    close = datetime.fromisoformat(f"{contest[-10:]}T22:00")
    return (close + timedelta(minutes=minute)).isoformat(timespec="minutes")


def _form(played: Played, contest: str, step: Step) -> ResultForm:
    opened = played.opened(contest)
    people = [nominee.name for nominee in opened.candidates] if opened else ["P0"]
    people = [played.called(contest.split(".")[1], "candidate", name) for name in people]
    form = ResultForm(
        contest=contest,
        candidates=tuple(
            CandidateForm(name=name, votes=None if step.unknown else votes)
            for name, votes in zip(people, step.votes, strict=False)
        ),
        declared_at=None if step.minute is None else _moment(contest, step.minute),
        lot=tuple(people[place % len(people)] for place in step.names) or None,
    )
    if opened and (step.unknown or not opened.by_votes):  # then who is elected must be said
        first = step.pick % len(people)
        named = (*people[first:], *people[:first])[: len(opened.seats)]
        return form.model_copy(update={"elected": named, "lot": None})
    return form
