"""The law of proof: whatever is altered behind the ledger's back is found."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from hypothesis import strategies as st

from ledger.proof import checkpoint, notes
from ledger.proof.checkpoint import Signed
from ledger.proof.tree import Frontier, leaf_hash
from ledger.testing.plan import Plan
from ledger.testing.playing import Played, played
from projections.verify import verify

Row = tuple[int, str, int, str, bytes]  # number, stream, place, kind, state
READ = "SELECT rowid, originator_id, originator_version, topic, state FROM stored_events ORDER BY 1"
WRITE = (
    "INSERT INTO stored_events (rowid, originator_id, originator_version, topic, state)"
    " VALUES (?, ?, ?, ?, ?)"
)


def signed(night: Played) -> Signed:
    """A checkpoint of the night as it is."""
    tree = Frontier()
    for _, data in night.book.store.leaves():
        tree.append(leaf_hash(data))
    key = notes.generate("results.example/laws")
    return checkpoint.opened(checkpoint.sign(tree.size, tree.root(), key), [key.public], "kept")


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Where in a JSON value its single values stand."""
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in items:
            yield from places(inner, (*path, key))
    else:
        yield path, value


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """A JSON value with another one at a place."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


def alter(data: st.DataObject, rows: list[Row]) -> list[Row]:
    """Rows of a log as somebody with the file open might
    leave them: a value in an entry replaced by another that stands somewhere in the log, an
    entry left out, two exchanged, an entry put into another stream, one twice."""
    how = data.draw(st.sampled_from(("value", "value", "value", "gone", "swap", "stream", "tail")))
    at = data.draw(st.integers(0, len(rows) - 1))
    number, stream, place, kind, state = rows[at]
    if how == "value":
        told = json.loads(state)
        path, old = data.draw(st.sampled_from(list(places(told))))
        others = [v for row in rows for _, v in places(json.loads(row[4])) if type(v) is type(old)]
        state = json.dumps(replaced(told, path, data.draw(st.sampled_from(others)))).encode()
        return [*rows[:at], (number, stream, place, kind, state), *rows[at + 1 :]]
    if how == "gone":
        return [*rows[:at], *rows[at + 1 :]]
    if how == "tail":
        return rows[:at]
    if how == "stream":
        into = data.draw(st.sampled_from([row[1] for row in rows]))
        return [*rows[:at], (number, into, 100 + place, kind, state), *rows[at + 1 :]]
    other = data.draw(st.integers(0, len(rows) - 1))
    swapped = list(rows)
    swapped[at], swapped[other] = (number, *rows[other][1:]), (rows[other][0], *rows[at][1:])
    return swapped


def alterations_are_found(data: st.DataObject, plan: Plan) -> None:
    """Whatever is altered in the log behind the ledger's back is found by `verify` with a
    checkpoint, which never fails to answer; and of what was not altered nothing is said."""
    with played(plan) as night:
        kept = signed(night)
        assert verify(night.book, [kept]).broken == ()
        with closing(sqlite3.connect(night.book.url)) as connection, connection:
            rows: list[Row] = connection.execute(READ).fetchall()
            changed = alter(data, rows)
            connection.execute("DELETE FROM stored_events")
            connection.executemany(WRITE, changed)
        found = verify(night.book, [kept])
        assert bool(found.broken) == (changed != rows)
