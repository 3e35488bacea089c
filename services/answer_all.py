"""One answer for many threads: chosen by house and kind of request, shown to its member first, and
sent once to those of them that are still open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from services.access import AsMember, threads_of
from services.errors import AlreadySo, NotYours, StaleButton
from services.messaging.types import Attachment
from services.sought import fold, read
from services.tables import AnswerAll, Category, Complex, Home, House, Room, Thread, Ticket

if TYPE_CHECKING:
    from services.work import Work

MAY_SEND = ("dispatcher", "manager", "admin")
LIVES = timedelta(hours=1)
MOST = 200
EVERYBODY = ("", "всем", "все", "всех")


@dataclass(frozen=True)
class Chosen:
    """By what threads are chosen; an empty choice is everybody. `title`: as it is called."""

    houses: tuple[int, ...] = ()
    complexes: tuple[int, ...] = ()
    category: str = ""
    title: str = ""


class AnswerAlls:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def read(self, typed: str) -> Chosen | None:
        """«Садовая 5, горячая вода», a house or complex alone, a kind alone, «всем»; None for
        anything else."""
        text = fold(typed).strip(" .,;")
        if text in EVERYBODY:
            return Chosen()
        titles = await self.categories()
        category = ""
        for title in sorted(titles, key=len, reverse=True):
            name = fold(title)
            if text == name or text.endswith((" " + name, "," + name)):
                category, text = title, text[: -len(name)].strip(" .,;")
                break
            if text.startswith((name + ",", name + " ")):
                category, text = title, text[len(name) :].strip(" .,;")
                break
        if not text:
            return Chosen(category=category, title=category)
        return await self._read_place(text, category)

    async def _read_place(self, text: str, category: str) -> Chosen | None:
        complexes = await self._work.places.complexes()
        named = [each for each in complexes if fold(each.name) == text]
        if named:
            title = ", ".join(filter(None, [named[0].name, category]))
            return Chosen(complexes=(named[0].id,), category=category, title=title)
        houses = {house.id: house.address for house in await self._houses()}
        found = [
            address.house_id
            for address in read(text, houses.items()).addresses
            if address.house_id is not None and not address.flat
        ]
        if not found:
            return None
        title = ", ".join(filter(None, [houses[found[0]], category]))
        return Chosen(houses=tuple(found), category=category, title=title)

    async def _houses(self) -> list[House]:
        rows = await self._work.session.scalars(
            select(House).where(House.withdrawn_at.is_(None)).order_by(House.position)
        )
        return list(rows)

    async def categories(self) -> list[str]:
        """Their titles, each once."""
        rows = await self._work.session.scalars(
            select(Category.content["title"].astext)
            .where(Category.withdrawn_at.is_(None))
            .order_by(Category.position)
        )
        return list(dict.fromkeys(rows))

    async def choose(self, viewer: AsMember, chosen: Chosen) -> list[tuple[Thread, Ticket | None]]:
        """Open threads that fit, the oldest first, one more than may be at most. In the quiet mode
        nothing leaves, so such threads are not among them."""
        find = (
            select(Thread, Ticket)
            .outerjoin(Ticket, Ticket.thread_id == Thread.id)
            .outerjoin(Home, Thread.home_id == Home.id)
            .outerjoin(House, House.id == func.coalesce(Ticket.house_id, Home.house_id))
            .where(Thread.state == "open", Thread.quiet.is_(False), threads_of(viewer))
            .order_by(Thread.id)
            .limit(MOST + 1)
        )
        if chosen.houses:
            find = find.where(House.id.in_(chosen.houses))
        if chosen.complexes:
            of_rooms = select(Complex.room_id).where(Complex.id.in_(chosen.complexes))
            find = find.where(
                or_(
                    House.complex_id.in_(chosen.complexes),
                    House.id.is_(None) & Thread.room_id.in_(of_rooms),
                )
            )
        if chosen.category:
            find = find.where(Ticket.what == chosen.category)
        return [(thread, ticket) for thread, ticket in await self._work.session.execute(find)]

    async def keep(
        self,
        viewer: AsMember,
        room: Room,
        chosen: Chosen,
        threads: Sequence[Thread],
        text: str,
        attachments: Sequence[Attachment],
    ) -> AnswerAll:
        """Until somebody presses. Raises `NotYours` for whoever may not send."""
        check(viewer)
        kept = AnswerAll(
            room_id=room.id,
            member_id=viewer.member_id,
            text=text,
            attachments=[a.model_dump(mode="json", exclude_defaults=True) for a in attachments],
            chosen={"title": chosen.title},
            threads=[thread.id for thread in threads],
            made_at=self._work.now,
        )
        self._work.session.add(kept)
        await self._work.session.flush()
        return kept

    async def take(self, viewer: AsMember, ident: int) -> tuple[AnswerAll, list[Thread]]:
        """Locks what was previewed, marks it as sent and returns those of its threads that are
        still open and may be written to, locked. Raises `NotYours`, `AlreadySo`, `StaleButton`."""
        kept = await self._claim(viewer, ident)
        if kept.made_at <= self._work.now - LIVES:
            raise StaleButton
        kept.sent_at = self._work.now
        threads = []
        for thread_id in sorted(kept.threads):
            try:
                thread = await self._work.threads.get(viewer, thread_id, lock=True)
            except NotYours:  # handed over to a room that this member has nothing to do with
                continue
            if thread.state == "open" and not thread.quiet:
                threads.append(thread)
        self._work.audit.note(
            viewer.name, "answered all", f"answer all:{kept.id}", threads=len(threads)
        )
        await self._work.session.flush()
        return kept, threads

    async def drop(self, viewer: AsMember, ident: int) -> AnswerAll:
        """Raises `NotYours`, `AlreadySo`."""
        kept = await self._claim(viewer, ident)
        kept.dropped_at = self._work.now
        await self._work.session.flush()
        return kept

    async def _claim(self, viewer: AsMember, ident: int) -> AnswerAll:
        check(viewer)
        kept = await self._work.session.get(
            AnswerAll, ident, with_for_update=True, populate_existing=True
        )
        if kept is None or not viewer.works_in(await self._work.rooms.get(kept.room_id)):
            raise NotYours
        if kept.sent_at is not None or kept.dropped_at is not None:
            raise AlreadySo
        return kept


def check(viewer: AsMember) -> None:
    if viewer.role not in MAY_SEND:
        raise NotYours
