"""Who holds which account: found, begun, changed and ended here alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import func, select, update

from services.access import AsResident, check_holding
from services.tables import Account, AccountMark, Holding, HoldingClaim, Link

if TYPE_CHECKING:
    from services.work import Work

HolderRole = Literal["owner", "tenant", "family"]


def _counts(holding: Holding) -> tuple[bool, bool]:
    return holding.role == "owner", holding.sees_money


@dataclass(frozen=True)
class Held:
    """An account as its holder sees it, without sums. `place`: its address with the flat,
    as the accounting system has it; `kind`: what it is for, in its words; `house_id` is empty where
    the company's list has no such house."""

    holding_id: int
    account_id: int
    number: str
    place: str
    role: str
    sees_money: bool
    house_id: int | None
    flat_id: int | None
    kind: str = ""


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
                kind=account.kind,
            )
            for holding, account in rows
        ]

    async def get(
        self, viewer: AsResident, account_id: int, *, money: bool = False, owner: bool = False
    ) -> Holding:
        """The viewer's holding of that account. Raises `NotYours`, see `access.check_holding`; so
        it does while the accounting system does not know the account."""
        holding = await self._work.session.scalar(
            select(Holding)
            .join(Account, Account.id == Holding.account_id)
            .where(
                Holding.account_id == account_id,
                Holding.resident_id == viewer.resident_id,
                Holding.until.is_(None),
                Account.withdrawn_at.is_(None),
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
            .execution_options(populate_existing=True)
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
            await self.hide_before(holding.account_id)
        self._note(who, "no longer holds an account", holding, by=by)
        await self._work.session.flush()

    async def hide_before(self, account_id: int, moment: datetime | None = None) -> None:
        """Whoever holds it from then on (now, unless said) looks back to that month and no further,
        and is reminded whatever those before them disputed or agreed upon."""
        moment = moment or self._work.now
        account = await self._work.session.get_one(Account, account_id)
        month = (await self._work.company.local(moment)).date().replace(day=1)
        account.history_from = max(account.history_from or month, month)
        await self._work.session.execute(
            update(AccountMark)
            .where(
                AccountMark.account_id == account_id,
                AccountMark.ended_at.is_(None),
                AccountMark.since <= moment,
            )
            .values(ended_at=self._work.now, ended_by="system")
        )
        await self._work.session.flush()

    async def hide_of_owner_before(self, account_id: int, resident_id: int) -> None:
        """What an owner saw who has gone is not for the next one, though others stayed."""
        gone: datetime | None = await self._work.session.scalar(
            select(func.max(Holding.until)).where(
                Holding.account_id == account_id,
                Holding.role == "owner",
                Holding.resident_id != resident_id,
                Holding.ended_by.not_in(("linked", "became")),
            )
        )
        if gone is not None:
            await self.hide_before(account_id, gone)

    # Two residents turn out to be one person, and back.

    async def bring(self, theirs: int, ours: int) -> dict[str, list[Any]]:
        """What `theirs` hold is held by `ours`. Of an account that both hold the one that counts
        less rests meanwhile. Returns what `Link.moved` keeps."""
        claims = await self._work.session.scalars(
            update(HoldingClaim)
            .where(HoldingClaim.resident_id == theirs, HoldingClaim.state == "asked")
            .values(resident_id=ours)
            .returning(HoldingClaim.id)
        )
        moved = sorted(claims)  # first: who decides on one at this moment has ended now
        held, twins = [], []
        known = {each.account_id: each for each in await self._held_now(ours)}
        for each in await self._held_now(theirs):
            await self.holders(each.account_id)
            await self._work.session.refresh(each)
            twin = known.get(each.account_id)
            if twin is not None:
                await self._work.session.refresh(twin)
            if each.until is not None:
                continue
            if twin is None or twin.until is not None:
                each.resident_id = ours
                held.append(each.id)
                continue
            rests, stays = (twin, each) if _counts(each) > _counts(twin) else (each, twin)
            rests.until, rests.ended_by = self._work.now, "linked"
            await self._work.session.flush()  # one holds at a time
            twins.append([rests.id, stays.id])
            if stays is each:
                each.resident_id = ours
                held.append(each.id)
        await self._work.session.flush()
        return {"holdings": held, "twins": twins, "claims": moved}

    async def take_back(self, link: Link) -> None:
        """A twin wakes only while the other still holds the account: what was ended meanwhile was
        ended for both."""
        moved = link.moved
        for ident, stays in [*([each, None] for each in moved.get("holdings", ())),
                             *moved.get("twins", ())]:  # fmt: skip
            holding = await self._work.session.get_one(Holding, ident)
            await self.holders(holding.account_id)
            await self._work.session.refresh(holding)
            if stays is None:
                holding.resident_id = link.from_resident_id
                await self._work.session.flush()
                continue
            other = await self._work.session.get_one(Holding, stays)
            await self._work.session.refresh(other)
            if other.until is None and holding.ended_by == "linked":
                holding.until, holding.ended_by = None, ""
                holding.sees_money = holding.sees_money and other.sees_money
        await self._work.session.execute(
            update(HoldingClaim)
            .where(HoldingClaim.id.in_(moved.get("claims", ())), HoldingClaim.state == "asked")
            .values(resident_id=link.from_resident_id)
        )
        await self._work.session.flush()

    async def _held_now(self, resident_id: int) -> list[Holding]:
        rows = await self._work.session.scalars(
            select(Holding)
            .where(Holding.resident_id == resident_id, Holding.until.is_(None))
            .order_by(Holding.account_id)
        )
        return list(rows)

    def _note(self, who: str, what: str, holding: Holding, **more: str) -> None:
        self._work.audit.note(who, what, f"account:{holding.account_id}", **more)
