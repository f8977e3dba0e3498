"""The laws as they can be asked of a real ledger, without writing to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from ledger import Viewpoint
from ledger.errors import NotionalMissing
from ledger.facts import EntryWithdrawn
from ledger.parties import UNKNOWN
from ledger.testing import model
from ledger.testing.outcomes import outcomes
from ledger.testing.prefixes import Book, Broken, Council, Prefix
from ledger.times import micros
from ledger.values import BASELINES
from ledger.ward import result_of
from projections.night import fold
from projections.verify import LAWS as VERIFIED
from projections.viewpoints import Resolved


class LedgerLaw(NamedTuple):
    """A law over a whole ledger."""

    name: str
    text: str
    test: Callable[[Book], None]


class CouncilLaw(NamedTuple):
    """A law over one council of a ledger."""

    name: str
    text: str
    test: Callable[[Council], None]


def conservation(prefix: Prefix) -> None:
    """Party seats + vacant seats = council size."""
    tally = prefix.standing.tally()
    vacant = sum(change.party is None for change in prefix.standing.holders.values())
    held = sum(tally.seats.values())
    assert held + vacant == tally.size == prefix.standing.council.size, (
        f"{held} held + {vacant} vacant is not {prefix.standing.council.size}"
    )


def one_holder(prefix: Prefix) -> None:
    """Every seat of the register has one holder or is vacant; nobody wins two seats at once."""
    found = prefix.standing
    registered = [seat for ward in found.council.wards for seat in ward.seat_ids]
    assert list(found.holders) == registered, "the seats held are not those registered"
    for seen in found.night():
        won = [new.holder for new, _ in seen.winners if new.holder is not None]
        name, alone = seen.contest.fact.contest, len(seen.contest.declarations) == 1
        assert len(set(won)) == len(won), f"one person has two seats in {name}"
        if seen.standing and alone and not seen.contest.others and not seen.contest.lot:
            elected = len(result_of(seen.standing).elected)
            assert len(won) == elected, f"{elected} elected in {name} have {len(won)} seats"


def zero_sum(prefix: Prefix) -> None:
    """Net changes over all parties + change in vacant seats = 0, under every baseline."""
    for baseline in BASELINES:
        found = replace(prefix.standing, baseline=baseline)
        try:
            tally, base = found.tally(), found.base()
        except NotionalMissing:
            continue
        net = sum(tally.change.values()) + tally.vacant - list(base.values()).count(None)
        assert net == 0, f"against {baseline}: {tally.change}, net {net}"


def control(prefix: Prefix) -> None:
    """A party controls if it has more than half of all seats; what is certain stays."""
    tally = prefix.standing.tally()
    known = {party: seats for party, seats in tally.seats.items() if party != UNKNOWN}
    having = [party for party, seats in known.items() if 2 * seats > tally.size]
    said = tally.control.party
    assert having == ([said] if said else []), f"{tally.seats} of {tally.size}: {said} controls"
    ends = outcomes(prefix.standing) if tally.control.certain and said else []
    for end in ends or []:
        assert 2 * end.get(said or "", 0) > tally.size, f"{said} is certain, yet may end as {end}"


def replays(prefix: Prefix) -> None:
    """Entries folded in one go, and one at a time, say the same stands."""
    found, told = prefix.standing, fold(prefix.related, Resolved(None, None, prefix.entry.number))
    assert told is not None, "folded in one go nothing stands"
    for ward in prefix.touched:
        assert told.changes[ward] == found.changes[ward], f"the holders of {ward} differ"
        assert told.wards[ward] == found.wards[ward], f"what is said of {ward} differs"
    for ward in found.wards.keys() - prefix.touched:
        same = prefix.before and found.changes[ward] == prefix.before.changes[ward]
        assert same, f"{ward} changed, of which the entry is not"


def as_the_model(prefix: Prefix) -> None:
    """What stands is what the independent model says, from the stored JSON alone."""
    council, found = prefix.standing.council.council, prefix.standing
    held = model.holders(prefix.related, Viewpoint(), council)
    assert held is not None, "the model says that it is not registered"
    for ward in prefix.touched:
        for seat, change in {change.seat: change for change in found.changes[ward]}.items():
            mine = None if change.group is None else (change.group, change.holder)
            theirs = (holder := held[seat]) and holder[:2]
            assert mine == theirs, f"{seat}: {mine}, but by the model {theirs}"


def undo_is_exact(prefix: Prefix) -> None:
    """What is withdrawn at once leaves the ward as if it had never been entered."""
    fact, entries = prefix.entry.fact, prefix.related
    stream = [e for e in entries if e.event.originator_id == prefix.entry.event.originator_id]
    if not isinstance(fact, EntryWithdrawn) or stream[-2].event.event_id != fact.target:
        return
    earlier = [e for e in entries if e.number < stream[-2].number]
    before = fold(earlier, Resolved(None, None, stream[-2].number - 1))
    ward = prefix.entry.ward
    if before is None or before.registered != prefix.standing.registered or ward is None:
        return
    was, now = before.changes[ward], prefix.standing.changes[ward]
    assert was == now, f"{ward} is not what it was before entry {stream[-2].number}"


def past_stays_told(book: Book) -> None:
    """Whatever was known at a moment of the ledger's clock is the same prefix for ever."""
    clock, last = 0, 0
    for entry in book.ledger.entries():
        recorded = micros(entry.event.recorded_at)
        if recorded > clock:
            _known(book, clock, last)
            clock = recorded
        last = entry.number
    _known(book, clock, last)


