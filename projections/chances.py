"""What undecided seats can still bring: who can win how many of them; pure numbers, no log.

With `places` seats undecided and the candidates known, a party wins at most as many as it
has candidates, and at least those its rivals are too few to fill. Candidates who are tied
for the last seats are the only ones who can win them. A seat with nobody to stand for it
(no candidates are known, or there are fewer than seats) may go to anyone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple


class Chance(NamedTuple):
    """What the undecided seats of one contest can bring: `free` seats may go to anyone; of
    the others each party, by its group's code, wins from so many to so many."""

    free: int
    parties: tuple[tuple[str, int, int], ...] = ()

    @lru_cache(maxsize=4096)  # noqa: B019 - a chance is a value, and equal ones are many
    def as_text(self) -> str:
        """In a word, as the tables keep it: `0 CON:0:1 LAB:0:1`."""
        return " ".join(
            [str(self.free), *(f"{p}:{least}:{most}" for p, least, most in self.parties)]
        )

    @classmethod
    def from_text(cls, text: str) -> Chance:
        """What `as_text` wrote."""
        free, *parties = text.split(" ")
        split = (party.split(":") for party in parties)
        return cls(int(free), tuple((party, int(low), int(high)) for party, low, high in split))


@lru_cache(maxsize=4096)
def chance(places: int, groups: tuple[str, ...]) -> Chance:
    """What `places` undecided seats can bring where these candidates, told by the group each
    counts for, can win them."""
    filled = min(places, len(groups))
    standing = sorted(Counter(groups).items())
    each = [(p, max(0, filled - (len(groups) - n)), min(filled, n)) for p, n in standing]
    return Chance(places - filled, tuple(each))


@dataclass(frozen=True, slots=True)
class AtStake:
    """All undecided seats of a night together: whose they are now, how many may go to anyone,
    and how many of the others each party wins at least and at most."""

    held: Mapping[str, int] = field(default_factory=dict)
    free: int = 0
    least: Mapping[str, int] = field(default_factory=dict)
    most: Mapping[str, int] = field(default_factory=dict)

    def reach(self, party: str, seats: int) -> tuple[int, int]:
        """The fewest and the most seats a party that holds `seats` now can end with."""
        kept = seats - self.held.get(party, 0)
        return kept + self.least.get(party, 0), kept + self.most.get(party, 0) + self.free


def at_stake(held: Mapping[str, int], chances: Iterable[tuple[Chance, int]]) -> AtStake:
    """Contests taken together, each chance so many times."""
    free, least, most = 0, Counter[str](), Counter[str]()
    for one, times in chances:
        free += times * one.free
        for party, low, high in one.parties:
            least[party] += times * low
            most[party] += times * high
    return AtStake(held, free, +least, +most)
