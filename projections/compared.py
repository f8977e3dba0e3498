"""Two versions of a result, one beside the other."""

from __future__ import annotations

from ledger.facts import Candidate, Fact, Result, ResultCorrected
from ledger.ward import Contest


def people_corrected(
    was: Contest | None, now: Contest | None, fact: Fact
) -> tuple[tuple[Candidate, Candidate], ...]:
    """Candidates whom a correction gives another name or party, as they were and are."""
    old, new = was.result() if was else None, now.result() if now else None
    if not isinstance(fact, ResultCorrected) or old is None or new is None:
        return ()
    before, after = ({c.name: c for c in one.candidates} for one in (old, new))
    gone = [c for c in old.candidates if c.name not in after]
    come = [c for c in new.candidates if c.name not in before]
    kept = [(c, after[c.name]) for c in old.candidates if c.name in after]
    return (*zip(gone, come, strict=False), *((o, n) for o, n in kept if o.party != n.party))


def reordered(old: Result, new: Result) -> bool:
    """Whether somebody who is in both has another place; a name corrected moves nobody."""
    was, now = ({c.name: place for place, c in enumerate(one.ranked)} for one in (old, new))
    return any(was[name] != place for name, place in now.items() if name in was)


def votes(result: Result) -> list[tuple[int | None, bool]]:
    """What is figures of the candidates: a name, a label or an id is none."""
    return [(candidate.votes, candidate.elected) for candidate in result.candidates]
