"""`demo [NIGHT]`: a real night, told."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from cli.commands.replay import shown
from cli.commands.seats import board
from cli.options import ledger_option
from cli.output import seats_line, styled
from cli.told import changes_table, consequences, describe
from ledger.times import local

if TYPE_CHECKING:
    from cli.nights import Night
    from ledger import Ledger
    from projections.replayed import Step

PAUSE = 0.12  # seconds between two results
MANY = 100  # a night of more contests is told by its gains and milestones


# As in cli.nights, which the listing of help should not import; a test compares them.
NAMES = ("southampton-2016", "general-election-2019", "general-election-2024")


@click.command("demo")
@click.argument("night", required=False, default=NAMES[0], shell_complete=lambda *_: [*NAMES])
@click.option("--list", "list_nights", is_flag=True, help="List the nights that ship.")
@click.option("--keep", metavar="PATH", help="Keep the ledger in this new file.")
@click.option("--fast", is_flag=True, help="Without pauses.")
@ledger_option
def command(night: str, list_nights: bool, keep: str | None, fast: bool) -> None:
    """Tell a real night from shipped data, declaration by declaration.

    It builds a ledger, shows what the board showed (with one mistake, made for the
    demo, and its correction; of 2024, what its publisher really changed), and ends
    with the composition and what to try next.

    \b
    Examples:
      seatledger demo
      seatledger demo --keep night.db
      seatledger demo general-election-2019 --fast
    """
    from cli.nights import NIGHTS

    if list_nights:
        for one in NIGHTS.values():
            click.echo(f"{one.name:<24}{one.title}")
        return
    if night not in NIGHTS:
        from ledger.text import did_you_mean

        hint = did_you_mean(night, NIGHTS)
        raise click.UsageError(f"No night {night!r} ships; {hint}there are {', '.join(NIGHTS)}.")
    pause = 0.0 if fast or not sys.stdout.isatty() else PAUSE
    if keep is None:
        with TemporaryDirectory(prefix="seatledger-") as folder:
            _tell(NIGHTS[night], str(Path(folder) / "demo.db"), pause)
        click.echo(_next(NIGHTS[night], None))
        return
    if "://" in keep or Path(keep).exists():
        raise click.UsageError(f"--keep makes a new file; {keep} is there, or is no path.")
    _tell(NIGHTS[night], keep, pause)
    click.echo(_next(NIGHTS[night], keep))


def _tell(night: Night, url: str, pause: float) -> None:
    from ledger import connect
    from ledger.events import Viewpoint
    from projections.history import history
    from projections.seats import seats
    from projections.timeline import replay

    click.echo(styled(night.title, bold=True))
    click.echo(f"Note: {night.caution}\n")
    _record(night, url)
    with connect(url) as ledger:
        if night.slip is None:
            click.echo("What was changed after it was published, and what that moved:\n")
            click.echo(changes_table([line for line in history(ledger) if line.told]))
        else:
            steps = list(replay(ledger, night.place, clock="ledger"))
            click.echo("As the board showed it, in the order it was recorded:\n")
            for step in _worth_telling(steps):
                click.echo(shown(step))
                time.sleep(pause)
            _explain(ledger, next(step for step in steps if step.kind == "result-corrected"))
        click.echo("")
        click.echo(board(seats(ledger, night.place, Viewpoint())))


def _record(night: Night, url: str) -> None:
    from cli.nights import build

    with click.progressbar(
        length=1300 if night.place == "uk-parliament" else 34,
        label="Recording", file=sys.stderr, hidden=not sys.stderr.isatty(),
    ) as bar:  # fmt: skip
        for number in build(night, url):
            bar.update(number)


def _worth_telling(steps: list[Step]) -> Iterator[Step]:
    if len(steps) <= MANY:
        yield from steps
        return
    certain = False
    for place, step in enumerate(steps):
        newly = step.control.certain and not certain
        certain = step.control.certain
        if place < 3 or step.change or newly or step.declared % MANY == 0:  # noqa: PLR2004
            yield step


def _explain(ledger: Ledger, mend: Step) -> None:
    """The correction: what the board said, what was true, and who changed it."""
    from ledger.events import Viewpoint
    from projections.history import history
    from projections.seats import seats
    from projections.tally import ranked

    line = next(one for one in history(ledger) if one.entry.number == mend.entry)
    event = line.entry.event
    click.echo(f"\n{styled('The correction', bold=True)} (made up for the demo)")
    click.echo(f"  entry {mend.entry}: {describe(line)}")
    for text in consequences(line):
        click.echo(f"    {text}")
    click.echo(f"    reason: {getattr(line.entry.fact, 'reason', '')}; source: {event.source}")
    hour = local(event.effective_at, line.timezone)
    click.echo(f"  Who held what in the hall at {hour:%H:%M %Z}? Two answers, and both are kept:")
    for word, entry in (("before", mend.entry - 1), ("after", mend.entry)):
        tally = seats(ledger, viewpoint=Viewpoint(at=event.effective_at, entry=entry))
        counts = seats_line(ranked(tally.seats))
        click.echo(f"    --entry {entry:<5} ({word} the correction)  {counts}")


def _next(night: Night, kept: str | None) -> str:
    if kept is None:
        lines = [f"seatledger demo {night.name} --keep night.db"]
        kept = "night.db"
    else:
        lines = []
    first, second = night.moments
    lines += [
        f"seatledger seats --ledger {kept} --at {first}",
        f"seatledger seats --ledger {kept} --as-of {first}",
        f"seatledger contests --ledger {kept} --at {second}",
        f"seatledger replay --ledger {kept}",
        f"seatledger log --ledger {kept} --kind result-corrected",
        f"seatledger explain LAB --ledger {kept}",
        f"seatledger diff as-of:{first} now --ledger {kept}",
        f"seatledger check --ledger {kept}",
    ]
    return "\n" + styled("Try next:", bold=True) + "\n" + "\n".join(f"  {line}" for line in lines)
