"""`correct CONTEST`: replace the version that stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.naming import contest_argument
from cli.options import (
    CAUSES,
    accept_option,
    ledger_option,
    open_ledger,
    result_options,
    write_options,
)
from cli.results import people_from, result_from
from cli.told import tell_decided

if TYPE_CHECKING:
    from ledger import Receipt


@click.command("correct")
@contest_argument
@click.option("--reason", required=True, metavar="TEXT", help="Why the record was wrong.")
@click.option("--cause", type=click.Choice(CAUSES), default="other", help="The kind of mistake.")
@click.option("--replaces", type=int, metavar="ENTRY", help="The entry you mean to replace.")
@click.option("--rename", multiple=True, metavar="OLD=NEW", help="A candidate's right name.")
@click.option("--party", multiple=True, metavar="NAME=LABEL", help="A candidate's right party.")
@click.option("--party-id", multiple=True, metavar="NAME=ID", help="The id of that party (PP85).")
@result_options
@accept_option
@write_options
@ledger_option
def command(
    contest: str,
    reason: str,
    cause: Any,
    replaces: int | None,
    rename: tuple[str, ...],
    party: tuple[str, ...],
    party_id: tuple[str, ...],
    accept: tuple[str, ...],
    how: dict[str, Any],
    as_json: bool,
    **figures: Any,
) -> None:
    """Replace a result that was recorded wrongly, giving only what changes.

    The correction takes the time of the result it replaces, so the past is re-told;
    what was believed before stays visible with --known-at. With --from FILE the whole
    result is replaced. A candidate's name or party is put right under the name that
    stands (--rename, --party, --party-id), never by the order of candidates. If
    --replaces names an entry that no longer stands, the exit code is 5 and nothing is
    written.

    \b
    Examples:
      seatledger correct sholing --votes "James Baillie=1445" --votes "Daniel Jeffery=1286" \\
          --reason "figures typed the wrong way round" --cause "transposed rows" \\
          --source "declaration of result" --accept winner-changes --accept votes-swapped
      seatledger correct coxford --declared-at 02:20 --reason "clock misread" --source "video"
      seatledger correct coxford --rename "Tamy Thomas=Tammy Thomas" --reason "misspelt" \\
          --cause "wrong person" --source "statement of persons nominated" \\
          --accept winner-changes
    """
    if figures["file"] is not None and (rename or party or party_id):
        raise click.UsageError("--from holds the whole result, with names and parties.")
    form = result_from(contest, **figures)
    people = people_from(rename, party, party_id)
    ledger = open_ledger()

    def record(accept: tuple[str, ...]) -> Receipt:
        return ledger.correct(
            contest,
            form=form,
            people=people,
            reason=reason,
            cause=cause,
            replaces=replaces,
            whole=figures["file"] is not None,
            accept=accept,
            **how,
        )

    tell_decided(ledger, record, accept, dry_run=how["dry_run"], as_json=as_json)
