"""Calls of the VK API: paced, with every trouble as one of the port's failures or as `VkError`."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import aiohttp
from vkbottle import API, ABCRequestRescheduler, AiohttpClient

from bot.platforms.vk.failures import TOO_FAST
from services.messaging.port import Ambiguous, NotSent

VERSION = "5.199"
ANSWER_WITHIN = 15.0  # seconds
MARGIN = 1.01  # VK's second is no longer than ours
LATEST = 0.2  # seconds that a call is thought to be on its way at most
FORGETS = 0.001  # seconds: with each answer, of how quick the quickest was
HASTY_PAUSES = (0.1, 0.5)  # seconds until a call that came too early is made again
UPLOADED_WITHIN = 60.0  # seconds, and as many more as its bytes need
SLOWEST = 100_000  # bytes a second that an upload is waited for
NEVER_LEFT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)

logging.getLogger("vkbottle").setLevel(logging.CRITICAL)  # it quotes messages and the token


class VkError(Exception):
    """An error of the API itself."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(f"VK {code}: {words}")
        self.code = code
        self.words = words


class UploadFailed(Exception):
    """This file did not go up, though VK is there. No failure of the port: it is tried a few
    times, and nobody else waits for it."""


@dataclass
class Call:
    """`late`: how much longer than the quickest it took to get there, as its answer tells."""

    left: float
    late: float = LATEST


class Pace:
    """So many calls in any second, never more. Whoever is told to wait keeps the order, and
    calls `leave` once: a call counts from the moment when it came to VK, which a busy program or
    a busy line may delay. `there` says that the answer has come."""

    def __init__(self, per_second: float) -> None:
        self._most = max(1, int(per_second))
        self._window = self._most / per_second * MARGIN
        self._calls: deque[Call] = deque()
        self._leaving = 0
        self._quickest = LATEST
        self._door = asyncio.Lock()

    async def wait(self) -> None:
        async with self._door:
            while (pause := self._pause()) > 0:
                await asyncio.sleep(pause)
            self._leaving += 1

    def _pause(self) -> float:
        now = time.monotonic()
        while self._calls and self._counts_until(self._calls[0]) <= now:
            self._calls.popleft()
        if len(self._calls) + self._leaving < self._most:
            return 0.0
        return self._counts_until(self._calls[0]) - now if self._calls else 0.01

    def _counts_until(self, call: Call) -> float:
        return call.left + call.late + self._window

    def leave(self) -> Call:
        self._leaving -= 1
        self._calls.append(Call(time.monotonic()))
        return self._calls[-1]

    def there(self, call: Call) -> None:
        took = time.monotonic() - call.left
        self._quickest = min(took, self._quickest + FORGETS)
        call.late = min(LATEST, took - self._quickest)


_on_the_wire: ContextVar[Callable[[], None]] = ContextVar("_on_the_wire")


def watch_the_wire() -> aiohttp.TraceConfig:
    """Tells the call in whose context a request was written that it was."""

    async def written(*_: object) -> None:
        _on_the_wire.get(lambda: None)()

    trace = aiohttp.TraceConfig()
    trace.on_request_chunk_sent.append(written)
    return trace


class Answers:
    """Reads an answer: no silent retries, no captcha dialogue, as the library would have."""

    async def validate(self, method: str, data: Any, response: Any, ctx_api: Any) -> Any:
        try:
            answer = json.loads(response) if isinstance(response, str) else response
        except ValueError:
            raise Ambiguous(f"{method}: the answer is no JSON") from None
        if not isinstance(answer, dict):
            raise Ambiguous(f"{method}: the answer is no object")
        if error := answer.get("error"):
            raise VkError(int(error.get("error_code", 0)), str(error.get("error_msg", "")))
        return answer


class Never(ABCRequestRescheduler):
    """The library would send again by itself, and sleep in between."""

    async def reschedule(self, ctx_api: Any, method: str, data: Any, recent_response: Any) -> Any:
        raise Ambiguous(f"{method}: the answer cannot be read")


class VkApi:
    """One token's calls. Must be made inside a running loop; close it."""

    def __init__(self, token: str, base: str, per_second: float) -> None:
        self.session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=ANSWER_WITHIN), trace_configs=[watch_the_wire()]
        )
        self._api = API(token, http_client=AiohttpClient(session=self.session))
        self._api.API_URL = f"{base.rstrip('/')}/method/"
        self._api.response_validators = [Answers()]  # type: ignore[list-item]
        self._api.request_rescheduler = Never()
        self.pace = Pace(per_second)

    async def call(self, method: str, **parameters: Any) -> Any:
        """The `response` of a method, when its turn has come. Raises `VkError`, `NotSent` or
        `Ambiguous`."""
        await self.pace.wait()
        return (await self.call_now(method, **parameters))["response"]

    async def call_now(self, method: str, **parameters: Any) -> dict[str, Any]:
        """For whoever has waited at `pace` already. The whole answer: `execute` tells of its
        failures beside the response. What VK refused for haste was not done: it is asked again,
        and nobody else waits meanwhile."""
        for pause in HASTY_PAUSES:
            try:
                return await self._ask(method, parameters)
            except VkError as error:
                if error.code != TOO_FAST:
                    raise
            await asyncio.sleep(pause)
            await self.pace.wait()
        return await self._ask(method, parameters)

    async def _ask(self, method: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        given = {name: value for name, value in parameters.items() if value is not None}
        left: Call | None = None

        def leave() -> None:
            nonlocal left
            left = left or self.pace.leave()

        mark = _on_the_wire.set(leave)
        try:
            return await self._api.request(method, given, version=VERSION)
        except NEVER_LEFT:
            raise NotSent("VK is out of reach") from None
        except (aiohttp.ClientError, OSError, TimeoutError):
            if left is None:  # the whole time went by on connecting
                raise NotSent("VK is out of reach") from None
            raise Ambiguous(f"{method}: the answer did not come") from None
        finally:
            if left is None:
                leave()
            else:
                self.pace.there(left)
            _on_the_wire.reset(mark)

    async def get_json(self, url: str, wait: float) -> dict[str, Any]:
        """A long poll: not a call of the API, and not counted as one."""
        try:
            async with self.session.get(
                url, timeout=aiohttp.ClientTimeout(total=wait + 10)
            ) as answer:
                found = json.loads(await answer.text())
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
            raise NotSent("the long poll broke off") from None
        return found if isinstance(found, dict) else {}

    async def upload(self, url: str, field: str, data: bytes, name: str) -> dict[str, Any]:
        """Raises `NotSent` only where VK is out of reach, else `UploadFailed`."""
        form = aiohttp.FormData()
        form.add_field(field, data, filename=name)
        patience = aiohttp.ClientTimeout(
            total=UPLOADED_WITHIN + len(data) / SLOWEST, sock_connect=ANSWER_WITHIN
        )
        try:
            async with self.session.post(url, data=form, timeout=patience) as answer:
                found = json.loads(await answer.text())
        except NEVER_LEFT:
            raise NotSent("VK is out of reach") from None
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as failure:
            raise UploadFailed(type(failure).__name__) from None
        if answer.status != 200 or not isinstance(found, dict):
            raise UploadFailed(f"the upload server answered {answer.status}")
        return found

    async def close(self) -> None:
        await self.session.close()
