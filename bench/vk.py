"""How fast a mailing leaves through VK: its twenty requests a second, full to the brim."""

from __future__ import annotations

from bench.figures import Figure, folder
from bot import postgres
from services.db import Database
from services.messaging.types import Address, Kind, Outbound
from tests.support.program import Program
from tests.support.vk import PublishedLimits, VkStandIn
from tests.support.vk.server import settings_of

PEOPLE = 1000
ALLOWED = 20 * 25  # messages a second


async def measure_rate() -> list[Figure]:
    """A thousand queued messages to a thousand people, while VK's published limits are enforced.
    From the first request to the last."""
    with folder() as place:
        server = await postgres.start(place / "data")
        try:
            async with VkStandIn(limits=PublishedLimits()) as vk:
                people = [vk.user(f"Житель{number}", started=True) for number in range(PEOPLE)]
                settings = {"DATABASE_URL": server.url, "LOG_LEVEL": "warning", **settings_of(vk)}
                async with Program(place, **settings) as program:
                    await program.start()
                    await program.works("vk")
                    await queue(server.url, [str(person.id) for person in people])
                    await vk.wait(lambda: all(person.chat.heard() for person in people), 60)
                    await program.stop()
                sent = [call.at for call in vk.calls if call.method == "messages.send"]
                share = PEOPLE / (max(sent) - min(sent)) / ALLOWED
                once = sum(len(person.chat.heard()) for person in people)
                refused = vk.stats.too_many
        finally:
            await server.stop()
    name = f"{PEOPLE} messages to {PEOPLE} people in VK"
    return [
        Figure(f"{name}, of what is allowed", share * 100, 95, "%", least=True),
        Figure(f"{name}: refused for haste", refused, 0, ""),
        Figure(f"{name}: messages said", once, PEOPLE, ""),
    ]


async def queue(url: str, chats: list[str]) -> None:
    db = Database(url)
    async with db.work() as work:
        for chat in chats:
            to = Address(channel="vk", chat=chat)
            await work.outbox.say(to, Outbound(text=f"Завтра отключат воду, {chat}"), Kind.BULK)
    await db.close()
