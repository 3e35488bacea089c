"""The stand-in of the Telegram Bot API, driven by the client the project uses."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.types import (
    BotCommand,
    BotCommandScopeChat,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    KeyboardButton,
    ReactionTypeEmoji,
    ReplyKeyboardMarkup,
    ReplyParameters,
)
from aiohttp import web

from tests.support.telegram import DELETED_TOPIC, PublishedLimits, TelegramStandIn, spec_path

HTML = ParseMode.HTML


@pytest.fixture
async def tg() -> AsyncIterator[TelegramStandIn]:
    async with TelegramStandIn(check_answers=True) as stand_in:
        yield stand_in
        assert stand_in.misshapen == []


@pytest.fixture
async def bot(tg: TelegramStandIn) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(tg.url))
    # Closed here, for the client's own close sleeps a quarter of a second first.
    async with await session.create_session():
        yield Bot(tg.token, session=session)


def keys(*rows: dict[str, str]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [InlineKeyboardButton(text=label, callback_data=data) for label, data in row.items()]
            for row in rows
        ]
    )


async def refused(doing: Awaitable[Any]) -> str:
    with pytest.raises(TelegramAPIError) as caught:
        await doing
    return caught.value.message


async def read(bot: Bot, offset: int = 0) -> list[Any]:
    return await bot.get_updates(offset=offset or None)


async def listen(bot: Bot, offset: int | None = None, timeout: int = 0) -> list[Any]:
    return await bot.get_updates(offset=offset, timeout=timeout)


async def raw(tg: TelegramStandIn, method: str, **body: Any) -> tuple[int, dict[str, Any]]:
    url = f"{tg.url}/bot{tg.token}/{method}"
    async with aiohttp.ClientSession() as session, session.post(url, **body) as answer:
        text = await answer.text()
        return answer.status, json.loads(text) if text.startswith("{") else {"page": text}


# Hearing.


async def test_a_start_is_heard_and_answered(tg: TelegramStandIn, bot: Bot) -> None:
    maria = tg.user("Мария", 100)
    assert "can't initiate" in await refused(bot.send_message(100, "Здравствуйте"))
    await maria.starts("dom5")
    [update] = await read(bot)
    assert update.message.text == "/start dom5"
    assert update.message.entities[0].type == "bot_command"
    assert update.message.from_user.id == 100
    sent = await bot.send_message(100, "<b>Здравствуйте</b> &lt;3 👋", parse_mode=HTML)
    assert sent.text == "Здравствуйте <3 👋"
    heard = await maria.next_message()
    assert heard.text == "Здравствуйте <3 👋"
    assert heard.entities == [{"type": "bold", "offset": 0, "length": 12}]
    assert tg.sent == [heard]
    assert tg.malformed == []
    with pytest.raises(TimeoutError):
        await maria.hears("ничего", timeout=0.05)
    await maria.silence(0.05)


async def test_an_update_stays_until_it_is_confirmed(tg: TelegramStandIn, bot: Bot) -> None:
    maria = tg.user()
    await maria.says("раз")
    await maria.says("два")
    first, second = await read(bot)
    assert second.update_id == first.update_id + 1
    assert [each.update_id for each in await read(bot)] == [first.update_id, second.update_id]
    assert [each.message.text for each in await read(bot, second.update_id)] == ["два"]
    assert await read(bot, second.update_id + 1) == []
    assert tg.updates.all[first.update_id].confirmed_at is not None
    assert len(tg.updates.all[first.update_id].handed_at) == 2
    await tg.redeliver(first.update_id, times=2)
    again = await read(bot, second.update_id + 1)
    assert [each.message.text for each in again] == ["раз", "раз"]


async def test_a_long_poll_ends_with_news_or_another_poller(tg: TelegramStandIn, bot: Bot) -> None:
    maria = tg.user()
    waiting = asyncio.create_task(listen(bot, timeout=10))
    await asyncio.sleep(0.05)
    await maria.says("тут?")
    assert [each.message.text for each in await waiting] == ["тут?"]
    offset = tg.updates.next_id
    older = asyncio.create_task(listen(bot, offset=offset, timeout=10))
    await asyncio.sleep(0.05)
    newer = asyncio.create_task(listen(bot, offset=offset, timeout=10))
    with pytest.raises(TelegramConflictError, match="only one bot instance"):
        await older
    newer.cancel()
    await asyncio.gather(newer, return_exceptions=True)
    await asyncio.sleep(0.05)
    # The one that hung up is forgotten, nobody is in conflict with it.
    again = asyncio.create_task(listen(bot, offset=offset, timeout=10))
    await asyncio.sleep(0.05)
    await maria.says("ау")
    assert [each.message.text for each in await again] == ["ау"]


async def test_only_asked_kinds_of_updates_come(tg: TelegramStandIn, bot: Bot) -> None:
    maria = tg.user(started=True)
    message = await bot.send_message(maria.id, "вопрос")
    await maria.reacts(tg.sent[-1], "👍")
    assert await read(bot) == []
    await bot.get_updates(allowed_updates=["message_reaction"])
    await maria.reacts(tg.sent[-1], "👍")
    await maria.says("мимо")
    [update] = await read(bot)
    assert update.message_reaction.message_id == message.message_id


async def test_the_webhook_is_tried_until_it_takes_in_order(tg: TelegramStandIn, bot: Bot) -> None:
    tg.updates.webhook_retry = 0.02
    taken: list[str] = []
    failures = [500, 500]

    async def hook(request: web.Request) -> web.Response:
        assert request.headers["X-Telegram-Bot-Api-Secret-Token"] == "s3cret"
        if failures:
            return web.Response(status=failures.pop())
        taken.append((await request.json())["message"]["text"])
        return web.Response()

    app = web.Application()
    app.router.add_post("/telegram", hook)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/telegram"
    try:
        await tg.user("до").says("0")
        await bot.set_webhook(url, secret_token="s3cret", drop_pending_updates=True)
        with pytest.raises(TelegramConflictError):
            await read(bot)
        maria = tg.user()
        for number in range(1, 6):
            await maria.says(str(number))
        await tg.wait(lambda: len(taken) == 5)
        assert taken == ["1", "2", "3", "4", "5"]
        info = await bot.get_webhook_info()
        assert info.url == url
        assert "500" in (info.last_error_message or "")
        assert await tg.redeliver(tg.updates.next_id - 1, times=3) == [200, 200, 200]
        assert taken[5:] == ["5", "5", "5"]
        await bot.delete_webhook()
        await maria.says("6")
        assert [each.message.text for each in await read(bot)] == ["6"]
    finally:
        await runner.cleanup()


async def test_an_album_is_several_updates(tg: TelegramStandIn, bot: Bot) -> None:
    maria = tg.user()
    await maria.sends_album([b"one", b"two", b"three"], "потоп")
    updates = [each.message for each in await read(bot)]
    assert len({each.media_group_id for each in updates}) == 1
    assert [each.caption for each in updates] == ["потоп", None, None]
    file = await bot.get_file(updates[1].photo[-1].file_id)
    assert file.file_path
    saved = await bot.download_file(file.file_path)
    assert saved is not None
    assert saved.read() == b"two"


async def test_everything_a_person_may_send(tg: TelegramStandIn, bot: Bot) -> None:
    maria = tg.user()
    await maria.sends_photo(b"p", "фото")
    said = await maria.sends_document(b"d", "акт.pdf")
    await maria.sends_voice()
    await maria.sends_video()
    await maria.sends_video_note()
    await maria.sends_sticker("👍")
    await maria.sends_location()
    await maria.shares_contact("+79991112233")
    await maria.says("ответ", reply_to=said)
    await maria.edits(said, "новая подпись")
    await maria.blocks()
    await maria.unblocks()
    updates = await read(bot)
    kinds = [each.message.content_type for each in updates if each.message]
    assert kinds == [
        *("photo", "document", "voice", "video", "video_note", "sticker", "location"),
        *("contact", "text"),
    ]
    assert updates[8].message.reply_to_message.document.file_name == "акт.pdf"
    assert updates[9].edited_message.caption == "новая подпись"
    assert updates[10].my_chat_member.new_chat_member.status == "kicked"
    assert updates[11].my_chat_member.new_chat_member.status == "member"


async def test_a_large_file_is_not_given(tg: TelegramStandIn, bot: Bot) -> None:
    await tg.user().sends_document(size=21 * 1024 * 1024)
    [update] = await read(bot)
    assert "file is too big" in await refused(bot.get_file(update.message.document.file_id))
    url = f"{tg.url}/file/bot{tg.token}/nowhere"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        assert answer.status == 404


# Presses.


async def test_a_press_waits_for_its_answer(tg: TelegramStandIn, bot: Bot) -> None:
    maria = tg.user(started=True)
    await bot.send_message(maria.id, "Помогло?", reply_markup=keys({"✅ Помогло": "faq/yes"}))
    message = await maria.next_message()
    assert message.rows == [["✅ Помогло"]]
    pressing = asyncio.create_task(maria.presses(message, "Помогло"))
    [update] = await listen(bot, timeout=5)
    query = update.callback_query
    assert query.data == "faq/yes"
    assert query.message.message_id == message.id
    assert await bot.answer_callback_query(query.id, "Спасибо", show_alert=True)
    press = await pressing
    assert (press.text, press.alert) == ("Спасибо", True)
    assert "query is too old" in await refused(bot.answer_callback_query(query.id))
    with pytest.raises(TimeoutError, match="spins for ever"):
        await maria.presses(message, "faq/yes", timeout=0.05)
    with pytest.raises(AssertionError, match="no button"):
        await maria.presses(message, "Не помогло")
    assert len(tg.timings.presses()) == 1


async def test_a_press_grows_old(tg: TelegramStandIn, bot: Bot) -> None:
    tg.press_lifetime = 0.02
    maria = tg.user(started=True)
    await bot.send_message(maria.id, "?", reply_markup=keys({"Да": "y"}))
    press = tg.press(maria, tg.sent[-1], "Да")
    await asyncio.sleep(0.05)
    assert "query is too old" in await refused(bot.answer_callback_query(press.id))


async def test_the_standing_keyboard_speaks(tg: TelegramStandIn, bot: Bot) -> None:
    maria = tg.user(started=True)
    menu = ReplyKeyboardMarkup(
        keyboard=[
            [KeyboardButton(text="📝 Новая заявка")],
            [KeyboardButton(text="Мой номер", request_contact=True)],
        ]
    )
    sent = await bot.send_message(maria.id, "Меню", reply_markup=menu)
    assert sent.reply_markup is None
    assert maria.standing_labels() == ["📝 Новая заявка", "Мой номер"]
    await maria.presses_standing("Новая заявка")
    await maria.presses_standing("Мой номер")
    said, shared = await read(bot)
    assert said.message.text == "📝 Новая заявка"
    assert shared.message.contact.user_id == maria.id
    assert "can't be edited" in await refused(
        bot.edit_message_text("Иначе", chat_id=maria.id, message_id=sent.message_id)
    )


# Sending.


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("вода < 10", 'Unsupported start tag ""'),
        ("<b>жирно", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<h1>нет</h1>", 'Unsupported start tag "h1" at byte offset 0'),
        ("я <b", "Unclosed start tag at byte offset 3"),
        ("</i>", "Unexpected end tag"),
        ("<b><i>x</b></i>", 'expected "</i>", found "</b>"'),
        ("<b> </b>", "message text is empty"),
        ("я" * 4097, "message is too long"),
        ("😀" * 2049, "message is too long"),
    ],
)
async def test_text_that_is_refused(
    tg: TelegramStandIn, bot: Bot, text: str, complaint: str
) -> None:
    maria = tg.user(started=True)
    assert complaint in await refused(bot.send_message(maria.id, text, parse_mode=HTML))
    assert tg.sent == []


async def test_text_that_just_fits(tg: TelegramStandIn, bot: Bot) -> None:
    maria = tg.user(started=True)
    await bot.send_message(maria.id, "<b>" + "😀" * 2048 + "</b>", parse_mode=HTML)
    await bot.send_message(
        maria.id, 'a & b <a href="https://e.ru/?a=1&amp;b=2">тут</a> &copy;', parse_mode=HTML
    )
    link = tg.sent[-1]
    assert link.text == "a & b тут &copy;"
    assert link.entities == [
        {"type": "text_link", "url": "https://e.ru/?a=1&b=2", "offset": 6, "length": 3}
    ]
    await bot.send_message(maria.id, "a < b")
    assert tg.sent[-1].text == "a < b"


async def test_keyboards_that_are_refused(tg: TelegramStandIn, bot: Bot) -> None:
    maria = tg.user(started=True)

    async def send(markup: InlineKeyboardMarkup) -> Any:
        return await bot.send_message(maria.id, "?", reply_markup=markup)

    assert "BUTTON_DATA_INVALID" in await refused(send(keys({"Да": "я" * 33})))
    too_many = keys(*({f"{row}{column}": "x" for column in range(8)} for row in range(13)))
    assert "reply markup is too long" in await refused(send(too_many))
    idle = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="?")]])
    assert "text buttons are unallowed" in await refused(send(idle))
    await send(keys(*({f"{row}{column}": "x" for column in range(8)} for row in range(12))))


async def test_files_go_up_and_are_sent_again_by_id(tg: TelegramStandIn, bot: Bot) -> None:
    maria = tg.user(started=True)
    photo = BufferedInputFile(b"jpeg", "p.jpg")
    sent = await bot.send_photo(maria.id, photo, caption="<i>вид</i>", parse_mode=HTML)
    assert sent.photo is not None
    assert tg.sent[-1].media is not None
    assert tg.sent[-1].media.data == b"jpeg"
    assert tg.sent[-1].text == "вид"
    again = await bot.send_photo(maria.id, sent.photo[-1].file_id)
    assert again.photo == sent.photo
    assert "can't use file of type Photo as Document" in await refused(
        bot.send_document(maria.id, sent.photo[-1].file_id)
    )
    assert "wrong file identifier" in await refused(bot.send_photo(maria.id, "nonsense"))
    assert "caption is too long" in await refused(
        bot.send_photo(maria.id, photo, caption="я" * 1025)
    )
    await bot.send_document(maria.id, BufferedInputFile(b"%PDF", "счёт.pdf"))
    assert tg.sent[-1].media.name == "счёт.pdf"
    await bot.send_voice(maria.id, BufferedInputFile(b"Ogg", "v.ogg"))
    await bot.send_audio(maria.id, BufferedInputFile(b"mp3", "a.mp3"))
    await bot.send_video(maria.id, BufferedInputFile(b"mp4", "v.mp4"))
    await bot.send_video_note(maria.id, BufferedInputFile(b"mp4", "n.mp4"))
    await bot.send_sticker(maria.id, BufferedInputFile(b"webp", "s.webp"))
    await bot.send_location(maria.id, 55.7, 37.6)
    await bot.send_contact(maria.id, "+7495", "Диспетчер")
    assert tg.malformed == []


async def test_albums_go_out_whole(tg: TelegramStandIn, bot: Bot) -> None:
    maria = tg.user(started=True)
    album: list[Any] = [
        InputMediaPhoto(
            media=BufferedInputFile(b"1", "1.jpg"), caption="<b>два</b>", parse_mode=HTML
        ),
        InputMediaPhoto(media=BufferedInputFile(b"2", "2.jpg")),
    ]
    sent = await bot.send_media_group(maria.id, album)
    assert len({each.media_group_id for each in sent}) == 1
    assert [each.text for each in tg.sent] == ["два", ""]
    assert tg.malformed == []
    assert "too few" in await refused(bot.send_media_group(maria.id, album[:1]))
    mixed = [album[0], InputMediaDocument(media=BufferedInputFile(b"3", "3.pdf"))]
    assert "can't use the media" in await refused(bot.send_media_group(maria.id, mixed))


async def test_replies_and_copies(tg: TelegramStandIn, bot: Bot) -> None:
    maria = tg.user()
    said = await maria.sends_photo(b"p", "подпись")
    sent = await bot.send_message(
        maria.id, "да", reply_parameters=ReplyParameters(message_id=said.id, quote="под")
    )
    assert sent.reply_to_message is not None
    assert sent.quote is not None
    lost = ReplyParameters(message_id=9999)
    assert "message to be replied not found" in await refused(
        bot.send_message(maria.id, "?", reply_parameters=lost)
    )
    lost = ReplyParameters(message_id=9999, allow_sending_without_reply=True)
    await bot.send_message(maria.id, "всё равно", reply_parameters=lost)
    other = tg.user("Пётр", started=True)
    copied = await bot.copy_message(other.id, maria.id, said.id)
    assert copied.message_id == other.chat.last().id
    assert other.chat.last().media is said.media
    forwarded = await bot.forward_message(other.id, maria.id, said.id)
    assert forwarded.forward_origin is not None
    assert "message to copy not found" in await refused(bot.copy_message(other.id, maria.id, 999))


async def test_edits(tg: TelegramStandIn, bot: Bot) -> None:
    maria = tg.user(started=True)
    sent = await bot.send_message(maria.id, "один", reply_markup=keys({"Да": "y"}))
    at: dict[str, Any] = {"chat_id": maria.id, "message_id": sent.message_id}
    message = tg.sent[0]
    same = bot.edit_message_text("один", reply_markup=keys({"Да": "y"}), **at)
    assert "message is not modified" in await refused(same)
    becoming = asyncio.create_task(message.becomes("два"))
    edited = await bot.edit_message_text("два", **at)
    await becoming
    assert not isinstance(edited, bool)
    assert edited.edit_date
    assert message.inline == []
    assert message.edited[0].text == "один"
    await bot.edit_message_reply_markup(**at, reply_markup=keys({"Нет": "n"}))
    assert message.buttons == ["Нет"]
    assert "no caption" in await refused(bot.edit_message_caption(caption="?", **at))
    assert "message to edit not found" in await refused(
        bot.edit_message_text("?", chat_id=maria.id, message_id=999)
    )
    theirs = await maria.says("моё")
    assert "can't be edited" in await refused(
        bot.edit_message_text("?", chat_id=maria.id, message_id=theirs.id)
    )
    await bot.send_photo(maria.id, BufferedInputFile(b"1", "1.jpg"))
    photo = tg.sent[-1]
    await bot.edit_message_caption(chat_id=maria.id, message_id=photo.id, caption="вид")
    new = InputMediaPhoto(media=BufferedInputFile(b"2", "2.jpg"), caption="другой")
    await bot.edit_message_media(new, chat_id=maria.id, message_id=photo.id)
    assert photo.media is not None
    assert photo.media.data == b"2"
    await bot.set_message_reaction(maria.id, theirs.id, [ReactionTypeEmoji(emoji="👍")])
    assert theirs.reactions == ["👍"]
    assert await bot.delete_message(maria.id, photo.id)
    assert photo.deleted
    assert "message to delete not found" in await refused(bot.delete_message(maria.id, photo.id))


async def test_who_cannot_be_written_to(tg: TelegramStandIn, bot: Bot) -> None:
    blocker, gone, stranger = tg.user(), tg.user(), tg.user()
    await blocker.starts()
    await gone.starts()
    await blocker.blocks()
    await gone.deactivates()
    for user, reason in (
        (blocker, "bot was blocked by the user"),
        (gone, "user is deactivated"),
        (stranger, "bot can't initiate conversation with a user"),
    ):
        with pytest.raises(TelegramForbiddenError, match=reason):
            await bot.send_message(user.id, "?")
    assert "chat not found" in await refused(bot.send_message(31337, "?"))


# Groups.


async def test_a_forum(tg: TelegramStandIn, bot: Bot) -> None:
    group = tg.forum("Диспетчерская", -1001234567890)
    olga = group.add(tg.user("Ольга"), admin=True)
    made = await bot.create_forum_topic(group.id, "№ 1 · Протечка")
    topic = group.topics[made.message_thread_id]
    sent = await bot.send_message(group.id, "Карточка", message_thread_id=topic.id)
    assert sent.is_topic_message
    assert sent.message_thread_id == topic.id
    # Telegram gives the topic's beginning as what is replied to where nothing is.
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.forum_topic_created is not None
    await olga.says("Едем", topic=topic)
    await olga.says("В общий", chat=group)
    await group.close_topic(topic.id, by=olga)
    updates = [each.message for each in await read(bot)]
    # The bot is told of its own service messages too.
    assert updates[0].forum_topic_created.name == "№ 1 · Протечка"
    assert updates[0].from_user.id == bot.id
    assert updates[1].text == "Едем"
    assert updates[1].message_thread_id == topic.id
    assert updates[1].reply_to_message.forum_topic_created
    assert updates[2].message_thread_id is None
    assert updates[2].is_topic_message is None
    assert updates[3].forum_topic_closed is not None
    assert (await topic.next_message()).text == "Карточка"

    await bot.reopen_forum_topic(group.id, topic.id)
    await bot.edit_forum_topic(group.id, topic.id, name="№ 1 · Закрыта")
    assert topic.names == ["№ 1 · Протечка", "№ 1 · Закрыта"]
    same = bot.edit_forum_topic(group.id, topic.id, name="№ 1 · Закрыта")
    assert "TOPIC_NOT_MODIFIED" in await refused(same)
    await bot.close_forum_topic(group.id, topic.id)
    await bot.send_message(group.id, "админу можно", message_thread_id=topic.id)
    group.closed_refuses = True
    assert "TOPIC_CLOSED" in await refused(
        bot.send_message(group.id, "?", message_thread_id=topic.id)
    )
    await bot.send_message(group.id, "В общую тему")
    assert (await group.general.hears("общую")).thread_id is None
    assert "message thread not found" in await refused(
        bot.send_message(group.id, "?", message_thread_id=1)
    )
    await bot.pin_chat_message(group.id, sent.message_id)
    assert topic.messages[1].pinned
    assert tg.malformed == []


@pytest.mark.parametrize("spelling", DELETED_TOPIC)
async def test_a_deleted_topic(tg: TelegramStandIn, bot: Bot, spelling: str) -> None:
    tg.deleted_topic = spelling
    group = tg.forum()
    made = await bot.create_forum_topic(group.id, "Тема")
    sent = await bot.send_message(group.id, "?", message_thread_id=made.message_thread_id)
    before = len(tg.updates.all)
    group.delete_topic(made.message_thread_id)
    assert len(tg.updates.all) == before
    assert spelling in await refused(
        bot.send_message(group.id, "?", message_thread_id=made.message_thread_id)
    )
    assert "message to edit not found" in await refused(
        bot.edit_message_text("!", chat_id=group.id, message_id=sent.message_id)
    )
    assert "TOPIC_" in await refused(bot.close_forum_topic(group.id, made.message_thread_id))


async def test_what_a_group_may_refuse(tg: TelegramStandIn, bot: Bot) -> None:
    plain = tg.group("Чат")
    assert "the chat is not a forum" in await refused(bot.create_forum_topic(plain.id, "Тема"))
    forum = tg.forum()
    await forum.demote_bot()
    assert "not enough rights to create a topic" in await refused(
        bot.create_forum_topic(forum.id, "Тема")
    )
    await forum.kick_bot()
    with pytest.raises(TelegramForbiddenError, match="kicked from the supergroup chat"):
        await bot.send_message(forum.id, "?")
    statuses = [each.my_chat_member.new_chat_member.status for each in await read(bot)]
    assert statuses == ["member", "kicked"]


async def test_a_group_moves(tg: TelegramStandIn, bot: Bot) -> None:
    old = tg.group("Чат", kind="group")
    olga = old.add(tg.user("Ольга"))
    new = await old.migrate(by=olga)
    with pytest.raises(TelegramMigrateToChat) as caught:
        await bot.send_message(old.id, "?")
    assert caught.value.migrate_to_chat_id == new.id
    left, came = await read(bot)
    assert left.message.migrate_to_chat_id == new.id
    assert came.message.migrate_from_chat_id == old.id
    await olga.says("тут", chat=new)
    await bot.send_message(new.id, "и я")


async def test_a_forum_may_move_with_its_topics(tg: TelegramStandIn, bot: Bot) -> None:
    old = tg.forum()
    olga = old.add(tg.user("Ольга"))
    made = await bot.create_forum_topic(old.id, "Тема")
    new = await old.migrate(keep_topics=True)
    sent = await bot.send_message(new.id, "?", message_thread_id=made.message_thread_id)
    assert sent.is_topic_message
    assert sent.chat.id == new.id
    await olga.says("!", topic=new.topics[made.message_thread_id])
    assert (await read(bot))[-1].message.chat.id == new.id


async def test_anonymous_admins_and_privacy(tg: TelegramStandIn, bot: Bot) -> None:
    group = tg.group("Чат", bot="member")
    boss = group.add(tg.user("Шеф"), anonymous=True)
    olga = group.add(tg.user("Ольга"))
    sent = await bot.send_message(group.id, "вопрос")
    await olga.says("болтовня", chat=group)
    await olga.says("ответ", chat=group, reply_to=tg.sent[-1])
    await boss.says("/status", chat=group)
    answer, command = [each.message for each in await read(bot)]
    assert answer.text == "ответ"
    # A thread of replies in a plain supergroup has an id and is no topic.
    assert answer.message_thread_id == sent.message_id
    assert not answer.is_topic_message
    assert command.from_user.id == 1087968824
    assert command.sender_chat.id == group.id
    me = await bot.me()
    assert me.can_read_all_group_messages is False
    assert (await bot.get_chat_member(group.id, bot.id)).status == "member"
    assert (await bot.get_chat_member(group.id, boss.id)).status == "administrator"
    assert (await bot.get_chat_member(group.id, tg.user().id)).status == "left"
    assert [each.user.id for each in await bot.get_chat_administrators(group.id)] == [boss.id]
    assert await bot.get_chat_member_count(group.id) == 3
    assert (await bot.get_chat(group.id)).title == "Чат"


async def test_the_account_of_the_bot(tg: TelegramStandIn, bot: Bot) -> None:
    maria = tg.user(started=True)
    scope = BotCommandScopeChat(chat_id=maria.id)
    commands = [BotCommand(command="start", description="Начать")]
    await bot.set_my_commands(commands, scope=scope)
    [command] = await bot.get_my_commands(scope=scope)
    assert command.description == "Начать"
    assert await bot.get_my_commands() == []
    await bot.delete_my_commands(scope=scope)
    wrong = [BotCommand(command="Заявка", description="?")]
    assert "BOT_COMMAND_INVALID" in await refused(bot.set_my_commands(wrong))
    await bot.set_my_description("Бот дома")
    await bot.set_my_short_description("Бот")
    await bot.set_chat_menu_button()
    await bot.send_chat_action(maria.id, "typing")
    assert tg.actions == [(maria.id, None, "typing")]
    assert (await bot.get_user_profile_photos(maria.id)).total_count == 0
    group = tg.group()
    await bot.leave_chat(group.id)
    assert group.bot.status == "left"


# The wire.


async def test_bodies_of_every_sort(tg: TelegramStandIn) -> None:
    maria = tg.user(started=True)
    markup = {"inline_keyboard": [[{"text": "Да", "callback_data": "y"}]]}
    as_json = {"chat_id": maria.id, "text": "json", "reply_markup": markup}
    as_form = {"chat_id": str(maria.id), "text": "form", "reply_markup": json.dumps(markup)}
    status, body = await raw(tg, "sendmessage", json=as_json)
    assert (status, body["ok"]) == (200, True)
    assert (await raw(tg, "sendMessage", data=as_form))[0] == 200
    assert (await raw(tg, "sendMessage", params={"chat_id": maria.id, "text": "query"}))[0] == 200
    assert [each.text for each in tg.sent] == ["json", "form", "query"]
    status, body = await raw(tg, "sendNonsense")
    assert (status, body["error_code"], body["description"]) == (404, 404, "Not Found")
    assert tg.malformed
    assert tg.misshapen == []


@pytest.mark.skipif(spec_path() is None, reason="no published description of the API here")
@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ({"chat_id": 1, "txet": "?", "text": "?"}, "txet: unknown field"),
        ({"chat_id": 1}, "text: missing"),
        ({"chat_id": 1, "text": 5}, "text: not a string"),
        ({"chat_id": 1, "text": "?", "reply_markup": {"inline_keyboard": [[{}]]}}, "missing in"),
        (
            {"chat_id": 1, "text": "?", "reply_parameters": {"message_id": "x"}},
            "not an integer",
        ),
    ],
)
async def test_malformed_calls_are_kept(
    tg: TelegramStandIn, body: dict[str, Any], complaint: str
) -> None:
    status, answer = await raw(tg, "sendMessage", json=body)
    assert status == 400
    assert complaint in answer["description"]
    assert complaint in tg.malformed[0]


async def test_an_upload_over_fifty_megabytes(tg: TelegramStandIn, bot: Bot) -> None:
    maria = tg.user(started=True)
    with pytest.raises(TelegramEntityTooLarge):
        await bot.send_document(maria.id, BufferedInputFile(bytes(51 * 1024 * 1024), "big.bin"))
    assert tg.sent == []


async def test_a_wrong_token(tg: TelegramStandIn) -> None:
    tg.token = "42:OTHER"
    session = AiohttpSession(api=TelegramAPIServer.from_base(tg.url))
    async with await session.create_session():
        with pytest.raises(TelegramUnauthorizedError):
            await Bot("42:TEST", session=session).get_me()


# Limits.


async def test_a_person_takes_one_message_a_second(bot: Bot, tg: TelegramStandIn) -> None:
    tg.flood.limits = PublishedLimits(chat_burst=2).scaled(5)
    maria = tg.user(started=True)
    await bot.send_message(maria.id, "1")
    await bot.send_message(maria.id, "2")
    with pytest.raises(TelegramRetryAfter) as caught:
        await bot.send_message(maria.id, "3")
    assert caught.value.retry_after == 1
    assert tg.stats.too_many == 1
    assert tg.stats.flooded[maria.id] == 1
    await bot.send_message(tg.user(started=True).id, "другому можно")
    await asyncio.sleep(0.25)
    await bot.send_message(maria.id, "3")


async def test_a_group_takes_twenty_a_minute_in_all(bot: Bot, tg: TelegramStandIn) -> None:
    tg.flood.limits = PublishedLimits(overall_rate=1000, overall_burst=1000)
    group = tg.forum()
    made = await bot.create_forum_topic(group.id, "Тема")
    for number in range(9):
        sent = await bot.send_message(
            group.id, str(number), message_thread_id=made.message_thread_id
        )
        at: dict[str, Any] = {"chat_id": group.id, "message_id": sent.message_id}
        await bot.edit_message_text(f"{number}!", **at)
    album: list[Any] = [InputMediaPhoto(media=BufferedInputFile(b"1", "1.jpg")) for _ in range(2)]
    with pytest.raises(TelegramRetryAfter) as caught:
        await bot.send_media_group(group.id, album)
    assert 50 <= caught.value.retry_after <= 60
    await bot.send_message(group.id, "двадцатое")
    with pytest.raises(TelegramRetryAfter):
        await bot.send_message(group.id, "лишнее")
    assert await bot.delete_message(group.id, sent.message_id)


async def test_thirty_a_second_over_all(bot: Bot, tg: TelegramStandIn) -> None:
    tg.flood.limits = PublishedLimits(overall_rate=1)
    people = [tg.user(started=True) for _ in range(31)]
    for each in people[:30]:
        await bot.send_message(each.id, "рассылка")
    with pytest.raises(TelegramRetryAfter):
        await bot.send_message(people[30].id, "рассылка")


# Faults.


async def test_faults_on_order(tg: TelegramStandIn, bot: Bot) -> None:
    maria, petr = tg.user(started=True), tg.user(started=True)
    tg.faults.next("sendMessage", kind="429", retry_after=7, chat=maria.id)
    await bot.send_message(petr.id, "мимо")
    with pytest.raises(TelegramRetryAfter) as caught:
        await bot.send_message(maria.id, "?")
    assert caught.value.retry_after == 7
    await bot.send_message(maria.id, "теперь да")

    tg.faults.next(kind="502")
    status, body = await raw(tg, "getMe")
    assert status == 502
    assert body["page"].startswith("<html>")

    tg.faults.next(kind="error", code=400, description="Bad Request: TOPIC_CLOSED")
    assert "TOPIC_CLOSED" in await refused(bot.send_message(maria.id, "?"))

    flood = tg.faults.flood(60, chat=petr.id)
    with pytest.raises(TelegramRetryAfter):
        await bot.send_message(petr.id, "?")
    flood.cancel()
    await bot.send_message(petr.id, "!")

    tg.faults.revoke_token()
    with pytest.raises(TelegramUnauthorizedError):
        await bot.get_updates()
    tg.faults.restore_token()
    await bot.get_updates()


@pytest.mark.parametrize(
    ("kind", "accepted"),
    [("hang", False), ("hang_accepted", True), ("reset", False), ("reset_accepted", True)],
)
async def test_answers_that_never_come(
    tg: TelegramStandIn, bot: Bot, kind: Any, accepted: bool
) -> None:
    maria = tg.user(started=True)
    tg.faults.next("sendMessage", kind=kind)
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(maria.id, "дошло?", request_timeout=1)
    assert [each.text for each in tg.sent] == (["дошло?"] if accepted else [])
    assert tg.calls[-1].accepted is accepted
    await bot.send_message(maria.id, "дальше")
    assert tg.sent[-1].text == "дальше"


async def test_slow_answers_and_chance(tg: TelegramStandIn, bot: Bot) -> None:
    maria = tg.user(started=True)
    tg.faults.next(kind="slow", delay=0.2)
    begin = time.monotonic()
    await bot.send_message(maria.id, "не спеша")
    assert time.monotonic() - begin >= 0.2
    fault = tg.faults.at_random("500", 0.5, seed=7)
    results = [(await raw(tg, "getMe"))[0] for _ in range(20)]
    assert set(results) == {200, 500}
    assert results.count(500) == fault.fired


async def test_out_of_reach_and_back(tg: TelegramStandIn, bot: Bot) -> None:
    maria = tg.user(started=True)
    await bot.send_message(maria.id, "раз")
    waiting = asyncio.create_task(listen(bot, timeout=20))
    await asyncio.sleep(0.05)
    await tg.stop()
    await asyncio.gather(waiting, return_exceptions=True)
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(maria.id, "два")
    await maria.says("ау")
    await tg.start()
    assert [each.message.text for each in await read(bot)] == ["ау"]
    await bot.send_message(maria.id, "три")
    assert [each.text for each in tg.sent] == ["раз", "три"]


async def test_moments_are_kept(tg: TelegramStandIn, bot: Bot) -> None:
    tg.delay = 0.05
    maria = tg.user()
    await maria.says("?")
    await read(bot)
    await bot.send_message(maria.id, "!")
    [delay] = tg.timings.replies()
    assert 0.02 < delay < 2


# From another process.


async def test_the_control_pages(tg: TelegramStandIn, bot: Bot) -> None:
    async with aiohttp.ClientSession() as session:

        async def control(action: str, **body: Any) -> Any:
            async with session.post(f"{tg.url}/control/{action}", json=body) as answer:
                return await answer.json()

        await control("say", user=500, name="Мария", text="/start")
        await bot.send_message(500, "?", reply_markup=keys({"Да": "y"}))
        [_, question] = await control("messages", chat=500)
        assert question["rows"] == [["Да"]]
        press = await control(
            "press", user=500, message_id=question["message_id"], button="Да", wait=0
        )
        await bot.answer_callback_query(press["id"])
        room = await control("forum", title="Комната")
        made = await bot.create_forum_topic(room["id"], "Тема")
        await control("say", user=600, text="Едем", group=room["id"], topic=made.message_thread_id)
        topics = await control("topics", group=room["id"])
        assert [each["name"] for each in topics] == ["Тема"]
        stats = await control("stats")
        assert stats["accepted"]["sendMessage"] == 1
        assert stats["malformed"] == []
        assert "error" in await control("press", user=500, message_id=999, button="Да")
        assert [each["kind"] for each in await control("updates")].count("message") == 3
        assert len(await control("calls")) == 3
        await control("fault", method="sendMessage", kind="500")
        # A page instead of JSON: the client has a word of its own for that.
        with pytest.raises(ClientDecodeError):
            await bot.send_message(500, "?")
