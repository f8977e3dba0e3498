"""The counts of a board, asked of the tables: of one council or of all, at any viewpoint."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    BigInteger,
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Connection,
    ScalarSelect,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    select,
    union_all,
)

from ledger.times import from_micros
from projections.chances import Chance, at_stake
from projections.rows import FOREVER
from projections.tables.schema import councils, held, up
from projections.tally import Tally

_ENTRY: BindParameter[int] = bindparam("entry", type_=BigInteger)
_AT: BindParameter[int] = bindparam("at", type_=BigInteger)
_SLUG: BindParameter[str] = bindparam("slug", type_=Text)


class Asked(NamedTuple):
    """The two questions a board is made of."""

    councils: Select[Any]  # the councils, each with the figures of its night
    counts: CompoundSelect[Any]  # which count, of which council, of which party, how many
    chances: Select[Any]  # of which council, what a contest can bring, how many times


def tallies(connection: Connection, entry: int, at: int | None, slug: str | None) -> list[Tally]:
    """The boards of the councils registered at the viewpoint, in the order registered."""
    asked, known = _asked(one=slug is not None), {"entry": entry, "slug": slug}
    known["at"] = FOREVER - 1 if at is None else at
    counts: dict[tuple[str, int], dict[str, int]] = defaultdict(dict)
    for what, council, party, number in connection.execute(asked.counts, known):
        counts[what, council][party] = number
    chances: dict[str, list[tuple[Chance, int]]] = defaultdict(list)
    for council, text, number in connection.execute(asked.chances, known):
        chances[council].append((Chance.from_text(text), number))
    return [
        Tally(
            council=row.slug,
            name=row.name,
            timezone=row.timezone,
            size=row.size,
            entry=entry,
            at=None if at is None else from_micros(at),
            known_at=None,
            seats=counts["seats", row.council],
            won=counts["won", row.council],
            base=counts["eve", row.council],
            poll_date=row.poll_date,
            contests_total=row.contests or 0,
            contests_declared=row.contests_declared or 0,
            contests_tied=row.contests_tied or 0,
            seats_total=row.seats or 0,
            seats_declared=row.seats_declared or 0,
            at_stake=at_stake(counts["held", row.council], chances[row.council]),
        )
        for row in connection.execute(asked.councils, known)
    ]


@cache
def _asked(*, one: bool) -> Asked:
    """The statements; `one` narrows each to the council of a slug, where an index finds it."""
    seen = [
        up.c.from_entry <= _ENTRY, up.c.until_entry > _ENTRY,
        up.c.from_at <= _AT, up.c.until_at > _AT,
    ]  # fmt: skip
    newest_first = (
        select(up.c.poll_date)
        .where(up.c.council == councils.c.council, *seen)
        .order_by(up.c.poll_date.desc())
        .limit(1)
    )
    latest = (
        select(councils.c.council, newest_first.scalar_subquery().label("poll_date"))
        .where(*_in_force(one=one))
        .cte("latest")
        .prefix_with("MATERIALIZED")
    )
    night = _night(latest, seen).cte("night").prefix_with("MATERIALIZED")
    # The eve is the moment before the first poll of the night closes.
    eve_at = func.coalesce(case((night.c.close <= _AT, night.c.close - 1)), _AT)
    in_night = and_(up.c.council == latest.c.council, up.c.poll_date == latest.c.poll_date)
    won = _counted("won", up).join(latest, in_night).where(*seen, up.c.party.is_not(None))
    seats = _counted("seats", held).where(*_at(_AT), *_narrowed(held.c.council, one=one))
    eve = (
        _counted("eve", held)
        .outerjoin(night, night.c.council == held.c.council)
        .where(*_at(eve_at), *_narrowed(held.c.council, one=one))
    )
    at_stake_held = (
        _counted("held", held)
        .select_from(up)
        .join(latest, in_night)
        .join(held, and_(held.c.council == up.c.council, held.c.seat == up.c.seat))
        .where(*seen, up.c.won == 0, *_at(_AT))
    )
    chances = (
        select(up.c.council, up.c.chance, func.count(up.c.contest.distinct()))
        .join(latest, in_night)
        .where(*seen, up.c.won == 0)
        .group_by(up.c.council, up.c.chance)
    )
    registered = (
        select(councils, *(column for column in night.c if column.name != "council"))
        .outerjoin(night, night.c.council == councils.c.council)
        .where(*_in_force(one=one))
        .order_by(_first_registered())
    )
    return Asked(registered, union_all(won, seats, eve, at_stake_held), chances)


def _night(latest: CTE, seen: list[ColumnElement[bool]]) -> Select[Any]:
    """The figures of each council's latest night: when its first poll closes, how many
    contests and seats it has, and how many of them are declared."""
    declared = case((up.c.declared == 1, up.c.contest))
    tied = case((and_(up.c.declared == 1, up.c.won == 0), up.c.contest))
    return (
        select(
            latest.c.council,
            latest.c.poll_date,
            func.min(up.c.polls_close).label("close"),
            func.count(up.c.contest.distinct()).label("contests"),
            func.count(declared.distinct()).label("contests_declared"),
            func.count(tied.distinct()).label("contests_tied"),
            func.count().label("seats"),
            func.sum(up.c.won).label("seats_declared"),
        )
        .select_from(latest)
        .join(up, and_(up.c.council == latest.c.council, up.c.poll_date == latest.c.poll_date))
        .where(*seen)
        .group_by(latest.c.council, latest.c.poll_date)
    )


def _counted(what: str, table: Table) -> Select[Any]:
    """How many rows each party has, named as one of the counts."""
    council, party = table.c.council, table.c.party
    return (
        select(literal(what).label("what"), council, party, func.count())
        .select_from(table)
        .group_by(council, party)
    )


def _at(at: ColumnElement[int]) -> list[ColumnElement[bool]]:
    """Who holds a seat at an hour."""
    return [
        held.c.from_entry <= _ENTRY,
        held.c.until_entry > _ENTRY,
        held.c.from_at <= at,
        held.c.until_at > at,
        held.c.party.is_not(None),
    ]


def _in_force(*, one: bool) -> list[ColumnElement[bool]]:
    """The registers in force: of each council the latest that has begun."""
    later = councils.alias("later")
    followed = exists().where(
        later.c.slug == councils.c.slug,
        later.c.council <= _ENTRY,
        later.c.from_at <= _AT,
        later.c.from_at > councils.c.from_at,
    )
    asked = [councils.c.slug == _SLUG] if one else []
    return [*asked, councils.c.council <= _ENTRY, councils.c.from_at <= _AT, ~followed]


def _first_registered() -> ScalarSelect[Any]:
    first = councils.alias("first")
    return (
        select(func.min(first.c.council)).where(first.c.slug == councils.c.slug).scalar_subquery()
    )


def _narrowed(column: ColumnElement[int], *, one: bool) -> list[ColumnElement[bool]]:
    if not one:
        return []
    council = select(councils.c.council).where(*_in_force(one=True)).scalar_subquery()
    return [column == council]
