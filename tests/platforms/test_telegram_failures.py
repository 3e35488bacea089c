"""Each way Telegram fails becomes one of the port's; what can be said otherwise is."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from bot.platforms.telegram.channel import Access
from services.messaging.port import (
    Ambiguous,
    Blocked,
    Gone,
    Moved,
    NoTopics,
    NotSent,
    Rejected,
    SendFailed,
    Throttled,
    Unavailable,
)
from services.messaging.types import Address, Attachment, Button, Keyboard, Outbound
from tests.platforms.telegram_driver import SECRET, TelegramDriver, TelegramWebhookDriver
from tests.support.telegram import DELETED_TOPIC, Group

HELLO = Outbound(text="Здравствуйте")
JPEG = b"\xff\xd8\xff\xe0 a photo"


def at(group: Group, topic: int | None = None) -> Address:
    return Address(channel="telegram", chat=str(group.id), topic=str(topic) if topic else None)


# ── What a refusal means ─────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("code", "description", "meaning"),
    [
        (403, "Forbidden: bot was blocked by the user", Blocked),
        (403, "Forbidden: user is deactivated", Blocked),
        (403, "Forbidden: bot can't initiate conversation with a user", Blocked),
        (403, "Forbidden: bot was kicked from the supergroup chat", Blocked),
        (400, "Bad Request: chat not found", Blocked),
        (400, "Bad Request: PEER_ID_INVALID", Blocked),
        (400, "Bad Request: message thread not found", Gone),
        (400, "Bad Request: TOPIC_DELETED", Gone),
        (400, "Bad Request: TOPIC_ID_INVALID", Gone),
        (400, "Bad Request: the chat is not a forum", NoTopics),
        (400, "Bad Request: not enough rights to create a topic", NoTopics),
        (400, "Bad Request: not enough rights to send text messages to the chat", Rejected),
        (400, "Bad Request: message is too long", Rejected),
        (400, "Bad Request: BUTTON_DATA_INVALID", Rejected),
        (400, "Bad Request: something nobody has seen", Rejected),
        (401, "Unauthorized", NotSent),
        (404, "Not Found", Rejected),
        (409, "Conflict: terminated by other getUpdates request", NotSent),
        (413, "Request Entity Too Large", Rejected),
        (500, "Internal Server Error", Ambiguous),
        (502, "Bad Gateway: restart", Ambiguous),
        (418, "I'm a teapot", Rejected),
    ],
)
async def test_a_refusal(
    telegram: TelegramDriver, code: int, description: str, meaning: type[SendFailed]
) -> None:
    maria = await telegram.person()
    telegram.tg.faults.next("sendMessage", kind="error", code=code, description=description)
    with pytest.raises(meaning) as caught:
        await telegram.send(maria, HELLO)
    assert type(caught.value) is meaning
    await telegram.send(maria, HELLO)  # and the next one goes
    assert len(await maria.sees()) == 1


async def test_too_fast(telegram: TelegramDriver) -> None:
    maria = await telegram.person()
    telegram.tg.faults.next("sendMessage", kind="429", retry_after=7)
    with pytest.raises(Throttled) as caught:
        await telegram.send(maria, HELLO)
    assert (caught.value.delay, caught.value.everywhere) == (7, False)


@pytest.mark.parametrize(
    "fault", ["500", "502", "hang", "hang_accepted", "reset", "reset_accepted"]
)
async def test_an_answer_that_does_not_come(telegram: TelegramDriver, fault: Any) -> None:
    maria = await telegram.person()
    telegram.tg.faults.next("sendMessage", kind=fault)
    with pytest.raises(Ambiguous):
        await telegram.send(maria, HELLO)
    assert len(await maria.sees()) == ("accepted" in fault)


async def test_nobody_there(telegram: TelegramDriver) -> None:
    maria = await telegram.person()
    await telegram.tg.stop()
    with pytest.raises(NotSent):
        await telegram.send(maria, HELLO)
    await telegram.tg.start()
    await telegram.send(maria, HELLO)


async def test_a_door_that_does_not_open(
    telegram: TelegramDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host that swallows the first packet: surely not sent, although it is a timeout."""
    from aiohttp import TCPConnector

    async def never(*_: Any, **__: Any) -> Any:
        await asyncio.sleep(3600)

    maria = await telegram.person()
    monkeypatch.setattr(TCPConnector, "_create_direct_connection", never)
    channel = telegram.make(Access(token=telegram.tg.token, api_url=telegram.tg.url, patience=0.2))
    with pytest.raises(NotSent):
        await channel.send(maria.address, HELLO, 1)
    await channel.close()


