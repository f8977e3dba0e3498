"""Failures: disks, servers, files that are not ledgers; and a ledger that moved on."""

from __future__ import annotations

from ledger.errors.base import LedgerError


class NoLedger(LedgerError):
    """There is no ledger at {url}.
    Remedy: name another with --ledger or SEATLEDGER_URL, begin one with
    `seatledger register FILE`, or look at `seatledger demo`."""


class NotALedger(LedgerError):
    """{url} is not a seatledger file: {what}.
    Remedy: name the ledger's own file with --ledger. Nothing in this file was touched."""


class BadUrl(LedgerError):
    """{url} is not an address of a ledger: {what}.
    Remedy: give a path, sqlite:///PATH, or postgresql://USER@HOST/DATABASE."""

    exit_code = 2


class StoreUnavailable(LedgerError):
    """The ledger at {url} cannot be reached: {what}.
    Remedy: see that its folder is there and may be written in, or that the server
    runs and you may log in; what was acknowledged before is safe."""


class StoreFailed(LedgerError):
    """The ledger could not be written: {what}.
    Remedy: nothing of this write was recorded. Free space or mend the disk or
    server, then type the same command again (with the same --key it can never
    be recorded twice)."""


class Damaged(LedgerError):
    """Entry {entry} of the ledger cannot be read: {what}.
    Remedy: run `seatledger check`; restore the ledger from a copy if this
    entry was altered outside the program."""

    exit_code = 4


class StoreDamaged(LedgerError):
    """What the ledger at {url} keeps cannot be read: {what}.
    Remedy: `seatledger verify` says how far it can be read; restore the ledger from a
    copy (`seatledger backup` makes one), and keep this one to look into."""

    exit_code = 4


class NotEmpty(LedgerError):
    """The ledger at {url} has {entries} entries already.
    Remedy: a whole log is taken into an empty ledger only; name a new one with --ledger.
    Nothing was written."""

    exit_code = 3


class CannotWrite(LedgerError):
    """{file} cannot be written: {what}.
    Remedy: check the path, the permissions and the space; what was begun was taken away."""


class NotOnAServer(LedgerError):
    """{what} is for a ledger on one file; this one is on a server.
    Remedy: {remedy}."""

    exit_code = 2


class ExtraMissing(LedgerError):
    """This needs the package {package}, which is not installed.
    Remedy: pip install 'seatledger[{extra}]'."""


class CannotRead(LedgerError):
    """{file} cannot be read: {what}.
    Remedy: check the path and the permissions."""

    exit_code = 2


class MovedOn(LedgerError):
    """Someone else recorded first: {what}.
    Remedy: look at it with `seatledger log`, then decide again. Nothing of yours
    was written."""

    exit_code = 5


class Differs(LedgerError):
    """The ledger and {file} differ in {count} place(s).
    Remedy: each is listed above with both values; look at the sources, and correct what is
    wrong here (`seatledger correct`), or tell who published the file."""

    exit_code = 4


class CheckFailed(LedgerError):
    """The ledger breaks {count} law(s) or rule(s); the first: {first}.
    Remedy: each is listed above with its entry; correct the figures, or restore
    the ledger from a copy if it was altered."""

    exit_code = 4


class VerifyFailed(LedgerError):
    """The ledger is not as it was recorded, in {count} place(s); the first {first}.
    Remedy: each is listed above. Keep this copy as it is, compare it with others
    (`seatledger compare`, `seatledger verify`), and restore one that verifies."""

    exit_code = 4


class CopyFailed(LedgerError):
    """The copy does not verify: {what}.
    Remedy: it was taken away. Run `seatledger verify` on the ledger itself; if it is
    whole, the place copied to is not to be trusted."""

    exit_code = 4


class DoesNotAddUp(LedgerError):
    """The seats of {council} do not add up for {party}: {start} + {gained} gained − {lost} lost
    is not {seats}.
    Remedy: nothing that was printed of it may be used. Run `seatledger check`, and restore the
    ledger from a copy if it was altered."""

    exit_code = 4
