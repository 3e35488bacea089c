"""When a person is erased: the term, what is waited for, consent, links."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select, text

from handlers import erasing_texts
from handlers.chores import CHORES
from services.bell import Bells
from services.chores import Chores
from services.db import Database
from services.errors import ToBeErased
from services.tables import Contact, Message, Thread, Ticket
from tests.services.linked import give, join, meet
from tests.support.clock import MovingClock
from tests.support.erasing import ask, go_through, settle, state
from tests.support.marks import OTHER_USER, USER
from tests.support.planting import plant


async def test_open_requests_are_waited_for_and_end_with_the_term(
    db: Database, clock: MovingClock
) -> None:
    viewer = await plant(db)
    erasure = await ask(db, viewer)
    clock.move(hours=25)
    await go_through(db, 3)
    assert await state(db) == "asked"
    async with db.work() as work:
        assert await work.troubles.find() == [] or all(
            each.kind != "erasing" for each in await work.troubles.find()
        )
    clock.move(seconds=(erasure.due_at - timedelta(hours=47) - clock.now()).total_seconds())
    await go_through(db)
    await settle(db)
    await go_through(db)
    assert await state(db) == "done"
    async with db.session() as session:
        ends = {t.status: t for t in await session.scalars(select(Ticket))}
        assert set(ends) == {"declined", "new"}, "that of the house goes on"
        thread = await session.get_one(Thread, ends["new"].thread_id)
        assert thread.state == "open"
        closed = await session.get_one(Thread, ends["declined"].thread_id)
        assert closed.state == "closed"
        said = await session.scalars(select(Message.text).where(Message.thread_id == thread.id))
        assert erasing_texts.ERASED_STAFF in set(said)


async def test_the_term_is_of_working_days(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        viewer = await meet(work, "telegram", USER)
        await work.session.execute(
            text(
                """UPDATE company SET content = content || '{"hours": [{"days":
                ["mon","tue","wed","thu","fri"], "opens": "09:00", "closes": "18:00"}],
                "special_days": [], "holidays": ["2026-03-09"]}', revision = revision + 1"""
            )
        )
    erasure = await ask(db, viewer)  # on Wednesday, 4 March
    assert erasure.due_at.astimezone(UTC) == datetime(2026, 3, 19, 20, 59, tzinfo=UTC)
    assert erasure.not_before == erasure.asked_at + timedelta(hours=24)


async def test_a_company_that_is_seldom_open_has_no_longer_a_term(db: Database) -> None:
    async with db.work() as work:
        viewer = await meet(work, "telegram", USER)
        await work.session.execute(
            text(
                """UPDATE company SET content = content || '{"hours": [{"days": ["sat"],
                "opens": "09:00", "closes": "18:00"}], "special_days": [], "holidays": []}',
                revision = revision + 1"""
            )
        )
    erasure = await ask(db, viewer)  # on Wednesday, 4 March; Saturdays count besides
    assert erasure.due_at.astimezone(UTC) == datetime(2026, 3, 16, 20, 59, tzinfo=UTC)


async def test_admins_hear_of_a_term_that_is_about_to_end(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        viewer = await meet(work, "telegram", USER)
    erasure = await ask(db, viewer)
    clock.move(seconds=(erasure.due_at - clock.now()).total_seconds() - 3600)
    async with db.work() as work:
        (trouble,) = [each for each in await work.troubles.find() if each.kind == "erasing"]
        assert trouble.count == 1


async def test_by_the_clock_alone(db: Database, clock: MovingClock, database_url: str) -> None:
    """The chores do it without anybody."""
    async with db.work() as work:
        viewer = await meet(work, "telegram", USER)
    await ask(db, viewer)
    clock.move(hours=25)
    mine = [chore for chore in CHORES if chore.name == "erasing whoever asked for it"]
    chores = Chores(db, Bells(database_url), mine)
    await chores.do_due()
    await settle(db)
    await chores.do_due()
    assert await state(db) == "done"


# ── Consent and links ────────────────────────────────────────────────────────


async def test_consent_taken_back_asks_for_it_and_given_again_takes_it_back(
    db: Database, clock: MovingClock
) -> None:
    async with db.work() as work:
        viewer = await meet(work, "telegram", USER)
        version = (await work.company.profile()).consent.version
        await work.people.record_consent(viewer, version, "text", given=False)
    assert await state(db) == "asked"
    async with db.work() as work:
        await work.people.record_consent(viewer, version, "text", given=True)
    assert await state(db) == "withdrawn"
    async with db.work() as work:
        await work.people.record_consent(viewer, version, "text", given=False)
    clock.move(hours=25)
    await go_through(db)
    await settle(db)
    await go_through(db)
    assert await state(db) == "done"
    async with db.session() as session:
        assert USER not in set(await session.scalars(select(Contact.user_id)))


async def test_a_stranger_who_declines_is_not_to_be_erased(db: Database) -> None:
    """Nothing is kept of them but that they wrote."""
    async with db.work() as work:
        viewer = await meet(work, "telegram", USER)
        await work.session.execute(text("DELETE FROM consents"))
        version = (await work.company.profile()).consent.version
        await work.people.record_consent(viewer, version, "text", given=False)
    assert await state(db) == ""


async def test_nobody_is_linked_who_is_to_be_erased(db: Database) -> None:
    async with db.work() as work:
        viewer = await meet(work, "telegram", USER)
    code = await give(db, "telegram", USER)
    await ask(db, viewer)
    assert isinstance(await join(db, "vk", code), ToBeErased)


async def test_a_messenger_that_leaves_meanwhile_is_erased_as_well(
    db: Database, clock: MovingClock
) -> None:
    async with db.work() as work:
        viewer = await meet(work, "telegram", USER)
    link = await join(db, "web", await give(db, "telegram", USER), OTHER_USER)
    assert isinstance(link, int)
    await ask(db, viewer)
    async with db.work() as work:
        await work.linking.disown(await meet(work, "telegram", USER), link)
    clock.move(hours=25)
    await go_through(db)
    await settle(db)
    await go_through(db)
    async with db.session() as session:
        assert not {USER, OTHER_USER} & set(await session.scalars(select(Contact.user_id)))
