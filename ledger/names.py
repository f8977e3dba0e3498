"""What the names typed for a council mean besides its real ones: the aliases that stand.

A real name always comes first; an alias is looked up only where a name is nobody's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ledger import parties
from ledger.events import Entry
from ledger.facts import AliasConfirmed, CouncilRegistered, WardSeats
from ledger.text import match_key
from ledger.values import Alike, Party

# What two spellings of one name share. A sheet's ward may come as the slug of its name.
KEYS: dict[Alike, Callable[[str], str]] = {
    "candidate": match_key,
    "party": parties.key,
    "ward": parties.key,
}


@dataclass(frozen=True, slots=True)
class Names:
    """A council's aliases: the entries that confirm them and are not withdrawn."""

    confirmed: tuple[Entry, ...] = ()

    def aliases(self, what: Alike) -> list[tuple[Entry, AliasConfirmed]]:
        """The aliases of candidates, of parties or of wards, each with its entry."""
        facts = [(entry, entry.fact) for entry in self.confirmed]
        return [(e, f) for e, f in facts if isinstance(f, AliasConfirmed) and f.what == what]

    def find(self, what: Alike, name: str) -> tuple[Entry, AliasConfirmed] | None:
        """The alias a name is, if it is one."""
        known = self.aliases(what)
        key = KEYS[what](name) if known else ""
        return next((one for one in known if KEYS[what](one[1].alias) == key), None)

    def meaning(self, what: Alike, name: str) -> str | None:
        """The real name an alias stands for; None where it is no alias."""
        found = self.find(what, name)
        return found[1].means if found else None

    def party(self, label: str, party_id: str | None = None) -> Party:
        """The party a label means, with the label as it was declared."""
        party = parties.resolve(label, party_id)
        listed = parties.find(label, party_id)
        means = None if listed or not self.confirmed else self.meaning("party", label)
        if means is None:
            return party
        meant = parties.resolve(means)
        return Party(label=party.label, code=meant.code, group=meant.group, id=party_id or meant.id)

    def knows_party(self, label: str, party_id: str | None = None) -> bool:
        """Whether a label is listed, or an alias of a party."""
        return bool(parties.find(label, party_id) or self.find("party", label))

    def ward(self, council: CouncilRegistered, name: str) -> WardSeats | None:
        """The ward of a slug, a name or an alias."""
        means = None if council.named(name) else self.meaning("ward", name)
        return council.named(means or name)
