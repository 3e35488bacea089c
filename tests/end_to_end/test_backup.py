"""A backup of the running program, its private server and the files with it, and the restore."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.settings import open_to_postgres
from tests.support.drivers.web import FILES, OnSite
from tests.support.patience import PATIENCE
from tests.support.program import Program

pytestmark = pytest.mark.slow


async def command(folder: Path, *arguments: str, **settings: object) -> tuple[int, str]:
    """Beside the program that runs over `folder/data`. Its code, and all it printed."""
    log = folder / arguments[0]
    log.mkdir(exist_ok=True)
    ran = Program(log, **{"DATA_DIR": folder / "data", **settings})
    await ran.start(*arguments)
    code, stderr = await ran.ends(4 * PATIENCE)
    return code, stderr + ran.stdout.read_text()


async def photo_in(site: OnSite) -> tuple[dict[str, Any], bytes]:
    """The line that has it, and its bytes."""
    for line in await site.look():
        if line.files:
            async with site.browser.get(line.raw["attachments"][0]["url"]) as answer:
                assert answer.status == 200
                return line.raw, await answer.read()
    raise AssertionError("no photo stands there")


async def says_with_photo(site: OnSite) -> None:
    await site.open("dvor-1-1")
    await site.send("photo", 1, "Течёт труба")
    async with asyncio.timeout(PATIENCE):
        while not any(line.files for line in await site.look()):
            await asyncio.sleep(0.1)


async def test_a_backup_of_the_running_program_is_restored_elsewhere(tmp_path: Path) -> None:
    open_to_postgres(tmp_path)
    here, there, backup = tmp_path / "here", tmp_path / "there", tmp_path / "backup.tar"
    for folder in (here, there):
        folder.mkdir()
        open_to_postgres(folder)
    async with Program(here) as first:
        await first.start()
        await first.works()
        site = OnSite(first.url)
        await says_with_photo(site)
        before, bytes_before = await photo_in(site)
        code, printed = await command(here, "backup", str(backup))
        assert code == 0, printed
        assert "файлов: 1" in printed
        assert backup.stat().st_mode & 0o777 == 0o600
        code, printed = await command(here, "backup", str(backup))
        assert (code, "уже есть" in printed) == (1, True)
        code, printed = await command(here, "restore", str(backup))
        assert (code, "уже есть файлы" in printed) == (1, True)
        await site.close()
        assert await first.stop() == 0
    code, printed = await command(there, "restore", str(backup))
    assert code == 0, printed
    async with Program(there) as second:
        await second.start()
        await second.works()
        again = OnSite(second.url)
        again.browser.cookie_jar.update_cookies(
            {cookie.key: cookie.value for cookie in site.browser.cookie_jar}
        )
        assert await photo_in(again) == (before, bytes_before)
        assert bytes_before == FILES["photo"][0]
        await again.close()
        assert await second.stop() == 0
    (there / "data" / "files").rename(tmp_path / "away")
    code, printed = await command(there, "restore", str(backup))
    assert (code, "уже есть данные" in printed) == (1, True)


async def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "photo.tar"
    other.write_bytes(b"not a tar")
    for file, why in ((tmp_path / "none.tar", "нет"), (other, "не читается")):
        code, printed = await command(tmp_path, "restore", str(file))
        assert code == 1
        assert why in printed
    assert not (tmp_path / "data" / "postgres").exists()
