"""Balances as their holder sees them: who may look, since when, and what is overdue."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from services.access import AsResident
from services.accounts.money import Owed
from services.accounts.owing import overdue_of
from services.company.account_rules import ReminderRules
from services.company.apply import Messengers, apply_declaration
from services.company.reading import read_declaration
from services.db import Database
from services.errors import NotFound, NotYours
from services.messaging.types import Address, Inbound, Sender
from services.tables import Account, AuditRecord, Balance, House, Import, ImportChange
from tests.support.clock import MovingClock
from tests.support.holders import DEBT, MONTH, has_bill, holds, knew_month, knows_account, lets_go
from tests.support.running import SAMPLE

ROOT = Path(__file__).resolve().parents[2]


async def meet(db: Database, chat: str = "1") -> AsResident:
    async with db.work() as work:
        contact = await work.people.meet(
            Inbound(
                key=chat, address=Address(channel="telegram", chat=chat), sender=Sender(id=chat),
                text="hello",
            )
        )  # fmt: skip
        return AsResident(contact.resident_id, contact.id)


async def look(db: Database, viewer: AsResident, account: int) -> Owed:
    async with db.work() as work:
        return await work.money.look(viewer, account)


async def test_only_who_holds_it_and_may_see_sums(db: Database, tmp_path: Path) -> None:
    anna, boris = await meet(db), await meet(db, "2")
    account, other = await knows_account(db), await knows_account(db, "2")
    await has_bill(db, tmp_path, account)
    await holds(db, account, anna.contact_id)
    await holds(db, other, boris.contact_id)
    owed = await look(db, anna, account)
    assert (owed.debt, owed.to_pay, owed.month, owed.pay_by) == (
        DEBT, DEBT, MONTH, date(2026, 3, 15),
    )  # fmt: skip
    async with db.work() as work:
        assert (await work.money.bill(anna, account))[0] == MONTH
    for viewer, ident in ((boris, account), (anna, other), (anna, 0), (anna, 987_654)):
        async with db.work() as work:
            for asked in (work.money.look, work.money.bill, work.money.has_bill):
                with pytest.raises(NotYours):
                    await asked(viewer, ident)
    await holds(db, account, anna.contact_id, role="family", money=False)
    with pytest.raises(NotYours):
        await look(db, anna, account)
    await holds(db, account, anna.contact_id)
    async with db.work() as work:
        (await work.session.get_one(Account, account)).withdrawn_at = work.now
    with pytest.raises(NotYours):
        await look(db, anna, account)


async def test_each_look_is_in_the_audit_log_without_its_sums(db: Database) -> None:
    anna = await meet(db)
    account = await knows_account(db, "0077700077")
    await holds(db, account, anna.contact_id)
    await look(db, anna, account)
    with pytest.raises(NotYours):
        await look(db, await meet(db, "2"), account)
    async with db.session() as session:
        (row,) = await session.scalars(
            select(AuditRecord).where(AuditRecord.what == "looked at money")
        )
    assert (row.who, row.about, row.details) == (
        anna.name, f"account:{account}", {"at": "balance"},
    )  # fmt: skip


async def test_twelve_months_and_none_of_those_before(db: Database) -> None:
    anna = await meet(db)
    account = await knows_account(db)
    for back in range(1, 15):
        month = date(2026 - (back > 1), (1 - back) % 12 + 1, 1) if back < 14 else date(2024, 12, 1)
        await knew_month(db, account, month, 100 * back, 0)
    await holds(db, account, anna.contact_id)
    owed = await look(db, anna, account)
    assert len(owed.months) == 12
    assert owed.months[0].month == date(2025, 3, 1)
    assert owed.months[-1].month == MONTH
    await lets_go(db, account)
    boris = await meet(db, "2")
    await holds(db, account, boris.contact_id)  # in March: nothing of February is theirs
    with pytest.raises(NotFound):
        await look(db, boris, account)
    with pytest.raises(NotYours):
        await look(db, anna, account)
    await knew_month(db, account, date(2026, 3, 1), 500, 0)
    assert [each.month for each in (await look(db, boris, account)).months] == [date(2026, 3, 1)]


@pytest.mark.parametrize(
    ("debt", "overdue", "pay_by", "today", "expected"),
    [
        (1000, None, None, date(2026, 3, 15), 0),  # the last day
        (1000, None, None, date(2026, 3, 16), 1000),
        (1000, 400, None, date(2026, 3, 15), 400),  # of earlier months, says the file
        (1000, 4000, None, date(2026, 3, 1), 1000),
        (1000, -5, None, date(2026, 3, 1), 0),
        (1000, 0, date(2026, 3, 25), date(2026, 3, 25), 0),  # the file knows better
        (1000, 0, date(2026, 3, 25), date(2026, 3, 26), 1000),
        (-1000, 400, None, date(2026, 9, 1), 0),
        (0, None, None, date(2026, 9, 1), 0),
    ],
)
def test_what_is_overdue(
    debt: int, overdue: int | None, pay_by: date | None, today: date, expected: int
) -> None:
    balance = Balance(month=MONTH, debt=debt, overdue=overdue, pay_by=pay_by)
    assert overdue_of(balance, today, ReminderRules()) == expected


async def test_the_day_ends_where_the_house_stands(db: Database, clock: MovingClock) -> None:
    """The sample's own zone is Moscow's, UTC+3."""
    anna = await meet(db)
    account = await knows_account(db)
    await holds(db, account, anna.contact_id)
    clock.move(days=11, hours=12, minutes=50)  # 15 March, 23:50 in Moscow
    assert (await look(db, anna, account)).overdue == 0
    clock.move(minutes=20)
    assert (await look(db, anna, account)).overdue == DEBT


async def test_how_old_the_figures_are(db: Database, clock: MovingClock) -> None:
    """A later file of the same month that says nothing of this account makes it no newer."""
    anna = await meet(db)
    account = await knows_account(db)
    taken = clock.now()
    await holds(db, account, anna.contact_id)
    clock.move(days=3)
    async with db.work() as work:
        work.session.add(
            Import(
                kind="debts", at=work.now, who="member:1", file_name="", sha256="1", month=MONTH,
                rows=1, counts={}, columns={}, state="applied",
            )
        )  # fmt: skip
    owed = await look(db, anna, account)
    assert abs((owed.as_of - taken).total_seconds()) < 60


async def test_a_bill_makes_the_figures_no_newer(db: Database, clock: MovingClock) -> None:
    anna = await meet(db)
    account = await knows_account(db)
    taken = clock.now()
    await holds(db, account, anna.contact_id)
    clock.move(days=3)
    async with db.work() as work:
        file = Import(
            kind="bills", at=work.now, who="member:1", file_name="", sha256="1", month=MONTH,
            rows=1, counts={}, columns={}, state="applied",
        )  # fmt: skip
        work.session.add(file)
        await work.session.flush()
        work.session.add(
            ImportChange(import_id=file.id, account_id=account, month=MONTH, before={})
        )
    owed = await look(db, anna, account)
    assert abs((owed.as_of - taken).total_seconds()) < 60


async def test_who_is_left_out_of_the_next_file_is_asked_for_nothing(
    db: Database, clock: MovingClock
) -> None:
    """A file of debtors alone does not name who has paid."""
    anna = await meet(db)
    account, beside, elsewhere = [await knows_account(db, number) for number in "123"]
    await holds(db, account, anna.contact_id)
    async with db.work() as work:
        await apply_declaration(work, read_declaration(SAMPLE), Messengers())
        here, there, *_ = await work.session.scalars(select(House).order_by(House.id))
        for ident, house in ((account, here), (beside, here), (elsewhere, there)):
            (await work.session.get_one(Account, ident)).house_id = house.id
    clock.move(days=40)
    next_month = date(MONTH.year, MONTH.month + 1, 1)
    await knew_month(db, elsewhere, next_month, 500, 0)  # another house says nothing of it
    owed = await look(db, anna, account)
    assert (owed.to_pay, owed.overdue, owed.left_out) == (DEBT, DEBT, None)
    await knew_month(db, beside, next_month, 500, 0)
    owed = await look(db, anna, account)
    assert (owed.debt, owed.to_pay, owed.overdue) == (DEBT, 0, 0)
    assert owed.left_out == next_month


READS = re.compile(r"\bBalance\b|(?:FROM|JOIN)\s+balances\b", re.IGNORECASE)
MAY_READ = re.compile(r"services/(accounts/|reminder|owed_now|tables/)")


def test_balances_are_read_for_showing_in_one_place() -> None:
    """Whoever shows a person their sums goes through `work.money`, which notes it."""
    readers = set()
    for package in ("bot", "handlers", "services"):
        for path in (ROOT / package).rglob("*.py"):
            tree = ast.parse(path.read_text())
            names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
            names |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
            texts = [
                node.value
                for node in ast.walk(tree)
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            ]
            if "Balance" in names or any(READS.search(each) for each in texts):
                readers.add(path.relative_to(ROOT).as_posix())
    assert {each for each in readers if not MAY_READ.match(each)} == set()
