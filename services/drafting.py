"""Drafts of answers by an outside machine: for which threads, what it is told, what becomes of it.

It is told masked words and the company's articles, nothing else; what it writes is for staff.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from services.access import AsMember, AsResident
from services.danger import sounds_dangerous
from services.errors import NotYours
from services.tables import Message, Question, Suggestion, Thread, Ticket

if TYPE_CHECKING:
    from services.company.declaration import Article
    from services.work import Work

SETTLE = timedelta(seconds=5)  # without a further word of the resident
YOUNG = timedelta(hours=1)  # what has waited longer is not drafted for any more
LEASE = timedelta(seconds=60)  # after which whoever asked is gone
AGAIN = (timedelta(minutes=1), timedelta(minutes=5))  # after an answer that made no sense
MOST_TRIES = len(AGAIN) + 1
PER_MINUTE = 10  # questions of all processes together
MOST_ARTICLES = 5
LONGEST_WORDS = 2000
LONGEST_ARTICLE = 3000
LONGEST_DRAFT = 1500


@dataclass(frozen=True)
class Source:
    question: str
    answer: str


@dataclass(frozen=True)
class Asked:
    """`words` and `sources` may leave the house. `hidden` is what the sources had under the names
    that stand in them now, and stays; so does `article`, whose variables are filled in here."""

    thread_id: int
    words: str
    sources: tuple[Source, ...]
    hidden: dict[str, str]
    article: Article | None


class OutsideFailed(Exception):
    """`str()` says why, in a few words of ours. `away`: it was not reached, is overloaded or does
    not let us in, so that nobody needs to ask again at once; else it answered nonsense."""

    def __init__(self, why: str, *, away: bool) -> None:
        super().__init__(why)
        self.away = away


class Outside(Protocol):
    """Reaches the network: never called inside a transaction."""

    async def look(self) -> None:
        """Raises `OutsideFailed` where it cannot be reached."""
        ...

    async def draft(self, words: str, sources: tuple[Source, ...]) -> str:
        """Empty: it knows no answer. Raises `OutsideFailed`."""
        ...


class Drafting:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def find(self) -> list[int]:
        """Threads to draft for now, who waits longest first."""
        found = await self._work.session.scalars(
            select(Thread.id)
            .outerjoin(Suggestion, Suggestion.thread_id == Thread.id)
            .where(self._waits(), self._is_free())
            .order_by(Thread.waits_since, Thread.id)
            .limit(20)
        )
        return list(found)

    async def claim(self, thread_id: int) -> Asked | None:
        """None: another process was quicker, a minute's questions are used up, or nothing is to be
        asked for this thread, now or ever."""
        session, now = self._work.session, self._work.now
        thread = await session.scalar(
            select(Thread)
            .outerjoin(Suggestion, Suggestion.thread_id == Thread.id)
            .where(Thread.id == thread_id, self._waits(), self._is_free())
            .with_for_update(of=Thread, skip_locked=True)
            .execution_options(populate_existing=True)
        )
        if thread is None or await self._used_up():
            return None
        row = await self._row(thread_id)
        if row is None:
            row = Suggestion(
                thread_id=thread_id, state="asking", attempts=0, asked_at=now, not_before=now
            )
            session.add(row)
        row.attempts += 1
        row.asked_at, row.not_before = now, now + LEASE
        await session.flush()
        if row.attempts > MOST_TRIES:
            await self._settle(row, "failed")
            return None
        asked = await self._compose(thread)
        if asked is None:
            await self._settle(row, "dropped")
        return asked

    async def begin_end(self, thread_id: int) -> tuple[Thread, Suggestion] | None:
        """Both locked, for what came back. None: it is too late for it, and it is dropped."""
        thread = await self._work.session.get(
            Thread, thread_id, with_for_update=True, populate_existing=True
        )
        row = await self._row(thread_id)
        if thread is None or row is None or row.state != "asking":
            return None
        still = await self._work.session.scalar(
            select(Thread.id).where(Thread.id == thread_id, self._is_unanswered())
        )
        if still is None:
            await self._settle(row, "dropped")
            return None
        return thread, row

    async def keep(self, row: Suggestion, text: str, note: Message) -> None:
        row.text, row.note_id = text, note.id
        await self._settle(row, "shown")

    async def keep_nothing(self, row: Suggestion) -> None:
        """The machine knows no answer."""
        await self._settle(row, "nothing")

    async def put_off(self, thread_id: int, *, away: bool) -> None:
        """`away`: that was no try. Else the third is the last."""
        row = await self._row(thread_id)
        if row is None or row.state != "asking":
            return
        if away:
            row.attempts -= 1
            row.not_before = self._work.now
        elif row.attempts >= MOST_TRIES:
            await self._settle(row, "failed")
        else:
            row.not_before = self._work.now + AGAIN[row.attempts - 1]
        await self._work.session.flush()

    # ── For members ──────────────────────────────────────────────────────────

    async def get(self, viewer: AsMember, ident: int) -> tuple[Suggestion, Thread]:
        """One that was shown, the thread locked. Raises `NotYours`."""
        row = await self._work.session.get(Suggestion, ident)
        if row is None or row.state != "shown":
            raise NotYours
        thread = await self._work.threads.get(viewer, row.thread_id, lock=True)
        await self._work.session.refresh(row, with_for_update=True)
        return row, thread

    async def of_thread(self, viewer: AsMember, thread_id: int) -> Suggestion | None:
        """The one that was shown. Raises `NotYours`."""
        await self._work.threads.get(viewer, thread_id)
        row = await self._row(thread_id, lock=False)
        return row if row is not None and row.state == "shown" else None

    async def is_answered(self, thread: Thread) -> bool:
        """Whether a member has said something to the resident, held back or not."""
        return bool(await self._work.session.scalar(select(self._has_answer(thread.id))))

    # ── What is told ─────────────────────────────────────────────────────────

    async def _compose(self, thread: Thread) -> Asked | None:
        """None where the machine is not to be asked: danger, no consent, no words, an article that
        says it surely."""
        work = self._work
        said = [each.text for each in await work.threads.words_of_resident(thread, most=20)]
        words = "\n".join(filter(None, said))[:LONGEST_WORDS]
        company = await work.company.profile()
        version = company.consent.version
        consented = await work.people.answer_on_consent(thread.resident_id, version)
        if not words.strip() or not consented or any(map(sounds_dangerous, said)):
            return None
        if await work.surges.hiding(thread) is not None:
            return None
        viewer = AsResident(thread.resident_id, thread.contact_id)
        complex_id = await work.articles.complex_of(viewer)
        found = await work.articles.ask(complex_id, words)
        best = [each.id for each in found.answers[:MOST_ARTICLES]] if found else []
        if found and found.decision == "answer" and best[0] not in await self._of_no_help(thread):
            return None
        offered = {each.called: each for each in await work.articles.offered(complex_id)}
        articles = [offered[key] for key in best if key in offered]
        known = await self._known(viewer)
        return await asyncio.to_thread(_mask_all, thread.id, words, known, articles)

    async def _known(self, viewer: AsResident) -> list[str]:
        """What is on record of the resident; in the words it goes in whatever form."""
        work = self._work
        resident = await work.people.resident(viewer.resident_id)
        known = [resident.name or "", resident.phone or ""]
        for place in await work.people.places(viewer):
            known += [place.address, place.flat]
        return list(filter(None, known))

    async def _of_no_help(self, thread: Thread) -> set[str]:
        """Articles that the resident has read and come to a person after."""
        keys = await self._work.session.scalars(
            select(Question.chosen).where(
                Question.thread_id == thread.id, Question.outcome.in_(("not_helped", "person"))
            )
        )
        return set(keys)

    # ── Rows ─────────────────────────────────────────────────────────────────

    async def _row(self, thread_id: int, *, lock: bool = True) -> Suggestion | None:
        find = select(Suggestion).where(Suggestion.thread_id == thread_id)
        if lock:
            find = find.with_for_update().execution_options(populate_existing=True)
        return await self._work.session.scalar(find)

    async def _settle(self, row: Suggestion, state: str) -> None:
        row.state, row.settled_at = state, self._work.now
        await self._work.session.flush()

    async def _used_up(self) -> bool:
        asked = await self._work.session.scalar(
            select(func.count())
            .select_from(Suggestion)
            .where(
                Suggestion.asked_at > self._work.now - timedelta(minutes=1),
                Suggestion.attempts > 0,
            )
        )
        return (asked or 0) >= PER_MINUTE

    def _waits(self) -> ColumnElement[bool]:
        now = self._work.now
        return and_(
            self._is_unanswered(),
            Thread.waits_since > now - YOUNG,
            Thread.last_at <= now - SETTLE,
            Thread.last_by == "resident",
        )

    def _is_unanswered(self) -> ColumnElement[bool]:
        """A talk that goes on: a ticket wants hands, not words."""
        return and_(
            Thread.state == "open",
            Thread.waits_since.is_not(None),
            ~exists().where(Ticket.thread_id == Thread.id),
            ~self._has_answer(Thread.id),
        )

    def _has_answer(self, thread_id: object) -> ColumnElement[bool]:
        return exists().where(
            Message.thread_id == thread_id, Message.by == "member", Message.withdrawn_at.is_(None)
        )

    def _is_free(self) -> ColumnElement[bool]:
        return or_(
            Suggestion.id.is_(None),
            and_(Suggestion.state == "asking", Suggestion.not_before <= self._work.now),
        )


def _mask_all(
    thread_id: int, words: str, known: Sequence[str], articles: Sequence[Article]
) -> Asked:
    """Takes a tenth of a second where the articles are long."""
    from services.understanding.masking.mask import (  # its dictionary takes a while to load
        hide,
        mask,
    )

    hidden: dict[str, str] = {}
    sources = tuple(
        Source(hide(each.question, hidden), hide(each.answer[:LONGEST_ARTICLE], hidden))
        for each in articles
    )
    article = articles[0] if articles else None
    return Asked(thread_id, mask(words, known), sources, hidden, article)
