"""`python -m bench [NAME…]`: without names the measures of `USUAL`, ten minutes together; `all` for
all of them."""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import sys
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from bench.apart import measure_apart
from bench.asking import measure_asking
from bench.broadcast import measure_broadcast, measure_killing, measure_stumbling
from bench.enqueueing import measure_enqueueing, measure_reminding
from bench.figures import Figure, folder, resident_memory
from bench.finding import measure_finding
from bench.handling import measure_handling
from bench.importing import measure_importing
from bench.quiet import measure_quiet
from bench.recovery import measure_recovery
from bench.storm import measure_storm
from bench.vk import measure_rate
from bot import postgres
from services.db import migrate
from tests.support.conversation import file_request
from tests.support.killing import kill_during
from tests.support.program import Program
from tests.support.telegram import TelegramStandIn
from tests.support.vk import VkStandIn
from tests.support.vk.server import settings_of

PEOPLE = 12  # a message a second each: with cards and second lines, two thirds of Telegram's 30/s
BUSY_FOR = 20.0  # seconds
STANDIN_DELAY = 0.05  # seconds a call takes there; half of it before it is accepted
IDLE_FOR = 3.0  # seconds before memory is read


@asynccontextmanager
async def telegram(delay: float = 0.0) -> AsyncIterator[tuple[TelegramStandIn, dict[str, object]]]:
    """A stand-in, and the settings that lead to it."""
    async with TelegramStandIn(privacy=False, delay=delay) as tg:
        room = tg.forum()
        yield (
            tg,
            {
                "TELEGRAM_TOKEN": tg.token,
                "TELEGRAM_API_URL": tg.url,
                "TELEGRAM_STAFF_CHAT": room.id,
                "LOG_LEVEL": "warning",
            },
        )


async def measure_start() -> list[Figure]:
    """From a data folder that does not exist yet, and once more over the same folder."""
    figures = []
    with folder() as place:
        for name in ("first start", "start"):
            async with Program(place) as program:
                begun = time.perf_counter()
                await program.start()
                await program.works()
                took = time.perf_counter() - begun
                await asyncio.sleep(IDLE_FOR)
                memory = resident_memory(program.pid)
                figures.append(Figure(f"{name} to /health 200, web alone", took, 6, "s"))
                await program.stop()
        figures.append(Figure("idle memory, web alone", memory, 120, "MB"))
    return [*figures, *await start_with(), *await start_with(vk=True)]


async def start_with(*, vk: bool = False) -> list[Figure]:
    """The first start with Telegram, or with both messengers, until all are up."""
    async with AsyncExitStack() as stack:
        place = stack.enter_context(folder())
        _, settings = await stack.enter_async_context(telegram())
        if vk:
            settings |= settings_of(await stack.enter_async_context(VkStandIn()))
        program = await stack.enter_async_context(Program(place, **settings))
        begun = time.perf_counter()
        await program.start()
        await program.works("telegram")
        if vk:
            await program.works("vk")
        took = time.perf_counter() - begun
        await asyncio.sleep(IDLE_FOR)
        memory = resident_memory(program.pid)
        await program.stop()
    names = "Telegram and VK" if vk else "Telegram"
    return [
        Figure(f"first start to {names} up", took, 15 if vk else 12, "s"),
        Figure(f"idle memory, with {names}", memory, 300 if vk else 230, "MB"),
    ]


