"""Live: the open pages of the desk, and what each is told as it happens."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Any

from aiohttp import web

from bot.platforms.desk.render import FILES_AT, NAME
from bot.platforms.web.render import show_post, to_json
from services.bell import Bells
from services.db import Database
from services.errors import NotYours
from services.faults import log_fault
from services.staff import as_member
from services.work import Work

CLOSE = ""  # instead of a bell: the program stops
LOOK_AGAIN = 30.0  # seconds after which a session is looked at although nothing rang


class Page:
    """One open page of one member. `session` is asked again before anything is told: it may have
    ended, and the member's rooms may be others now."""

    def __init__(self, db: Database, socket: web.WebSocketResponse, session: str) -> None:
        self._db = db
        self._socket = socket
        self._session = session
        self._rung: asyncio.Queue[str] = asyncio.Queue()

    def ring(self, bell: str) -> None:
        self._rung.put_nowait(bell)

    async def last(self) -> None:
        pushing = asyncio.ensure_future(self._guard())
        try:
            async for _ in self._socket:
                pass  # a page says nothing here: it posts
        finally:
            pushing.cancel()
            await asyncio.gather(pushing, return_exceptions=True)

    async def _guard(self) -> None:
        try:
            await self._push()
        except ConnectionResetError:
            return
        except NotYours:
            await self._socket.close(code=1008)  # the page asks again, and is told to sign in
        except Exception as failure:  # noqa: BLE001 (the last one to catch it)
            log_fault(failure, "a page of the desk")
            await self._socket.close(code=1011)

    async def _push(self) -> None:
        while not self._socket.closed:
            bell = None
            try:
                async with asyncio.timeout(LOOK_AGAIN):
                    bell = await self._rung.get()
            except TimeoutError:
                pass
            if bell == CLOSE:
                await self._socket.close(code=1001)
                return
            async with self._db.work() as work:
                frame = await self._read(work, bell)
            if frame is not None:
                await self._socket.send_json(frame, dumps=to_json)

    async def _read(self, work: Work, bell: str | None) -> dict[str, Any] | None:
        """What this member may know of it. Raises `NotYours` when the session has ended."""
        member = await work.staff.member_of_session(self._session)
        if bell is None:
            return None
        kind, who, ident = [*bell.split(":"), "", ""][:3]
        if kind == NAME:
            post = await work.posts.get(NAME, who, int(ident or 0))
            if post is None or who != str(member.id):
                return None
            thread = int(post.topic or 0) or None
            return {"is": "said", "thread": thread, "post": show_post(post, FILES_AT)}
        try:
            await work.threads.get(as_member(member), int(who or 0))
        except NotYours:
            return None
        return {"is": "thread", "id": int(who)}


class Live:
    def __init__(self, db: Database, bells: Bells) -> None:
        self._db = db
        self._pages: dict[int, set[Page]] = defaultdict(set)
        bells.on("thread", self._rung)
        bells.on(NAME, self._rung)

    async def show(self, request: web.Request, member_id: int, session: str) -> web.StreamResponse:
        socket = web.WebSocketResponse(heartbeat=25, max_msg_size=16 * 1024)
        await socket.prepare(request)
        page = Page(self._db, socket, session)
        self._pages[member_id].add(page)
        try:
            await page.last()
        finally:
            self._pages[member_id].discard(page)
            if not self._pages[member_id]:
                del self._pages[member_id]
        return socket

    def look(self, member_id: int) -> None:
        """A session of this member has ended: their pages look whether it was theirs."""
        for page in self._pages.get(member_id, ()):
            page.ring("session")

    def close(self) -> None:
        for pages in self._pages.values():
            for page in pages:
                page.ring(CLOSE)

    def _rung(self, bell: str) -> None:
        kind, who, _ = [*bell.split(":"), "", ""][:3]
        for member_id, pages in self._pages.items():
            if kind == "thread" or str(member_id) == who:
                for page in pages:
                    page.ring(bell)
