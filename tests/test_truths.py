"""What stands in law, what was recorded, what the papers add up to: one night told thrice."""

from __future__ import annotations

import pytest
from cli_runner import run
from test_befalling import board, declare, form, opened, town, write  # noqa: F401 - `town` is a fixture

from ledger import Viewpoint
from projections.contests import contests
from projections.history import history
from projections.timeline import replay

TRUTHS = ("legal", "recorded", "arithmetical")
EVE = {"LAB": 1, "CON": 1}


def told(book, **at):
    """By truth, who is elected in the ward of one seat."""
    lines = {truth: contests(book, "town", Viewpoint(truth=truth, **at)) for truth in TRUTHS}
    return {
        truth: [(winner.new.holder, winner.votes) for winner in line.winners]
        for truth, (line,) in lines.items()
    }


@pytest.fixture
def nelson(town):  # noqa: F811
    """Nelson 2023: 242 and 177 changed over, the loser declared; a court seated the other."""
    opened(town, day="2023-05-04")
    declare(town, Cat=177, Dan=242, at="2023-05-05T02:00")
    noted = {"Cat": 242, "Dan": 177}
    write(town, lambda desk: desk.note("one", what="changed over", votes=noted, since="2023-05-09"))
    court = {"court": "election court", "elected": ["Cat"], "since": "2023-07-10"}
    write(town, lambda desk: desk.overturn("one", **court))
    return town


def test_the_three_truths_of_nelson_2023(nelson):
    """In law the one whom the court seated, from its order on; as recorded the one declared; by
    the papers the other, from the declaration on."""
    assert told(nelson) == {
        "legal": [("Cat", 177)],
        "recorded": [("Dan", 242)],
        "arithmetical": [("Cat", 242)],
    }
    before = told(nelson, at="2023-05-05T03:00")
    assert before == told(nelson) | {"legal": [("Dan", 242)]}
    for truth, party in zip(TRUTHS, ("LD", "GRN", "LD"), strict=True):
        assert board(nelson, truth=truth) == EVE | {party: 1}
        *_, last = replay(nelson, "town", Viewpoint(truth=truth))
        assert last.seats == EVE | {party: 1}
    first, noted = replay(nelson, "town", Viewpoint(truth="arithmetical"))
    assert ([new.holder for _, new in first.moves], noted.moves) == (["Cat"], ())


def test_an_entry_changes_what_its_truth_lets_it(nelson):
    """The log says so of each entry: the note moves the seat by the papers, the order in law."""
    effects = {
        truth: [line.effect.seats for line in history(nelson, "town", Viewpoint(truth=truth))][-2:]
        for truth in TRUTHS
    }
    assert effects == {
        "legal": [{}, {"GRN": -1, "LD": 1}],
        "recorded": [{}, {}],
        "arithmetical": [{"GRN": -1, "LD": 1}, {}],
    }
    kinds = [line.effect.kind for line in history(nelson, "town", Viewpoint(truth="arithmetical"))]
    assert kinds[-2:] == ["seats", "none"]


def test_what_was_known_is_asked_of_every_truth(nelson):
    """Before the note was recorded the papers were those declared."""
    assert board(nelson, truth="arithmetical", entry=3) == EVE | {"GRN": 1}


def test_papers_that_tie_wait_unless_a_lot_stands(town):  # noqa: F811
    """The seat keeps its old holder while nobody has drawn; a lot among others decides nothing."""
    opened(town)
    declare(town, Cat=9, Dan=5)
    write(
        town, lambda desk: desk.note("one", what="a bundle", votes={"Dan": 9}, since="2018-06-01")
    )
    (line,) = contests(town, "town", Viewpoint(truth="arithmetical"))
    assert (line.status, [c.name for c in line.tied]) == ("tie", ["Cat", "Dan"])
    assert board(town, truth="arithmetical") == {"LAB": 2, "CON": 1}
    assert board(town) == EVE | {"LD": 1}


def test_a_lot_drawn_in_the_tie_that_stays_decides(town):  # noqa: F811
    opened(town)
    declare(town, Cat=7, Dan=7)
    write(town, lambda desk: desk.draw("one", ["Dan"], "2018-05-04T02:00"))
    both = {"Cat": 8, "Dan": 8}
    write(town, lambda desk: desk.note("one", what="a box", votes=both, since="2018-06-01"))
    assert told(town)["arithmetical"] == [("Dan", 8)]
    write(
        town, lambda desk: desk.note("one", what="one more", votes={"Cat": 9}, since="2018-07-01")
    )
    assert told(town)["arithmetical"] == [("Cat", 9)]
    assert told(town)["legal"] == [("Dan", 7)]


def test_a_discrepancy_is_one_of_what_was_announced_by_its_hour(town):  # noqa: F811
    """What is announced later is a count of its own."""
    opened(town)
    declare(town, Cat=9, Dan=5)
    noted = {"Dan": 11}
    write(town, lambda desk: desk.note("one", what="a box", votes=noted, since="2018-05-04T01:10"))
    assert told(town)["arithmetical"] == [("Dan", 11)]
    again = form("one", Cat=12, Dan=11)
    write(town, lambda desk: desk.redeclare("one", again, "2018-05-04T01:40", why="a recount"))
    assert told(town)["arithmetical"] == [("Cat", 12)]
    assert told(town, at="2018-05-04T01:20")["arithmetical"] == [("Dan", 11)]


def test_answers_say_their_truth_where_it_is_not_the_usual(nelson):
    """`truth` stands in the JSON of `seats`, `contests`, `replay` and `log`, and on the board."""
    ledger = ("--ledger", nelson.url)
    for truth in TRUTHS:
        asked = ("--truth", truth, "--json", *ledger)
        answers = [run("seats", "town", *asked).json]
        answers += [run(name, *asked).json[0] for name in ("contests", "replay", "log")]
        wanted = None if truth == "legal" else truth
        assert [answer.get("truth") for answer in answers] == [wanted] * 4
    shown = run("seats", "--truth", "arithmetical", *ledger).out
    assert "as the papers are known to add up" in shown
    assert run("seats", "--truth", "alternative", *ledger).code == 2
