"""Broken and hostile files: each ends in a sentence with its place and what to do, none in a
traceback, none in half an import."""

from __future__ import annotations

import ast
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from handlers import import_texts
from handlers.import_sentences import SENTENCES
from handlers.import_texts import DOUBTS, sentence
from services.accounts.imports import ImportRefused
from services.accounts.reading import kinds
from services.accounts.reading.wrong import FileWrong, Problem
from services.db import Database
from tests.support.accounting import ACCOUNT, ACCOUNTS, BROKEN, DEBT, Broken, make_csv
from tests.support.importing import everything, give, look, put
from tests.support.odd_files import ODD


@pytest_asyncio.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """Without a company: what a file is wrong about has nothing to do with houses."""
    db = Database(database_url)
    yield db
    await db.close()


READING = Path(kinds.__file__).parent.parent


@pytest.mark.parametrize("broken", [*BROKEN, *ODD], ids=lambda broken: broken.name)
async def test_a_broken_file(db: Database, tmp_path: Path, broken: Broken) -> None:
    good = make_csv(ACCOUNT, ("0000102", *ACCOUNT[1:]), heads=ACCOUNTS)
    await give(db, "accounts", put(tmp_path, good, "good.csv"))
    before = await everything(db)
    told = await refused(db, broken, put(tmp_path, broken.make(), broken.file))
    assert broken.words in told
    if broken.row:
        assert f"строка {broken.row}" in told
    if broken.column:
        assert f"столбец «{broken.column}»" in told
    assert re.search(r"[а-яё»\w)]\. [А-ЯЁ]", told), "no word on what to do"
    assert await everything(db) == before


async def refused(db: Database, broken: Broken, path: Path) -> str:
    with pytest.raises((FileWrong, ImportRefused)) as wrong:
        await give(db, broken.kind, path, sure=True)
    if isinstance(wrong.value, FileWrong):
        return sentence(wrong.value.problem, broken.kind)
    return "\n".join(import_texts.list_problems(await look(db, broken.kind, path)))


def test_there_are_forty_at_least() -> None:
    assert len({broken.name for broken in BROKEN}) >= 40


async def test_each_whole_file_they_are_made_of_is_fine(db: Database, tmp_path: Path) -> None:
    """Else they would be refused for another reason."""
    await give(db, "accounts", put(tmp_path, make_csv(ACCOUNT, heads=ACCOUNTS)))
    await give(db, "debts", put(tmp_path, make_csv(DEBT)), sure=True)


async def test_a_file_too_large_is_not_opened(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "MOST_BYTES", 2**20)
    path = put(tmp_path, make_csv(*[DEBT] * 30_000))
    with pytest.raises(FileWrong) as wrong:
        await give(db, "debts", path)
    assert "слишком большой: 1 МБ" in sentence(wrong.value.problem)


def test_what_is_no_file(tmp_path: Path) -> None:
    for path, code in ((tmp_path, "folder"), (tmp_path / "nowhere", "no_file"),
                       (Path("/dev/zero"), "no_file")):  # fmt: skip
        with pytest.raises(FileWrong) as wrong:
            kinds.tell_kind(path)
        assert wrong.value.problem.code == code


def test_a_cell_does_not_move_the_cursor() -> None:
    assert "\x1b" not in sentence(Problem("money_odd", 1, "До\x1b[2Jлг", "\x1b]0;1\x07"))


def test_every_code_has_a_sentence() -> None:
    """And every sentence a code."""
    used = set()
    for path in READING.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                used.add(node.value)
    codes = SENTENCES.keys() | DOUBTS.keys()
    assert codes <= used
    for path in READING.rglob("*.py"):
        called = re.findall(
            r'(?:FileWrong|CellWrong|Problem|\.error|(?<!audit)\.note|\.wrong)\(\s*"(\w+)"',
            path.read_text(),
        )
        assert set(called) <= codes, path
    for code in SENTENCES:
        assert "{" not in sentence(Problem(code, 1, "Долг", "1|2"))
