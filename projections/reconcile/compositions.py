"""Published compositions beside the ledger's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from ledger.formats.compositions import COLUMNS, MOMENTS, OTHER, Composition, Seats
from ledger.forms import CouncilForm
from ledger.parties import UNKNOWN, resolve
from ledger.text import match_key, slugify
from projections.night import Standing
from projections.reconcile.difference import Difference, Reconciled
from projections.tally import Tally

_TOLD = {"before": "on the eve of the poll", "elected": "elected", "after": "seats"}
_NAMED = {code for code in COLUMNS.values() if code}
VACANT = "vacant"


def composition_of(form: CouncilForm) -> Composition:
    """The composition that a register is."""
    seats = [seat for ward in form.wards for seat in ward.seats]
    counts = Counter(resolve(seat.party).group if seat.party else VACANT for seat in seats)
    names = (form.council, form.name)
    return Composition(
        form.name, names, None, len(seats), {"after": dict(counts)}, grouped=False, line=0
    )


def reconcile_compositions(
    here: Iterable[Standing], there: Iterable[Composition], *, entry: int
) -> Reconciled:
    """Each council of the file beside the ledger's of that name, and the ledger's others.

    The seats of a moment are compared where both know them: not where a figure is missing
    there, nor where the party of a seat is not known here.
    """
    found = Reconciled(entry)
    councils = {one.council.council: one for one in here}
    slugs = {match_key(one.council.name): slug for slug, one in councils.items()}
    seen = set()
    for published in there:
        keys = [key for name in published.names for key in (match_key(name), slugify(name))]
        slug = next((slugs.get(key, key) for key in keys if slugs.get(key, key) in councils), None)
        if slug is None:
            missing = Difference(
                "council-missing-here", published.council, None, "council", None,
                published.council, None,
            )  # fmt: skip
            found.add(published.council, [missing])
            continue
        seen.add(slug)
        found.add(slug, _council(councils[slug], published, found))
    for slug, one in councils.items():
        if slug not in seen:
            name, number = one.council.name, one.registered.number
            missing = Difference("council-missing-there", slug, None, "council", name, None, number)
            found.add(slug, [missing])
    return found


def _council(here: Standing, there: Composition, found: Reconciled) -> list[Difference]:
    slug, tally = here.council.council, here.tally()
    differences = []
    if there.size is not None and there.size != tally.size:
        number = here.registered.number
        differences.append(
            Difference("size-differs", slug, None, "size", tally.size, there.size, number)
        )
    last = max(change.entry for change in here.holders.values())
    for moment in MOMENTS:
        if moment not in there.seats:
            continue
        published, why = there.seats[moment], _not_comparable(tally, moment)
        if published is None or why:
            found.not_compared.append((slug, f"{_TOLD[moment]}: {why or 'not given there'}"))
            continue
        known = _known(tally, moment, grouped=there.grouped)
        differences += [
            Difference(
                "seats-differ", slug, None, f"{_TOLD[moment]} {party}",
                known.get(party, 0), published.get(party, 0), last,
            )
            for party in sorted({*known, *published})
            if known.get(party, 0) != published.get(party, 0)
        ]  # fmt: skip
    return differences


def _counts(tally: Tally, moment: str) -> Mapping[str, int]:
    return {"before": tally.base, "elected": tally.won, "after": tally.seats}[moment]


def _not_comparable(tally: Tally, moment: str) -> str:
    """Why the ledger cannot say; nothing where it can."""
    if _counts(tally, moment).get(UNKNOWN, 0):
        return "not every holder is known here"
    if moment == "elected" and tally.poll_date is None:
        return "no contest is open here"
    return ""


def _known(tally: Tally, moment: str, *, grouped: bool) -> Seats:
    """The ledger's count as the file counts: vacant seats beside the parties, or parties
    without a column of their own in one."""
    counts: Counter[str] = Counter()
    for party, number in _counts(tally, moment).items():
        counts[party if not grouped or party in _NAMED else OTHER] += number
    if not grouped and moment == "after" and tally.vacant:
        counts[VACANT] = tally.vacant
    return counts
