"""A town that owes: an account each, a year of balances, and everybody holds theirs."""

from __future__ import annotations

import itertools

from sqlalchemy import select, text

from bench.town import FIRST
from handlers import reminders
from handlers.reminder_texts import TONES
from services.access import AsMember
from services.db import Database
from services.reminder_audience import Debtors
from services.reminder_draft import ReminderDraft
from services.tables import Member, Reminder
from tests.support.database import connect

MONTHS = 12
IMPORT = """
    INSERT INTO imports (kind, at, who, file_name, sha256, rows, counts, columns, state)
    VALUES ('debts', now(), 'system', 'debts.csv', '', $1::int, '{}', '{}', 'applied')
"""
ACCOUNTS = """
    INSERT INTO accounts (number, house_id, flat_id, place, kind, holder, added_at, brought_by)
    SELECT lpad(h.resident_id::text, 10, '0'), h.house_id, h.flat_id,
           s.address || ', кв. ' || h.resident_id, '', '', now(), 1
    FROM homes h JOIN houses s ON s.id = h.house_id WHERE h.resident_id >= $1::int
"""
BALANCES = """
    INSERT INTO balances (account_id, month, billed, paid, debt, overdue, brought_by)
    SELECT a.id, date_trunc('month', now())::date - make_interval(months => m), 400000, 0,
           300000 + a.id, 300000, 1
    FROM accounts a, generate_series(1, $1::int) m
"""
HOLDINGS = """
    INSERT INTO holdings (resident_id, account_id, role, sees_money, proved_by, since)
    SELECT a.number::bigint, a.id, 'owner', true, 'code', now() FROM accounts a
"""
TIMES = itertools.count(1)


async def settle_debts(url: str) -> None:
    """Of the residents of a town that is settled."""
    connection = await connect(url)
    await connection.execute(IMPORT, MONTHS)
    await connection.execute(ACCOUNTS, FIRST)
    await connection.execute(BALANCES, MONTHS)
    await connection.execute(HOLDINGS)
    await connection.execute("VACUUM ANALYZE")
    await connection.execute("CHECKPOINT")
    await connection.close()


async def write_reminder(db: Database, *, houses: int = 0) -> int:
    """A draft to those who owe for three months and more, in so many houses; 0: in all."""
    async with db.work() as work:
        member = await work.session.scalar(select(Member.id).where(Member.code == "town"))
        assert member is not None
        few = text(
            "SELECT house_id FROM accounts GROUP BY house_id ORDER BY house_id LIMIT :houses"
        )
        chosen = tuple(await work.session.scalars(few, {"houses": houses})) if houses else ()
        words = f"{TONES['debt', 'kind']} {next(TIMES)}"
        draft = ReminderDraft("debt", "kind", words, Debtors(100_000, 3, chosen))
        room = (await work.rooms.every())[0]
        viewer = AsMember(member, "admin")
        return (await work.reminders.keep(viewer, room, "desk", draft)).id


async def start_reminder(db: Database, reminder_id: int) -> None:
    """From the first look at who owes to the commit."""
    async with db.work() as work:
        reminder = await work.session.get_one(Reminder, reminder_id, with_for_update=True)
        await reminders.start(work, reminder, reminder.member_id)


async def stop_reminder(db: Database, reminder_id: int) -> int:
    """Or the next would find that everybody has one under way. Returns how many it was for."""
    async with db.work() as work:
        reminder = await work.session.get_one(Reminder, reminder_id, with_for_update=True)
        await work.reminders.stop(AsMember(reminder.member_id, "admin"), reminder)
        return (await work.reminders.result(reminder)).everybody
