"""What is to be said and has not left yet: put together, changed, or not said after all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, desc, or_, select, update

from services.messaging.outbox import About, as_body
from services.messaging.types import Kind, Outbound
from services.tables import Outgoing

if TYPE_CHECKING:
    from services.tables import Room
    from services.work import Work


RENAMED_AFTER = timedelta(seconds=3)


@dataclass(frozen=True)
class Post:
    """A row for a room that has not left yet, locked. `message_ids` are what it is made of."""

    id: int
    message_ids: list[int]
    created_at: datetime
    not_before: datetime


class Unsent:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def last_waiting(self, room: Room, thread_id: int) -> Post | None:
        """The newest row of the thread in this room, if it waits and more may be put into it."""
        queue = f"{room.chat}|thread {thread_id}|{Kind.RELAY.lane}"
        newest = (
            select(Outgoing.id)
            .where(Outgoing.channel == room.channel, Outgoing.queue == queue)
            .where(Outgoing.state.in_(("waiting", "sending")))
            .order_by(desc(Outgoing.id))
            .limit(1)
            .scalar_subquery()
        )
        return await self._lock(
            Outgoing.id == newest,
            Outgoing.reply_to_message.is_(None),
            Outgoing.replaces_message.is_(None),
            Outgoing.reaction == "",
        )

    async def waiting_with(self, message_id: int, room: Room) -> Post | None:
        """The row that takes a message into a room, while it waits."""
        return await self._lock(
            or_(Outgoing.message_id == message_id, Outgoing.also.contains([message_id])),
            Outgoing.room_id == room.id,
            Outgoing.replaces_message.is_(None),
            Outgoing.reaction == "",
        )

    async def _lock(self, *where: ColumnElement[bool]) -> Post | None:
        found = await self._work.session.execute(
            select(
                Outgoing.id,
                Outgoing.message_id,
                Outgoing.also,
                Outgoing.created_at,
                Outgoing.not_before,
            )
            .where(
                *where,
                Outgoing.state == "waiting",
                Outgoing.message_id.is_not(None),
                Outgoing.unsure == 0,  # else it may stand there already, as it is
            )
            .limit(1)
            .with_for_update()
        )
        row = found.first()
        if row is None:
            return None
        return Post(row.id, [row.message_id, *row.also], row.created_at, row.not_before)

    async def goes_to(self, room: Room, message_id: int) -> bool:
        """Whether a message stands in this room, or is on its way there."""
        found = await self._work.session.scalar(
            select(Outgoing.id)
            .where(
                or_(Outgoing.message_id == message_id, Outgoing.also.contains([message_id])),
                Outgoing.room_id == room.id,
                Outgoing.replaces_message.is_(None),
                Outgoing.reaction == "",
                Outgoing.state.in_(("waiting", "sending", "sent", "unknown")),
            )
            .limit(1)
        )
        return found is not None

    async def rewrite(
        self,
        post: Post,
        what: Outbound,
        *,
        also: int | None = None,
        not_before: datetime | None = None,
    ) -> None:
        """New words for what has not left; `also`: one more message is in it now."""
        ids = [*post.message_ids[1:], *([also] if also else [])]
        found = await self._work.session.execute(
            update(Outgoing)
            .where(Outgoing.id == post.id)
            .values(body=as_body(what), also=ids, not_before=not_before or Outgoing.not_before)
            .returning(Outgoing.channel)
        )
        self._work.ring(f"outbox:{found.scalar_one()}")

    async def post_change(
        self, room: Room, what: Outbound, about: About, *, thread_id: int | None
    ) -> None:
        """Changes what stands in a room. Changes that wait are one."""
        if room.channel == "desk":
            return
        changed = await self._work.session.execute(
            update(Outgoing)
            .where(
                Outgoing.replaces_message == about.replaces_message,
                Outgoing.room_id == room.id,
                Outgoing.state == "waiting",
            )
            .values(body=as_body(what))
            .returning(Outgoing.id)
        )
        if changed.first() is None:
            await self._work.outbox.post(room, what, Kind.RELAY, about, thread_id=thread_id)

    async def post_name(self, room: Room, thread_id: int) -> None:
        """The thread's topic gets the name that fits by then. Several such changes are one."""
        if room.channel == "desk" or not room.has_topics:
            return
        waiting = await self._work.session.scalar(
            select(Outgoing.id)
            .where(
                Outgoing.thread_id == thread_id,
                Outgoing.room_id == room.id,
                Outgoing.renames,
                Outgoing.state == "waiting",
            )
            .limit(1)
        )
        if waiting is None:
            about = About(renames=True, not_before=self._work.now + RENAMED_AFTER)
            await self._work.outbox.post(room, Outbound(), Kind.NOTICE, about, thread_id=thread_id)

    async def change_waiting(self, message_id: int, what: Outbound) -> bool:
        """Puts new words into the row that takes a message to a person and has not left yet. False
        when none waits, so that an edit must be sent."""
        changed = await self._work.session.execute(
            update(Outgoing)
            .where(
                Outgoing.message_id == message_id,
                Outgoing.room_id.is_(None),
                Outgoing.state == "waiting",
                Outgoing.unsure == 0,  # else the old words may stand there already
            )
            .values(body=as_body(what))
            .returning(Outgoing.channel)
        )
        channels = set(changed.scalars())
        for channel in channels:
            self._work.ring(f"outbox:{channel}")  # a claim may have passed the row by
        return bool(channels)

    async def drop_waiting(self, message_id: int) -> bool:
        """What has not left for a person does not leave. False when there was none."""
        dropped = await self._work.session.execute(
            update(Outgoing)
            .where(
                Outgoing.message_id == message_id,
                Outgoing.room_id.is_(None),
                Outgoing.state == "waiting",
                Outgoing.unsure == 0,
            )
            .values(state="dropped", settled_at=self._work.now)
            .returning(Outgoing.id)
        )
        return dropped.first() is not None

    async def drop_posts(self, room: Room, thread_id: int) -> bool:
        """What waits for a thread's place in a room does not leave. False when something of it
        stands there or is on its way."""
        rows = list(
            await self._work.session.scalars(
                select(Outgoing)
                .where(
                    Outgoing.thread_id == thread_id,
                    Outgoing.room_id == room.id,
                    Outgoing.state != "dropped",
                    ~Outgoing.renames,
                )
                .with_for_update()
            )
        )
        if any(row.state != "waiting" or row.unsure for row in rows):
            return False
        for row in rows:
            row.state, row.settled_at = "dropped", self._work.now
        return True

    async def drop_marks(self, message_id: int) -> None:
        """Marks on a message that have not left and say what is no longer so."""
        await self._work.session.execute(
            update(Outgoing)
            .where(
                Outgoing.reply_to_message == message_id,
                Outgoing.reaction != "",
                Outgoing.state == "waiting",
            )
            .values(state="dropped", settled_at=self._work.now)
        )
