"""The workbook of `sheet-xlsx`: which of its sheets is read, and its cells as rows.

The values are read by python-calamine, an extra. It gives an error and a formula that was
never calculated as an empty cell, and makes room for every cell up to the last; so the XML of
a sheet is looked through first, and such a sheet is refused.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

from ledger.errors import ExtraMissing
from ledger.formats import sheet
from ledger.formats.reading import Batch, Options, Problems, Row, check_header, need
from ledger.formats.workbook_parts import SAVE_AGAIN, Looked, Parts, no_workbook

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

_PROTECTED = "EncryptedPackage".encode("utf-16-le")
_MOST_BYTES, _MOST_CELLS = 200_000_000, 5_000_000


def read(data: bytes, file: str, options: Options) -> Batch:
    """A result for each ward of the sheet of results. Raises FileRefused, ExtraMissing."""
    problems = Problems(file)
    _refuse_older(data, problems)
    try:
        from python_calamine import CalamineError  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ExtraMissing(package="python-calamine", extra="excel") from error
    try:
        header, rows = _table(data, file, problems)
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError) as error:
        raise no_workbook(file, error) from error
    if not rows:
        problems.add(None, None, None, "empty-file", "the sheet holds no rows")
    problems.refuse()
    return sheet.results(header, rows, file, options, problems)


def _table(data: bytes, file: str, problems: Problems) -> tuple[list[str], list[Row]]:
    """The headings and the rows, without those that are empty."""
    found = _sheet(_open(data, problems), Parts(data, file), problems)
    cells = [[_cell(value) for value in row] for row in found.to_python()]
    used = [any(row[place] for row in cells) for place in range(len(cells[0]))]
    top, left = found.start or (0, 0)
    header, *body = [[c for c, there in zip(row, used, strict=True) if there] for row in cells]
    need(header, sheet.COLUMNS, problems)
    check_header(header, top + 1, problems)
    _refuse_merged(found, left, problems)
    lines = enumerate(body, top + 2)
    return header, [
        Row(line, dict(zip(header, row, strict=True)), problems) for line, row in lines if any(row)
    ]


def _refuse_older(data: bytes, problems: Problems) -> None:
    """Raise FileRefused for a workbook with a password, or of the kind before .xlsx."""
    if _PROTECTED in data and data.startswith(sheet.OLE):
        hint = "take the password off, or save it as CSV"
        problems.add(None, None, None, "protected", "a password protects it", hint)
    elif data.startswith(sheet.OLE):
        what = "it is a workbook of an older kind (.xls)"
        problems.add(None, None, None, "other-workbook", what, SAVE_AGAIN)
    problems.refuse()


def _open(data: bytes, problems: Problems) -> CalamineWorkbook:
    """The workbook. Raises FileRefused where it is of another kind, or unpacks without end."""
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - an extra

    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        if not any(name.startswith("xl/") for name in packed.namelist()):
            what = "it is no .xlsx workbook, though packed like one (.ods is)"
            problems.add(None, None, None, "other-workbook", what, SAVE_AGAIN)
        if sum(part.file_size for part in packed.infolist()) > _MOST_BYTES:
            problems.add(None, None, None, "too-large", "unpacked it is over 200 MB", SAVE_AGAIN)
    problems.refuse()
    return CalamineWorkbook.from_filelike(io.BytesIO(data))


def _sheet(book: CalamineWorkbook, parts: Parts, problems: Problems) -> CalamineSheet:
    """The one visible sheet with the headings of results; where none has them, the only one
    that holds anything. Raises FileRefused."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum  # noqa: PLC0415 - an extra

    seen = [
        meta.name
        for meta in book.sheets_metadata
        if meta.visible == SheetVisibleEnum.Visible and meta.typ == SheetTypeEnum.WorkSheet
    ]
    looked = {name: parts.look(name) for name in seen}
    for name, one in looked.items():
        if one.size > _MOST_CELLS:
            what = f"the sheet {name!r} has a cell as far away as {one.last}"
            hint = "delete the cells beyond the results"
            problems.add(one.rows, None, None, "too-large", what, hint)
    problems.refuse()
    full = [one for one in map(book.get_sheet_by_name, seen) if one.height]
    of_results = [one for one in full if sheet.holds_results([_cell(c) for c in _first(one)])]
    found = of_results or full
    if len(found) != 1:
        names = ", ".join(repr(one.name) for one in found) or "none that is visible and not empty"
        kind = "hold results" if of_results else "might hold results"
        hint = f"{', '.join(sheet.COLUMNS)} in the first row of one; save that one on its own"
        problems.add(None, None, None, "which-sheet", f"the sheets that {kind}: {names}", hint)
        problems.refuse()
    _refuse_empty(found[0], looked[found[0].name], problems)
    return found[0]


def _first(one: CalamineSheet) -> list[Any]:
    return one.to_python(nrows=1)[0]


def _refuse_empty(found: CalamineSheet, looked: Looked, problems: Problems) -> None:
    """Cells that only look empty: missing figures must not pass as figures not given."""
    header, left = [_cell(value) for value in _first(found)], (found.start or (0, 0))[1]
    for row, column, text in looked.empty:
        name = header[column - left] if 0 <= column - left < len(header) else ""
        what = "the cell holds an error" if text else "its formula was never calculated"
        hint = "mend it, or type the value" if text else "open and save the file, or type the value"
        problems.add(row + 1, name or None, text or None, "no-value", what, hint)


def _refuse_merged(found: CalamineSheet, left: int, problems: Problems) -> None:
    """Only the first of merged cells has a value, and nothing says whose it is."""
    for (row, column), (last, _) in found.merged_cell_ranges or ():
        if left <= column < left + found.width:
            what = f"rows {row + 1} to {last + 1} have merged cells"
            hint = "unmerge them and fill in every row"
            problems.add(row + 1, None, None, "merged-cells", what, hint)


def _cell(value: Any) -> str:
    """A cell as text: whole numbers lose the `.0` a workbook gives every number."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
