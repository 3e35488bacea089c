"""Money of an account as its holder sees it: the only place where a person's balances are read for
showing. Every look is in the audit log, without its sums."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select

from services.access import AsResident
from services.accounts.owing import due_on, overdue_of
from services.errors import NotFound, NotYours
from services.tables import Account, Balance, Bill, Import, ImportChange, StoredFile

if TYPE_CHECKING:
    from services.work import Work

MONTHS = 12
LOOKED = "looked at money"  # in the audit


@dataclass(frozen=True)
class MonthOf:
    """Its first day; kopecks. Empty: the file has no such column."""

    month: date
    billed: int | None
    paid: int | None


@dataclass(frozen=True)
class Owed:
    """What is owed on an account, in kopecks, by the newest `month` that is known. `debt` below
    nought is paid ahead; `overdue` is a part of it, `penalties` are as the file has them. `today`
    is the house's. `as_of`: when the accounting system's file was taken in. `months` from the
    oldest, twelve at most. `kind`: what the account is for, in the file's words. `left_out`: a
    later month that is known of its house, but not of this account, as where a file names debtors
    alone: whether the debt still stands nobody knows, and nothing is asked for."""

    account_id: int
    number: str
    place: str
    month: date
    debt: int
    overdue: int
    penalties: int
    pay_by: date
    today: date
    as_of: datetime
    months: tuple[MonthOf, ...]
    kind: str = ""
    left_out: date | None = None

    @property
    def to_pay(self) -> int:
        return max(self.debt, 0) if self.left_out is None else 0

    @property
    def on_time(self) -> int:
        """What of it is not overdue."""
        return self.to_pay - self.overdue


class Money:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def look(self, viewer: AsResident, account_id: int, at: str = "balance") -> Owed:
        """`at`: what is looked at, for the audit log. Raises `NotYours` unless the viewer holds the
        account and may see its sums, `NotFound` where nothing is known of it yet."""
        account = await self._open(viewer, account_id, at)
        rules = (await self._work.company.profile()).accounts.reminders
        rows = list(
            await self._work.session.scalars(
                select(Balance)
                .where(Balance.account_id == account.id, *since(account))
                .order_by(Balance.month.desc())
                .limit(MONTHS)
            )
        )
        if not rows:
            raise NotFound("no balances of this account")
        newest = rows[0]
        zone = ZoneInfo(await self._work.company.zone_of_house(account.house_id))
        today = self._work.now.astimezone(zone).date()
        left_out = await self._left_out(account, newest) if newest.debt > 0 else None
        overdue = overdue_of(newest, today, rules) if left_out is None else 0
        return Owed(
            account_id=account.id,
            number=account.number,
            place=account.place,
            month=newest.month,
            debt=newest.debt,
            overdue=overdue,
            penalties=max(newest.penalties or 0, 0),
            pay_by=due_on(newest.month, newest.pay_by, rules),
            today=today,
            as_of=(await self._taken_in(newest)).astimezone(zone),
            months=tuple(MonthOf(row.month, row.billed, row.paid) for row in reversed(rows)),
            kind=account.kind,
            left_out=left_out,
        )

    async def bill(self, viewer: AsResident, account_id: int) -> tuple[date, StoredFile]:
        """The newest one and its month. Raises like `look`."""
        account = await self._open(viewer, account_id, "bill")
        found = (
            await self._work.session.execute(
                select(Bill.month, StoredFile)
                .join(StoredFile, StoredFile.id == Bill.file_id)
                .where(Bill.account_id == account.id, *since(account, Bill))
                .order_by(Bill.month.desc())
                .limit(1)
            )
        ).first()
        if found is None:
            raise NotFound("no bill of this account")
        return found[0], found[1]

    async def has_bill(self, viewer: AsResident, account_id: int) -> bool:
        """Whether there is one to ask for. Raises `NotYours`."""
        await self._work.holdings.get(viewer, account_id, money=True)
        account = await self._work.session.get_one(Account, account_id)
        found = await self._work.session.scalar(
            select(Bill.month).where(Bill.account_id == account_id, *since(account, Bill)).limit(1)
        )
        return found is not None

    async def _open(self, viewer: AsResident, account_id: int, at: str) -> Account:
        await self._work.holdings.get(viewer, account_id, money=True)
        account = await self._work.session.get_one(Account, account_id)
        if account.withdrawn_at is not None:
            raise NotYours
        self._work.audit.note(viewer.name, LOOKED, f"account:{account_id}", at=at)
        return account

    async def _left_out(self, account: Account, newest: Balance) -> date | None:
        if account.house_id is None:
            return None
        found: date | None = await self._work.session.scalar(
            select(func.max(Balance.month))
            .join(Account, Account.id == Balance.account_id)
            .where(Account.house_id == account.house_id, Balance.month > newest.month)
        )
        return found

    async def _taken_in(self, balance: Balance) -> datetime:
        """A file that only repeats what is known makes it no newer: rather too old than too new."""
        changed_by = await self._work.session.scalar(
            select(func.max(ImportChange.import_id))
            .join(Import, Import.id == ImportChange.import_id)
            .where(
                ImportChange.account_id == balance.account_id,
                ImportChange.month == balance.month,
                Import.kind == "debts",
                Import.state == "applied",
            )
        )
        source = await self._work.session.get(Import, max(balance.brought_by, changed_by or 0))
        return source.at if source is not None else self._work.now


def since(
    account: Account, table: type[Balance] | type[Bill] = Balance
) -> list[ColumnElement[bool]]:
    """What was before the present holders came belongs to those before them."""
    if account.history_from is None:
        return []
    return [table.month >= account.history_from]
