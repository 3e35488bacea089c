"""The desk: the staff room in a browser. What members say goes the way of every message, through
the inbox to the handlers of staff; what they see is read from the threads."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, ClassVar

from aiohttp import WSMsgType, web
from pydantic import ValidationError

from bot.media import Media
from bot.platforms.desk.render import FILES_AT, show_card, show_line, show_message
from bot.platforms.web.channel import keep_files, own_files, to_json
from bot.platforms.web.pages import DESK, Doorkeeper, page
from bot.platforms.web.parse import LONGEST, Press, Say, attach, hear_press, hear_say
from bot.platforms.web.render import render, show_post
from bot.platforms.web.uploads import Uploads, refuse
from services.bell import Bells
from services.db import Database
from services.errors import NotYours
from services.messaging.inbox import Hear
from services.messaging.port import Rejected
from services.messaging.types import Address, Attachment, Limits, Outbound, Sender
from services.staff import as_member
from services.tables import Member, StoredFile
from services.work import Work

NAME = "desk"
LIMITS = Limits(
    text=100_000, caption=100_000, per_second=500, chat_per_second=50, chat_burst=50,
    group_calls=0, takes_key=True,
)  # fmt: skip

SESSION_ENDED = (
    "Чтобы войти, нужна новая ссылка: прежняя уже использована или устарела. Напишите боту /desk "
    "в личном чате — пришлёт. Администратор может сделать её и сам: python -m bot link."
)
NOT_UNDERSTOOD = "Страница устарела. Обновите её, пожалуйста."
TOO_LONG = f"Слишком длинно: помещается {LONGEST} знаков."
NO_SUCH_FILE = "Файл не нашёлся. Приложите его ещё раз."

Show = Callable[[web.Request, Member], Awaitable[web.StreamResponse]]


class DeskChannel:
    name: ClassVar[str] = NAME

    def __init__(self, db: Database, bells: Bells, media: Media, door: Doorkeeper) -> None:
        self.limits = LIMITS
        self._db = db
        self._door = door
        self._uploads = Uploads(db, media)
        self._pumps: dict[int, set[asyncio.Queue[str]]] = defaultdict(set)
        bells.on("thread", self._rung)
        bells.on(NAME, self._rung)

    async def run(self, hear: Hear, up: Callable[[], None]) -> None:
        """Browsers come to `routes`; there is nothing to poll."""
        up()
        await asyncio.Event().wait()

    async def close(self) -> None:
        for pumps in list(self._pumps.values()):
            for pump in pumps:
                pump.put_nowait("")

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

    def _rung(self, bell: str) -> None:
        kind, who, _ = [*bell.split(":"), "", ""][:3]
        for member_id, pumps in self._pumps.items():
            if kind == "thread" or str(member_id) == who:
                for pump in pumps:
                    pump.put_nowait(bell)

    # ── Pages ────────────────────────────────────────────────────────────────

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
            if request.method != "GET" or request.path == "/desk/ws":
                self._door.check_origin(request)
            try:
                async with self._db.work() as work:
                    member = await work.staff.member_of_session(request.cookies.get(DESK, ""))
                    if not member.desk:
                        raise NotYours
            except NotYours:
                return refuse(401, SESSION_ENDED)
            try:
                return await show(request, member)
            except NotYours:
                return refuse(404, "Такого разговора нет.")

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
            return web.Response(status=303, headers={"Location": "/desk"})
        response = web.Response(status=303, headers={"Location": "/desk"})
        self._door.give_desk_cookie(response, session)
        return response

    async def _leave(self, request: web.Request, member: Member) -> web.StreamResponse:
        async with self._db.work() as work:
            await work.staff.sign_out(request.cookies.get(DESK, ""))
        response = web.json_response({})
        response.del_cookie(DESK, path="/desk")
        return response

    # ── Reading ──────────────────────────────────────────────────────────────

    async def _show_me(self, request: web.Request, member: Member) -> web.StreamResponse:
        viewer = as_member(member)
        async with self._db.work() as work:
            company = await work.company.profile()
            rooms = [room for room in await work.rooms.every() if viewer.works_in(room)]
        return answer(
            {
                "member": {"name": member.name, "role": member.role, "title": member.title},
                "rooms": [{"code": room.code, "title": room.title} for room in rooms],
                "company": {"name": company.name},
            }
        )

    async def _show_threads(self, request: web.Request, member: Member) -> web.StreamResponse:
        query = request.query
        try:
            before = datetime.fromisoformat(query["before"]) if query.get("before") else None
        except ValueError:
            return refuse(400, NOT_UNDERSTOOD)
        async with self._db.work() as work:
            lines = await work.desk.threads(
                as_member(member),
                room=query.get("room", ""),
                state="closed" if query.get("state") == "closed" else "open",
                before=before if before is None or before.tzinfo else None,
            )
        return answer({"threads": [show_line(line) for line in lines], "more": len(lines) >= PAGE})

    async def _show_thread(self, request: web.Request, member: Member) -> web.StreamResponse:
        viewer, ident = as_member(member), int(request.match_info["id"])
        async with self._db.work() as work:
            thread = await work.threads.get(viewer, ident)
            lines = await work.desk.threads(viewer, thread_id=ident)
            messages = await work.threads.messages(viewer, ident)
            place = await work.people.place_of_thread(viewer, thread)
            delivered = await work.desk.deliveries([m.id for m in messages if m.by == "member"])
            attachments = [Attachment.model_validate(a) for m in messages for a in m.attachments]
            files = await keep_files(work, attachments, "")
            said = await work.posts.history(NAME, str(member.id), topic=str(ident), most=20)
            ticket = lines[0].ticket
            due = await work.company.local(ticket.due_at) if ticket else None
            card = show_card(lines[0], place, due, await work.company.local(work.now))
        return answer(
            {
                "thread": show_line(lines[0]),
                "card": card,
                "messages": [show_message(m, files, delivered.get(m.id)) for m in messages],
                "said": [show_post(post, FILES_AT) for post in said],
            }
        )

    async def _mark_seen(self, request: web.Request, member: Member) -> web.StreamResponse:
        body = await read_json(request)
        upto = body.get("upto")
        if not isinstance(upto, int) or not 0 <= upto < 2**62:
            return refuse(400, NOT_UNDERSTOOD)
        async with self._db.work() as work:
            await work.desk.mark_seen(as_member(member), int(request.match_info["id"]), upto)
        return answer({})

    async def _give_file(self, request: web.Request, member: Member) -> web.StreamResponse:
        async def allowed(file: StoredFile) -> bool:
            if file.owner == f"member:{member.id}":
                return True
            async with self._db.work() as work:
                return await work.desk.shows_file(as_member(member), file)

        return await self._uploads.give(request, allowed)

    async def _take_file(self, request: web.Request, member: Member) -> web.StreamResponse:
        return await self._uploads.take(request, f"member:{member.id}", FILES_AT)

    # ── Speaking ─────────────────────────────────────────────────────────────

    async def _say(self, request: web.Request, member: Member, hear: Hear) -> web.StreamResponse:
        ident = request.match_info["id"]
        try:
            frame = Say.model_validate(await read_json(request))
        except ValidationError:
            return refuse(400, NOT_UNDERSTOOD)
        if len(frame.text) > LONGEST:
            return refuse(413, TOO_LONG)
        async with self._db.work() as work:
            await work.threads.get(as_member(member), int(ident))
            files = await own_files(work, frame.files, f"member:{member.id}")
            reply_to = await find_quoted(work, frame.reply_to, int(ident))
        if files is None:
            return refuse(400, NO_SUCH_FILE)
        address = Address(channel=NAME, chat=str(member.id), topic=ident)
        sender = Sender(id=str(member.id), name=member.name)
        attachments = [attach(file) for file in files]
        heard = hear_say(frame, address, sender, None, attachments, private=False)
        await hear([heard.model_copy(update={"reply_to": reply_to})])
        return answer({"heard": True}, status=202)

    async def _press(self, request: web.Request, member: Member, hear: Hear) -> web.StreamResponse:
        body = await read_json(request)
        try:
            frame = Press.model_validate(body)
            thread_id = int(body.get("thread") or 0)
        except (ValidationError, ValueError, TypeError):
            return refuse(400, NOT_UNDERSTOOD)
        async with self._db.work() as work:
            await work.threads.get(as_member(member), thread_id)
        address = Address(channel=NAME, chat=str(member.id), topic=str(thread_id))
        sender = Sender(id=str(member.id), name=member.name)
        await hear([hear_press(frame, address, sender, private=False)])
        return answer({"heard": True}, status=202)

    # ── Live ─────────────────────────────────────────────────────────────────

    async def _watch(self, request: web.Request, member: Member) -> web.StreamResponse:
        socket = web.WebSocketResponse(heartbeat=25, max_msg_size=16 * 1024)
        await socket.prepare(request)
        pump: asyncio.Queue[str] = asyncio.Queue()
        self._pumps[member.id].add(pump)
        pushing = asyncio.ensure_future(self._push(socket, member, pump))
        try:
            async for frame in socket:
                if frame.type is WSMsgType.ERROR:
                    break
        finally:
            pushing.cancel()
            self._pumps[member.id].discard(pump)
            if not self._pumps[member.id]:
                del self._pumps[member.id]
        return socket

    async def _push(
        self, socket: web.WebSocketResponse, member: Member, pump: asyncio.Queue[str]
    ) -> None:
        viewer = as_member(member)
        while not socket.closed:
            bell = await pump.get()
            if not bell:
                await socket.close(code=1001)
                return
            kind, who, ident = [*bell.split(":"), "", ""][:3]
            async with self._db.work() as work:
                if kind == NAME:
                    post = await work.posts.get(NAME, who, int(ident or 0))
                    if post is None:
                        continue
                    said = {"is": "said", "thread": int(post.topic or 0) or None}
                    frame: dict[str, Any] = {**said, "post": show_post(post, FILES_AT)}
                else:
                    try:
                        await work.threads.get(viewer, int(who or 0))
                    except NotYours:
                        continue
                    frame = {"is": "thread", "id": int(who)}
            await socket.send_json(frame, dumps=to_json)


PAGE = 100


async def find_quoted(work: Work, message_id: int | None, thread_id: int) -> str | None:
    """At the desk a quote names our own message: the handlers find it by this id."""
    if message_id is None:
        return None
    message = await work.threads.message(message_id)
    return str(message_id) if message and message.thread_id == thread_id else None


async def read_json(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def answer(body: dict[str, Any], status: int = 200) -> web.Response:
    return web.json_response(body, status=status, dumps=to_json)
