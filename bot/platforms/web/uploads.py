"""Files from and to a browser: what is taken, what it is, who may have it."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import quote

from aiohttp import BodyPartReader, web

from bot.media import Media
from bot.platforms.web.pace import Pace
from services.db import Database
from services.messaging.port import Rejected, Unavailable
from services.messaging.types import Attachment, AttachmentKind
from services.tables import StoredFile
from services.work import Work

log = logging.getLogger(__name__)

LARGEST = 20 * 1024 * 1024
READ_ON = 100 * 1024 * 1024  # so much of a file too large is read on: only then it hears the no
AN_HOUR = 60  # uploads of one person
PICTURES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF8": "image/gif",
}
PROPER = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]*")
ACTIVE = re.compile(r"html|[+/]xml$|(java|ecma)script$")  # a browser may run these
TOO_LARGE = "Файл больше 20 МБ. Пришлите, пожалуйста, поменьше."
TOO_MANY = "Слишком много файлов подряд. Подождите немного."
EMPTY = "Файл пустой."
NO_FILE = "Файл не дошёл. Попробуйте ещё раз."
NOT_NOW = "Файл сейчас не открыть."


class Uploads:
    def __init__(self, db: Database, media: Media) -> None:
        self._db = db
        self._media = media
        self._pace = Pace(AN_HOUR, 3600)

    async def take(self, request: web.Request, owner: str, files_at: str) -> web.Response:
        """Keeps one file for `owner`; answers as the protocol says."""
        if not self._pace.allows(owner):
            return refuse(429, TOO_MANY)
        try:
            part = await find_file(request)
            data = await read_whole(part) if part else b""
        except ValueError:  # not the form it says it is
            part = None
        if part is None:
            return refuse(415, NO_FILE)
        if data is None:
            return refuse(413, TOO_LARGE)
        if not data:
            return refuse(415, EMPTY)
        kind, mime = recognise(data[:16], part.headers.get("Content-Type", ""))
        title = re.sub(r"[\x00-\x1f]", "", part.filename or "")[-120:]
        path = await self._media.store(data)
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
        try:
            if file.path:  # in parts too: some browsers play nothing otherwise
                return web.FileResponse(await self._media.stored(file), headers=headers_of(file))
            return await self._pass_on(request, file)
        except (Rejected, Unavailable) as problem:
            log.info("file of %s is not to be had: %s", file.channel, problem)
            return refuse(502, NOT_NOW)

    async def _pass_on(self, request: web.Request, file: StoredFile) -> web.StreamResponse:
        """From its messenger as it comes. What breaks off half way breaks off here too."""
        response = web.StreamResponse(headers=headers_of(file))
        try:
            async for chunk in self._media.stream(file):
                if not response.prepared:
                    await response.prepare(request)
                await response.write(chunk)
        except (Rejected, Unavailable):
            if not response.prepared:
                raise
            if request.transport is not None:
                request.transport.abort()
            return response
        if not response.prepared:
            raise Rejected("the file is empty")
        await response.write_eof()
        return response


async def find_file(request: web.Request) -> BodyPartReader | None:
    if not request.content_type.startswith("multipart/"):
        return None
    part = await (await request.multipart()).next()
    return part if isinstance(part, BodyPartReader) and part.name == "file" else None


async def read_whole(part: BodyPartReader) -> bytes | None:
    """None for a file that is too large."""
    data, size = bytearray(), 0
    while chunk := await part.read_chunk(64 * 1024):
        size += len(chunk)
        if size <= LARGEST:
            data += chunk
        elif size > READ_ON:
            break
    return bytes(data) if size <= LARGEST else None


async def keep_files(
    work: Work, attachments: Sequence[Attachment], owner: str
) -> dict[str, StoredFile]:
    """A stored file for each attachment that has bytes, by its handle."""
    return {a.handle: await work.attachments.keep(a, owner) for a in attachments if a.handle}


async def own_files(work: Work, ids: Sequence[str], owner: str) -> list[StoredFile] | None:
    """The files, if all are this person's own uploads."""
    found = [await work.attachments.find(file_id) for file_id in ids]
    files = [file for file in found if file is not None and file.owner == owner]
    return files if len(files) == len(ids) else None


def recognise(start: bytes, claimed: str) -> tuple[AttachmentKind, str]:
    """Kind and type. A picture is one by its first bytes, not by its name."""
    for magic, mime in PICTURES.items():
        if start.startswith(magic):
            return "photo", mime
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "photo", "image/webp"
    mime = claimed.partition(";")[0].strip().lower()
    if not PROPER.fullmatch(mime) or ACTIVE.search(mime):
        return "document", "application/octet-stream"
    if mime in ("audio/webm", "audio/ogg", "audio/mp4"):
        return "voice", mime
    if mime.startswith("audio/"):
        return "audio", mime
    if mime.startswith("video/"):
        return "video", mime
    return "document", mime


def headers_of(file: StoredFile) -> dict[str, str]:
    """Shown in the page only what is no page itself, whatever it claims to be."""
    inline = file.kind in ("photo", "voice", "audio", "video", "video_note", "sticker")
    usual = {"video": "video/mp4", "video_note": "video/mp4", "photo": "image/jpeg"}
    mime = file.mime or usual.get(file.kind, "")
    plays = mime.startswith(("image/", "audio/", "video/")) and not ACTIVE.search(mime)
    inline = inline and plays
    name = quote(file.title or file.kind)
    return {
        "Content-Type": mime if inline else "application/octet-stream",
        "Content-Disposition": f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{name}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, max-age=3600",
        "X-Content-Type-Options": "nosniff",
    }


def refuse(status: int, why: str) -> web.Response:
    return web.json_response({"why": why}, status=status)
