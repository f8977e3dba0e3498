"""Every real incident from several viewpoints: before and after in the hall, known before and
known after.

The ledger's clock is set by hand, so that what was recorded late is told apart from what
became true late. Figures given by the sources are real; others are made up.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from store_night import SAID
from town import EVE, Town, result

from ledger import Viewpoint
from ledger.errors import BeforeDeclared, ContestOff, RuleBroken
from ledger.forms import (
    CouncilForm,
    ResultForm,
    SeatForm,
    WardForm,
)
from projections.check import check
from projections.contests import contests
from projections.history import history
from projections.seats import seats
from projections.tables import Tables


@pytest.fixture
def town(sqlite_url, fresh_ledger) -> Iterator[Town]:
    """Afterwards every law holds, and the tables answer as the fold from every viewpoint
    that was asked for."""
    made = Town(lambda clock: fresh_ledger(sqlite_url, clock))
    yield made
    assert check(made.book).broken == ()
    with Tables(made.book) as tables:
        for place in made.asked:
            assert tables.tallies(place) == [seats(made.book, "town", place)]


def flags(town: Town) -> tuple[str, ...]:
    (line,) = contests(town.book)
    return line.flags


def test_whitechapel_2018(town):
    """The second announcement is learned at 01:50: by the hall it holds from 01:40, on the
    board from 01:50; the first is never untold."""
    town.opened("2018-05-03", "Cat", "Dan")
    town.later("2018-05-04T01:02")
    town.declare("01:00", Cat=900, Dan=880)
    town.later("2018-05-04T01:50")
    again = ResultForm(**dict(result(Cat=900, Dan=980)) | {"declared_at": "01:40"})
    town.write(lambda desk: desk.redeclare("one", again, why="a bundle was missed"))
    first, second = {"CON": 1, "LD": 1}, {"CON": 1, "GRN": 1}
    assert town.board(at="2018-05-04T00:59") == EVE
    assert town.board(at="2018-05-04T01:39") == first
    assert town.board(at="2018-05-04T01:40") == second
    assert town.as_of("2018-05-04T01:45") == first
    assert town.as_of("2018-05-04T01:50") == town.board() == second
    assert flags(town) == ("result-redeclared",)


def test_nelson_2023(town):
    """242 and 177 transposed: the loser holds the seat until he resigns, nobody until the
    court's order; all of it recorded later than it was effective."""
    town.opened("2023-05-04", "Cat", "Dan")
    town.later("2023-05-05T02:05")
    town.declare("02:00", Cat=177, Dan=242)
    town.later("2023-05-10T09:00")
    true = {"Cat": 242, "Dan": 177}
    town.write(lambda d: d.note("one", what="transposed", votes=true, since="2023-05-09"))
    town.later("2023-05-25T09:00")
    town.write(lambda d: d.vacate("Dan", why="resignation", since="2023-05-20"))
    town.later("2023-08-01T09:00")
    court = {"court": "election court", "elected": ["Cat"], "since": "2023-07-10"}
    town.write(lambda d: d.overturn("one", **court))
    loser, nobody, seated = {"CON": 1, "GRN": 1}, {"CON": 1, "vacant": 1}, {"CON": 1, "LD": 1}
    assert town.board(at="2023-05-19T12:00") == loser
    assert town.board(at="2023-06-01T12:00") == nobody
    assert town.board(at="2023-07-15T12:00") == town.board() == seated
    assert town.as_of("2023-05-22T12:00") == loser
    assert town.as_of("2023-07-15T12:00") == nobody
    assert town.board(at="2023-07-15T12:00", known_at="2023-05-24T12:00") == loser
    assert flags(town) == ("discrepancy-noted", "result-overturned")
    assert contests(town.book)[0].majority_votes is None


def test_lewisham_forest_hill_2014(town):
    """1,708 votes keyed twice: refused against the papers; recorded without them, and
    corrected, the hall never saw the wrong winner, but the board did."""
    town.opened("2014-05-22", "Cat", "Dan")
    town.later("2014-05-23T03:12")
    twice = ResultForm(**dict(result(Cat=2_500, Dan=3_416)) | {"ballot_papers": 4_240})
    with pytest.raises(RuleBroken, match="5,916 votes are more than 4,240"):
        town.book.declare("one", form=twice, declared_at="03:10", **SAID)
    town.declare("03:10", Cat=2_500, Dan=3_416)
    town.later("2014-05-23T04:00")
    why = {"reason": "a batch keyed twice", "cause": "duplicated batch"}
    town.book.correct("one", votes={"Dan": 1_708}, accept=["winner-changes"], **why, **SAID)
    wrong, right = {"CON": 1, "GRN": 1}, {"CON": 1, "LD": 1}
    assert town.board(at="2014-05-23T03:09") == EVE
    assert town.board(at="2014-05-23T03:15") == town.board() == right
    assert town.as_of("2014-05-23T03:15") == town.board(known_at="2014-05-23T03:59") == wrong
    assert town.as_of("2014-05-23T04:00") == right


