"""The team: who has which role, and who works here no more. Given and taken in the chat by
managers and admins; the company file keeps what it does not change itself (see `storing.read`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select, text, update

from services.access import AsMember
from services.errors import AlreadySo, BySettings, LastAdmin, NotYours
from services.staff import as_member
from services.tables import AuditRecord, DeskSession, Member, Shift, SignInLink, Thread

if TYPE_CHECKING:
    from services.work import Work

RANKS = ("executor", "dispatcher", "manager", "admin")
DISMISSED = "dismissed"


class Team:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def members(self, viewer: AsMember, *, gone: bool = False) -> list[Member]:
        """Those whom the viewer may manage, the highest first. `gone`: who was dismissed. Raises
        `NotYours` for who may manage nobody."""
        check_manager(viewer)
        find = select(Member).order_by(Member.name, Member.id)
        here = Member.withdrawn_at.is_not(None) if gone else Member.withdrawn_at.is_(None)
        found = await self._work.session.scalars(find.where(here))
        mine = [member for member in found if in_charge(viewer, member)]
        return sorted(mine, key=lambda member: -rank(as_member(member).role))

    async def give_role(self, viewer: AsMember, member: Member, role: str) -> None:
        """Raises `NotYours` for a role above the viewer's own, `LastAdmin`, `BySettings`,
        `AlreadySo`."""
        await self._lock(viewer, member)
        if rank(role) > rank(viewer.role):
            raise NotYours
        if member.role == role:
            raise AlreadySo
        if role != "admin":
            await self._check_stays(member)
        before, member.role = member.role, role
        self._note(viewer, "role", member, before=before, after=role)
        await self._work.session.flush()

    async def set_trainee(self, viewer: AsMember, member: Member, trainee: bool) -> None:
        """Raises `NotYours`, `AlreadySo`."""
        await self._lock(viewer, member)
        if member.trainee is trainee:
            raise AlreadySo
        member.trainee = trainee
        self._note(viewer, "trainee", member, after=trainee)
        await self._work.session.flush()

    async def dismiss(self, viewer: AsMember, member: Member) -> list[Thread]:
        """Works here no more, from this moment: sign-ins and shifts end, and what they had is
        everyone's again. Raises `NotYours`, `LastAdmin`, `BySettings`."""
        await self._lock(viewer, member)
        await self._check_stays(member)
        if member.id == viewer.member_id:
            raise NotYours
        session, now = self._work.session, self._work.now
        member.withdrawn_at = now
        for table, ended in ((DeskSession, DeskSession.ended_at), (SignInLink, SignInLink.used_at)):
            await session.execute(
                update(table)
                .where(table.member_id == member.id, ended.is_(None))
                .values({ended: now})
            )
        await session.execute(
            update(Shift)
            .where(Shift.member_id == member.id, Shift.ended_at.is_(None))
            .values(ended_at=now)
        )
        self._note(viewer, DISMISSED, member)
        await session.flush()
        return await self._work.taking.release_all(viewer, member.id)

    async def take_back(self, viewer: AsMember, member: Member) -> None:
        """Works here again. Raises `NotYours`, `AlreadySo`."""
        await self._lock(viewer, member)
        if member.withdrawn_at is None:
            raise AlreadySo
        member.withdrawn_at = None
        self._note(viewer, "taken back", member)
        await self._work.session.flush()

    async def was_dismissed(self, member_ids: Sequence[int]) -> bool:
        """Whether one of these left by a word of the chat, and not by the company file."""
        found = await self._work.session.scalar(
            select(AuditRecord.id)
            .where(
                AuditRecord.what == DISMISSED,
                AuditRecord.about.in_([f"member:{each}" for each in member_ids]),
            )
            .limit(1)
        )
        return found is not None

    async def _lock(self, viewer: AsMember, member: Member) -> None:
        """Two who demote each other do it one after the other."""
        check_manager(viewer)
        await self._work.session.execute(text("SELECT pg_advisory_xact_lock(7370)"))
        await self._work.session.refresh(member, with_for_update=True)
        acting = await self._work.staff.get(viewer.member_id)
        await self._work.session.refresh(acting)
        if acting.withdrawn_at is not None or not in_charge(as_member(acting), member):
            raise NotYours
        if rank(as_member(acting).role) < rank(viewer.role):
            raise NotYours

    async def _check_stays(self, member: Member) -> None:
        """The settings' admins stay while they are named there; the last admin stays always."""
        if member.granted:
            raise BySettings
        if member.role != "admin":
            return
        admins = await self._work.session.scalar(
            select(func.count())
            .select_from(Member)
            .where(
                or_(Member.role == "admin", Member.granted),
                Member.withdrawn_at.is_(None),
                Member.id != member.id,
            )
        )
        if not admins:
            raise LastAdmin

    def _note(self, viewer: AsMember, what: str, member: Member, **details: object) -> None:
        self._work.audit.note(viewer.name, what, f"member:{member.id}", **details)


def rank(role: str) -> int:
    return RANKS.index(role)


def check_manager(viewer: AsMember) -> None:
    if rank(viewer.role) < rank("manager"):
        raise NotYours


def in_charge(viewer: AsMember, member: Member) -> bool:
    """Nobody is in charge of those above; a manager of some rooms, of who works in these alone."""
    if rank(as_member(member).role) > rank(viewer.role):
        return False
    if viewer.role == "admin" or not viewer.rooms:
        return rank(viewer.role) >= rank("manager")
    return bool(member.rooms) and set(member.rooms) <= set(viewer.rooms)
