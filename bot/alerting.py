"""What only a process itself can see: messengers that are away, a disk that fills. With what the
tables show, admins are told of it once a trouble."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from bot.doctor import LITTLE_DISK
from bot.postgres_place import data_folders
from bot.state import State
from handlers import alerts
from services.chores import Chore
from services.troubles import Trouble
from services.work import Work

AWAY = timedelta(minutes=5)  # shorter outages mend themselves, and nobody can hurry them
LOOK_AGAIN = timedelta(minutes=1)


class Alerting:
    """`chore` is one look; it costs some small queries, so there is one a minute, however often
    the bells ring."""

    def __init__(self, state: State, data_dir: Path) -> None:
        self._state = state
        self._data_dir = data_dir
        self._machine = platform.node() or "here"
        self._away_since: dict[str, datetime] = {}
        self._looked_at: datetime | None = None
        self.chore = Chore(
            "telling admins of troubles", self._is_time, self._look, again=LOOK_AGAIN
        )

    async def _is_time(self, work: Work) -> Sequence[int]:
        if self._looked_at is not None and work.now < self._looked_at + LOOK_AGAIN:
            return ()
        return (1,)

    async def _look(self, work: Work, _: int) -> None:
        self._looked_at = work.now
        found = [*self._channels(work.now), *self._disks(), *await work.troubles.find()]
        await alerts.tell(work, found, self._judges)

    def _channels(self, now: datetime) -> list[Trouble]:
        found = []
        for name, channel in self._state.channels.items():
            if channel.state != "down":
                self._away_since.pop(name, None)
                continue
            since = self._away_since.setdefault(name, now)
            if now - since >= AWAY:
                found.append(
                    Trouble(
                        "channel", name, since, refused=channel.refused, why=channel.why
                    )
                )  # fmt: skip
        return found

    def _disks(self) -> list[Trouble]:
        for folder in data_folders(self._data_dir):
            free = shutil.disk_usage(folder).free
            if free < LITTLE_DISK:
                return [Trouble("disk", self._machine, free=free, folder=str(folder))]
        return []

    def _judges(self, key: str) -> bool:
        """A messenger is judged by the process that leads for it, a disk by its own machine, the
        tables by anybody."""
        kind, _, about = key.partition(" ")
        if kind == "channel":
            channel = self._state.channels.get(about)
            return channel is not None and channel.state == "up"
        return kind != "disk" or about == self._machine
