"""Published results beside the ledger's, contest by contest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ledger.counting import count
from ledger.facts import Candidate, Nominee
from ledger.forms import CandidateForm, ResultForm, UnopposedForm
from ledger.parties import resolve
from ledger.text import match_key, nearest
from ledger.ward import Contest, result_of
from projections.night import Seen, Standing
from projections.reconcile.difference import Difference, Kind, Reconciled, Value

FIGURES = ("electorate", "ballot_papers", "rejected")


class Point(NamedTuple):
    """One figure of a contest, here and there."""

    kind: Kind
    what: str
    here: Value
    there: Value


@dataclass(frozen=True, slots=True)
class Compared:
    """A contest of both: as the ledger sees it, as the file has it, who is who (by the name
    there), and what differs."""

    seen: Seen
    there: ResultForm | UnopposedForm
    pairs: dict[str, Nominee]
    differences: list[Difference]

    @property
    def contest(self) -> str:
        """Its ballot paper id."""
        return self.seen.contest.fact.contest


def reconcile_results(
    here: Iterable[Standing], there: Iterable[ResultForm | UnopposedForm], *, entry: int
) -> tuple[Reconciled, list[Compared]]:
    """Each result of the file beside the contest it is of; then the ledger's results of the
    same councils and nights that the file has not."""
    found, compared = Reconciled(entry), []
    places = _Places(here)
    seen: set[str] = set()
    for form in there:
        place = places.find(form.contest)
        if place is None:
            council = form.contest.partition("/")[0] if "/" in form.contest else ""
            missing = Difference(
                "contest-missing-here", council, form.contest, "result", None, _told(form), None
            )
            found.add(form.contest, [missing])
            continue
        one = _compare(place[0], place[1], form)
        compared.append(one)
        seen.add(one.contest)
        found.add(one.contest, one.differences)
    for missing in places.others(seen):
        found.add(missing.contest or "", [missing])
    return found, compared


def _told(form: ResultForm | UnopposedForm) -> str:
    return "unopposed" if isinstance(form, UnopposedForm) else _joined(_marked(form) or ())


class _Places:
    """The contests of the ledger at the viewpoint, found as a file names them."""

    def __init__(self, here: Iterable[Standing]) -> None:
        self._councils = {one.council.council: one for one in here}
        self._by_id = {
            contest.fact.contest: (one, contest)
            for one in self._councils.values()
            for contest in one.contests()
        }

    def find(self, wanted: str) -> tuple[Standing, Seen] | None:
        """The contest of a ballot paper id, or of `council/ward@day`; None where there is
        none, or several."""
        found = [self._by_id[wanted]] if wanted in self._by_id else list(self._named(wanted))
        if len(found) != 1:
            return None
        standing, contest = found[0]
        return standing, standing.see(contest)

    def _named(self, wanted: str) -> Iterator[tuple[Standing, Contest]]:
        where, _, day = wanted.partition("@")
        council, _, name = where.rpartition("/")
        for slug, one in self._councils.items():
            place = one.council.named(name) if council in ("", slug) else None
            if place is None:
                continue
            contests = [c for c in one.contests() if c.fact.ward == place.slug]
            wanted_day = day or max((str(c.fact.poll_date) for c in contests), default="")
            yield from ((one, c) for c in contests if str(c.fact.poll_date) == wanted_day)

    def others(self, seen: set[str]) -> Iterator[Difference]:
        """The results of the same councils and nights that were not seen."""
        nights: set[tuple[str, date]] = {
            (self._by_id[name][0].council.council, self._by_id[name][1].fact.poll_date)
            for name in seen
        }
        for name, (standing, contest) in self._by_id.items():
            night = (standing.council.council, contest.fact.poll_date)
            if name in seen or night not in nights:
                continue
            one = standing.see(contest)
            if one.declared:
                elected = _joined(_winners(one))
                yield Difference(
                    "contest-missing-there", night[0], name, "result", elected, None, _entry(one)
                )


def _entry(seen: Seen) -> int:
    """The entry that stands: of the result, or of what seated the winners, else of the
    opening."""
    if seen.standing is not None:
        return seen.standing.number
    return max([seen.contest.opened.number, *(new.entry for new, _ in seen.won)])


def _winners(seen: Seen) -> set[str]:
    return {new.holder or "" for new, _ in seen.winners}


def _joined(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _compare(standing: Standing, seen: Seen, there: ResultForm | UnopposedForm) -> Compared:
    pairs: dict[str, Nominee] = {}
    if not seen.declared:
        points = [Point("contest-missing-here", "result", seen.status, _told(there))]
    elif isinstance(there, UnopposedForm):
        points = [Point("elected-differ", "elected", seen.status, "unopposed")]
    else:
        here = _candidates(seen)
        pairs = _paired(here, there.candidates)
        points = [
            *_of_candidates(here, there.candidates, pairs),
            _of_elected(seen, there, pairs),
            *_of_figures(seen, there),
        ]
    council, contest, entry = standing.council.council, seen.contest.fact.contest, _entry(seen)
    differences = [
        Difference(one.kind, council, contest, one.what, one.here, one.there, entry)
        for one in points
        if one.here != one.there
    ]
    return Compared(seen, there, pairs, differences)


def _candidates(seen: Seen) -> tuple[Nominee, ...]:
    """Those of the result that stands, or who was elected without one."""
    if seen.standing is not None:
        return result_of(seen.standing).candidates
    return tuple(
        Nominee(name=new.holder, party=new.party)
        for new, _ in seen.winners
        if new.holder and new.party
    )


def _of_candidates(
    here: tuple[Nominee, ...], there: tuple[CandidateForm, ...], pairs: dict[str, Nominee]
) -> Iterator[Point]:
    for form in there:
        if form.name not in pairs:
            yield Point("candidate-missing-here", form.name, None, form.votes)
            continue
        mine = pairs[form.name]
        if match_key(mine.name) != match_key(form.name):
            yield Point("candidate-name-differs", mine.name, mine.name, form.name)
        if isinstance(mine, Candidate) and form.votes is not None:
            yield Point("votes-differ", mine.name, mine.votes, form.votes)
        if form.party and resolve(form.party, form.party_id).code != mine.party.code:
            yield Point("party-label-differs", mine.name, mine.party.label, form.party)
    named = {mine.name for mine in pairs.values()}
    for mine in here:
        if mine.name not in named:
            votes = mine.votes if isinstance(mine, Candidate) else "unopposed"
            yield Point("candidate-missing-there", mine.name, votes, None)


def _of_elected(seen: Seen, there: ResultForm, pairs: dict[str, Nominee]) -> Point:
    published = _marked(there)
    if published is None:
        by_votes = count(there.candidates, seen.contest.fact)
        published = {*by_votes.clear, *there.lots}
    names = {pairs[name].name if name in pairs else name for name in published}
    return Point("elected-differ", "elected", _joined(_winners(seen)), _joined(names))


def _marked(form: ResultForm) -> set[str] | None:
    """Who is said to be elected there, by mark or by name; None where nothing is said."""
    if form.elected or any(one.elected is not None for one in form.candidates):
        return {one.name for one in form.candidates if one.elected} | set(form.elected)
    return None


def _of_figures(seen: Seen, there: ResultForm) -> Iterator[Point]:
    if seen.standing is None:
        return
    for figure in FIGURES:
        published = getattr(there, figure)
        if published is not None:
            yield Point("figures-differ", figure, getattr(seen.standing.fact, figure), published)


def _paired(here: tuple[Nominee, ...], there: tuple[CandidateForm, ...]) -> dict[str, Nominee]:
    """Who is who, by the name there: of one id, else of one name, else of one party with the
    same votes, else of one party with much the same name."""
    pairs: dict[str, Nominee] = {}
    left = list(here)
    for alike in (_same_id, _same_name, _same_votes, _much_the_same):
        for form in there:
            mine = next((one for one in left if alike(one, form)), None)
            if form.name not in pairs and mine is not None:
                pairs[form.name] = mine
                left.remove(mine)
    return pairs


def _same_id(mine: Nominee, form: CandidateForm) -> bool:
    return form.id is not None and mine.id == form.id


def _same_name(mine: Nominee, form: CandidateForm) -> bool:
    return match_key(mine.name) == match_key(form.name)


def _same_party(mine: Nominee, form: CandidateForm) -> bool:
    return bool(form.party) and resolve(form.party or "", form.party_id).group == mine.party.group


def _same_votes(mine: Nominee, form: CandidateForm) -> bool:
    return _same_party(mine, form) and getattr(mine, "votes", None) == form.votes


def _much_the_same(mine: Nominee, form: CandidateForm) -> bool:
    return _same_party(mine, form) and nearest(form.name, [mine.name]) is not None
