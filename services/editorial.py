"""Articles as admins keep them in the chat: what there is, what helps, and every change of one.

A change in the chat stands against the company file as `company/apply.py` compares them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from pydantic import ValidationError
from sqlalchemy import case, func, select

from services.access import AsMember
from services.company import storing
from services.company.declaration import ARTICLE_NAMES, Article
from services.company.reading.words import latin
from services.errors import AlreadySo, NothingSaid, NotYours, Overlaps, TooLong, UnknownNames
from services.messaging.types import Attachment
from services.sought import fold
from services.tables import Article as Row
from services.tables import Complex, Question

if TYPE_CHECKING:
    from services.work import Work

Field = Literal["question", "answer", "phrases", "topic", "complexes"]
FIGURES_OF = timedelta(days=90)
LONGEST = {"question": 300, "answer": 3000, "phrases": 200, "topic": 60}  # a phrase each
MOST_PHRASES = 200
_NAMED = re.compile(r"\{([^{}\n]{0,40})\}")


@dataclass(frozen=True)
class Helped:
    """In the last `FIGURES_OF`: how often it was read, and what was said of it."""

    shown: int = 0
    helped: int = 0
    not_helped: int = 0

    @property
    def worth(self) -> float:
        """0 helps nobody, 1 everybody; few words weigh little, none stand in the middle."""
        return (self.helped + 1) / (self.helped + self.not_helped + 2)


@dataclass(frozen=True)
class Kept:
    """An article and how it does. `row` is the table's."""

    row: Row
    article: Article
    figures: Helped

    @property
    def withdrawn(self) -> bool:
        return self.row.withdrawn_at is not None


