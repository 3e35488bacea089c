"""A word to twenty thousand people in Telegram, against its published limits: how near the pace
comes to them, and what it is worth where the messenger stumbles or the program is killed."""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
from itertools import pairwise

from bench.figures import Figure, processor_time
from bench.stage import Stage, doubles, stage, talk, told
from bench.standin import Sent

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "20000"))
FASTER = float(os.environ.get("BENCH_FASTER", "10"))  # than the published limits
LIMIT = 30 * FASTER  # messages a second
DELAY = 0.05  # seconds that a call takes there
IDLE_REPLIES = 16
WARM_REPLIES = 3  # the first ones, which do not count
KILLS = 3
PATIENCE = 4 * PEOPLE / LIMIT + 60  # seconds
ALONE: dict[str, float] = {}  # what was measured in this run, for those who compare with it
NAME = f"{PEOPLE} people in Telegram, {FASTER:g} × its limits"


async def measure_broadcast() -> list[Figure]:
    """With a reply each second, before and meanwhile."""
    async with stage("telegram", PEOPLE, faster=FASTER, delay=DELAY) as on:
        await talk(on.messenger, asyncio.Event(), WARM_REPLIES)
        before = time.monotonic()
        await talk(on.messenger, asyncio.Event(), IDLE_REPLIES)
        idle = await on.messenger.ask("replies", after=before)
        used = processor_time(on.program.pid)
        begun = await on.tell()
        over = asyncio.Event()
        talking = asyncio.ensure_future(talk(on.messenger, over))
        await on.wait_for(2 * PEOPLE, PATIENCE)
        over.set()
        await talking
        await asyncio.sleep(0.5)
        sent = await on.messenger.sent(begun)
        used = processor_time(on.program.pid) - used
        busy = await on.messenger.ask("replies", after=begun)
    took, ratio = pace_of(sent, begun)
    print(
        f"{PEOPLE} people in {took:.1f} s, {used / PEOPLE * 1000:.1f} ms of processor each; "
        f"replies idle p50 {ms(idle, 50)}, p95 {ms(idle, 95)}, "
        f"meanwhile p50 {ms(busy, 50)}, p95 {ms(busy, 95)} ms ({len(busy)})",
        file=sys.stderr,
    )
    ALONE.update(pace=ratio, reply=quantile(busy))
    return [
        Figure(f"{NAME}: time, of what they allow", ratio, 1.03, "×"),
        Figure(f"{NAME}: share of 429", share_of_429(sent), 0.1, "%"),
        Figure(f"{NAME}: missed", PEOPLE - len({to for _, to in told(sent)}), 0, ""),
        Figure(f"{NAME}: told twice", doubles(sent), 0, ""),
        Figure("a reply meanwhile, p95, against idle", quantile(busy) / quantile(idle), 1.5, "×"),
    ]


async def measure_stumbling() -> list[Figure]:
    """One call in a hundred is answered by 429, another by a page with 502."""
    async with stage("telegram", PEOPLE, faster=FASTER, delay=DELAY) as on:
        for kind, seed in (("429", 1), ("502", 2)):
            await on.messenger.ask(
                "at_random", kind=kind, rate=0.01, seed=seed, retry_after=1 / FASTER,
                method="sendMessage",
            )  # fmt: skip
        begun = await on.tell()
        await on.wait_for(2 * PEOPLE, PATIENCE)
        sent = await on.messenger.sent(begun)
        missed, unknown = await missed_of(on, sent)
    took, ratio = pace_of(sent, begun)
    print(f"{took:.1f} s, answers {dict(sent.codes)}, {unknown} unknown", file=sys.stderr)
    name = f"{NAME}, 1 % of 429 and 1 % of 502"
    return [
        Figure(f"{name}: time, of what they allow", ratio, 1.08, "×"),
        Figure(f"{name}: missed and not shown as unknown", missed, 0, ""),
        Figure(f"{name}: told twice", doubles(sent), 0, ""),
    ]


async def measure_killing() -> list[Figure]:
    """kill -9 in the first, second and third quarter; started again at once."""
    async with stage("telegram", PEOPLE, faster=FASTER, delay=DELAY) as on:
        begun = await on.tell()
        killed = []
        for kill in range(KILLS):
            await on.wait_for((kill + 1) * PEOPLE // (KILLS + 1), PATIENCE)
            killed.append(time.monotonic())
            await on.program.kill()
            await on.program.start()
            await on.program.works("telegram")
        await on.wait_for(2 * PEOPLE, PATIENCE)
        sent = await on.messenger.sent(begun)
        missed, unknown = await missed_of(on, sent)
    gaps = [gap_after(sent, moment) for moment in killed]
    down = sum(until - since for since, until in gaps)
    took, ratio = pace_of(sent, begun + down)
    print(
        f"{took + down:.1f} s, silent for {', '.join(f'{b - a:.1f}' for a, b in gaps)} s, "
        f"{unknown} unknown, {doubles(sent)} told twice",
        file=sys.stderr,
    )
    name = f"{NAME}, {KILLS} kill -9"
    return [
        Figure(f"{name}: time without the silence, of what they allow", ratio, 1.10, "×"),
        Figure(f"{name}: longest silence", max(b - a for a, b in gaps), 5, "s"),
        Figure(f"{name}: missed and not shown as unknown", missed, 0, ""),
        Figure(f"{name}: told twice, a kill", doubles(sent) / KILLS, 30, ""),
    ]


async def missed_of(on: Stage, sent: Sent) -> tuple[int, int]:
    """How many were not told and are not shown as unknown, and how many are."""
    outcomes = await on.outcomes()
    reached = {to for _, to in told(sent)}
    everybody = set.union(*outcomes.values())
    unknown = outcomes.get("unknown", set())
    return len(everybody - reached - unknown), len(unknown)


def gap_after(sent: Sent, moment: float) -> tuple[float, float]:
    """The longest silence that begins near that moment."""
    near = [at for at, _ in sent.taken if moment - 1 <= at <= moment + 60]
    return max(pairwise(near), key=lambda gap: gap[1] - gap[0])


def pace_of(sent: Sent, begun: float) -> tuple[float, float]:
    """Seconds from the commit to the last message, and how many times longer than the limit
    allows: replies take of it, too."""
    news = told(sent)
    end = max(at for at, _ in news)
    taken = sum(at <= end for at, _ in sent.taken)
    return end - begun, (end - begun) / (taken / LIMIT)


def share_of_429(sent: Sent) -> float:
    return 100 * sent.codes["429"] / max(1, sent.calls)


def quantile(seconds: list[float], percent: int = 95) -> float:
    return statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1]


def ms(seconds: list[float], percent: int) -> str:
    return f"{quantile(seconds, percent) * 1000:.0f}"
