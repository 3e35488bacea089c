"""The outbox: everything that is to be said, kept until it is settled.

Handlers and notices add rows; only delivery takes them out. Rows of one queue (an address and
a lane) leave in the order they were added.
"""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, bindparam, cast, desc, func, select, text, update
from sqlalchemy.dialects.postgresql import JSONB

from services.debt_hours import debt_hours_now
from services.erased import ERASED
from services.messaging.types import PHONE, Address, Kind, Outbound
from services.nights import nights_now
from services.tables import Outgoing, Topic

if TYPE_CHECKING:
    from services.tables import Room
    from services.work import Work


# Written in SQL: to build it anew for each word said costs more than to run it.
ADD = text(
    """
    INSERT INTO outbox (channel, chat, topic, queue, kind, priority, body, reaction, room_id,
                        thread_id, message_id, reply_to_message, replaces_message, withdraws,
                        renames, also, contact_id, notice_id, replaces_row, nonce, created_at,
                        not_before)
    VALUES (:channel, :chat, :topic, :queue, :kind, :priority, :body, :reaction, :room_id,
            :thread_id, :message_id, :reply_to_message, :replaces_message, :withdraws,
            :renames, :also, :contact_id, :notice_id, :replaces_row, :nonce, :created_at,
            :not_before)
    RETURNING id
    """
).bindparams(bindparam("body", type_=JSONB), bindparam("also", type_=JSONB))
TO_NOBODY = text(  # whoever was erased is in no messenger any more
    """
    UPDATE outbox SET state = 'refused', reason = 'blocked', settled_at = :now, body = '{}'
    WHERE id = :id
    """
)
PARKED = text(
    """
    SELECT o.channel, count(*) FROM notices n JOIN outbox o ON o.notice_id = n.id
    WHERE n.state = 'going' AND n.not_before <= :now
      AND (NOT n.quiet OR n.zone = ANY(CAST(:awake AS text[])))
      AND (n.guard <> 'debt' OR n.zone = ANY(CAST(:decent AS text[])))
      AND o.state = 'parked' AND o.not_before <= :now
    GROUP BY o.channel
    """
)
NEXT_PARKED = text(
    """
    SELECT min(greatest(o.not_before, n.not_before)) FROM notices n CROSS JOIN LATERAL (
        SELECT p.not_before FROM outbox p
        WHERE p.notice_id = n.id AND p.state = 'parked'
          AND (n.not_before > :now OR p.not_before > :now)
        ORDER BY p.not_before LIMIT 1) o
    WHERE n.state = 'going'
    """
)


@dataclass(frozen=True)
class About:
    """What a row carries along, all optional: see `tables.Outgoing`."""

    thread_id: int | None = None
    message_id: int | None = None
    reply_to_message: int | None = None
    replaces_message: int | None = None
    contact_id: int | None = None
    notice_id: int | None = None
    replaces_row: int | None = None
    not_before: datetime | None = None
    reaction: str = ""
    withdraws: bool = False
    renames: bool = False
    also: tuple[int, ...] = ()
    apart: str = ""  # the name of a queue of its own there: it waits for nobody, nobody for it


