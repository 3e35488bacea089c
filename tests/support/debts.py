"""Accounts that owe, their holders, and a claim that takes what may leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, text, update

from services.access import AsMember, AsResident
from services.company.company import CompanyData
from services.db import Database
from services.messaging.claiming import Claiming
from services.messaging.types import Outbound
from services.reminder_audience import Debtors
from services.reminder_draft import ReminderDraft
from services.tables import (
    Account,
    Balance,
    CompanyRow,
    Contact,
    Holding,
    House,
    Import,
    Member,
    Outgoing,
    Reminder,
    Resident,
)
from services.work import Work
from tests.support.clock import MovingClock

MOSCOW, OMSK, KAMCHATKA = "Europe/Moscow", "Asia/Omsk", "Asia/Kamchatka"
JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
OWED = 300_000
WORDS = "Здравствуйте, {name}! По адресу {address} есть неоплаченные счета."


async def add_accountant(work: Work, role: str = "admin", code: str = "olga-d") -> AsMember:
    member = Member(
        name="Ольга", role=role, title="", desk=True, source="file", rooms=[], code=code
    )
    work.session.add(member)
    await work.session.flush()
    return AsMember(member.id, role)


async def add_import(work: Work) -> int:
    row = Import(
        kind="debts", at=work.now, who="system", file_name="debts.csv", sha256="", month=None,
        rows=0, counts={}, columns={}, state="applied",
    )  # fmt: skip
    work.session.add(row)
    await work.session.flush()
    return row.id


async def owes(
    work: Work, number: str, *, debt: int = OWED, overdue: int | None = OWED,
    month: date = JANUARY, house: House | None = None, **more: Any,
) -> Account:  # fmt: skip
    """By the newest balance that is known."""
    brought = await add_import(work)
    account = await work.session.scalar(select(Account).where(Account.number == number))
    if account is None:
        account = Account(
            number=number, place=f"ул. Садовая, 5, кв. {number}", kind="", holder="",
            added_at=work.now, brought_by=brought, house_id=house.id if house else None,
        )  # fmt: skip
        work.session.add(account)
        await work.session.flush()
    work.session.add(
        Balance(
            account_id=account.id,
            month=month,
            debt=debt,
            overdue=overdue,
            brought_by=brought,
            **more,
        )
    )
    await work.session.flush()
    return account


async def holder(
    work: Work, name: str, accounts: Sequence[Account], *, role: str = "owner",
    sees_money: bool = True, channels: Sequence[str] = ("telegram",), consent: bool = True,
) -> AsResident:  # fmt: skip
    """The messenger heard from last at the end."""
    resident = Resident(name=name, created_at=work.now, registered_at=work.now)
    work.session.add(resident)
    await work.session.flush()
    contacts = [
        Contact(
            resident_id=resident.id, channel=channel, user_id=f"{name}{n}", chat=f"{name}{n}",
            created_at=work.now, last_heard_at=work.now + timedelta(minutes=n),
        )
        for n, channel in enumerate(channels)
    ]  # fmt: skip
    work.session.add_all(contacts)
    await work.session.flush()
    for account in accounts:
        work.session.add(
            Holding(
                resident_id=resident.id, account_id=account.id, role=role,
                sees_money=sees_money, proved_by="code", since=work.now,
            )
        )  # fmt: skip
    viewer = AsResident(resident.id, contacts[0].id if contacts else 0)
    if contacts:
        version = (await work.company.profile()).consent.version
        await work.people.record_consent(viewer, version, "text", given=True)
        if not consent:
            await work.session.execute(text("UPDATE consents SET given = false"))
        resident.name = name
    await work.session.flush()
    return viewer


async def draft(
    work: Work, viewer: AsMember, *, kind: str = "debt", words: str = WORDS, **debtors: Any
) -> Reminder:
    room = (await work.rooms.every())[0]
    new = ReminderDraft(kind, "kind", words, Debtors(**debtors))  # type: ignore[arg-type]
    return await work.reminders.keep(viewer, room, "private", new)


async def remind(work: Work, viewer: AsMember, **more: Any) -> Reminder:
    reminder = await draft(work, viewer, **more)
    what = Outbound(header="Напоминание", text=reminder.text)
    await work.reminders.start(reminder, what, viewer.member_id)
    return reminder


async def delivers(
    db: Database, claiming: Claiming | None = None, channel: str = "telegram"
) -> int:
    """How many leave now, and they arrive."""
    async with db.session() as session:
        await session.execute(
            text("INSERT INTO channels (name, epoch) VALUES (:name, 1) ON CONFLICT DO NOTHING"),
            {"name": channel},
        )
    claiming, count, more = claiming or Claiming(db, channel, 1), 0, True
    for _ in range(5):
        rows, more = await claiming.claim([], [], [], 30, 30)
        count += len(rows)
        if not more:
            break
    async with db.session() as session:
        await session.execute(
            update(Outgoing)
            .where(Outgoing.state == "sending", Outgoing.channel == channel)
            .values(state="sent", settled_at=db.clock.now())
        )
    return count


async def states(db: Database) -> list[str]:
    """Of all parts of reminders, in the order they were enqueued."""
    async with db.session() as session:
        find = select(Outgoing.state).where(Outgoing.notice_id.is_not(None)).order_by(Outgoing.id)
        return list(await session.scalars(find))


async def allow_sums(work: Work, channel: str, *, allowed: bool = True) -> None:
    """As the company file has it from now on."""
    row = (await work.session.scalars(select(CompanyRow))).one()
    content = dict(row.content)
    accounts = dict(content.get("accounts") or {})
    showing = {**(accounts.get("showing") or {}), channel: {"sums_in_reminders": allowed}}
    row.content = {**content, "accounts": {**accounts, "showing": showing}}
    await work.session.flush()
    work.company = CompanyData(work)


def go_to(clock: MovingClock, at: str, zone: str = MOSCOW) -> None:
    """`2026-03-07 21:00`"""
    moment = datetime.fromisoformat(at).replace(tzinfo=ZoneInfo(zone))
    clock.move(seconds=(moment - clock.now()).total_seconds())
