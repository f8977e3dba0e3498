"""Nights for the benchmarks: councils of one-seat wards, written by a plain recipe."""

from __future__ import annotations

import random
from collections.abc import Iterator

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

PARTIES = ("Labour Party", "Conservative and Unionist Party", "Liberal Democrats", "Green Party")
DAYS = ("2016-05-05", "2018-05-03", "2019-05-02", "2021-05-06", "2022-05-05")


def council(slug: str, wards: int) -> CouncilForm:
    seat = SeatForm(holder="Ada Holder", party=PARTIES[0], up=True)
    places = tuple(WardForm(name=f"Ward {n}", seats=(seat,)) for n in range(wards))
    return CouncilForm(council=slug, name=f"{slug} Council", since="2016-01-01", wards=places)


def night(slug: str, wards: int, day: str = DAYS[0]) -> NightForm:
    nominees = tuple(NomineeForm(name=f"{party} Person", party=party) for party in PARTIES)
    contests = tuple(ContestForm(ward=f"Ward {n}", candidates=nominees) for n in range(wards))
    return NightForm(council=slug, poll_date=day, contests=contests)


def result(slug: str, ward: int, day: str = DAYS[0], seed: int = 0) -> ResultForm:
    dice = random.Random(f"{slug} {ward} {day} {seed}")  # noqa: S311 - the same night every run
    votes = dice.sample(range(200, 2_000), len(PARTIES))
    return ResultForm(
        contest=f"local.{slug}.ward-{ward}.{day}",
        candidates=tuple(
            CandidateForm(name=f"{party} Person", votes=number)
            for party, number in zip(PARTIES, votes, strict=True)
        ),
        declared_at=f"{day}T23:{dice.randrange(60):02}",
        rejected=dice.randrange(20),
    )


def slugs(count: int) -> Iterator[str]:
    return (f"council-{number}" for number in range(count))