def test_putney_2024(town):
    """6,558 votes left out of the declaration: noted, and nothing else changes, from no
    viewpoint; the note is told from its own hour on."""
    town.opened("2024-07-04", "Cat", "Dan")
    town.later("2024-07-05T04:02")
    town.declare("04:00", Cat=9_000, Dan=4_000)
    town.later("2024-07-10T09:00")
    what = "6,558 votes left out of the declaration"
    town.write(lambda desk: desk.note("one", what=what, since="2024-07-09"))
    after = {"CON": 1, "LD": 1}
    assert town.board(at="2024-07-05T03:59") == EVE
    assert town.board(at="2024-07-05T04:00") == town.board() == after
    assert town.as_of("2024-07-09T12:00") == town.as_of("2024-07-10T09:00") == after
    assert [line.effect.kind for line in history(town.book)][-1] == "none"
    (before,) = contests(town.book, viewpoint=Viewpoint(at="2024-07-08T12:00"))
    (line,) = contests(town.book)
    assert (before.flags, line.flags) == ((), ("discrepancy-noted",))
    assert before.result == line.result
    assert line.majority_votes == 5_000


def test_newham_2018(town):
    """Rows misaligned: the correction changes the order of the candidates, and no board."""
    town.opened("2018-05-03", "Cat", "Dan", "Eve", "Flo")
    town.later("2018-05-04T02:02")
    town.declare("02:00", Cat=900, Dan=80, Eve=60, Flo=90)
    town.later("2018-05-04T09:00")
    moved = {"Dan": 60, "Eve": 90, "Flo": 80}
    town.book.correct(
        "one", votes=moved, reason="one row off", cause="rows misaligned", **SAID
    )  # fmt: skip
    assert [line.effect.kind for line in history(town.book)][-1] == "rank"
    assert town.board(at="2018-05-04T01:59") == EVE
    assert town.as_of("2018-05-04T02:30") == town.board() == {"CON": 1, "LD": 1}
    orders = [
        [c.name for c in sorted(line.result.candidates, key=lambda c: -c.votes) if line.result]
        for known in ("2018-05-04T08:59", "2018-05-04T09:00")
        for line in contests(town.book, viewpoint=Viewpoint(known_at=known))
    ]
    assert orders == [["Cat", "Flo", "Dan", "Eve"], ["Cat", "Eve", "Flo", "Dan"]]


def test_sutton_nonsuch_2018(town):
    """1,405 each: the old holder counts until the lot is drawn, on the board until it is
    known."""
    town.opened("2018-05-03", "Cat", "Dan")
    town.later("2018-05-04T03:06")
    town.declare("03:05", Cat=1_405, Dan=1_405)
    town.later("2018-05-04T04:00")
    town.write(lambda desk: desk.draw("one", ["Dan"], "03:40"))
    drawn = {"CON": 1, "GRN": 1}
    assert town.board(at="2018-05-04T03:39") == EVE
    assert town.board(at="2018-05-04T03:40") == drawn
    assert town.as_of("2018-05-04T03:50") == town.board(known_at="2018-05-04T03:59") == EVE
    assert town.as_of("2018-05-04T04:00") == town.board() == drawn


def test_stockton_hartburn_2023(town):
    """A candidate died: the old holder stays on through the night; the contest that replaces
    it is the board's from its own day."""
    town.opened("2023-05-04", "Cat", "Dan")
    town.later("2023-04-28T09:00")
    dead = {"how": "countermanded", "why": "a candidate died", "since": "2023-04-27"}
    town.write(lambda desk: desk.call_off("one", **dead))
    with pytest.raises(ContestOff):
        town.declare("2023-05-05T01:00", Cat=1, Dan=2)
    town.later("2023-05-20T09:00")
    town.opened("2023-06-15", "Cat", "Eve")
    town.later("2023-06-16T01:05")
    town.declare("2023-06-16T01:00", Cat=2, Eve=1)
    assert town.board(at="2023-05-05T12:00") == town.board(at="2023-06-16T00:59") == EVE
    assert town.as_of("2023-06-16T01:02") == EVE
    assert town.as_of("2023-06-16T01:05") == town.board() == {"CON": 1, "LD": 1}
    known = [
        seats(town.book, viewpoint=Viewpoint(known_at=k)).contests_total
        for k in ("2023-04-28T08:59", "2023-04-28T09:00", "2023-05-20T09:00")
    ]
    assert known == [1, 0, 1]


def test_bexhill_east_2026(town):
    """12,267 published for 1,267: the slip is asked about when it is put right, which tells
    the hall anew and leaves what the board showed."""
    town.opened("2026-05-07", "Cat", "Dan")
    town.later("2026-05-08T02:12")
    town.declare("02:10", Cat=1_300, Dan=12_267)
    town.later("2026-05-08T03:00")
    rules = ["winner-changes", "tenfold"]
    how = {"reason": "a digit too many", "cause": "digit error", "accept": rules}
    entry = town.book.correct("one", votes={"Dan": 1_267}, **how, **SAID).entries[0]
    assert list(entry.event.accepted) == rules
    assert town.as_of("2026-05-08T02:59") == {"CON": 1, "GRN": 1}
    assert town.board(at="2026-05-08T02:59") == town.board() == {"CON": 1, "LD": 1}


