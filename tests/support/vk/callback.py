"""Callback servers: confirmed first, then told event by event until they say «ok»."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import aiohttp

from .community import EventSettings
from .errors import ApiError
from .updates import Event
from .wire import Json

if TYPE_CHECKING:
    from .world import World

MAX_SERVERS = 10


@dataclass(eq=False)
class CallbackServer:
    id: int
    url: str
    title: str
    secret: str = ""
    status: Literal["unconfigured", "failed", "wait", "ok"] = "unconfigured"
    settings: EventSettings = field(default_factory=lambda: EventSettings(events=set()))
    """Nothing is chosen until ``groups.setCallbackSettings``."""
    queue: deque[Event] = field(default_factory=deque)
    answers: list[str] = field(default_factory=list)
    """What it said to each delivery; «» for no answer in time."""
    task: asyncio.Task[None] | None = None

    def wire(self) -> Json:
        return {
            "id": self.id,
            "title": self.title,
            "creator_id": 1,
            "url": self.url,
            "secret_key": self.secret,
            "status": self.status,
        }


class Callbacks:
    def __init__(self, world: World) -> None:
        self.world = world
        self.servers: dict[int, CallbackServer] = {}
        self.patience = 10.0
        """Seconds an answer may take; then the same event comes again."""
        self.retry = 0.2
        """Seconds before a refused delivery is repeated; doubled up to ten times this."""
        self._made = 0
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, url: str, title: str, secret: str) -> CallbackServer:
        if len(self.servers) >= MAX_SERVERS:
            raise ApiError(2000)
        self._made += 1
        server = CallbackServer(self._made, url, title, secret)
        self.servers[server.id] = server
        self._confirm_soon(server)
        return server

    def edit(self, server: CallbackServer, url: str, title: str, secret: str) -> None:
        server.url, server.title, server.secret = url, title, secret
        self._confirm_soon(server)

    def delete(self, server: CallbackServer) -> None:
        del self.servers[server.id]
        if server.task is not None:
            server.task.cancel()

    def wanting(self, kind: str) -> list[CallbackServer]:
        return [
            each
            for each in self.servers.values()
            if each.status == "ok" and each.settings.wants(kind)
        ]

    def offer(self, server: CallbackServer, event: Event) -> None:
        server.queue.append(event)
        self._pump(server)

    async def confirm(self, server: CallbackServer) -> None:
        """Sends ``confirmation`` and looks whether the answer is the community's code."""
        code = self.world.community.confirmation
        asked = {"type": "confirmation", "group_id": self.world.group_id}
        if server.secret:
            asked["secret"] = server.secret
        said, _ = await self._post(server, asked, 0)
        server.status = "ok" if said.strip() == code else "failed"
        self.world.touch()
        self._pump(server)

    async def push(self, server: CallbackServer, event: Event, tried: int = 0) -> str:
        """One delivery; «» where there was no answer, and «500 …» where it was no 200."""
        return (await self._push(server, event, tried))[0]

    async def _push(self, server: CallbackServer, event: Event, tried: int) -> tuple[str, float]:
        event.handed_at.append(time.monotonic())
        body = event.wire(self.world.group_id, server.settings.api_version, server.secret)
        said, pause = await self._post(server, body, tried)
        server.answers.append(said)
        return said, pause

    async def _post(self, server: CallbackServer, body: Json, tried: int) -> tuple[str, float]:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        headers = {"X-Retry-Counter": str(tried)} if tried else {}
        limit = aiohttp.ClientTimeout(total=self.patience)
        try:
            async with self._session.post(
                server.url, json=body, headers=headers, timeout=limit
            ) as answer:
                said = await answer.text()
                after = answer.headers.get("Retry-After", "0")
                pause = float(after) if answer.status in {410, 429, 503} else 0.0
                return (said if answer.status == 200 else f"{answer.status} {said}"), pause
        except (aiohttp.ClientError, TimeoutError):
            return "", 0.0

    def _confirm_soon(self, server: CallbackServer) -> None:
        server.status = "wait"
        task = asyncio.get_running_loop().create_task(self.confirm(server))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _pump(self, server: CallbackServer) -> None:
        idle = server.task is None or server.task.done()
        if idle and server.queue and server.status == "ok":
            server.task = asyncio.get_running_loop().create_task(self._deliver(server))

    async def _deliver(self, server: CallbackServer) -> None:
        """One by one, each until it is taken."""
        while server.queue:
            event = server.queue[0]
            pause = self.retry
            tried = 0
            while True:
                said, asked = await self._push(server, event, tried)
                if said.strip() == "ok":
                    break
                tried += 1
                await asyncio.sleep(asked or pause)
                pause = min(pause * 2, 10 * self.retry)
            event.confirmed_at = time.monotonic()
            server.queue.popleft()
            self.world.touch()

    def resume(self) -> None:
        for server in self.servers.values():
            self._pump(server)

    async def close(self) -> None:
        """Nobody is told any more; what is pending stays."""
        tasks = [*self._tasks, *(each.task for each in self.servers.values() if each.task)]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for server in self.servers.values():
            server.task = None
        if self._session is not None:
            await self._session.close()
            self._session = None
