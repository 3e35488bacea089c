"""Residents without a messenger: what they are to be told waits until a member calls them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, Text, and_, cast, func, literal, select, update
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.access import AsMember, threads_of
from services.errors import AlreadySo, NotYours
from services.messaging.types import PHONE, Outbound
from services.tables import Call, Contact, Outgoing, Resident, Thread, Ticket

if TYPE_CHECKING:
    from services.work import Work

AT_MOST = 200


@dataclass(frozen=True)
class Said:
    """One thing to tell. `withdraws`: an earlier word is taken back."""

    message_id: int | None
    what: Outbound
    kind: str
    corrects: bool
    withdraws: bool


@dataclass(frozen=True)
class ToCall:
    """A resident somebody should call, in the list of a room."""

    call: Call
    thread: Thread
    ticket: Ticket | None
    resident: Resident
    phone: str


def phone_of(contact: Contact) -> str:
    """The number as it is dialled; empty where there is none."""
    return "" if contact.user_id.startswith("visit-") else f"+{contact.user_id}"


class Calls:
    """Rows of the outbox for the channel `PHONE` are taken by no messenger. Each thread that has
    some has one open `Call`, which the room is shown."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def to_call(self, viewer: AsMember) -> list[ToCall]:
        """The member's rooms, who waits longest first."""
        rows = await self._work.session.execute(
            select(Call, Thread, Ticket, Resident, Contact)
            .join(Thread, Call.thread_id == Thread.id)
            .outerjoin(Ticket, Ticket.thread_id == Thread.id)
            .join(Resident, Thread.resident_id == Resident.id)
            .join(Contact, Thread.contact_id == Contact.id)
            .where(Call.settled_at.is_(None), threads_of(viewer))
            .order_by(Call.asked_at, Call.id)
            .limit(AT_MOST)
        )
        return [
            ToCall(call, thread, ticket, resident, phone_of(contact))
            for call, thread, ticket, resident, contact in rows
        ]

    async def of_thread(self, thread_id: int, *, lock: bool = False) -> Call | None:
        """The open one."""
        find = select(Call).where(Call.thread_id == thread_id, Call.settled_at.is_(None))
        return await self._work.session.scalar(find.with_for_update() if lock else find)

    async def get(self, viewer: AsMember, call_id: int) -> tuple[Call, Thread]:
        """Locked, the thread first. Raises `NotYours`, `AlreadySo` for one that is over."""
        call = await self._work.session.get(Call, call_id)
        if call is None:
            raise NotYours
        thread = await self._work.threads.get(viewer, call.thread_id, lock=True)
        await self._work.session.refresh(call, with_for_update=True)
        if call.settled_at is not None:
            raise AlreadySo
        return call, thread

    async def said(self, thread_id: int) -> list[Said]:
        """What waits to be told, in order."""
        rows = await self._work.session.scalars(
            select(Outgoing)
            .where(*self._waiting(), Outgoing.thread_id == thread_id)
            .order_by(Outgoing.id)
        )
        return [
            Said(
                row.message_id,
                Outbound.model_validate(row.body),
                row.kind,
                row.replaces_message is not None,
                row.withdraws,
            )
            for row in rows
        ]

    async def settle(self, viewer: AsMember, call: Call) -> list[int]:
        """«Дозвонились»: all of it was told. Returns the members' messages among it."""
        told = await self._work.session.execute(
            update(Outgoing)
            .where(*self._waiting(), Outgoing.thread_id == call.thread_id)
            .values(state="sent", settled_at=self._work.now, attempts=Outgoing.attempts + 1)
            .returning(Outgoing.message_id)
        )
        ids = [message_id for message_id in told.scalars() if message_id is not None]
        self._end(call)
        call.member_id = viewer.member_id
        await self._note(viewer, call, "called")
        return ids

    async def note_try(self, viewer: AsMember, call: Call) -> None:
        """«Не дозвонились»."""
        call.tries += 1
        call.tried_at, call.member_id = self._work.now, viewer.member_id
        await self._note(viewer, call, "not reached")

    async def _note(self, viewer: AsMember, call: Call, what: str) -> None:
        ticket = await self._work.threads.ticket(call.thread_id)
        if ticket is not None:
            self._work.tickets.note(ticket, what, None, None, member_id=viewer.member_id)
        self._work.audit.note(viewer.name, what, f"thread:{call.thread_id}")
        await self._work.session.flush()
        self._work.ring(f"thread:{call.thread_id}")

    # What the room is not told yet.

    async def find_changed(self) -> list[int]:
        """Threads with something to tell that no line in the room says, or with a line that says
        what is not so any more."""
        waiting = self._digests().subquery()
        is_open = Call.settled_at.is_(None)
        found = await self._work.session.scalars(
            select(waiting.c.thread_id)
            .outerjoin(Call, and_(Call.thread_id == waiting.c.thread_id, is_open))
            .where(Call.digest.is_distinct_from(waiting.c.digest))
            .union_all(
                select(Call.thread_id)
                .outerjoin(waiting, Call.thread_id == waiting.c.thread_id)
                .where(is_open, waiting.c.thread_id.is_(None))
            )
            .limit(AT_MOST)
        )
        return list(found)

    async def claim(self, thread_id: int) -> tuple[Thread, Call | None, str] | None:
        """The thread, locked, its open call and the digest of what waits now; None when another
        process was quicker."""
        thread = await self._work.session.scalar(
            select(Thread).where(Thread.id == thread_id).with_for_update(skip_locked=True)
        )
        if thread is None:
            return None
        call = await self.of_thread(thread_id, lock=True)
        digest = await self._work.session.scalar(
            select(self._digests(thread_id).subquery().c.digest)
        )
        if (call.digest if call else None) == digest:
            return None
        return thread, call, digest or ""

    async def ask(self, thread: Thread, line_id: int, digest: str) -> Call:
        call = Call(thread_id=thread.id, message_id=line_id, digest=digest, asked_at=self._work.now)
        self._work.session.add(call)
        await self._work.session.flush()
        return call

    async def change(self, call: Call, digest: str) -> None:
        """The line says now what the digest is of; empty: there is nothing to tell any more."""
        call.digest = digest
        if not digest:
            self._end(call)
        await self._work.session.flush()

    def _end(self, call: Call) -> None:
        call.settled_at = self._work.now

    def _digests(self, thread_id: int | None = None) -> Select[Any]:
        """Of each thread's words that wait, so that any change of them shows."""
        words = cast(Outgoing.id, Text).concat(cast(Outgoing.body, Text))
        find = (
            select(
                Outgoing.thread_id,
                func.md5(
                    func.string_agg(words, aggregate_order_by(literal(","), Outgoing.id))
                ).label("digest"),
            )
            .where(*self._waiting())
            .group_by(Outgoing.thread_id)
        )
        return find if thread_id is None else find.where(Outgoing.thread_id == thread_id)

    def _waiting(self) -> tuple[ColumnElement[bool], ...]:
        return (
            Outgoing.channel == PHONE,
            Outgoing.state == "waiting",
            Outgoing.thread_id.is_not(None),
            Outgoing.not_before <= self._work.now,
        )
