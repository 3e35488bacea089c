"""What staff read when the messenger of their answer is switched off."""

from __future__ import annotations

from functools import partial

from sqlalchemy import select

from handlers.answers import send_answer
from handlers.outcomes import TELLING
from services.access import AsResident
from services.db import Database
from services.messaging.settling import tell
from services.messaging.switched_off import MOVES_AFTER, mark, move_on
from services.tables import ChannelState, Member, Message, Outgoing
from tests.services.linked import give, join, meet, settle
from tests.support.clock import MovingClock

SITE = {"web", "desk"}


async def answered(db: Database, viewer: AsResident) -> int:
    """By a member, in Telegram, where the person wrote last. Returns the message."""
    async with db.work() as work:
        work.session.add(ChannelState(name="telegram"))
        await meet(work, "telegram")
        _, thread = await settle(work, viewer, 0, "5", "Мария")
        anna = await work.session.scalar(select(Member.id).where(Member.code == "anna"))
        message = await work.threads.add(thread, "member", "Анна", None, text="Мастер выехал")
        message.member_id = anna
        contact = await work.people.where_to_answer(thread)
        assert contact.channel == "telegram"
        await send_answer(work, thread, message, contact)
        return message.id


async def goes_off(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        await mark(work, SITE)
    clock.move(seconds=MOVES_AFTER.total_seconds())
    async with db.work() as work:
        for name in await mark(work, SITE):
            await move_on(work, name, partial(tell, TELLING))


async def ways(db: Database, message: int) -> list[tuple[str, str, str]]:
    async with db.session() as session:
        rows = await session.scalars(
            select(Outgoing)
            .where(Outgoing.message_id == message, Outgoing.room_id.is_(None))
            .order_by(Outgoing.id)
        )
        return [(row.channel, row.state, row.reason) for row in rows]


async def read_by_staff(db: Database) -> str:
    async with db.session() as session:
        said = await session.scalars(
            select(Message.text).where(Message.by == "system").order_by(Message.id)
        )
        return list(said)[-1]


async def test_an_answer_goes_by_the_other_messenger(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        viewer = await meet(work, "telegram")
    await join(db, "web", await give(db, "telegram"), "2")
    message = await answered(db, viewer)
    await goes_off(db, clock)
    assert await ways(db, message) == [("telegram", "refused", "off"), ("web", "waiting", "")]
    said = await read_by_staff(db)
    assert said.startswith("⚠️ Не доставлено (Telegram): этот мессенджер сейчас отключён")
    assert said.endswith("Отправили через чат на сайте.")


async def test_where_there_is_no_other_the_member_reads_why(
    db: Database, clock: MovingClock
) -> None:
    async with db.work() as work:
        viewer = await meet(work, "telegram")
    message = await answered(db, viewer)
    await goes_off(db, clock)
    assert await ways(db, message) == [("telegram", "refused", "off")]
    assert "отключён" in await read_by_staff(db)
    async with db.work() as work:
        became = (await work.desk.deliveries([message]))[message]
    assert (became.state, became.reason, became.blocked) == ("refused", "off", False)
