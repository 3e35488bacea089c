"""Sums in reminders: no row holds one; whether it may be named is decided when it leaves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar

import pytest
from sqlalchemy import select, update

from services.db import Database
from services.messaging.claiming import Claiming
from services.messaging.governor import Governor
from services.messaging.resolving import NotYet, Resolving
from services.messaging.rows import Row
from services.messaging.types import Outbound
from services.tables import Balance, ChannelState, Holding, Outgoing, Reminder
from services.work import Work
from tests.messaging.fakes import FAST, FakeChannel, Rig
from tests.support.debts import (
    FEBRUARY,
    OWED,
    add_accountant,
    allow_sums,
    delivers,
    draft,
    holder,
    owes,
    remind,
    states,
)

WORDS = "Здравствуйте, {name}! Долг: {sum}. Откройте счёт."
WITH_SUM = "Здравствуйте, Мария! Долг: 3\xa0000,00\xa0₽. Откройте счёт."
WITHOUT = "Здравствуйте, Мария! Откройте счёт."


class Telegram(FakeChannel):
    name: ClassVar[str] = "telegram"


async def plan(db: Database, *, allowed: bool = True) -> None:
    """A reminder that names the sum, to one person."""
    async with db.work() as work:
        await allow_sums(work, "telegram", allowed=allowed)
        viewer = await add_accountant(work)
        await holder(work, "Мария", [await owes(work, "1")])
        await remind(work, viewer, words=WORDS)
        work.session.add(ChannelState(name="telegram", epoch=1))


async def claim(db: Database) -> list[Row]:
    claiming, rows = Claiming(db, "telegram", 1), []
    for _ in range(3):
        found, _ = await claiming.claim([], [], [], 30, 30)
        rows += found
    return rows


async def resolve(db: Database, row: Row) -> Outbound:
    channel = Telegram()
    resolving = Resolving(db, channel, Governor(FAST), Rig(db, channel).telling)
    return (await resolving.resolve(row)).message


async def test_no_row_holds_a_sum(db: Database) -> None:
    async with db.work() as work:
        await allow_sums(work, "vk")
        viewer = await add_accountant(work)
        await holder(work, "Мария", [await owes(work, "1", debt=123_405)])
        await holder(work, "{sum}", [await owes(work, "2")])
        debt = await owes(work, "3", debt=1_234_567, overdue=1)
        await holder(work, "Пётр", [debt], channels=["vk"])
        await remind(work, viewer, words=WORDS)
        rows = await work.session.execute(select(Outgoing.channel, Outgoing.body))
        said = {(channel, body["text"], body.get("summed", "")) for channel, body in rows}
    assert said == {
        ("telegram", WITHOUT, ""),
        ("telegram", "Здравствуйте, {sum}! Откройте счёт.", ""),
        (
            "vk",
            "Здравствуйте, Пётр! Откройте счёт.",
            "Здравствуйте, Пётр! Долг: {sum}. Откройте счёт.",
        ),
    }


async def test_the_sum_is_named_where_it_may_be(db: Database) -> None:
    await plan(db)
    (row,) = await claim(db)
    told = await resolve(db, row)
    assert (told.text, told.summed) == (WITH_SUM, "")


async def test_of_several_accounts_the_sum_is_that_of_all(db: Database) -> None:
    async with db.work() as work:
        await allow_sums(work, "telegram")
        viewer = await add_accountant(work)
        accounts = [await owes(work, "1"), await owes(work, "2", debt=95)]
        await holder(work, "", accounts)
        await remind(work, viewer, words="Долг, {name}, {sum}. Откройте счёт.")
        work.session.add(ChannelState(name="telegram", epoch=1))
    (row,) = await claim(db)
    assert (await resolve(db, row)).text == "Долг, 3\xa0000,95\xa0₽. Откройте счёт."


async def test_of_what_is_to_be_paid_the_sum_is_the_whole_bill(db: Database) -> None:
    async with db.work() as work:
        await allow_sums(work, "telegram")
        viewer = await add_accountant(work)
        await holder(work, "Мария", [await owes(work, "1", overdue=0, month=FEBRUARY)])
        await remind(work, viewer, kind="payment", words=WORDS)
        work.session.add(ChannelState(name="telegram", epoch=1))
    (row,) = await claim(db)
    assert (await resolve(db, row)).text == WITH_SUM


async def test_switched_off_after_the_planning(db: Database) -> None:
    await plan(db)
    async with db.work() as work:
        await allow_sums(work, "telegram", allowed=False)
    (row,) = await claim(db)
    assert (await resolve(db, row)).text == WITHOUT


async def test_switched_off_after_the_claim(db: Database) -> None:
    await plan(db)
    (row,) = await claim(db)
    async with db.work() as work:
        await allow_sums(work, "telegram", allowed=False)
    told = await resolve(db, row)
    assert (told.text, told.summed) == (WITHOUT, "")


async def test_switched_on_after_the_planning_names_none(db: Database) -> None:
    """The accountant has seen that it names none."""
    await plan(db, allowed=False)
    async with db.work() as work:
        await allow_sums(work, "telegram")
    (row,) = await claim(db)
    assert (await resolve(db, row)).text == WITHOUT


async def test_switched_on_before_the_start_names_what_was_owed_then(db: Database) -> None:
    """Where another sum is owed meanwhile, nothing leaves."""
    async with db.work() as work:
        viewer = await add_accountant(work)
        await holder(work, "Мария", [await owes(work, "1")])
        reminder = await draft(work, viewer, words=WORDS)
        await allow_sums(work, "telegram")
        await work.reminders.start(reminder, Outbound(text="…"), None)
        assert (await work.session.get_one(Reminder, reminder.id)).form["names_sums"]
    async with db.work() as work:
        await work.session.execute(update(Balance).values(debt=OWED + 1, overdue=OWED + 1))
    assert await delivers(db) == 0
    assert await states(db) == ["dropped"]


Change = Callable[[Work], Awaitable[object]]


async def moves_out(work: Work) -> None:
    (holding,) = list(await work.session.scalars(select(Holding)))
    await work.holdings.end(holding, "self", "test")


async def may_not_see_money(work: Work) -> None:
    await work.session.execute(update(Holding).values(sees_money=False))


@pytest.mark.parametrize("change", [moves_out, may_not_see_money])
async def test_what_is_theirs_no_more_does_not_leave_at_all(db: Database, change: Change) -> None:
    await plan(db)
    async with db.work() as work:
        await change(work)
    assert await claim(db) == []
    assert await states(db) == ["dropped"]


@pytest.mark.parametrize("change", [moves_out, may_not_see_money])
async def test_nor_where_that_comes_between_claim_and_sending(db: Database, change: Change) -> None:
    """It goes back, and the next claim drops it."""
    await plan(db)
    (row,) = await claim(db)
    async with db.work() as work:
        await change(work)
    with pytest.raises(NotYet):
        await resolve(db, row)
    async with db.work() as work:
        await work.session.execute(update(Outgoing).values(state="parked"))
    assert await claim(db) == []
    assert await states(db) == ["dropped"]
