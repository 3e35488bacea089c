"""Who is an admin, and for how long; what staff keep to themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from services.access import AsMember
from services.company.apply import Messengers, apply_declaration
from services.company.reading import read_declaration
from services.db import Database
from services.messaging.types import Sender
from services.staff import as_member
from tests.services.test_due import meet
from tests.support.running import SAMPLE


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    db = Database(database_url)
    async with db.work() as work:
        await apply_declaration(work, read_declaration(SAMPLE), Messengers())
    yield db
    await db.close()


async def role(db: Database, user_id: str) -> str | None:
    async with db.work() as work:
        member = await work.staff.by_account("telegram", user_id)
        return as_member(member).role if member else None


async def grant(db: Database, *accounts: str) -> None:
    async with db.work() as work:
        await work.staff.grant_admins([("telegram", account) for account in accounts])


async def test_an_admin_of_the_settings_comes_goes_and_comes_back(db: Database) -> None:
    await grant(db, "111")
    assert await role(db, "111") == "admin"
    await grant(db)
    assert await role(db, "111") is None
    await grant(db, "111", "222")
    assert (await role(db, "111"), await role(db, "222")) == ("admin", "admin")


async def test_a_dispatcher_is_an_admin_only_while_the_settings_say_so(db: Database) -> None:
    async with db.work() as work:
        (room, *_) = await work.rooms.every()
        member = await work.staff.in_room(room, Sender(id="333", name="Анна"))
        assert as_member(member).role == "dispatcher"
        channel = room.channel
    async with db.work() as work:
        await work.staff.grant_admins([(channel, "333")])
    async with db.work() as work:
        granted = await work.staff.by_account(channel, "333")
        assert granted is not None
        assert as_member(granted).role == "admin"
        assert granted.name == "Анна"
        await work.staff.grant_admins([])
    async with db.work() as work:
        again = await work.staff.by_account(channel, "333")
        assert again is not None
        assert as_member(again).role == "dispatcher"


async def test_a_resident_is_shown_neither_notes_nor_what_waits_for_a_yes(db: Database) -> None:
    async with db.work() as work:
        viewer = await meet(work)
        room = await work.rooms.of_complex(None)
        thread = await work.threads.open(viewer, room, "Разговор")
        await work.threads.add(thread, "resident", "Мария", None, text="Когда?")
        await work.threads.add(thread, "note", "Анна", None, text="он ругается")
        await work.threads.add(thread, "member", "Борис", None, text="Не скажу", held=True)
        await work.threads.add(thread, "member", "Анна", None, text="К шести")
        shown = await work.threads.messages(viewer, thread.id)
        assert [message.text for message in shown] == ["Когда?", "К шести"]
        assert len(await work.threads.messages(AsMember(1, "admin"), thread.id)) == 4
