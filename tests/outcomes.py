"""What a night can still bring: the names of `ledger.testing.outcomes`, for the laws beside it."""

from ledger.testing.outcomes import *  # noqa: F403
