"""The chat on the company's own site: a messenger whose server we are."""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, ClassVar

from aiohttp import WSMsgType, web

from bot.media import Media
from bot.platforms.web.pages import STATIC, Doorkeeper, page
from bot.platforms.web.parse import (
    LONGEST,
    NAME,
    BadFrame,
    Hello,
    Press,
    Say,
    Seen,
    attach,
    hear_press,
    hear_say,
    hear_start,
    parse_frame,
)
from bot.platforms.web.render import render, render_attachment, show_post
from bot.platforms.web.uploads import Uploads
from services.bell import Bells
from services.db import Database
from services.messaging.inbox import Hear
from services.messaging.port import Rejected
from services.messaging.types import Address, Attachment, Limits, Outbound, Sender
from services.tables import StoredFile
from services.work import Work

FILES_AT = "/chat/files"
LIMITS = Limits(
    text=100_000, caption=100_000, per_second=500, chat_per_second=50, chat_burst=50,
    group_calls=0, takes_key=True, upload=20 * 1024 * 1024,
)  # fmt: skip
FRAMES_AT_MOST = (30, 10.0)  # in so many seconds, from one visitor
LOOK_AGAIN = 20.0  # seconds after which a socket looks for posts it was not rung for

TOO_LONG = "Слишком длинно. Сократите, пожалуйста, до {most} знаков."
TOO_FAST = "Слишком быстро. Подождите несколько секунд и повторите."
NOT_UNDERSTOOD = "Страница устарела. Обновите её, пожалуйста."
NO_SUCH_FILE = "Файл не нашёлся. Приложите его ещё раз."


