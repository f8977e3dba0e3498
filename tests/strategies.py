"""Random nights: a plan is drawn, then played on a real ledger.

A plan speaks of wards, contests and entries by number, taken modulo what is there when its
turn comes, so that any plan can be played, shortened and played again. Votes are small, so
ties are common; clocks go back; what cannot be done is refused, and the refusal is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from hypothesis import strategies as st

from ledger import Ledger, LedgerError, Receipt, Viewpoint, connect
from ledger.befalling import Instead
from ledger.counting import UNSAID, count
from ledger.desk import Desk
from ledger.errors import Refused, UnknownCouncil
from ledger.events import Entry
from ledger.facts import AliasConfirmed, ContestOpened, Result
from ledger.forms import (
    CandidateCorrection,
    CandidateForm,
    ContestForm,
    CouncilForm,
    NightForm,
    NomineeForm,
    ResultForm,
    SeatForm,
    WardForm,
)
from ledger.rules import SOFT
from ledger.values import CAUSES, TRUTHS
from projections.night import standing

PARTIES = ("Labour Party", "Labour and Co-operative Party", "Conservative", "Green Party", "IND")
NIGHTS = ("2016-05-05", "2016-09-08", "2018-05-03")
BY_ELECTIONS = "2016-09-08"
CLOCK = datetime(2018, 5, 10, 12, tzinfo=UTC)
SAID = {"by": "Ann", "source": "telephone"}
Request = Callable[[Desk], None]


# --- plans ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """One thing somebody types, `tick` seconds after the last."""

    what: str
    pick: int = 0  # a ward to open, a contest, or an entry
    night: int = 0
    seats: int = 1
    parties: tuple[int, ...] = ()
    votes: tuple[int, ...] = ()
    names: tuple[int, ...] = ()
    minute: int | None = None
    cause: str = "other"
    instead: bool = False  # of the latest fact of its kind
    unknown: bool = False  # nobody's votes are told
    ends: tuple[int, ...] = ()
    tick: int = 60


@dataclass(frozen=True)
class Plan:
    councils: tuple[CouncilForm, ...]
    steps: tuple[Step, ...]


_seat = st.builds(
    SeatForm,
    holder=st.none(),
    party=st.one_of(st.none(), st.just("?"), st.sampled_from(PARTIES)),
    up=st.booleans(),
)
_wards = st.lists(st.lists(_seat, min_size=1, max_size=3), min_size=1, max_size=3)
_small = st.integers(0, 5)
_minutes = st.integers(-1, 240)
_ticks = st.integers(-90, 300)


def _council(number: int, drawn: tuple[list[list[SeatForm]], str]) -> CouncilForm:
    wards, system = drawn
    places = tuple(
        WardForm(name=f"W{number}{place}", seats=tuple(seats)) for place, seats in enumerate(wards)
    )
    name = f"Council {number}"
    return CouncilForm(
        council=f"c{number}", name=name, wards=places, since="2016-01-01", voting_system=system
    )


_systems = st.sampled_from(("first-past-the-post",) * 3 + ("stv",))
councils = st.lists(st.tuples(_wards, _systems), min_size=1, max_size=2).map(
    lambda drawn: tuple(_council(number, wards) for number, wards in enumerate(drawn))
)
openings = st.builds(
    Step,
    what=st.just("open"),
    pick=st.integers(0, 8),
    night=st.integers(0, 2),
    seats=st.integers(1, 3),
    parties=st.lists(st.integers(0, 4), min_size=1, max_size=4).map(tuple),
    ends=st.one_of(st.just(()), st.lists(st.integers(2018, 2020), min_size=3, max_size=3)).map(
        tuple
    ),
    tick=_ticks,
)
_seldom = st.sampled_from((False, False, False, True))
declarations = st.builds(
    Step,
    what=st.just("declare"),
    pick=st.integers(0, 8),
    votes=st.lists(_small, min_size=4, max_size=4).map(tuple),
    names=st.lists(st.integers(0, 3), max_size=2, unique=True).map(tuple),
    minute=_minutes,
    unknown=_seldom,
    tick=_ticks,
)
lots = st.builds(
    Step,
    what=st.just("lot"),
    pick=st.integers(0, 8),
    names=st.lists(st.integers(0, 3), min_size=1, max_size=2, unique=True).map(tuple),
    minute=_minutes,
    tick=_ticks,
)
corrections = st.builds(
    Step,
    what=st.just("correct"),
    pick=st.integers(0, 8),
    votes=st.lists(_small, min_size=1, max_size=4).map(tuple),
    names=st.lists(st.integers(0, 3), max_size=1).map(tuple),
    minute=st.one_of(st.none(), _minutes),
    unknown=_seldom,
    parties=st.lists(st.integers(0, 4), max_size=1).map(tuple),
    cause=st.sampled_from(CAUSES),
    tick=_ticks,
)
withdrawals = st.builds(Step, what=st.just("withdraw"), pick=st.integers(1, 30), tick=_ticks)
befallings = st.builds(
    Step,
    what=st.sampled_from(
        (
            *("vacate", "fill", "allegiance", "redeclare", "unopposed", "call_off", "overturn"),
            *("note", "notional"),
        )
    ),
    pick=st.integers(0, 8),
    seats=st.integers(1, 3),
    parties=st.lists(st.integers(0, 4), min_size=1, max_size=1).map(tuple),
    votes=st.lists(_small, min_size=4, max_size=4).map(tuple),
    names=st.lists(st.integers(0, 3), max_size=2, unique=True).map(tuple),
    minute=_minutes,
    night=st.integers(0, 2),
    instead=st.booleans(),
    tick=_ticks,
)
reviews = st.builds(
    Step,
    what=st.just("review"),
    pick=st.integers(0, 8),
    night=st.integers(0, 2),
    seats=st.integers(1, 3),
    parties=st.lists(st.integers(0, 4), min_size=1, max_size=1).map(tuple),
    tick=_ticks,
)
aliases = st.builds(
    Step,
    what=st.just("alias"),
    pick=st.integers(0, 8),
    parties=st.tuples(st.integers(0, 4)),
    names=st.tuples(st.integers(0, 3)),
    night=st.integers(0, 2),
    tick=_ticks,
)
typed = st.one_of(
    declarations,
    corrections,
    withdrawals,
    lots,
    openings,
    befallings,
    reviews,
    openings,
    aliases,
)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """A night or two: contests opened, then anything in any order."""
    opened = draw(st.lists(openings, min_size=1, max_size=5))
    called = draw(st.lists(aliases, max_size=2))
    declared = draw(st.lists(declarations, max_size=5))
    befallen = draw(st.lists(befallings, max_size=4))
    rest = draw(st.lists(typed, max_size=6))
    return Plan(draw(councils), (*opened, *called, *declared, *befallen, *rest))


# --- played -----------------------------------------------------------------------------


class Clock:
    """A machine's clock that may be set back."""

    def __init__(self) -> None:
        self.now = CLOCK

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Played:
    """A ledger, and what came of each step."""

    book: Ledger
    clock: Clock
    plan: Plan
    aliased: bool = True  # names are typed under their aliases, where they have any
    done: list[Receipt | LedgerError] = field(default_factory=list)
    requests: dict[int, Request] = field(default_factory=dict)

    @property
    def log(self) -> list[Entry]:
        return list(self.book.entries())

    def contests(self) -> list[str]:
        """Every contest ever opened, in that order."""
        named = [getattr(entry.fact, "contest", None) for entry in self.log]
        return list(dict.fromkeys(name for name in named if name))

    def results(self) -> dict[str, Result]:
        """What was last declared or corrected of each contest and not withdrawn."""
        log = self.log
        gone = {
            getattr(entry.fact, "target", "") for entry in log if "withdrawn" in entry.fact.kind
        }
        return {
            entry.fact.contest: entry.fact
            for entry in log
            if isinstance(entry.fact, Result) and entry.event.event_id not in gone
        }

    def opened(self, contest: str) -> ContestOpened | None:
        """A contest as it was last opened."""
        facts = [entry.fact for entry in self.log]
        found = [f for f in facts if isinstance(f, ContestOpened) and f.contest == contest]
        return found[-1] if found else None

    def called(self, council: str, what: str, name: str) -> str:
        """How a name is typed: under its latest alias, if it has one."""
        log = self.log if self.aliased else []
        gone = {getattr(entry.fact, "target", "") for entry in log}
        for entry in reversed(log):
            fact = entry.fact
            if not isinstance(fact, AliasConfirmed) or entry.event.event_id in gone:
                continue
            if (entry.council, fact.what, fact.means) == (council, what, name):
                return fact.alias
        return name

    def register(self) -> Receipt | LedgerError:
        """Register every council in one write, as often as asked."""

        def request(desk: Desk) -> None:
            for number, council in enumerate(self.plan.councils):
                desk.register(council, key=f"register {number}")

        return self.type(request)

    def step(self, number: int) -> Receipt | LedgerError:
        """Type one step, under a key of its own."""
        step = self.plan.steps[number]
        self.clock.now += timedelta(seconds=step.tick)
        self.requests[number] = _REQUESTS[step.what](self, step)
        return self.again(number)

    def again(self, number: int, **said: str) -> Receipt | LedgerError:
        """Type the very same step (again)."""
        return self.type(self.requests[number], f"step {number}", **said)

    def type(self, request: Request, key: str | None = None, **said: str) -> Receipt | LedgerError:
        desk = self.book.desk(**(SAID | said), key=key, accept=tuple(SOFT))
        try:
            request(desk)
            return desk.commit()
        except LedgerError as refused:
            return refused

    def all(self) -> Played:
        self.register()
        self.done = [self.step(number) for number in range(len(self.plan.steps))]
        return self


