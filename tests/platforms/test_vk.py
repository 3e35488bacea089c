"""What is VK's own: the long poll that loses its place, the Callback API, leave to write, errors,
batches."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from bot.platforms.vk.batching import read_executed
from bot.platforms.vk.channel import LIMITS
from bot.platforms.vk.failures import read_error
from bot.platforms.vk.parse import parse
from bot.platforms.vk.render import render
from services.messaging.port import (
    Ambiguous,
    Blocked,
    NotSent,
    Rejected,
    SendFailed,
    Throttled,
)
from services.messaging.types import Button, Happening, Keyboard, Kind, Outbound
from tests.platforms.vk_driver import SECRET, VkCallbackDriver, VkDriver


async def texts(driver: VkDriver) -> list[str]:
    return [inbound.text for inbound in await driver.inbox()]


# ── The long poll ────────────────────────────────────────────────────────────


@pytest.mark.parametrize("marks_read", [False, True])
@pytest.mark.parametrize("trouble", ["forget", "expire_key", "lose"])
async def test_what_the_long_poll_has_lost_is_heard(
    vk: VkDriver, trouble: str, marks_read: bool
) -> None:
    """`failed` 1, 2 and 3, also where an answer of ours marks the conversation as read."""
    vk.vk.sends_mark_read = marks_read
    maria = await vk.person()
    await maria.says("раз")
    await vk.hears()
    vk.deaf = 10_000
    await maria.says("два")
    await maria.says("три")
    await vk.send(maria, Outbound(text="Объявление"))
    getattr(vk.vk.updates, trouble)()
    vk.deaf = 0
    await vk.hears(3)
    await maria.says("четыре")
    await vk.hears(4)
    assert await texts(vk) == ["раз", "два", "три", "четыре"]


async def test_what_came_while_the_bot_was_down_is_heard_after_it(vk: VkDriver) -> None:
    maria = await vk.person()
    await maria.says("раз")
    await vk.hears()
    vk.deaf = 10_000
    for words in ("два", "три"):
        await maria.says(words)
    cursor = await vk.cursor()
    await asyncio.sleep(0.2)
    assert await vk.cursor() == cursor
    vk.deaf = 0
    await vk.hears(3)
    assert await texts(vk) == ["раз", "два", "три"]
    assert str(await vk.cursor()).partition("@")[0] == str(vk.vk.updates.ts)


async def test_an_event_handed_over_again_is_heard_once(vk: VkDriver) -> None:
    maria = await vk.person()
    said = await maria.says("раз")
    await maria.edits(said, "полтора")
    await vk.hears(2)
    await maria.says_again()
    await maria.says("два")
    await vk.hears(3)
    assert await texts(vk) == ["раз", "полтора", "два"]


# ── The Callback API ─────────────────────────────────────────────────────────


async def post(driver: VkCallbackDriver, body: Any, **changes: Any) -> tuple[int, str]:
    if isinstance(body, dict):
        body = json.dumps({"group_id": driver.vk.group_id, "secret": SECRET} | body | changes)
    async with aiohttp.ClientSession() as session, session.post(driver.url, data=body) as answer:
        return answer.status, await answer.text()


async def test_who_may_call(callback: VkCallbackDriver) -> None:
    asks = {"type": "confirmation"}
    assert await post(callback, asks) == (200, callback.vk.community.confirmation)
    assert (await post(callback, asks, group_id=1))[0] == 403
    assert (await post(callback, asks, secret="чужой"))[0] == 403
    assert (await post(callback, asks, secret=None))[0] == 403
    for nonsense in ("", "{", "[]", "7", '{"type": 5}', b"\xff\xfe"):
        assert (await post(callback, nonsense))[0] == 400
    assert await callback.inbox() == []


async def test_ok_is_said_after_the_commit(callback: VkCallbackDriver) -> None:
    maria = await callback.person()
    callback.deaf = 1
    await maria.says("важно")
    await callback.hears()
    [server] = callback.vk.callbacks.servers.values()
    await callback.vk.wait(lambda: len(server.answers) == 2)
    assert [answer.partition(" ")[0].partition("\n")[0][:3] for answer in server.answers] == [
        "500",
        "ok",
    ]


# ── Leave to write, and errors ───────────────────────────────────────────────


@pytest.mark.parametrize("code", [900, 901, 902])
async def test_who_gives_no_leave_is_out_of_reach(vk: VkDriver, code: Any) -> None:
    maria = await vk.person()
    await maria.user.blocks(code)
    with pytest.raises(Blocked, match=str(code)):
        await vk.send(maria, Outbound(text="Вы тут?"))


async def test_leave_is_given_and_taken(vk: VkDriver) -> None:
    maria = await vk.person()
    await maria.user.denies()
    await maria.user.allows()
    happened = [inbound.happening for inbound in await vk.hears(2)]
    assert happened == [Happening.BLOCKED, Happening.UNBLOCKED]
    await vk.send(maria, Outbound(text="Снова вместе"))


async def test_after_a_day_of_silence_the_reason_is_told(vk: VkDriver) -> None:
    maria = await vk.person()
    maria.user.was_silent(25)
    with pytest.raises(Rejected, match="950"):
        await vk.send(maria, Outbound(text="Напоминание"))


@pytest.mark.parametrize(
    ("code", "failure", "everywhere"),
    [
        (6, Throttled, True),
        (9, Throttled, False),
        (29, Throttled, True),
        (14, Throttled, True),
        (10, Ambiguous, False),
        (5, NotSent, False),
        (945, Rejected, False),
    ],
)
async def test_what_an_error_means(
    vk: VkDriver, code: int, failure: type[SendFailed], everywhere: bool
) -> None:
    maria = await vk.person()
    vk.vk.faults.next("messages.send", kind="error", code=code)
    with pytest.raises(failure) as caught:
        await vk.send(maria, Outbound(text="Слова"))
    if isinstance(caught.value, Throttled):
        assert caught.value.everywhere == everywhere


async def test_a_captcha_pauses_with_words_for_admins(vk: VkDriver) -> None:
    maria = await vk.person()
    vk.vk.faults.next("messages.send", kind="error", code=14)
    with pytest.raises(Throttled, match="captcha") as caught:
        await vk.send(maria, Outbound(text="Слова"))
    assert caught.value.delay >= 60


@pytest.mark.parametrize(
    ("kind", "arrives"), [(Kind.REPLY, False), (Kind.RELAY, True), (Kind.NOTICE, True)]
)
async def test_after_a_day_of_silence_only_answers_and_ticket_news_are_taken(
    vk: VkDriver, kind: Kind, arrives: bool
) -> None:
    maria = await vk.person()
    maria.user.was_silent(25)
    what = Outbound(text="Мастер был у вас", kind=kind)
    if arrives:
        await vk.send(maria, what)
    else:
        with pytest.raises(Rejected, match="950"):
            await vk.send(maria, what)


async def test_a_lost_answer_and_one_more_try_are_one_message(vk: VkDriver) -> None:
    maria = await vk.person()
    vk.vk.faults.next("messages.send", kind="reset_accepted")
    with pytest.raises(Ambiguous):
        await vk.send(maria, Outbound(text="Раз"), nonce=5)
    await vk.send(maria, Outbound(text="Раз"), nonce=5)
    assert [shown.text for shown in await maria.sees()] == ["Раз"]


# ── Batches ──────────────────────────────────────────────────────────────────


async def test_each_of_a_batch_has_its_own_outcome(vk: VkDriver) -> None:
    people = [await vk.person(f"Житель{number}") for number in range(60)]
    for number in (3, 20, 41):
        await people[number].user.blocks(902)
    outcomes = await asyncio.gather(
        *(vk.send(person, Outbound(text=f"№{n}")) for n, person in enumerate(people)),
        return_exceptions=True,
    )
    assert [n for n, one in enumerate(outcomes) if isinstance(one, Blocked)] == [3, 20, 41]
    for number, person in enumerate(people):
        seen = [shown.text for shown in await person.sees()]
        assert seen == ([] if number in (3, 20, 41) else [f"№{number}"])
    assert vk.vk.stats.calls["execute"] >= 2


def test_false_stands_for_the_next_error() -> None:
    """The last one is told once more, in the name of `execute`."""
    one = {"method": "messages.send", "error_code": 901, "error_msg": "no"}
    two = {"method": "messages.send", "error_code": 9, "error_msg": "flood"}
    sent = [{"peer_id": 1, "message_id": 5, "conversation_message_id": 7}]
    answer = {
        "response": [False, sent, False],
        "execute_errors": [one, two, two | {"method": "execute"}],
    }
    first, second, third = read_executed(answer)
    assert isinstance(first, Blocked)
    assert second == ["7"]
    assert isinstance(third, Throttled)


# ── Shapes ───────────────────────────────────────────────────────────────────


async def test_a_link_brings_its_code(vk: VkDriver) -> None:
    maria = await vk.person()
    await maria.user.starts("dvor-1-1")
    await maria.user.says("Здравствуйте", ref="dvor-1-2")
    await vk.hears()
    assert [(one.text, one.payload, one.sender.name) for one in await vk.inbox()] == [
        ("/start", "dvor-1-1", "Мария"),
        ("Здравствуйте", "dvor-1-2", "Мария"),
    ]


async def test_what_has_no_file_comes_as_a_link(vk: VkDriver) -> None:
    maria = await vk.person()
    user = maria.user
    await user.sends_video(text="Смотрите")
    await user.sends_wall()
    video, wall = await vk.hears(2)
    assert video.text.startswith("Смотрите\nhttps://vk.com/video")
    assert wall.text.startswith("https://vk.com/wall")


async def test_forwarded_words_are_quoted(vk: VkDriver) -> None:
    maria = await vk.person()
    strange = vk.vk.foreign("Воды нет\nс утра")
    await maria.user.says("У соседей", forwards=[strange])
    [heard] = await vk.hears()
    assert heard.text == "У соседей\n> Воды нет\n> с утра"


def test_many_buttons_stand_under_the_field_until_used() -> None:
    rows = tuple((Button(label=f"Дом {n}", action=f"house/{n}"),) for n in range(30))
    [post] = render(Outbound(text="Где?", keyboard=Keyboard(rows=rows)), LIMITS)
    keyboard = json.loads(post.keyboard or "")
    assert keyboard["one_time"] is True
    assert len(keyboard["buttons"]) <= 10


def test_a_long_label_is_cut() -> None:
    keyboard = Keyboard(rows=((Button(label="д" * 60, action="a"),),))
    [post] = render(Outbound(text="?", keyboard=keyboard), LIMITS)
    [[key]] = json.loads(post.keyboard or "")["buttons"]
    assert key["action"]["label"] == "д" * 39 + "…"


def test_what_is_not_ours_concerns_nobody() -> None:
    assert parse({"type": "group_join", "object": {"user_id": 5}}) is None
    assert isinstance(read_error(18, "deleted"), Blocked)
