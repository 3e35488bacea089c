"""What ends of a reminder, of marks, and of who made it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from handlers import reminders
from handlers.dialogue.steps import Wrong
from handlers.staff.reminder_form import check_sum, check_words, houses_of
from handlers.staff.reminder_page import show_whole
from services.access import AsMember
from services.db import Database
from services.messaging.types import Outbound
from services.tables import AccountMark, House, Member, Outgoing, Reminder, ReminderPart
from services.work import Work
from tests.support.clock import MovingClock
from tests.support.debts import (
    add_accountant,
    add_import,
    delivers,
    draft,
    go_to,
    holder,
    owes,
    remind,
    states,
)

# ── Marks ────────────────────────────────────────────────────────────────────


async def test_paid_can_be_said_again_after_newer_balances(
    db: Database, clock: MovingClock
) -> None:
    async with db.work() as work:
        viewer = await add_accountant(work)
        account = await owes(work, "1")
        person = await holder(work, "Мария", [account])
        await work.marks.say(person, account.id, "paid")
    clock.move(days=4)
    async with db.work() as work:
        await add_import(work)
        reminder = await draft(work, viewer)
        assert (await work.reminders.measure(reminder)).people != {}
        assert await work.marks.standing(account.id) == []
        again = await work.marks.say(person, account.id, "paid")
        assert [mark.id for mark in await work.marks.standing(account.id)] == [again.id]
        assert (await work.reminders.measure(reminder)).left_out == {"paid": 1}
        rows = await work.session.scalars(
            select(AccountMark.ended_at.is_(None)).order_by(AccountMark.id)
        )
        assert list(rows) == [False, True], "the old one is over, and is cleared away some day"


async def test_marks_end_with_the_last_holder(db: Database) -> None:
    async with db.work() as work:
        account = await owes(work, "1")
        person = await holder(work, "Мария", [account])
        await work.marks.say(person, account.id, "dispute")
        (holding,) = await work.holdings.holders(account.id)
        await work.holdings.end(holding, "self", "test")
        assert await work.marks.standing(account.id) == []
        newcomer = await holder(work, "Пётр", [account])
        assert await work.marks.say(newcomer, account.id, "dispute")


# ── Rows that do not leave ───────────────────────────────────────────────────


async def remind_in_quiet_hours(work: Work, viewer: AsMember) -> Reminder:
    """Mary's own quiet hours leave no decent hour of the day."""
    await holder(work, "Мария", [await owes(work, "1")])
    await work.session.execute(
        text("UPDATE residents SET quiet_from = '07:00', quiet_until = '23:00'")
    )
    return await remind(work, viewer)


async def test_what_quiet_hours_held_for_a_week_ends_and_says_so(
    db: Database, clock: MovingClock
) -> None:
    async with db.work() as work:
        viewer = await add_accountant(work)
        reminder = await remind_in_quiet_hours(work, viewer)
    go_to(clock, "2026-03-05 10:00")
    assert await delivers(db) == 0
    assert await states(db) == ["parked"]
    async with db.work() as work:
        result = await work.reminders.result(reminder)
        assert (result.left, result.asleep, result.reasons) == (1, 1, {})
    go_to(clock, "2026-03-13 10:00")
    assert await delivers(db) == 0
    assert await states(db) == ["dropped"]
    async with db.work() as work:
        result = await work.reminders.result(reminder)
        assert (result.left, result.asleep, result.reasons) == (0, 0, {"quiet": 1})
        assert await told_of(work, reminder) == "Не дошло 1: тихие часы человека — 1."
        shown = await show_whole(work, await work.session.get_one(Reminder, reminder.id))
        assert shown["reach"]["reasons"] == []
        assert "Не дошло 1: тихие часы человека — 1." in shown["words"]


async def told_of(work: Work, reminder: Reminder) -> str:
    """The line of the result that says what did not arrive."""
    result = await work.reminders.result(reminder)
    reminder = await work.session.get_one(Reminder, reminder.id)
    what = await reminders.describe(work, reminder, result)
    (line,) = [each for each in what.text.splitlines() if each.startswith("Не ")]
    return line


