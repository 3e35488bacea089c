"""The desk's page of accounts: a file is handed in, looked at, applied; the journal; the way back.
The rules and the words are those of the chat."""

from __future__ import annotations

import asyncio
import io
import re
from datetime import date
from urllib.parse import quote

from aiohttp import web

from bot.media import Media
from bot.platforms.desk.asking import NOT_UNDERSTOOD, answer, read_id, read_json
from bot.platforms.desk.reading import read_skip
from bot.platforms.web.pace import Pace
from bot.platforms.web.uploads import (
    EMPTY,
    NO_FILE,
    TOO_LARGE,
    TOO_MANY,
    find_file,
    read_whole,
    refuse,
)
from handlers import import_chat_texts as words
from handlers import import_posts as posts
from handlers.import_sheet import fill_sheet
from handlers.import_texts import DESK
from handlers.staff import imports_page as shown
from services.access import check_counting
from services.accounts.reading.guessing import hear_kind
from services.accounts.reading.values import read_month
from services.accounts.reading.wrong import CellWrong
from services.accounts.uploads import shown_of
from services.db import Database
from services.errors import AlreadySo, NotFound, NotYours
from services.messaging.types import Address
from services.staff import as_member
from services.tables import Member, Upload
from services.work import Work

NO_SUCH_FILE_HERE = "Такого файла нет."
PAGE = 20
AN_HOUR = 30  # files of one member


class ImportsAtDesk:
    def __init__(self, db: Database, media: Media) -> None:
        self._db = db
        self._media = media
        self._pace = Pace(AN_HOUR, 3600)

    async def show(self, request: web.Request, member: Member) -> web.StreamResponse:
        """Files of this member that wait for a word, and the journal of all. Raises `NotYours`."""
        viewer = as_member(member)
        try:
            skip = read_skip(request.query.get("skip", ""))
        except ValueError:
            return refuse(400, NOT_UNDERSTOOD)
        async with self._db.work() as work:
            uploads = await work.uploads.lately(viewer)
            rows = await work.imports.journal(viewer, PAGE, skip)
            body = {
                "files": [await shown.show_upload(work, each) for each in uploads],
                "journal": await shown.show_journal(work, rows),
                "more": len(rows) == PAGE,
            }
        return answer(body)

    async def take(self, request: web.Request, member: Member) -> web.StreamResponse:
        """Raises `NotYours`, before anything is read."""
        viewer = as_member(member)
        check_counting(viewer)
        if member.trainee:
            return refuse(422, words.TRAINEE)
        if not self._pace.allows(viewer.name):
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
        name = re.sub(r"[\x00-\x1f]", "", part.filename or "")[-120:] or "файл"
        path = await self._media.store(data)
        address = Address(channel="desk", chat=str(member.id))
        async with self._db.work() as work:
            upload = await work.uploads.take(
                viewer, "desk", address, name, path=path, kind=hear_kind(name)
            )
            body = await shown.show_upload(work, upload)
        return answer({"file": body}, status=201)

    async def do(self, request: web.Request, member: Member) -> web.StreamResponse:
        """`load`, `drop`, or the answer to a question: `kind`, `month`, `column` with a `value`.
        Raises `NotYours`."""
        what, value = request.match_info["what"], (await read_json(request)).get("value")
        ident = read_id(request.match_info["id"])
        if member.trainee:
            return refuse(422, words.TRAINEE)
        try:
            async with self._db.work() as work:
                upload = await self._do(work, member, ident, what, str(value or ""))
                body = await shown.show_upload(work, upload)
        except AlreadySo:
            return refuse(422, words.ALREADY_HERE)
        return answer({"file": body})

    async def _do(self, work: Work, member: Member, ident: int, what: str, value: str) -> Upload:
        viewer, uploads = as_member(member), work.uploads
        if what == "load":
            upload = await uploads.want(viewer, ident)
            await posts.show_reading(work, upload)
        elif what == "drop":
            upload = await uploads.drop(viewer, ident)
            await posts.tell_dropped(work, upload)
        elif what == "kind" and value in dict(words.KINDS):
            upload = await uploads.name_kind(viewer, ident, value)
        elif what == "month" and (month := read(value)) is not None:
            upload = await uploads.name_month(viewer, ident, month)
        elif what == "column" and value.isdecimal() and len(value) < 4:
            upload = await uploads.name_column(viewer, ident, int(value))
        else:
            raise NotYours
        return upload

    async def undo(self, request: web.Request, member: Member) -> web.StreamResponse:
        """Raises `NotYours`."""
        viewer = as_member(member)
        if member.trainee:
            return refuse(422, words.TRAINEE)
        try:
            async with self._db.work() as work:
                row = await work.imports.get(viewer, read_id(request.match_info["id"]))
                told = words.undone(await work.imports.undo(row.kind, viewer.name, row.id))
        except (AlreadySo, NotFound):
            return refuse(422, words.ALREADY_HERE)
        return answer({"told": told})

    async def give_problems(self, request: web.Request, member: Member) -> web.StreamResponse:
        """All of them as a table. Raises `NotYours`."""
        async with self._db.work() as work:
            ident = read_id(request.match_info["id"])
            upload = await work.uploads.get(as_member(member), ident)
        preview = shown_of(upload)
        if preview is None:
            raise NotYours
        out = io.StringIO(newline="")
        await asyncio.to_thread(fill_sheet, preview, out, at=DESK)
        return web.Response(
            body=out.getvalue().encode("utf-8-sig"),
            headers={
                "Content-Type": "text/csv; charset=utf-8",
                "Content-Disposition": f"attachment; filename*=UTF-8''{quote(posts.SHEET_NAME)}",
                "Cache-Control": "no-store",
                "X-Content-Type-Options": "nosniff",
            },
        )


def read(value: str) -> date | None:
    try:
        return read_month(value)
    except CellWrong:
        return None
