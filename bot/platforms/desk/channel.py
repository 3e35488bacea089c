"""The desk: the staff room in a browser. What members say goes the way of every message, through
the inbox to the handlers of staff; what they see is read from the threads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from math import inf
from typing import Any, ClassVar

from aiohttp import web
from pydantic import ValidationError

from bot.media import Media
from bot.platforms.desk.live import Live
from bot.platforms.desk.reading import Reading
from bot.platforms.desk.render import FILES_AT, NAME
from bot.platforms.web.pages import DESK, Doorkeeper, page
from bot.platforms.web.parse import LONGEST, Id, Press, Say, attach, clean, hear_press, hear_say
from bot.platforms.web.render import render, to_json
from bot.platforms.web.uploads import LARGEST, Uploads, keep_files, own_files, refuse
from services.bell import Bells
from services.db import Database
from services.errors import NotYours
from services.messaging.inbox import Hear
from services.messaging.port import Rejected
from services.messaging.types import Address, Attachment, Limits, Outbound, Sender
from services.staff import as_member
from services.tables import Member, StoredFile
from services.work import Work

LIMITS = Limits(
    text=100_000, caption=100_000, per_second=500, chat_per_second=50, chat_burst=50,
    group_calls=0, key_lives=inf, upload=LARGEST,
)  # fmt: skip
HIGHEST = 2**62  # ids beyond it are nobody's

NOT_SIGNED_IN = "Чтобы войти, нужна личная ссылка."
SESSION_ENDED = "Вход закончился. Чтобы продолжить, нужна новая ссылка."
NOT_UNDERSTOOD = "Страница устарела. Обновите её, пожалуйста."
NO_SUCH_THREAD = "Такого разговора нет."
TOO_LONG = f"Слишком длинно: помещается {LONGEST} знаков."
NO_SUCH_FILE = "Файл не нашёлся. Приложите его ещё раз."

Show = Callable[[web.Request, Member], Awaitable[web.StreamResponse]]


class PressIn(Press):
    """A press names the thread it belongs to."""

    thread: Id


class DeskChannel:
    name: ClassVar[str] = NAME

    def __init__(self, db: Database, bells: Bells, media: Media, door: Doorkeeper) -> None:
        self.limits = LIMITS
        self._db = db
        self._door = door
        self._uploads = Uploads(db, media)
        self._reading = Reading(db)
        self._live = Live(db, bells)

    async def run(self, hear: Hear, up: Callable[[], None], cursor: str | None = None) -> None:
        """Browsers come to `routes`; there is nothing to poll."""
        up()
        await asyncio.Event().wait()

    async def close(self) -> None:
        self._live.close()

    def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        raise Rejected("the desk keeps no files")

    async def send(self, to: Address, message: Outbound, nonce: int) -> Sequence[str]:
        """An answer of the program to one member."""
        async with self._db.work() as work:
            files = await keep_files(work, message.attachments, f"member:{to.chat}")
            body = render(message, files)
            post = await work.posts.add(
                NAME, to.chat, f"sent {nonce}", body, by="company", topic=to.topic or ""
            )
            return [str(post.id)]

    # ── The door ─────────────────────────────────────────────────────────────

    def routes(self, hear: Hear) -> list[web.RouteDef]:
        signed_in = self._signed_in

        async def say(request: web.Request, member: Member) -> web.StreamResponse:
            return await self._say(request, member, hear)

        async def press(request: web.Request, member: Member) -> web.StreamResponse:
            return await self._press(request, member, hear)

        return [
            web.get("/desk", self._show_page),
            web.get("/desk/enter", self._show_enter),
            web.post("/desk/enter", self._enter),
            web.get("/desk/api/me", signed_in(self._show_me)),
            web.get("/desk/api/threads", signed_in(self._show_threads)),
            web.get(r"/desk/api/threads/{id:\d+}", signed_in(self._show_thread)),
            web.post(r"/desk/api/threads/{id:\d+}/say", signed_in(say)),
            web.post(r"/desk/api/threads/{id:\d+}/seen", signed_in(self._mark_seen)),
            web.post("/desk/api/press", signed_in(press)),
            web.post("/desk/api/files", signed_in(self._take_file)),
            web.get("/desk/api/files/{id}", signed_in(self._give_file)),
            web.post("/desk/api/leave", signed_in(self._leave)),
            web.get("/desk/ws", signed_in(self._watch)),
        ]

    def _signed_in(self, show: Show) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """The one door to everything under `/desk/api`: a live session, our own page, and 404
        for what this member may not see."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            if request.method not in ("GET", "HEAD") or request.path == "/desk/ws":
                self._door.check_origin(request)
            try:
                async with self._db.work() as work:
                    member = await work.staff.member_of_session(request.cookies.get(DESK, ""))
            except NotYours:
                return refuse(401, SESSION_ENDED if DESK in request.cookies else NOT_SIGNED_IN)
            try:
                return await show(request, member)
            except NotYours:
                return refuse(404, NO_SUCH_THREAD)

        return guarded

    async def _show_page(self, request: web.Request) -> web.StreamResponse:
        return page("desk.html")

    async def _show_enter(self, request: web.Request) -> web.StreamResponse:
        return page("enter.html")

    async def _enter(self, request: web.Request) -> web.StreamResponse:
        """The token works once. A link's preview by a messenger is a GET and uses nothing up."""
        self._door.check_origin(request)
        form = await request.post()
        try:
            async with self._db.work() as work:
                session = await work.staff.sign_in(str(form.get("token", "")))
        except NotYours:
            return web.Response(status=303, headers={"Location": "/desk?refused"})
        response = web.Response(status=303, headers={"Location": "/desk"})
        self._door.give_desk_cookie(response, session)
        return response

    async def _leave(self, request: web.Request, member: Member) -> web.StreamResponse:
        async with self._db.work() as work:
            await work.staff.sign_out(request.cookies.get(DESK, ""))
        self._live.look(member.id)
        response = web.json_response({})
        response.del_cookie(DESK, path="/desk")
        return response

    # ── Reading ──────────────────────────────────────────────────────────────

    async def _show_me(self, request: web.Request, member: Member) -> web.StreamResponse:
        return answer(await self._reading.me(member))

    async def _show_threads(self, request: web.Request, member: Member) -> web.StreamResponse:
        try:
            return answer(await self._reading.threads(member, request.query))
        except ValueError:
            return refuse(400, NOT_UNDERSTOOD)

    async def _show_thread(self, request: web.Request, member: Member) -> web.StreamResponse:
        return answer(await self._reading.thread(member, thread_of(request)))

    async def _watch(self, request: web.Request, member: Member) -> web.StreamResponse:
        return await self._live.show(request, member.id, request.cookies.get(DESK, ""))

    async def _mark_seen(self, request: web.Request, member: Member) -> web.StreamResponse:
        upto = (await read_json(request)).get("upto")
        if not isinstance(upto, int) or not 0 <= upto < HIGHEST:
            return refuse(400, NOT_UNDERSTOOD)
        async with self._db.work() as work:
            await work.desk.mark_seen(as_member(member), thread_of(request), upto)
        return answer({})

    async def _give_file(self, request: web.Request, member: Member) -> web.StreamResponse:
        async def allowed(file: StoredFile) -> bool:
            return await self._reading.may_see(member, file)

        return await self._uploads.give(request, allowed)

    async def _take_file(self, request: web.Request, member: Member) -> web.StreamResponse:
        return await self._uploads.take(request, f"member:{member.id}", FILES_AT)

    # ── Speaking ─────────────────────────────────────────────────────────────

    async def _say(self, request: web.Request, member: Member, hear: Hear) -> web.StreamResponse:
        ident = thread_of(request)
        try:
            frame = Say.model_validate(await read_json(request))
        except ValidationError:
            return refuse(400, NOT_UNDERSTOOD)
        if len(frame.text) > LONGEST:
            return refuse(413, TOO_LONG)
        async with self._db.work() as work:
            await work.threads.get(as_member(member), ident)
            files = await own_files(work, frame.files, f"member:{member.id}")
            reply_to = await find_quoted(work, frame.reply_to, ident)
        if files is None:
            return refuse(400, NO_SUCH_FILE)
        said = frame.model_copy(update={"reply_to": reply_to})
        attachments = [attach(file) for file in files]
        await hear([hear_say(said, *who_and_where(member, ident), attachments, private=False)])
        return answer({"heard": True}, status=202)

    async def _press(self, request: web.Request, member: Member, hear: Hear) -> web.StreamResponse:
        try:
            frame = PressIn.model_validate(await read_json(request))
        except ValidationError:
            return refuse(400, NOT_UNDERSTOOD)
        async with self._db.work() as work:
            await work.threads.get(as_member(member), frame.thread)
        await hear([hear_press(frame, *who_and_where(member, frame.thread), private=False)])
        return answer({"heard": True}, status=202)


def thread_of(request: web.Request) -> int:
    """Raises `NotYours` for a number that no thread can have."""
    digits = request.match_info["id"]
    if len(digits) > 18:
        raise NotYours
    return int(digits)


def who_and_where(member: Member, thread_id: int) -> tuple[Address, Sender]:
    address = Address(channel=NAME, chat=str(member.id), topic=str(thread_id))
    return address, Sender(id=str(member.id), name=member.name)


async def find_quoted(work: Work, message_id: int | None, thread_id: int) -> int | None:
    """At the desk a quote names our own message: the handlers find it by this id."""
    if message_id is None:
        return None
    message = await work.threads.message(message_id)
    return message_id if message and message.thread_id == thread_id else None


async def read_json(request: web.Request) -> dict[str, Any]:
    try:
        body = clean(await request.json())
    except (ValueError, RecursionError, LookupError):
        return {}
    return body if isinstance(body, dict) else {}


def answer(body: dict[str, Any], status: int = 200) -> web.Response:
    return web.json_response(body, status=status, dumps=to_json)
