"""The commands: `python -m bot [run|apply|export|import|posters|backup|restore|link|doctor|…]`."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot import account_codes, asking, backup, erasing, exporting, importing, posters, readings
from bot.app import App, CannotStart
from bot.doctor import examine
from bot.log import set_up_log
from bot.postgres_binaries import ServerFailed
from bot.settings import Settings, SettingsWrong, load_settings
from services.company.reading import CompanyFileWrong, read_declaration
from services.db import Database

log = logging.getLogger("domovoy")

LAST_MOMENT = 9.8  # seconds after a signal to end

WHAT_CHANGED = {
    "added": "добавлено",
    "changed": "изменено",
    "withdrawn": "убрано",
    "conflict": "РАСХОДИТСЯ",
}
KINDS = {
    "company": "компания", "room": "комната", "complex": "ЖК", "house": "дом",
    "category": "заявка", "article": "ответ", "member": "сотрудник",
}  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit code. Every foreseen failure is one line on stderr."""
    parser = argparse.ArgumentParser(prog="python -m bot", description="Домовой")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("run", help="serve (the default)")
    apply = commands.add_parser("apply", help="load or update the company's declaration")
    apply.add_argument("file", type=Path)
    apply.add_argument("--dry-run", action="store_true", help="only show what would change")
    apply.add_argument("--force", action="store_true", help="the file wins over the chat")
    exporting.add_command(commands)
    posters.add_command(commands)
    account_codes.add_command(commands)
    backup.add_commands(commands)
    importing.add_command(commands)
    readings.add_command(commands)
    erasing.add_command(commands)
    link = commands.add_parser("link", help="a one-time link to the desk")
    link.add_argument("member", nargs="?", default="", help="code or name of the member")
    commands.add_parser("doctor", help="check everything, one line each")
    asking.add_commands(commands)
    given = parser.parse_args(arguments)
    if given.command in asking.COMMANDS:
        return asking.run(given)
    try:
        settings = load_settings()
        set_up_log(settings.log_level, settings.log_format)
        match given.command:
            case "apply":
                return asyncio.run(
                    apply_file(settings, given.file, force=given.force, dry_run=given.dry_run)
                )
            case "export":
                exporting.check_place(given.file, replace=given.yes)
                return asyncio.run(export_company(settings, given.file))
            case "readings":
                exporting.check_place(given.out, replace=given.yes)
                return asyncio.run(export_readings(settings, given))
            case "posters":
                exporting.check_place(given.out, replace=True)
                return asyncio.run(print_posters(settings, given.house, given.out))
            case "codes":
                exporting.check_place(given.out, replace=given.yes)
                return asyncio.run(write_account_codes(settings, given.house, given.out))
            case "backup":
                exporting.check_place(given.file, replace=given.yes)
                return asyncio.run(back_up(settings, given.file))
            case "restore":
                backup.check_source(given.file, settings.files_dir)
                return asyncio.run(restore(settings, given.file))
            case "import":
                return asyncio.run(
                    importing.run(given, lambda: database(settings, whole_program=False))
                )
            case "erase":
                return erase_again(settings, given.residents, sure=given.yes)
            case "link":
                return asyncio.run(print_link(settings, given.member))
            case "doctor":
                return asyncio.run(run_doctor(settings))
            case _:
                return asyncio.run(serve(settings))
    except (
        SettingsWrong, ServerFailed, CannotStart, exporting.CannotExport, backup.CannotBackUp,
        importing.NotImported,
    ) as wrong:  # fmt: skip
        return fail(str(wrong))
    except CompanyFileWrong as wrong:
        for mistake in wrong.mistakes:
            print(mistake, file=sys.stderr)
        return fail(f"{settings.company_file}: {wrong}" if given.command != "apply" else str(wrong))
    except (SQLAlchemyError, OSError) as problem:
        return fail(name_database_problem(problem))
    except KeyboardInterrupt:
        return 130


def fail(line: str) -> int:
    print(f"domovoy: {line}", file=sys.stderr)
    return 1


def name_database_problem(problem: Exception) -> str:
    """The database's own first line, without the statement and its values."""
    cause = problem.orig if isinstance(problem, DBAPIError) and problem.orig else problem
    words = str(cause).strip().splitlines()
    detail = words[0].split(": ", 1)[-1] if words else type(cause).__name__
    return f"DATABASE_URL: the database refuses ({detail}), check that it runs and lets us in"


@asynccontextmanager
async def database(settings: Settings, *, whole_program: bool) -> AsyncIterator[str]:
    """The url of the database: the given one, or the embedded server's for as long as needed."""
    if settings.database_url:
        yield settings.database_url
        return
    from bot import postgres  # not there on every system

    if whole_program:
        with postgres.hold(settings.data_dir):
            server = await postgres.start(settings.data_dir)
            try:
                yield server.url
            finally:
                await server.stop()
        return
    server = await postgres.start(settings.data_dir)
    try:
        yield server.url
    finally:
        await server.stop()


async def serve(settings: Settings) -> int:
    """Until SIGINT or SIGTERM, at whatever moment: then it ends in order."""
    asked_to_end = asyncio.Event()
    program = asyncio.current_task()
    assert program is not None

    def end() -> None:
        if not asked_to_end.is_set():  # once: the end itself is not to be torn
            asked_to_end.set()
            program.cancel()
            watchdog = threading.Timer(LAST_MOMENT, give_up)
            watchdog.daemon = True
            watchdog.start()

    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(signum, end)
    try:
        async with database(settings, whole_program=True) as url:
            app = App(settings, url, own_process=True)
            try:
                await app.start()
                await greet(app)
                await asyncio.Event().wait()
            finally:
                log.info("stopping")
                await app.stop()
    except asyncio.CancelledError:
        if not asked_to_end.is_set():
            raise
    return 0


