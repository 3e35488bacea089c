"""A messenger's stand-in in a process of its own: it takes no time from what is measured."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import aiohttp

from bench.town import FIRST
from tests.support.program import free_port
from tests.support.running import ROOT

Name = Literal["telegram", "vk"]


@dataclass(frozen=True)
class Sent:
    """`taken`: the moment each message was accepted, and to whom, in that order; `codes`: answers
    by code (200 or nothing where all was well)."""

    taken: list[tuple[float, int]]
    codes: Counter[str]
    requests: list[float] = field(default_factory=list)

    @property
    def calls(self) -> int:
        return sum(self.codes.values())

    def since(self, moment: float) -> list[tuple[float, int]]:
        return [each for each in self.taken if each[0] >= moment]

    @property
    def doubles(self) -> int:
        return sum(count - 1 for count in Counter(to for _, to in self.taken).values())

    @property
    def people(self) -> set[int]:
        return {to for _, to in self.taken}


class StandIn:
    """Moments are of `time.monotonic`, which all processes of a machine share."""

    def __init__(self, name: Name, url: str, session: aiohttp.ClientSession) -> None:
        self.name = name
        self.url = url
        self._session = session

    @property
    def settings(self) -> dict[str, object]:
        """What leads a program to it."""
        if self.name == "vk":
            return {"VK_TOKEN": "vk1.a.TEST", "VK_GROUP_ID": 77, "VK_API_URL": self.url}
        return {"TELEGRAM_TOKEN": "42:TEST", "TELEGRAM_API_URL": self.url}

    async def ask(self, action: str, **given: object) -> Any:
        async with self._session.post(f"{self.url}/control/{action}", json=given) as answer:
            found = await answer.json()
            if answer.status != 200:
                raise RuntimeError(f"{action}: {found}")
            return found

    async def know(self, count: int, first: int = FIRST) -> None:
        await self.ask("people", first=first, count=count)

    async def sent(self, after: float = 0.0) -> Sent:
        found = await self.ask("sends", after=after)
        taken = sorted((float(at), int(to)) for at, to in found["taken"])
        return Sent(taken, Counter(found["codes"]), sorted(found.get("requests", [])))

    async def count(self) -> int:
        """Messages taken so far."""
        return int(await self.ask("count"))


def nobody(name: Name) -> dict[str, object]:
    """What leads a program to a messenger that refuses connections."""
    url = f"http://127.0.0.1:{free_port()}"
    if name == "vk":
        return {"VK_TOKEN": "vk1.a.TEST", "VK_GROUP_ID": 77, "VK_API_URL": url}
    return {"TELEGRAM_TOKEN": "42:TEST", "TELEGRAM_API_URL": url}


@asynccontextmanager
async def stand_in(
    name: Name, *, faster: float = 1.0, limits: bool = True, delay: float = 0.0
) -> AsyncIterator[StandIn]:
    """The published limits, `faster` times (`retry_after` as much shorter)."""
    port = free_port()
    arguments = ["-m", f"tests.support.{name}", "--port", str(port), "--delay", str(delay)]
    arguments += ["--limits"] if limits else []
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, "--lenient", "--faster", str(faster),
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        if not await process.stdout.readline():
            raise RuntimeError(f"the stand-in of {name} did not start")
        patience = aiohttp.ClientTimeout(total=120)
        async with aiohttp.ClientSession(timeout=patience) as session:
            yield StandIn(name, f"http://127.0.0.1:{port}", session)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
