"""A real ledger, entry by entry: what stands after each, for laws to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from ledger import Entry, Ledger, Viewpoint, connect
from ledger.errors import Damaged, StoreDamaged, UnknownEntry
from ledger.present import in_force
from ledger.store.addresses import shown
from projections.history import Follower
from projections.night import Standing
from projections.tables import Tables
from projections.tally import Tally
from projections.verify import Verified, verify


@dataclass(frozen=True)
class Prefix:
    """A council as the first entries of a ledger have it, up to one of its own."""

    ledger: Ledger
    entry: Entry  # the last
    entries: Sequence[Entry]  # those of the council, up to it
    standing: Standing  # what stands after it, counting everything known
    before: Standing | None  # what stood before it

    @property
    def related(self) -> list[Entry]:
        """The entries on which what the last one is about depends: those of its ward and the
        registers; all for one of the council itself."""
        ward = self.entry.ward
        return [one for one in self.entries if ward is None or one.ward in (None, ward)]

    @property
    def touched(self) -> set[str]:
        """The wards in force that the last entry is about: its own; all for one of the council
        itself; none for one of a ward as it was before a boundary review."""
        if self.entry.ward is None:
            return set(self.standing.wards)
        same = self.entry.register == self.standing.registered.register
        return {self.entry.ward} if same else set()


class Book:
    """One ledger to test, opened when it is first read. It is never written to."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.name = shown(url)
        self._copy: tuple[TemporaryDirectory[str], Ledger, Tables] | None = None

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger. Raises NoLedger, NotALedger, BadUrl, ExtraMissing, StoreUnavailable."""
        return connect(self.url)

    @cached_property
    def verified(self) -> Verified:
        """What `verify` finds."""
        return verify(self.ledger)

    @cached_property
    def readable(self) -> int:
        """How many entries can be read before one that cannot, or is not in its place."""
        ends = ("readable", "numbers")
        found = [one.entry - 1 for one in self.verified.broken if one.law in ends]
        return min(found, default=self.ledger.store.total())

    def councils(self) -> list[str]:
        """The slugs of the councils, in the order of the log. Raises Damaged."""
        return [council.council for council in self.ledger.councils()]

    def entries(self, council: str) -> tuple[list[Entry], Damaged | None]:
        """A council's entries up to the first that cannot be read, and why not."""
        upto: dict[str, int] = {}
        damage: Damaged | None = None
        while True:
            try:
                return list(self.ledger.entries(council=council, **upto)), damage
            except Damaged as error:
                damage, upto = error, {"upto": int(error.details["entry"]) - 1}

    def table_tally(self, council: str, entry: int) -> Tally:
        """What the read-model tables of a copy count after so many entries."""
        if self._copy is None:
            folder = TemporaryDirectory()
            copy = connect(str(Path(folder.name) / "copy.db"), create=True)
            self._copy = (folder, copy, Tables(copy))
            end = self.readable
            for after, upto in ((0, end // 2), (end // 2, end)):  # in pieces, as a board follows
                for page in self.ledger.store.pages(after, upto):
                    copy.store.append([one.event for one in page])
                self._copy[2].follow()
        return self._copy[2].tally(council, Viewpoint(entry=entry))

    def close(self) -> None:
        """Let go of files and connections."""
        if self._copy is not None:
            folder, copy, tables = self._copy
            tables.close()
            copy.close()
            folder.cleanup()
        if "ledger" in vars(self):
            self.ledger.close()


class Broken(AssertionError):
    """A law broken at an entry, and at none before it."""

    def __init__(self, book: Book, council: str | None, entry: int, what: str) -> None:
        super().__init__(what)
        self.what, self.entry = what, entry
        self.where = where(book, council, entry)


def where(book: Book, council: str | None, number: int) -> str:
    """The smallest prefix that breaks a law, and the commands that show it; of an entry that is
    not there, what comes before it. Number 0 is the ledger as a whole."""
    lines = [f"council  {council}"] if council else []
    asked = ["seatledger verify"]
    if number:
        told = _told(book, number)
        prefix = f"the first {number - 1} entries do not break it"
        if told is not None:
            prefix = f"the first {number} entries are the fewest that break it"
            seats = [f"seatledger seats {council} --entry {number}"]
            asked = [f"seatledger show {number}", *(seats if council else asked)]
        total = book.ledger.store.total()
        lines.append(f"entry    {number} of {total}: {told or 'it is not there'}")
        lines.append(f"prefix   {prefix}")
    lines += [f"look     {command} --ledger {book.name}" for command in asked]
    return "\n".join(lines)


def _told(book: Book, number: int) -> str | None:
    """An entry in a line, or why it cannot be read; None where it is not there."""
    try:
        entry = book.ledger.entry(number)
    except UnknownEntry:
        return None
    except (Damaged, StoreDamaged) as error:
        return f"it cannot be read: {error.details['what']}"
    what = entry.contest or entry.event.originator_id
    return f"{entry.kind.replace('-', ' ')}, {what}, recorded by {entry.event.by}"


@dataclass(frozen=True)
class Council:
    """A council of a ledger to test."""

    book: Book
    slug: str

    def __str__(self) -> str:
        return f"{Path(self.book.name).name}-{self.slug}"

    def prefixes(self) -> Iterator[Prefix]:
        """What stands after each of the council's entries. Raises Broken at the first that
        cannot be taken in."""
        entries, damage = self.book.entries(self.slug)
        followers: dict[str, Follower] = {}
        before: Standing | None = None
        for place, entry in enumerate(entries, 1):
            follower = followers.setdefault(entry.register, Follower())
            try:
                follower.take(entry)
            except Exception as error:
                what = f"it cannot be taken in: {type(error).__name__} {error}"
                raise Broken(self.book, self.slug, entry.number, what) from error
            now = _standing(followers, entry)
            yield Prefix(self.book.ledger, entry, entries[:place], now, before)
            before = now
        if damage is not None:
            what = f"it cannot be read: {damage.details['what']}"
            raise Broken(self.book, self.slug, int(damage.details["entry"]), what) from damage

    def each(self, law: Callable[[Prefix], None]) -> None:
        """Look at every prefix. What a law raises is told with the prefix."""
        for prefix in self.prefixes():
            try:
                law(prefix)
            except Exception as error:
                error.add_note(where(self.book, self.slug, prefix.entry.number))
                raise


def _standing(followers: dict[str, Follower], entry: Entry) -> Standing:
    """What stands under the register in force, from wards folded one entry at a time."""
    registers = [one.registered for one in followers.values() if one.registered is not None]
    registered = in_force(registers, entry.council, None)
    follower = followers[registered.register]
    changes = {ward: tuple(changes) for ward, changes in follower.changes.items()}
    return Standing(
        follower.council, registered, dict(follower.wards), changes, entry.number, None, None
    )
