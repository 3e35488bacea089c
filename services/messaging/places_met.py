"""What a messenger's answer tells of the place itself: a pause, a room that bars us, topics that
are gone, a group with another id. The row that met it is settled by `settling`."""

from __future__ import annotations

import logging

from services import rehousing
from services.messaging.rows import Paused, Row, Telling, clean
from services.messaging.together import Together
from services.work import Work

log = logging.getLogger(__name__)

LONG_PAUSE = 60.0  # seconds


class PlacesMet:
    """Each writes down what was met, and commits."""

    def __init__(self, together: Together, telling: Telling) -> None:
        self._together = together
        self._telling = telling

    async def paused(self, row: Row, seconds: float, why: str, *, everywhere: bool) -> None:
        """People hear of a pause that they would notice."""
        if seconds < LONG_PAUSE or not (everywhere or row.room_id):
            return
        pause = Paused(row.channel, seconds, clean(why), None if everywhere else row.room_id)
        log.warning("%s takes nothing for %.0f s: %s", row.channel, seconds, pause.why)

        async def write(work: Work) -> None:
            await self._telling.paused(work, pause)

        await self._together.commit(write)

    async def barred(self, row: Row, why: str) -> None:
        """Admins hear of it."""

        async def write(work: Work) -> None:
            assert row.room_id is not None
            room = await work.rooms.mark_trouble(row.room_id, "mute", clean(why))
            await self._telling.barred(work, room)

        await self._together.commit(write)

    async def forget_topic(self, row: Row) -> None:
        async def write(work: Work) -> None:
            assert row.thread_id is not None
            await work.rooms.forget_topic(row.thread_id, row.channel, row.chat)

        await self._together.commit(write)

    async def drop_topics(self, row: Row) -> None:
        async def write(work: Work) -> None:
            assert row.room_id is not None
            await work.rooms.drop_topics(row.room_id)
            await self._telling.no_topics(work, await work.rooms.get(row.room_id))

        log.warning("room %s has no topics: answers go by reply there", row.room_id)
        await self._together.commit(write)

    async def move(self, row: Row, chat: str) -> None:
        async def write(work: Work) -> None:
            await rehousing.move(work, row.channel, row.chat, chat)

        await self._together.commit(write)
