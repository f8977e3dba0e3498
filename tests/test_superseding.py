"""A newer version of a file already loaded: what changed is recorded, and nothing else."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cli_runner import run
from store_night import SAID, begin, log

from ledger.errors import FileRefused, KeyReused, Refused
from ledger.formats import Options, read_file
from ledger.formats.reading import Batch
from ledger.forms import (
    CandidateForm,
    ChangesForm,
    NotionalForm,
    ResultForm,
    SeatForm,
    UnopposedForm,
)
from ledger.rules import SOFT
from ledger.superseding import Superseding
from projections.changes import changes
from projections.seats import seats

HEAD = "ward,candidate,party,votes,elected,electorate,rejected\n"
FIRST = HEAD + (
    "Harbour,Ada Marsh,Labour,900,yes,4000,10\nHarbour,Ivy Chen,Conservative,700,no,4000,10\n"
    "Harbour,Jon Reed,Green,50,no,4000,10\nHill Top,Dev Patel,Conservative,820,yes,3000,5\n"
    "Hill Top,Kay Moss,Labour,640,no,3000,5\n"
)
OLD_TOWN = (
    "Old Town,Gwen Price,Labour,701,,,\nOld Town,Liam Fry,Lib Dem,845,,,\n"
    "Old Town,Mia Stone,Conservative,346,,,\n"
)
TUTORIAL = Path(__file__).parent.parent / "docs" / "tutorial"
AGAIN = ("--supersede", "--reason", "published again")


@pytest.fixture
def night(tmp_path, monkeypatch):
    """The tutorial's council, its night opened and the first version of a sheet loaded."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEATLEDGER_BY", "Desk 1")
    monkeypatch.delenv("SEATLEDGER_URL", raising=False)
    roster = ("--council", "anytown", "--name", "Anytown", "--since", "2023-05-05")
    assert run("register", str(TUTORIAL / "roster.csv"), *roster, "--source", "w").code == 0
    nominations = str(TUTORIAL / "nominations.csv")
    assert run("open", nominations, "--poll-date", "2024-05-02", "--source", "n").code == 0
    assert load(FIRST).code == 0


def load(text, *more):
    Path("sheet.csv").write_text(text, "utf-8")
    when = ("--poll-date", "2024-05-02", "--declared-at", "2024-05-03T01:00:00+01:00")
    return run("load", "sheet.csv", *when, "--source", "sheet", *more)


def told(ran):
    keys = ("contest", "field", "candidate", "old", "new", "effect")
    return [
        (one["contest"].split(".")[2], *(one[key] for key in keys[1:]))
        for one in ran.json["changes"]
    ]


def test_only_what_changed_is_recorded(night):
    """What differs is corrected, what is new declared, what stands is skipped; the same file
    again adds nothing."""
    newer = FIRST.replace("Jon Reed,Green,50", "Jon Reed,Green,57") + OLD_TOWN
    ran = load(newer, *AGAIN, "--json")
    assert (ran.json["recorded"], ran.json["skipped"], ran.json["notes"]) == (2, 1, [])
    assert told(ran) == [
        ("harbour", "votes", "Jon Reed", 50, 57, "figures"),
        ("old-town", "result", None, None, "Liam Fry", "seats"),
    ]
    shown = run("show", "7", "--json").json
    assert (shown["cause"], shown["reason"], shown["target"]) == (
        "source changed", "published again", 5,
    )  # fmt: skip
    assert (shown["data"]["rejected"], shown["data"]["electorate"]) == (10, 4000)
    again = load(newer, *AGAIN, "--json").json
    assert (again["recorded"], again["skipped"], again["changes"]) == (0, 3, [])
    assert run("log", "--json").json[-1]["entry"] == 8