# --- what a step asks for, its numbers looked up ------------------------------------------


def open_request(played: Played, step: Step) -> Request:
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


def declare_request(played: Played, step: Step) -> Request:
    contest = _contest(played, step, declared=False)
    form = _form(played, contest, step)

    def request(desk: Desk) -> None:
        try:
            desk.declare(contest, form)
        except Refused:
            # Without the lot it may be a plain result, or a tie that waits for one.
            desk.declare(contest, form.model_copy(update={"lot": None}))

    return request if form.lot else lambda desk: desk.declare(contest, form)


def lot_request(played: Played, step: Step) -> Request:
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
    what, alias, means = (
        ("candidate", f"Q{person}", f"P{person}"),
        ("party", f"The {party}s", party),
        ("ward", f"Old {ward}", ward),
    )[step.night]
    return lambda desk: desk.alias(alias, means=means, of=what, council=council.council)


def withdraw_request(played: Played, step: Step) -> Request:
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
_REQUESTS: dict[str, Callable[[Played, Step], Request]] = {
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


@contextmanager
def fresh(plan: Plan, *, aliased: bool = True) -> Iterator[Played]:
    """A ledger of its own for a plan, nothing recorded yet."""
    with TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        path = Path(folder) / "night.db"
        copyfile(_empty(), path)
        clock = Clock()
        with connect(str(path), clock=clock) as book:
            yield Played(book, clock, plan, aliased)


@contextmanager
def played(plan: Plan, *, aliased: bool = True) -> Iterator[Played]:
    """A plan played to its end."""
    with fresh(plan, aliased=aliased) as night:
        yield night.all()


_MEMORY = Path("/dev/shm")  # noqa: S108 - where nights need not wait for a disk
_made: list[Path] = []
_folder = TemporaryDirectory(prefix="seatledger-empty-")


def _empty() -> Path:
    """An empty ledger to copy: made once, as making one takes longer than a night."""
    if not _made:
        path = Path(_folder.name) / "empty.db"
        connect(str(path), create=True).close()
        _made.append(path)
    return _made[0]


# --- viewpoints -------------------------------------------------------------------------


@st.composite
def viewpoints(draw: st.DrawFn, night: Played) -> Viewpoint:
    """Any viewpoint at which something may differ: at, just before and just after each
    moment; by the ledger's clock, or by entry; of any truth."""
    log = night.log
    slack = st.sampled_from((-1, 0, 1)).map(lambda count: timedelta(microseconds=count))
    hours = st.sampled_from(sorted({entry.event.effective_at for entry in log}))
    known = st.sampled_from(sorted({entry.event.recorded_at for entry in log}))
    at = draw(st.none() | st.builds(lambda hour, more: hour + more, hours, slack))
    which = draw(st.sampled_from(("now", "entry", "known_at")))
    truth = draw(st.sampled_from(TRUTHS))
    if which == "entry":
        return Viewpoint(at=at, entry=draw(st.integers(0, len(log))), truth=truth)
    if which == "known_at":
        return Viewpoint(at=at, known_at=draw(known) + draw(slack), truth=truth)
    return Viewpoint(at=at, truth=truth)