def give_up() -> None:
    """Something holds the loop or a thread. All that was acknowledged is committed, and what was
    on its way is taken up by the next start as after a kill."""
    print(f"domovoy: not at an end {LAST_MOMENT:.0f} s after the signal, going", file=sys.stderr)
    sys.stderr.flush()
    os._exit(1)


async def greet(app: App) -> None:
    """What a person who has just started it wants to know."""
    lines = []
    if app.settings.web_chat:
        lines.append(f"  Чат жителя:    {app.base_url}/chat")
    lines.append(f"  Диспетчерская: {app.base_url}/desk")
    trial = not (app.settings.telegram_on or app.settings.vk_on)
    # Where the output goes into a journal, a way in does not belong there.
    if (trial or sys.stdout.isatty()) and (address := await app.sign_in_address()):
        lines.append(f"  Войти (ссылка на один раз): {address}")
    elif not trial:
        lines.append("  Войти: напишите боту /desk или запустите python -m bot link")
    if not app.settings.telegram_on:
        lines.append("  Telegram выключен: впишите TELEGRAM_TOKEN в .env, чтобы включить.")
    if not app.settings.vk_on:
        lines.append("  ВКонтакте выключен: впишите VK_TOKEN и VK_GROUP_ID в .env, чтобы включить.")
    print("\nДомовой работает.\n" + "\n".join(lines) + "\n", flush=True)


async def apply_file(settings: Settings, file: Path, *, force: bool, dry_run: bool) -> int:
    await asyncio.to_thread(read_declaration, file)  # a mistake is told before the database starts
    async with database(settings, whole_program=False) as url:
        app = App(settings, url)
        try:
            from services.db import migrate

            await migrate(url)
            changes = await app.apply_company_file(file, force=force, dry_run=dry_run)
        finally:
            await app.db.close()
    for change in changes:
        kind = KINDS.get(change.kind, change.kind)
        print(f"{WHAT_CHANGED[change.what]}: {kind} {change.key}")
    conflicts = sum(change.what == "conflict" for change in changes)
    if not changes:
        print("ничего не изменилось")
    if conflicts:
        print(
            f"Расхождений: {conflicts}. Записи меняли и в чате, и в файле; осталось как в чате. "
            "Взять из файла: --force"
        )
    if dry_run:
        print("это была проверка, ничего не записано")
    return 0


async def export_company(settings: Settings, file: Path | None) -> int:
    async with database(settings, whole_program=False) as url:
        app = App(settings, url)
        try:
            text = await exporting.write_out(app.db, str(settings.telegram_staff_chat or ""))
        finally:
            await app.db.close()
    exporting.hand_over(text, file)
    return 0


async def export_readings(settings: Settings, given: argparse.Namespace) -> int:
    async with database(settings, whole_program=False) as url:
        app = App(settings, url)
        try:
            print(await readings.write_out(app.db, given))
        finally:
            await app.db.close()
    return 0


async def print_posters(settings: Settings, house: str, out: Path) -> int:
    async with database(settings, whole_program=False) as url:
        app = App(settings, url)
        try:
            print(await posters.write_out(app.db, settings, house, out))
        finally:
            await app.db.close()
    return 0


async def write_account_codes(settings: Settings, house: str, out: Path) -> int:
    async with database(settings, whole_program=False) as url:
        app = App(settings, url)
        try:
            print(await account_codes.write_out(app.db, house, out))
        finally:
            await app.db.close()
    return 0


async def back_up(settings: Settings, file: Path) -> int:
    async with database(settings, whole_program=False) as url:
        print(await backup.write_backup(settings, url, file))
    return 0


async def restore(settings: Settings, file: Path) -> int:
    """As the only one over this DATA_DIR."""
    async with database(settings, whole_program=True) as url:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        print(await backup.read_backup(settings, url, file))
    return 0


def erase_again(settings: Settings, residents: list[int], *, sure: bool) -> int:
    """Asks between two looks at the database: nothing waits for a person there."""

    async def at_the_database(do: Callable[[Database], Awaitable[Any]]) -> Any:
        async with database(settings, whole_program=False) as url:
            app = App(settings, url)
            try:
                return await do(app.db)
            finally:
                await app.db.close()

    found: erasing.Found = asyncio.run(at_the_database(lambda db: erasing.look(db, residents)))
    print("\n".join(found.lines))
    if not found.left:
        return 0
    if not (sure or erasing.is_sure()):
        print("ничего не изменено")
        return 1
    told = asyncio.run(at_the_database(lambda db: erasing.ask_again(db, found.left)))
    print("\n".join(told))
    return 0


async def print_link(settings: Settings, who: str) -> int:
    async with database(settings, whole_program=False) as url:
        app = App(settings, url)
        try:
            async with app.db.work() as work:
                members = await work.staff.desk_members()
                wanted = [m for m in members if not who or who in (m.code, m.name)]
                if not wanted:
                    known = ", ".join(m.code or m.name for m in members) or "никого"
                    return fail(f"нет сотрудника {who!r} с доступом к диспетчерской; есть: {known}")
                token = await work.staff.make_sign_in_link(wanted[0].id)
        finally:
            await app.db.close()
    base = settings.public_url or f"http://{settings.http_host}:{settings.http_port}"
    print(f"{wanted[0].name}: {base}/desk/enter?token={token}")
    return 0


async def run_doctor(settings: Settings) -> int:
    healthy = True
    async for finding in examine(settings, lambda: database(settings, whole_program=False)):
        healthy = healthy and finding.ok
        print(f"{'✓' if finding.ok else '✗'} {finding.what}: {finding.words}")
    return 0 if healthy else 1
