"""Random nights: the names of `ledger.testing`, for the laws beside it."""

from ledger.testing.plan import *  # noqa: F403
from ledger.testing.playing import *  # noqa: F403
from ledger.testing.steps import *  # noqa: F403
from ledger.testing.strategies import *  # noqa: F403
