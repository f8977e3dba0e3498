"""`sheet-csv` and `sheet-xlsx`: the one-row-per-candidate sheet a newsroom keeps.

Columns in any order: `ward`, `candidate`, `party`, `votes`, and where given `elected`,
`council`, `ballot_paper_id`, `electorate`, `rejected`, `source`; others are left alone. A
row's contest is its ballot paper id or, with `poll_date`, the ward's contest of that day.
A sheet with the codes of councils and wards besides is a `leap-csv`, unless named otherwise.
"""

from __future__ import annotations

import csv
import io
from typing import Any

from ledger.errors import CannotRead, ExtraMissing
from ledger.formats.grouping import group, results_of
from ledger.formats.reading import Batch, Options, Problems, Row, csv_rows, header_of, need
from ledger.text import slugify

NAME = "sheet-csv"
COLUMNS = ("ward", "candidate", "party", "votes")
FIELDS = {"name": "candidate", "party": "party", "votes": "votes"}
OPTIONAL = ("elected", "rejected", "electorate", "source")


def recognise(header: list[str], text: str) -> bool:
    """A ward, a candidate and votes in each row."""
    del text
    return {"ward", "candidate", "votes"} <= set(header)


def read(text: str, file: str, options: Options) -> Batch:
    """A result for each ward."""
    problems = Problems(file)
    header = header_of(text)
    need(header, COLUMNS, problems)
    rows = csv_rows(text, problems)
    fields = FIELDS | {name: name for name in OPTIONAL if name in header}
    contests = group(rows, lambda row: _contest(row, options))
    return results_of(contests, file, fields, problems)


def _contest(row: Row, options: Options) -> str | None:
    if row.get("ballot_paper_id"):
        return row.name("ballot_paper_id")
    ward = row.name("ward")
    if ward is None:
        return None
    council = options.council or (slugify(row.get("council")) if row.get("council") else "")
    where = f"{council}/{slugify(ward)}" if council else slugify(ward)
    return f"{where}@{options.poll_date}" if options.poll_date else where


def xlsx_text(data: bytes, file: str) -> str:
    """The first sheet of a workbook as CSV text. Raises ExtraMissing, CannotRead.

    Whole numbers lose the `.0` a workbook gives every number; nothing else is changed.
    """
    try:
        from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ExtraMissing(package="python-calamine", extra="excel") from error
    try:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    except (CalamineError, OSError, ValueError) as error:
        raise CannotRead(file=file, what=f"it is no workbook: {error}") from error
    out = io.StringIO(newline="")
    csv.writer(out).writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
