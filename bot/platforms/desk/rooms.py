"""A room at the desk, outside of its threads: what the program answered there to this member, and
who is on duty."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.platforms.desk.asking import answer, room_of
from bot.platforms.desk.render import FILES_AT, NAME, show_member
from bot.platforms.web.render import show_post
from handlers.discretion import for_post
from services.db import Database
from services.staff import as_member
from services.tables import Member, Room

MOST_SAID = 50


def topic_of(code: str) -> str:
    """Where it is said and answered; a thread's is its number alone."""
    return f"room {code}"


def place_of(topic: str) -> tuple[int | None, str | None]:
    """The thread or the room of a topic."""
    kind, _, code = topic.partition(" ")
    return (None, code) if kind == "room" else (int(topic or 0) or None, None)


def veil_post(room: Room, shown: dict[str, Any]) -> dict[str, Any]:
    """As the room may show it."""
    veiled: dict[str, Any] = for_post(room, shown["header"], shown["text"]).veil_all(shown)
    return veiled


class RoomsAtDesk:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def show(self, request: web.Request, member: Member) -> web.StreamResponse:
        """Raises `NotYours`."""
        async with self._db.work() as work:
            room = await work.rooms.by_code(as_member(member), room_of(request))
            said = await work.posts.history(
                NAME, str(member.id), topic=topic_of(room.code), most=MOST_SAID
            )
            on_duty = await work.shifts.on_duty(room)
        return answer(
            {
                "said": [veil_post(room, show_post(post, FILES_AT)) for post in said],
                "duty": [show_member(each) for each in on_duty],
            }
        )
