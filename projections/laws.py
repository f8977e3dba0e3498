"""The laws and rules at every entry of a log, council by council.

One `Walk` takes entries in log order and says which laws each breaks. Councils do not depend
on each other, so a large log is walked by several processes, each with its share of them.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, NamedTuple

from ledger import rules
from ledger.book import Ledger
from ledger.errors import Damaged
from ledger.events import Entry
from ledger.facts import ContestOpened, CouncilRegistered, Result
from ledger.parties import UNKNOWN
from ledger.proof.tree import leaf_hash
from ledger.store import EVERYTHING
from ledger.times import micros
from projections.history import Follower
from projections.tally import control, net
from projections.workers import WorkersFailed, shared_out, worth

Progress = Callable[[int], None]
# What facts raise that no desk would have recorded: of a seat, a ward or a target there is not.
_SENSELESS = (LookupError, AssertionError, ValueError, TypeError, StopIteration)
_TOLD = 2_000  # entries that a worker tells of at once


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


class Broken(NamedTuple):
    """A law broken at an entry."""

    entry: int
    law: str
    message: str


class Seen(NamedTuple):
    """What a walk saw of an entry: its number, the ledger's clock (microseconds) and the key it
    says it was recorded with (0 and None where it cannot be read), and the hash of it as a leaf
    of the tree (None where not even its columns can be)."""

    entry: int
    clock: int
    key: str | None
    leaf: bytes | None


class Walked(NamedTuple):
    """Every entry seen, in log order; every law broken; how many councils there are."""

    seen: list[Seen]
    broken: list[Broken]
    councils: int


def walked(ledger: Ledger, progress: Progress | None = None, upto: int | None = None) -> Walked:
    """Every law at every entry there is now, or up to one; breaks are data. Raises
    StoreUnavailable, and StoreDamaged where there is nothing to read."""
    total = ledger.store.total() if upto is None else upto
    asked = {"url": ledger.url, "upto": total, "part": 0, "parts": 1}
    parts = worth(total, total)
    try:
        told = list(_told(shared_out(share, asked, parts), progress) if parts > 1 else
                    _told(_share(ledger, asked), progress))  # fmt: skip
    except WorkersFailed:
        told = list(_told(_share(ledger, asked), progress))
    seen = sorted(Seen(*one) for page, *_ in told for one in page)
    broken = [Broken(*one) for _, page, _ in told for one in page]
    broken += _gaps(seen)
    return Walked(seen, sorted(broken), sum(councils for *_, councils in told))


def _told(pages: Iterator[Any], progress: Progress | None) -> Iterator[Any]:
    for page in pages:
        if progress:
            progress(len(page[0]))
        yield page


def _gaps(seen: list[Seen]) -> Iterator[Broken]:
    last = 0
    for number, *_ in seen:
        if number < 1:
            yield Broken(number, "numbers", "no entry has this number")
            continue
        if number != last + 1:
            one = number == last + 2
            missing = f"entry {last + 1} is" if one else f"entries {last + 1} to {number - 1} are"
            yield Broken(last + 1, "numbers", f"{missing} not there")
        last = number


def share(asked: dict[str, Any]) -> Iterator[Any]:
    """One worker's share: the entries of the councils that fall to it."""
    with Ledger(asked["url"]) as ledger:
        yield from _share(ledger, asked)


def _share(ledger: Ledger, asked: dict[str, Any]) -> Iterator[tuple[list[Any], list[Any], int]]:
    walk, mine = Walk(), _Mine(asked["part"], asked["parts"])
    seen: list[tuple[Any, ...]] = []
    broken: list[tuple[Any, ...]] = []
    store = ledger.store
    for row in chain(store.raw(-EVERYTHING, 0), store.raw(0, asked["upto"])):  # all rows there are
        if not mine[row.stream]:
            continue
        leaf = None
        try:
            data = row.data()
            leaf = leaf_hash(data)
            entry = row.entry(data)
        except Damaged as error:
            seen.append((row.number, 0, None, leaf))
            broken.append((row.number, "readable", str(error.details["what"])))
            continue
        seen.append((row.number, micros(entry.event.recorded_at), entry.event.key, leaf))
        broken += map(tuple, walk.take(entry))
        if len(seen) >= _TOLD:
            yield seen, broken, 0
            seen, broken = [], []
    yield seen, broken, len(walk.councils)


class _Mine(dict[str, bool]):
    """By stream, whether its council falls to this part."""

    def __init__(self, part: int, parts: int) -> None:
        super().__init__()
        self._part, self._parts = part, parts

    def __missing__(self, stream: str) -> bool:
        council = stream.split("/", 1)[0].split("@", 1)[0]
        mine = zlib.crc32(council.encode("utf-8", "surrogatepass")) % self._parts == self._part
        return self.setdefault(stream, mine)


class Walk:
    """The state of a walk: what each stream and council says so far."""

    def __init__(self) -> None:
        self.councils: set[str] = set()
        self._followers: dict[str, Follower] = {}
        self._vacant: dict[str, dict[str, int]] = {}  # by register, by ward
        self._tails: dict[str, tuple[int, str]] = {}  # of each stream: last place, last digest
        self._about: dict[str, tuple[str, str | None]] = {}  # by event id: its stream, its contest

    def take(self, entry: Entry) -> Iterator[Broken]:
        """The laws an entry breaks."""
        yield from self._place(entry)
        self._tails[entry.event.originator_id] = (entry.event.originator_version, entry.digest)
        if isinstance(entry.fact, CouncilRegistered):
            self.councils.add(entry.council)
        follower = self._followers.setdefault(entry.register, Follower())
        before = follower.totals()
        try:
            wards = follower.settle(entry)
            assert follower.registered is not None
        except _SENSELESS:
            yield Broken(entry.number, "targets", "it is about nothing that is in the ledger")
            return
        yield from self._seats(entry, follower, before, wards)
        yield from self._figures(entry, follower)
        yield from self._target(entry)

    def _place(self, entry: Entry) -> Iterator[Broken]:
        event = entry.event
        place, digest = self._tails.get(event.originator_id, (0, None))
        if event.originator_version != place + 1:
            found = f"place {event.originator_version} in {event.originator_id}, not {place + 1}"
            yield Broken(entry.number, "numbers", found)
        if event.previous != digest:
            yield Broken(
                entry.number, "chain", f"the event before it in {event.originator_id} was altered"
            )

    def _seats(
        self, entry: Entry, follower: Follower, before: dict[str, int], wards: list[str]
    ) -> Iterator[Broken]:
        council, after, left = follower.council, follower.totals(), 0
        by_ward = self._vacant.setdefault(entry.register, {})
        for slug in wards:
            held = follower.holders[slug]
            if tuple(held) != council.by_slug[slug].seat_ids:
                yield Broken(entry.number, "one-holder", "the seats held are not those registered")
            vacant = [change.party for change in held.values()].count(None)
            left += vacant - by_ward.get(slug, 0)
            by_ward[slug] = vacant
        if before == after and not left:
            return
        vacant = sum(by_ward.values())
        if sum(after.values()) + vacant != council.size:
            counted = f"{sum(after.values())} + {vacant} vacant is not {council.size}"
            yield Broken(entry.number, "conservation", counted)
        if (
            not isinstance(entry.fact, CouncilRegistered)
            and sum(net(before, after).values()) + left
        ):
            yield Broken(entry.number, "zero-sum", f"{net(before, after)}")
        winner = control(council.size, after).party
        having = [p for p, held in after.items() if 2 * held > council.size and p != UNKNOWN]
        if having != ([winner] if winner else []):
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
