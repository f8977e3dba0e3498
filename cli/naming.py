"""Councils and contests as they are named on the command line, and completed in the shell."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from cli.options import DEFAULT_URL, every


def completed(kind: str) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    """Shell completion of councils or contests from the ledger; silent where there is none."""

    def complete(ctx: click.Context, _param: click.Parameter, start: str) -> list[str]:
        from ledger import LedgerError, connect
        from projections.night import standing

        while ctx.parent is not None and ctx.obj is None:
            ctx = ctx.parent
        try:
            with connect(ctx.obj or os.environ.get("SEATLEDGER_URL") or DEFAULT_URL) as ledger:
                councils = ledger.councils()
                words = [council.council for council in councils]
                if kind == "contest":
                    words = [
                        seen.contest.fact.contest
                        for name in words
                        for seen in standing(ledger, name).night()
                    ] + [ward.slug for council in councils for ward in council.wards]
        except LedgerError:
            return []
        return [word for word in words if word.startswith(start)]

    return complete


council_option = click.option(
    "--council", metavar="SLUG", shell_complete=completed("council"),
    help="The council, where the ledger has several.",
)  # fmt: skip
_COUNCIL = every(
    click.argument(
        "named", metavar="[COUNCIL]", required=False, shell_complete=completed("council")
    ),
    council_option,
)  # fmt: skip


def council_argument(function: Callable[..., Any]) -> Callable[..., Any]:
    """The council meant, as an argument or, as other commands have it, an option."""

    @wraps(function)
    def with_council(*, named: str | None, council: str | None, **rest: Any) -> Any:
        if named is not None and council is not None:
            raise click.UsageError("COUNCIL and --council say the same; give one.")
        return function(council=named if council is None else council, **rest)

    return _COUNCIL(with_council)


contest_argument = click.argument("contest", shell_complete=completed("contest"))
