"""Names that differ: matched exactly, by id or by an alias once confirmed, never by guess."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from store_night import SAID, log

from ledger import Viewpoint
from ledger.errors import (
    AliasChain,
    AliasIsName,
    AliasTaken,
    IdOfAnother,
    KeyReused,
    TargetGone,
    UnknownCandidate,
    UnknownContest,
    UnknownHolder,
    UnknownName,
    UnknownParty,
    UnknownWard,
)
from ledger.forms import (
    CandidateForm,
    ContestForm,
    CouncilForm,
    NightForm,
    NomineeForm,
    ResultForm,
    SeatForm,
    WardForm,
)
from projections.check import check
from projections.history import history
from projections.night import standing
from projections.seats import boards, seats
from projections.tables import Tables
from projections.timeline import replay

SHOLING = "local.town.sholing.2016-05-05"
PEOPLE = (
    NomineeForm(name="Daniel Jeffery", party="Labour", id="1"),
    NomineeForm(name="James Baillie", party="Conservative", id="2"),
)


@pytest.fixture
def town(sqlite_url, fresh_ledger):
    """Sholing has a list of candidates, Bargate has none; afterwards every law holds, and
    tables and timeline cope with what is no ward's."""
    book = fresh_ledger(sqlite_url, lambda: datetime(2016, 5, 6, 3, tzinfo=UTC))
    held = (SeatForm(holder="Daniel Jeffery", party="Labour", up=True),)
    wards = (WardForm(name="Sholing", seats=held), WardForm(name="Bargate", seats=held[:1]))
    book.register(CouncilForm(council="town", name="Town", wards=wards, since="2016-01-01"), **SAID)
    contests = (ContestForm(ward="Sholing", candidates=PEOPLE), ContestForm(ward="Bargate"))
    book.open(NightForm(council="town", poll_date="2016-05-05", contests=contests), **SAID)
    yield book
    assert check(book).broken == ()
    assert len(list(history(book))) == book.store.total()
    list(replay(book, "town", clock="ledger"))
    with Tables(book) as tables:
        for entry in range(1, book.store.total() + 1):
            assert tables.tallies(Viewpoint(entry=entry)) == boards(book, Viewpoint(entry=entry))


def alias(book, name, means, of="candidate", **said):
    return book.write(lambda desk: desk.alias(name, means=means, of=of), **(SAID | said))


def form(*people, contest="sholing", **more):
    return ResultForm(contest=contest, candidates=tuple(people), **more)


def person(name, votes, **more):
    return CandidateForm(name=name, votes=votes, **more)


def declare(book, *people, contest="sholing", **said):
    return book.declare(contest, form=form(*people, contest=contest), **(SAID | said))


def parties(book):
    return {c.name: c.party for c in log(book)[-1].fact.candidates}


# --- aliases --------------------------------------------------------------------------------


def test_a_confirmed_alias_is_honoured(town):
    """What is typed under it is recorded under the name: in a result, its lot, a correction,
    a court's order, and of who holds a seat."""
    people = person("dan  JEFFERY", 5), person("James Baillie", 5)
    with pytest.raises(UnknownCandidate, match="Dan"):
        declare(town, person("Dan Jeffery", 5), people[1])
    alias(town, "Dan Jeffery", "daniel jeffery")
    assert log(town)[-1].fact.means == "Daniel Jeffery"  # as it is spelt
    declare(town, *people)
    town.declare("sholing", lot=["Dan Jeffery"], **SAID)
    assert next(c.holder for c in standing(town).holders.values()) == "Daniel Jeffery"
    again = {"reason": "misread", "accept": ("winner-changes",)}
    town.correct("sholing", votes={"Dan Jeffery": 4}, **again, **SAID)
    assert {c.name: c.votes for c in log(town)[-1].fact.candidates}["Daniel Jeffery"] == 4
    town.write(lambda d: d.overturn("sholing", court="c", elected=["Dan Jeffery"]), **SAID)
    town.write(lambda d: d.note("sholing", what="a box", votes={"Dan Jeffery": 9}), **SAID)
    assert log(town)[-1].fact.votes == {"Daniel Jeffery": 9}


