"""The tables. Every row of `view_held` and `view_up` is valid for a range of entries."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, MetaData, Table, Text

metadata = MetaData()


def _number(name: str, *, key: bool = False, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, primary_key=key, autoincrement=False, nullable=nullable)


def _text(name: str, *, key: bool = False, nullable: bool = False) -> Column[str]:
    return Column(name, Text, primary_key=key, nullable=nullable)


position = Table(
    "view_position",
    metadata,
    _number("shape", key=True),
    _number("entry"),
    _text("digest"),
)

councils = Table(
    "view_councils",
    metadata,
    _number("council", key=True),  # the number of the entry that registers it
    _text("slug"),
    _text("name"),
    _text("timezone"),
    _number("size"),
    _number("from_at"),
    Index("view_councils_slug", "slug"),
)

held = Table(
    "view_held",
    metadata,
    _number("council", key=True),
    _text("seat", key=True),
    _number("from_at", key=True),
    _number("until_at"),
    _text("party", nullable=True),
    _number("from_entry", key=True),
    _number("until_entry"),
    sqlite_with_rowid=False,
)

up = Table(
    "view_up",
    metadata,
    _number("council", key=True),
    _text("poll_date", key=True),
    _text("contest", key=True),
    _text("seat", key=True),
    _number("polls_close"),
    _number("from_at", key=True),
    _number("until_at"),
    _number("declared"),
    _number("won"),
    _text("party", nullable=True),
    _text("chance", nullable=True),
    _number("from_entry", key=True),
    _number("until_entry"),
    sqlite_with_rowid=False,
)
