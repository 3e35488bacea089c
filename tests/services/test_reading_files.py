"""`readings`: a file read back, each reading once, the same file again by its number."""

from __future__ import annotations

import csv
from argparse import Namespace
from pathlib import Path

import pytest

from bot.exporting import CannotExport
from bot.readings import write_out
from services.db import Database
from tests.services.test_readings import flat, goes_to
from tests.support.clock import MovingClock
from tests.support.meters import meter


async def test_a_file_is_read_back_and_had_again(
    db: Database, clock: MovingClock, tmp_path: Path
) -> None:
    goes_to(clock, 2026, 3, 21, 9)
    async with db.work() as work:
        viewer, account = await flat(work, "00107")
        ident = await meter(work, account, "electricity", "=1+1", tariffs=2)
        await work.readings.take(viewer, ident, [1_000_000, 500_500])
    first = Namespace(out=tmp_path / "first.csv", cp1251=False, again=None, yes=False)
    assert "выгрузка № 1, показаний 1" in await write_out(db, first)
    with first.out.open(encoding="utf-8-sig", newline="") as file:
        head, row = csv.reader(file, delimiter=";")
    assert head[:3] == ["Лицевой счёт", "Ресурс", "Номер счётчика"]
    assert row == [
        "00107", "Электричество", "'=1+1", "03.2026", "21.03.2026", "1000", "500,5", "", "",
        "житель",
    ]  # fmt: skip
    second = Namespace(out=tmp_path / "second.csv", cp1251=False, again=None, yes=False)
    with pytest.raises(CannotExport, match="новых показаний нет"):
        await write_out(db, second)
    assert not second.out.exists()
    again = Namespace(out=second.out, cp1251=False, again=1, yes=False)
    await write_out(db, again)
    assert second.out.read_bytes() == first.out.read_bytes()
