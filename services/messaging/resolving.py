"""Resolving: our threads and messages, which a row names, become the messenger's ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.db import Database, is_passing
from services.errors import NotYours
from services.faults import log_fault
from services.messaging.governor import Governor
from services.messaging.port import Channel, Topics
from services.messaging.rows import Row, Telling
from services.messaging.types import Address, Kind, Outbound


@dataclass(frozen=True)
class Resolved:
    to: Address
    message: Outbound
    mark: str | None = None  # the external id that a reaction goes to
    stands: Sequence[str] = ()  # the ids of what is taken back
    title: str = ""  # what the topic is to be called


class NotYet(Exception):
    """Our own budget is used up for `delay` seconds; nobody else is held up by this row."""

    def __init__(self, delay: float) -> None:
        super().__init__(f"no budget for {delay:.1f} s")
        self.delay = delay


class Resolving:
    def __init__(
        self, db: Database, channel: Channel, governor: Governor, telling: Telling
    ) -> None:
        self._db = db
        self._channel = channel
        self._governor = governor
        self._telling = telling

    async def resolve(self, row: Row) -> Resolved:
        """Opens the thread's topic where it has none yet. Raises `NotYet`, or what the channel
        raises."""
        changes: dict[str, Any] = {"kind": Kind(row.kind)}
        known = row.key_holds(self._channel.limits, self._db.clock.now())
        if row.unsure and row.kind in ("alarm", "relay") and not known:
            changes["repeated"] = True
        topic, message = row.topic or None, Outbound.model_validate(row.body)
        if message.summed:
            message = await self._name_sum(row, message)
        if row.replaces_row:
            async with self._db.work() as work:
                changes["replaces"] = await work.outbox.stands_as(row.replaces_row)
        if row.names_ours:
            topic, recap_due = await self._look_up(row, changes)
            if recap_due and row.is_post:
                message = await self._recap(row, message)
        to = Address(channel=row.channel, chat=row.chat, topic=topic)
        stands, title = changes.pop("stands", ()), changes.pop("title", "")
        if row.room_id and not row.reaction:
            message, title = await self._veil(row, message, title)
        mark = changes.get("reply_to")
        return Resolved(to, message.model_copy(update=changes), mark, stands, title)

    async def _name_sum(self, row: Row, message: Outbound) -> Outbound:
        """Whether a sum may be shown there is decided now, not when it was planned. Raises `NotYet`
        where it is theirs no more: the next claim looks at everything anew."""
        try:
            async with self._db.work() as work:
                told = await work.reminders.sum_to_name(row.id, row.channel)
        except NotYours:
            raise NotYet(0) from None
        words = message.summed.replace("{sum}", told) if told else message.text
        return message.model_copy(update={"text": words, "summed": ""})

    async def _recap(self, row: Row, message: Outbound) -> Outbound:
        assert row.thread_id is not None
        among = [row.message_id, *row.also] if row.message_id else []
        try:
            async with self._db.work() as work:
                room = await work.rooms.get(row.room_id or 0)
                return await self._telling.recap(work, room, row.thread_id, message, among)
        except Exception as failure:
            if is_passing(failure):
                raise
            log_fault(failure, "a recap for outbox row %s", row.id)
            return message

    async def _veil(self, row: Row, message: Outbound, title: str) -> tuple[Outbound, str]:
        """What fails here does not leave."""
        async with self._db.work() as work:
            room = await work.rooms.get(row.room_id or 0)
            return await self._telling.veil(work, room, row.thread_id, message, title)

    async def _look_up(self, row: Row, changes: dict[str, Any]) -> tuple[str | None, bool]:
        """Writes the ids into `changes`. Returns the topic, and whether a recap is due in it."""
        wanted = {"reply_to": row.reply_to_message, "replaces": row.replaces_message}
        view = None
        async with self._db.work() as work:
            for name, message in wanted.items():
                if message:
                    changes[name] = await work.copies.find_external(row.channel, row.chat, message)
            if row.withdraws and row.replaces_message:
                changes["stands"] = await work.copies.standing(
                    row.channel, row.chat, row.replaces_message
                )
            if row.thread_id and row.room_id:
                view = await work.rooms.view(row.room_id, row.thread_id, row.chat)
        if view is None:
            return row.topic or None, False
        changes["title"] = view.title
        missing = view.topic is None and view.has_topics and not (row.reaction or row.renames)
        if missing and isinstance(self._channel, Topics):
            _, title = await self._veil(row, Outbound.model_validate(row.body), view.title)
            return await self._open_topic(self._channel, row, title)
        return view.topic, view.recap_due

    async def _open_topic(self, channel: Topics, row: Row, title: str) -> tuple[str, bool]:
        """Only the leader comes here, one row of a chat at a time: so a thread gets one topic.
        The call that was booked for the row opens the topic; the row itself needs another."""
        assert row.thread_id is not None
        topic = await channel.open_topic(row.chat, title)
        async with self._db.work() as work:
            room_id = row.room_id or 0
            await work.rooms.keep_topic(room_id, row.thread_id, row.channel, row.chat, topic)
            view = await work.rooms.view(room_id, row.thread_id, row.chat)
        if wait := self._governor.wait(row.chat, group=True, alarm=row.kind == "alarm"):
            raise NotYet(wait)
        self._governor.add(row.chat, group=True)
        return topic, view.recap_due
