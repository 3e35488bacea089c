"""Finding a request or a conversation by whatever a member knows of it: its number, a flat, a
name, the end of a phone number, words. The newest first, and only what this member may see."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, and_, desc, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import TSVECTOR

from services.access import AsMember, threads_of
from services.company.flats import normalize_number
from services.mentions import By, Hit, Mentions
from services.sought import Address, read
from services.tables import Flat, Home, House, Resident, Thread, Ticket
from services.tables.finding import NAME_WORDS, PHONE_FROM_ITS_END

if TYPE_CHECKING:
    from services.work import Work

MOST = 10
NEWEST = 2000  # threads whose residents are looked at before all residents are
MOST_PEOPLE = 2000
FIRST_WORDS = 90  # characters


@dataclass(frozen=True)
class Found:
    """`at` is when it was said or filed. `snippet`: the words around what was found, or the first
    ones."""

    thread: Thread
    ticket: Ticket | None
    resident: Resident
    at: datetime
    by: By
    snippet: str


class Finding:
    def __init__(self, work: Work) -> None:
        self._work = work
        self._mentions = Mentions(work)

    async def find(self, viewer: AsMember, words: str, *, most: int = MOST) -> list[Found]:
        """The first of these that fits at all: number, address, phone; else name and words."""
        houses = await self._work.session.execute(
            select(House.id, House.address).where(House.withdrawn_at.is_(None))
        )
        sought = read(words, [(ident, address) for ident, address in houses])
        if sought.number is not None:
            hits = await self._by_number(viewer, sought.number)
            if hits or sought.sure:
                return await self._show(hits, "", most)
        if sought.addresses:
            hits = await self._by_address(viewer, sought.addresses, most)
            if hits:
                return await self._show(hits, "", most)
        if sought.digits:
            ends = f"{sought.digits[::-1]}%"
            phone = literal_column(PHONE_FROM_ITS_END).like(ends)
            hits = await self._by_people(viewer, phone, "phone", most)
            if hits:
                return await self._show(hits, "", most)
        if not sought.words:
            return []
        named = await self._by_name(viewer, sought.words, most)
        said = await self._mentions.find(viewer, sought.words, most)
        # People of that name take half of the list at most, where the word was said as well.
        named = named[: max(most - len(said), most // 2)]
        known = {hit.thread_id for hit in named}
        hits = [*named, *(hit for hit in said if hit.thread_id not in known)]
        return await self._show(hits, sought.words, most)

    async def history(self, viewer: AsMember, thread: Thread, *, most: int = 20) -> list[Found]:
        """What else there was about this flat and with this person. Raises `NotYours`."""
        await self._work.threads.get(viewer, thread.id)
        flat_id = await self._flat_of(thread)
        same_flat = self._at(Home.flat_id == flat_id, Ticket.flat_id == flat_id)
        same_person = select(Thread.id).where(Thread.resident_id == thread.resident_id)
        found = await self._ids(viewer, same_flat, "flat", most + 1) if flat_id else []
        found += await self._ids(viewer, same_person, "person", most + 1)
        hits = {hit.thread_id: hit for hit in found}  # who has moved since is the same person
        hits.pop(thread.id, None)
        return await self._show(list(hits.values()), "", most)

    async def _flat_of(self, thread: Thread) -> int | None:
        ticket = await self._work.threads.ticket(thread.id)
        if ticket is not None and ticket.flat_id is not None:
            return ticket.flat_id
        home = await self._work.session.get(Home, thread.home_id) if thread.home_id else None
        return home.flat_id if home else None

    # ── By what is known exactly ─────────────────────────────────────────────

    async def _by_number(self, viewer: AsMember, number: int) -> list[Hit]:
        return await self._ids(
            viewer, select(Ticket.thread_id).where(Ticket.number == number), "number", 1
        )

    async def _by_address(
        self, viewer: AsMember, addresses: Sequence[Address], most: int
    ) -> list[Hit]:
        hits: list[Hit] = []
        for address in addresses:
            if not address.flat:
                hits += await self._of_house(viewer, address.house_id, most)
                continue
            flats = select(Flat.id).where(Flat.number_key == address.flat)
            typed = select(Home.id, Home.unlisted).where(Home.unlisted.is_not(None))
            if address.house_id is not None:
                flats = flats.where(Flat.house_id == address.house_id)
                typed = typed.where(Home.house_id == address.house_id)
            ids = list(await self._work.session.scalars(flats))
            unlisted = [
                ident
                for ident, number in await self._work.session.execute(typed)
                if normalize_number(number or "") == address.flat
            ]
            here = self._at(
                or_(Home.flat_id.in_(ids), Home.id.in_(unlisted)), Ticket.flat_id.in_(ids)
            )
            hits += await self._ids(viewer, here, "flat", most)
        return hits

    async def _of_house(self, viewer: AsMember, house_id: int | None, most: int) -> list[Hit]:
        """Thousands of requests: the newest are read off their index."""
        filed = await self._work.session.scalars(
            select(Ticket.thread_id)
            .join(Thread, Ticket.thread_id == Thread.id)
            .where(Ticket.house_id == house_id, threads_of(viewer))
            .order_by(desc(Ticket.created_at))
            .limit(most)
        )
        talks = (
            select(Thread.id)
            .join(Home, Thread.home_id == Home.id)
            .outerjoin(Ticket, Ticket.thread_id == Thread.id)
            .where(Home.house_id == house_id, Ticket.id.is_(None))
        )
        return [Hit(ident, "flat") for ident in filed] + await self._ids(
            viewer, talks, "flat", most
        )

    def _at(self, home: ColumnElement[bool], ticket: ColumnElement[bool]) -> Select[Any]:
        """Threads of a place, by their home or by their ticket."""
        talks = select(Thread.id).join(Home, Thread.home_id == Home.id).where(home)
        filed = select(Ticket.thread_id).where(ticket)
        return select(talks.union(filed).subquery().c[0])

    async def _ids(self, viewer: AsMember, among: Select[Any], by: By, most: int) -> list[Hit]:
        """The newest of these threads that the member may see."""
        rows = await self._work.session.scalars(
            select(Thread.id)
            .where(Thread.id.in_(among), threads_of(viewer))
            .order_by(desc(Thread.id))
            .limit(most)
        )
        return [Hit(ident, by) for ident in rows]

    async def _by_people(
        self, viewer: AsMember, which: ColumnElement[bool], by: By, most: int
    ) -> list[Hit]:
        """Among the newest threads first: whoever has a common name is there."""
        newest = (
            select(Thread.id, Thread.resident_id)
            .where(threads_of(viewer))
            .order_by(desc(Thread.id))
            .limit(NEWEST)
            .subquery()
        )
        rows = await self._work.session.scalars(
            select(newest.c.id)
            .join(Resident, Resident.id == newest.c.resident_id)
            .where(which)
            .order_by(desc(newest.c.id))
            .limit(most)
        )
        hits = [Hit(ident, by) for ident in rows]
        if len(hits) >= most:
            return hits
        people = list(
            await self._work.session.scalars(
                select(Resident.id).where(which).order_by(desc(Resident.id)).limit(MOST_PEOPLE)
            )
        )
        theirs = select(Thread.id).where(Thread.resident_id.in_(people))
        return await self._ids(viewer, theirs, by, most) if people else []

    async def _by_name(self, viewer: AsMember, words: str, most: int) -> list[Hit]:
        """Each word is how a part of the name begins."""
        parts = re.findall(r"\w+", words)
        query = func.to_tsquery("simple", " & ".join(f"{part}:*" for part in parts))
        known = and_(literal_column("residents.name").is_not(None), named(query))
        return await self._by_people(viewer, known, "name", most)

    # ── Showing ──────────────────────────────────────────────────────────────

    async def _show(self, hits: Sequence[Hit], words: str, most: int) -> list[Found]:
        rows = await self._work.session.execute(
            select(Thread, Ticket, Resident)
            .join(Resident, Thread.resident_id == Resident.id)
            .outerjoin(Ticket, Ticket.thread_id == Thread.id)
            .where(Thread.id.in_([hit.thread_id for hit in hits]))
        )
        known = {thread.id: (thread, ticket, resident) for thread, ticket, resident in rows}
        quotes = await self._mentions.quote(hits, words) if words else {}
        found = []
        for hit in hits:
            thread, ticket, resident = known[hit.thread_id]
            at, snippet = quotes.get(hit) or (
                ticket.created_at if ticket else thread.opened_at,
                begin(ticket.text if ticket else thread.last_text),
            )
            found.append(Found(thread, ticket, resident, at, hit.by, snippet))
        newest = sorted(found, key=lambda each: (each.at, each.thread.id), reverse=True)
        return newest[:most]


def named(query: ColumnElement[Any]) -> ColumnElement[bool]:
    return literal_column(NAME_WORDS, TSVECTOR).bool_op("@@")(query)


def begin(text: str) -> str:
    """The first words."""
    return textwrap.shorten(text, FIRST_WORDS, placeholder="…")
