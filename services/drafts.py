"""The loop that has drafts written: claimed in one transaction, asked outside of any, kept in
another."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

from services.bell import Bells
from services.db import Database, is_passing
from services.drafting import LONGEST_DRAFT, Asked, Outside, OutsideFailed
from services.faults import log_fault
from services.tables import Message, Suggestion, Thread
from services.work import Work

log = logging.getLogger(__name__)

BELL = "thread"
LOOK_AGAIN = 5.0  # seconds
RESTS = tuple(timedelta(seconds=each) for each in (15, 30, 60, 150, 300))

Show = Callable[[Work, Thread, Suggestion, str, Asked], Awaitable[tuple[str, Message]]]
"""Puts a draft into its thread; returns its words with all filled in, and the note."""


class WatchOutside(Protocol):
    def tell_outside(self, *, up: bool, why: str = "") -> None: ...

    def count_draft(self, outcome: str) -> None:
        """`outcome`: asked, shown, nothing, dropped, nonsense, away."""
        ...


class Drafts:
    """Run `run` for as long as the program runs; any number of processes may. `rounds` counts how
    often all was looked through."""

    def __init__(
        self, db: Database, bells: Bells, outside: Outside, show: Show, watch: WatchOutside
    ) -> None:
        self._db = db
        self._bells = bells
        self._outside = outside
        self._show = show
        self._watch = watch
        self._away = 0  # times in a row
        self._rests_until: datetime | None = None
        self._known = False
        self.rounds = 0
        bells.expect(BELL)

    async def run(self) -> None:
        while True:
            await self.do_due()
            await self._bells.wait(BELL, LOOK_AGAIN)

    async def do_due(self) -> None:
        if not await self._is_reached():
            self.rounds += 1
            return
        try:
            async with self._db.work() as work:
                found = await work.drafting.find()
            for thread_id in found:
                if self._rests_until is not None or not await self._draft_for(thread_id):
                    break
        except Exception as failure:  # noqa: BLE001 (a draft is never worth more than the loop)
            if is_passing(failure):
                log.warning("drafts wait for the database: %s", type(failure).__name__)
            else:
                log_fault(failure, "drafting")
        self.rounds += 1

    async def _is_reached(self) -> bool:
        """Looks at the start, and again when a rest is over."""
        if self._rests_until is not None and self._db.clock.now() < self._rests_until:
            return False
        if self._known and self._rests_until is None:
            return True
        try:
            await self._outside.look()
        except OutsideFailed as failed:
            self._rest(failed)
            return False
        self._reached()
        return True

    async def _draft_for(self, thread_id: int) -> bool:
        """False: nobody needs to ask for others now."""
        async with self._db.work() as work:
            asked = await work.drafting.claim(thread_id)
        if asked is None:
            return True
        self._watch.count_draft("asked")
        try:
            said = tidy(await self._outside.draft(asked.words, asked.sources))
        except OutsideFailed as failed:
            self._watch.count_draft("away" if failed.away else "nonsense")
            async with self._db.work() as work:
                await work.drafting.put_off(thread_id, away=failed.away)
            if failed.away:
                self._rest(failed)
            return not failed.away
        self._reached()
        self._watch.count_draft(await self._end(asked, said))
        return True

    async def _end(self, asked: Asked, said: str) -> str:
        async with self._db.work() as work:
            found = await work.drafting.begin_end(asked.thread_id)
            if found is None:
                return "dropped"
            thread, row = found
            if not said:
                await work.drafting.keep_nothing(row)
                return "nothing"
            text, note = await self._show(work, thread, row, said, asked)
            await work.drafting.keep(row, text, note)
            return "shown"

    def _rest(self, failed: OutsideFailed) -> None:
        rest = RESTS[min(self._away, len(RESTS) - 1)]
        self._away += 1
        self._known = True
        self._rests_until = self._db.clock.now() + rest
        if self._away == 1:
            log.warning("the outside machine: %s", failed)
        self._watch.tell_outside(up=False, why=str(failed))

    def _reached(self) -> None:
        self._away, self._rests_until, self._known = 0, None, True
        self._watch.tell_outside(up=True)


_THOUGHTS = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL | re.IGNORECASE)
_NO = re.compile(r"\W*нет\W*", re.IGNORECASE)
_MARKUP = re.compile(r"(\*\*|__|`+|^#+\s+)", re.MULTILINE)


def tidy(said: str) -> str:
    """The draft alone: no thoughts, no markup, no phone or link that the machine has made up. Empty
    for its «НЕТ». Raises `OutsideFailed` for what is no answer to anybody."""
    from services.understanding.masking.mask import mask_contacts

    said = _THOUGHTS.sub("", said).replace("\x00", "")
    said = re.sub(r"\n{3,}", "\n\n", _MARKUP.sub("", said)).strip().strip('«»"').strip()
    if not said or _NO.fullmatch(said):
        return ""
    if len(said) > LONGEST_DRAFT:
        raise OutsideFailed("its answer is too long", away=False)
    letters = [each for each in re.sub(r"\{\w+\}", "", said).lower() if each.isalpha()]
    if not letters or sum("а" <= each <= "ё" for each in letters) < len(letters) / 2:
        raise OutsideFailed("its answer is not in Russian", away=False)
    return mask_contacts(said)
