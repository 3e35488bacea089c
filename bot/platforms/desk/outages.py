"""The desk's page of outages: lists, one, the form, and what is done with it. The rules and the
words are those of `/outage`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import Field, ValidationError

from bot.platforms.desk.asking import NOT_UNDERSTOOD, answer, read_id, read_json, word_of
from bot.platforms.desk.reading import read_skip
from bot.platforms.web.parse import Frame, Id
from bot.platforms.web.uploads import refuse
from handlers import open_posts
from handlers import outage_staff_texts as words
from handlers.dialogue.steps import Wrong
from handlers.staff import outage_doing as doing
from handlers.staff import outage_page as shown
from handlers.staff.outage_filled import Filled, keep, read_local
from handlers.staff.outage_form import prevents
from handlers.staff.outage_page_texts import NO_HOUR, ONLY_PLANNED, WHEN_TO_SEND, beside
from handlers.staff.outage_steps import expect_ahead, expect_later
from handlers.staff.place_filled import Mistakes
from services.access import AsMember
from services.db import Database
from services.errors import AlreadySo, NotYours
from services.outage_lists import PAGE
from services.outages import MAY_ANNOUNCE
from services.staff import as_member
from services.tables import Member, Outage
from services.work import Work
from services.zones import zone_of_outage

NO_SUCH_OUTAGE = "Такого отключения нет."

Name = Annotated[str, Field(max_length=40)]
Do = Callable[[Work, AsMember, Outage, dict[str, Any]], Awaitable[str]]


class Form(Frame):
    """`outage`: the draft it changes; the same `key` makes one draft."""

    key: UUID
    outage: Id | None = None
    planned: bool | None = None
    what: str = Field(default="", max_length=40)
    title: str = Field(default="", max_length=4000)
    houses: tuple[Id, ...] = Field(default=(), max_length=5000)
    entrances: tuple[Name, ...] = Field(default=(), max_length=200)
    risers: tuple[Name, ...] = Field(default=(), max_length=200)
    floors: str = Field(default="", max_length=4000)
    flats: str = Field(default="", max_length=4000)
    since: str = Field(default="", max_length=40)
    until: str = Field(default="", max_length=40)
    open_end: bool = False
    reason: str = Field(default="", max_length=4000)
    loud: bool = False
    openly: bool = False

    @property
    def filled(self) -> Filled:
        return Filled(**{**self.model_dump(exclude={"outage"}), "key": str(self.key)})


class OutagesAtDesk:
    def __init__(self, db: Database) -> None:
        self._db = db

    # ── Reading ──────────────────────────────────────────────────────────────

    async def show(self, request: web.Request, member: Member) -> web.StreamResponse:
        """`?which=past` a page of those that are over, else all others. Raises `NotYours`."""
        viewer = as_member(member)
        try:
            skip = read_skip(word_of(request, "skip"))
        except ValueError:
            return refuse(400, NOT_UNDERSTOOD)
        async with self._db.work() as work:
            if word_of(request, "which") == "past":
                found = await work.outage_lists.past(viewer, skip)
                more = len(found) >= PAGE
            else:
                drafts = await work.outage_lists.drafts(viewer)
                found, more = [*drafts, *await work.outage_lists.now(viewer)], False
            lines = [await shown.show_line(work, each) for each in found]
        return answer({"outages": lines, "more": more})

    async def show_one(self, request: web.Request, member: Member) -> web.StreamResponse:
        """Raises `NotYours`."""
        async with self._db.work() as work:
            outage = await work.outages.get(as_member(member), outage_of(request))
            return answer({"outage": await shown.show_whole(work, outage)})

    async def show_choices(self, request: web.Request, member: Member) -> web.StreamResponse:
        """What the form offers. Raises `NotYours`."""
        viewer = as_member(member)
        if viewer.role not in MAY_ANNOUNCE:
            raise NotYours
        async with self._db.work() as work:
            complexes = await show_complexes(work, viewer)
            own = (await work.company.profile()).timezone
        return answer(
            {
                "what": [{"key": key, "label": label} for key, label in words.WHATS],
                "reasons": {
                    "accident": list(words.REASONS_OFFERED[False]),
                    "planned": list(words.REASONS_OFFERED[True]),
                },
                "complexes": complexes,
                "zone": own,
            }
        )

    async def show_house(self, request: web.Request, member: Member) -> web.StreamResponse:
        """Its parts. Raises `NotYours`."""
        viewer, ident = as_member(member), outage_of(request)
        async with self._db.work() as work:
            if all(house.id != ident for house in await work.places.houses_of(viewer)):
                raise NotYours
            entrances = await work.places.entrances(ident)
            risers = await work.places.risers(ident)
        return answer(
            {
                "entrances": [each.number for each in entrances],
                "risers": sorted(risers, key=lambda name: (len(name), name)),
            }
        )

    async def show_form(self, request: web.Request, member: Member) -> web.StreamResponse:
        """Of one that is there, to go on with. Raises `NotYours`."""
        async with self._db.work() as work:
            outage = await work.outages.get(as_member(member), outage_of(request))
            filled, whole = await shown.filled_of(work, outage)
        return answer({"form": asdict(filled), "whole": whole, "state": outage.state})

    async def show_text(self, request: web.Request, member: Member) -> web.StreamResponse:
        """For the house's own chat, to be copied. Raises `NotYours`."""
        async with self._db.work() as work:
            outage = await work.outages.get(as_member(member), outage_of(request))
            return answer({"text": await open_posts.chat_text_of_outage(work, outage)})

    # ── The form ─────────────────────────────────────────────────────────────

    async def keep(self, request: web.Request, member: Member) -> web.StreamResponse:
        """Keeps the draft and shows it as residents will have it. What is scheduled would be a
        draft again: with `?look` nothing is kept. Raises `NotYours`."""
        try:
            form = Form.model_validate(await read_json(request))
        except ValidationError:
            return refuse(400, NOT_UNDERSTOOD)
        if member.trainee:
            return refuse(422, words.TRAINEE)
        async with self._db.work() as work:
            step = await work.session.begin_nested()
            try:
                outage = await keep(work, as_member(member), form.filled, form.outage)
                preview = await shown.show_preview(work, outage)
            except Mistakes as mistakes:
                await step.rollback()
                return refuse_fields(mistakes.fields)
            except AlreadySo:
                await step.rollback()
                return refuse(422, words.ALREADY)
            if "look" in request.query:
                await step.rollback()
            else:
                await step.commit()
        return answer({"preview": preview})

    # ── What is done with it ─────────────────────────────────────────────────

    async def do(self, name: str, request: web.Request, member: Member) -> web.StreamResponse:
        """`send`, `schedule` at a local moment, `prolong` until one, `restore` or `cancel`. With a
        `form` that is kept first, both or neither. Raises `NotYours`."""
        body = await read_json(request)
        if member.trainee:
            return refuse(422, words.TRAINEE)
        try:
            form = Form.model_validate(body["form"]) if body.get("form") else None
            async with self._db.work() as work:
                told = await self._do(work, as_member(member), outage_of(request), name, body, form)
        except ValidationError:
            return refuse(400, NOT_UNDERSTOOD)
        except Mistakes as mistakes:
            return refuse_fields(mistakes.fields)
        except Wrong as wrong:
            why = beside(str(wrong))
            return refuse_fields({FIELDS[name]: why}) if name in FIELDS else refuse(422, why)
        except AlreadySo:
            return refuse(422, words.ALREADY)
        return answer({"told": told})

    async def _do(
        self,
        work: Work,
        viewer: AsMember,
        ident: int,
        name: str,
        body: dict[str, Any],
        form: Form | None,
    ) -> str:
        outage = await work.outages.get(viewer, ident, lock=True)
        if form is not None:
            outage = await keep(work, viewer, form.filled, ident)
        return await DOES[name](work, viewer, outage, body)


