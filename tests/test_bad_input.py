"""What a user, a clock or a slip can do to a ledger: told in one message, nothing recorded, and
the next good write works."""

from __future__ import annotations

import pytest
from store_night import SAID, VOTES, begin, council, log

from ledger.errors import LedgerError
from ledger.forms import CandidateForm, ContestForm, NightForm, ResultForm, SeatForm, WardForm

TIMES = {
    "does not exist": "2016-03-27T01:30",
    "exists twice": "2019-10-27T01:30",
    "year 1": "0001-01-01T00:00-01:00",
    "year 9999": "9999-12-31T23:59-14:00",
    "leap second": "2016-12-31T23:59:60Z",
    "epoch": "1462496400",
    "epoch with a fraction": "1462496400.5",
    "no such day": "2016-02-30T01:00",
    "no such hour": "2016-05-06T24:30",
    "offset too far": "2016-05-06T01:00+25:00",
    "full-width digits": "２０１６-05-06T01:00",
    "words": "tomorrow",
    "empty": " ",
    "day only": "2016-05-06",
    "too far ahead": "2999-01-01T00:00Z",
    "before 1900": "1899-12-31T23:59Z",
}
NAMES = {
    "bidirectional": "Ann\u202eBell",
    "isolate": "Ann\u2066Bell",
    "zero-width": "Ann\u200bBell",
    "byte-order mark": "\ufeffAnn",
    "NUL": "Ann\0Bell",
    "newline": "Ann\nBell",
    "escape": "\x1b[31mAnn",
    "line separator": "Ann\u2028Bell",
    "lone surrogate": "Ann\ud800",
    "long": "A" * 10_000,
    "empty": "   ",
}


WHERE = {
    "candidate": lambda book, name: book.declare("w1", votes={f"{name} (Lab)": 3}, **SAID),
    "by": lambda book, name: book.declare("w1", votes=VOTES, **(SAID | {"by": name})),
    "holder": lambda _book, name: SeatForm(holder=name, party="Lab"),
    "lot": lambda book, name: book.declare("w1", votes=VOTES, lot=[name], **SAID),
}


@pytest.fixture
def book(sqlite_url, fresh_ledger):
    """A ledger with a night opened and one result; it must take a good write afterwards."""
    ledger = fresh_ledger(sqlite_url)
    begin(ledger)
    ledger.declare("w0", votes=VOTES, declared_at="23:00", **SAID)
    before = log(ledger)
    yield ledger
    assert log(ledger) == before
    assert ledger.declare("w1", votes=VOTES, **SAID).recorded == 1


@pytest.mark.parametrize("when", TIMES.values(), ids=TIMES)
def test_times(book, when):
    """Never guessed: what is no moment of the ledger's calendar is refused."""
    with pytest.raises(LedgerError) as refused:
        book.declare("w1", votes=VOTES, declared_at=when, **SAID)
    error = "time-in-range" if when.startswith("2999") else "bad-time"
    assert (refused.value.error, refused.value.exit_code) == (error, 3)
    assert refused.value.remedy


@pytest.mark.parametrize("case", ["does not exist", "exists twice"])
def test_both_readings_are_shown(book, case):
    """An hour the clocks skip or repeat is told with both moments it could be."""
    with pytest.raises(LedgerError) as refused:
        book.declare("w1", votes=VOTES, declared_at=TIMES[case], **SAID)
    assert refused.value.message.count("+0") == 2


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("where", WHERE.values(), ids=WHERE)
def test_names(book, name, where):
    """Wherever a name is given."""
    with pytest.raises((LedgerError, ValueError)):
        where(book, name)


@pytest.mark.parametrize(
    "votes", [-1, 10**9, 2**63, pytest.param(10**5000, id="5001"), 12.0, True, "12", None]
)
def test_votes(book, votes):
    """Whole numbers of at most nine digits, and nothing that only looks like one."""
    with pytest.raises((LedgerError, ValueError)):
        book.declare("w1", votes={"A Bell (Lab)": votes}, **SAID)


