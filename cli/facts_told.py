"""People, moments and facts in plain sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cli.output import safe
from ledger import parties
from ledger.parties import UNKNOWN
from ledger.times import local

if TYPE_CHECKING:
    from ledger.events import Entry
    from ledger.facts import Nominee
    from ledger.seating import Change


def joined(texts: Sequence[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    return " and ".join([", ".join(texts[:-1]), *texts[-1:]] if len(texts) > 1 else texts)


def moment(at: datetime) -> str:
    """`02:52 BST on 6 May 2016`."""
    return f"{at:%H:%M %Z} on {at:%-d %B %Y}"


def code_of(group: str | None) -> str:
    """The code a seat counts for, as it is printed."""
    return "party not known" if group in (None, UNKNOWN) else safe(str(group))


def person(one: Nominee) -> str:
    """`James Baillie (CON)`; one known by the party alone is named once."""
    if one.name in (one.party.label, parties.name(one.party.group)):
        return safe(one.name)
    return f"{safe(one.name)} ({code_of(one.party.group)})"


def councillor(change: Change) -> str:
    """Who holds a seat; of a councillor whose name is not known the party."""
    return f"{safe(change.holder or 'a councillor')} ({code_of(change.group)})"


def counts(seats: Mapping[str, int], vacant: int = 0) -> str:
    """`LAB 24, CON 20, IND 4`."""
    told = [f"{code_of(code)} {number}" for code, number in seats.items()]
    return ", ".join([*told, *([f"vacant {vacant}"] if vacant else [])])


def statement(entry: Entry, where: str, timezone: str) -> str:
    """What an entry other than a result says, as the end of "we had reported that"."""
    fact: Any = entry.about
    since = local(entry.event.effective_at, timezone)
    start = (since.hour, since.minute) == (0, 0)
    when = f"on {since:%-d %B %Y}" if start else f"at {moment(since)}"
    return _SAYS[fact.kind.partition(".")[0]](fact, where, when)


def _overturned(fact: Any, where: str, when: str) -> str:
    names = [person(one) for one in fact.elected]
    if not names:
        return f"{safe(fact.court)} declared the election in {where} void {when}"
    return f"{safe(fact.court)} seated {joined(names)} in {where} {when}"


def _noted(fact: Any, where: str, _: str) -> str:
    votes = [f"{safe(name)} {number:,}" for name, number in fact.votes.items()]
    papers = f" (by the papers {joined(votes)})" if votes else ""
    return f"the declared figures for {where} are wrong: {safe(fact.what).rstrip('.')}{papers}"


def _notional(fact: Any, where: str, _: str) -> str:
    seats = Counter(party.group for party in fact.parties)
    return f"the seats of {where} were notionally {counts(seats)}"


def _sitting(fact: Any) -> str:
    """Who takes a seat without a poll."""
    return f"{safe(fact.holder or 'a councillor')} ({code_of(fact.party.group)})"


_SAYS: dict[str, Callable[[Any, str, str], str]] = {
    "alias-confirmed": lambda fact, _, __: (
        f"{safe(fact.alias)} is another name of {safe(fact.means)}"
    ),
    "contest-opened": lambda fact, where, _: (
        f"a poll was to be held in {where} on {fact.poll_date:%-d %B %Y}"
    ),
    "seat-vacated": lambda fact, where, when: (
        f"the seat of {safe(fact.holder or 'a councillor')} in {where}"
        f" fell vacant {when} ({fact.why})"
    ),
    "seat-filled": lambda fact, where, when: (
        f"{_sitting(fact)} took a vacant seat in {where} {when}"
    ),
    "allegiance-changed": lambda fact, where, when: (
        f"{safe(fact.holder or 'a councillor')} of {where} changed party"
        f" to {safe(fact.party.label)} {when}"
    ),
    "elected-unopposed": lambda fact, where, _: (
        f"{joined([person(one) for one in fact.elected])}"
        f" {'were' if len(fact.elected) > 1 else 'was'} elected unopposed in {where}"
    ),
    "contest-countermanded": lambda fact, where, when: (
        f"the poll in {where} was {fact.how} {when} ({safe(fact.why)})"
    ),
    "result-overturned": _overturned,
    "discrepancy-noted": _noted,
    "notional-stated": _notional,
}
