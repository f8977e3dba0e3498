"""What pytest collects of a ledger: one test for each law, and for each law and council."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import LedgerError
from ledger.testing.plugin import OPTION
from ledger.testing.prefixes import Book, Broken, Council
from ledger.testing.real_laws import COUNCIL_LAWS, LEDGER_LAWS, CouncilLaw, LedgerLaw


class Ledgers:
    """The ledgers of a run; registered as a plugin where there are any."""

    def __init__(self, config: pytest.Config) -> None:
        self.books = [Book(url) for url in dict.fromkeys(config.getoption(OPTION))]

    def councils(self) -> list[Council]:
        """Every council of every ledger that can be read."""
        found = []
        for book in self.books:
            try:
                found += [Council(book, slug) for slug in book.councils()]
            except LedgerError:
                continue  # its own node tells
        return found

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """The ledgers stand beside the files of the session."""
        report = yield
        if isinstance(collector, pytest.Session) and report.passed:
            nodes = [LedgerNode.from_parent(collector, book=book) for book in self.books]
            report.result = [*(report.result or []), *nodes]
        return report

    def pytest_unconfigure(self) -> None:
        """Every ledger is closed."""
        for book in self.books:
            book.close()


class LedgerNode(pytest.Collector):
    """A ledger."""

    def __init__(self, *, book: Book, **said: Any) -> None:
        super().__init__(name=book.name, nodeid=book.name, **said)
        self.book = book

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        """The laws over the whole ledger, and its councils."""
        try:
            councils = self.book.councils()
        except LedgerError as error:
            if error.error != "damaged":
                raise self.CollectError(f"{error.message}\nRemedy: {error.remedy}") from error
            councils = []  # `readable` says where
        for law in LEDGER_LAWS:
            yield LawItem.from_parent(self, law=law, subject=self.book)
        for slug in councils:
            yield CouncilNode.from_parent(self, council=Council(self.book, slug))


class CouncilNode(pytest.Collector):
    """A council of a ledger."""

    def __init__(self, *, council: Council, **said: Any) -> None:
        super().__init__(name=council.slug, **said)
        self.council = council

    def collect(self) -> Iterable[pytest.Item]:
        """The laws over it."""
        for law in COUNCIL_LAWS:
            yield LawItem.from_parent(self, law=law, subject=self.council)


class LawItem(pytest.Item):
    """A law, asked of a ledger or of one of its councils."""

    def __init__(
        self, *, law: LedgerLaw | CouncilLaw, subject: Book | Council, **said: Any
    ) -> None:
        super().__init__(name=law.name, **said)
        self.law, self.subject = law, subject
        self.add_marker(pytest.mark.seatledger)

    def runtest(self) -> None:
        """Look at every entry. Raises what the law raises, at the first that breaks it."""
        self.law.test(self.subject)  # type: ignore[arg-type]

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The law, the prefix that breaks it and the commands that show it."""
        error = excinfo.value
        notes = [error.where] if isinstance(error, Broken) else getattr(error, "__notes__", [])
        if isinstance(error, LedgerError) and not notes:
            notes = [f"Remedy: {error.remedy}"]
        if not notes:
            return super().repr_failure(excinfo, style)
        what = str(error).splitlines()[0] if str(error) else type(error).__name__
        if not isinstance(error, AssertionError):
            what = f"{type(error).__name__}: {what}"
        return "\n".join([f"{self.law.name}: {self.law.text}", f"found    {what}", *notes])

    def reportinfo(self) -> tuple[Path, None, str]:
        """How a failure is headed: the ledger, the council, the law."""
        subject = self.subject
        whose = subject.name if isinstance(subject, Book) else f"{subject.book.name} {subject.slug}"
        return self.path, None, f"{whose} {self.name}"
