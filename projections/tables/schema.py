"""The tables. Every row of `view_held` and `view_up` is valid for a range of entries."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, MetaData, Table, Text

SHAPE = 1  # of the tables; another number makes them anew
metadata = MetaData()


def _key(name: str) -> Column[int]:
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


def _text_key(name: str) -> Column[str]:
    return Column(name, Text, primary_key=True)


def _number(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, Text, nullable=nullable)


position = Table(
    "view_position",
    metadata,
    _key("shape"),
    _number("entry"),
    _text("digest"),
)

councils = Table(
    "view_councils",
    metadata,
    _key("council"),  # the number of the entry that registers it
    _text("slug"),
    _text("name"),
    _text("timezone"),
    _number("size"),
    _number("from_at"),
)

held = Table(
    "view_held",
    metadata,
    _key("council"),
    _text_key("seat"),
    _key("from_at"),
    _key("from_entry"),
    _number("until_at"),
    _number("until_entry"),
    _text("party", nullable=True),
    sqlite_with_rowid=False,
)

up = Table(
    "view_up",
    metadata,
    _key("council"),
    _text_key("contest"),
    _text_key("seat"),
    _key("from_entry"),
    _number("until_entry"),
    _text("poll_date"),
    _number("polls_close"),
    _number("opened_at"),
    _number("declared_at", nullable=True),
    _number("won_at", nullable=True),
    _text("party", nullable=True),
    sqlite_with_rowid=False,
)
