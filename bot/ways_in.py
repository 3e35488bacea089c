"""How people find us in each messenger, written down at the start: links stand on paper, in open
posts and under notices, and whoever makes them reaches no network."""

from __future__ import annotations

from typing import Any

from bot.settings import Settings
from services.db import Database
from services.work import Work

KNOWN = ("telegram", "vk", "web")


def describe(settings: Settings) -> dict[str, dict[str, Any]]:
    """What the settings alone tell. Telegram's name comes with its first answer."""
    about: dict[str, dict[str, Any]] = {}
    if settings.telegram_on:
        bot = settings.telegram_token.get_secret_value().partition(":")[0]
        about["telegram"] = {"bot": bot}
    if settings.vk_on:
        page = f"https://vk.me/club{settings.vk_group_id}"
        wall = settings.vk_wall_on
        about["vk"] = {"page": page, "link": f"{page}?ref=", "wall": wall}
    if settings.web_chat and settings.public_url:
        page = f"{settings.public_url}/chat"
        about["web"] = {"page": page, "link": f"{page}?start="}
    return about


async def write_down(work: Work, settings: Settings) -> None:
    """A channel that is off is known no more; the name of the same bot is kept."""
    told = describe(settings)
    for channel in KNOWN:
        about, before = told.get(channel, {}), await work.links.about(channel)
        if channel == "telegram" and about.get("bot") == before.get("bot"):
            about = before
        if about != before:
            await work.links.introduce(channel, about)


async def introduce_telegram(db: Database, bot: int, username: str) -> None:
    page = f"https://t.me/{username}"
    about = {"bot": str(bot), "page": page, "link": f"{page}?start="}
    async with db.work() as work:
        if await work.links.about("telegram") != about:
            await work.links.introduce("telegram", about)
