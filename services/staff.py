"""Members of staff: who they are, where they may work, how they enter the desk."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from services.access import AsMember
from services.errors import NotYours
from services.messaging.types import Address, Sender
from services.tables import (
    ChannelState,
    Contact,
    DeskSession,
    Member,
    MemberAccount,
    Room,
    SignInLink,
)

if TYPE_CHECKING:
    from services.work import Work

LINK_LIVES = timedelta(hours=12)
SESSION_LIVES = timedelta(days=14)


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def as_member(member: Member, *, inside: Room | None = None) -> AsMember:
    """`inside`: see `AsMember`."""
    role = "admin" if member.granted else member.role
    place = (inside.channel, inside.chat) if inside else None
    return AsMember(member.id, role, tuple(member.rooms), place)


class Staff:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def get(self, member_id: int) -> Member:
        """Raises `NotYours` for someone who has left."""
        member = await self._work.session.get(Member, member_id)
        if member is None or member.withdrawn_at is not None:
            raise NotYours
        return member

    async def name_of(self, member_id: int) -> str:
        """Also of someone who has left."""
        member = await self._work.session.get(Member, member_id)
        assert member is not None
        return member.name

    async def by_account(self, channel: str, user_id: str) -> Member | None:
        return await self._work.session.scalar(
            select(Member)
            .join(MemberAccount)
            .where(
                MemberAccount.channel == channel,
                MemberAccount.user_id == user_id,
                Member.withdrawn_at.is_(None),
            )
        )

    async def in_room(self, room: Room, sender: Sender) -> Member:
        """Who speaks in a staff group. Whoever was let into it is a dispatcher, or an executor in
        a room for these, and becomes a member by the first word. Raises `NotYours` for an
        anonymous admin, a bot, or a member whose rooms are others."""
        if sender.anonymous or sender.bot:
            raise NotYours
        member = await self.by_account(room.channel, sender.id)
        if member is None:
            # The first words may be two at once, in two topics.
            await self._work.session.execute(
                text("SELECT pg_advisory_xact_lock(hashtextextended(:account, 11))"),
                {"account": f"{room.channel}:{sender.id}"},
            )
            member = await self.by_account(room.channel, sender.id)
        if member is None:
            former = select(MemberAccount.member_id).where(
                MemberAccount.channel == room.channel, MemberAccount.user_id == sender.id
            )
            if await self._work.team.was_dismissed(list(await self._work.session.scalars(former))):
                raise NotYours
            await self._work.session.execute(
                delete(MemberAccount).where(
                    MemberAccount.channel == room.channel, MemberAccount.user_id == sender.id
                )
            )
            member = await self._add(sender.name or sender.username or sender.id, room)
            self._work.session.add(
                MemberAccount(channel=room.channel, user_id=sender.id, member_id=member.id)
            )
            await self._work.session.flush()
        if not as_member(member).works_in(room):
            raise NotYours
        return member

    async def viewer_in(self, room: Room, member: Member) -> AsMember:
        """The member as they act in a staff group."""
        serves = await self._work.rooms.serves(room)
        return as_member(member, inside=room if serves.only_what_stands_there else None)

    async def _add(self, name: str, room: Room) -> Member:
        serves = await self._work.rooms.serves(room)
        role = "executor" if serves.executors and not serves.own else "dispatcher"
        member = Member(
            name=name[:100], role=role, title="", desk=False, source="room",
            rooms=[room.code],
        )  # fmt: skip
        self._work.session.add(member)
        await self._work.session.flush()
        self._work.audit.note("system", "member joined", f"member:{member.id}", room=room.code)
        return member

    async def addresses_of(self, member_id: int) -> list[Address]:
        """A member's private chats with the bot, but for those that do not take its words."""
        rows = await self._work.session.execute(
            select(Contact.channel, Contact.chat)
            .join(
                MemberAccount,
                and_(
                    MemberAccount.channel == Contact.channel,
                    MemberAccount.user_id == Contact.user_id,
                ),
            )
            .where(MemberAccount.member_id == member_id, Contact.unreachable_since.is_(None))
        )
        return [Address(channel=channel, chat=chat) for channel, chat in rows]

    async def addresses_of_admins(self) -> list[Address]:
        """Their private chats with the bot, in every messenger that is on."""
        off = select(ChannelState.name).where(ChannelState.off_since.is_not(None))
        rows = await self._work.session.execute(
            select(MemberAccount.channel, MemberAccount.user_id)
            .join(Member)
            .where(
                or_(Member.role == "admin", Member.granted),
                Member.withdrawn_at.is_(None),
                MemberAccount.channel.not_in(off),
            )
        )
        return [Address(channel=channel, chat=user_id) for channel, user_id in rows]

    async def addresses_of_managers(self, room: Room) -> list[Address]:
        """The private chats of those who run a room, its managers and admins."""
        members = await self._work.session.scalars(
            select(Member)
            .where(
                or_(Member.role.in_(("manager", "admin")), Member.granted),
                Member.withdrawn_at.is_(None),
            )
            .order_by(Member.id)
        )
        running = [member.id for member in members if as_member(member).works_in(room)]
        return [address for each in running for address in await self.addresses_of(each)]

    async def desk_members(self) -> list[Member]:
        """Who may enter the desk, admins first."""
        rows = await self._work.session.scalars(
            select(Member)
            .where(Member.desk.is_(True), Member.withdrawn_at.is_(None))
            .order_by(and_(Member.role != "admin", ~Member.granted), Member.id)
        )
        return list(rows)

    async def grant_admins(self, accounts: Sequence[tuple[str, str]]) -> None:
        """Makes the owners of these (channel, user id) accounts admins, whoever they are, and
        nobody else: who left the list has their own role again."""
        await self._work.session.execute(update(Member).values(granted=False))
        await self._work.session.execute(
            update(Member).where(Member.source == "settings").values(withdrawn_at=self._work.now)
        )
        for channel, user_id in accounts:
            member = await self.by_account(channel, user_id) or await self._appoint(
                channel, user_id
            )
            member.granted = True
            await self._work.session.flush()

    async def _appoint(self, channel: str, user_id: str) -> Member:
        """An admin known by the account alone; the same one again when they come back."""
        code = f"{channel}-{user_id}"
        row = insert(Member).values(
            code=code, name="Администратор", role="admin", title="", desk=True,
            source="settings", rooms=[],
        )  # fmt: skip
        member: Member | None = await self._work.session.scalar(
            row.on_conflict_do_update(
                index_elements=[Member.code], set_={"withdrawn_at": None}
            ).returning(Member),
            execution_options={"populate_existing": True},
        )
        assert member is not None
        account = insert(MemberAccount).values(
            channel=channel, user_id=user_id, member_id=member.id
        )
        await self._work.session.execute(
            account.on_conflict_do_update(
                index_elements=[MemberAccount.channel, MemberAccount.user_id],
                set_={"member_id": member.id},
            )
        )
        return member

    async def make_sign_in_link(self, member_id: int) -> str:
        """A token that opens the desk once, within twelve hours. Only its hash is kept."""
        token = secrets.token_urlsafe(24)
        self._work.session.add(
            SignInLink(
                token_sha256=hashed(token),
                member_id=member_id,
                expires_at=self._work.now + LINK_LIVES,
            )
        )
        await self._work.session.flush()
        self._work.audit.note("system", "sign-in link", f"member:{member_id}")
        return token

    async def sign_in(self, token: str) -> str:
        """Uses the link up and returns the session's token. Raises `NotYours`."""
        member_id = await self._work.session.scalar(
            update(SignInLink)
            .where(
                SignInLink.token_sha256 == hashed(token),
                SignInLink.used_at.is_(None),
                SignInLink.expires_at > self._work.now,
            )
            .values(used_at=self._work.now)
            .returning(SignInLink.member_id)
        )
        if member_id is None:
            raise NotYours
        await self.get(member_id)
        session_token = secrets.token_urlsafe(32)
        self._work.session.add(
            DeskSession(
                token_sha256=hashed(session_token),
                member_id=member_id,
                created_at=self._work.now,
                expires_at=self._work.now + SESSION_LIVES,
            )
        )
        self._work.audit.note(f"member:{member_id}", "signed in", "desk")
        return session_token

    async def member_of_session(self, session_token: str) -> Member:
        """Raises `NotYours` when the session ended, the member left or lost the desk."""
        member_id = await self._work.session.scalar(
            select(DeskSession.member_id).where(
                DeskSession.token_sha256 == hashed(session_token),
                DeskSession.ended_at.is_(None),
                DeskSession.expires_at > self._work.now,
            )
        )
        member = await self.get(member_id) if member_id is not None else None
        if member is None or not member.desk:
            raise NotYours
        return member

    async def sign_out(self, session_token: str) -> None:
        member_id = await self._work.session.scalar(
            update(DeskSession)
            .where(
                DeskSession.token_sha256 == hashed(session_token), DeskSession.ended_at.is_(None)
            )
            .values(ended_at=self._work.now)
            .returning(DeskSession.member_id)
        )
        if member_id is not None:
            self._work.audit.note(f"member:{member_id}", "signed out", "desk")
