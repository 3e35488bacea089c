"""Files on disk that no row names: they go, and nothing else does."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete

from handlers.chores import CHORES
from services.bell import Bells
from services.chores import Chores
from services.db import Database
from services.tables import Member, Resident, Upload
from tests.support.clock import MovingClock

AT_FOUR = datetime(2026, 3, 4, 1, 0, tzinfo=UTC)  # 04:00 in Moscow
STRAY, NAMED, HANDED_IN, SHEET, YOUNG, OLDER = (f"{n}a/{n}a{'0' * 30}" for n in "0369cf")


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock(AT_FOUR)


def write(folder: Path, relative: str, at: datetime) -> None:
    path = folder / relative
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"1")
    os.utime(path, (at.timestamp(), at.timestamp()))


def list_files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


async def clear(db: Database) -> None:
    chores = Chores(db, Bells(db), [each for each in CHORES if each.name == "clearing stray files"])
    for _ in range(5):  # so many at a time
        await chores.do_due()


async def test_what_no_row_names_goes_after_two_days(
    db: Database, clock: MovingClock, tmp_path: Path
) -> None:
    db.files = tmp_path
    others = ("notes/mine.txt", "README")
    for relative in (STRAY, NAMED, HANDED_IN, SHEET, f"{STRAY[:-1]}1.part", *others):
        write(tmp_path, relative, AT_FOUR + timedelta(hours=1))
    write(tmp_path, YOUNG, AT_FOUR + timedelta(days=2))
    write(tmp_path, OLDER, AT_FOUR - timedelta(days=1))  # than the database
    async with db.work() as work:
        member = Member(name="Анна", title="", role="admin", desk=True, source="file", rooms=[])
        work.session.add_all([member, Resident(created_at=work.now)])
        await work.session.flush()
        await work.attachments.keep_made(NAMED, "", "image/png", "resident:1")
        work.session.add(
            Upload(member_id=member.id, way="chat", channel="web", chat="1", source={},
                   path=HANDED_IN, sheet=SHEET, file_name="", made_at=work.now,
                   changed_at=work.now)
        )  # fmt: skip
    clock.move(days=1, hours=23)
    await clear(db)
    assert (tmp_path / STRAY).exists()
    clock.move(days=1)
    await clear(db)
    assert list_files(tmp_path) == {NAMED, HANDED_IN, SHEET, YOUNG, OLDER, *others}


async def test_a_new_database_beside_the_files_of_another_touches_none(
    db: Database, clock: MovingClock, tmp_path: Path
) -> None:
    db.files = tmp_path
    write(tmp_path, STRAY, AT_FOUR)
    clock.move(days=9)
    async with db.work() as work:
        await work.session.execute(delete(Resident))
    await clear(db)
    assert (tmp_path / STRAY).exists()
    async with db.work() as work:
        work.session.add(Resident(created_at=work.now))
    clock.move(days=9)
    await clear(db)
    assert (tmp_path / STRAY).exists()
