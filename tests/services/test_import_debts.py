"""Balances from a file: by month, with what is odd about them, all or nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from services.accounts.imports import ImportRefused
from services.accounts.reading.wrong import FileWrong
from services.db import Database
from services.errors import AlreadySo
from tests.support.accounting import ACCOUNTS, DEBTS, make_csv
from tests.support.clock import MovingClock
from tests.support.importing import debts, everything, give, look, put, undo
from tests.support.running import SAMPLE

HOUSE, OTHER = "ул. Сосновая, 1, корп. 1", "ул. Сосновая, 1, корп. 2"
MANY = 30
ONE = ("0000001", "10.2026", "1 234,56", "1000", "234,56", "0", "15.11.2026")
TWO = ("0000002", "10.2026", "2000", "0", "(100,00)", "1,5", "15.11.2026")


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock(datetime(2026, 11, 5, 8, 0, tzinfo=UTC))


@pytest_asyncio.fixture
async def known(db: Database, tmp_path: Path) -> AsyncIterator[Database]:
    """Thirty accounts in one house, one in another."""
    rows = [(f"{n:07}", HOUSE, str(n), "Кто-то", "", "") for n in range(1, MANY + 1)]
    rows.append(("0000900", OTHER, "1", "Сосед", "", ""))
    await give(db, "accounts", put(tmp_path, make_csv(*rows, heads=ACCOUNTS), "a.csv"))
    yield db


def file(folder: Path, *rows: tuple[str, ...], heads: tuple[str, ...] = DEBTS) -> Path:
    return put(folder, make_csv(*rows, heads=heads), "debts.csv")


def of_month(month: str, billed: int, count: int = MANY) -> list[tuple[str, ...]]:
    return [(f"{n:07}", month, str(billed), "0", str(billed), "0", "") for n in range(1, count + 1)]


async def test_balances_in_kopecks(known: Database, tmp_path: Path) -> None:
    preview = await give(known, "debts", file(tmp_path, ONE, TWO))
    assert (preview.counts["new"], preview.total, preview.months) == (
        2, 23456, [date(2026, 10, 1)],
    )  # fmt: skip
    assert await debts(known) == {
        "0000001": (123456, 100000, 23456, 0, "2026-11-15"),
        "0000002": (200000, 0, -10000, 150, "2026-11-15"),
    }


async def test_the_same_file_again_changes_nothing(known: Database, tmp_path: Path) -> None:
    path = file(tmp_path, ONE, TWO)
    await give(known, "debts", path)
    before = await everything(known)
    with pytest.raises(AlreadySo):
        await give(known, "debts", path)
    assert await everything(known) == before


async def test_a_corrected_file_and_the_way_back(known: Database, tmp_path: Path) -> None:
    await give(known, "debts", file(tmp_path, ONE, TWO))
    first = await debts(known)
    paid = (*ONE[:3], "1234,56", "0", *ONE[5:])
    three = ("0000003", *TWO[1:])
    preview = await give(known, "debts", file(tmp_path, paid, three))
    counts = preview.counts
    assert (counts["new"], counts["changed"], counts["gone"]) == (1, 1, 1)
    assert set(await debts(known)) == {"0000001", "0000003"}
    await undo(known, "debts")
    assert await debts(known) == first


async def test_other_months_and_houses_stay(known: Database, tmp_path: Path) -> None:
    await give(known, "debts", file(tmp_path, ONE, ("0000900", *TWO[1:])))
    preview = await give(known, "debts", file(tmp_path, ("0000002", *ONE[1:])))
    assert preview.counts["gone"] == 1
    assert (preview.total, preview.total_before) == (23456, 23456)  # with what is gone
    assert set(await debts(known)) == {"0000002", "0000900"}
    november = ("0000001", "11.2026", *ONE[2:])
    assert (await give(known, "debts", file(tmp_path, november))).counts["gone"] == 0
    assert set(await debts(known)) == {"0000002", "0000900"}
    assert set(await debts(known, "2026-11-01")) == {"0000001"}


async def test_unknown_accounts_are_told_and_left_out(known: Database, tmp_path: Path) -> None:
    preview = await give(known, "debts", file(tmp_path, ONE, ("777", *TWO[1:])))
    assert preview.counts["unknown"] == 1
    assert [(each.row, each.number) for each in preview.samples["unknown"]] == [(3, "777")]
    assert set(await debts(known)) == {"0000001"}


async def test_sums_ten_times_last_months(known: Database, tmp_path: Path) -> None:
    await give(known, "debts", file(tmp_path, *of_month("09.2026", 3000)))
    one = of_month("10.2026", 3100)
    one[4] = (*one[4][:2], "31000", *one[4][3:])
    preview = await look(known, "debts", file(tmp_path, *one))
    assert preview.counts["tenfold"] == 1
    (sample,) = preview.samples["tenfold"]
    assert (sample.row, sample.number, sample.before, sample.now) == (6, "0000005", 300000, 3100000)
    assert preview.doubts == []
    shifted = file(tmp_path, *of_month("10.2026", 310000))
    with pytest.raises(ImportRefused):
        await give(known, "debts", shifted)
    assert [each.code for each in (await look(known, "debts", shifted)).doubts] == ["tenfold_many"]
    assert await debts(known) == {}


async def test_a_month_far_away_wants_a_second_word(known: Database, tmp_path: Path) -> None:
    path = file(tmp_path, (ONE[0], "10.2062", *ONE[2:]))
    assert [each.code for each in (await look(known, "debts", path)).doubts] == ["month_far"]


async def test_one_wrong_row_and_nothing_is_taken(known: Database, tmp_path: Path) -> None:
    rows = of_month("10.2026", 100)
    rows[7] = (*rows[7][:4], "сто", *rows[7][5:])
    rows[9] = (*rows[9][:2], "1.234", *rows[9][3:])
    before = await everything(known)
    with pytest.raises(ImportRefused):
        await give(known, "debts", file(tmp_path, *rows), sure=True)
    assert await everything(known) == before
    preview = await look(known, "debts", file(tmp_path, *rows))
    assert [(each.code, each.row, each.column) for each in preview.problems.errors] == [
        ("money_odd", 9, "Долг"), ("money_ambiguous", 11, "Начислено"),
    ]  # fmt: skip


async def test_a_repeated_row_is_one(known: Database, tmp_path: Path) -> None:
    preview = await give(known, "debts", file(tmp_path, ONE, ONE, TWO))
    assert (preview.counts["repeated"], preview.counts["new"]) == (1, 2)


async def test_columns_that_are_not_there_are_left_alone(known: Database, tmp_path: Path) -> None:
    await give(known, "debts", file(tmp_path, ONE))
    short = file(tmp_path, ("0000001", "10.2026", "0"), heads=("ЛС", "Месяц", "Долг"))
    await give(known, "debts", short)
    assert await debts(known) == {"0000001": (123456, 100000, 0, 0, "2026-11-15")}


async def test_a_month_from_whoever_imports(known: Database, tmp_path: Path) -> None:
    path = file(tmp_path, ("0000001", "10"), heads=("ЛС", "Долг"))
    with pytest.raises(FileWrong):
        await look(known, "debts", path)
    await give(known, "debts", path, month=date(2026, 10, 1))
    assert await debts(known) == {"0000001": (None, None, 1000, None, None)}


async def test_kinds_are_taken_back_apart(known: Database, tmp_path: Path) -> None:
    await give(known, "debts", file(tmp_path, ONE))
    await undo(known, "accounts")
    await undo(known, "debts")
    assert await debts(known) == {}


async def test_the_examples_are_fine(db: Database) -> None:
    for kind in ("accounts", "debts"):
        preview = await give(db, kind, SAMPLE.parent / f"{kind}.csv")
        assert (preview.counts["new"], preview.problems.notes) == (4, [])
    assert (await debts(db))["0010100003"][2] == -62300
