"""From a file to rows: strict text, strict CSV, and problems as data.

CSV follows RFC 4180: a byte-order mark and CRLF are taken; an unclosed quote, a row
shorter or longer than the header, a header named twice and bytes that are not UTF-8
are problems, each with its line.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path

from ledger.errors import BadName, BadNumber, CannotRead, FileRefused, Problem
from ledger.forms import (
    ChangesForm,
    CouncilForm,
    NightForm,
    NotionalForm,
    ResultForm,
    UnopposedForm,
)
from ledger.text import clean_name, whole_number


@dataclass(frozen=True, slots=True)
class Options:
    """What a file does not say itself."""

    council: str | None = None
    name: str | None = None
    timezone: str | None = None
    poll_date: str | None = None
    candidates: str | None = None
    sizes: str | None = None
    left_out: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What a file holds, to be recorded in this order in one write.

    `lines` gives the line in `file` of each result (be it of an election without a poll, or
    notional), so that a refusal can name it; `opened` that of each contest of the nights, where
    they are known. With `problems` (of the results that could not be read) it is never
    recorded: they are here to be told together with what is wrong with the others.
    `as_it_stands` says that a council registered already, and a contest opened already, is used
    as it stands. `notes` say what the batch leaves out, and why.
    """

    file: str
    councils: tuple[CouncilForm, ...] = ()
    nights: tuple[NightForm, ...] = ()
    results: tuple[ResultForm | UnopposedForm | NotionalForm, ...] = ()
    lines: tuple[int | None, ...] = ()
    opened: tuple[int | None, ...] = ()
    changes: tuple[ChangesForm, ...] = ()
    problems: tuple[Problem, ...] = ()
    as_it_stands: bool = False
    notes: tuple[str, ...] = ()

    def whole(self) -> Batch:
        """Itself; or raises FileRefused with its problems."""
        if self.problems:
            raise FileRefused(self.file, list(self.problems))
        return self

    def lines_opened(self) -> Iterator[int | None]:
        """The line of each contest of the nights, in their order; None where none is known."""
        return iter(self.opened or repeat(None))

    @property
    def size(self) -> int:
        """How many facts it holds."""
        contests = sum(len(night.contests) for night in self.nights)
        return len(self.councils) + contests + len(self.results) + len(self.changes)


@dataclass(slots=True)
class Problems:
    """The problems of one file, told all at once."""

    file: str
    found: list[Problem] = field(default_factory=list)

    def add(  # noqa: PLR0913 - a problem is all of these
        self,
        line: int | None,
        name: str | None,
        value: str | None,
        rule: str,
        message: str,
        suggestion: str | None = None,
    ) -> None:
        """One more."""
        shown = None if value is None else ascii(value)[:80]
        self.found.append(Problem(self.file, line, name, shown, rule, message, suggestion))

    def refuse(self) -> None:
        """Raise FileRefused if there are any."""
        if self.found:
            raise FileRefused(self.file, self.found)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, with the line it begins in (and, where they have lines of their own,
    those of its cells); reads its cells strictly."""

    line: int
    cells: dict[str, str]
    problems: Problems
    lines: Mapping[str, int] | None = None

    def tell(self, name: str, rule: str, message: str, suggestion: str | None = None) -> None:
        """A problem of one cell."""
        line = (self.lines or {}).get(name, self.line)
        self.problems.add(line, name, self.get(name) or None, rule, message, suggestion)

    def get(self, name: str) -> str:
        """A cell's text, or nothing."""
        return self.cells.get(name, "").strip()

    def name(self, field_name: str, *, required: bool = True) -> str | None:
        """A name; None (and a problem if it is required) where there is none."""
        text = self.get(field_name)
        if not text:
            if required:
                self.tell(field_name, "missing", "it is empty")
            return None
        try:
            return clean_name(text)
        except BadName as error:
            self.tell(field_name, "bad-name", error.message)
            return None

    def number(self, field_name: str, *, required: bool = True) -> int | None:
        """A whole number; None (and a problem) where there is none or it is not one."""
        text = self.get(field_name)
        if not text or text.upper() == "NULL":
            if required:
                what = "no number is given, and missing is not zero"
                self.tell(field_name, "missing", what)
            return None
        try:
            return whole_number(text)
        except BadNumber as error:
            self.tell(field_name, "bad-number", error.message)
            return None

    def votes(self, field_name: str) -> int | None:
        """Votes as a whole number; `?` says that they are not known, an empty cell nothing."""
        return None if self.get(field_name) == "?" else self.number(field_name)

    def mark(self, field_name: str) -> bool | None:
        """Yes, no, or (where the cell is empty) not said."""
        text = self.get(field_name).casefold()
        if text in _YES or text in _NO:
            return text in _YES
        if text:
            self.tell(field_name, "bad-mark", "it is neither yes nor no")
        return None


_YES = frozenset({"1", "y", "yes", "t", "true", "elected", "1.0"})
_NO = frozenset({"0", "n", "no", "f", "false", "0.0"})


def read_bytes(path: str) -> bytes:
    """A file's bytes; standard input for `-`. Raises CannotRead."""
    try:
        return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise CannotRead(file=path, what=error.strerror or str(error)) from error


def decode(data: bytes, file: str) -> str:
    """Strict UTF-8, a byte-order mark left out. Raises FileRefused with the line."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        what = f"byte 0x{data[error.start]:02X} is not UTF-8"
        hint = "save the file as UTF-8"
        raise FileRefused(file, [Problem(file, line, None, None, "utf-8", what, hint)]) from error


def header_of(text: str) -> list[str]:
    """The names in the first row; nothing where it is no CSV."""
    try:
        return [
            name.strip() for name in next(csv.reader(io.StringIO(text, newline=""), strict=True))
        ]
    except (csv.Error, StopIteration):
        return []


def csv_rows(text: str, problems: Problems) -> list[Row]:
    """Every row of a table, or the problems of its form."""
    rows: list[Row] = []
    header: list[str] | None = None
    for line, cells in _records(text, problems):
        if header is None:
            header = [name.strip() for name in cells]
            check_header(header, line, problems)
        elif cells and len(cells) != len(header):
            rule = "short-row" if len(cells) < len(header) else "long-row"
            what = f"{len(cells)} cells under {len(header)} headings"
            problems.add(line, None, None, rule, what)
        elif cells:
            rows.append(Row(line, dict(zip(header, cells, strict=True)), problems))
    if not rows and not problems.found:
        problems.add(None, None, None, "empty-file", "it holds no rows")
    return rows


def _records(text: str, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.add(line, None, None, "strict-csv", str(error))
            return


def check_header(header: list[str], line: int, problems: Problems) -> None:
    """Every heading has a name, of its own."""
    for place, name in enumerate(header):
        if not name and any(header):
            problems.add(line, None, None, "empty-heading", f"column {place + 1} has no name")
        elif name in header[:place]:
            problems.add(line, name, None, "heading-twice", "two columns have this name")


def need(header: list[str], wanted: tuple[str, ...], problems: Problems) -> None:
    """Raise FileRefused where a column the format needs is not there."""
    from ledger.text import nearest  # noqa: PLC0415 - only to refuse

    for name in wanted:
        if name not in header:
            near = nearest(name, header)
            hint = f"did you mean the column {near!r}?" if near else None
            problems.add(1, name, None, "missing-column", "the file has no such column", hint)
    if problems.found and set(wanted) & set(header):
        check_header(header, 1, problems)
    problems.refuse()
