"""Articles on PostgreSQL: whose they are, the library and when it is made anew, what is kept of a
question, pictures, and a library that is broken."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from sqlalchemy import select, update

from services.access import AsResident
from services.articles import RUSH
from services.company.apply import Messengers, apply_declaration
from services.company.reading import CompanyFileWrong, read_declaration
from services.db import Database
from services.errors import NotYours
from services.messaging.types import Address, Inbound, Sender
from services.tables import Article, Question, StoredFile
from services.understanding.faq.library import Library
from tests.support.pictures import png

CONVERSATIONS = Path(__file__).parents[1] / "conversations"
COMPANY = (CONVERSATIONS / "company.yaml").read_text() + (
    CONVERSATIONS / "articles.yaml"
).read_text()
ALONE = "Где ваш офис и когда он открыт?"


async def apply(db: Database, folder: Path, text: str = COMPANY) -> list[str]:
    path = folder / "company.yaml"
    path.write_text(text)
    db.files = folder / "files"
    async with db.work() as work:
        declaration = read_declaration(path)
        changes = await apply_declaration(work, declaration, Messengers(), folder=folder)
    return [f"{change.what} {change.kind} {change.key}" for change in changes]


async def meet(db: Database, name: str = "1") -> AsResident:
    address = Address(channel="web", chat=name)
    async with db.work() as work:
        contact = await work.people.meet(
            Inbound(key=f"hi {name}", address=address, sender=Sender(id=name))
        )
        return AsResident(contact.resident_id, contact.id)


async def ids(db: Database) -> dict[str, int]:
    async with db.work() as work:
        return {each.code: each.id for each in await work.places.complexes()}


async def test_in_a_rush_no_library_is_built_until_somebody_asks(
    db: Database, tmp_path: Path
) -> None:
    await apply(db, tmp_path)
    crowd = [
        Inbound(key=str(n), address=Address(channel="web", chat=str(n)), sender=Sender(id=str(n)))
        for n in range(RUSH + 1)
    ]
    async with db.work() as work:
        work.articles.expect_questions()
        await work.inbox.hear("web", crowd, None)
    async with db.work() as work:
        assert await work.articles.find_unprepared() == []
        assert await work.articles.look_again_in() == 0
        assert await work.articles.ask(None, "где ваш офис?") is not None
    async with db.work() as work:
        claimed = await work.inbox.claim()
        assert claimed is not None
        await work.inbox.done(claimed)
    async with db.work() as work:
        due = await work.articles.find_unprepared()
        assert sorted(due) == sorted((await ids(db)).values()), "one was built for whoever asked"
        assert await work.articles.look_again_in() is None


async def test_the_more_particular_of_one_id_stands_for_the_other(
    db: Database, tmp_path: Path
) -> None:
    general = "  - {id: key, key: key-all, question: Где ключ?, answer: В офисе.}\n"
    with pytest.raises(CompanyFileWrong) as wrong:
        await apply(db, tmp_path, COMPANY + general + general.replace("key-all", "key-two"))
    assert "ответ «key» для всех ЖК уже есть" in str(wrong.value.mistakes[0])
    await apply(db, tmp_path, COMPANY + general)
    complexes = await ids(db)
    async with db.work() as work:
        keys = {
            code: {a.called for a in await work.articles.offered(ident)}
            for code, ident in {**complexes, "": None}.items()
        }
    assert "key" in keys["bor"]
    assert "key-sad" in keys["sad"]
    assert "key-all" in keys[""]
    assert all(len({"key", "key-sad", "key-all"} & each) == 1 for each in keys.values())


async def test_the_library_follows_every_change(db: Database, tmp_path: Path) -> None:
    await apply(db, tmp_path)
    complexes = await ids(db)
    async with db.work() as work:
        assert await work.articles.find_unprepared() == [], "nobody has written yet"
        work.articles.expect_questions()
        due = await work.articles.find_unprepared()
        assert sorted(due) == sorted([0, *complexes.values()])
        for each in due:
            await work.articles.prepare(each or None)
        assert await work.articles.find_unprepared() == []
        found = await work.articles.ask(complexes["sad"], "где ваш офис?")
    assert found is not None
    assert (found.decision, found.answers[0].id) == ("answer", "office")
    async with db.work() as work:  # as the chat does
        await work.session.execute(
            update(Article).where(Article.key == "office").values(withdrawn_at=work.now)
        )
    async with db.work() as work:
        assert len(await work.articles.find_unprepared()) == 3
        found = await work.articles.ask(complexes["sad"], "где ваш офис?")
    assert found is not None
    assert "office" not in [each.id for each in found.answers]


async def test_own_words_of_a_company_are_understood(db: Database, tmp_path: Path) -> None:
    words = "vocabulary:\n  synonyms:\n    - [паутинка, домофон]\n  short: {впшк: показания}\n"
    changed = await apply(db, tmp_path, COMPANY + words)
    assert any(each.endswith("vocabulary vocabulary") for each in changed)
    assert await apply(db, tmp_path, COMPANY + words) == []
    sad = (await ids(db))["sad"]
    async with db.work() as work:
        found = await work.articles.ask(sad, "ключ от паутинки")
    assert found is not None
    assert found.answers[0].id == "key-sad"
    assert await apply(db, tmp_path) == ["withdrawn vocabulary vocabulary"]


async def test_a_question_is_kept_without_the_person(db: Database, tmp_path: Path) -> None:
    await apply(db, tmp_path)
    viewer = await meet(db)
    said = "Где офис? Я Мария Иванова, кв. 12, тел. 8 912 345-67-89"
    async with db.work() as work:
        kept = await work.articles.note(viewer, said, "answer", shown=["office"], anonymous=True)
        ident = kept.id
    async with db.work() as work:
        row = await work.session.get(Question, ident)
        assert row is not None
        assert row.resident_id is None
        for planted in ("Мария", "Иванов", "12", "345", "912"):
            assert planted not in row.text
        assert await work.articles.question(viewer, ident, own=True)
        with pytest.raises(NotYours):
            await work.articles.question(viewer, ident)


async def test_somebody_elses_question_is_not_theirs(db: Database, tmp_path: Path) -> None:
    await apply(db, tmp_path)
    mine, other = await meet(db, "1"), await meet(db, "2")
    async with db.work() as work:
        ident = (await work.articles.note(mine, ALONE, "answer", shown=["office"])).id
        assert (await work.articles.question(mine, ident)).text
        for own in (True, False):
            with pytest.raises(NotYours):
                await work.articles.question(other, ident, own=own)


async def test_a_broken_library_answers_nothing_and_is_told_of_once(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await apply(db, tmp_path)

    def breaks(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(Library, "__init__", breaks)
    with caplog.at_level(logging.ERROR):
        async with db.work() as work:
            assert await work.articles.ask(None, ALONE) is None
            assert await work.articles.ask(None, ALONE) is None
            assert None is not await work.articles.get("office")
    assert len(caplog.records) == 1


async def test_words_that_break_it_do_not_stop_anybody(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await apply(db, tmp_path)

    def breaks(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Library, "ask", breaks)
    async with db.work() as work:
        assert await work.articles.ask(None, ALONE) is None


# ── Pictures ─────────────────────────────────────────────────────────────────

WITH_PICTURE = COMPANY.replace("  - id: bulky\n", "  - id: bulky\n    picture: bin.png\n")


async def test_a_picture_is_kept_once_and_a_new_one_under_its_old_name_is_new(
    db: Database, tmp_path: Path
) -> None:
    picture = tmp_path / "bin.png"
    picture.write_bytes(png(10, 20, 30))
    await apply(db, tmp_path, WITH_PICTURE)
    assert await apply(db, tmp_path, WITH_PICTURE) == []
    async with db.work() as work:
        first = await work.articles.picture("bulky")
        assert first is not None
        assert (work.files / first.handle).read_bytes() == png(10, 20, 30)
        assert len(list(await work.session.scalars(select(StoredFile)))) == 1
    picture.write_bytes(png(90, 20, 30))
    await apply(db, tmp_path, WITH_PICTURE)
    async with db.work() as work:
        second = await work.articles.picture("bulky")
    assert second is not None
    assert second.handle != first.handle
    await apply(db, tmp_path)
    async with db.work() as work:
        assert await work.articles.picture("bulky") is None


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("picture: bin.png", "picture: gone.png", "картинки «gone.png» рядом с файлом"),
        ("picture: bin.png", "picture: ../bin.png", "должна лежать рядом"),
        ("picture: bin.png", "picture: bin.pdf", "это не картинка"),
        ("picture: bin.png", "picture: fake.png", "внутри что-то другое"),
        ("{site} или", "{sait} или", "незнакомая подстановка {sait}. Напишите {site}"),
        ("{office_hours}", "{часы}", "незнакомая подстановка {часы}. Напишите {office_hours}"),
    ],
)
def test_what_is_wrong_with_an_article_names_its_line(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    (tmp_path / "bin.png").write_bytes(png(10, 20, 30))
    (tmp_path / "bin.pdf").write_bytes(b"%PDF")
    (tmp_path / "fake.png").write_bytes(b"%PDF")
    path = tmp_path / "company.yaml"
    assert old in WITH_PICTURE
    text = WITH_PICTURE.replace(old, new, 1)
    path.write_text(text)
    with pytest.raises(CompanyFileWrong) as wrong:
        read_declaration(path)
    (mistake,) = wrong.value.mistakes
    assert told in str(mistake)
    assert new in text.splitlines()[mistake.line - 1]
