"""Which messengers the settings have switched off, told to the tables once a minute."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import partial

from services.chores import BELL, Chore
from services.messaging.rows import Telling
from services.messaging.settling import tell
from services.messaging.switched_off import mark, move_on
from services.work import Work

LOOK_AGAIN = timedelta(minutes=1)


class SwitchedOff:
    """`on`: the channels that this process has, at work or not."""

    def __init__(self, on: Collection[str], telling: Telling) -> None:
        self._on = on
        self._tell = partial(tell, telling)
        self._looked_at: datetime | None = None
        self.chore = Chore(
            "looking for messengers that are off", self._is_time, self._look, again=LOOK_AGAIN
        )

    async def _is_time(self, work: Work) -> Sequence[int]:
        if self._looked_at is not None and work.now < self._looked_at + LOOK_AGAIN:
            return ()
        return (1,)

    async def _look(self, work: Work, _: int) -> None:
        left = [await move_on(work, name, self._tell) for name in await mark(work, self._on)]
        self._looked_at = None if any(left) else work.now
        if any(left):
            work.ring(BELL)
