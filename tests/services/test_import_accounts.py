"""Accounts from a file: what is new, changed and gone, whose flat it is, and the way back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select, text

from handlers.import_texts import CHAT, describe
from services.access import AsResident
from services.accounts.imports import Given, ImportRefused
from services.accounts.reading.wrong import FileWrong
from services.db import Database
from services.errors import AlreadySo, NotFound, NotYours
from services.tables import Account, Resident
from tests.support.accounting import ACCOUNTS, make_book, make_csv
from tests.support.importing import accounts, everything, give, look, put, undo

HOUSE, OTHER = "ул. Сосновая, 1, корп. 1", "ул. Сосновая, 1, корп. 2"
MARIA = ("0000101", HOUSE, "1", "Иванова Мария", "+7 900 000-00-01", "45,3")
PETER = ("0000102", f"г. Химки, {HOUSE}, кв. 2", "", "Петров Пётр", "", "60")
ANNA = ("0000103", OTHER, "2", "Сидорова Анна", "", "")


def file(folder: Path, *rows: tuple[str, ...]) -> Path:
    return put(folder, make_csv(*rows, heads=ACCOUNTS), "accounts.csv")


async def test_new_accounts_find_their_flats(db: Database, tmp_path: Path) -> None:
    preview = await give(db, "accounts", file(tmp_path, MARIA, PETER, ANNA))
    assert (preview.counts["new"], preview.counts["housed"]) == (3, 3)
    assert await accounts(db) == {
        "0000101": ("1", "Иванова Мария", "+79000000001", 4530, f"{HOUSE}, кв. 1"),
        "0000102": ("2", "Петров Пётр", None, 6000, f"г. Химки, {HOUSE}, кв. 2"),
        "0000103": ("2", "Сидорова Анна", None, None, f"{OTHER}, кв. 2"),
    }


async def test_the_same_file_again_changes_nothing(db: Database, tmp_path: Path) -> None:
    path = file(tmp_path, MARIA, PETER)
    await give(db, "accounts", path)
    before = await everything(db)
    with pytest.raises(AlreadySo):
        await give(db, "accounts", path)
    again = await look(db, "accounts", path)
    assert (again.changes, again.counts["same"]) == (0, 2)
    assert await everything(db) == before


async def test_looking_changes_nothing(db: Database, tmp_path: Path) -> None:
    before = await everything(db)
    preview = await look(db, "accounts", file(tmp_path, MARIA))
    assert preview.changes == 1
    assert await everything(db) == before


async def test_changed_gone_and_the_way_back(db: Database, tmp_path: Path) -> None:
    await give(db, "accounts", file(tmp_path, MARIA, PETER, ANNA))
    first = await accounts(db)
    sold = (*MARIA[:3], "Новикова Вера", *MARIA[4:])
    moved = (PETER[0], HOUSE, "3", *PETER[3:])
    new = ("0000104", OTHER, "3", "Орлов Олег", "", "")
    preview = await give(db, "accounts", file(tmp_path, sold, moved, new))
    counts = preview.counts
    assert (counts["new"], counts["changed"], counts["gone"]) == (1, 2, 1)
    assert (counts["holder"], counts["flat"]) == (1, 1)
    assert [sample.row for sample in preview.samples["holder"]] == [2]
    told = "\n".join(describe(preview, at=CHAT))
    assert "из них сменился владелец: 1\n      строки 2" in told
    assert "Новикова" not in told
    assert [sample.number for sample in preview.samples["gone"]] == ["0000103"]
    now = await accounts(db)
    assert set(now) == {"0000101", "0000102", "0000104"}
    assert now["0000101"][1] == "Новикова Вера"
    await undo(db, "accounts")
    assert await accounts(db) == first
    with pytest.raises(AlreadySo):
        await undo(db, "accounts")


async def test_a_holder_of_an_account_that_goes_and_comes_back(
    db: Database, tmp_path: Path
) -> None:
    await give(db, "accounts", file(tmp_path, MARIA, PETER))
    async with db.work() as work:
        resident = Resident(name="Мария", created_at=work.now)
        work.session.add(resident)
        await work.session.flush()
        viewer = AsResident(resident.id, 0)
        account = await work.session.scalar(select(Account).where(Account.number == MARIA[0]))
        assert account is not None
        held = await work.holdings.begin(resident.id, account.id, "owner", "code")
    await give(db, "accounts", file(tmp_path, PETER))
    async with db.work() as work:
        assert await work.holdings.of(viewer) == []
        with pytest.raises(NotYours):
            await work.holdings.get(viewer, account.id)
    await give(db, "accounts", file(tmp_path, MARIA, PETER))
    async with db.work() as work:
        assert [each.holding_id for each in await work.holdings.of(viewer)] == [held.id]


async def test_what_was_taken_back_can_be_imported_again(db: Database, tmp_path: Path) -> None:
    path = file(tmp_path, MARIA)
    await give(db, "accounts", path)
    first = await accounts(db)
    await undo(db, "accounts")
    assert await accounts(db) == {}
    preview = await give(db, "accounts", path)
    assert preview.counts["back"] == 1
    assert await accounts(db) == first


async def test_nothing_to_take_back(db: Database) -> None:
    with pytest.raises(NotFound):
        await undo(db, "accounts")


async def test_a_file_of_one_house_says_nothing_of_others(db: Database, tmp_path: Path) -> None:
    await give(db, "accounts", file(tmp_path, MARIA, ANNA))
    preview = await give(db, "accounts", file(tmp_path, PETER))
    assert (preview.counts["new"], preview.counts["gone"]) == (1, 1)
    assert set(await accounts(db)) == {"0000102", "0000103"}


async def test_half_a_house_wants_a_second_word(db: Database, tmp_path: Path) -> None:
    rows = [(f"{n:07}", HOUSE, str(n), "Кто-то", "", "") for n in range(1, 41)]
    await give(db, "accounts", file(tmp_path, *rows))
    half = file(tmp_path, *rows[:20])
    with pytest.raises(ImportRefused):
        await give(db, "accounts", half)
    preview = await look(db, "accounts", half)
    assert [(each.code, each.said) for each in preview.doubts] == [("gone_many", "20/40")]
    await give(db, "accounts", half, sure=True)
    assert len(await accounts(db)) == 20


async def test_columns_that_are_not_there_are_left_alone(db: Database, tmp_path: Path) -> None:
    await give(db, "accounts", file(tmp_path, MARIA))
    path = put(tmp_path, make_csv(("0000101", "Новикова Вера"), heads=("ЛС", "ФИО")))
    await give(db, "accounts", path)
    assert await accounts(db) == {
        "0000101": ("1", "Новикова Вера", "+79000000001", 4530, f"{HOUSE}, кв. 1")
    }


async def test_unknown_places_are_told_and_taken_without_a_flat(
    db: Database, tmp_path: Path
) -> None:
    odd = ("0000105", "ул. Неизвестная, 7", "1", "", "", "")
    high = ("0000106", HOUSE, "999", "", "123", "")
    preview = await give(db, "accounts", file(tmp_path, odd, high))
    assert {(each.code, each.row) for each in preview.problems.notes} == {
        ("house_unknown", 2), ("flat_unknown", 3), ("phone_odd", 3),
    }  # fmt: skip
    assert [row[0] for row in (await accounts(db)).values()] == [None, None]


async def test_a_flat_that_left_the_list_stays_with_its_account(
    db: Database, tmp_path: Path
) -> None:
    path = file(tmp_path, MARIA)
    await give(db, "accounts", path)
    async with db.session() as session:
        await session.execute(text("UPDATE flats SET withdrawn_at = now() WHERE number = '1'"))
    assert (await look(db, "accounts", path)).changes == 0


async def test_zeros_that_excel_dropped(db: Database, tmp_path: Path) -> None:
    """Put back only where the numbers are all of one length, and told of."""
    await give(db, "accounts", file(tmp_path, MARIA, PETER))
    book = put(tmp_path, make_book((101, "Новикова Вера"), (102, "Петров Пётр"),
                                   heads=("Лицевой счёт", "ФИО")), "book.xlsx")  # fmt: skip
    preview = await give(db, "accounts", book)
    assert (preview.counts["restored"], preview.counts["new"]) == (2, 0)
    assert [each.code for each in preview.problems.notes] == ["zeros_back"]
    assert (await accounts(db))["0000101"][1] == "Новикова Вера"


async def test_zeros_are_not_guessed_among_numbers_of_any_length(
    db: Database, tmp_path: Path
) -> None:
    await give(db, "accounts", file(tmp_path, MARIA, ("17", HOUSE, "5", "", "", "")))
    path = put(tmp_path, make_csv(("101", "Чужая"), heads=("Лицевой счёт", "ФИО")))
    preview = await give(db, "accounts", path)
    assert (preview.counts["new"], preview.counts["gone"]) == (1, 0)
    assert (await accounts(db))["0000101"][1] == "Иванова Мария"


async def test_a_number_of_a_book_that_may_have_lost_its_zeros(
    db: Database, tmp_path: Path
) -> None:
    path = put(tmp_path, make_book((101, "А"), (4102, "Б"), heads=("Счёт", "ФИО")), "b.xlsx")
    preview = await look(db, "accounts", path)
    assert [each.code for each in preview.problems.notes] == ["zeros_lost"]


async def test_the_names_given_once_are_remembered(db: Database, tmp_path: Path) -> None:
    odd = put(tmp_path, make_csv(("101", "Мария"), heads=("Шифр", "Кто")))
    with pytest.raises(FileWrong):
        await look(db, "accounts", odd)
    await give(db, "accounts", odd, {"number": "шифр", "holder": "Кто"})
    next_one = put(tmp_path, make_csv(("101", "Вера"), heads=("Кто-то", "Шифр")), "next.csv")
    preview = await look(db, "accounts", next_one)
    assert preview.columns == {"number": "Шифр"}
    usual = await look(db, "accounts", file(tmp_path, MARIA))
    assert usual.columns["number"] == "Лицевой счёт"


async def test_readers_see_the_old_until_the_new_is_whole(db: Database, tmp_path: Path) -> None:
    await give(db, "accounts", file(tmp_path, MARIA))
    sold = file(tmp_path, (*MARIA[:3], "Новикова Вера", *MARIA[4:]))
    async with db.work() as work:
        preview = await work.imports.look(Given("accounts", sold, sold.name, {}))
        await work.imports.apply(preview, "member:1")
        assert (await accounts(db))["0000101"][1] == "Иванова Мария"
    assert (await accounts(db))["0000101"][1] == "Новикова Вера"


async def test_two_imports_at_once_are_one_after_the_other(db: Database, tmp_path: Path) -> None:
    path = file(tmp_path, MARIA, PETER)
    done = await asyncio.gather(
        give(db, "accounts", path), give(db, "accounts", path), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in done) == ["AlreadySo", "Preview"]
    assert len(await accounts(db)) == 2


async def test_the_audit_log_has_counts_and_no_numbers(db: Database, tmp_path: Path) -> None:
    await give(db, "accounts", file(tmp_path, MARIA))
    async with db.session() as session:
        rows = list(
            await session.execute(text("SELECT who, what, about, details::text FROM audit"))
        )
    assert [(row[0], row[1]) for row in rows] == [("member:1", "imported")]
    assert "0000101" not in rows[0][3]
    assert "Иванова" not in rows[0][3]
