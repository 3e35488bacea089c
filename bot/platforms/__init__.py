"""The messengers. Each is made here, and imported only when it is on: aiogram alone takes
seconds and a hundred megabytes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from aiohttp import web

from services.messaging.inbox import Hear
from services.messaging.port import Channel

if TYPE_CHECKING:
    from bot.background import Background
    from bot.media import Media
    from bot.platforms.desk.channel import DeskChannel
    from bot.platforms.web.channel import WebChannel
    from bot.platforms.web.pages import Doorkeeper
    from bot.settings import Settings
    from services.bell import Bells
    from services.db import Database


@runtime_checkable
class Routes(Protocol):
    """A channel that serves something over HTTP."""

    def routes(self, hear: Hear) -> list[web.RouteDef]: ...


def make_web(db: Database, bells: Bells, media: Media, door: Doorkeeper) -> WebChannel:
    from bot.platforms.web.channel import WebChannel

    return WebChannel(db, bells, media, door)


def make_desk(db: Database, bells: Bells, media: Media, door: Doorkeeper) -> DeskChannel:
    from bot.platforms.desk.channel import DeskChannel

    return DeskChannel(db, bells, media, door)


@dataclass(frozen=True)
class Wiring:
    """What a messenger is made of. `factor`: so many times faster than its published limits."""

    settings: Settings
    db: Database
    bells: Bells
    media: Media
    background: Background
    factor: float = 1


class Messenger(Channel, Protocol):
    """A channel that others may call, too: its webhook is there in every transport."""

    def webhook(self, hear: Hear) -> Answers: ...


Answers = Callable[[web.Request], Awaitable[web.StreamResponse]]
Make = Callable[[Wiring], Messenger]


def load_telegram() -> Make:
    from bot.platforms.telegram.making import make

    return make


def load_vk() -> Make:
    from bot.platforms.vk.making import make

    return make


def messengers_of(settings: Settings) -> dict[str, Callable[[], Make]]:
    """Those that are on. Each is imported by a call, which belongs into a thread."""
    known = {"telegram": (settings.telegram_on, load_telegram), "vk": (settings.vk_on, load_vk)}
    return {name: load for name, (on, load) in known.items() if on}


def channels_of(settings: Settings) -> set[str]:
    """All that are on, a browser's among them."""
    return {"desk", *messengers_of(settings), *(["web"] if settings.web_chat else [])}
