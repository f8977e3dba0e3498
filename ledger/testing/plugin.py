"""The pytest plugin: `pytest --seatledger night.db` asks whether the laws hold on a real ledger.

Without the option it adds nothing and loads nothing; this module is read whenever pytest starts
where the package is installed, so it imports nothing but pytest.
"""

from __future__ import annotations

import pytest

OPTION = "seatledger"
MARKER = "seatledger: a law over a real ledger, at every entry (pytest --seatledger URL)"
COUNCIL = "seatledger_council"  # the fixture by which laws of users are run over each council


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--seatledger URL`, as often as there are ledgers."""
    parser.getgroup("seatledger").addoption(
        "--seatledger",
        action="append",
        default=[],
        metavar="URL",
        dest=OPTION,
        help="test the laws on this ledger (a path or postgresql:// address), at every entry; "
        "may be repeated; only those: -m seatledger",
    )


def pytest_configure(config: pytest.Config) -> None:
    """The marker; and what collects the laws, where there is a ledger."""
    config.addinivalue_line("markers", MARKER)
    if config.getoption(OPTION):
        from ledger.testing.collected import Ledgers  # noqa: PLC0415 - only with the option

        config.pluginmanager.register(Ledgers(config), "seatledger-ledgers")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A law of the user's (`ledger_law`) is one test for each council."""
    if COUNCIL not in metafunc.fixturenames:
        return
    ledgers = metafunc.config.pluginmanager.get_plugin("seatledger-ledgers")
    if ledgers is None:
        skip = pytest.mark.skip(reason="no ledger was given (pytest --seatledger URL)")
        metafunc.parametrize(COUNCIL, [pytest.param(None, marks=skip, id="no-ledger")])
    else:
        councils = ledgers.councils()
        metafunc.parametrize(COUNCIL, councils, ids=[str(council) for council in councils])
