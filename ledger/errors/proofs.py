"""What a proof, a checkpoint or a key can be refused for. What fails is never half true: with
one of these nothing is proven."""

from __future__ import annotations

from ledger.errors.base import LedgerError, Refused


class ProofFailed(LedgerError):
    """{what}
    Remedy: {remedy}"""

    exit_code = 4


class BadKey(LedgerError):
    """{key} is not a key: {what}.
    Remedy: give the verifier key `seatledger keygen` printed (NAME+ID+BASE64) or the file
    it is in (FILE.pub); to sign, the private key's own file."""

    exit_code = 2


class NoSigner(LedgerError):
    """There is no private key at {file}.
    Remedy: name the key's own file with --signer or SEATLEDGER_SIGNER, or make one with
    `seatledger keygen NAME`."""

    exit_code = 2


class WouldOverwrite(Refused):
    """{file} is there already.
    Remedy: name another file. A key, a checkpoint, a proof or a copy is never written
    over."""


class NothingToSign(Refused):
    """The ledger has no entries yet.
    Remedy: record one first; a checkpoint of nothing proves nothing."""


class RecordedLater(Refused):
    """Entry {entry} was recorded after {file} was signed, which has the first {size} entries.
    Remedy: prove it with a newer checkpoint (--signer makes one now)."""


class NotANote(ProofFailed):
    """{file} is not a signed note: {what}.
    Remedy: get it again from where it was published, byte for byte."""


class BadSignature(ProofFailed):
    """{file} does not bear a true signature of {key}, though it says so.
    Remedy: trust nothing it says; get it again from where it was published, and ask
    its publisher if that is no better."""


class UnknownKey(ProofFailed):
    """{file} is signed by no key you trust, but by {signed_by}.
    Remedy: if the key was changed, give the rotation notes with --rotation; else ask
    its publisher, by another way, for the verifier key."""


class WrongOrigin(ProofFailed):
    """{file} is a checkpoint of {origin}, signed only by {signed_by}.
    Remedy: a log signs with a key of its own name; look for the log's own checkpoint."""


class NotACheckpoint(ProofFailed):
    """{file} is signed, but no checkpoint: {what}.
    Remedy: get it again from where it was published."""


class NotARotation(ProofFailed):
    """{file} does not hand over from one key to another: {what}.
    Remedy: give the note `seatledger keygen --rotate` wrote, and trust the key it hands
    over from."""


class NotAProof(ProofFailed):
    """{file} is not a proof: {what}.
    Remedy: ask for it again (`seatledger prove ENTRY`), byte for byte."""


class NotIncluded(ProofFailed):
    """Entry {entry}, as {file} has it, is not in the log of {size} entries that was signed.
    Remedy: the entry, its place or the path was altered, or it never was in that log;
    trust nothing of it, and ask for the proof again."""


class NotConsistent(ProofFailed):
    """It is not proven that the log of {new} entries begins with that of {old}.
    Remedy: ask for the proof again; if it cannot be had, the log was rewritten."""


class ProofNeeded(LedgerError):
    """The checkpoints are of {old} and {new} entries; whether one log extends the other
    cannot be seen from them alone.
    Remedy: give the ledger (--ledger) or a consistency proof (--proof)."""

    exit_code = 2


class Forked(ProofFailed):
    """Two logs were signed under the name {origin}: at {size} entries one has the root
    {root}, the other {other}.
    Remedy: keep both files: together they prove that two audiences were shown two
    histories. Ask the publisher."""


class TwoLogs(ProofFailed):
    """{first} is a checkpoint of {one}, {second} of {other}: two logs need not agree.
    Remedy: compare checkpoints of one origin."""


class NotExtended(ProofFailed):
    """The ledger does not extend the checkpoint {file}: at {size} entries it has the root
    {root}, signed was {signed}.
    Remedy: the log was rewritten after it was signed, or it is another log; keep the
    checkpoint, and run `seatledger verify` on every copy of the ledger."""


class Truncated(ProofFailed):
    """The ledger has {entries} entries; the checkpoint {file} was signed when it had {size}.
    Remedy: the last entries are gone, or this is an older copy; find the newer one."""


class TreeContradicted(ProofFailed):
    """The ledger is not what its tree was made of: {what}.
    Remedy: nothing was signed. Compare with what was published (`seatledger verify
    --checkpoint FILE`). If the log is whole, the kept tree is not: drop the table
    tree_nodes, and it is made again."""


class NoTimestamp(LedgerError):
    """{url} gave no timestamp: {what}.
    Remedy: the checkpoint itself is whole; ask this or another authority again."""
