"""A quiet hour in a staff group: how soon a word stands there, and an answer with the resident."""

from __future__ import annotations

import asyncio
import statistics
import time

from bench.figures import Figure, folder
from bench.storm import settings, settle_in
from bot import postgres
from handlers.posts import FOLD_FOR
from tests.support.program import Program
from tests.support.telegram import PublishedLimits, TelegramStandIn
from tests.support.telegram.limits import Flood

WORDS = 24
PAUSE = 4.0  # seconds between two words: fifteen a minute, within the group's limit


async def measure_quiet() -> list[Figure]:
    with folder() as place:
        server = await postgres.start(place / "data")
        try:
            async with TelegramStandIn(privacy=False) as tg:
                room = tg.forum()
                people = await settle_in(tg, room, place, server.url, people=12)
                tg.flood = Flood(PublishedLimits())
                staff = tg.user("Анна Соколова", 9001)
                room.add(staff)
                posted, answered = [], []
                async with Program(place, **settings(tg, room, server.url)) as program:
                    await program.start()
                    await program.works("telegram")
                    for number in range(WORDS):
                        who, mark = people[number % 12], f"слово-{number:03}"
                        said = time.monotonic()
                        await who.says(mark)
                        post = await tg.wait(
                            lambda: next((p for p in room.heard() if mark in p.text), None),  # noqa: B023
                            30,
                        )
                        posted.append(post.sent_at - said - FOLD_FOR.total_seconds())
                        said = time.monotonic()
                        await staff.says(f"ответ-{number:03}", chat=room, topic=post.thread_id)
                        heard = await who.hears(f"ответ-{number:03}", 30)
                        answered.append(heard.sent_at - said)
                        await asyncio.sleep(PAUSE - FOLD_FOR.total_seconds())
                    await program.stop()
        finally:
            await server.stop()
    return [
        Figure("quiet: word to post, beyond the folding, p95", p95(posted), 1.5, "s"),
        Figure("quiet: answer to resident, p95", p95(answered), 1, "s"),
    ]


def p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[18]
