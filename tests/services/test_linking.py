"""Linking and undoing at a real PostgreSQL: what goes where, and where answers go."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from services.db import Database
from services.errors import (
    AlreadySo,
    NotYours,
)
from services.messaging.outbox import About
from services.messaging.types import Address, Kind, Outbound
from services.tables import LinkCode, Outgoing
from tests.services.linked import give, join, meet, owner, settle
from tests.support.clock import MovingClock

# ── What goes where ──────────────────────────────────────────────────────────


async def test_all_changes_hands_and_all_comes_back(db: Database) -> None:
    async with db.work() as work:
        ours = await meet(work, "telegram")
        theirs = await meet(work, "vk")
        home, _ = await settle(work, ours, 0, "5", "Мария")
        twin, about_twin = await settle(work, theirs, 0, "5", "Маша")
        other, about_other = await settle(work, theirs, 1, "7", "Маша")
    link_id = await join(db, "vk", await give(db, "telegram"))
    assert isinstance(link_id, int)
    async with db.work() as work:
        one = await meet(work, "vk")
        assert one.resident_id == ours.resident_id
        assert {p.home_id for p in await work.people.places(one)} == {home.id, other.id}
        threads = {thread.id: thread for thread, _ in await work.threads.open_ones(one)}
        assert len(threads) == 3
        assert threads[about_twin.id].home_id == home.id
        assert await work.linking.taken_in(one.resident_id) == [theirs.resident_id]
        assert (await work.people.resident(theirs.resident_id)).name == "Маша"
        room = (await work.rooms.every())[0]
        meanwhile = await work.threads.open(one, room, "вместе")  # from the second messenger
    async with db.work() as work:
        await work.linking.disown(await meet(work, "telegram"), link_id)
    async with db.work() as work:
        first, second = await meet(work, "telegram"), await meet(work, "vk")
        assert second == theirs
        assert [p.home_id for p in await work.people.places(first)] == [home.id]
        assert {p.home_id for p in await work.people.places(second)} == {twin.id, other.id}
        back = {thread.id: thread for thread, _ in await work.threads.open_ones(second)}
        assert set(back) == {about_twin.id, about_other.id}
        assert back[about_twin.id].home_id == twin.id
        stays = await work.threads.get(first, meanwhile.id)
        assert stays.contact_id == first.contact_id
        with pytest.raises(NotYours):
            await work.threads.get(second, meanwhile.id)
        with pytest.raises(NotYours):
            await work.threads.get(first, about_other.id)


async def test_a_name_is_lent_and_given_back_unless_it_was_changed(db: Database) -> None:
    async with db.work() as work:
        await meet(work, "telegram")
        theirs = await meet(work, "vk")
        await work.people.register(theirs.resident_id, "Маша", "+79123456789")
    link_id = await join(db, "vk", await give(db, "telegram"))
    assert isinstance(link_id, int)
    async with db.work() as work:
        one = await meet(work, "telegram")
        resident = await work.people.resident(one.resident_id)
        assert (resident.name, resident.phone) == ("Маша", "+79123456789")
        await work.people.set_phone(one.resident_id, "+79990000000")
        await work.linking.disown(one, link_id)
    async with db.work() as work:
        first = await work.people.resident((await meet(work, "telegram")).resident_id)
        second = await work.people.resident((await meet(work, "vk")).resident_id)
        assert (first.name, first.phone, first.registered_at) == (None, "+79990000000", None)
        assert (second.name, second.phone) == ("Маша", "+79123456789")


async def test_what_waits_to_be_said_turns_to_whose_it_is(db: Database) -> None:
    async with db.work() as work:
        ours = await meet(work, "telegram", "11")
        theirs = await meet(work, "vk", "1")
        _, mine = await settle(work, ours, 0, "5", "Мария")
        _, brought = await settle(work, theirs, 1, "7", "Маша")
    link_id = await join(db, "vk", await give(db, "telegram", "11"), "1")
    assert isinstance(link_id, int)
    async with db.work() as work:
        for channel, chat, contact, thread in (
            ("vk", "1", theirs.contact_id, mine),
            ("telegram", "11", ours.contact_id, brought),
        ):
            about = About(thread_id=thread.id, contact_id=contact)
            to = Address(channel=channel, chat=chat)
            await work.outbox.say(to, Outbound(text=channel), Kind.RELAY, about)
        await work.linking.disown(await meet(work, "telegram", "11"), link_id)
    async with db.session() as session:
        rows = list(await session.scalars(select(Outgoing).order_by(Outgoing.id)))
    assert [(row.channel, row.chat, row.queue, row.contact_id) for row in rows] == [
        ("telegram", "11", "11||talk", ours.contact_id),
        ("vk", "1", "1||talk", theirs.contact_id),
    ]


async def test_what_a_stranger_brought_along_goes_with_them(db: Database) -> None:
    first = await join(db, "vk", await give(db, "telegram"))
    assert isinstance(first, int)
    await join(db, "web", await give(db, "vk"))  # the stranger's own code, in a third messenger
    await give(db, "telegram")
    async with db.work() as work:
        undone = await work.linking.disown(await meet(work, "telegram"), first)
        assert len(undone) == 2
    assert len({await owner(db, channel) for channel in ("telegram", "vk", "web")}) == 3
    async with db.session() as session:
        assert list(await session.scalars(select(LinkCode))) == []


async def test_one_of_three_leaves(db: Database) -> None:
    for channel in ("vk", "web"):
        await join(db, channel, await give(db, "telegram"))
    async with db.work() as work:
        viewer = await meet(work, "web")
        (vk,) = [c for c in await work.people.contacts(viewer.resident_id) if c.channel == "vk"]
        await work.linking.part(viewer, vk.id)
        with pytest.raises(AlreadySo):
            await work.linking.part(viewer, vk.id)
    owners = [await owner(db, channel) for channel in ("telegram", "web", "vk")]
    assert owners[0] == owners[1] != owners[2]


async def test_linked_undone_and_linked_the_other_way_round(db: Database) -> None:
    link_id = await join(db, "vk", await give(db, "telegram"))
    assert isinstance(link_id, int)
    async with db.work() as work:
        viewer = await meet(work, "telegram")
        await work.linking.disown(viewer, link_id)
        with pytest.raises(AlreadySo):
            await work.linking.disown(viewer, link_id)
    again = await join(db, "telegram", await give(db, "vk"))
    assert isinstance(again, int)
    async with db.work() as work:
        viewer, old = await meet(work, "telegram"), await meet(work, "vk")
        assert viewer.resident_id == old.resident_id
        await work.linking.part(viewer, old.contact_id)
    assert await owner(db, "telegram") != await owner(db, "vk")


# ── Where answers go ─────────────────────────────────────────────────────────


async def test_answers_go_where_the_person_wrote_last(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        first = await meet(work, "telegram")
        _, thread = await settle(work, first, 0, "5", "Мария")
    await join(db, "vk", await give(db, "telegram"))

    async def where() -> str:
        async with db.work() as work:
            return (await work.people.where_to_answer(await work.threads.by_id(thread.id))).channel

    assert await where() == "vk"
    clock.move(minutes=1)
    await owner(db, "telegram")
    assert await where() == "telegram"
    async with db.work() as work:
        await work.people.mark_unreachable(first.contact_id, "blocked")
    assert await where() == "vk"
    async with db.work() as work:
        for contact in await work.people.contacts(first.resident_id):
            await work.people.mark_unreachable(contact.id, "blocked")
    assert await where() == "telegram"  # the thread's own: staff are told why


async def test_an_edit_goes_to_where_the_answer_stands(db: Database) -> None:
    link_id = await join(db, "vk", await give(db, "telegram"))
    assert isinstance(link_id, int)
    async with db.work() as work:
        one, other = await meet(work, "telegram"), await meet(work, "vk")
        thread = await work.threads.open(one, (await work.rooms.every())[0], "вопрос")
        answer = await work.threads.add(thread, "member", "Анна", None, text="ответ")
        about = About(thread_id=thread.id, message_id=answer.id, contact_id=other.contact_id)
        await work.outbox.say(Address(channel="vk", chat="1"), Outbound(text="ответ"), about=about)
        found = await work.people.where_answered(thread, answer.id)
        assert found is not None
        assert found.channel == "vk"
        row = await work.session.scalar(select(Outgoing))
        assert row is not None
        row.state = "sent"
    async with db.work() as work:
        await work.linking.disown(await meet(work, "telegram"), link_id)
        thread = await work.threads.by_id(thread.id)
        assert await work.people.where_answered(thread, answer.id) is None  # a stranger's now
