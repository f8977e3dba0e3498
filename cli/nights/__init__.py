"""The real nights the demo tells, built into a ledger with a clock that follows the night.

Figures are real (sources in NOTICE). What is not: the hours of Southampton's
declarations, which nobody kept, and in every night one mistake made here so that a
correction can be shown. Both are marked wherever they are shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from ledger.times import parse_time

if TYPE_CHECKING:
    from ledger import Ledger
    from ledger.formats import Batch
    from ledger.forms import ResultForm


@dataclass(frozen=True, slots=True)
class Slip:
    """A mistake made for the show: two candidates' votes typed the wrong way round, put
    right when the paper came, `after` the declaration."""

    contest: str
    names: tuple[str, str]
    after: timedelta


@dataclass(frozen=True, slots=True)
class Night:
    """A night that ships with the program."""

    name: str
    title: str
    place: str
    caution: str
    slip: Slip
    moments: tuple[str, ...]  # viewpoints worth trying, as `--at` takes them


SOUTHAMPTON = Night(
    name="southampton-2016",
    title="Southampton City Council, 5 May 2016: Labour 25, Conservative 20, Independent 3 go in",
    place="southampton",
    caution="The hours of the declarations are illustrative (nobody kept the real ones), and"
    " the slip at Sholing is made up to show a correction. All figures are real.",
    slip=Slip(
        "local.southampton.sholing.2016-05-05",
        ("James Baillie", "Daniel Jeffery"),
        timedelta(minutes=22),
    ),
    moments=("02:40", "03:00"),
)
GENERAL_ELECTION = Night(
    name="general-election-2019",
    title="House of Commons, 12 December 2019: 650 constituencies in the order they declared",
    place="uk-parliament",
    caution="The slip at Kensington is made up to show a correction. All figures and the"
    " times of the declarations are real (as the House of Commons Library gives them).",
    slip=Slip(
        "parl.kensington.2019-12-12",
        ("Felicity Buchan", "Emma Dent Coad"),
        timedelta(minutes=20),
    ),
    moments=("2019-12-13T02:00", "2019-12-13T05:00"),
)
NIGHTS = {night.name: night for night in (SOUTHAMPTON, GENERAL_ELECTION)}


class NightClock:
    """A ledger's clock set by the night, a minute after each declaration."""

    def __init__(self, start: datetime) -> None:
        self.now = start

    def __call__(self) -> datetime:
        """The moment of recording."""
        return self.now

    def at(self, moment: datetime) -> None:
        """Set the clock; it never goes back."""
        self.now = max(self.now, moment)


def build(night: Night, url: str) -> Iterator[int]:
    """Record a night in a new ledger, an entry or a few at a time; yields how many so far."""
    from ledger import connect

    with _batch(night) as batch:
        close = parse_time(f"{batch.nights[0].poll_date}T20:00", "Europe/London")
        clock = NightClock(close)
        with connect(url, create=True, clock=clock) as ledger:
            desk = ledger.desk(by="demo")
            for council in batch.councils:
                desk.register(council)
            for opened in batch.nights:
                desk.open(opened, council=night.place)
            yield desk.commit().recorded
            yield from _declare(night, batch, ledger, clock)


def _declare(night: Night, batch: Batch, ledger: Ledger, clock: NightClock) -> Iterator[int]:
    from ledger.forms import UnopposedForm

    mends: list[tuple[datetime, ResultForm]] = []
    polled = [form for form in batch.results if not isinstance(form, UnopposedForm)]
    results = sorted((_when(form), number, form) for number, form in enumerate(polled))
    for moment, _, form in results:
        while mends and mends[0][0] <= moment:
            yield _mend(night, ledger, clock, *mends.pop())
        clock.at(moment + timedelta(minutes=1))
        slipped = form.contest == night.slip.contest
        typed = _slip(form, night.slip) if slipped else form
        recorded = ledger.declare(form.contest, form=typed, by="demo", accept=("rejected-share",))
        if slipped:
            mends.append((moment + night.slip.after, form))
        yield recorded.recorded
    for mend in mends:
        yield _mend(night, ledger, clock, *mend)


def _mend(
    night: Night, ledger: Ledger, clock: NightClock, moment: datetime, form: ResultForm
) -> int:
    clock.at(moment)
    votes = {c.name: c.votes for c in form.candidates if c.name in night.slip.names}
    return ledger.correct(
        night.slip.contest,
        votes=votes,
        by="demo",
        reason="two figures typed the wrong way round (made up for the demo)",
        cause="transposed rows",
        source="the paper declaration (made up for the demo)",
        accept=("winner-changes", "votes-swapped"),
    ).recorded


def _when(form: ResultForm) -> datetime:
    assert form.declared_at is not None
    return parse_time(form.declared_at, "Europe/London").astimezone(UTC)


def _slip(form: ResultForm, slip: Slip) -> ResultForm:
    one, other = (next(c for c in form.candidates if c.name == name) for name in slip.names)
    swapped = {one.name: other.votes, other.name: one.votes}
    candidates = tuple(
        c.model_copy(update={"votes": swapped.get(c.name, c.votes), "elected": None})
        for c in form.candidates
    )
    return form.model_copy(update={"candidates": candidates})


@contextmanager
def _batch(night: Night) -> Iterator[Batch]:
    """The night's shipped files, read with the formats anyone may use."""
    from ledger.formats import Options, read_council, read_file, read_night

    with as_file(files("cli.nights")) as folder:
        stem = str(folder / night.name)
        if night is GENERAL_ELECTION:
            batch = read_file(
                f"{stem}-declarations.csv", Options(candidates=f"{stem}-candidates.csv")
            )
            source = "House of Commons Library"
            batch = replace(
                batch,
                councils=tuple(c.model_copy(update={"source": source}) for c in batch.councils),
                nights=tuple(n.model_copy(update={"source": source}) for n in batch.nights),
                results=tuple(r.model_copy(update={"source": source}) for r in batch.results),
            )
        else:
            batch = replace(
                read_file(f"{stem}-results.json", Options(timezone="Europe/London")),
                councils=(read_council(f"{stem}-council.json"),),
                nights=(read_night(f"{stem}-night.json"),),
            )
        yield batch
