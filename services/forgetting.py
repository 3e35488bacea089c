"""Forgetting: words that were said without consent are erased in time. That there was an alarm,
when and in which house, stays."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, or_, select, text, update

from services.messaging.types import Attachment
from services.tables import (
    Alarm,
    FileHandle,
    Message,
    MessageCopy,
    Outgoing,
    StoredFile,
    Thread,
    Ticket,
    TicketEvent,
    WebPost,
)

if TYPE_CHECKING:
    from services.work import Work

AT_MOST = 200  # alarms a round

# An album's words stand in its parts. What is handled in one moment is one thing said.
WORDLESS = text(
    """
    UPDATE inbox SET body = body - '{text,attachments}'::text[],
      parts = (SELECT coalesce(jsonb_agg(part - '{text,attachments}'::text[]), '[]'::jsonb)
               FROM jsonb_array_elements(parts) part)
    WHERE handled_at = ANY(:moments) AND (
      (channel = :channel AND chat = :chat) OR (channel = 'desk' AND topic = :thread))
    """
)


class Forgetting:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def find_due(self) -> list[int]:
        """Alarms whose words were kept as long as they may be."""
        days = (await self._work.company.profile()).danger_words_days
        rows = await self._work.session.scalars(
            select(Alarm.id)
            .where(
                Alarm.anonymous,
                Alarm.erased_at.is_(None),
                Alarm.raised_at <= self._work.now - timedelta(days=days),
            )
            .order_by(Alarm.id)
            .limit(AT_MOST)
        )
        return list(rows)

    async def erase(self, alarm_id: int, subject: str, place: str) -> None:
        """All that was said in the thread, wherever a copy of it is; nothing for whoever gave
        consent meanwhile. `subject` and `place` stand there instead."""
        alarm = await self._work.session.scalar(
            select(Alarm)
            .where(Alarm.id == alarm_id, Alarm.anonymous, Alarm.erased_at.is_(None))
            .with_for_update(skip_locked=True)
        )
        if alarm is None:
            return
        thread = await self._work.threads.by_id(alarm.thread_id)
        version = (await self._work.company.profile()).consent.version
        if await self._work.people.answer_on_consent(thread.resident_id, version):
            alarm.anonymous = False
            return
        messages = list(
            await self._work.session.scalars(select(Message).where(Message.thread_id == thread.id))
        )
        await self._erase_heard(thread, messages)
        await self._erase_said(thread, [message.id for message in messages])
        await self._erase_files(messages)
        for message in messages:
            message.text, message.earlier_texts, message.attachments = "", [], []
        await self._erase_ticket(thread, place)
        thread.subject, thread.last_text = subject, ""
        alarm.erased_at = self._work.now
        self._work.audit.note("system", "words erased", f"thread:{thread.id}")
        await self._work.session.flush()
        self._work.ring(f"thread:{thread.id}")

    async def _erase_heard(self, thread: Thread, messages: list[Message]) -> None:
        """The inbox has a row for each word and each edit, handled in the moment it was said;
        chats in a browser keep what they show."""
        moments = {at for m in messages for at in (m.at, m.edited_at) if at is not None}
        copies = await self._work.session.execute(
            select(MessageCopy.channel, MessageCopy.chat, MessageCopy.external_id).where(
                MessageCopy.message_id.in_([message.id for message in messages])
            )
        )
        stands = copies.all()
        contacts = await self._work.people.contacts(thread.resident_id)
        chats = {(copy.channel, copy.chat) for copy in stands}
        chats |= {(contact.channel, contact.chat) for contact in contacts}
        for channel, chat in sorted(chats):
            await self._work.session.execute(
                WORDLESS,
                {
                    "channel": channel,
                    "chat": chat,
                    "thread": str(thread.id),
                    "moments": sorted(moments),
                },
            )
        shown = [int(copy.external_id) for copy in stands if copy.channel == "web"]
        at_desk = and_(WebPost.channel == "desk", WebPost.topic == str(thread.id))
        await self._work.session.execute(
            update(WebPost)
            .where(or_(WebPost.id.in_(shown), at_desk))
            .values(body={})
            .execution_options(synchronize_session=False)
        )

    async def _erase_said(self, thread: Thread, ids: list[int]) -> None:
        """What waits to leave all this time leaves no more."""
        mine = or_(Outgoing.thread_id == thread.id, Outgoing.message_id.in_(ids))
        await self._work.session.execute(
            update(Outgoing)
            .where(mine, Outgoing.state == "waiting")
            .values(state="dropped", settled_at=self._work.now)
            .execution_options(synchronize_session=False)
        )
        mine = or_(mine, Outgoing.replaces_message.in_(ids), Outgoing.reply_to_message.in_(ids))
        await self._work.session.execute(
            update(Outgoing)
            .where(mine, Outgoing.state != "sending")
            .values(body={})
            .execution_options(synchronize_session=False)
        )

    async def _erase_files(self, messages: list[Message]) -> None:
        files = [Attachment.model_validate(file) for m in messages for file in m.attachments]
        for file in files:
            if not file.handle:
                continue
            gone = await self._work.session.execute(
                delete(StoredFile)
                .where(StoredFile.channel == file.channel, StoredFile.handle == file.handle)
                .returning(StoredFile.path)
            )
            for path in gone.scalars():
                if path:
                    (self._work.files / path).unlink(missing_ok=True)
            await self._work.session.execute(
                delete(FileHandle).where(
                    and_(
                        FileHandle.source_channel == file.channel,
                        FileHandle.source_handle == file.handle,
                    )
                )
            )

    async def _erase_ticket(self, thread: Thread, place: str) -> None:
        """One that a member made of it."""
        ticket = await self._work.threads.ticket(thread.id)
        if ticket is None:
            return
        await self._work.session.execute(
            update(Ticket)
            .where(Ticket.id == ticket.id)
            .values(text="", answers=[], place=place, flat_id=None, source_link="", declined_why="")
        )
        await self._work.session.execute(
            update(TicketEvent).where(TicketEvent.ticket_id == ticket.id).values(note="")
        )
