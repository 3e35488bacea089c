"""Threads: conversations of residents with staff, and every message in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, desc, select

from services.access import AsMember, AsResident, Viewer, check_thread
from services.messaging.types import Address, Attachment, Inbound
from services.tables import Contact, Message, Room, Thread, Ticket

if TYPE_CHECKING:
    from services.work import Work

SNIPPET = 160
HIGHEST = 2**63 - 1


def is_held() -> ColumnElement[bool]:
    """A trainee's answer that nobody has let go."""
    return and_(Message.held_at.is_not(None), Message.released_by.is_(None))


class Threads:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def open(
        self, viewer: AsResident, room: Room, subject: str, *, home_id: int | None = None
    ) -> Thread:
        """`subject` becomes the topic's name: short, and nothing in it that a whole room may not
        read."""
        thread = Thread(
            resident_id=viewer.resident_id,
            contact_id=viewer.contact_id,
            room_id=room.id,
            home_id=home_id,
            subject=subject,
            state="open",
            opened_at=self._work.now,
            last_at=self._work.now,
            last_by="resident",
            last_text="",
        )
        self._work.session.add(thread)
        await self._work.session.flush()
        await self._work.dealing.deal(thread, room)
        return thread

    def name(self, thread: Thread, subject: str) -> None:
        thread.subject = subject[:120]

    async def has_messages(self, thread: Thread) -> bool:
        found = await self._work.session.scalar(
            select(Message.id).where(Message.thread_id == thread.id).limit(1)
        )
        return found is not None

    async def answer_at(self, thread: Thread, contact: Contact) -> None:
        """From now on the resident is answered in the messenger they wrote from."""
        thread.contact_id = contact.id
        await self._work.session.flush()

    async def get(self, viewer: Viewer, thread_id: int, *, lock: bool = False) -> Thread:
        """Raises `NotYours`."""
        find = select(Thread).where(Thread.id == thread_id)
        if lock:
            await self._work.session.flush()  # what was read before the lock may be old by now
            find = find.with_for_update().execution_options(populate_existing=True)
        thread = await self._work.session.scalar(find)
        rooms = await self._work.rooms.showing(thread) if thread else []
        return check_thread(viewer, thread, rooms)

    async def open_ones(self, viewer: AsResident) -> list[tuple[Thread, Ticket | None]]:
        """The resident's open threads, the latest talk first."""
        rows = await self._work.session.execute(
            select(Thread, Ticket)
            .outerjoin(Ticket, Ticket.thread_id == Thread.id)
            .where(Thread.resident_id == viewer.resident_id, Thread.state == "open")
            .order_by(desc(Thread.last_at))
            .limit(20)
        )
        return [(thread, ticket) for thread, ticket in rows]

    async def add(
        self,
        thread: Thread,
        by: str,
        author: str,
        inbound: Inbound | None,
        *,
        text: str | None = None,
        attachments: Sequence[Attachment] | None = None,
        member_id: int | None = None,
        reply_to: int | None = None,
        held: bool = False,
    ) -> Message:
        """Writes a message into a thread. Text and attachments are the inbound's unless given.
        The inbound's ids in its chat become copies of this message. `held`: an answer that does
        not leave yet, so the resident goes on waiting."""
        if text is None:
            text = inbound.text if inbound else ""
        if attachments is None:
            attachments = inbound.attachments if inbound else ()
        message = Message(
            thread_id=thread.id,
            by=by,
            author=author,
            member_id=member_id,
            text=text,
            attachments=[a.model_dump(mode="json", exclude_defaults=True) for a in attachments],
            reply_to=reply_to,
            at=self._work.now,
            earlier_texts=[],
            held_at=self._work.now if held else None,
        )
        self._work.session.add(message)
        await self._work.session.flush()
        await self._work.forgetting.hear_more(thread.id, by)
        if inbound and not inbound.pressed:
            await self.link(message.id, inbound)
        if by == "resident":
            self._work.tones.hear(thread, text)
        if by in ("resident", "member") and not held:
            self._said_last(thread, message)
        await self._work.session.flush()
        if by == "resident":
            await self._work.waiting.begin(thread, text, attachments)
        elif by == "member" and not held:
            await self._work.waiting.end(thread)
            if member_id is not None:
                await self._work.alarms.accept(thread.id, member_id)
        self._work.ring(f"thread:{thread.id}")
        return message

    def _said_last(self, thread: Thread, message: Message) -> None:
        thread.last_at = self._work.now
        thread.last_by = message.by
        thread.last_text = message.text[:SNIPPET]

    async def release(self, viewer: AsMember, thread: Thread, message: Message) -> None:
        """An answer that was held leaves now."""
        message.released_by = viewer.member_id
        self._said_last(thread, message)
        await self._work.session.flush()
        await self._work.waiting.end(thread)
        await self._work.alarms.accept(thread.id, viewer.member_id)
        self._work.ring(f"thread:{thread.id}")

    async def link(self, message_id: int, inbound: Inbound) -> None:
        """Makes a quote or an edit of what was heard find our message."""
        ids = inbound.parts or ((inbound.external_id,) if inbound.external_id else ())
        await self._work.copies.keep(message_id, inbound.address.channel, inbound.address.chat, ids)

    async def change(self, message_id: int, text: str) -> Message | None:
        """New words in place of the old, which are kept. None when nothing changed."""
        message = await self._work.session.get(Message, message_id, with_for_update=True)
        if message is None or message.text == text:
            return None
        message.earlier_texts = [*message.earlier_texts, message.text]
        message.text = text
        message.edited_at = self._work.now
        await self._work.session.flush()
        await self._work.forgetting.hear_more(message.thread_id, message.by)
        self._work.ring(f"thread:{message.thread_id}")
        return message

    async def last_answer(self, thread: Thread, member_id: int) -> Message | None:
        """What this member said last to the resident, taken back or not."""
        return await self._work.session.scalar(
            select(Message)
            .where(
                Message.thread_id == thread.id,
                Message.by == "member",
                Message.member_id == member_id,
            )
            .order_by(desc(Message.id))
            .limit(1)
        )

    async def withdraw(self, message: Message) -> None:
        """Taken back by the member who wrote it; the words stay for the company's own records."""
        message.withdrawn_at = self._work.now
        await self._work.session.flush()
        await self._work.waiting.begin_again(await self.of_message(message))
        self._work.ring(f"thread:{message.thread_id}")

    async def message(self, message_id: int) -> Message | None:
        return await self._work.session.get(Message, message_id)

    async def find_all(self, address: Address, external_id: str | None) -> list[Message]:
        """All that stands under this id: one thing said to many, or many folded into one post."""
        first = await self.find(address, external_id)
        if first is None or address.channel == "desk":
            return [first] if first else []
        ids = await self._work.copies.companions(address.channel, address.chat, first.id)
        found = [await self.message(each) for each in ids]
        return [message for message in found if message is not None]

    async def find(self, address: Address, external_id: str | None) -> Message | None:
        """The message that stands under this id in that chat; the desk names our own ids."""
        if address.channel == "desk":
            return await self.message(int(external_id)) if external_id else None
        message_id = await self._work.copies.find_message(
            address.channel, address.chat, external_id
        )
        return await self.message(message_id) if message_id else None

    async def close(self, thread: Thread) -> None:
        thread.state = "closed"
        thread.closed_at = self._work.now
        await self._work.promises.close(thread.id)
        await self._work.alarms.close(thread.id)
        await self._work.session.flush()
        await self._work.waiting.end(thread)
        self._work.ring(f"thread:{thread.id}")

    async def reopen(self, thread: Thread) -> None:
        thread.state = "open"
        thread.closed_at = None
        await self._work.session.flush()
        self._work.ring(f"thread:{thread.id}")

    async def ticket(self, thread_id: int) -> Ticket | None:
        return await self._work.session.scalar(select(Ticket).where(Ticket.thread_id == thread_id))

    async def by_id(self, thread_id: int) -> Thread:
        """For the program itself; people come through `get`."""
        thread = await self._work.session.get(Thread, thread_id)
        assert thread is not None
        return thread

    async def of_message(self, message: Message) -> Thread:
        return await self.by_id(message.thread_id)

    async def of_ticket(self, ticket: Ticket) -> Thread:
        return await self.by_id(ticket.thread_id)

    async def last_words(
        self, thread: Thread, most: int, *, but: Sequence[int], before: int | None = None
    ) -> list[Message]:
        """What the resident and staff said last, oldest first, for a room; notes are among it."""
        rows = await self._work.session.scalars(
            select(Message)
            .where(
                Message.thread_id == thread.id,
                Message.by != "system",
                Message.id.not_in(but),
                Message.id < (before or HIGHEST),
                Message.withdrawn_at.is_(None),
                ~is_held(),
            )
            .order_by(desc(Message.id))
            .limit(most)
        )
        return list(reversed(list(rows)))

    async def words_of_resident(self, thread: Thread, most: int = 200) -> list[Message]:
        """All that the resident said, in order, the first message always among it."""
        rows = await self._work.session.scalars(
            select(Message)
            .where(Message.thread_id == thread.id, Message.by == "resident")
            .order_by(Message.id)
        )
        said = list(rows)
        return said if len(said) <= most else [said[0], *said[1 - most :]]

    async def continued(self, thread: Thread) -> str:
        """What the closed thread is called that this one goes on from, «№1001»; empty: none."""
        if thread.continues_id is None:
            return ""
        before = await self.by_id(thread.continues_id)
        ticket = await self._work.closing.first_ticket(before)
        return f"№{ticket.number}" if ticket else before.subject

    async def last_message(self, thread: Thread) -> Message | None:
        return await self._work.session.scalar(
            select(Message)
            .where(Message.thread_id == thread.id)
            .order_by(desc(Message.id))
            .limit(1)
        )

    async def first_message(self, thread: Thread) -> int | None:
        return await self._work.session.scalar(
            select(Message.id).where(Message.thread_id == thread.id).order_by(Message.id).limit(1)
        )

    async def messages(self, viewer: Viewer, thread_id: int, *, most: int = 500) -> list[Message]:
        """The latest messages of a thread, oldest first; a resident is not shown notes."""
        await self.get(viewer, thread_id)
        find = select(Message).where(Message.thread_id == thread_id)
        if isinstance(viewer, AsResident):
            find = find.where(Message.by != "note", ~is_held())
        rows = await self._work.session.scalars(find.order_by(desc(Message.id)).limit(most))
        return list(reversed(list(rows)))
