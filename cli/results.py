"""A result from the options of `declare` and `correct`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ledger.forms import ResultForm

# As in ledger.events, which the listing of help should not import; a test compares them.
CAUSES = (
    "transposed rows", "rows misaligned", "digit error", "omitted batch", "duplicated batch",
    "arithmetic", "wrong person", "wrong party label", "wrong contest", "wrong time", "test data",
    "late papers", "status advanced", "source changed", "other",
)  # fmt: skip


def result_from(
    contest: str,
    *,
    votes: tuple[str, ...],
    elected: tuple[str, ...],
    lot: tuple[str, ...],
    rejected: str | None,
    ballot_papers: str | None,
    electorate: str | None,
    declared_at: str | None,
    file: str | None,
) -> ResultForm:
    """The form the options fill. Raises BadNumber, BadName, UsageError."""
    from ledger.errors import UnknownCandidate
    from ledger.forms import CandidateForm, ResultForm, split_party
    from ledger.text import clean_name, did_you_mean, match_key, whole_number

    if file is not None:
        from ledger.formats import read_result

        if votes or elected or lot:
            raise click.UsageError(
                "--from holds the whole result; leave out --votes, --elected, --lot."
            )
        form = read_result(file, contest=contest)
        return form.model_copy(update={"declared_at": declared_at or form.declared_at})
    said = {match_key(clean_name(name)): name for name in elected}
    candidates = []
    for pair in votes:
        name, equals, number = pair.rpartition("=")
        if not equals:
            raise click.UsageError(f'--votes wants "Name=1317", not {pair!r}.')
        bare, party = split_party(clean_name(name))
        mark = said.pop(match_key(bare), None) is not None if elected else None
        candidates.append(
            CandidateForm(name=bare, votes=whole_number(number), party=party, elected=mark)
        )
    if said:
        name = next(iter(said.values()))
        names = [candidate.name for candidate in candidates]
        raise UnknownCandidate(
            name=name,
            contest=contest,
            suggestion=did_you_mean(name, names),
            candidates=", ".join(names) or "those given with --votes",
        )
    return ResultForm(
        contest=contest,
        candidates=tuple(candidates),
        lot=tuple(clean_name(name) for name in lot) or None,
        rejected=None if rejected is None else whole_number(rejected),
        ballot_papers=None if ballot_papers is None else whole_number(ballot_papers),
        electorate=None if electorate is None else whole_number(electorate),
        declared_at=declared_at,
    )
