"""The company file written back from the database: it says the same, and no change comes of it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml
from sqlalchemy import select, update

from bot.cli import main
from services.access import AsMember
from services.company import storing
from services.company.apply import Change, Messengers, apply_declaration
from services.company.collecting import collect_declaration
from services.company.declaration import Article, Declaration
from services.company.reading import read_declaration
from services.company.writing import write_declaration
from services.db import Database
from services.tables import Article as Row
from services.tables import CompanyRow, DeclaredEntry, Member, Room
from tests.support.clock import MovingClock
from tests.support.database import Databases
from tests.support.running import SAMPLE

Run = Callable[..., Awaitable[int]]
ADMIN = AsMember(1, "admin", ())
MINIMAL = SAMPLE.parent / "minimal.yaml"
GROUP = Messengers(telegram=True, staff_chat="-1001")


@pytest_asyncio.fixture(loop_scope="session")
async def second_database_url(migrated_databases: Databases) -> AsyncIterator[str]:
    async with migrated_databases.clone() as url:
        yield url


async def write(db: Database, folder: Path, staff_chat: str = "") -> Path:
    async with db.work() as work:
        declaration = await collect_declaration(work, staff_chat)
    path = folder / "written.yaml"
    path.write_text(write_declaration(declaration), "utf-8")
    return path


async def apply(
    db: Database, declaration: Declaration, messengers: Messengers | None = None
) -> list[Change]:
    async with db.work() as work:
        return await apply_declaration(work, declaration, messengers or Messengers())


@pytest.mark.parametrize("file", [SAMPLE, MINIMAL], ids=lambda path: path.stem)
def test_what_is_written_reads_as_what_was_read(file: Path, tmp_path: Path) -> None:
    declaration, written = read_declaration(file), tmp_path / "written.yaml"
    written.write_text(write_declaration(declaration), "utf-8")
    assert read_declaration(written) == declaration
    text = written.read_text("utf-8")
    assert write_declaration(read_declaration(written)) == text
    assert set(yaml.load(text, Loader=yaml.BaseLoader)) <= set(Declaration.model_fields)


def test_the_style_is_that_of_the_sample() -> None:
    lines = write_declaration(read_declaration(SAMPLE)).splitlines()
    sample = SAMPLE.read_text("utf-8").splitlines()
    sections = [line for line in sample if line[:1].isalpha()]
    assert [line for line in lines if line[:1].isalpha()] == sections
    for line in (
        '    - {days: [sat], opens: "10:00", closes: "16:00"}',
        '          - {number: "1", floors: "2-17", flats: "1-96", per_floor: 6}',
        "    - 2026-01-01",
        "    topic: Счётчики",
        "    features: [barrier, parking, concierge, elevator]",
    ):
        assert line in lines
        assert any(each.startswith(line) for each in sample)  # remarks may follow there


@pytest.mark.parametrize(
    "text",
    [
        "да", "null", "12", "09:00", "- дефис", "двоеточие: внутри", "решётка #1", "«в кавычках»",
        'кавычки "и" \\ косая', "{phone}", "запятая, и всё", "[скобки]", "* звезда", "Конец:",
        "две  соседние   клетки " * 12 + "конец", "строка\n\nчерез одну\n  с отступом",
        "строка\nвторая: с двоеточием", "смайлик 🙂 и\u2028разделитель", "табуляция\tвнутри",
        "слово " * 60 + "конец", "а" * 300, "знак \x07 звонка", "# решётка",
    ],
)  # fmt: skip
def test_any_text_survives(text: str, tmp_path: Path) -> None:
    sample = read_declaration(MINIMAL)
    category = sample.categories[0].model_copy(
        update={"title": text.split("\n")[0][:40].strip(), "advice": text}
    )
    article = {
        "id": "one",
        "question": text,
        "answer": text,
        "phrases": (text, "ещё"),
        "topic": text,
    }
    company = sample.company.model_copy(update={"greeting": text})
    changed = sample.model_copy(
        update={
            "company": company,
            "categories": (category,),
            "articles": (Article.model_validate(article),),
        }
    )
    changed = Declaration.model_validate(changed.model_dump(exclude_defaults=True))
    written = tmp_path / "written.yaml"
    written.write_text(write_declaration(changed), "utf-8")
    assert read_declaration(written) == changed


async def test_the_sample_back_from_the_database(db: Database, tmp_path: Path) -> None:
    written = await write(db, tmp_path)
    assert read_declaration(written) == read_declaration(SAMPLE)
    assert await apply(db, read_declaration(written)) == []


async def test_a_company_changed_in_the_chat(db: Database, tmp_path: Path) -> None:
    async with db.work() as work:
        await work.canned.put(ADMIN, "new", "Новая заготовка", "Здравствуйте, {name}: уже едем.")
        await work.canned.remove(ADMIN, "seen")
        article = await work.session.scalar(select(Row).where(Row.key == "pay"))
        assert article is not None
        answer = {**article.content, "answer": "До 20-го.\nИ никак иначе: #важно"}
        await storing.write(work, "article", "pay", answer, article.position)
        await storing.withdraw(work, "article", "office")
        fresh = {**article.content, "id": "fresh", "question": "Новое?", "phrases": []}
        await storing.write(work, "article", "fresh", fresh, 99)
        igor = await work.session.scalar(select(Member).where(Member.code == "igor"))
        assert igor is not None
        igor.role, igor.trainee = "dispatcher", True
        await work.session.execute(
            update(Member).where(Member.code == "anna").values(withdrawn_at=work.now)
        )
    written = read_declaration(await write(db, tmp_path))
    articles = {article.id: article for article in written.articles}
    assert articles["pay"].answer == "До 20-го.\nИ никак иначе: #важно"
    assert "office" not in articles
    assert list(articles)[-1] == "fresh"
    assert [each.id for each in written.canned_answers][-1] == "new"
    assert [(each.code, each.role, each.trainee) for each in written.members] == [
        ("olga", "admin", False), ("igor", "dispatcher", True), ("sergey", "manager", False),
    ]  # fmt: skip
    assert await apply(db, written) == []
    assert await apply(db, written) == []
    async with db.work() as work:
        assert await collect_declaration(work) == written


async def test_an_empty_database_becomes_the_same(
    db: Database, tmp_path: Path, second_database_url: str, clock: MovingClock
) -> None:
    async with db.work() as work:
        await work.canned.put(ADMIN, "new", "Новая заготовка", "Едем.")
        await storing.withdraw(work, "article", "office")
    written = read_declaration(await write(db, tmp_path))
    other = Database(second_database_url, clock)
    try:
        await apply(other, written)
        async with other.work() as work:
            assert await collect_declaration(work) == written
    finally:
        await other.close()


async def test_rooms_keep_their_groups(db: Database, tmp_path: Path) -> None:
    sample = read_declaration(SAMPLE)
    rooms = [
        {"code": "main", "title": "Диспетчерская"},
        {
            "code": "bor", "title": "Бор", "telegram": -1002, "dealing": "turn",
            "hours": [{"days": ["mon"], "opens": "09:00", "closes": "18:00"}],
        },
    ]  # fmt: skip
    declared = Declaration.model_validate(
        {**sample.model_dump(exclude_defaults=True), "rooms": rooms}
    )
    await apply(db, declared, GROUP)
    written = read_declaration(await write(db, tmp_path, "-1001"))
    assert written == declared
    assert await apply(db, written, GROUP) == []
    async with db.work() as work:  # Telegram gave the main group another id
        await work.session.execute(update(Room).where(Room.code == "main").values(chat="-1009"))
    moved = read_declaration(await write(db, tmp_path, "-1001"))
    assert moved.rooms[0].telegram == -1009
    assert await apply(db, moved, GROUP) == []


# ── The chat against the file ────────────────────────────────────────────────


def with_answer(answer: str) -> Declaration:
    sample = read_declaration(SAMPLE)
    articles = [
        article.model_copy(update={"answer": answer}) if article.id == "pay" else article
        for article in sample.articles
    ]
    return sample.model_copy(update={"articles": tuple(articles)})


async def answer_now(db: Database) -> str:
    async with db.work() as work:
        content = await work.session.scalar(select(Row.content).where(Row.key == "pay"))
    assert content is not None
    return str(content["answer"])


async def change_in_chat(db: Database, answer: str) -> None:
    async with db.work() as work:
        row = await work.session.scalar(select(Row).where(Row.key == "pay"))
        assert row is not None
        await storing.write(work, "article", "pay", {**row.content, "answer": answer}, row.position)


async def test_an_article_changed_in_the_chat_stays(db: Database) -> None:
    await change_in_chat(db, "Из чата.")
    assert await apply(db, read_declaration(SAMPLE)) == []
    assert await answer_now(db) == "Из чата."


async def test_changed_in_both_is_a_conflict_and_the_chat_wins(db: Database) -> None:
    await change_in_chat(db, "Из чата.")
    assert await apply(db, with_answer("Из файла.")) == [Change("conflict", "article", "pay")]
    assert await answer_now(db) == "Из чата."
    async with db.work() as work:
        await apply_declaration(work, with_answer("Из файла."), Messengers(), force=True)
    assert await answer_now(db) == "Из файла."


async def test_the_file_that_caught_up_is_no_change(db: Database) -> None:
    await change_in_chat(db, "Из чата.")
    assert await apply(db, with_answer("Из чата.")) == []
    assert await apply(db, with_answer("Снова из файла.")) == [Change("changed", "article", "pay")]


async def test_what_an_earlier_version_kept_is_no_change_and_stays_as_it_was(
    db: Database,
) -> None:
    """It knew fewer keys, also of what stands within an entry."""
    async with db.work() as work:
        for table, key in ((DeclaredEntry, "company"), (CompanyRow, 1), (DeclaredEntry, "pests")):
            which = table.id == key if table is CompanyRow else table.key == key
            row = await work.session.scalar(select(table).where(which))
            assert row is not None
            row.content = without_new_keys(row.content)
    before = await kept_of_company(db)
    assert "reduction_percent" not in before[0]["outages"]
    assert await apply(db, read_declaration(SAMPLE)) == []
    assert await kept_of_company(db) == before
    sample = read_declaration(SAMPLE)
    other = sample.company.model_copy(update={"site": "https://other.example"})
    changed = sample.model_copy(update={"company": other})
    assert await apply(db, changed) == [Change("changed", "company", "company")]


NEW_KEYS = ("reduction_percent", "permitted_hours_a_month", "keeping", "optional", "counts", "gas")


def without_new_keys(content: Any) -> Any:
    if isinstance(content, list):
        return [without_new_keys(each) for each in content]
    if not isinstance(content, dict):
        return content
    return {name: without_new_keys(each) for name, each in content.items() if name not in NEW_KEYS}


async def kept_of_company(db: Database) -> tuple[Any, Any, Any]:
    async with db.work() as work:
        company = await work.session.get_one(CompanyRow, 1)
        rows = await work.session.scalars(
            select(DeclaredEntry.content).where(DeclaredEntry.key.in_(("company", "pests")))
        )
        return company.content, company.revision, sorted(rows, key=str)


async def test_a_withdrawn_article_stays_withdrawn_over_a_start(db: Database) -> None:
    async with db.work() as work:
        await storing.withdraw(work, "article", "pay")
    assert await apply(db, read_declaration(SAMPLE)) == []
    async with db.work() as work:
        found = await work.session.scalar(select(Row.withdrawn_at).where(Row.key == "pay"))
        assert found is not None
    without = read_declaration(SAMPLE)
    rest = tuple(article for article in without.articles if article.id != "pay")
    assert await apply(db, without.model_copy(update={"articles": rest})) == []


# ── The command ──────────────────────────────────────────────────────────────


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)
    return lambda *arguments: asyncio.to_thread(main, ["export", *map(str, arguments)])


async def test_export_to_stdout_and_to_a_file(
    db: Database, run: Run, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    async with db.work() as work:
        await work.canned.put(ADMIN, "new", "Новая заготовка", "Едем.")
    assert await run() == 0
    shown = capfdbinary.readouterr().out.decode()
    assert "Новая заготовка" in shown
    file = tmp_path / "company.yaml"
    assert await run(file) == 0
    assert capfdbinary.readouterr().out == b""
    assert file.read_text("utf-8") == shown
    assert await apply(db, read_declaration(file)) == []


def test_codes_overwrite_nothing_unasked(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Those in the file may be printed already, and would be off."""
    file = tmp_path / "codes.xlsx"
    file.write_text("коды")
    assert main(["codes", "--house", "sadovaya-5", "--out", str(file)]) == 1
    assert "уже есть. Записать поверх него: --yes" in capfd.readouterr().err
    assert file.read_text() == "коды"


async def test_export_overwrites_nothing_unasked(
    db: Database, run: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "company.yaml"
    file.write_text("моё")
    assert await run(file) == 1
    assert capfd.readouterr().err == (
        f"domovoy: файл {file} уже есть. Записать поверх него: --yes\n"
    )
    assert file.read_text() == "моё"
    assert await run(file, "--yes") == 0
    assert read_declaration(file) == read_declaration(SAMPLE)
    assert os.listdir(tmp_path) == ["company.yaml"]
    assert await run(tmp_path) == 1
    assert await run(tmp_path / "nowhere" / "company.yaml") == 1


async def test_export_of_an_empty_database(run: Run, capfd: pytest.CaptureFixture[str]) -> None:
    assert await run() == 1
    assert "в базе ещё нет компании" in capfd.readouterr().err


async def test_export_of_an_article_with_a_picture(db: Database, run: Run, tmp_path: Path) -> None:
    sample = read_declaration(SAMPLE)
    first = sample.articles[0].model_copy(update={"picture": "lift.png"})
    await apply(db, sample.model_copy(update={"articles": (first, *sample.articles[1:])}))
    file = tmp_path / "company.yaml"
    assert await run(file) == 0
    assert "    picture: lift.png\n" in file.read_text("utf-8")
