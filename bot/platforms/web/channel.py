"""The chat on the company's own site: a messenger whose server we are."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from math import inf
from typing import ClassVar

from aiohttp import web

from bot.media import Media
from bot.platforms.web.pace import Pace
from bot.platforms.web.pages import STATIC, Doorkeeper, page
from bot.platforms.web.parse import NAME
from bot.platforms.web.render import FILES_AT, render
from bot.platforms.web.uploads import LARGEST, Uploads, keep_files
from bot.platforms.web.visit import CLOSE, Visit
from services.bell import Bells
from services.db import Database
from services.messaging.inbox import Hear
from services.messaging.port import Rejected
from services.messaging.types import Address, Attachment, Limits, Outbound
from services.tables import StoredFile

WITHDRAWN = "Сообщение отозвано"
LIMITS = Limits(
    text=100_000, caption=100_000, per_second=500, chat_per_second=50, chat_burst=50,
    group_calls=0, key_lives=inf, upload=LARGEST,
)  # fmt: skip


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
        self._door = door
        self._uploads = Uploads(db, media)
        self._visits: dict[str, set[Visit]] = defaultdict(set)
        self._saying = Pace(30, 10)
        self._frames = Pace(120, 10)
        bells.on(NAME, self._rung)

    async def run(self, hear: Hear, up: Callable[[], None], cursor: str | None = None) -> None:
        """Browsers come to `routes`; there is nothing to poll."""
        up()
        await asyncio.Event().wait()

    async def close(self) -> None:
        for visits in self._visits.values():
            for visit in visits:
                visit.ring(CLOSE)

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
                body.setdefault("buttons", [])  # an edit takes the old ones away
                await work.posts.change(NAME, to.chat, int(message.replaces), body)
                return [message.replaces]
            reply_to = int(message.reply_to) if message.reply_to else None
            post = await work.posts.add(
                NAME, to.chat, f"sent {nonce}", body, by="company", reply_to=reply_to
            )
            return [str(post.id)]

    async def withdraw(self, to: Address, external_ids: Sequence[str]) -> None:
        gone = render(Outbound(text=WITHDRAWN), {})
        async with self._db.work() as work:
            for external_id in external_ids:
                await work.posts.replace(NAME, to.chat, int(external_id), gone)

    def _rung(self, bell: str) -> None:
        _, chat, post_id = [*bell.split(":"), "", ""][:3]
        for visit in self._visits.get(chat, ()):
            visit.ring(int(post_id or 0))

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
        visit = Visit(socket, chat, hear, self._db, self._saying, self._frames)
        self._visits[chat].add(visit)
        try:
            await visit.last()
        finally:
            self._visits[chat].discard(visit)
            if not self._visits[chat]:
                del self._visits[chat]
        return socket
