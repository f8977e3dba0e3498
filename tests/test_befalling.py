"""What befalls a seat or a contest besides its result: real incidents, and each refusal.

Figures given by the sources are real; others, needed to make a contest of them, are made up.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cli_runner import run
from store_night import SAID, log

from ledger import Viewpoint
from ledger.befalling import Instead
from ledger.errors import (
    AllegianceSame,
    AlreadyDeclared,
    BeforeDeclared,
    CannotAmend,
    CannotWithdraw,
    ContestOff,
    NotCalledOff,
    NotDeclared,
    NothingChanged,
    NotUnopposed,
    SeatHeld,
    SeatsDiffer,
    SeatVacant,
    TargetGone,
    UnknownCandidate,
    UnknownEntry,
    UnknownHolder,
    WhichSeat,
)
from ledger.forms import (
    CandidateForm,
    ContestForm,
    CouncilForm,
    NightForm,
    NomineeForm,
    ResultForm,
    SeatForm,
    WardForm,
)
from projections.check import check
from projections.contests import contests
from projections.history import history
from projections.night import standing
from projections.seats import as_json, seats
from projections.tables import Tables
from projections.timeline import replay


@pytest.fixture
def town(sqlite_url, fresh_ledger):
    """Two seats in one ward, one in the other; afterwards every law holds, and the tables
    answer as the fold at every entry and hour."""
    book = fresh_ledger(sqlite_url, lambda: datetime(2026, 6, 1, tzinfo=UTC))
    two = (SeatForm(holder="Ann", party="Lab"), SeatForm(holder="Bob", party="Con"))
    wards = (WardForm(name="Two", seats=two), WardForm(name="One", seats=two[:1]))
    form = CouncilForm(council="town", name="Town", wards=wards, since="2010-01-01")
    book.register(form, **SAID)
    yield book
    assert check(book).broken == ()
    with Tables(book) as tables:
        for entry in range(1, book.store.total() + 1):
            for at in (None, *{one.event.effective_at for one in log(book)}):
                place = Viewpoint(at=at, entry=entry)
                wanted = [seats(book, "town", place)] if at is None or at.year > 2009 else []
                assert tables.tallies(place) == wanted


def opened(book, ward="One", names=("Cat", "Dan"), day="2018-05-03", **how):
    parties = dict(zip(names, ("LD", "Green", "UKIP"), strict=False))
    people = tuple(NomineeForm(name=name, party=party) for name, party in parties.items())
    contest = ContestForm(ward=ward, candidates=people, **how)
    book.open(NightForm(council="town", poll_date=day, contests=(contest,)), **SAID)
    return log(book)[-1].fact.contest


def form(contest, **votes):
    people = tuple(CandidateForm(name=name, votes=number) for name, number in votes.items())
    return ResultForm(contest=contest, candidates=people)


def declare(book, contest="one", at="2018-05-04T01:00", **votes):
    book.declare(contest, form=form(contest, **votes), declared_at=at, **SAID)


def write(book, prepare, **said):
    return book.write(prepare, **(SAID | said))


def board(book, **viewpoint):
    tally = seats(book, "town", Viewpoint(**viewpoint))
    return dict(tally.seats) | ({"vacant": tally.vacant} if tally.vacant else {})


def last(book):
    return list(history(book))[-1].effect


# --- contests -------------------------------------------------------------------------------


def test_whitechapel_2018_two_results_forty_minutes_apart(town):
    """Another winner was announced: both announcements stand, each from its own time."""
    opened(town)
    declare(town, Cat=900, Dan=880)
    again = form("one", Cat=900, Dan=980)
    write(town, lambda desk: desk.redeclare("one", again, "2018-05-04T01:40", why="a bundle"))
    assert board(town, at="2018-05-04T01:39") == {"LAB": 1, "CON": 1, "LD": 1}
    assert board(town, at="2018-05-04T01:40") == {"LAB": 1, "CON": 1, "GRN": 1}
    (line,) = contests(town)
    assert [(w.new.holder, w.gained_from) for w in line.winners] == [("Dan", "LAB")]
    told = [(step.kind, step.won) for step in replay(town)]
    assert told == [("result-declared", {"LD": 1}), ("result-redeclared", {"GRN": 1})]
    with pytest.raises(BeforeDeclared):
        write(town, lambda desk: desk.redeclare("one", again, "2018-05-04T01:40", why="again"))


def test_nelson_2023_the_loser_was_declared(town):
    """242 and 177 changed over: declared, a discrepancy noted, the councillor resigned, and a
    court seated the other, effective before it was recorded."""
    opened(town, day="2023-05-04")
    declare(town, Cat=177, Dan=242, at="2023-05-05T02:00")
    noted = {"Cat": 242, "Dan": 177}
    write(town, lambda desk: desk.note("one", what="changed over", votes=noted, since="2023-05-09"))
    assert last(town).kind == "none"
    write(town, lambda desk: desk.vacate("Dan", why="resignation", since="2023-05-20"))
    assert board(town) == {"LAB": 1, "CON": 1, "vacant": 1}
    court = {"court": "election court", "elected": ["Cat"], "since": "2023-07-10"}
    write(town, lambda desk: desk.overturn("one", **court))
    assert board(town) == {"LAB": 1, "CON": 1, "LD": 1}
    assert board(town, at="2023-06-01T12:00") == {"LAB": 1, "CON": 1, "vacant": 1}


def test_an_election_found_void(town):
    """Nobody is elected: the seat is vacant from the court's order on."""
    opened(town)
    declare(town, Cat=2, Dan=1)
    write(town, lambda desk: desk.overturn("one", court="High Court", since="2018-09-01"))
    assert [line.status for line in contests(town)] == ["void"]
    assert board(town) == {"LAB": 1, "CON": 1, "vacant": 1}
    tally = seats(town)
    assert (tally.contests_declared, tally.seats_declared, dict(tally.won)) == (1, 1, {})


