"""Proving an account. Whoever tries learns whether it was proved and nothing else: a number that
there is not is answered, counted and locked like one that there is."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from sqlalchemy import and_, func, or_, select, text, update

from services.access import MAY_COUNT, AsMember, AsResident
from services.accounts.binding import STRONG, Bound, bind
from services.accounts.holdings import HolderRole
from services.accounts.reading.values import read_area, read_money, read_number, read_phone
from services.accounts.reading.wrong import CellWrong
from services.errors import AlreadySo, NotYours, OwnCase, TooManyTries, WrongCode
from services.tables import (
    Account,
    AccountCode,
    Balance,
    Contact,
    Holding,
    MemberAccount,
    ProofTry,
    Thread,
)

if TYPE_CHECKING:
    from services.work import Work

Way = Literal["code", "phone", "sum", "area", "member"]
VOUCHES = ("telegram",)
"""Messengers that say whose phone it is that their «поделиться номером» shares."""
MAY_DECIDE = ("dispatcher", "manager", "admin")
_GAPS = re.compile(r"[\s\-–—.№]+")


class Locked(TooManyTries):
    """So many proofs were wrong that none is taken until `until`. `tried`: the try that locked, of
    which staff are to be told; None: they know."""

    def __init__(self, until: datetime, tried: ProofTry | None = None) -> None:
        super().__init__()
        self.until = until
        self.tried = tried


def key_of(number: str) -> str:
    """By which tries of a number are counted, whether there is such a one or not. Raises
    `ValueError` for what can be no number."""
    return hashlib.sha256(_normal(number).encode()).hexdigest()


def _normal(number: str) -> str:
    try:
        return read_number(number).upper()
    except CellWrong:
        raise ValueError(number) from None


class Proofs:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def find(self, number: str) -> Account | None:
        """An account that the accounting system knows now."""
        try:
            own, upper = read_number(number), _normal(number)
        except (CellWrong, ValueError):
            return None
        found = await self._work.session.scalars(
            select(Account)
            .where(Account.number.in_({own, upper, upper.lower()}), Account.withdrawn_at.is_(None))
            .order_by(Account.number != own)
            .limit(1)
        )
        return found.first()

    async def of_homes(self, viewer: AsResident) -> list[Account]:
        """Accounts of the flats where the viewer says they live. Nothing of them is shown but the
        address they gave themselves."""
        flats = [place.flat_id for place in await self._work.people.places(viewer) if place.flat_id]
        rows = await self._work.session.scalars(
            select(Account)
            .where(Account.flat_id.in_(flats), Account.withdrawn_at.is_(None))
            .order_by(Account.flat_id, Account.id)
        )
        return list(rows)

    async def ways(self, channel: str) -> list[Way]:
        rules = (await self._work.company.profile()).accounts.proofs
        offered: list[Way] = ["code"]
        if rules.phone and channel in VOUCHES:
            offered.append("phone")
        if rules.sum:
            offered.append("sum")
        if rules.area:
            offered.append("area")
        if rules.member:
            offered.append("member")
        return offered

    async def prove(
        self, viewer: AsResident, channel: str, key: str, account_id: int | None,
        role: HolderRole, way: Way, said: str,
    ) -> Bound:  # fmt: skip
        """Raises `WrongCode`; `Locked`; `AlreadySo` for what the viewer holds as that already;
        `NotYours` for a way that is not offered. A wrong try counts only if the transaction goes
        on to commit. `said`: for a phone, what the messenger vouches for."""
        if way == "member" or way not in await self.ways(channel):
            raise NotYours
        await self._lock(viewer.resident_id, key)
        await self._check_locks(viewer, key)
        account = await self._work.session.get(Account, account_id) if account_id else None
        if account is not None and account.withdrawn_at is not None:
            account = None
        if account is not None and await self._holds(viewer, account.id, role, way):
            raise AlreadySo
        code = await self._is_right(account, way, said)
        tried = ProofTry(
            resident_id=viewer.resident_id, account_id=account.id if account else None,
            number_sha256=key, way=way, right=code is not None, at=self._work.now,
        )  # fmt: skip
        self._work.session.add(tried)
        await self._work.session.flush()
        if code is None or account is None:
            self._work.audit.note(viewer.name, "wrong proof", f"try:{tried.id}", way=way)
            until = await self._locked_until(viewer, key)
            if until is not None:
                self._work.audit.note("system", "proofs locked", f"try:{tried.id}")
                raise Locked(until, tried)
            raise WrongCode
        if isinstance(code, AccountCode) and code.holding_id is not None:
            invited: HolderRole = "family" if code.role == "family" else "tenant"
            return await bind(
                self._work, viewer.resident_id, account.id, invited, "holder", sees_money=False
            )
        return await bind(self._work, viewer.resident_id, account.id, role, way)

    async def unlock(self, viewer: AsMember, try_id: int) -> Thread:
        """Nothing that was wrong so far counts against that person or that number. Raises
        `NotYours`, `AlreadySo`, `OwnCase`."""
        tried = await self._work.session.get(ProofTry, try_id)
        if tried is None or tried.thread_id is None or viewer.role not in MAY_DECIDE:
            raise NotYours
        thread = await self._work.threads.get(viewer, tried.thread_id, lock=True)
        await self._work.session.refresh(tried)
        await self.check_not_own(viewer, tried.resident_id)
        if tried.forgiven:
            raise AlreadySo
        await self._work.session.execute(
            update(ProofTry)
            .where(
                or_(
                    ProofTry.resident_id.in_(
                        await self._work.linking.same_person(tried.resident_id)
                    ),
                    ProofTry.number_sha256 == tried.number_sha256,
                ),
                ~ProofTry.right,
            )
            .values(forgiven=True)
        )
        self._work.audit.note(viewer.name, "proofs unlocked", f"try:{tried.id}")
        return thread

    async def check_not_own(self, viewer: AsMember, *resident_ids: int) -> None:
        """Nobody lets themselves in, but for those who see the company's accounts anyhow. Raises
        `OwnCase`."""
        if viewer.role in MAY_COUNT:
            return
        own = await self._work.session.scalars(
            select(Contact.resident_id)
            .join(
                MemberAccount,
                and_(
                    MemberAccount.channel == Contact.channel,
                    MemberAccount.user_id == Contact.user_id,
                ),
            )
            .where(MemberAccount.member_id == viewer.member_id)
        )
        for resident_id in set(own):
            if set(await self._work.linking.same_person(resident_id)) & set(resident_ids):
                raise OwnCase

    async def lock_of_thread(self, thread_id: int) -> ProofTry | None:
        """What a member may undo there."""
        hours = (await self._work.company.profile()).accounts.proofs.lock_hours
        return await self._work.session.scalar(
            select(ProofTry)
            .where(
                ProofTry.thread_id == thread_id,
                ~ProofTry.forgiven,
                ProofTry.at > self._work.now - timedelta(hours=hours),
            )
            .order_by(ProofTry.id.desc())
            .limit(1)
        )

    async def _is_right(
        self, account: Account | None, way: Way, said: str
    ) -> AccountCode | bool | None:
        """None: it is not."""
        if account is None:
            return None
        if way == "code":
            return await self._work.codes.use(account.id, _GAPS.sub("", said))
        try:
            if way == "phone":
                phone = read_phone(said)
                return True if phone is not None and phone == account.phone else None
            if way == "area":
                area = read_area(said)
                return True if area and area == account.area else None
            billed = await self._work.session.scalar(
                select(Balance.billed)
                .where(Balance.account_id == account.id, Balance.billed > 0)
                .order_by(Balance.month.desc())
                .limit(1)
            )
            return True if billed and billed == read_money(said) else None
        except CellWrong:
            return None

    async def _holds(self, viewer: AsResident, account_id: int, role: HolderRole, way: Way) -> bool:
        """As that, or more. What is printed on a bill makes nobody more than they are."""
        found = await self._work.session.scalar(
            select(Holding.role).where(
                Holding.account_id == account_id,
                Holding.resident_id == viewer.resident_id,
                Holding.until.is_(None),
            )
        )
        return found is not None and (found in (role, "owner") or way not in STRONG)

    async def _lock(self, resident_id: int, key: str) -> None:
        """Tries of one person, then of one number, are one after another: no flood of them is
        counted less."""
        for name in (
            f"proofs of {min(await self._work.linking.same_person(resident_id))}",
            f"proof {key}",
        ):
            await self._work.session.execute(
                text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 19))"), {"name": name}
            )

    async def _check_locks(self, viewer: AsResident, key: str) -> None:
        until = await self._locked_until(viewer, key)
        if until is not None:
            raise Locked(until)

    async def _locked_until(self, viewer: AsResident, key: str) -> datetime | None:
        people = await self._work.linking.same_person(viewer.resident_id)
        ends = [
            await self._full(ProofTry.resident_id.in_(people)),
            await self._full(ProofTry.number_sha256 == key),
        ]
        return max((end for end in ends if end is not None), default=None)

    async def _full(self, whose: object) -> datetime | None:
        """Until when the last wrong tries lock: so many of them, within the hours of a lock."""
        rules = (await self._work.company.profile()).accounts.proofs
        lasts = timedelta(hours=rules.lock_hours)
        wrong = (
            select(ProofTry.at)
            .where(
                whose,  # type: ignore[arg-type]
                ~ProofTry.right,
                ~ProofTry.forgiven,
                ProofTry.at > self._work.now - 2 * lasts,
            )
            .order_by(ProofTry.at.desc())
            .limit(rules.tries)
            .subquery()
        )
        count, first, last = (
            await self._work.session.execute(
                select(func.count(), func.min(wrong.c.at), func.max(wrong.c.at))
            )
        ).one()
        if count < rules.tries or last - first > lasts or last + lasts <= self._work.now:
            return None
        end: datetime = last + lasts
        return end
