"""A bad environment: one clear line on stderr, a non-zero exit, no traceback."""

from __future__ import annotations

import asyncio
import os
import runpy
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from bot.cli import main
from bot.state import State
from services.db import Database
from tests.end_to_end.settings import open_to_postgres, telegram_settings
from tests.support.conversation import Staff, converse
from tests.support.program import COMPANY, Program, free_port
from tests.support.running import ROOT
from tests.support.telegram import TelegramStandIn

pytestmark = pytest.mark.slow


async def refuses(folder: Path, *words: str, arguments: tuple[str, ...] = (), **env: Any) -> str:
    """The line it ended with; all words stand in it."""
    async with Program(folder, **env) as program:
        program.stderr.unlink(missing_ok=True)
        await program.start(*arguments)
        code, stderr = await program.ends(40)
    assert code == 1, stderr
    lines = [line for line in stderr.splitlines() if line.startswith("domovoy: ")]
    assert len(lines) == 1, stderr
    assert stderr.splitlines()[-1] == lines[0]
    assert "Traceback" not in stderr
    assert "ERROR" not in stderr
    for word in words:
        assert word in lines[0], lines[0]
    return lines[0]


Refused = Callable[..., str]


@pytest.fixture
def refused_settings(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Refused:
    """The one line that the program says to these settings, in this process."""

    def start(**env: str) -> str:
        monkeypatch.chdir(tmp_path)
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        assert main([]) == 1
        line = capsys.readouterr().err
        assert line.count("\n") == 1
        return line

    return start


# ── The machine ──────────────────────────────────────────────────────────────


def test_an_old_python_is_told_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4, "final", 0))
    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(ROOT / "bot" / "__main__.py"), run_name="__main__")
    assert end.value.code == (
        "domovoy: Python 3.11 or newer is needed, this is 3.10; run it as python3.11 -m bot"
    )


def test_the_first_lines_mean_something_to_an_old_python() -> None:
    """Whatever stands before the check has to be readable for it."""
    compile((ROOT / "bot" / "__main__.py").read_text(), "__main__", "exec", dont_inherit=True)
    assert (ROOT / "bot" / "__init__.py").read_text() == ""


