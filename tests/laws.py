"""The laws: the names of `ledger.testing.laws`, for the laws beside it."""

from ledger.testing.laws import *  # noqa: F403
from ledger.testing.laws.asking import *  # noqa: F403
