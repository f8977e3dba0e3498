"""What differs from a published result, as a result that would put it right."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ledger.forms import ResultForm
from projections.reconcile.results import FIGURES, Compared


def proposals(compared: Iterable[Compared]) -> tuple[list[dict[str, Any]], list[str]]:
    """A whole result as `results-json` has it for each one that stands and differs, and the
    contests for which none can be proposed (with the reason). What a proposal says was
    published; whether it is right is for whoever records it to say.
    """
    proposed: list[dict[str, Any]] = []
    cannot: list[str] = []
    for one in compared:
        if not one.differences:
            continue
        why = _impossible(one)
        if why:
            cannot.append(f"{one.contest}: {why}")
        else:
            proposed.append(_result(one))
    return proposed, cannot


def _impossible(one: Compared) -> str:
    if one.seen.standing is None or not isinstance(one.there, ResultForm):
        return "no counted result stands here to correct, or none is published"
    kinds = {difference.kind for difference in one.differences}
    if one.seen.contest.fact.candidates:
        if kinds & {"candidate-missing-here", "candidate-missing-there"}:
            return "the candidates nominated here are others"
        if kinds == {"candidate-name-differs"}:
            return "only names differ, and those nominated stand"
    return ""


def _result(one: Compared) -> dict[str, Any]:
    """The published result in the ledger's names, its time and what it does not give left as
    they are."""
    form, standing = one.there, one.seen.standing
    assert isinstance(form, ResultForm)
    assert standing is not None
    nominated = bool(one.seen.contest.fact.candidates)

    def name(there: str) -> str:
        return one.pairs[there].name if nominated and there in one.pairs else there

    candidates = [
        {"name": name(c.name), "party": c.party or one.pairs[c.name].party.label, "votes": c.votes}
        | ({} if c.elected is None else {"elected": c.elected})
        for c in form.candidates
    ]
    figures = {
        figure: value
        for figure in FIGURES
        if (value := _either(getattr(form, figure), getattr(standing.fact, figure))) is not None
    }
    lot = {"lot": [name(drawn) for drawn in form.lots]} if form.lots else {}
    elected = {"elected": [name(known) for known in form.elected]} if form.elected else {}
    return {"contest": one.contest, **figures, "candidates": candidates, **lot, **elected}


def _either(published: int | None, here: int | None) -> int | None:
    return here if published is None else published
