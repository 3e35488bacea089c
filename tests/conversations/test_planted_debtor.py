"""A debtor whose sums and account number are known: everything that is said, shown, written into a
log or handed out while they, the neighbours, the staff and the accountant go about their business
is looked through for them. They stand with the verified holder, and nowhere else."""

from __future__ import annotations

import io
import json
import logging
import re
import zipfile
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text

from services.tables import Contact, Meter, Table
from tests.conversations.test_account import showing
from tests.conversations.test_outages import General, in_general, in_private
from tests.support.holders import has_bill, holds, knew_month, knows_account
from tests.support.people import Member, Resident
from tests.support.telegram import User
from tests.support.world import World

NUMBER = "7700345219"
SECRETS = (NUMBER, "98765,43", "98765.43", "9876543", "12345,67", "12345.67", "1234567")
"""Without spaces: of the account, what is owed, and what was billed for a month."""
OF_ACCOUNTING = {
    "accounts", "balances", "bills", "imports", "import_changes", "reminder_parts", "files",
}  # fmt: skip
PAGES = ("/health", "/metrics", "/chat", "/desk")


def squeeze(words: str) -> str:
    """Digits of a sum may stand apart, by any kind of space."""
    return re.sub(r"(?<=\d)(\s|\\u00a0|\\u202f|&nbsp;)+(?=\d)", "", words)


def leaks(words: str) -> list[str]:
    bare = squeeze(words)
    return [secret for secret in SECRETS if secret in bare]


def inside(content: bytes) -> str:
    """The words of a file: of a sheet or a page as well as of plain text."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return " ".join(inside(package.read(name)) for name in package.namelist())
    return content.decode(errors="ignore")


async def plant(world: World) -> int:
    """Owed since January; also a meter with a reading to be sent."""
    db = world.app.db
    account = await knows_account(
        db, NUMBER, month=date(2026, 1, 1), billed=1_234_567, debt=9_876_543, overdue=9_876_543
    )
    await knew_month(db, account, date(2025, 12, 1), 1_234_567, 0)
    await has_bill(db, world.app.settings.files_dir, account, date(2026, 1, 1))
    await holds(db, account)
    async with db.work() as work:
        work.session.add(Meter(account_id=account, resource="cold_water", number="557"))
    return account


async def go_about(resident: Resident, neighbour: Resident, member: Member, world: World) -> None:
    """The holder looks, asks, disagrees; a neighbour of the same flat tries; staff look around."""
    await resident.presses("Лицевой счёт")
    shown = await resident.hears("98\u00a0765,43")
    assert NUMBER in shown.text  # else nothing is proved here
    await resident.presses("По месяцам")
    await resident.hears("12\u00a0345,67")
    await resident.presses("Оплатить", "Квитанция", "Кто видит счёт")
    await resident.says("Лицевой счёт")
    await resident.presses("Не согласен с суммой")
    await resident.says("Пересчитайте, пожалуйста")
    thread = await member.finds("Не согласен с суммой")
    for words in ("/who", "/history", "/find 4", "/status", f"/find {NUMBER[:4]}"):
        await member.says(words, thread)
    await member.says("Пересчитаем", thread)
    await resident.hears("Пересчитаем")
    await member.presses("Разобрались", thread)
    await neighbour.says("Лицевой счёт")
    await neighbour.says("Лицевой счёт по квартире 4, сколько там долг?")
    await resident.files("Лифт стоит")
    await resident.says("Показания")
    await resident.says("Сколько я должна?")


async def remind(olga: General, resident: Resident, *first: str) -> None:
    await olga.says("/debts")
    await olga.presses(
        *first, "Просрочено", "Любая", "Неважно", "Все дома", "Мягко", "Оставить этот текст"
    )
    await olga.presses("Отправить сейчас")
    await resident.hears("остались неоплаченные квитанции")


async def members_of_staff_read(world: World) -> list[tuple[str, str]]:
    """What the desk shows to a dispatcher."""
    desk = await world.desk("anna")
    read = [("threads", json.dumps(await desk.get("threads", state="open"), ensure_ascii=False))]
    for ident in await desk.threads():
        shown = await desk.get(f"threads/{ident}")
        read.append((f"thread {ident}", json.dumps(shown, ensure_ascii=False)))
    for path in PAGES:
        async with desk.browser.get(path) as answer:
            read.append((path, await answer.text()))
    return read


def said_in(world: World, but: set[int]) -> list[tuple[str, str]]:
    """Everything that stands in chats, but for these: messages, buttons, topics, files."""
    assert world.tg is not None
    said = []
    for number, chat in world.tg.chats.items():
        if number in but:
            continue
        for message in chat.messages:
            said.append((chat.title, json.dumps(message.wire(), ensure_ascii=False, default=str)))
            said += [(chat.title, version.text) for version in message.edited]
            if message.media is not None:
                said.append((f"a file in {chat.title}", inside(message.media.data)))
        for topic in getattr(chat, "topics", {}).values():
            said.append((chat.title, topic.name))
    return said


async def kept_of(world: World, chats: set[int]) -> list[tuple[str, str]]:
    """All rows of all tables, but for the accounting's own and what is for the holder alone."""
    async with world.app.db.session() as session:
        contacts = await session.scalars(
            select(Contact.id).where(Contact.chat.in_([str(chat) for chat in chats]))
        )
        own = {f'"contact_id":{ident}' for ident in contacts} | {f'"chat":"{c}"' for c in chats}
        rows: list[tuple[str, str]] = []
        for table in Table.metadata.sorted_tables:
            if table.name in OF_ACCOUNTING:
                continue
            found = await session.scalars(
                text(f"SELECT CAST(row_to_json(t) AS text) FROM {table.name} t")
            )
            others = (row for row in found if not any(mark in row for mark in own))
            rows += [(table.name, row) for row in others]
        return rows


def person(resident: Resident) -> User:
    user: User = resident.driver.user  # type: ignore[attr-defined]
    return user


@pytest.mark.rooms("forum")
@pytest.mark.only("telegram")
async def test_sums_and_number_stand_with_the_holder_alone(
    resident: Resident, member: Member, world: World, caplog: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    await showing(world, "show")
    await resident.settles_in()
    neighbour = world.resident("Сосед")
    await neighbour.settles_in(name="Сосед")
    await plant(world)
    await go_about(resident, neighbour, member, world)
    olga = in_private(world)
    await olga.user.starts()
    await resident.forgets()
    await remind(olga, resident)
    await resident.presses("Лицевой счёт")
    await world.waits(hours=25)
    await in_general(world, "Ольга", 501).says("/debts")
    await remind(olga, resident, "Новое напоминание")
    await resident.presses("Нужна рассрочка")
    await world.waits(days=11)
    for words in ("/debts", "/report", "/reach", "/readings", "/import"):
        await olga.says(words)
    await world.settled()
    holder = {person(resident).chat.id}
    everywhere = [
        *said_in(world, holder),
        *(await members_of_staff_read(world)),
        *(await kept_of(world, holder)),
        *(("the log", record.getMessage()) for record in caplog.records),
    ]
    found = [(where, leaks(words), words[:300]) for where, words in everywhere if leaks(words)]
    assert not found
    assert len(everywhere) > 200
    assert {secret for _, words in said_in(world, set()) for secret in leaks(words)} >= {
        NUMBER, "98765,43", "12345,67",
    }  # fmt: skip
