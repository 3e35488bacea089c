"""Forgetting: words that were said without consent are erased in time. That there was an alarm,
when and in which house, stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, delete, or_, select, text, tuple_, update

from services.messaging.types import Attachment
from services.tables import (
    Alarm,
    FileHandle,
    Message,
    MessageCopy,
    Outgoing,
    Question,
    StoredFile,
    Suggestion,
    Thread,
    Ticket,
    TicketEvent,
    WebPost,
    Wish,
)

if TYPE_CHECKING:
    from services.work import Work

AT_MOST = 200  # alarms a round

# An album's words stand in its parts. What is handled in one moment is one thing said; each edit
# of it names the id it has in that chat, and only the last one's moment is known.
WORDLESS = text(
    """
    WITH known AS (
      SELECT unnest(CAST(:ids AS text[])) AS id
      UNION
      SELECT named.id FROM inbox i,
        LATERAL (VALUES (i.body->>'external_id'), (i.body->>'edits')) named(id)
      WHERE i.handled_at = ANY(:moments) AND i.channel = :channel AND i.chat = :chat
        AND named.id <> '')
    UPDATE inbox SET body = body - '{text,attachments}'::text[],
      parts = (SELECT coalesce(jsonb_agg(part - '{text,attachments}'::text[]), '[]'::jsonb)
               FROM jsonb_array_elements(parts) part)
    WHERE handled_at >= :since AND state <> 'waiting' AND (
      (channel = :channel AND chat = :chat AND (
        handled_at = ANY(:moments)
        OR body->>'external_id' IN (SELECT id FROM known)
        OR body->>'edits' IN (SELECT id FROM known)))
      OR (channel = 'desk' AND topic = :thread))
    """
)
EDITABLE = timedelta(days=2)  # so much older may be what an edit made danger of

# Once for each thing said, so it costs one look into an index.
SAID_MORE = text(
    """
    UPDATE alarms SET erased_at = NULL, heard_at = :now
    WHERE thread_id = :thread AND anonymous AND (:by_resident OR erased_at IS NOT NULL)
    """
)


class Forgetting:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def find_due(self) -> list[int]:
        """Alarms whose words were kept as long as they may be, since the last of them."""
        rows = await self._work.session.scalars(
            select(Alarm.id).where(*await self._is_due()).order_by(Alarm.id).limit(AT_MOST)
        )
        return list(rows)

    async def _is_due(self) -> tuple[ColumnElement[bool], ...]:
        days = (await self._work.company.profile()).danger_words_days
        before = self._work.now - timedelta(days=days)
        return (
            and_(Alarm.anonymous, Alarm.erased_at.is_(None)),
            Alarm.raised_at <= before,  # has the index
            Alarm.heard_at <= before,
        )

    async def hear_more(self, thread_id: int, by: str) -> None:
        """Something was said or written anew in a thread: where its words are to be erased, these
        are as well, whether the others are gone or not. After the thread's lock."""
        if by != "system":
            await self._work.session.execute(
                SAID_MORE,
                {"thread": thread_id, "now": self._work.now, "by_resident": by == "resident"},
            )

    async def spare(self, resident_ids: Sequence[int]) -> None:
        """They gave consent: what they have said till now is kept."""
        waiting = and_(Thread.resident_id.in_(resident_ids), Alarm.anonymous)
        found = await self._work.session.scalars(
            select(Thread.id)
            .join(Alarm, Alarm.thread_id == Thread.id)
            .where(waiting)
            .order_by(Thread.id)
            .with_for_update(of=Thread)  # the thread's lock first, as everywhere
        )
        await self._work.session.execute(
            update(Alarm).where(Alarm.thread_id.in_(list(found))).values(anonymous=False)
        )

    async def part_from(self, resident_ids: Sequence[int]) -> None:
        """Consent was taken back, that to offers with it: questions are nobody's, and drafts that
        were made of their words are gone. What a member sent of a draft is an answer like any
        other."""
        session = self._work.session
        await session.execute(
            delete(Wish).where(Wish.resident_id.in_(resident_ids), Wish.kind == "offers")
        )
        await session.execute(
            update(Question)
            .where(Question.resident_id.in_(resident_ids))
            .values(resident_id=None)
            .execution_options(synchronize_session=False)
        )
        found = await session.scalars(
            select(Thread.id)
            .join(Suggestion, Suggestion.thread_id == Thread.id)
            .where(Thread.resident_id.in_(resident_ids))
            .order_by(Thread.id)
            .with_for_update(of=Thread)
        )
        threads = list(found)
        drafts = update(Suggestion).where(Suggestion.thread_id.in_(threads))
        await session.execute(
            drafts.where(
                or_(
                    Suggestion.state == "asking",
                    and_(Suggestion.state == "shown", Suggestion.sent_by.is_(None)),
                )
            )
            .values(state="dropped", settled_at=self._work.now)
            .execution_options(synchronize_session=False)
        )
        await session.execute(drafts.values(text="").execution_options(synchronize_session=False))
        for thread_id in threads:
            self._work.ring(f"thread:{thread_id}")

    async def erase(self, alarm_id: int, subject: str, place: str) -> None:
        """All that was said in the thread, wherever a copy of it is; nothing for whoever gave
        consent meanwhile. `subject` and `place` stand there instead."""
        found = await self._claim(alarm_id)
        if found is None:
            return
        alarm, thread = found
        if await self._may_be_kept(thread):
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

    async def _claim(self, alarm_id: int) -> tuple[Alarm, Thread] | None:
        """The thread's lock first, as everywhere. None: it is not due any more, or another process
        has it."""
        due = await self._is_due()
        thread = await self._work.session.scalar(
            select(Thread)
            .join(Alarm, Alarm.thread_id == Thread.id)
            .where(Alarm.id == alarm_id, *due)
            .with_for_update(of=Thread, skip_locked=True),
            execution_options={"populate_existing": True},
        )
        if thread is None:
            return None
        alarm = await self._work.session.scalar(
            select(Alarm).where(Alarm.id == alarm_id, *due).with_for_update(skip_locked=True),
            execution_options={"populate_existing": True},
        )
        return (alarm, thread) if alarm is not None else None

    async def _may_be_kept(self, thread: Thread) -> bool:
        """Their last word on consent was yes, whichever text that was to; or they have made a
        request of it themselves, which nobody can without."""
        if await self._work.people.last_answer_on_consent(thread.resident_id):
            return True
        ticket = await self._work.threads.ticket(thread.id)
        return ticket is not None and ticket.filed_by is None

    async def _erase_heard(self, thread: Thread, messages: list[Message]) -> None:
        """The inbox has a row for each word and each edit; chats in a browser keep what they
        show."""
        moments = {at for m in messages for at in (m.at, m.edited_at) if at is not None}
        copies = await self._work.session.execute(
            select(MessageCopy.channel, MessageCopy.chat, MessageCopy.external_id).where(
                MessageCopy.message_id.in_([message.id for message in messages])
            )
        )
        stands = copies.all()
        contacts = await self._work.people.contacts(thread.resident_id)
        ids: dict[tuple[str, str], list[str]] = {(c.channel, c.chat): [] for c in contacts}
        for copy in stands:
            ids.setdefault((copy.channel, copy.chat), []).append(copy.external_id)
        for channel, chat in sorted(ids):
            await self._work.session.execute(
                WORDLESS,
                {
                    "channel": channel,
                    "chat": chat,
                    "thread": str(thread.id),
                    "moments": sorted(moments),
                    "ids": ids[channel, chat],
                    "since": min(moments, default=self._work.now) - EDITABLE,
                },
            )
        shown = [int(copy.external_id) for copy in stands if copy.channel == "web"]
        at_desk = and_(WebPost.channel == "desk", WebPost.topic == str(thread.id))
        called = await self._called_at_desk([message.id for message in messages])
        await self._work.session.execute(
            update(WebPost)
            .where(or_(WebPost.id.in_(shown), at_desk, called))
            .values(body={})
            .execution_options(synchronize_session=False)
        )

    async def _called_at_desk(self, ids: list[int]) -> ColumnElement[bool]:
        """What told members of it at the desk, not in the thread: a call quotes the words."""
        sent = await self._work.session.execute(
            select(Outgoing.chat, Outgoing.nonce).where(
                Outgoing.channel == "desk", Outgoing.message_id.in_(ids)
            )
        )
        keys = [(chat, f"sent {nonce}") for chat, nonce in sent]
        return and_(WebPost.channel == "desk", tuple_(WebPost.chat, WebPost.key).in_(keys))

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
