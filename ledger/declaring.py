"""Results drafted: declared, completed by lot, corrected, announced again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ledger import domain, rules
from ledger.befalling import Befalling
from ledger.errors import (
    BeforeDeclared,
    ChangesRefused,
    LotTooEarly,
    NotDeclared,
    NotOfContest,
    OtherContest,
    UnknownEntry,
)
from ledger.facts import CouncilRegistered, LotDrawn, Result, ResultCorrected
from ledger.finding import Found, find, polled
from ledger.forms import CandidateCorrection, ChangesForm, ResultForm, made
from ledger.times import local, parse_time
from ledger.values import Cause, FieldChange
from ledger.ward import Contest, result_of


class Declaring(Befalling):
    """A contest is meant by its id, or by its ward; see `Ledger` for the words."""

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
        council, _, contest = find(self._present, form.contest)
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
        if find(self._present, wanted)[2].standing is None:
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
            place, found = polled(self._present, form)
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

    def _find(self, wanted: str, form: ResultForm) -> Found:
        """The contest meant, which the form's own may not contradict."""
        self._sourced(form.source)  # before any rule asks to be accepted
        found = find(self._present, wanted)
        if form.contest != wanted:
            other = find(self._present, form.contest)[2].fact.contest
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
