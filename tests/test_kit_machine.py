"""The machine: this ledger passes it, and what is wrong on purpose is caught by a small example."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from ledger import Ledger, Viewpoint
from ledger.facts import Result
from ledger.forms import CandidateForm
from ledger.store import Store
from ledger.testing import LedgerMachine, viewpoints

FEW = settings(
    max_examples=40, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)
# Not shrunk, which takes longer than finding: an example is small as no life is long.
HUNT = settings(
    FEW, max_examples=2_000, derandomize=True, database=None, report_multiple_bugs=False,
    phases=[Phase.generate], stateful_step_count=6,
)  # fmt: skip


class Ours(LedgerMachine):
    """This package's own answers, of every truth."""

    def asked(self):
        return viewpoints(self.night)


class Feed(LedgerMachine):
    """Results come in as a sheet of candidates and votes."""

    def enter(self, desk, form):
        read = read_sheet(written(form))
        desk.declare(form.contest, form.model_copy(update={"candidates": read}))


@pytest.mark.parametrize("machine", [Ours, Feed])
def test_machine_passes_what_is_right(machine):
    """The ledger's own answers, and an importer without a slip, are what the model says."""
    run_state_machine_as_test(machine, settings=FEW)


# --- wrong on purpose -----------------------------------------------------------------------


def written(form):
    sheet = io.StringIO()
    csv.writer(sheet).writerows(
        (c.name, "" if c.votes is None else c.votes) for c in form.candidates
    )
    return sheet.getvalue()


def read_sheet(text):
    return tuple(
        CandidateForm(name=name, votes=int(votes) if votes else None)
        for name, votes in csv.reader(io.StringIO(text))
    )


class CorrectionsCountedTwice(LedgerMachine):
    """A board that adds up every result it is told of."""

    def composition(self, council, _viewpoint):
        log = list(self.ledger.entries(council=council))
        won = Counter(self.standing(council, Viewpoint(entry=log[0].number)).tally().seats)
        for entry in log:
            if isinstance(entry.fact, Result):
                won.update(c.party.group for c in entry.fact.candidates if c.elected)
        return dict(won)

    def asked(self):
        return st.just(Viewpoint())


class HallClockOnly(LedgerMachine):
    """A projection that knows no `known_at`."""

    def standing(self, council, viewpoint):
        return super().standing(council, Viewpoint(at=viewpoint.at))


class FirstVersionKept(LedgerMachine):
    """Figures that are never corrected."""

    def figures(self, council, _viewpoint):
        kept = {}
        for entry in self.ledger.entries(council=council):
            if isinstance(entry.fact, Result):
                kept.setdefault(entry.fact.contest, entry.fact)
        return {name: {c.name: c.votes for c in fact.candidates} for name, fact in kept.items()}

    def asked(self):
        return st.just(Viewpoint())


class RowsMisaligned(Feed):
    """An importer that reads each votes beside the wrong name."""

    def enter(self, desk, form):
        votes = [c.votes for c in form.candidates]
        turned = zip(form.candidates, votes[1:] + votes[:1], strict=True)
        people = tuple(c.model_copy(update={"votes": number}) for c, number in turned)
        super().enter(desk, form.model_copy(update={"candidates": people}))


class MissingIsZero(LedgerMachine):
    """An importer that takes votes nobody told for none."""

    def enter(self, desk, form):
        people = tuple(c.model_copy(update={"votes": c.votes or 0}) for c in form.candidates)
        desk.declare(form.contest, form.model_copy(update={"candidates": people}))


class ResultsSkipped(LedgerMachine):
    """An importer that drops what it cannot place."""

    def enter(self, desk, form):
        if max((c.votes or 0 for c in form.candidates), default=0) > 2:
            desk.declare(form.contest, form)


class ForgetfulStore(Store):
    """Acknowledges what it does not keep."""

    def append(self, events):
        if self.total() < 3:
            return super().append(events)
        kept = super().append(events)
        with self.connection() as connection:
            connection.execute("DELETE FROM stored_events WHERE rowid = ?", (kept[-1].number,))
        return kept


class Forgetful(LedgerMachine):
    """A store that loses a write after it was acknowledged."""

    def open_ledger(self) -> Ledger:
        ledger = super().open_ledger()
        ledger.store.close()
        ledger.store = ForgetfulStore(ledger.url)
        return ledger


class NothingKept(LedgerMachine):
    """A store whose writes are gone when it is opened again."""

    def open_ledger(self) -> Ledger:
        (self.folder / "night.db").unlink(missing_ok=True)
        return super().open_ledger()


WRONG = {  # and what the failure says
    CorrectionsCountedTwice: "composition of c",
    HallClockOnly: "of c",
    FirstVersionKept: "figures of c",
    MissingIsZero: "what was entered",
    RowsMisaligned: "what was entered",
    ResultsSkipped: "what was entered",
    Forgetful: "entries were acknowledged",
    NothingKept: "entries were acknowledged",
}


@pytest.mark.parametrize("machine", WRONG, ids=lambda machine: machine.__name__)
def test_wrong_one_is_caught(machine):
    """A wrong projection, importer or store fails within six steps, and is told with the log
    that shows it."""
    with pytest.raises(AssertionError, match=WRONG[machine]) as caught:
        run_state_machine_as_test(machine, settings=HUNT)
    told = "\n".join(caught.value.__notes__)
    steps = [
        name
        for name in re.findall(r"^state\.(\w+)\(", told, re.MULTILINE)
        if name not in ("holds", "teardown")
    ]
    assert steps[0] == "register", told
    assert len(steps) <= 6, told
    assert "The ledger (times in UTC):" in told
    assert "council-registered" in told
