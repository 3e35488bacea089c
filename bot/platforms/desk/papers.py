"""The dispatch journal and work orders, made on request and given to the browser as files."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from urllib.parse import quote

from aiohttp import web

from bot.platforms.desk.asking import read_id
from bot.platforms.web.uploads import refuse
from handlers import open_posts
from handlers.papers import texts
from handlers.papers.journal import TooMuchForPaper, Wanted, write_paper, write_sheet
from handlers.papers.notice import sheets_of_outage, write_sheets
from handlers.papers.order import write_order
from services.db import Database
from services.errors import NotFound
from services.staff import as_member
from services.tables import Member

CHUNK = 256 * 1024
KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
NO_DAYS = "Выберите, за какие дни."
TOO_LONG = "Для PDF здесь слишком много заявок: скачайте таблицу или выберите срок короче."
NO_TICKET = "У этого разговора нет заявки."
LONGEST = 366 * 3  # days; so long are they kept


class Papers:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def give_journal(self, request: web.Request, member: Member) -> web.StreamResponse:
        """`?from=2026-11-01&to=2026-11-30&house=7&kind=xlsx`, days included, `house` an id or
        nothing. Raises `NotYours`."""
        try:
            wanted = read_wanted(request)
        except ValueError:
            return refuse(400, NO_DAYS)
        kind = "pdf" if request.query.get("kind") == "pdf" else "xlsx"
        write = write_paper if kind == "pdf" else write_sheet
        async with temporary() as path:
            try:
                async with self._db.work() as work:
                    about = await write(work, as_member(member), wanted, path)
                    work.audit.note(f"member:{member.id}", "journal", f"{wanted.first}")
            except TooMuchForPaper:
                return refuse(413, TOO_LONG)
            return await give(request, path, about.name + kind, KINDS[kind])

    async def give_order(self, request: web.Request, member: Member) -> web.StreamResponse:
        """Of the thread that the address names. Raises `NotYours`."""
        digits = request.match_info["id"]
        async with temporary() as path:
            try:
                async with self._db.work() as work:
                    thread_id = int(digits) if len(digits) <= 18 else 0
                    number = await write_order(work, as_member(member), thread_id, path)
            except NotFound:
                return refuse(404, NO_TICKET)
            return await give(request, path, texts.order_name(number), KINDS["pdf"], inline=True)

    async def give_sheet(self, request: web.Request, member: Member) -> web.StreamResponse:
        """For the entrances of the outage that the address names, a page a house. Raises
        `NotYours`."""
        async with temporary() as path:
            async with self._db.work() as work:
                viewer = as_member(member)
                outage = await work.outages.get(viewer, read_id(request.match_info["id"]))
                sheets = await sheets_of_outage(
                    work, outage, await open_posts.last_kind(work, outage)
                )
                work.audit.note(viewer.name, "printed", f"outage:{outage.id}")
            await write_sheets(path, sheets)
            name = texts.sheet_name(sheets[0].title)
            return await give(request, path, name, KINDS["pdf"], inline=True)


def read_wanted(request: web.Request) -> Wanted:
    """Raises `ValueError`."""
    first = date.fromisoformat(request.query.get("from", ""))
    last = date.fromisoformat(request.query.get("to", ""))
    if not 0 <= (last - first).days <= LONGEST or not 2000 <= first.year <= 2200:
        raise ValueError
    house = request.query.get("house", "")
    if house and not (house.isascii() and house.isdigit() and len(house) <= 18):
        raise ValueError
    return Wanted(first, last, int(house) if house else None)


@asynccontextmanager
async def temporary() -> AsyncIterator[Path]:
    handle, name = await asyncio.to_thread(tempfile.mkstemp)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        await asyncio.to_thread(os.unlink, name)


async def give(
    request: web.Request, path: Path, name: str, mime: str, *, inline: bool = False
) -> web.StreamResponse:
    shown = "inline" if inline else "attachment"
    response = web.StreamResponse(
        headers={
            "Content-Type": mime,
            "Content-Length": str((await asyncio.to_thread(path.stat)).st_size),
            "Content-Disposition": f"{shown}; filename*=UTF-8''{quote(name)}",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
    )
    await response.prepare(request)
    file = await asyncio.to_thread(path.open, "rb")
    try:
        while chunk := await asyncio.to_thread(file.read, CHUNK):
            await response.write(chunk)
    finally:
        await asyncio.to_thread(file.close)
    await response.write_eof()
    return response
