"""The straight path, for tests that need a resident or a conversation and are not about them."""

from __future__ import annotations

from bot.app import App
from tests.support.browser import Dispatcher, Visitor, until
from tests.support.running import settled


async def settle_in(
    visitor: Visitor,
    app: App,
    *,
    house: str = "zavodskaya-12",
    flat: str = "12",
    name: str = "Мария",
) -> None:
    """Consents and registers, by the deep link of a house."""
    await visitor.opens(house)
    for label, words in (("Согласен", ""), ("", flat), ("", name), ("Пропустить", "")):
        await settled(app)
        await visitor.reads("")
        if label:
            await visitor.presses(label)
        else:
            await visitor.says(words)
    await settled(app)
    await until_offered(visitor, "Написать диспетчеру")


async def until_offered(visitor: Visitor, label: str) -> None:
    def offered() -> bool:
        newest = visitor.company[-3:]
        return any(b["label"].endswith(label) for p in newest for r in p["buttons"] for b in r)

    await until(offered, why=f"{label!r} is not offered: {[p['text'] for p in visitor.company]}")


async def ask(visitor: Visitor, app: App, words: str, files: list[str] | None = None) -> None:
    """Opens a conversation with staff without a ticket."""
    await visitor.presses("Написать диспетчеру")
    await settled(app)
    await visitor.says(words, files=files)
    await settled(app)


async def sign_in(dispatcher: Dispatcher, app: App, who: str = "") -> int:
    """As the member of that name, or the first one. Returns the member's id."""
    async with app.db.work() as work:
        members = await work.staff.desk_members()
        member = next(m for m in members if not who or who in (m.name, m.code))
        token = await work.staff.make_sign_in_link(member.id)
    assert await dispatcher.enters(token) == 303
    return member.id
