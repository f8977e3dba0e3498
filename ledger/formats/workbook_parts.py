"""The XML of a workbook's sheets, looked through for cells that only look empty: errors, and
formulas that were never calculated. How far the cells reach is told too.

An .xlsx file is a zip of XML parts (ECMA-376): `xl/workbook.xml` names the sheets, the
relations beside it their parts, and a sheet has `<c r="D2" t="e"><f>…</f><v>#REF!</v></c>`.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from xml.parsers import expat

from ledger.errors import FileRefused, Problem
from ledger.formats.strict_xml import Element, decode_xml, parse

SAVE_AGAIN = "save it as .xlsx or as CSV"
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})", re.ASCII)


@dataclass(slots=True)
class Looked:
    """What was seen of a sheet: the row and column (from 0) and the text of each cell that only
    looks empty, the last row and column with a cell, and that cell's place."""

    empty: list[tuple[int, int, str]] = field(default_factory=list)
    rows: int = 0
    columns: int = 0
    last: str = ""

    @property
    def size(self) -> int:
        """How many cells there are up to the last."""
        return self.rows * self.columns


class Parts:
    """The parts of a workbook."""

    def __init__(self, data: bytes, file: str) -> None:
        self._file = file
        with self._broken():
            self._packed = zipfile.ZipFile(io.BytesIO(data))
            names = self._packed.namelist()
            main = next(name for name in names if re.fullmatch(r"xl/workbook\d*\.xml", name))
            folder, name = posixpath.split(main)
            related = self._tree(f"{folder}/_rels/{name}.rels")
            targets = {one.given["Id"]: one.given["Target"] for one in related.parts}
            self._paths = {
                one.given["name"]: posixpath.join("/xl", targets[_related(one)])[1:]
                for sheets in self._tree(main).parts
                if _local(sheets.name) == "sheets"
                for one in sheets.parts
            }

    def look(self, sheet: str) -> Looked:
        """What a sheet has that its values do not tell. Raises FileRefused."""
        with self._broken():
            return _Look().read(self._packed.read(posixpath.normpath(self._paths[sheet])))

    def _tree(self, name: str) -> Element:
        return parse(decode_xml(self._packed.read(name), self._file), self._file)

    @contextmanager
    def _broken(self) -> Iterator[None]:
        """Whatever a broken or hostile zip does, told as a workbook that cannot be read."""
        try:
            yield
        except (StopIteration, KeyError, RuntimeError, OSError, ValueError, EOFError, zlib.error,
                zipfile.BadZipFile, expat.ExpatError) as error:  # fmt: skip
            raise no_workbook(self._file, error) from error


def no_workbook(file: str, error: Exception) -> FileRefused:
    """The refusal of a file that says it is a workbook and is not one."""
    what = f"it is no workbook: {error!r}"
    return FileRefused(file, [Problem(file, None, None, None, "other-workbook", what, SAVE_AGAIN)])


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _related(sheet: Element) -> str:
    """The `r:id` of a sheet, whatever its prefix is."""
    return next(value for name, value in sheet.given.items() if name.endswith(":id"))


class _Look:
    """One pass over the XML of a sheet."""

    def __init__(self) -> None:
        self._seen = Looked()
        self._row = self._column = 0
        self._type, self._formula, self._text = "", False, ""
        self._in_value = False

    def read(self, data: bytes) -> Looked:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = _no_doctype
        parser.Parse(data, True)  # noqa: FBT003 - expat takes it by place
        return self._seen

    def _start(self, name: str, given: dict[str, str]) -> None:
        name = name.rpartition(" ")[2]
        if name == "row":
            self._row, self._column = int(given.get("r", self._row + 1)), 0
        elif name == "c":
            self._reach(given.get("r", ""))
            self._type, self._formula, self._text = given.get("t", ""), False, ""
        elif name == "f":
            self._formula = True
        self._in_value = name == "v"

    def _characters(self, text: str) -> None:
        if self._in_value and len(self._text) < 80:  # noqa: PLR2004 - enough to show
            self._text += text

    def _end(self, name: str) -> None:
        self._in_value = False
        if name.rpartition(" ")[2] == "c":
            uncalculated = self._formula and not self._text and self._type != "str"
            if self._type == "e" or uncalculated:
                self._seen.empty.append((self._row - 1, self._column - 1, self._text))

    def _reach(self, place: str) -> None:
        """Go to a cell: where it says it is, else the next one."""
        found = _PLACE.fullmatch(place)
        self._column += 1
        if found:
            self._row, self._column = int(found[2]), 0
            for letter in found[1]:
                self._column = self._column * 26 + ord(letter) - ord("A") + 1
        seen = self._seen
        if self._row > seen.rows or self._column > seen.columns:
            seen.rows, seen.columns = max(self._row, seen.rows), max(self._column, seen.columns)
            seen.last = place


def _no_doctype(*_declaration: object) -> None:
    raise ValueError("a part has a document type")
