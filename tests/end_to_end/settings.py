"""The environment that leads the program to a stand-in, and folders it can use."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from tests.support.telegram import Group, TelegramStandIn


def telegram_settings(tg: TelegramStandIn, room: Group | None = None) -> dict[str, Any]:
    settings: dict[str, Any] = {"TELEGRAM_TOKEN": tg.token, "TELEGRAM_API_URL": tg.url}
    if room is not None:
        settings["TELEGRAM_STAFF_CHAT"] = room.id
    return settings


def open_to_postgres(folder: Path) -> None:
    """The account that runs PostgreSQL has to come in."""
    temporary = Path(tempfile.gettempdir())
    for each in (folder, *folder.parents):
        if temporary in each.parents and each.stat().st_uid == os.geteuid():
            each.chmod(0o755)
