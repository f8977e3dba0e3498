"""A ledger written to at random, with the model beside it: subclass it to test what is yours.

    from ledger.testing import LedgerMachine
    from projections.seats import seats

    class MyBoard(LedgerMachine):
        def composition(self, council, viewpoint):
            return my_board(self.ledger, council, viewpoint)

    TestMyBoard = MyBoard.TestCase

After every step, and at random viewpoints, what your function says is compared with what the
model says. What fails is shrunk to the fewest steps, and told with the log they made. (To leave
out hypothesis' phase `explain` saves most of the time that a failure takes.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ledger import Entry, Ledger, LedgerError, Receipt, Viewpoint, connect
from ledger.desk import Desk
from ledger.errors import Damaged, StoreFailed, StoreUnavailable
from ledger.events import NOW
from ledger.forms import CouncilForm, ResultForm
from ledger.testing import model
from ledger.testing.laws import asking
from ledger.testing.plan import Plan, Step
from ledger.testing.playing import MEMORY, Clock, Played, empty_ledger
from ledger.testing.steps import declaring, result_of
from ledger.testing.strategies import (
    aliases,
    befallings,
    corrections,
    councils,
    declarations,
    lots,
    openings,
    reviews,
    viewpoints,
    withdrawals,
)
from ledger.testing.telling import meant, story
from projections.night import Standing, standing

Holder = tuple[str, str | None]  # the party counted, and the name if it is known


class LedgerMachine(RuleBasedStateMachine):
    """A random life of a ledger. Override what is yours, and compare it with the model:

    `open_ledger` for a store, `enter` for an importer, `composition`, `holders` or `figures`
    for a projection, or `compare` for anything else that can be asked at a viewpoint. `ledger`
    is the ledger, `told` every entry it has acknowledged, `folder` a directory of this life.
    Rules and invariants of your own can be added as to any state machine of hypothesis.
    """

    reopens = True  # whether open_ledger finds again what was recorded before

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None)
        self.folder = Path(self._folder.name)
        self.clock = Clock()
        self.told: list[Entry] = []
        self._compared = 0  # entries told when every answer was last compared
        self._found: tuple[Any, Standing] | None = None
        self.night = Played(self.open_ledger(), self.clock, Plan((), ()), aliased=False)

    @property
    def ledger(self) -> Ledger:
        """The ledger as it was last opened."""
        return self.night.book

    def teardown(self) -> None:
        """Close the ledger and forget it."""
        self.ledger.close()
        self._folder.cleanup()

    # --- what you may override ----------------------------------------------------------

    def open_ledger(self) -> Ledger:
        """The ledger to write to, and the same one again whenever it was closed. Here: a file in
        `folder`."""
        path = self.folder / "night.db"
        if not path.exists():
            path.write_bytes(empty_ledger())
        return connect(str(path), clock=self.clock)

    def enter(self, desk: Desk, form: ResultForm) -> None:
        """Declare one result. Override it to write the form as your feed has it, read that with
        your importer, and declare what it read: it must be what was meant."""
        desk.declare(form.contest, form)

    def composition(self, council: str, viewpoint: Viewpoint) -> Mapping[str, int]:
        """How many seats each party holds."""
        return self.standing(council, viewpoint).tally().seats

    def holders(self, council: str, viewpoint: Viewpoint) -> Mapping[str, Holder | None]:
        """By seat, the party and the name of who holds it; None where it is vacant."""
        found = self.standing(council, viewpoint).holders
        return {
            seat: None if change.group is None else (change.group, change.holder)
            for seat, change in found.items()
        }

    def figures(self, council: str, viewpoint: Viewpoint) -> Mapping[str, Mapping[str, int | None]]:
        """By contest that is declared, the votes of each candidate by name."""
        return asking.figures(self.standing(council, viewpoint))

    def compare(self, council: str, viewpoint: Viewpoint) -> None:
        """Fail where an answer at a viewpoint is not the model's. The council is registered
        there."""
        held = model.holders(self.told, viewpoint, council)
        assert held is not None
        self._same("composition", council, viewpoint, model.composition(held))
        whose = {seat: holder and holder[:2] for seat, holder in held.items()}
        self._same("holders", council, viewpoint, whose)
        self._same("figures", council, viewpoint, model.figures(self.told, viewpoint, council))

    def asked(self) -> st.SearchStrategy[Viewpoint]:
        """The viewpoints to compare at, besides now; of the declared truth, with the clocks the
        log has seen. Override it for what can be asked of you: `st.just(Viewpoint())`."""
        return viewpoints(self.night).map(lambda one: replace(one, truth="legal"))

    def standing(self, council: str, viewpoint: Viewpoint) -> Standing:
        """What this package says stands."""
        asked = (self.ledger, council, viewpoint, len(self.told))
        if self._found is None or self._found[0] != asked:
            self._found = (asked, standing(self.ledger, council, viewpoint))
        return self._found[1]

    # --- the rules ----------------------------------------------------------------------

    @initialize(forms=councils)
    def register(self, forms: tuple[CouncilForm, ...]) -> None:
        """One or two councils are registered."""
        self.night.plan = Plan(forms, ())
        self._take(self.night.register())

    @rule(step=openings)
    def open_contest(self, step: Step) -> None:
        """A contest of a ward is opened."""
        self._take(self.night.add(step))

    @rule(step=declarations)
    def declare(self, step: Step) -> None:
        """A result is declared, as `enter` does it."""
        form = result_of(self.night, step)
        plain = declaring(form, lambda desk, form: desk.declare(form.contest, form))
        wanted = self.night.type(plain, dry_run=True)
        done = self.night.type(declaring(form, self.enter))
        with self._telling():
            assert meant(done) == meant(wanted), f"what was entered: {form!r}"
        self._take(done)

    @rule(step=corrections)
    def correct(self, step: Step) -> None:
        """A result is corrected."""
        self._take(self.night.add(step))

    @rule(step=withdrawals)
    def withdraw(self, step: Step) -> None:
        """An entry is withdrawn."""
        self._take(self.night.add(step))

    @rule(step=lots)
    def draw_lot(self, step: Step) -> None:
        """A tie is decided by lot."""
        self._take(self.night.add(step))

    @rule(step=befallings)
    def befall(self, step: Step) -> None:
        """Something befalls a seat or a contest besides a result."""
        self._take(self.night.add(step))

    @rule(step=reviews)
    def review(self, step: Step) -> None:
        """A council's wards change."""
        self._take(self.night.add(step))

    @rule(step=aliases)
    def alias(self, step: Step) -> None:
        """Somebody or something gets another name."""
        self._take(self.night.add(step))

    @precondition(lambda self: self.reopens)
    @rule()
    def reopen(self) -> None:
        """The ledger is closed, and opened again."""
        self.ledger.close()
        self.night.book, self._compared = self.open_ledger(), -1

    @rule(data=st.data())
    def ask(self, data: st.DataObject) -> None:
        """Every answer is compared at some viewpoint."""
        self._compare(data.draw(self.asked()))

    # --- what must hold after each step ---------------------------------------------------

    @invariant()
    def holds(self) -> None:
        """The ledger has what it acknowledged, and every answer is the model's, of now."""
        self._keeps()
        if self._compared != len(self.told):  # a refusal changes nothing
            self._compare(NOW)
            self._compared = len(self.told)

    def _keeps(self) -> None:
        """The ledger has every entry it acknowledged, byte for byte, and no other."""
        with self._telling():
            found = [(entry.number, entry.digest, entry.event) for entry in self.ledger.entries()]
            kept = [(entry.number, entry.digest, entry.event) for entry in self.told]
            differ = [n for n, (one, two) in enumerate(zip(found, kept, strict=False), 1)
                      if one != two]  # fmt: skip
            assert not differ, f"entry {differ[0]} is not what was acknowledged"
            assert len(found) == len(kept), (
                f"{len(kept)} entries were acknowledged, {len(found)} are there"
            )

    def _compare(self, viewpoint: Viewpoint) -> None:
        with self._telling():
            for form in self.night.plan.councils:
                assert form.council is not None
                if model.holders(self.told, viewpoint, form.council) is not None:
                    self.compare(form.council, viewpoint)

    def _same(self, name: str, council: str, viewpoint: Viewpoint, wanted: Any) -> None:
        found = getattr(self, name)(council, viewpoint)
        assert found == wanted, f"{name} of {council} at {viewpoint}: {found}, not {wanted}"

    def _take(self, done: Receipt | LedgerError) -> None:
        """A refusal is as good as an answer; a failure of the store is none."""
        if isinstance(done, Damaged | StoreFailed | StoreUnavailable):
            raise done
        if isinstance(done, Receipt):
            self.told += done.entries

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except AssertionError as error:
            error.add_note(story(self.told))
            raise
