"""Every console example in the docs runs, and says what the page says."""

import doctest
import importlib.util
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from cli.main import COMMANDS

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
RUNNABLE = [page for page in PAGES if "```console" in page.read_text("utf-8")]
_spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
assert _spec is not None
assert _spec.loader is not None
generate = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(generate)


def examples(text: str) -> list[tuple[str, str]]:
    """The commands of a page's console blocks, each with the output shown."""
    found: list[tuple[str, str]] = []
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            lines = part.splitlines()
            size = next(n for n, line in enumerate(lines, 1) if not line.endswith("\\"))
            found.append(("\n".join(lines[:size]), "\n".join(lines[size:])))
    return found


@pytest.mark.parametrize("page", RUNNABLE, ids=lambda page: str(page.relative_to(ROOT)))
def test_console_examples(page, tmp_path):
    """In a fresh directory beside the page's own files, each command prints what is shown
    (`...` stands for anything)."""
    own = [
        *(ROOT / "docs" / "tutorial").iterdir(),
        *(ROOT / "docs" / "how-to" / "files").glob("*/*"),
    ]
    for file in own:
        (tmp_path / file.name).write_bytes(file.read_bytes())
    env = {key: value for key, value in os.environ.items() if not key.startswith("SEATLEDGER")}
    env |= {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}",
            "SEATLEDGER_BY": "Desk 1", "COLUMNS": "100"}  # fmt: skip
    checker = doctest.OutputChecker()
    for command, shown in examples(page.read_text("utf-8")):
        ran = subprocess.run(
            ["bash", "-c", command],
            cwd=tmp_path,
            env=env,
            text=True,
            capture_output=True,
            check=False,
        )
        printed = (ran.stdout + ran.stderr).rstrip() + "\n"
        wanted = shown.rstrip() + "\n"
        same = checker.check_output(wanted, printed, doctest.ELLIPSIS)
        assert same, f"$ {command}\n--- shown\n{wanted}--- printed\n{printed}"


@pytest.mark.parametrize("name", generate.PAGES)
def test_reference_is_what_the_program_says(name):
    """The generated pages are up to date (`make docs` writes them)."""
    page = ROOT / "docs" / "reference" / name
    assert page.read_text("utf-8") == generate.PAGES[name]()


def test_commands_named_in_the_docs_exist():
    """No page tells of a command or an option that is not there."""
    reference = (ROOT / "docs" / "reference" / "commands.md").read_text("utf-8")
    for page in PAGES:
        if page.name in ("decisions.md", "commands.md"):
            continue
        for line in re.findall(
            r"^(?:\$ |    )seatledger (.*?)(?:#.*)?$", page.read_text("utf-8"), re.MULTILINE
        ):
            words = shlex.split(line.rstrip("\\"), posix=True) if line.count('"') % 2 == 0 else []
            names = [word for word in words if not word.startswith("-")]
            assert not names or names[0] in COMMANDS, f"{page.name}: {line}"
            for option in (word.partition("=")[0] for word in words if word.startswith("--")):
                assert option in reference or option in ("--help", "--version"), (
                    f"{page.name}: {line}"
                )


def test_links_lead_somewhere():
    """Links between pages name files that are there."""
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"
