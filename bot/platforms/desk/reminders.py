"""The desk's page of reminders: lists, one, the form, and what is done with it. The rules and the
words are those of `/debts`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from aiohttp import web
from pydantic import Field, ValidationError

from bot.platforms.desk.asking import NOT_UNDERSTOOD, answer, read_id, read_json
from bot.platforms.desk.outages import refuse_fields, show_complexes
from bot.platforms.web.parse import Frame, Id
from bot.platforms.web.uploads import refuse
from handlers import reminder_staff_texts as words
from handlers import reminder_texts
from handlers.dialogue.steps import Wrong
from handlers.staff import reminder_doing as doing
from handlers.staff import reminder_page as shown
from handlers.staff.outage_page_texts import beside
from handlers.staff.place_filled import Mistakes
from handlers.staff.reminder_page import FilledReminder, keep
from handlers.staff_texts import MESSENGERS
from services.access import AsMember, check_counting
from services.db import Database
from services.errors import AlreadySo
from services.staff import as_member
from services.tables import Member, Reminder
from services.work import Work

NO_SUCH_REMINDER = "Такого напоминания нет."
MOST_LATELY = 20

Name = Annotated[str, Field(max_length=40)]
Do = Callable[[Work, AsMember, Reminder, dict[str, Any]], Awaitable[tuple[str, int]]]


class Form(Frame):
    """`reminder`: the draft it changes; the same `key` makes one draft."""

    key: UUID
    reminder: Id | None = None
    kind: Name = ""
    least: Name = ""
    months: int = Field(default=0, ge=0, le=1200)
    where: Name = ""
    houses: tuple[Id, ...] = Field(default=(), max_length=5000)
    tone: Name = ""
    text: str = Field(default="", max_length=20_000)
    monthly: bool = False

    @property
    def filled(self) -> FilledReminder:
        return FilledReminder(**{**self.model_dump(exclude={"reminder"}), "key": str(self.key)})


class RemindersAtDesk:
    def __init__(self, db: Database) -> None:
        self._db = db

    # ── Reading ──────────────────────────────────────────────────────────────

    async def show(self, request: web.Request, member: Member) -> web.StreamResponse:
        """Raises `NotYours`."""
        viewer = as_member(member)
        async with self._db.work() as work:
            drafts = await work.reminders.drafts(viewer)
            now = [*drafts, *await work.reminders.under_way(viewer)]
            past = await work.reminders.lately(viewer, MOST_LATELY)
            body = {
                "now": [await shown.show_line(work, each) for each in now],
                "past": [await shown.show_line(work, each) for each in past],
            }
        return answer(body)

    async def show_one(self, request: web.Request, member: Member) -> web.StreamResponse:
        """Raises `NotYours`."""
        async with self._db.work() as work:
            it = await work.reminders.get(as_member(member), reminder_of(request))
            body = await shown.show_whole(work, it)
        return answer({"reminder": body})

    async def show_choices(self, request: web.Request, member: Member) -> web.StreamResponse:
        """What the form offers. Raises `NotYours`."""
        viewer = as_member(member)
        check_counting(viewer)
        async with self._db.work() as work:
            sums = await work.reminders.with_sums()
            body = {
                "kinds": list(words.KINDS),
                "months": list(words.MONTHS),
                "tones": list(words.TONES),
                "texts": {
                    f"{kind} {tone}": text for (kind, tone), text in reminder_texts.TONES.items()
                },
                "variables": words.variables([MESSENGERS.get(each, each) for each in sums]),
                "longest": words.LONGEST,
                "zone": (await work.company.profile()).timezone,
                "complexes": await show_complexes(work, viewer),
            }
        return answer(body)

    async def show_form(self, request: web.Request, member: Member) -> web.StreamResponse:
        """Of one that is there, to go on with. Raises `NotYours`."""
        async with self._db.work() as work:
            it = await work.reminders.get(as_member(member), reminder_of(request))
        body = {"form": asdict(shown.filled_of(it)), "whole": True}
        return answer({**body, "state": it.state})

    # ── The form ─────────────────────────────────────────────────────────────

    async def keep(self, request: web.Request, member: Member) -> web.StreamResponse:
        """Keeps the draft and shows it as residents will have it; with `?look` nothing is kept.
        Raises `NotYours`."""
        check_counting(as_member(member))
        try:
            form = Form.model_validate(await read_json(request))
        except ValidationError:
            return refuse(400, NOT_UNDERSTOOD)
        if member.trainee:
            return refuse(422, words.TRAINEE)
        async with self._db.work() as work:
            step = await work.session.begin_nested()
            try:
                it = await keep(work, as_member(member), form.filled, form.reminder)
                preview = await shown.show_preview(work, it)
            except Mistakes as mistakes:
                await step.rollback()
                return refuse_fields(mistakes.fields)
            except AlreadySo:
                await step.rollback()
                return refuse(422, words.ALREADY)
            await (step.rollback() if "look" in request.query else step.commit())
        return answer({"preview": preview})

    # ── What is done with it ─────────────────────────────────────────────────

    async def do(self, name: str, request: web.Request, member: Member) -> web.StreamResponse:
        """`send`, `schedule` at a moment of the company's clock, `hold`, `go` or `stop`. With a
        `form` that is kept first, both or neither. Raises `NotYours`."""
        body = await read_json(request)
        viewer = as_member(member)
        check_counting(viewer)
        if member.trainee:
            return refuse(422, words.TRAINEE)
        try:
            form = Form.model_validate(body["form"]) if body.get("form") else None
            async with self._db.work() as work:
                it = await work.reminders.get(viewer, reminder_of(request), lock=True)
                if form is not None:
                    it = await keep(work, viewer, form.filled, it.id)
                told, there = await DOES[name](work, viewer, it, body)
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
    "stop": doing.stop,
}  # fmt: skip


def reminder_of(request: web.Request) -> int:
    """The number in the address. Raises `NotYours`."""
    return read_id(request.match_info["id"])