async def test_a_proxy_that_is_not_there(telegram: TelegramDriver) -> None:
    maria = await telegram.person()
    for proxy in ("socks5://127.0.0.1:9", "http://127.0.0.1:9"):
        channel = telegram.make(
            Access(token=telegram.tg.token, api_url=telegram.tg.url, proxy=proxy, patience=2)
        )
        with pytest.raises(NotSent):
            await channel.send(maria.address, HELLO, 1)
        with pytest.raises(Unavailable, match="TELEGRAM_PROXY"):
            await channel.run(telegram.hear, lambda: None)
        await channel.close()


async def test_the_whole_person_is_gone(telegram: TelegramDriver) -> None:
    maria = await telegram.person()
    await maria.user.deactivates()  # type: ignore[attr-defined]
    with pytest.raises(Blocked, match="deactivated"):
        await telegram.send(maria, HELLO)


# ── Groups and topics ────────────────────────────────────────────────────────


@pytest.mark.parametrize("spelling", DELETED_TOPIC)
async def test_a_deleted_topic(telegram: TelegramDriver, spelling: str) -> None:
    telegram.tg.deleted_topic = spelling
    room = telegram.tg.forum()
    topic = await telegram.channel.open_topic(
        str(room.id), "№1001 Протечка · ул. Садовая, 5, кв. 7"
    )
    await telegram.send(at(room, int(topic)), HELLO)
    room.delete_topic(int(topic))
    with pytest.raises(Gone):
        await telegram.send(at(room, int(topic)), HELLO)


async def test_a_closed_topic_is_opened_for_what_comes(telegram: TelegramDriver) -> None:
    room = telegram.tg.forum()
    topic = room.topics[int(await telegram.channel.open_topic(str(room.id), "Тема"))]
    room.closed_refuses = True
    await room.close_topic(topic.id, by=room.add(telegram.tg.user("Олег"), admin=True))
    await telegram.send(at(room, topic.id), HELLO)
    assert not topic.closed
    assert [message.text for message in topic.heard()] == ["Здравствуйте"]


async def test_a_closed_topic_we_may_not_open_is_as_good_as_gone(telegram: TelegramDriver) -> None:
    room = telegram.tg.forum()
    oleg = room.add(telegram.tg.user("Олег"), admin=True)
    topic = await room.open_topic("Тема", by=oleg)
    await room.close_topic(topic.id, by=oleg)
    room.bot.rights.clear()
    with pytest.raises(Gone):
        await telegram.send(at(room, topic.id), HELLO)


async def test_a_long_title_is_cut(telegram: TelegramDriver) -> None:
    room = telegram.tg.forum()
    ident = await telegram.channel.open_topic(str(room.id), "🙂" * 100)
    assert room.topics[int(ident)].name == "🙂" * 63 + "…"


async def test_a_group_without_topics(telegram: TelegramDriver) -> None:
    group = telegram.tg.group()
    with pytest.raises(NoTopics):
        await telegram.channel.open_topic(str(group.id), "Тема")
    forum = telegram.tg.forum()
    forum.bot.rights.remove("can_manage_topics")
    with pytest.raises(NoTopics):
        await telegram.channel.open_topic(str(forum.id), "Тема")


