"""What a page of the desk asks, read, and how it is answered."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.platforms.web.parse import LONGEST, clean
from bot.platforms.web.render import to_json
from services.errors import NotYours

HIGHEST = 2**62  # ids beyond it are nobody's

NOT_UNDERSTOOD = "Страница устарела. Обновите её, пожалуйста."
NO_SUCH_THREAD = "Такого разговора нет."
NO_SUCH_ROOM = "Такой комнаты у вас нет."
TOO_LONG = f"Слишком длинно: помещается {LONGEST} знаков."
NO_SUCH_FILE = "Файл не нашёлся. Приложите его ещё раз."


def thread_of(request: web.Request) -> int:
    """The number in the address. Raises `NotYours`."""
    return read_id(request.match_info["id"])


def read_id(digits: str) -> int:
    """Raises `NotYours` for what is no number, or one that no thread can have."""
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 18:
        raise NotYours
    return int(digits)


def room_of(request: web.Request) -> str:
    """The code in the address."""
    return str(clean(request.match_info["code"]))


def word_of(request: web.Request, name: str) -> str:
    """Of the query; empty when it is not there."""
    return str(clean(request.query.get(name, "")))


async def read_json(request: web.Request) -> dict[str, Any]:
    try:
        body = clean(await request.json())
    except (ValueError, RecursionError, LookupError):
        return {}
    return body if isinstance(body, dict) else {}


def answer(body: dict[str, Any], status: int = 200) -> web.Response:
    return web.json_response(body, status=status, dumps=to_json)
