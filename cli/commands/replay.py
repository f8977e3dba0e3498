"""`replay`: the night in order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from cli.naming import council_argument
from cli.options import ledger_option, open_ledger, output_options, viewpoint_options
from cli.output import party, put_csv, put_json, safe, seats_line, signed, styled
from cli.told import result_of

if TYPE_CHECKING:
    from ledger.events import Viewpoint
    from ledger.seating import Change
    from projections.replayed import Step


@click.command("replay")
@council_argument
@click.option("--since", "--from", "since", metavar="T", help="Begin at T, be it before the night.")
@click.option("--to", metavar="T", help="End at T (the same as --at).")
@click.option(
    "--clock", type=click.Choice(["hall", "ledger"]), default="hall",
    help="hall: as it became true. ledger: as it was recorded, corrections and all.",
)  # fmt: skip
@viewpoint_options
@output_options
@ledger_option
def command(
    council: str | None,
    since: str | None,
    to: str | None,
    clock: Any,
    seen: Viewpoint,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Tell the night in order: each result, and the seats after it.

    \b
    Examples:
      seatledger replay
      seatledger replay --from 01:00 --to 02:30
      seatledger replay --from 2015-05-01  all that befell the seats since
      seatledger replay --clock ledger     what the board showed, in the order recorded
    """
    from projections.seats import seats
    from projections.timeline import replay

    if to is not None and seen.at is not None:
        raise click.UsageError("--to and --at say the same; give one.")
    ledger = open_ledger()
    seen = replace(seen, at=to or seen.at)
    steps = replay(ledger, council, seen, since=since, clock=clock)
    if as_json:
        put_json([step.as_json() | seen.named for step in steps])
    elif as_csv:
        put_csv(_COLUMNS, [row for step in steps for row in _rows(step)])
    else:
        board = seats(ledger, council, seen)
        click.echo(f"{styled(safe(board.name), bold=True)}, poll of {board.poll_date or 'no day'}")
        told = list(steps)
        nights = len({step.poll_date for step in told})
        for step in told:
            click.echo(shown(step, dated=nights > 1))


_COLUMNS = ("at", "entry", "kind", "contest", "seat", "party", "from", "declared", "seats")


def _rows(step: Step) -> list[tuple[object, ...]]:
    board = " ".join(f"{code}={number}" for code, number in step.as_json()["seats"].items())
    moves = step.moves or (None,)
    return [
        (step.moment.isoformat(), step.entry, step.kind, step.contest,
         move and move[1].seat, move and move[1].group, _gained_from(step, move),
         step.declared, board)
        for move in moves
    ]  # fmt: skip


_LEADS = {
    "result-declared": "",
    "result-corrected": "corrected: ",
    "result-redeclared": "announced again: ",
    "lot-drawn": "by lot: ",
}


def shown(step: Step, *, dated: bool = False) -> str:
    """One step in one line, `dated` even where an hour says enough of a night."""
    told = step.as_json()
    lead = _LEADS.get(step.kind, f"{step.kind.replace('-', ' ')}: ")
    moves = []
    for before, new in step.moves:
        if new.contest is not None and new.party is not None:
            outcome = result_of(step.taken_from(before, new), new.group)
        else:
            outcome = f"(before: {party(before.group)})"
        moves.append(f"{party(new.group)} {outcome}")
    text = ", ".join(moves) or _without_moves(step)
    done = f"{step.declared:>3}/{step.total}" if step.total else " " * 5
    ward = styled(safe(step.ward), bold=bool(step.change))
    short = step.on_the_night and not dated
    when = f"{step.moment:%H:%M %Z}" if short else f"{step.moment:%Y-%m-%d %H:%M %Z}"
    return f"{when}  {done}  {lead}{ward}: {text}  →  {seats_line(told['seats'])}"


def _without_moves(step: Step) -> str:
    if step.change:
        return " ".join(f"{party(code)} {signed(number)}" for code, number in step.change.items())
    if step.kind in ("result-declared", "result-corrected"):
        return "a tie, waiting for its lot"
    return "no seat changes hands"


def _gained_from(step: Step, move: tuple[Change, Change] | None) -> str | None:
    held = step.taken_from(*move) if move else None
    return held if move and held != move[1].group else None
