"""Updates handled and committed, against a bare echo on aiogram that answers over HTTP."""

from __future__ import annotations

import asyncio
import os
import sys

from bench.figures import Figure, processor_time
from bench.stage import stage
from bench.standin import StandIn, stand_in
from bench.town import FIRST
from tests.support.database import connect
from tests.support.running import ROOT

PEOPLE = 200
EACH = 6
PATIENCE = 120.0


async def measure_handling() -> list[Figure]:
    """The same words wait for both before they are let go. Ours are answered meanwhile at the pace
    that Telegram allows; the echo answers each before it takes the next, with no limit."""
    bare = await rate_of_echo()
    ours = await rate_of_handling()
    print(f"echo {bare:.0f}, handling {ours:.0f} updates a second", file=sys.stderr)
    name = "updates handled and committed, against a bare echo"
    return [Figure(name, ours / bare, 0.25, "×", least=True)]


async def say_all(messenger: StandIn) -> None:
    for _ in range(EACH):
        for number in range(PEOPLE):
            await messenger.ask("say", user=FIRST + number, text="/menu")


async def rate_of_echo() -> float:
    async with stand_in("telegram", limits=False) as messenger:
        await messenger.know(PEOPLE)
        await say_all(messenger)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.echo", messenger.url, "42:TEST",
            cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            async with asyncio.timeout(PATIENCE):
                while await messenger.count() < PEOPLE * EACH:
                    await asyncio.sleep(0.2)
            taken = [at for at, _ in (await messenger.sent()).taken]
        finally:
            process.kill()
            await process.wait()
    return (len(taken) - 1) / (max(taken) - min(taken))


async def rate_of_handling() -> float:
    """The moments are those of the transactions, so that what waits for its commit counts."""
    async with stage("telegram", PEOPLE) as on:
        async with on.resting():
            await say_all(on.messenger)
        used = processor_time(on.program.pid)
        connection = await connect(on.url)
        async with asyncio.timeout(PATIENCE):
            while await connection.fetchval(HANDLED) < PEOPLE * EACH:
                await asyncio.sleep(0.2)
        used = processor_time(on.program.pid) - used
        first, last = await connection.fetchrow(
            "SELECT min(handled_at), max(handled_at) FROM inbox WHERE state = 'handled'"
        )
        await connection.close()
        said = await on.messenger.count()
    print(
        f"{used / PEOPLE / EACH * 1000:.1f} ms of processor an update, {said} replies meanwhile",
        file=sys.stderr,
    )
    return (PEOPLE * EACH - 1) / (last - first).total_seconds()


HANDLED = "SELECT count(*) FROM inbox WHERE state = 'handled'"
