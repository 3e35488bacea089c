"""Batching: messages that wait for their turn leave together, up to twenty-five in one request.

VK counts requests, not messages. While the token's rate allows, each leaves at once and alone;
under load the line grows and goes by `execute`. Each message keeps its own `random_id`, so one that
is sent anew in another batch stands there once.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from bot.background import Background
from bot.platforms.vk.api import VkApi, VkError
from bot.platforms.vk.failures import read_error
from services.messaging.port import Ambiguous, SendFailed

MOST = 25
BROKEN = (8, 12, 13, 100)  # the request cannot be understood
GATHER = 0.05  # seconds that news wait for company: a request that leaves half empty is lost
LONGEST = 60_000  # characters of one `execute`

Given = dict[str, Any]
Waiting = tuple[Given, asyncio.Future[list[str]]]


class Batching:
    def __init__(self, api: VkApi, background: Background) -> None:
        self._api = api
        self._background = background
        self._talk: deque[Waiting] = deque()
        self._news: deque[Waiting] = deque()
        self._running = False

    async def send(self, given: Given, *, news: bool = False) -> list[str]:
        """The ids the message got; `news` lets others pass. Raises one of the port's failures."""
        answer: asyncio.Future[list[str]] = asyncio.get_running_loop().create_future()
        (self._news if news else self._talk).append((given, answer))
        if not self._running:
            self._running = True
            self._background.start("send VK batches", self._run())
        return await answer

    async def _run(self) -> None:
        try:
            while self._talk or self._news:
                await self._gather()
                await self._api.pace.wait()
                if batch := self._take():
                    self._background.start("send a VK batch", self._send(batch))
                else:
                    self._api.pace.leave()
        finally:
            self._running = False

    async def _gather(self) -> None:
        """News wait while more of them come, unless somebody talks."""
        seen = -1
        while not self._talk and seen < len(self._news) < MOST:
            seen = len(self._news)
            await asyncio.sleep(GATHER)

    def _take(self) -> list[Waiting]:
        """As many as one request holds, of those still wanted."""
        batch: list[Waiting] = []
        length = 0
        while (line := self._talk or self._news) and len(batch) < MOST:
            given, answer = line[0]
            length += len(given.get("message", "")) * 2 + len(given.get("keyboard", "")) * 2
            if batch and length > LONGEST:
                break
            line.popleft()
            if not answer.done():
                batch.append((given, answer))
        return batch

    async def _send(self, batch: Sequence[Waiting]) -> None:
        try:
            if len(batch) == 1:
                answer = await self._api.call_now("messages.send", **batch[0][0])
                outcomes: list[list[str] | SendFailed] = [outcome_of(answer["response"])]
            else:
                calls = (f"API.messages.send({to_script(given)})" for given, _ in batch)
                code = f"return [{','.join(calls)}];"
                outcomes = read_executed(await self._api.call_now("execute", code=code))
        except VkError as error:
            if error.code in BROKEN and len(batch) > 1:  # one of them breaks it for all
                for each in batch:
                    await self._api.pace.wait()
                    await self._send([each])
                return
            outcomes = [read_error(error.code, error.words)] * len(batch)
        except SendFailed as failure:
            outcomes = [failure] * len(batch)
        except asyncio.CancelledError:
            for _, waiting in batch:
                waiting.cancel()
            raise
        except Exception:
            for _, waiting in batch:
                if not waiting.done():
                    waiting.set_exception(Ambiguous("the answer could not be read"))
            raise
        missing = [Ambiguous("the answer is too short")] * (len(batch) - len(outcomes))
        for (_, waiting), outcome in zip(batch, [*outcomes, *missing], strict=False):
            if waiting.done():
                continue
            if isinstance(outcome, SendFailed):
                waiting.set_exception(outcome)
            else:
                waiting.set_result(outcome)


def to_script(given: Given) -> str:
    """An object of VKScript: JSON, but for two line separators that end a line there."""
    script = json.dumps(given, ensure_ascii=False)
    return script.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def outcome_of(answer: Any) -> list[str] | SendFailed:
    """Of one peer: its id in the conversation, or what VK says instead."""
    one = answer[0] if isinstance(answer, list) and answer else {"message_id": answer}
    if not isinstance(one, dict):
        one = {"message_id": one}
    if error := one.get("error"):
        return read_error(int(error.get("code", 0)), str(error.get("description", "")))
    return [str(one.get("conversation_message_id") or one.get("cmid") or one.get("message_id"))]


def read_executed(answer: dict[str, Any]) -> list[list[str] | SendFailed]:
    """The outcome of each call, in order: `false` stands for the next of `execute_errors`."""
    errors = iter(answer.get("execute_errors") or [])
    outcomes: list[list[str] | SendFailed] = []
    for one in answer["response"]:
        if one is False:
            error: Mapping[str, Any] = next(errors, {})
            code, words = int(error.get("error_code", 0)), str(error.get("error_msg", ""))
            outcomes.append(read_error(code, words))
        else:
            outcomes.append(outcome_of(one))
    return outcomes
