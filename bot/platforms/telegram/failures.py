"""What Telegram's refusals mean, decided here and nowhere else."""

from __future__ import annotations

import aiohttp
from aiogram import exceptions as telegram
from aiohttp_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError

from services.messaging.port import (
    Ambiguous,
    Barred,
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

PROXY = (ProxyError, ProxyConnectionError, ProxyTimeoutError)
TROUBLE = (telegram.AiogramError, aiohttp.ClientError, OSError, *PROXY)
"""Everything a call may raise: refusals, the network, a page instead of an answer."""

TOPIC_GONE = ("message thread not found", "topic_deleted", "topic_id_invalid", "topic not found")
NO_TOPICS = ("not a forum", "not enough rights to create a topic", "not enough rights to manage")
NO_RIGHTS = (  # in a group
    "not enough rights to send",
    "have no rights to send",
    "chat_write_forbidden",
    "need administrator rights",
    "chat_restricted",
)
THROWN_OUT = ("bot was kicked", "bot is not a member", "group chat was deleted")
TOO_LATE_TO_DELETE = ("message can't be deleted",)
NOTHING_TO_DELETE = ("message to delete not found", "message_id_invalid")
PERSON_GONE = (
    "bot was blocked by the user",
    "user is deactivated",
    "can't initiate conversation",
    "chat not found",
    "peer_id_invalid",
    "bot can't send messages to bots",
)
# These are met in the channel: another way to say the same is tried.
TOPIC_CLOSED = ("topic_closed",)
BROKEN_MARKUP = ("can't parse entities",)
NOT_MODIFIED = ("message is not modified", "topic_not_modified")
NO_TEXT_TO_EDIT = ("there is no text in the message to edit",)
NO_PICTURE = (
    "too big for a photo",
    "photo_invalid_dimensions",
    "photo_ext_invalid",
    "photo_save_file_invalid",
    "image_process_failed",
)
STRANGE_HANDLE = ("wrong file identifier", "wrong remote file identifier")


def means(failure: telegram.TelegramAPIError, marks: tuple[str, ...]) -> bool:
    low = failure.message.lower()
    return any(mark in low for mark in marks)


def read_failure(failure: Exception) -> SendFailed:
    """One of the port's failures for whatever a call raised."""
    words = str(getattr(failure, "message", failure))
    match failure:
        case telegram.TelegramRetryAfter():
            return Throttled(float(failure.retry_after))
        case telegram.TelegramMigrateToChat():
            return Moved(str(failure.migrate_to_chat_id))
        case telegram.TelegramUnauthorizedError():
            return NotSent("the token is refused")
        case telegram.TelegramForbiddenError():
            return Barred(words) if means(failure, THROWN_OUT) else Blocked(words)
        case telegram.TelegramConflictError():
            return NotSent(words)
        case telegram.TelegramEntityTooLarge():
            return Rejected(words)
        case telegram.TelegramBadRequest() | telegram.TelegramNotFound():
            if means(failure, (*TOPIC_GONE, *TOPIC_CLOSED)):
                return Gone(words)
            if means(failure, NO_TOPICS):
                return NoTopics(words)
            if means(failure, NO_RIGHTS):
                return Barred(words)
            if means(failure, PERSON_GONE):
                return Blocked(words)
            return Rejected(words)
        case telegram.TelegramNetworkError():
            return _read_network(failure.__cause__)
        case telegram.TelegramServerError() | telegram.ClientDecodeError():
            return Ambiguous("the server answered with an error of its own")
        case telegram.AiogramError():
            return Rejected(words)
    return _read_network(failure)


def _read_network(cause: BaseException | None) -> SendFailed:
    """Only what failed while connecting surely did not leave."""
    before = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, *PROXY)
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
        case telegram.TelegramBadRequest():
            return Unavailable(failure.message)
        case telegram.TelegramServerError() | telegram.ClientDecodeError():
            return Unavailable("the server answered with an error of its own")
    return Unavailable("out of reach: check TELEGRAM_API_URL and TELEGRAM_PROXY")
