"""`corrections`: the shipped night's, and a sentence for every kind and effect."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from cli_runner import run
from store_night import SAID, council, count_night, night
from town import Town, result

from cli.sentences import sentences
from ledger import connect
from ledger.befalling import Instead
from ledger.forms import CandidateCorrection, ResultForm, made
from ledger.rules import SOFT
from projections.corrections import corrections

HOW = SAID | {"accept": tuple(SOFT)}


@pytest.fixture
def southampton(real):
    """The ledger of the shipped night."""
    return real["southampton-2016"]


@pytest.fixture
def town(sqlite_url):
    """A town with a contest for Cat (LD) and Dan (Green), declared at 02:30 for Dan."""
    books = []

    def opened(clock):
        books.append(connect(sqlite_url, create=True, clock=clock))
        return books[-1]

    one = Town(opened)
    one.later("2016-05-05T20:00")
    one.opened("2016-05-05", "Cat", "Dan")
    one.later("2016-05-06T02:31")
    one.declare("2016-05-06T02:30", Cat=100, Dan=1110)
    one.later("2016-05-06T02:52")
    yield one
    books[-1].close()


def last(town):
    """The latest sentence of the town."""
    *_, one = corrections(town.book)
    return sentences(one)


def correct(town, *, reason="misread", cause="digit error", people=(), at=None, **votes):
    form = made(ResultForm, contest="one", declared_at=at) if at else None
    town.book.correct(
        "one", votes=votes or None, form=form, reason=reason, cause=cause, people=people, **HOW
    )


# --- the shipped night ----------------------------------------------------------------------


def test_the_shipped_correction(southampton):
    """The slip at Sholing: the figures swapped, the seats and the control before and after,
    and the delays of both clocks."""
    (told,) = run("corrections", "--ledger", southampton, "--json").json
    assert (told["entry"], told["replaced"], told["target"]) == (30, 28, 28)
    assert told["delay"] == {"stood": 21 * 60.0, "behind_the_hall": 22 * 60.0}
    assert told["effect"] == {"class": "control", "seats": {"CON": 1, "LAB": -1}}
    assert told["elected"] == {
        "before": [{"name": "Daniel Jeffery", "party": "LAB"}],
        "after": [{"name": "James Baillie", "party": "CON"}],
    }
    assert told["seats"]["after"] == {"LAB": 24, "CON": 20, "IND": 4}
    assert told["control"] == {"before": "LAB", "after": None}
    votes = [one for one in told["figures"] if one["field"] == "votes"]
    assert [(one["candidate"], one["old"], one["new"]) for one in votes] == [
        ("James Baillie", 1286, 1445),
        ("Daniel Jeffery", 1445, 1286),
    ]
    assert told["sentence"] == (
        "At 02:52 BST on 6 May 2016 we corrected the result for Sholing, recorded at 02:31: James"
        " Baillie (CON) was elected, not Daniel Jeffery (LAB). James Baillie (CON) had 1,445"
        " votes, not 1,286; Daniel Jeffery (LAB) had 1,286 votes, not 1,445. Cause: transposed"
        " rows; two figures typed the wrong way round (made up for the demo). Source: the paper"
        " declaration (made up for the demo). The seats became LAB 24, CON 20, IND 4. No party"
        " had a majority any more; we had shown Labour with one."
    )


def test_every_output_tells_the_same(southampton):
    """The table, CSV and the sentences name what JSON does."""
    (told,) = run("corrections", "--ledger", southampton, "--json").json
    (row,) = csv.DictReader(io.StringIO(run("corrections", "--ledger", southampton, "--csv").out))
    assert (row["entry"], row["replaced"], row["cause"]) == ("30", "28", "transposed rows")
    assert (row["stood_seconds"], row["effect"], row["seats"]) == (
        "1260.0",
        "control",
        "CON=+1 LAB=-1",
    )
    assert row["seats_before"] == "LAB=25 CON=19 IND=4"
    table = run("corrections", "--ledger", southampton).out
    for text in ("21 min", "22 min", "winner-changes, votes-swapped", "the paper declaration",
                 "elected Daniel Jeffery → James Baillie", "1,286 → 1,445"):  # fmt: skip
        assert text in table
    assert run("corrections", "--ledger", southampton, "--sentences").out == told["sentence"] + "\n"


def test_a_viewpoint_before_it_has_none(southampton):
    """Nothing was corrected of the first 29 entries, by 02:50, or in the hall by 02:20."""
    for place in (("--entry", "29"), ("--known-at", "02:50"), ("--at", "02:20")):
        ran = run("corrections", "southampton", "--ledger", southampton, *place)
        assert (ran.code, ran.out) == (0, "Nothing was corrected, announced again or withdrawn.\n")
        assert run("corrections", "--ledger", southampton, "--json", *place).json == []


def test_outputs_clash(southampton):
    """Sentences and a format for programs are not asked for together."""
    assert run("corrections", "--ledger", southampton, "--sentences", "--csv").code == 2


def test_what_a_publisher_changed(real):
    """Each of the 38 recorded changes of the general election of 2024 has its sentence, also
    where it changed nothing that is kept here."""
    with connect(real["general-election-2024"]) as book:
        told = [sentences(one) for one in corrections(book)]
    assert len(told) == sum("corrected" in text for text in told) >= 36
    assert all("Source: House of Commons Library" in text for text in told)
    assert any("the electorate was 73,198, not 60,152. Who was elected does not" in t for t in told)
    assert any("its source changed Surname" in text for text in told)
    assert any("Green had 3,416 votes, not 2,728." in text for text in told)


# --- results: every effect ------------------------------------------------------------------

LEAD = "At 02:52 BST on 6 May 2016 we corrected the result for One, recorded at 02:31: "


def test_figures(town):
    """Another figure, the same winner."""
    correct(town, Dan=111)
    assert last(town) == (
        LEAD + "Dan (GRN) had 111 votes, not 1,110. Who was elected does not change."
        " Cause: digit error; misread. Source: telephone."
    )


def test_winner_and_seats(town):
    """Another winner moves a seat; no control changes."""
    correct(town, Dan=11)
    assert last(town) == (
        LEAD + "Cat (LD) was elected, not Dan (GRN). Dan (GRN) had 11 votes, not 1,110."
        " Cause: digit error; misread. Source: telephone. The seats became CON 1, LD 1."
    )


def test_none_but_the_hour(town):
    """Only the hour was wrong."""
    correct(town, at="2016-05-06T01:20", cause="wrong time", reason="clock misread.")
    assert last(town) == (
        LEAD + "it was declared at 01:20 BST on 6 May 2016, not at 02:30."
        " Cause: wrong time; clock misread. Source: telephone."
    )


def test_a_name_and_a_party(town):
    """Whoever is elected under another name, or for another party, is the same person."""
    correct(
        town, cause="wrong person",
        people=[CandidateCorrection(candidate="Dan", name="Danny", party="Labour")],
    )  # fmt: skip
    assert last(town) == (
        LEAD + "the candidate is Danny, not Dan, and stood for Labour, not Green."
        " Cause: wrong person; misread. Source: telephone. The seats became CON 1, LAB 1."
    )


def test_a_tie_instead(town):
    """The figures of a tie leave nobody elected; a lot, and its withdrawal, are told too."""
    correct(town, Dan=100, reason="as the slip says")
    assert "it was a tie, to be decided by lot; we had given Dan (GRN) as elected." in last(town)
    town.book.declare("one", lot=["Cat"], declared_at="2016-05-06T02:55", **SAID)
    town.later("2016-05-06T02:58")
    town.book.withdraw(len(list(town.book.entries())), reason="the other was drawn", **SAID)
    assert last(town) == (
        "At 02:58 BST on 6 May 2016 we withdrew the lot that completed the result for One,"
        " recorded at 02:52: it was a tie, to be decided by lot; we had given Cat (LD) as elected."
        " Reason: the other was drawn. Source: telephone. The seats became CON 1, LAB 1."
    )


def test_rank(town):
    """Others change places: the order is told."""
    town.opened("2016-09-08", "Cat", "Dan", "Eve", by_election=True)
    town.later("2016-09-09T01:00")
    by_election = "local.town.one.by.2016-09-08"
    form = result(Cat=9, Dan=5, Eve=4).model_copy(update={"contest": by_election})
    town.book.declare(by_election, form=form, declared_at="2016-09-08T23:30", **HOW)
    town.later("2016-09-12T09:00")
    town.book.correct(by_election, votes={"Dan": 4, "Eve": 5}, reason="one row off",
                      cause="rows misaligned", **HOW)  # fmt: skip
    assert last(town) == (
        "At 09:00 BST on 12 September 2016 we corrected the by-election result of 8 September 2016"
        " for One, recorded at 01:00 BST on 9 September 2016: Dan (GRN) had 4 votes, not 5; Eve"
        " (UKIP) had 5 votes, not 4. Who was elected does not change. In order of votes the"
        " candidates are Cat, Eve and Dan. Cause: rows misaligned; one row off. Source: telephone."
    )


def test_control(sqlite_url):
    """A majority gained, and given to another."""
    with connect(sqlite_url, create=True, clock=count_night) as book:
        book.register(council(wards=1), **SAID)
        book.open(night(wards=1), **SAID)
        book.declare("w0", votes={"A Bell (Lab)": 10, "C Dee (Con)": 20}, **SAID)
        book.correct("w0", votes={"A Bell": 30}, reason="again", **HOW)
        (one,) = corrections(book)
    assert sentences(one).endswith(
        "The seats became LAB 1. Labour had the majority that we had shown for Conservative."
    )


# --- announced again, taken back --------------------------------------------------------------


def test_announced_again(town):
    """A redeclaration follows: both hours are those of the hall."""
    town.later("2016-05-06T03:12")
    desk = town.book.desk(**HOW)
    desk.redeclare("one", result(Cat=120, Dan=110).model_copy(
        update={"declared_at": "2016-05-06T03:10"}), why="a recount")  # fmt: skip
    desk.commit()
    assert last(town) == (
        "At 03:12 BST on 6 May 2016 we recorded that the result for One, declared at 02:30 BST on"
        " 6 May 2016, was announced again at 03:10: Cat (LD) was elected, not Dan (GRN). Cat (LD)"
        " had 120 votes, not 100; Dan (GRN) had 110 votes, not 1,110. Reason given: a recount."
        " Source: telephone. The seats became CON 1, LD 1."
    )
    town.book.withdraw(len(list(town.book.entries())), reason="a rumour", **SAID)
    assert last(town).startswith(
        "At 03:12 BST on 6 May 2016 we withdrew the second announcement of the result for One,"
        " recorded at 03:12: Dan (GRN) was elected, not Cat (LD)."
    )


def test_taken_back(town):
    """A withdrawn correction, then the withdrawn declaration."""
    correct(town, Dan=11)
    town.later("2016-05-07T09:00")
    town.book.withdraw(4, reason="it was right", **SAID)
    assert last(town).startswith(
        "At 09:00 BST on 7 May 2016 we withdrew our correction of the result of 5 May 2016 for"
        " One, made at 02:52 BST on 6 May 2016: Dan (GRN) was elected, not Cat (LD)."
    )
    town.book.withdraw(3, reason="a rehearsal", **SAID)
    assert last(town) == (
        "At 09:00 BST on 7 May 2016 we withdrew the result of 5 May 2016 for One, recorded at"
        " 02:31 BST on 6 May 2016 with Dan (GRN) elected. It has no result now. Reason: a"
        " rehearsal. Source: telephone. The seats became CON 1, LAB 1."
    )
    town.book.withdraw(2, reason="not up", **SAID)
    assert "that a poll was to be held in One on 5 May 2016. Reason: not up." in last(town)


# --- other facts ------------------------------------------------------------------------------


def test_facts_of_seats(town):
    """A vacancy, who fills it and a change of party: what is right, then what was reported."""
    town.later("2016-06-01T12:00")
    town.write(lambda desk: desk.vacate("town/two/1", why="resignation", since="2016-05-10"))
    instead = Instead(4, "the letter was misread")
    town.write(
        lambda desk: desk.vacate("town/two/1", why="death", since="2016-05-11", instead=instead)
    )
    assert last(town) == (
        "At 12:00 BST on 1 June 2016 we corrected our report on Two, recorded at 12:00: the seat of"
        " Bob in Two fell vacant on 11 May 2016 (death); we had reported that the seat of Bob in"
        " Two fell vacant on 10 May 2016 (resignation). Reason: the letter was misread. Source:"
        " telephone."
    )
    fill = {"holder": "Flo", "since": "2016-05-20"}
    town.write(lambda desk: desk.fill("town/two/1", party="Labour", **fill))
    wrong = Instead(6, "misheard", "wrong party label")
    town.write(lambda desk: desk.fill("town/two/1", party="Green", instead=wrong, **fill))
    assert "Flo (GRN) took a vacant seat in Two on 20 May 2016; we had" in last(town)
    assert "Flo holds a seat in Two for GRN, not for LAB." in last(town)
    town.write(lambda desk: desk.allegiance("town/two/1", party="Independent", since="2016-05-21"))
    town.book.withdraw(8, reason="a rumour", **SAID)
    assert "that Flo of Two changed party to Independent on 21 May 2016. Flo holds" in last(town)
    town.book.withdraw(7, reason="as first reported", **SAID)
    assert "Flo holds a seat in Two for LAB, not for GRN." in last(town)


def test_facts_of_contests(town):
    """Courts, discrepancies, polls called off, aliases."""
    town.later("2016-07-01T12:00")
    since = {"since": "2016-07-01"}
    town.write(lambda desk: desk.overturn("one", court="the High Court", elected=["Cat"], **since))
    void = Instead(4, "the order was misread")
    town.write(lambda desk: desk.overturn("one", court="the High Court", instead=void))
    assert "the High Court declared the election in One void on 1 July 2016; we had" in last(town)
    assert "A seat in One is vacant; we had shown Cat (LD) in it." in last(town)
    assert "The seats became CON 1, vacant 1." in last(town)
    town.write(lambda desk: desk.note("one", what="a box.", votes={"Dan": 5}, **since))
    more = Instead(6, "counted again")
    town.write(lambda desk: desk.note("one", what="a box.", votes={"Dan": 6}, instead=more))
    assert "are wrong: a box (by the papers Dan 6); we had reported" in last(town)
    town.write(lambda desk: desk.alias("Danny", means="Dan", of="candidate", council="town"))
    town.book.withdraw(8, reason="another", **SAID)
    assert "that Danny is another name of Dan. Reason: another." in last(town)
    for one in corrections(town.book):
        assert one.as_json()["figures"] or one.line.kind == "entry-withdrawn"
        assert one.stood == timedelta(0)


def test_names_cannot_steer_a_terminal(town):
    """What people typed is printed without anything invisible in it."""
    correct(town, Dan=111, reason="caf\u00e9 \u2013 \u201cslip\u201d")
    assert "caf\u00e9 \u2013 \u201cslip\u201d" in last(town)
    assert last(town).isprintable()