async def send(work: Work, viewer: AsMember, outage: Outage, body: dict[str, Any]) -> str:
    if outage.state in ("draft", "scheduled") and (why := await prevents(work, outage)):
        raise Wrong("\n".join(why))
    return await doing.send(work, viewer, outage)


async def schedule(work: Work, viewer: AsMember, outage: Outage, body: dict[str, Any]) -> str:
    if not outage.planned:
        raise Wrong(ONLY_PLANNED)
    at = expect_ahead(work.now, await moment(work, outage, body.get("at"), WHEN_TO_SEND))
    return await doing.schedule(work, viewer, outage, at)


async def prolong(work: Work, viewer: AsMember, outage: Outage, body: dict[str, Any]) -> str:
    until = None
    if not body.get("open_end"):
        until = await moment(work, outage, body.get("until"), NO_HOUR)
        expect_later(work.now, until)
    return await doing.prolong(work, viewer, outage, until)


async def restore(work: Work, viewer: AsMember, outage: Outage, body: dict[str, Any]) -> str:
    return (await doing.end(work, viewer, outage, restored=True))[0]


async def cancel(work: Work, viewer: AsMember, outage: Outage, body: dict[str, Any]) -> str:
    """`told`: the page knew that residents had been told, and its member said yes to that."""
    if outage.state == "announced" and not body.get("told"):
        raise AlreadySo
    if outage.state != "announced" and body.get("told"):
        raise AlreadySo
    return (await doing.end(work, viewer, outage, restored=False))[0]


DOES: dict[str, Do] = {
    "send": send, "schedule": schedule, "prolong": prolong, "restore": restore, "cancel": cancel,
}  # fmt: skip


async def show_complexes(work: Work, viewer: AsMember) -> list[dict[str, Any]]:
    """With the houses that this member works for. `zone`: where it is not the company's."""
    own, houses = (await work.company.profile()).timezone, await work.places.houses_of(viewer)
    zones = {house.id: await work.company.zone_of_house(house.id) for house in houses}
    return [
        {
            "name": each.name,
            "houses": [
                {
                    "id": house.id,
                    "address": house.address,
                    "zone": zones[house.id] if zones[house.id] != own else "",
                }
                for house in houses
                if house.complex_id == each.id
            ],
        }
        for each in await work.places.complexes()
        if any(house.complex_id == each.id for house in houses)
    ]


FIELDS = {"schedule": "at", "prolong": "until"}  # what the page asks for these


def refuse_fields(fields: dict[str, str]) -> web.Response:
    return answer({"why": next(iter(fields.values())), "fields": fields}, status=422)


async def moment(work: Work, outage: Outage, typed: object, why: str) -> datetime:
    """Raises `Wrong`."""
    zone = ZoneInfo(await zone_of_outage(work, outage))
    try:
        found = read_local(typed, zone) if isinstance(typed, str) else None
    except ValueError:
        found = None
    if found is None:
        raise Wrong(why)
    return found


def outage_of(request: web.Request) -> int:
    """The number in the address. Raises `NotYours`."""
    return read_id(request.match_info["id"])
