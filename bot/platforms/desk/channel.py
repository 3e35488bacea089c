"""The desk: the staff room in a browser. What members say goes the way of every message, through
the inbox to the handlers of staff; what they see is read from the threads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from math import inf
from typing import ClassVar

from aiohttp import web

from bot.media import Media
from bot.platforms.desk.asking import (
    HIGHEST,
    NO_SUCH_ROOM,
    NO_SUCH_THREAD,
    NOT_UNDERSTOOD,
    answer,
    read_json,
    thread_of,
)
from bot.platforms.desk.filing import FilingAtDesk
from bot.platforms.desk.imports import NO_SUCH_FILE_HERE, ImportsAtDesk
from bot.platforms.desk.live import Live
from bot.platforms.desk.mailings import DOES as MAILING_DOES
from bot.platforms.desk.mailings import NO_SUCH_MAILING, MailingsAtDesk
from bot.platforms.desk.office import Office
from bot.platforms.desk.outages import DOES, NO_SUCH_OUTAGE, OutagesAtDesk
from bot.platforms.desk.papers import Papers
from bot.platforms.desk.reading import Reading
from bot.platforms.desk.reminders import DOES as REMINDER_DOES
from bot.platforms.desk.reminders import NO_SUCH_REMINDER, RemindersAtDesk
from bot.platforms.desk.render import FILES_AT, NAME
from bot.platforms.desk.rooms import RoomsAtDesk
from bot.platforms.desk.speaking import Speaking
from bot.platforms.web.pages import DESK, Doorkeeper, page
from bot.platforms.web.render import render
from bot.platforms.web.uploads import LARGEST, Uploads, keep_files, refuse
from services.bell import Bells
from services.db import Database
from services.errors import NotYours
from services.messaging.inbox import Hear
from services.messaging.port import Rejected
from services.messaging.types import Address, Attachment, Limits, Outbound
from services.staff import as_member
from services.tables import Member, StoredFile

LIMITS = Limits(
    text=100_000, caption=100_000, per_second=500, chat_per_second=50, chat_burst=50,
    group_calls=0, key_lives=inf, upload=LARGEST,
)  # fmt: skip
NOT_SIGNED_IN = "Чтобы войти, нужна личная ссылка."
SESSION_ENDED = "Вход закончился. Чтобы продолжить, нужна новая ссылка."

Show = Callable[[web.Request, Member], Awaitable[web.StreamResponse]]


class DeskChannel:
    name: ClassVar[str] = NAME

    def __init__(self, db: Database, bells: Bells, media: Media, door: Doorkeeper) -> None:
        self.limits = LIMITS
        self._db = db
        self._door = door
        self._uploads = Uploads(db, media)
        self._reading = Reading(db)
        self._papers = Papers(db)
        self._office = Office(db)
        self._filing = FilingAtDesk(db)
        self._rooms = RoomsAtDesk(db)
        self._outages = OutagesAtDesk(db)
        self._mailings = MailingsAtDesk(db)
        self._reminders = RemindersAtDesk(db)
        self._imports = ImportsAtDesk(db, media)
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
            if message.replaces:
                body.pop("attachments")
                body.setdefault("buttons", [])  # an edit takes the old ones away
                await work.posts.change(NAME, to.chat, int(message.replaces), body)
                return [message.replaces]
            post = await work.posts.add(
                NAME, to.chat, f"sent {nonce}", body, by="company", topic=to.topic or ""
            )
            return [str(post.id)]

    # ── The door ─────────────────────────────────────────────────────────────

    def routes(self, hear: Hear) -> list[web.RouteDef]:
        signed_in, speaking = self._signed_in, Speaking(self._db, hear)
        office, papers, filing = self._office, self._papers, self._filing
        return [
            *self._routes_of_outages(),
            *self._routes_of_mailings(),
            *self._routes_of_reminders(),
            *self._routes_of_imports(),
            web.get("/desk", self._show_page),
            web.get("/desk/enter", self._show_enter),
            web.post("/desk/enter", self._enter),
            web.post("/desk/api/leave", signed_in(self._leave)),
            web.get("/desk/ws", signed_in(self._watch)),
            web.get("/desk/api/me", signed_in(self._show_me)),
            web.get("/desk/api/threads", signed_in(self._show_threads)),
            web.get("/desk/api/counts", signed_in(office.counts)),
            web.get("/desk/api/colleagues", signed_in(office.colleagues, NO_SUCH_ROOM)),
            web.get("/desk/api/search", signed_in(office.search)),
            web.get(r"/desk/api/threads/{id:\d+}", signed_in(self._show_thread)),
            web.get(r"/desk/api/threads/{id:\d+}/history", signed_in(office.history)),
            web.get(r"/desk/api/threads/{id:\d+}/executors", signed_in(office.executors)),
            web.get(r"/desk/api/threads/{id:\d+}/canned", signed_in(office.canned)),
            web.get(r"/desk/api/threads/{id:\d+}/order", signed_in(papers.give_order)),
            web.post(r"/desk/api/threads/{id:\d+}/say", signed_in(speaking.say)),
            web.post(r"/desk/api/threads/{id:\d+}/seen", signed_in(self._mark_seen)),
            web.post("/desk/api/press", signed_in(speaking.press)),
            web.get("/desk/api/rooms/{code}", signed_in(self._rooms.show, NO_SUCH_ROOM)),
            web.post("/desk/api/rooms/{code}/say", signed_in(speaking.say_in_room, NO_SUCH_ROOM)),
            web.get("/desk/api/filing", signed_in(filing.show)),
            web.post("/desk/api/filing", signed_in(filing.file)),
            web.get("/desk/api/journal", signed_in(papers.give_journal)),
            web.post("/desk/api/files", signed_in(self._take_file)),
            web.get("/desk/api/files/{id}", signed_in(self._give_file)),
        ]

    def _routes_of_outages(self) -> list[web.RouteDef]:
        outages, at = self._outages, "/desk/api/outages"

        def theirs(show: Show) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
            return self._signed_in(show, NO_SUCH_OUTAGE)

        return [
            web.get(at, theirs(outages.show)),
            web.post(at, theirs(outages.keep)),
            web.get(f"{at}/form", theirs(outages.show_choices)),
            web.get(rf"{at}/houses/{{id:\d+}}", theirs(outages.show_house)),
            web.get(rf"{at}/{{id:\d+}}", theirs(outages.show_one)),
            web.get(rf"{at}/{{id:\d+}}/form", theirs(outages.show_form)),
            web.get(rf"{at}/{{id:\d+}}/text", theirs(outages.show_text)),
            web.get(rf"{at}/{{id:\d+}}/paper", theirs(self._papers.give_sheet)),
            *(
                web.post(rf"{at}/{{id:\d+}}/{what}", theirs(partial(outages.do, what)))
                for what in DOES
            ),
        ]

    def _routes_of_mailings(self) -> list[web.RouteDef]:
        mailings, at = self._mailings, "/desk/api/mailings"

        def theirs(show: Show) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
            return self._signed_in(show, NO_SUCH_MAILING)

        return [
            web.get(at, theirs(mailings.show)),
            web.post(at, theirs(mailings.keep)),
            web.get(f"{at}/form", theirs(mailings.show_choices)),
            web.get(rf"{at}/{{id:\d+}}", theirs(mailings.show_one)),
            web.get(rf"{at}/{{id:\d+}}/form", theirs(mailings.show_form)),
            web.get(rf"{at}/{{id:\d+}}/text", theirs(mailings.show_text)),
            *(
                web.post(rf"{at}/{{id:\d+}}/{what}", theirs(partial(mailings.do, what)))
                for what in MAILING_DOES
            ),
        ]

    def _routes_of_reminders(self) -> list[web.RouteDef]:
        reminders, at = self._reminders, "/desk/api/reminders"

        def theirs(show: Show) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
            return self._signed_in(show, NO_SUCH_REMINDER)

        return [
            web.get(at, theirs(reminders.show)),
            web.post(at, theirs(reminders.keep)),
            web.get(f"{at}/form", theirs(reminders.show_choices)),
            web.get(rf"{at}/{{id:\d+}}", theirs(reminders.show_one)),
            web.get(rf"{at}/{{id:\d+}}/form", theirs(reminders.show_form)),
            *(
                web.post(rf"{at}/{{id:\d+}}/{what}", theirs(partial(reminders.do, what)))
                for what in REMINDER_DOES
            ),
        ]

    def _routes_of_imports(self) -> list[web.RouteDef]:
        imports, at = self._imports, "/desk/api/imports"

        def theirs(show: Show) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
            return self._signed_in(show, NO_SUCH_FILE_HERE)

        return [
            web.get(at, theirs(imports.show)),
            web.post(at, theirs(imports.take)),
            web.get(rf"{at}/{{id:\d+}}/problems", theirs(imports.give_problems)),
            web.post(rf"{at}/{{id:\d+}}/undo", theirs(imports.undo)),
            web.post(rf"{at}/{{id:\d+}}/{{what}}", theirs(imports.do)),
        ]

    def _signed_in(
        self, show: Show, not_theirs: str = NO_SUCH_THREAD
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
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
                return refuse(404, not_theirs)

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
