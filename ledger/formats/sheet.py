"""`sheet-csv` and `sheet-xlsx`: the one-row-per-candidate sheet a newsroom keeps.

Columns in any order: `ward`, `candidate`, `party`, `votes`, and where given `elected`,
`council`, `ballot_paper_id`, `electorate`, `rejected`, `source`; others are left alone. A
row's contest is its ballot paper id or, with `poll_date`, the ward's contest of that day.
A sheet with the codes of councils and wards besides is a `leap-csv`, unless named otherwise.

Of a workbook (.xlsx) the one visible sheet with such headings in its first row is read; empty
rows and columns are left out. Merged cells, errors (`#REF!`) and formulas that were never
calculated are refused, and so are other workbooks (.xls, .ods) and those with a password.
"""

from __future__ import annotations

from ledger.formats.grouping import group, results_of, ward_contest
from ledger.formats.reading import Batch, Options, Problems, Row, csv_rows, header_of, need
from ledger.text import slugify

NAME = "sheet-csv"
COLUMNS = ("ward", "candidate", "party", "votes")
FIELDS = {"name": "candidate", "party": "party", "votes": "votes"}
ZIP, OLE = b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1")
OPTIONAL = ("elected", "rejected", "electorate", "source")


def is_workbook(data: bytes) -> bool:
    """Whether bytes are of a spreadsheet program, of today's kind or an older one."""
    return data.startswith((ZIP, OLE))


def recognise(header: list[str], text: str) -> bool:
    """A ward and a candidate in each row, and more than a list of candidates has."""
    del text
    return {"ward", "candidate"} <= set(header)


def holds_results(header: list[str]) -> bool:
    """Whether a sheet with these headings is the one of results."""
    return {"ward", "candidate", "votes"} <= set(header)


def read(text: str, file: str, options: Options) -> Batch:
    """A result for each ward."""
    problems = Problems(file)
    header = header_of(text)
    need(header, COLUMNS, problems)
    return results(header, csv_rows(text, problems), file, options, problems)


def results(
    header: list[str], rows: list[Row], file: str, options: Options, problems: Problems
) -> Batch:
    """A result for each ward in these rows."""
    fields = FIELDS | {name: name for name in OPTIONAL if name in header}
    contests = group(rows, lambda row: _contest(row, options))
    return results_of(contests, file, fields, problems)


def _contest(row: Row, options: Options) -> str | None:
    if row.get("ballot_paper_id"):
        return row.name("ballot_paper_id")
    ward = row.name("ward")
    if ward is None:
        return None
    council = options.council or (slugify(row.get("council")) if row.get("council") else None)
    return ward_contest(ward, council, options.poll_date)
