"""What a member says and presses at the desk: it goes the way of every message, through the inbox
to the handlers of staff."""

from __future__ import annotations

from aiohttp import web
from pydantic import Field, ValidationError, model_validator

from bot.platforms.desk.asking import (
    NO_SUCH_FILE,
    NO_SUCH_ROOM,
    NOT_UNDERSTOOD,
    TOO_LONG,
    answer,
    read_json,
    room_of,
    thread_of,
)
from bot.platforms.desk.render import NAME
from bot.platforms.desk.rooms import topic_of
from bot.platforms.web.parse import LONGEST, Id, Press, Say, attach, hear_press, hear_say
from bot.platforms.web.uploads import own_files, refuse
from services.db import Database
from services.errors import NotYours
from services.messaging.inbox import Hear
from services.messaging.types import Address, Sender
from services.staff import as_member
from services.tables import Member
from services.work import Work


class PressIn(Press):
    """A press names the thread or the room it belongs to."""

    thread: Id | None = None
    room: str = Field(default="", max_length=64)

    @model_validator(mode="after")
    def check_one_place(self) -> PressIn:
        if (self.thread is None) == (self.room == ""):
            raise ValueError
        return self


class Speaking:
    def __init__(self, db: Database, hear: Hear) -> None:
        self._db = db
        self._hear = hear

    async def say(self, request: web.Request, member: Member) -> web.StreamResponse:
        ident = thread_of(request)
        return await self._say(request, member, str(ident), ident)

    async def say_in_room(self, request: web.Request, member: Member) -> web.StreamResponse:
        """Commands that are about no thread."""
        async with self._db.work() as work:
            room = await work.rooms.by_code(as_member(member), room_of(request))
        return await self._say(request, member, topic_of(room.code))

    async def _say(
        self, request: web.Request, member: Member, topic: str, thread: int | None = None
    ) -> web.StreamResponse:
        try:
            frame = Say.model_validate(await read_json(request))
        except ValidationError:
            return refuse(400, NOT_UNDERSTOOD)
        if len(frame.text) > LONGEST:
            return refuse(413, TOO_LONG)
        async with self._db.work() as work:
            if thread is not None:
                await work.threads.get(as_member(member), thread)
            files = await own_files(work, frame.files, f"member:{member.id}")
            reply_to = await find_quoted(work, frame.reply_to, thread)
        if files is None:
            return refuse(400, NO_SUCH_FILE)
        said = frame.model_copy(update={"reply_to": reply_to})
        attachments = [attach(file) for file in files]
        await self._hear(
            [hear_say(said, *who_and_where(member, topic), attachments, private=False)]
        )
        return answer({"heard": True}, status=202)

    async def press(self, request: web.Request, member: Member) -> web.StreamResponse:
        try:
            frame = PressIn.model_validate(await read_json(request))
        except ValidationError:
            return refuse(400, NOT_UNDERSTOOD)
        async with self._db.work() as work:
            if frame.thread is not None:
                await work.threads.get(as_member(member), frame.thread)
                topic = str(frame.thread)
            else:
                try:
                    room = await work.rooms.by_code(as_member(member), frame.room)
                except NotYours:
                    return refuse(404, NO_SUCH_ROOM)
                topic = topic_of(room.code)
        await self._hear([hear_press(frame, *who_and_where(member, topic), private=False)])
        return answer({"heard": True}, status=202)


def who_and_where(member: Member, topic: str) -> tuple[Address, Sender]:
    address = Address(channel=NAME, chat=str(member.id), topic=topic)
    return address, Sender(id=str(member.id), name=member.name)


async def find_quoted(work: Work, message_id: int | None, thread_id: int | None) -> int | None:
    """At the desk a quote names our own message: the handlers find it by this id."""
    if message_id is None or thread_id is None:
        return None
    message = await work.threads.message(message_id)
    return message_id if message and message.thread_id == thread_id else None
