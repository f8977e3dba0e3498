"""A night of many councils from one file, over seats whose holders are not known."""

import csv
import json
from pathlib import Path

import pytest
from cli_runner import run

from ledger import LedgerError, Viewpoint, connect
from ledger.errors import FileRefused
from ledger.facts import ElectedUnopposed, Result
from ledger.formats import Options, read_file
from ledger.forms import CouncilForm, NightForm, SeatForm, WardForm
from projections.contests import contests
from projections.seats import as_json, seats

ROOT = Path(__file__).parent.parent
NIGHT = ROOT / "docs" / "how-to" / "files" / "country"
SAID = {"by": "Ann", "source": "LEAP"}
DAY = {"poll_date": "2019-05-02"}
HEAD = "council,council_gss,ward,ward_gss,candidate,party,votes,elected"


def options(**more):
    return Options(**DAY, **({"left_out": str(NIGHT / "mayors.csv")} | more))


@pytest.fixture
def country(tmp_path):
    """The excerpt in a ledger: two whole councils, a third of one, a by-election."""
    batch = read_file(str(NIGHT / "leap.csv"), options(sizes=str(NIGHT / "compositions.csv")))
    with connect(str(tmp_path / "country.db"), create=True) as book:
        book.load(batch, **SAID, declared_at="2019-05-03T18:00")
        yield book


def loaded(book, text, path, **given):
    """Rows of a night, loaded."""
    path.write_text(f"{HEAD}\n{text}", "utf-8")
    batch = read_file(str(path), Options(**DAY, **given))
    return book.load(batch, **SAID, declared_at="2019-05-03T18:00")


def test_every_council_has_its_size(country):
    """Sizes are those published, though only part of a council was polled."""
    with (NIGHT / "compositions.csv").open(newline="") as file:
        published = {
            row["opencouncildata_name"]: int(row["council_size_after"])
            for row in csv.DictReader(file)
        }
    assert {one.name: one.size for one in country.councils()} == published
    won = {one.council: sum(seats(country, one.council).won.values()) for one in country.councils()}
    assert won == {"boston": 30, "cumbria": 1, "tunbridge-wells": 18, "west-devon": 31}


def test_a_seat_not_known_is_held(country):
    """It is not vacant, it is no party's, and who controls is not known while it could matter."""
    told = as_json(seats(country, "tunbridge-wells"))
    assert (told["vacant"], told["seats"]["UNKNOWN"], told["size"]) == (0, 30, 48)
    assert told["control"] == {
        "party": None, "status": "not known", "over_all_others": None, "certain": False
    }  # fmt: skip
    assert as_json(seats(country, "boston"))["control"]["party"] == "CON"
    eve = seats(country, "boston", Viewpoint(at="2019-05-02T12:00"))
    assert (dict(eve.seats), eve.control.known) == ({"UNKNOWN": 30}, False)


def test_nobody_gains_from_nobody_knows_whom(country):
    """Where the party before is not known a seat is neither held nor gained."""
    lines = [line.as_json() for line in contests(country, "boston")]
    told = {(one["result"], one["from"]) for line in lines for one in line["elected"]}
    assert told == {(None, None)}


def test_a_tie_in_the_file_is_a_result_with_its_lot(country):
    """Who is marked as elected was drawn; the mark in the name is not part of the name."""
    line = next(one for one in contests(country, "tunbridge-wells") if "lot" in one.flags)
    assert (line.ward_name, line.status) == ("Paddock Wood West", "declared")
    assert [winner.new.holder for winner in line.winners] == ["Matt Bailey"]
    assert line.result.lot == ("Matt Bailey",)
    assert not [
        c.name for e in country.entries() if isinstance(e.fact, Result)
        for c in e.fact.candidates if "ELECTED" in c.name
    ]  # fmt: skip


def test_nobody_votes_where_nobody_stands_against(country):
    """Candidates who are all elected with no votes were unopposed; no result is made up."""
    found = {e.contest for e in country.entries() if isinstance(e.fact, ElectedUnopposed)}
    assert "local.west-devon.burrator.2019-05-02" in found
    counted = {e.contest for e in country.entries() if isinstance(e.fact, Result)}
    assert not found & counted


