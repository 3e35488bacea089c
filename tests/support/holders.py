"""Accounts that the accounting system knows, and who holds them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select

from services.db import Database
from services.tables import Account, Balance, Bill, Contact, Holding, Import, StoredFile

NUMBER, PLACE = "0010100001", "ул. Садовая, 5, кв. 4"
MONTH = date(2026, 2, 1)  # the last one billed, as the clock of tests stands
DEBT = 451_230


async def knows_account(
    db: Database, number: str = NUMBER, place: str = PLACE, **balance: Any
) -> int:
    """With what is owed for February 2026, unless `debt` is None. Returns the account's id."""
    async with db.work() as work:
        session, now = work.session, work.now
        file = Import(
            kind="debts", at=now, who="member:1", file_name="debts.csv", sha256="0", month=MONTH,
            rows=1, counts={}, columns={}, state="applied",
        )  # fmt: skip
        session.add(file)
        await session.flush()
        account = Account(
            number=number, place=place, kind="", holder="", added_at=now, brought_by=file.id
        )
        session.add(account)
        await session.flush()
        if balance.get("debt", DEBT) is not None:
            given = {"billed": DEBT, "paid": 0, "debt": DEBT, "month": MONTH, **balance}
            session.add(Balance(account_id=account.id, brought_by=file.id, **given))
        return account.id


async def knew_month(db: Database, account_id: int, month: date, billed: int, paid: int) -> None:
    async with db.work() as work:
        work.session.add(
            Balance(
                account_id=account_id, month=month, billed=billed, paid=paid, debt=billed - paid,
                brought_by=1,
            )
        )  # fmt: skip


async def holds(
    db: Database, account_id: int, contact_id: int = 1, *, role: str = "owner", money: bool = True
) -> None:
    """Whoever writes from that contact."""
    async with db.work() as work:
        contact = await work.session.get_one(Contact, contact_id)
        await work.holdings.begin(
            contact.resident_id, account_id, role, "code", sees_money=money  # type: ignore[arg-type]
        )  # fmt: skip


async def lets_go(db: Database, account_id: int) -> None:
    """Nobody holds it any more."""
    async with db.work() as work:
        for holding in await work.holdings.holders(account_id):
            await work.holdings.end(holding, "staff", "member:1")


async def holders_of(db: Database, account_id: int) -> list[Holding]:
    async with db.session() as session:
        found = await session.scalars(
            select(Holding).where(Holding.account_id == account_id, Holding.until.is_(None))
        )
        return list(found)


async def has_bill(db: Database, folder: Path, account_id: int, month: date = MONTH) -> str:
    """Returns the id of its file, a small PDF."""
    async with db.work() as work:
        relative, path = "bi/bill" + str(account_id), folder / f"bi/bill{account_id}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"%PDF-1.4 bill")
        file = StoredFile(
            id=f"bill-{account_id}", channel="web", handle=relative, owner="accounts",
            kind="document", title=f"Квитанция {month:%m.%Y}.pdf", mime="application/pdf",
            size=13, path=relative, created_at=work.now,
        )  # fmt: skip
        work.session.add(file)
        await work.session.flush()
        work.session.add(Bill(account_id=account_id, month=month, file_id=file.id, brought_by=1))
        return file.id
