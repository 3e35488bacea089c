"""Bills from an archive: taken, replaced, taken back; what is wrong with one refuses all of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from handlers import import_texts
from handlers.import_texts import sentence
from services.accounts.imports import ImportRefused
from services.accounts.reading.archives import month_in
from services.accounts.reading.wrong import FileWrong
from services.db import Database
from services.errors import AlreadySo
from tests.support.accounting import ACCOUNT, ACCOUNTS, make_csv
from tests.support.billing import BROKEN, PDF, BrokenBills, make_zip, paper
from tests.support.importing import give, look, put, undo

MONTH = date(2026, 10, 1)


@pytest.fixture(autouse=True)
async def known(db: Database, tmp_path: Path) -> None:
    db.files = tmp_path / "files"
    rows = [(f"000010{n}", *ACCOUNT[1:]) for n in (1, 2)]
    await give(db, "accounts", put(tmp_path, make_csv(*rows, heads=ACCOUNTS), "a.csv"))


async def bills(db: Database) -> dict[str, bytes]:
    async with db.session() as session:
        rows = await session.execute(
            text("""SELECT a.number || ' ' || b.month::text, f.path, f.title FROM bills b
            JOIN accounts a ON a.id = b.account_id JOIN files f ON f.id = b.file_id""")
        )
        found = list(rows)
    assert all("0000" not in f"{path}{title}" for _, path, title in found)
    return {key: (db.files / path).read_bytes() for key, path, _ in found}


def papers(db: Database) -> int:
    return len([each for each in db.files.rglob("*") if each.is_file()])


async def test_taken_replaced_and_taken_back(db: Database, tmp_path: Path) -> None:
    first = put(tmp_path, make_zip({
        "0000101.pdf": paper("one"), "дом 5/0000102_2026-09.pdf": paper("two"),
        "__MACOSX/._0000101.pdf": b"junk",
    }), "квитанции_2026-10.zip")  # fmt: skip
    await give(db, "bills", first, sure=True)
    before = await bills(db)
    assert before == {
        "0000101 2026-10-01": paper("one"), "0000102 2026-09-01": paper("two"),
    }  # fmt: skip
    with pytest.raises(AlreadySo):
        await give(db, "bills", first, sure=True)
    second = put(tmp_path, make_zip({"0000101.pdf": paper("new"), "0000102.pdf": PDF}), "b.zip")
    preview = await look(db, "bills", second, month=MONTH)
    assert (preview.counts["changed"], preview.counts["new"]) == (1, 1)
    assert papers(db) == 2
    await give(db, "bills", second, month=MONTH, sure=True)
    assert (await bills(db))["0000101 2026-10-01"] == paper("new")
    assert papers(db) == 4
    await undo(db, "bills")
    assert await bills(db) == before
    assert papers(db) == 2


async def test_a_file_without_a_month_is_asked_for_it(db: Database, tmp_path: Path) -> None:
    with pytest.raises(FileWrong) as wrong:
        await look(db, "bills", put(tmp_path, make_zip({"0000101.pdf": PDF}), "a.zip"))
    assert wrong.value.problem.code == "no_month"


def test_months_in_names() -> None:
    assert month_in("квитанции_2026-10.zip") == MONTH
    assert month_in("Квитанции октябрь_2026.zip") == MONTH
    assert month_in("архив.zip") is None


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
async def test_a_broken_archive(db: Database, tmp_path: Path, broken: BrokenBills) -> None:
    path = put(tmp_path, broken.make(), "a.zip")
    with pytest.raises((FileWrong, ImportRefused)) as wrong:
        await give(db, "bills", path, month=MONTH, sure=True)
    if isinstance(wrong.value, FileWrong):
        told = sentence(wrong.value.problem, "bills")
    else:
        told = "\n".join(import_texts.list_problems(await look(db, "bills", path, month=MONTH)))
    assert broken.words in told
    assert not broken.row or f"файл {broken.row}" in told
    assert await bills(db) == {}
    assert papers(db) == 0