class WebChannel:
    name: ClassVar[str] = NAME

    def __init__(
        self,
        db: Database,
        bells: Bells,
        media: Media,
        door: Doorkeeper,
        limits: Limits | None = None,
    ) -> None:
        self.limits = limits or LIMITS
        self._db = db
        self._media = media
        self._door = door
        self._uploads = Uploads(db, media)
        self._pumps: dict[str, set[asyncio.Queue[int]]] = defaultdict(set)
        self._frames: dict[str, deque[float]] = defaultdict(deque)
        bells.on(NAME, self._rung)

    async def run(self, hear: Hear, up: Callable[[], None]) -> None:
        """Browsers come to `routes`; there is nothing to poll."""
        up()
        await asyncio.Event().wait()

    async def close(self) -> None:
        for pumps in list(self._pumps.values()):
            for pump in pumps:
                pump.put_nowait(-1)

    def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        raise Rejected("the file is no longer kept")  # uploads are read from our own folder

    # ── Sending ──────────────────────────────────────────────────────────────

    async def send(self, to: Address, message: Outbound, nonce: int) -> Sequence[str]:
        """Keeps the post and rings; the browser shows it now or when it is back."""
        async with self._db.work() as work:
            files = await keep_files(work, message.attachments, to.chat)
            body = render(message, files)
            if message.replaces:
                body.pop("attachments")
                await work.posts.change(NAME, to.chat, int(message.replaces), body)
                return [message.replaces]
            reply_to = int(message.reply_to) if message.reply_to else None
            post = await work.posts.add(
                NAME, to.chat, f"sent {nonce}", body, by="company", reply_to=reply_to
            )
            return [str(post.id)]

    def _rung(self, bell: str) -> None:
        _, chat, post_id = [*bell.split(":"), "", ""][:3]
        for pump in self._pumps.get(chat, ()):
            pump.put_nowait(int(post_id or 0))

    # ── Hearing ──────────────────────────────────────────────────────────────

    def routes(self, hear: Hear) -> list[web.RouteDef]:
        async def talk(request: web.Request) -> web.StreamResponse:
            return await self._talk(request, hear)

        return [
            web.get("/chat", self._show_page),
            web.get("/chat/embed.js", self._show_embed),
            web.get("/chat/ws", talk),
            web.post("/chat/files", self._take_file),
            web.get("/chat/files/{id}", self._give_file),
        ]

    async def _show_page(self, request: web.Request) -> web.StreamResponse:
        async with self._db.work() as work:
            origins = (await work.company.profile()).site_origins
        response = page("chat.html", ["'self'", *origins])
        self._door.give_visitor_cookie(request, response)
        return response

    async def _show_embed(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(
            STATIC / "embed.js",
            headers={"Cache-Control": "public, max-age=3600", "Content-Type": "text/javascript"},
        )

    async def _take_file(self, request: web.Request) -> web.StreamResponse:
        self._door.check_origin(request)
        chat = self._door.visitor(request)
        if chat is None:
            raise web.HTTPForbidden
        return await self._uploads.take(request, chat, FILES_AT)

    async def _give_file(self, request: web.Request) -> web.StreamResponse:
        chat = self._door.visitor(request)

        async def allowed(file: StoredFile) -> bool:
            if chat is None:
                return False
            if file.owner == chat:
                return True
            async with self._db.work() as work:
                return await work.posts.shows_file((NAME,), chat, file.id)

        return await self._uploads.give(request, allowed)

    async def _talk(self, request: web.Request, hear: Hear) -> web.StreamResponse:
        self._door.check_origin(request)
        chat = self._door.visitor(request)
        if chat is None:
            raise web.HTTPForbidden
        socket = web.WebSocketResponse(heartbeat=25, max_msg_size=256 * 1024)
        await socket.prepare(request)
        pump: asyncio.Queue[int] = asyncio.Queue()
        self._pumps[chat].add(pump)
        pushing = asyncio.ensure_future(self._push(socket, chat, pump))
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    await self._receive(socket, chat, frame.data, hear, pump)
        finally:
            pushing.cancel()
            self._pumps[chat].discard(pump)
            if not self._pumps[chat]:
                del self._pumps[chat]
        return socket

    async def _push(
        self, socket: web.WebSocketResponse, chat: str, pump: asyncio.Queue[int]
    ) -> None:
        """Sends each rung post, in order; now and then looks for what no bell told of. The
        first number in the queue is the last post that `hello` gave."""
        last = await pump.get()
        while not socket.closed:
            try:
                async with asyncio.timeout(LOOK_AGAIN):
                    rung = await pump.get()
            except TimeoutError:
                rung = 0
            if rung < 0:
                await socket.close(code=1001)
                return
            async with self._db.work() as work:
                posts = await work.posts.history(NAME, chat, after=last)
                if 0 < rung <= last:
                    changed = await work.posts.get(NAME, chat, rung)
                    posts = [changed, *posts] if changed else posts
            for post in posts:
                last = max(last, post.id)
                await socket.send_json(
                    {"is": "post", "post": show_post(post, FILES_AT)}, dumps=to_json
                )

    async def _receive(
        self,
        socket: web.WebSocketResponse,
        chat: str,
        data: str,
        hear: Hear,
        pump: asyncio.Queue[int],
    ) -> None:
        raw: Any = None
        try:
            raw = json.loads(data)
            frame = parse_frame(raw)
        except (ValueError, BadFrame):
            key = raw.get("key") if isinstance(raw, dict) else None
            await _refuse(socket, key, NOT_UNDERSTOOD)
            return
        if isinstance(frame, (Say, Press)) and not self._in_pace(chat):
            await _refuse(socket, frame.key, TOO_FAST)
            return
        address = Address(channel=NAME, chat=chat)
        sender = Sender(id=chat)
        match frame:
            case Hello():
                await self._greet(socket, frame, address, sender, hear, pump)
            case Say():
                await self._hear_say(socket, frame, address, sender, hear)
            case Press():
                async with self._db.work() as work:
                    body = {"text": frame.label}
                    post = await work.posts.add(NAME, chat, str(frame.key), body, by="me")
                await hear([hear_press(frame, address, sender, private=True)])
                await _confirm(socket, frame.key, show_post(post, FILES_AT))
            case Seen():
                async with self._db.work() as work:
                    await work.posts.mark_seen(chat, frame.upto)

    async def _greet(
        self, socket: web.WebSocketResponse, frame: Hello, address: Address, sender: Sender,
        hear: Hear, pump: asyncio.Queue[int],
    ) -> None:  # fmt: skip
        async with self._db.work() as work:
            company = await work.company.profile()
            posts = await work.posts.history(NAME, address.chat, after=frame.after)
            fresh = not posts and not frame.after
        pump.put_nowait(max([frame.after, *(post.id for post in posts)]))
        await socket.send_json(
            {
                "is": "hello",
                "company": {
                    "name": company.name,
                    "phone": company.phone,
                    "emergency_phone": company.emergency_phone,
                },
                "posts": [show_post(post, FILES_AT) for post in posts],
            },
            dumps=to_json,
        )
        if fresh or frame.start:
            await hear([hear_start(frame.start, address, sender, f"start {frame.start}")])

    async def _hear_say(
        self, socket: web.WebSocketResponse, frame: Say, address: Address, sender: Sender,
        hear: Hear,
    ) -> None:  # fmt: skip
        if len(frame.text) > LONGEST:
            await _refuse(socket, frame.key, TOO_LONG.format(most=LONGEST))
            return
        text = frame.text.replace("\x00", "")
        if not text.strip() and not frame.files:
            await _confirm(socket, frame.key, None)
            return
        async with self._db.work() as work:
            files = await own_files(work, frame.files, address.chat)
            if files is None:
                await _refuse(socket, frame.key, NO_SUCH_FILE)
                return
            body = {
                "text": text,
                "attachments": [render_attachment(attach(file), file) for file in files],
            }
            post = await work.posts.add(
                NAME, address.chat, str(frame.key), body, by="me", reply_to=frame.reply_to
            )
        attachments = [attach(file) for file in files]
        await hear([hear_say(frame, address, sender, post.id, attachments, private=True)])
        await _confirm(socket, frame.key, show_post(post, FILES_AT))

    def _in_pace(self, chat: str) -> bool:
        most, seconds = FRAMES_AT_MOST
        now, frames = time.monotonic(), self._frames[chat]
        while frames and frames[0] < now - seconds:
            frames.popleft()
        if len(frames) >= most:
            return False
        frames.append(now)
        return True


async def keep_files(
    work: Work, attachments: Sequence[Attachment], owner: str
) -> dict[str, StoredFile]:
    """A stored file for each attachment that has bytes, by its handle."""
    return {a.handle: await work.attachments.keep(a, owner) for a in attachments if a.handle}


async def own_files(work: Work, ids: Sequence[str], owner: str) -> list[StoredFile] | None:
    """The files, if all are this person's own uploads."""
    found = [await work.attachments.find(file_id) for file_id in ids]
    files = [file for file in found if file is not None and file.owner == owner]
    return files if len(files) == len(ids) else None


def to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


async def _refuse(socket: web.WebSocketResponse, key: object, why: str) -> None:
    await socket.send_json({"is": "refused", "key": str(key or ""), "why": why}, dumps=to_json)


async def _confirm(socket: web.WebSocketResponse, key: object, post: dict[str, Any] | None) -> None:
    await socket.send_json({"is": "heard", "key": str(key), "post": post}, dumps=to_json)
