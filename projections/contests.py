"""Every contest of a night: status, winner, hold or gain, majority, turnout, corrected or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ledger.book import Ledger
from ledger.events import NOW, Viewpoint
from ledger.facts import (
    Candidate,
    ContestOpened,
    DiscrepancyNoted,
    Nominee,
    Result,
    ResultCorrected,
    ResultOverturned,
    ResultRedeclared,
)
from ledger.seating import Change, outcome
from ledger.times import local
from projections.night import Seen, Standing, standing


@dataclass(frozen=True, slots=True)
class Winner:
    """A seat won: by whom, with how many votes (None where they are not known, or none were
    cast), and which party defended it in the baseline."""

    new: Change
    before: str | None
    votes: int | None

    @property
    def outcome(self) -> str | None:
        """`hold`, or `gain` where another party defended it (or nobody had ever held it);
        None where the party before is not known."""
        return outcome(self.before, self.new.group)

    @property
    def gained_from(self) -> str | None:
        """The party a gain was made from; None for a hold, or where nobody had ever held it."""
        return self.before if self.outcome == "gain" else None


@dataclass(frozen=True, slots=True)
class ContestLine:
    """One contest at a viewpoint. `turnout` is a share from 0 to 1."""

    contest: str
    ward: str
    ward_name: str
    opened: ContestOpened
    status: str
    declared_at: datetime | None
    version: int | None
    corrected: bool
    winners: tuple[Winner, ...]
    nominees: tuple[Nominee, ...]
    tied: tuple[Candidate, ...]  # for the last seats, while these wait for their lot
    result: Result | None
    remarks: tuple[tuple[str, int], ...]  # what else was said of it: kind and entry
    flags: tuple[str, ...]

    @property
    def majority_votes(self) -> int | None:
        """Votes between the last elected and the first not elected; None where a court and
        not the votes decided."""
        by_court = any(kind == "result-overturned" for kind, _ in self.remarks)
        if self.result is None or self.status != "declared":
            return None
        if by_court or not self.opened.by_votes:
            return None
        names = {winner.new.holder for winner in self.winners}
        votes = {c.name: c.votes for c in self.result.candidates if c.votes is not None}
        won = [votes[name] for name in votes if name in names]
        lost = [votes[name] for name in votes if name not in names]
        return min(won) - max(lost) if won and lost else None

    @property
    def turnout(self) -> float | None:
        """Ballot papers as a share of the electorate, where both are known."""
        if self.result is None or not self.result.electorate:
            return None
        papers = self.result.papers(self.opened)
        return None if papers is None else round(papers / self.result.electorate, 4)

    def as_json(self) -> dict[str, Any]:
        """The shape of one line of `contests --json`."""
        names = {winner.new.holder for winner in self.winners}
        return {
            "contest": self.contest,
            "ward": self.ward,
            "ward_name": self.ward_name,
            "seats_up": len(self.opened.seats),
            "voting_system": self.opened.voting_system,
            "status": self.status,
            "declared_at": self.declared_at and self.declared_at.isoformat(),
            "version": self.version,
            "corrected": self.corrected,
            "elected": [
                {
                    "name": w.new.holder,
                    "party": w.new.group,
                    "votes": w.votes,
                    "seat": w.new.seat,
                    "result": w.outcome,
                    "from": w.gained_from,
                }
                for w in self.winners
            ],
            "candidates": [
                {
                    "name": c.name,
                    "party": c.party.group,
                    "label": c.party.label,
                    "votes": getattr(c, "votes", None),
                    "elected": c.name in names,
                }
                for c in (self.result.candidates if self.result else self.nominees)
            ],
            "tied": [candidate.name for candidate in self.tied],
            "majority_votes": self.majority_votes,
            "turnout": self.turnout,
            "rejected": self.result and self.result.rejected,
            "ballot_papers": self.result and self.result.ballot_papers,
            "electorate": self.result and self.result.electorate,
            "replaces": self.opened.replaces,
            "flags": list(self.flags),
        }


def contests(
    ledger: Ledger, council: str | None = None, viewpoint: Viewpoint = NOW
) -> list[ContestLine]:
    """The contests of the night a viewpoint is in, those called off among them. Raises what
    `night.standing` raises, and NotionalMissing."""
    found = standing(ledger, council, viewpoint)
    return [line(found, seen) for seen in found.opened]


def line(found: Standing, seen: Seen) -> ContestLine:
    """One contest of a standing."""
    fact, version = seen.contest.fact, seen.standing
    result = version.fact if version is not None else None
    assert result is None or isinstance(result, Result)
    votes = {c.name: c.votes for c in result.candidates} if result else {}
    remarks = _remarks(found, seen)
    name = found.council.by_slug[fact.ward].name
    corrected = isinstance(result, ResultCorrected)
    compared = found.compared(fact.contest, seen.parties)
    accepted = version.event.accepted if version else ()
    lot = bool(result and (result.lot or (seen.contest.lot and seen.status == "declared")))
    unknown = ["votes-not-known"] if result and result.votes is None else []
    flags = [*(["lot"] if lot else []), *unknown, *(f"accepted:{rule}" for rule in accepted)]
    flags += dict.fromkeys(kind for kind, _ in remarks)
    return ContestLine(
        contest=fact.contest,
        ward=fact.ward,
        ward_name=name,
        opened=fact,
        status=seen.status,
        declared_at=local(version.event.effective_at, found.council.timezone) if version else None,
        version=version.number if version else None,
        corrected=corrected,
        winners=tuple(
            Winner(new, compared.get(new.seat, before.defending), votes.get(new.holder or ""))
            for new, before in seen.winners
        ),
        nominees=fact.candidates,
        tied=seen.tied,
        result=result,
        remarks=remarks,
        flags=tuple(flags),
    )


def _remarks(found: Standing, seen: Seen) -> tuple[tuple[str, int], ...]:
    """That it was announced again, that its figures are known to be wrong, that a court
    decided: as it stands by the hour asked for, in the order of the log."""
    others = seen.contest.said(DiscrepancyNoted, ResultOverturned)
    again = [v for v in seen.contest.declarations if isinstance(v[0].fact, ResultRedeclared)]
    said = [(one.entry, one.entry) for one in others] + [(v[0], v[-1]) for v in again]
    return tuple(
        (first.about.kind.partition(".")[0], entry.number)
        for first, entry in sorted(said, key=lambda pair: pair[1].number)
        if found.at is None or entry.event.effective_at <= found.at
    )
