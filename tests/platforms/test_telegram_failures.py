"""Each way Telegram fails becomes one of the port's."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.platforms.telegram.channel import Access
from services.messaging.port import (
    Ambiguous,
    Barred,
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
from services.messaging.types import Address, Button, Keyboard, Outbound
from tests.platforms.telegram_driver import TelegramDriver
from tests.support.telegram import DELETED_TOPIC, Group

HELLO = Outbound(text="Здравствуйте")


def at(group: Group, topic: int | None = None) -> Address:
    return Address(channel="telegram", chat=str(group.id), topic=str(topic) if topic else None)


# ── What a refusal means ───────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("code", "description", "meaning"),
    [
        (403, "Forbidden: bot was blocked by the user", Blocked),
        (403, "Forbidden: user is deactivated", Blocked),
        (403, "Forbidden: bot can't initiate conversation with a user", Blocked),
        (403, "Forbidden: bot was kicked from the supergroup chat", Barred),
        (400, "Bad Request: chat not found", Blocked),
        (400, "Bad Request: PEER_ID_INVALID", Blocked),
        (400, "Bad Request: message thread not found", Gone),
        (400, "Bad Request: TOPIC_DELETED", Gone),
        (400, "Bad Request: TOPIC_ID_INVALID", Gone),
        (400, "Bad Request: the chat is not a forum", NoTopics),
        (400, "Bad Request: not enough rights to create a topic", NoTopics),
        (400, "Bad Request: not enough rights to send text messages to the chat", Barred),
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


@pytest.mark.parametrize("seconds", [7, 0.5])
async def test_too_fast(telegram: TelegramDriver, seconds: float) -> None:
    maria = await telegram.person()
    telegram.tg.faults.next("sendMessage", kind="429", retry_after=seconds)
    with pytest.raises(Throttled) as caught:
        await telegram.send(maria, HELLO)
    assert (caught.value.delay, caught.value.everywhere) == (seconds, False)


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


# ── Groups and topics ──────────────────────────────────────────────────────────


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


# ── Words and buttons ──────────────────────────────────────────────────────────


async def test_an_action_too_long_is_refused_not_lost(telegram: TelegramDriver) -> None:
    maria = await telegram.person()
    keyboard = Keyboard(rows=((Button(label="Ой", action="я" * 33),),))
    with pytest.raises(Rejected, match="BUTTON_DATA_INVALID"):
        await telegram.send(maria, Outbound(text="Выберите", keyboard=keyboard))