def test_a_dry_run_lists_each_change_with_its_effect(night):
    """In a table and in JSON, also where it is yet to be accepted; nothing is recorded."""
    newer = FIRST.replace("Ada Marsh,Labour,900,yes", "Ada Marsh,Labour,690,no")
    newer = newer.replace("Ivy Chen,Conservative,700,no", "Ivy Chen,Conservative,710,yes")
    ran = load(newer, *AGAIN, "--dry-run", "--json")
    assert ran.code == 3
    assert told(ran) == [
        ("harbour", "votes", "Ada Marsh", 900, 690, "seats"),
        ("harbour", "elected", "Ada Marsh", True, False, "seats"),
        ("harbour", "votes", "Ivy Chen", 700, 710, "seats"),
        ("harbour", "elected", "Ivy Chen", False, True, "seats"),
    ]
    assert ran.error["details"]["problems"][0]["line"] == 2
    table = load(newer, *AGAIN, "--dry-run")
    assert "Ada Marsh" in table.out
    assert "once accepted" in table.out
    assert "votes-went-down" in table.err
    assert run("log", "--json").json[-1]["entry"] == 6


@pytest.mark.parametrize(
    ("column", "old", "new", "effect"),
    [
        ("rejected", "4000,10\n", "4000,11\n", "figures"),
        ("votes", "Jon Reed,Green,50,", "Jon Reed,Green,701,", "rank"),
    ],
)
def test_effects_are_computed(night, column, old, new, effect):
    """Figures and rank, as the log has them."""
    found = told(load(FIRST.replace(old, new), *AGAIN, "--json"))
    assert [(one[1], one[-1]) for one in found] == [(column, effect)]


def test_votes_that_went_down_ask(night):
    """They are pointed out and taken only when accepted; the override is in the entry. A
    plain correction is asked nothing of the kind."""
    newer = FIRST.replace("Jon Reed,Green,50", "Jon Reed,Green,49") + OLD_TOWN
    ran = load(newer, *AGAIN)
    assert ran.code == 3
    assert "Votes went down: Jon Reed's from 50 to 49." in ran.err
    assert run("log", "--json").json[-1]["entry"] == 6  # whole or not at all
    assert load(newer, *AGAIN, "--accept", "votes-went-down").code == 0
    assert run("show", "7", "--json").json["accepted"] == ["votes-went-down"]
    fewer = ("--votes", "Jon Reed=48", "--reason", "misread", "--source", "hall")
    assert run("correct", "harbour", *fewer).code == 0


def test_what_the_file_has_no_more_stays(night):
    """A contest or candidate left out is told on stderr, and stands."""
    ran = load(HEAD + "Harbour,Ada Marsh,Labour,901,,,\nHarbour,Ivy Chen,Con,700,,,\n", *AGAIN)
    assert ran.code == 0
    assert "[candidate-missing] Jon Reed is not in this file, and keeps 50 votes" in ran.err
    assert "[contest-missing] local.anytown.hill-top.2024-05-02" in ran.err
    assert "withdraw 6" in ran.err
    stands = run("contests", "--json").json
    assert [one["status"] for one in stands] == ["declared", "declared", "open"]
    harbour = {c["name"]: c["votes"] for c in stands[0]["candidates"]}
    assert harbour == {"Ada Marsh": 901, "Ivy Chen": 700, "Jon Reed": 50}
    assert stands[0]["rejected"] == 10  # what the file does not say stays


def test_unknown_names_are_refused_with_a_suggestion(night):
    """Never matched by place, never by guess, nothing recorded."""
    ran = load(FIRST.replace("Jon Reed", "John Read"), *AGAIN)
    assert ran.code == 3
    assert "did you mean 'Jon Reed'?" in ran.err
    done = run("alias", "John Read", "--means", "Jon Reed", "--source", "agent")
    assert done.code == 0
    assert load(FIRST.replace("Jon Reed", "John Read"), *AGAIN, "--json").json["recorded"] == 0


def test_usage(night):
    """A reason is asked for, and belongs to superseding."""
    assert load(FIRST, "--supersede").code == 2
    assert load(FIRST, "--reason", "x").code == 2
    assert load(FIRST, *AGAIN, "--cause", "no such").code == 2