def test_stockton_hartburn_2023_a_candidate_died(town):
    """The poll is off the night; the contest that replaces it is its own."""
    opened(town, "Two", day="2023-05-04", seats_up=2)
    opened(town, day="2023-05-04")
    write(town, lambda desk: desk.call_off("one", how="countermanded", why="a candidate died"))
    assert seats(town).contests_total == 1
    assert as_json(seats(town))["seats_up"]["total"] == 2
    with pytest.raises(ContestOff):
        declare(town, Cat=2, Dan=1, at="2023-05-05T01:00")
    off = next(line for line in contests(town) if line.status == "countermanded")
    assert (off.ward, off.declared_at, off.winners) == ("one", None, ())
    again = {"names": ("Cat", "Eve"), "day": "2023-06-15"}
    with pytest.raises(NotCalledOff):
        opened(town, replaces="local.town.two.2023-05-04", **again)
    later = opened(town, replaces=off.contest, **again)
    assert contests(town)[0].as_json()["replaces"] == off.contest
    declare(town, later, "2023-06-16T01:00", Cat=2, Eve=1)
    assert board(town) == {"LAB": 1, "CON": 1, "LD": 1}


def test_elected_unopposed(town):
    opened(town, names=("Cat",))
    write(town, lambda desk: desk.unopposed("one", since="2018-05-03T22:00"))
    (line,) = contests(town)
    assert (line.status, [w.new.holder for w in line.winners]) == ("unopposed", ["Cat"])
    assert board(town) == {"LAB": 1, "CON": 1, "LD": 1}
    with pytest.raises(AlreadyDeclared):
        declare(town, Cat=1)


def test_contests_refuse_what_cannot_have_happened(town):
    opened(town)
    for early in (
        lambda desk: desk.note("one", what="x"),
        lambda desk: desk.overturn("one", court="x"),
        lambda desk: desk.redeclare("one", form("one", Cat=1, Dan=2), why="x"),
        lambda desk: desk.draw("one", ["Cat"]),
    ):
        with pytest.raises(NotDeclared):
            write(town, early)
    with pytest.raises(NotUnopposed):
        write(town, lambda desk: desk.unopposed("one"))
    declare(town, Cat=2, Dan=1)
    with pytest.raises(AlreadyDeclared):
        write(town, lambda desk: desk.call_off("one", how="abandoned", why="fire"))
    with pytest.raises(SeatsDiffer):
        write(town, lambda desk: desk.overturn("one", court="x", elected=["Cat", "Dan"]))
    with pytest.raises(UnknownCandidate):
        write(town, lambda desk: desk.overturn("one", court="x", elected=["Eve"]))
    with pytest.raises(BeforeDeclared):
        write(town, lambda desk: desk.overturn("one", court="x", since="2018-05-03"))
    assert len(log(town)) == 3