async def test_a_port_that_is_taken(database_url: str, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        await refuses(
            tmp_path, "HTTP_PORT", str(port), "ddress already in use", "another HTTP_PORT",
            DATABASE_URL=database_url, HTTP_PORT=port,
        )  # fmt: skip


async def test_an_address_that_is_not_ours(database_url: str, tmp_path: Path) -> None:
    await refuses(
        tmp_path, "HTTP_", "203.0.113.7", DATABASE_URL=database_url, HTTP_HOST="203.0.113.7"
    )


@pytest.mark.parametrize("embedded", [False, True], ids=["given database", "embedded"])
async def test_a_data_dir_that_cannot_be_written(
    database_url: str, tmp_path: Path, embedded: bool
) -> None:
    (tmp_path / "file").write_text("in the way")
    given: dict[str, Any] = {} if embedded else {"DATABASE_URL": database_url}
    await refuses(tmp_path, "DATA_DIR", DATA_DIR=tmp_path / "file" / "data", **given)


async def test_a_data_dir_of_another_account(database_url: str, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    await refuses(tmp_path, "DATA_DIR", DATA_DIR=closed / "data", DATABASE_URL=database_url)


async def test_a_data_dir_in_use_by_another_copy(tmp_path: Path) -> None:
    open_to_postgres(tmp_path)
    async with Program(tmp_path) as first:
        await first.start()
        await first.works()
        other = tmp_path / "other"
        other.mkdir()
        await refuses(other, "another copy is running", str(first.pid), DATA_DIR=tmp_path / "data")
        assert (await first.health())[0] == 200
        assert await first.stop() == 0


@pytest.mark.parametrize("embedded", [False, True], ids=["given database", "embedded"])
async def test_a_full_disk(database_url: str, tmp_path: Path, embedded: bool) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(  # noqa: ASYNC221
        ["mount", "-t", "tmpfs", "-o", "size=64k" if not embedded else "size=8m", "tmpfs", disk],
        check=False,
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip("a small disk takes the right to mount one")
    try:
        open_to_postgres(tmp_path)
        if not embedded:
            with (disk / "filler").open("wb") as filler, pytest.raises(OSError, match="space"):
                filler.write(bytes(1 << 20))
        given: dict[str, Any] = {} if embedded else {"DATABASE_URL": database_url}
        line = await refuses(tmp_path, DATA_DIR=disk / "data", **given)
        assert "disk" in line or "No space left" in line
    finally:
        subprocess.run(["umount", "-l", disk], check=True)  # noqa: ASYNC221


# ── The database ─────────────────────────────────────────────────────────────


def with_parts(url: str, **parts: str) -> str:
    split = urlsplit(url)
    return split._replace(**parts).geturl()


async def test_a_database_that_is_not_there(tmp_path: Path) -> None:
    url = f"postgresql+asyncpg://domovoy:secret-word@127.0.0.1:{free_port()}/domovoy"
    line = await refuses(tmp_path, "DATABASE_URL", "Connect call failed", DATABASE_URL=url)
    assert "secret-word" not in line


async def test_a_host_nobody_knows(tmp_path: Path) -> None:
    url = "postgresql+asyncpg://domovoy@nowhere.invalid/domovoy"
    await refuses(tmp_path, "DATABASE_URL", DATABASE_URL=url)


async def test_a_database_of_another_name(database_url: str, tmp_path: Path) -> None:
    await refuses(
        tmp_path, "DATABASE_URL", "does not exist",
        DATABASE_URL=with_parts(database_url, path="/no_such_base"),
    )  # fmt: skip


async def test_an_account_that_is_refused(database_url: str, tmp_path: Path) -> None:
    split = urlsplit(database_url)
    host = split.netloc.rpartition("@")[2]
    url = with_parts(database_url, netloc=f"nobody_we_know:secret-word@{host}")
    line = await refuses(tmp_path, "DATABASE_URL", "nobody_we_know", DATABASE_URL=url)
    assert "secret-word" not in line


async def test_a_database_that_is_none(tmp_path: Path) -> None:
    """Something listens there, but it is no PostgreSQL."""

    async def be_rude(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(8)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(be_rude, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        url = f"postgresql+asyncpg://domovoy@127.0.0.1:{port}/domovoy"
        await refuses(tmp_path, "DATABASE_URL", DATABASE_URL=url)


# ── Files and settings ───────────────────────────────────────────────────────


async def test_a_company_file_with_a_mistake(database_url: str, tmp_path: Path) -> None:
    company = tmp_path / "company.yaml"
    company.write_text(COMPANY.read_text().replace("title: Сантехника", "titel: Сантехника"))
    line = await refuses(
        tmp_path, "company.yaml", "строка", DATABASE_URL=database_url, COMPANY_FILE=company
    )
    assert "titel" in line


async def test_a_company_file_that_is_not_there(database_url: str, tmp_path: Path) -> None:
    await refuses(
        tmp_path, "nowhere.yaml", DATABASE_URL=database_url, COMPANY_FILE=tmp_path / "nowhere.yaml"
    )


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("HTTP_PORT", "eighty", "whole number"),
        ("HTTP_PORT", "70000", "65535"),
        ("LOG_LEVEL", "loud", "'debug', 'info', 'warning' or 'error'"),
        ("WEB_CHAT", "perhaps", "true or false"),
        ("ADMINS", "olga", "telegram:111"),
        ("DATABASE_URL", "mysql://x", "postgresql+asyncpg://"),
        ("PUBLIC_URL", "bot.example.ru", "https://"),
        ("TELEGRAM_TOKEN", "a-secret-token", "@BotFather"),
        ("TELEGRAM_STAFF_CHAT", "@staff", "whole number"),
        ("TELEGRAM_PROXY", "proxy:1080", "socks5://"),
        ("TELEGRAM_TRANSPORT", "pigeon", "'polling' or 'webhook'"),
    ],
)
def test_a_malformed_setting(
    refused_settings: Refused, setting: str, value: str, words: str
) -> None:
    line = refused_settings(**{setting: value})
    assert line.startswith(f"domovoy: {setting}")
    assert words in line
    assert "a-secret-token" not in line


def test_a_webhook_without_its_settings(refused_settings: Refused) -> None:
    given = {"TELEGRAM_TOKEN": "1:abc", "TELEGRAM_TRANSPORT": "webhook"}
    assert "PUBLIC_URL" in refused_settings(**given)
    given["PUBLIC_URL"] = "https://bot.example.ru"
    assert "TELEGRAM_WEBHOOK_SECRET" in refused_settings(**given)


async def test_a_malformed_setting_ends_the_real_program_too(tmp_path: Path) -> None:
    await refuses(tmp_path, "HTTP_PORT", "whole number", HTTP_PORT="eighty")


# ── A messenger that does not want us ────────────────────────────────────────


async def test_a_refused_token_leaves_the_site_at_work_until_it_is_taken(
    tg: TelegramStandIn, database_url: str, tmp_path: Path
) -> None:
    tg.faults.revoke_token()
    room = tg.forum()
    settings = telegram_settings(tg, room)
    async with Program(tmp_path, unpaced=True, DATABASE_URL=database_url, **settings) as program:
        await program.start()
        health = await program.works("telegram", "down")
        assert health["ok"], "the web chat works"
        assert health["channels"]["web"]["state"] == "up"
        assert "token is refused" in health["channels"]["telegram"]["why"]
        assert tg.token not in str(health)
        tg.faults.restore_token()
        await program.works("telegram")
        await converse(tg, Staff(tg, room), 1, seconds=20)
        assert await program.stop() == 0
    log = program.stderr.read_text()
    assert "token is refused" in log
    assert tg.token not in log
    assert "Traceback" not in log


async def test_telegram_out_of_reach_is_tried_again_and_again(
    tg: TelegramStandIn, database_url: str, tmp_path: Path
) -> None:
    room = tg.forum()
    settings = telegram_settings(tg, room)
    await tg.stop()
    async with Program(tmp_path, unpaced=True, DATABASE_URL=database_url, **settings) as program:
        await program.start()
        health = await program.works("telegram", "down")
        assert health["ok"]
        assert "out of reach" in health["channels"]["telegram"]["why"]
        # Back, with a page of a proxy in place of the first answers: no fault of ours.
        tg.faults.next("getMe", kind="502", times=1)
        await tg.start()
        await program.works("telegram")
        await tg.stop()  # and away in the middle
        await program.works("telegram", "down")
        tg.faults.next("getUpdates", kind="502", times=1)
        await tg.start()
        await converse(tg, Staff(tg, room), 1, seconds=90)
        assert await program.stop() == 0
    assert "fault" not in program.stderr.read_text()


async def test_with_no_channel_at_work_it_is_not_well(database_url: str) -> None:
    db, state = Database(database_url), State()
    try:
        state.set("desk", "up")
        state.set("telegram", "down", "the token is refused")
        health = await state.look(db)
        assert (health["ok"], health["database"]) == (False, True)
        assert health["channels"] == {"telegram": {"state": "down", "why": "the token is refused"}}
        state.set("web", "up")
        assert (await state.look(db))["ok"]
    finally:
        await db.close()
