"""Options that commands share, and the way from them to a ledger and a viewpoint."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from ledger import Ledger, Receipt
    from ledger.events import Viewpoint

DEFAULT_URL = "seatledger.db"
# As in ledger.values, which the listing of help should not import; tests compare them.
CAUSES = (
    "transposed rows", "rows misaligned", "digit error", "omitted batch", "duplicated batch",
    "arithmetic", "wrong person", "wrong party label", "wrong contest", "wrong time", "test data",
    "late papers", "status advanced", "source changed", "other",
)  # fmt: skip
TRUTHS = ("legal", "recorded", "arithmetical")
BASELINES = ("eve-of-poll", "last-comparable", "notional")
ALIKE = ("candidate", "party", "ward")
VACANCIES = ("death", "resignation", "disqualification", "court", "other")
F = TypeVar("F", bound=Callable[..., Any])


def every(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Several options as one, in this order."""

    def add(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return add


def _no_callback_value(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.obj = value


ledger_option = click.option(
    "--ledger", metavar="URL", expose_value=False, callback=_no_callback_value,
    help=f"The ledger: a path or postgresql://… (SEATLEDGER_URL; default {DEFAULT_URL}).",
)  # fmt: skip


def _one_output(ctx: click.Context, param: click.Parameter, value: bool) -> bool:
    if value and ctx.params.get("as_csv" if param.name == "as_json" else "as_json"):
        raise click.UsageError("--json and --csv are two outputs; give one.")
    return value


output_options = every(
    click.option("--json", "as_json", is_flag=True, callback=_one_output, help="Print JSON."),
    click.option("--csv", "as_csv", is_flag=True, callback=_one_output, help="Print CSV."),
)

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")

_VIEWPOINT = every(
    click.option(
        "--at", metavar="T",
        help="As it was in the hall at T: 02:15, 2016-05-06T02:15, or the end of a day.",
    ),
    click.option("--known-at", metavar="T", help="Using only what was recorded by T."),
    click.option("--as-of", metavar="T", help="What the board showed at T: both clocks at once."),
    click.option("--entry", type=click.IntRange(min=0), metavar="N", help="The first N entries."),
    click.option(
        "--truth", type=click.Choice(TRUTHS), default="legal",
        help="legal: with the courts' orders. recorded: without. arithmetical: without, and with"
        " the votes noted as right.",
    ),
    click.option(
        "--baseline", type=click.Choice(BASELINES), default="eve-of-poll",
        help="What change, hold and gain are counted against.",
    ),
)  # fmt: skip

_WRITE = every(
    click.option("--by", metavar="NAME", help="Who records (SEATLEDGER_BY; default: your login)."),
    click.option("--source", metavar="TEXT", help="Where the fact was read or heard."),
    click.option("--key", metavar="KEY", help="Names this write: repeated, it records nothing."),
    click.option("--dry-run", is_flag=True, help="Say what would be recorded; write nothing."),
    json_option,
)


def viewpoint_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The viewpoint, handed to the command as `seen`."""

    @wraps(function)
    def with_viewpoint(
        *, at: str | None, known_at: str | None, as_of: str | None, entry: int | None,
        truth: Any, baseline: Any, **rest: Any,
    ) -> Any:  # fmt: skip
        seen = viewpoint(at, known_at, as_of, entry)
        return function(seen=replace(seen, truth=truth, baseline=baseline), **rest)

    return _VIEWPOINT(with_viewpoint)


def write_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Who, whence, under which key and whether at all, handed to the command as `how`."""

    @wraps(function)
    def with_write(
        *, by: str | None, source: str | None, key: str | None, dry_run: bool, **rest: Any
    ) -> Any:
        how = {"by": recorder(by), "source": source, "key": key, "dry_run": dry_run}
        return function(how=how, **rest)

    return _WRITE(with_write)


def _soft_rules(_ctx: click.Context, _param: click.Parameter, start: str) -> list[str]:
    from ledger.rules import SOFT

    return [name for name in SOFT if name.startswith(start)]


accept_option = click.option(
    "--accept", multiple=True, metavar="RULE", help="Override a soft rule (repeatable).",
    shell_complete=_soft_rules,
)  # fmt: skip

_AMEND = every(
    click.option("--replaces", type=int, metavar="ENTRY", help="Correct this entry instead."),
    click.option("--reason", metavar="TEXT", help="Why that entry was wrong."),
    click.option("--cause", type=click.Choice(CAUSES), default="other", help="What went wrong."),
)

_SINCE = click.option(
    "--since", metavar="T",
    help="From when: a day, or a time (of a contest's night, 02:15 will do). Default: now"
    " (of a correction: as before).",
)  # fmt: skip


def amend_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """What a fact replaces, if anything, handed to the command as `instead`."""

    @wraps(function)
    def with_amend(*, replaces: int | None, reason: str | None, cause: Any, **rest: Any) -> Any:
        if (replaces is None) != (reason is None):
            raise click.UsageError("--replaces ENTRY and --reason TEXT go together.")
        if replaces is None or reason is None:
            return function(instead=None, **rest)
        from ledger.befalling import Instead

        return function(instead=Instead(replaces, reason, cause), **rest)

    return _AMEND(with_amend)


def fact_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """From when a fact holds and what it replaces, handed to the command as `when`."""

    @wraps(function)
    def with_fact(*, since: str | None, instead: Any, **rest: Any) -> Any:
        return function(when={"since": since, "instead": instead}, **rest)

    return amend_options(_SINCE(with_fact))


result_options = every(
    click.option(
        "--votes", multiple=True, metavar="NAME=N",
        help='Votes of one candidate (repeatable); "Name (Party)=N" where none are listed.',
    ),
    click.option("--elected", multiple=True, metavar="NAME", help="Said to be elected."),
    click.option("--lot", multiple=True, metavar="NAME", help="Drawn by lot in a tie."),
    click.option("--rejected", metavar="N", help="Rejected ballot papers."),
    click.option("--ballot-papers", metavar="N", help="Ballot papers, rejected ones included."),
    click.option("--electorate", metavar="N", help="Electors on the register."),
    click.option("--declared-at", metavar="T", help="When it was declared (02:15)."),
    click.option("--from", "file", metavar="FILE", help="Take the result from JSON (- for stdin)."),
)  # fmt: skip


def address() -> str:
    """The ledger meant: --ledger, else SEATLEDGER_URL, else the default file."""
    ctx = click.get_current_context()
    return str(ctx.obj or os.environ.get("SEATLEDGER_URL") or DEFAULT_URL)


def open_ledger(*, create: bool = False) -> Ledger:
    """The ledger meant, closed when the command ends."""
    from ledger import connect

    ledger = connect(address(), create=create)
    click.get_current_context().call_on_close(ledger.close)
    return ledger


def write_or_begin(
    write: Callable[[Ledger, bool], Receipt], *, dry_run: bool
) -> tuple[Ledger, Receipt]:
    """The ledger meant, and a write to it. Where there is none it is made, but not before the
    write has been decided on an empty one elsewhere, so that a refusal or a dry run leaves no
    file behind; then what was decided is recorded. `write` is told whether it is a dry run."""
    from tempfile import TemporaryDirectory

    from ledger import connect
    from ledger.errors import NoLedger

    try:
        ledger = open_ledger()
    except NoLedger:
        ctx = click.get_current_context()
        folder = ctx.with_resource(TemporaryDirectory(prefix="seatledger-"))
        empty = ctx.with_resource(connect(f"{folder}/rehearsal.db", create=True))
        decided = write(empty, True)  # noqa: FBT003 - a dry run
        if dry_run:
            return empty, decided
        ledger = open_ledger(create=True)
        return ledger, ledger.record(decided)
    return ledger, write(ledger, dry_run)


def recorder(by: str | None) -> str:
    """Who records."""
    try:
        return by or os.environ.get("SEATLEDGER_BY") or getpass.getuser()
    except (KeyError, OSError):
        # No login name on this machine (a container): it must be said.
        raise click.UsageError("Say who records: --by NAME or SEATLEDGER_BY.") from None


def viewpoint(
    at: str | None, known_at: str | None, as_of: str | None, entry: int | None
) -> Viewpoint:
    """The viewpoint the options give."""
    from ledger.errors import ViewpointClash
    from ledger.events import Viewpoint

    if as_of is not None:
        if at is not None or known_at is not None or entry is not None:
            raise ViewpointClash(what="--as-of and another viewpoint")
        return Viewpoint.as_of(as_of)
    if known_at is not None and entry is not None:
        raise ViewpointClash(what="--entry and --known-at")
    return Viewpoint(at=at, known_at=known_at, entry=entry)