@pytest.mark.parametrize(("looked", "why"), [(True, "quiet"), (False, "late")])
async def test_what_no_claim_looks_at_ends_as_well(
    db: Database, clock: MovingClock, looked: bool, why: str
) -> None:
    """Their messenger is off, and nobody claims there."""
    async with db.work() as work:
        viewer = await add_accountant(work)
        reminder = await remind_in_quiet_hours(work, viewer)
    go_to(clock, "2026-03-05 10:00")
    if looked:
        assert await delivers(db) == 0
    go_to(clock, "2026-03-11 09:00")
    async with db.work() as work:
        await reminders.show_running(work, reminder.id)
    assert await states(db) == ["parked"]
    go_to(clock, "2026-03-13 10:00")
    async with db.work() as work:
        await reminders.show_running(work, reminder.id)
    assert await states(db) == ["dropped"]
    async with db.work() as work:
        assert (await work.reminders.result(reminder)).reasons == {why: 1}
        assert (await work.session.get_one(Reminder, reminder.id)).state == "done"


async def test_what_a_pause_holds_does_not_end(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        viewer = await add_accountant(work)
        reminder = await remind_in_quiet_hours(work, viewer)
        await work.reminders.hold(viewer, reminder)
    go_to(clock, "2026-03-23 10:00")
    async with db.work() as work:
        await reminders.show_running(work, reminder.id)
        await work.reminders.give_up(await work.session.get_one(Reminder, reminder.id))
    assert await states(db) == ["parked"]


async def test_what_was_paid_in_quiet_hours_is_no_matter_of_these(
    db: Database, clock: MovingClock
) -> None:
    async with db.work() as work:
        viewer = await add_accountant(work)
        reminder = await remind_in_quiet_hours(work, viewer)
    go_to(clock, "2026-03-05 10:00")
    assert await delivers(db) == 0
    async with db.work() as work:
        await work.session.execute(text("UPDATE balances SET debt = 0, overdue = 0"))
    go_to(clock, "2026-03-13 10:00")
    assert await delivers(db) == 0
    async with db.work() as work:
        result = await work.reminders.result(reminder)
        assert (result.states, result.reasons) == ({"dropped": 1}, {})
        assert (await told_of(work, reminder)).startswith("Не отправлено 1: оплатили")


async def test_quiet_hours_that_end_let_it_leave(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        viewer = await add_accountant(work)
        reminder = await remind_in_quiet_hours(work, viewer)
        await work.session.execute(text("UPDATE residents SET quiet_until = '12:00'"))
    go_to(clock, "2026-03-05 10:00")
    assert await delivers(db) == 0
    go_to(clock, "2026-03-05 12:01")
    assert await delivers(db) == 1
    async with db.work() as work:
        result = await work.reminders.result(reminder)
        assert (result.states, result.reasons, result.asleep) == ({"sent": 1}, {}, 0)


async def test_what_nobody_got_does_not_count_once_its_row_is_gone(
    db: Database, clock: MovingClock
) -> None:
    async with db.work() as work:
        viewer = await add_accountant(work)
        stays = await owes(work, "1")
        paid = await owes(work, "2")
        await holder(work, "Мария", [stays])
        person = await holder(work, "Пётр", [paid])
        reminder = await remind(work, viewer)
        await work.marks.say(person, paid.id, "paid")
    assert await delivers(db) == 1
    assert sorted(await states(db)) == ["dropped", "sent"]
    async with db.work() as work:
        await work.reminders.end(await work.reminders.get(viewer, reminder.id, lock=True))
    async with db.work() as work:
        await work.session.execute(text("DELETE FROM outbox"))
        reminder = await work.session.get_one(Reminder, reminder.id)
        assert (await work.reminders.result(reminder)).accounts == 1


async def test_an_account_without_balances_is_counted_once(
    db: Database, clock: MovingClock
) -> None:
    """Its file was undone."""
    async with db.work() as work:
        viewer = await add_accountant(work)
        await holder(work, "Мария", [await owes(work, "1")])
        reminder = await remind(work, viewer)
    assert await delivers(db) == 1
    clock.move(days=11)
    async with db.work() as work:
        await add_import(work)
        await work.session.execute(text("DELETE FROM balances"))
        assert await work.reminders.find_paid() == [reminder.id]
        await work.reminders.count_paid(reminder.id)
        assert list(await work.session.scalars(select(ReminderPart.paid))) == [0]
        assert await work.reminders.find_paid() == []


async def test_a_hundred_garages_fit(db: Database) -> None:
    async with db.work() as work:
        viewer = await add_accountant(work)
        garages = [await owes(work, f"{number:03}") for number in range(100)]
        await holder(work, "Мария", garages)
        await remind(work, viewer)
        (body,) = list(await work.session.scalars(select(Outgoing.body)))
        assert len(body["text"]) < 400
        assert "…" in body["text"]
        assert len(list(await work.session.scalars(select(ReminderPart)))) == 100


# ── Who made it ──────────────────────────────────────────────────────────────


async def test_a_monthly_one_sent_now_goes_on_each_month(db: Database) -> None:
    async with db.work() as work:
        viewer = await add_accountant(work)
        await holder(work, "Мария", [await owes(work, "1")])
        monthly = await draft(work, viewer)
        at = work.now + timedelta(days=1)
        await work.reminders.schedule(viewer, monthly, at, monthly=True)
        once = await work.reminders.this_time(monthly)
        await work.reminders.start(once, Outbound(text="!"), viewer.member_id)
        assert (once.state, once.repeats) == ("running", "")
        assert (monthly.state, monthly.start_at, monthly.repeats) == ("scheduled", at, "monthly")


@pytest.mark.parametrize("change", ["dismissed", "another role"])
async def test_who_left_hears_no_more_of_it(db: Database, change: str) -> None:
    async with db.work() as work:
        viewer = await add_accountant(work)
        reminder = await draft(work, viewer)
        reminder.way = "desk"
        what = Outbound(text="Напоминание идёт")
        assert await reminders.tell_maker(work, reminder, what)
        maker = await work.session.get_one(Member, viewer.member_id)
        if change == "dismissed":
            maker.withdrawn_at = work.now
        else:
            maker.role = "executor"
        assert await reminders.tell_maker(work, reminder, what) is None, "a desk's room: nobody"
        (row,) = list(await work.session.scalars(select(Outgoing)))
        assert row.chat == str(viewer.member_id), "as long as they might"


async def test_houses_that_are_no_longer_theirs_are_not_all_houses(db: Database) -> None:
    async with db.work() as work:
        houses = list(await work.session.scalars(select(House).order_by(House.id)))
        stranger = AsMember(1, "manager", ("no-room",))
        assert await houses_of(work, stranger, {"houses": [f"h{houses[0].id}"]}) is None
        assert await houses_of(work, stranger, {"houses": ["all"]}) is None
        assert await houses_of(work, AsMember(1, "admin"), {"houses": ["h999999"]}) is None


# ── What is typed ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "kopecks"),
    [
        ("Любая", 0), ("От 500 ₽", 50_000), ("1 500", 150_000), ("1500,5", 150_050),
        ("1500 руб.", 150_000), ("5 тыс", None), ("1.500", None), ("-5", None), ("много", None),
    ],
)  # fmt: skip
async def test_the_least_sum(typed: str, kopecks: int | None) -> None:
    if kopecks is None:
        with pytest.raises(Wrong):
            await check_sum(None, typed)  # type: ignore[arg-type]
    else:
        assert await check_sum(None, typed) == kopecks  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "fits"),
    [
        ("Это недолго: оплатите до {date}.", True), ("Не откладывайте надолго, долго ли.", True),
        ("У вас долг.", False), ("Погасите долги.", False), ("Вы должник.", False),
        ("Есть задолженность.", False), ("Здравствуйте, { name }!", False),
        ("Здравствуйте, {Name}!", False),
    ],
)  # fmt: skip
async def test_the_words_of_what_is_not_due_yet(typed: str, fits: bool) -> None:
    async def check() -> str:
        return await check_words(
            None,
            typed,
            kind="payment",
            template="",
            sums=[],  # type: ignore[arg-type]
        )

    if fits:
        assert await check() == typed
    else:
        with pytest.raises(Wrong):
            await check()
