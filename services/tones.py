"""How residents sound and how soon they want it: read from their words, corrected by staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.access import AsMember
from services.tables import Thread
from services.understanding.reading.message import read

if TYPE_CHECKING:
    from services.work import Work

TONES = ("negative", "neutral", "positive")


class Tones:
    def __init__(self, work: Work) -> None:
        self._work = work

    def hear(self, thread: Thread, words: str) -> None:
        """The last that was not neutral stays, until a member says otherwise. What was urgent once
        is so to the end."""
        if not words.strip():
            return
        reading = read(words)
        thread.urgent = thread.urgent or reading.urgent
        if reading.danger:  # who is frightened is not displeased with anybody
            return
        if thread.tone_by is None and (reading.sentiment != "neutral" or not thread.tone):
            thread.tone = reading.sentiment

    async def correct(self, viewer: AsMember, thread: Thread, tone: str) -> str:
        """Returns the tone before; from now on words do not change it. Raises `NotYours`."""
        thread = await self._work.threads.get(viewer, thread.id, lock=True)
        before, thread.tone, thread.tone_by = thread.tone, tone, viewer.member_id
        await self._work.session.flush()
        self._work.audit.note(
            viewer.name, "tone", f"thread:{thread.id}", before=before, after=tone
        )  # fmt: skip
        self._work.ring(f"thread:{thread.id}")
        return before
