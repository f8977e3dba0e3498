"""One night, three changes: what each baseline counts, and what is refused."""

from __future__ import annotations

import pytest
from cli_runner import run
from store_night import SAID
from test_befalling import declare, opened, town, write  # noqa: F401 - `town` is a fixture

from ledger import Viewpoint
from ledger.befalling import Instead
from ledger.errors import FileRefused, NotionalMissing, NotionalSeats
from ledger.formats import read_file
from projections.baselines import matched
from projections.contests import contests
from projections.seats import as_json, seats
from projections.timeline import replay

EVE, LAST, NOTIONAL = (
    Viewpoint(baseline=name) for name in ("eve-of-poll", "last-comparable", "notional")
)


def outcomes(book, seen):
    told = [line.as_json()["elected"] for line in contests(book, "town", seen)]
    again = [step.as_json()["elected"] for step in replay(book, "town", seen)]
    assert told == [[winner | {"votes": w["votes"]} for winner, w in zip(step, line, strict=True)]
                    for step, line in zip(again, told, strict=True)]  # fmt: skip
    return [[(one["result"], one["from"]) for one in line] for line in told]


def test_a_councillor_changed_party_in_between(town):  # noqa: F811
    """The agency that counts from the eve has a gain; the broadcaster that counts from the last
    time the seat was up has a hold."""
    write(town, lambda desk: desk.allegiance("one/1", party="Ind", since="2017-03-01"))
    opened(town, names=("Cat", "Dan"))
    town.declare("one", votes={"Cat": 5, "Dan": 2}, declared_at="2018-05-04T01:00", **SAID)
    assert dict(seats(town, "town", EVE).change) == {"IND": -1, "LD": 1}
    assert outcomes(town, EVE) == [[("gain", "IND")]]
    assert dict(seats(town, "town", LAST).change) == {"LAB": -1, "LD": 1}
    assert outcomes(town, LAST) == [[("gain", "LAB")]]


def test_a_by_election_changed_hands_in_between(town):  # noqa: F811
    """The seat was won in 2014 by the Liberal Democrats, lost to the Greens in 2016, won back
    in 2018: no change, and a gain."""
    opened(town, day="2014-05-22")
    declare(town, Cat=5, Dan=4, at="2014-05-23T01:00")
    write(town, lambda desk: desk.vacate("one/1", why="death", since="2016-01-01"))
    by = opened(town, day="2016-02-04", by_election=True)
    declare(town, by, Cat=4, Dan=5, at="2016-02-05T00:30")
    assert dict(seats(town, "town", LAST).change) == {"GRN": 1, "LD": -1}  # of the by-election
    opened(town)
    assert dict(seats(town, "town", LAST).change) == {}  # before anything is declared
    declare(town, Cat=5, Dan=4)
    assert dict(seats(town, "town", EVE).change) == {"GRN": -1, "LD": 1}
    assert outcomes(town, EVE) == [[("gain", "GRN")]]
    assert dict(seats(town, "town", LAST).change) == {}
    assert outcomes(town, LAST) == [[("hold", None)]]
    assert as_json(seats(town, "town", LAST), LAST)["baseline"] == "last-comparable"


def test_a_notional_result_and_a_declaration_do_not_rest_on_each_other(town):  # noqa: F811
    """Each is withdrawn while the other stands, whichever came first."""
    opened(town)
    first = town.write(lambda desk: desk.notional("one", seats={"Con": 1}), **SAID)
    declare(town, Cat=5, Dan=4)
    declared = town.store.total()
    town.withdraw(first.entries[0].number, reason="no source", **SAID)
    again = town.write(lambda desk: desk.notional("one", seats={"Lab": 1}), **SAID)
    town.withdraw(declared, reason="never said", **SAID)
    assert dict(seats(town, "town", NOTIONAL).won) == {}
    assert again.recorded == 1