# --- seats ----------------------------------------------------------------------------------


def test_a_seat_is_meant_by_its_holder_of_the_day(town):
    """Who has left is still known by name, for what befell them before and to correct it; but
    nobody is put out of a seat by the name of the one before."""
    write(town, lambda desk: desk.vacate("Bob", why="resignation", since="2016-01-10"))
    write(town, lambda desk: desk.fill("two/2", party="Con", holder="Flo", since="2016-02-01"))
    write(town, lambda desk: desk.allegiance("Bob", party="Independent", since="2015-05-14"))
    assert board(town, at="2015-05-13T23:59") == {"LAB": 2, "CON": 1}
    assert board(town, at="2015-05-14T00:00") == {"LAB": 2, "IND": 1}
    assert standing(town).holders["two/2"].holder == "Flo"
    write(town, lambda desk: desk.vacate("Bob", why="death", instead=Instead(2, "no letter")))
    with pytest.raises(UnknownHolder):
        write(town, lambda desk: desk.vacate("Bob", why="death"))
    with pytest.raises(UnknownHolder) as refused:
        write(town, lambda desk: desk.vacate("Floo", why="death"))
    assert "did you mean 'Flo'" in refused.value.remedy


def test_a_vacancy_filled_by_co_option_and_by_a_by_election(town):
    write(town, lambda desk: desk.vacate("two/2", why="death", since="2016-01-10"))
    write(town, lambda desk: desk.fill("two/2", party="Con", holder="Flo", since="2016-02-01"))
    assert board(town, at="2016-01-20T00:00") == {"LAB": 2, "vacant": 1}
    assert board(town) == {"LAB": 2, "CON": 1}
    write(town, lambda desk: desk.vacate("Flo", why="disqualification", since="2017-01-10"))
    by = opened(town, "Two", day="2017-03-02", by_election=True)
    assert log(town)[-1].fact.seats == ("two/2",)
    declare(town, by, "2017-03-03T00:30", Cat=5, Dan=9)
    assert board(town) == {"LAB": 2, "GRN": 1}
    (line,), (step,) = contests(town), list(replay(town))
    won = {"name": "Dan", "party": "GRN", "seat": "two/2", "result": "gain", "from": "CON"}
    assert line.as_json()["elected"] == [{**won, "votes": 9}]
    assert step.as_json()["elected"] == [won]


def test_replay_tells_what_is_noted_and_called_off(town):
    """Each has its line at its hour, and counts as no declaration; what is noted of a contest
    after another night began stands in the night it came in."""
    one = opened(town)
    opened(town, ward="two", seats_up=2)
    write(
        town,
        lambda desk: desk.call_off(
            "two", how="countermanded", why="a candidate died", since="2018-05-02"
        ),
    )
    declare(town, one, Cat=5, Dan=4, at="2018-05-04T01:00")
    write(town, lambda desk: desk.note(one, what="a box was found", since="2018-05-05"))
    told = [(step.kind, step.ward, step.declared, step.total) for step in replay(town)]
    assert told == [
        ("contest-countermanded", "Two", 0, 1),
        ("result-declared", "One", 1, 1),
        ("discrepancy-noted", "One", 1, 1),
    ]


def test_replay_tells_what_befell_between_nights(town):
    """From a day on, a bare one from its start: every seat fact and every night up to the
    viewpoint, each night with its own contests; without a night, all there is."""
    write(town, lambda desk: desk.allegiance("one/1", party="Green", since="2015-05-14"))
    assert [step.kind for step in replay(town)] == ["allegiance-changed"]
    opened(town)
    declare(town, Cat=9, Dan=5)
    write(town, lambda desk: desk.vacate("Cat", why="death", since="2018-06-01"))
    by = opened(town, day="2018-07-05", by_election=True)
    declare(town, by, "2018-07-06T00:30", Cat=5, Dan=9)
    told = [(step.kind, step.declared, step.total) for step in replay(town, since="2015-05-14")]
    assert told == [
        ("allegiance-changed", 0, 0), ("result-declared", 1, 1), ("seat-vacated", 1, 1),
        ("result-declared", 1, 1),
    ]  # fmt: skip
    assert [
        step.poll_date and step.poll_date.month for step in replay(town, since="2018-05-05")
    ] == [5, 7]
    shown = run("replay", "--from", "2015-05-14", "--ledger", town.url).out.splitlines()
    assert all(line.startswith("201") for line in shown[1:])
    assert len(list(replay(town))) == 1