def test_a_mayor_is_refused_or_left_out(tmp_path):
    """What is no result is told with its line; left out by name, with the reason."""
    night = str(NIGHT / "leap.csv")
    with pytest.raises(FileRefused) as refused:
        read_file(night, Options(**DAY)).whole()
    assert {(p.line, p.field, p.rule) for p in refused.value.problems} == {
        (2, field, "missing") for field in ("votes",)
    }
    batch = read_file(night, options()).whole()
    assert batch.notes[0] == "left out: Bedford, Elected Mayor: a mayor has no seat on the council"
    wrong = tmp_path / "except.csv"
    wrong.write_text("council,ward,reason\nBedford,Elected Major,a slip\n")
    with pytest.raises(FileRefused) as refused:
        read_file(night, options(left_out=str(wrong))).whole()
    assert [p.rule for p in refused.value.problems] == ["unknown-ward"]


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        ("X,E1,A,E2,Ann,Lab,5,0\nX,E1,A,E2,Bob,Con,3,0\n", "elected-equals-seats"),
        ("X,E1,A,E2,Ann,Lab,5,0\nX,E1,A,E2,Bob,Con,3,1\n", "elected-are-top"),
        ("X,E1,A,E2,Ann,Lab,5,perhaps\nX,E1,A,E2,Bob,Con,3,1\n", "bad-mark"),
        ("X,E1,A,E2,Ann,Lab,5,\nX,E1,A,E2,Bob,Con,3,1\n", "missing"),
        ("X,E1,A,E2,Ann,Lab,5,1\nX,E1,A,E2,Ann,Con,3,0\n", "candidate-twice"),
        ("X,E1,A,E2,Ann,Lab,-5,1\n", "bad-number"),
        ("X,E1,A,E2,Ann,,5,1\n", "missing"),
        ("?,E1,A,E2,Ann,Lab,5,1\n", "refused"),
        ("X,E1,A,E2,Ann,Lab,5,1\nX,E1,a,E3,Bob,Lab,5,1\n", "ward-twice"),
    ],
)
def test_rows_that_cannot_be(tmp_path, rows, rule):
    """Each is refused by its rule, and nothing is recorded, be the other rows right."""
    good = "Y,E9,Z,E8,Zoe,Lab,9,1\n"
    with connect(str(tmp_path / "n.db"), create=True) as book:
        with pytest.raises(FileRefused) as refused:
            loaded(book, rows + good, tmp_path / "n.csv")
        assert rule in {problem.rule for problem in refused.value.problems}
        assert book.store.total() == 0


def test_a_size_that_is_less_than_was_elected(tmp_path):
    """Sizes are checked against the file; one that is not given is said to be missing."""
    sizes = tmp_path / "sizes.csv"
    sizes.write_text("council,party,seats\nX,Lab,1\n")
    rows = "X,E1,A,E2,Ann,Lab,5,1\nX,E1,B,E3,Bob,Lab,5,1\nY,E4,C,E5,Cy,Lab,5,1\n"
    path = tmp_path / "n.csv"
    path.write_text(f"{HEAD}\n{rows}")
    batch = read_file(str(path), Options(**DAY, sizes=str(sizes)))
    assert [(p.line, p.rule) for p in batch.problems] == [(2, "size-differs")]
    assert batch.notes == ("size not known: Y is registered with the 1 seats filled",)


def test_a_council_that_is_registered_is_used_as_it_stands(tmp_path):
    """Its holders stay known, so that gains are told; where it does not fit it is refused."""
    ward = WardForm(name="Hill", seats=(SeatForm(holder="Old", party="Con", up=True),) * 2)
    form = CouncilForm(council="x", name="X Council", wards=(ward,), since="2018-01-01")
    rows = "X,E1,Hill,E2,Ann,Lab,5,1\nX,E1,Hill,E2,Bob,Con,4,1\nX,E1,Hill,E2,Cy,LD,1,0\n"
    with connect(str(tmp_path / "n.db"), create=True) as book:
        book.register(form, **SAID)
        first = loaded(book, rows, tmp_path / "n.csv")
        assert (first.recorded, seats(book, "x").change) == (2, {"CON": -1, "LAB": 1})
        again = loaded(book, rows, tmp_path / "n.csv")
        assert (again.recorded, again.skipped) == (0, 2)
        with pytest.raises(FileRefused) as refused:
            loaded(book, "X,E1,Dale,E2,Ann,Lab,5,1\n", tmp_path / "n.csv")
    # That a contest nobody could open has no result is not told again.
    assert [(p.line, p.rule) for p in refused.value.problems] == [(2, "unknown-ward")]


def at_night(book, text, path, day, **given):
    """Rows of the night of some day, loaded."""
    path.write_text(f"{HEAD}\n{text}", "utf-8")
    batch = read_file(str(path), Options(poll_date=day, **given))
    return book.load(batch, **SAID, declared_at=f"{day}T23:30")


