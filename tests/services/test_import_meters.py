"""Meters and their last readings from a file: taken, changed, gone, taken back; what a resident
sent that the accounting system does not know yet stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from services.accounts.imports import ImportRefused
from services.accounts.reading.meter_values import read_reading, read_resource
from services.accounts.reading.values import Num
from services.accounts.reading.wrong import CellWrong
from services.db import Database
from services.errors import AlreadySo
from tests.support.accounting import ACCOUNT, ACCOUNTS, make_book, make_csv
from tests.support.importing import give, look, put, undo

HEADS = ("Лицевой счёт", "Услуга", "Номер счётчика", "Место установки", "Поверка до", "Разрядность",
         "Дата показаний", "Показание", "Показание ночь")  # fmt: skip
COLD = ("0000101", "Холодное водоснабжение", "00123-4", "кухня", "01.05.2030", "5", "31.10.2026",
        "00123,400", "")  # fmt: skip
LIGHT = ("0000101", "Электроэнергия", "77001", "", "", "6", "31.10.2026", "1500", "700,5")


async def meters(db: Database) -> dict[str, tuple[Any, ...]]:
    return await _read(
        db,
        "SELECT number, resource, title, tariffs, digits, verified_until::text FROM meters "
        "WHERE withdrawn_at IS NULL",
    )


async def readings(db: Database) -> dict[str, tuple[Any, ...]]:
    return await _read(
        db,
        "SELECT m.number, r.month::text, r.figures, r.source FROM readings r "
        "JOIN meters m ON m.id = r.meter_id WHERE NOT r.replaced",
    )


async def _read(db: Database, statement: str) -> dict[str, tuple[Any, ...]]:
    async with db.session() as session:
        return {row[0]: tuple(row[1:]) for row in await session.execute(text(statement))}


async def change(db: Database, statement: str) -> None:
    async with db.session() as session:
        await session.execute(text(statement))


@pytest.fixture
async def known(db: Database, tmp_path: Path) -> None:
    await give(db, "accounts", put(tmp_path, make_csv(ACCOUNT, heads=ACCOUNTS), "a.csv"))


@pytest.mark.usefixtures("known")
async def test_meters_and_their_readings(db: Database, tmp_path: Path) -> None:
    path = put(tmp_path, make_csv(COLD, LIGHT, heads=HEADS))
    preview = await give(db, "meters", path, sure=True)
    assert (preview.counts["new"], preview.counts["readings"]) == (2, 2)
    assert await meters(db) == {
        "00123-4": ("cold_water", "кухня", 1, 5, "2030-05-01"),
        "77001": ("electricity", "", 2, 6, None),
    }
    assert await readings(db) == {
        "00123-4": ("2026-10-01", [123400], "import"),
        "77001": ("2026-10-01", [1500000, 700500], "import"),
    }
    with pytest.raises(AlreadySo):
        await give(db, "meters", path, sure=True)
    book = put(tmp_path, make_book(COLD, LIGHT, heads=HEADS), "b.xlsx")
    assert (await look(db, "meters", book)).changes == 0


@pytest.mark.usefixtures("known")
async def test_changed_gone_and_the_way_back(db: Database, tmp_path: Path) -> None:
    await give(db, "meters", put(tmp_path, make_csv(COLD, LIGHT, heads=HEADS)), sure=True)
    before = await meters(db), await readings(db)
    later = (*COLD[:3], "ванная", "01.05.2036", *COLD[5:7], "130", "")
    preview = await give(db, "meters", put(tmp_path, make_csv(later, heads=HEADS)), sure=True)
    counts = preview.counts
    assert (counts["changed"], counts["gone"], counts["readings"]) == (1, 1, 1)
    assert list(await meters(db)) == ["00123-4"]
    assert (await readings(db))["00123-4"] == ("2026-10-01", [130000], "import")
    await undo(db, "meters")
    assert (await meters(db), await readings(db)) == before


@pytest.mark.usefixtures("known")
async def test_what_a_resident_sent_stays_until_an_export_took_it(
    db: Database, tmp_path: Path
) -> None:
    await give(db, "meters", put(tmp_path, make_csv((*COLD[:7], "", ""), heads=HEADS)))
    await change(
        db,
        "INSERT INTO readings (meter_id, month, figures, at, source) "
        "SELECT id, '2026-10-01', '[140000]', now(), 'chat' FROM meters",
    )
    path = put(tmp_path, make_csv(COLD, heads=HEADS))
    preview = await look(db, "meters", path)
    assert (preview.counts["readings"], preview.counts["kept"]) == (0, 1)
    assert preview.changes == 0
    await change(
        db,
        "WITH e AS (INSERT INTO reading_exports (at, who, layout, rows, file_name, sha256) "
        "VALUES (now(), 'x', 'x', 1, 'x', 'x') RETURNING id) "
        "UPDATE readings SET export_id = e.id FROM e",
    )
    await give(db, "meters", path, sure=True)
    assert (await readings(db))["00123-4"] == ("2026-10-01", [123400], "import")
    await undo(db, "meters")
    assert (await readings(db))["00123-4"] == ("2026-10-01", [140000], "chat")


@pytest.mark.usefixtures("known")
async def test_a_file_of_nobody_we_know(db: Database, tmp_path: Path) -> None:
    path = put(tmp_path, make_csv(("0000777", *COLD[1:]), heads=HEADS))
    with pytest.raises(ImportRefused):
        await give(db, "meters", path)
    assert await meters(db) == {}


@pytest.mark.parametrize(
    ("cell", "thousandths"),
    [("123,4", 123400), ("00123.400", 123400), ("0", 0), ("", None), ("—", None),
     ("1 234,5", 1234500), (Num("123.40000000000001"), 123400), (Num("12"), 12000)],
)  # fmt: skip
def test_readings(cell: str, thousandths: int | None) -> None:
    assert read_reading(cell) == thousandths


@pytest.mark.parametrize("cell", ["-5", "12a", "1,2345", "1234567890123", Num("1E+99"), "=A1"])
def test_no_readings(cell: str) -> None:
    with pytest.raises(CellWrong):
        read_reading(cell)


@pytest.mark.parametrize(
    ("cell", "resource"),
    [("ХВС", "cold_water"), ("Горячая вода", "hot_water"), ("Электроснабжение", "electricity"),
     ("Газоснабжение", "gas"), ("Отопление", "heating"), ("ГВС (теплоноситель)", "hot_water")],
)  # fmt: skip
def test_resources(cell: str, resource: str) -> None:
    assert read_resource(cell) == resource