async def test_a_group_that_moved(telegram: TelegramDriver) -> None:
    group = telegram.tg.group(kind="group")
    new = await group.migrate()
    with pytest.raises(Moved) as caught:
        await telegram.send(at(group), HELLO)
    assert caught.value.chat == str(new.id)


async def test_a_mark_on_a_message(telegram: TelegramDriver) -> None:
    room = telegram.tg.forum()
    oleg = room.add(telegram.tg.user("Олег"))
    said = await oleg.says("Придём завтра", chat=room)
    await telegram.channel.react(at(room), str(said.id), "👍")
    assert said.reactions == ["👍"]
    with pytest.raises(Rejected):
        await telegram.channel.react(at(room), str(said.id), "🧱")


# ── Another way to say it ────────────────────────────────────────────────────


async def test_words_that_html_spoils_go_bare(telegram: TelegramDriver) -> None:
    maria = await telegram.person()
    telegram.tg.faults.next(
        "sendMessage", kind="error", description="Bad Request: can't parse entities: oh"
    )
    await telegram.send(maria, Outbound(header="Голова", text="тело <"))
    [shown] = await maria.sees()
    assert (shown.text, shown.header) == ("Голова\nтело <", "")


async def test_what_was_sent_of_a_long_text_is_not_sent_again(telegram: TelegramDriver) -> None:
    maria = await telegram.person()
    words = " ".join(f"слово{number}" for number in range(1500))
    telegram.tg.faults.next("sendMessage", kind="slow", delay=0)
    telegram.tg.faults.next("sendMessage", kind="429", retry_after=1)
    with pytest.raises(Throttled):
        await telegram.send(maria, Outbound(text=words, reply_to="1"), nonce=5)
    first = await maria.sees()
    assert len(first) == 1
    ids = await telegram.send(maria, Outbound(text=words, reply_to="1"), nonce=5)
    shown = await maria.sees()
    assert " ".join(one.text for one in shown).split() == words.split()
    assert [i for one in shown for i in one.ids] == ids


async def test_a_half_sent_text_marks_only_what_may_stand_there(telegram: TelegramDriver) -> None:
    maria = await telegram.person()
    words = " ".join(f"слово{number}" for number in range(600))
    telegram.tg.faults.next("sendMessage", kind="slow", delay=0)
    telegram.tg.faults.next("sendMessage", kind="reset_accepted")
    with pytest.raises(Ambiguous):
        await telegram.send(maria, Outbound(text=words), nonce=5)
    await telegram.send(maria, Outbound(text=words, repeated=True), nonce=5)
    first, second, again = (one.text for one in await maria.sees())
    assert not first.startswith("↻")
    assert again == "↻ " + second


async def test_a_picture_that_is_none_for_telegram_goes_as_a_file(
    telegram: TelegramDriver,
) -> None:
    maria = await telegram.person()
    one, two = [
        await telegram.stored("photo", JPEG + bytes([n]), mime="image/jpeg") for n in (1, 2)
    ]
    film = await telegram.stored("video", b"film", mime="video/mp4")
    for method, files in (("sendPhoto", (one,)), ("sendMediaGroup", (one, film, two))):
        telegram.tg.faults.next(
            method, kind="error", description="Bad Request: PHOTO_INVALID_DIMENSIONS"
        )
        await telegram.send(maria, Outbound(text="Схема", attachments=files))
        shown = (await maria.sees())[-1]
        assert shown.text == "Схема"
        assert [kind for kind, _ in shown.files] == ["document"] * len(files)


async def test_a_handle_of_another_bot_is_replaced(telegram: TelegramDriver) -> None:
    maria = await telegram.person()
    photo = await telegram.stored("photo", JPEG, mime="image/jpeg")
    await telegram.media.keep_handle(photo, "telegram", "of-a-bot-that-is-no-more")
    for _ in range(2):
        await telegram.send(maria, Outbound(attachments=(photo,)))
    assert [one.files for one in await maria.sees()] == [[("photo", JPEG)]] * 2
    assert telegram.tg.stats.calls["sendPhoto"] == 3


