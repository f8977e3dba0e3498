"""What is asked cannot be done: usage, and refusals by rule."""

from __future__ import annotations

from typing import Any

from ledger.errors.base import Refused, Usage


class UnknownFormat(Usage):
    """{file} is in none of the known formats: {what}.
    Remedy: name one with --format ({formats}), or compare its header with
    `seatledger load --help`."""


class NothingToCompare(Usage):
    """{file} holds neither a composition nor results.
    Remedy: give a file that `seatledger load` takes, or columns council, party, seats."""


class ViewpointClash(Usage):
    """{what} cannot be given together.
    Remedy: give a moment in the hall (--at), a moment of knowledge (--known-at
    or --entry), or both at once (--as-of)."""


class BadName(Refused):
    """{value} is not a name the ledger keeps: {what}.
    Remedy: names have 1 to 200 visible characters; no control, bidirectional
    or zero-width characters."""


class BadText(Refused):
    """{value} is not a text the ledger keeps: {what}.
    Remedy: sources, reasons and keys have 1 to 2,000 visible characters in one line."""


class BadTime(Refused):
    """{value} is not a time the ledger takes: {what}.
    Remedy: write ISO 8601 with an offset (2016-05-06T02:15+01:00), or a local
    time of the council (2016-05-06T02:15)."""


class BadNumber(Refused):
    """{value} is not a figure the ledger takes: {what}.
    Remedy: write a whole number of 0 or more, at most nine digits, in the digits 0-9."""


class UnknownZone(Refused):
    """There is no time zone {zone!r}.
    Remedy: {suggestion}name one as the tz database does, like Europe/London."""


class UnknownCouncil(Refused):
    """No council {council!r} is registered in this ledger.
    Remedy: {suggestion}`seatledger seats` lists the councils; `seatledger register FILE`
    adds one."""


class WhichCouncil(Refused):
    """The ledger holds several councils ({councils}), and none was named.
    Remedy: name one."""


class NotYet(Refused):
    """From that viewpoint {council} is not in the ledger yet.
    Remedy: ask for a later moment; `seatledger log --kind council-registered` tells from
    when its register is right (effective) and known (recorded)."""


class CouncilRegistered(Refused):
    """The council {council!r} is registered already, in entry {entry}.
    Remedy: look at it with `seatledger show {entry}`; if its wards or seats change from some
    day on, register it again with --review --since DAY."""


class ReviewClash(Refused):
    """The new register of {council} cannot begin on {review}: {what}.
    Remedy: give the day from which the new wards count (--since), mostly that of the first
    election on them; register before you open its contests."""


class UnknownWard(Refused):
    """{council} has no ward {ward!r}.
    Remedy: {suggestion}use a ward's name or its slug as `seatledger contests` prints them."""


class WardTwice(Refused):
    """{ward!r} ({slug}) is in the register of {council} twice.
    Remedy: give each ward once, with all its seats; tell two of one name apart by `slug`."""


class UnknownSeat(Refused):
    """{ward} has no seat {seat!r}.
    Remedy: its seats are {seats}."""


class UnknownContest(Refused):
    """No contest {contest!r} is open in this ledger.
    Remedy: {suggestion}`seatledger contests` lists them; `seatledger open FILE` opens
    the contests of a night."""


class WhichContest(Refused):
    """{contest!r} may mean several contests: {contests}.
    Remedy: give the ballot paper id, or (for a file) the day of the poll, --poll-date."""


class ContestOpen(Refused):
    """The contest {contest} is open already, in entry {entry}.
    Remedy: nothing to do; withdraw entry {entry} first if it was opened wrongly."""


class ContestIdWrong(Refused):
    """{contest} is not an id of this contest: {what}.
    Remedy: leave `contest` out (the id is made from ward and day), or mend it."""


class OtherContest(Refused):
    """The result is of {contest}, not of {wanted}.
    Remedy: take the file of {wanted}, or name {contest} on the command line."""


