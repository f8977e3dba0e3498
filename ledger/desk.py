"""Where a write is prepared: decide each fact on what stands, then record all or none.

A desk sees the log as it is now plus what it is about to record, so one file may
register a council, open its contests and declare them in a single atomic write.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ledger import domain, rules
from ledger.errors import (
    BadTime,
    ContestOpen,
    KeyReused,
    LedgerError,
    LotTooEarly,
    Missing,
    MovedOn,
    NotDeclared,
    NotOfContest,
    OtherContest,
    UnknownEntry,
    UnknownWard,
)
from ledger.errors import CouncilRegistered as AlreadyRegistered
from ledger.events import (
    Cause,
    CouncilRegistered,
    Entry,
    EntryWithdrawn,
    Event,
    Fact,
    LotDrawn,
    Result,
)
from ledger.forms import ContestForm, CouncilForm, NightForm, ResultForm, Said, made
from ledger.present import Found, Memory, Present, register_of
from ledger.store import Store
from ledger.store.mapper import digest_of
from ledger.text import did_you_mean
from ledger.times import (
    closing_time,
    day_start,
    from_micros,
    local,
    parse_day,
    parse_time,
    start_of,
    zone,
)
from ledger.ward import Contest


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a write recorded (or, in a dry run, would record).

    `entries` are the facts asked for, new or seen before; `recorded` and `skipped`
    count the two kinds, `withdrawn` those seen before that have been taken back since.
    """

    entries: tuple[Entry, ...]
    recorded: int
    skipped: int
    withdrawn: int = 0
    dry_run: bool = False


def nth_key(key: str, number: int) -> str:
    """The key of each fact of a write: the write's own for the first."""
    return key if number == 1 else f"{key}#{number}"


