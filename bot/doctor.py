"""The doctor: checks everything a working bot needs, one line each."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from bot.postgres_binaries import ServerFailed
from bot.settings import Settings
from services.company.declaration import Declaration
from services.company.reading import CompanyFileWrong, read_declaration
from services.db import Database
from services.errors import NotFound
from services.open_posts import chat_of

LITTLE_DISK = 1024 * 1024 * 1024  # bytes; below it admins are told as well


@dataclass(frozen=True)
class Finding:
    ok: bool
    what: str
    words: str


async def examine(
    settings: Settings, database: Callable[[], AbstractAsyncContextManager[str]]
) -> AsyncIterator[Finding]:
    declaration = None
    try:
        declaration = await asyncio.to_thread(read_declaration, settings.company_file)
        houses = sum(len(c.houses) for c in declaration.complexes)
        words = f"{declaration.company.name}, домов: {houses}, без ошибок"
        yield Finding(True, "файл компании", words)
    except CompanyFileWrong as wrong:
        yield Finding(False, "файл компании", f"{settings.company_file}: {wrong}")
    yield examine_disk(settings)
    if declaration is not None and (links := examine_links(settings, declaration)):
        yield links
    try:
        async with database() as url:
            async for finding in examine_database(settings, url):
                yield finding
    except ServerFailed as failed:
        yield Finding(False, "база", str(failed))
    if settings.telegram_on:
        from bot.platforms.telegram.checks import examine_telegram

        rooms = [r.telegram for r in declaration.rooms if r.telegram] if declaration else []
        channels = list_channels(declaration) if declaration else []
        async for ok, words in examine_telegram(settings, rooms, channels):
            yield Finding(ok, "Telegram", words)
    else:
        yield Finding(True, "Telegram", "выключен (TELEGRAM_TOKEN пуст)")
    if settings.vk_on:
        from bot.platforms.vk.checks import examine_vk

        async for ok, words in examine_vk(settings):
            yield Finding(ok, "VK", words)
    else:
        yield Finding(True, "VK", "выключен (VK_TOKEN пуст)")
    if settings.assist_on:
        from bot.outside.assist import examine_assist

        ok, words = await examine_assist(settings)
        yield Finding(ok, "черновики ответов", words)
    else:
        yield Finding(True, "черновики ответов", "выключены (ASSIST_URL пуст)")


def list_channels(declaration: Declaration) -> list[str]:
    """The company's, and those of complexes."""
    of_complexes = [complex_.telegram_channel for complex_ in declaration.complexes]
    return [chat_of(each) for each in (declaration.company.telegram_channel, *of_complexes) if each]


def examine_links(settings: Settings, declaration: Declaration) -> Finding | None:
    """None where the company sends nobody to its own page."""
    showing = declaration.company.accounts.showing
    on = {"telegram": settings.telegram_on, "vk": settings.vk_on, "web": settings.web_chat}
    linked = [
        name
        for name, is_on in on.items()
        if is_on and "link" in getattr(showing, name).model_dump().values()
    ]
    if not linked:
        return None
    if settings.public_url.startswith("https://"):
        return Finding(True, "своя страница", f"{settings.public_url}/my/…")
    words = (
        f"в accounts.showing стоит link ({', '.join(linked)}), а PUBLIC_URL не https: "
        "ссылку на неё жители не откроют"
    )
    return Finding(False, "своя страница", words)


def examine_disk(settings: Settings) -> Finding:
    folder = settings.data_dir.absolute()
    while not folder.exists():
        folder = folder.parent
    if not os.access(folder, os.W_OK):
        return Finding(False, "диск", f"в {folder} нельзя писать")
    free = shutil.disk_usage(folder).free
    return Finding(free > LITTLE_DISK, "диск", f"свободно {free // 2**20} МБ в {folder}")


async def examine_database(settings: Settings, url: str) -> AsyncIterator[Finding]:
    db = Database(url, pool_size=1)
    try:
        async with db.work() as work:
            try:
                company = await work.company.profile()
                yield Finding(True, "база", f"отвечает, в ней {company.name}")
            except NotFound:
                yield Finding(False, "база", "отвечает, но пуста: python -m bot apply ФАЙЛ")
                return
            rows = await work.inbox.list_set_aside()
            words = "; ".join(f"№{row.id} {row.why} (сбой {row.fault})" for row in rows[:5])
            yield Finding(
                not rows, "отложенные сообщения", f"{len(rows)}: {words}" if rows else "нет"
            )
            waiting = await work.outbox.count_waiting()
            yield Finding(
                True, "очередь", ", ".join(f"{c}: {n}" for c, n in waiting.items()) or "пуста"
            )
    except Exception as problem:  # noqa: BLE001 (drivers have errors of their own)
        cause = getattr(problem, "orig", None) or problem
        line = (str(cause).splitlines() or [type(cause).__name__])[0]
        if "does not exist" in line and "relation" in line:
            line = "таблиц ещё нет, они появятся при первом запуске"
        yield Finding(False, "база", line)
    finally:
        await db.close()
