"""An import of 200 000 accounts and of what they owe, the whole process of the command: rows a
second and memory. And how long the worst of broken files takes to be refused."""

from __future__ import annotations

import asyncio
import csv
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from xlsxwriter import Workbook

from bench.figures import Figure, folder
from bot import postgres
from services.company.apply import Messengers, apply_declaration
from services.company.reading import read_declaration
from services.db import ROOT, Database, migrate
from tests.support.accounting import ACCOUNTS, BROKEN, DEBTS
from tests.support.database import connect
from tests.support.running import SAMPLE

ROWS = 200_000
FLATS = 200  # in a house
CSV_BAR, XLSX_BAR, MEMORY_BAR, REFUSAL_BAR = 10_000, 4_000, 300, 5

FILL = (
    """INSERT INTO houses (complex_id, code, address, position)
    SELECT (SELECT min(id) FROM complexes), 'bench-' || i, 'ул. Лесная, ' || i, 100 + i
    FROM generate_series(1, $houses) i""",
    """INSERT INTO flats (house_id, kind, number, number_key)
    SELECT h.id, 'flat', n::text, n::text FROM houses h, generate_series(1, $flats) n
    WHERE h.code LIKE 'bench-%'""",
    "ANALYZE",
)


async def measure_importing() -> list[Figure]:
    with folder() as place:
        server = await postgres.start(place / "data")
        try:
            await prepare(server.url)
            await asyncio.to_thread(write_files, place)
            return await measure(server.url, place)
        finally:
            await server.stop()


async def prepare(url: str) -> None:
    await migrate(url)
    db = Database(url)
    async with db.work() as work:
        await apply_declaration(work, read_declaration(SAMPLE), Messengers())
    await db.close()
    connection = await connect(url)
    for statement in FILL:
        filled = statement.replace("$houses", str(ROWS // FLATS)).replace("$flats", str(FLATS))
        await connection.execute(filled)
    await connection.close()


def accounts() -> Iterator[Sequence[object]]:
    chance = random.Random(1)
    for n in range(ROWS):
        yield (
            f"{n:010}", f"г. Химки, ул. Лесная, д. {1 + n // FLATS}", str(1 + n % FLATS),
            f"Иванов Иван {n}", f"+7 9{n:09}", round(chance.uniform(20, 120), 1),
        )  # fmt: skip


def debts(month: str, seed: int) -> Iterator[Sequence[object]]:
    chance = random.Random(seed)
    for n in range(ROWS):
        billed, paid = round(chance.uniform(900, 9000), 2), round(chance.uniform(0, 9000), 2)
        yield f"{n:010}", month, billed, paid, round(max(0, billed - paid), 2), 0.0, "15.11.2026"


def write_files(place: Path) -> None:
    write_csv(place / "accounts.csv", ACCOUNTS, accounts())
    write_csv(place / "debts.csv", DEBTS, debts("10.2026", 2))
    write_book(place / "accounts.xlsx", ACCOUNTS, accounts())
    write_book(place / "debts.xlsx", DEBTS, debts("11.2026", 3))


def write_csv(path: Path, heads: Sequence[str], rows: Iterator[Sequence[object]]) -> None:
    """As 1C does: cp1251, semicolons, commas of kopecks."""
    with path.open("w", encoding="cp1251", newline="") as file:
        out = csv.writer(file, delimiter=";")
        out.writerow(heads)
        out.writerows(
            [f"{c:.2f}".replace(".", ",") if isinstance(c, float) else c for c in row]
            for row in rows
        )


def write_book(path: Path, heads: Sequence[str], rows: Iterator[Sequence[object]]) -> None:
    book = Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, heads)
    for n, row in enumerate(rows, 1):
        sheet.write_row(n, 0, row)
    book.close()


async def measure(url: str, place: Path) -> list[Figure]:
    figures = []
    most = 0.0
    for what, name in (
        ("accounts", "accounts.csv"), ("debts", "debts.csv"), ("debts", "debts.xlsx"),
        ("accounts", "accounts.xlsx"),
    ):  # fmt: skip
        if name == "accounts.xlsx":
            await forget(url)
        spent, memory = await asyncio.to_thread(run, url, what, place / name)
        most = max(most, memory)
        bar = CSV_BAR if name.endswith("csv") else XLSX_BAR
        kind = "CSV" if name.endswith("csv") else "XLSX"
        title = f"import {what}, {ROWS} rows of {kind}, the whole process"
        figures.append(Figure(title, ROWS / spent, bar, "rows/s", least=True))
        print(f"{name}: {spent:.1f} s, {memory:.0f} MB", file=sys.stderr)
    spent, memory = await asyncio.to_thread(run, url, "accounts", place / "accounts.xlsx")
    figures.append(Figure("the same file again", ROWS / spent, XLSX_BAR, "rows/s", least=True))
    figures.append(Figure("memory of an import at its most", max(most, memory), MEMORY_BAR, "MB"))
    return [*figures, *await asyncio.to_thread(measure_refusals, url, place)]


async def forget(url: str) -> None:
    connection = await connect(url)
    await connection.execute("TRUNCATE import_changes, imports, balances, accounts CASCADE")
    await connection.close()


def run(url: str, what: str, path: Path, code: int = 0) -> tuple[float, float]:
    """Seconds and megabytes of the whole process, whose exit code is that."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "import", what, str(path), "--yes", "--sure"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, "LOG_LEVEL": "warning"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    most = 0.0
    while process.poll() is None:
        most = max(most, peak_memory(process.pid))
        time.sleep(0.02)
    if process.returncode != code:
        raise RuntimeError(f"{path.name} ended with {process.returncode}")
    return time.perf_counter() - begun, most


def peak_memory(pid: int) -> float:
    """In megabytes. What `wait4` tells begins with the memory of whoever started the process."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)


def measure_refusals(url: str, place: Path) -> list[Figure]:
    slowest, most = 0.0, 0.0
    for broken in BROKEN:
        path = place / f"broken-{broken.file}"
        path.write_bytes(broken.make())
        spent, memory = run(url, broken.kind, path, code=1)
        slowest, most = max(slowest, spent), max(most, memory)
    return [
        Figure("the slowest refusal of a broken file", slowest, REFUSAL_BAR, "s"),
        Figure("memory of a refusal at its most", most, MEMORY_BAR, "MB"),
    ]
