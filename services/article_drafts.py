"""Drafts of articles: any member makes one of an answer, an admin publishes it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import desc, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.access import AsMember
from services.company.declaration import Article
from services.editorial import Field, as_field, check_editor
from services.errors import AlreadyEnded, NothingSaid, NotYours
from services.promises import end_of_work
from services.tables import Article as Row
from services.tables import ArticleDraft, Message, Question, Thread
from services.threads import is_held
from services.understanding.masking.impersonal import clean_answer, clean_phrase, clean_question
from services.understanding.saying.promising import find_promise

if TYPE_CHECKING:
    from services.work import Work

EMPTY: dict[str, Any] = {
    "question": "", "answer": "", "phrases": [], "topic": "", "complexes": [],
}  # fmt: skip
MOST_PHRASES = 10  # of a draft
FIRST_WORDS = 5  # messages of the resident that the question is looked for in


class ArticleDrafts:
    def __init__(self, work: Work) -> None:
        self._work = work

    # ── Where they come from ─────────────────────────────────────────────────

    async def best_answer(self, thread: Thread, member_id: int | None = None) -> Message | None:
        """What was said at most length to the resident; by this member, if they said anything."""
        answers = list(
            await self._work.session.scalars(
                select(Message).where(
                    Message.thread_id == thread.id,
                    Message.by == "member",
                    Message.withdrawn_at.is_(None),
                    Message.text != "",
                    ~is_held(),
                )
            )
        )
        own = [each for each in answers if each.member_id == member_id]
        return max(own or answers, key=lambda each: (len(each.text), -each.id), default=None)

    async def of_answer(self, viewer: AsMember, message: Message) -> tuple[ArticleDraft, bool]:
        """The draft of a member's answer, and whether it is a new one: a second press makes no
        second. Raises `NotYours`, `NothingSaid`."""
        thread = await self._work.threads.get(viewer, message.thread_id)
        held = message.held_at is not None and message.released_by is None
        if message.by != "member" or message.withdrawn_at is not None or held:
            raise NotYours
        if not message.text.strip():
            raise NothingSaid
        content = await self._content_of(viewer, thread, message)
        row = insert(ArticleDraft).values(
            content=content, member_id=viewer.member_id, message_id=message.id,
            made_at=self._work.now,
        )  # fmt: skip
        made = await self._work.session.scalar(
            row.on_conflict_do_nothing(index_elements=[ArticleDraft.message_id]).returning(
                ArticleDraft.id
            )
        )
        draft = await self._work.session.scalar(
            select(ArticleDraft).where(ArticleDraft.message_id == message.id)
        )
        assert draft is not None
        if made is not None:
            self._work.audit.note(viewer.name, "article drafted", f"draft:{draft.id}")
        return draft, made is not None

    async def _content_of(
        self, viewer: AsMember, thread: Thread, message: Message
    ) -> dict[str, Any]:
        work = self._work
        resident = await work.people.resident(thread.resident_id)
        company = await work.company.profile()
        house = await work.canned.house_of(viewer, thread)
        known = [each for each in (resident.name, resident.phone, message.author) if each]
        said = await self._words_before(thread, message)
        phrases = [clean_phrase(each, known) for each in said]
        questions = [found for each in said if (found := clean_question(each, known))]
        question = next((each for each in questions if each.endswith("?")), (questions or [""])[0])
        return EMPTY | {
            "question": question,
            "answer": clean_answer(
                message.text,
                known=[*known, house],
                variables={
                    "emergency_phone": company.emergency_phone,
                    "phone": company.phone,
                    "site": company.site,
                    "house": house,
                },
                promises=await self._promises(thread),
            ),
            "phrases": only_new(phrases[:2], question),
        }

    async def _words_before(self, thread: Thread, message: Message) -> list[str]:
        """What the resident asked since the answer before this one; since the beginning where
        they said nothing after that."""
        work = self._work
        before = (Message.thread_id == thread.id, Message.id < message.id)
        answered = await work.session.scalar(
            select(func.max(Message.id)).where(*before, Message.by == "member")
        )
        find = (
            select(Message.text)
            .where(*before, Message.by == "resident", Message.text != "")
            .order_by(Message.id)
            .limit(FIRST_WORDS)
        )
        if answered and (
            since := list(await work.session.scalars(find.where(Message.id > answered)))
        ):
            return since
        asked = await work.session.scalar(
            select(Question.text)
            .where(Question.thread_id == thread.id, Question.text != "")
            .order_by(Question.id)
            .limit(1)
        )
        return [*([asked] if asked else ()), *await work.session.scalars(find)]

    async def _promises(self, thread: Thread) -> Any:
        room = await self._work.rooms.get(thread.room_id)
        timetable = await self._work.company.timetable(room)
        now: datetime = await self._work.company.local(self._work.now)
        return lambda words: (
            find_promise(words, now, lambda day: end_of_work(timetable, day)) is not None
        )

    async def of_questions(self, viewer: AsMember, questions: Sequence[Question]) -> ArticleDraft:
        """Of what many asked, the first of them the most typical; the answer is still to be
        written. Raises `NotYours`."""
        check_editor(viewer)
        question = clean_question(questions[0].text)
        phrases = [clean_phrase(each.text) for each in questions]
        draft = await self.begin(viewer, question, only_new(phrases, question)[:MOST_PHRASES])
        await self._work.session.execute(
            update(Question)
            .where(Question.id.in_([each.id for each in questions]))
            .values(draft_id=draft.id)
        )
        return draft

    async def begin(
        self, viewer: AsMember, question: str, phrases: Sequence[str] = ()
    ) -> ArticleDraft:
        """Raises `NotYours`."""
        check_editor(viewer)
        draft = ArticleDraft(
            content=EMPTY | {"question": question, "phrases": list(phrases)},
            member_id=viewer.member_id,
            made_at=self._work.now,
        )
        self._work.session.add(draft)
        await self._work.session.flush()
        self._work.audit.note(viewer.name, "article drafted", f"draft:{draft.id}")
        return draft

    # ── What becomes of them ─────────────────────────────────────────────────

    async def get(self, viewer: AsMember, ident: int, *, lock: bool = False) -> ArticleDraft:
        """Raises `NotYours`."""
        check_editor(viewer)
        draft = await self._work.session.get(
            ArticleDraft, ident, with_for_update=lock or None, populate_existing=True
        )
        if draft is None:
            raise NotYours
        return draft

    async def open_ones(self, viewer: AsMember) -> list[ArticleDraft]:
        """The latest first. Raises `NotYours`."""
        check_editor(viewer)
        rows = await self._work.session.scalars(
            select(ArticleDraft)
            .where(ArticleDraft.ended_at.is_(None))
            .order_by(desc(ArticleDraft.id))
            .limit(50)
        )
        return list(rows)

    async def source_of(self, draft: ArticleDraft) -> tuple[Message | None, int]:
        """The answer it was drawn from, and how many questions wait for it."""
        message = None
        if draft.message_id is not None:
            message = await self._work.session.get(Message, draft.message_id)
        count = await self._work.session.scalar(
            select(func.count()).where(Question.draft_id == draft.id)
        )
        return message, count or 0

    async def change(self, viewer: AsMember, ident: int, field: Field, value: Any) -> ArticleDraft:
        """Raises `NotYours`, `AlreadyEnded`, and what `Editorial.check` does."""
        draft = await self._open(viewer, ident)
        said = as_field(field, value)
        trial = {**draft.content, field: list(said) if isinstance(said, tuple) else said}
        blank = {name: "…" for name in ("question", "answer") if name != field}
        await self._work.editorial.check(
            {**trial, **{name: trial[name] or each for name, each in blank.items()}, "id": "draft"}
        )
        draft.content = trial
        await self._work.session.flush()
        self._work.audit.note(
            viewer.name, "article draft changed", f"draft:{draft.id}", field=field
        )
        return draft

    async def publish(self, viewer: AsMember, ident: int) -> Row:
        """From now on it answers, and the questions it was drawn from are dealt with. Raises what
        `change` does."""
        draft = await self._open(viewer, ident)
        row = await self._work.editorial.add(viewer, draft.content)
        draft.article_key = row.key
        await self._end(draft, "published")
        return row

    async def drop(self, viewer: AsMember, ident: int) -> ArticleDraft:
        """No article is wanted: what it was drawn from is not shown again. Raises `NotYours`,
        `AlreadyEnded`."""
        draft = await self._open(viewer, ident)
        await self._end(draft, "dropped")
        self._work.audit.note(viewer.name, "article draft dropped", f"draft:{draft.id}")
        return draft

    async def _open(self, viewer: AsMember, ident: int) -> ArticleDraft:
        draft = await self.get(viewer, ident, lock=True)
        if draft.ended_at is not None:
            raise AlreadyEnded(draft.outcome)
        return draft

    async def _end(self, draft: ArticleDraft, outcome: str) -> None:
        draft.outcome, draft.ended_at = outcome, self._work.now
        await self._work.session.execute(
            update(Question).where(Question.draft_id == draft.id).values(settled_at=self._work.now)
        )
        await self._work.session.flush()


def only_new(phrases: Sequence[str], question: str) -> list[str]:
    """Each once, none that says the question itself over again."""
    seen, kept = {plain(question), ""}, []
    for phrase in phrases:
        if plain(phrase) not in seen:
            seen.add(plain(phrase))
            kept.append(phrase)
    return kept


def plain(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())


def as_article(draft: ArticleDraft) -> Article:
    """As it would be published; what is not written yet is a dash."""
    said = {name: each for name, each in draft.content.items() if name in EMPTY}
    question, answer = said.get("question") or "—", said.get("answer") or "—"
    return Article.model_validate({**said, "id": "draft", "question": question, "answer": answer})
