"""Stores to test on, and how hard the laws are tried.

One PostgreSQL serves a whole run, and is started where it is first needed: by the
controller under xdist, whose workers inherit the address. A server of your own may be
named in SEATLEDGER_TEST_POSTGRES (a superuser's URL).
"""

from __future__ import annotations

import os
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from postgres_server import NoServer, running_server
from store_night import count_night

from cli.nights import NIGHTS, build
from ledger import Ledger, connect

with warnings.catch_warnings():
    # It leaves two files of its own open when it is first imported.
    warnings.simplefilter("ignore", ResourceWarning)
    import uk_election_ids.election_ids  # noqa: F401 - only its warnings are wanted now

ADDRESS = "SEATLEDGER_TEST_POSTGRES"
PROBLEM = "SEATLEDGER_TEST_POSTGRES_PROBLEM"
IN_CI = bool(os.environ.get("CI"))
_server = pytest.StashKey[ExitStack]()

settings.register_profile("quick", max_examples=60, deadline=None, derandomize=IN_CI)
settings.register_profile(  # a thousand nights a law, and there are more than ten laws
    "long", max_examples=1_000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update` writes what samples are read as, instead of comparing."""
    parser.addoption("--update", action="store_true", help="write expected results again")


# --- one server for the run ---------------------------------------------------------


def pytest_sessionstart(session: pytest.Session) -> None:
    """Under xdist the controller starts the server, before there are workers."""
    if session.config.getoption("numprocesses", default=None):
        _start_server(session.config)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Whoever started the server stops it."""
    if _server in config.stash:
        config.stash[_server].close()
        os.environ.pop(ADDRESS, None)
        os.environ.pop(PROBLEM, None)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Skipped stores must not go unnoticed."""
    if os.environ.get(PROBLEM):
        terminalreporter.section("POSTGRESQL WAS NOT TESTED", sep="!", red=True, bold=True)
        terminalreporter.line(os.environ[PROBLEM], red=True)


def _start_server(config: pytest.Config) -> None:
    if ADDRESS in os.environ or PROBLEM in os.environ:
        return
    config.stash[_server] = ExitStack()
    try:
        os.environ[ADDRESS] = config.stash[_server].enter_context(running_server())
    except NoServer as error:
        os.environ[PROBLEM] = str(error)


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config) -> str:
    """The URL of a real server. Without one, tests are skipped, in CI they fail."""
    _start_server(pytestconfig)
    if ADDRESS in os.environ:
        return os.environ[ADDRESS]
    reason = f"PostgreSQL could not be started: {os.environ[PROBLEM]}"
    if IN_CI:
        pytest.fail(reason)
    pytest.skip(reason)


# --- stores -------------------------------------------------------------------------


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The ledgers of the nights that ship, by name; not to be written to."""
    folder = tmp_path_factory.mktemp("real")
    for name, night in NIGHTS.items():
        assert sum(build(night, str(folder / f"{name}.db")))
    return {name: str(folder / f"{name}.db") for name in NIGHTS}


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a ledger that is not there yet."""
    return str(tmp_path / "night.db")


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The address of a fresh, empty database, dropped afterwards."""
    name = f"night_{uuid.uuid4().hex}"
    _as_superuser(postgres_server, f"CREATE DATABASE {name} TEMPLATE template0")
    yield f"{postgres_server.rpartition('/')[0]}/{name}"
    _as_superuser(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


def _as_superuser(url: str, sql: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest) -> str:
    """An empty place for a ledger, in either store."""
    address: str = request.getfixturevalue(f"{request.param}_url")
    return address


@pytest.fixture
def fresh_ledger() -> Iterator[Callable[..., Ledger]]:
    """Open a ledger at a URL, beginning it if it is new; all are closed at the end."""
    with ExitStack() as stack:

        def opened(url: str, clock: Callable[[], datetime] = count_night) -> Ledger:
            return stack.enter_context(connect(url, create=True, clock=clock))

        yield opened
