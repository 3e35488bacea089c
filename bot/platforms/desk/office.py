"""What lies around a dispatcher: what was before, ready answers, colleagues, how much waits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from bot.platforms.desk.asking import answer, read_id, thread_of, word_of
from bot.platforms.desk.render import show_found, show_member
from bot.platforms.web.uploads import refuse
from handlers import status_texts
from handlers.discretion import for_thread
from handlers.staff import canned, canned_texts, finding_texts
from services.db import Database
from services.finding import Found
from services.staff import as_member
from services.tables import Member, Room
from services.work import Work

LONGEST_QUERY = 200
WHAT_TO_FIND = "Что найти? Номер заявки, адрес, имя, конец телефона или слова из переписки."
QUERY_TOO_LONG = f"Слишком длинный запрос: помещается {LONGEST_QUERY} знаков."


class Office:
    def __init__(self, db: Database) -> None:
        self._db = db

    # ── What was before ──────────────────────────────────────────────────────

    async def search(self, request: web.Request, member: Member) -> web.StreamResponse:
        """`?q=` as `/find` takes it."""
        words = word_of(request, "q").strip()
        if len(words) > LONGEST_QUERY:
            return refuse(400, QUERY_TOO_LONG)
        if not words:
            return shown((), WHAT_TO_FIND)
        async with self._db.work() as work:
            found = await work.finding.find(as_member(member), words)
            lines = await show_all(work, found)
        return shown(lines, "" if found else finding_texts.nothing(words))

    async def history(self, request: web.Request, member: Member) -> web.StreamResponse:
        """Raises `NotYours`."""
        async with self._db.work() as work:
            viewer = as_member(member)
            thread = await work.threads.get(viewer, thread_of(request))
            found = await work.finding.history(viewer, thread)
            lines = await show_all(work, found)
        return shown(lines, "" if found else finding_texts.NO_HISTORY)

    # ── Ready answers ────────────────────────────────────────────────────────

    async def canned(self, request: web.Request, member: Member) -> web.StreamResponse:
        """Drafts, filled in for this thread. Raises `NotYours`."""
        async with self._db.work() as work:
            viewer = as_member(member)
            thread = await work.threads.get(viewer, thread_of(request))
            offered = await work.canned.of_thread(viewer, thread)
            values = await canned.values_of(work, viewer, thread, member) if offered else {}
        return answer(
            {
                "answers": [
                    {
                        "id": each.id,
                        "title": each.title,
                        "text": canned_texts.fill(each.text, values),
                    }
                    for each in offered
                ]
            }
        )

    # ── How much waits ───────────────────────────────────────────────────────

    async def counts(self, request: web.Request, member: Member) -> web.StreamResponse:
        """Of open threads, for the filters of the list."""
        viewer = as_member(member)
        async with self._db.work() as work:
            counted = await work.desk.counts(viewer, room=word_of(request, "room"))
            complexes = {each.id: each for each in await work.places.complexes()}
            houses = await work.places.houses_of(viewer)
        known = [each for each in complexes.values() if each.code in counted.complexes]
        return answer(
            {
                "filters": counted.filters,
                "complexes": [
                    {"code": each.code, "name": each.name, "count": counted.complexes[each.code]}
                    for each in known
                ],
                "houses": [
                    {
                        "code": each.code,
                        "address": each.address,
                        "complex": complexes[each.complex_id].code,
                        "count": counted.houses[each.code],
                    }
                    for each in houses
                    if each.code in counted.houses
                ],
            }
        )

    # ── Who else is there ────────────────────────────────────────────────────

    async def colleagues(self, request: web.Request, member: Member) -> web.StreamResponse:
        """To whom and whither `/assign` may hand over `?thread=`, or what stands in `?room=`.
        Raises `NotYours`."""
        viewer, ident = as_member(member), word_of(request, "thread")
        async with self._db.work() as work:
            if ident:
                thread = await work.threads.get(viewer, read_id(ident))
                rooms = await work.rooms.showing(thread)
            else:
                rooms = [await work.rooms.by_code(viewer, word_of(request, "room"))]
            members = await work.taking.colleagues(rooms)
            others = [] if viewer.role == "executor" else await rooms_but(work, rooms[0])
        return answer(
            {
                "members": [show_member(each) for each in members if each.id != member.id],
                "rooms": [{"code": each.code, "title": each.title} for each in others],
            }
        )

    async def executors(self, request: web.Request, member: Member) -> web.StreamResponse:
        """Whom `/executor` may name in a thread, and how much each has to do. Raises
        `NotYours`."""
        async with self._db.work() as work:
            thread = await work.threads.get(as_member(member), thread_of(request))
            ticket = await work.threads.ticket(thread.id)
            there_are = await work.executors.every(thread)
            counted = await work.executors.count_open(there_are)
        return answer(
            {
                "executors": [
                    {
                        **show_member(each),
                        "open": counted.get(each.id, 0),
                        "busy": status_texts.busy(counted.get(each.id, 0)),
                        "named": ticket is not None and ticket.executor_id == each.id,
                    }
                    for each in there_are
                ]
            }
        )


async def rooms_but(work: Work, here: Room) -> list[Room]:
    """The other rooms that take threads of residents."""
    found = []
    for room in await work.rooms.every():
        serves = await work.rooms.serves(room)
        if room.id != here.id and (serves.own or not serves.executors):
            found.append(room)
    return found


async def show_all(work: Work, found: Sequence[Found]) -> list[dict[str, Any]]:
    """As the room of each thread may show it."""
    rooms = {each.thread.room_id: await work.rooms.get(each.thread.room_id) for each in found}
    return [
        for_thread(rooms[each.thread.room_id], each.resident, each.ticket).veil_all(
            show_found(each)
        )
        for each in found
    ]


def shown(found: Sequence[dict[str, Any]], why: str) -> web.Response:
    body: dict[str, Any] = {"found": list(found), "why": why}
    return answer(body)
