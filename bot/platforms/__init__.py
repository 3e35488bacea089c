"""The messengers. Each is made here, and imported only when it is on: aiogram alone takes
seconds and a hundred megabytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from aiohttp import web

from services.messaging.inbox import Hear

if TYPE_CHECKING:
    from bot.media import Media
    from bot.platforms.desk.channel import DeskChannel
    from bot.platforms.web.channel import WebChannel
    from bot.platforms.web.pages import Doorkeeper
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


def make_telegram() -> Any:
    """Imports the library; call it in a thread. Returns what makes the channel."""
    from bot.platforms.telegram.making import make

    return make
