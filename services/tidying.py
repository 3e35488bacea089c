"""What the program notes for itself and nobody asks for any more is cleared by the clock."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from services.tables import AnswerAll, SaidOnce

if TYPE_CHECKING:
    from services.work import Work

KEPT = timedelta(days=90)
AT_MOST = 5000  # rows of each a round

SAID, ANSWERS = 1, 2


class Tidying:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def find_old(self) -> list[int]:
        """Which of `SAID` (that something was said once) and `ANSWERS` (one answer for many, with
        its words) have rows that nobody needs."""
        before, found = self._work.now - KEPT, []
        session = self._work.session
        if await session.scalar(select(SaidOnce.key).where(SaidOnce.at < before).limit(1)):
            found.append(SAID)
        if await session.scalar(select(AnswerAll.id).where(AnswerAll.made_at < before).limit(1)):
            found.append(ANSWERS)
        return found

    async def clear(self, which: int) -> None:
        """What another process clears just now is left to it."""
        before = self._work.now - KEPT
        if which == SAID:
            said = select(SaidOnce.key).where(SaidOnce.at < before).limit(AT_MOST)
            said = said.with_for_update(skip_locked=True)
            await self._work.session.execute(delete(SaidOnce).where(SaidOnce.key.in_(said)))
        else:
            answers = select(AnswerAll.id).where(AnswerAll.made_at < before).limit(AT_MOST)
            answers = answers.with_for_update(skip_locked=True)
            await self._work.session.execute(delete(AnswerAll).where(AnswerAll.id.in_(answers)))
