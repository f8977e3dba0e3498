"""The group, the registry of commands with their short helps, and the error boundary."""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from io import TextIOWrapper
from typing import NoReturn

import click

# In the order of a night's work. Short helps live here so that `--help` imports no command.
SECTIONS: dict[str, dict[str, str]] = {
    "Begin": {
        "demo": "Tell a real night from shipped data, one correction explained.",
        "register": "Register a council: its wards, seats and who holds them.",
        "open": "Open the contests of a night: poll date, seats up, candidates.",
    },
    "Record": {
        "declare": "Record one declared result.",
        "correct": "Replace a result that was recorded wrongly.",
        "redeclare": "Record that a result was announced again.",
        "lot": "Record who was drawn in a tie.",
        "unopposed": "Record who is elected without a poll.",
        "countermand": "Record that a poll is called off.",
        "overturn": "Record whom an election court seats.",
        "note": "Record that declared figures are known to be wrong.",
        "notional": "Record whose the seats of a night notionally are.",
        "vacate": "Record that a seat fell vacant.",
        "fill": "Record that a vacant seat was filled without a poll.",
        "allegiance": "Record that a councillor sits for another party.",
        "alias": "Confirm another name of a candidate, a party or a ward.",
        "withdraw": "Take back an entry that should never have been made.",
        "load": "Record many results from a file, whole or not at all.",
    },
    "Ask": {
        "seats": "Show who holds how many seats, the change and the control.",
        "status": "Show who can still win, and since when control is certain.",
        "contests": "Show every contest: status, winner, hold or gain, majority.",
        "replay": "Tell the night in order, with the seats after each result.",
        "explain": "Say why a number is what it is, down to its entries.",
        "diff": "Compare two moments: what happened, what was learned better.",
        "when": "Show every interval in which a condition on the board held.",
        "log": "List every entry: what, when, by whom, from what source.",
        "corrections": "List corrections and withdrawals, also as sentences to print.",
        "show": "Show one entry whole, with what it changed.",
    },
    "Audit": {
        "reconcile": "Compare a published composition or results with the ledger.",
        "check": "Check the laws and rules over the whole ledger.",
    },
    "Prove": {
        "keygen": "Make a key to sign checkpoints with.",
        "checkpoint": "Sign the ledger as it is now, in a few lines to publish.",
        "prove": "Prove an entry to somebody who does not have the ledger.",
        "verify-proof": "Check the proof of an entry, without the ledger.",
        "compare": "Compare two checkpoints: one history, or a fork?",
        "verify": "Verify that nothing was altered: chain, tree, checkpoints.",
    },
    "Carry": {
        "export": "Write the whole log as one file.",
        "import": "Take a whole log into an empty ledger.",
        "backup": "Copy the ledger while it is in use, and verify the copy.",
    },
}
COMMANDS = {name: text for part in SECTIONS.values() for name, text in part.items()}

_EPILOG = """\b
Start here:
  seatledger demo                      a real night, told in a minute
  seatledger demo --keep night.db      and keep its ledger, then
  seatledger seats --ledger night.db --at 02:40
\b
Exit codes: 0 done, 1 failure, 2 usage, 3 refused by a rule (nothing written),
4 a check failed, 5 someone else recorded first (nothing written).
"""


class Registry(click.Group):
    """Commands found by name, each imported only when it is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names, in the order of a night's work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        room = "import_" if cmd_name == "import" else cmd_name.replace("-", "_")
        command: click.Command = import_module(f"cli.commands.{room}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click's, with a suggestion for a misspelt command."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            ctx.fail(f"No such command '{args[0]}'.{hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """As click's, but a reader (a pager, `head`) that goes away is no failure."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _nobody_reads()
            ctx.exit(0)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The commands by section, from the registry alone, in one column all the way down."""
        width = max(map(len, COMMANDS))
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), text) for name, text in commands.items()])


@click.group(
    cls=Registry,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--ledger",
    "url",
    metavar="URL",
    help="The ledger: a path or postgresql://… (SEATLEDGER_URL; default seatledger.db).",
)
@click.version_option(None, "--version", package_name="seatledger", prog_name="seatledger")
@click.pass_context
def group(ctx: click.Context, url: str | None) -> None:
    """The ledger of record for election nights.

    Every declaration and every correction is an entry that is never edited. Ask who
    held which seats at any moment, who says so, and what was believed when.
    """
    ctx.obj = url


def main() -> NoReturn:
    """Run the command line; every refusal ends here, none as a traceback."""
    # Pydantic would look through every installed package for plugins of its own.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")
    wants_json = "--json" in sys.argv[1:]
    _have_streams()
    try:
        code = group.main(standalone_mode=False, prog_name="seatledger")
        sys.stdout.flush()
    except click.exceptions.Exit as done:
        code = done.exit_code
    except click.Abort:
        _stop("aborted", "Stopped; nothing more was written.", "", {}, 130, wants_json)
    except click.ClickException as error:
        if not wants_json and isinstance(error, click.UsageError):
            error.show()
            sys.exit(2)
        _stop("usage", error.format_message(), "see --help", {}, 2, wants_json)
    except BrokenPipeError:
        _nobody_reads()
        sys.exit(0)
    except Exception as error:  # the boundary
        from ledger.errors import LedgerError

        if not isinstance(error, LedgerError):
            if isinstance(error, OSError):
                _stop("failure", str(error), "free the disk or mend the path, and try again",
                      {}, 1, wants_json)  # fmt: skip
            raise
        told = error.as_dict()
        _stop(
            told["error"], told["message"], told["remedy"], told["details"],
            error.exit_code, wants_json,
        )  # fmt: skip
    sys.exit(code if isinstance(code, int) else 0)


def _nobody_reads() -> None:
    """What is still to be written, at the latest when Python ends, goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _have_streams() -> None:
    """Three open streams, whatever the caller closed: else a ledger's file would become
    stream 1 and be printed into. A terminal without Unicode gets escapes, not a traceback."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _stop(
    error: str, message: str, remedy: str, details: dict[str, object], code: int, as_json: bool
) -> NoReturn:
    if as_json:
        told = {"error": error, "message": message, "remedy": remedy, "details": details}
        click.echo(json.dumps(told, ensure_ascii=True, default=str), err=True)
        sys.exit(code)
    from cli.output import safe, styled

    click.echo(f"{styled('Refused' if code == 3 else 'Error', fg='red', bold=True)}: "  # noqa: PLR2004
               f"{safe(message)} [{error}]", err=True)  # fmt: skip
    problems = details.get("problems")
    if isinstance(problems, list):
        from ledger.errors import Problem

        for problem in problems:
            click.echo(f"  {safe(str(Problem(**problem)))}", err=True)
    if remedy:
        click.echo(f"{styled('Remedy', bold=True)}: {safe(remedy)}", err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
