"""Files and words that cross from one channel into another, through the whole program."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app import App
from tests.support.browser import Visitor, dispatcher, form, until, visitor
from tests.support.path import ask, settle_in, sign_in
from tests.support.pictures import BLUE, GREEN, RED
from tests.support.running import running_app, settled
from tests.support.telegram import Group, TelegramStandIn

JPEG = b"\xff\xd8\xff\xe0 a photo"


@pytest.fixture
async def tg() -> AsyncIterator[TelegramStandIn]:
    async with TelegramStandIn(check_answers=True) as stand_in:
        yield stand_in
        assert stand_in.malformed == []
        assert stand_in.misshapen == []


@pytest.fixture
def room(tg: TelegramStandIn) -> Group:
    group = tg.forum()
    group.add(tg.user("Олег"))
    return group


@pytest.fixture
async def app(
    database_url: str, tmp_path: Path, tg: TelegramStandIn, room: Group
) -> AsyncIterator[App]:
    async with running_app(
        database_url, tmp_path, telegram=tg, telegram_staff_chat=room.id
    ) as running:
        yield running


@pytest.fixture
async def maria(app: App) -> AsyncIterator[Visitor]:
    async with visitor(app.base_url) as one:
        await settle_in(one, app)
        yield one


async def test_from_the_site_into_a_topic_and_back(
    app: App, tg: TelegramStandIn, room: Group, maria: Visitor
) -> None:
    photos = [await maria.uploads(data, "кран.png", "image/png") for data in (RED, BLUE)]
    await ask(maria, app, "Вот <что> & видно 🙂", [file["id"] for file in photos])
    [topic] = room.topics.values()
    sent = topic.heard()
    assert [m.media.data for m in sent if m.media] == [RED, BLUE]
    assert "Вот <что> & видно 🙂" in "".join(m.text for m in sent)

    voice = await maria.uploads(b"webm voice", "Голосовое.webm", "audio/webm")
    await maria.says("", files=[voice["id"]])
    await settled(app)
    heard = topic.heard()[-1]
    assert heard.media is not None
    assert (heard.media.kind, heard.media.data) == ("document", b"webm voice")

    [oleg] = [each.user for each in room.members.values()]
    await tg.users[oleg.id].sends_photo(JPEG, "Такой?", chat=room, topic=topic)
    post = await maria.reads("Такой?")
    [photo] = post["attachments"]
    assert photo["kind"] == "photo"
    assert await maria.fetches(photo["url"]) == JPEG
    await tg.users[oleg.id].sends_album([JPEG + b"1", JPEG + b"2"], "Два", topic=topic)
    post = await maria.reads("Два")
    fetched = [await maria.fetches(each["url"]) for each in post["attachments"]]
    assert fetched == [JPEG + b"1", JPEG + b"2"]

    await tg.users[oleg.id].sends_voice(b"OggS", topic=topic)
    kinds = lambda: [a["kind"] for a in maria.company[-1]["attachments"]]  # noqa: E731
    await until(lambda: kinds() == ["voice"])
    [sound] = maria.company[-1]["attachments"]
    async with maria.http.get(maria.url + sound["url"]) as answer:
        assert answer.headers["Content-Type"] == "audio/ogg"
        assert await answer.read() == b"OggS"


async def test_from_telegram_to_the_desk_and_uploaded_once(
    app: App, tg: TelegramStandIn, room: Group
) -> None:
    maria = tg.user("Мария", started=True)
    await maria.starts("zavodskaya-12")
    await maria.presses(await maria.hears("Вы согласны"), "Согласен")
    await maria.hears("номер квартиры")
    await maria.says("12")
    await maria.hears("Как к вам обращаться")
    await maria.says("Мария")
    await maria.hears("телефон")
    await maria.presses_standing("Пропустить")
    await maria.hears("рады знакомству")
    await maria.presses_standing("Написать диспетчеру")
    await maria.next_message()
    await maria.sends_photo(JPEG, "Вот")
    await tg.wait(lambda: [t for t in room.topics.values() if any(m.media for m in t.heard())])
    [topic] = room.topics.values()
    [card] = [m for m in topic.heard() if m.media]
    assert card.media is not None
    assert card.media.data == JPEG
    uploads = len([c for c in tg.calls if c.method == "sendPhoto"])
    assert uploads == 1
    async with dispatcher(app.base_url) as anna:
        await sign_in(anna, app)
        [thread] = await anna.threads()
        shown = await anna.thread(thread["id"])
        [attachment] = shown["messages"][0]["attachments"]
        async with anna.http.get(app.base_url + attachment["url"]) as answer:
            assert await answer.read() == JPEG
            assert answer.headers["Content-Type"] == "image/jpeg"
        # From the desk to the resident and into the topic: one file, carried up once.
        before = len(tg.files._by_id)
        async with anna.http.post(
            f"{app.base_url}/desk/api/files",
            data=form(GREEN, "схема.png", "image/png"),
            headers=anna.origin,
        ) as answer:
            file = (await answer.json())["id"]
        await anna.says(thread["id"], "Схема", files=[file])
        await maria.hears("Схема")
        await settled(app)
        assert [m.media.data for m in topic.heard() if m.media][-1] == GREEN
        await anna.until_delivered(thread["id"], "Схема")
        assert 1 <= len(tg.files._by_id) - before <= 2  # two at most, when both go at one moment


async def test_what_telegram_cannot_give_is_said(
    app: App, tg: TelegramStandIn, room: Group, maria: Visitor
) -> None:
    await ask(maria, app, "Пришлите схему")
    [topic] = room.topics.values()
    [oleg] = [each.user for each in room.members.values()]
    await tg.users[oleg.id].sends_photo(JPEG, "Вот она", topic=topic)
    post = await maria.reads("Вот она")
    tg.faults.next("getFile", kind="502", times=None)
    async with maria.http.get(maria.url + post["attachments"][0]["url"]) as answer:
        assert answer.status == 502
        assert (await answer.json())["why"]
    tg.faults.clear()
    assert await maria.fetches(post["attachments"][0]["url"]) == JPEG
