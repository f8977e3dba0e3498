"""Two versions of a result, one beside the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ledger.facts import Candidate, Fact, Result, ResultCorrected
from ledger.ward import Contest

_PAPERS = ("rejected", "ballot_papers", "electorate", "lot")


class Difference(NamedTuple):
    """One figure that differs; `candidate` is None where it is of the whole contest."""

    field: str
    candidate: str | None
    old: Any
    new: Any


def differences(
    before: Result, after: Result, renamed: Mapping[str, str] | None = None
) -> Iterator[Difference]:
    """Figure by figure, what differs; `renamed` are the names now of those who had another."""
    names = renamed or {}
    was = {names.get(one.name, one.name): one for one in before.candidates}
    now = {one.name: one for one in after.candidates}
    yield from (Difference("name", new, old, new) for old, new in names.items())
    for name in dict.fromkeys((*was, *now)):
        old, new = _told(was.get(name)), _told(now.get(name))
        for field in new:
            if old.get(field) != new[field]:
                yield Difference(field, name, old.get(field), new[field])
        if name not in now:
            yield Difference("votes", name, old["votes"], None)
    for field in _PAPERS:
        values = [getattr(result, field) for result in (before, after)]
        if values[0] != values[1]:
            old_value, new_value = (", ".join(v) if isinstance(v, tuple) else v for v in values)
            yield Difference(field, None, old_value, new_value)


def _told(candidate: Candidate | None) -> dict[str, Any]:
    if candidate is None:
        return {}
    return {
        "votes": candidate.votes,
        "party": candidate.party.label,
        "elected": candidate.elected,
    }


def people_corrected(
    was: Contest | None, now: Contest | None, fact: Fact
) -> tuple[tuple[Candidate, Candidate], ...]:
    """Candidates whom a correction gives another name or party, as they were and are."""
    old, new = was.result() if was else None, now.result() if now else None
    if not isinstance(fact, ResultCorrected) or old is None or new is None:
        return ()
    return people_between(old, new)


def people_between(old: Result, new: Result) -> tuple[tuple[Candidate, Candidate], ...]:
    """Candidates who have another name or party in one version than in another."""
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
