"""How articles grow: an answer becomes one, questions without an answer are told of every week, and
admins keep all of it in the chat."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import select

from services.tables import Article, ArticleDraft, Message, Question
from tests.support.drivers.telegram import InTelegram
from tests.support.people import Member, Resident
from tests.support.world import World

FILE = """
articles:
  - id: pay
    topic: Оплата
    question: До какого числа оплатить квитанцию?
    answer: До 15-го. Вопросы — {phone}.
    phrases: [срок оплаты квитанции]
  - id: key
    topic: Дом и двор
    question: Где взять ключ от домофона?
    answer: В нашем офисе, возьмите паспорт.
  - id: barrier
    topic: Дом и двор
    question: Как открыть шлагбаум?
    answer: Позвоните охране.
    complexes: [bor]
"""
FORUM = [pytest.mark.only("telegram"), pytest.mark.rooms("forum")]
ASKED = "Здравствуйте! Подскажите, пожалуйста, когда моют окна в подъезде?"
ANSWERED = (
    "Здравствуйте, Мария! Окна в подъездах моем в мае и в сентябре. Ваша заявка №1001 принята. "
    "Мастер придёт до 15:00. С уважением, Анна"
)
LEFT = "Окна в подъездах моем в мае и в сентябре."


@pytest.fixture
async def file(world: World) -> None:
    await world.changes_company(lambda text: text + FILE)


@pytest.fixture
async def olga(world: World) -> Resident:
    """The admin, in private."""
    assert world.tg is not None
    driver = InTelegram(world.tg, "Ольга")
    driver.user = world.tg.user("Ольга", 501)
    olga = Resident(driver, world.settled)
    await olga.opens()
    await olga.forgets()
    return olga


async def talks(resident: Resident, member: Member, answer: str = ANSWERED) -> Any:
    """A question to a person, and what they answer: the thread."""
    await resident.settles_in()
    await resident.presses("Написать диспетчеру")
    await resident.says(ASKED)
    thread = await member.finds("окна")
    await member.says(answer, thread)
    await resident.hears(answer)
    return thread


async def kept(world: World, table: type[Any]) -> list[Any]:
    await world.settled()
    async with world.app.db.session() as session:
        return list(await session.scalars(select(table).order_by(table.id)))


async def asks_in_vain(world: World, *texts: str, **fields: Any) -> None:
    async with world.app.db.work() as work:
        for text in texts:
            asked = {"decision": "handoff", "outcome": "", "chosen": "", "shown": [], **fields}
            work.session.add(Question(at=work.now, text=text, **asked))


# ── An answer becomes an article ─────────────────────────────────────────────


@FORUM[0]
@FORUM[1]
async def test_an_answer_becomes_an_article_without_what_was_personal(
    resident: Resident, member: Member, olga: Resident, world: World
) -> None:
    topic = await talks(resident, member)
    own = await member.sees(topic, LEFT)
    await member.quotes(own, "В вопросы", topic)
    await member.sees(topic, "Черновик ч1 готов, администратор его посмотрит.")
    await member.says("в вопросы!", topic)
    await member.sees(topic, "Черновик ч1 уже есть")
    await resident.hears_nothing()
    card = await olga.hears("Черновик ч1")
    assert f"❓ Когда моют окна в подъезде?\n\n{LEFT}\n" in card.text
    for word in ("Мария", "1001", "15:00", "Мастер", "уважением"):
        assert word not in card.text
    assert card.buttons == [
        "Опубликовать", "Изменить вопрос", "Изменить ответ", "Фразы", "Тема", "Для каких ЖК",
        "Удалить",
    ]  # fmt: skip
    await olga.presses("Опубликовать")
    await olga.hears("Опубликовано, жители уже видят этот ответ.")
    await olga.presses_under(card, "Опубликовать")
    await olga.hears("Этот черновик уже разобран.")
    (article,) = await kept(world, Article)
    assert article.content["answer"] == LEFT
    assert [note.what for note in await world.audit("article published")] == ["article published"]
    neighbour = world.resident("Пётр")
    await neighbour.opens("sadovaya-5")
    await neighbour.presses("Согласен")
    await neighbour.says("5")
    await neighbour.says("Пётр")
    await neighbour.presses("Пропустить")
    await neighbour.hears("Чем помочь")
    await neighbour.says("когда моют окна в подъезде")
    await neighbour.hears(LEFT)


@FORUM[0]
@FORUM[1]
async def test_the_question_is_the_one_that_was_answered(
    resident: Resident, member: Member, olga: Resident, world: World
) -> None:
    topic = await talks(resident, member)
    await resident.says("А где взять чип от домофона?")
    await member.sees(topic, "чип")
    await member.says("Чип дают в офисе, возьмите паспорт.", topic)
    own = await member.sees(topic, "Чип дают в офисе")
    await member.quotes(own, "В вопросы", topic)
    card = await olga.hears("Черновик ч1")
    assert "чип от домофона?" in card.text
    assert "окна" not in card.text


@FORUM[0]
@FORUM[1]
async def test_a_draft_is_changed_in_private_until_it_is_right(
    resident: Resident, member: Member, olga: Resident, world: World
) -> None:
    topic = await talks(resident, member)
    await member.says("В вопросы", topic)
    await olga.presses("Изменить вопрос")
    await olga.hears("Пришлите новый вопрос")
    await olga.says("Как часто моют окна?")
    await olga.hears("❓ Как часто моют окна?")
    await olga.presses("Изменить ответ")
    asked = await olga.hears(LEFT)
    assert "{emergency_phone}" in asked.text
    await olga.says("Дважды в год. Если пахнет газом, звоните {emergency_phone}.")
    await olga.hears("Если пахнет газом, звоните +7 495 000-00-02.")
    assert await world.audit("alarm") == []
    await olga.presses("Изменить ответ")
    await olga.hears("Пришлите новый ответ")
    await olga.says("Звоните {директор}")
    await olga.hears("Не знаю, что подставить вместо {директор}.")
    await olga.says("Звоните {phone}, спросите директора")
    await olga.hears("Звоните +7 495 000-00-01, спросите директора")
    await olga.presses("Изменить ответ")
    await olga.hears("Пришлите новый ответ")
    await olga.says("Помощь")  # a word of the menu
    await olga.hears("+7 495 000-00-01")
    await olga.says("Спасибо!")
    assert LEFT not in (await kept(world, ArticleDraft))[0].content["question"]
    await olga.presses("Изменить ответ")
    await olga.presses("Не менять")
    await olga.hears("ничего не поменял")
    await olga.presses("Фразы")
    await olga.says("мытьё окон\nгрязные окна")
    await olga.hears("Как ещё спрашивают: мытьё окон; грязные окна")
    await olga.presses("Тема")
    await olga.says("Дом и двор")
    await olga.hears("Тема: Дом и двор")
    await olga.presses("Для каких ЖК", "Садовый")
    await olga.hears("Сейчас: Садовый.")
    await olga.presses("Назад", "Опубликовать")
    await olga.hears("Опубликовано")
    (article,) = await kept(world, Article)
    assert article.content["question"] == "Как часто моют окна?"
    assert article.content["phrases"] == ["мытьё окон", "грязные окна"]
    assert (article.content["topic"], article.content["complexes"]) == ("Дом и двор", ["sad"])


@FORUM[0]
@FORUM[1]
async def test_under_the_line_that_closes_it(
    resident: Resident, member: Member, olga: Resident, world: World
) -> None:
    topic = await talks(resident, member)
    await member.says("Спасибо за вопрос!", topic)
    await member.says("/close", topic)
    await member.presses("В вопросы", topic)
    await member.sees(topic, "Черновик ч1 готов")
    card = await olga.hears("Черновик ч1")
    assert LEFT in card.text
    await olga.presses("Удалить")
    await olga.hears("Черновик удалён.")
    (draft,) = await kept(world, ArticleDraft)
    assert draft.outcome == "dropped"


@FORUM[0]
@FORUM[1]
async def test_a_ticket_that_nobody_answered_in_words_offers_nothing(
    resident: Resident, member: Member, world: World
) -> None:
    await resident.settles_in()
    await resident.files()
    topic = await member.finds("№1001")
    await member.says("/close", topic)
    line = await member.sees(topic, "выполнена")
    assert "В вопросы" not in line.buttons
    await member.says("В вопросы", topic)
    await member.sees(topic, "жителю ещё никто не ответил")
    assert "В вопросы" not in await resident.reads()


@FORUM[0]
@FORUM[1]
async def test_in_a_topic_words_are_the_residents_and_a_command_changes_the_draft(
    resident: Resident, member: Member, olga: Resident, world: World
) -> None:
    topic = await talks(resident, member)
    await resident.forgets()
    admin = await world.member("olga")
    await admin.says("В вопросы", topic)
    await admin.sees(topic, "Черновик ч1")
    await admin.presses("Изменить ответ", topic)
    await admin.sees(topic, "/articles ответ ч1 и дальше сам текст")
    await admin.says("Это всё же вам, Мария", topic)
    await resident.hears("Это всё же вам, Мария")
    await admin.says("/articles ответ ч1 Дважды в год:\nв мае и в сентябре.", topic)
    line = await admin.sees(topic, "Поправил.")
    assert "Дважды в год:\nв мае и в сентябре." in line.text
    await resident.hears_nothing()
    await member.says("/articles", topic)
    await member.sees(topic, "Вопросы и ответы правит администратор.")
    await member.presses("Опубликовать", topic)
    await world.settled()
    assert await kept(world, Article) == []
    assert len(await world.audit("refused")) == 2


@FORUM[0]
@FORUM[1]
async def test_in_general_what_is_typed_next_is_the_text(
    member: Member, world: World, file: None
) -> None:
    assert world.group is not None
    admin = await world.member("olga")
    user = admin.driver.user  # type: ignore[attr-defined]

    async def says(text: str) -> Any:
        await user.says(text, chat=world.group)
        await world.settled()
        return world.group.general.heard()[-1]

    card = await says("/faq key")
    assert "Где взять ключ от домофона?" in card.text
    await user.presses(card, "Изменить ответ")
    await world.settled()
    anna = member.driver.user  # type: ignore[attr-defined]
    await anna.says("Коллеги, обед?", chat=world.group)
    refused = await says("В {офис}, с 9 до 18.")
    assert "Пришлите текст ещё раз" in refused.text
    await anna.says("Иду!", chat=world.group)
    card = await says("В офисе, с 9 до 18.")
    assert card.text.startswith("Поправил.")
    assert "В офисе, с 9 до 18." in card.text
    last = await says("Коллеги, обед!")
    assert last.text == card.text or "обед" in last.text
    (article,) = [each for each in await kept(world, Article) if each.key == "key"]
    assert article.content["answer"] == "В офисе, с 9 до 18."


# ── Once a week ──────────────────────────────────────────────────────────────


@FORUM[0]
@FORUM[1]
async def test_the_week_is_told_once_and_answered_from_there(
    olga: Resident, world: World, file: None
) -> None:
    await asks_in_vain(world, "как прописать ребенка", "Прописка ребёнка?", "кто моет окна")
    await asks_in_vain(
        world, "куда нести денежку", decision="suggest", outcome="helped", chosen="pay"
    )
    await world.waits(days=4, hours=22)  # Monday, a holiday
    await olga.hears_nothing()
    await world.waits(days=1)
    told = await olga.hears("Спрашивают, а ответа нет:")
    assert told.text.splitlines()[:3] == [
        "Вопросы недели", "Спрашивают, а ответа нет:", "1. Прописка ребёнка? — 2 раза",
    ]  # fmt: skip
    assert told.buttons == ["Написать ответ: 1", "Написать ответ: 2"]
    offered = await olga.hears("Эти слова привели жителей к ответу")
    assert "«куда нести денежку» → До какого числа оплатить квитанцию?" in offered.text
    await world.waits(hours=3)
    await world.waits(days=1)
    assert not [line for line in await olga.unread() if "Спрашивают" in line.text]
    await olga.presses_under(offered, "Добавить фразы")
    await olga.hears("Добавил 1 фразу")
    await olga.presses_under(offered, "Добавить фразы")
    await olga.hears("С этими фразами уже разобрались.")
    await olga.presses_under(told, "Написать ответ: 1")
    await olga.hears("По 2 вопросам жителей")
    await olga.hears("Пришлите новый ответ")
    await olga.says("Подайте заявление в МФЦ.")
    await olga.hears("Подайте заявление в МФЦ.")
    await olga.presses("Опубликовать")
    await olga.hears("Опубликовано")
    await olga.presses_under(told, "Написать ответ: 1")
    await olga.hears("Этими вопросами уже занялись")
    articles = {each.key: each.content for each in await kept(world, Article)}
    assert "куда нести денежку" in articles["pay"]["phrases"]
    assert articles["propiska-rebenka"]["answer"] == "Подайте заявление в МФЦ."
    await olga.says("/articles вопросы")
    told = await olga.hears("Спрашивают, а ответа нет:")
    assert told.buttons == ["Написать ответ: 1"]


@FORUM[0]
@FORUM[1]
async def test_a_week_without_questions_is_silent(olga: Resident, world: World) -> None:
    await world.waits(days=5, hours=22)
    assert not [line for line in await olga.unread() if "Спрашивают" in line.text]
    await olga.says("/articles questions")
    await olga.hears("Все вопросы жителей нашли ответ.")


# ── The articles themselves ──────────────────────────────────────────────────


@FORUM[0]
@FORUM[1]
async def test_the_list_the_search_and_every_change(
    olga: Resident, world: World, file: None
) -> None:
    await asks_in_vain(world, "q", decision="answer", outcome="not_helped", chosen="key")
    await asks_in_vain(world, "q", decision="answer", outcome="helped", chosen="pay")
    await olga.says("/articles")
    home = await olga.hears("Вопросы и ответы: 3 вопроса с ответами.")
    assert home.buttons == [
        "Без ответа: 1", "Оплата · 1", "Дом и двор · 2", "Что помогает, а что нет",
        "Новая статья", "Снятые",
    ]  # fmt: skip
    await olga.presses("Что помогает, а что нет")
    worst = await olga.hears("Что помогает, а что нет:")
    assert worst.text.splitlines()[1:3] == [
        "1. Где взять ключ от домофона?", "   1 показ: помогло 0, не помогло 1",
    ]  # fmt: skip
    await olga.presses_under(home, "Дом и двор · 2")
    await olga.hears("Дом и двор:")
    await olga.presses("Как открыть шлагбаум?")
    card = await olga.hears("Позвоните охране.")
    assert "Где: Сосновый бор" in card.text
    await olga.presses("Снять")
    await olga.hears("Снято: жителям больше не показываем.")
    await world.changes_company(lambda text: text + FILE)  # at the next start
    await olga.says("/articles шлагбаум")
    await olga.hears("Ничего не нашлось.")
    await olga.says("/articles снятые")
    await olga.presses("Как открыть шлагбаум?")
    await olga.presses("Вернуть")
    await olga.hears("Снова показываем жителям.")
    await olga.says("/articles домофон ключ")
    await olga.hears("❓ Где взять ключ от домофона?")
    await olga.says("/articles вопрос pay Когда платить?")
    card = await olga.hears("❓ Когда платить?")
    assert "До 15-го. Вопросы — +7 495 000-00-01." in card.text
    await olga.says("/articles новая Можно ли гулять с собакой во дворе?")
    card = await olga.hears("❓ Можно ли гулять с собакой во дворе?")
    assert "Опубликовать" not in card.buttons
    await world.changes_company(lambda text: text + FILE)
    articles = {each.key: each for each in await kept(world, Article)}
    assert articles["pay"].content["question"] == "Когда платить?"
    assert articles["barrier"].withdrawn_at is None
    changes = [note.what for note in await world.audit("article changed")]
    assert changes == ["article changed"]


@FORUM[0]
@FORUM[1]
async def test_a_picture_comes_with_the_answer(
    olga: Resident, resident: Resident, world: World, file: None
) -> None:
    await olga.says("/articles key")
    await olga.presses("Картинка")
    await olga.hears("Пришлите одну картинку.")
    await olga.says("вот она")
    await olga.hears("Пришлите одну картинку фотографией.")
    await olga.sends_photo()
    await olga.hears("с картинкой")
    await resident.settles_in()
    await resident.says("где взять ключ от домофона")
    answer = await resident.hears("возьмите паспорт")
    assert answer.files == ["photo"]
    await olga.presses("Убрать картинку")
    card = await olga.hears("Поправил.")
    assert "с картинкой" not in card.text


@FORUM[0]
@FORUM[1]
async def test_a_dispatcher_in_private_is_told_how(world: World, file: None) -> None:
    assert world.tg is not None
    driver = InTelegram(world.tg, "Анна")
    driver.user = world.tg.user("Анна", 502)
    anna = Resident(driver, world.settled)
    await anna.says("/articles")
    await anna.hears("Вопросы и ответы правит администратор.")
    for action in ("gaps", "article/1", "draft/1/publish", "phrases/5", "newarticle", "gap/1"):
        await anna.forges(f"staff/{action}")
        await anna.hears("Вопросы и ответы правит администратор.")
    assert len(await world.audit("refused")) == 7
    stranger = world.resident("Чужой")
    await stranger.says("/articles")
    assert "статьи" not in await stranger.reads()


# ── At the desk ──────────────────────────────────────────────────────────────


@pytest.mark.only("web")
@pytest.mark.rooms("desk")
async def test_at_the_desk_each_answer_has_the_button(
    resident: Resident, member: Member, world: World
) -> None:
    thread = await talks(resident, member)
    line = await member.sees(thread, LEFT)
    ((button,),) = line.raw["buttons"]
    assert (button["label"], button["action"]) == ("В вопросы", f"staff/learn/{line.id}")
    await member.driver.forge(thread, button["action"])  # type: ignore[attr-defined]
    await member.sees(thread, "Черновик ч1 готов")
    other = next(m for m in await kept(world, Message) if m.by == "resident")
    await member.driver.forge(thread, f"staff/learn/{other.id}")  # type: ignore[attr-defined]
    await member.sees(thread, "В статью можно положить ответ сотрудника")


@pytest.mark.only("web")
@pytest.mark.rooms("desk")
async def test_at_the_desk_the_room_is_where_articles_are_kept(world: World, file: None) -> None:
    desk = await world.desk("olga")

    async def says(text: str) -> dict[str, Any]:
        body = {"key": str(uuid.uuid4()), "text": text, "files": [], "reply_to": None}
        await desk.post("rooms/main/say", body)
        await world.settled()
        return dict((await desk.get("rooms/main"))["said"][-1])

    async def presses(post: dict[str, Any], label: str) -> dict[str, Any]:
        (action,) = [b["action"] for row in post["buttons"] for b in row if b["label"] == label]
        body = {"key": str(uuid.uuid4()), "room": "main", "action": action, "label": label,
                "post": post["id"]}  # fmt: skip
        await desk.post("press", body)
        await world.settled()
        return dict((await desk.get("rooms/main"))["said"][-1])

    home = await says("/articles")
    card = await presses(await presses(home, "Оплата · 1"), "До какого числа оплатить квитанцию?")
    asked = await presses(card, "Изменить ответ")
    assert asked["buttons"][0][0]["action"] == "staff/stoptyping"
    refused = await says("Звоните {директор}")
    assert refused["text"].endswith("Пришлите текст ещё раз, я жду.")
    assert refused["buttons"][0][0]["action"] == "staff/stoptyping"
    refused = await says("Очень длинно. " * 500)
    assert refused["text"].startswith("Слишком длинно")
    card = await says("До 20-го.")
    assert card["text"].startswith("Поправил.")
    draft = await says("/articles новая Можно ли с собакой?")
    await presses(draft, "Изменить ответ")
    draft = await says("На поводке.")
    done = await presses(draft, "Опубликовать")
    assert "Опубликовано" in done["text"]
    articles = {each.key: each.content for each in await kept(world, Article)}
    assert articles["pay"]["answer"] == "До 20-го."
    assert articles["mozhno-li-s-sobakoy"]["answer"] == "На поводке."
