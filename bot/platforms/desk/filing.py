"""The desk's form for whoever called, came or wrote elsewhere."""

from __future__ import annotations

from uuid import UUID

from aiohttp import web
from pydantic import ValidationError

from bot.platforms.desk.asking import (
    NO_SUCH_ROOM,
    NO_SUCH_THREAD,
    NOT_UNDERSTOOD,
    answer,
    read_json,
    word_of,
)
from bot.platforms.web.parse import Frame, Id
from bot.platforms.web.uploads import refuse
from handlers.staff import filing_texts
from handlers.staff.filing import doubt, file_form, report
from services.db import Database
from services.errors import NotFound, NothingSaid, NotYours
from services.filing import SOURCES, FiledFor
from services.staff import as_member
from services.tables import House, Member
from services.understanding.saying.callers import read_phone

LONGEST = {"text": 4000, "name": 60, "flat": 20, "phone": 40, "link": 500}
NO_HOUSE = "Выберите дом."
NO_SUCH_HOUSE = "Такого дома среди ваших нет."
NO_KIND = "Выберите вид заявки."
NO_TEXT = "Напишите, что случилось."
NO_KIND_THERE = "Такого вида заявки по этому адресу нет. Выберите другой."
NO_FLAT = "Такие заявки подают по квартире. Впишите её номер или выберите другой вид."
NO_ADDRESS = "У этого жителя нет адреса. Выберите дом."
NO_LINK = "Ссылка должна начинаться с https:// или http://."
TOO_LONG = {
    "text": f"Слишком длинное описание: помещается {LONGEST['text']} знаков.",
    "name": f"Слишком длинное имя: помещается {LONGEST['name']} знаков.",
    "flat": "Слишком длинный номер квартиры.",
    "phone": filing_texts.BAD_PHONE,
    "link": f"Слишком длинная ссылка: помещается {LONGEST['link']} знаков.",
}


class Form(Frame):
    """`thread`: for the resident of this one, at its address unless a house is given. `sure`: what
    was asked about it is answered with yes."""

    key: UUID
    house: Id | None = None
    flat: str = ""
    category: str = ""
    text: str = ""
    name: str = ""
    phone: str = ""
    source: str = "phone"
    link: str = ""
    thread: Id | None = None
    sure: bool = False


class FilingAtDesk:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def show(self, request: web.Request, member: Member) -> web.StreamResponse:
        """What to choose from, in the houses of one room or of all of the member's."""
        viewer, code = as_member(member), word_of(request, "room")
        async with self._db.work() as work:
            houses = await work.places.houses_of(viewer)
            complexes = {each.id: each for each in await work.places.complexes()}
            if code:
                try:
                    room = await work.rooms.by_code(viewer, code)
                except NotYours:
                    return refuse(404, NO_SUCH_ROOM)
                houses = [h for h in houses if complexes[h.complex_id].room_id == room.id]
            kinds = {
                complexes[ident].code: await work.company.categories(ident)
                for ident in dict.fromkeys(house.complex_id for house in houses)
            }
        return answer(
            {
                "houses": [show_house(each, complexes[each.complex_id].code) for each in houses],
                "categories": {
                    complex_code: [
                        {
                            "key": kind.key or kind.code,
                            "title": kind.title,
                            "emergency": kind.emergency,
                            "own_flat": kind.own_flat,
                        }
                        for kind in offered
                    ]
                    for complex_code, offered in kinds.items()
                },
                "sources": [
                    {"key": key, "title": filing_texts.SOURCES[key].capitalize()} for key in SOURCES
                ],
            }
        )

    async def file(self, request: web.Request, member: Member) -> web.StreamResponse:
        """The same `key` twice files once, and is answered alike. 200 is a question, `ask`, and
        nothing filed: the same form may come again, `sure`."""
        try:
            form = Form.model_validate(await read_json(request))
        except ValidationError:
            return refuse(400, NOT_UNDERSTOOD)
        if why := check(form):
            return refuse(422, why)
        viewer, not_theirs = as_member(member), NO_SUCH_THREAD
        try:
            async with self._db.work() as work:
                if form.thread is not None:
                    await work.threads.get(viewer, form.thread)
                not_theirs = NO_SUCH_HOUSE
                wanted = understand(form)
                if not form.sure and (asked := await doubt(work, viewer, wanted)):
                    return answer({"ask": asked})
                ticket = await file_form(work, viewer, str(form.key), wanted)
                told = await report(work, viewer, ticket)
                body = {"thread": ticket.thread_id, "number": str(ticket.number), "told": told}
        except NotYours:
            return refuse(404, not_theirs)
        except NothingSaid:
            return refuse(422, NO_TEXT)
        except NotFound as missing:
            if "category" in str(missing):
                return refuse(422, NO_KIND_THERE if form.flat.strip() else NO_FLAT)
            if form.house is None:
                return refuse(422, NO_ADDRESS)
            return refuse(404, NO_SUCH_HOUSE)
        return answer(body, status=201)


def check(form: Form) -> str:
    """What is wrong with it, before anything is looked up."""
    for name, most in LONGEST.items():
        if len(getattr(form, name)) > most:
            return TOO_LONG[name]
    if form.source not in SOURCES:
        return NOT_UNDERSTOOD
    if form.house is None and form.thread is None:
        return NO_HOUSE
    if not form.category:
        return NO_KIND
    if form.phone.strip() and not read_phone(form.phone):
        return filing_texts.BAD_PHONE
    if form.link.strip() and not form.link.strip().startswith(("https://", "http://")):
        return NO_LINK
    return ""


def understand(form: Form) -> FiledFor:
    return FiledFor(
        text=form.text.strip(),
        category=form.category,
        house_id=form.house,
        flat=form.flat.strip(),
        name=form.name.strip(),
        phone=read_phone(form.phone),
        source=form.source,
        source_link=form.link.strip(),
        thread_id=form.thread,
    )


def show_house(house: House, complex_code: str) -> dict[str, object]:
    return {"id": house.id, "address": house.address, "complex": complex_code}
