"""Where words were said or filed: all of them in one message or one request, in whatever form they
stand there. The newest first, a block of ids after another: see `tables/finding.py`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import ColumnElement, desc, func, literal_column, select, text
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR

from services.access import AsMember, threads_of
from services.tables import Message, Thread, Ticket
from services.tables.finding import MESSAGE_BLOCK, MESSAGE_WORDS, TICKET_BLOCK, TICKET_WORDS

if TYPE_CHECKING:
    from services.work import Work

PEEK = 200  # threads
STEPS = (1, 8, 64)  # newest blocks looked through, one after another, before all the rest
SNIPPET = "MaxWords=14, MinWords=6, MaxFragments=1, StartSel='', StopSel=''"

By = Literal["number", "flat", "phone", "name", "words", "person"]


@dataclass(frozen=True)
class Hit:
    """A thread, and the message of it that was meant, if it was one."""

    thread_id: int
    by: By
    message_id: int | None = None


class Mentions:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def find(self, viewer: AsMember, words: str, most: int) -> list[Hit]:
        """`words` in small letters, without «ё». Notes are not for a group: one written in
        another room stays there. Grouped, nothing comes in the order of ids: else PostgreSQL may
        well walk through these instead of asking the index."""
        query = func.plainto_tsquery("russian", words, type_=TSQUERY)
        if not await self._work.session.scalar(select(func.numnode(query))):
            return []  # «и», «на»: nothing to look for
        said: Any = (
            select(Message.thread_id, func.max(Message.id).label("latest"))
            .where(text("messages.by <> 'system'"))
            .group_by(Message.thread_id)
        )
        if viewer.inside is not None:
            said = said.where(Message.by != "note")
        filed: Any = select(Ticket.thread_id, func.max(Ticket.id).label("latest")).group_by(
            Ticket.thread_id
        )
        seen = threads_of(viewer)
        in_messages = await self._newest(
            said, Message, MESSAGE_WORDS, MESSAGE_BLOCK, query, seen, most
        )
        in_tickets = await self._newest(
            filed, Ticket, TICKET_WORDS, TICKET_BLOCK, query, seen, most
        )
        hits = {thread_id: Hit(thread_id, "words") for thread_id, _ in in_tickets}
        hits |= {thread_id: Hit(thread_id, "words", latest) for thread_id, latest in in_messages}
        return list(hits.values())

    async def _newest(
        self,
        find: Any,
        table: Any,
        expression: str,
        size: int,
        query: ColumnElement[Any],
        seen: ColumnElement[bool],
        most: int,
    ) -> list[tuple[int, int]]:
        highest = await self._work.session.scalar(select(func.max(table.id))) or 0
        words = literal_column(expression, TSVECTOR)
        found: dict[int, int] = {}
        for blocks, below in steps(highest // size):
            among = query.bool_op("&&")(literal_column(f"'{blocks}'::tsquery")) if blocks else query
            step = find.where(words.bool_op("@@")(among))
            if not blocks:
                step = step.where(table.id < (below + 1) * size)
            for thread_id, latest in await self._visible(step, table, seen, most):
                found.setdefault(thread_id, latest)
            if len(found) >= most:
                break
        return list(found.items())[:most]

    async def _visible(
        self, step: Any, table: Any, seen: ColumnElement[bool], most: int
    ) -> list[tuple[int, int]]:
        """A few are found first and then looked at, which is much the cheaper; only where most of
        them are another room's is it all done in one."""
        rows = list(await self._work.session.execute(step.order_by(desc("latest")).limit(PEEK)))
        ids = [thread_id for thread_id, _ in rows]
        visible = set(
            await self._work.session.scalars(select(Thread.id).where(Thread.id.in_(ids), seen))
        )
        rows = [row for row in rows if row[0] in visible]
        if len(ids) < PEEK or len(rows) >= most:
            return [(thread_id, latest) for thread_id, latest in rows]
        joined = step.join(Thread, table.thread_id == Thread.id).where(seen)
        again = await self._work.session.execute(joined.order_by(desc("latest")).limit(2 * most))
        return [(thread_id, latest) for thread_id, latest in again]

    async def quote(self, hits: Sequence[Hit], words: str) -> dict[Hit, tuple[datetime, str]]:
        """When it was said, and the words around."""
        query = func.plainto_tsquery("russian", words)
        messages = {hit.message_id: hit for hit in hits if hit.message_id is not None}
        rows = await self._work.session.execute(
            select(
                Message.id, Message.at, func.ts_headline("russian", Message.text, query, SNIPPET)
            ).where(Message.id.in_(messages))
        )
        return {messages[ident]: (at, " ".join(quote.split())) for ident, at, quote in rows}


def steps(highest: int) -> Iterator[tuple[str, int]]:
    """Blocks as words of a query, the newest first: «'#61'», «'#60' | '#59' …»; at last none, and
    the highest block that is left."""
    above = highest
    for many in STEPS:
        lowest = max(above - many + 1, 0)
        yield " | ".join(f"''#{block}''" for block in range(above, lowest - 1, -1)), above
        above = lowest - 1
        if above < 0:
            return
    yield "", above
