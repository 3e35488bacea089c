"""Batching: messages that wait for their turn leave together, up to twenty-five in one request, or
to a hundred people where the words are the same.

VK counts requests, not messages. While the token's rate allows, each leaves at once and alone;
under load the line grows and goes by `execute`, a notice to many by `peer_ids`. A `random_id`
counts for its person alone: those of one notice share one, and a message that is sent anew in
another company stands there once.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Any

from bot.background import Background
from bot.platforms.vk.api import VkApi, VkError
from bot.platforms.vk.failures import FORBIDDEN, read_error, read_refusal
from services.faults import log_fault
from services.messaging.port import Ambiguous, Blocked, NotSent, Rejected, SendFailed

MOST = 25
MOST_ALIKE = 100
GATHER = 0.05  # seconds that news wait for company: a request that leaves half empty is lost
LONGEST = 60_000  # characters of one `execute`
LAST_ANSWERS = 5.0  # seconds; less than delivery gives to what is in flight

Given = dict[str, Any]
Outcome = list[str] | SendFailed


@dataclass(frozen=True)
class Waiting:
    """A message in the line, and where its ids are awaited."""

    given: Given
    call: str
    answer: asyncio.Future[list[str]]
    alike: str = ""  # the same for messages that differ in nothing but the person

    def settle(self, outcome: Outcome) -> None:
        """The first outcome counts."""
        if self.answer.done():
            return
        if isinstance(outcome, SendFailed):
            self.answer.set_exception(outcome)
        else:
            self.answer.set_result(outcome)


class Batching:
    """Ends with `background`, at the moment when delivery still waits for outcomes, or by `end`."""

    def __init__(self, api: VkApi, background: Background) -> None:
        self._api = api
        self._talk: deque[Waiting] = deque()
        self._news: deque[Waiting] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._line: asyncio.Task[None] | None = None
        self._ended = False
        background.keep("VK line", self._end_with_the_program)

    async def send(self, given: Given, *, news: bool = False) -> list[str]:
        """The ids the message got; `news` lets others pass. Raises one of the port's failures."""
        if self._ended:
            raise ending()
        answer: asyncio.Future[list[str]] = asyncio.get_running_loop().create_future()
        alike = to_call({**given, "peer_ids": ""}) if news else ""
        (self._news if news else self._talk).append(Waiting(given, to_call(given), answer, alike))
        if self._line is None or self._line.done():
            self._line = self._begin(self._run())
        return await answer

    async def end(self) -> None:
        """What has not left goes back to its sender; what is on its way is waited for shortly.
        Nothing is begun any more."""
        self._ended = True
        for waiting in (*self._talk, *self._news):
            waiting.settle(ending())
        self._talk.clear()
        self._news.clear()
        if self._line is not None:
            self._line.cancel()
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=LAST_ANSWERS)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _end_with_the_program(self) -> None:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            await self.end()

    def _begin(self, what: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(what)
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        return task

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (failure := task.exception()):
            log_fault(failure, "sending a VK batch")

    # The line.

    async def _run(self) -> None:
        while self._talk or self._news:
            await self._gather()
            await self._api.pace.wait()
            if batch := self._take():
                self._begin(self._send(batch))
            else:
                self._api.pace.leave()

    async def _gather(self) -> None:
        """News wait while more of them come, unless somebody talks."""
        seen = -1
        most = MOST_ALIKE if len({each.alike for each in self._news}) == 1 else MOST
        while not self._talk and seen < len(self._news) < most:
            seen = len(self._news)
            await asyncio.sleep(GATHER)

    def _take(self) -> list[Waiting]:
        """As many as one request holds, of those still wanted."""
        if not self._talk and self._count_alike() > MOST:
            return self._take_alike()
        batch: list[Waiting] = []
        length = 0
        while (line := self._talk or self._news) and len(batch) < MOST:
            length += len(line[0].call) + 1
            if batch and length > LONGEST:
                break
            waiting = line.popleft()
            if not waiting.answer.done():
                batch.append(waiting)
        return batch

    def _count_alike(self) -> int:
        """How many at the head of the news differ in nothing but the person."""
        head = takewhile(lambda each: each.alike == self._news[0].alike, self._news)
        return sum(1 for _ in islice(head, MOST_ALIKE))

    def _take_alike(self) -> list[Waiting]:
        taken = [self._news.popleft() for _ in range(self._count_alike())]
        return [each for each in taken if not each.answer.done()]

    # A batch.

    async def _send(self, batch: Sequence[Waiting]) -> None:
        try:
            outcome = await self._call(batch)
            if isinstance(outcome, list):
                for waiting, one in zip(batch, outcome, strict=False):
                    waiting.settle(one)
            elif len(batch) > 1 and isinstance(outcome, Rejected | Blocked):
                await self._send_one_by_one(batch)
            else:
                for waiting in batch:
                    waiting.settle(outcome)
        finally:
            for waiting in batch:
                waiting.settle(Ambiguous("the answer tells nothing of this message"))

    async def _send_one_by_one(self, batch: Sequence[Waiting]) -> None:
        """One of them broke the request for all."""
        for waiting in batch:
            if self._ended:
                waiting.settle(ending())
            elif not waiting.answer.done():
                await self._api.pace.wait()
                await self._send([waiting])

    async def _call(self, batch: Sequence[Waiting]) -> list[Outcome] | SendFailed:
        """The outcome of each, or one of the whole request."""
        try:
            if len(batch) == 1:
                answer = await self._api.call_now("messages.send", **batch[0].given)
                return [outcome_of(answer["response"])]
            if len({each.alike or each.call for each in batch}) == 1:
                peers = ",".join(str(each.given["peer_ids"]) for each in batch)
                given = {**batch[0].given, "peer_ids": peers}
                return read_alike(batch, await self._api.call_now("messages.send", **given))
            code = f"return [{','.join(waiting.call for waiting in batch)}];"
            return read_executed(await self._api.call_now("execute", code=code))
        except VkError as error:
            return read_refusal(error.code, error.words)
        except SendFailed as failure:
            return failure
        except (LookupError, TypeError, ValueError, AttributeError) as nonsense:
            log_fault(nonsense, "reading what VK answered to a batch")
            return Ambiguous("the answer could not be read")


def ending() -> NotSent:
    return NotSent("the program ends")


def to_call(given: Given) -> str:
    """VKScript: JSON, but for two line separators that end a line there."""
    script = json.dumps(given, ensure_ascii=False)
    script = script.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f"API.messages.send({script})"


def outcome_of(answer: Any) -> Outcome:
    """Of one peer: its id in the conversation, or what VK says instead."""
    one = answer[0] if isinstance(answer, list) and answer else {"message_id": answer}
    if not isinstance(one, dict):
        one = {"message_id": one}
    if error := one.get("error"):
        return read_error(int(error.get("code", 0)), str(error.get("description", "")))
    ident = one.get("conversation_message_id") or one.get("cmid") or one.get("message_id")
    if not isinstance(ident, int | str) or not ident:
        return Ambiguous("the answer names no message")
    return [str(ident)]


def read_alike(batch: Sequence[Waiting], answer: dict[str, Any]) -> list[Outcome]:
    """The outcome of each person. What is denied to every one of them is denied to the
    community."""
    by_peer = {str(one.get("peer_id")): one for one in answer["response"]}
    errors = [one.get("error") or {} for one in by_peer.values()]
    if all(error.get("code") in FORBIDDEN for error in errors):
        return [
            read_refusal(int(error["code"]), str(error.get("description", ""))) for error in errors
        ]
    return [outcome_of([by_peer.get(str(each.given["peer_ids"]), {})]) for each in batch]


def read_executed(answer: dict[str, Any]) -> list[Outcome]:
    """The outcome of each call, in order: `false` stands for the next of `execute_errors`. What is
    denied to every one of them is denied to the community."""
    told = iter(answer.get("execute_errors") or [])
    errors: list[dict[str, Any] | None] = [
        next(told, {}) if one is False else None for one in answer["response"]
    ]
    denied = all(error and error.get("error_code") in FORBIDDEN for error in errors)
    read = read_refusal if denied else read_error
    return [
        outcome_of(one)
        if error is None
        else read(int(error.get("error_code", 0)), str(error.get("error_msg", "")))
        for one, error in zip(answer["response"], errors, strict=True)
    ]
