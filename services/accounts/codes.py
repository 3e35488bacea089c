"""Codes that let somebody in, once: the company's on paper, and an owner's for whoever lives with
them."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from services.access import AsMember, AsResident, check_counting
from services.accounts.holdings import HolderRole
from services.errors import NotFound
from services.tables import Account, AccountCode, Holding, House

if TYPE_CHECKING:
    from services.work import Work

DIGITS = 8
INVITED_FOR = timedelta(days=3)
AT_ONCE = 2000  # codes written by one statement


def code_hash(account_id: int, code: str) -> str:
    """A code opens its own account alone."""
    return hashlib.sha256(f"{account_id}:{code}".encode()).hexdigest()


def fresh() -> str:
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


class Codes:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def give(self, viewer: AsMember, number: str) -> str:
        """A new code of the company in place of the unused one. Raises `NotYours`, `NotFound`."""
        check_counting(viewer)
        account = await self._work.proofs.find(number)
        if account is None:
            raise NotFound("no such account")
        codes = await self._replace([account.id], viewer.name)
        self._work.audit.note(viewer.name, "account code", f"account:{account.id}")
        return codes[account.id]

    async def give_house(self, house_code: str, who: str) -> list[tuple[Account, str]]:
        """New codes for all accounts of a house, in the order of their flats. Raises
        `NotFound`."""
        house_id = await self._work.session.scalar(
            select(House.id).where(House.code == house_code, House.withdrawn_at.is_(None))
        )
        if house_id is None:
            raise NotFound(house_code)
        accounts = list(
            await self._work.session.scalars(
                select(Account)
                .where(Account.house_id == house_id, Account.withdrawn_at.is_(None))
                .order_by(Account.flat_id.nulls_last(), Account.number)
            )
        )
        codes = await self._replace([account.id for account in accounts], who)
        self._work.audit.note(who, "account codes", f"house:{house_id}", count=len(accounts))
        return [(account, codes[account.id]) for account in accounts]

    async def invite(self, viewer: AsResident, account_id: int, role: HolderRole) -> str:
        """An owner's code for one person; those they have given out for that account and nobody
        used are off. Raises `NotYours`."""
        await self._work.holdings.holders(account_id)
        holding = await self._work.holdings.get(viewer, account_id, owner=True, money=True)
        await self._withdraw(AccountCode.holding_id == holding.id)
        code = fresh()
        await self._write(
            [(account_id, code)], viewer.name, INVITED_FOR, role=role, holding_id=holding.id
        )
        self._work.audit.note(viewer.name, "invited", f"account:{account_id}", role=role)
        return code

    async def use(self, account_id: int, code: str) -> AccountCode | None:
        """Once. None for one that is wrong, used, replaced, too old, or of an owner who is none any
        more."""
        now = self._work.now
        return await self._work.session.scalar(
            update(AccountCode)
            .where(
                AccountCode.code_sha256 == code_hash(account_id, code),
                AccountCode.account_id == account_id,
                AccountCode.used_at.is_(None),
                AccountCode.withdrawn_at.is_(None),
                AccountCode.expires_at > now,
                AccountCode.holding_id.is_(None)
                | AccountCode.holding_id.in_(
                    select(Holding.id).where(
                        Holding.until.is_(None), Holding.role == "owner", Holding.sees_money
                    )
                ),
            )
            .values(used_at=now)
            .returning(AccountCode)
            .execution_options(synchronize_session=False, populate_existing=True)
        )

    async def withdraw(self, account_id: int) -> None:
        """The company's unused one: whoever had it on paper may have moved out."""
        await self._withdraw(AccountCode.account_id == account_id, AccountCode.holding_id.is_(None))

    async def _replace(self, account_ids: list[int], who: str) -> dict[int, str]:
        days = (await self._work.company.profile()).accounts.proofs.code_days
        for start in range(0, len(account_ids), AT_ONCE):
            some = account_ids[start : start + AT_ONCE]
            # Of two who give at once the later one's counts alone.
            await self._work.session.execute(
                select(Account.id).where(Account.id.in_(some)).order_by(Account.id)
                .with_for_update()
            )  # fmt: skip
            await self._withdraw(AccountCode.account_id.in_(some), AccountCode.holding_id.is_(None))
        codes = {account_id: fresh() for account_id in account_ids}
        await self._write(list(codes.items()), who, timedelta(days=days))
        return codes

    async def _withdraw(self, *which: object) -> None:
        await self._work.session.execute(
            update(AccountCode)
            .where(
                *which,  # type: ignore[arg-type]
                AccountCode.used_at.is_(None),
                AccountCode.withdrawn_at.is_(None),
            )
            .values(withdrawn_at=self._work.now)
            .execution_options(synchronize_session=False)
        )

    async def _write(
        self,
        codes: list[tuple[int, str]],
        who: str,
        lives: timedelta,
        *,
        role: str = "",
        holding_id: int | None = None,
    ) -> None:
        """One that was given before is alive again: two of an account are alike once in many
        millions."""
        now = self._work.now
        for start in range(0, len(codes), AT_ONCE):
            rows = [
                {
                    "account_id": account_id,
                    "code_sha256": code_hash(account_id, code),
                    "role": role,
                    "holding_id": holding_id,
                    "made_by": who,
                    "made_at": now,
                    "expires_at": now + lives,
                    "used_at": None,
                    "withdrawn_at": None,
                }
                for account_id, code in codes[start : start + AT_ONCE]
            ]
            row = insert(AccountCode).values(rows)
            names = (
                "role", "holding_id", "made_by", "made_at", "expires_at", "used_at", "withdrawn_at",
            )  # fmt: skip
            await self._work.session.execute(
                row.on_conflict_do_update(
                    index_elements=[AccountCode.code_sha256],
                    set_={name: row.excluded[name] for name in names},
                )
            )
