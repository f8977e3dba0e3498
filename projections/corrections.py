"""What was put right after it was recorded: corrections, redeclarations and withdrawals, each
with what it replaced, why, how long that stood, and what the figures and the seats were before
and after.

Orders of courts and discrepancies noted are not among them: they say nothing was wrong with
our record (`log --kind` lists them). Where one of them was recorded wrongly, its correction is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ledger.book import Ledger
from ledger.events import NOW, Entry, Viewpoint
from ledger.facts import (
    Candidate,
    CouncilRegistered,
    EntryWithdrawn,
    FactCorrected,
    LotDrawn,
    Result,
    ResultCorrected,
    ResultRedeclared,
)
from ledger.ward import Contest
from projections.compared import Difference, differences, people_between
from projections.history import Follower, LogLine
from projections.tally import Control, control, ranked
from projections.viewpoints import resolve

KINDS = ("result-corrected", "result-redeclared", "fact-corrected", "entry-withdrawn")


@dataclass(frozen=True, slots=True)
class Version:
    """What stood: the contest (None: it was not open), the entry of its result (None: it was
    not declared) and who it elected, the seats, and who controlled."""

    contest: Contest | None
    result: Entry | None
    winners: tuple[Candidate, ...]
    seats: dict[str, int]
    control: Control


@dataclass(frozen=True, slots=True)
class Correction:
    """One of them: its line of the log, the entry it corrects, takes back or, of a
    redeclaration, follows, and what stood before and after."""

    line: LogLine
    replaced: Entry
    council: CouncilRegistered
    before: Version
    after: Version

    @property
    def entry(self) -> Entry:
        """The entry that puts it right."""
        return self.line.entry

    @property
    def ward_name(self) -> str | None:
        """The name of the ward it is of; None where it is of the council."""
        return self.council.by_slug[self.entry.ward].name if self.entry.ward else None

    @property
    def stood(self) -> timedelta:
        """How long what it replaces stood here: from its record to that of this."""
        return self.entry.event.recorded_at - self.replaced.event.recorded_at

    @property
    def behind(self) -> timedelta:
        """How long after it became true in the hall this was recorded."""
        return self.entry.event.recorded_at - self.entry.event.effective_at

    @property
    def of_result(self) -> bool:
        """Whether it puts a result, or the lot that completes one, right."""
        return isinstance(self.replaced.fact, Result | LotDrawn)

    @property
    def results(self) -> tuple[Result, Result] | None:
        """The result before and after, where both times there is one."""
        old, new = (one.result and one.result.fact for one in (self.before, self.after))
        return (old, new) if isinstance(old, Result) and isinstance(new, Result) else None

    @property
    def people(self) -> tuple[tuple[Candidate, Candidate], ...]:
        """Candidates whom a correction, or its being taken back, gives another name or party.
        What is announced again names candidates of its own."""
        corrected = ResultCorrected in (type(self.entry.fact), type(self.replaced.fact))
        again = isinstance(self.entry.fact, ResultRedeclared)
        return people_between(*self.results) if corrected and not again and self.results else ()

    @property
    def elected(self) -> tuple[list[Candidate], list[Candidate]]:
        """Who is elected that was not, and who no longer is; a name corrected is neither."""
        same = {was.name: now.name for was, now in self.people}
        before = {same.get(one.name, one.name): one for one in self.before.winners}
        after = {one.name: one for one in self.after.winners}
        come = [after[name] for name in after if name not in before]
        return come, [before[name] for name in before if name not in after]

    def figures(self) -> list[Difference]:
        """What differs, before and after. Of a result its figures; of another fact its fields
        as they are stored; of what is taken back and nothing stands for it, the whole."""
        if not self.of_result:
            return list(_fields(self.replaced, self.entry))
        if self.results:
            renamed = {was.name: now.name for was, now in self.people if was.name != now.name}
            return list(differences(*self.results, renamed))
        elected = ", ".join(candidate.name for candidate in self.before.winners)
        return [Difference("result", None, elected or "a tie", None)]

    def as_json(self) -> dict[str, Any]:
        """The shape of one of `corrections --json`: that of `log --json`, and

        {"ward_name", "replaced": ENTRY, "why": of a redeclaration,
         "delay": {"stood": seconds, "behind_the_hall": seconds},
         "figures": [{"field", "candidate", "old", "new"}],
         "elected": {"before": [{"name", "party"}], "after": […]},
         "seats": {"before": {PARTY: N}, "after": …},
         "control": {"before": PARTY|null, "after": …}}
        """
        versions = {"before": self.before, "after": self.after}
        fact = self.entry.fact
        return self.line.as_json() | {
            "ward_name": self.ward_name,
            "replaced": self.replaced.number,
            "why": fact.why if isinstance(fact, ResultRedeclared) else None,
            "delay": {
                "stood": self.stood.total_seconds(),
                "behind_the_hall": self.behind.total_seconds(),
            },
            "figures": [one._asdict() for one in self.figures()],
            "elected": {
                word: [{"name": c.name, "party": c.party.group} for c in one.winners]
                for word, one in versions.items()
            },
            "seats": {word: ranked(one.seats) for word, one in versions.items()},
            "control": {word: one.control.party for word, one in versions.items()},
        }


def corrections(
    ledger: Ledger, council: str | None = None, viewpoint: Viewpoint = NOW
) -> Iterator[Correction]:
    """What was put right up to a viewpoint, in the order of the log: of one council, or of the
    whole ledger. Raises what `history.history` raises."""
    wanted = ledger.councils() if council is None else [ledger.council(council)]
    seen = resolve(ledger, viewpoint, wanted)
    slug = None if council is None else wanted[0].council
    followers: dict[str, Follower] = {}
    known: dict[str, Entry] = {}  # by event id
    for entry in ledger.entries(council=slug, upto=seen.entry):
        follower = followers.setdefault(entry.register, Follower(truth=seen.truth))
        known[entry.event.event_id] = entry
        if entry.kind not in KINDS:
            follower.take(entry)
            continue
        before = _version(follower, entry)
        line = follower.take(entry)
        if seen.at is None or entry.event.effective_at <= seen.at:
            target = known.get(getattr(entry.fact, "target", ""))
            replaced = target or before.result
            assert replaced is not None  # a redeclaration follows a declaration
            yield Correction(line, replaced, follower.council, before, _version(follower, entry))


def _version(follower: Follower, entry: Entry) -> Version:
    """What stands of what an entry is about."""
    ward = follower.wards[entry.ward] if entry.ward else None
    contest = ward.contests.get(entry.contest or "") if ward else None
    result = contest.standing if contest else None
    winners = contest.winners(result) if contest and result else ()
    seats = follower.totals()
    return Version(contest, result, winners, seats, control(follower.council.size, seats))


def _fields(old: Entry, new: Entry) -> Iterator[Difference]:
    """The fields of a fact, and from when it holds, that another entry has otherwise."""
    taken_back = isinstance(new.fact, EntryWithdrawn)
    if not taken_back and not isinstance(new.fact, FactCorrected):
        return
    was = old.about.model_dump(mode="json", exclude={"kind"})
    now = {} if taken_back else new.about.model_dump(mode="json", exclude={"kind"})
    for field, value in was.items():
        if value != now.get(field):
            yield Difference(field, None, value, now.get(field))
    hours = [one.event.effective_at.isoformat() for one in (old, new)]
    if not taken_back and hours[0] != hours[1]:
        yield Difference("since", None, *hours)
