"""Files from and to a browser: what is taken, what it is, who may have it."""

from __future__ import annotations

import logging
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from aiohttp import BodyPartReader, web

from bot.media import Media
from services.db import Database
from services.messaging.port import Rejected, Unavailable
from services.messaging.types import Attachment, AttachmentKind
from services.tables import StoredFile

log = logging.getLogger(__name__)

LARGEST = 20 * 1024 * 1024
AN_HOUR = 60  # uploads of one person
PICTURES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF8": "image/gif",
}
TOO_LARGE = "Файл больше 20 МБ. Пришлите, пожалуйста, поменьше."
TOO_MANY = "Слишком много файлов подряд. Подождите немного."
EMPTY = "Файл пустой."
NO_FILE = "Файл не дошёл. Попробуйте ещё раз."


class Uploads:
    def __init__(self, db: Database, media: Media) -> None:
        self._db = db
        self._media = media
        self._recent: dict[str, deque[float]] = defaultdict(deque)

    async def take(self, request: web.Request, owner: str, files_at: str) -> web.Response:
        """Keeps one file for `owner`; answers as the protocol says."""
        if not self._allowed(owner):
            return refuse(429, TOO_MANY)
        if not request.content_type.startswith("multipart/"):
            return refuse(415, NO_FILE)
        reader = await request.multipart()
        part = await reader.next()
        if not isinstance(part, BodyPartReader) or part.name != "file":
            return refuse(415, NO_FILE)
        data = bytearray()
        while chunk := await part.read_chunk(64 * 1024):
            data += chunk
            if len(data) > LARGEST:
                return refuse(413, TOO_LARGE)
        if not data:
            return refuse(415, EMPTY)
        kind, mime = recognise(bytes(data[:16]), part.headers.get("Content-Type", ""))
        title = (part.filename or "")[-120:]
        path = await self._media.store(bytes(data))
        async with self._db.work() as work:
            attachment = Attachment(
                kind=kind, channel="web", handle=path, title=title, mime=mime, size=len(data)
            )
            file = await work.attachments.keep(attachment, owner, path)
        return web.json_response(
            {
                "id": file.id, "kind": kind, "title": title, "size": len(data), "mime": mime,
                "url": f"{files_at}/{file.id}",
            },
            status=201,
        )  # fmt: skip

    async def give(
        self, request: web.Request, allowed: Callable[[StoredFile], Awaitable[bool]]
    ) -> web.StreamResponse:
        async with self._db.work() as work:
            file = await work.attachments.find(request.match_info["id"])
        if file is None or not await allowed(file):
            raise web.HTTPNotFound
        response = web.StreamResponse(headers=_headers(file))
        prepared = False
        try:
            async for chunk in self._media.stream(file):
                if not prepared:
                    await response.prepare(request)
                    prepared = True
                await response.write(chunk)
        except (Rejected, Unavailable) as problem:
            log.info("file of %s is not to be had: %s", file.channel, problem)
            if not prepared:
                return refuse(502, "Файл сейчас не открыть.")
        if not prepared:
            return refuse(502, "Файл сейчас не открыть.")
        await response.write_eof()
        return response

    def _allowed(self, owner: str) -> bool:
        now, recent = time.monotonic(), self._recent[owner]
        while recent and recent[0] < now - 3600:
            recent.popleft()
        recent.append(now)
        return len(recent) <= AN_HOUR


def recognise(start: bytes, claimed: str) -> tuple[AttachmentKind, str]:
    """Kind and type. A picture is one by its first bytes, not by its name."""
    for magic, mime in PICTURES.items():
        if start.startswith(magic):
            return "photo", mime
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "photo", "image/webp"
    mime = claimed.partition(";")[0].strip().lower()
    if mime in ("audio/webm", "audio/ogg", "audio/mp4"):
        return "voice", mime
    if mime.startswith("audio/"):
        return "audio", mime
    if mime.startswith("video/"):
        return "video", mime
    return "document", mime if "/" in mime and "html" not in mime else "application/octet-stream"


def _headers(file: StoredFile) -> dict[str, str]:
    inline = file.kind in ("photo", "voice", "audio", "video", "video_note", "sticker")
    mime = file.mime if inline and file.mime else "application/octet-stream"
    if file.kind in ("video_note", "video") and not file.mime:
        mime = "video/mp4"
    name = quote(file.title or file.kind)
    return {
        "Content-Type": mime,
        "Content-Disposition": f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{name}",
        "Cache-Control": "private, max-age=3600",
        "X-Content-Type-Options": "nosniff",
    }


def refuse(status: int, why: str) -> web.Response:
    return web.json_response({"why": why}, status=status)