def test_who_left_was_never_elected(town):
    """A correction says another won: then it was not that seat's holder who resigned."""
    opened(town)
    declare(town, Cat=9, Dan=5)
    write(town, lambda desk: desk.vacate("Cat", why="resignation", since="2018-06-01"))
    assert board(town) == {"LAB": 1, "CON": 1, "vacant": 1}
    fixed = form("one", Cat=5, Dan=9)
    town.correct("one", form=fixed, reason="rows", accept=["winner-changes", "votes-swapped"],
                 **SAID)  # fmt: skip
    assert board(town) == {"LAB": 1, "CON": 1, "GRN": 1}


def test_seats_refuse_what_cannot_have_happened(town):
    with pytest.raises(WhichSeat, match="town/one/1"):
        write(town, lambda desk: desk.vacate("Ann", why="death"))
    with pytest.raises(UnknownHolder):
        write(town, lambda desk: desk.vacate("Nobody", why="death"))
    with pytest.raises(SeatHeld, match="Bob holds it"):
        write(town, lambda desk: desk.fill("two/2", party="Lab"))
    with pytest.raises(AllegianceSame):
        write(town, lambda desk: desk.allegiance("two/2", party="Con"))
    write(town, lambda desk: desk.vacate("two/2", why="death", since="2016-01-10"))
    for empty in (
        lambda desk: desk.vacate("two/2", why="death"),
        lambda desk: desk.allegiance("two/2", party="Lab"),
    ):
        with pytest.raises(SeatVacant):
            write(town, empty)


# --- corrections and withdrawals ------------------------------------------------------------


def test_any_fact_is_corrected_with_its_time_and_withdrawn_again(town):
    write(town, lambda desk: desk.allegiance("two/1", party="Ind", since="2015-11-01"))
    before = board(town)
    instead = Instead(2, "the wrong party", "wrong party label")
    write(town, lambda desk: desk.allegiance("two/1", party="Green", instead=instead))
    line = list(history(town))[-1]
    assert (line.target, line.entry.event.effective_at) == (2, log(town)[1].event.effective_at)
    assert board(town) == {"LAB": 1, "CON": 1, "GRN": 1}
    with pytest.raises(CannotWithdraw, match="entry 3 rests on it"):
        town.withdraw(2, reason="x", **SAID)
    with pytest.raises(TargetGone):
        write(town, lambda desk: desk.allegiance("two/1", party="LD", instead=instead))
    town.withdraw(3, reason="it was right", **SAID)
    assert board(town) == before
    moved = Instead(2, "the day was wrong", "wrong time")
    write(
        town,
        lambda desk: desk.allegiance("two/1", party="Ind", since="2016-01-01", instead=moved),
    )
    assert board(town, at="2015-12-01T00:00") == {"LAB": 2, "CON": 1}


def test_a_correction_is_of_the_same_kind_of_fact(town):
    write(town, lambda desk: desk.vacate("two/2", why="death", since="2016-01-10"))
    with pytest.raises(NothingChanged):
        write(town, lambda desk: desk.vacate("two/2", why="death", instead=Instead(2, "x")))
    with pytest.raises(CannotAmend):
        write(town, lambda desk: desk.allegiance("two/2", party="Lab", instead=Instead(2, "x")))
    for wrong in (1, 99):
        with pytest.raises(UnknownEntry):
            write(town, lambda desk, n=wrong: desk.vacate("two/2", why="court", instead=Instead(n, "x")))  # fmt: skip


def test_a_key_names_these_writes_too(town):
    def leave(desk):
        desk.vacate("two/2", why="death", since="2016-01-10")

    first = write(town, leave, key="k")
    again = write(town, leave, key="k")
    assert (again.recorded, again.entries) == (0, first.entries)
