"""The desk: what a member sees of the threads in their rooms, whatever messenger they came by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, and_, cast, desc, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from services.access import AsMember, shown_in, threads_of
from services.tables import (
    Contact,
    Message,
    Outgoing,
    Resident,
    Room,
    StoredFile,
    Thread,
    ThreadSeen,
    Ticket,
    WebPost,
)

if TYPE_CHECKING:
    from services.work import Work

PAGE = 100


@dataclass(frozen=True)
class Line:
    """A thread in the list."""

    thread: Thread
    ticket: Ticket | None
    room: Room
    resident: Resident
    contact: Contact
    unread: int


@dataclass(frozen=True)
class Delivered:
    """What became of a message on its way to the resident."""

    state: str  # waiting, sent, delivered, read, refused, unknown
    why: str
    blocked: bool = False  # the resident gets nothing there any more
    channel: str = ""


class Desk:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def threads(
        self,
        viewer: AsMember,
        *,
        room: str = "",
        state: str = "open",
        before: datetime | None = None,
        thread_id: int | None = None,
    ) -> list[Line]:
        """Threads of the member's rooms, the latest talk first, at most a page."""
        unread = (
            select(func.count())
            .select_from(Message)
            .where(
                Message.thread_id == Thread.id,
                Message.by == "resident",
                Message.id > func.coalesce(ThreadSeen.upto, 0),
            )
            .scalar_subquery()
        )
        find = (
            select(Thread, Ticket, Room, Resident, Contact, unread)
            .join(Room, Thread.room_id == Room.id)
            .join(Resident, Thread.resident_id == Resident.id)
            .join(Contact, Thread.contact_id == Contact.id)
            .outerjoin(Ticket, Ticket.thread_id == Thread.id)
            .outerjoin(
                ThreadSeen,
                and_(ThreadSeen.thread_id == Thread.id, ThreadSeen.member_id == viewer.member_id),
            )
            .order_by(desc(Thread.last_at), desc(Thread.id))
            .limit(PAGE)
        )
        if thread_id is not None:
            find = find.where(Thread.id == thread_id)
        else:
            find = find.where(Thread.state == state)
        find = find.where(threads_of(viewer))
        if room:
            find = find.where(shown_in([room]))
        if before is not None:
            find = find.where(Thread.last_at < before)
        rows = await self._work.session.execute(find)
        return [Line(*row) for row in rows]

    async def mark_seen(self, viewer: AsMember, thread_id: int, upto: int) -> None:
        await self._work.threads.get(viewer, thread_id)
        row = insert(ThreadSeen).values(member_id=viewer.member_id, thread_id=thread_id, upto=upto)
        await self._work.session.execute(
            row.on_conflict_do_update(
                index_elements=[ThreadSeen.member_id, ThreadSeen.thread_id],
                set_={"upto": func.greatest(ThreadSeen.upto, row.excluded.upto)},
            )
        )

    async def deliveries(self, message_ids: list[int]) -> dict[int, Delivered]:
        """What became of messages sent to residents. In a browser chat a message has arrived
        when the page has shown it, which may be told before the sending itself is settled."""
        if not message_ids:
            return {}
        rows = await self._work.session.execute(
            select(
                Outgoing.message_id, Outgoing.state, Outgoing.channel, Outgoing.why,
                or_(Outgoing.delivered_at.is_not(None), WebPost.seen_at.is_not(None)),
                Contact.unreachable_why, Outgoing.reason,
            )
            .outerjoin(
                WebPost,
                and_(
                    Outgoing.channel == "web",
                    WebPost.channel == "web",
                    WebPost.chat == Outgoing.chat,
                    WebPost.id == cast(Outgoing.external_ids[0].astext, BigInteger),
                ),
            )
            .outerjoin(Contact, Contact.id == Outgoing.contact_id)
            .where(
                Outgoing.message_id.in_(message_ids),
                Outgoing.room_id.is_(None),
                Outgoing.reaction == "",
            )
            .order_by(Outgoing.id)
        )  # fmt: skip
        found: dict[int, Delivered] = {}
        for message_id, state, channel, why, seen, unreachable_why, reason in rows:
            arrived = state == "sent" and (seen or channel != "web")
            name = "delivered" if arrived else {"sending": "waiting"}.get(state, state)
            if arrived and seen and channel != "web":
                name = "read"
            assert message_id is not None
            failed = name in ("refused", "unknown")
            blocked = name == "refused" and (reason == "blocked" or unreachable_why is not None)
            found[message_id] = Delivered(
                name, (why or "") if failed else "", blocked=blocked, channel=channel
            )
        return found

    async def shows_file(self, viewer: AsMember, file: StoredFile) -> bool:
        """Whether a file stands in a thread this member may see."""
        find = (
            select(Message.id)
            .join(Thread, Message.thread_id == Thread.id)
            .where(Message.attachments.contains([{"channel": file.channel, "handle": file.handle}]))
            .where(threads_of(viewer))
            .limit(1)
        )
        return await self._work.session.scalar(find) is not None
