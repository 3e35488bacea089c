"""Live: the open pages of the desk, and what each is told as it happens."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any, Literal

from aiohttp import WSMessage, WSMsgType, web
from pydantic import ValidationError

from bot.platforms.desk.reading import veil_of
from bot.platforms.desk.render import FILES_AT, NAME
from bot.platforms.desk.rooms import place_of, veil_post
from bot.platforms.web.pace import Pace
from bot.platforms.web.parse import Frame, Id
from bot.platforms.web.render import show_post, to_json
from services.bell import Bells
from services.db import Database
from services.errors import NotYours
from services.faults import log_fault
from services.staff import as_member
from services.tables import Member
from services.work import Work

CLOSE = ""  # instead of a bell: the program stops, or something was missed
LOOK_AGAIN = 30.0  # seconds after which a session is looked at although nothing rang
WRITING = "writing"
OUTAGE = "outage"  # one of them changed: announced, prolonged, answered
MAILING = "mailing"
REMINDER = "reminder"
LEFT = "left"  # a thread went from this room to another
OFTEN = (2, 3.0)  # times in seconds that a member is shown writing: a page says it every three


class Writing(Frame):
    do: Literal["writing"]
    thread: Id


class Page:
    """One open page of one member. `session` is asked again before anything is told: it may have
    ended, and the member's rooms may be others now."""

    def __init__(
        self, db: Database, socket: web.WebSocketResponse, session: str, pace: Pace
    ) -> None:
        self._db = db
        self._socket = socket
        self._session = session
        self._pace = pace
        self._rung: asyncio.Queue[str] = asyncio.Queue()

    def ring(self, bell: str) -> None:
        self._rung.put_nowait(bell)

    async def last(self) -> None:
        both = [asyncio.ensure_future(self._guard(each)) for each in (self._hear, self._push)]
        try:
            await both[0]
        finally:
            for each in both:
                each.cancel()
            await asyncio.gather(*both, return_exceptions=True)

    async def _guard(self, doing: Callable[[], Awaitable[None]]) -> None:
        try:
            await doing()
        except ConnectionResetError:
            return
        except NotYours:
            await self._socket.close(code=1008)  # the page asks again, and is told to sign in
        except Exception as failure:  # noqa: BLE001 (the last one to catch it)
            log_fault(failure, "a page of the desk")
            await self._socket.close(code=1011)

    # ── What the page says ───────────────────────────────────────────────────

    async def _hear(self) -> None:
        """That its member is writing; everything else it posts."""
        async for message in self._socket:
            writing = read_writing(message)
            if writing is not None and self._pace.allows(self._session):
                async with self._db.work() as work:
                    await self._tell_writing(work, writing.thread)

    async def _tell_writing(self, work: Work, thread: int) -> None:
        """To the colleagues, in whatever process their pages are. Raises `NotYours` when the
        session has ended."""
        member = await work.staff.member_of_session(self._session)
        if await may_see(work, member, thread):
            work.ring(f"{WRITING}:{thread}:{member.id}")

    # ── What the page is told ────────────────────────────────────────────────

    async def _push(self) -> None:
        while not self._socket.closed:
            bells = await self._next()
            if CLOSE in bells:
                await self._socket.close(code=1001)  # the page comes back and reads all anew
                return
            async with self._db.work() as work:
                frames = await self._read(work, bells)
            for frame in frames:
                await self._socket.send_json(frame, dumps=to_json)

    async def _next(self) -> list[str]:
        """All that rang meanwhile, each once; nothing when it was quiet for long."""
        try:
            async with asyncio.timeout(LOOK_AGAIN):
                rung = {await self._rung.get(): None}
        except TimeoutError:
            return []
        while not self._rung.empty():
            rung[self._rung.get_nowait()] = None
        return list(rung)

    async def _read(self, work: Work, bells: list[str]) -> list[dict[str, Any]]:
        """What this member may know of it. Raises `NotYours` when the session has ended."""
        member = await work.staff.member_of_session(self._session)
        frames = [await self._read_one(work, member, bell) for bell in bells]
        return [frame for frame in frames if frame is not None]

    async def _read_one(self, work: Work, member: Member, bell: str) -> dict[str, Any] | None:
        kind, who, ident = [*bell.split(":"), "", ""][:3]
        if kind == NAME:
            return await self._read_said(work, member, int(ident)) if ident else None
        if kind == LEFT:
            return {"is": "thread", "id": int(ident)} if await works_in(work, member, who) else None
        if kind in (OUTAGE, MAILING, REMINDER):
            may = who and await may_change(work, member, kind, int(who))
            return {"is": kind, "id": int(who)} if may else None
        if not who or not await may_see(work, member, int(who)):
            return None
        if kind == WRITING:
            return {"is": WRITING, "thread": int(who), "name": await work.staff.name_of(int(ident))}
        return {"is": "thread", "id": int(who)}

    async def _read_said(self, work: Work, member: Member, ident: int) -> dict[str, Any] | None:
        """An answer of the program, where the member may still read what it is about."""
        post = await work.posts.get(NAME, str(member.id), ident)
        if post is None:
            return None
        thread, code = place_of(post.topic)
        shown = show_post(post, FILES_AT)
        if code is not None:
            if not await works_in(work, member, code):
                return None
            room = await work.rooms.by_code(as_member(member), code)
            return {"is": "said", "room": code, "post": veil_post(room, shown)}
        if thread is not None:
            if not await may_see(work, member, thread):
                return None
            line = (await work.desk.threads(as_member(member), thread_id=thread))[0]
            shown = veil_of(line).veil_all(shown)
        return {"is": "said", "thread": thread, "post": shown}


class Live:
    def __init__(self, db: Database, bells: Bells) -> None:
        self._db = db
        self._pace = Pace(*OFTEN)
        self._pages: dict[int, set[Page]] = defaultdict(set)
        for name in ("thread", LEFT, WRITING, NAME, OUTAGE, MAILING, REMINDER):
            bells.on(name, self._rung)

    async def show(self, request: web.Request, member_id: int, session: str) -> web.StreamResponse:
        socket = web.WebSocketResponse(heartbeat=25, max_msg_size=16 * 1024)
        await socket.prepare(request)
        page = Page(self._db, socket, session, self._pace)
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
        kind, who, ident = [*bell.split(":"), "", ""][:3]
        if not who:  # some may have been missed
            if kind != WRITING:
                self.close()
            return
        for member_id, pages in self._pages.items():
            if kind == NAME and who != str(member_id):
                continue
            if kind == WRITING and ident == str(member_id):
                continue
            for page in pages:
                page.ring(bell)


def read_writing(message: WSMessage) -> Writing | None:
    if message.type is not WSMsgType.TEXT:
        return None
    try:
        return Writing.model_validate_json(message.data)
    except ValidationError:
        return None


async def may_see(work: Work, member: Member, thread: int) -> bool:
    try:
        await work.threads.get(as_member(member), thread)
    except NotYours:
        return False
    return True


async def may_change(work: Work, member: Member, kind: str, ident: int) -> bool:
    kinds = {OUTAGE: work.outages.get, MAILING: work.mailings.get, REMINDER: work.reminders.get}
    try:
        await kinds[kind](as_member(member), ident)
    except NotYours:
        return False
    return True


async def works_in(work: Work, member: Member, code: str) -> bool:
    try:
        await work.rooms.by_code(as_member(member), code)
    except NotYours:
        return False
    return True
