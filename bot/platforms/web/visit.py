"""A visit: one open page of a resident's chat, what it says and what it is told."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import WSMsgType, web

from bot.platforms.web.pace import Pace
from bot.platforms.web.parse import (
    LONGEST,
    NAME,
    BadFrame,
    Frame,
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
from bot.platforms.web.render import FILES_AT, render_attachment, show_post, to_json
from bot.platforms.web.uploads import own_files
from handlers import answers
from services.db import Database
from services.faults import log_fault
from services.messaging.inbox import Hear
from services.messaging.types import Address, Sender

LOOK_AGAIN = 20.0  # seconds after which a page looks for posts it was not rung for
CLOSE = -1  # instead of the id of a post: the program stops
LOOK = 0  # whatever is new

TOO_LONG = f"Слишком длинно. Сократите, пожалуйста, до {LONGEST} знаков."
TOO_FAST = "Слишком быстро. Подождите несколько секунд и повторите."
NOT_UNDERSTOOD = "Страница устарела. Обновите её, пожалуйста."
NO_SUCH_FILE = "Файл не нашёлся. Приложите его ещё раз."


class Visit:
    """`ring` tells it of a post. `saying` and `frames` are shared by all pages of all people."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        chat: str,
        hear: Hear,
        db: Database,
        saying: Pace,
        frames: Pace,
    ) -> None:
        self._socket = socket
        self._address = Address(channel=NAME, chat=chat)
        self._sender = Sender(id=chat)
        self._hear = hear
        self._db = db
        self._saying = saying
        self._frames = frames
        self._rung: asyncio.Queue[int] = asyncio.Queue()
        self._shown: int | None = None  # the last post this page has; None before its hello

    @property
    def chat(self) -> str:
        return self._address.chat

    def ring(self, post_id: int) -> None:
        self._rung.put_nowait(post_id)

    async def last(self) -> None:
        """Until the page is closed. After an error of ours the socket is closed too: the page
        comes back and says again whatever was not heard."""
        pushing = asyncio.ensure_future(self._guard(self._push()))
        try:
            await self._guard(self._listen())
        finally:
            pushing.cancel()
            await asyncio.gather(pushing, return_exceptions=True)

    async def _guard(self, work: Any) -> None:
        try:
            await work
        except ConnectionResetError:
            return  # the page went away while it was told something
        except Exception as failure:  # noqa: BLE001 (the last one to catch it)
            log_fault(failure, "a page of the site chat")
            await self._socket.close(code=1011)

    # ── Telling ──────────────────────────────────────────────────────────────

    async def _push(self) -> None:
        """Sends each rung post, in order; now and then looks for what no bell told of."""
        while not self._socket.closed:
            try:
                async with asyncio.timeout(LOOK_AGAIN):
                    rung = await self._rung.get()
            except TimeoutError:
                rung = LOOK
            if rung == CLOSE:
                await self._socket.close(code=1001)
                return
            if self._shown is None:
                continue  # its hello will bring everything
            async with self._db.work() as work:
                posts = await work.posts.history(NAME, self.chat, after=self._shown)
                if 0 < rung <= self._shown:
                    changed = await work.posts.get(NAME, self.chat, rung)
                    posts = [changed, *posts] if changed else posts
            for post in posts:
                self._shown = max(self._shown, post.id)
                await self._tell({"is": "post", "post": show_post(post, FILES_AT)})

    async def _tell(self, frame: dict[str, Any]) -> None:
        await self._socket.send_json(frame, dumps=to_json)

    async def _confirm(self, key: object, post: dict[str, Any] | None) -> None:
        await self._tell({"is": "heard", "key": str(key), "post": post})

    async def _refuse(self, key: object, why: str) -> None:
        await self._tell({"is": "refused", "key": str(key), "why": why})

    # ── Hearing ──────────────────────────────────────────────────────────────

    async def _listen(self) -> None:
        async for message in self._socket:
            if message.type is not WSMsgType.TEXT:
                continue
            if not self._frames.allows(self.chat):
                await self._socket.close(code=1008)
                return
            try:
                frame = parse_frame(message.data)
            except BadFrame as bad:
                await self._refuse(bad.key, NOT_UNDERSTOOD)
                continue
            await self._receive(frame)

    async def _receive(self, frame: Frame) -> None:
        if isinstance(frame, Say | Press) and not self._saying.allows(self.chat):
            await self._refuse(frame.key, TOO_FAST)
            return
        match frame:
            case Hello():
                await self._greet(frame)
            case Say():
                await self._hear_say(frame)
            case Press():
                async with self._db.work() as work:
                    body = {"text": frame.label}
                    post = await work.posts.add(NAME, self.chat, str(frame.key), body, by="me")
                await self._hear([hear_press(frame, self._address, self._sender)])
                await self._confirm(frame.key, show_post(post, FILES_AT))
            case Seen():
                async with self._db.work() as work:
                    await answers.tell_read(work, await work.posts.mark_seen(self.chat, frame.upto))

    async def _greet(self, frame: Hello) -> None:
        async with self._db.work() as work:
            company = await work.company.profile()
            posts = await work.posts.since(NAME, self.chat, frame.after)
        fresh = not posts and not frame.after
        if fresh or frame.start:
            await self._hear([hear_start(frame.start, self._address, self._sender)])
        await self._tell(
            {
                "is": "hello",
                "company": {
                    "name": company.name,
                    "phone": company.phone,
                    "emergency_phone": company.emergency_phone,
                },
                "posts": [show_post(post, FILES_AT) for post in posts],
            }
        )
        self._shown = max([frame.after, *(post.id for post in posts)])
        self.ring(LOOK)

    async def _hear_say(self, frame: Say) -> None:
        if len(frame.text) > LONGEST:
            await self._refuse(frame.key, TOO_LONG)
            return
        if not frame.text.strip() and not frame.files:
            await self._confirm(frame.key, None)
            return
        async with self._db.work() as work:
            files = await own_files(work, frame.files, self.chat)
            if files is None:
                await self._refuse(frame.key, NO_SUCH_FILE)
                return
            body = {
                "text": frame.text,
                "attachments": [render_attachment(attach(file), file) for file in files],
            }
            post = await work.posts.add(
                NAME, self.chat, str(frame.key), body, by="me", reply_to=frame.reply_to
            )
        attachments = [attach(file) for file in files]
        inbound = hear_say(frame, self._address, self._sender, attachments, post_id=post.id)
        await self._hear([inbound])
        await self._confirm(frame.key, show_post(post, FILES_AT))
