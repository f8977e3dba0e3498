"""What is said of a contest besides its result: announced again, unopposed, called off, a court's
order, a discrepancy known but standing in law, whose its seats notionally are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ledger.domain.figures import as_corrected, figures_of, refuse_twice, whole_list
from ledger.domain.roll import Roll
from ledger.errors import (
    AlreadyDeclared,
    ContestOff,
    NotDeclared,
    NotionalSeats,
    NotUnopposed,
    PartyMissing,
    SeatsDiffer,
)
from ledger.facts import (
    ContestCountermanded,
    DiscrepancyNoted,
    ElectedUnopposed,
    Nominee,
    NotionalStated,
    ResultOverturned,
    ResultRedeclared,
)
from ledger.forms import ResultForm, made, split_party
from ledger.names import Names
from ledger.values import CallingOff
from ledger.ward import Contest


def refuse_settled(contest: Contest) -> None:
    """Raise ContestOff or AlreadyDeclared where no first result can come any more."""
    off, name = contest.called_off, contest.fact.contest
    if off:
        assert isinstance(off.fact, ContestCountermanded)
        raise ContestOff(contest=name, how=off.fact.how, entry=off.entry.number)
    unopposed = contest.said(ElectedUnopposed)
    settled = contest.standing or (unopposed[-1].entry if unopposed else None)
    if settled is not None:
        raise AlreadyDeclared(contest=name, entry=settled.number)


def redeclare(contest: Contest, form: ResultForm, names: Names, why: str) -> ResultRedeclared:
    """What was announced again. Raises NotDeclared."""
    before = contest.result()
    if before is None:
        raise NotDeclared(contest=contest.fact.contest)
    known = as_corrected(contest.fact, before)
    candidates = whole_list(known, form, names)
    return made(ResultRedeclared, **figures_of(known, candidates, form, None, names), why=why)


def unopposed(contest: Contest, people: Sequence[str], names: Names) -> ElectedUnopposed:
    """Those nominated, or named, elected without a poll. Raises NotUnopposed."""
    refuse_settled(contest)
    fact = contest.fact
    elected = _people(contest, people, names) if people else fact.candidates
    seats = len(fact.seats)
    if not 1 <= len(elected) <= seats or (people and len(fact.candidates) > seats):
        nominated = len(fact.candidates) or len(elected)
        raise NotUnopposed(contest=fact.contest, nominated=nominated, seats=seats)
    return made(ElectedUnopposed, contest=fact.contest, elected=elected)


def call_off(contest: Contest, how: CallingOff, why: str) -> ContestCountermanded:
    """The poll is not held, or not finished. Raises AlreadyDeclared, ContestOff."""
    refuse_settled(contest)
    return made(ContestCountermanded, contest=contest.fact.contest, how=how, why=why)


def overturn(contest: Contest, court: str, people: Sequence[str], names: Names) -> ResultOverturned:
    """Whom a court seats: all of the contest's, or nobody. Raises NotDeclared, SeatsDiffer."""
    fact = contest.fact
    if contest.standing is None and not contest.said(ElectedUnopposed):
        raise NotDeclared(contest=fact.contest)
    elected = _people(contest, people, names)
    if elected and len(elected) != len(fact.seats):
        raise SeatsDiffer(contest=fact.contest, elected=len(elected), seats=len(fact.seats))
    return made(ResultOverturned, contest=fact.contest, court=court, elected=elected)


def note(contest: Contest, what: str, votes: Mapping[str, int], names: Names) -> DiscrepancyNoted:
    """What is known to be wrong with figures that stand. Raises NotDeclared."""
    result = contest.result()
    if result is None:
        raise NotDeclared(contest=contest.fact.contest)
    roll = Roll(contest.fact.contest, result.candidates, names)
    counted = {roll.find(name): number for name, number in votes.items()}
    return made(DiscrepancyNoted, contest=contest.fact.contest, what=what, votes=counted)


def state_notional(contest: Contest, seats: Mapping[str, int], names: Names) -> NotionalStated:
    """Whose the contest's seats notionally are, given how many by party. Raises NotionalSeats."""
    name, up, stated = contest.fact.contest, len(contest.fact.seats), sum(seats.values())
    if stated != up:
        raise NotionalSeats(contest=name, stated=stated, seats=up)
    parties = tuple(names.party(party) for party, number in seats.items() for _ in range(number))
    return made(NotionalStated, contest=name, parties=parties)


def _people(contest: Contest, given: Collection[str], names: Names) -> tuple[Nominee, ...]:
    """The candidates named; `Name (Party)` where the contest knows none of them."""
    result, contest_id = contest.result(), contest.fact.contest
    known = {c.name: c for c in (result.candidates if result else contest.fact.candidates)}
    roll = Roll(contest_id, known.values(), names)
    people = []
    for text in given:
        bare, party = (text, None) if roll.called(text) else split_party(text)
        if roll:
            found = known[roll.find(bare)]
            people.append(Nominee(name=found.name, party=found.party, id=found.id))
        elif party is None:
            raise PartyMissing(name=text, contest=contest_id)
        else:
            bare = names.meaning("candidate", bare) or bare
            people.append(made(Nominee, name=bare, party=names.party(party)))
    refuse_twice([person.name for person in people], contest_id)
    return tuple(people)