class Editorial:
    def __init__(self, work: Work) -> None:
        self._work = work

    # ── Reading ──────────────────────────────────────────────────────────────

    async def every(self, viewer: AsMember, *, withdrawn: bool = False) -> list[Kept]:
        """In the company's order. Raises `NotYours`."""
        check_editor(viewer)
        there = Row.withdrawn_at.is_not(None) if withdrawn else Row.withdrawn_at.is_(None)
        rows = await self._work.session.scalars(
            select(Row)
            .where(there)
            .order_by(Row.position, Row.id)
            .execution_options(populate_existing=True)
        )
        figures = await self._figures()
        return [keep(row, figures) for row in rows]

    async def worst_first(self, viewer: AsMember) -> list[Kept]:
        """What helps least before what helps; of equals what is read oftener. Raises
        `NotYours`."""
        kept = await self.every(viewer)
        return sorted(kept, key=lambda each: (each.figures.worth, -each.figures.shown))

    async def find(self, viewer: AsMember, words: str) -> list[Kept]:
        """By key, else by all the words anywhere in it, questions before answers. Raises
        `NotYours`."""
        kept, wanted = await self.every(viewer), fold(words).split()
        exact = [each for each in kept if each.row.key == words.strip().lower()]
        if exact or not wanted:
            return exact

        def has(each: Kept, text: str) -> bool:
            return all(word in fold(text) for word in wanted)

        asked = [each for each in kept if has(each, text_of(each.article))]
        said = [e for e in kept if e not in asked and has(e, text_of(e.article) + e.article.answer)]
        return asked + said

    async def get(self, viewer: AsMember, ident: int, *, lock: bool = False) -> Kept:
        """Withdrawn ones too. Raises `NotYours`."""
        check_editor(viewer)
        if lock:
            await storing.lock(self._work, storing.LOCK)
        row = await self._work.session.get(Row, ident, populate_existing=True)
        if row is None:
            raise NotYours
        return keep(row, await self._figures())

    async def by_key(self, viewer: AsMember, key: str) -> Kept | None:
        """Raises `NotYours`."""
        check_editor(viewer)
        row = await self._work.session.scalar(select(Row).where(Row.key == key))
        return keep(row, await self._figures()) if row is not None else None

    async def _figures(self) -> dict[str, Helped]:
        since = self._work.now - FIGURES_OF

        def count(*outcomes: str) -> Any:
            return func.count(case((Question.outcome.in_(outcomes), 1)))

        rows = await self._work.session.execute(
            select(Question.chosen, func.count(), count("helped"), count("not_helped", "person"))
            .where(Question.chosen != "", Question.at >= since)
            .group_by(Question.chosen)
        )
        return {key: Helped(shown, helped, not_helped) for key, shown, helped, not_helped in rows}

    # ── Changing ─────────────────────────────────────────────────────────────

    async def add(self, viewer: AsMember, content: dict[str, Any]) -> Row:
        """A new article, last in the order. Raises what `change` does."""
        check_editor(viewer)
        await storing.lock(self._work, storing.LOCK)
        keys = set(await self._work.session.scalars(select(Row.key)))
        key = free_key(str(content.get("question", "")), keys)
        article = await self.check({**content, "id": key, "key": key})
        last = await self._work.session.scalar(select(func.max(Row.position)))
        await self._write(article, (last or 0) + 1)
        row = await self._work.session.scalar(select(Row).where(Row.key == key))
        assert row is not None
        self._note(viewer, "article published", key)
        return row

    async def change(self, viewer: AsMember, ident: int, field: Field, value: Any) -> Kept:
        """Raises `NotYours`, and of what cannot be: `NothingSaid`, `TooLong`, `UnknownNames` (its
        `args` are the names), `Overlaps`, `AlreadySo`."""
        kept = await self.get(viewer, ident, lock=True)
        value = as_field(field, value)
        if getattr(kept.article, field) == value:
            raise AlreadySo
        article = await self.check({**kept.row.content, field: value})
        await self._write(article, kept.row.position)
        if kept.withdrawn:
            await storing.withdraw(self._work, "article", kept.row.key)
        self._note(viewer, "article changed", kept.row.key, field=field)
        return await self.get(viewer, ident)

    async def set_picture(self, viewer: AsMember, ident: int, picture: Attachment | None) -> Kept:
        """In place of the one it has; None: without. Raises `NotYours`."""
        kept = await self.get(viewer, ident, lock=True)
        nameless = picture.model_copy(update={"title": ""}) if picture else None  # see pictures.py
        content = {**kept.row.content, "picture": ""}
        await storing.write(self._work, "article", kept.row.key, content, kept.row.position)
        row = await self._work.session.get(Row, ident, populate_existing=True)
        assert row is not None
        row.picture = nameless.model_dump(mode="json", exclude_defaults=True) if nameless else None
        row.withdrawn_at = self._work.now if kept.withdrawn else None
        await self._work.session.flush()
        self._note(viewer, "article changed", kept.row.key, field="picture")
        return await self.get(viewer, ident)

    async def add_phrases(self, viewer: AsMember, key: str, phrases: Sequence[str]) -> int:
        """How many were not there yet. Raises `NotYours`; `NotFound` never: an article that is
        gone takes none."""
        kept = await self.by_key(viewer, key)
        if kept is None or kept.withdrawn:
            return 0
        known = {fold(each) for each in (kept.article.question, *kept.article.phrases)}
        fresh = {fold(each): each for each in phrases if fold(each) not in known}
        room = MOST_PHRASES - len(kept.article.phrases)
        added = list(fresh.values())[: max(0, room)]
        if added:
            await self.change(viewer, kept.row.id, "phrases", (*kept.article.phrases, *added))
        return len(added)

    async def withdraw(self, viewer: AsMember, ident: int) -> Kept:
        """Residents are shown it no more; the file does not bring it back. Raises `NotYours`,
        `AlreadySo`."""
        kept = await self.get(viewer, ident, lock=True)
        if kept.withdrawn:
            raise AlreadySo
        await storing.withdraw(self._work, "article", kept.row.key)
        self._note(viewer, "article withdrawn", kept.row.key)
        return await self.get(viewer, ident)

    async def restore(self, viewer: AsMember, ident: int) -> Kept:
        """Raises `NotYours`, `AlreadySo`, `Overlaps`."""
        kept = await self.get(viewer, ident, lock=True)
        if not kept.withdrawn:
            raise AlreadySo
        await self.check(kept.row.content)
        kept.row.withdrawn_at = None
        await self._work.session.flush()
        self._note(viewer, "article restored", kept.row.key)
        return await self.get(viewer, ident)

    async def check(self, content: dict[str, Any]) -> Article:
        """What the company file would refuse is refused here. See `change`."""
        for field in ("question", "answer"):
            if not str(content.get(field, "")).strip():
                raise NothingSaid(field)
        for field, most in LONGEST.items():
            said = content.get(field, "")
            if any(len(each) > most for each in ([said] if isinstance(said, str) else said)):
                raise TooLong(field, most)
        if len(content.get("phrases", ())) > MOST_PHRASES:
            raise TooLong("phrases", MOST_PHRASES)
        named = dict.fromkeys(_NAMED.findall(str(content["answer"])))
        site = (await self._work.company.profile()).site
        if unknown := [n for n in named if n not in ARTICLE_NAMES or (n == "site" and not site)]:
            raise UnknownNames(*unknown)
        codes = set(await self._work.session.scalars(select(Complex.code)))
        if set(content.get("complexes", ())) - codes:
            raise NotYours
        try:
            article = Article.model_validate(content)
        except ValidationError:
            raise NothingSaid("phrases") from None
        await self._check_alone(article)
        return article

    async def _check_alone(self, article: Article) -> None:
        """Two answers under one id in one complex, and nothing would tell which is meant."""
        rows = await self._work.session.scalars(
            select(Row).where(Row.withdrawn_at.is_(None), Row.key != article.called)
        )
        for row in rows:
            other = Article.model_validate(row.content)
            if other.id == article.id and set(other.complexes or ("",)) & set(
                article.complexes or ("",)
            ):
                raise Overlaps(other.called)

    async def _write(self, article: Article, position: int) -> None:
        content = article.model_dump(mode="json")
        await storing.write(self._work, "article", article.called, content, position)

    def _note(self, viewer: AsMember, what: str, key: str, **details: Any) -> None:
        self._work.audit.note(viewer.name, what, f"article:{key}", **details)
        self._work.ring("chores")  # libraries are built anew


def check_editor(viewer: AsMember) -> None:
    if viewer.role != "admin":
        raise NotYours


def keep(row: Row, figures: dict[str, Helped]) -> Kept:
    content = {name: said for name, said in row.content.items() if name in Article.model_fields}
    return Kept(row, Article.model_validate(content), figures.get(row.key, Helped()))


def text_of(article: Article) -> str:
    return " ".join((article.question, *article.phrases, article.topic, article.id))


def as_field(field: Field, value: Any) -> Any:
    if field in ("question", "topic"):
        return " ".join(str(value).split())
    if field == "answer":
        return str(value).strip()
    said = (" ".join(str(each).split()) for each in value)
    return tuple(dict.fromkeys(each for each in said if each))


def free_key(question: str, taken: Iterable[str]) -> str:
    """Out of the question: «Когда моют окна?» → kogda-moyut-okna."""
    base = "-".join(latin(question).split("-")[:4])[:26].strip("-_")
    base = base if any(letter.isalnum() for letter in question) else "article"
    taken, key, number = set(taken), base, 2
    while key in taken:
        key, number = f"{base}-{number}", number + 1
    return key