def test_another_night_registers_the_council_anew(tmp_path):
    """A register made from one night tells of that night alone: another one, with other wards
    and seats, has a register of its own from its day on; what was before stays told."""
    sizes = tmp_path / "sizes.csv"
    sizes.write_text("council,party,seats\nX,Lab,3\n")
    hill, dale = "X,E1,Hill,E2,Ann,Lab,5,1\n", "X,E1,Hill,E2,Bob,Con,5,1\nX,E1,Dale,E3,Cy,LD,3,1\n"
    path = tmp_path / "n.csv"
    with connect(str(tmp_path / "n.db"), create=True) as book:
        at_night(book, hill, path, "2019-05-02", sizes=str(sizes))
        then = seats(book, "x")
        later = at_night(book, dale, path, "2021-05-06", sizes=str(sizes))
        kinds = [entry.kind for entry in later.entries]
        assert kinds == ["council-registered", *["contest-opened"] * 2, *["result-declared"] * 2]
        assert dict(seats(book, "x").seats) == {"CON": 1, "LD": 1, "UNKNOWN": 1}
        assert seats(book, "x", Viewpoint(at="2021-05-01")).seats == then.seats
        again = at_night(book, dale, path, "2021-05-06", sizes=str(sizes))
        assert (again.recorded, again.skipped) == (0, 5)
        with pytest.raises(FileRefused) as refused:  # it would begin before what is known
            at_night(book, hill, path, "2016-05-05")
    assert [p.rule for p in refused.value.problems] == ["review-clash", "before-register"]


def test_a_night_typed_in_needs_a_whole_register(country):
    """`open` of another night's contest is refused where the register tells one night only."""
    night = {
        "poll_date": "2021-05-06",
        "council": "tunbridge-wells",
        "contests": [{"ward": "park"}],
    }
    with pytest.raises(LedgerError, match="only the seats of 2019-05-02"):
        country.open(NightForm.model_validate_json(json.dumps(night)), **SAID)


def test_a_contest_that_is_open_is_used_as_it_stands(tmp_path):
    """A night opened beforehand is declared from the file."""
    ward = WardForm(name="Hill", seats=(SeatForm(holder="Old", party="Con", up=True),))
    form = CouncilForm(council="x", name="X", wards=(ward,), since="2018-01-01")
    night = {"poll_date": "2019-05-02", "council": "x", "contests": [{"ward": "hill"}]}
    with connect(str(tmp_path / "n.db"), create=True) as book:
        book.register(form, **SAID)
        book.open(NightForm.model_validate_json(json.dumps(night)), **SAID)
        receipt = loaded(book, "X,E1,Hill,E2,Ann,Lab,5,1\n", tmp_path / "n.csv")
        assert [entry.kind for entry in receipt.entries] == ["result-declared"]


def test_loading_the_night_again_adds_nothing(country):
    """From the command line, too; the contests left out are told each time."""
    words = ("--poll-date", "2019-05-02", "--declared-at", "2019-05-03T18:00", "--source", "LEAP",
             "--sizes", str(NIGHT / "compositions.csv"), "--except", str(NIGHT / "mayors.csv"),
             "--ledger", country.url)  # fmt: skip
    before = country.store.total()
    ran = run("load", str(NIGHT / "leap.csv"), *words, "--json")
    assert (ran.code, ran.json["recorded"], ran.json["skipped"]) == (0, 0, before)
    assert ran.err.startswith("left out: Bedford, Elected Mayor")


def test_a_ledger_is_begun_by_what_was_decided(tmp_path):
    """Where there is none, a file that is refused leaves none behind, and one that is taken is
    recorded as it was decided."""
    kept = tmp_path / "new.db"
    words = ("load", str(NIGHT / "leap.csv"), "--poll-date", "2019-05-02", "--source", "LEAP",
             "--ledger", str(kept))  # fmt: skip
    late = run(*words, "--except", str(NIGHT / "mayors.csv"))
    assert (late.code, kept.exists()) == (3, False)
    ran = run(*words, "--except", str(NIGHT / "mayors.csv"), "--declared-at", "2019-05-03T18:00")
    assert ran.code == 0, ran.err
    assert run("check", "--ledger", str(kept)).code == 0
    assert "? Not known" in run("seats", "boston", "--ledger", str(kept)).out
    table = run("contests", "boston", "--ledger", str(kept)).out
    assert "before: not known" in table
    assert "gain" not in table


def test_status_says_nothing_of_holders_nobody_knows(country):
    """Seats whose holder is not known are no party's majority: control is not known there, as
    on the board, and the list of councils says the same and names nobody with no seats."""
    told = run("status", "tunbridge-wells", "--ledger", country.url)
    assert "count the 30 whose holder is not known for nobody" in told.out
    assert "UNKNOWN ends with" not in told.out
    parties = run("status", "tunbridge-wells", "--json", "--ledger", country.url).json["parties"]
    assert {p["needs"] for p in parties if p["party"] == "UNKNOWN"} == {None}
    for command in ("status", "seats"):
        lines = run(command, "--ledger", country.url).out.splitlines()
        assert "not known" in next(line for line in lines if line.startswith("Tunbridge"))
        assert not [line for line in lines if "UNKNOWN 0" in line]
