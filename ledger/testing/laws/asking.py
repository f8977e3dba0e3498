"""How the laws ask: at some viewpoints of a night, in the words people are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import strategies as st

from ledger import Ledger, LedgerError, Viewpoint
from ledger.errors import NotYet, UnknownCouncil
from ledger.events import Event
from ledger.testing.plan import SAID, Plan
from ledger.testing.playing import Played
from ledger.testing.steps import correct_request
from ledger.testing.strategies import corrections, viewpoints
from ledger.ward import result_of
from projections.contests import contests
from projections.night import Standing, standing
from projections.seats import as_json, seats
from projections.timeline import replay

ASKED = 3  # viewpoints of each night
Law = Callable[[st.DataObject, Plan], None]
Views = tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]


def councils(night: Played) -> list[str]:
    """The slugs of a night's councils."""
    return [council.council for council in night.plan.councils]


def asked(data: st.DataObject, night: Played) -> Iterator[tuple[str, Viewpoint, Standing]]:
    """Some viewpoints of a night, each with a council that is registered there."""
    for _ in range(ASKED):
        viewpoint = data.draw(viewpoints(night))
        for council in councils(night):
            try:
                yield council, viewpoint, standing(night.book, council, viewpoint)
            except NotYet:
                continue


def corrected_and_undone(data: st.DataObject, night: Played) -> bool:
    """Correct a result and withdraw that again; False where there is none to correct so."""
    receipt = night.type(correct_request(night, data.draw(corrections)))
    if isinstance(receipt, LedgerError):
        return False
    night.book.withdraw(receipt.entries[0].number, reason="undone", **SAID)
    return True


def seen_by(night: Played, council: str, viewpoint: Viewpoint) -> Standing | None:
    """What stands at a viewpoint; None before the council is registered."""
    try:
        return standing(night.book, council, viewpoint)
    except NotYet:
        return None


def views(book: Ledger, council: str, viewpoint: Viewpoint) -> Views | None:
    """What people are shown, without the numbers of the entries."""
    try:
        tally = seats(book, council, viewpoint)
    except (NotYet, UnknownCouncil):
        return None
    board = as_json(tally)
    board["viewpoint"].pop("entry")
    lines = [line.as_json() for line in contests(book, council, viewpoint)]
    for line in lines:
        line.pop("version")
    steps = [step.as_json() for step in replay(book, council, viewpoint)]
    for step in steps:
        step.pop("entry")
    return board, lines, steps


def in_the_end(views: Views | None) -> tuple[Any, ...] | None:
    """Views with the steps of one moment taken together: wards declared in the same minute are
    told in the order of the log, and only what stands after all of them is compared."""
    if views is None:
        return None
    board, lines, steps = views
    running = ("seats", "won", "contests", "control")
    after = {step["at"]: [step[name] for name in running] for step in steps}
    each = [{name: told for name, told in step.items() if name not in running} for step in steps]
    return board, lines, after, sorted(each, key=repr)


def stored(night: Played) -> list[tuple[int, str, Event]]:
    """The log, byte for byte."""
    return [(entry.number, entry.digest, entry.event) for entry in night.log]


def figures(found: Standing) -> dict[str, dict[str, int | None]]:
    """Contest -> votes by name, of what is declared at a standing."""
    contests = [contest for ward in found.wards.values() for contest in ward.contests.values()]
    results = [found.see(contest).standing for contest in contests]
    told = [result_of(entry) for entry in results if entry is not None]
    return {fact.contest: {c.name: c.votes for c in fact.candidates} for fact in told}
