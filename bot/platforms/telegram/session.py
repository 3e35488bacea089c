"""The HTTP side of the calls: how long to wait, and updates as they come."""

from __future__ import annotations

import json
import math
from typing import Any, ClassVar

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType
from aiohttp import ClientTimeout

CONNECT_WITHIN = 8.0  # seconds; what fails until then was surely not sent
ANSWER_WITHIN = 12.0  # seconds for a call; a poll and an upload have their own


class RawUpdates(TelegramMethod[list[Any]]):
    """getUpdates without decoding: one update that aiogram cannot read must not hide the rest."""

    __returning__ = list[Any]
    __api_method__ = "getUpdates"

    offset: int | None = None
    timeout: int | None = None
    limit: int | None = None
    allowed_updates: list[str] | None = None


class Session(AiohttpSession):
    """Tells a host that does not answer the door from an answer that does not come."""

    _shapes: ClassVar[dict[type, type]] = {}

    def check_response(
        self, bot: Bot, method: TelegramMethod[TelegramType], status_code: int, content: str
    ) -> Response[TelegramType]:
        if status_code == 429 and (wait := read_wait(content)) is not None:
            raise TelegramRetryAfter(method, "Too Many Requests", wait)
        # pydantic forgets a model that nobody holds, and takes ten milliseconds to make it anew.
        if type(method) not in self._shapes:
            self._shapes[type(method)] = Response[method.__returning__]  # type: ignore[name-defined]
        return super().check_response(bot, method, status_code, content)

    async def make_request(
        self, bot: Bot, method: TelegramMethod[TelegramType], timeout: int | None = None
    ) -> TelegramType:
        total = self.timeout if timeout is None else timeout
        limits: Any = ClientTimeout(total=total, connect=min(CONNECT_WITHIN, total * 2 / 3))
        return await super().make_request(bot, method, timeout=limits)


def read_wait(content: str) -> Any:
    """Seconds, as a server of any kind may write them: aiogram reads whole ones alone. None where
    there are none."""
    try:
        wait = float(json.loads(content)["parameters"]["retry_after"])
    except (ValueError, TypeError, LookupError):
        return None
    return wait if 0 < wait < math.inf else None


def make_bot(token: str, api_url: str, proxy: str = "", *, patience: float = ANSWER_WITHIN) -> Bot:
    session = Session(
        api=TelegramAPIServer.from_base(api_url), proxy=proxy or None, timeout=patience
    )
    return Bot(token, session=session)
