"""Codes: what makes one wrong, how many tries there are, and who comes first."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from services.db import Database
from services.errors import (
    AlreadySo,
    OthersLinkedHere,
    OwnCode,
    TooManyTries,
    WrongCode,
)
from services.linking import CODE_LIVES, TRIES_COUNT, TRIES_OF_ALL, TRIES_OF_ONE
from services.tables import AuditRecord, Contact, Link, LinkCode
from services.tables import Resident as ResidentRow
from tests.services.linked import give, join, meet, other_than, owner, settle
from tests.support.clock import MovingClock

# ── Codes ────────────────────────────────────────────────────────────────────


async def test_a_code_is_six_digits_and_only_its_hash_is_kept(db: Database) -> None:
    code = await give(db, "telegram")
    assert len(code) == 6
    assert code.isdecimal()
    async with db.session() as session:
        (row,) = await session.scalars(select(LinkCode))
        assert len(row.code_sha256) == 64
        records = list(await session.scalars(select(AuditRecord)))
    assert not any(code in f"{r.about} {r.details}" for r in records)


async def test_no_two_people_hold_the_same_code(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter([7, 7, 7, 8])
    monkeypatch.setattr("services.linking.secrets.randbelow", lambda _: next(drawn))
    assert await give(db, "telegram") == "000007"
    assert await give(db, "vk") == "000008"


async def test_what_makes_a_code_wrong(db: Database, clock: MovingClock) -> None:
    code = await give(db, "telegram")
    assert isinstance(await join(db, "telegram", code), OwnCode)
    assert isinstance(await join(db, "vk", other_than(code)), WrongCode)
    clock.move(minutes=10)
    assert isinstance(await join(db, "vk", code), WrongCode)
    code = await give(db, "telegram")
    link_id = await join(db, "vk", code)
    assert isinstance(link_id, int)
    assert isinstance(await join(db, "web", code), WrongCode)
    async with db.work() as work:
        await work.linking.disown(await meet(work, "telegram"), link_id)
    assert isinstance(await join(db, "vk", code), WrongCode)


async def test_who_is_linked_already(db: Database) -> None:
    await join(db, "vk", await give(db, "telegram"))
    assert isinstance(await join(db, "vk", await give(db, "telegram")), AlreadySo)
    assert isinstance(await join(db, "telegram", await give(db, "web")), OthersLinkedHere)
    assert isinstance(await join(db, "web", await give(db, "telegram")), int)


async def test_five_wrong_codes_an_hour(db: Database, clock: MovingClock) -> None:
    code = await give(db, "telegram")
    for by in range(1, TRIES_OF_ONE + 1):
        assert isinstance(await join(db, "vk", other_than(code, by)), WrongCode)
    assert isinstance(await join(db, "vk", code), TooManyTries)
    assert isinstance(await join(db, "web", code), int)  # others may
    clock.move(minutes=61)
    assert isinstance(await join(db, "vk", await give(db, "telegram")), int)


async def test_so_many_wrong_codes_from_anywhere_turn_codes_off(
    db: Database, clock: MovingClock
) -> None:
    code = await give(db, "telegram")
    async with db.work() as work:
        for user in range(TRIES_OF_ALL):
            work.audit.note(f"contact:{1000 + user}", "wrong link code", f"contact:{1000 + user}")
    assert isinstance(await join(db, "vk", code), TooManyTries)
    with pytest.raises(TooManyTries):
        await give(db, "telegram")
    clock.move(minutes=61)
    assert isinstance(await join(db, "vk", await give(db, "telegram")), int)


async def test_a_code_of_one_who_took_the_consent_back(db: Database) -> None:
    code = await give(db, "telegram")
    async with db.work() as work:
        version = (await work.company.profile()).consent.version
        await work.people.record_consent(await meet(work, "telegram"), version, "text", given=False)
    assert isinstance(await join(db, "vk", code), WrongCode)


async def test_consent_taken_back_empties_the_row_that_waits_too(db: Database) -> None:
    async with db.work() as work:
        theirs = await meet(work, "vk")
        await settle(work, theirs, 1, "7", "Маша")
    link_id = await join(db, "vk", await give(db, "telegram"))
    assert isinstance(link_id, int)
    async with db.work() as work:
        one = await meet(work, "telegram")
        version = (await work.company.profile()).consent.version
        await work.people.record_consent(one, version, "text", given=False)
        await work.linking.disown(one, link_id)
    async with db.work() as work:
        assert (await work.people.resident(theirs.resident_id)).name is None
        assert await work.people.places(theirs) == []
        assert await work.people.answer_on_consent(theirs.resident_id, version) is False


# ── At the same moment ───────────────────────────────────────────────────────


async def test_one_code_typed_twice_at_once_is_used_once(db: Database) -> None:
    for channel in ("vk", "web"):
        await owner(db, channel)
    code = await give(db, "telegram")
    outcomes = await asyncio.gather(join(db, "vk", code), join(db, "web", code))
    assert sorted(type(each).__name__ for each in outcomes) == ["WrongCode", "int"]


async def test_two_who_type_each_others_codes_become_one_not_swapped(db: Database) -> None:
    mine, theirs = await give(db, "telegram"), await give(db, "vk")
    outcomes = await asyncio.gather(join(db, "telegram", theirs), join(db, "vk", mine))
    assert sum(isinstance(each, int) for each in outcomes) == 1
    assert await owner(db, "telegram") == await owner(db, "vk")


async def test_nobody_joins_one_who_joins_another(db: Database) -> None:
    """web joins telegram while telegram joins vk: whoever is second finds it changed."""
    of_telegram, of_vk = await give(db, "telegram"), await give(db, "vk")
    await owner(db, "web")
    await asyncio.gather(join(db, "telegram", of_vk), join(db, "web", of_telegram))
    async with db.session() as session:
        links = list(await session.scalars(select(Link)))
        contacts = list(await session.scalars(select(Contact)))
    assert len(links) == 1
    assert {c.resident_id for c in contacts} & {links[0].from_resident_id} == set()


async def test_a_message_in_flight_is_before_or_after_an_undo(db: Database) -> None:
    """What the leaver says while the link is undone is never half in, half out."""
    link_id = await join(db, "vk", await give(db, "telegram"))
    assert isinstance(link_id, int)
    meanwhile = asyncio.Event()

    async def say() -> int:
        async with db.work() as work:
            viewer = await meet(work, "vk")
            meanwhile.set()
            await asyncio.sleep(0.2)
            thread = await work.threads.open(viewer, (await work.rooms.every())[0], "в пути")
            return thread.id

    async def undo() -> None:
        await meanwhile.wait()
        async with db.work() as work:
            await work.linking.disown(await meet(work, "telegram"), link_id)

    thread_id, _ = await asyncio.gather(say(), undo())
    async with db.work() as work:
        first = await meet(work, "telegram")
        thread = await work.threads.get(first, thread_id)  # said while linked
        assert thread.contact_id == first.contact_id


async def test_an_undo_pressed_twice_at_once_is_one(db: Database) -> None:
    link_id = await join(db, "vk", await give(db, "telegram"))
    await join(db, "web", await give(db, "telegram"))
    assert isinstance(link_id, int)

    async def undo(channel: str) -> bool:
        async with db.work() as work:
            try:
                await work.linking.disown(await meet(work, channel), link_id)
            except AlreadySo:
                return False
            return True

    # Head-on, PostgreSQL breaks the deadlock, and the loser is handled again.
    done = await asyncio.gather(undo("telegram"), undo("web"), return_exceptions=True)
    assert done.count(True) == 1
    async with db.session() as session:
        records = await session.scalars(select(AuditRecord).where(AuditRecord.what == "unlinked"))
        assert len(list(records)) == 1
        assert (await session.get_one(ResidentRow, 1)).id


def test_a_code_lives_no_longer_than_tries_are_counted() -> None:
    assert CODE_LIVES < TRIES_COUNT <= timedelta(hours=1)
