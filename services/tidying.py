"""What the program notes for itself and nobody asks for any more is cleared by the clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, delete, select

from services.tables import AnswerAll, Question, SaidOnce, Suggestion

if TYPE_CHECKING:
    from services.work import Work

KEPT = timedelta(days=90)
QUESTIONS_KEPT = timedelta(days=400)  # well beyond what an article's figures are counted of
AT_MOST = 5000  # rows of each a round

SAID, ANSWERS, DRAFTED, ASKED = 1, 2, 3, 4


class Tidying:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def find_old(self) -> list[int]:
        """Which of `SAID` (that something was said once), `ANSWERS` (one answer for many, with its
        words), `DRAFTED` (settled drafts of the outside machine) and `ASKED` (questions to the
        articles) have rows that nobody needs."""
        before, found = self._work.now - KEPT, []
        long_before = self._work.now - QUESTIONS_KEPT
        session = self._work.session
        if await session.scalar(select(SaidOnce.key).where(SaidOnce.at < before).limit(1)):
            found.append(SAID)
        if await session.scalar(select(AnswerAll.id).where(AnswerAll.made_at < before).limit(1)):
            found.append(ANSWERS)
        if await session.scalar(select(Suggestion.id).where(*_is_settled(before)).limit(1)):
            found.append(DRAFTED)
        if await session.scalar(select(Question.id).where(Question.at < long_before).limit(1)):
            found.append(ASKED)
        return found

    async def clear(self, which: int) -> None:
        """What another process clears just now is left to it."""
        before = self._work.now - KEPT
        if which == SAID:
            said = select(SaidOnce.key).where(SaidOnce.at < before).limit(AT_MOST)
            said = said.with_for_update(skip_locked=True)
            await self._work.session.execute(delete(SaidOnce).where(SaidOnce.key.in_(said)))
        elif which == DRAFTED:
            drafts = select(Suggestion.id).where(*_is_settled(before)).limit(AT_MOST)
            drafts = drafts.with_for_update(skip_locked=True)
            await self._work.session.execute(delete(Suggestion).where(Suggestion.id.in_(drafts)))
        elif which == ASKED:
            long_before = self._work.now - QUESTIONS_KEPT
            asked = select(Question.id).where(Question.at < long_before).limit(AT_MOST)
            asked = asked.with_for_update(skip_locked=True)
            await self._work.session.execute(delete(Question).where(Question.id.in_(asked)))
        else:
            answers = select(AnswerAll.id).where(AnswerAll.made_at < before).limit(AT_MOST)
            answers = answers.with_for_update(skip_locked=True)
            await self._work.session.execute(delete(AnswerAll).where(AnswerAll.id.in_(answers)))


def _is_settled(before: datetime) -> tuple[ColumnElement[bool], ...]:
    """`asked_at` has the index."""
    return Suggestion.asked_at < before, Suggestion.settled_at < before