def test_an_alias_finds_a_holder(town):
    """A seat may be named by its holder, and so by the holder's alias."""
    town.write(lambda d: d.vacate("bargate/1", why="death"), **SAID)
    with pytest.raises(UnknownHolder):
        town.write(lambda d: d.vacate("Dan Jeffery", why="death"), **SAID)
    alias(town, "Dan Jeffery", "Daniel Jeffery")
    town.write(lambda d: d.vacate("Dan Jeffery", why="death"), **SAID)
    assert seats(town).vacant == 2


def test_without_a_list_a_result_is_recorded_under_the_name(town):
    """A contest whose candidates are not known takes the name an alias means."""
    alias(town, "Dan Jeffery", "Daniel Jeffery")
    declare(town, person("Dan Jeffery (Lab)", 9), person("X (Con)", 4), contest="bargate")
    assert set(parties(town)) == {"Daniel Jeffery", "X"}


def test_a_real_name_comes_before_an_alias(town):
    """Somebody nominated later under what is an alias elsewhere is themselves."""
    alias(town, "Dan Jeffery", "Daniel Jeffery")
    people = (*PEOPLE, NomineeForm(name="Dan Jeffery", party="Green"))
    contest = ContestForm(ward="Sholing", candidates=people)
    night = NightForm(council="town", poll_date="2016-05-06", contests=(contest,))
    town.open(night, **SAID)
    votes = {"Dan Jeffery": 3, "Daniel Jeffery": 2, "James Baillie": 1}
    town.declare("sholing", votes=votes, declared_at="2016-05-06T23:00", **SAID)
    assert {c.name: c.votes for c in log(town)[-1].fact.candidates} == votes


def test_a_party_alias_counts_later_results_for_the_party(town):
    """The label stays as declared; code and group are the party's. What was resolved before
    stays as it was, and so does what was resolved under an alias that is withdrawn."""
    people = person("Ann (Town Labour)", 9), person("Bob (Con)", 4)
    declare(town, *people, contest="bargate", key="first")
    assert parties(town)["Ann"].group == "TOWN-LABOUR"
    confirmed = alias(town, "Town Labour", "Lab", of="party")
    assert seats(town).seats == {"LAB": 1, "TOWN-LABOUR": 1}
    assert declare(town, *people, contest="bargate", key="first").recorded == 0
    town.withdraw(log(town)[-2].number, reason="again", **SAID)
    declare(town, *people, contest="bargate", key="second")
    ann = parties(town)["Ann"]
    assert (ann.label, ann.code, ann.group, ann.id) == ("Town Labour", "LAB", "LAB", "PP53")
    town.withdraw(confirmed.entries[0].number, reason="not so", **SAID)
    assert seats(town).seats == {"LAB": 2}
    assert declare(town, *people, contest="bargate", key="second").recorded == 0
    town.write(lambda d: d.allegiance("sholing/1", party="Town Labour"), **SAID)
    assert seats(town).seats == {"LAB": 1, "TOWN-LABOUR": 1}


def test_a_ward_alias_finds_the_ward(town):
    """In a result, as a sheet's slug, and to open a contest."""
    for name in ("Bargate & St Marys", "bargate-st-marys@2016-05-05"):
        with pytest.raises(UnknownContest):
            declare(town, person("Ann (Lab)", 9), contest=name)
    contest = ContestForm(ward="bargate & st marys")
    night = NightForm(council="town", poll_date="2016-05-06", contests=(contest,))
    with pytest.raises(UnknownWard):
        town.open(night, **SAID)
    alias(town, "Bargate & St Marys", "bargate", of="ward")
    assert log(town)[-1].fact.means == "Bargate"
    declare(town, person("Ann (Lab)", 9), contest="town/bargate-st-marys@2016-05-05")
    town.open(night, **SAID)
    assert log(town)[-1].ward == "bargate"


