"""The counts of a board, asked of the tables: of one council or of all, at any viewpoint."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
)

from ledger.times import from_micros
from projections.tables.rows import FOREVER
from projections.tables.schema import councils, held, up
from projections.tally import Tally

_ENTRY: BindParameter[int] = bindparam("entry", type_=BigInteger)
_AT: BindParameter[int] = bindparam("at", type_=BigInteger)
_SLUG: BindParameter[str] = bindparam("slug", type_=Text)


class Asked(NamedTuple):
    """The five questions a board is made of."""

    councils: Select[Any]
    night: Select[Any]
    won: Select[Any]
    seats: Select[Any]
    eve: Select[Any]
    open_held: Select[Any]


def tallies(connection: Connection, entry: int, at: int | None, slug: str | None) -> list[Tally]:
    """The boards of the councils registered at the viewpoint, in the order registered."""
    asked, known = _asked(one=slug is not None), {"entry": entry, "slug": slug}
    known["at"] = FOREVER - 1 if at is None else at
    counts: dict[str, defaultdict[int, dict[str, int]]] = {}
    for name in ("won", "seats", "eve", "open_held"):
        of_council = counts[name] = defaultdict(dict)
        for council, party, number in connection.execute(getattr(asked, name), known):
            of_council[council][party] = number
    nights = {row[0]: row[1:] for row in connection.execute(asked.night, known)}
    boards = []
    for council, of_slug, name, timezone, size in connection.execute(asked.councils, known):
        day, _, contests, declared, seats, decided = nights.get(council, (None, 0, 0, 0, 0, 0))
        boards.append(
            Tally(
                council=of_slug,
                name=name,
                timezone=timezone,
                size=size,
                entry=entry,
                at=None if at is None else from_micros(at),
                known_at=None,
                seats=counts["seats"][council],
                won=counts["won"][council],
                eve=counts["eve"][council],
                poll_date=day,
                contests_total=contests,
                contests_declared=declared,
                seats_total=seats,
                seats_declared=decided,
                open_held=counts["open_held"][council],
            )
        )
    return boards


@cache
def _asked(*, one: bool) -> Asked:
    """The statements; `one` narrows each to the council of a slug, where an index finds it."""
    seen = [up.c.from_entry <= _ENTRY, up.c.until_entry > _ENTRY, up.c.opened_at <= _AT]
    latest = (
        select(up.c.council, func.max(up.c.poll_date).label("poll_date"))
        .where(*seen, *_narrowed(up.c.council, one=one))
        .group_by(up.c.council)
        .subquery("latest")
    )
    of_night = and_(up.c.council == latest.c.council, up.c.poll_date == latest.c.poll_date)
    won = up.c.won_at <= _AT

    def distinct(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count(case((condition, up.c.contest)).distinct())

    night = (
        select(
            up.c.council,
            up.c.poll_date,
            func.min(up.c.polls_close).label("close"),
            func.count(up.c.contest.distinct()),
            distinct(up.c.declared_at <= _AT),
            func.count(),
            func.count(case((won, 1))),
        )
        .join(latest, of_night)
        .where(*seen)
        .group_by(up.c.council, up.c.poll_date)
    )
    closing = night.subquery("closing")
    # The eve is the moment before the first poll of the night closes.
    eve_at = func.coalesce(case((closing.c.close <= _AT, closing.c.close - 1)), _AT)
    holders = and_(held.c.council == up.c.council, held.c.seat == up.c.seat)
    return Asked(
        councils=select(
            councils.c.council,
            councils.c.slug,
            councils.c.name,
            councils.c.timezone,
            councils.c.size,
        )
        .where(
            councils.c.council <= _ENTRY,
            councils.c.from_at <= _AT,
            *([councils.c.slug == _SLUG] if one else []),
        )
        .order_by(councils.c.council),
        night=night,
        won=select(up.c.council, up.c.party, func.count())
        .join(latest, of_night)
        .where(*seen, won)
        .group_by(up.c.council, up.c.party),
        seats=_holding(_AT, one=one),
        eve=_holding(eve_at, one=one).outerjoin(closing, closing.c.council == held.c.council),
        open_held=select(held.c.council, held.c.party, func.count())
        .select_from(up)
        .join(latest, of_night)
        .join(held, holders)
        .where(*seen, or_(up.c.won_at.is_(None), up.c.won_at > _AT), *_at(_AT))
        .group_by(held.c.council, held.c.party),
    )


def _holding(at: ColumnElement[int], *, one: bool) -> Select[Any]:
    """How many seats each party holds at an hour."""
    return (
        select(held.c.council, held.c.party, func.count())
        .select_from(held)
        .where(*_at(at), *_narrowed(held.c.council, one=one))
        .group_by(held.c.council, held.c.party)
    )


def _at(at: ColumnElement[int]) -> list[ColumnElement[bool]]:
    return [
        held.c.from_entry <= _ENTRY,
        held.c.until_entry > _ENTRY,
        held.c.from_at <= at,
        held.c.until_at > at,
        held.c.party.is_not(None),
    ]


def _narrowed(column: ColumnElement[int], *, one: bool) -> list[ColumnElement[bool]]:
    if not one:
        return []
    council = select(councils.c.council).where(councils.c.slug == _SLUG).scalar_subquery()
    return [column == council]
