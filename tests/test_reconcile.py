"""The ledger beside something published: what is equal, what differs, what cannot be compared."""

import csv
import json
from pathlib import Path

import pytest
from cli_runner import run
from hypothesis import given
from hypothesis import strategies as st

from ledger import connect
from ledger.errors import FileRefused
from ledger.formats.compositions import Composition, read_compositions
from ledger.forms import ResultForm
from ledger.parties import UNKNOWN
from ledger.testing import plans, played
from projections.night import standings
from projections.reconcile import KINDS, reconcile_compositions, reconcile_results

ROOT = Path(__file__).parent.parent
NIGHT = ROOT / "docs" / "how-to" / "files" / "country"
LEAP = ("--poll-date", "2019-05-02", "--except", str(NIGHT / "mayors.csv"))


@pytest.fixture(scope="module")
def country(tmp_path_factory):
    """The excerpt, loaded by the command line; its address."""
    url = str(tmp_path_factory.mktemp("country") / "country.db")
    ran = run("load", str(NIGHT / "leap.csv"), *LEAP, "--declared-at", "2019-05-03T18:00",
              "--source", "LEAP", "--sizes", str(NIGHT / "compositions.csv"), "--ledger", url)  # fmt: skip
    assert ran.code == 0, ran.err
    return url