class SeatsUnclear(Refused):
    """Which of {ward}'s seats are up in {contest} is not clear: {what}.
    Remedy: name them in the file, as "seats": ["{ward}/1"]."""


class BeforeRegister(Refused):
    """The poll of {contest} closes at {polls_close}, before the register of {council} tells
    who holds its seats (from {since}).
    Remedy: a register cannot be moved; begin a ledger with the council as it was on the
    eve of the earlier poll (`seatledger register FILE --since DAY`)."""


class AlreadyDeclared(Refused):
    """{contest} was declared already, in entry {entry}.
    Remedy: if that entry is wrong, use `seatledger correct {contest}` (for a newer version
    of a whole file, `seatledger load FILE --supersede`); to see it, `seatledger show {entry}`."""


class NotDeclared(Refused):
    """{contest} has no declaration that stands.
    Remedy: record it with `seatledger declare {contest}`."""


class NoTie(Refused):
    """{contest} is not waiting for a lot: {what}.
    Remedy: `seatledger contests` shows what stands; if another was drawn than was recorded, use
    `seatledger correct {contest} --lot NAME`."""


class ValueDiffers(Refused):
    """The source changes {field} of {ward} from {old} to {new}, but {stands} stands here
    ({where}).
    Remedy: compare both with the source as first published; correct what was recorded
    wrongly here, or mend the row."""


class ChangesRefused(Refused):
    """{count} of the changes of {ward} on {on} cannot be made: {what}
    Remedy: mend each, or take the record of changes that belongs to this ledger's results."""

    def __init__(self, each: dict[int, Refused], **details: Any) -> None:
        what = " ".join(refused.message for refused in each.values())
        super().__init__(count=len(each), what=what, **details)
        self.each = each  # by the place of the change


class UnknownCode(Refused):
    """No ward of this ledger has the code {code!r} ({ward}).
    Remedy: {suggestion}check the code, and that this ledger is the one meant (--ledger)."""


class OtherWard(Refused):
    """{code} is the code of {known}, not of {ward}.
    Remedy: mend the code or the name."""


class NotPolled(Refused):
    """No contest of {ward} that is open in this ledger was polled {when}.
    Remedy: check the date; --poll-date names the poll that is meant."""


class NothingChanged(Refused):
    """The correction of {contest} changes nothing.
    Remedy: give the figures, the lot or the time that differ from entry {entry}."""


class UnknownEntry(Refused):
    """There is no entry {entry} in this ledger; it has {total}.
    Remedy: `seatledger log` lists them."""


class NotOfContest(Refused):
    """Entry {entry} is not of {contest}.
    Remedy: its result that stands is entry {standing}; `seatledger log --contest {contest}`
    lists all its entries."""


class LotTooEarly(Refused):
    """The lot of {contest} would be drawn at {drawn}, before the declaration at {declared}.
    Remedy: check the time (--declared-at), or correct the declaration's first."""


class TargetGone(Refused):
    """Entry {entry} does not stand: {what}.
    Remedy: name the entry that stands now; `seatledger show {entry}` tells the story."""


class CannotWithdraw(Refused):
    """Entry {entry} cannot be withdrawn: {what}.
    Remedy: {remedy}"""


class KeyReused(Refused):
    """The key {key!r} was used before, for other content, in entry {entry}.
    Remedy: a key names one write for ever; use a new key for a new write."""


class UnknownCandidate(Refused):
    """{name!r} is not a candidate in {contest}.
    Remedy: {suggestion}the candidates are {candidates}. If it is another name of one of
    them, confirm it with `seatledger alias`."""


class IdOfAnother(Refused):
    """{name!r} in {contest} has the id {id}, which is of {other!r}.
    Remedy: mend the name or the id; rows of a file may have slipped."""


class UnknownParty(Refused):
    """{label!r} is no party the ledger knows, and {name!r} in {contest} was nominated for
    {known!r}.
    Remedy: {suggestion}if it is another name of that party, confirm it:
    `seatledger alias {label!r} --of party --means {known!r}`. If the nomination is wrong,
    `seatledger correct` it with `Name (Party)=votes`."""


