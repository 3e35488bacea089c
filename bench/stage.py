"""A program, its database and the messenger it speaks to, each in a process of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.figures import folder
from bench.standin import Name, Sent, StandIn, stand_in
from bench.town import TALKERS, announce, settle_town
from bot import postgres
from services.db import Database
from tests.support.database import connect
from tests.support.program import Program

TALKING = 50  # people who write by turns, one a second
LOOK_EVERY = 0.25  # seconds


@dataclass
class Stage:
    messenger: StandIn
    program: Program
    db: Database
    server: postgres.Server
    place: Path
    others: dict[str, object]

    @property
    def url(self) -> str:
        return self.server.url

    def another(self, name: str) -> Program:
        """One more program over the same database, not started."""
        place = self.place / name
        place.mkdir(exist_ok=True)
        return Program(place, **self.others)  # type: ignore[arg-type]

    @asynccontextmanager
    async def resting(self) -> AsyncIterator[None]:
        """The program is stopped meanwhile, and started again."""
        await self.program.stop()
        yield
        await self.program.start()

    async def tell(self, *, personal: bool = False) -> float:
        """Announces an accident to everybody; returns the moment of its commit."""
        await announce(self.db, personal=personal)
        return time.monotonic()

    async def wait_for(self, count: int, seconds: float) -> None:
        """Until the messenger has taken so many, or nothing is left to be sent."""
        end = time.monotonic() + seconds
        while (taken := await self.messenger.count()) < count:
            if time.monotonic() > end:
                raise TimeoutError(f"{taken} of {count} in {seconds:.0f} s")
            if not await self.left():
                return
            await asyncio.sleep(LOOK_EVERY)

    async def wait_for_people(self, count: int, seconds: float) -> None:
        """Until so many of those whom a notice is for were told in this messenger."""
        end = time.monotonic() + seconds
        while (reached := len({to for _, to in told(await self.messenger.sent())})) < count:
            if time.monotonic() > end:
                raise TimeoutError(f"{reached} of {count} people in {seconds:.0f} s")
            await asyncio.sleep(LOOK_EVERY)

    async def left(self) -> bool:
        """Whether a part of a notice is not settled yet."""
        return bool(await self._ask(LEFT))

    async def outcomes(self) -> dict[str, set[int]]:
        """To whom parts of notices went or did not, by the state of the row."""
        rows = await self._ask(OUTCOMES)
        return {row[0]: {int(chat) for chat in row[1]} for row in rows}

    async def _ask(self, what: str) -> list[tuple[str, list[str]]]:
        connection = await connect(self.url)
        try:
            return list(await connection.fetch(what))
        finally:
            await connection.close()


LEFT = """
    SELECT 1 FROM outbox WHERE notice_id IS NOT NULL
    AND state IN ('parked', 'waiting', 'sending') LIMIT 1
"""
OUTCOMES = """
    SELECT state, array_agg(chat) FROM outbox WHERE notice_id IS NOT NULL GROUP BY state
"""


@asynccontextmanager
async def stage(
    name: Name,
    people: int,
    *,
    faster: float = 1.0,
    delay: float = 0.0,
    limits: bool = True,
    elsewhere: tuple[str, int] | None = None,
    **settings: object,
) -> AsyncIterator[Stage]:
    """`people` who know the company in that messenger, and a few more to talk with."""
    async with AsyncExitStack() as stack:
        place = stack.enter_context(folder())
        server = await postgres.start(place / "data")
        await settle_town(server.url, name, people, talkers=TALKING, elsewhere=elsewhere)
        messenger = await stack.enter_async_context(
            stand_in(name, faster=faster, delay=delay, limits=limits)
        )
        await messenger.know(people)
        await messenger.know(TALKING, TALKERS)
        given: dict[str, object] = {
            "faster": faster,
            "DATABASE_URL": server.url,
            "LOG_LEVEL": "warning",
            **messenger.settings,
            **settings,
        }
        program = await stack.enter_async_context(Program(place, **given))  # type: ignore[arg-type]
        await program.start()
        await program.works(name)
        on = Stage(messenger, program, Database(server.url, pool_size=2), server, place, given)
        try:
            yield on
            if program.process is not None and program.process.returncode is None:
                await program.stop()
        finally:
            await on.db.close()
            await program.__aexit__()
            await on.server.stop()


async def talk(messenger: StandIn, stop: asyncio.Event, most: int = 10_000) -> None:
    """Somebody writes each second, until told to stop."""
    for number in range(most):
        begun = time.monotonic()
        await messenger.ask("say", user=TALKERS + number % TALKING, text="/menu")
        try:
            async with asyncio.timeout(max(0.0, begun + 1 - time.monotonic())):
                await stop.wait()
            return
        except TimeoutError:
            pass


def told(sent: Sent) -> list[tuple[float, int]]:
    """Without the replies to those who talk."""
    return [each for each in sent.taken if each[1] >= TALKERS + TALKING]


def doubles(sent: Sent) -> int:
    people = [to for _, to in told(sent)]
    return len(people) - len(set(people))
