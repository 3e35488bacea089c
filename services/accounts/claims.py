"""What staff decide about an account: whether a resident holds it, or whether one who does should
not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from services.access import AsMember, AsResident
from services.accounts.binding import Bound, bind
from services.accounts.holdings import HolderRole
from services.accounts.proofs import MAY_DECIDE
from services.errors import AlreadySo, NotFound, NotYours, TooManyToday
from services.tables import Account, Holding, HoldingClaim, Thread

if TYPE_CHECKING:
    from services.work import Work

OPEN_AT_MOST = 3  # of one resident


class HeldAlready(AlreadySo):
    """They need nobody to confirm what they hold."""


class Claims:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def ask(
        self, viewer: AsResident, key: str, account_id: int | None, role: HolderRole
    ) -> HoldingClaim:
        """A resident asks staff to confirm. Raises `AlreadySo` where they have asked that,
        `HeldAlready` where they hold it as that, `TooManyToday`, `NotYours` where the company has
        no such way."""
        if not (await self._work.company.profile()).accounts.proofs.member:
            raise NotYours
        mine = await self._holding(viewer.resident_id, account_id) if account_id else None
        if mine is not None and mine.role in (role, "owner"):
            raise HeldAlready
        open_ones = await self._work.session.execute(
            select(
                func.count(), func.count().filter(HoldingClaim.number_sha256 == key)
            ).where(
                HoldingClaim.resident_id == viewer.resident_id, HoldingClaim.state == "asked"
            )
        )  # fmt: skip
        every, same = open_ones.one()
        if same:
            raise AlreadySo
        if every >= OPEN_AT_MOST:
            raise TooManyToday
        return await self._add(viewer.resident_id, viewer.contact_id, key, account_id, role)

    async def doubt(self, viewer: AsResident, holding_id: int) -> HoldingClaim:
        """«Это не я»: whoever held the account before says that a newcomer should not. Until staff
        decide, the newcomer sees no sums; what they have decided is not doubted again. Raises
        `NotYours`, `AlreadySo`."""
        holding = await self._work.session.get(Holding, holding_id)
        if holding is None or not await self._came_before(viewer, holding):
            raise NotYours
        await self._work.holdings.holders(holding.account_id)
        await self._work.session.refresh(holding)
        if holding.until is not None or await self._doubted(holding, "asked", "confirmed"):
            raise AlreadySo
        holding.sees_money = False
        contacts = await self._work.people.contacts(holding.resident_id)
        claim = await self._add(
            holding.resident_id, contacts[0].id if contacts else viewer.contact_id,
            f"holding {holding.id}", holding.account_id, self._role(holding.role),
        )  # fmt: skip
        self._work.audit.note(viewer.name, "doubts a holder", f"account:{holding.account_id}")
        return claim

    async def _came_before(self, viewer: AsResident, holding: Holding) -> bool:
        """Whom we told of the newcomer: the owners from before, where there is none whoever held
        it, and those who went because of the newcomer."""
        before = list(
            await self._work.session.scalars(
                select(Holding).where(
                    Holding.account_id == holding.account_id,
                    Holding.id < holding.id,
                    Holding.until.is_(None)
                    | ((Holding.ended_by == "successor") & (Holding.until >= holding.since)),
                )
            )
        )
        owned = any(each.role == "owner" and each.until is None for each in before)
        return holding.resident_id != viewer.resident_id and any(
            each.until is not None or each.role == "owner" or not owned
            for each in before
            if each.resident_id == viewer.resident_id
        )

    async def disputed(self, holding: Holding) -> bool:
        return await self._doubted(holding, "asked")

    async def _doubted(self, holding: Holding, *states: str) -> bool:
        found = await self._work.session.scalar(
            select(HoldingClaim.id)
            .where(
                HoldingClaim.number_sha256 == f"holding {holding.id}",
                HoldingClaim.state.in_(states),
            )
            .limit(1)
        )
        return found is not None

    async def open_doubt(self, resident_id: int, account_id: int) -> HoldingClaim | None:
        """Whether they should hold that account is for staff to decide."""
        return await self._work.session.scalar(
            select(HoldingClaim)
            .where(
                HoldingClaim.resident_id == resident_id,
                HoldingClaim.account_id == account_id,
                HoldingClaim.state == "asked",
                HoldingClaim.number_sha256.startswith("holding "),
            )
            .order_by(HoldingClaim.id)
            .limit(1)
        )

    async def follow(self, claim: HoldingClaim, holding: Holding) -> None:
        """A doubt goes along with whoever left and came again."""
        claim.number_sha256 = f"holding {holding.id}"
        await self._work.session.flush()

    async def stand_in(self, claim: HoldingClaim, thread: Thread) -> None:
        claim.thread_id = thread.id
        await self._work.session.flush()

    async def of_thread(self, thread_id: int) -> HoldingClaim | None:
        """What waits for a decision there."""
        return await self._work.session.scalar(
            select(HoldingClaim)
            .where(HoldingClaim.thread_id == thread_id, HoldingClaim.state == "asked")
            .order_by(HoldingClaim.id.desc())
            .limit(1)
        )

    async def account(self, claim: HoldingClaim) -> Account | None:
        if claim.account_id is None:
            return None
        return await self._work.session.get(Account, claim.account_id)

    async def holding(self, claim: HoldingClaim) -> Holding | None:
        """Of a doubt: what is doubted."""
        word, _, ident = claim.number_sha256.partition(" ")
        return await self._work.session.get(Holding, int(ident)) if word == "holding" else None

    async def lock(
        self, viewer: AsMember, claim_id: int, state: str = "asked"
    ) -> tuple[HoldingClaim, Thread]:
        """One that is in that state. Raises `NotYours`, `AlreadySo`, `OwnCase`."""
        claim = await self._work.session.get(HoldingClaim, claim_id)
        if claim is None or claim.thread_id is None or viewer.role not in MAY_DECIDE:
            raise NotYours
        thread = await self._work.threads.get(viewer, claim.thread_id, lock=True)
        await self._work.session.refresh(claim, with_for_update=True)
        if claim.state != state:
            raise AlreadySo
        await self._work.proofs.check_not_own(viewer, claim.resident_id, thread.resident_id)
        return claim, thread

    async def confirm(self, viewer: AsMember, claim: HoldingClaim) -> Bound | None:
        """Of a locked claim. None for a doubt that came to nothing: the holder sees sums again.
        Raises `NotFound` where there is no such account (any more), `AlreadySo` where the doubted
        one has gone by themselves."""
        doubted = await self.holding(claim)
        if doubted is not None:
            await self._work.holdings.holders(doubted.account_id)
            await self._work.session.refresh(doubted)
            self._settle(viewer, claim, "confirmed")
            if doubted.until is not None:
                raise AlreadySo
            doubted.sees_money = True
            await self._work.session.flush()
            return None
        account = await self.account(claim)
        if account is None or account.withdrawn_at is not None:
            raise NotFound("no such account")
        self._settle(viewer, claim, "confirmed")
        return await bind(
            self._work, claim.resident_id, account.id, self._role(claim.role), "member"
        )

    async def refuse(self, viewer: AsMember, claim: HoldingClaim) -> list[Holding]:
        """Of a locked claim. A doubted holding ends; returns who went along with it. Raises
        `AlreadySo` where the doubted one has gone by themselves."""
        doubted = await self.holding(claim)
        self._settle(viewer, claim, "refused")
        if doubted is None:
            await self._work.session.flush()
            return []
        await self._work.holdings.holders(doubted.account_id)
        await self._work.session.refresh(doubted)
        if doubted.ended_by == "linked":
            doubted.ended_by = "staff"  # it does not wake
        if doubted.until is not None:
            await self._work.session.flush()
            raise AlreadySo
        return await self._work.sharing.take_away(viewer, doubted)

    async def undo(self, viewer: AsMember, claim: HoldingClaim) -> list[Holding]:
        """Of a locked claim that was confirmed, by mistake or for a time: whoever it let in goes,
        the first of those returned. Raises `AlreadySo` where they hold it no more."""
        holding = await self._let_in(claim)
        if holding is None:
            raise AlreadySo
        await self._work.holdings.holders(holding.account_id)
        await self._work.session.refresh(holding)
        if holding.until is not None:
            raise AlreadySo
        return [holding, *await self._work.sharing.take_away(viewer, holding)]

    async def _let_in(self, claim: HoldingClaim) -> Holding | None:
        """By whoever confirmed it; where it came to them, by the person they are linked with."""
        if claim.number_sha256.startswith("holding "):
            return await self.holding(claim)
        return await self._work.session.scalar(
            select(Holding)
            .where(
                Holding.account_id == claim.account_id,
                Holding.resident_id.in_(await self._work.linking.same_person(claim.resident_id)),
                Holding.until.is_(None),
                Holding.proved_by == "member",
            )
            .limit(1)
        )

    async def undoable(self, thread_id: int) -> HoldingClaim | None:
        """The last one confirmed there, while whoever it let in holds the account."""
        claim = await self._work.session.scalar(
            select(HoldingClaim)
            .where(HoldingClaim.thread_id == thread_id, HoldingClaim.state == "confirmed")
            .order_by(HoldingClaim.id.desc())
            .limit(1)
        )
        holding = await self._let_in(claim) if claim is not None else None
        return claim if holding is not None and holding.until is None else None

    async def holds(self, resident_id: int, claim: HoldingClaim) -> bool:
        """Whether they hold now what it is about."""
        if claim.account_id is None:
            return False
        return await self._holding(resident_id, claim.account_id) is not None

    async def drop(self, resident_ids: list[int]) -> None:
        """They want nothing any more."""
        await self._work.session.execute(
            update(HoldingClaim)
            .where(HoldingClaim.resident_id.in_(resident_ids), HoldingClaim.state == "asked")
            .values(state="dropped", settled_at=self._work.now)
        )

    def _settle(self, viewer: AsMember, claim: HoldingClaim, state: str) -> None:
        claim.state, claim.settled_at = state, self._work.now
        claim.member_id = viewer.member_id
        self._work.audit.note(viewer.name, f"claim {state}", f"claim:{claim.id}")

    async def _holding(self, resident_id: int, account_id: int) -> Holding | None:
        return await self._work.session.scalar(
            select(Holding).where(
                Holding.resident_id == resident_id,
                Holding.account_id == account_id,
                Holding.until.is_(None),
            )
        )

    async def _add(
        self, resident_id: int, contact_id: int, key: str, account_id: int | None, role: HolderRole
    ) -> HoldingClaim:
        claim = HoldingClaim(
            resident_id=resident_id, contact_id=contact_id, account_id=account_id,
            number_sha256=key, role=role, state="asked", asked_at=self._work.now,
        )  # fmt: skip
        self._work.session.add(claim)
        await self._work.session.flush()
        self._work.audit.note(f"resident:{resident_id}", "claims an account", f"claim:{claim.id}")
        return claim

    def _role(self, role: str) -> HolderRole:
        return "owner" if role == "owner" else "family" if role == "family" else "tenant"
