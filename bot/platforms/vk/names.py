"""First names of residents: VK's events do not carry them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.platforms.vk.api import VkApi, VkError
from services.messaging.port import SendFailed

MOST = 50_000  # kept in memory


class Names:
    def __init__(self, api: VkApi) -> None:
        self._api = api
        self._known: dict[int, str] = {}

    def of(self, user: Any) -> str:
        """Empty where it is not known."""
        return self._known.get(user, "") if isinstance(user, int) else ""

    async def learn(self, users: Iterable[Any]) -> None:
        """From the profiles of those not known yet. Without them it goes on."""
        unknown = sorted({i for i in users if isinstance(i, int) and i > 0} - self._known.keys())
        for start in range(0, len(unknown), 500):
            try:
                found = await self._api.call(
                    "users.get", user_ids=",".join(map(str, unknown[start : start + 500]))
                )
            except (VkError, SendFailed):
                return
            if len(self._known) > MOST:
                self._known.clear()
            self._known.update({int(u["id"]): str(u.get("first_name", "")) for u in found})
