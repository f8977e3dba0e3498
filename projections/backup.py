"""A copy of a ledger on one file, made while it is in use, and verified."""

from __future__ import annotations

import os
from pathlib import Path

from ledger.book import Ledger
from ledger.errors import CannotWrite, CopyFailed, NotOnAServer, StoreUnavailable, WouldOverwrite
from ledger.proof.tree import Frontier, leaf_hash
from projections.verify import Verified, verify

_BESIDE = ("", "-wal", "-shm", "-journal", "-lock")  # what SQLite and the ledger put by a file


def backup(ledger: Ledger, file: str) -> Verified:
    """Copy a ledger to a file that is not there yet, by SQLite's own online backup, and verify
    the copy, which takes its name only then. What is recorded meanwhile is in it or not.

    Raises NotOnAServer, WouldOverwrite, CannotWrite; CopyFailed where the copy does not verify.
    """
    if ledger.store.path is None:
        remedy = "use `seatledger export`, or the server's own tools (pg_dump)"
        raise NotOnAServer(what="`backup`", remedy=remedy)
    target = Path(file)
    # A log left beside the name by another file would be read as the copy's own.
    for end in _BESIDE:
        if os.path.lexists(f"{target}{end}"):
            raise WouldOverwrite(file=f"{file}{end}")
    # A name nobody else has: what lies beside it may be somebody's ledger.
    part = target.with_name(f"{target.name}.{os.urandom(8).hex()}.part")
    try:
        part.touch(exist_ok=False)
        ledger.store.copy_to(part)
        copied = _verified(ledger, part)
        _remove(part, keep=True)
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        os.link(part, target)  # unlike a rename it replaces nothing
    except FileExistsError as error:
        raise WouldOverwrite(file=file) from error
    except OSError as error:
        raise CannotWrite(file=file, what=error.strerror or str(error)) from error
    except StoreUnavailable as error:  # the ledger is open: it is the copy that failed
        raise CannotWrite(file=file, what=error.details["what"]) from error
    finally:
        _remove(part)
    return copied


def _verified(ledger: Ledger, part: Path) -> Verified:
    with Ledger(str(part)) as copy:
        found = verify(copy)
    if found.broken:
        first = found.broken[0]
        raise CopyFailed(what=f"{first.law} at entry {first.entry}: {first.message}")
    tree = Frontier()
    for _, data in ledger.store.leaves(0, found.entries):
        tree.append(leaf_hash(data))
    if tree.root() != found.root:
        raise CopyFailed(what="it has another root than the ledger")
    return found


def _remove(part: Path, *, keep: bool = False) -> None:
    for end in _BESIDE[keep:]:
        part.with_name(part.name + end).unlink(missing_ok=True)