def rows_of(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def written(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def told(country, file, *words):
    """The differences of a file, as JSON, and what was said of them."""
    ran = run("reconcile", file, *words, "--ledger", country, "--json")
    found = json.loads(ran.out)
    assert ran.code == (4 if found["differences"] else 0), ran.err
    return found


# --- compositions ---------------------------------------------------------------------------


def test_published_compositions(country):
    """Of whole councils the seats are compared, of the others the elected; where the sources
    differ (all_out_exact_match is no) they are told party by party."""
    file = NIGHT / "compositions.csv"
    found = told(country, str(file))
    assert found["equal"] == ["cumbria", "tunbridge-wells"]
    exact = {r["council"]: r["all_out_exact_match"] for r in rows_of(file)}
    assert exact == {"Boston": "no", "Cumbria": "", "Tunbridge Wells": "", "West Devon": "no"}
    assert [(d["council"], d["what"], d["here"], d["there"]) for d in found["differences"]] == [
        ("boston", "seats UKIP", 1, 0),
        ("boston", "seats other", 11, 12),
        ("west-devon", "seats CON", 16, 15),
        ("west-devon", "seats LAB", 0, 1),
    ]
    why = {(one["council"], one["why"]) for one in found["not_compared"]}
    assert ("tunbridge-wells", "seats: not every holder is known here") in why
    with connect(country) as book:
        entry = book.entry(found["differences"][0]["entry"])
    assert entry.council == "boston"


def test_a_plain_table(country, tmp_path):
    """`council,party,seats`: parties by any name, councils on one side only, a size."""
    table = tmp_path / "table.csv"
    table.write_text(
        "council,party,seats\nboston,Conservative Party,16\nBoston,Labour,2\nBoston,UKIP,1\n"
        "Boston,Ind,11\nNowhere,Lab,3\nCumbria,Con,1\nCumbria,Vacant,2\n"
    )
    with pytest.raises(FileRefused):
        read_compositions(str(table))  # Boston has two spellings, and two rows
    table.write_text(table.read_text().replace("boston", "Boston"))
    found = told(country, str(table))
    kinds = {(d["kind"], d["council"]) for d in found["differences"]}
    assert kinds == {
        ("council-missing-here", "Nowhere"),
        ("council-missing-there", "tunbridge-wells"),
        ("council-missing-there", "west-devon"),
        ("size-differs", "cumbria"),
    }
    assert found["equal"] == ["boston"]


def test_a_register_is_a_composition(tmp_path):
    """A roster says the same as the ledger that was begun with it."""
    url = str(tmp_path / "n.db")
    words = (str(ROOT / "docs" / "tutorial" / "roster.csv"), "--council", "anytown", "--name",
             "Anytown", "--ledger", url)  # fmt: skip
    assert run("register", *words, "--source", "roll").code == 0
    ran = run("reconcile", *words)
    assert (ran.code, ran.out.splitlines()[-1].split(" (")[0]) == (0, "1 equal")


@pytest.mark.parametrize(
    "text",
    [
        "council,party,seats\nBoston,Con,many\n",
        "council,party,seats\nBoston,Con,1\nBoston,Con,2\n",
        "council,party,seats\nBoston,Con\n",
        "council,after_con,after_other\nBoston,1,-1\n",
    ],
)
def test_a_table_that_cannot_be_read(country, tmp_path, text):
    """It is refused with its line; nothing is compared."""
    table = tmp_path / "table.csv"
    table.write_text(text)
    ran = run("reconcile", str(table), "--ledger", country, "--json")
    assert (ran.code, ran.out, ran.error["error"]) == (3, "", "file-refused")


@given(st.data(), plans())
def test_a_ledger_is_equal_to_what_it_tells(data, plan):
    """On any night: equal to its own boards; one seat more or fewer is told, and nothing else."""
    with played(plan) as night:
        here = list(standings(night.book))
        boards = [one.tally() for one in here]
        there = [
            Composition(
                b.name, (b.name,), None, b.size,
                {"after": {**b.seats, **({"vacant": b.vacant} if b.vacant else {})}},
                grouped=False, line=1,
            )
            for b in boards
        ]  # fmt: skip
        found = reconcile_compositions(here, there, entry=0)
        assert not found.differences
        known = [n for n, b in enumerate(boards) if not b.seats.get(UNKNOWN)]
        assert len(found.not_compared) == len(boards) - len(known)
        if known:
            number = data.draw(st.sampled_from(known))
            seats = dict(there[number].seats["after"])
            party = data.draw(st.sampled_from(sorted(seats)))
            seats[party] += data.draw(st.sampled_from((-1, 1)))
            there[number] = Composition(
                boards[number].name, there[number].names, None, None, {"after": seats},
                grouped=False, line=1,
            )  # fmt: skip
            (one,) = reconcile_compositions(here, there, entry=0).differences
            assert (one.council, one.what) == (boards[number].council, f"seats {party}")


# --- results --------------------------------------------------------------------------------


def test_the_same_file_is_equal(country):
    """What was loaded is what stands."""
    found = told(country, str(NIGHT / "leap.csv"), *LEAP)
    assert (found["summary"], found["differences"]) == ({"equal": 50}, [])


CHANGES = {
    "votes": ({"votes": "404"}, {("votes-differ", "Christopher Edmonds", 403, 404)}),
    "party": ({"party": "Lab"}, {("party-label-differs", "Christopher Edmonds", "C", "Lab")}),
    "name": (
        {"candidate": "Chris Edmonds"},
        {("candidate-name-differs", "Christopher Edmonds", "Christopher Edmonds", "Chris Edmonds")},
    ),
    "person": (
        {"candidate": "Zeb Quux", "party": "Ind"},
        {
            ("candidate-missing-here", "Zeb Quux", None, 403),
            ("candidate-missing-there", "Christopher Edmonds", 403, None),
            ("elected-differ", "elected", "Christopher Edmonds", "Zeb Quux"),
        },
    ),
    "ward": (
        {"ward": "Tamarsyde"},
        {
            ("contest-missing-here", "result", None, "Christopher Edmonds"),
            ("contest-missing-there", "result", "Christopher Edmonds", None),
        },
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_each_kind_of_difference(country, tmp_path, change):
    """One cell changed in the file is told as what it is, with both values."""
    rows, (cells, wanted) = rows_of(NIGHT / "leap.csv"), CHANGES[change]
    ward = [row for row in rows if row["ward"] == "Tamarside"]
    for row in ward if change == "ward" else ward[:1]:
        row.update(cells)
    found = told(country, written(tmp_path / "n.csv", rows), *LEAP)
    differences = {(d["kind"], d["what"], d["here"], d["there"]) for d in found["differences"]}
    assert differences == wanted
    assert {d["kind"] for d in found["differences"]} <= set(KINDS)


def test_a_contest_the_file_has_not(country, tmp_path):
    """Of the councils and the night in the file, what else is declared here is told."""
    rows = [row for row in rows_of(NIGHT / "leap.csv") if row["ward"] != "Tamarside"]
    (one,) = told(country, written(tmp_path / "n.csv", rows), *LEAP)["differences"]
    assert (one["kind"], one["here"]) == ("contest-missing-there", "Christopher Edmonds")
    only = [row for row in rows if row["council"] in ("Boston", "Bedford")]
    assert told(country, written(tmp_path / "n.csv", only), *LEAP)["differences"] == []


def test_proposals_make_it_equal(country, tmp_path):
    """Each result that differs is written whole, and a correction from it makes it equal."""
    copy = tmp_path / "copy.db"
    copy.write_bytes(Path(country).read_bytes())
    rows = rows_of(NIGHT / "leap.csv")
    for row in rows:
        if row["candidate"] in ("Christopher Edmonds", "Matt Bailey (ELECTED)"):
            row["votes"] = str(int(row["votes"]) + 1)
    rows.remove(next(row for row in rows if row["candidate"] == "Richard Austin"))
    changed = written(tmp_path / "n.csv", rows)
    out = tmp_path / "corrections.json"
    ran = run("reconcile", changed, *LEAP, "--propose", str(out), "--ledger", str(copy))
    assert ran.code == 4
    assert "not proposed: local.boston." in ran.err
    proposed = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [one["contest"].split(".")[2] for one in proposed] == ["paddock-wood-west", "tamarside"]
    for one in proposed:
        file = tmp_path / "one.json"
        file.write_text(json.dumps(one))
        ran = run("correct", one["contest"], "--from", str(file), "--reason", "as published",
                  "--source", "LEAP", "--ledger", str(copy))  # fmt: skip
        assert ran.code == 0, ran.err
    left = told(str(copy), changed, *LEAP)["differences"]
    assert {d["contest"].split(".")[1] for d in left} == {"boston"}
    then = told(str(copy), changed, *LEAP, "--entry", str(connect_total(country)))
    assert len(then["differences"]) > len(left)


def connect_total(url):
    with connect(url) as book:
        return book.store.total()


def test_results_by_id_and_by_ward(country):
    """A contest is found by its ballot paper id, or by council, ward and day; where votes
    alone are given they say who is elected."""
    figures = [("Christopher Edmonds", 403), ("Christopher Bones", 74), ("Zoe Wate", 72)]
    people = [{"name": name, "votes": votes} for name, votes in figures]
    with connect(country) as book:
        here = list(standings(book))
    for contest in ("local.west-devon.tamarside.2019-05-02", "west-devon/Tamarside@2019-05-02"):
        form = ResultForm.model_validate_json(
            json.dumps({"contest": contest, "candidates": people, "electorate": 1_000})
        )
        found, _ = reconcile_results(here, [form], entry=0)
        own = [d for d in found.differences if d.kind != "contest-missing-there"]
        assert [(d.kind, d.here, d.there) for d in own] == [("figures-differ", None, 1_000)]


def test_what_is_neither(country, tmp_path):
    """A file of nominations has nothing to compare, and no other output is made."""
    sample = ROOT / "tests" / "formats" / "nominations-csv" / "sample.csv"
    ran = run("reconcile", str(sample), "--poll-date", "2016-05-05", "--council", "x",
              "--ledger", country, "--json")  # fmt: skip
    assert (ran.code, ran.error["error"]) == (2, "nothing-to-compare")


def test_told_to_people_and_as_csv(country):
    """A line a difference with both values and the entry; with --all those that are equal."""
    file = str(NIGHT / "compositions.csv")
    ran = run("reconcile", file, "--all", "--ledger", country)
    assert ran.out.splitlines()[-1].startswith("2 equal, 4 seats-differ")
    assert (
        "Not compared, seats: not every holder is known here: cumbria, tunbridge-wells" in ran.out
    )
    rows = list(
        csv.DictReader(run("reconcile", file, "--csv", "--ledger", country).out.splitlines())
    )
    assert {row["kind"] for row in rows} == {"seats-differ"}
    assert rows[0]["here"] == "1"
