"""`seats`: who holds how many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.naming import council_argument
from cli.options import ledger_option, open_ledger, output_options, viewpoint_options
from cli.output import hemicycle, party, put_csv, put_json, safe, signed, styled, table
from ledger.parties import UNKNOWN

if TYPE_CHECKING:
    from ledger.events import Viewpoint
    from projections.tally import Control, Tally


@click.command("seats")
@council_argument
@viewpoint_options
@output_options
@ledger_option
def command(
    council: str | None,
    seen: Viewpoint,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Show who holds how many seats, the change, the control, and what is to come.

    Seats are the composition: a seat keeps its old holder until its contest is declared.
    "Won" counts only the seats of contests declared so far.

    \b
    Examples:
      seatledger seats
      seatledger seats --at 02:15          as it was in the hall
      seatledger seats --known-at 02:15    with what was recorded by then
      seatledger seats --as-of 02:15       what the board showed
      seatledger seats --entry 30 --json   a permalink: never changes its answer
    """
    from projections.seats import as_json as shape
    from projections.seats import boards, seats

    ledger = open_ledger()
    many = council is None and len(ledger.councils()) > 1
    tallies = boards(ledger, seen) if many else [seats(ledger, council, seen)]
    if as_json:
        shapes = [shape(tally, seen) for tally in tallies]
        put_json(shapes if many else shapes[0])
    elif as_csv:
        put_csv(
            ("council", "party", "seats", "change", "won"),
            [
                (tally.council, code, tally.seats.get(code, 0), tally.change.get(code, 0),
                 tally.won.get(code, 0))
                for tally in tallies for code in _parties(tally)
            ] + [
                (tally.council, "vacant", tally.vacant, tally.vacant_change, 0)
                for tally in tallies if tally.vacant or tally.vacant_change
            ],
        )  # fmt: skip
    else:
        click.echo(_overview(tallies) if many else board(tallies[0], seen))


def _parties(tally: Tally) -> list[str]:
    everyone = {*tally.seats, *tally.base, *tally.won}
    return sorted(everyone, key=lambda code: (-tally.seats.get(code, 0), code))


def board(tally: Tally, seen: Viewpoint | None = None) -> str:
    """One council's board, of the truth and against the baseline of a viewpoint."""
    named = seen.named if seen else {}
    rows = [
        (
            party(code, name=True),
            str(tally.seats.get(code, 0)),
            signed(tally.change.get(code, 0)),
            str(tally.won.get(code, 0)) if tally.poll_date else "",
        )
        for code in _parties(tally)
    ]
    if tally.vacant or tally.vacant_change:
        rows.append(("· vacant", str(tally.vacant), signed(tally.vacant_change), ""))
    lines = [
        (
            f"{styled(safe(tally.name), bold=True)}: {tally.size} seats,"
            f" {tally.majority} for a majority"
        ),
        moment_line(tally) + _TRUTHS.get(named.get("truth", ""), ""),
        "",
        table(("Party", "Seats", "Change", "Won"), rows, right="Seats,Change,Won"),
        "",
    ]
    line = hemicycle({code: tally.seats.get(code, 0) for code in _parties(tally)},
                     tally.vacant, tally.size)  # fmt: skip
    lines += [line] if line else []
    return "\n".join([*lines, control_line(tally), progress_line(tally, named.get("baseline"))])


def moment_line(tally: Tally) -> str:
    """From where the board is seen."""
    parts = []
    if tally.at is not None:
        parts.append(f"in the hall at {tally.local(tally.at):%H:%M %Z, %-d %B %Y}")
    if tally.known_at is not None:
        parts.append(f"as known at {tally.local(tally.known_at):%H:%M %Z, %-d %B %Y}")
    parts.append(f"from {tally.entry} entries")
    return ", ".join(parts)


def control_line(tally: Tally) -> str:
    """Who controls."""
    control = tally.control
    sure = "certain" if control.certain else "not yet certain"
    if not control.known:
        unknown = tally.seats.get(UNKNOWN, 0)
        return f"Control is not known, nor who holds {unknown} of the seats"
    if control.party is None:
        return f"No overall control ({sure})"
    return f"{party(control.party, name=True)} majority of {control.over_all_others} ({sure})"


def controlled_by(control: Control) -> str:
    """The party that controls, in a word."""
    if control.party is None:
        return "NOC" if control.known else "not known"
    return party(control.party)


_TRUTHS = {
    "recorded": ", as recorded: without the orders of courts",
    "arithmetical": ", as the papers are known to add up",
}
_BASELINES = {
    "last-comparable": "change since each seat was last up",
    "notional": "change on the notional result",
}


def progress_line(tally: Tally, baseline: str | None = None) -> str:
    """What is still to come; change is against the eve of the poll, or a baseline named."""
    if tally.poll_date is None:
        return "No contest has been opened."
    return (
        f"{tally.contests_declared} of {tally.contests_total} contests declared"
        f"{_waiting(tally.contests_tied)},"
        f" {tally.seats_declared} of {tally.seats_total} seats up filled"
        f" (poll of {tally.poll_date}; {_BASELINES.get(baseline or '', 'change since its eve')})"
    )


def _waiting(tied: int) -> str:
    return f" ({tied} a tie, waiting for its lot)" if tied else ""


def _overview(tallies: list[Tally]) -> str:
    rows = []
    for tally in tallies:
        held = [code for code in _parties(tally) if tally.seats.get(code)]
        top = "  ".join(f"{party(code)} {tally.seats[code]}" for code in held[:4])
        who = controlled_by(tally.control)
        done = f"{tally.contests_declared}/{tally.contests_total}"
        rows.append((safe(tally.name), str(tally.size), top, who, done))
    return table(("Council", "Seats", "Composition", "Control", "Declared"), rows, right="Seats")
