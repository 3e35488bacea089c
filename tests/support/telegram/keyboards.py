"""Keyboards, and why Telegram refuses them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from .errors import bad
from .wire import Json

ACTIONS = (
    "callback_data",
    "url",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
MAX_KEYS = 100


def check_markup(markup: Any, *, inline_only: bool = False) -> Json | None:
    """The markup as it is kept, or None where there is none."""
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in markup:
        rows = _rows(markup["inline_keyboard"], "inline_keyboard")
        for row in rows:
            for key in row:
                _check_inline(key)
        if not any(rows):
            return None
        return {"inline_keyboard": [row for row in rows if row]}
    if inline_only:
        raise bad("inline keyboard expected")
    if "keyboard" in markup:
        rows = _rows(markup["keyboard"], "keyboard")
        for row in rows:
            for key in row:
                text = key if isinstance(key, str) else key.get("text", "")
                if not text.strip():
                    raise bad("keyboard button text must be non-empty")
        if not any(rows):
            raise bad("reply keyboard must be non-empty")
    return markup


def _rows(rows: Any, field: str) -> list[list[Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad(f'field "{field}" must be an Array of Arrays')
    if sum(len(row) for row in rows) > MAX_KEYS:
        raise bad("reply markup is too long")
    return rows


def _check_inline(key: Any) -> None:
    if not isinstance(key, dict):
        raise bad("InlineKeyboardButton must be an Object")
    if not str(key.get("text", "")).strip():
        raise bad("inline keyboard button text must be non-empty")
    actions = [name for name in ACTIONS if name in key]
    if not actions:
        raise bad("text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad("BUTTON_TYPE_INVALID")
    if "callback_data" in key and not 1 <= len(str(key["callback_data"]).encode()) <= 64:
        raise bad("BUTTON_DATA_INVALID")
    if "url" in key:
        parts = urlsplit(str(key["url"]))
        if parts.scheme not in {"http", "https", "tg", "ton"} or not (parts.netloc or parts.path):
            raise bad(f"inline keyboard button URL '{key['url']}' is invalid: wrong HTTP URL")
        if parts.scheme in {"http", "https"} and "." not in (parts.hostname or ""):
            raise bad(f"inline keyboard button URL '{key['url']}' is invalid: wrong HTTP URL")
