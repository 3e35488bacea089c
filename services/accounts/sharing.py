"""Who else may look into an account: what its owner says, and how people leave it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from services.access import AsMember, AsResident, check_counting
from services.accounts.binding import STRONG
from services.errors import AlreadySo, NotFound, NotYours, StaleButton
from services.tables import Account, Holding

if TYPE_CHECKING:
    from services.work import Work

ASKED_FOR = timedelta(days=3)  # so long a new owner may say that the one before has gone


class Sharing:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def people(self, viewer: AsResident, account_id: int) -> Sequence[Holding]:
        """Everybody who holds it, for an owner; for others themselves alone. Raises `NotYours`."""
        mine = await self._work.holdings.get(viewer, account_id)
        if mine.role != "owner" or not mine.sees_money:
            return [mine]
        return await self._work.holdings.holders(account_id)

    async def asks_before(self, viewer: AsResident, account_id: int) -> bool:
        """Whether a new owner has still to say if the one before is here. Raises `NotYours`."""
        mine = await self._work.holdings.get(viewer, account_id)
        return (
            mine.role == "owner"
            and not mine.sees_money
            and not await self._work.claims.disputed(mine)
        )

    async def let_see(self, viewer: AsResident, holding_id: int, *, sees: bool) -> Holding:
        """The owner's word on another's sums; on another owner's they have none. Raises `NotYours`,
        `AlreadySo`."""
        holding = await self._theirs(viewer, holding_id)
        if holding.sees_money == sees or (sees and await self._work.claims.disputed(holding)):
            raise AlreadySo
        holding.sees_money = sees
        self._work.audit.note(
            viewer.name, "sums shown" if sees else "sums hidden", f"account:{holding.account_id}",
            resident=holding.resident_id,
        )  # fmt: skip
        await self._work.session.flush()
        return holding

    async def let_go(self, viewer: AsResident, holding_id: int) -> Holding:
        """Raises `NotYours`, for an owner's too."""
        holding = await self._theirs(viewer, holding_id)
        await self._work.holdings.end(holding, "holder", viewer.name)
        return holding

    async def leave(self, viewer: AsResident, account_id: int) -> list[Holding]:
        """«Я больше не здесь». With the last owner go those whom an owner let in; they are what
        is returned. Raises `NotYours`."""
        holders = await self._work.holdings.holders(account_id)
        mine = await self._work.holdings.get(viewer, account_id)
        await self._work.holdings.end(mine, "self", viewer.name)
        return await self._end_guests([each for each in holders if each is not mine], viewer.name)

    async def leave_all(
        self, resident_ids: Sequence[int], who: str, by: str = "self"
    ) -> list[Holding]:
        """They take back their consent, or are erased: nothing of theirs is held any more, and
        whom they let in sees it no more; those are what is returned."""
        await self._work.claims.drop(list(resident_ids))  # first: what one just gave is found below
        found = await self._work.session.scalars(
            select(Holding)
            .where(Holding.resident_id.in_(resident_ids), Holding.until.is_(None))
            .order_by(Holding.account_id)
        )
        guests: list[Holding] = []
        for mine in list(found):
            holders = await self._work.holdings.holders(mine.account_id)
            await self._work.session.refresh(mine)
            if mine.until is None:
                await self._work.holdings.end(mine, by, who)
                left = [each for each in holders if each is not mine]
                guests += await self._end_guests(left, who)
        return [each for each in guests if each.resident_id not in resident_ids]

    async def _end_guests(self, left: Sequence[Holding], who: str) -> list[Holding]:
        if any(each.role == "owner" for each in left):
            return []
        guests = [each for each in left if each.proved_by == "holder"]
        for each in guests:
            await self._work.holdings.end(each, "holder", who)
        return guests

    async def settle_before(
        self, viewer: AsResident, account_id: int, *, gone: bool
    ) -> list[Holding]:
        """A new owner says whether the one before has gone: then whoever held it before holds it
        no more, and what was before is hidden. Returns those who went. Raises `NotYours`,
        `AlreadySo` where it was said or staff are to decide, `StaleButton` where it is too late to
        say."""
        holders = await self._work.holdings.holders(account_id)
        mine = await self._work.holdings.get(viewer, account_id, owner=True)
        if mine.proved_by not in STRONG:
            raise NotYours
        if mine.sees_money or await self._work.claims.disputed(mine):
            raise AlreadySo
        if gone and self._work.now - mine.since > ASKED_FOR:
            raise StaleButton
        mine.sees_money = True
        before = [each for each in holders if each.id < mine.id] if gone else []
        for each in before:
            await self._work.holdings.end(each, "successor", viewer.name)
        if gone:
            await self._work.holdings.hide_before(account_id)
        self._work.audit.note(
            viewer.name, "new owner", f"account:{account_id}", before="gone" if gone else "stays"
        )
        await self._work.session.flush()
        return before

    async def release(self, viewer: AsMember, number: str) -> tuple[Account, list[Holding]]:
        """Staff let everybody go. Raises `NotYours`, `NotFound`, `AlreadySo` where nobody holds
        it."""
        check_counting(viewer)
        account = await self._work.proofs.find(number)
        if account is None:
            raise NotFound("no such account")
        holders = list(await self._work.holdings.holders(account.id))
        if not holders:
            raise AlreadySo
        for each in holders:
            await self._work.holdings.end(each, "staff", viewer.name)
        return account, holders

    async def take_away(self, viewer: AsMember, holding: Holding) -> list[Holding]:
        """Staff end one whose account is locked. With the last owner go those whom an owner let in;
        they are what is returned."""
        holders = await self._work.holdings.holders(holding.account_id)
        await self._work.holdings.end(holding, "staff", viewer.name)
        left = [each for each in holders if each is not holding]
        if holding.role != "owner":
            return []
        return await self._end_guests(left, viewer.name)

    async def _theirs(self, viewer: AsResident, holding_id: int) -> Holding:
        """Another's holding of an account that the viewer owns, locked."""
        holding = await self._work.session.get(Holding, holding_id)
        if holding is None:
            raise NotYours
        await self._work.holdings.get(viewer, holding.account_id, owner=True, money=True)
        await self._work.holdings.holders(holding.account_id)
        await self._work.session.refresh(holding)
        own = holding.resident_id == viewer.resident_id
        if own or holding.until is not None or holding.role == "owner":
            raise NotYours
        return holding
