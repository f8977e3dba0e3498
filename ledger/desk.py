"""Where a write is prepared: decide each fact on what stands, then record all or none.

A desk sees the log as it is now plus what it is about to record, so one file may
register a council, open its contests and declare them in a single atomic write.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from ledger import domain, rules
from ledger.befalling import Befalling
from ledger.drafts import nth_key
from ledger.errors import (
    BeforeDeclared,
    ChangesRefused,
    ContestOpen,
    LotTooEarly,
    NotDeclared,
    NotOfContest,
    OtherContest,
    UnknownEntry,
    UnknownWard,
)
from ledger.errors import CouncilRegistered as AlreadyRegistered
from ledger.events import Entry
from ledger.facts import (
    AliasConfirmed,
    CouncilRegistered,
    LotDrawn,
    Result,
    ResultCorrected,
)
from ledger.forms import (
    CandidateCorrection,
    ChangesForm,
    ContestForm,
    CouncilForm,
    NightForm,
    ResultForm,
    made,
)
from ledger.present import Found, register_of
from ledger.text import did_you_mean
from ledger.times import (
    closing_time,
    day_start,
    local,
    parse_day,
    parse_time,
    start_of,
    zone,
)
from ledger.values import Alike, Cause, FieldChange
from ledger.ward import Contest, Ward, result_of


class Desk(Befalling):
    """One write in the making. See `Ledger` for the words."""

    def register(
        self, form: CouncilForm, *, since: str | None = None, review: bool = False,
        key: str | None = None,
    ) -> None:  # fmt: skip
        """Draft the register of a council; with `review` the one it has from a later day on.
        Raises CouncilRegistered (a refusal), UnknownCouncil, ReviewClash."""
        zone(form.timezone)
        with self._keyed(key) as used:
            text = since or form.since
            today = local(self._now, form.timezone).date()
            start = start_of(text, form.timezone) if text else day_start(today, form.timezone)
            day = local(start, form.timezone).date() if review else None
            fact = domain.register(form, day)
            known = self._present.registers().get(fact.council)
            if known and not review:
                raise AlreadyRegistered(council=fact.council, entry=known.number)
            if review:
                before = self._present.registered(fact.council)
                domain.refuse_clash(before, self._wards(before), fact, start)
            self._draft(fact.council, fact, start, used, form.source)

    def _wards(self, registered: Entry) -> list[Ward]:
        council = register_of(registered)
        return [self._present.ward(council.stream(place.slug)) for place in council.wards]

    def open(self, form: NightForm, *, council: str | None = None, key: str | None = None) -> None:
        """Draft the opening of a night's contests."""
        slug = form.council or council
        registered = register_of(self._present.registered(slug))
        day = parse_day(form.poll_date)
        close = closing_time(form.polls_close, day, registered.timezone)
        for number, contest in enumerate(form.contests, 1):
            with self._keyed(key and nth_key(key, number)) as used:
                entry = self._present.registered(registered.council, close)
                self._open_one(entry, contest, day, close, used, form.source)

    def _open_one(  # noqa: PLR0913 - all of the night
        self, entry: Entry, form: ContestForm, day: date, close: datetime,
        key: str | None, source: str | None,
    ) -> None:  # fmt: skip
        council = register_of(entry)
        names = self._present.names(council.council)
        place = names.ward(council, form.ward)
        if place is None:
            hint = did_you_mean(form.ward, [ward.name for ward in council.wards])
            raise UnknownWard(council=council.name, ward=form.ward, suggestion=hint)
        stream, since = council.stream(place.slug), entry.event.effective_at
        ward = self._present.ward(stream)
        known = self._present.by_id(form.contest) if form.contest else None
        if known and known[1] != stream:
            raise ContestOpen(contest=form.contest, entry=known[2].opened.number)
        fact = domain.open_contest(entry, place, ward, form, day, close, names)
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
            fact = domain.declare(contest, form, self._present.names(council.council))
            if isinstance(fact, LotDrawn):
                self._check_lot(council, contest, moment)
                self._draft(stream, fact, moment, used, form.source)
                return
            last = self._last(stream, contest)
            accepted = self._obey(rules.Case(contest.fact, fact, moment, self._now, last=last))
            self._draft(stream, fact, moment, used, form.source, accepted)

    def stands(self, form: ResultForm) -> bool:
        """Whether a result that cannot be declared again stands as the form has it, at its
        time if it gives one; it is then one of those seen before."""
        council, _, contest = self._present.find(form.contest)
        entry = contest.standing
        if entry is None or not domain.agrees(contest, form, self._present.names(council.council)):
            return False
        at = form.declared_at and self._moment(form.declared_at, council, contest)
        if at in (None, entry.event.effective_at):
            self._seen.append(entry)
            return True
        return False

    def draw(
        self, wanted: str, names: Sequence[str], drawn_at: str | datetime | None = None
    ) -> None:
        """Draft who was drawn in a tie that stands."""
        form = made(ResultForm, contest=wanted, lot=tuple(names), declared_at=None)
        if self._present.find(wanted)[2].standing is None:
            raise NotDeclared(contest=wanted)
        self.declare(wanted, form, drawn_at)

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
        people: Sequence[CandidateCorrection] = (),
        told: tuple[FieldChange, ...] = (),
    ) -> None:
        """Draft a correction of the version that stands."""
        with self._keyed(None) as used:
            found = self._find(wanted, form)
            self._correct(
                used, found, form, declared_at, reason=reason, cause=cause, replaces=replaces,
                whole=whole, people=people, told=told,
            )  # fmt: skip

    def change(self, form: ChangesForm, *, key: str | None = None) -> None:
        """Draft the correction that a source's own record of changes makes of one result: of
        what the ledger holds; the rest is told. Raises ChangesRefused."""
        with self._keyed(key) as used:
            place, found = self._present.polled(form)
            contest, standing = found[2], found[2].standing
            if standing is None:
                raise NotDeclared(contest=contest.fact.contest)
            before, number = result_of(standing), standing.number
            where = "by a row above it" if number > self._total else f"entry {number}"
            after, refused = domain.changed_by(
                contest.fact, place.name, where, before, form.changes
            )
            if refused:
                raise ChangesRefused(refused, ward=place.name, on=form.on)
            result, people = domain.differences(before, after)
            self._correct(
                used, found, result, None, people=people, told=form.changes,
                reason=f"the source changed its record on {form.on}",
                cause=domain.cause_of(form.changes),
            )  # fmt: skip

    def _correct(  # noqa: PLR0913 - a correction is made of all of these
        self, key: str | None, found: Found, form: ResultForm,
        declared_at: str | datetime | None, *, reason: str, cause: Cause,
        replaces: int | None = None, whole: bool = False,
        people: Sequence[CandidateCorrection] = (), told: tuple[FieldChange, ...] = (),
    ) -> None:  # fmt: skip
        council, _, contest = found
        if contest.standing is None:
            raise NotDeclared(contest=contest.fact.contest)
        self._refuse_other_entry(contest, replaces)
        was = contest.standing.event.effective_at
        given = form.declared_at if declared_at is None else declared_at
        moment = was if given is None else self._moment(given, council, contest)
        fact = domain.correct(
            contest, form, self._present.names(council.council), reason=reason, cause=cause,
            replaces=replaces, whole=whole, moves=moment != was, people=people, told=told,
        )  # fmt: skip
        self._replace(found, fact, moment, key, form.source)

    def _replace(  # noqa: PLR0913 - a version, its place and the envelope
        self, found: Found, fact: ResultCorrected, moment: datetime, key: str | None,
        source: str | None, *, superseding: bool = False,
    ) -> None:  # fmt: skip
        """Draft the version that replaces the one that stands, if the rules let it."""
        _, stream, contest = found
        case = rules.Case(
            contest.fact, fact, moment, self._now, before=contest.result(), lots=contest.drawn,
            last=self._last(stream, contest), superseding=superseding,
        )  # fmt: skip
        self._draft(stream, fact, moment, key, source, self._obey(case))

    def redeclare(
        self, wanted: str, form: ResultForm, declared_at: str | datetime | None = None,
        *, why: str,
    ) -> None:  # fmt: skip
        """Draft that the returning officer announced again."""
        with self._keyed(None) as used:
            council, stream, contest = self._find(wanted, form)
            given = form.declared_at if declared_at is None else declared_at
            moment = self._now if given is None else self._moment(given, council, contest)
            names = self._present.names(council.council)
            fact = domain.redeclare(contest, form, names, why)
            first = contest.declarations[-1][-1]
            if moment <= first.event.effective_at:
                raise BeforeDeclared(contest=contest.fact.contest, entry=first.number)
            case = rules.Case(contest.fact, fact, moment, self._now)
            self._draft(stream, fact, moment, used, form.source, self._obey(case))

    def alias(
        self, alias: str, *, means: str, of: Alike = "candidate", council: str | None = None
    ) -> None:
        """Draft that a name is another one's of a candidate, a party or a ward."""
        said = made(AliasConfirmed, what=of, alias=alias, means=means)
        with self._keyed(None) as used:
            slug = self._present.registered(council).council
            registers = [e for e in self._present.registers().values() if e.council == slug]
            places = [
                (place, ward)
                for entry in registers
                for place, ward in zip(register_of(entry).wards, self._wards(entry), strict=True)
            ]
            fact = domain.confirm_alias(slug, places, self._present.names(slug), said)
            self._draft(slug, fact, self._now, used, None)

    def withdraw(self, number: int, *, reason: str) -> None:
        """Draft the withdrawal of an entry."""
        target = self._store.entry(number) if number >= 1 else None
        if target is None:
            raise UnknownEntry(entry=number, total=self._total)
        stream = target.event.originator_id
        with self._keyed(None) as used:
            fact = domain.withdraw(self._present.ward(stream), target, reason)
            self._draft(stream, fact, target.event.effective_at, used, None)

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
            if c.fact.poll_date < contest.fact.poll_date and c.declarations
        ]
        return max(earlier, key=lambda c: c.fact.poll_date).result() if earlier else None
