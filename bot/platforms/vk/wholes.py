"""Whole messages: an event may tell only a part of one (`is_cropped`), without most of its files
and without what was forwarded."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from bot.platforms.vk.api import VkApi, VkError
from bot.platforms.vk.failures import CAPTCHA, FLOOD, INNER, TOO_FAST, WRONG_TOKEN
from bot.platforms.vk.parse import cmid, read_number

log = logging.getLogger(__name__)

MOST = 100  # messages of one request
PASSING = (TOO_FAST, FLOOD, CAPTCHA, *INNER)
PAUSES = (0.5, 1.5)  # seconds before it is asked once more; a webhook has ten for everything
Message = dict[str, Any]
Event = dict[str, Any]


async def read_whole(api: VkApi, messages: Sequence[Message]) -> list[Message]:
    """The same messages, whole. One that VK does not show stays `is_cropped`, and `parse` says so
    in words. Raises `SendFailed` where VK is out of reach, `VkError` where it refuses the token:
    then nothing of it may be acknowledged."""
    wanted: dict[int, list[Message]] = defaultdict(list)
    for message in messages:
        peer = read_number(message.get("peer_id"))
        if message.get("is_cropped") and peer and cmid(message).isdecimal():
            wanted[peer].append(message)
    whole: dict[tuple[int, str], Message] = {}
    for peer, cropped in wanted.items():
        for start in range(0, len(cropped), MOST):
            numbers = [cmid(each) for each in cropped[start : start + MOST]]
            for found in await ask(api, peer, numbers):
                whole[peer, cmid(found)] = found
    return [join(each, whole) for each in messages]


def join(told: Message, whole: dict[tuple[int, str], Message]) -> Message:
    """An event tells more in one thing: by which link the person came."""
    found = whole.get((read_number(told.get("peer_id")), cmid(told)))
    return {**told, "is_cropped": False, **found} if found else told


async def ask(api: VkApi, peer: int, numbers: Sequence[str]) -> list[Message]:
    for pause in (*PAUSES, None):
        try:
            page = await api.call(
                "messages.getByConversationMessageId",
                peer_id=peer,
                conversation_message_ids=",".join(numbers),
            )
            return [each for each in page.get("items") or [] if isinstance(each, dict)]
        except VkError as error:
            if error.code in WRONG_TOKEN:
                raise
            if error.code not in PASSING or pause is None:
                log.warning("VK does not show a cropped message whole: code %s", error.code)
                return []
            await asyncio.sleep(pause)
    return []


# Events.


async def read_whole_events(api: VkApi, events: Sequence[Event]) -> list[Event]:
    """As `read_whole`; events that are of no message stay as they are."""
    whole = await read_whole(api, [message_of(event) for event in events])
    return [
        with_message(event, message) if message_of(event).get("is_cropped") else event
        for event, message in zip(events, whole, strict=True)
    ]


def content_of(event: dict[str, Any]) -> dict[str, Any]:
    content = event.get("object")
    return content if isinstance(content, dict) else {}


def message_of(event: dict[str, Any]) -> dict[str, Any]:
    """Empty where the event is of no message."""
    if event.get("type") not in ("message_new", "message_edit"):
        return {}
    content = content_of(event)
    message = content.get("message")
    return message if isinstance(message, dict) else content


def with_message(event: dict[str, Any], message: dict[str, Any]) -> dict[str, Any]:
    content = content_of(event)
    inside = isinstance(content.get("message"), dict)
    return {**event, "object": {**content, "message": message} if inside else message}
