"""How articles grow: what residents asked and were not answered, what of their words led to the
right article, and when admins are told of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, desc, or_, select, update

from services.access import AsMember
from services.company import storing
from services.editorial import check_editor
from services.errors import AlreadySo
from services.messaging.types import Address
from services.promises import end_of_work
from services.tables import Article as Row
from services.tables import Member, Question
from services.told_once import find_untold, mark_told
from services.understanding.faq.grouping import MOST_TEXTS, group
from services.understanding.masking.impersonal import clean_phrase

if TYPE_CHECKING:
    from services.work import Work

KEPT_FOR = timedelta(days=60)  # an older question has found its answer elsewhere
MOST_GROUPS = 10
MOST_PHRASES = 15
LOCK = 0x676170


@dataclass(frozen=True)
class Gap:
    """A question that many ask in their own ways. It is known by the oldest of its `questions`;
    the most typical stands first."""

    ident: int
    questions: tuple[Question, ...]
    complexes: tuple[int, ...]  # ids, the most frequent first

    @property
    def text(self) -> str:
        return self.questions[0].text

    @property
    def count(self) -> int:
        return len(self.questions)


@dataclass(frozen=True)
class Phrase:
    """What a resident typed before the article with this key helped them."""

    ident: int
    text: str
    key: str
    question: str


class Growth:
    def __init__(self, work: Work) -> None:
        self._work = work

    # ── Without an answer ────────────────────────────────────────────────────

    async def gaps(self, viewer: AsMember) -> list[Gap]:
        """The biggest first. Raises `NotYours`."""
        check_editor(viewer)
        rows = await self._work.session.scalars(
            select(Question)
            .where(
                Question.text != "",
                Question.at >= self._work.now - KEPT_FOR,
                Question.settled_at.is_(None),
                Question.draft_id.is_(None),
                or_(
                    and_(Question.decision == "handoff", Question.outcome != "helped"),
                    Question.outcome.in_(("not_helped", "person")),
                ),
            )
            .order_by(Question.id.desc())
            .limit(MOST_TEXTS)
        )
        questions = list(rows)[::-1]
        found = []
        for each in group([question.text for question in questions]):
            typical = questions[each.typical]
            alike = [questions[place] for place in each.members]
            asked = [question.complex_id for question in alike if question.complex_id]
            found.append(
                Gap(
                    ident=min(question.id for question in alike),
                    questions=(typical, *(one for one in alike if one is not typical)),
                    complexes=tuple(sorted(set(asked), key=lambda place: -asked.count(place))),
                )
            )
        return found

    async def gap(self, viewer: AsMember, ident: int) -> Gap:
        """The group that a question is in now. Raises `NotYours`, `AlreadySo` where somebody has
        begun to answer it."""
        await storing.lock(self._work, LOCK)  # two admins, one group
        for each in await self.gaps(viewer):
            if any(question.id == ident for question in each.questions):
                return each
        raise AlreadySo

    # ── Phrases that led somewhere ───────────────────────────────────────────

    async def phrases(self, viewer: AsMember) -> list[Phrase]:
        """The newest first, so that what is never offered cannot stand in the way of others. What
        an article says already is none. Raises `NotYours`."""
        check_editor(viewer)
        rows = await self._work.session.execute(
            select(Question, Row.content["question"].astext)
            .join(Row, and_(Row.key == Question.chosen, Row.withdrawn_at.is_(None)))
            .where(*_is_waiting_phrase())
            .order_by(desc(Question.id))
            .limit(10 * MOST_PHRASES)
        )
        found: list[Phrase] = []
        said: set[tuple[str, str]] = set()
        articles = {each.called: each for each in await self._work.articles.every()}
        for question, asked in rows:
            text = clean_phrase(question.text)
            article = articles.get(question.chosen)
            if not text or article is None:
                continue
            sign = (question.chosen, text.casefold())
            known = {each.casefold() for each in (article.question, *article.phrases)}
            if sign in said or text.casefold() in known:
                continue
            said.add(sign)
            found.append(Phrase(question.id, text, question.chosen, asked))
        return found[:MOST_PHRASES]

    async def offer(self, phrases: Sequence[Phrase]) -> None:
        """They stand before an admin now, whose press takes these and no others."""
        await self._work.session.execute(
            update(Question)
            .where(Question.id.in_([each.ident for each in phrases]))
            .values(offered_at=self._work.now)
        )

    async def take_phrases(self, viewer: AsMember, upto: int, *, keep: bool) -> int:
        """Those that were offered, up to that question: added to their articles, or with `keep`
        false never offered again. How many were added. Raises `NotYours`, `AlreadySo`."""
        check_editor(viewer)
        offered = (*_is_waiting_phrase(), Question.offered_at.is_not(None), Question.id <= upto)
        rows = list(
            await self._work.session.scalars(select(Question).where(*offered).with_for_update())
        )
        if not rows:
            raise AlreadySo
        added, by_key = 0, dict[str, list[str]]()
        for row in rows:
            row.settled_at = self._work.now
            by_key.setdefault(row.chosen, []).append(clean_phrase(row.text))
        await self._work.session.flush()
        for key, phrases in by_key.items() if keep else ():
            added += await self._work.editorial.add_phrases(
                viewer, key, list(filter(None, phrases))
            )
        self._work.audit.note(
            viewer.name, "phrases added" if keep else "phrases dropped", "articles", count=len(rows)
        )
        return added

    # ── Once a week ──────────────────────────────────────────────────────────

    async def find_due(self) -> list[int]:
        """Admins who have written to the bot and were not told this week, on its first working
        day from the hour of the morning summary on."""
        week = await self._week()
        if week is None:
            return []
        return await find_untold(self._work, f"questions {week}", "admin")

    async def claim(self, member_id: int) -> Address | None:
        """Where to tell it; None when it was told already. Once a week, over any number of
        processes."""
        week = await self._week()
        if week is None:
            return None
        told = await mark_told(self._work, f"questions {week}", member_id)
        return await self.address_of(member_id) if told else None

    async def address_of(self, member_id: int) -> Address | None:
        """One person, one message: in Telegram where they have it."""
        addresses = await self._work.staff.addresses_of(member_id)
        return min(addresses, key=lambda to: (to.channel != "telegram", to.channel), default=None)

    async def admins(self) -> list[int]:
        rows = await self._work.session.scalars(
            select(Member.id)
            .where(or_(Member.role == "admin", Member.granted), Member.withdrawn_at.is_(None))
            .order_by(Member.id)
        )
        return list(rows)

    async def _week(self) -> date | None:
        """The Monday of the company's week, on the day and in the hours when it is told."""
        local = await self._work.company.local(self._work.now)
        profile = await self._work.company.profile()
        timetable = await self._work.company.timetable()
        monday = local.date() - timedelta(days=local.weekday())
        week = [monday + timedelta(days=n) for n in range(7)]
        telling = next((day for day in week if end_of_work(timetable, day) is not None), monday)
        begins, ends = at(profile.summary_at, local), at(profile.quiet_from, local)
        return monday if local.date() == telling and begins <= local < ends else None


def at(clock: str, local: datetime) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime.combine(local.date(), time(hour, minute), tzinfo=local.tzinfo)


def _is_waiting_phrase() -> tuple[ColumnElement[bool], ...]:
    return (
        Question.decision == "suggest",
        Question.outcome == "helped",
        Question.chosen != "",
        Question.text != "",
        Question.settled_at.is_(None),
    )