class Desk:
    """One write in the making. See `Ledger` for the words."""

    def __init__(  # noqa: PLR0913 - who, whence and how are all part of one write
        self,
        store: Store,
        clock: Callable[[], datetime],
        memory: Memory,
        *,
        by: str,
        source: str | None = None,
        key: str | None = None,
        accept: Sequence[str] = (),
    ) -> None:
        self._store, self._clock, self._memory = store, clock, memory
        said = made(Said, by=by, source=source, key=key, accept=tuple(accept))
        self._by, self._source, self._key = said.by, said.source, said.key
        self._accept = rules.named(said.accept)
        self._total, last = store.last_mark()
        # Never earlier than the last one given, whatever the machine's clock does.
        self._now = max(clock(), from_micros(last))
        self._present = Present(store, memory)
        self._drafts: list[Entry] = []
        self._seen: list[Entry] = []
        self._repeats: Entry | None = None  # the entry a key was first used for
        self._asked = 0  # facts asked for under the write's own key

    # --- facts --------------------------------------------------------------------

    def register(
        self, form: CouncilForm, *, since: str | None = None, key: str | None = None
    ) -> None:
        """Draft the register of a council. Raises CouncilRegistered (a refusal)."""
        zone(form.timezone)
        fact = domain.register(form)
        with self._keyed(key) as used:
            known = self._present.councils().get(fact.council)
            if known:
                raise AlreadyRegistered(council=fact.council, entry=known.number)
            text = since or form.since
            today = local(self._now, form.timezone).date()
            start = start_of(text, form.timezone) if text else day_start(today, form.timezone)
            self._draft(fact.council, fact, start, used, form.source)

    def open(self, form: NightForm, *, council: str | None = None, key: str | None = None) -> None:
        """Draft the opening of a night's contests."""
        entry = self._present.registered(form.council or council)
        registered = register_of(entry)
        day = parse_day(form.poll_date)
        close = closing_time(form.polls_close, day, registered.timezone)
        for number, contest in enumerate(form.contests, 1):
            with self._keyed(key and nth_key(key, number)) as used:
                self._open_one(entry, contest, day, close, used, form.source)

    def _open_one(  # noqa: PLR0913 - all of the night
        self, entry: Entry, form: ContestForm, day: date, close: datetime,
        key: str | None, source: str | None,
    ) -> None:  # fmt: skip
        council = register_of(entry)
        place = council.named(form.ward)
        if place is None:
            hint = did_you_mean(form.ward, [ward.name for ward in council.wards])
            raise UnknownWard(council=council.name, ward=form.ward, suggestion=hint)
        stream, since = f"{council.council}/{place.slug}", entry.event.effective_at
        ward = self._present.ward(stream)
        known = self._present.by_id(form.contest) if form.contest else None
        if known and known[1] != stream:
            raise ContestOpen(contest=form.contest, entry=known[2].opened.number)
        fact = domain.open_contest(council, since, place, ward, form, day, close)
        start = min(self._now, max(day_start(day, council.timezone), since))
        self._draft(stream, fact, start, key, source)

    def declare(
        self, wanted: str, form: ResultForm, declared_at: str | datetime | None = None,
        *, key: str | None = None,
    ) -> None:  # fmt: skip
        """Draft a declaration, or the lot that completes one that waits for it."""
        with self._keyed(key) as used:
            council, stream, contest = self._find(wanted, form)
            given = form.declared_at if declared_at is None else declared_at
            moment = self._now if given is None else self._moment(given, council, contest)
            fact = domain.declare(contest, form)
            if isinstance(fact, LotDrawn):
                self._check_lot(council, contest, moment)
                self._draft(stream, fact, moment, used, form.source)
                return
            last = self._last(stream, contest)
            accepted = self._obey(rules.Case(contest.fact, fact, moment, self._now, last=last))
            self._draft(stream, fact, moment, used, form.source, accepted)

    def correct(  # noqa: PLR0913 - a correction is made of all of these
        self,
        wanted: str,
        form: ResultForm,
        declared_at: str | datetime | None = None,
        *,
        reason: str,
        cause: Cause = "other",
        replaces: int | None = None,
        whole: bool = False,
    ) -> None:
        """Draft a correction of the version that stands."""
        with self._keyed(None) as used:
            council, stream, contest = self._find(wanted, form)
            if contest.standing is None:
                raise NotDeclared(contest=contest.fact.contest)
            self._refuse_other_entry(contest, replaces)
            was = contest.standing.event.effective_at
            given = form.declared_at if declared_at is None else declared_at
            moment = was if given is None else self._moment(given, council, contest)
            fact = domain.correct(
                contest, form, reason=reason, cause=cause, replaces=replaces, whole=whole,
                moves=moment != was,
            )  # fmt: skip
            before, last = contest.result(), self._last(stream, contest)
            case = rules.Case(
                contest.fact, fact, moment, self._now, before=before, lots=contest.drawn, last=last
            )
            self._draft(stream, fact, moment, used, form.source, self._obey(case))

    def withdraw(self, number: int, *, reason: str) -> None:
        """Draft the withdrawal of an entry."""
        target = self._store.entry(number) if number >= 1 else None
        if target is None:
            raise UnknownEntry(entry=number, total=self._total)
        stream = target.event.originator_id
        with self._keyed(None) as used:
            fact = domain.withdraw(self._present.ward(stream), target, reason)
            self._draft(stream, fact, target.event.effective_at, used, None)

    # --- record -------------------------------------------------------------------

    def commit(self, *, dry_run: bool = False) -> Receipt:
        """Record every draft, or none. Raises KeyReused, MovedOn with what happened,
        StoreFailed."""
        events = [entry.event for entry in self._drafts]
        self._refuse_half_repeated()
        seen, gone = len(self._seen), sum(self._withdrawn(entry) for entry in self._seen)
        if dry_run or not events:
            return Receipt((*self._seen, *self._drafts), len(events), seen, gone, dry_run)
        try:
            entries = self._store.append(events)
        except MovedOn as error:
            raise self._what_happened() or error from error
        for entry in entries:
            self._memory.take(entry)
        return Receipt((*self._seen, *entries), len(entries), seen, gone)

    def _refuse_half_repeated(self) -> None:
        """A key names all the facts of one write: neither more of them nor fewer."""
        if self._key and self._seen:
            more = self._store.key_entry(nth_key(self._key, self._asked + 1))
            if self._drafts or more:
                raise KeyReused(key=self._key, entry=self._seen[0].number)

    def _withdrawn(self, entry: Entry) -> bool:
        name = getattr(entry.fact, "contest", None)
        if name is None or isinstance(entry.fact, EntryWithdrawn):
            return False
        contest = self._present.ward(entry.event.originator_id).contests.get(name)
        return contest is None or all(one.number != entry.number for one in contest.stack)

    def _what_happened(self) -> MovedOn | None:
        """Who took the place, or the key, that this desk wanted."""
        for event in (entry.event for entry in self._drafts):
            stream, place = event.originator_id, event.originator_version
            taken = next(iter(self._store.stream(stream, place - 1)), None)
            taken = taken or (self._store.key_entry(event.key) if event.key else None)
            if taken:
                what = taken.fact.kind.partition(".")[0].replace("-", " ")
                where = taken.event.originator_id
                return MovedOn(what=f"entry {taken.number}, {what} in {where}, by {taken.event.by}")
        return None

    def _draft(  # noqa: PLR0913 - the envelope of an event
        self, stream: str, fact: Fact, effective_at: datetime, key: str | None,
        source: str | None, accepted: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        source = self._sourced(source)
        if self._repeats is not None:
            event = self._repeats.event
            if (event.fact, event.effective_at, event.source) != (fact, effective_at, source):
                raise KeyReused(key=key, entry=self._repeats.number)
            self._seen.append(self._repeats)
            return
        if effective_at > self._now + timedelta(days=1):
            raise BadTime(value=effective_at.isoformat(), what="it is over a day ahead of now")
        last = self._present.ward(stream).last if "/" in stream else None
        envelope = {
            "originator_id": stream,
            "originator_version": last.event.originator_version + 1 if last else 1,
            "event_id": uuid.uuid4().hex,
            "recorded_at": self._now,
            "effective_at": effective_at,
            "by": self._by,
            "source": source,
            "key": key,
            "accepted": accepted,
            "previous": last.digest if last else None,
        }
        event = made(Event, **envelope, fact=fact)
        number = self._total + len(self._drafts) + 1
        self._drafts.append(Entry(number, event, digest_of(event)))
        self._present.draft(self._drafts[-1])

    # --- keys, times, rules ---------------------------------------------------------

    @contextmanager
    def _keyed(self, key: str | None) -> Iterator[str | None]:
        """Decide under a key. If the key was used before, decide again as things stood
        then: the same request gives the same fact, and anything else is another request."""
        own = key is None and self._key is not None
        if own:
            key = nth_key(self._key or "", self._asked + 1)
        seen = self._store.key_entry(key) if key else None
        if seen is None:
            yield key
            self._asked += own
            return
        now, self._now, self._repeats = self._now, seen.event.recorded_at, seen
        try:
            with self._present.before(seen):
                yield key
            self._asked += own
        except KeyReused:
            raise
        except LedgerError as error:
            raise KeyReused(key=key, entry=seen.number) from error
        finally:
            self._now, self._repeats = now, None

    def _find(self, wanted: str, form: ResultForm) -> Found:
        """The contest meant, which the form's own may not contradict."""
        self._sourced(form.source)  # before any rule asks to be accepted
        found = self._present.find(wanted)
        if form.contest != wanted:
            other = self._present.find(form.contest)[2].fact.contest
            if other != found[2].fact.contest:
                raise OtherContest(contest=other, wanted=found[2].fact.contest)
        return found

    def _refuse_other_entry(self, contest: Contest, number: int | None) -> None:
        """Raise NotOfContest, UnknownEntry: an entry that never was of the contest is a slip,
        not somebody else's write."""
        if number is None or contest.standing is None or number == contest.standing.number:
            return
        entry = self._store.entry(number) if number >= 1 else None
        if entry is None:
            raise UnknownEntry(entry=number, total=self._total)
        name = contest.fact.contest
        if getattr(entry.fact, "contest", None) != name:
            raise NotOfContest(entry=number, contest=name, standing=contest.standing.number)

    def _sourced(self, source: str | None) -> str:
        """The source of a fact: of the whole write, else its own."""
        source = self._source or source
        if not source:
            raise Missing(what="the source", remedy="say where you read or heard it (--source)")
        return source

    def _moment(
        self, given: str | datetime, council: CouncilRegistered, contest: Contest
    ) -> datetime:
        text = given.isoformat() if isinstance(given, datetime) else given
        return parse_time(text, council.timezone, contest.fact.poll_date)

    @staticmethod
    def _check_lot(council: CouncilRegistered, contest: Contest, moment: datetime) -> None:
        assert contest.standing is not None
        declared = contest.standing.event.effective_at
        if moment < declared:
            drawn, declared = (local(one, council.timezone) for one in (moment, declared))
            raise LotTooEarly(
                contest=contest.fact.contest,
                drawn=drawn.isoformat(),
                declared=declared.isoformat(),
            )

    def _obey(self, case: rules.Case) -> tuple[str, ...]:
        rules.hard_rules(case)
        return rules.soft_rules(case, self._accept)

    def _last(self, stream: str, contest: Contest) -> Result | None:
        """The result of the ward's contest before this one."""
        earlier = [
            c
            for c in self._present.ward(stream).contests.values()
            if c.fact.poll_date < contest.fact.poll_date and c.versions
        ]
        return max(earlier, key=lambda c: c.fact.poll_date).result() if earlier else None
