"""The desk's page of mailings: lists, one, the form, and what is done with it. The rules and the
words are those of `/mailing`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from aiohttp import web
from pydantic import Field, ValidationError

from bot.platforms.desk.asking import NO_SUCH_FILE, NOT_UNDERSTOOD, answer, read_id, read_json
from bot.platforms.desk.outages import refuse_fields, show_complexes
from bot.platforms.desk.render import FILES_AT
from bot.platforms.web.parse import Frame, Id, attach
from bot.platforms.web.uploads import keep_files, refuse
from handlers import mailing_staff_texts as words
from handlers.dialogue.steps import Wrong
from handlers.staff import mailing_doing as doing
from handlers.staff import mailing_page as shown
from handlers.staff.mailing_page import FilledMailing, keep
from handlers.staff.outage_page_texts import beside
from handlers.staff.place_filled import Mistakes
from handlers.staff_texts import MESSENGERS
from services.access import AsMember
from services.db import Database
from services.errors import AlreadySo, NotYours
from services.mailings import MAY_MAIL
from services.messaging.types import Attachment
from services.staff import as_member
from services.tables import Mailing, Member, StoredFile
from services.work import Work

NO_SUCH_MAILING = "Такой рассылки нет."
MOST_LATELY = 20

Name = Annotated[str, Field(max_length=40)]
Do = Callable[[Work, AsMember, Mailing, dict[str, Any]], Awaitable[tuple[str, int]]]


class Form(Frame):
    """`mailing`: the draft it changes; the same `key` makes one draft."""

    key: UUID
    mailing: Id | None = None
    whom: Name = ""
    roles: Name | None = ""  # None: nobody of the staff chosen yet
    kind: Name = ""
    houses: tuple[Id, ...] = Field(default=(), max_length=5000)
    entrances: tuple[Name, ...] = Field(default=(), max_length=200)
    risers: tuple[Name, ...] = Field(default=(), max_length=200)
    floors: str = Field(default="", max_length=4000)
    flats: str = Field(default="", max_length=4000)
    messenger: Name = ""
    text: str = Field(default="", max_length=20_000)
    files: tuple[Annotated[str, Field(max_length=100)], ...] = Field(default=(), max_length=50)
    by_night: bool = False
    openly: bool = False

    @property
    def filled(self) -> FilledMailing:
        return FilledMailing(**{**self.model_dump(exclude={"mailing"}), "key": str(self.key)})


class MailingsAtDesk:
    def __init__(self, db: Database) -> None:
        self._db = db

    # ── Reading ──────────────────────────────────────────────────────────────

    async def show(self, request: web.Request, member: Member) -> web.StreamResponse:
        """Raises `NotYours`."""
        viewer = as_member(member)
        async with self._db.work() as work:
            drafts = await work.mailing_lists.drafts(viewer)
            now = [*drafts, *await work.mailings.under_way(viewer)]
            past = await work.mailings.lately(viewer, MOST_LATELY)
            body = {
                "now": [await shown.show_line(work, each) for each in now],
                "past": [await shown.show_line(work, each) for each in past],
            }
        return answer(body)

    async def show_one(self, request: web.Request, member: Member) -> web.StreamResponse:
        """Raises `NotYours`."""
        async with self._db.work() as work:
            mailing = await work.mailings.get(as_member(member), mailing_of(request))
            body = await shown.show_whole(work, mailing)
            body["files"] = show_files(await files_of(work, mailing))
        return answer({"mailing": body})

    async def show_choices(self, request: web.Request, member: Member) -> web.StreamResponse:
        """What the form offers. Raises `NotYours`."""
        viewer = as_member(member)
        if viewer.role not in MAY_MAIL:
            raise NotYours
        async with self._db.work() as work:
            channels = await work.mailings.channels()
            body = {
                "whom": list(words.WHOM),
                "roles": [[",".join(value), label] for value, label in words.ROLES],
                "kinds": list(words.KINDS),
                "about": words.WHICH_KIND.partition("? ")[2],
                "messengers": [[each, MESSENGERS.get(each, each)] for each in channels],
                "longest": words.LONGEST,
                "zone": (await work.company.profile()).timezone,
                "complexes": await show_complexes(work, viewer),
            }
        return answer(body)

    async def show_form(self, request: web.Request, member: Member) -> web.StreamResponse:
        """Of one that is there, to go on with. Raises `NotYours`."""
        async with self._db.work() as work:
            mailing = await work.mailings.get(as_member(member), mailing_of(request))
            files = await files_of(work, mailing)
            filled = shown.filled_of(mailing, tuple(file.id for file in files))
            whole = bool(mailing.form.get("page")) or all(
                len(place) == 1 for place in mailing.audience["places"]
            )
        body = {"form": asdict(filled), "files": show_files(files), "whole": whole}
        return answer({**body, "state": mailing.state})

    async def show_text(self, request: web.Request, member: Member) -> web.StreamResponse:
        """For the house's own chat, to be copied. Raises `NotYours`."""
        async with self._db.work() as work:
            mailing = await work.mailings.get(as_member(member), mailing_of(request))
            return answer({"text": await shown.chat_text(work, mailing)})

    # ── The form ─────────────────────────────────────────────────────────────

    async def keep(self, request: web.Request, member: Member) -> web.StreamResponse:
        """Keeps the draft and shows it as residents will have it; with `?look` nothing is kept.
        Raises `NotYours`."""
        try:
            form = Form.model_validate(await read_json(request))
        except ValidationError:
            return refuse(400, NOT_UNDERSTOOD)
        if member.trainee:
            return refuse(422, words.TRAINEE)
        async with self._db.work() as work:
            step = await work.session.begin_nested()
            try:
                preview = await shown.show_preview(work, await self._keep(work, member, form))
            except Mistakes as mistakes:
                await step.rollback()
                return refuse_fields(mistakes.fields)
            except AlreadySo:
                await step.rollback()
                return refuse(422, words.ALREADY)
            await (step.rollback() if "look" in request.query else step.commit())
        return answer({"preview": preview})

    async def _keep(
        self, work: Work, member: Member, form: Form, mailing_id: int | None = None
    ) -> Mailing:
        viewer, ident = as_member(member), mailing_id or form.mailing
        own: dict[str, Attachment] = {}
        for file_id in form.files:
            file = await work.attachments.find(file_id)
            if file is not None and file.owner == f"member:{member.id}":
                own[file_id] = attach(file)
        if ident is not None:  # and what a colleague put there
            before = await work.mailings.get(viewer, ident)
            for file in await files_of(work, before):
                own.setdefault(file.id, attach(file))
        if any(file_id not in own for file_id in form.files):
            raise Mistakes({"files": NO_SUCH_FILE})
        attached = [own[file_id] for file_id in form.files]
        return await keep(work, viewer, form.filled, attached, ident)

    # ── What is done with it ─────────────────────────────────────────────────

    async def do(self, name: str, request: web.Request, member: Member) -> web.StreamResponse:
        """`send`, `schedule` at a moment of the company's clock, `hold`, `go`, `stop`, or `again`:
        a new draft of a stopped one. With a `form` that is kept first, both or neither. Raises
        `NotYours`."""
        body = await read_json(request)
        if member.trainee:
            return refuse(422, words.TRAINEE)
        try:
            form = Form.model_validate(body["form"]) if body.get("form") else None
            async with self._db.work() as work:
                viewer, ident = as_member(member), mailing_of(request)
                mailing = await work.mailings.get(viewer, ident, lock=True)
                if form is not None:
                    mailing = await self._keep(work, member, form, ident)
                told, there = await DOES[name](work, viewer, mailing, body)
        except ValidationError:
            return refuse(400, NOT_UNDERSTOOD)
        except Mistakes as mistakes:
            return refuse_fields(mistakes.fields)
        except Wrong as wrong:
            why = beside(str(wrong))
            return refuse_fields({"at": why}) if name == "schedule" else refuse(422, why)
        except AlreadySo:
            return refuse(422, words.ALREADY)
        return answer({"told": told, "id": there})


DOES: dict[str, Do] = {
    "send": doing.send, "schedule": doing.schedule, "hold": doing.hold, "go": doing.go_on,
    "stop": doing.stop, "again": doing.send_to_others,
}  # fmt: skip


async def files_of(work: Work, mailing: Mailing) -> list[StoredFile]:
    attachments = [Attachment.model_validate(each) for each in mailing.photos]
    return list((await keep_files(work, attachments, "")).values())


def show_files(files: list[StoredFile]) -> list[dict[str, Any]]:
    return [
        {
            "id": file.id,
            "kind": file.kind,
            "title": file.title,
            "size": file.size,
            "mime": file.mime,
            "url": f"{FILES_AT}/{file.id}",
        }
        for file in files
    ]


def mailing_of(request: web.Request) -> int:
    """The number in the address. Raises `NotYours`."""
    return read_id(request.match_info["id"])
