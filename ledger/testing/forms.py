"""Forms as hypothesis strategies: each of a shape, and with a meaning, that a ledger takes.

`st.from_type(CouncilForm)` and its like give these. With what they are about, they fit it:

    council = data.draw(council_forms())
    night = data.draw(night_forms(council))
    result = data.draw(result_forms(night.contests[0], council.voting_system))

can be registered, opened and declared in this order.
"""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from ledger.events import Viewpoint
from ledger.forms import (
    CandidateCorrection,
    CandidateForm,
    ContestForm,
    CouncilForm,
    NightForm,
    NomineeForm,
    NotionalForm,
    ResultForm,
    SeatForm,
    WardForm,
)
from ledger.testing.plan import BY_ELECTIONS, NIGHTS, PARTIES, Plan
from ledger.testing.strategies import councils, plans, register_seats
from ledger.values import BASELINES, TRUTHS, VotingSystem

_names = st.sampled_from([f"P{number}" for number in range(9)])
_parties = st.sampled_from(PARTIES)
_votes = st.integers(0, 9_999)
_hours = st.datetimes(datetime(2016, 1, 1), datetime(2019, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def seat_forms() -> st.SearchStrategy[SeatForm]:
    """A seat of a register, held, vacant, or held by nobody knows whom."""
    return register_seats


def ward_forms() -> st.SearchStrategy[WardForm]:
    """A ward of one to three seats."""
    seats = st.lists(register_seats, min_size=1, max_size=3).map(tuple)
    return st.builds(
        WardForm, name=st.sampled_from(("Old Town", "Harbour", "Mill")), seats=seats,
        slug=st.none(), code=st.none(),
    )  # fmt: skip


def council_forms() -> st.SearchStrategy[CouncilForm]:
    """A council of one to three wards."""
    return councils.map(lambda some: some[0])


def nominee_forms() -> st.SearchStrategy[NomineeForm]:
    """Somebody nominated for a party."""
    return st.builds(NomineeForm, name=_names, party=_parties, party_id=st.none(), id=st.none())


@st.composite
def contest_forms(
    draw: st.DrawFn, ward: WardForm | None = None, *, by_election: bool = False
) -> ContestForm:
    """A contest of a ward (of any, if none is given) with candidates for each seat that is up;
    a seat in a by-election is one that nobody would give up otherwise."""
    ward = draw(ward_forms()) if ward is None else ward
    slug = ward.slug or ward.name.lower().replace(" ", "-")
    up = draw(st.integers(1, len(ward.seats)))
    first = draw(st.integers(1, len(ward.seats) - up + 1))
    names = draw(st.lists(_names, min_size=up, max_size=up + 3, unique=True))
    return ContestForm(
        ward=ward.name,
        seats=tuple(f"{slug}/{first + place}" for place in range(up)),
        candidates=tuple(NomineeForm(name=name, party=draw(_parties)) for name in names),
        by_election=by_election,
    )


@st.composite
def night_forms(draw: st.DrawFn, council: CouncilForm | None = None) -> NightForm:
    """Contests of some wards of a council (of any, if none is given) on one poll date."""
    council = draw(council_forms()) if council is None else council
    wards = draw(st.lists(st.sampled_from(council.wards), min_size=1, unique_by=lambda w: w.name))
    day = draw(st.sampled_from(NIGHTS))
    contests = [draw(contest_forms(ward, by_election=day == BY_ELECTIONS)) for ward in wards]
    return NightForm(poll_date=day, contests=tuple(contests), council=council.council)


def candidate_forms() -> st.SearchStrategy[CandidateForm]:
    """A candidate with votes, or of whom it is said that they are not known."""
    return st.builds(
        CandidateForm, name=_names, votes=st.none() | _votes, party=st.none() | _parties,
        party_id=st.none(), elected=st.none(), id=st.none(),
    )  # fmt: skip


def candidate_corrections() -> st.SearchStrategy[CandidateCorrection]:
    """Another name or another party of a candidate."""
    return st.builds(
        CandidateCorrection, candidate=_names, name=st.just("Q"), party=st.none() | _parties,
        party_id=st.none(),
    )  # fmt: skip


@st.composite
def result_forms(
    draw: st.DrawFn,
    contest: ContestForm | None = None,
    system: VotingSystem = "first-past-the-post",
) -> ResultForm:
    """The result of a contest (of any, if none is given), with votes for every candidate; in
    STV with whom it elected."""
    contest = draw(contest_forms()) if contest is None else contest
    people = [nominee.name for nominee in contest.candidates]
    return ResultForm(
        contest=contest.ward,
        candidates=tuple(CandidateForm(name=name, votes=draw(_votes)) for name in people),
        elected=tuple(people[: len(contest.seats)]) if system == "stv" else (),
    )


def notional_forms() -> st.SearchStrategy[NotionalForm]:
    """Whose the seats of a contest notionally are."""
    seats = st.dictionaries(_parties, st.integers(1, 3), min_size=1, max_size=3)
    return st.builds(NotionalForm, contest=st.just("Old Town"), seats=seats)


def any_viewpoints() -> st.SearchStrategy[Viewpoint]:
    """A viewpoint of no ledger in particular; `viewpoints(night)` has those of one at which
    something may differ."""
    at, said = st.none() | _hours, {"truth": st.sampled_from(TRUTHS)}
    said |= {"baseline": st.sampled_from(BASELINES)}
    return st.one_of(
        st.builds(Viewpoint, at=at, known_at=st.none() | _hours, entry=st.none(), **said),
        st.builds(Viewpoint, at=at, known_at=st.none(), entry=st.integers(0, 9), **said),
    )


def any_plans() -> st.SearchStrategy[Plan]:
    """A plan of a night or two."""
    return plans()