def test_a_key_names_one_version(night):
    """Repeated, it records nothing and answers the same entries; another version of the file
    under it is refused, be it the one before."""
    newer = FIRST.replace("Jon Reed,Green,50", "Jon Reed,Green,57") + OLD_TOWN
    first = load(newer, *AGAIN, "--key", "k", "--json").json
    again = load(newer, *AGAIN, "--key", "k", "--json").json
    assert (again["recorded"], again["entries"]) == (0, first["entries"])
    for other in (FIRST, newer.replace("57", "58"), newer.replace("640", "641")):
        ran = load(other, *AGAIN, "--key", "k", "--json")
        assert ran.code == 3
        assert "key-reused" in ran.err


def test_the_time_of_a_declaration_may_change(night):
    """results-json: a new hour is a change without an effect; the others keep theirs."""
    one = {
        "contest": "local.anytown.hill-top.2024-05-02",
        "declared_at": "2024-05-03T02:00:00+01:00",
        "candidates": [{"name": "Dev Patel", "votes": 820}, {"name": "Kay Moss", "votes": 640}],
    }
    Path("newer.json").write_text(json.dumps([one]), "utf-8")
    ran = run("load", "newer.json", *AGAIN, "--source", "s", "--json")
    assert told(ran) == [
        ("hill-top", "declared_at", None, "2024-05-03T01:00:00+01:00",
         "2024-05-03T02:00:00+01:00", "none"),
    ]  # fmt: skip
    assert [note["rule"] for note in ran.json["notes"]] == ["contest-missing"]


def test_other_nominations_are_pointed_out(night):
    """A contest that is open keeps its candidates; one that is not is opened."""
    text = (TUTORIAL / "nominations.csv").read_text("utf-8").replace("Kay Moss", "Kaye Moss")
    Path("n.csv").write_text(text, "utf-8")
    when = ("--poll-date", "2024-05-02", "--source", "n")
    ran = run("load", "n.csv", *when, *AGAIN, "--json")
    assert (ran.json["recorded"], ran.json["skipped"]) == (0, 3)
    assert [(note["rule"], note["value"]) for note in ran.json["notes"]] == [
        ("candidates-differ", "Kay Moss"),
        ("candidates-differ", "Kaye Moss"),
    ]
    assert run("withdraw", "4", "--reason", "too early", "--source", "n").code == 0
    assert run("load", "n.csv", *when, *AGAIN, "--json").json["entries"] == [8]


# --- without a command line -----------------------------------------------------------------

WHY = Superseding("published again")


def batch(**contests):
    results = tuple(
        ResultForm(
            contest=name,
            candidates=tuple(CandidateForm(name=n, votes=v) for n, v in votes.items()),
        )
        for name, votes in contests.items()
    )
    return Batch("newer", results=results, lines=(None,) * len(results))


def test_a_contest_without_a_list(sqlite_url, fresh_ledger):
    """A candidate more is taken where all others are there; one spelt otherwise is not."""
    book = fresh_ledger(sqlite_url)
    begin(book)
    book.load(batch(w0={"A Bell (Lab)": 10, "C Dee (Con)": 20}), **SAID)
    with pytest.raises(FileRefused, match="1 problem"):
        book.load(batch(w0={"A Bell": 10, "C Dea (Con)": 20}), **SAID, supersede=WHY)
    more = batch(w0={"A Bell": 10, "C Dee": 20, "E Fox (Green)": 3})
    done = book.load(more, **SAID, supersede=WHY)
    assert [(c.field, c.candidate, c.old, c.new) for c in changes(book, done.entries)] == [
        ("votes", "E Fox", None, 3),
        ("party", "E Fox", None, "Green"),
        ("elected", "E Fox", None, False),
    ]
    assert book.load(more, **SAID, supersede=WHY).recorded == 0


