"""A storm in one staff group: three hundred messages of sixty residents in a minute, and an
emergency in the middle of it, while Telegram's published limits are enforced. Its minute is
`FASTER` times shorter, and so is that of the limits."""

from __future__ import annotations

import asyncio
import random
import re
import sys
import time
from collections import defaultdict
from pathlib import Path

from bench.figures import Figure, folder
from bot import postgres
from tests.support.conversation import choose, press
from tests.support.database import connect
from tests.support.program import Program
from tests.support.telegram import Group, Message, PublishedLimits, TelegramStandIn, User
from tests.support.telegram.limits import Flood

PEOPLE = 60
EACH = 5
FASTER = 4.0
MINUTE = 60.0 / FASTER
MARK = re.compile(r"с(\d+)-(\d+)\b")


async def measure_storm() -> list[Figure]:
    """Known residents with a conversation each, which began an hour ago."""
    with folder() as place:
        server = await postgres.start(place / "data")
        try:
            async with TelegramStandIn(privacy=False) as tg:
                room = tg.forum()
                people = await settle_in(tg, room, place, server.url)
                tg.flood = Flood(PublishedLimits().scaled(FASTER))
                return await storm(tg, room, people, place, server.url)
        finally:
            await server.stop()


def settings(tg: TelegramStandIn, room: Group, url: str) -> dict[str, object]:
    return {
        "DATABASE_URL": url,
        "TELEGRAM_TOKEN": tg.token,
        "TELEGRAM_API_URL": tg.url,
        "TELEGRAM_STAFF_CHAT": room.id,
        "LOG_LEVEL": "warning",
    }


async def settle_in(
    tg: TelegramStandIn, room: Group, place: Path, url: str, people: int = PEOPLE
) -> list[User]:
    """Without limits, before the storm. One more than asked for: that one has no conversation."""
    async with Program(place, unpaced=True, **settings(tg, room, url)) as program:
        await program.start()
        await program.works("telegram")
        known = [tg.user(f"Житель{number}", 200_000 + number) for number in range(people + 1)]
        await asyncio.gather(*(register(who, number) for number, who in enumerate(known)))
        connection = await connect(url)
        for first in range(0, people, 4):  # five of one house at once would be a surge
            await asyncio.gather(*(begin(who) for who in known[first : first + 4]))
            await tg.wait(lambda: len(room.topics) == first + 4, 60)  # noqa: B023
            await connection.execute("UPDATE threads SET opened_at = opened_at - interval '1 hour'")
        await program.stop()
    # To the program, too, all this was an hour ago: the group's budget is untouched.
    await connection.execute("UPDATE outbox SET settled_at = settled_at - interval '1 hour'")
    await connection.execute("UPDATE topics SET opened_at = opened_at - interval '1 hour'")
    await connection.close()
    return known


async def register(who: User, number: int) -> None:
    await who.starts("dvor-1-1")
    press(who, await who.hears("Согласны", 60), "Согласен")
    await who.hears("номер квартиры", 60)
    await who.says(str(number % 36 + 1))
    await who.hears("обращаться", 60)
    await who.says(f"Житель{number}")
    await choose(who, await who.hears("телефон", 60), "Пропустить")
    await who.hears("рады знакомству", 60)


async def begin(who: User) -> None:
    await who.presses_standing("Написать диспетчеру")
    await who.hears("Пишите", 60)
    await who.says("Добрый день")
    await who.hears("Передали", 60)


async def storm(
    tg: TelegramStandIn, room: Group, people: list[User], place: Path, url: str
) -> list[Figure]:
    chance = random.Random(1)
    calls_before = len(tg.calls)
    async with Program(place, faster=FASTER, **settings(tg, room, url)) as program:
        await program.start()
        await program.works("telegram")
        begun = time.monotonic()

        async def say(number: int, word: int) -> None:
            """Five within three seconds, at a moment of one's own."""
            await asyncio.sleep(starts[number] + word * 0.6)
            await people[number].says(f"с{number}-{word}")

        async def alarm() -> float:
            await asyncio.sleep(MINUTE / 2)
            return await raise_alarm(people[-1], room)

        starts = [chance.uniform(0, MINUTE - 3) for _ in range(PEOPLE)]
        alarmed = asyncio.ensure_future(alarm())
        await asyncio.gather(*(say(n, w) for n in range(PEOPLE) for w in range(EACH)))
        expected = {f"с{n}-{w}" for n in range(PEOPLE) for w in range(EACH)}
        await tg.wait(lambda: expected <= marks(room), 900)
        drained = time.monotonic() - begun
        delay = await alarmed
        await program.stop()
    calls = [call for call in tg.calls[calls_before:] if call.chat == room.id]
    counted = [c for c in calls if c.method in COUNTED]
    accepted = [call for call in counted if call.accepted]
    too_many = sum(call.code == 429 for call in calls)
    least = max(0, (len(accepted) - 20 + 19) // 20) * MINUTE
    for_messages = len(accepted) - 3  # the emergency is a post, a topic and its card
    out_of_order = count_disorder(room)
    print(
        f"{len(accepted)} calls, drained in {drained:.0f} s, least possible {least:.0f} s",
        file=sys.stderr,
    )
    print(f"the limits are {FASTER:g} times Telegram's", file=sys.stderr)
    return [
        Figure("storm: messages lost", len(expected - marks(room)), 0, ""),
        Figure("storm: residents whose order broke", out_of_order, 0, ""),
        Figure(
            "storm: share of 429 among calls into the group", 100 * too_many / len(calls), 1, "%"
        ),
        Figure(
            f"storm at {FASTER:g} × the limits: time to drain, of the least possible",
            drained / max(least, MINUTE),
            1.2,
            "×",
        ),
        Figure("storm: calls per message", for_messages / (PEOPLE * EACH), 0.3, "×"),
        Figure("storm: emergency stands in the room after", delay, 6, "s"),
    ]


COUNTED = {
    "sendMessage", "sendPhoto", "sendMediaGroup", "editMessageText", "createForumTopic",
    "editMessageCaption", "editMessageReplyMarkup",
}  # fmt: skip


async def raise_alarm(who: User, room: Group) -> float:
    """From the press that files it to the post in General."""
    await who.presses_standing("Новая заявка")
    press(who, await who.hears("Что случилось", 60), "🚨 Авария")
    asked = await who.hears("112", 60)
    label = next(label for row in asked.rows for label in row if label.startswith("🚨"))
    press(who, asked, label)
    pressed = time.monotonic()
    post = await who.world.wait(
        lambda: next((p for p in room.general.heard() if "Заявка №" in p.text), None), 60
    )
    return post.sent_at - pressed


def marks(room: Group) -> set[str]:
    return {found[0] for post in posts(room) for found in MARK.finditer(post.text)}


def posts(room: Group) -> list[Message]:
    return [m for m in room.heard() if not m.deleted]


def count_disorder(room: Group) -> int:
    seen: dict[str, list[int]] = defaultdict(list)
    for post in posts(room):
        for found in MARK.finditer(post.text):
            seen[found[1]].append(int(found[2]))
    return sum(words != sorted(set(words)) for words in seen.values())
