"""The laws and rules over a whole ledger, at every entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ledger import rules
from ledger.book import Ledger
from ledger.errors import Damaged
from ledger.events import Entry
from ledger.facts import ContestOpened, CouncilRegistered, Result
from ledger.parties import UNKNOWN
from projections.history import Follower
from projections.tally import control, net

Progress = Callable[[int], None]


class Law(NamedTuple):
    """A law by its name and its sentence."""

    name: str
    text: str


LAWS = (
    Law("readable", "Every kind ever written still reads, and is what its kind says."),
    Law("chain", "Each event carries the digest of the event before it in its stream."),
    Law("numbers", "Entries are numbered 1, 2, 3 … without a gap, each stream likewise."),
    Law("conservation", "Party seats + vacant seats = council size."),
    Law("one-holder", "Every seat of the register has one holder or is vacant."),
    Law("zero-sum", "Net changes over all parties + change in vacant seats = 0."),
    Law("control", "At most one party has more than half of all seats."),
    Law("hard-rules", "Every figure recorded keeps the hard rules."),
    Law("targets", "Corrections and withdrawals name an entry of their own contest."),
)


@dataclass(frozen=True, slots=True)
class Broken:
    """A law broken at an entry."""

    entry: int
    law: str
    message: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What was checked: entries, councils, and every law broken (none if all hold)."""

    entries: int
    councils: int
    broken: tuple[Broken, ...]


def check(ledger: Ledger, progress: Progress | None = None) -> Checked:
    """Every law at every entry. Breaks are data; only an unreachable store raises."""
    walk = _Walk()
    broken: list[Broken] = []
    try:
        for page in ledger.store.pages():
            for entry in page:
                broken += walk.take(entry)
            if progress:
                progress(len(page))
    except Damaged as error:
        number = int(error.details["entry"])
        broken.append(Broken(number, "readable", str(error.details["what"])))
    return Checked(walk.number, len(walk.followers), tuple(broken))


class _Walk:
    """The state of a check: what each stream and council says so far."""

    def __init__(self) -> None:
        self.number = 0
        self.followers: dict[str, Follower] = {}
        self._tails: dict[str, Entry] = {}
        self._about: dict[str, tuple[str, str | None]] = {}  # by event id: its stream, its contest

    def take(self, entry: Entry) -> Iterator[Broken]:
        """The laws an entry breaks."""
        self.number += 1
        yield from self._place(entry)
        self._tails[entry.event.originator_id] = entry
        follower = self.followers.setdefault(entry.register, Follower())
        before = follower.totals()
        try:
            follower.take(entry)
        except (KeyError, AssertionError, IndexError):
            yield Broken(entry.number, "targets", "it is about nothing that is in the ledger")
            return
        yield from self._seats(entry, follower, before)
        yield from self._figures(entry, follower)
        yield from self._target(entry)

    def _place(self, entry: Entry) -> Iterator[Broken]:
        event, tail = entry.event, self._tails.get(entry.event.originator_id)
        if entry.number != self.number:
            yield Broken(entry.number, "numbers", f"entry {self.number} is not there")
            self.number = entry.number
        wanted = tail.event.originator_version + 1 if tail else 1
        if event.originator_version != wanted:
            found = f"place {event.originator_version} in {event.originator_id}, not {wanted}"
            yield Broken(entry.number, "numbers", found)
        if event.previous != (tail.digest if tail else None):
            yield Broken(
                entry.number, "chain", f"the event before it in {event.originator_id} was altered"
            )

    def _seats(self, entry: Entry, follower: Follower, before: dict[str, int]) -> Iterator[Broken]:
        council, after = follower.council, follower.totals()
        holders = [seat for ward in follower.holders.values() for seat in ward.values()]
        vacant = sum(change.party is None for change in holders)
        if sum(after.values()) + vacant != council.size:
            counted = f"{sum(after.values())} + {vacant} vacant is not {council.size}"
            yield Broken(entry.number, "conservation", counted)
        seats = {seat for place in council.wards for seat in place.seat_ids}
        if {change.seat for change in holders} != seats or len(holders) != len(seats):
            yield Broken(entry.number, "one-holder", "the seats held are not those registered")
        if not isinstance(entry.fact, CouncilRegistered):
            left = council.size - sum(after.values()) - (council.size - sum(before.values()))
            if sum(net(before, after).values()) + left:
                yield Broken(entry.number, "zero-sum", f"{net(before, after)}")
        winner = control(council.size, after).party
        if [p for p, held in after.items() if 2 * held > council.size and p != UNKNOWN] != (
            [winner] if winner else []
        ):
            yield Broken(entry.number, "control", f"{after} of {council.size}")

    def _figures(self, entry: Entry, follower: Follower) -> Iterator[Broken]:
        fact = entry.fact
        if not isinstance(fact, Result) or entry.ward is None:
            return
        opened = follower.wards[entry.ward].contests[fact.contest].fact
        case = rules.Case(opened, fact, entry.event.effective_at, entry.event.recorded_at)
        for rule in rules.HARD.values():
            what = rule.broken(case)
            if what:
                yield Broken(entry.number, "hard-rules", f"{rule.name}: {what}")

    def _target(self, entry: Entry) -> Iterator[Broken]:
        fact = entry.fact
        about = (entry.event.originator_id, entry.contest)
        target = getattr(fact, "target", None)
        if target is not None and self._about.get(target) != about:
            yield Broken(entry.number, "targets", "its target is no entry of this contest")
        self._about[entry.event.event_id] = about
        if isinstance(fact, ContestOpened) and entry.ward != fact.ward:
            yield Broken(entry.number, "targets", "it stands in another ward's stream")
