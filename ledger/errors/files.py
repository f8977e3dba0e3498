"""Problems in files, told all at once."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from ledger.errors.base import Refused


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file: data, not an exception, so all are told at once."""

    file: str
    line: int | None
    field: str | None
    value: str | None
    rule: str
    message: str
    suggestion: str | None = None

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        what = f" {self.field}" if self.field else ""
        shown = self.value is not None and self.value not in self.message
        value = f"{self.value}: " if shown else ""
        hint = f" ({self.suggestion})" if self.suggestion else ""
        return f"{where}:{what} [{self.rule}] {value}{self.message}{hint}"


class FileRefused(Refused):
    """{file} was not taken; nothing was recorded. {count} problem(s):
    Remedy: mend every line named and load the file again."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        super().__init__(file=file, count=len(problems), problems=[asdict(p) for p in problems])
        self.problems = problems


class LogRefused(FileRefused):
    """{file} is not a whole log; nothing was recorded. {count} problem(s):
    Remedy: export it again from the ledger it was made of; a log is not mended by hand."""
