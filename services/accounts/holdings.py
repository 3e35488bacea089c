"""Who holds which account: found, begun, changed and ended here alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlalchemy import func, select

from services.access import AsResident, check_holding
from services.tables import Account, Holding

if TYPE_CHECKING:
    from services.work import Work

HolderRole = Literal["owner", "tenant", "family"]


@dataclass(frozen=True)
class Held:
    """An account as its holder sees it, without sums. `place`: its address with the flat,
    as the accounting system has it; `house_id` is empty where the company's list has no such
    house."""

    holding_id: int
    account_id: int
    number: str
    place: str
    role: str
    sees_money: bool
    house_id: int | None
    flat_id: int | None


class Holdings:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def of(self, viewer: AsResident) -> list[Held]:
        """What the viewer holds now, in the order it was proved; accounts that the accounting
        system does not know any more are left out."""
        rows = await self._work.session.execute(
            select(Holding, Account)
            .join(Account, Account.id == Holding.account_id)
            .where(
                Holding.resident_id == viewer.resident_id,
                Holding.until.is_(None),
                Account.withdrawn_at.is_(None),
            )
            .order_by(Holding.id)
        )
        return [
            Held(
                holding_id=holding.id,
                account_id=account.id,
                number=account.number,
                place=account.place,
                role=holding.role,
                sees_money=holding.sees_money,
                house_id=account.house_id,
                flat_id=account.flat_id,
            )
            for holding, account in rows
        ]

    async def get(
        self, viewer: AsResident, account_id: int, *, money: bool = False, owner: bool = False
    ) -> Holding:
        """The viewer's holding of that account. Raises `NotYours`, see `access.check_holding`."""
        holding = await self._work.session.scalar(
            select(Holding).where(
                Holding.account_id == account_id,
                Holding.resident_id == viewer.resident_id,
                Holding.until.is_(None),
            )
        )
        return check_holding(viewer, holding, money=money, owner=owner)

    async def holders(self, account_id: int) -> Sequence[Holding]:
        """Everybody who holds it now. Locks the account's row: whoever asks means to change."""
        await self._work.session.scalar(
            select(Account.id).where(Account.id == account_id).with_for_update()
        )
        rows = await self._work.session.scalars(
            select(Holding)
            .where(Holding.account_id == account_id, Holding.until.is_(None))
            .order_by(Holding.id)
        )
        return list(rows)

    async def begin(
        self,
        resident_id: int,
        account_id: int,
        role: HolderRole,
        proved_by: str,
        *,
        sees_money: bool = True,
    ) -> Holding:
        """The same one twice stays one, with what was proved last. Whoever calls has made sure of
        the proof."""
        holders = await self.holders(account_id)
        holding = next((each for each in holders if each.resident_id == resident_id), None)
        if holding is None:
            holding = Holding(resident_id=resident_id, account_id=account_id, since=self._work.now)
            self._work.session.add(holding)
        holding.role, holding.proved_by, holding.sees_money = role, proved_by, sees_money
        await self._work.session.flush()
        self._note(f"resident:{resident_id}", "holds an account", holding, role=role, by=proved_by)
        return holding

    async def end(self, holding: Holding, by: str, who: str) -> None:
        """Of one whose account is locked. `by` as in `Holding.ended_by`. Where nobody holds the
        account any more, what was before is hidden from whoever comes next."""
        holding.until, holding.ended_by = self._work.now, by
        await self._work.session.flush()
        left = await self._work.session.scalar(
            select(func.count()).where(
                Holding.account_id == holding.account_id, Holding.until.is_(None)
            )
        )
        if not left:
            account = await self._work.session.get(Account, holding.account_id)
            assert account is not None
            account.history_from = (
                (await self._work.company.local(self._work.now)).date().replace(day=1)
            )
        self._note(who, "no longer holds an account", holding, by=by)
        await self._work.session.flush()

    def _note(self, who: str, what: str, holding: Holding, **more: str) -> None:
        self._work.audit.note(who, what, f"account:{holding.account_id}", **more)