async def test_a_photo_over_ten_megabytes_goes_as_a_file(telegram: TelegramDriver) -> None:
    maria = await telegram.person()
    data = JPEG + bytes(10 * 1024 * 1024)
    photo = await telegram.stored("photo", data, title="схема.jpg", mime="image/jpeg")
    await telegram.send(maria, Outbound(text="Схема", attachments=(photo,)))
    assert (await maria.sees())[0].files == [("document", data)]


@pytest.mark.parametrize(
    ("kind", "mime", "title", "sent_as", "name"),
    [
        ("voice", "audio/webm", "Голосовое.webm", "document", "Голосовое.webm"),
        ("voice", "audio/ogg", "", "voice", ""),
        ("voice", "audio/mp4", "Голосовое.m4a", "voice", ""),
        ("video", "video/quicktime", "IMG_1.MOV", "document", "IMG_1.MOV"),
        ("video", "video/mp4", "", "video", "video.mp4"),
        ("audio", "audio/flac", "гудок.flac", "document", "гудок.flac"),
        ("photo", "image/gif", "кот.gif", "document", "кот.gif"),
        (
            "document",
            "application/pdf",
            'акт "2"\r\nX-Evil: 1.pdf',
            "document",
            "акт _2_X-Evil: 1.pdf",
        ),
    ],
)
async def test_files_go_as_what_telegram_takes(
    telegram: TelegramDriver, kind: Any, mime: str, title: str, sent_as: str, name: str
) -> None:
    maria = await telegram.person()
    file = await telegram.stored(kind, b"bytes", title=title, mime=mime)
    await telegram.send(maria, Outbound(text="Послушайте", attachments=(file,)))
    [shown] = await maria.sees()
    assert shown.files == [(sent_as, b"bytes")]
    assert shown.text == "Послушайте"
    media = telegram.tg.sent[-1].media
    assert media is not None
    assert not name or media.name == name


async def test_a_file_is_uploaded_once(telegram: TelegramDriver) -> None:
    maria, pavel = await telegram.person(), await telegram.person("Павел")
    files = tuple(
        [await telegram.stored("photo", JPEG + bytes([n]), mime="image/jpeg") for n in (1, 2)]
    )
    await telegram.send(maria, Outbound(attachments=files))
    sent = len(telegram.tg.files._by_id)
    await telegram.send(pavel, Outbound(attachments=files))
    await telegram.send(pavel, Outbound(attachments=files[:1]))
    assert len(telegram.tg.files._by_id) == sent
    shown = await pavel.sees()
    assert [data for one in shown for _, data in one.files] == [
        JPEG + bytes([1]), JPEG + bytes([2]), JPEG + bytes([1]),
    ]  # fmt: skip


