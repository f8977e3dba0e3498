"""Strict XML: bytes to text as they declare it, and text to a plain tree with its lines.

Read with the expat of the standard library, from memory and in one go. A document type (and
with it every entity of a file's own), more nesting than any format has, and an encoding that
is not the one declared are refused; nothing outside the file is ever looked up.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from ledger.errors import FileRefused, Problem
from ledger.formats.reading import Problems
from ledger.text import nearest

DEEPEST, MOST = 16, 100_000  # a large council's election has some thousands of elements
_MARKS = {  # a byte-order mark, the encoding it is of, and the codec of what follows it
    codecs.BOM_UTF8: ("utf-8", "utf-8"),
    codecs.BOM_UTF16_LE: ("utf-16", "utf-16-le"),
    codecs.BOM_UTF16_BE: ("utf-16", "utf-16-be"),
}
_CODECS = {
    "utf-8": "utf-8",
    "us-ascii": "ascii",
    "iso-8859-1": "latin-1",
    "windows-1252": "cp1252",
}
_DECLARED = re.compile(
    r"""\s*<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z][\w.-]{,40})["']""", re.ASCII
)
_HEAD = 400  # characters in which a declaration stands


@dataclass(slots=True)
class Element:
    """An element: its name, the line it begins in, its attributes, what stands in it."""

    name: str
    line: int
    given: dict[str, str] = field(default_factory=dict)
    parts: list[Element] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its own text, without that of its parts."""
        return "".join(self.pieces).strip()

    def part(self, name: str) -> Element | None:
        """Its first part of this name."""
        return next((part for part in self.parts if part.name == name), None)


def is_xml(data: bytes) -> bool:
    """Whether bytes begin as XML does, whatever they are encoded in."""
    return _head(data).lstrip().startswith("<")


def decode_xml(data: bytes, file: str) -> str:
    """The text, without a byte-order mark. Raises FileRefused where the bytes are not in the
    encoding that the mark or the declaration names."""
    mark, marked, codec = _mark(data)
    found = _DECLARED.match(_head(data))
    declared = found[1].lower() if found else marked or "utf-8"
    body = data[len(mark) :]
    if marked and declared != marked:
        what = f"but begins with a byte-order mark of {marked}"
        _refuse(file, 1, f"it is declared to be in {declared}, {what}")
    if not marked and declared not in _CODECS:
        what = "but has no byte-order mark" if declared == "utf-16" else "which is not read here"
        _refuse(file, 1, f"it is declared to be in {declared}, {what}")
    codec = codec or _CODECS[declared]
    if codec in ("latin-1", "cp1252") and _is_utf_8(body):
        _refuse(file, 1, f"it is declared to be in {declared}, but its bytes are UTF-8")
    try:
        return body.decode(codec)
    except UnicodeDecodeError as error:
        line = body[: error.start].decode(codec, "replace").count("\n") + 1
        _refuse(file, line, f"byte 0x{body[error.start]:02X} is not {declared}")


def _mark(data: bytes) -> tuple[bytes, str, str]:
    """The byte-order mark, its encoding and its codec; empty where there is none."""
    found = next((mark for mark in _MARKS if data.startswith(mark)), b"")
    return (found, *_MARKS.get(found, ("", "")))


def _head(data: bytes) -> str:
    mark, _, codec = _mark(data)
    return data[len(mark) : len(mark) + 2 * _HEAD].decode(codec or "latin-1", "replace")


def _is_utf_8(body: bytes) -> bool:
    """Whether it holds letters beyond ASCII that can only be meant as UTF-8."""
    try:
        return not body.isascii() and bool(body.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _refuse(file: str, line: int, what: str) -> NoReturn:
    hint = "save the file as it was sent, or as UTF-8 with that declared"
    raise FileRefused(file, [Problem(file, line, None, None, "encoding", what, hint)])


class _Stop(Exception):
    """What no format has, found while reading."""


class _Builder:
    """The tree as it is read."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.top = Element("", 1)
        self.open = [self.top]
        self.count = 0

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if len(self.open) > DEEPEST or self.count > MOST:
            raise _Stop("its elements are nested too deep, or far too many")
        element = Element(name, self.parser.CurrentLineNumber, attributes)
        self.open[-1].parts.append(element)
        self.open.append(element)

    def _end(self, _name: str) -> None:
        self.open.pop()

    def _text(self, text: str) -> None:
        self.open[-1].pieces.append(text)

    @staticmethod
    def _doctype(*_declaration: object) -> None:
        raise _Stop("it has a document type, which could define entities")


def parse(text: str, file: str) -> Element:
    """The root element. Raises FileRefused with the line where the text is not plain XML."""
    builder = _Builder()
    try:
        # Text that is decoded already overrides the encoding declared in it.
        builder.parser.Parse(text, True)  # noqa: FBT003 - expat takes it by place
        return builder.top.parts[0]
    except _Stop as stop:
        line, what = builder.parser.CurrentLineNumber, str(stop)
    except expat.ExpatError as error:
        line, what = error.lineno, f"not XML: {expat.ErrorString(error.code)}"
    raise FileRefused(file, [Problem(file, line, None, None, "strict-xml", what)])


def check_shape(element: Element, shape: Mapping[str, str], problems: Problems) -> None:
    """Elements that are not in `shape` (by element, the names of its parts; a `part*` may
    come more than once), that come twice, or that have text between their parts."""
    names, seen = shape.get(element.name, "").split(), set()
    known = [name.rstrip("*") for name in names]
    if known and element.text:
        what = "there is text between its elements"
        problems.add(element.line, element.name, element.text, "stray-text", what)
    for part in element.parts:
        if part.name not in known:
            near = nearest(part.name[:80], known)
            hint = f"did you mean {near!r}?" if near else None
            what = f"there is no such element in <{element.name}>"
            problems.add(
                part.line, ascii(part.name[:80])[1:-1], None, "unknown-element", what, hint
            )
            continue
        if part.name in seen and f"{part.name}*" not in names:
            what = f"<{element.name}> has it twice"
            problems.add(part.line, part.name, part.text or None, "element-twice", what)
        seen.add(part.name)
        check_shape(part, shape, problems)
