"""What the bot is told: a queue, read by long polling or pushed to a webhook."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import aiohttp

from .errors import conflict
from .wire import Json

if TYPE_CHECKING:
    from .shape import Shape
    from .world import World

UNASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Kinds of updates that come only to those who name them."""


@dataclass(eq=False)
class Update:
    id: int
    kind: str
    payload: Json
    chat: int
    made_at: float = field(default_factory=time.monotonic)
    handed_at: list[float] = field(default_factory=list)
    """Each time it was given to the bot."""
    confirmed_at: float | None = None

    def wire(self) -> Json:
        return {"update_id": self.id, self.kind: self.payload}


@dataclass
class Webhook:
    url: str = ""
    secret: str = ""
    max_connections: int = 40
    ip_address: str = ""
    last_error_date: int | None = None
    last_error_message: str = ""


class Updates:
    def __init__(self, world: World, first: int = 700_000_001) -> None:
        self.world = world
        self.next_id = first
        self.all: dict[int, Update] = {}
        self.pending: dict[int, Update] = {}
        self.allowed: list[str] = []
        self.webhook = Webhook()
        self.webhook_retry = 0.2
        """Seconds before a refused delivery is repeated; doubled up to ten times this."""
        self.problems: list[str] = []
        self.shape: Shape | None = None
        self._again: list[Update] = []
        self._poller: asyncio.Future[None] | None = None
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._session: aiohttp.ClientSession | None = None

    def put(self, kind: str, payload: Json, chat: int) -> Update | None:
        """Queues an update, unless the bot did not ask for its kind."""
        asked = kind in self.allowed if self.allowed else kind not in UNASKED
        if not asked:
            return None
        update = Update(self.next_id, kind, payload, chat)
        self.next_id += 1
        self.all[update.id] = update
        self.pending[update.id] = update
        if self.shape is not None:
            self.problems += self.shape.update(update.wire())
        self._wake()
        return update

    def skip_ids(self, count: int) -> None:
        """Telegram's numbers jump after a quiet week, backwards too."""
        self.next_id += count

    async def redeliver(self, update_id: int, times: int = 1) -> list[int]:
        """The same update once more: at once and all together to a webhook (whose statuses are
        returned), or in the next answer to a poll."""
        update = self.all[update_id]
        if self.webhook.url:
            return list(await asyncio.gather(*(self._push(update) for _ in range(times))))
        self._again += [update] * times
        self._wake()
        return []

    def forget(self) -> None:
        self.pending.clear()
        self._again.clear()

    # Polling.

    async def poll(self, offset: int, limit: int, wait: float) -> list[Json]:
        if self.webhook.url:
            raise conflict(
                "can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first"
            )
        self._end_poll(
            "terminated by other getUpdates request; "
            "make sure that only one bot instance is running"
        )
        self._confirm_below(offset)
        ready = self._take(limit)
        if ready or wait <= 0:
            return ready
        self._poller = mine = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(wait):
                await mine
        except TimeoutError:
            return []
        finally:
            if self._poller is mine:
                self._poller = None
        return self._take(limit)

    def _confirm_below(self, offset: int) -> None:
        if offset < 0:
            keep = list(self.pending)[offset:]
            self.pending = {each: self.pending[each] for each in keep}
            return
        now = time.monotonic()
        for number in [each for each in self.pending if each < offset]:
            self.pending.pop(number).confirmed_at = now

    def _take(self, limit: int) -> list[Json]:
        now = time.monotonic()
        again, self._again = self._again[:limit], self._again[limit:]
        fresh = list(self.pending.values())[: limit - len(again)]
        for update in again + fresh:
            update.handed_at.append(now)
        return [update.wire() for update in again + fresh]

    def _end_poll(self, why: str) -> None:
        if self._poller is not None and not self._poller.done():
            self._poller.set_exception(conflict(why))
        self._poller = None

    def _wake(self) -> None:
        if self.webhook.url:
            self._pump()
        elif self._poller is not None and not self._poller.done():
            self._poller.set_result(None)

    # Webhook.

    def set_webhook(self, webhook: Webhook) -> None:
        self._end_poll("terminated by setWebhook request")
        for task in self._busy.values():
            task.cancel()
        self._busy.clear()
        self.webhook = webhook
        self._wake()

    def _pump(self) -> None:
        """Side by side over chats, one by one within a chat."""
        for update in self.pending.values():
            if len(self._busy) >= self.webhook.max_connections:
                return
            if update.chat not in self._busy:
                task = asyncio.get_running_loop().create_task(self._deliver(update))
                self._busy[update.chat] = task

    async def _deliver(self, update: Update) -> None:
        pause = self.webhook_retry
        while not 200 <= await self._push(update) < 300:
            await asyncio.sleep(pause)
            pause = min(pause * 2, 10 * self.webhook_retry)
        update.confirmed_at = time.monotonic()
        self.pending.pop(update.id, None)
        self._busy.pop(update.chat, None)
        self.world.touch()
        self._pump()

    async def _push(self, update: Update) -> int:
        """One request to the webhook; 0 where there was no answer."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60))
        headers = {}
        if self.webhook.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self.webhook.secret
        update.handed_at.append(time.monotonic())
        try:
            async with self._session.post(
                self.webhook.url, json=update.wire(), headers=headers
            ) as answer:
                await answer.read()
                status = answer.status
        except (aiohttp.ClientError, TimeoutError) as error:
            self._note(f"Connection failed: {type(error).__name__}")
            return 0
        if not 200 <= status < 300:
            self._note(f"Wrong response from the webhook: {status}")
        return status

    def _note(self, what: str) -> None:
        self.webhook.last_error_date = int(time.time())
        self.webhook.last_error_message = what

    def resume(self) -> None:
        """What was left waits for nobody to come first."""
        self._wake()

    async def close(self) -> None:
        """Nobody is served any more; what is pending stays."""
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(None)
        tasks = list(self._busy.values())
        self._busy.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None
