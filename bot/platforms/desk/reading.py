"""What the desk shows on request: the member, the list of threads, a thread, its files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.platforms.desk.render import FILES_AT, NAME, show_card, show_line, show_message
from bot.platforms.web.parse import clean
from bot.platforms.web.render import show_post
from bot.platforms.web.uploads import keep_files
from handlers import holding_posts, standing
from handlers.discretion import Discretion, for_thread
from services.access import MAY_COUNT
from services.db import Database
from services.desk import FILTERS, ORDERS, PAGE, Filter, Line, Order
from services.mailings import MAY_MAIL
from services.messaging.types import PHONE, Attachment
from services.outages import MAY_ANNOUNCE
from services.staff import as_member
from services.tables import Member, StoredFile
from services.taking import may_release


class Reading:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def me(self, member: Member) -> dict[str, Any]:
        viewer = as_member(member)
        async with self._db.work() as work:
            company = await work.company.profile()
            rooms = [room for room in await work.rooms.every() if viewer.works_in(room)]
        return {
            "member": {"name": member.name, "role": viewer.role, "title": member.title},
            "may": {
                "announce": viewer.role in MAY_ANNOUNCE,
                "mail": viewer.role in MAY_MAIL,
                "count": viewer.role in MAY_COUNT,
                "send": not member.trainee,
            },
            "rooms": [{"code": room.code, "title": room.title} for room in rooms],
            "company": {"name": company.name},
        }

    async def threads(self, member: Member, query: Mapping[str, str]) -> dict[str, Any]:
        """Raises `ValueError` for a filter, an order or a place in the list that there is not."""
        before = datetime.fromisoformat(query["before"]) if query.get("before") else None
        if before is not None and before.tzinfo is None:
            raise ValueError
        which: Filter = FILTERS[FILTERS.index(query.get("filter", ""))]
        order: Order = ORDERS[ORDERS.index(query.get("order") or "latest")]
        async with self._db.work() as work:
            now = work.now
            lines = await work.desk.threads(
                as_member(member),
                room=str(clean(query.get("room", ""))),
                state="closed" if query.get("state") == "closed" else "open",
                which=which,
                in_complex=str(clean(query.get("complex", ""))),
                in_house=str(clean(query.get("house", ""))),
                order=order,
                before=before,
                skip=read_skip(query.get("skip", "")),
            )
        return {
            "threads": [veil_of(line).veil_all(show_line(line, member.id, now)) for line in lines],
            "more": len(lines) >= PAGE,
        }

    async def thread(self, member: Member, ident: int) -> dict[str, Any]:
        """Raises `NotYours`."""
        viewer = as_member(member)
        async with self._db.work() as work:
            thread = await work.threads.get(viewer, ident)
            lines = await work.desk.threads(viewer, thread_id=ident)
            messages = await work.threads.messages(viewer, ident)
            others = await work.people.reachable(thread.resident_id, but=thread.contact_id)
            place = await work.people.place_of_thread(viewer, thread)
            delivered = await work.desk.deliveries([m.id for m in messages if m.by == "member"])
            attachments = [Attachment.model_validate(a) for m in messages for a in m.attachments]
            files = await keep_files(work, attachments, "")
            said = await work.posts.history(NAME, str(member.id), topic=str(ident), most=20)
            ticket = lines[0].ticket
            call = await work.calls.of_thread(ident)
            draft = await work.drafting.of_thread(viewer, ident)
            alarm = await work.alarms.of_thread(ident)
            shown = show_line(lines[0], member.id, work.now)
            by_phone = lines[0].contact.channel == PHONE
            shown["call"] = {"phone": lines[0].resident.phone or ""} if by_phone else None
            due = await work.company.local(ticket.due_at) if ticket else None
            card = show_card(lines[0], place, due, await work.company.local(work.now))
            for told in await standing.describe(work, thread, ticket):
                what, _, value = told.partition(": ")
                card.append([what, value])
            if earlier := await work.threads.continued(thread):
                card.append(["Продолжение", earlier])
            decision = await holding_posts.buttons_of(work, thread)
        asked = messages[0].id if messages else None  # a claim is the first line of its thread
        veil = veil_of(lines[0]).veil_all
        return {
            "thread": veil(shown),
            "card": veil(card),
            "messages": [
                veil_message(
                    lines[0],
                    show_message(
                        m,
                        files,
                        delivered.get(m.id),
                        others=bool(others),
                        may_release=may_release(viewer, member),
                        call=call,
                        alarm=alarm,
                        draft=draft,
                        decision=decision if m.id == asked else None,
                    ),
                )
                for m in messages
            ],
            "said": [veil(show_post(post, FILES_AT)) for post in said],
        }

    async def may_see(self, member: Member, file: StoredFile) -> bool:
        if file.owner == f"member:{member.id}":
            return True
        async with self._db.work() as work:
            viewer = as_member(member)
            if await work.desk.shows_file(viewer, file):
                return True
            if not await work.posts.shows_file((NAME,), str(member.id), file.id):
                return False
            return await work.marked_readings.shows_file(viewer, file)  # one they asked for


def veil_of(line: Line) -> Discretion:
    return for_thread(line.room, line.resident, line.ticket, danger=line.alarmed)


def veil_message(line: Line, shown: dict[str, Any]) -> dict[str, Any]:
    """Words and who said them, names of files, and what a button puts into the answer; of its label
    nothing is changed."""
    shows = veil_of(line)
    buttons = [
        [{**each, "fills": shows.veil(each["fills"])} if "fills" in each else each for each in row]
        for row in shown["buttons"]
    ]
    return {
        **shown,
        "text": shows.veil(shown["text"]),
        "author": shows.veil(shown["author"]),
        "attachments": [
            {**each, "title": shows.veil(each["title"])} if "title" in each else each
            for each in shown["attachments"]
        ],
        "buttons": buttons,
    }


def read_skip(digits: str) -> int:
    """Raises `ValueError`."""
    if not digits:
        return 0
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 6):
        raise ValueError
    return int(digits)
