"""Options of commands that read a file in one of the known formats."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from cli.options import every

if TYPE_CHECKING:
    from ledger.formats import Batch

# As in ledger.formats, which the listing of help should not import; tests compare them.
FORMATS = ("results-json", "candidates-csv", "sheet-csv", "sheet-xlsx", "roster-csv",
           "nominations-csv", "notional-csv", "modern-gov-xml", "leap-csv", "general-election-csv",
           "record-of-changes")  # fmt: skip
_FILE = every(
    click.option("--format", "format_", type=click.Choice(FORMATS), help="Default: by its header."),
    click.option("--candidates", metavar="FILE", help="The candidates of a general-election-csv."),
    click.option("--sizes", metavar="FILE", help="The councils' sizes, for a leap-csv."),
    click.option(
        "--except", "left_out", metavar="FILE",
        help="Contests of a leap-csv to leave out: council,ward,reason.",
    ),
    click.option("--council", metavar="SLUG", help="The council, where the file does not say."),
    click.option("--name", metavar="NAME", help="The council's name (rosters)."),
    click.option("--poll-date", metavar="DAY", help="The day of the poll (sheets without ids)."),
    click.option("--timezone", metavar="ZONE", help="For times without an offset."),
)  # fmt: skip


def file_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """What a file does not say itself, handed to the command as `read`: a way to read it."""

    @wraps(function)
    def with_file(*, format_: str | None, **rest: Any) -> Any:
        names = ("council", "name", "timezone", "poll_date", "candidates", "sizes", "left_out")
        given = {name: rest.pop(name) for name in names}

        def read(path: str) -> Batch:
            from cli.output import safe
            from ledger.formats import Options, read_file

            batch = read_file(path, Options(**given), format_=format_)
            for note in batch.notes:
                click.echo(safe(note), err=True)
            return batch

        return function(read=read, **rest)

    return _FILE(with_file)