class UnknownName(Refused):
    """No {what} of {council} is called {name!r}.
    Remedy: {suggestion}an alias means a name that the ledger knows."""


class AliasTaken(Refused):
    """{alias!r} means the {what} {means!r} already, in entry {entry}.
    Remedy: nothing to do if that is right; if it is wrong, withdraw entry {entry} first."""


class AliasIsName(Refused):
    """{alias!r} cannot be an alias: it is the name of a {what} {where}.
    Remedy: a real name always comes first; type {means!r} where that is meant."""


class AliasChain(Refused):
    """{alias!r} for {means!r} would make a chain of aliases: {link!r} means {end!r}, in
    entry {entry}.
    Remedy: say what each alias means in the end (--means)."""


class WhichCandidate(Refused):
    """{field} in {contest} may be of several candidates: {candidates}.
    Remedy: correct it under the candidate's name, with `seatledger correct {contest}`."""


class CandidateTwice(Refused):
    """{name!r} appears twice in {contest}.
    Remedy: give each candidate once."""


class CandidateMissing(Refused):
    """The result of {contest} leaves out {names}.
    Remedy: every nominated candidate appears once; missing is not zero, so say 0 if it is 0."""


class PartyMissing(Refused):
    """{name!r} in {contest} has no party.
    Remedy: the contest has no list of candidates, so write `Name (Party)=votes`."""


class UnknownRule(Refused):
    """No soft rule is called {rule!r}.
    Remedy: {suggestion}the rules are {rules}."""


class Missing(Refused):
    """{what} is missing.
    Remedy: {remedy}"""


class SeatVacant(Refused):
    """{seat} is vacant then (entry {entry}).
    Remedy: check the seat and the day (--since); `seatledger show {entry}` tells why."""


class SeatHeld(Refused):
    """{seat} is not vacant: {holder} holds it then (entry {entry}).
    Remedy: record first that it fell vacant (`seatledger vacate {seat}`), or check the day."""


class AllegianceSame(Refused):
    """{seat} counts for {party} already then.
    Remedy: check the seat, the party and the day (--since)."""


class UnknownHolder(Refused):
    """Nobody called {name!r} holds a seat then, and it is no seat.
    Remedy: {suggestion}name a seat (coxford/2) or its holder, and check the day (--since)."""


class ContestOff(Refused):
    """The poll of {contest} was {how}, in entry {entry}.
    Remedy: open the contest that replaces it; withdraw entry {entry} if it was not called off."""


class NotCalledOff(Refused):
    """{contest} cannot replace {replaces}: no poll of that id was called off in its ward.
    Remedy: record first that it was (`seatledger countermand {replaces}`), or leave
    `replaces` out."""


class NotUnopposed(Refused):
    """{contest} is not unopposed: {nominated} nominated for {seats} seat(s).
    Remedy: declare its result."""


class SeatsDiffer(Refused):
    """{elected} named for the {seats} seat(s) of {contest}.
    Remedy: name everyone the court seats, or nobody where the election is void."""


class NotionalSeats(Refused):
    """The notional result of {contest} is of {stated} seat(s); {seats} are up.
    Remedy: give each party's seats of that contest once; they add up to the seats up."""


class NotionalMissing(Refused):
    """No notional result is stated for {contests}.
    Remedy: record them with `seatledger notional FILE --source …`, or ask for another
    --baseline."""


class CannotAmend(Refused):
    """Entry {entry} is a {kind}, not a {wanted}.
    Remedy: name the entry that is wrong with --replaces; a result is put right with
    `seatledger correct`."""


class BeforeDeclared(Refused):
    """That would be before {contest} was declared (entry {entry}).
    Remedy: say from when it holds (--since; of a redeclaration, --declared-at)."""


class WhichSeat(Refused):
    """{wanted!r} may mean several seats: {seats}.
    Remedy: name the seat, with its council."""
