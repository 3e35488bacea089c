"""Copies: which of our messages stands under which id in which chat, both ways."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import and_, select
from sqlalchemy.dialects.postgresql import insert

from services.tables import Message, MessageCopy, Outgoing

if TYPE_CHECKING:
    from services.work import Work


class Copies:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def keep(
        self, message_id: int, channel: str, chat: str, external_ids: Sequence[str]
    ) -> None:
        if not external_ids:
            return
        await self._work.session.execute(
            insert(MessageCopy)
            .values(
                [
                    {
                        "channel": channel,
                        "chat": chat,
                        "external_id": external_id,
                        "message_id": message_id,
                        "part": part,
                    }
                    for part, external_id in enumerate(external_ids)
                ]
            )
            .on_conflict_do_nothing()
        )

    async def companions(self, channel: str, chat: str, message_id: int) -> list[int]:
        """The messages that stand in one post with this one, itself among them, in order."""
        ours = select(MessageCopy.external_id).where(
            MessageCopy.channel == channel,
            MessageCopy.chat == chat,
            MessageCopy.message_id == message_id,
        )
        rows = await self._work.session.scalars(
            select(MessageCopy.message_id)
            .where(
                MessageCopy.channel == channel,
                MessageCopy.chat == chat,
                MessageCopy.external_id.in_(ours),
            )
            .distinct()
            .order_by(MessageCopy.message_id)
        )
        return list(rows)

    async def find_message(self, channel: str, chat: str, external_id: str | None) -> int | None:
        """Our message behind an id in a chat; of several in one post the first."""
        if not external_id:
            return None
        return await self._work.session.scalar(
            select(MessageCopy.message_id)
            .where(
                MessageCopy.channel == channel,
                MessageCopy.chat == chat,
                MessageCopy.external_id == external_id,
            )
            .order_by(MessageCopy.message_id)
            .limit(1)
        )

    async def standing(self, channel: str, chat: str, message_id: int) -> list[str]:
        """The ids of all parts of a message in a chat."""
        rows = await self._work.session.scalars(
            select(MessageCopy.external_id)
            .where(
                MessageCopy.channel == channel,
                MessageCopy.chat == chat,
                MessageCopy.message_id == message_id,
            )
            .order_by(MessageCopy.part)
        )
        return list(rows)

    async def find_external(self, channel: str, chat: str, message_id: int) -> str | None:
        """The id of a message's first part in a chat."""
        return await self._work.session.scalar(
            select(MessageCopy.external_id)
            .where(
                MessageCopy.channel == channel,
                MessageCopy.chat == chat,
                MessageCopy.message_id == message_id,
            )
            .order_by(MessageCopy.part)
            .limit(1)
        )

    async def rooms_of(self, note: Message) -> set[int]:
        """The rooms whose group the note was written or shown in, also where that was another
        group then; none for one of the desk alone."""
        here = and_(Outgoing.channel == MessageCopy.channel, Outgoing.chat == MessageCopy.chat)
        found = await self._work.session.scalars(
            select(Outgoing.room_id)
            .join(Message, Message.id == Outgoing.message_id)
            .join(MessageCopy, here)
            .where(
                MessageCopy.message_id == note.id,
                Message.thread_id == note.thread_id,
                Outgoing.room_id.is_not(None),
            )
            .distinct()
        )
        return {room_id for room_id in found if room_id is not None}
