"""The Telegram channel out of the settings."""

from __future__ import annotations

from functools import partial

from bot.platforms import Wiring
from bot.platforms.telegram.channel import Access, TelegramChannel
from bot.platforms.telegram.commands import Commands
from bot.settings import Settings
from bot.ways_in import introduce_telegram
from handlers import commands
from services.messaging.types import Limits


def make(wiring: Wiring) -> TelegramChannel:
    async def list_commands() -> Commands:
        async with wiring.db.work() as work:
            rooms = [room for room in await work.rooms.every() if room.channel == "telegram"]
            admins = await work.staff.addresses_of_admins()
        return Commands(
            commands.RESIDENTS,
            commands.MEMBERS,
            commands.ADMINS,
            staff_chats=tuple(dict.fromkeys(room.chat for room in rooms)),
            admin_chats=tuple(to.chat for to in admins if to.channel == "telegram"),
        )

    return TelegramChannel(
        read_access(wiring.settings),
        wiring.media,
        wiring.background,
        list_commands,
        Limits().scaled(wiring.factor),
        partial(introduce_telegram, wiring.db),
    )


def read_access(settings: Settings) -> Access:
    return Access(
        token=settings.telegram_token.get_secret_value(),
        api_url=settings.telegram_api_url,
        proxy=settings.telegram_proxy.get_secret_value(),
        webhook=settings.telegram_transport == "webhook",
        public_url=settings.public_url,
        secret=settings.telegram_webhook_secret.get_secret_value(),
    )