async def test_trouble_with_a_handle_does_not_look_like_a_failed_send(
    telegram: TelegramDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    from services.attachments import Attachments

    async def fails(*_: Any) -> None:
        raise OSError("the database is away")

    maria = await telegram.person()
    photo = await telegram.stored("photo", JPEG, mime="image/jpeg")
    monkeypatch.setattr(Attachments, "keep_handle", fails)
    assert await telegram.send(maria, Outbound(attachments=(photo,)))


async def test_a_file_that_is_too_large_or_gone(telegram: TelegramDriver) -> None:
    maria = await telegram.person()
    large = Attachment(kind="document", channel="web", handle="x", size=60 * 1024 * 1024)
    with pytest.raises(Rejected, match="larger"):
        await telegram.send(maria, Outbound(attachments=(large,)))
    photo = await telegram.stored("photo", JPEG, mime="image/jpeg")
    (telegram.media.folder / photo.handle).unlink()
    with pytest.raises(Rejected, match="no longer kept"):
        await telegram.send(maria, Outbound(attachments=(photo,)))
    elsewhere = Attachment(kind="photo", channel="vk", handle="photo-1_2", mime="image/jpeg")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.media.PAUSES", (0.01,))
        with pytest.raises(Rejected, match="vk is off"):
            await telegram.send(maria, Outbound(attachments=(elsewhere,)))


async def test_files_of_telegram_that_cannot_be_had(
    telegram: TelegramDriver, tmp_path: Path
) -> None:
    maria = await telegram.person()
    await maria.user.sends_document(b"x", size=21 * 1024 * 1024)  # type: ignore[attr-defined]
    [heard] = await telegram.hears()
    assert (heard.unreadable, heard.attachments) == ("too_big", ())

    async def fetch(handle: str) -> bytes:
        file = Attachment(kind="document", channel="telegram", handle=handle)
        return b"".join([chunk async for chunk in telegram.channel.fetch(file)])

    large = telegram.tg.files.store("document", b"x", size=21 * 1024 * 1024)
    with pytest.raises(Rejected, match="too big"):
        await fetch(large.id)
    with pytest.raises(Rejected, match="invalid file_id"):
        await fetch("nobody's")
    there = telegram.tg.files.store("document", b"bytes")
    assert await fetch(there.id) == b"bytes"
    lost = telegram.tg.files.store("document", b"bytes")
    del telegram.tg.files._by_path[lost.path]
    with pytest.raises(Rejected, match="no longer kept"):
        await fetch(lost.id)
    telegram.tg.faults.next("getFile", kind="502")
    with pytest.raises(Unavailable):
        await fetch(there.id)
    await telegram.tg.stop()
    with pytest.raises(Unavailable):
        await fetch(there.id)


async def test_a_file_waits_a_moment_for_its_messenger(
    telegram: TelegramDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.media.PAUSES", (0.01, 0.01))
    there = telegram.tg.files.store("document", b"bytes")
    telegram.tg.faults.next("getFile", kind="502", times=2)
    file = Attachment(kind="document", channel="telegram", handle=there.id)
    async with telegram.media.on_disk(file, 1000) as path:
        assert path.read_bytes() == b"bytes"
    assert not path.exists()
    with pytest.raises(Rejected, match="too large"):
        async with telegram.media.on_disk(file, 2):
            pass


# ── Hearing ──────────────────────────────────────────────────────────────────


async def test_a_refused_token_is_said_and_tried_again(telegram: TelegramDriver) -> None:
    telegram.tg.faults.revoke_token()
    maria = await telegram.person()
    await maria.says("тук")  # wakes the poll
    await telegram.tg.wait(lambda: telegram.outages)
    assert telegram.outages[-1].refused
    assert "@BotFather" in str(telegram.outages[-1])
    assert telegram.tg.token not in str(telegram.outages[-1])
    telegram.tg.faults.restore_token()
    [heard] = await telegram.hears()
    assert heard.text == "тук"


@pytest.mark.parametrize("fault", ["500", "502", "reset", "429"])
async def test_trouble_while_hearing_is_an_outage(telegram: TelegramDriver, fault: Any) -> None:
    maria = await telegram.person()
    telegram.tg.faults.next("getUpdates", kind=fault)
    await maria.says("раз")
    await telegram.hears()
    await maria.says("два")
    assert [i.text for i in await telegram.hears(2)] == ["раз", "два"]
    assert telegram.outages
    assert not telegram.outages[-1].refused


async def test_a_room_that_threw_us_out_is_no_reason_to_be_deaf(
    database_url: str, tmp_path: Path
) -> None:
    from dataclasses import replace

    driver = TelegramDriver(database_url, tmp_path)
    room, lost = driver.tg.forum(), driver.tg.forum("Была", bot="kicked")
    admin = driver.tg.user("Админ", started=True)
    driver.commands = replace(
        driver.commands,
        staff_chats=(str(lost.id), str(room.id), "-100777"),
        admin_chats=(str(admin.id), "12345"),
    )
    try:
        driver.tg.faults.next(
            "setMyCommands", kind="error", code=403, description="Forbidden: bot was kicked"
        )
        await driver.start()
        await driver.tg.wait(lambda: any(str(admin.id) in scope for scope in driver.tg.commands))
        assert driver.outages == []
        [default] = [cs for scope, cs in driver.tg.commands.items() if '"default"' in scope]
        residents = {each["command"] for each in default}
        assert {"new", "my", "menu", "help", "cancel"} <= residents
        chats = {}
        for scope, listed in driver.tg.commands.items():
            if found := re.search(r"-?\d+", scope):
                chats[int(found[0])] = listed
        members = {each["command"] for each in chats[room.id]}
        assert {"status", "close", "who", "note"} <= members
        assert not members & {"new", "my"}
        assert residents | {"desk"} <= {each["command"] for each in chats[admin.id]}
        assert driver.complaints == []
    finally:
        await driver.stop()


# ── The webhook ──────────────────────────────────────────────────────────────


async def test_the_webhook_believes_only_who_knows_the_secret(
    webhook: TelegramWebhookDriver,
) -> None:
    import aiohttp

    update = {
        "update_id": 1,
        "message": {
            "message_id": 5, "date": 1, "text": "тук",
            "chat": {"id": 7, "type": "private"},
            "from": {"id": 7, "is_bot": False, "first_name": "М"},
        },
    }  # fmt: skip
    header = "X-Telegram-Bot-Api-Secret-Token"

    async def post(secret: str | None, **body: Any) -> int:
        headers = {header: secret} if secret is not None else {}
        url = f"{webhook.url}/telegram"
        async with (
            aiohttp.ClientSession() as http,
            http.post(url, headers=headers, **body) as answer,
        ):
            return answer.status

    for wrong in (None, "", "s3cre", "s3crets", "секрет"):
        assert await post(wrong, json=update) == 401
    assert await webhook.inbox() == []
    for body in (
        b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"update_id": "1"}', b"{}", b"[" * 50_000,
    ):  # fmt: skip
        assert await post(SECRET, data=body) == 400, body[:20]
    assert await post(SECRET, json={"update_id": 2, "message": {"nothing": True}}) == 200
    assert await post(SECRET, json={"update_id": 3, "from_the_future": {}}) == 200
    assert await webhook.inbox() == []
    webhook.deaf = 1
    assert await post(SECRET, json=update) == 500
    assert await webhook.inbox() == []
    assert await asyncio.gather(*(post(SECRET, json=update) for _ in range(5))) == [200] * 5
    assert [each.text for each in await webhook.inbox()] == ["тук"]


async def test_a_webhook_that_was_moved_is_set_again(database_url: str, tmp_path: Path) -> None:
    driver = TelegramWebhookDriver(database_url, tmp_path, look_after=0.05)
    try:
        await driver.start()
        driver.tg.updates.webhook.url = "https://elsewhere.example"
        await driver.tg.wait(lambda: driver.tg.updates.webhook.url.startswith(driver.url))
        await driver.tg.stop()
        await asyncio.sleep(0.3)
        assert "out of reach" in str(driver.outages[-1])
        await driver.tg.start()
        maria = await driver.person()
        await maria.says("снова тут")
        await driver.hears()
    finally:
        await driver.stop()


# ── Words and buttons ────────────────────────────────────────────────────────


async def test_an_action_too_long_is_refused_not_lost(telegram: TelegramDriver) -> None:
    maria = await telegram.person()
    keyboard = Keyboard(rows=((Button(label="Ой", action="я" * 33),),))
    with pytest.raises(Rejected, match="BUTTON_DATA_INVALID"):
        await telegram.send(maria, Outbound(text="Выберите", keyboard=keyboard))
