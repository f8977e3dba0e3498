"""Files read into forms: one file per input format, recognised by its header.

A format is a module with NAME, `recognise(header, text)` and `read(text, file, options)`;
to add one, write it and name it in `FORMATS`. Reading decides nothing about the ledger.
"""

from __future__ import annotations

from typing import Protocol

from ledger.errors import UnknownFormat
from ledger.formats import (
    candidates_csv,
    general_election_csv,
    leap_csv,
    modern_gov_xml,
    nominations_csv,
    notional_csv,
    record_of_changes,
    results_json,
    roster_csv,
    sheet,
)
from ledger.formats.reading import Batch, Options, decode, header_of, read_bytes
from ledger.formats.strict_xml import decode_xml, is_xml
from ledger.forms import CouncilForm, NightForm, ResultForm, fill, strict_json

__all__ = [
    "FORMATS",
    "Batch",
    "Options",
    "names",
    "read_council",
    "read_file",
    "read_night",
    "read_opening",
    "read_result",
]


class Format(Protocol):
    """What a format module offers."""

    NAME: str

    def recognise(self, header: list[str], text: str) -> bool:
        """Whether a file with this header, or this text, is of the format."""

    def read(self, text: str, file: str, options: Options) -> Batch:
        """What the file holds. Raises FileRefused with every problem."""


FORMATS: tuple[Format, ...] = (
    results_json, modern_gov_xml, general_election_csv, leap_csv, candidates_csv, roster_csv,
    nominations_csv, record_of_changes, sheet, notional_csv,
)  # fmt: skip
NOTHING = Options()
SHEET_XLSX = "sheet-xlsx"


def names() -> list[str]:
    """The names `--format` takes."""
    return [*(known.NAME for known in FORMATS), SHEET_XLSX]


def read_file(path: str, options: Options = NOTHING, *, format_: str | None = None) -> Batch:
    """Everything a file holds. Raises CannotRead, UnknownFormat, FileRefused, ExtraMissing."""
    data = read_bytes(path)
    if format_ == SHEET_XLSX or (format_ is None and sheet.is_workbook(data)):
        from ledger.formats import workbook  # noqa: PLC0415 - zip files only where there is one

        return workbook.read(data, path, options)
    text = decode_xml(data, path) if is_xml(data) else decode(data, path)
    header = header_of(text)
    for known in FORMATS:
        if format_ == known.NAME or (format_ is None and known.recognise(header, text)):
            return known.read(text, path, options)
    what = f"its header is {', '.join(header)[:120]!r}" if header else "it has no header"
    raise UnknownFormat(file=path, what=what, formats=", ".join(names()))


def read_council(path: str, options: Options = NOTHING) -> CouncilForm:
    """A council to register: JSON, or a roster. Raises as `read_file`."""
    text = decode(read_bytes(path), path)
    if text.lstrip().startswith("{"):
        return fill(CouncilForm, strict_json(text, path), path)
    return roster_csv.read(text, path, options).councils[0]


def read_night(path: str, options: Options = NOTHING) -> NightForm:
    """The contests of a night: JSON, or a table of candidates. Raises as `read_file`."""
    return read_opening(path, options).nights[0]


def read_opening(path: str, options: Options = NOTHING) -> Batch:
    """The contests of a night with their lines. Raises as `read_file`."""
    text = decode(read_bytes(path), path)
    if text.lstrip().startswith("{"):
        return Batch(path, nights=(fill(NightForm, strict_json(text, path), path),))
    return nominations_csv.read(text, path, options)


def read_result(path: str, *, contest: str) -> ResultForm:
    """One result as JSON; it may leave out `contest`. Raises as `read_file`."""
    data = strict_json(decode(read_bytes(path), path), path)
    if isinstance(data, dict):
        data = {"contest": contest, **data}
    return fill(ResultForm, data, path)