class Outbox:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def say(
        self, to: Address, what: Outbound, kind: Kind = Kind.REPLY, about: About | None = None
    ) -> int:
        """To a person. Returns the row's id. What is for somebody who was erased leaves for nobody:
        it is refused where it stands."""
        about = about or About()
        queue = f"{to.chat}|{to.topic or ''}|{about.apart or kind.lane}"
        return await self._add(to, queue, what, kind, about)

    async def recent_group_calls(self, channel: str, since: datetime) -> list[tuple[str, datetime]]:
        """Posts and new topics in staff groups since then, oldest first."""
        posts = select(Outgoing.chat, Outgoing.settled_at.label("at")).where(
            Outgoing.channel == channel,
            Outgoing.room_id.is_not(None),
            Outgoing.settled_at > since,
            Outgoing.reaction == "",
        )
        topics = select(Topic.chat, Topic.opened_at).where(
            Topic.channel == channel, Topic.opened_at > since
        )
        found = await self._work.session.execute(posts.union_all(topics))
        return sorted(((chat, at) for chat, at in found if at), key=lambda call: call[1])

    async def post(
        self,
        room: Room,
        what: Outbound,
        kind: Kind = Kind.RELAY,
        about: About | None = None,
        *,
        thread_id: int | None = None,
        topic: str | None = None,
    ) -> int | None:
        """Into a staff room, under a thread (delivery finds its topic), a topic, or in General.
        The desk in the browser shows threads themselves: nothing is sent there."""
        if room.channel == "desk":
            return None
        to = Address(channel=room.channel, chat=room.chat, topic=topic)
        place = f"thread {thread_id}" if thread_id else (topic or "")
        if about and about.reaction:  # a mark waits for nobody, and nobody for a mark
            place = f"mark {about.reply_to_message}"
        elif about and about.renames:
            place = f"name {thread_id}"
        queue = f"{room.chat}|{place}|{kind.lane}"
        about = replace(about or About(), thread_id=thread_id)
        return await self._add(to, queue, what, kind, about, room_id=room.id)

    async def _add(
        self,
        to: Address,
        queue: str,
        what: Outbound,
        kind: Kind,
        about: About,
        *,
        room_id: int | None = None,
    ) -> int:
        await self._work.session.flush()  # what it points at
        row_id = await self._work.session.scalar(
            ADD,
            {
                "channel": to.channel,
                "chat": to.chat,
                "topic": to.topic or "",
                "queue": queue,
                "kind": kind,
                "priority": kind.priority,
                "body": as_body(what),
                "reaction": about.reaction,
                "room_id": room_id,
                "thread_id": about.thread_id,
                "message_id": about.message_id,
                "reply_to_message": about.reply_to_message,
                "replaces_message": about.replaces_message,
                "withdraws": about.withdraws,
                "renames": about.renames,
                "also": list(about.also),
                "contact_id": about.contact_id,
                "notice_id": about.notice_id,
                "replaces_row": about.replaces_row,
                "nonce": secrets.randbits(31),
                "created_at": self._work.now,
                "not_before": about.not_before or self._work.now,
            },
        )
        assert row_id is not None
        if room_id is None and to.chat.startswith(ERASED):
            await self._work.session.execute(TO_NOBODY, {"id": row_id, "now": self._work.now})
            return int(row_id)
        # What nobody sends is put before the room by a chore.
        self._work.ring("chores" if to.channel == PHONE else f"outbox:{to.channel}")
        return int(row_id)

    async def show_again(self, row_id: int, what: Outbound) -> int:
        """New words in the place where a row stands or is to stand: a row that waits gets them,
        one that left is replaced by another. Returns the id of the row to name next time. What
        never arrived, or cannot be changed there any more, is said anew."""
        await self._work.session.flush()
        rows = list(
            await self._work.session.scalars(
                select(Outgoing)
                .where((Outgoing.id == row_id) | (Outgoing.replaces_row == row_id))
                .order_by(Outgoing.id)
                .with_for_update()
                .execution_options(populate_existing=True)
            )
        )
        if not rows:
            raise ValueError(f"there is no row {row_id}")
        first, last = rows[0], rows[-1]
        if last.state == "waiting" and not last.unsure:
            last.body = as_body(what)
            await self._work.session.flush()
            self._work.ring(f"outbox:{last.channel}")
            return row_id
        stands = None
        if last.state not in ("refused", "dropped"):
            sent = [row for row in rows if row.state == "sent"]
            on_its_way = [first] if first.state in ("waiting", "sending") else []
            stands = next(reversed(on_its_way + sent), None)
        about = About(
            thread_id=first.thread_id,
            contact_id=first.contact_id,
            replaces_row=stands.id if stands else None,
        )
        to = Address(channel=first.channel, chat=first.chat, topic=first.topic or None)
        kind = Kind(first.kind)
        added = await self._add(to, first.queue, what, kind, about, room_id=first.room_id)
        return stands.id if stands else added

    async def stands_as(self, row_id: int) -> str | None:
        """The messenger's id of the post that a row became."""
        ids = await self._work.session.scalar(
            select(Outgoing.external_ids).where(Outgoing.id == row_id)
        )
        return str(ids[0]) if ids else None

    async def last_way(self, message_id: int) -> Outgoing | None:
        """The row by which a message was last sent to a person, whatever became of it."""
        return await self._work.session.scalar(
            select(Outgoing)
            .where(Outgoing.message_id == message_id, Outgoing.room_id.is_(None))
            .order_by(desc(Outgoing.id))
            .limit(1)
        )

    async def mark_read(self, channel: str, chat: str, upto: int) -> list[int]:
        """The person has read up to that id there. Returns the messages it was not known of."""
        read = await self._work.session.execute(
            update(Outgoing)
            .where(
                Outgoing.channel == channel,
                Outgoing.channel.in_(("web", "vk")),
                Outgoing.chat == chat,
                Outgoing.message_id.is_not(None),
                Outgoing.state == "sent",
                Outgoing.delivered_at.is_(None),
                cast(Outgoing.external_ids[0].astext, BigInteger) <= upto,
            )
            .values(delivered_at=self._work.now)
            .returning(Outgoing.message_id, Outgoing.thread_id)
        )
        rows = list(read)
        for thread_id in {row.thread_id for row in rows if row.thread_id}:
            self._work.ring(f"thread:{thread_id}")
        return sorted({row.message_id for row in rows})

    async def sent_to_people(self, message_id: int) -> list[Outgoing]:
        """The rows by which a message went or goes to people, without what changed it."""
        rows = await self._work.session.scalars(
            select(Outgoing).where(
                Outgoing.message_id == message_id,
                Outgoing.room_id.is_(None),
                Outgoing.state.in_(("waiting", "sending", "sent", "unknown")),
            )
        )
        return list(rows)

    async def next_due_in(self) -> float | None:
        """Seconds until the next row that waits for its moment is due; None: there is none."""
        dues = [
            await self._work.session.scalar(
                select(func.min(Outgoing.not_before)).where(
                    Outgoing.state == "waiting", Outgoing.channel != PHONE
                )
            ),
            await self._work.session.scalar(NEXT_PARKED, {"now": self._work.now}),
        ]
        return min(
            ((due - self._work.now).total_seconds() for due in dues if due is not None),
            default=None,
        )

    async def count_waiting(self) -> dict[str, int]:
        """Rows not settled yet, by channel, and the parts of notices that may leave by now. What
        waits for a member to call is not stuck."""
        found = await self._work.session.execute(
            select(Outgoing.channel, func.count())
            .where(Outgoing.state.in_(("waiting", "sending")), Outgoing.channel != PHONE)
            .group_by(Outgoing.channel)
        )
        waiting = Counter({row[0]: row[1] for row in found})
        nights = await nights_now(self._work)
        hours = await debt_hours_now(self._work, nights.known)
        parked = await self._work.session.execute(
            PARKED, {"now": self._work.now, "awake": nights.awake, "decent": hours.decent}
        )
        waiting.update({row[0]: row[1] for row in parked})
        return dict(waiting)


def as_body(what: Outbound) -> dict[str, Any]:
    return what.model_dump(mode="json", exclude_defaults=True)
