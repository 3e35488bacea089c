"""`python -m bot backup FILE` and `restore FILE`: the database and the stored files, in one tar.

A backup is made while the program runs: the dump is of one moment, and files are added after it,
so that each row of the dump has its file. A restore wants an empty database and no files, so it
can destroy nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from bot.postgres_binaries import candidates
from bot.settings import Settings
from services.db import migrate
from services.dumping import (
    Left,
    is_empty,
    last_act,
    leave_to_people,
    server_major,
    unknown_revision,
    way_to,
)

DUMP, FILES = "domovoy.dump", "files"


class CannotBackUp(Exception):
    """The text is one line for whoever asked."""


def add_commands(commands: Any) -> None:
    backup: argparse.ArgumentParser = commands.add_parser(
        "backup", help="write the database and the stored files into one file"
    )
    backup.add_argument("file", type=Path)
    backup.add_argument("--yes", action="store_true", help="overwrite a file that is there")
    restore = commands.add_parser("restore", help="fill an empty database from a backup")
    restore.add_argument("file", type=Path)


def check_source(file: Path, files_dir: Path) -> None:
    """Before the database is started. Raises `CannotBackUp`."""
    if not file.is_file():
        raise CannotBackUp(f"файла {file} нет")
    try:
        with tarfile.open(file) as archive:
            names = archive.getnames()
    except (tarfile.TarError, OSError) as wrong:
        raise CannotBackUp(f"{file} не читается ({wrong})") from None
    if DUMP not in names:
        raise CannotBackUp(f"{file} — не резервная копия: в ней нет {DUMP}")
    if files_dir.exists() and any(path.is_file() for path in files_dir.rglob("*")):
        raise CannotBackUp(
            f"в {files_dir} уже есть файлы: восстанавливайте в новую папку, DATA_DIR=./data-new"
        )


async def write_backup(settings: Settings, url: str, file: Path) -> str:
    """The whole of it or nothing. Returns a line for whoever asked. Raises `CannotBackUp`."""
    partial = file.with_name(f".{file.name}.part")
    try:
        with tempfile.TemporaryDirectory(dir=file.parent) as folder:
            dump = Path(folder) / DUMP
            program = await find_client("pg_dump", await server_major(url))
            await run(program, url, "--format=custom", "--no-owner", f"--file={dump}")
            opened = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(opened, "wb") as target:
                count = await asyncio.to_thread(_pack, target, dump, settings.files_dir)
        size = partial.stat().st_size / 2**20
        partial.replace(file)
    except OSError as refused:
        raise CannotBackUp(f"{file} не записать ({refused.strerror})") from None
    finally:
        partial.unlink(missing_ok=True)
    return f"записано: {file}, {size:.1f} МБ, файлов: {count}"


def _pack(target: Any, dump: Path, files: Path) -> int:
    """A file that is cleared away while it is packed is left out: its row goes as well."""
    count = 0
    with tarfile.open(fileobj=target, mode="w") as archive:
        archive.add(dump, DUMP)
        for path in sorted(files.rglob("*")) if files.is_dir() else ():
            if not path.is_file() or path.suffix == ".part":
                continue
            try:
                with path.open("rb") as source:
                    entry = archive.gettarinfo(
                        arcname=f"{FILES}/{path.relative_to(files)}", fileobj=source
                    )
                    archive.addfile(entry, source)
            except FileNotFoundError:
                continue
            count += 1
    return count


async def read_backup(settings: Settings, url: str, file: Path) -> str:
    """Into an empty database. Returns lines for whoever asked. Raises `CannotBackUp`."""
    if not await is_empty(url):
        raise CannotBackUp(
            "в базе уже есть данные, ничего не изменено. Восстанавливают в пустую: задайте новую "
            "папку DATA_DIR или пустую базу в DATABASE_URL"
        )
    major = await server_major(url)
    with tempfile.TemporaryDirectory(dir=settings.data_dir) as folder, tarfile.open(file) as tar:
        tar.extract(DUMP, folder, filter="data")
        program = await find_client("pg_restore", major)
        into = f"--dbname={way_to(url)['PGDATABASE']}"
        how = ("--no-owner", "--exit-on-error", "--single-transaction", into)
        await run(program, url, *how, str(Path(folder) / DUMP))
        if revision := await unknown_revision(url):
            raise CannotBackUp(
                f"копия сделана более новой версией программы (схема {revision}): обновите "
                "программу и восстановите в пустую базу"
            )
        inside = [each for each in tar.getmembers() if each.name.startswith(f"{FILES}/")]
        await asyncio.to_thread(_unpack, tar, inside, settings.files_dir)
    await migrate(url)
    left = await leave_to_people(url)
    act = await last_act(url)
    return "\n".join(
        [
            f"восстановлено из {file}, файлов: {len(inside)}. Теперь запустите программу",
            *tell_what_is_left(left),
            f"последний акт об удалении данных в копии: {f'№{act}' if act else 'нет'}. Если после "
            "неё исполняли другие, повторите: python -m bot erase и номера карточек из актов",
        ]
    )


def tell_what_is_left(left: Left) -> list[str]:
    lines = {
        "рассылок на паузе: {}. Продолжите или остановите их: /mailing": left.mailings,
        "отложенных рассылок, чей час прошёл, снова в черновиках: {}": left.drafts,
        "объявлений об отключениях и авариях прекращено: {}. Если нужно, сообщите ещё раз": (
            left.notices
        ),
        "сообщений, о которых неизвестно, дошли ли: {}. Сами они не уйдут": left.unsure,
    }
    return [line.format(count) for line, count in lines.items() if count]


def _unpack(tar: tarfile.TarFile, inside: list[tarfile.TarInfo], files: Path) -> None:
    files.mkdir(parents=True, exist_ok=True)
    for entry in inside:
        entry.name = entry.name.removeprefix(f"{FILES}/")
        tar.extract(entry, files, filter="data")


# ── PostgreSQL's own programs ────────────────────────────────────────────────


async def find_client(name: str, major: int) -> Path:
    """A client of the server's version or newer. Raises `CannotBackUp`."""
    folders = [binaries.folder for binaries in await asyncio.to_thread(candidates)]
    on_path = shutil.which(name)
    places = [*(folder / name for folder in folders), *([Path(on_path)] if on_path else [])]
    found: list[tuple[int, Path]] = []
    for place in places:
        if not place.is_file():
            continue
        process = await asyncio.create_subprocess_exec(
            place, "--version", stdout=asyncio.subprocess.PIPE
        )
        printed, _ = await process.communicate()
        version = re.search(rb"(\d+)", printed)
        if version and int(version[1]) >= major:
            found.append((int(version[1]), place))
    if not found:
        raise CannotBackUp(
            f"нужна программа {name} от PostgreSQL {major} или новее: поставьте клиент PostgreSQL "
            f"или вызовите {name} там, где сервер (docs/operations.md)"
        )
    return min(found, key=lambda each: each[0])[1]


async def run(program: Path, url: str, *arguments: str) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        program,
        *arguments,
        env={**kept, "LC_ALL": "C", **way_to(url)},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, printed = await process.communicate()
    if process.returncode:
        lines = printed.decode(errors="replace").strip().splitlines()
        why = lines[0] if lines else f"код {process.returncode}"
        raise CannotBackUp(f"{program.name}: {why}")
