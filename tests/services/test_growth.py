"""How articles grow: questions without an answer, drafts, phrases, the chat's own changes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from services.access import AsMember
from services.company.apply import Change, Messengers, apply_declaration
from services.company.declaration import Article
from services.company.reading import read_declaration
from services.db import Database
from services.editorial import free_key
from services.errors import (
    AlreadyEnded,
    AlreadySo,
    NothingSaid,
    NotYours,
    Overlaps,
    TooLong,
    UnknownNames,
)
from services.messaging.types import Attachment
from services.tables import Article as Row
from services.tables import ArticleDraft, AuditRecord, Complex, Member, MemberAccount, Question
from services.work import Work
from tests.services.test_due import meet
from tests.services.test_summary import move_to_zone
from tests.support.clock import MovingClock
from tests.support.running import SAMPLE

MONDAY_MORNING = datetime(2026, 3, 2, 5, 31, tzinfo=UTC)  # 08:31 in Moscow
ADMIN = AsMember(1, "admin", ())
OTHERS = [AsMember(1, role, ()) for role in ("dispatcher", "executor", "manager")]


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock(MONDAY_MORNING)


async def ask(
    work: Work, *texts: str, decision: str = "handoff", outcome: str = "", chosen: str = ""
) -> list[int]:
    asked = [
        Question(
            at=work.now, text=text, decision=decision, outcome=outcome, chosen=chosen,
            shown=[chosen] if chosen else [],
        )
        for text in texts
    ]  # fmt: skip
    work.session.add_all(asked)
    await work.session.flush()
    return [question.id for question in asked]


async def audited(db: Database, about: str = "") -> list[str]:
    async with db.work() as work:
        rows = await work.session.scalars(select(AuditRecord).order_by(AuditRecord.id))
        return [row.what for row in rows if "article" in row.what or "phrases" in row.what]


async def article(db: Database, key: str) -> Article:
    async with db.work() as work:
        return await work.articles.get(key)


async def row_of(work: Work, key: str) -> Row:
    row = await work.session.scalar(select(Row).where(Row.key == key))
    assert row is not None
    return row


# ── Questions without an answer ──────────────────────────────────────────────


async def test_what_is_without_an_answer_is_grouped_and_counted(db: Database) -> None:
    async with db.work() as work:
        await ask(work, "как прописать ребенка", "кто моет окна в подъезде")
        await ask(work, "прописка ребёнка", outcome="not_helped", decision="answer", chosen="pay")
        await ask(work, "прописать новорожденного ребенка", outcome="person", decision="suggest")
        await ask(work, "как оплатить", decision="answer", outcome="helped", chosen="pay")
        await ask(work, "показания", decision="answer", chosen="readings")
        await ask(work, "", decision="browse", chosen="pay", outcome="not_helped")
        gaps = await work.growth.gaps(ADMIN)
    assert [(gap.count, gap.ident) for gap in gaps] == [(3, gaps[0].ident), (1, gaps[1].ident)]
    assert {question.text for question in gaps[0].questions} == {
        "как прописать ребенка", "прописка ребёнка", "прописать новорожденного ребенка",
    }  # fmt: skip
    assert gaps[1].text == "кто моет окна в подъезде"


async def test_an_old_question_is_left_alone(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        await ask(work, "как прописать ребенка")
    clock.move(days=61)
    async with db.work() as work:
        assert await work.growth.gaps(ADMIN) == []


async def test_a_group_that_is_being_answered_is_shown_no_more(db: Database) -> None:
    async with db.work() as work:
        await ask(work, "как прописать ребенка", "Здравствуйте! прописать ребёнка как?")
        (gap,) = await work.growth.gaps(ADMIN)
        draft = await work.article_drafts.of_questions(ADMIN, gap.questions)
        assert await work.growth.gaps(ADMIN) == []
        with pytest.raises(AlreadySo):
            await work.growth.gap(ADMIN, gap.ident)
        assert draft.content["answer"] == ""
        assert draft.content["question"].endswith("?")
        assert await work.article_drafts.source_of(draft) == (None, 2)
        with pytest.raises(NothingSaid):
            await work.article_drafts.publish(ADMIN, draft.id)
        await work.article_drafts.change(ADMIN, draft.id, "answer", "В МФЦ, с паспортом.")
        row = await work.article_drafts.publish(ADMIN, draft.id)
        await ask(work, "как прописать ребенка")  # asked again, and again without an answer
        assert [gap.count for gap in await work.growth.gaps(ADMIN)] == [1]
        settled = await work.session.scalars(select(Question.settled_at).order_by(Question.id))
        assert [each is not None for each in settled] == [True, True, False]
    assert (await article(db, row.key)).answer == "В МФЦ, с паспортом."


async def test_two_admins_and_one_group_make_one_draft(db: Database) -> None:
    async with db.work() as work:
        (ident,) = await ask(work, "как прописать ребенка")

    async def write() -> bool:
        async with db.work() as work:
            try:
                gap = await work.growth.gap(ADMIN, ident)
            except AlreadySo:
                return False
            await work.article_drafts.of_questions(ADMIN, gap.questions)
            await asyncio.sleep(0.05)
            return True

    assert sum(await asyncio.gather(*(write() for _ in range(4)))) == 1


@pytest.mark.parametrize("viewer", OTHERS, ids=lambda viewer: viewer.role)
async def test_all_of_it_is_for_admins(db: Database, viewer: AsMember) -> None:
    async with db.work() as work:
        draft = await work.article_drafts.begin(ADMIN, "Вопрос?")
        row = await row_of(work, "pay")
        growth, editorial, drafts = work.growth, work.editorial, work.article_drafts
        for refused in (
            growth.gaps(viewer), growth.phrases(viewer), growth.gap(viewer, 1),
            growth.take_phrases(viewer, 1, keep=True),
            editorial.every(viewer), editorial.get(viewer, row.id),
            editorial.change(viewer, row.id, "answer", "Нет."),
            editorial.withdraw(viewer, row.id), editorial.restore(viewer, row.id),
            editorial.set_picture(viewer, row.id, None),
            drafts.begin(viewer, "Вопрос?"), drafts.get(viewer, draft.id),
            drafts.change(viewer, draft.id, "answer", "Нет."),
            drafts.publish(viewer, draft.id), drafts.drop(viewer, draft.id),
            drafts.open_ones(viewer),
        ):  # fmt: skip
            with pytest.raises(NotYours):
                await refused


# ── Phrases ──────────────────────────────────────────────────────────────────


async def test_words_that_led_to_what_helped_are_added_with_one_press(db: Database) -> None:
    helped: dict[str, Any] = {"decision": "suggest", "outcome": "helped", "chosen": "pay"}
    async with db.work() as work:
        await ask(work, "Куда нести денежку за дом", **helped)
        latest, *_ = await ask(work, "куда нести денежку за дом", **helped)  # once more
        await ask(work, "как оплатить", **helped)  # it has that one
        await ask(work, "внести платёж", decision="suggest", outcome="person", chosen="pay")
        await ask(work, "сколько платить", decision="answer", outcome="helped", chosen="pay")
        found = await work.growth.phrases(ADMIN)
        assert [(each.ident, each.text, each.key) for each in found] == [
            (latest, "куда нести денежку за дом", "pay")
        ]
        with pytest.raises(AlreadySo):  # nobody was shown them yet
            await work.growth.take_phrases(ADMIN, latest, keep=True)
        await work.growth.offer(found)
        assert await work.growth.take_phrases(ADMIN, latest, keep=True) == 1
        assert await work.growth.phrases(ADMIN) == []
        with pytest.raises(AlreadySo):
            await work.growth.take_phrases(ADMIN, latest, keep=True)
    assert "куда нести денежку за дом" in (await article(db, "pay")).phrases


async def test_a_phrase_that_nobody_saw_is_not_taken_along(db: Database) -> None:
    async with db.work() as work:
        helped: dict[str, Any] = {"decision": "suggest", "outcome": "helped", "chosen": "pay"}
        early, late = await ask(work, "фраза первая", "фраза вторая", **helped)
        found = await work.growth.phrases(ADMIN)
        await work.growth.offer([each for each in found if each.ident == late])
        assert await work.growth.take_phrases(ADMIN, late, keep=False) == 0
        assert [each.ident for each in await work.growth.phrases(ADMIN)] == [early]
    assert "фраза вторая" not in (await article(db, "pay")).phrases


# ── Changes in the chat ──────────────────────────────────────────────────────


async def test_every_change_is_kept_and_written_down(db: Database) -> None:
    async with db.work() as work:
        pay = (await row_of(work, "pay")).id
        edit = work.editorial.change
        await edit(ADMIN, pay, "question", "Как  заплатить?\n")
        await edit(ADMIN, pay, "answer", "Картой.\nИли так: {phone}")
        await edit(ADMIN, pay, "phrases", ["раз", " два ", "", "раз"])
        await edit(ADMIN, pay, "topic", "Деньги")
        await edit(ADMIN, pay, "complexes", ["sadovy"])
        await work.editorial.withdraw(ADMIN, pay)
        with pytest.raises(AlreadySo):
            await work.editorial.withdraw(ADMIN, pay)
        await edit(ADMIN, pay, "topic", "Оплата")
        assert (await work.editorial.get(ADMIN, pay)).withdrawn
        await work.editorial.restore(ADMIN, pay)
        with pytest.raises(AlreadySo):
            await edit(ADMIN, pay, "topic", "Оплата")
    kept = await article(db, "pay")
    assert (kept.question, kept.phrases) == ("Как заплатить?", ("раз", "два"))
    assert (kept.answer, kept.complexes) == ("Картой.\nИли так: {phone}", ("sadovy",))
    assert await audited(db) == [
        *["article changed"] * 5, "article withdrawn", "article changed", "article restored",
    ]  # fmt: skip
    async with db.work() as work:  # the file at the next start
        assert await apply_declaration(work, read_declaration(SAMPLE), Messengers()) == []
    assert (await article(db, "pay")) == kept


async def test_the_file_and_the_chat_in_conflict(db: Database) -> None:
    sample = read_declaration(SAMPLE)
    articles = [
        each.model_copy(update={"answer": "Из файла."}) if each.id == "pay" else each
        for each in sample.articles
    ]
    changed = sample.model_copy(update={"articles": tuple(articles)})
    async with db.work() as work:
        await work.editorial.change(ADMIN, (await row_of(work, "pay")).id, "answer", "Из чата.")
    async with db.work() as work:
        assert await apply_declaration(work, changed, Messengers()) == [
            Change("conflict", "article", "pay")
        ]
    assert (await article(db, "pay")).answer == "Из чата."
    async with db.work() as work:
        await apply_declaration(work, changed, Messengers(), force=True)
    assert (await article(db, "pay")).answer == "Из файла."


@pytest.mark.parametrize(
    ("field", "value", "refusal"),
    [
        ("answer", "  ", NothingSaid),
        ("question", "", NothingSaid),
        ("answer", "Звоните {телефон}", UnknownNames),
        ("answer", "а" * 3001, TooLong),
        ("phrases", ["б" * 201], TooLong),
        ("phrases", [f"фраза {n}" for n in range(201)], TooLong),
        ("complexes", ["nowhere"], NotYours),
    ],
)
async def test_what_the_file_would_refuse_the_chat_does(
    db: Database, field: Any, value: Any, refusal: type[Exception]
) -> None:
    before = await article(db, "pay")
    async with db.work() as work:
        with pytest.raises(refusal):
            await work.editorial.change(ADMIN, (await row_of(work, "pay")).id, field, value)
    assert await article(db, "pay") == before


async def test_two_answers_under_one_id_never_share_a_complex(db: Database) -> None:
    async with db.work() as work:
        pay = await row_of(work, "pay")
        own = {**pay.content, "key": "pay-bor", "complexes": ["sosnovy-bor"]}
        sample = read_declaration(SAMPLE)
        more = sample.model_copy(
            update={"articles": (*sample.articles, Article.model_validate(own))}
        )
        await apply_declaration(work, more, Messengers())
        bor = await row_of(work, "pay-bor")
        with pytest.raises(Overlaps) as refused:
            await work.editorial.change(ADMIN, bor.id, "complexes", [])
        assert refused.value.args == ("pay",)
        await work.editorial.change(ADMIN, bor.id, "complexes", ["sosnovy-bor", "sadovy"])


async def test_a_picture_of_the_chat_stays_over_a_start(db: Database, tmp_path: Any) -> None:
    photo = Attachment(kind="photo", channel="telegram", handle="AgAC", title="IMG.jpg")
    async with db.work() as work:
        pay = (await row_of(work, "pay")).id
        await work.editorial.set_picture(ADMIN, pay, photo)
    async with db.work() as work:
        sample = read_declaration(SAMPLE)
        await apply_declaration(work, sample, Messengers(), folder=SAMPLE.parent)
        picture = await work.articles.picture("pay")
        assert picture is not None
        assert picture.handle == "AgAC"
        await work.editorial.set_picture(ADMIN, pay, None)
        assert await work.articles.picture("pay") is None


async def test_what_helps_and_what_does_not(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        await ask(work, "x", decision="answer", outcome="not_helped", chosen="office")
        clock.move(days=91)
    async with db.work() as work:
        for outcome, times in (("helped", 3), ("not_helped", 1), ("", 2)):
            await ask(work, *["q"] * times, decision="answer", outcome=outcome, chosen="pay")
        for outcome, times in (("helped", 1), ("not_helped", 3), ("person", 1)):
            await ask(work, *["q"] * times, decision="answer", outcome=outcome, chosen="readings")
        kept = await work.editorial.worst_first(ADMIN)
    figures = {each.row.key: each.figures for each in kept}
    assert (figures["pay"].shown, figures["pay"].helped, figures["pay"].not_helped) == (6, 3, 1)
    assert (figures["readings"].shown, figures["readings"].not_helped) == (5, 4)
    assert figures["office"].shown == 0
    assert kept[0].row.key == "readings"
    assert kept[-1].row.key == "pay"


async def test_search_by_words_and_key(db: Database) -> None:
    async with db.work() as work:
        found = work.editorial.find
        assert [each.row.key for each in await found(ADMIN, "PAY ")] == ["pay"]
        assert [each.row.key for each in await found(ADMIN, "ключ домофон")] == ["intercom-key"]
        assert "certificate" in [each.row.key for each in await found(ADMIN, "паспортом")]
        assert await found(ADMIN, "бегемот") == []


def test_a_key_out_of_the_question() -> None:
    assert free_key("Когда моют окна в подъезде?", []) == "kogda-moyut-okna-v"
    assert free_key("Когда моют окна?", ["kogda-moyut-okna"]) == "kogda-moyut-okna-2"
    assert free_key("???", []) == "article"


# ── Drafts ───────────────────────────────────────────────────────────────────


async def test_a_draft_ends_once(db: Database) -> None:
    async with db.work() as work:
        (ident,) = await ask(work, "как прописать ребенка")
        gap = await work.growth.gap(ADMIN, ident)
        draft = await work.article_drafts.of_questions(ADMIN, gap.questions)
        await work.article_drafts.drop(ADMIN, draft.id)
        for refused in (
            work.article_drafts.publish(ADMIN, draft.id),
            work.article_drafts.drop(ADMIN, draft.id),
            work.article_drafts.change(ADMIN, draft.id, "answer", "Да."),
        ):
            with pytest.raises(AlreadyEnded):
                await refused
        assert await work.growth.gaps(ADMIN) == []  # nobody wanted an article
        assert await work.article_drafts.open_ones(ADMIN) == []


async def test_two_who_publish_make_one_article(db: Database) -> None:
    async with db.work() as work:
        draft = await work.article_drafts.begin(ADMIN, "Можно ли с собакой?")
        await work.article_drafts.change(ADMIN, draft.id, "answer", "На поводке.")

    async def publish() -> bool:
        async with db.work() as work:
            try:
                await work.article_drafts.publish(ADMIN, draft.id)
            except AlreadyEnded:
                return False
            return True

    assert sum(await asyncio.gather(*(publish() for _ in range(4)))) == 1
    async with db.work() as work:
        ended = await work.session.get(ArticleDraft, draft.id)
        assert ended is not None
        assert (ended.outcome, ended.article_key) == ("published", "mozhno-li-s-sobakoy")
        last = (await work.articles.every())[-1]
        assert last.called == "mozhno-li-s-sobakoy"


# ── Once a week ──────────────────────────────────────────────────────────────


async def admin(work: Work, code: str = "olga", user: str = "900") -> Member:
    member = await work.session.scalar(select(Member).where(Member.code == code))
    assert member is not None
    work.session.add(MemberAccount(channel="telegram", user_id=user, member_id=member.id))
    await meet(work, user)  # they have written to the bot
    return member


async def due(db: Database) -> list[int]:
    async with db.work() as work:
        return await work.growth.find_due()


async def test_once_a_week_over_any_number_of_processes(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        member = await admin(work)
        await admin(work, "sergey", "901")  # a manager
    assert await due(db) == [member.id]

    async def tell() -> bool:
        async with db.work() as work:
            claimed = await work.growth.claim(member.id)
            await asyncio.sleep(0.05)
            return claimed is not None

    assert sum(await asyncio.gather(*(tell() for _ in range(5)))) == 1
    assert await due(db) == []
    clock.move(days=1)
    assert await due(db) == []
    clock.move(days=13)  # a Monday is a holiday in between
    assert await due(db) == [member.id]


@pytest.mark.parametrize("zone", ["Europe/Kaliningrad", "Europe/Moscow", "Asia/Kamchatka"])
async def test_on_the_companys_monday_morning(db: Database, clock: MovingClock, zone: str) -> None:
    await move_to_zone(db, zone)
    async with db.work() as work:
        await admin(work)
    monday = datetime(2026, 3, 16, 8, 30, tzinfo=ZoneInfo(zone))
    clock.move(seconds=(monday - clock.now()).total_seconds() - 60)
    assert await due(db) == []
    clock.move(seconds=120)
    assert len(await due(db)) == 1
    clock.move(hours=9)  # the program was down till the evening
    assert len(await due(db)) == 1
    clock.move(hours=6)
    assert await due(db) == []
    clock.move(days=1)
    assert await due(db) == []


async def test_after_a_holiday_on_the_first_working_day(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        await admin(work)
    clock.move(days=7)  # Monday, the 9th of March, is a holiday
    assert await due(db) == []
    clock.move(days=1)
    assert len(await due(db)) == 1


async def test_complexes_of_a_group_are_named(db: Database) -> None:
    async with db.work() as work:
        place = await work.session.scalar(select(Complex).where(Complex.code == "sadovy"))
        assert place is not None
        for ident in await ask(work, "как прописать ребенка", "прописать ребенка"):
            question = await work.session.get(Question, ident)
            assert question is not None
            question.complex_id = place.id
        await work.session.flush()
        (gap,) = await work.growth.gaps(ADMIN)
        assert gap.complexes == (place.id,)
