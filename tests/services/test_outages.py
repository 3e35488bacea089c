"""Outages on a real database: who is reached, nothing twice, the clock and its zones."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text

from handlers import outages as telling
from services.access import AsMember, AsResident
from services.company.declaration import OutageRules
from services.db import Database
from services.errors import AlreadySo, NotYours
from services.outage_rules import moment_by_day, permitted, working_days_ahead
from services.outages import Draft
from services.tables import (
    CompanyRow,
    Contact,
    Entrance,
    Flat,
    Home,
    House,
    Member,
    Notice,
    Outage,
    Outgoing,
    Resident,
)
from services.work import Work
from tests.support.clock import MovingClock

WHOLE: tuple[dict[str, Any], ...] = ({},)
DISPATCHER = AsMember(1, "dispatcher")


async def add_member(work: Work) -> AsMember:
    member = Member(
        name="Анна", role="dispatcher", title="", desk=True, source="file", rooms=[], code="anna-o"
    )
    work.session.add(member)
    await work.session.flush()
    return AsMember(member.id, "dispatcher")


async def houses(work: Work) -> list[House]:
    return list(await work.session.scalars(select(House).order_by(House.id)))


async def live(
    work: Work, name: str, flats: Sequence[Flat], *, contacts: Sequence[tuple[str, bool]]
) -> AsResident:
    """`contacts`: the messenger and whether it takes anything, the one heard last at the end."""
    resident = Resident(name=name, created_at=work.now, registered_at=work.now)
    work.session.add(resident)
    await work.session.flush()
    for number, (channel, reachable) in enumerate(contacts):
        work.session.add(
            Contact(
                resident_id=resident.id,
                channel=channel,
                user_id=f"{name}{number}",
                chat=f"{name}{number}",
                created_at=work.now,
                last_heard_at=work.now + timedelta(minutes=number),
                unreachable_since=None if reachable else work.now,
            )
        )
    for flat in flats:
        work.session.add(
            Home(
                resident_id=resident.id,
                house_id=flat.house_id,
                entrance_id=flat.entrance_id,
                flat_id=flat.id,
                since=work.now,
            )
        )
    await work.session.flush()
    return AsResident(resident.id, 0)


async def flats_of(work: Work, house: House, *numbers: str) -> list[Flat]:
    rows = await work.session.scalars(
        select(Flat).where(Flat.house_id == house.id, Flat.kind == "flat", Flat.number.in_(numbers))
    )
    found = {flat.number: flat for flat in rows}
    return [found[number] for number in numbers]


async def draft(
    work: Work,
    viewer: AsMember,
    house: House,
    places: Sequence[dict[str, Any]] = WHOLE,
    *,
    planned: bool = False,
    since: timedelta = timedelta(0),
    lasts: timedelta | None = timedelta(hours=2),
    what: str = "cold_water",
) -> Outage:
    room = (await work.rooms.every())[0]
    begins = work.now + since
    return await work.outages.keep(
        viewer,
        room,
        "desk",
        Draft(
            what=what,
            title="",
            planned=planned,
            reason="",
            since=begins,
            until=begins + lasts if lasts else None,
            places=tuple({"house_id": house.id, **place} for place in places),
            form={},
        ),
    )


async def posts(work: Work, notice: Notice | None = None) -> list[Outgoing]:
    find = select(Outgoing).where(Outgoing.notice_id.is_not(None)).order_by(Outgoing.id)
    if notice is not None:
        find = find.where(Outgoing.notice_id == notice.id)
    return list(await work.session.scalars(find))


# ── Who is reached ───────────────────────────────────────────────────────────


async def test_one_row_a_person_where_they_are_reached(db: Database) -> None:
    async with db.work() as work:
        viewer = await add_member(work)
        house, other, *_ = await houses(work)
        one, two, three, four = await flats_of(work, house, "1", "2", "3", "4")
        (elsewhere,) = await flats_of(work, other, "1")
        await live(work, "Мария", [one, two], contacts=[("vk", True), ("telegram", True)])
        await live(work, "Пётр", [three], contacts=[("vk", True), ("telegram", False)])
        await live(work, "Анна", [four], contacts=[("telegram", False)])
        await live(work, "Звонит", [four], contacts=[("phone", True)])
        await live(work, "Сосед", [elsewhere], contacts=[("telegram", True)])
        moved = await live(work, "Съехал", [one], contacts=[("telegram", True)])
        await work.session.execute(
            text("UPDATE homes SET until = now() WHERE resident_id = :id"),
            {"id": moved.resident_id},
        )
        outage = await draft(work, viewer, house)
        reach = await work.audience.measure(outage.id)
        assert reach.people == {"telegram": 1, "vk": 1}
        assert (house.address, "4") in reach.missed
        assert not {(house.address, n) for n in "123"} & set(reach.missed)
        notice = await telling.announce(work, outage, viewer.member_id)
        assert sorted((row.channel, row.chat) for row in await posts(work)) == [
            ("telegram", "Мария1"),
            ("vk", "Пётр0"),
        ]
        assert notice.people == reach.people
        assert notice.flats - notice.flats_reached == len(reach.missed)


@pytest.mark.parametrize(
    ("narrowed", "told"),
    [
        ("entrance", {"в первом", "без квартиры"}),
        ("riser", {"в первом", "без квартиры"}),
        ("floors", {"во втором", "без квартиры"}),
        ("flat", {"во втором"}),
    ],
)
async def test_a_part_of_a_house(db: Database, narrowed: str, told: set[str]) -> None:
    """Somebody whose flat nobody knows is told rather than left out."""
    async with db.work() as work:
        viewer = await add_member(work)
        house = (await houses(work))[0]
        entrances = list(
            await work.session.scalars(
                select(Entrance).where(Entrance.house_id == house.id).order_by(Entrance.id)
            )
        )
        all_flats = list(
            await work.session.scalars(
                select(Flat)
                .where(Flat.house_id == house.id, Flat.kind == "flat", Flat.floor.is_not(None))
                .order_by(Flat.id)
            )
        )
        first = next(f for f in all_flats if f.entrance_id == entrances[0].id and f.riser == "1")
        second = next(
            f
            for f in all_flats
            if f.entrance_id == entrances[1].id and f.riser == "2" and f.floor != first.floor
        )
        await live(work, "в первом", [first], contacts=[("telegram", True)])
        await live(work, "во втором", [second], contacts=[("telegram", True)])
        nowhere = await live(work, "без квартиры", [], contacts=[("telegram", True)])
        work.session.add(
            Home(resident_id=nowhere.resident_id, house_id=house.id, unlisted="999", since=work.now)
        )
        parking = Flat(house_id=house.id, kind="parking", number="м/м 900", number_key="мм900")
        work.session.add(parking)
        await work.session.flush()
        place = {
            "entrance": {"entrance_id": entrances[0].id},
            "riser": {"riser": "1"},
            "floors": {"floor_from": second.floor, "floor_to": second.floor},
            "flat": {"flat_id": second.id},
        }[narrowed]
        if narrowed != "entrance":
            await live(work, "стоянка", [parking], contacts=[("telegram", True)])
        outage = await draft(work, viewer, house, [place])
        await telling.announce(work, outage, viewer.member_id)
        assert {row.chat[:-1] for row in await posts(work)} == told


async def test_many_thousands_in_one_statement(db: Database) -> None:
    """Nothing of them passes through the program; each has a nonce and a queue of their own."""
    async with db.work() as work:
        viewer = await add_member(work)
        house = (await houses(work))[0]
        await work.session.execute(
            text(
                """
                WITH people AS (
                    INSERT INTO residents (name, created_at)
                    SELECT 'Житель', now() FROM generate_series(1, 20000) RETURNING id),
                said AS (
                    INSERT INTO contacts (resident_id, channel, user_id, chat, created_at,
                                          last_heard_at)
                    SELECT id, CASE WHEN id % 4 = 0 THEN 'vk' ELSE 'telegram' END, id::text,
                           id::text, now(), now() FROM people)
                INSERT INTO homes (resident_id, house_id, since)
                SELECT id, :house, now() FROM people
                """
            ),
            {"house": house.id},
        )
        outage = await draft(work, viewer, house)
        notice = await telling.announce(work, outage, viewer.member_id)
        assert sum(notice.people.values()) == 20_000
        assert notice.people["vk"] == 5_000
        queues, nonces = (
            await work.session.execute(
                text("SELECT count(DISTINCT queue), count(DISTINCT nonce) FROM outbox")
            )
        ).one()
        assert queues == 20_000
        assert nonces == 1, "the same words leave together where a messenger takes them so"


# ── Nothing twice ────────────────────────────────────────────────────────────


async def test_announced_by_six_at_once_is_announced_once(db: Database) -> None:
    async with db.work() as work:
        viewer = await add_member(work)
        house = (await houses(work))[0]
        await live(work, "Мария", await flats_of(work, house, "1"), contacts=[("telegram", True)])
        ident = (await draft(work, viewer, house)).id

    async def announce() -> bool:
        async with db.work() as work:
            outage = await work.outages.get(viewer, ident, lock=True)
            try:
                await telling.announce(work, outage, viewer.member_id)
            except AlreadySo:
                return False
            return True

    assert sorted(await asyncio.gather(*(announce() for _ in range(6)))) == [False] * 5 + [True]
    async with db.work() as work:
        assert len(await posts(work)) == 1
        assert await work.session.scalar(select(func.count()).select_from(Notice)) == 1


async def test_chores_of_two_processes_do_each_thing_once(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        viewer = await add_member(work)
        house = (await houses(work))[0]
        await live(work, "Мария", await flats_of(work, house, "1"), contacts=[("telegram", True)])
        outage = await draft(work, viewer, house, planned=True, since=timedelta(days=3))
        await telling.schedule(work, viewer, outage, work.now + timedelta(hours=1))
    second = Database(db.url, clock)

    async def rounds() -> None:
        for chore in telling.CHORES:
            for each in (db, second, db, second):
                async with each.work() as work:
                    found = await chore.find(work)
                for key in found:
                    await asyncio.gather(*(do(every, chore, key) for every in (db, second)))

    async def do(each: Database, chore: Any, key: int) -> None:
        async with each.work() as work:
            await chore.do(work, key)

    async def told() -> list[str]:
        async with db.work() as work:
            return list(await work.session.scalars(select(Notice.kind).order_by(Notice.id)))

    try:
        await rounds()
        assert await told() == []
        clock.move(hours=2)
        await rounds()
        assert await told() == ["announced"]
        clock.move(days=2, hours=6)  # 19:00 of the evening before
        await rounds()
        assert await told() == ["announced", "reminder"]
        clock.move(days=1)
        await rounds()
        assert await told() == ["announced", "reminder"]  # nobody confirmed that it is over
        async with db.work() as work:
            asked = select(func.count()).where(
                Outgoing.channel == "desk", Outgoing.body["text"].astext.contains("Восстановили?")
            )
            assert await work.session.scalar(asked) == 1
    finally:
        await second.close()


# ── Changes ──────────────────────────────────────────────────────────────────


async def test_a_change_takes_the_place_of_what_has_not_left(db: Database) -> None:
    async with db.work() as work:
        viewer = await add_member(work)
        house = (await houses(work))[0]
        one, two = await flats_of(work, house, "1", "2")
        await live(work, "Узнала", [one], contacts=[("telegram", True)])
        await live(work, "Не успели", [two], contacts=[("telegram", True)])
        outage = await draft(work, viewer, house)
        first = await telling.announce(work, outage, viewer.member_id)
        row = next(row for row in await posts(work) if row.chat.startswith("Узнала"))
        row.state = "sent"
        await work.session.flush()
        what = await telling.compose(work, outage, "prolonged")
        until = work.now + timedelta(hours=9)
        longer = await work.outages.prolong(viewer, outage, until, what)
        assert [row.state for row in await posts(work, first)] == ["sent", "dropped"]
        assert len(await posts(work, longer)) == 2
        what = await telling.compose(work, outage, "restored")
        over = await work.outages.end(viewer, outage, "restored", what)
        assert over is not None
        assert [row.chat for row in await posts(work, over)] == ["Узнала0"]
        with pytest.raises(AlreadySo):
            await work.outages.end(viewer, outage, "restored", what)
        with pytest.raises(AlreadySo):
            await work.outages.prolong(viewer, outage, until, what)


async def test_rows_of_one_outage_do_not_wait_for_those_of_another(db: Database) -> None:
    """An accident at night does not stand behind planned works that wait for the morning."""
    async with db.work() as work:
        viewer = await add_member(work)
        house = (await houses(work))[0]
        await live(work, "Мария", await flats_of(work, house, "1"), contacts=[("telegram", True)])
        for what in ("gas", "heating"):
            outage = await draft(work, viewer, house, what=what)
            await telling.announce(work, outage, viewer.member_id)
        queues = [row.queue for row in await posts(work)]
        assert len(set(queues)) == 2


# ── Night ────────────────────────────────────────────────────────────────────


async def set_company(work: Work, **change: Any) -> None:
    row = await work.session.get(CompanyRow, 1)
    assert row is not None
    row.content = {**row.content, **change}
    await work.session.flush()


@pytest.mark.parametrize(
    ("zone", "hour", "leaves"),
    [
        ("Europe/Moscow", 20, 5),  # 23:00 there: until 08:00, which is 05:00 in UTC
        ("Europe/Kaliningrad", 19, 19),  # 21:00
        ("Europe/Kaliningrad", 20, 6),
        ("Asia/Yekaterinburg", 18, 3),
        ("Asia/Vladivostok", 20, 22),  # 06:00, until 08:00 of the same morning
        ("Asia/Kamchatka", 21, 21),  # 09:00
    ],
)
async def test_planned_works_wait_for_the_morning_of_the_place(
    database_url: str, zone: str, hour: int, leaves: int
) -> None:
    from services.company.apply import Messengers, apply_declaration
    from services.company.reading import read_declaration
    from tests.support.running import SAMPLE

    db = Database(database_url, MovingClock(datetime(2026, 3, 4, hour, 0, tzinfo=UTC)))
    try:
        async with db.work() as work:
            await apply_declaration(work, read_declaration(SAMPLE), Messengers())
            await set_company(work, timezone=zone)
        async with db.work() as work:
            viewer = await add_member(work)
            house = (await houses(work))[0]
            flats = await flats_of(work, house, "1")
            await live(work, "Мария", flats, contacts=[("telegram", True)])
            works = await draft(work, viewer, house, planned=True, since=timedelta(days=4))
            await telling.announce(work, works, viewer.member_id)
            accident = await draft(work, viewer, house)
            await telling.announce(work, accident, viewer.member_id)
            planned, at_once = await posts(work)
            wait = planned.not_before - work.now
            assert planned.not_before.hour == leaves
            assert timedelta(0) <= wait < timedelta(hours=11)
            assert at_once.not_before == work.now
            assert at_once.priority < planned.priority
            night = wait > timedelta(0)
            assert at_once.body.get("silent", False) is night
            assert "silent" not in planned.body
    finally:
        await db.close()


async def test_who_must_act_is_woken(database_url: str) -> None:
    from services.company.apply import Messengers, apply_declaration
    from services.company.reading import read_declaration
    from tests.support.running import SAMPLE

    db = Database(database_url, MovingClock(datetime(2026, 3, 4, 23, 0, tzinfo=UTC)))
    try:
        async with db.work() as work:
            await apply_declaration(work, read_declaration(SAMPLE), Messengers())
            viewer = await add_member(work)
            house = (await houses(work))[0]
            flats = await flats_of(work, house, "1")
            await live(work, "Мария", flats, contacts=[("telegram", True)])
            outage = await draft(work, viewer, house, what="gas")
            outage.loud = True
            await telling.announce(work, outage, viewer.member_id)
            (row,) = await posts(work)
            assert "silent" not in row.body
    finally:
        await db.close()


# ── Rules ────────────────────────────────────────────────────────────────────


async def test_working_days_and_permitted_hours_come_from_the_company(db: Database) -> None:
    async with db.work() as work:  # Wednesday the 4th; the 8th and 9th of March are holidays
        viewer = await add_member(work)
        house = (await houses(work))[0]
        outage = await draft(work, viewer, house, planned=True, since=timedelta(days=6))
        assert await working_days_ahead(work, outage, work.now) == 3  # Thu, Fri, a short Saturday
        assert await permitted(work, outage) == timedelta(hours=4)
        lift = await draft(work, viewer, house, what="elevator")
        assert await permitted(work, lift) is None
        rules = OutageRules.model_validate({"permitted_hours": {"cold_water": 6}})
        await set_company(work, outages=rules.model_dump(mode="json"))
    async with db.work() as work:
        assert await permitted(work, await work.session.get_one(Outage, 1)) == timedelta(hours=6)


async def test_only_those_who_may(db: Database) -> None:
    async with db.work() as work:
        viewer = await add_member(work)
        house = (await houses(work))[0]
        outage = await draft(work, viewer, house)
        with pytest.raises(NotYours):
            await work.outages.get(AsMember(viewer.member_id, "executor"), outage.id)
        with pytest.raises(NotYours):
            await work.outages.get(
                AsMember(viewer.member_id, "dispatcher", ("nowhere",)), outage.id
            )
        with pytest.raises(NotYours):
            await work.outages.get(viewer, 10**6)


async def test_an_answer_is_one_a_person_and_may_change(db: Database) -> None:
    async with db.work() as work:
        viewer = await add_member(work)
        house, other, *_ = await houses(work)
        (one,) = await flats_of(work, house, "1")
        (far,) = await flats_of(work, other, "1")
        maria = await live(work, "Мария", [one], contacts=[("telegram", True)])
        stranger = await live(work, "Чужой", [far], contacts=[("telegram", True)])
        outage = await draft(work, viewer, house)
        with pytest.raises(AlreadySo):  # nobody was told yet
            await work.outage_answers.answer(maria, outage.id, "mine_too")
        await telling.announce(work, outage, viewer.member_id)
        await work.outage_answers.answer(maria, outage.id, "mine_too")
        await work.outage_answers.answer(maria, outage.id, "back")
        assert await work.outage_answers.answers(outage) == {"back": 1}
        with pytest.raises(NotYours):
            await work.outage_answers.answer(stranger, outage.id, "mine_too")
        assert [o.id for o in await work.outages.active_for(maria, ["cold_water"])] == [outage.id]
        assert await work.outages.active_for(maria, ["heating"]) == []
        assert await work.outages.active_for(stranger, ["cold_water"]) == []


async def test_works_that_nobody_heard_of_in_time_are_not_announced(
    db: Database, clock: MovingClock
) -> None:
    """As when the program stood still for days."""
    async with db.work() as work:
        viewer = await add_member(work)
        house = (await houses(work))[0]
        await live(work, "Мария", await flats_of(work, house, "1"), contacts=[("telegram", True)])
        outage = await draft(work, viewer, house, planned=True, since=timedelta(days=2))
        await telling.schedule(work, viewer, outage, work.now + timedelta(hours=1))
    clock.move(days=5)
    async with db.work() as work:
        await telling.announce_due(work, outage.id)
    async with db.work() as work:
        assert await posts(work) == []
        assert (await work.session.get_one(Outage, outage.id)).state == "cancelled"
        told = select(func.count()).where(Outgoing.body["text"].astext.contains("не отправлено"))
        assert await work.session.scalar(told) == 1


# ── Forgotten ones ───────────────────────────────────────────────────────────


async def asked_over(db: Database) -> list[str]:
    """Where it was asked whether something is over, once the clock was looked at."""
    async with db.work() as work:
        found = await work.outages.find_to_ask()
    for key in found:
        async with db.work() as work:
            await telling.ask_whether_over(work, key)
    async with db.work() as work:
        asked = Outgoing.body["text"].astext.contains("Восстановили?")
        rows = await work.session.scalars(select(Outgoing).where(asked).order_by(Outgoing.id))
        return [f"{row.channel} {row.chat}" for row in rows]


@pytest.mark.parametrize(
    ("lasts", "told_for"),
    [(timedelta(hours=2), timedelta(hours=5)), (None, timedelta(days=1))],
)
async def test_a_forgotten_outage_is_no_answer(
    db: Database, clock: MovingClock, lasts: timedelta | None, told_for: timedelta
) -> None:
    """Until a member says that it goes on."""
    async with db.work() as work:
        viewer = await add_member(work)
        house = (await houses(work))[0]
        flats = await flats_of(work, house, "1")
        maria = await live(work, "Мария", flats, contacts=[("telegram", True)])
        outage = await draft(work, viewer, house, lasts=lasts)
        await telling.announce(work, outage, viewer.member_id)

    async def answers() -> bool:
        async with db.work() as work:
            found = await work.outages.active_for(maria, ["cold_water"])
            shown = await work.outages.of_resident(maria)
            assert [each.id for each in shown] == [outage.id]
            assert await work.outages.forgotten(shown) == (set() if found else {outage.id})
            return bool(found)

    clock.move(seconds=(told_for - timedelta(minutes=10)).total_seconds())
    assert await answers()
    clock.move(minutes=20)
    assert not await answers()
    async with db.work() as work:
        it = await work.outages.get(viewer, outage.id, lock=True)
        what = await telling.compose(work, it, "prolonged")
        await work.outages.prolong(viewer, it, None, what)
    assert await answers()
    clock.move(hours=23)
    assert await answers()
    clock.move(hours=2)
    assert not await answers()


async def test_it_is_asked_daily_and_the_room_as_well(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        viewer = await add_member(work)
        other = Member(
            name="Ольга", role="manager", title="", desk=True, source="file", rooms=[], code="o-o"
        )
        works = Member(
            name="Пётр", role="executor", title="", desk=True, source="file", rooms=[], code="p-o"
        )
        work.session.add_all([other, works])
        house = (await houses(work))[0]
        outage = await draft(work, viewer, house, lasts=None)
        await telling.announce(work, outage, viewer.member_id)
        room = await work.rooms.get(outage.room_id)
        room.channel = "desk"
    maker, colleague = f"desk {viewer.member_id}", f"desk {other.id}"
    clock.move(hours=5)
    assert await asked_over(db) == []
    clock.move(hours=2)
    assert await asked_over(db) == [maker]
    clock.move(hours=23)
    assert await asked_over(db) == [maker]
    clock.move(hours=2)
    again = await asked_over(db)
    assert again[:2] == [maker, maker]
    assert colleague in again
    assert f"desk {works.id}" not in again
    assert again.count(colleague) == 1
    async with db.work() as work:  # answered: the clock begins anew, with its maker alone
        it = await work.outages.get(viewer, outage.id, lock=True)
        what = await telling.compose(work, it, "prolonged")
        await work.outages.prolong(viewer, it, work.now + timedelta(hours=1), what)
    assert await asked_over(db) == again
    clock.move(hours=2)
    assert await asked_over(db) == [*again, maker]


async def test_a_group_is_asked_beside_the_maker_at_the_desk(
    db: Database, clock: MovingClock
) -> None:
    async with db.work() as work:
        viewer = await add_member(work)
        outage = await draft(work, viewer, (await houses(work))[0])
        await telling.announce(work, outage, viewer.member_id)
        room = await work.rooms.get(outage.room_id)
        room.channel, room.chat = "telegram", "-100"
    clock.move(hours=3)
    assert await asked_over(db) == [f"desk {viewer.member_id}"]
    clock.move(days=1)
    assert (await asked_over(db))[1:] == [f"desk {viewer.member_id}", "telegram -100"]


# ── Works of the night ───────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("begins", "waits"),
    [
        (timedelta(hours=5), False),  # 04:00
        (timedelta(hours=9), False),  # 08:00, as the quiet hours end
        (timedelta(hours=9, minutes=30), True),
    ],
)
async def test_works_are_told_before_they_begin(
    db: Database, clock: MovingClock, begins: timedelta, waits: bool
) -> None:
    clock.move(hours=12)  # 23:00
    async with db.work() as work:
        viewer = await add_member(work)
        house = (await houses(work))[0]
        await live(work, "Мария", await flats_of(work, house, "1"), contacts=[("telegram", True)])
        outage = await draft(work, viewer, house, planned=True, since=begins)
        outage.since = outage.since.replace(second=0, microsecond=0)
        outage.loud = True  # it was an accident before
        at = work.now + timedelta(hours=1)
        assert (await moment_by_day(work, outage, at) > at) is waits
        await telling.announce(work, outage, viewer.member_id)
        (row,) = await posts(work)
        assert row.not_before < outage.since
        assert (row.not_before > work.now) is waits
        assert row.body.get("silent", False) is not waits


async def test_a_reminder_that_would_come_too_late_is_dropped(
    db: Database, clock: MovingClock
) -> None:
    async with db.work() as work:
        viewer = await add_member(work)
        house = (await houses(work))[0]
        await live(work, "Мария", await flats_of(work, house, "1"), contacts=[("telegram", True)])
        early = await draft(work, viewer, house, planned=True, since=timedelta(days=2, hours=-5))
        later = await draft(work, viewer, house, planned=True, since=timedelta(days=2, hours=2))
        for each in (early, later):  # at 06:00 and at 13:00
            await telling.announce(work, each, viewer.member_id)
            assert each.remind_at is not None
    clock.move(days=1, hours=12)  # nothing ran in the evening; it is 23:00
    async with db.work() as work:
        for ident in await work.outages.find_to_remind():
            await telling.remind(work, ident)
    async with db.work() as work:
        find = select(Notice).where(Notice.kind == "reminder")
        assert [each.outage_id for each in await work.session.scalars(find)] == [later.id]
        assert await work.outages.find_to_remind() == []
        rules = OutageRules.model_validate({"remind_at": "23:30"})
        await set_company(work, outages=rules.model_dump(mode="json"))
    async with db.work() as work:
        again = await draft(work, viewer, house, planned=True, since=timedelta(days=2, hours=5))
        await telling.announce(work, again, viewer.member_id)  # at 04:00
        assert again.remind_at is None


async def test_the_menu_knows_what_ended_lately(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        viewer = await add_member(work)
        house, other, *_ = await houses(work)
        flats = await flats_of(work, house, "1")
        maria = await live(work, "Мария", flats, contacts=[("telegram", True)])
        for place, kind in ((house, "restored"), (house, "cancelled"), (other, "restored")):
            outage = await draft(work, viewer, place)
            await telling.announce(work, outage, viewer.member_id)
            what = await telling.compose(work, outage, kind)
            await work.outages.end(viewer, outage, kind, what)  # type: ignore[arg-type]
            over = await work.outage_answers.was_called_off(outage.id)
            assert over is (kind == "cancelled")
        assert [each.id for each in await work.outages.ended_lately(maria)] == [1]
    clock.move(days=1, minutes=1)
    async with db.work() as work:
        assert await work.outages.ended_lately(maria) == []
