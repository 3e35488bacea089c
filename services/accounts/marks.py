"""Marks on an account that keep reminders away: somebody disputes it, pays by parts, has paid.

A resident sets one on an account they hold; who of staff sees the thread ends it or says until
when. The account's row is locked first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from sqlalchemy import select, text, update

from services.access import AsMember, AsResident
from services.errors import AlreadySo, NotYours
from services.owed_now import STANDS
from services.reminder_results import ANSWER
from services.tables import Account, AccountMark, Holding, Home, Thread

if TYPE_CHECKING:
    from services.work import Work

MarkKind = Literal["dispute", "instalment", "paid"]
MAY_MARK = ("dispatcher", "manager", "admin")
STANDING = (
    f"SELECT m.* FROM account_marks m WHERE m.account_id = :account AND {STANDS} ORDER BY m.id"  # noqa: S608
)


class Marks:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def say(self, viewer: AsResident, account_id: int, kind: MarkKind) -> AccountMark:
        """What its holder says of it. Raises `NotYours`, and `AlreadySo` where that stands."""
        await self._work.holdings.get(viewer, account_id, money=True)
        mark = await self._set(account_id, kind, viewer.name, None)
        await self._work.session.execute(
            ANSWER,
            {
                "account": account_id, "resident": viewer.resident_id, "kind": kind,
                "now": self._work.now,
            },
        )  # fmt: skip
        return mark

    async def put(
        self,
        viewer: AsMember,
        thread: Thread,
        account_id: int,
        kind: MarkKind,
        until: datetime | None = None,
    ) -> AccountMark:
        """By staff, of an account that this thread is about. `until`: an instalment's last day;
        another one changes it. Raises `NotYours`, `AlreadySo`."""
        check(viewer)
        if account_id not in [each.id for each in await self.accounts_of(thread)]:
            raise NotYours
        await self._lock(account_id)
        if kind == "instalment":
            for old in await self.standing(account_id):
                if old.kind == "instalment":
                    old.ended_at, old.ended_by = self._work.now, viewer.name
            await self._work.session.flush()
        return await self._set(account_id, kind, viewer.name, until, thread.id)

    async def end(self, viewer: AsMember, mark: AccountMark) -> None:
        """Of a locked one. Raises `AlreadySo`."""
        check(viewer)
        if mark.ended_at is not None:
            raise AlreadySo
        mark.ended_at, mark.ended_by = self._work.now, viewer.name
        self._note(viewer.name, "ended a mark", mark)
        await self._work.session.flush()

    async def get(self, viewer: AsMember, mark_id: int) -> tuple[AccountMark, Thread]:
        """Locked, with its thread. Raises `NotYours` where the viewer does not see that."""
        check(viewer)
        mark = await self._work.session.get(
            AccountMark, mark_id, with_for_update=True, populate_existing=True
        )
        if mark is None or mark.thread_id is None:
            raise NotYours
        return mark, await self._work.threads.get(viewer, mark.thread_id)

    async def name_thread(self, mark: AccountMark, thread: Thread) -> None:
        mark.thread_id = thread.id
        await self._work.session.flush()

    async def is_talked_about(self, mark: AccountMark) -> bool:
        """Whether the thread in which staff are to settle it is still open."""
        thread = await self._work.session.get(Thread, mark.thread_id or 0)
        return thread is not None and thread.state == "open"

    async def standing(self, account_id: int) -> list[AccountMark]:
        """Those that keep reminders away now: «paid» no longer does once newer balances came."""
        await self._work.session.flush()
        rows = await self._work.session.scalars(
            select(AccountMark)
            .from_statement(text(STANDING))
            .execution_options(populate_existing=True),
            {"account": account_id, "now": self._work.now},
        )
        return list(rows)

    async def standing_of(self, account_id: int, kind: MarkKind) -> AccountMark:
        return next(each for each in await self.standing(account_id) if each.kind == kind)

    async def of_thread(self, thread: Thread) -> list[AccountMark]:
        """Standing ones that were set there."""
        found = []
        for account in await self.accounts_of(thread):
            found += [m for m in await self.standing(account.id) if m.thread_id == thread.id]
        return found

    async def talk_about(self, viewer: AsResident, account_id: int) -> Thread | None:
        """The open thread in which the viewer speaks of this account already."""
        return await self._work.session.scalar(
            select(Thread)
            .join(AccountMark, AccountMark.thread_id == Thread.id)
            .where(
                AccountMark.account_id == account_id,
                Thread.resident_id == viewer.resident_id,
                Thread.state == "open",
            )
            .order_by(AccountMark.id.desc())
            .limit(1)
        )

    async def accounts_of(self, thread: Thread) -> Sequence[Account]:
        """What a thread is about: the accounts marked there; else those its resident holds, of the
        thread's own home where it has one."""
        held = (
            select(Account)
            .join(Holding, Holding.account_id == Account.id)
            .where(Holding.resident_id == thread.resident_id, Holding.until.is_(None))
            .order_by(Account.id)
        )
        marked = select(AccountMark.account_id).where(AccountMark.thread_id == thread.id)
        session = self._work.session
        if found := list(await session.scalars(held.where(Account.id.in_(marked)))):
            return found
        home = await session.get(Home, thread.home_id) if thread.home_id else None
        if home is not None and home.flat_id is not None:
            theirs = list(await session.scalars(held.where(Account.flat_id == home.flat_id)))
            if theirs:
                return theirs
        return list(await session.scalars(held))

    async def _set(
        self,
        account_id: int,
        kind: MarkKind,
        who: str,
        until: datetime | None,
        thread_id: int | None = None,
    ) -> AccountMark:
        await self._lock(account_id)
        if any(each.kind == kind for each in await self.standing(account_id)):
            raise AlreadySo
        await self._work.session.execute(  # what kept nothing away any more
            update(AccountMark)
            .where(
                AccountMark.account_id == account_id,
                AccountMark.kind == kind,
                AccountMark.ended_at.is_(None),
            )
            .values(ended_at=self._work.now, ended_by="system")
        )
        mark = AccountMark(
            account_id=account_id, kind=kind, thread_id=thread_id, who=who, since=self._work.now,
            until=until,
        )  # fmt: skip
        self._work.session.add(mark)
        await self._work.session.flush()
        self._note(who, "marked an account", mark)
        return mark

    async def _lock(self, account_id: int) -> None:
        await self._work.session.scalar(
            select(Account.id).where(Account.id == account_id).with_for_update()
        )

    def _note(self, who: str, what: str, mark: AccountMark) -> None:
        self._work.audit.note(who, what, f"account:{mark.account_id}", kind=mark.kind)


def check(viewer: AsMember) -> None:
    if viewer.role not in MAY_MARK:
        raise NotYours
