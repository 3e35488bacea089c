"""Reminders of debts on a real database: whom they are for, hours and caps with a moving clock,
what stops them between planning and sending."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from services.access import AsMember, AsResident
from services.db import Database
from services.errors import AlreadySo, NobodyToTell, NotYours, SameMailing
from services.messaging.claiming import Claiming
from services.messaging.types import Outbound
from services.reminder_draft import without_sums
from services.tables import (
    Account,
    AccountMark,
    Balance,
    Contact,
    Holding,
    House,
    Notice,
    Outgoing,
    Reminder,
    ReminderPart,
)
from services.work import Work
from tests.support.clock import MovingClock
from tests.support.debts import (
    FEBRUARY,
    JANUARY,
    KAMCHATKA,
    MOSCOW,
    OMSK,
    OWED,
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

# ── Whom it is for ───────────────────────────────────────────────────────────


async def test_one_message_a_person_and_why_others_are_left_out(db: Database) -> None:
    async with db.work() as work:
        viewer = await add_accountant(work)
        one, two = await owes(work, "001"), await owes(work, "002")
        await holder(work, "Мария", [one, two])
        await owes(work, "003")  # nobody holds it
        await holder(work, "Сын", [await owes(work, "004")], sees_money=False)
        silent = await holder(work, "Пётр", [await owes(work, "005")])
        await work.session.execute(
            update(Contact)
            .where(Contact.id == silent.contact_id)
            .values(unreachable_since=work.now)
        )
        disputes = await holder(work, "Иван", [await owes(work, "006")])
        by_parts = await holder(work, "Анна", [await owes(work, "007")])
        has_paid = await holder(work, "Олег", [await owes(work, "008")])
        for person, kind in ((disputes, "dispute"), (by_parts, "instalment"), (has_paid, "paid")):
            (held,) = await work.holdings.of(person)
            await work.marks.say(person, held.account_id, kind)  # type: ignore[arg-type]
        unwilling = await holder(work, "Вера", [await owes(work, "009")])
        await work.wishes.say(unwilling, "reminders", wanted=False)
        await holder(work, "Глеб", [await owes(work, "010", debt=0, overdue=0)])
        reminder = await draft(work, viewer)
        owing = await work.reminders.measure(reminder)
        assert (owing.people, owing.accounts) == ({"telegram": 1}, 2)
        assert owing.left_out == {
            "unheld": 2, "unreached": 1, "dispute": 1, "instalment": 1, "paid": 1, "unwilling": 1,
        }  # fmt: skip
        assert owing.total is None, "of two accounts a total tells too much"
    async with db.work() as work:
        reminder = await work.reminders.get(viewer, reminder.id, lock=True)
        await work.reminders.start(reminder, Outbound(header="!", text=reminder.text), None)
        (row,) = list(await work.session.scalars(select(Outgoing)))
        assert row.body["text"].startswith("Здравствуйте, Мария! По адресу ул. Садовая, 5, кв. 001")
        parts = await work.session.scalars(select(ReminderPart))
        assert {(part.outbox_id, part.overdue) for part in parts} == {(row.id, OWED)}


@pytest.mark.parametrize(
    ("debtors", "chosen"),
    [
        ({}, {"1", "2", "3"}),
        ({"least": 200_000}, {"2", "3"}),
        ({"months": 1}, {"1", "2"}),
        ({"months": 2}, set()),
    ],
)
async def test_sum_and_months(db: Database, debtors: dict[str, int], chosen: set[str]) -> None:
    """On the 4th of March: what was billed for January is overdue since the 15th of February."""
    async with db.work() as work:
        viewer = await add_accountant(work)
        await holder(work, "1", [await owes(work, "1", overdue=100_000, debt=150_000)])
        await holder(work, "2", [await owes(work, "2", month=JANUARY)])
        await owes(work, "2", month=FEBRUARY)
        await owes(work, "3", month=JANUARY, overdue=0)
        await holder(work, "3", [await owes(work, "3", month=FEBRUARY)])
        for month in ("2025-11-01", "2025-12-01"):
            await work.session.execute(
                text(
                    "INSERT INTO balances (account_id, month, debt, overdue, brought_by) "
                    "SELECT id, CAST(:m AS text)::date, 100, 0, 1 FROM accounts"
                ),
                {"m": month},
            )
        reminder = await draft(work, viewer, **debtors)
        await work.reminders.measure(reminder)
        found = await work.session.scalars(
            text("SELECT chat FROM chosen_debtors WHERE why = '' ORDER BY 1")
        )
        assert {chat[0] for chat in found} == chosen


async def test_nothing_is_a_debt_before_its_day(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        viewer = await add_accountant(work)
        account = await owes(work, "1", overdue=None, billed=OWED, month=FEBRUARY)
        await holder(work, "Мария", [account])
        to_pay = await draft(work, viewer, kind="payment")
        debt = await draft(work, viewer)
        assert (await work.reminders.measure(to_pay)).people == {"telegram": 1}
        assert (await work.reminders.measure(debt)).people == {}
        with pytest.raises(NobodyToTell):
            await work.reminders.start(debt, Outbound(text="!"), None)
    go_to(clock, "2026-03-15 23:30")
    async with db.work() as work:
        assert (await work.reminders.measure(await reload(work, debt))).people == {}
    go_to(clock, "2026-03-16 00:30")
    async with db.work() as work:
        assert (await work.reminders.measure(await reload(work, to_pay))).people == {}
        assert (await work.reminders.measure(await reload(work, debt))).people == {"telegram": 1}


async def reload(work: Work, reminder: Reminder) -> Reminder:
    return await work.session.get_one(Reminder, reminder.id)


async def test_a_payment_is_not_asked_for_once_its_day_is_over(
    db: Database, clock: MovingClock
) -> None:
    go_to(clock, "2026-03-15 19:30")  # a Sunday
    async with db.work() as work:
        viewer = await add_accountant(work)
        await holder(work, "1", [await owes(work, "1", overdue=0, month=FEBRUARY)])
        await remind(work, viewer, kind="payment")
    go_to(clock, "2026-03-16 09:00")
    assert await delivers(db) == 0
    assert await states(db) == ["dropped"]


async def test_what_was_before_the_present_holder_is_not_theirs(db: Database) -> None:
    async with db.work() as work:
        viewer = await add_accountant(work)
        account = await owes(work, "1")
        account.history_from = FEBRUARY
        await holder(work, "Новый", [account])
        assert (await work.reminders.measure(await draft(work, viewer))).people == {}


# ── Sums ─────────────────────────────────────────────────────────────────────


def test_the_sentence_goes_with_the_sum() -> None:
    assert without_sums("Добрый день!\nДолг {sum}.\nСпасибо") == "Добрый день!\n\nСпасибо"
    assert without_sums("Долг {sum}") == ""


# ── Hours ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("at", "leaves"),
    [
        ("2026-03-05 07:59", 0), ("2026-03-05 08:00", 1), ("2026-03-05 21:58", 1),
        ("2026-03-05 21:59", 0), ("2026-03-05 22:00", 0), ("2026-03-06 00:00", 0),
        ("2026-03-07 08:59", 0), ("2026-03-07 09:00", 1),  # a Saturday
        ("2026-03-07 19:58", 1), ("2026-03-07 20:00", 0),
        ("2026-05-01 08:30", 0), ("2026-05-01 09:00", 1), ("2026-05-01 20:00", 0),  # a holiday
        ("2026-12-30 21:58", 1), ("2027-01-01 08:30", 0), ("2027-01-01 09:00", 1),
        ("2027-01-04 20:30", 0), ("2026-03-31 21:00", 1), ("2026-04-01 07:00", 0),
    ],
)  # fmt: skip
async def test_decent_hours(db: Database, clock: MovingClock, at: str, leaves: int) -> None:
    go_to(clock, at)
    clock.move(days=-1)
    async with db.work() as work:
        viewer = await add_accountant(work)
        await holder(work, "Мария", [await owes(work, "1")])
        await remind(work, viewer)
    go_to(clock, at)
    assert await delivers(db) == leaves
    assert await states(db) == ["sent" if leaves else "parked"]


async def test_each_house_by_its_own_clock(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        viewer = await add_accountant(work)
        houses = list(await work.session.scalars(select(House).order_by(House.id).limit(3)))
        for house, zone in zip(houses, (MOSCOW, OMSK, KAMCHATKA), strict=True):
            house.timezone = zone
            await holder(work, zone, [await owes(work, zone, house=house)])
        both = [await owes(work, f"both{h.id}", house=h) for h in (houses[0], houses[2])]
        await holder(work, "both", both)
        await remind(work, viewer)
    claiming = Claiming(db, "telegram", 1)
    go_to(clock, "2026-03-05 08:00", KAMCHATKA)  # 23:00 in Moscow, 02:00 in Omsk
    assert await delivers(db, claiming) == 1
    go_to(clock, "2026-03-05 08:00", OMSK)
    assert await delivers(db, claiming) == 1
    go_to(clock, "2026-03-05 08:00", MOSCOW)  # 17:00 in Kamchatka
    assert await delivers(db, claiming) == 2
    assert await states(db) == ["sent"] * 4


# ── Caps ─────────────────────────────────────────────────────────────────────


async def test_the_caps_roll_over_midnight_month_and_year(db: Database, clock: MovingClock) -> None:
    """Tried every hour for two months, over both messengers of a person: never more than 2 within
    24 hours, 4 within 7 days, 16 within 31 days."""
    go_to(clock, "2026-11-28 07:30")
    async with db.work() as work:
        viewer = await add_accountant(work)
        accounts = [await owes(work, "1"), await owes(work, "2")]
        mary = await holder(work, "Мария", accounts, channels=["vk", "telegram"])
    sent = []
    for attempt in range(24 * 40 // 4):
        async with db.work() as work:
            kept = ("vk", "telegram")[attempt % 2]
            await work.session.execute(
                text("UPDATE contacts SET last_heard_at = :now WHERE channel = :kept"),
                {"now": work.now, "kept": kept},
            )
            try:
                await remind(work, viewer, words=f"Напоминаем № {attempt}.")
            except NobodyToTell:
                await work.session.rollback()
        for channel in ("telegram", "vk"):
            sent += [db.clock.now()] * await delivers(db, channel=channel)
        clock.move(hours=4)
    assert len(sent) >= 16
    for span, most in ((24, 2), (7 * 24, 4), (31 * 24, 16)):
        for moment in sent:
            within = [s for s in sent if moment <= s < moment + timedelta(hours=span)]
            assert len(within) <= most, (span, moment)
    assert mary.resident_id


async def test_a_cap_that_fills_up_meanwhile(db: Database, clock: MovingClock) -> None:
    """Two others arrived between the planning and the morning: this one waits until a day passed
    since the first of them."""
    go_to(clock, "2026-03-04 12:00")
    async with db.work() as work:
        viewer = await add_accountant(work)
        await holder(work, "Мария", [await owes(work, "1")])
        first = await remind(work, viewer, words="Раз.")
    assert await delivers(db) == 1
    clock.move(hours=1)
    async with db.work() as work:
        await remind(work, viewer, words="Два.")
    async with db.work() as work:  # as if another process had planned it before that left
        await repeat_row(work, 1)
    assert await delivers(db) == 1
    assert sorted(await states(db)) == ["parked", "sent", "sent"]
    go_to(clock, "2026-03-05 11:59")
    assert await delivers(db) == 0
    go_to(clock, "2026-03-05 12:01")
    assert await delivers(db) == 1
    assert first.id


async def repeat_row(work: Work, times: int) -> None:
    """One more parked part of the newest reminder for the same person."""
    for _ in range(times):
        await work.session.execute(
            text(
                """
                WITH last AS (SELECT * FROM outbox ORDER BY id DESC LIMIT 1), added AS (
                    INSERT INTO outbox (channel, chat, queue, kind, priority, body, contact_id,
                                        notice_id, nonce, state, created_at, not_before)
                    SELECT channel, chat, queue || 'x', kind, priority, body, contact_id, notice_id,
                           7, 'parked', :now, :now FROM last RETURNING id),
                again AS (
                    INSERT INTO reminders (key, kind, tone, text, audience, state, repeats,
                                           member_id, room_id, way, form, made_at)
                    SELECT 'x', kind, tone, text, audience, 'running', '', member_id, room_id, way,
                           form, made_at FROM reminders ORDER BY id DESC LIMIT 1 RETURNING id)
                INSERT INTO reminder_parts (reminder_id, account_id, resident_id, outbox_id, debt,
                                            overdue, at)
                SELECT again.id, p.account_id, p.resident_id, added.id, p.debt, p.overdue, p.at
                FROM reminder_parts p, added, again, last WHERE p.outbox_id = last.id
                """
            ),
            {"now": work.now},
        )


async def test_of_two_messengers_of_a_person_one_is_written_at_a_time(
    db: Database, clock: MovingClock
) -> None:
    async with db.work() as work:
        viewer = await add_accountant(work)
        mary = await holder(work, "Мария", [await owes(work, "1")], channels=["vk", "telegram"])
        await remind(work, viewer)
        await repeat_row(work, 1)
        row = await work.session.scalar(select(Outgoing).order_by(Outgoing.id.desc()).limit(1))
        contact = await work.session.get_one(Contact, mary.contact_id)
        assert row is not None
        row.channel, row.chat, row.contact_id = "vk", contact.chat, contact.id
    assert await delivers(db, channel="vk") == 0, "the other one is under way"
    assert await delivers(db) == 1
    clock.move(minutes=11)
    assert await delivers(db, channel="vk") == 1


# ── Between planning and sending ─────────────────────────────────────────────

Change = Callable[[Work, AsResident, Account], Awaitable[object]]


async def pays(work: Work, person: AsResident, account: Account) -> None:
    await work.session.execute(update(Balance).values(debt=0, overdue=0))


async def pays_a_part(work: Work, person: AsResident, account: Account) -> None:
    await work.session.execute(update(Balance).values(debt=OWED - 100, overdue=OWED - 100))


async def pays_by_the_next_file(work: Work, person: AsResident, account: Account) -> None:
    await owes(work, "1", debt=OWED + 1, overdue=OWED, paid=500, month=FEBRUARY)


async def moves_out(work: Work, person: AsResident, account: Account) -> None:
    (holding,) = await work.holdings.holders(account.id)
    await work.holdings.end(holding, "self", "test")


async def may_not_see_money(work: Work, person: AsResident, account: Account) -> None:
    await work.session.execute(update(Holding).values(sees_money=False))


async def takes_consent_back(work: Work, person: AsResident, account: Account) -> None:
    version = (await work.company.profile()).consent.version
    await work.people.record_consent(person, version, "text", given=False)


STOPS: tuple[Change, ...] = (
    pays,
    pays_a_part,
    pays_by_the_next_file,
    moves_out,
    may_not_see_money,
    takes_consent_back,
    lambda work, person, account: work.marks.say(person, account.id, "dispute"),
    lambda work, person, account: work.marks.say(person, account.id, "instalment"),
    lambda work, person, account: work.marks.say(person, account.id, "paid"),
    lambda work, person, account: work.wishes.say(person, "reminders", wanted=False),
)


@pytest.mark.parametrize("change", STOPS)
async def test_what_comes_in_between_stops_it(
    db: Database, clock: MovingClock, change: Change
) -> None:
    go_to(clock, "2026-03-04 23:00")
    async with db.work() as work:
        viewer = await add_accountant(work)
        account = await owes(work, "1")
        person = await holder(work, "Мария", [account])
        other = await holder(work, "Сосед", [await owes(work, "2")])
        await remind(work, viewer)
        await work.session.execute(
            update(Balance).where(Balance.account_id != account.id).values(brought_by=1)
        )
    async with db.work() as work:
        await change(work, person, await work.session.get_one(Account, account.id))
        await work.session.execute(
            text(
                "UPDATE balances SET debt = :owed, overdue = :owed FROM accounts a "
                "WHERE a.id = account_id AND a.number = '2'"
            ),
            {"owed": OWED},
        )
        await work.session.execute(
            text("UPDATE holdings SET sees_money = true WHERE resident_id = :id"),
            {"id": other.resident_id},
        )
    go_to(clock, "2026-03-05 10:00")
    assert await delivers(db) == 1, "the neighbour's"
    assert await states(db) == ["dropped", "sent"]


async def test_a_file_that_knows_of_no_payment_does_not_stop_it(
    db: Database, clock: MovingClock
) -> None:
    go_to(clock, "2026-03-04 23:00")
    async with db.work() as work:
        viewer = await add_accountant(work)
        await holder(work, "Мария", [await owes(work, "1")])
        await remind(work, viewer)
    async with db.work() as work:
        await owes(work, "1", debt=OWED * 2, overdue=OWED, paid=0, month=FEBRUARY)
    go_to(clock, "2026-03-05 10:00")
    assert await delivers(db) == 1


async def test_whom_a_later_file_of_the_house_leaves_out_is_not_reminded(
    db: Database, clock: MovingClock
) -> None:
    """A file of debtors alone does not name who has paid. Of another house it says nothing."""
    go_to(clock, "2026-03-04 21:55")
    async with db.work() as work:
        viewer = await add_accountant(work)
        here, there = await work.session.scalars(select(House).order_by(House.id).limit(2))
        await holder(work, "1", [await owes(work, "1", house=here)])
        await holder(work, "2", [await owes(work, "2", house=there)])
        await owes(work, "3", house=here)
        reminder = await remind(work, viewer)
        assert (await work.reminders.measure(reminder)).accounts == 0  # both are pending
    async with db.work() as work:
        await owes(work, "3", month=FEBRUARY, house=here)
    assert await delivers(db) == 1
    assert await states(db) == ["dropped", "sent"]
    clock.move(days=3)
    async with db.work() as work:
        owing = await work.reminders.measure(await draft(work, viewer, words="{name}!"))
        assert owing.accounts == 1  # the other house's


async def test_paid_holds_until_the_next_balances(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        viewer = await add_accountant(work)
        account = await owes(work, "1")
        person = await holder(work, "Мария", [account])
        await work.marks.say(person, account.id, "paid")
        reminder = await draft(work, viewer)
    clock.move(days=1)
    async with db.work() as work:
        await add_import(work)  # a bank takes longer
        assert (await work.reminders.measure(await reload(work, reminder))).people == {}
    clock.move(days=3)
    async with db.work() as work:
        await add_import(work)
        assert (await work.reminders.measure(await reload(work, reminder))).people != {}


# ── Pause, stop, the same twice ──────────────────────────────────────────────


async def test_pause_and_stop(db: Database) -> None:
    async with db.work() as work:
        viewer = await add_accountant(work)
        await holder(work, "Мария", [await owes(work, "1")])
        reminder = await remind(work, viewer)
        await work.reminders.hold(viewer, reminder)
        with pytest.raises(AlreadySo):
            await work.reminders.hold(viewer, reminder)
    assert await delivers(db) == 0
    async with db.work() as work:
        reminder = await work.reminders.get(viewer, reminder.id, lock=True)
        await work.reminders.go_on(viewer, reminder)
        await work.reminders.stop(viewer, reminder)
        with pytest.raises(AlreadySo):
            await work.reminders.go_on(viewer, reminder)
    assert await delivers(db) == 0
    assert await states(db) == ["dropped"]


async def test_the_same_twice_is_one(db: Database) -> None:
    async with db.work() as work:
        viewer = await add_accountant(work)
        await holder(work, "Мария", [await owes(work, "1")])
        ids = [(await draft(work, viewer)).id for _ in range(2)]

    async def start(reminder_id: int) -> str:
        async with db.work() as work:
            reminder = await work.reminders.get(viewer, reminder_id, lock=True)
            try:
                await work.reminders.start(reminder, Outbound(text="!"), None)
            except (SameMailing, AlreadySo) as refused:
                return type(refused).__name__
        return "started"

    done = await asyncio.gather(*(start(each) for each in [*ids, *ids]))
    assert sorted(done)[-1] == "started"
    assert done.count("started") == 1
    assert await states(db) == ["parked"]


async def test_one_reminder_at_a_time_for_a_person(db: Database) -> None:
    async with db.work() as work:
        viewer = await add_accountant(work)
        await holder(work, "Мария", [await owes(work, "1")])
        await remind(work, viewer, words="Раз.")
        owing = await work.reminders.measure(await draft(work, viewer, words="Два."))
        assert (owing.people, owing.left_out) == ({}, {"pending": 1})


async def test_monthly(db: Database, clock: MovingClock) -> None:
    go_to(clock, "2026-01-30 12:00")
    async with db.work() as work:
        viewer = await add_accountant(work)
        reminder = await draft(work, viewer)
        at = work.now + timedelta(days=1)
        await work.reminders.schedule(viewer, reminder, at, monthly=True)
        assert await work.reminders.find_to_start() == []
    days = []
    for _ in range(3):
        clock.move(days=1, hours=1)
        async with db.work() as work:
            (due,) = await work.reminders.find_to_start()
            this_time = await work.reminders.claim_to_start(due)
            assert this_time is not None
            assert this_time.id != due
            scheduled = await work.session.get_one(Reminder, due)
            assert scheduled.start_at is not None
            at = scheduled.start_at
            days.append(at.date().isoformat())
        clock.move(seconds=(at - clock.now()).total_seconds() - 24 * 3600)
    assert days == ["2026-02-28", "2026-03-31", "2026-04-30"]


# ── What became of it ────────────────────────────────────────────────────────


async def test_the_result_counts_who_paid_within_ten_days(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        viewer = await add_accountant(work)
        for number in range(6):
            await holder(work, f"Житель{number}", [await owes(work, str(number))])
        reminder = await remind(work, viewer)
    assert await delivers(db) == 6
    async with db.work() as work:
        ids = list(await work.session.scalars(select(ReminderPart.resident_id)))
        accounts = await work.reminders.note_opened(reminder.id, ids[0])
        assert len(accounts) == 1
        assert await work.reminders.note_opened(reminder.id, 0) == []
        assert await work.reminders.find_paid() == []
    clock.move(days=11)
    async with db.work() as work:
        for number in range(6):
            left = 0 if number < 5 else OWED
            await owes(
                work, str(number), debt=left + 50_000, overdue=left, billed=50_000, month=FEBRUARY
            )
        assert await work.reminders.find_paid() == [reminder.id]
        await work.reminders.count_paid(reminder.id)
        result = await work.reminders.result(reminder)
        assert (result.states, result.opened) == ({"sent": 6}, 1)
        assert (result.looked_at, result.paid, result.paid_sum) == (6, 5, 5 * OWED)
        assert await work.reminders.find_paid() == []


# ── Who may ──────────────────────────────────────────────────────────────────


async def test_only_managers_and_admins(db: Database) -> None:
    async with db.work() as work:
        viewer = await add_accountant(work)
        reminder = await draft(work, viewer)
        dispatcher = await add_accountant(work, "dispatcher", "disp")
        other = await add_accountant(work, "manager", "other")
        for stranger in (dispatcher, AsMember(other.member_id, "manager", ("no-room",))):
            with pytest.raises(NotYours):
                await work.reminders.get(stranger, reminder.id)
        assert (await work.reminders.get(other, reminder.id)).id == reminder.id


async def test_marks_are_for_holders(db: Database) -> None:
    async with db.work() as work:
        account = await owes(work, "1")
        person = await holder(work, "Мария", [account])
        stranger = await holder(work, "Чужой", [])
        child = await holder(work, "Сын", [account], sees_money=False)
        for each in (stranger, child):
            with pytest.raises(NotYours):
                await work.marks.say(each, account.id, "dispute")
        await work.marks.say(person, account.id, "dispute")
        with pytest.raises(AlreadySo):
            await work.marks.say(person, account.id, "dispute")
        (mark,) = list(await work.session.scalars(select(AccountMark)))
        with pytest.raises(NotYours):
            await work.marks.get(AsMember(1, "admin"), mark.id)  # no thread shows it yet
        room = (await work.rooms.every())[0]
        thread = await work.threads.open(person, room, "Мария")
        await work.marks.name_thread(mark, thread)
        for each in (AsMember(1, "executor"), AsMember(1, "dispatcher", ("no-room",))):
            with pytest.raises(NotYours):
                await work.marks.get(each, mark.id)
        staff = AsMember(1, "dispatcher")
        with pytest.raises(NotYours):  # of somebody else's account
            await work.marks.put(staff, thread, (await owes(work, "2")).id, "dispute")
        await work.marks.end(staff, (await work.marks.get(staff, mark.id))[0])
        with pytest.raises(AlreadySo):
            await work.marks.end(staff, mark)


async def test_nobody_asks_a_notice_of_debts_about_nights_alone(db: Database) -> None:
    """A notice of it keeps the company's quiet hours as well."""
    async with db.work() as work:
        viewer = await add_accountant(work)
        await holder(work, "Мария", [await owes(work, "1")])
        await remind(work, viewer)
        notice = await work.session.scalar(select(Notice))
        assert notice is not None
        assert (notice.guard, notice.quiet, notice.urgent) == ("debt", True, False)
