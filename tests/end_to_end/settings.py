"""The environment that leads the program to a stand-in."""

from __future__ import annotations

from typing import Any

from tests.support.telegram import Group, TelegramStandIn


def telegram_settings(tg: TelegramStandIn, room: Group | None = None) -> dict[str, Any]:
    settings: dict[str, Any] = {"TELEGRAM_TOKEN": tg.token, "TELEGRAM_API_URL": tg.url}
    if room is not None:
        settings["TELEGRAM_STAFF_CHAT"] = room.id
    return settings
