"""`reconcile FILE`: a published composition, or results, beside the ledger."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from cli.files import file_options
from cli.options import ledger_option, open_ledger, output_options, viewpoint_options
from cli.output import put_csv, put_json, safe, styled, table

if TYPE_CHECKING:
    from ledger import Ledger
    from ledger.events import Viewpoint
    from ledger.formats import Batch
    from projections.reconcile import Difference, Reconciled
    from projections.reconcile.results import Compared


@click.command("reconcile")
@click.argument("file")
@click.option("--all", "all_", is_flag=True, help="List those that are equal, too.")
@click.option("--propose", metavar="FILE", help="Write the results that differ as results-json.")
@file_options
@viewpoint_options
@output_options
@ledger_option
def command(
    file: str,
    all_: bool,
    propose: str | None,
    read: Callable[[str], Batch],
    seen: Viewpoint,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Compare something published with the ledger: compositions, or results.

    FILE is a table of compositions (council,party,seats; or a row a council with the
    columns before_con to after_other), or any file that `load` reads. Neither side is
    taken to be right: each difference is told with both values and the entry that stands
    here. Exit code 4 if anything differs.

    \b
    Examples:
      seatledger reconcile compositions.csv
      seatledger reconcile results.json --as-of 2016-05-06T04:00 --json
      seatledger reconcile leap_2019.csv --poll-date 2019-05-02 --propose corrections.json
      seatledger correct coxford --from corrections.json --reason "as published" --source "LEAP"
    """
    from ledger.errors import Differs

    found, compared = _compare(open_ledger(), file, read, seen)
    if as_json:
        put_json(_shape(found))
    elif as_csv:
        equal = [("equal", name, *[None] * 5) for name in found.equal] if all_ else []
        put_csv(_COLUMNS, [*equal, *(tuple(one.as_json().values()) for one in found.differences)])
    else:
        click.echo(_told(found, all_=all_))
    if propose:
        _propose(propose, compared)
    if found.differences:
        raise Differs(file=file, count=len(found.differences))


_COLUMNS = ("kind", "council", "contest", "what", "here", "there", "entry")


def _compare(
    ledger: Ledger, file: str, read: Callable[[str], Batch], seen: Viewpoint
) -> tuple[Reconciled, list[Compared]]:
    """Whatever the file holds, beside what stands."""
    from ledger.errors import NothingToCompare
    from ledger.formats.compositions import holds_compositions, read_compositions
    from ledger.forms import NotionalForm
    from projections.night import standings
    from projections.reconcile import composition_of, reconcile_compositions, reconcile_results

    is_table = file != "-" and holds_compositions(file)
    compositions = read_compositions(file) if is_table else []
    batch = None if is_table else read(file).whole()
    here = list(standings(ledger, seen))
    entry = here[0].entry if here else ledger.store.total()
    said = [one for one in batch.results if not isinstance(one, NotionalForm)] if batch else []
    if said:
        return reconcile_results(here, said, entry=entry)
    if batch is not None:
        compositions = [composition_of(form) for form in batch.councils]
    if not compositions:
        raise NothingToCompare(file=file)
    return reconcile_compositions(here, compositions, entry=entry), []


def _shape(found: Reconciled) -> dict[str, Any]:
    return {
        "entry": found.entry,
        "summary": found.summary,
        "equal": found.equal,
        "differences": [one.as_json() for one in found.differences],
        "not_compared": [{"council": name, "why": why} for name, why in found.not_compared],
    }


def _told(found: Reconciled, *, all_: bool) -> str:
    heads = ("Kind", "Where", "What", "Here", "There", "Entry")
    rows: list[tuple[str, ...]] = []
    rows += [("equal", name, "", "", "", "") for name in found.equal] if all_ else []
    rows += [_row(one) for one in found.differences]
    lines = [table(heads, rows, right="Here,There,Entry"), ""] if rows else []
    reasons = sorted({why for _, why in found.not_compared}) if all_ else []
    for why in reasons:
        names = ", ".join(name for name, reason in found.not_compared if reason == why)
        lines.append(f"Not compared, {safe(why)}: {safe(names)}")
    if found.not_compared and not all_:
        lines.append(f"{len(found.not_compared)} comparisons could not be made (--all tells why).")
    counts = ", ".join(f"{number} {kind}" for kind, number in found.summary.items())
    return "\n".join([*lines, f"{styled(counts, bold=True)} (from {found.entry} entries)"])


def _row(one: Difference) -> tuple[str, ...]:
    cells = (one.kind, one.contest or one.council, one.what, one.here, one.there, one.entry)
    return tuple("" if cell is None else safe(str(cell)) for cell in cells)


def _propose(path: str, compared: list[Compared]) -> None:
    """Write what would make the ledger equal, one result a line."""
    from pathlib import Path

    from projections.reconcile import proposals

    proposed, cannot = proposals(compared)
    lines = [json.dumps(one, ensure_ascii=False) + "\n" for one in proposed]
    Path(path).write_text("".join(lines), "utf-8")
    click.echo(f"Wrote {len(lines)} proposed correction(s) to {safe(path)}.", err=True)
    for why in cannot:
        click.echo(f"not proposed: {safe(why)}", err=True)