def test_what_cannot_be_an_alias(town):
    """What means something already, a name that is somebody's, a chain, an unknown name."""
    declare(town, person("Ann (Residents)", 9), person("Bob (Con)", 4), contest="bargate")
    alias(town, "Dan", "Daniel Jeffery")
    for name, means, of, refusal in (
        ("dan", "Daniel Jeffery", "candidate", AliasTaken),
        ("DAN", "James Baillie", "candidate", AliasTaken),
        ("Danny", "Dan", "candidate", AliasChain),
        ("Daniel Jeffery", "James Baillie", "candidate", AliasChain),
        ("James Baillie", "Daniel Jeffery", "candidate", AliasIsName),
        ("Jim", "James Bailey", "candidate", UnknownName),
        ("Tory", "Toryism", "party", UnknownName),
        ("Labour Party", "Con", "party", AliasIsName),
        ("Residents", "residents", "party", AliasIsName),
        ("sholing", "Bargate", "ward", AliasIsName),
        ("Docks", "Bargat", "ward", UnknownName),
    ):
        with pytest.raises(refusal):
            alias(town, name, means, of)
    with pytest.raises(UnknownName, match="James Bailey") as refused:
        alias(town, "Jim", "James Bailey")
    assert "did you mean 'James Baillie'?" in refused.value.remedy


def test_an_alias_chain_from_below(town):
    """What an alias means in one ward cannot become an alias of another ward's candidate."""
    declare(town, person("Ann (Lab)", 9), person("Bob (Con)", 4), contest="bargate")
    alias(town, "Annie", "Ann")
    with pytest.raises(AliasChain):
        alias(town, "Ann", "James Baillie")


def test_an_alias_withdrawn_means_nothing(town):
    """It is refused again, may be given to another, and is withdrawn only once."""
    number = alias(town, "Dan", "Daniel Jeffery", key="k").entries[0].number
    town.withdraw(number, reason="another Dan", **SAID)
    with pytest.raises(UnknownCandidate):
        declare(town, person("Dan", 5), person("James Baillie", 4))
    with pytest.raises(TargetGone):
        town.withdraw(number, reason="again", **SAID)
    again = alias(town, "Dan", "Daniel Jeffery", key="k")
    assert (again.recorded, again.withdrawn) == (0, 1)
    alias(town, "Dan", "James Baillie")
    declare(town, person("Dan", 5), person("Daniel Jeffery", 4))
    assert standing(town).holders["sholing/1"].holder == "James Baillie"


def test_a_key_is_decided_again_with_the_names_of_then(town):
    """A write repeated after its alias was withdrawn is the same write; another is not."""
    confirmed = alias(town, "Dan", "Daniel Jeffery", key="a")
    people = person("Dan", 5), person("James Baillie", 4)
    first = declare(town, *people, key="d")
    town.withdraw(confirmed.entries[0].number, reason="not so", **SAID)
    assert declare(town, *people, key="d").entries == first.entries
    assert alias(town, "Dan", "Daniel Jeffery", key="a").entries == confirmed.entries
    with pytest.raises(KeyReused):
        alias(town, "Dan", "James Baillie", key="a")


# --- matching -------------------------------------------------------------------------------


def test_rows_in_another_order_are_no_matter(town):
    """Candidates are matched by name, whatever the order of the rows."""
    declare(town, person("James Baillie", 4), person("daniel jeffery", 5))
    assert [(c.name, c.votes) for c in log(town)[-1].fact.candidates] == [
        ("Daniel Jeffery", 5),
        ("James Baillie", 4),
    ]


def test_an_id_tells_who_is_meant(town):
    """Where both have one; a name and an id that contradict each other are refused."""
    with pytest.raises(IdOfAnother) as refused:
        declare(town, person("Daniel Jeffery", 5, id="2"), person("James Baillie", 4))
    assert refused.value.exit_code == 3
    declare(town, person("D. Jeffery", 5, id="1"), person("James Baillie", 4, id="99"))
    assert set(parties(town)) == {"Daniel Jeffery", "James Baillie"}


def test_a_label_nobody_knows_is_not_another_party(town):
    """It would count a seat for a party that is not there; an id, an alias, or a correction
    of the label itself say what it means."""
    people = person("Daniel Jeffery", 5, party="Sholing Labour"), person("James Baillie", 4)
    with pytest.raises(UnknownParty, match="Sholing Labour") as refused:
        declare(town, *people)
    assert "--of party --means 'Labour'" in refused.value.remedy
    by_id = person("Daniel Jeffery", 5, party="Sholing Labour", party_id="PP53")
    declare(town, by_id, people[1])
    assert parties(town)["Daniel Jeffery"].group == "LAB"
    town.correct(
        "sholing", form=form(people[0]), reason="stood for them", cause="wrong party label",
        accept=["winner-changes"], **SAID,
    )  # fmt: skip
    assert parties(town)["Daniel Jeffery"].group == "SHOLING-LABOUR"