STATES = {
    "unknown-contest": lambda book: book.declare("nowhere", votes=VOTES, **SAID),
    "unknown-contest ": lambda book: book.declare("local.x.w9.2016-05-05", votes=VOTES, **SAID),
    "already-declared": lambda book: book.declare("w0", votes=VOTES, **SAID),
    "not-declared": lambda book: book.correct("w1", votes={"A Bell": 1}, reason="r", **SAID),
    "nothing-changed": lambda book: book.correct("w0", votes={"A Bell": 10}, reason="r", **SAID),
    "unknown-candidate": lambda book: book.correct("w0", votes={"A Bel": 1}, reason="r", **SAID),
    "not-of-contest": lambda book: book.correct(
        "w0", votes={"A Bell": 1}, reason="r", replaces=1, **SAID
    ),
    "moved-on": lambda book: book.correct(
        "w0", votes={"A Bell": 1}, reason="r", replaces=2, **SAID
    ),
    "elected-equals-seats": lambda book: book.declare(
        "w1", form=elected(("A", 3, True), ("B", 2, True)), **SAID
    ),
    "elected-are-top": lambda book: book.declare(
        "w1", form=elected(("A", 3, False), ("B", 2, True)), **SAID
    ),
    "votes-within-papers": lambda book: book.declare(
        "w1", form=elected(("A", 3, True), ballot_papers=2), **SAID
    ),
    "poll-closed": lambda book: book.declare(
        "w1", votes=VOTES, declared_at="2016-05-05T21:59", **SAID
    ),
    "candidate-twice": lambda book: book.declare(
        "w1", votes={"A Bell (Lab)": 1, "a  bell (Con)": 2}, **SAID
    ),
    "party-missing": lambda book: book.declare("w1", votes={"A Bell": 1}, **SAID),
    "no-tie": lambda book: book.declare("w0", lot=["A Bell"], **SAID),
    "missing": lambda book: book.declare("w1", votes=VOTES, by="Ann"),
    "missing ": lambda book: book.declare("w1", votes={}, **SAID),
    "unknown-entry": lambda book: book.withdraw(99, reason="r", **SAID),
    "unknown-entry ": lambda book: book.withdraw(-1, reason="r", **SAID),
    "cannot-withdraw": lambda book: book.withdraw(1, reason="r", **SAID),
    "cannot-withdraw ": lambda book: book.withdraw(2, reason="r", **SAID),
    "contest-open": lambda book: open_again(book, "W0"),
    "unknown-ward": lambda book: open_again(book, "W9"),
    "before-register": lambda book: open_again(book, "W0", poll_date="2015-05-07"),
    "unknown-seat": lambda book: open_again(book, "W0", "w0/2", poll_date="2016-09-01"),
    "council-registered": lambda book: book.register(council(), **SAID),
    "refused": lambda book: book.correct("w0", votes={"A Bell": 1}, reason="", **SAID),
    "refused  ": lambda book: book.withdraw(5, reason="", **SAID),
    "contest-id-wrong": lambda book: open_again(
        book, "W1", poll_date="2016-09-01", contest="No id"
    ),
    "refused    ": lambda book: book.register(
        council("y").model_copy(update={"wards": (WardForm(name="日本", seats=(SeatForm(),)),)}),
        **SAID,
    ),
    "refused ": lambda book: book.declare("w1", votes=VOTES, by="Ann", source="x" * 3000),
}


def elected(*candidates, **figures):
    people = tuple(
        CandidateForm(name=name, votes=votes, elected=won, party="Lab")
        for name, votes, won in candidates
    )
    return ResultForm(contest="w1", candidates=people, **figures)


def open_again(book, ward, *seats, poll_date="2016-05-05", contest=None):
    contest = ContestForm(ward=ward, seats=seats, contest=contest)
    book.open(NightForm(poll_date=poll_date, council="x", contests=(contest,)), **SAID)


@pytest.mark.parametrize("state", STATES)
def test_states(book, state):
    """A write that does not fit what stands says which rule, and what to do."""
    with pytest.raises(LedgerError) as refused:
        STATES[state](book)
    assert refused.value.error == state.strip()
    assert refused.value.exit_code == (5 if state == "moved-on" else 3)
    assert refused.value.message
    assert refused.value.remedy


def test_a_correction_of_what_was_withdrawn(sqlite_url, fresh_ledger):
    """Nothing stands that could be corrected; and no second withdrawal."""
    book = fresh_ledger(sqlite_url)
    begin(book)
    entry = book.declare("w0", votes=VOTES, **SAID).entries[0].number
    book.withdraw(entry, reason="r", **SAID)
    total = book.store.total()
    for write, error in (
        (lambda: book.correct("w0", votes={"A Bell": 1}, reason="r", **SAID), "not-declared"),
        (lambda: book.withdraw(entry, reason="r", **SAID), "target-gone"),
        (lambda: book.withdraw(entry + 1, reason="r", **SAID), "cannot-withdraw"),
    ):
        with pytest.raises(LedgerError) as refused:
            write()
        assert refused.value.error == error
    assert book.store.total() == total
