"""Articles: what residents are answered at once, and what they asked of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import desc, select, text

from services.access import AsResident
from services.company.declaration import Article, Vocabulary, list_articles
from services.errors import NotFound, NotYours
from services.messaging.types import Attachment
from services.shelf import Shelf
from services.tables import Article as Row
from services.tables import Complex, DeclaredEntry, Question, Thread

if TYPE_CHECKING:
    from services.understanding.faq.library import Found
    from services.work import Work

LONGEST = 2000  # characters kept of a question
RUSH = 20  # messages that wait: more than people write while the program is there
NAMED = re.compile(r"\{\w+\}")
STATE = text(
    """
    SELECT md5(concat_ws(';',
        (SELECT string_agg(id || ':' || xmin::text, ',' ORDER BY id) FROM articles),
        (SELECT xmin::text FROM declared_entries WHERE kind = 'vocabulary'),
        (SELECT string_agg(id || ':' || code, ',' ORDER BY id) FROM complexes)
    ))
    """
)
"""Another one after each change of an article, whoever made it: by the transactions that wrote the
rows. Nobody has to remember to say that something changed."""


class Articles:
    def __init__(self, work: Work, shelf: Shelf) -> None:
        self._work = work
        self._shelf = shelf

    # ── What there is ────────────────────────────────────────────────────────

    async def every(self) -> list[Article]:
        """Of all complexes, in the company's order."""
        rows = await self._work.session.scalars(
            select(Row.content)
            .where(Row.withdrawn_at.is_(None))
            .order_by(Row.position, Row.id)
            .execution_options(populate_existing=True)
        )
        return [Article.model_validate(content) for content in rows]

    async def offered(self, complex_id: int | None) -> list[Article]:
        """Those of one complex; None: of somebody whose address is not known."""
        code = ""
        if complex_id is not None:
            find = select(Complex.code).where(Complex.id == complex_id)
            code = await self._work.session.scalar(find) or ""
        return list_articles(await self.every(), code)

    async def get(self, key: str) -> Article:
        """Raises `NotFound`, also for a withdrawn one."""
        find = select(Row.content).where(Row.key == key, Row.withdrawn_at.is_(None))
        content = await self._work.session.scalar(find)
        if content is None:
            raise NotFound(key)
        return Article.model_validate(content)

    async def picture(self, key: str) -> Attachment | None:
        kept = await self._work.session.scalar(select(Row.picture).where(Row.key == key))
        return Attachment.model_validate(kept) if kept else None

    async def complex_of(self, viewer: AsResident) -> int | None:
        """Where they live; of several homes, that of last time; the only one there is for whoever
        has none."""
        places = await self._work.people.places(viewer)
        last = await self._work.people.home_of_last_time(viewer)
        place = next((p for p in places if p.home_id == last), places[-1] if places else None)
        if place is not None:
            return place.complex_id
        every = await self._work.places.complexes()
        return every[0].id if len(every) == 1 else None

    # ── The library ──────────────────────────────────────────────────────────

    async def ask(self, complex_id: int | None, words: str) -> Found | None:
        """What the library makes of these words. None: there is no article, or the library is
        broken; people are answered without it too. The scores are of keys."""
        state = await self._state()
        if not self._shelf.holds(complex_id, state):
            await self.prepare(complex_id, state)
        return self._shelf.ask(complex_id, words)

    async def prepare(self, complex_id: int | None, state: str = "") -> None:
        """Builds the library of a complex, unless it stands there already."""
        from services.understanding.faq.library import Entry

        state = state or await self._state()
        if self._shelf.holds(complex_id, state):
            return
        entries = [
            Entry(
                each.called,
                each.question,
                NAMED.sub(" ", each.answer),
                each.phrases,
                each.topic,
            )
            for each in await self.offered(complex_id)
        ]
        await self._shelf.put(complex_id, state, entries, await self._vocabulary())

    def expect_questions(self) -> None:
        """Somebody writes: the libraries are built before they ask."""
        if not self._shelf.wanted:
            self._shelf.wanted = True
            self._work.ring("chores")

    async def find_unprepared(self) -> list[int]:
        """Complexes whose library is not of the articles as they are now, once questions are
        expected; 0: that of people without an address. In a rush those who wait are answered
        first, for to build one takes a second of the processor from them; who asks for one
        meanwhile has it built at once."""
        if not self._shelf.wanted:
            return []
        state = await self._state()
        every = [None, *(each.id for each in await self._work.places.complexes())]
        found = [each or 0 for each in every if not self._shelf.holds(each, state)]
        self._shelf.put_off = bool(found) and await self._work.inbox.count_waiting() > RUSH
        return [] if self._shelf.put_off else found

    async def look_again_in(self) -> float | None:
        """Seconds until libraries that were put off are looked at again; None: there are none."""
        return 0.0 if self._shelf.put_off else None

    async def _state(self) -> str:
        return str(await self._work.session.scalar(STATE))

    async def _vocabulary(self) -> Vocabulary:
        content = await self._work.session.scalar(
            select(DeclaredEntry.content).where(DeclaredEntry.kind == "vocabulary")
        )
        return Vocabulary.model_validate(content or {})

    # ── What was asked ───────────────────────────────────────────────────────

    async def note(
        self,
        viewer: AsResident,
        words: str,
        decision: str,
        *,
        shown: Sequence[str] = (),
        chosen: str = "",
        complex_id: int | None = None,
        anonymous: bool = False,
    ) -> Question:
        """Keeps a question, masked; `anonymous`: without whoever asked it."""
        from services.understanding.masking.mask import (
            mask,  # its dictionary takes a while to load
        )

        question = Question(
            at=self._work.now,
            resident_id=None if anonymous else viewer.resident_id,
            complex_id=complex_id,
            text=mask(words[:LONGEST]),
            decision=decision,
            shown=list(shown),
            chosen=chosen,
            outcome="",
        )
        self._work.session.add(question)
        await self._work.session.flush()
        return question

    async def question(self, viewer: AsResident, ident: int, *, own: bool = False) -> Question:
        """Raises `NotYours`. `own`: the dialogue remembers it as this person's, which is all there
        is to know of one without a name."""
        found = await self._work.session.get(Question, ident)
        if found is None or not (
            found.resident_id == viewer.resident_id or (found.resident_id is None and own)
        ):
            raise NotYours
        return found

    async def settle(self, question: Question, outcome: str) -> bool:
        """What became of it. False when that was said already."""
        if question.outcome == outcome:
            return False
        question.outcome = outcome
        await self._work.session.flush()
        return True

    async def read(self, question: Question, key: str) -> None:
        """One of those that were offered was opened."""
        question.chosen = key
        question.outcome = ""
        await self._work.session.flush()

    async def name_thread(self, ident: int, outcome: str, thread: Thread) -> None:
        """The question became a conversation with staff. Before its card is written, which tells
        of it. What helped has helped."""
        question = await self._work.session.get(Question, ident)
        if question is not None:
            question.thread_id = thread.id
            if question.outcome != "helped":
                question.outcome = outcome
            await self._work.session.flush()

    async def shown_before(self, thread: Thread, ident: int = 0) -> list[tuple[str, str]]:
        """What the resident was shown before they came to a person: the questions of the articles,
        and `outcome` where one was read, else "offered". `ident`: for one question alone."""
        find = select(Question).where(Question.thread_id == thread.id).order_by(desc(Question.id))
        rows = await self._work.session.scalars(find.where(Question.id == ident) if ident else find)
        names = {row.called: row.question for row in await self.every()}
        told: dict[str, str] = {}
        for row in rows:
            for key in [row.chosen] if row.chosen else row.shown:
                told.setdefault(names.get(key, key), row.outcome if row.chosen else "offered")
        return list(told.items())
