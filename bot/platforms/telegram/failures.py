"""What Telegram's refusals mean, decided here and nowhere else."""

from __future__ import annotations

import asyncio

import aiohttp
from aiogram import exceptions as telegram
from aiohttp_socks import ProxyError

from services.messaging.port import (
    Ambiguous,
    Blocked,
    Gone,
    Moved,
    NoTopics,
    NotSent,
    Rejected,
    SendFailed,
    Throttled,
    Unavailable,
)

TOPIC_GONE = ("message thread not found", "topic_deleted", "topic_id_invalid", "topic not found")
TOPIC_CLOSED = ("topic_closed",)
NO_TOPICS = ("not a forum", "not enough rights to create a topic", "not enough rights to manage")
PERSON_GONE = (
    "bot was blocked by the user",
    "user is deactivated",
    "can't initiate conversation",
    "chat not found",
    "bot can't send messages to bots",
)
BROKEN_MARKUP = "can't parse entities"
NOT_MODIFIED = "message is not modified"
NO_TEXT_TO_EDIT = ("there is no text in the message to edit",)


def read_failure(failure: Exception) -> SendFailed:
    """One of the port's failures for whatever a call raised."""
    words = str(getattr(failure, "message", failure))
    low = words.lower()
    match failure:
        case telegram.TelegramRetryAfter():
            return Throttled(float(failure.retry_after))
        case telegram.TelegramMigrateToChat():
            return Moved(str(failure.migrate_to_chat_id))
        case telegram.TelegramUnauthorizedError():
            return NotSent("the token is refused")
        case telegram.TelegramForbiddenError():
            return Blocked(words)
        case telegram.TelegramConflictError():
            return NotSent(words)
        case telegram.TelegramEntityTooLarge():
            return Rejected(words)
        case telegram.TelegramBadRequest() | telegram.TelegramNotFound():
            if any(mark in low for mark in TOPIC_GONE):
                return Gone(words)
            if any(mark in low for mark in NO_TOPICS):
                return NoTopics(words)
            if any(mark in low for mark in PERSON_GONE):
                return Blocked(words)
            return Rejected(words)
        case telegram.TelegramNetworkError():
            return _read_network(failure.__cause__, words)
        case telegram.TelegramServerError() | telegram.ClientDecodeError():
            return Ambiguous("the server answered with an error of its own")
        case aiohttp.ClientError() | OSError() | asyncio.TimeoutError() | ProxyError():
            return _read_network(failure, words)
    return Rejected(words)


def _read_network(cause: BaseException | None, words: str) -> SendFailed:
    """Only what failed while connecting surely did not leave."""
    before = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, ProxyError)
    if isinstance(cause, before):
        return NotSent("Telegram is out of reach")
    return Ambiguous("the answer did not come")


def read_outage(failure: Exception) -> Unavailable:
    """Why hearing stopped, in words for the log and `/health`."""
    match failure:
        case telegram.TelegramUnauthorizedError() | telegram.TelegramNotFound():
            return Unavailable("the token is refused, take a new one from @BotFather", refused=True)
        case telegram.TelegramConflictError():
            return Unavailable("another program polls with this token")
        case telegram.TelegramRetryAfter():
            return Unavailable(f"asked to wait {failure.retry_after} s")
        case telegram.TelegramNetworkError() | aiohttp.ClientError() | OSError():
            return Unavailable("out of reach: check TELEGRAM_API_URL and TELEGRAM_PROXY")
    return Unavailable(f"{type(failure).__name__}")
