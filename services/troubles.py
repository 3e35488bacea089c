"""Troubles of the program itself that an admin must hear of: once when one begins, once when it is
over, however many processes look.

What is known of each is kept in `said_once`: `on` since it was told, `calm` since it was first
seen to be over, `off` since that was told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from sqlalchemy import and_, delete, desc, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from services.messaging.types import PHONE, Address
from services.tables import (
    Contact,
    Heard,
    Member,
    MemberAccount,
    Outgoing,
    Room,
    SaidOnce,
)

if TYPE_CHECKING:
    from services.work import Work

QUEUE_AGES = timedelta(minutes=10)
CALM = timedelta(minutes=10)  # what comes and goes is one trouble
SELDOM = timedelta(hours=1)  # between two words of the same trouble
TALK = ("alarm", "reply", "relay")  # what somebody waits for just now

Kind = Literal["aside", "inbox", "queue", "channel", "disk", "erasing"]


@dataclass(frozen=True)
class Trouble:
    """`about`: the channel, or the machine. `since`: when it began, as far as known. `newest`: the
    last thing that happened of it, which is worth another word. `number`: that of its fault."""

    kind: Kind
    about: str = ""
    since: datetime | None = None
    newest: datetime | None = None
    count: int = 0
    number: str = ""
    refused: bool = False  # the messenger does not let us in; `why` is its own word
    why: str = ""
    free: int = 0  # bytes on the disk
    folder: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind} {self.about}".strip()


class Troubles:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def find(self) -> list[Trouble]:
        """Those that the tables show."""
        found = [
            await self._set_aside(),
            await self._unhandled(),
            *await self._unsent(),
            await self._not_erased(),
        ]
        return [each for each in found if each is not None]

    async def _set_aside(self) -> Trouble | None:
        rows = await self._work.inbox.list_set_aside(1)
        if not rows:
            return None
        count = await self._work.inbox.count_set_aside()
        newest = max(rows[0].handled_at or rows[0].received_at, rows[0].received_at)
        return Trouble("aside", newest=newest, count=count, number=rows[0].fault or "")

    async def _unhandled(self) -> Trouble | None:
        before = self._work.now - QUEUE_AGES
        found = await self._work.session.execute(
            select(func.min(Heard.ready_at), func.count()).where(
                Heard.state == "waiting", Heard.ready_at < before
            )
        )
        since, count = found.one()
        return Trouble("inbox", since=since, count=count) if count else None

    async def _unsent(self) -> list[Trouble]:
        """What waits for a group that does not let us write is told of with the group."""
        before = self._work.now - QUEUE_AGES
        mute = select(Room.id).where(Room.trouble == "mute")
        rows = await self._work.session.execute(
            select(Outgoing.channel, func.min(Outgoing.not_before), func.count())
            .where(
                Outgoing.state.in_(("waiting", "sending")),
                Outgoing.kind.in_(TALK),
                Outgoing.not_before < before,
                Outgoing.channel != PHONE,
                or_(Outgoing.room_id.is_(None), Outgoing.room_id.not_in(mute)),
            )
            .group_by(Outgoing.channel)
            .order_by(Outgoing.channel)
        )
        return [Trouble("queue", channel, since, count=count) for channel, since, count in rows]

    async def _not_erased(self) -> Trouble | None:
        """The term of somebody who asked for it is about to end. `since`: when it does."""
        count, ends = await self._work.erasing.late()
        return Trouble("erasing", since=ends, count=count) if count else None

    async def ages(self) -> dict[str, float]:
        """Seconds that the oldest row of each queue is late, of what somebody waits for."""
        now, waits = self._work.now, Outgoing.state.in_(("waiting", "sending"))
        heard = select(func.min(Heard.ready_at)).where(
            Heard.state == "waiting", Heard.ready_at < now
        )
        oldest = {"inbox": await self._work.session.scalar(heard)}
        rows = await self._work.session.execute(
            select(Outgoing.channel, func.min(Outgoing.not_before))
            .where(waits, Outgoing.kind.in_(TALK), Outgoing.not_before < now)
            .group_by(Outgoing.channel)
        )
        oldest |= {f"outbox {channel}": since for channel, since in rows}
        return {queue: (now - since).total_seconds() for queue, since in oldest.items() if since}

    async def settle(
        self, found: Sequence[Trouble], judges: Callable[[str], bool]
    ) -> tuple[list[Trouble], list[str]]:
        """Those to tell of, and the keys of those that are over. `judges` says of a key whether
        this process would have found it."""
        on = await self._marks("on")
        told = [each for each in found if await self._begin(each, on.get(each.key))]
        gone = on.keys() - {each.key for each in found}
        over = [key for key in sorted(gone) if judges(key) and await self._end(key)]
        return told, over

    async def down(self) -> set[str]:
        """Channels that were told to be out of reach."""
        return {key.split()[1] for key in await self._marks("on") if key.startswith("channel ")}

    async def _begin(self, trouble: Trouble, told_at: datetime | None) -> bool:
        now, session = self._work.now, self._work.session
        await session.execute(
            delete(SaidOnce).where(SaidOnce.key == mark("calm", trouble.key))
        )  # fmt: skip
        if told_at is not None:
            if trouble.newest is None or trouble.newest <= told_at or told_at > now - SELDOM:
                return False
            again = update(SaidOnce).where(
                SaidOnce.key == mark("on", trouble.key), SaidOnce.at == told_at
            )
            found = await session.execute(again.values(at=now).returning(SaidOnce.key))
            return found.first() is not None
        lately = select(SaidOnce.key).where(
            SaidOnce.key == mark("off", trouble.key), SaidOnce.at > now - SELDOM
        )
        if await session.scalar(lately):
            return False
        return await self._put("on", trouble.key)

    async def _end(self, key: str) -> bool:
        now, session = self._work.now, self._work.session
        calm_since = await session.scalar(
            select(SaidOnce.at).where(SaidOnce.key == mark("calm", key))
        )
        if calm_since is None:
            await self._put("calm", key)
            return False
        if calm_since > now - CALM:
            return False
        marks = (mark("on", key), mark("calm", key), mark("off", key))
        gone = await session.execute(
            delete(SaidOnce).where(SaidOnce.key.in_(marks)).returning(SaidOnce.key)
        )
        if marks[0] not in set(gone.scalars()):
            return False
        await self._put("off", key)
        return True

    async def _put(self, what: str, key: str) -> bool:
        """False where it stands there already."""
        row = insert(SaidOnce).values(key=mark(what, key), at=self._work.now)
        made = await self._work.session.execute(
            row.on_conflict_do_nothing().returning(SaidOnce.key)
        )
        return made.first() is not None

    async def _marks(self, what: str) -> dict[str, datetime]:
        start = mark(what, "")
        rows = await self._work.session.execute(
            select(SaidOnce.key, SaidOnce.at).where(SaidOnce.key.startswith(start))
        )
        return {key.removeprefix(start): at for key, at in rows}

    async def where_admins_read(self) -> list[Address]:
        """Each admin's private chat in the messenger they wrote in last, of those that work; the
        desk where there is none."""
        down = await self.down()
        admins = await self._work.session.scalars(
            select(Member)
            .where(or_(Member.role == "admin", Member.granted), Member.withdrawn_at.is_(None))
            .order_by(Member.id)
        )
        rooms = await self._work.rooms.every()
        found: list[Address] = []
        for admin in admins:
            contact = await self._work.session.scalar(
                select(Contact)
                .join(
                    MemberAccount,
                    and_(
                        MemberAccount.channel == Contact.channel,
                        MemberAccount.user_id == Contact.user_id,
                    ),
                )
                .where(
                    MemberAccount.member_id == admin.id,
                    Contact.unreachable_since.is_(None),
                    Contact.channel.not_in(down),
                )
                .order_by(desc(Contact.last_heard_at), Contact.id)
                .limit(1)
            )
            if contact is not None:
                found.append(Address(channel=contact.channel, chat=contact.chat))
            elif admin.desk and rooms:
                topic = f"room {rooms[0].code}"
                found.append(Address(channel="desk", chat=str(admin.id), topic=topic))
        return found


def mark(what: str, key: str) -> str:
    return f"trouble {what} {key}"
