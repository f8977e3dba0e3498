"""Parties: the label as declared, the code and id of the party, the group it counts in.

The table is data in `parties.csv`; ids are the Electoral Commission's (`PP53`) or,
for joint descriptions, Democracy Club's (`joint-party:53-119`). What was resolved is
stored in the fact, so a later edit of the table never changes what history says.
"""

from __future__ import annotations

import csv
import hashlib
import unicodedata
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from ledger.text import clean_name, match_key, slugify
from ledger.values import Party

# The party of a holder of whom only that there is one is known: `?` in a file. Such a seat is
# held, not vacant; it counts for nobody, and may count for anybody.
UNKNOWN = "UNKNOWN"


class Listed(NamedTuple):
    """One row of the table."""

    code: str
    id: str
    name: str
    group: str
    colour: str
    glyph: str
    aliases: str


@cache
def listed() -> dict[str, Listed]:
    """Every listed party by code, in the order of the table."""
    text = files("ledger").joinpath("parties.csv").read_text("utf-8")
    return {row["code"]: Listed(**row) for row in csv.DictReader(text.splitlines(), strict=True)}


@cache
def _names() -> dict[str, Listed]:
    names: dict[str, Listed] = {}
    for party in listed().values():
        aliases = party.aliases.split("|") if party.aliases else []
        for name in (party.code, party.id, party.name, *aliases):
            if name:
                names.setdefault(key(name), party)
    return names


@cache
def key(label: str) -> str:
    """What labels of one party share; a different key for every other label."""
    slug = slugify(label)
    letters = (c for c in unicodedata.normalize("NFKD", label) if not unicodedata.combining(c))
    if slug and all(c.isascii() or not c.isalnum() for c in letters):
        return slug
    digest = hashlib.sha256(match_key(label).encode()).hexdigest()[:8]
    return f"{slug or 'x'}-{digest}"


@cache
def labels() -> dict[str, str]:
    """Every name, alias, code and id of a listed party, by its key: the party's common name."""
    return {known: party.name for known, party in _names().items()}


def find(label: str, party_id: str | None = None) -> Listed | None:
    """The listed party of a label and perhaps an id."""
    by_label = _names().get(key(label))
    by_id = _names().get(key(party_id)) if party_id else None
    # A label may say more than an id: "Labour and Co-operative" is often filed under Labour's.
    return by_label if by_label and (not by_id or by_label.group == by_id.group) else by_id


@cache
def resolve(label: str, party_id: str | None = None) -> Party:
    """The party a label means; `party_id` decides where both are given.

    An unlisted label gets a code of its own, made from the whole label (with a digest of it
    where A to Z and 0 to 9 do not spell it), so two different parties are never counted as
    one. Case, accents and full stops do not tell labels apart: "Con." is CON.
    """
    label = clean_name(label)
    found = find(label, party_id)
    if found is None:
        code = key(label).upper()
        return Party(label=label, code=code, group=code, id=party_id)
    return Party(label=label, code=found.code, group=found.group, id=party_id or found.id or None)


def glyph(code: str) -> str:
    """A shape of one column, so that a party is never told by colour alone."""
    return listed()[code].glyph if code in listed() else "·"


def colour(code: str) -> str:
    """The party's colour as #RRGGBB; grey where none is listed."""
    return listed()[code].colour if code in listed() else "#999999"


def name(code: str) -> str:
    """The party's common name; the code itself where none is listed."""
    return listed()[code].name if code in listed() else code
