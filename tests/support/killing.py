"""kill -9 at random moments during many conversations, and the count of what came of it."""

from __future__ import annotations

import asyncio
import random
from bisect import bisect_right
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.support.conversation import Messenger, Staff, Talk, converse, doubled, moment
from tests.support.database import connect
from tests.support.program import Program
from tests.support.telegram import TelegramStandIn
from tests.support.vk import VkStandIn
from tests.support.vk.server import settings_of

AT_ONCE = 40  # conversations going on at the same time


@dataclass(frozen=True)
class Damage:
    conversations: int
    kills: int
    finished: int
    lost: int  # conversations without a ticket or without the answer
    double_tickets: int
    double_messages: int  # to residents
    most_in_one: int  # double messages or cards of one conversation by one kill
    double_cards: int
    orphan_topics: int
    seconds: float

    def __str__(self) -> str:
        return (
            f"{self.conversations} conversations, {self.kills} kills in {self.seconds:.0f} s: "
            f"{self.lost} lost, {self.double_tickets} double tickets, "
            f"{self.double_messages} double messages "
            f"(at most {self.most_in_one} in one conversation by one kill), "
            f"{self.double_cards} double cards, "
            f"{self.orphan_topics} orphan topics"
        )


async def kill_during(
    database_url: str,
    folder: Path,
    *,
    vk: bool = False,
    conversations: int,
    kills: int,
    seed: int = 1,
    patience: float = 120,
) -> Damage:
    """Residents write in Telegram, or in `vk`; staff answer in a Telegram forum."""
    chance = random.Random(seed)
    begun, killed_at = moment(), []
    async with AsyncExitStack() as stack:
        tg = await stack.enter_async_context(TelegramStandIn(privacy=False))
        where: Messenger = tg
        settings: dict[str, object] = {}
        if vk:
            where = await stack.enter_async_context(VkStandIn())
            settings = settings_of(where)
        room = tg.forum()
        staff = Staff(tg, room)
        program = Program(
            folder,
            unpaced=True,
            DATABASE_URL=database_url,
            TELEGRAM_TOKEN=tg.token,
            TELEGRAM_API_URL=tg.url,
            TELEGRAM_STAFF_CHAT=room.id,
            LOG_LEVEL="warning",
            **settings,
        )
        async with program:
            await program.start()
            await program.works("vk" if vk else "telegram")
            gate = asyncio.Semaphore(AT_ONCE)

            async def one(number: int) -> Talk | None:
                async with gate:
                    try:
                        return await converse(where, staff, number, patience)
                    except (TimeoutError, AssertionError):
                        return None

            going = [asyncio.ensure_future(one(number)) for number in range(conversations)]
            for _ in range(kills):
                accepted = calls(where)
                # A moment of real work: some calls after the start, and a random pause.
                await where.wait(lambda: calls(where) > accepted + 12, 60)  # noqa: B023
                await asyncio.sleep(chance.uniform(0, 0.8))
                killed_at.append(moment())
                await program.kill()
                await program.start()
            talks = await asyncio.gather(*going)
            await asyncio.sleep(1)
            await program.stop()
            tickets = await count_tickets(database_url)
        seen = [
            doubled(who.chat.heard()) for number, who in where.users.items() if number >= 100_000
        ]
        cards: dict[str, list[float]] = {}
        for post in room.heard():
            for mark in [word for word in post.text.split() if word.startswith("метка-")]:
                cards.setdefault(mark, []).append(post.sent_at)
        again = [{mark: sorted(moments)[1:]} for mark, moments in cards.items()]
        by_kill: Counter[tuple[int, int]] = Counter()
        for conversation, messages in enumerate([*seen, *again]):
            for moments in messages.values():
                for at in moments:
                    by_kill[conversation, bisect_right(killed_at, at)] += 1
        finished = [talk for talk in talks if talk is not None]
        return Damage(
            conversations=conversations,
            kills=len(killed_at),
            finished=len(finished),
            lost=sum(
                talk is None or tickets.get(f"метка-{number:05}", 0) < 1
                for number, talk in enumerate(talks)
            ),
            double_tickets=sum(count - 1 for count in tickets.values() if count > 1),
            double_messages=count(seen),
            double_cards=count(again),
            most_in_one=max(by_kill.values(), default=0),
            orphan_topics=len(room.topics) - len(tickets),
            seconds=moment() - begun,
        )


def calls(where: Messenger) -> int:
    return sum(where.stats.accepted.values())


def count(doubles: list[dict[str, list[float]]]) -> int:
    return sum(len(moments) for messages in doubles for moments in messages.values())


async def count_tickets(database_url: str) -> Counter[str]:
    """How many tickets each mark has."""
    connection = await connect(database_url)
    try:
        texts = await connection.fetch("SELECT text FROM tickets")
    finally:
        await connection.close()
    return Counter(f"метка-{row['text'].split('метка-')[1][:5]}" for row in texts)