def test_a_notional_result_is_stated_corrected_and_withdrawn(town):  # noqa: F811
    opened(town, "Two", names=("Cat", "Dan"), seats_up=2)
    declare(town, "two", Cat=5, Dan=3)
    with pytest.raises(NotionalMissing, match="any of the 1 contests"):
        seats(town, "town", NOTIONAL)
    with pytest.raises(NotionalSeats):
        write(town, lambda desk: desk.notional("two", seats={"LD": 1}))
    write(town, lambda desk: desk.notional("two", seats={"LD": 1, "Con": 1}))
    assert dict(seats(town, "town", NOTIONAL).change) == {"CON": -1, "GRN": 1}
    assert outcomes(town, NOTIONAL) == [[("hold", None), ("gain", "CON")]]
    entry = town.store.total()
    instead = Instead(entry, "the wrong row", "rows misaligned")
    write(town, lambda desk: desk.notional("two", seats={"Lab": 2}, instead=instead))
    assert dict(seats(town, "town", NOTIONAL).change) == {"GRN": 1, "LAB": -2, "LD": 1}
    town.withdraw(entry + 1, reason="it was right", **SAID)
    town.withdraw(entry, reason="no source", **SAID)
    with pytest.raises(NotionalMissing):
        list(replay(town, "town", NOTIONAL))
    opened(town)
    write(town, lambda desk: desk.notional("two", seats={"LD": 2}))
    with pytest.raises(NotionalMissing, match=r"local\.town\.one\.2018-05-03"):
        contests(town, "town", NOTIONAL)


def test_winners_are_compared_with_their_own_party_first():
    """Whatever the order of the seats; who is left takes what is left."""
    won = {"a/1": "GRN", "a/2": "LAB", "a/3": None}
    assert matched(won, ("LAB", "CON", None)) == {"a/1": "CON", "a/2": "LAB", "a/3": None}
    assert matched({"a/2": "LAB"}, ("CON", "LAB")) == {"a/2": "LAB"}


def test_a_file_of_notional_results_is_taken_whole_or_not_at_all(town, tmp_path):  # noqa: F811
    """Every problem is told with its line, and nothing is recorded; loaded again it adds
    nothing."""
    opened(town, "Two", seats_up=2)
    opened(town)
    file = tmp_path / "notional.csv"
    file.write_text("contest,party,seats\nTwo,LD,1\nTwo,LD,1\none,Lab,x\n", "utf-8")
    with pytest.raises(FileRefused) as refused:
        read_file(str(file))
    assert [(p.line, p.rule) for p in refused.value.problems] == [
        (3, "party-twice"),
        (4, "bad-number"),
    ]
    before = town.store.total()
    file.write_text("contest,party,seats\nTwo,LD,3\nTwo,Con,1\none,Lab,1\nfive,Lab,1\n", "utf-8")
    with pytest.raises(FileRefused) as refused:
        town.load(read_file(str(file)), **SAID)
    assert [(p.line, p.rule) for p in refused.value.problems] == [
        (2, "notional-seats"),
        (5, "unknown-contest"),
    ]
    assert town.store.total() == before
    file.write_text("contest,party,seats\nTwo,LD,1\nTwo,Con,1\none,Lab,1\n", "utf-8")
    assert town.load(read_file(str(file)), **SAID).recorded == 2
    assert town.load(read_file(str(file)), **SAID).recorded == 0


def test_the_command_states_and_corrects(town, tmp_path):  # noqa: F811
    opened(town)
    file, url = tmp_path / "notional.csv", town.url
    file.write_text("contest,party,seats\none,Con,1\n", "utf-8")
    said = ("--ledger", url, "--by", "Ann", "--source", "a paper")
    entry = town.store.total() + 1
    assert run("notional", str(file), *said).code == 0
    shown = run("log", "--kind", "notional-stated", "--ledger", url)
    assert "notional stated: one: ■ CON 1" in shown.out
    file.write_text("contest,party,seats\none,Lab,1\n", "utf-8")
    fixed = run("notional", str(file), *said, "--replaces", str(entry), "--reason", "a slip")
    assert (fixed.code, f"(of entry {entry})" in fixed.out) == (0, True)
    file.write_text("contest,party,seats\none,Lab,1\ntwo,Lab,1\n", "utf-8")
    assert run("notional", str(file), *said, "--replaces", "1", "--reason", "x").code == 2
    assert run("seats", "--baseline", "notional", "--json", "--ledger", url).json["baseline"] == (
        "notional"
    )
