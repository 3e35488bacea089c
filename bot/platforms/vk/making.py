"""The VK channel out of the settings."""

from __future__ import annotations

from bot.platforms import Wiring
from bot.platforms.vk.channel import LIMITS, VkChannel
from bot.platforms.vk.hearing import Access
from bot.settings import Settings


def make(wiring: Wiring) -> VkChannel:
    return VkChannel(
        read_access(wiring.settings),
        wiring.db,
        wiring.bells,
        wiring.media,
        wiring.background,
        LIMITS.scaled(wiring.factor),
    )


def read_access(settings: Settings) -> Access:
    return Access(
        token=settings.vk_token.get_secret_value(),
        group_id=settings.vk_group_id or 0,
        api_url=settings.vk_api_url,
        callback=settings.vk_transport == "callback",
        secret=settings.vk_secret.get_secret_value(),
        confirmation=settings.vk_confirmation,
        wall_token=settings.vk_wall_token.get_secret_value(),
    )
