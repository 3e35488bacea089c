"""Pressed buttons stop spinning."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

from bot.background import Background
from bot.platforms.vk.api import VkApi, VkError
from services.bell import Bells
from services.db import Database
from services.messaging.port import SendFailed

log = logging.getLogger(__name__)


class Presses:
    """Any process hears of a press and rings; only the leader, which `leads` tells, calls the
    API, so that the token's rate holds for all processes."""

    def __init__(
        self,
        api: VkApi,
        db: Database,
        bells: Bells,
        background: Background,
        leads: Callable[[], bool],
    ) -> None:
        self._api = api
        self._db = db
        self._background = background
        self._leads = leads
        bells.on("vk-press", self._rung)

    async def ring(self, press: dict[str, Any]) -> None:
        """What no messenger would say is passed over."""
        event, user, peer = (press.get(each) for each in ("event_id", "user_id", "peer_id"))
        if not re.fullmatch(r"\w{1,100}:-?\d{1,20}:-?\d{1,20}", f"{event}:{user}:{peer}", re.ASCII):
            return
        async with self._db.work() as work:
            work.ring(f"vk-press:{event}:{user}:{peer}")

    def _rung(self, bell: str) -> None:
        _, event, user, peer = [*bell.split(":"), "", "", ""][:4]
        if self._leads() and event and user.isdecimal() and peer.lstrip("-").isdecimal():
            self._background.start("answer a press", self._answer(event, user, peer))

    async def _answer(self, event: str, user: str, peer: str) -> None:
        """Too late or twice is no matter."""
        try:
            await self._api.call(
                "messages.sendMessageEventAnswer",
                event_id=event,
                user_id=int(user),
                peer_id=int(peer),
            )
        except (VkError, SendFailed) as failure:
            log.debug("a press was not answered: %s", failure)
