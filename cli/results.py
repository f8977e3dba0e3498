"""A result from the options of `declare` and `correct`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ledger.forms import CandidateCorrection, ResultForm


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
    """The form the options fill. Raises BadNumber, Refused, UsageError."""
    from ledger.forms import CandidateForm, ResultForm, made
    from ledger.text import whole_number

    figures = {
        "rejected": rejected, "ballot_papers": ballot_papers, "electorate": electorate,
    }  # fmt: skip
    if file is not None:
        from ledger.formats import read_result

        if votes or elected or lot or any(text is not None for text in figures.values()):
            raise click.UsageError(
                "--from holds the whole result; only --declared-at may stand beside it."
            )
        form = read_result(file, contest=contest)
        if declared_at is None:
            return form
        return made(ResultForm, **(dict(form) | {"declared_at": declared_at}))
    candidates = [
        made(CandidateForm, name=name, votes=number) for name, number in votes_from(votes)
    ]
    return made(
        ResultForm,
        contest=contest,
        candidates=tuple(candidates),
        elected=elected,
        lot=lot or None,
        declared_at=declared_at,
        **{name: None if text is None else whole_number(text) for name, text in figures.items()},
    )


def votes_from(pairs: tuple[str, ...]) -> list[tuple[str, int | None]]:
    """Names and votes of `--votes Name=1317`, or `Name=?` where they are not known. Raises
    BadNumber, UsageError."""
    from ledger.text import whole_number

    found = []
    for pair in pairs:
        name, equals, number = pair.rpartition("=")
        if not equals:
            raise click.UsageError(f'--votes wants "Name=1317", not {pair!r}.')
        found.append((name, None if number == "?" else whole_number(number)))
    return found


def people_from(
    rename: tuple[str, ...], party: tuple[str, ...], party_id: tuple[str, ...]
) -> list[CandidateCorrection]:
    """Who `--rename Old=New`, `--party Name=Label` and `--party-id Name=PP85` put right, each
    under the name that stands. Raises Refused, UsageError."""
    from ledger.forms import CandidateCorrection, made

    found: dict[str, dict[str, str]] = {}
    for option, field, pairs in (
        ("--rename", "name", rename),
        ("--party", "party", party),
        ("--party-id", "party_id", party_id),
    ):
        for pair in pairs:
            name, equals, value = (part.strip() for part in pair.partition("="))
            if not (name and equals and value):
                raise click.UsageError(f'{option} wants "Name=…", not {pair!r}.')
            if field in found.setdefault(name, {}):
                raise click.UsageError(f"{option} is given twice for {name!r}.")
            found[name][field] = value
    return [made(CandidateCorrection, candidate=name, **said) for name, said in found.items()]
