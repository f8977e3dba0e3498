"""What the fields of a record of changes mean, in the House of Commons Library's words."""

from __future__ import annotations

import re
from typing import NamedTuple

BLANK = "Blank"  # no value
FIELDS = ("Electorate", "Invalid votes", "<party> votes", "Surname (<party> candidate)",
          "EC ID (<party> candidate)", "Party name")  # fmt: skip


class What(NamedTuple):
    """What a field's name means: a figure of the contest, or of the candidate of a party."""

    name: str
    party: str | None = None

    @property
    def counted(self) -> bool:
        """Whether it is a number."""
        return self.name in ("electorate", "rejected", "votes")


_FIELDS = (
    ("electorate", re.compile(r"Electorate")),
    ("rejected", re.compile(r"Invalid votes")),
    ("votes", re.compile(r"(?!Valid )(.+) votes")),
    ("surname", re.compile(r"Surname \((.+) candidate\)")),
    ("party id", re.compile(r"EC ID \((.+) candidate\)")),
    ("party name", re.compile(r"Party name")),
)


def meaning(field: str) -> What | None:
    """What a field's name means; None for a name not known."""
    for name, pattern in _FIELDS:
        found = pattern.fullmatch(field)
        if found:
            return What(name, *found.groups())
    return None
