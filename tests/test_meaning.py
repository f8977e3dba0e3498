"""What a request means: the contest, the seat, the tie, the hour and the write it names."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from store_night import SAID, begin, log

from ledger import Viewpoint, parties
from ledger.errors import (
    ContestIdWrong,
    ContestOpen,
    FileRefused,
    KeyReused,
    LotTooEarly,
    NeedsAccept,
    NoTie,
    OtherContest,
    SeatsUnclear,
    UnknownRule,
)
from ledger.formats import Options, read_file
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
from projections.history import history
from projections.night import standing
from projections.seats import seats
from projections.timeline import replay

NOW = datetime(2018, 5, 4, 12, tzinfo=UTC)
ANY = ("winner-changes", "votes-swapped", "tenfold")


@pytest.fixture
def town(sqlite_url, fresh_ledger):
    """A council of one ward of three seats, all up on 5 May 2016, and a ward of one."""
    book = fresh_ledger(sqlite_url, lambda: NOW)
    three = tuple(SeatForm(holder=f"Old {n}", party="Con", up=True) for n in "123")
    wards = (WardForm(name="Big", seats=three), WardForm(name="St. Mary's", seats=three[:1]))
    book.register(CouncilForm(council="town", name="Town", wards=wards, since="2010-01-01"), **SAID)
    book.open(opening("2016-05-05", "Big", *"ABCDE", seats_up=3), **SAID)
    return book


def opening(day, ward, *names, **how):
    people = tuple(NomineeForm(name=name, party="Lab" if name < "C" else "LD") for name in names)
    contest = ContestForm(ward=ward, candidates=people, **how)
    return NightForm(poll_date=day, council="town", contests=(contest,))


def result(contest, votes, **figures):
    people = tuple(CandidateForm(name=name, votes=number) for name, number in votes.items())
    return ResultForm(contest=contest, candidates=people, **figures)


def declare(book, votes, at="2016-05-06T01:00", contest="big", **figures):
    return book.declare(contest, form=result(contest, votes, **figures), declared_at=at, **SAID)


def correct(book, votes, **figures):
    form = result("big", votes, **figures)
    return book.correct("big", form=form, reason="looked again", accept=ANY, **SAID)


def draw(book, name, at="2016-05-06T02:00"):
    return book.declare("big", lot=[name], declared_at=at, **SAID)


def people(book, **viewpoint):
    held = standing(book, "town", Viewpoint(**viewpoint)).holders
    return {seat: change.holder for seat, change in held.items() if seat.startswith("big")}


# --- lots ---------------------------------------------------------------------------------


def test_a_lot_decides_its_own_tie_and_no_other(town):
    """A correction that changes who is tied leaves the seat waiting for another lot; put back,
    the first lot counts again."""
    declare(town, {"A": 9, "B": 8, "C": 5, "D": 5, "E": 1})
    draw(town, "C")
    assert set(people(town).values()) == {"A", "B", "C"}
    correct(town, {"C": 4, "E": 5})
    assert seats(town).seats_declared == 2
    with pytest.raises(NoTie, match="only D, E are tied"):
        draw(town, "C")
    draw(town, "E")
    assert set(people(town).values()) == {"A", "B", "E"}
    correct(town, {"C": 5, "E": 1})
    assert set(people(town).values()) == {"A", "B", "C"}


def test_a_lot_is_drawn_after_the_declaration(town):
    declare(town, {"A": 9, "B": 8, "C": 5, "D": 5, "E": 1})
    with pytest.raises(LotTooEarly, match=r"23:20:00\+01:00, before"):
        draw(town, "C", "23:20")


def test_a_lot_is_not_drawn_twice(town):
    declare(town, {"A": 9, "B": 8, "C": 5, "D": 5, "E": 1})
    draw(town, "C")
    with pytest.raises(NoTie, match="every seat is decided"):
        draw(town, "D")


def test_who_was_drawn_counts_as_a_winner(town):
    """Unseating a winner of the lot asks, as unseating any winner does; other figures do not."""
    declare(town, {"A": 9, "B": 8, "C": 5, "D": 5, "E": 1})
    draw(town, "C")
    plain = {"reason": "looked again", **SAID}
    town.correct("big", form=result("big", {"E": 2}), **plain)
    with pytest.raises(NeedsAccept, match="D for C"):
        town.correct("big", form=result("big", {"D": 6}), **plain)


def test_a_correction_refuses_a_lot_for_who_is_not_tied(town):
    declare(town, {"A": 9, "B": 8, "C": 5, "D": 4, "E": 1})
    for lot, votes in (("D", {"E": 2}), ("E", {"D": 5})):
        with pytest.raises(NoTie):
            correct(town, votes, lot=lot)


def test_a_tie_corrected_within_the_declaration_takes_its_own_lot(town):
    """The lot said with a declaration goes where the tie goes."""
    declare(town, {"A": 9, "B": 8, "C": 5, "D": 5, "E": 1}, lot="C")
    correct(town, {"A": 10})
    assert "C" in people(town).values()
    correct(town, {"E": 5})
    assert seats(town).seats_declared == 2


# --- seats --------------------------------------------------------------------------------


def test_a_correction_moves_nobody_to_another_seat(town):
    """Rank only: who has been followed in a by-election stays the one who has."""
    declare(town, {"A": 9, "B": 8, "C": 7, "D": 2, "E": 1})
    was = people(town)
    seat = next(seat for seat, holder in was.items() if holder == "B")
    by = opening("2017-05-04", "Big", "F", "G", by_election=True, seats=(seat,))
    town.open(by, **SAID)
    declare(town, {"F": 3, "G": 2}, "2017-05-05T01:00", "local.town.big.by.2017-05-04")
    form = result("local.town.big.2016-05-05", {"A": 8, "B": 9})
    town.correct(form.contest, form=form, reason="rows", accept=ANY, **SAID)
    assert people(town) == was | {seat: "F"}
    assert next(reversed(list(history(town)))).effect.kind == "rank"


def test_a_by_election_is_for_the_vacant_seat_or_says_which(sqlite_url, fresh_ledger):
    book = fresh_ledger(sqlite_url, lambda: NOW)
    held = SeatForm(holder="Old", party="Con", up=True)
    wards = (
        WardForm(name="Gap", seats=(held, SeatForm(), held)),
        WardForm(name="Full", seats=(held, held)),
        WardForm(name="One", seats=(held,)),
    )
    book.register(CouncilForm(council="town", name="T", wards=wards, since="2010-01-01"), **SAID)
    for ward in ("Gap", "One"):
        book.open(opening("2016-09-08", ward, by_election=True, seats_up=1), **SAID)
    opened = [entry.fact.seats for entry in log(book)[1:]]
    assert opened == [("gap/2",), ("one/1",)]
    for number in (None, 1):
        with pytest.raises(SeatsUnclear, match="by-election"):
            book.open(opening("2016-09-08", "Full", by_election=True, seats_up=number), **SAID)
    # And the ward's ordinary turn is as if there had been none.
    book.open(opening("2018-05-03", "Gap"), **SAID)
    assert log(book)[-1].fact.seats == ("gap/1", "gap/3")


# --- contests -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        "local.village.big.2018-05-03",
        "parl.big.2018-05-03",
        "local.town.big.2018-05-04",
        "local.town.st-marys.2018-05-03",
    ],
)
def test_an_id_is_of_its_council_ward_and_day(town, wrong):
    with pytest.raises(ContestIdWrong):
        town.open(opening("2018-05-03", "Big", seats_up=3, contest=wrong), **SAID)


def test_an_id_may_spell_the_ward_otherwise_and_is_found(town):
    """Ids made elsewhere are kept as they are, each for one contest of the council."""
    other = "local.town.st-mary.2018-05-03"
    town.open(opening("2018-05-03", "St. Mary's", "A", "B", contest=other), **SAID)
    with pytest.raises(ContestOpen):
        town.open(opening("2018-05-03", "Big", seats_up=3, contest=other), **SAID)
    declare(town, {"A": 2, "B": 1}, "2018-05-04T01:00", other)
    assert log(town)[-1].fact.contest == other


def test_a_result_for_another_contest_is_refused(town):
    """The contest named twice must be one, whatever the words for it."""
    town.open(opening("2016-05-05", "St. Mary's", "A", "B"), **SAID)
    form = result("local.town.st-marys.2016-05-05", {"A": 2, "B": 1})
    with pytest.raises(OtherContest):
        town.declare("big", form=form, declared_at="01:00", **SAID)
    town.declare("St. Mary's", form=form, declared_at="01:00", **SAID)


# --- candidates and parties ---------------------------------------------------------------


def test_brackets_in_a_name_are_of_the_name_where_it_is_listed(town):
    town.open(opening("2016-05-05", "St. Mary's", "A", "B (Bob)"), **SAID)
    votes = {"A": 1, "B (Bob)": 7}
    town.declare("st-marys", votes=votes, declared_at="2016-05-06T01:00", **SAID)
    assert [c.name for c in log(town)[-1].fact.elected] == ["B (Bob)"]


def test_said_to_be_elected_is_checked_in_a_correction_too(town):
    declare(town, {"A": 9, "B": 8, "C": 7, "D": 2, "E": 1}, elected=("A", "B", "C"))
    with pytest.raises(Exception, match="D cannot be elected"):
        correct(town, {"E": 2}, elected=("A", "B", "D"))
    correct(town, {"E": 2}, elected=("A", "B", "C"))


def test_parties_no_table_lists_are_told_apart():
    """Whatever their script; and punctuation makes no new party."""
    labels = ("Партия", "Союз", "Союз A", "Партия A", "日本", "A", "Labour Партия", "Our Town")
    codes = [parties.resolve(label).code for label in labels]
    assert len(set(codes)) == len(codes)
    assert not set(codes) & set(parties.listed())
    assert parties.resolve("Con.").code == "CON"
    assert parties.resolve("SINN FEIN").code == parties.resolve("Sinn Féin").code == "SF"


# --- hours --------------------------------------------------------------------------------


def test_an_entry_never_changes_what_an_hour_of_its_night_means(town):
    """`--entry N --at 01:30` is a permalink: a night opened later, or taken back, is not
    looked at."""
    declare(town, {"A": 9, "B": 8, "C": 7, "D": 2, "E": 1})
    place = Viewpoint(at="01:30", entry=3)
    told = seats(town, "town", place)
    town.open(opening("2018-05-03", "Big", seats_up=3), **SAID)
    assert seats(town, "town", place) == told
    assert seats(town, "town", Viewpoint(at="01:30")).poll_date == "2018-05-03"
    town.withdraw(4, reason="another night", **SAID)
    assert seats(town, "town", Viewpoint(at="01:30")).poll_date == "2016-05-05"


def test_an_old_result_without_its_time_asks(town):
    """A file of a past night without times would be told as news of today."""
    form = result("big", {"A": 9, "B": 8, "C": 7, "D": 2, "E": 1})
    with pytest.raises(NeedsAccept, match="728 days") as refused:
        town.declare("big", form=form, **SAID)
    assert refused.value.error == "declared-late"


def test_replay_tells_a_declared_tie_and_other_contests(town):
    """A one-seat tie is declared though no seat moves; a by-election decided the same night
    moves the board."""
    town.open(opening("2016-05-05", "St. Mary's", "A", "B"), **SAID)
    by = opening("2016-05-04", "Big", "F", "G", by_election=True, seats=("big/2",))
    town.open(by, **SAID)
    declare(town, {"F": 3, "G": 2}, "2016-05-05T23:00", "local.town.big.by.2016-05-04")
    declare(town, {"A": 5, "B": 5}, "2016-05-05T23:30", "local.town.st-marys.2016-05-05")
    declare(town, {"A": 9, "B": 8, "C": 7, "D": 2, "E": 1}, contest="local.town.big.2016-05-05")
    for clock in ("hall", "ledger"):
        steps = list(replay(town, clock=clock))
        assert [(step.ward, step.declared) for step in steps][-2:] == [
            ("St. Mary's", 1),
            ("Big", 2),
        ]
        assert steps[-1].seats == {"LAB": 2, "LD": 1, "CON": 1}
        assert all(sum(step.seats.values()) == 4 for step in steps)
    assert [step.ward for step in replay(town)] == ["Big", "St. Mary's", "Big"]


def test_replay_by_the_ledgers_clock_up_to_an_hour(town):
    """What had not happened in the hall by `at` is not counted, whenever it was recorded."""
    town.open(opening("2016-05-05", "St. Mary's", "A", "B"), **SAID)
    declare(town, {"A": 9, "B": 8, "C": 7, "D": 2, "E": 1})
    declare(town, {"A": 2, "B": 1}, "2016-05-06T03:00", "St. Mary's")
    (step,) = replay(town, None, Viewpoint(at="02:00"), clock="ledger")
    assert (step.seats, step.declared) == ({"LAB": 2, "LD": 1, "CON": 1}, 1)
    assert step.control == seats(town, None, Viewpoint(at="02:00")).control


def test_what_is_open_is_told_by_the_seats_not_their_order(town):
    """With one of three seats waiting for its lot, certain is what every end allows."""
    declare(town, {"A": 9, "B": 8, "C": 5, "D": 5, "E": 1})
    for clock in ("hall", "ledger"):
        step = list(replay(town, clock=clock))[-1]
        assert step.control == seats(town).control


# --- keys and rules -----------------------------------------------------------------------


HEAD = "ward,candidate,party,votes"


def test_a_key_names_a_whole_file(sqlite_url, fresh_ledger, tmp_path):
    """The same key with the same file records nothing; with other rows, more or fewer of
    them, it is refused."""
    book = fresh_ledger(sqlite_url)
    begin(book)
    rows = [f"W{n},{name},Lab,{votes}" for n in range(3) for name, votes in (("A", 1), ("B", 2))]

    def load(*lines):
        path = tmp_path / "sheet.csv"
        path.write_text("\n".join([HEAD, *lines, ""]), "utf-8")
        batch = read_file(str(path), Options(council="x", poll_date="2016-05-05"))
        return book.load(batch, key="L", declared_at="23:00", **SAID)

    assert load(*rows[:4]).recorded == 2
    assert load(*rows[:4]).skipped == 2
    for other in (rows, rows[:2], rows[2:6], [rows[0].replace(",1", ",9"), *rows[1:4]]):
        with pytest.raises((KeyReused, FileRefused)) as refused:
            load(*other)
        assert "key-reused" in str(refused.value.as_dict())
    assert len(log(book)) == 6


def test_a_repeat_says_what_was_taken_back_since(sqlite_url, fresh_ledger):
    book = fresh_ledger(sqlite_url)
    begin(book)
    said = SAID | {"votes": {"A (Lab)": 1, "B (Con)": 2}, "key": "k", "declared_at": "23:00"}
    assert book.declare("w0", **said).withdrawn == 0
    assert book.declare("w0", **said).withdrawn == 0
    book.withdraw(5, reason="test data", **SAID)
    again = book.declare("w0", **said)
    assert (again.recorded, again.skipped, again.withdrawn) == (0, 1, 1)


def test_only_soft_rules_that_exist_can_be_accepted(town):
    with pytest.raises(UnknownRule, match="winner-chagnes") as refused:
        town.declare("big", lot=["A"], accept=("winner-chagnes",), **SAID)
    assert "winner-changes" in refused.value.remedy


# --- told -----------------------------------------------------------------------------------


def test_the_ledgers_clock_tells_gains_as_the_board_does(town):
    """A correction that leaves the winner tells the same gain again; a withdrawal tells none."""
    town.open(opening("2016-05-05", "St. Mary's", "A", "D"), **SAID)
    declare(town, {"A": 5, "D": 4}, contest="st-marys")
    form = result("st-marys", {"A": 6})
    town.correct("st-marys", form=form, reason="looked again", **SAID)
    town.withdraw(5, reason="another paper", **SAID)
    steps = list(replay(town, clock="ledger"))
    told = [[(one["result"], one["from"]) for one in step.as_json()["elected"]] for step in steps]
    assert told == [[("gain", "CON")], [("gain", "CON")], []]
    assert [step.change for step in steps] == [{"CON": -1, "LAB": 1}, {}, {}]


def test_every_problem_of_a_file_is_told_at_once(town, tmp_path):
    """A figure that cannot be read, and a candidate nobody nominated elsewhere in the file."""
    town.open(opening("2016-05-05", "St. Mary's", "A", "D"), **SAID)
    rows = ["Big,A,Lab,1x", "St. Mary's,A,Lab,5", "St. Mary's,Edd,LD,4"]
    path = tmp_path / "sheet.csv"
    path.write_text("\n".join([HEAD, *rows, ""]), "utf-8")
    batch = read_file(str(path), Options(council="town", poll_date="2016-05-05"))
    with pytest.raises(FileRefused) as refused:
        town.load(batch, declared_at="2016-05-06T01:00", **SAID)
    told = [(problem.line, problem.rule) for problem in refused.value.problems]
    assert told == [(2, "bad-number"), (3, "unknown-candidate")]


def test_seats_add_up_in_every_output(town):
    """Vacant seats have a row of their own, and a change of their own."""
    tally = seats(town)
    assert sum(tally.seats.values()) + tally.vacant == tally.size
    assert sum(tally.change.values()) + tally.vacant_change == 0
