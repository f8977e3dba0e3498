"""Every console example in the docs runs, and says what the page says."""

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from cli.main import COMMANDS

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
# What the ledger's clock says, and the digests that depend on it: never the same twice.
CLOCK = re.compile(r"(?<=  )20[0-9-]{8} [0-9:]{8} [A-Z]{3}(?=, by |  20)|\b[0-9a-f]{64}\b")
RUNNABLE = [page for page in PAGES if "```console" in page.read_text("utf-8")]
_spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
assert _spec is not None
assert _spec.loader is not None
generate = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(generate)


class Example(NamedTuple):
    """A command of a page's console blocks, and the output shown below it."""

    command: str
    shown: str

    def __str__(self) -> str:
        return f"$ {self.command}\n{self.shown}"


def examples(text: str) -> list[Example]:
    """The commands of a page, in order."""
    found: list[Example] = []
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            lines = part.splitlines(keepends=True)
            size = next(n for n, line in enumerate(lines, 1) if not line.endswith("\\\n"))
            found.append(Example("".join(lines[:size]).rstrip("\n"), "".join(lines[size:])))
    return found


def shell(folder: Path) -> Callable[[str], str]:
    """A shell in a fresh folder with the files of the docs: what a command prints there."""
    how_to = ROOT / "docs" / "how-to" / "files"
    for files in (ROOT / "docs" / "tutorial", how_to, *filter(Path.is_dir, how_to.iterdir())):
        shutil.copytree(files, folder, dirs_exist_ok=True)
    # Some programs print otherwise where CI is set.
    env = {k: v for k, v in os.environ.items() if k != "CI" and not k.startswith("SEATLEDGER")}
    env |= {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}",
            "SEATLEDGER_BY": "Desk 1", "COLUMNS": "100"}  # fmt: skip

    def run(command: str) -> str:
        ran = subprocess.run(["bash", "-c", command], cwd=folder, env=env, text=True, check=False,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip
        printed = ran.stdout.rstrip()
        return f"{printed}\n" if printed else ""

    return run


def says(shown: str, printed: str) -> bool:
    """Whether it was printed as shown: `...` stands for anything in its line, and alone on a
    line for any lines."""
    lines = [
        r"(?:.*\n)*" if line.strip() == "..." else re.escape(line).replace(r"\.\.\.", ".*") + r"\n"
        for line in shown.rstrip().splitlines()
    ]
    return re.fullmatch("".join(lines), printed) is not None


@pytest.mark.parametrize("page", RUNNABLE, ids=lambda page: str(page.relative_to(ROOT)))
def test_console_examples(page, tmp_path, pytestconfig):
    """In a fresh folder with the page's own files, each command prints what is shown; with
    `--update`, what differs is written into the page."""
    text, run, told = page.read_text("utf-8"), shell(tmp_path), ""
    for example in examples(text):
        before, _, text = text.partition(str(example))
        printed = run(example.command)
        same = says(example.shown, printed)
        if not pytestconfig.getoption("update"):
            assert same, f"{example}--- printed\n{printed}"
        now = example if same else Example(example.command, CLOCK.sub("...", printed))
        told += before + str(now)
    if pytestconfig.getoption("update"):
        page.write_text(told + text, "utf-8")


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
