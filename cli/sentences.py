"""What was put right, in sentences for a newspaper's corrections column."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from cli.facts_told import code_of, councillor, counts, joined, moment, person, statement
from cli.output import figure, safe
from ledger import parties
from ledger.facts import (
    EntryWithdrawn,
    LotDrawn,
    ResultCorrected,
    ResultDeclared,
    ResultRedeclared,
)
from ledger.ids import is_by_election
from ledger.times import local
from projections.tally import ranked

if TYPE_CHECKING:
    from projections.compared import Difference
    from projections.corrections import Correction


def sentences(one: Correction, *, council: bool = False) -> str:
    """One of them, ready to print; `council` says that its name is needed."""
    ward = safe(one.ward_name or one.council.name)
    where = f"{ward} ({safe(one.council.name)})" if council and one.ward_name else ward
    at = f"At {moment(_recorded(one))} we"
    told = _of_result(one, where) if one.of_result else _of_fact(one, where)
    return " ".join([f"{at} {next(told)}", *told, *_why(one), *_seats(one)])


def _recorded(one: Correction) -> datetime:
    return local(one.entry.event.recorded_at, one.council.timezone)


def _when(one: Correction, then: datetime) -> str:
    """An earlier moment, by its hour alone where it was the same day."""
    return _hours(one, one.entry.event.recorded_at, then)[1]


def _hours(one: Correction, first: datetime, second: datetime) -> tuple[str, str]:
    """Two moments; of the same day the second by its hour alone."""
    here, there = (local(hour, one.council.timezone) for hour in (first, second))
    same = (here.date(), here.tzname()) == (there.date(), there.tzname())
    return moment(here), f"{there:%H:%M}" if same else moment(there)


# --- results --------------------------------------------------------------------------------


def _of_result(one: Correction, where: str) -> Iterator[str]:
    """What was done to a result, then what of it changed. Where nobody else was elected the
    first figure comes at once."""
    elected = _elected(one)
    details = [*_details(one)]
    if not one.results:
        yield f"{_done(one, where)}. It has no result now."
    else:
        first = elected or (details.pop(0) if details else _told(one))
        yield f"{_done(one, where)}: {first}."
    yield from (_capital(f"{text}.") for text in details)
    if one.line.effect.kind in ("figures", "rank") and one.results and one.after.winners:
        yield "Who was elected does not change."
    if one.line.effect.kind == "rank" and one.results:
        names = [safe(candidate.name) for candidate in one.results[1].ranked]
        yield f"In order of votes the candidates are {joined(names)}."


def _done(one: Correction, where: str) -> str:
    """What was done to which result."""
    result = _result(one, where)
    recorded = _when(one, one.replaced.event.recorded_at)
    match one.entry.fact, one.replaced.fact:
        case ResultRedeclared(), _:
            hours = (e.event.effective_at for e in (one.replaced, one.entry))
            then, again = _hours(one, *hours)
            return f"recorded that the {result}, declared at {then}, was announced again at {again}"
        case ResultCorrected(), ResultCorrected():
            return f"corrected again the {result}, last corrected at {recorded}"
        case ResultCorrected(), _:
            return f"corrected the {result}, recorded at {recorded}"
        case _, ResultDeclared():
            names = joined([person(candidate) for candidate in one.before.winners])
            told = f"with {names} elected" if names else "as a tie"
            return f"withdrew the {result}, recorded at {recorded} {told}"
        case _, ResultCorrected():
            return f"withdrew our correction of the {result}, made at {recorded}"
        case _, LotDrawn():
            return f"withdrew the lot that completed the {result}, recorded at {recorded}"
    return f"withdrew the second announcement of the {result}, recorded at {recorded}"


def _result(one: Correction, where: str) -> str:
    """Which result: of another night than that of the correction with its day."""
    contest = one.before.contest or one.after.contest
    assert contest is not None
    fact, now = contest.fact, _recorded(one).date()
    what = "by-election result" if is_by_election(fact.contest) else "result"
    days = (timedelta(0), timedelta(days=1))
    of = "" if now - fact.poll_date in days else f" of {_day(fact.poll_date)}"
    return f"{what}{of} for {where}"


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"


def _elected(one: Correction) -> str:
    """Who is elected now, and who no longer."""
    come, gone = ([person(candidate) for candidate in some] for some in one.elected)
    was = "were" if len(come or gone) > 1 else "was"
    if come and gone:
        return f"{joined(come)} {was} elected, not {joined(gone)}"
    if come:
        return f"{joined(come)} {was} elected; we had given a tie"
    if gone and one.results:
        return f"it was a tie, to be decided by lot; we had given {joined(gone)} as elected"
    return ""


def _details(one: Correction) -> Iterator[str]:
    """What else of a result changed, a clause each."""
    if one.line.moved_from:
        now, was = _hours(one, one.entry.event.effective_at, one.line.moved_from)
        yield f"it was declared at {now}, not at {was}"
    if not one.results:
        return
    figures = one.figures()
    for name in dict.fromkeys(f.candidate for f in figures if f.field in ("name", "party")):
        yield _known_as(one, str(name))
    for old, new in one.people:
        if old.party.id != new.party.id and old.party.label == new.party.label:
            ids = [safe(c.party.id or "none") for c in (new, old)]
            yield f"the party of {safe(new.name)} has the id {ids[0]}, not {ids[1]}"
    votes = [text for f in figures if f.field == "votes" for text in [_votes(one, f)]]
    if votes:
        yield "; ".join(votes)
    for f in figures:
        if f.field in _PAPERS:
            yield _PAPERS[f.field].format(new=_value(f.new), old=_value(f.old))


_PAPERS = {
    "rejected": "the rejected ballot papers were {new}, not {old}",
    "ballot_papers": "the ballot papers were {new}, not {old}",
    "electorate": "the electorate was {new}, not {old}",
    "lot": "drawn by lot: {new}, not {old}",
}


def _value(value: Any) -> str:
    return figure(value) if isinstance(value, int | None) else safe(value) or "nobody"


def _known_as(one: Correction, name: str) -> str:
    """The name or the party of a candidate, as it is and as it was given."""
    changed = {f.field: f for f in one.figures() if f.candidate == name}
    if "name" in changed:
        what = f"the candidate is {safe(name)}, not {safe(changed['name'].old)}"
        stood = "and "
    else:
        what, stood = "", f"{safe(name)} "
    party: Difference | None = changed.get("party")
    if party is None or party.old is None:
        return what or f"{safe(name)} was a candidate"
    label = f"{stood}stood for {safe(party.new)}, not {safe(party.old)}"
    return f"{what}, {label}" if what else label


def _votes(one: Correction, changed: Difference) -> str:
    assert one.results is not None
    everyone = [c for result in reversed(one.results) for c in result.candidates]
    whom = next(person(c) for c in everyone if c.name == changed.candidate)
    if all(c.name != changed.candidate for c in one.results[1].candidates):
        return f"{whom} was not a candidate; we had given {_value(changed.old)} votes"
    if changed.new is None:
        return f"the votes of {whom} are not known; we had given {_value(changed.old)}"
    before = "a figure we had not given" if changed.old is None else f"not {_value(changed.old)}"
    return f"{whom} had {_value(changed.new)} votes, {before}"


def _told(one: Correction) -> str:
    """What a source said it changed, where nothing changed that is kept here."""
    said = "; ".join(safe(str(change)) for change in one.line.told)
    return f"its source changed {said}" if said else "no figure changed"


# --- other facts ----------------------------------------------------------------------------


def _of_fact(one: Correction, where: str) -> Iterator[str]:
    """What had been reported, and what is right."""
    recorded, zone = _when(one, one.replaced.event.recorded_at), one.council.timezone
    was = statement(one.replaced, where, zone)
    if isinstance(one.entry.fact, EntryWithdrawn):
        yield f"withdrew our report, recorded at {recorded}, that {was}."
    else:
        now = statement(one.entry, where, zone)
        said = f"we had reported that {was}" if now != was else "other details of it were wrong"
        yield f"corrected our report on {where}, recorded at {recorded}: {now}; {said}."
    yield from _holders(one, where)


def _holders(one: Correction, where: str) -> Iterator[str]:
    """Who holds the seats it moved, and who was shown in them."""
    for before, new in one.line.effect.holders:
        if before is None:
            continue
        if new.party is None:
            yield f"A seat in {where} is vacant; we had shown {councillor(before)} in it."
        elif before.party is None:
            yield _capital(f"{councillor(new)} holds a seat in {where} we had shown as vacant.")
        elif new.holder is not None and new.holder == before.holder:
            sides = [code_of(change.group) for change in (new, before)]
            yield f"{safe(new.holder)} holds a seat in {where} for {sides[0]}, not for {sides[1]}."
        else:
            yield _capital(f"{councillor(new)} holds a seat in {where}, not {councillor(before)}.")


# --- why, and what it came to -----------------------------------------------------------------


def _why(one: Correction) -> Iterator[str]:
    fact: Any = one.entry.fact
    cause = getattr(fact, "cause", "other")
    reason = safe(getattr(fact, "why", None) or fact.reason).rstrip(".")
    if isinstance(fact, ResultRedeclared):
        yield f"Reason given: {reason}."
    elif cause == "other":
        yield f"Reason: {reason}."
    else:
        yield f"Cause: {cause}; {reason}."
    yield f"Source: {safe(one.entry.event.source).rstrip('.')}."


def _seats(one: Correction) -> Iterator[str]:
    """The composition, where it changed, and who has a majority, where that did."""
    before, after = one.before, one.after
    if not one.line.effect.seats:
        return
    vacant = one.council.size - sum(after.seats.values())
    yield f"The seats became {counts(ranked(after.seats), vacant)}."
    was, now = (one.control.party for one in (before, after))
    if was == now:
        return
    if now is None:
        yield f"No party had a majority any more; we had shown {_named(was)} with one."
    elif was is None:
        yield f"{_named(now)} had a majority; we had shown no party with one."
    else:
        yield f"{_named(now)} had the majority that we had shown for {_named(was)}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _named(code: str | None) -> str:
    return safe(parties.name(code or ""))