def test_redbridge_2015(sqlite_url, fresh_ledger):
    """Andrew Pope left Labour: 26/20/2 became 25/20/3, from his day in the hall and from the
    day it was recorded on the board."""
    now = [datetime(2015, 5, 8, 12, tzinfo=UTC)]
    book = fresh_ledger(sqlite_url, lambda: now[0])
    parties = ["Lab"] * 25 + ["Con"] * 20 + ["Ind"] * 2
    others = tuple(SeatForm(party=party) for party in parties)
    pope = SeatForm(holder="Andrew Pope", party="Lab")
    wards = (WardForm(name="Redbridge", seats=(pope,)), WardForm(name="Others", seats=others))
    form = CouncilForm(council="southampton", name="S", wards=wards, since="2015-05-08")
    book.register(form, **SAID)
    now[0] = datetime(2015, 6, 1, tzinfo=UTC)
    left = {"party": "Independent", "since": "2015-05-14"}
    book.write(lambda desk: desk.allegiance("Andrew Pope", **left), **SAID)
    boards = [
        dict(seats(book, viewpoint=Viewpoint(at=at, known_at=known)).seats)
        for at, known in (
            ("2015-05-13T23:59", None), ("2015-05-14T00:00", None),
            ("2015-05-20T00:00", "2015-05-20T00:00"), (None, None),
        )
    ]  # fmt: skip
    joined, left_it = {"LAB": 26, "CON": 20, "IND": 2}, {"LAB": 25, "CON": 20, "IND": 3}
    assert boards == [joined, left_it, joined, left_it]
    assert check(book).broken == ()


def test_a_resignation_filled_by_co_option(town):
    """Vacant between the two days in the hall; each known from when it was recorded."""
    town.later("2016-01-15T09:00")
    town.write(lambda desk: desk.vacate("Bob", why="resignation", since="2016-01-10"))
    town.later("2016-02-03T09:00")
    town.write(lambda desk: desk.fill("two/1", holder="Flo", party="Lab", since="2016-02-01"))
    vacant = {"LAB": 1, "vacant": 1}
    assert town.as_of("2016-01-12T12:00") == EVE
    assert town.board(at="2016-01-12T12:00") == vacant
    assert town.as_of("2016-02-02T12:00") == vacant
    assert town.board(at="2016-02-01T00:00") == town.board() == {"LAB": 2}


def test_a_resignation_filled_by_a_by_election(town):
    """The vacant seat is the one up; it is vacant until the by-election is declared."""
    town.later("2016-01-15T09:00")
    town.write(lambda desk: desk.vacate("Ann", why="resignation", since="2016-01-10"))
    town.opened("2016-03-03", "Cat", "Dan", by_election=True)
    town.later("2016-03-04T00:10")
    town.declare("2016-03-03T23:40", Cat=5, Dan=9)
    vacant, won = {"CON": 1, "vacant": 1}, {"CON": 1, "GRN": 1}
    assert town.as_of("2016-01-12T12:00") == EVE
    assert town.board(at="2016-01-12T12:00") == town.board(at="2016-03-03T23:39") == vacant
    assert town.as_of("2016-03-04T00:00") == vacant
    assert town.board(at="2016-03-03T23:40") == town.board() == won


def test_elected_unopposed(town):
    """Known weeks before, it changes the board when the polls would have closed."""
    town.later("2018-04-06T09:00")
    town.opened("2018-05-03", "Cat")
    town.write(lambda desk: desk.unopposed("one", since="2018-04-05T16:00"))
    town.later("2018-05-10T09:00")
    assert town.as_of("2018-04-10T12:00") == town.as_of("2018-05-03T21:59") == EVE
    assert town.as_of("2018-05-03T22:00") == town.board() == {"CON": 1, "LD": 1}
    assert town.board(known_at="2018-04-06T08:59") == EVE
    (line,) = contests(town.book)
    assert [(one.new.holder, one.votes) for one in line.winners] == [("Cat", None)]


def test_an_election_declared_void(town):
    """The one declared holds the seat until the order; then nobody does. No court undoes a
    declaration before it was made."""
    town.opened("2018-05-03", "Cat", "Dan")
    town.later("2018-05-04T01:05")
    town.declare("01:00", Cat=2, Dan=1)
    town.later("2018-09-10T09:00")
    with pytest.raises(BeforeDeclared):
        town.write(lambda desk: desk.overturn("one", court="High Court", since="2018-05-04"))
    town.write(lambda desk: desk.overturn("one", court="High Court", since="2018-09-01"))
    held, nobody = {"CON": 1, "LD": 1}, {"CON": 1, "vacant": 1}
    assert town.board(at="2018-08-31T23:59") == held
    assert town.as_of("2018-09-05T12:00") == held
    assert town.board(at="2018-09-05T12:00") == town.board() == nobody
    assert flags(town) == ("result-overturned",)
