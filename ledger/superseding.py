"""A newer version of a file that was loaded: what it changes of what stands, and only that.

Results that differ are corrected, those not declared yet are declared, and what stands as
the file says is left alone. What the file does not have any more is pointed out: that it was
left out does not say that it was wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple

from ledger import domain
from ledger.befalling import Instead
from ledger.desk import Desk
from ledger.drafts import Receipt
from ledger.errors import NothingChanged, Problem, Refused
from ledger.facts import (
    ContestFact,
    ContestOpened,
    CouncilRegistered,
    ElectedUnopposed,
    NotionalStated,
    ResultCorrected,
)
from ledger.finding import Found, find
from ledger.formats.reading import Batch
from ledger.forms import (
    ContestForm,
    CouncilForm,
    NightForm,
    NotionalForm,
    ResultForm,
    UnopposedForm,
)
from ledger.loading import Problems, timed
from ledger.names import Names
from ledger.present import register_of
from ledger.text import match_key
from ledger.times import closing_time, parse_day
from ledger.values import Cause
from ledger.ward import Contest, without


class Superseding(NamedTuple):
    """Why a newer version of a file replaces what was recorded."""

    reason: str
    cause: Cause = "source changed"


class NewerVersion(Desk):
    """A desk on which a newer version of a file is compared with what stands."""

    def __init__(self, *args: Any, file: str, why: Superseding, **said: Any) -> None:
        super().__init__(*args, **said)
        self._file, self._why = file, why
        self._notes: list[Problem] = []
        self._unchanged = 0
        self._polls: dict[tuple[str, date], set[str]] = {}  # contests named, by council and day

    def supersede(
        self, batch: Batch, declared_at: str | None, progress: Callable[[int], None] | None
    ) -> None:
        """Draft what a newer version changes. Raises FileRefused with every problem in it.
        `declared_at` is the time of results that give none and are not declared yet."""
        if batch.changes:
            what = f"{batch.file} is a record of changes: each row of it is a correction itself."
            raise Refused(what=what, remedy="load it without --supersede")
        told = Problems(batch, progress)
        for council in batch.councils:
            with told.of(None, council.council):
                self._register(council)
        lines = batch.lines_opened()
        for night in batch.nights:
            for contest in night.contests:
                with told.of(next(lines), contest.contest or contest.ward):
                    self._open(night, contest, alone=not batch.results)
        for line, said in zip(batch.lines, batch.results, strict=True):
            with told.of(line, said.contest):
                self._said(said, line, declared_at)
        told.refuse()
        self._point_out_missing()

    def receipt(self, *, dry_run: bool) -> Receipt:
        """Record it all, and tell what was left as it is."""
        done = self.commit(dry_run=dry_run)
        return replace(done, skipped=done.skipped + self._unchanged, notes=tuple(self._notes))

    def _register(self, form: CouncilForm) -> None:
        with self.as_first_asked():
            known = self._present.registers().get(form.council)
        if known is None:
            self.register(form)
            return
        self._unchanged += 1
        was, now = register_of(known), domain.register(form)
        wards = [one.name for one in (*now.wards, *was.wards) if not _same(one.slug, was, now)]
        if wards:
            what = f"the register has {', '.join(dict.fromkeys(wards))} otherwise, and stays"
            self._note(None, form.council, None, "register-differs", what)

    def _open(self, night: NightForm, form: ContestForm, *, alone: bool) -> None:
        """Open a contest that is not open; of one that is, `alone` says that its candidates
        are not compared by its result."""
        with self.as_first_asked():
            day = parse_day(night.poll_date)
            latest = register_of(self._present.registered(night.council))
            close = closing_time(night.polls_close, day, latest.timezone)
            council = register_of(self._present.registered(latest.council, close))
            names = self._present.names(council.council)
            place = names.ward(council, form.ward)
            opened = None
            if place is not None:
                contest_id = domain.id_of(council, place, form, day)
                ward = self._present.ward(council.stream(place.slug))
                opened = ward.contests.get(contest_id)
        if opened is None:
            self.open(night.model_copy(update={"contests": (form,)}))
            return
        self._unchanged += 1
        if alone:
            self._compare_nominees(opened.fact, form)

    def _compare_nominees(self, opened: ContestOpened, form: ContestForm) -> None:
        was, now = ([c.name for c in one.candidates] for one in (opened, form))
        for names, others, what in (
            (was, now, "is not in this file, and stays nominated"),
            (now, was, "was not nominated when the contest was opened, and is not added"),
        ):
            for name in _others(names, others):
                self._note(None, opened.contest, name, "candidates-differ", f"{name} {what}")

    def _said(
        self, said: ResultForm | UnopposedForm | NotionalForm, line: int | None,
        declared_at: str | None,
    ) -> None:  # fmt: skip
        if isinstance(said, ResultForm):
            self._result(said, line, declared_at)
        elif isinstance(said, NotionalForm):
            self._befell(
                said.contest, NotionalStated, None, None,
                lambda contest, names: domain.state_notional(contest, said.seats, names),
                lambda _, instead: self.notional(said.contest, seats=said.seats, instead=instead),
            )  # fmt: skip
        else:
            self._befell(
                said.contest, ElectedUnopposed, said.declared_at, declared_at,
                lambda contest, names: domain.unopposed(contest, said.elected, names),
                lambda since, instead: self.unopposed(
                    said.contest, names=said.elected, since=since, instead=instead
                ),
            )  # fmt: skip

    def _befell(  # noqa: PLR0913 - a fact, how it is decided and drafted
        self, wanted: str, kind: type[ContestFact], since: str | None, first: str | None,
        decide: Callable[[Contest, Names], ContestFact],
        draft: Callable[[str | None, Instead | None], None],
    ) -> None:  # fmt: skip
        """Draft what is said of a contest besides its result, or the correction of what was;
        `first` is the time of what gives none (`since`) and was not said before."""
        with self.as_first_asked():
            council, stream, contest = find(self._present, wanted)
            name, day = contest.fact.contest, contest.fact.poll_date
            self._polls.setdefault((council.council, day), set()).add(name)
            said, same = contest.said(kind), False
            if said:
                was = said[-1].entry
                below = without(self._present.ward(stream), was).contests[name]
                same = (
                    decide(below, self._present.names(council.council)) == said[-1].fact
                    and self._since(since, council, was, day) == was.event.effective_at
                )
        if not said:
            draft(since or first, None)
        elif same:
            self._unchanged += 1
        else:
            draft(since, Instead(said[-1].entry.number, self._why.reason, self._why.cause))

    def _result(self, form: ResultForm, line: int | None, declared_at: str | None) -> None:
        with self.as_first_asked():
            found = self._find(form.contest, form)
            council, _, contest = found
            name, day = contest.fact.contest, contest.fact.poll_date
            self._polls.setdefault((council.council, day), set()).add(name)
            declared = contest.standing is not None
            changes = not declared or self._newer(found, form)[0] is not None
            result, names = contest.result(), self._present.names(council.council)
        if not changes:
            self._unchanged += 1
        elif declared:
            self._put_newer(form)
        else:
            self.declare(form.contest, timed(form, declared_at))
        if result and form.candidates:
            for one in domain.left_out(contest.fact, result, form.candidates, names):
                what = f"{one.name} is not in this file, and keeps {one.votes} votes"
                self._note(line, name, one.name, "candidate-missing", what)

    def _put_newer(self, form: ResultForm) -> None:
        with self._keyed(None) as used:
            found = self._find(form.contest, form)
            fact, moment = self._newer(found, form)
            if fact is None:  # under a key that was used for another version of the file
                standing = found[2].standing
                raise NothingChanged(contest=form.contest, entry=standing and standing.number)
            self._replace(found, fact, moment, used, form.source, superseding=True)

    def _newer(self, found: Found, form: ResultForm) -> tuple[ResultCorrected | None, datetime]:
        """The correction a newer result makes, if it differs, and the hour it holds from."""
        council, _, contest = found
        assert contest.standing is not None
        was = contest.standing.event.effective_at
        given = form.declared_at
        moment = was if given is None else self._moment(given, council, contest)
        names = self._present.names(council.council)
        fact = domain.supersede(
            contest, form, names, moves=moment != was, reason=self._why.reason,
            cause=self._why.cause,
        )  # fmt: skip
        return fact, moment

    def _point_out_missing(self) -> None:
        """Tell of the declared contests of the file's polls that the file does not have."""
        for (slug, day), named in self._polls.items():
            registers = [e for e in self._present.registers().values() if e.council == slug]
            for ward in (ward for entry in registers for ward in self._wards(entry)):
                for name, contest in ward.contests.items():
                    entry = contest.standing
                    if entry and contest.fact.poll_date == day and name not in named:
                        what = f"{name} is not in this file; entry {entry.number} stands as it is"
                        hint = f"if it should not be there, `seatledger withdraw {entry.number}`"
                        self._note(None, name, None, "contest-missing", what, hint)

    def _note(  # noqa: PLR0913 - as a problem
        self, line: int | None, field: str | None, value: str | None, rule: str, what: str,
        hint: str | None = None,
    ) -> None:  # fmt: skip
        self._notes.append(Problem(self._file, line, field, value, rule, what, hint))


def _same(slug: str, was: CouncilRegistered, now: CouncilRegistered) -> bool:
    return was.by_slug.get(slug) == now.by_slug.get(slug)


def _others(names: Sequence[str], others: Sequence[str]) -> list[str]:
    """The names that are in one list and not in another."""
    keys = {match_key(name) for name in others}
    return [name for name in names if match_key(name) not in keys]
