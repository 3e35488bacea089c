"""Houses of other zones than the company's: from the company file to the night of a notice."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from handlers import outages as telling
from services.company.apply import Messengers, apply_declaration
from services.company.collecting import collect_declaration
from services.company.declaration import Complex, Declaration
from services.company.reading import CompanyFileWrong, read_declaration
from services.company.writing import write_declaration
from services.db import Database
from services.nights import after_quiet
from services.tables import House, Outgoing
from services.work import Work
from services.zones import zones_of_houses
from tests.services.test_outages import add_member, draft, flats_of, houses, live
from tests.support.clock import MovingClock
from tests.support.running import SAMPLE

URAL, OMSK, MOSCOW = "Asia/Yekaterinburg", "Asia/Omsk", "Europe/Moscow"


def moved(declaration: Declaration, zone: str, **houses_too: str) -> Declaration:
    """Its first complex lives in `zone`, the named houses in theirs."""
    first, *others = declaration.complexes
    standing = [
        house.model_copy(update={"timezone": houses_too.get(house.code.replace("-", "_"), "")})
        for house in first.houses
    ]
    first = first.model_copy(update={"timezone": zone, "houses": tuple(standing)})
    return declaration.model_copy(update={"complexes": (first, *others)})


def key(place: Complex, number: int) -> str:
    return place.houses[number].code.replace("-", "_")


async def apply(db: Database, declaration: Declaration) -> list[tuple[str, str]]:
    async with db.work() as work:
        changes = await apply_declaration(work, declaration, Messengers())
    return [(change.kind, change.key) for change in changes]


async def zones(work: Work) -> dict[str, str]:
    rows = await work.session.scalars(select(House))
    return {house.code: await work.company.zone_of_house(house.id) for house in rows}


async def test_a_house_has_its_own_zone_or_that_of_its_complex(
    db: Database, tmp_path: Path
) -> None:
    declaration = read_declaration(SAMPLE)
    first, other = declaration.complexes[:2]
    here, there = first.houses[0].code, first.houses[1].code
    there_moved = moved(declaration, URAL, **{key(first, 1): OMSK})
    assert ("house", here) in await apply(db, there_moved)
    async with db.work() as work:
        found = await zones(work)
        assert (found[here], found[there]) == (URAL, OMSK)
        assert found[other.houses[0].code] == MOSCOW
        ids = {h.code: h.id for h in await work.session.scalars(select(House))}
        asked = [ids[there], ids[here], ids[other.houses[0].code], ids[here]]
        assert await zones_of_houses(work, asked) == {
            OMSK: [ids[there]],
            URAL: [ids[here]],
            MOSCOW: [ids[other.houses[0].code]],
        }
        written = await collect_declaration(work)
    path = tmp_path / "company.yaml"
    path.write_text(write_declaration(written), "utf-8")
    again = read_declaration(path)
    assert [(c.timezone, [h.timezone for h in c.houses]) for c in again.complexes] == [
        (c.timezone, [h.timezone for h in c.houses]) for c in there_moved.complexes
    ]
    assert await apply(db, there_moved) == []
    await apply(db, declaration)  # the complex goes back, and its houses with it
    async with db.work() as work:
        assert set((await zones(work)).values()) == {MOSCOW}


@pytest.mark.parametrize("where", ["complex", "house"])
def test_an_unknown_zone_is_a_mistake_with_its_line(tmp_path: Path, where: str) -> None:
    said = (SAMPLE.parent / "minimal.yaml").read_text("utf-8")
    at = "    houses:" if where == "complex" else "        entrances:"
    assert said.count(at) == 1
    pad = at[: len(at) - len(at.lstrip())]
    path = tmp_path / "company.yaml"
    path.write_text(said.replace(at, f"{pad}timezone: Екатеринбург\n{at}"), "utf-8")
    with pytest.raises(CompanyFileWrong) as wrong:
        read_declaration(path)
    (mistake,) = wrong.value.mistakes
    line = path.read_text("utf-8").split("\n").index(f"{pad}timezone: Екатеринбург") + 1
    assert mistake.line == line
    assert "часового пояса «Екатеринбург» нет" in str(mistake)
    assert f"timezone: {URAL}" in str(mistake)


async def test_works_are_told_by_the_clock_of_the_house(db: Database, clock: MovingClock) -> None:
    await apply(db, moved(read_declaration(SAMPLE), URAL))
    clock.move(hours=9, minutes=30)  # 20:30 in Moscow, 22:30 there
    texts: dict[str, Any] = {}
    async with db.work() as work:
        viewer = await add_member(work)
        there = (await houses(work))[0]
        here = next(h for h in await houses(work) if not h.timezone)
        for number, house in enumerate((there, here)):
            flats = list(await flats_of(work, house, "1"))
            await live(work, f"Житель {number}", flats, contacts=[("telegram", True)])
            outage = await draft(work, viewer, house, planned=True, since=timedelta(days=3))
            begins = outage.since
            notice = await telling.announce(work, outage, viewer.member_id)
            assert notice.zone == (house.timezone or MOSCOW)
            (row,) = await work.session.scalars(
                select(Outgoing).where(Outgoing.notice_id == notice.id)
            )
            texts[notice.zone] = (notice, row, outage.remind_at)
        moscow = await work.company.local(begins)
    waits, row, reminded = texts[URAL]
    assert waits.not_before > clock.now()
    assert (moscow + timedelta(hours=2)).strftime("%H:%M") in row.body["text"]
    assert reminded == texts[MOSCOW][2] - timedelta(hours=2)  # 18:00 of each
    told, row, _ = texts[MOSCOW]
    assert told.not_before <= clock.now()
    assert moscow.strftime("%H:%M") in row.body["text"]


async def test_the_night_is_that_of_the_zone(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        company = await work.company.profile()
    night = clock.now() + timedelta(hours=14, minutes=1)  # 01:01 in Moscow, 08:01 in Vladivostok
    assert after_quiet(company, night) == after_quiet(company, night, MOSCOW) > night
    assert after_quiet(company, night, "Asia/Vladivostok") == night
