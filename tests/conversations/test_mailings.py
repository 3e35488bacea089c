"""Mailings: a member writes one, looks at it, sends it; residents read it and may want no more."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from handlers import mailings
from services.access import AsMember
from services.mailing_audience import Audience
from services.mailing_draft import MailingDraft
from services.tables import House, Mailing, Notice
from tests.conversations.test_outage_mistakes import Desk
from tests.conversations.test_outages import General, in_general, in_private, kept
from tests.support.people import Resident
from tests.support.telegram import Press
from tests.support.world import World

FORUM = (pytest.mark.rooms("forum"), pytest.mark.only("telegram"))


def olga_in(world: World) -> General:
    return in_general(world, "Ольга", 501)


async def write(olga: General, text: str, *answers: str) -> str:
    """From the command to the preview: news for everybody in all houses, or `answers` instead."""
    await olga.says("/mailing")
    await olga.presses(*(answers or ("Всем жителям", "Новости", "Все дома")))
    await olga.says(text)
    return await olga.presses("Дальше")


@FORUM[0]
@FORUM[1]
async def test_from_the_command_to_the_result(resident: Resident, world: World) -> None:
    await resident.settles_in()
    far = world.resident("Сосед")
    await far.settles_in("sosnovaya-1", "2", "Сосед")
    await resident.forgets()
    await far.forgets()
    olga = olga_in(world)
    assert "Кому рассылка?" in await olga.says("/mailing")
    await olga.presses("Всем жителям", "Новости")
    await olga.presses("Садовая, 5", "Дальше", "Весь дом")
    told = await olga.says("Во дворе открыли детскую площадку.")
    assert "Есть: 34 знака. Пришлите ещё или нажмите «Дальше»." in told
    preview = await olga.presses("Дальше")
    for words in (
        "Кому: всем жителям, ул. Садовая, 5.",
        "Получит 1 человек: Telegram — 1. Займёт меньше минуты.",
        "Квартиры: есть кому написать в 1 из 9.",
    ):
        assert words in preview, preview
    sample = olga.lines()[-2]
    assert sample.text == "📰 Новости дома\nВо дворе открыли детскую площадку."
    assert [button for row in sample.rows for button in row] == ["Не присылать новости"]
    assert "Это образец" in await olga.presses("Не присылать новости")
    await resident.hears_nothing()
    assert olga.presses_made <= 10
    shown = await olga.presses("Отправить сейчас")
    assert "Рассылка идёт · «Во дворе открыли детскую площадку.»" in shown
    heard = await resident.hears("Во дворе открыли детскую площадку.")
    assert heard.buttons == ["Не присылать новости"]
    assert heard.text == sample.text
    await far.hears_nothing()
    posts = len(olga.lines())
    await world.waits(seconds=11)
    result = await olga.reads()
    assert "Рассылка закончена" in result
    assert "Доставлено 1 из 1." in result
    assert "Квартиры: некому написать в 8 из 9. Там поможет листок на подъезде." in result
    assert len(olga.lines()) == posts  # in place
    assert [each.state for each in await kept(world, Mailing)] == ["done"]
    told = await olga.says("/mailing")
    assert "Во дворе открыли детскую площадку.»: доставлено 1 из 1." in told


@FORUM[0]
@FORUM[1]
async def test_photos_are_seen_first_and_arrive(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.forgets()
    olga = in_private(world)
    await olga.user.starts()
    await olga.says("/mailing")
    await olga.presses("Всем жителям", "Важное", "Все дома")
    assert "Нужны хотя бы несколько слов" not in await olga.reads()
    await olga.user.sends_album([b"\xff\xd8one", b"\xff\xd8two"])
    assert "Есть: 2 файла. Теперь пришлите текст." in await olga.reads()
    assert "Нужны хотя бы несколько слов" in await olga.presses("Дальше")
    await olga.says("Так теперь выглядит двор.")
    assert "Кому: всем жителям, все дома." in await olga.presses("Дальше")
    assert await olga.presses("Отправить сейчас")
    heard = await resident.hears("Так теперь выглядит двор.")
    assert heard.text.startswith("❗ Важное сообщение")
    photos = [line for line in resident.driver.now() if "photo" in line.files]
    assert len(photos) == 2
    assert heard.buttons == []  # what is important cannot be refused


@FORUM[0]
@FORUM[1]
async def test_too_long_keeps_what_was_there(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.forgets()
    olga = olga_in(world)
    await olga.says("/mailing")
    await olga.presses("Всем жителям", "Новости", "Все дома")
    await olga.says("Начало.")
    told = await olga.says("я" * 3600)
    assert "Получилось 3608 знаков, а помещается 3500" in told
    assert "Есть: " in await olga.says("Конец.")
    await olga.presses("Дальше")
    assert olga.lines()[-2].text == "📰 Новости дома\nНачало.\nКонец."
    await olga.presses("Изменить", "Текст и фото")
    assert "Есть: 7 знаков" in await olga.says("Заново.")
    assert "Пришлите текст" in await olga.presses("Написать заново")
    await olga.says("Совсем заново.")
    await olga.presses("Дальше")
    assert olga.lines()[-2].text == "📰 Новости дома\nСовсем заново."
    assert len(await kept(world, Mailing)) == 1
    await resident.hears_nothing()


@FORUM[0]
@FORUM[1]
async def test_the_same_twice_is_one(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.forgets()
    olga = olga_in(world)
    await write(olga, "Субботник в воскресенье.")
    await olga.presses("Отправить сейчас")
    await resident.hears("Субботник в воскресенье.")
    preview = next(line for line in olga.lines() if "Отправить сейчас" in line.rows[0])
    await olga.user.presses(preview, "Отправить сейчас")
    assert "Это уже сделано" in await olga.reads()
    await olga.says("/mailing")
    await olga.presses("Новая рассылка", "Всем жителям", "Новости", "Все дома")
    await olga.says("Субботник в воскресенье.")
    await olga.presses("Дальше")
    assert "Такая же рассылка уже" in await olga.presses("Отправить сейчас")
    await resident.hears_nothing()
    assert len(await kept(world, Notice)) == 1


@FORUM[0]
@FORUM[1]
async def test_pause_go_on_and_stop(resident: Resident, world: World) -> None:
    """At night nothing leaves, so there is time to press."""
    await resident.settles_in()
    await resident.forgets()
    await world.waits(hours=12)  # from eleven in the morning
    olga = olga_in(world)
    preview = await write(olga, "Собрание в субботу.")
    assert "Сейчас тихие часы: уйдёт завтра в 08:00." in preview
    shown = await olga.presses("Отправить сейчас")
    assert "Осталось 1: тихие часы, пойдёт завтра в 08:00." in shown
    posts = len(olga.lines())
    assert "Рассылка на паузе" in await olga.presses("Пауза")
    await world.waits(hours=10)
    await resident.hears_nothing()
    assert "Рассылка идёт" in await olga.presses("Продолжить")
    await resident.hears("Собрание в субботу.")
    assert len(olga.lines()) == posts

    await world.waits(hours=14)
    await write(olga, "Другое собрание.", "Новая рассылка", "Всем жителям", "Новости", "Все дома")
    await olga.presses("Отправить сейчас")
    assert "Рассылка остановлена" in await olga.presses("Остановить")
    assert "Не отправлено 1: остановили или отказались." in await olga.reads()
    stopped = olga.lines()[-1]
    await world.waits(hours=10)
    await resident.hears_nothing()
    ident = (await kept(world, Mailing))[-1].id
    await forge(world, olga, f"staff/mailgo/{ident}")
    assert "продолжить её нельзя" in await olga.reads()
    assert [label for row in stopped.rows for label in row] == ["Дослать остальным"]
    assert "Получит 1 человек" in await olga.presses("Дослать остальным")
    await olga.presses("Отправить сейчас")
    await resident.hears("Другое собрание.")


async def forge(world: World, by: General, action: str) -> None:
    """A button that does not stand there any more."""
    assert world.tg is not None
    under = by.lines()[-1]
    press = Press(world.tg.number(), by.user, under, action)
    world.tg.presses[press.id] = press
    world.tg.updates.put(
        "callback_query",
        {
            "id": press.id, "from": by.user.wire(), "message": under.wire(),
            "chat_instance": "7", "data": action,
        },
        under.chat.id,
    )  # fmt: skip


@FORUM[0]
@FORUM[1]
async def test_scheduled(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.forgets()
    olga = olga_in(world)
    await write(olga, "Завтра моем окна в подъездах.")
    await olga.presses("Запланировать")
    assert "Это время уже прошло" in await olga.says("вчера в 10")
    assert "Не понял время" in await olga.says("как-нибудь потом")
    assert "Рассылка уйдёт завтра в 10:00." in await olga.says("завтра в 10")
    await olga.says("/mailing")
    assert "🕘 Завтра моем окна в подъездах." in str(olga.lines()[-1].rows)
    await resident.hears_nothing()
    await world.waits(hours=23)
    await resident.hears("Завтра моем окна в подъездах.")
    await world.waits(seconds=11)
    assert "Доставлено 1 из 1." in await olga.reads()


@FORUM[0]
@FORUM[1]
async def test_what_is_important_need_not_wait_for_the_morning(
    resident: Resident, world: World
) -> None:
    """Planned by day for the night; a trainee cannot decide that."""
    await resident.settles_in()
    await resident.forgets()
    olga = olga_in(world)
    await write(olga, "Перекроют двор.", "Всем жителям", "Важное", "Все дома")
    await olga.presses("Запланировать")
    assert "жителям уйдёт завтра в 08:00" in await olga.says("сегодня в 23:30")
    await learns(world, "olga", trainee=True)
    assert "вы стажёр" in await olga.presses("Не ждать утра")
    mailing = (await kept(world, Mailing))[-1]
    await forge(world, olga, f"staff/mailopen/{mailing.id}")
    assert "вы стажёр" in await olga.reads()
    await learns(world, "olga", trainee=False)
    assert "уйдёт и в тихие часы" in await olga.presses("Не ждать утра")
    assert "Не ждать утра" not in str(olga.lines()[-1].rows)
    await world.waits(hours=12, minutes=25)
    await resident.hears_nothing()
    await world.waits(minutes=10)
    await resident.hears("Перекроют двор.")


async def learns(world: World, code: str, *, trainee: bool) -> None:
    async with world.app.db.work() as work:
        members = await work.staff.desk_members()
        next(each for each in members if each.code == code).trainee = trainee


@FORUM[0]
@FORUM[1]
async def test_in_a_thread_nothing_is_typed(resident: Resident, world: World) -> None:
    """There every word goes to the resident."""
    await resident.settles_in()
    await resident.files()
    olga = olga_in(world)
    await write(olga, "Субботник в воскресенье.")
    there = await world.member("olga")
    topic = await there.finds("№1001")
    await there.says("/mailing", topic)
    await there.presses("📝 Субботник в воскресенье.", topic)
    for label in ("Изменить", "Запланировать"):
        await there.presses(label, topic)
        await there.sees(topic, "Здесь всё, что вы напишете, уходит жителю.")


@FORUM[0]
@FORUM[1]
async def test_nobody_to_tell_keeps_the_draft(resident: Resident, world: World) -> None:
    await resident.settles_in()
    olga = olga_in(world)
    preview = await write(olga, "Окна со скидкой.", "Всем жителям", "Предложение", "Все дома")
    assert "Получать некому" in preview
    assert "Не согласились на предложения: 1." in preview
    told = await olga.presses("Отправить сейчас")
    assert "Получать некому, поэтому ничего не отправил. Черновик остался" in told
    await olga.presses("Изменить", "Что это", "Новости", "Отправить сейчас")
    await resident.hears("Окна со скидкой.")


@FORUM[0]
@FORUM[1]
async def test_who_may_not(resident: Resident, world: World) -> None:
    anna = in_general(world)
    assert "Рассылки делают управляющие и администраторы" in await anna.says("/mailing")


# ── What residents want to be told ───────────────────────────────────────────


async def tell_news(world: World, text: str, kind: str = "news") -> None:
    """By the admin of the company file, to all houses."""
    async with world.app.db.work() as work:
        olga = next(each for each in await work.staff.desk_members() if each.code == "olga")
        viewer = AsMember(olga.id, "admin")
        places = tuple({"house_id": house.id} for house in await work.places.houses_of(viewer))
        room = (await work.rooms.every())[0]
        draft = MailingDraft(kind, text, (), Audience(places=places), {})  # type: ignore[arg-type]
        mailing = await work.mailings.keep(viewer, room, "desk", draft)
        await work.mailings.start(mailing, mailings.compose(mailing), olga.id)
        await mailings.post_progress(work, mailing)


async def test_no_more_news_and_back_again(resident: Resident, world: World) -> None:
    await resident.settles_in()
    other = world.resident("Сосед")
    await other.settles_in("sadovaya-5", "3", "Сосед")
    await resident.forgets()
    await tell_news(world, "Посадили ёлку.")
    await resident.hears("Посадили ёлку.")
    await resident.presses("Не присылать новости")
    told = await resident.hears("новости больше не присылаем")
    assert "Об авариях, отключениях и ваших заявках пишем всегда." in told.text
    assert told.buttons == ["Присылать новости"]
    await world.waits(hours=2)
    await tell_news(world, "Нарядили ёлку.")
    await other.hears("Нарядили ёлку.")
    await resident.hears_nothing()
    await tell_news(world, "Ёлка упала, обойдите двор.", "important")
    await resident.hears("Ёлка упала")
    await resident.presses("Настройки", "Какие сообщения присылать")
    page = await resident.hears("Новости дома: не присылаем")
    assert page.buttons == [
        "Присылать новости", "Не присылать напоминания", "Присылать предложения",
    ]  # fmt: skip
    await resident.says("присылать новости")
    await resident.hears("новости снова будут приходить")
    await tell_news(world, "Подняли ёлку.")
    await resident.hears("Подняли ёлку.")
    assert len(await world.audit("wants no news")) == 1


async def test_news_come_once_an_hour(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.forgets()
    await tell_news(world, "Первая новость.")
    await resident.hears("Первая новость.")
    await tell_news(world, "Вторая новость.")
    await resident.hears_nothing()
    await world.waits(minutes=61)
    await resident.hears("Вторая новость.")


async def test_news_are_kept_in_the_menu(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.presses("Новости")
    await resident.hears("За последние два месяца по вашим адресам новостей не было.")
    for number in range(1, 8):
        more = "Подробности. " * (20 if number == 1 else 1)
        await tell_news(world, f"Новость {number}.\n{more}Конец {number}.", "important")
        await world.waits(minutes=1)
    late = world.resident("Новая соседка")
    await late.settles_in("sosnovaya-1", "2", "Новая соседка")
    await late.says("новости")
    page = await late.hears("Новости по вашим адресам, 1–5 из 7:")
    assert "1. Сегодня в " in page.text
    assert page.text.index("Новость 7.") < page.text.index("Новость 3.")
    assert page.buttons == ["Раньше"]  # each stands there whole
    assert "Конец 7." in page.text
    await late.presses("Раньше")
    page = await late.hears("Новости по вашим адресам, 6–7 из 7:")
    assert page.buttons == ["7. Новость 1.", "Новее"]
    assert "Конец 1." not in page.text
    await late.presses("7. Новость 1.")
    whole = await late.hears("Конец 1.")
    assert whole.text.startswith("❗ Важное сообщение\nНовость 1.\nПодробности.")
    stranger = world.resident("Гость")
    await stranger.settles_in("sadovaya-5", "3", "Гость")
    await stranger.forges("news/mailing/999")
    await stranger.hears("Не нашли этого среди ваших заявок и адресов.")


async def test_news_by_the_clock_of_the_house(resident: Resident, world: World) -> None:
    await resident.settles_in()
    async with world.app.db.work() as work:
        await work.session.execute(update(House).values(timezone="Asia/Yekaterinburg"))
    await tell_news(world, "Новая площадка.", "important")  # at eleven in Moscow
    await resident.hears("Новая площадка.")
    await resident.presses("Новости")
    assert "1. Сегодня в 13:" in (await resident.hears("Новости по вашим адресам")).text


# ── Other ways ───────────────────────────────────────────────────────────────


@FORUM[0]
@FORUM[1]
@pytest.mark.also("vk")
async def test_a_photo_that_one_messenger_refuses(resident: Resident, world: World) -> None:
    """The words go without it, and the result says so."""
    assert world.vk is not None
    await resident.settles_in()
    other = world.resident("Сосед", "vk")
    await other.settles_in("sadovaya-5", "3", "Сосед")
    await resident.forgets()
    await other.forgets()
    world.vk.faults.next("photos.saveMessagesPhoto", kind="error", code=129, times=9)
    olga = in_private(world)
    await olga.user.starts()
    await olga.says("/mailing")
    await olga.presses("Всем жителям", "Новости", "Все дома", "Неважно какой")
    await olga.user.sends_photo(caption="Новая площадка.")
    assert "Telegram — 1, ВКонтакте — 1" in await olga.presses("Дальше")
    await olga.presses("Отправить сейчас")
    assert "photo" in (await resident.hears("Новая площадка.")).files
    bare = await other.hears("Новая площадка.")
    assert bare.files == []
    await world.waits(seconds=11)
    result = await olga.reads()
    assert "Доставлено 2 из 2." in result
    assert "Без фото, только слова: ВКонтакте — 1 (мессенджер не принял файл)." in result


@FORUM[0]
@FORUM[1]
@pytest.mark.also("vk")
async def test_only_those_who_have_a_messenger(resident: Resident, world: World) -> None:
    await resident.settles_in()
    other = world.resident("Сосед", "vk")
    await other.settles_in("sosnovaya-1", "3", "Сосед")
    await resident.forgets()
    await other.forgets()
    olga = olga_in(world)
    preview = await write(
        olga, "Ждём вас в группе.", "Всем жителям", "Новости", "Все дома", "ВКонтакте"
    )
    assert "Кому: всем жителям, все дома, у кого есть ВКонтакте." in preview
    await olga.presses("Отправить сейчас")
    await other.hears("Ждём вас в группе.")
    await resident.hears_nothing()


@pytest.mark.only("web")
@pytest.mark.rooms("desk")
async def test_at_the_desk(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await resident.forgets()
    olga = Desk(world, await world.desk("olga"))
    await olga.says("/mailing")
    await olga.presses("Старшим по дому", "❗ Важное", "ул. Садовая, 5", "Дальше", "Весь дом")
    await olga.says("Приглашаем старших на встречу.")
    shown = await olga.presses("Дальше")
    assert "Получать некому" in shown["text"]
    assert "Квартиры" not in shown["text"]
    await olga.presses("Изменить", "Кому", "Всем жителям")
    sample, preview = (await olga.reads())[-2:]
    assert (sample["header"], sample["text"]) == (
        "❗ Важное сообщение", "Приглашаем старших на встречу.",
    )  # fmt: skip
    assert "чат на сайте — 1" in preview["text"]
    await olga.presses("Отправить сейчас")
    await resident.hears("Приглашаем старших на встречу.")
    posts = len(await olga.reads())
    await world.waits(seconds=11)
    said = await olga.reads()
    assert "Рассылка закончена" in said[-1]["text"]
    assert len(said) == posts  # in place
    await olga.says("/mailing")
    line = (await olga.reads())[-1]
    assert "доставлено 1 из 1" in line["text"]


@FORUM[0]
@FORUM[1]
async def test_staff_are_written_to_as_well(resident: Resident, world: World) -> None:
    petr = in_private(world, "Пётр", 503)
    await petr.user.starts()
    olga = olga_in(world)
    preview = await write(olga, "Планёрка в девять.", "Сотрудникам", "Мастерам")
    assert "Кому: сотрудникам (мастерам)." in preview
    await olga.presses("Отправить сейчас")
    assert await petr.reads() == "❗ Важное сообщение\nПланёрка в девять."
