"""A plan played on a ledger of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ledger import Ledger, LedgerError, Receipt, connect
from ledger.desk import Desk
from ledger.events import Entry
from ledger.facts import AliasConfirmed, ContestOpened, Result
from ledger.rules import SOFT
from ledger.testing.plan import CLOCK, SAID, Plan, Step
from ledger.testing.steps import REQUESTS, Request

MEMORY = Path("/dev/shm")  # noqa: S108 - where nights need not wait for a disk


class Clock:
    """A machine's clock that may be set back."""

    def __init__(self) -> None:
        self.now = CLOCK

    def __call__(self) -> datetime:
        """What it says now."""
        return self.now


@dataclass
class Played:
    """A ledger, and what came of each step."""

    book: Ledger
    clock: Clock
    plan: Plan
    aliased: bool = True  # names are typed under their aliases, where they have any
    done: list[Receipt | LedgerError] = field(default_factory=list)
    requests: dict[int, Request] = field(default_factory=dict)

    @property
    def log(self) -> list[Entry]:
        """Every entry, as the ledger has it now."""
        return list(self.book.entries())

    def contests(self) -> list[str]:
        """Every contest ever opened, in that order."""
        named = [getattr(entry.fact, "contest", None) for entry in self.log]
        return list(dict.fromkeys(name for name in named if name))

    def results(self) -> dict[str, Result]:
        """What was last declared or corrected of each contest and not withdrawn."""
        log = self.log
        gone = {
            getattr(entry.fact, "target", "") for entry in log if "withdrawn" in entry.fact.kind
        }
        return {
            entry.fact.contest: entry.fact
            for entry in log
            if isinstance(entry.fact, Result) and entry.event.event_id not in gone
        }

    def opened(self, contest: str) -> ContestOpened | None:
        """A contest as it was last opened."""
        facts = [entry.fact for entry in self.log]
        found = [f for f in facts if isinstance(f, ContestOpened) and f.contest == contest]
        return found[-1] if found else None

    def called(self, council: str, what: str, name: str) -> str:
        """How a name is typed: under its latest alias, if it has one."""
        log = self.log if self.aliased else []
        gone = {getattr(entry.fact, "target", "") for entry in log}
        for entry in reversed(log):
            fact = entry.fact
            if not isinstance(fact, AliasConfirmed) or entry.event.event_id in gone:
                continue
            if (entry.council, fact.what, fact.means) == (council, what, name):
                return fact.alias
        return name

    def register(self) -> Receipt | LedgerError:
        """Register every council in one write, as often as asked."""

        def request(desk: Desk) -> None:
            for number, council in enumerate(self.plan.councils):
                desk.register(council, key=f"register {number}")

        return self.type(request)

    def step(self, number: int) -> Receipt | LedgerError:
        """Type one step, under a key of its own."""
        step = self.plan.steps[number]
        self.clock.now += timedelta(seconds=step.tick)
        self.requests[number] = REQUESTS[step.what](self, step)
        return self.again(number)

    def again(self, number: int, **said: Any) -> Receipt | LedgerError:
        """Type the very same step (again)."""
        return self.type(self.requests[number], f"step {number}", **said)

    def type(
        self, request: Request, key: str | None = None, *, dry_run: bool = False, **said: str
    ) -> Receipt | LedgerError:
        """What comes of a request: what was recorded (in a dry run would be), or why nothing
        was."""
        desk = self.book.desk(**(SAID | said), key=key, accept=tuple(SOFT))
        try:
            request(desk)
            return desk.commit(dry_run=dry_run)
        except LedgerError as refused:
            return refused

    def add(self, step: Step) -> Receipt | LedgerError:
        """Type one step more than was planned."""
        self.plan = replace(self.plan, steps=(*self.plan.steps, step))
        self.done.append(self.step(len(self.plan.steps) - 1))
        return self.done[-1]

    def all(self) -> Played:
        """Type everything that was planned."""
        self.register()
        self.done = [self.step(number) for number in range(len(self.plan.steps))]
        return self


@contextmanager
def fresh(plan: Plan, *, aliased: bool = True) -> Iterator[Played]:
    """A ledger of its own for a plan, nothing recorded yet."""
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        path = Path(folder) / "night.db"
        path.write_bytes(empty_ledger())
        clock = Clock()
        with connect(str(path), clock=clock) as book:
            yield Played(book, clock, plan, aliased)


@contextmanager
def played(plan: Plan, *, aliased: bool = True) -> Iterator[Played]:
    """A plan played to its end."""
    with fresh(plan, aliased=aliased) as night:
        yield night.all()


@cache
def empty_ledger() -> bytes:
    """The file of an empty ledger: made once, as making one takes longer than a night."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        connect(str(path), create=True).close()
        return path.read_bytes()
