"""The model: the names of `ledger.testing.model`, for the laws beside it."""

from ledger.testing.model import *  # noqa: F403
from ledger.testing.model.comparing import *  # noqa: F403
from ledger.testing.model.holding import *  # noqa: F403
from ledger.testing.model.reading import *  # noqa: F403
from ledger.testing.model.winning import *  # noqa: F403