def test_a_tie_decided_by_a_lot_of_its_own(sqlite_url, fresh_ledger):
    """A file that marks the one drawn as elected says what stands; if the tie is gone, the
    votes decide."""
    book = fresh_ledger(sqlite_url)
    begin(book)
    book.load(batch(w0={"A Bell (Lab)": 20, "C Dee (Con)": 20}), **SAID)
    book.declare("w0", lot=["C Dee"], **SAID)
    people = [CandidateForm(name="A Bell", votes=20), CandidateForm(name="C Dee", votes=20)]
    people[1] = people[1].model_copy(update={"elected": True})
    for form in (
        ResultForm(contest="w0", candidates=tuple(people)),
        ResultForm(contest="w0", candidates=tuple(people), lot="C Dee"),
        ResultForm(contest="w0", candidates=tuple(people[:1]), elected=("C Dee",)),
    ):
        newer = Batch("newer", results=(form,), lines=(None,))
        assert book.load(newer, **SAID, supersede=WHY).recorded == 0
    decided = batch(w0={"A Bell": 21, "C Dee": 20})
    assert book.load(decided, **SAID, supersede=WHY, accept=tuple(SOFT)).recorded == 1
    assert seats(book).seats == {"LAB": 3}


def test_a_general_election_published_again(tmp_path, fresh_ledger):
    """The register stays, with a word where the file differs; contests are open already."""
    folder = Path(__file__).with_name("formats") / "general-election-csv"
    given = Options(candidates=str(folder / "candidates.csv"))
    first = read_file(str(folder / "sample.csv"), given)
    book = fresh_ledger(str(tmp_path / "house.db"), _late)
    book.load(first, **SAID, accept=tuple(SOFT))
    total = book.store.total()
    same = book.load(first, **SAID, supersede=WHY)
    assert (same.recorded, same.notes) == (0, ())
    other = first.councils[0].wards[0].model_copy(update={"seats": (SeatForm(party="Green"),)})
    council = first.councils[0].model_copy(update={"wards": (other, *first.councils[0].wards[1:])})
    changed = Batch(first.file, (council,), first.nights, first.results, first.lines)
    done = book.load(changed, **SAID, supersede=WHY)
    assert [note.rule for note in done.notes] == ["register-differs"]
    assert book.store.total() == total


def _late():
    return datetime(2026, 1, 1, tzinfo=UTC)


def test_nothing_loaded_before(tmp_path, fresh_ledger):
    """On an empty ledger a newer version registers, opens and declares, and under a key does
    so once."""
    folder = Path(__file__).with_name("formats") / "general-election-csv"
    first = read_file(
        str(folder / "sample.csv"), Options(candidates=str(folder / "candidates.csv"))
    )
    book = fresh_ledger(str(tmp_path / "house.db"), _late)
    how = SAID | {"supersede": WHY, "accept": tuple(SOFT), "key": "k"}
    done = book.load(first, **how)
    assert done.recorded == first.size
    assert book.load(first, **how).entries == done.entries
    assert len(log(book)) == first.size
    with pytest.raises(KeyReused):
        book.load(Batch(first.file, first.councils), **how)


def test_what_else_a_file_says_is_superseded_too(sqlite_url, fresh_ledger):
    """Who was elected unopposed and whose seats notionally are: corrected where a newer file
    differs, left as it is where it does not."""
    book = fresh_ledger(sqlite_url)
    begin(book)

    def load(party, **how):
        held = UnopposedForm(contest="w0", elected=("A Bell (Lab)",))
        notional = NotionalForm(contest="w1", seats={party: 1})
        file = Batch("newer", results=(held, notional), lines=(None, None))
        return book.load(file, **SAID, **how)

    assert load("Labour").recorded == load("Labour").skipped == 2
    same = load("Labour", supersede=WHY, key="again")
    assert (same.recorded, same.skipped) == (0, 2)
    newer = load("Green", supersede=WHY, key="newer")
    assert (newer.recorded, newer.skipped) == (1, 1)
    assert newer.entries[0].fact.fact.parties[0].group == "GRN"
    assert newer.entries[0].fact.reason == WHY.reason
    assert load("Green", supersede=WHY, key="newer").entries == newer.entries


def test_a_record_of_changes_supersedes_nothing(sqlite_url, fresh_ledger):
    """Each of its rows is a correction itself."""
    changes = (ChangesForm.model_construct(),)
    with pytest.raises(Refused, match="each row of it is a correction itself"):
        fresh_ledger(sqlite_url).load(Batch("record", changes=changes), **SAID, supersede=WHY)
