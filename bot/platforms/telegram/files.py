"""Files between Telegram and the rest: as what it takes them, under which id it knows them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest
from aiogram.types import FSInputFile, Message

from bot.media import Media
from bot.platforms.telegram.failures import TROUBLE
from bot.platforms.telegram.parse import NAME
from services.messaging.port import Rejected, Unavailable
from services.messaging.types import Attachment, AttachmentKind, Limits

PHOTO_LIMIT = 10 * 1024 * 1024
TAKES = {  # what it plays; anything else of the kind travels as a document
    "photo": ("image/jpeg", "image/png", "image/webp", ""),
    "voice": ("audio/ogg", "audio/mpeg", "audio/mp4", ""),
    "audio": ("audio/mpeg", "audio/mp4", "audio/x-m4a", ""),
    "video": ("video/mp4", ""),
}
SUFFIXES = {"photo": ".jpg", "voice": ".ogg", "audio": ".mp3", "video": ".mp4"}
SLOWEST = 100_000  # bytes a second that an upload is waited for


def fit(file: Attachment) -> Attachment:
    """A file from elsewhere as the kind under which Telegram takes it."""
    if file.channel == NAME:
        return file
    kind: AttachmentKind = file.kind
    if kind == "sticker" and file.handle:
        kind = "photo"
    elif kind == "video_note":
        kind = "video"
    too_big = kind == "photo" and (file.size or 0) > PHOTO_LIMIT
    if too_big or (kind in TAKES and file.mime not in TAKES[kind]):
        kind = "document"
    return file.model_copy(update={"kind": kind})


def as_document(file: Attachment) -> Attachment:
    return file.model_copy(update={"kind": "document"}) if file.kind == "photo" else file


def upload_time(files: Sequence[Attachment]) -> float:
    """Seconds to add to the patience of a call that may carry these files."""
    return sum(file.size or 0 for file in files if file.channel != NAME) / SLOWEST


class Files:
    def __init__(self, bot: Bot, media: Media, limits: Limits) -> None:
        self._bot = bot
        self._media = media
        self._limits = limits

    async def source(
        self, file: Attachment, opened: AsyncExitStack, *, anew: bool = False
    ) -> str | FSInputFile:
        """Telegram's own id of a file, or its bytes from another messenger, there until `opened`
        ends."""
        if file.channel == NAME:
            return file.handle
        known = await self._media.find_handle(file, NAME)
        if known and not anew:
            return known
        if (file.size or 0) > self._limits.upload:
            raise Rejected("the file is larger than Telegram takes")
        path = await opened.enter_async_context(self._media.on_disk(file, self._limits.upload))
        return FSInputFile(path, filename=name_of(file))

    async def remember(self, file: Attachment, sent: Message) -> None:
        if file.channel == NAME or not file.handle:
            return
        media = sent.photo[-1] if sent.photo else getattr(sent, file.kind, None)
        if media is not None and (file.kind == "photo") == bool(sent.photo):
            await self._media.keep_handle(file, NAME, media.file_id)

    async def fetch(self, handle: str) -> AsyncIterator[bytes]:
        try:
            file = await self._bot.get_file(handle)
            url = self._bot.session.api.file_url(self._bot.token, file.file_path or "")
            async for chunk in self._bot.session.stream_content(url, timeout=60):
                yield chunk
        except TelegramBadRequest as refused:
            raise Rejected(refused.message) from None
        except aiohttp.ClientResponseError as answer:
            if answer.status == 404:
                raise Rejected("the file is no longer kept") from None
            raise Unavailable(f"the file server answered {answer.status}") from None
        except TROUBLE as failure:
            words = failure.message if isinstance(failure, TelegramAPIError) else ""
            raise Unavailable(words or type(failure).__name__) from None


def name_of(file: Attachment) -> str:
    """A file name that breaks no header, with a suffix by which players know it."""
    name = re.sub(r'[\x00-\x1f"\\/]+', "_", file.title).strip() or file.kind
    if Path(name).suffix or file.kind not in SUFFIXES:
        return name
    return name + (".m4a" if file.mime == "audio/mp4" else SUFFIXES[file.kind])