async def measure_latency() -> list[Figure]:
    """Whole dialogues with the limits of the real messenger and a database that commits to disk.
    People think for a second and more between two words."""
    chance = random.Random(1)

    async def think() -> None:
        await asyncio.sleep(chance.uniform(1.0, 2.0))

    with folder() as place:
        async with telegram(STANDIN_DELAY) as (tg, settings), Program(place, **settings) as program:
            await program.start()
            await program.works("telegram")
            end = time.monotonic() + BUSY_FOR

            async def person(first: int) -> None:
                await asyncio.sleep(chance.uniform(0, 2))
                number = first
                while time.monotonic() < end:
                    await file_request(tg, number, 30, think)
                    number += PEOPLE

            await asyncio.gather(*(person(number) for number in range(PEOPLE)))
            beyond = [each - STANDIN_DELAY / 2 for each in tg.timings.replies()]
            await program.stop()
    cuts = statistics.quantiles(beyond, n=100)
    print(
        f"{len(beyond)} replies: median {cuts[49] * 1000:.0f} ms, p95 {cuts[94] * 1000:.0f} ms, "
        f"worst {max(beyond) * 1000:.0f} ms",
        file=sys.stderr,
    )
    return [Figure("update handed over to first reply, p95", cuts[94] * 1000, 150, "ms")]


async def measure_kill_vk() -> list[Figure]:
    return await measure_kill(vk=True)


async def measure_kill(
    conversations: int = 200, kills: int = 20, *, vk: bool = False
) -> list[Figure]:
    with folder() as place:
        server = await postgres.start(place / "data")  # outlives the program, as a real one does
        try:
            await migrate(server.url)
            seed = random.SystemRandom().randrange(10**6)
            print(f"seed {seed}", file=sys.stderr)
            damage = await kill_during(
                server.url, place, vk=vk, conversations=conversations, kills=kills, seed=seed
            )
        finally:
            await server.stop()
    print(damage, file=sys.stderr)
    name = f"kill -9 {kills} times in {conversations} conversations{' in VK' if vk else ''}"
    doubles = (
        Figure(f"{name}: double messages to residents", damage.double_messages, 0, "")
        if vk
        else Figure(
            f"{name}: double messages of one conversation by one kill", damage.most_in_one, 1, ""
        )
    )
    return [
        Figure(f"{name}: lost", damage.lost, 0, ""),
        Figure(f"{name}: double tickets", damage.double_tickets, 0, ""),
        doubles,
    ]


MEASURES: dict[str, Callable[[], Awaitable[list[Figure]]]] = {
    "broadcast": measure_broadcast,
    "stumbling": measure_stumbling,
    "killing": measure_killing,
    "rate-vk": measure_rate,
    "apart": measure_apart,
    "enqueueing": measure_enqueueing,
    "recovery": measure_recovery,
    "handling": measure_handling,
    "storm": measure_storm,
    "start": measure_start,
    "latency": measure_latency,
    "kill": measure_kill,
    "kill-vk": measure_kill_vk,
    "quiet": measure_quiet,
    "finding": measure_finding,
    "asking": measure_asking,
    "importing": measure_importing,
    "reminding": measure_reminding,
}
USUAL = [
    "broadcast", "stumbling", "killing", "rate-vk", "apart", "recovery", "enqueueing", "handling",
    "storm",
]  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    names = ", ".join(MEASURES)
    parser.add_argument("what", nargs="*", metavar="NAME", help=f"all, {names}")
    chosen = parser.parse_args().what or USUAL
    if chosen == ["all"]:
        chosen = list(MEASURES)
    if strange := [name for name in chosen if name not in MEASURES]:
        parser.error(f"{', '.join(strange)} is none of: all, {names}")
    os.environ.pop("DATABASE_URL", None)
    figures: list[Figure] = []
    for name in chosen:
        print(f"measuring {name}…", file=sys.stderr)
        begun = time.monotonic()
        try:
            figures += asyncio.run(measure(MEASURES[name]))
        except Exception:  # noqa: BLE001 (the other figures are worth having)
            traceback.print_exc()
            figures.append(Figure(f"{name}: could not be measured", 1, 0, ""))
        print(f"{name} took {time.monotonic() - begun:.0f} s", file=sys.stderr)
    print("| figure | measured | bar | ok |")
    print("|---|---|---|---|")
    for figure in figures:
        print(figure)
    return 0 if all(figure.ok for figure in figures) else 1


async def measure(what: Callable[[], Awaitable[list[Figure]]]) -> list[Figure]:
    return await what()


if __name__ == "__main__":
    sys.exit(main())