def _known(book: Book, clock: int, last: int) -> None:
    found = book.ledger.store.known_prefix(clock) if last else 0
    if found != last:
        raise Broken(book, None, last, f"what was known when it was recorded is {found} entries")


def _of_ledger(law: str) -> Callable[[Book], None]:
    def test(book: Book) -> None:
        for one in book.verified.broken:
            if one.law == law:
                raise Broken(book, None, one.entry, one.message)

    return test


def _of_council(law: str) -> Callable[[Council], None]:
    def test(council: Council) -> None:
        book = council.book
        mine, damage = book.entries(council.slug)
        numbers = {entry.number for entry in mine}
        end = int(damage.details["entry"]) if damage else max(numbers, default=0)
        for one in book.verified.broken:
            if one.law == law and one.entry in numbers:
                raise Broken(book, council.slug, one.entry, one.message)
            if one.law == "readable" and one.entry <= end:
                raise Broken(book, council.slug, one.entry, "it cannot be read, nor what follows")

    return test


def _each(law: Callable[[Prefix], None]) -> Callable[[Council], None]:
    return lambda council: council.each(law)


def tables(council: Council) -> None:
    """The read-model tables count what the fold counts."""
    book = council.book

    def test(prefix: Prefix) -> None:
        if prefix.entry.number > book.readable:
            what = "it cannot be read in its place, so the tables end before it"
            raise Broken(book, council.slug, book.readable + 1, what)
        told = book.table_tally(council.slug, prefix.entry.number)
        tally = prefix.standing.tally()
        assert told == tally, f"the tables say {dict(told.seats)}, the fold {dict(tally.seats)}"

    council.each(test)


def _text(function: Callable[..., None]) -> str:
    return " ".join((function.__doc__ or "").split())


_VERIFIED = {law.name: law.text for law in VERIFIED}
LEDGER_LAWS = (
    *(
        LedgerLaw(name, _VERIFIED[name], _of_ledger(name))
        for name in ("store", "readable", "numbers", "marks", "tree")
    ),
    LedgerLaw("past-stays-told", _text(past_stays_told), past_stays_told),
)
COUNCIL_LAWS = (
    *(
        CouncilLaw(name, _VERIFIED[name], _of_council(name))
        for name in ("chain", "targets", "hard-rules")
    ),
    *(
        CouncilLaw(one.__name__.replace("_", "-"), _text(one), _each(one))
        for one in (
            conservation, one_holder, zero_sum, control, replays, as_the_model, undo_is_exact,
        )
    ),
    CouncilLaw("tables", _text(tables), tables),
)  # fmt: skip
