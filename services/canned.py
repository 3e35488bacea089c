"""Canned answers: drafts for staff, from the company file and from the chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from services.access import AsMember
from services.company import storing
from services.company.declaration import CannedAnswer
from services.errors import NotFound, NotYours
from services.tables import CannedAnswer as Row
from services.tables import Complex, House, Thread

if TYPE_CHECKING:
    from services.work import Work

MAY_EDIT = ("dispatcher", "manager", "admin")
LOCK = 0x63616E


class Canned:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def of_thread(self, viewer: AsMember, thread: Thread) -> list[CannedAnswer]:
        """Those of the thread's complex, and those of every one. Raises `NotYours`."""
        ticket = await self._work.threads.ticket(thread.id)
        place = await self._work.people.place_of_thread(viewer, thread)
        complex_id = ticket.complex_id if ticket else place.complex_id if place else None
        code = await self._work.session.scalar(select(Complex.code).where(Complex.id == complex_id))
        return [each for each in await self.every() if not each.complexes or code in each.complexes]

    async def every(self) -> list[CannedAnswer]:
        rows = await self._work.session.scalars(
            select(Row.content)
            .where(Row.withdrawn_at.is_(None))
            .order_by(Row.position, Row.id)
            .execution_options(populate_existing=True)
        )
        return [CannedAnswer.model_validate(content) for content in rows]

    async def put(self, viewer: AsMember, key: str, title: str, text: str) -> bool:
        """In place of the one with that key, in its complexes; else a new one for all. True when
        it is new. The next company file keeps it. Raises `NotYours`, and `ValueError` for a key,
        title or text that cannot be one."""
        self._check(viewer)
        await storing.lock(self._work, LOCK)
        row = await self._work.session.scalar(select(Row).where(Row.key == key))
        known = row is not None and row.withdrawn_at is None
        complexes = tuple(row.content.get("complexes", ())) if row is not None and known else ()
        answer = CannedAnswer(id=key, title=title, text=text, complexes=complexes)
        last = await self._work.session.scalar(select(func.max(Row.position)))
        position = row.position if row is not None else (last or 0) + 1
        content = answer.model_dump(mode="json")
        await storing.write(self._work, "canned_answer", key, content, position)
        self._work.audit.note(
            viewer.name, "canned answer " + ("changed" if known else "added"), f"canned:{key}"
        )
        return not known

    async def remove(self, viewer: AsMember, key: str) -> None:
        """Raises `NotYours`, `NotFound`."""
        self._check(viewer)
        row = await self._work.session.scalar(
            select(Row).where(Row.key == key, Row.withdrawn_at.is_(None))
        )
        if row is None:
            raise NotFound(key)
        await storing.withdraw(self._work, "canned_answer", key)
        self._work.audit.note(viewer.name, "canned answer removed", f"canned:{key}")

    def _check(self, viewer: AsMember) -> None:
        if viewer.role not in MAY_EDIT:
            raise NotYours

    async def house_of(self, viewer: AsMember, thread: Thread) -> str:
        """The address of the house a thread is about, empty where nobody knows."""
        ticket = await self._work.threads.ticket(thread.id)
        place = await self._work.people.place_of_thread(viewer, thread)
        house_id = ticket.house_id if ticket else place.house_id if place else None
        found = await self._work.session.scalar(select(House.address).where(House.id == house_id))
        return found or ""
