"""One messenger refuses connections for the whole run, with as many waiting for it: what becomes
of the other."""

from __future__ import annotations

import asyncio
import os
import sys

from bench import broadcast, vk
from bench.broadcast import DELAY, FASTER, pace_of, quantile
from bench.figures import Figure
from bench.stage import stage, talk
from bench.standin import nobody

PEOPLE = int(os.environ.get("BENCH_APART_PEOPLE", "3000"))
NOISE = 0.95  # the least part of a pace that is the same
REPLY_NOISE = 1.25


async def measure_apart() -> list[Figure]:
    """Against what was measured earlier in this run, else against a run of its own."""
    if not broadcast.ALONE:
        pace, reply = await telegram(vk_refuses=False)
        broadcast.ALONE.update(pace=pace, reply=reply)
    if not vk.ALONE:
        vk.ALONE["pace"] = (await vk.send(vk.PEOPLE, personal=True)).share(vk.CALLS)
    pace, reply = await telegram(vk_refuses=True)
    beside = await vk.send(
        vk.PEOPLE, personal=True, elsewhere=("telegram", PEOPLE), **nobody("telegram")
    )
    pace_beside = beside.share(vk.CALLS)
    alone = broadcast.ALONE
    print(
        f"replies p95 {alone['reply'] * 1000:.0f} and {reply * 1000:.0f} ms, "
        f"pace in VK {vk.ALONE['pace']:.0f} and {pace_beside:.0f} %",
        file=sys.stderr,
    )
    return [
        Figure(
            "VK refuses: pace in Telegram, of that without",
            alone["pace"] / pace, NOISE, "×", True,
        ),
        Figure("VK refuses: reply in Telegram, p95", reply / alone["reply"], REPLY_NOISE, "×"),
        Figure(
            "Telegram refuses: pace in VK, of that without",
            pace_beside / vk.ALONE["pace"], NOISE, "×", True,
        ),
    ]  # fmt: skip


async def telegram(*, vk_refuses: bool) -> tuple[float, float]:
    """Seconds of what the limit allows, and the p95 of a reply meanwhile."""
    other = nobody("vk") if vk_refuses else {}
    elsewhere = ("vk", PEOPLE) if vk_refuses else None
    async with stage(
        "telegram", PEOPLE, faster=FASTER, delay=DELAY, elsewhere=elsewhere, **other
    ) as on:
        await talk(on.messenger, asyncio.Event(), 3)
        begun = await on.tell()
        over = asyncio.Event()
        talking = asyncio.ensure_future(talk(on.messenger, over))
        await on.wait_for_people(PEOPLE, 60 + PEOPLE / 10)
        over.set()
        await talking
        sent = await on.messenger.sent(begun)
        replies = await on.messenger.ask("replies", after=begun)
    return pace_of(sent, begun)[1], quantile(replies)
