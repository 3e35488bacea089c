"""Files handed in: leased to one process, and told apart by what they are called and by their
columns."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from services.access import AsMember
from services.accounts.reading.guessing import guess_kind, hear_kind, list_heads, names_accounts
from services.accounts.reading.wrong import FileWrong
from services.accounts.uploads import LEASE, MOST_OPEN
from services.db import Database
from services.errors import NotYours
from services.messaging.types import Address
from services.tables import Member
from tests.support.accounting import ACCOUNTS, DEBTS, make_book, make_csv
from tests.support.billing import PDF, make_zip
from tests.support.clock import MovingClock
from tests.support.importing import put

HERE = Address(channel="telegram", chat="1")


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock(datetime(2026, 11, 5, 8, 0, tzinfo=UTC))


async def manager(db: Database) -> AsMember:
    async with db.work() as work:
        member = await work.session.scalar(select(Member).order_by(Member.id))
        assert member is not None
        return AsMember(member.id, "manager")


async def test_one_process_at_a_time(db: Database, clock: MovingClock) -> None:
    viewer = await manager(db)
    async with db.work() as work:
        taken = await work.uploads.take(viewer, "chat", HERE, "a.csv")
    async with db.work() as first:
        found = await first.uploads.claim()
        assert found is not None
        async with db.work() as second:  # not even while the first has not committed
            assert await second.uploads.claim() is None
    async with db.work() as work:
        assert await work.uploads.claim() is None
    clock.move(seconds=LEASE.total_seconds() + 1)
    async with db.work() as work:  # whoever had it is gone
        again = await work.uploads.claim()
        assert again is not None
        assert again.id == taken.id


async def test_whose_it_is(db: Database) -> None:
    viewer = await manager(db)
    async with db.work() as work:
        mine = await work.uploads.take(viewer, "chat", HERE, "a.csv")
    for other in (
        AsMember(viewer.member_id + 1, "admin"),
        AsMember(viewer.member_id, "dispatcher"),
    ):
        async with db.work() as work:
            with pytest.raises(NotYours):
                await work.uploads.drop(other, mine.id)
    async with db.work() as work:
        with pytest.raises(NotYours):
            await work.uploads.take(AsMember(viewer.member_id, "executor"), "chat", HERE, "a.csv")


async def test_of_many_the_oldest_give_way(db: Database) -> None:
    viewer = await manager(db)
    for n in range(MOST_OPEN + 2):
        async with db.work() as work:
            await work.uploads.take(viewer, "desk", HERE, f"{n}.csv")
    async with db.work() as work:
        names = [each.file_name for each in await work.uploads.open_ones(viewer)]
    assert names == [f"{n}.csv" for n in range(MOST_OPEN + 1, 1, -1)]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("Оборотная ведомость.xlsx", "debts"), ("лицевые счета.csv", "accounts"),
     ("Показания_ИПУ.csv", "meters"), ("выгрузка.csv", ""), ("счета и долги.csv", ""),
     ("счета за октябрь.zip", ""), ("квитанции.xlsx", "")],
)  # fmt: skip
def test_told_by_its_name(name: str, kind: str) -> None:
    assert hear_kind(name) == kind


def test_names_that_speak_of_accounts() -> None:
    assert names_accounts("Долги октябрь.xlsx")
    assert names_accounts("квитанции.zip")
    assert not names_accounts("Смета на ремонт.xlsx")


def test_told_by_its_columns(tmp_path: Path) -> None:
    meters = ("Лицевой счёт", "Услуга", "Номер счётчика", "Показание")
    both = (*DEBTS, "Адрес", "Квартира")
    for content, kind in (
        (make_csv(heads=ACCOUNTS), "accounts"), (make_csv(heads=DEBTS), "debts"),
        (make_book(heads=meters), "meters"), (make_csv(heads=both), ""),
        (make_csv(heads=("Шифр", "Кто")), ""), (make_zip({"1.pdf": PDF}), "bills"),
    ):  # fmt: skip
        assert guess_kind(put(tmp_path, content), {}) == kind, kind
    with pytest.raises(FileWrong):
        guess_kind(put(tmp_path, make_zip({"a.txt": b"a"})), {})
    odd = make_csv(("1", "2", "3"), heads=("Шифр", "Кто", "Итог"))
    assert list_heads(put(tmp_path, odd), "debts") == ["Шифр", "Кто", "Итог"]
    assert guess_kind(put(tmp_path, odd), {"debts": {"number": "Шифр", "debt": "Итог"}}) == "debts"
