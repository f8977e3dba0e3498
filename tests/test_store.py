"""What the log promises, on either store."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import accumulate
from threading import Barrier

import pytest
from eventsourcing.persistence import OperationalError
from store_night import SAID, VOTES, begin, council, declared, log, night

from ledger.errors import (
    AlreadyDeclared,
    KeyReused,
    MovedOn,
    RuleBroken,
    StoreFailed,
    StoreUnavailable,
)
from ledger.forms import result_form
from ledger.times import micros

START = datetime(2016, 5, 6, 1, tzinfo=UTC)


class Clock:
    """A clock that a test sets; it counts the seconds after START."""

    def __init__(self, seconds=0):
        self.seconds = seconds

    def __call__(self):
        return START + timedelta(seconds=self.seconds)


# --- whole, and numbered densely ------------------------------------------------------


def test_a_write_of_many_facts_is_one(url, fresh_ledger):
    """A council, its night and its results recorded together get the numbers 1 to n, in
    the order they were decided, and read back as acknowledged."""
    book = fresh_ledger(url)
    desk = book.desk(**SAID)
    desk.register(council(wards=2))
    desk.open(night(wards=2))
    desk.declare("w1", result_form("w1", VOTES))
    receipt = desk.commit()
    assert [entry.fact.kind for entry in receipt.entries] == [
        "council-registered.v1", "contest-opened.v1", "contest-opened.v1", "result-declared.v1",
    ]  # fmt: skip
    assert log(fresh_ledger(url)) == list(receipt.entries)
    assert [book.entry(n) for n in range(1, 5)] == list(receipt.entries)


def test_a_refused_or_conflicting_write_leaves_no_gap(url, fresh_ledger):
    """Nothing of a refused write is there, even if only its last fact conflicts, and the
    next write takes the next number."""
    book, rival = fresh_ledger(url), fresh_ledger(url)
    total = begin(book)
    with pytest.raises(RuleBroken):
        book.declare("w0", votes=VOTES, declared_at="2016-05-05T12:00", **SAID)
    late = declared(rival, "w0")
    late.declare("w1", result_form("w1", VOTES))
    book.declare("w1", votes=VOTES, **SAID)
    with pytest.raises(MovedOn):
        late.commit()
    with pytest.raises(AlreadyDeclared):
        rival.declare("w1", votes=VOTES, **SAID)
    assert rival.declare("w2", votes=VOTES, **SAID).entries[0].number == total + 2
    assert len(log(book)) == total + 2


def test_many_may_begin_one_ledger_at_once(url, fresh_ledger):
    """Desks that all find no ledger and begin it together share the one that results."""
    together = Barrier(8, timeout=30)

    def start(number):
        together.wait()
        book = fresh_ledger(url)
        book.register(council(f"c{number}"), **SAID)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(start, range(8)))
    assert sorted(entry.council for entry in log(fresh_ledger(url))) == [f"c{n}" for n in range(8)]


# --- desks against each other ---------------------------------------------------------


def test_twenty_desks_on_twenty_wards_never_conflict(url, fresh_ledger):
    """Wards are independent: writers at the same moment, each its own connection and its
    own ward, are all recorded."""
    book = fresh_ledger(url)
    total = begin(book, wards=20)
    together = Barrier(20, timeout=30)

    def work(number):
        mine = fresh_ledger(url)
        together.wait()
        for votes in range(20, 25):
            if votes == 20:
                mine.declare(f"w{number}", votes=VOTES, **SAID)
            else:
                mine.correct(f"w{number}", votes={"C Dee": votes}, reason="recount", **SAID)

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(work, range(20)))
    assert len(log(book)) == total + 100


def test_of_two_desks_on_one_ward_exactly_one_wins(url, fresh_ledger):
    """Both decided on the same ward; the second to commit is told what happened (exit code
    5), and nothing of it is written."""
    book, rival = fresh_ledger(url), fresh_ledger(url)
    total = begin(book)
    first, second = declared(book, "w0", by="Ann"), declared(rival, "w0", votes=99, by="Bob")
    won = first.commit().entries[0]
    with pytest.raises(MovedOn) as refused:
        second.commit()
    assert refused.value.exit_code == 5
    assert f"entry {won.number}, result declared in x/w0, by Ann" in refused.value.message
    assert log(rival)[total:] == [won]


def test_desks_at_the_same_instant_have_one_winner(url, fresh_ledger):
    """The store decides, not the order of the callers: per ward one of four is recorded."""
    total = begin(fresh_ledger(url), wards=6)
    books = [fresh_ledger(url) for _ in range(4)]
    together = Barrier(4, timeout=30)

    def work(book):
        won = 0
        for number in range(6):
            desk = declared(book, f"w{number}")
            together.wait()
            with suppress(MovedOn):
                won += desk.commit().recorded
        return won

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, books)) == 6
    assert len(log(books[0])) == total + 6


# --- keys -------------------------------------------------------------------------------


def test_a_repeated_write_is_recorded_once(url, fresh_ledger):
    """The same key and content answer with the entry of the first time, whichever desk
    asks and whenever, even if its time was the moment it was typed."""
    clock = Clock()
    book, other = fresh_ledger(url, clock), fresh_ledger(url, clock)
    total = begin(book)
    first = book.declare("w0", votes=VOTES, key="k", **SAID)
    clock.seconds = 3600
    again = other.declare("w0", votes=VOTES, key="k", **SAID)
    assert (first.recorded, again.recorded, again.skipped) == (1, 0, 1)
    assert again.entries == first.entries
    assert len(log(book)) == total + 1


@pytest.mark.parametrize(
    "change", [{"votes": {**VOTES, "C Dee (Con)": 21}}, {"contest": "w1"}, {"source": "radio"}]
)
def test_a_key_names_one_write_for_ever(url, fresh_ledger, change):
    """The same key with other content is refused and names the entry it was used for."""
    book = fresh_ledger(url)
    total = begin(book)
    book.declare("w0", votes=VOTES, key="k", **SAID)
    said = {"contest": "w0", "votes": VOTES, **SAID} | change
    with pytest.raises(KeyReused) as refused:
        book.declare(key="k", **said)
    assert refused.value.details == {"key": "k", "entry": total + 1}
    assert len(log(book)) == total + 1


def test_a_key_is_taken_in_the_write_itself(url, fresh_ledger):
    """Two desks with one key on different wards: the store refuses the second, whole."""
    book, rival = fresh_ledger(url), fresh_ledger(url)
    total = begin(book)
    first, second = declared(book, "w0", key="k"), declared(rival, "w1", key="k")
    second.declare("w2", result_form("w2", VOTES), key="other")
    first.commit()
    with pytest.raises(MovedOn, match=f"entry {total + 1}, result declared in x/w0"):
        second.commit()
    assert len(log(rival)) == total + 1
    assert rival.store.key_entry("other") is None


# --- the ledger's clock -------------------------------------------------------------------


def test_recorded_at_never_goes_back(url, fresh_ledger):
    """A machine's clock that steps back, or another machine's that is slow, does not."""
    clock = Clock(100)
    book, slow = fresh_ledger(url, clock), fresh_ledger(url, Clock(0))
    for number, seconds in enumerate((100, 40, 101, -86400)):
        clock.seconds = seconds
        book.register(council(f"a{number}"), **SAID)
        slow.register(council(f"b{number}"), **SAID)
    times = [entry.event.recorded_at for entry in log(book)]
    assert times == sorted(times)
    assert times[-1] == START + timedelta(seconds=101)


def test_known_prefix_is_the_longest_whose_clock_had_come(url, fresh_ledger):
    """Of every moment K: the longest prefix whose running maximum of `recorded_at` is at
    most K, though desks decided earlier may be recorded later."""
    dice = random.Random(8)
    clock = Clock()
    books = [fresh_ledger(url, clock), fresh_ledger(url, clock)]
    for turn in range(12):
        desks = []
        for number in range(3):
            clock.seconds = turn * 10 + dice.randrange(-15, 15)
            desks.append(dice.choice(books).desk(**SAID))
            desks[-1].register(council(f"c{turn}-{number}"))
        dice.shuffle(desks)
        for desk in desks:
            desk.commit()
    times = [entry.event.recorded_at for entry in log(books[0])]
    assert times != sorted(times)
    running = list(accumulate(times, max))
    for moment in {t + timedelta(microseconds=n) for t in times for n in (-1, 0, 1)}:
        expected = sum(reached <= moment for reached in running)
        assert books[1].store.known_prefix(micros(moment)) == expected
        assert books[1].prefix(None, moment) == expected


# --- answers that are lost ----------------------------------------------------------------


def lose_answers(monkeypatch, book, *names):
    """What the recorder does under these names is done, and then its answer is lost."""
    for name in names:
        real = getattr(book.store._recorder, name)
        monkeypatch.setattr(book.store._recorder, name, partial(lost, real))


def lost(real, *args, **kwargs):
    real(*args, **kwargs)
    raise OperationalError("server closed the connection unexpectedly")


def test_a_commit_whose_answer_is_lost_is_found(url, fresh_ledger, monkeypatch):
    """The write arrived, so it is acknowledged with its entries, not reported as failed."""
    book = fresh_ledger(url)
    total = begin(book)
    lose_answers(monkeypatch, book, "insert_events")
    desk = declared(book, "w0")
    desk.declare("w1", result_form("w1", VOTES))
    receipt = desk.commit()
    assert receipt.recorded == 2
    assert log(book)[total:] == list(receipt.entries)


def test_a_write_that_never_arrived_has_failed(url, fresh_ledger, monkeypatch):
    """The same error without the write says that nothing was recorded, and is right."""
    book = fresh_ledger(url)
    total = begin(book)
    monkeypatch.setattr(book.store._recorder, "insert_events", partial(lost, lambda *_, **__: 0))
    with pytest.raises(StoreFailed) as failed:
        book.declare("w0", votes=VOTES, **SAID)
    assert failed.value.exit_code == 1
    assert len(log(book)) == total


def test_where_nobody_can_look_nothing_is_claimed(url, fresh_ledger, monkeypatch):
    """If the store cannot be asked either, the ledger does not say that nothing was written."""
    book = fresh_ledger(url)
    begin(book)
    desk = declared(book, "w0")
    lose_answers(monkeypatch, book, "insert_events", "select_streams")
    with pytest.raises(StoreUnavailable):
        desk.commit()


def test_an_entry_beyond_any_number_is_not_there(url, fresh_ledger):
    """Numbers too large for the store are asked like any other."""
    book = fresh_ledger(url)
    assert book.store.entry(10**30) is None
    assert list(book.entries(after=10**30)) == []
