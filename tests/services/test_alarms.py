"""Alarms by the clock: once a step, whatever processes run; and which emergency a danger is."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from handlers import alarms as told
from services.access import AsResident
from services.company.declaration import Category
from services.db import Database
from services.emergencies import choose_category, is_same, kinds_of
from services.messaging.types import Address, Inbound, Sender
from services.staff import as_member
from services.tables import (
    Alarm,
    Heard,
    Member,
    MemberAccount,
    Message,
    Outgoing,
    Question,
    Suggestion,
    Thread,
    Ticket,
    WebPost,
)
from services.tickets import Where
from services.work import Work
from tests.support.clock import MovingClock


async def member(work: Work, code: str) -> Member:
    found = await work.session.scalar(select(Member).where(Member.code == code))
    assert found is not None
    return found


async def reaches(work: Work, code: str) -> None:
    """The member has started the bot."""
    chat = f"7{(await member(work, code)).id}"
    await work.session.merge(
        MemberAccount(channel="telegram", user_id=chat, member_id=(await member(work, code)).id)
    )
    await hears(work, chat, "/start")


async def hears(work: Work, chat: str, text: str) -> AsResident:
    address = Address(channel="telegram", chat=chat)
    said = Inbound(key=f"{chat} {text}", address=address, sender=Sender(id=chat), text=text)
    contact = await work.people.meet(said)
    return AsResident(contact.resident_id, contact.id)


async def raise_one(db: Database, chat: str = "500", *, anonymous: bool = False) -> int:
    async with db.work() as work:
        viewer = await hears(work, chat, "Пахнет газом")
        room = (await work.rooms.every())[0]
        thread = await work.threads.open(viewer, room, "🚨 Пахнет газом")
        await work.threads.add(thread, "resident", "", None, text="Пахнет газом")
        line = await work.threads.add(thread, "system", "", None, text="Тревога")
        alarm = await work.alarms.begin(
            thread, "gas", line, house_id=None, exact=False, anonymous=anonymous
        )
        return alarm.id


async def alarm(db: Database, alarm_id: int) -> Alarm:
    async with db.work() as work:
        found = await work.alarms.get(alarm_id)
        assert found is not None
        return found


async def due(db: Database) -> list[int]:
    async with db.work() as work:
        return await work.alarms.find_due()


async def call_next(db: Database, alarm_id: int) -> None:
    async with db.work() as work:
        await told.call_next(work, alarm_id)


async def alarmed_chats(db: Database) -> list[str]:
    async with db.work() as work:
        rows = await work.session.scalars(
            select(Outgoing)
            .where(Outgoing.kind == "alarm", Outgoing.room_id.is_(None))
            .order_by(Outgoing.id)
        )
        return [row.chat for row in rows if row.channel != "desk"]


async def test_two_processes_call_once(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        await reaches(work, "anna")
        await work.shifts.begin(
            as_member(await member(work, "anna")), (await work.rooms.every())[0]
        )
    ident = await raise_one(db)
    clock.move(minutes=2, seconds=59)
    assert await due(db) == []
    clock.move(seconds=1)
    assert await due(db) == [ident]
    other = Database(db.url, clock)
    await asyncio.gather(*(call_next(each, ident) for each in (db, other) * 4))
    await other.close()
    assert len(await alarmed_chats(db)) == 1
    assert (await alarm(db, ident)).step == 1
    assert await due(db) == []


async def test_a_restart_goes_on_where_it_was(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        for code in ("anna", "olga"):
            await reaches(work, code)
        await work.shifts.begin(
            as_member(await member(work, "anna")), (await work.rooms.every())[0]
        )
    ident = await raise_one(db)
    for calls in (1, 2, 3):
        clock.move(minutes=3)
        again = Database(db.url, clock)
        await call_next(again, ident)
        await again.close()
        assert len(await alarmed_chats(db)) == calls
    assert (await alarmed_chats(db))[-1] == "500"  # the resident, when nobody was left
    assert await due(db) == []
    clock.move(days=1)
    assert await due(db) == []


async def test_taken_at_the_same_moment_by_one(db: Database) -> None:
    ident = await raise_one(db)
    thread_id = (await alarm(db, ident)).thread_id

    async def take(code: str) -> bool:
        async with db.work() as work:
            return await work.alarms.accept(thread_id, (await member(work, code)).id)

    taken = await asyncio.gather(*(take(code) for code in ("anna", "olga", "igor") * 3))
    assert taken.count(True) == 1
    found = await alarm(db, ident)
    assert (found.outcome, found.next_at) == ("accepted", None)


async def test_who_took_it_is_told_once(db: Database, clock: MovingClock) -> None:
    ident = await raise_one(db)
    async with db.work() as work:
        await work.alarms.accept(
            (await alarm(db, ident)).thread_id, (await member(work, "anna")).id
        )

    async def tell() -> None:
        async with db.work() as work:
            await told.tell_taken(work, ident)

    await asyncio.gather(*(tell() for _ in range(5)))
    async with db.work() as work:
        rows = await work.session.scalars(select(Outgoing).where(Outgoing.chat == "500"))
        assert len([row for row in rows if "приняли" in row.body["text"]]) == 1
        assert await work.alarms.find_untold() == []


async def test_a_room_in_trouble_is_not_waited_for(db: Database) -> None:
    async with db.work() as work:
        await reaches(work, "olga")
        room = (await work.rooms.every())[0]
        await work.rooms.mark_trouble(room.id, "mute", "исключили")
    ident = await raise_one(db)
    assert await due(db) == [ident]


async def test_a_closed_thread_calls_nobody(db: Database, clock: MovingClock) -> None:
    ident = await raise_one(db)
    async with db.work() as work:
        thread = await work.session.get(Thread, (await alarm(db, ident)).thread_id)
        assert thread is not None
        await work.threads.close(thread)
    clock.move(minutes=10)
    assert await due(db) == []
    assert (await alarm(db, ident)).outcome == "closed"


async def test_words_are_erased_only_where_no_consent_came(
    db: Database, clock: MovingClock
) -> None:
    silent, agreed = (
        await raise_one(db, "500", anonymous=True),
        await raise_one(db, "501", anonymous=True),
    )
    async with db.work() as work:
        viewer = await hears(work, "501", "да")
        version = (await work.company.profile()).consent.version
        await work.people.record_consent(viewer, version, "Согласны?", given=True)
        days = timedelta(days=(await work.company.profile()).danger_words_days)
    clock.move(seconds=days.total_seconds() + 1)
    async with db.work() as work:
        found = await work.forgetting.find_due()
    assert found == [silent]
    for ident in [silent, agreed] * 2:
        async with db.work() as work:
            await told.forget(work, ident)
    async with db.work() as work:
        assert await work.forgetting.find_due() == []
        rows = await work.session.scalars(select(Message).where(Message.by == "resident"))
        assert sorted(message.text for message in rows) == ["", "Пахнет газом"]
    assert (await alarm(db, silent)).erased_at is not None


async def kept_for(db: Database) -> timedelta:
    async with db.work() as work:
        return timedelta(days=(await work.company.profile()).danger_words_days)


async def forget_all(db: Database) -> list[int]:
    async with db.work() as work:
        found = await work.forgetting.find_due()
    for ident in found:
        async with db.work() as work:
            await told.forget(work, ident)
    return found


async def say(db: Database, ident: int, text: str, by: str = "resident") -> int:
    thread_id = (await alarm(db, ident)).thread_id
    async with db.work() as work:
        thread = await work.threads.by_id(thread_id)
        return (await work.threads.add(thread, by, "", None, text=text)).id


async def words(db: Database) -> list[str]:
    async with db.work() as work:
        rows = await work.session.scalars(
            select(Message).where(Message.by != "system").order_by(Message.id)
        )
        return [message.text for message in rows]


async def answer_on_consent(db: Database, chat: str, version: str, *, given: bool) -> None:
    async with db.work() as work:
        viewer = await hears(work, chat, f"{version} {given}")
        await work.people.record_consent(viewer, version, "Согласны?", given=given)


async def test_words_said_after_the_erasure_are_erased_as_well(
    db: Database, clock: MovingClock
) -> None:
    ident, kept = await raise_one(db, anonymous=True), await kept_for(db)
    clock.move(days=2)
    await say(db, ident, "Кухня, кв. 7")  # the days count from the last words
    clock.move(seconds=kept.total_seconds() - 60)
    assert await forget_all(db) == []
    clock.move(seconds=61)
    assert await forget_all(db) == [ident]
    assert await words(db) == ["", ""]
    for by in ("resident", "member", "note"):
        said = await say(db, ident, "Опять, кв. 7", by)
        assert (await alarm(db, ident)).erased_at is None
        assert await forget_all(db) == []
        clock.move(seconds=kept.total_seconds() + 1)
        assert await forget_all(db) == [ident]
    async with db.work() as work:
        await work.threads.change(said, "Кв. 8")
    clock.move(seconds=kept.total_seconds() + 1)
    assert await forget_all(db) == [ident]
    assert set(await words(db)) == {""}
    assert await forget_all(db) == []


async def test_words_just_said_are_not_erased_by_a_chore_that_found_the_alarm_before(
    db: Database, clock: MovingClock
) -> None:
    ident, kept = await raise_one(db, anonymous=True), await kept_for(db)
    clock.move(seconds=kept.total_seconds() + 1)
    async with db.work() as work:
        assert await work.forgetting.find_due() == [ident]
    await say(db, ident, "Кухня")
    async with db.work() as work:
        await told.forget(work, ident)
    assert await words(db) == ["Пахнет газом", "Кухня"]


async def test_whoever_gave_consent_is_spared(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        version = (await work.company.profile()).consent.version
    await answer_on_consent(db, "500", "old", given=True)
    await answer_on_consent(db, "501", "old", given=True)
    await answer_on_consent(db, "501", version, given=False)
    agreed_before = await raise_one(db, "500", anonymous=True)
    takes_it_back = await raise_one(db, "501", anonymous=True)
    agrees_after = await raise_one(db, "502", anonymous=True)
    await answer_on_consent(db, "502", version, given=True)
    assert not (await alarm(db, agrees_after)).anonymous
    await answer_on_consent(db, "502", version, given=False)
    clock.move(seconds=(await kept_for(db)).total_seconds() + 1)
    assert await forget_all(db) == [agreed_before, takes_it_back]
    assert await words(db) == ["Пахнет газом", "", "Пахнет газом"]
    assert not (await alarm(db, agreed_before)).anonymous
    assert (await alarm(db, takes_it_back)).erased_at is not None


@pytest.mark.parametrize("by_member", [False, True])
async def test_a_request_of_their_own_is_spared(
    db: Database, clock: MovingClock, by_member: bool
) -> None:
    ident = await raise_one(db, anonymous=True)
    async with db.work() as work:
        complex_ = (await work.places.complexes())[0]
        house = (await work.places.houses(complex_.id))[0]
        where = Where(complex_.id, house.id, None, None, "кв. 7")
        thread = await work.threads.by_id((await alarm(db, ident)).thread_id)
        filed_by = (await member(work, "anna")).id if by_member else None
        category = emergency("Пахнет газом")
        await work.tickets.file(
            thread, category, where, "Пахнет газом", [], "telegram", filed_by=filed_by
        )
    clock.move(seconds=(await kept_for(db)).total_seconds() + 1)
    await forget_all(db)
    async with db.work() as work:
        ticket = await work.session.scalar(select(Ticket))
        assert ticket is not None
        assert ticket.text == ("" if by_member else "Пахнет газом")
    assert await words(db) == [ticket.text]


async def test_the_copies_of_words_are_erased_as_well(db: Database, clock: MovingClock) -> None:
    """What members were called with, in private and at the desk, and each edit in the inbox."""
    async with db.work() as work:
        await reaches(work, "anna")
        anna = await member(work, "anna")
        anna.desk = True
        await work.shifts.begin(as_member(anna), (await work.rooms.every())[0])
    ident = await raise_one(db, anonymous=True)
    said = Inbound(
        key="first", address=Address(channel="telegram", chat="500"), sender=Sender(id="500"),
        text="Пахнет газом", external_id="77",
    )  # fmt: skip
    async with db.work() as work:
        message = await work.session.scalar(select(Message).where(Message.by == "resident"))
        assert message is not None
        await work.threads.link(message.id, said)
        message_id = message.id
    other = said.model_copy(update={"key": "other", "text": "Спасибо", "external_id": "78"})
    edits = [
        said.model_copy(update={"key": f"edit {n}", "text": f"Пахнет газом, кв. {n}",
                                "edits": "77", "external_id": ""})
        for n in range(3)
    ]  # fmt: skip
    for n, inbound in enumerate([said, other, *edits]):
        async with db.work() as work:
            await work.inbox.hear("telegram", [inbound], None)
        async with db.work() as work:
            claimed = await work.inbox.claim()
            assert claimed is not None
            if n > 1:
                await work.threads.change(message_id, inbound.text)
            await work.inbox.done(claimed)
        clock.move(minutes=1)
    await call_next(db, ident)
    async with db.work() as work:
        called = list(await work.session.scalars(select(Outgoing).where(Outgoing.kind == "alarm")))
        assert {row.channel for row in called} == {"telegram", "desk"}
        assert all("кв. 2" in row.body["text"] for row in called)
        for row in called:
            row.state = "sent"
            if row.channel == "desk":
                await work.posts.add(
                    "desk", row.chat, f"sent {row.nonce}", row.body, by="company", topic=row.topic
                )
        await work.posts.add(
            "desk", str(anna.id), "sent 1", {"text": "Иное"}, by="company", topic=called[-1].topic
        )
    clock.move(seconds=(await kept_for(db)).total_seconds() + 1)
    assert await forget_all(db) == [ident]
    async with db.work() as work:
        assert [row.body for row in await work.session.scalars(select(Outgoing))] == [{}, {}]
        posts = await work.session.scalars(select(WebPost).order_by(WebPost.id))
        assert [post.body for post in posts] == [{}, {"text": "Иное"}]
        heard = await work.session.scalars(select(Heard).order_by(Heard.id))
        assert [row.body.get("text") for row in heard] == [None, "Спасибо", None, None, None]


async def test_consent_taken_back_leaves_no_question_and_no_draft(db: Database) -> None:
    await answer_on_consent(db, "500", "1", given=True)
    await answer_on_consent(db, "501", "1", given=True)
    async with db.work() as work:
        room, now = (await work.rooms.every())[0], work.now
        for chat, sent_by in (
            ("500", None),
            ("500", (await member(work, "anna")).id),
            ("501", None),
        ):
            viewer = await hears(work, chat, "Когда дадут воду?")
            thread = await work.threads.open(viewer, room, "Разговор")
            work.session.add(
                Suggestion(
                    thread_id=thread.id, state="shown", attempts=1, asked_at=now, not_before=now,
                    settled_at=now, text="Завтра", sent_by=sent_by,
                )
            )  # fmt: skip
            work.session.add(
                Question(
                    at=now, resident_id=viewer.resident_id, text="Когда дадут воду?",
                    decision="handoff", shown=[],
                )
            )  # fmt: skip
    await answer_on_consent(db, "500", "1", given=False)
    async with db.work() as work:
        drafts = await work.session.scalars(select(Suggestion).order_by(Suggestion.id))
        assert [(each.state, each.text) for each in drafts] == [
            ("dropped", ""), ("shown", ""), ("shown", "Завтра"),
        ]  # fmt: skip
        asked = await work.session.scalars(select(Question).order_by(Question.id))
        assert [each.resident_id is None for each in asked] == [True, True, False]


# ── Which emergency it is ────────────────────────────────────────────────────


def emergency(title: str, key: str = "") -> Category:
    return Category(code="other", key=key or "x", title=title, emergency=True)


@pytest.mark.parametrize(
    ("title", "key", "kinds"),
    [
        ("Авария, затопление", "", {"flood"}),
        ("Пахнет газом", "", {"gas"}),
        ("Искрит, горит проводка", "", {"sparks", "fire"}),
        ("Застряли в лифте", "", {"lift"}),
        ("Вода", "flood", {"flood"}),
        ("Прочее", "", set()),
    ],
)
def test_what_a_category_is_for(title: str, key: str, kinds: set[str]) -> None:
    assert kinds_of(emergency(title, key)) == kinds


def test_the_nearest_one_is_chosen() -> None:
    flood, gas = emergency("Затопление"), emergency("Пахнет газом")
    ordinary = Category(code="plumbing", title="Прорвало трубу")
    for kind in ("flood", "burst", "sewage"):
        assert choose_category(kind, [ordinary, gas, flood]) == flood
    assert choose_category("gas", [flood, gas]) == gas
    assert choose_category("fire", [flood, gas]) is None


def test_water_is_water() -> None:
    assert is_same("burst", "flood")
    assert is_same("other", "gas")
    assert not is_same("gas", "fire")
