"""What the community is told: events, read by Long Poll or pushed to Callback servers."""

from __future__ import annotations

import asyncio
import hashlib
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .wire import Json

if TYPE_CHECKING:
    from .shape import Shape
    from .world import World


@dataclass(eq=False)
class Event:
    number: int
    """Its place in the Long Poll history; 0 if Long Poll does not tell it."""
    id: str
    """``event_id``: the same in every repetition, in Long Poll and Callback alike."""
    kind: str
    object: Json
    peer: int
    made_at: float = field(default_factory=time.monotonic)
    handed_at: list[float] = field(default_factory=list)
    """Each time it was given to the bot."""
    confirmed_at: float | None = None

    def wire(self, group_id: int, version: str, secret: str = "") -> Json:
        body: Json = {
            "group_id": group_id,
            "type": self.kind,
            "event_id": self.id,
            "v": version,
            "object": self.object,
        }
        return body | ({"secret": secret} if secret else {})


class Updates:
    """Long Poll does not take away what it gave: an older ``ts`` brings it again."""

    def __init__(self, world: World, first: int = 1) -> None:
        self.world = world
        self.all: dict[str, Event] = {}
        self.history: list[Event] = []
        self.history_size = 1000
        """Older events are forgotten, which is told by ``failed: 1``."""
        self.ts = first - 1
        self.key = "k3y-1"
        self.problems: list[str] = []
        self.shape: Shape | None = None
        self._lost: set[str] = set()
        self._keys = 1
        self._failures: list[int] = []
        self._again: list[Event] = []
        self._pollers: set[asyncio.Future[None]] = set()
        self._made = 0
        self._closed = False

    @property
    def pending(self) -> dict[str, Event]:
        """Given to nobody for good yet."""
        return {each.id: each for each in self.all.values() if each.confirmed_at is None}

    def put(self, kind: str, content: Json, peer: int) -> Event | None:
        """Tells an event to those who chose its kind."""
        polled = self.world.community.long_poll.wants(kind)
        servers = self.world.callbacks.wanting(kind)
        if not polled and not servers:
            return None
        self._made += 1
        seed = f"{self.world.group_id}/{kind}/{self._made}"
        event = Event(0, hashlib.sha1(seed.encode()).hexdigest(), kind, content, peer)
        self.all[event.id] = event
        if self.shape is not None:
            self.problems += self.shape.event(kind, content)
        if polled:
            self.ts += 1
            event.number = self.ts
            self.history.append(event)
            del self.history[: -self.history_size]
            self._wake()
        for server in servers:
            self.world.callbacks.offer(server, event)
        return event

    async def redeliver(self, event_id: str, times: int = 1) -> list[str]:
        """The same event once more: at once and all together to the Callback servers (whose
        answers are returned), and in the next answer of Long Poll."""
        event = self.all[event_id]
        servers = self.world.callbacks.wanting(event.kind)
        if event.number:
            self._again += [event] * times
            self._wake()
        pushes = [self.world.callbacks.push(each, event) for each in servers for _ in range(times)]
        return list(await asyncio.gather(*pushes))

    # Trouble on order.

    def forget(self, keep: int = 0) -> None:
        """History is shortened: an older ``ts`` gets ``failed: 1``."""
        self.history = self.history[-keep:] if keep else []

    def expire_key(self) -> None:
        """``failed: 2`` to the key that was given; ``ts`` stays good."""
        self._keys += 1
        self.key = f"k3y-{self._keys}"
        self._wake()

    def lose(self, skipped: int = 100) -> None:
        """``failed: 3``: a new key and a new ``ts``, and what was unread is gone."""
        self._lost.add(self.key)
        self.forget()
        self.ts += skipped
        self.expire_key()

    def fail_next(self, *codes: int) -> None:
        """The next answers are ``failed`` with these codes, whatever is asked."""
        self._failures += codes
        self._wake()

    # Polling.

    def address(self) -> Json:
        """``groups.getLongPollServer``. Its ``ts`` is of now: what came before is behind it."""
        server = f"{self.world.base}/lp/{self.world.group_id}"
        return {"key": self.key, "server": server, "ts": str(self.ts)}

    async def poll(self, key: str, ts: str, wait: float) -> Json:
        end = time.monotonic() + wait
        while True:
            if (failed := self._failed(key, ts)) is not None:
                return failed
            after = int(ts)
            self._confirm(after)
            found = [each for each in self.history if each.number > after]
            again, self._again = self._again, []
            left = end - time.monotonic()
            if found or again or left <= 0 or self._closed:
                return self._hand(again + found)
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._pollers.add(waiter)
            try:
                await asyncio.wait([waiter], timeout=left)
            finally:
                self._pollers.discard(waiter)

    def _failed(self, key: str, ts: str) -> Json | None:
        if self._failures:
            code = self._failures.pop(0)
            return {"failed": 1, "ts": self.ts} if code == 1 else {"failed": code}
        if key in self._lost:
            return {"failed": 3}
        if key != self.key:
            return {"failed": 2}
        oldest = self.history[0].number if self.history else self.ts + 1
        if not ts.lstrip("-").isdigit() or not oldest - 1 <= int(ts) <= self.ts:
            return {"failed": 1, "ts": self.ts}
        return None

    def _confirm(self, ts: int) -> None:
        now = time.monotonic()
        for event in self.history:
            if event.number > ts:
                return
            if event.confirmed_at is None:
                event.confirmed_at = now
                self.world.touch()

    def _hand(self, events: list[Event]) -> Json:
        now = time.monotonic()
        version = self.world.community.long_poll.api_version
        for event in events:
            event.handed_at.append(now)
        told = [event.wire(self.world.group_id, version) for event in events]
        return {"ts": str(self.ts), "updates": told}

    def _wake(self) -> None:
        for waiter in self._pollers:
            if not waiter.done():
                waiter.set_result(None)

    def resume(self) -> None:
        self._closed = False

    def close(self) -> None:
        """Nobody is served any more; the history stays."""
        self._closed = True
        self._wake()
