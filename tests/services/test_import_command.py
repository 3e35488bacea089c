"""`python -m bot import`, as the accountant sees it."""

from __future__ import annotations

import asyncio
import io
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from bot.cli import main
from services.db import ROOT, Database
from services.harmless import harmless
from tests.support.accounting import ACCOUNT, ACCOUNTS, DEBT, make_book, make_csv, ole
from tests.support.importing import accounts, debts, everything, put

Run = Callable[..., Awaitable[int]]
SURE = "--sure"  # the files are of one month, whatever year it is when they are read


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)
    return lambda *arguments: asyncio.to_thread(main, ["import", *map(str, arguments)])


async def test_from_a_look_to_the_way_back(
    db: Database, run: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = put(tmp_path, make_csv(ACCOUNT, heads=ACCOUNTS), "счета.csv")
    assert await run("accounts", path) == 0
    shown = capfd.readouterr()
    assert "новых счетов: 1" in shown.out
    assert "Это проверка, ничего не изменено. Применить: --yes" in shown.out
    assert "100% строк: 1" in shown.err
    assert await accounts(db) == {}
    assert await run("accounts", path, "--yes") == 0
    assert "Загружено." in capfd.readouterr().out
    assert await run("accounts", path, "--yes") == 0
    assert "ничего не изменилось" in capfd.readouterr().out
    book = put(tmp_path, make_book(DEBT), "долги.xlsx")
    assert await run("debts", book, "--yes", SURE) == 0
    shown = capfd.readouterr()
    assert "Месяц: октябрь 2026" in shown.out
    assert "Долг по файлу: 234,56 ₽" in shown.out
    assert await debts(db) == {"0000101": (123456, 100000, 23456, 0, "2026-11-15")}
    assert await run("debts", "--undo") == 0
    assert "Отменено: долги.xlsx" in capfd.readouterr().out
    assert await debts(db) == {}
    assert await run("debts", "--undo") == 1
    assert "уже отменена" in capfd.readouterr().err


async def test_a_refused_file(
    db: Database, run: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    await run("accounts", put(tmp_path, make_csv(ACCOUNT, heads=ACCOUNTS), "a.csv"), "--yes")
    before = await everything(db)
    capfd.readouterr()
    bad = put(tmp_path, make_csv(DEBT, ("0000102", *DEBT[1:4], "сто", *DEBT[5:])))
    assert await run("debts", bad, "--yes", "--sure") == 1
    shown = capfd.readouterr()
    assert "строка 3, столбец «Долг»: «сто» не похоже на сумму. Напишите так: 1234,56" in shown.out
    assert "Ничего не изменено" in shown.out
    assert await run("debts", put(tmp_path, ole("EncryptedPackage"), "d.xlsx"), "--yes") == 1
    shown = capfd.readouterr()
    assert shown.err.startswith("domovoy: d.xlsx: файл закрыт паролем. Снимите пароль")
    assert "Traceback" not in shown.err
    assert await everything(db) == before


async def test_options(
    db: Database, run: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    odd = put(tmp_path, make_csv(("0000101", "Мария"), heads=("Шифр", "Кто")))
    assert await run("accounts", odd, "--yes", "--columns", "владелец=Кто; лицевой счёт=шифр") == 0
    assert (await accounts(db))["0000101"][1] == "Мария"
    owed = put(tmp_path, make_csv(("0000101", "5"), heads=("ЛС", "Долг")))
    assert await run("debts", owed, "--yes") == 1
    assert await run("debts", owed, "--yes", SURE, "--month", "2026-10") == 0
    assert (await debts(db))["0000101"][2] == 500
    capfd.readouterr()
    for arguments, words in (
        (("debts",), "назовите файл"),
        (("debts", owed, "--month", "давно"), "--month «давно» не понять"),
        (("debts", owed, "--columns", "счастье=Кто"), "не понять «счастье=Кто»"),
        (("debts", tmp_path / "нет.csv"), "такого файла нет"),
    ):
        assert await run(*arguments) == 1
        assert words in capfd.readouterr().err


async def test_a_name_in_letters_of_another_system(
    db: Database, run: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / os.fsdecode("счета.csv".encode("cp1251"))
    path.write_bytes(make_csv(ACCOUNT, heads=ACCOUNTS))
    assert await run("accounts", path, "--yes") == 0
    assert len(await accounts(db)) == 1
    assert await run("accounts", "--undo") == 0
    assert "Отменено: ?????.csv" in capfd.readouterr().out


async def test_a_book_with_a_sheet_for_each_house_wants_a_second_word(
    db: Database, run: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        for n in (1, 2):
            sheet = book.add_worksheet(f"Дом {n}")
            sheet.write_row(0, 0, ACCOUNTS)
            sheet.write_row(1, 0, (f"000010{n}", *ACCOUNT[1:]))
    path = put(tmp_path, out.getvalue(), "дома.xlsx")
    assert await run("accounts", path, "--yes") == 1
    assert "таблицы есть и на других: Дом 2" in capfd.readouterr().out
    assert await accounts(db) == {}
    assert await run("accounts", path, "--yes", SURE) == 0
    assert len(await accounts(db)) == 1


async def test_doubts_want_a_second_word(
    db: Database, run: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    await run("accounts", put(tmp_path, make_csv(ACCOUNT, heads=ACCOUNTS)), "--yes")
    far = put(tmp_path, make_csv((DEBT[0], "10.2062", *DEBT[2:])))
    capfd.readouterr()
    assert await run("debts", far, "--yes") == 1
    assert "месяц 10.2062 далеко от сегодняшнего" in capfd.readouterr().out
    assert await debts(db, "2062-10-01") == {}
    assert await run("debts", far, "--yes", "--sure") == 0
    assert len(await debts(db, "2062-10-01")) == 1


async def test_a_list_of_problems_runs_nothing(db: Database, run: Run, tmp_path: Path) -> None:
    heads = ("Лицевой счёт", "Долг", "Месяц", "=HYPERLINK(1)")
    row = ("0000101", "=cmd|' /C calc'!A0", "10.2026", "")
    listed = tmp_path / "problems.csv"
    await run("debts", put(tmp_path, make_csv(row, heads=heads)), "--problems", listed)
    text = listed.read_text("utf-8-sig")
    assert "cmd" in text
    cells = [cell.strip('"') for line in text.splitlines() for cell in line.split(";")]
    assert [cell for cell in cells if cell[:1] in ("=", "+", "-", "@")] == []
    for sign in "=+-@":
        assert harmless(f"{sign}1") == f"'{sign}1"
        assert harmless(f" {sign}1").startswith("'")
    assert harmless("Долг") == "Долг"


async def test_the_whole_program_logs_neither_sums_nor_numbers(
    db: Database, database_url: str, tmp_path: Path
) -> None:
    """A process of its own, with the log as loud as it can be."""
    files = [
        ("accounts", put(tmp_path, make_csv(ACCOUNT, heads=ACCOUNTS), "a.csv")),
        ("debts", put(tmp_path, make_csv(DEBT, ("777", *DEBT[1:])), "d.csv")),
    ]
    for kind, path in files:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "import", kind, str(path), "--yes", SURE,
            cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "DATABASE_URL": database_url, "LOG_LEVEL": "debug"},
        )  # fmt: skip
        out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        assert "Загружено." in out.decode()
        for secret in ("0000101", "234", "Иванова", "777"):
            assert secret not in err.decode()
    assert (await debts(db))["0000101"][2] == 23456
