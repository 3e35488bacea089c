"""The stand-in of VK, driven by the client the project uses."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.support.vk import Event, PublishedLimits, VkStandIn, spec_path

vkbottle = pytest.importorskip("vkbottle", reason="the client of VK is not installed")


def client(vk: VkStandIn, token: str = "") -> Any:
    api = vkbottle.API(token or vk.token, http_client=vkbottle.AiohttpClient())
    api.API_URL = f"{vk.url}/method/"
    return api


@pytest.fixture
async def vk() -> AsyncIterator[VkStandIn]:
    async with VkStandIn(check_answers=True) as stand_in:
        yield stand_in
        assert stand_in.misshapen == []


@pytest.fixture
async def api(vk: VkStandIn) -> AsyncIterator[Any]:
    made = client(vk)
    yield made
    await made.http_client.close()


async def call(api: Any, method: str, **params: Any) -> Any:
    return (await api.request(method, params))["response"]


class Sender:
    """``random_id`` grows by itself."""

    def __init__(self, api: Any) -> None:
        self.api = api
        self.random_id = 0

    async def __call__(self, peer: int, text: str = "", **params: Any) -> Any:
        self.random_id += 1
        given = {"peer_id": peer, "message": text, "random_id": self.random_id} | params
        return await call(self.api, "messages.send", **given)


@pytest.fixture
def send(api: Any) -> Sender:
    return Sender(api)


async def refused(doing: Awaitable[Any]) -> tuple[int, str]:
    with pytest.raises(vkbottle.VKAPIError) as caught:
        await doing
    return caught.value.code, str(caught.value)


def keyboard(*rows: dict[str, Any], inline: bool = True, **more: Any) -> str:
    """Rows of label to payload of callback buttons (inline) or text ones."""
    kind = "callback" if inline else "text"
    buttons = [
        [
            {"action": {"type": kind, "label": label, "payload": json.dumps({"a": data})}}
            for label, data in row.items()
        ]
        for row in rows
    ]
    return json.dumps({"inline": inline, "buttons": buttons, **more}, ensure_ascii=False)


class Poller:
    """Long Poll as it is: a server, a key, and a number that we keep."""

    def __init__(self, vk: VkStandIn, api: Any) -> None:
        self.vk = vk
        self.api = api
        self.server: dict[str, str] = {}

    async def connect(self) -> None:
        self.server = await call(self.api, "groups.getLongPollServer", group_id=self.vk.group_id)

    async def once(self, wait: float = 0, **changed: Any) -> dict[str, Any]:
        asked = {"act": "a_check", "wait": wait, **self.server, **changed}
        url = asked.pop("server")
        answer: dict[str, Any] = await self.api.http_client.request_json(
            url, method="POST", params=asked
        )
        return answer

    async def events(self, wait: float = 0) -> list[dict[str, Any]]:
        answer = await self.once(wait)
        self.server["ts"] = answer["ts"]
        told: list[dict[str, Any]] = answer["updates"]
        return told

    async def event(self, kind: str) -> dict[str, Any]:
        [found] = [each for each in await self.events() if each["type"] == kind]
        content: dict[str, Any] = found["object"]
        return content


@pytest.fixture
async def poll(vk: VkStandIn, api: Any) -> Poller:
    poller = Poller(vk, api)
    await poller.connect()
    return poller


# Hearing by Long Poll.


async def test_a_start_is_heard_and_answered(vk: VkStandIn, poll: Poller, send: Sender) -> None:
    maria = vk.user("Мария", 100)
    assert (await refused(send(100, "Здравствуйте")))[0] == 901
    await maria.starts("dom5")
    [event] = await poll.events()
    assert (event["type"], event["group_id"], event["v"]) == ("message_new", 77, "5.199")
    message = event["object"]["message"]
    assert message["payload"] == '{"command":"start"}'
    assert (message["ref"], message["from_id"], message["peer_id"]) == ("dom5", 100, 100)
    assert "callback" in event["object"]["client_info"]["button_actions"]
    sent = await send(100, "Здравствуйте <3 👋")
    heard = await maria.next_message()
    assert (heard.id, heard.text) == (sent, "Здравствуйте <3 👋")
    assert vk.sent == [heard]
    assert vk.malformed == []
    own = await poll.event("message_reply")
    assert (own["from_id"], own["out"], own["random_id"]) == (-77, 1, 2)
    with pytest.raises(TimeoutError):
        await maria.hears("ничего", timeout=0.05)
    await maria.silence(0.05)


async def test_old_events_come_again(vk: VkStandIn, poll: Poller) -> None:
    maria = vk.user()
    await maria.says("раз")
    await maria.says("два")
    first = await poll.once()
    assert [each["object"]["message"]["text"] for each in first["updates"]] == ["раз", "два"]
    assert await poll.once() == first
    assert (await poll.once(ts=first["ts"]))["updates"] == []
    one, two = vk.updates.all.values()
    assert one.confirmed_at is not None
    assert len(one.handed_at) == 2
    await vk.redeliver(two.id, times=2)
    again = await poll.once(ts=first["ts"])
    assert [each["event_id"] for each in again["updates"]] == [two.id, two.id]


async def test_a_long_poll_ends_with_news(vk: VkStandIn, poll: Poller) -> None:
    maria = vk.user()
    # Two may wait at once, and both are told.
    waiting = [asyncio.create_task(poll.once(10)) for _ in range(2)]
    await asyncio.sleep(0.05)
    await maria.says("тут?")
    for answer in await asyncio.gather(*waiting):
        assert answer["updates"][0]["object"]["message"]["text"] == "тут?"
    started = time.monotonic()
    assert (await poll.once(0.1, ts="1"))["updates"] == []
    assert time.monotonic() - started >= 0.1


async def test_history_key_and_all_may_be_lost(vk: VkStandIn, poll: Poller) -> None:
    maria = vk.user()
    for number in range(4):
        await maria.says(str(number))
    vk.updates.forget(keep=2)
    assert await poll.once() == {"failed": 1, "ts": 4}
    assert len((await poll.once(ts="2"))["updates"]) == 2
    assert await poll.once(ts="99") == {"failed": 1, "ts": 4}
    vk.updates.expire_key()
    assert await poll.once() == {"failed": 2}
    old = poll.server["ts"]
    await poll.connect()
    assert poll.server["ts"] == "4" != old
    await maria.says("при потере")
    vk.updates.lose()
    assert await poll.once() == {"failed": 3}
    await poll.connect()
    assert await poll.events() == []
    vk.updates.fail_next(1, 3)
    assert (await poll.once())["failed"] == 1
    assert (await poll.once())["failed"] == 3


async def test_what_was_lost_is_read_from_dialogues(vk: VkStandIn, api: Any, send: Sender) -> None:
    maria, petr = vk.user("Мария"), vk.user("Пётр")
    await maria.says("раз")
    await petr.says("из подвала")
    await maria.sends_photo(b"two")
    unread = await call(api, "messages.getConversations", filter="unread", extended=1)
    assert (unread["count"], unread["unread_count"]) == (2, 2)
    first = unread["items"][0]
    assert first["conversation"]["peer"]["id"] == maria.id
    assert first["conversation"]["unread_count"] == 2
    assert first["last_message"]["attachments"][0]["type"] == "photo"
    assert {each["first_name"] for each in unread["profiles"]} == {"Мария", "Пётр"}
    history = await call(api, "messages.getHistory", peer_id=maria.id, count=10)
    assert [each["conversation_message_id"] for each in history["items"]] == [2, 1]
    rest = await call(
        api,
        "messages.getHistory",
        peer_id=maria.id,
        start_message_id=history["items"][1]["id"],
        offset=-5,
        count=5,
    )
    assert [each["conversation_message_id"] for each in rest["items"]] == [2]
    await call(api, "messages.markAsRead", peer_id=maria.id, up_to_cmid=1)
    assert len(maria.chat.unread_by_community()) == 1
    await call(api, "messages.markAsRead", peer_id=maria.id, mark_conversation_as_read=1)
    unread = await call(api, "messages.getConversations", filter="unread")
    assert [each["conversation"]["peer"]["id"] for each in unread["items"]] == [petr.id]
    await send(petr.id, "идём")
    assert (await call(api, "messages.getConversations", filter="unread"))["count"] == 1
    vk.sends_mark_read = True
    await send(petr.id, "идём же")
    assert (await call(api, "messages.getConversations", filter="unread"))["count"] == 0
    assert (await call(api, "messages.getConversations", filter="unanswered"))["count"] == 1
    assert (await refused(call(api, "messages.getHistory", peer_id=999)))[0] == 100


async def test_vkbottle_polls_it(vk: VkStandIn, api: Any) -> None:
    maria = vk.user()
    polling = vkbottle.BotPolling(api, group_id=77, wait=5)
    polling.save_server_ts = lambda server: None  # it writes into the working folder

    hearing = asyncio.create_task(anext(polling.listen()))
    await vk.wait(lambda: any(each.method == "groups.getLongPollServer" for each in vk.calls))
    await asyncio.sleep(0.05)
    await maria.says("раз")
    event = await hearing
    assert event["updates"][0]["object"]["message"]["text"] == "раз"


# Everything a person may send.


async def download(url: str) -> bytes:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        assert answer.status == 200, url
        return await answer.read()


async def test_attachments_of_every_sort(vk: VkStandIn, poll: Poller) -> None:
    maria = vk.user()
    await maria.sends_photos([b"one", b"two"], "потоп")
    await maria.sends_document(b"pdf", "акт.pdf")
    await maria.sends_voice(b"ogg")
    await maria.sends_video()
    await maria.sends_wall("Воды нет", photos=[b"p"])
    await maria.sends_link("https://example.com/a")
    await maria.sends_sticker()
    await maria.sends_audio()
    await maria.sends_market()
    await maria.sends_location(55.5, 37.5)
    messages = [each["object"]["message"] for each in await poll.events()]
    kinds = [[each["type"] for each in message["attachments"]] for message in messages]
    assert kinds == [
        *(["photo", "photo"], ["doc"], ["audio_message"], ["video"], ["wall"]),
        *(["link"], ["sticker"], ["audio"], ["market"], []),
    ]
    sizes = messages[0]["attachments"][1]["photo"]["sizes"]
    largest = max(sizes, key=lambda each: each["width"] * each["height"])
    assert largest is not sizes[-1]
    assert await download(largest["url"]) == b"two"
    assert await download(sizes[-1]["url"]) != b"two"
    doc = messages[1]["attachments"][0]["doc"]
    assert (doc["title"], doc["ext"], doc["size"]) == ("акт.pdf", "pdf", 3)
    assert await download(doc["url"]) == b"pdf"
    voice = messages[2]["attachments"][0]["audio_message"]
    assert await download(voice["link_ogg"]) == b"ogg"
    assert messages[4]["attachments"][0]["wall"]["attachments"][0]["type"] == "photo"
    assert messages[9]["geo"]["coordinates"] == {"latitude": 55.5, "longitude": 37.5}
    stored = maria.chat.messages[1].media
    assert stored is not None
    stored.gone = True
    async with aiohttp.ClientSession() as session, session.get(doc["url"]) as answer:
        assert answer.status == 404


async def test_quotes_forwards_and_edits(vk: VkStandIn, poll: Poller, api: Any) -> None:
    maria = vk.user()
    first = await maria.says("первое")
    await maria.says("ответ", reply_to=first)
    await maria.says("смотрите", forwards=[vk.foreign("сосед топит"), first])
    await maria.edits(first, "первое, исправлено")
    long = await maria.sends_photos([b"1", b"2", b"3"], "много", cropped=True)
    _, reply, forward, edit, cropped = (each["object"] for each in await poll.events())
    assert reply["message"]["reply_message"]["conversation_message_id"] == first.cmid
    assert [each["text"] for each in forward["message"]["fwd_messages"]] == [
        "сосед топит",
        "первое",
    ]
    assert (edit["text"], edit["conversation_message_id"]) == ("первое, исправлено", 1)
    assert first.edited[0].text == "первое"
    assert cropped["message"]["is_cropped"]
    assert len(cropped["message"]["attachments"]) == 1
    whole = await call(api, "messages.getById", message_ids=[long.id])
    assert len(whole["items"][0]["attachments"]) == 3
    whole = await call(
        api,
        "messages.getByConversationMessageId",
        peer_id=maria.id,
        conversation_message_ids=[long.cmid, 99],
    )
    assert [each["id"] for each in whole["items"]] == [long.id]


async def test_leave_to_write_comes_and_goes(vk: VkStandIn, poll: Poller, send: Sender) -> None:
    maria = vk.user(started=True)
    await maria.denies()
    assert (await refused(send(maria.id, "?")))[0] == 901
    await maria.allows("k")
    await send(maria.id, "можно")
    await maria.blocks()
    assert (await refused(send(maria.id, "?")))[0] == 902
    with pytest.raises(AssertionError, match="blocked"):
        await maria.says("и я?")
    await maria.unblocks()
    await maria.blocks(900)
    assert (await refused(send(maria.id, "?")))[0] == 900
    await maria.unblocks()
    await maria.joins()
    await maria.leaves()
    await maria.denies()
    await maria.says("передумала")
    await send(maria.id, "снова можно")
    kinds = [each["type"] for each in await poll.events()]
    assert kinds == [
        *("message_deny", "message_allow", "message_reply", "user_block", "user_unblock"),
        *("group_join", "group_leave", "message_deny", "message_new", "message_reply"),
    ]
    allowed = await call(
        send.api, "messages.isMessagesFromGroupAllowed", group_id=77, user_id=maria.id
    )
    assert allowed == {"is_allowed": 1}
    await maria.deactivates()
    assert (await refused(send(maria.id, "?")))[0] == 18


async def test_only_chosen_events_are_told(vk: VkStandIn, poll: Poller, api: Any) -> None:
    maria = vk.user()
    await maria.types()
    await call(api, "groups.setLongPollSettings", group_id=77, message_typing_state=1)
    await maria.types()
    await maria.says("да")
    await maria.reads()
    assert [each["type"] for each in await poll.events()] == [
        "message_typing_state",
        "message_new",
    ]


async def test_staff_may_answer_in_vk_itself(vk: VkStandIn, poll: Poller) -> None:
    maria = vk.user(started=True)
    vk.admin_says(maria, "Это диспетчер")
    told = await poll.event("message_reply")
    assert told["admin_author_id"] == 1
    assert (await maria.hears("диспетчер")).from_bot


async def test_a_conversation_of_many(vk: VkStandIn, poll: Poller, send: Sender) -> None:
    maria = vk.user()
    council = vk.conversation("Совет дома", maria)
    await maria.says("всем привет", chat=council)
    message = (await poll.event("message_new"))["message"]
    assert (message["peer_id"], message["from_id"], message["id"]) == (council.id, maria.id, 0)
    assert council.id > 2_000_000_000
    assert await send(council.id, "привет") == 0
    assert council.last().text == "привет"
    members = {"peer_id": council.id}
    assert (await refused(call(send.api, "messages.getConversationMembers", **members)))[0] == 917
    council.admin = True
    assert (await call(send.api, "messages.getConversationMembers", **members))["count"] == 2
    council.disabled = True
    assert (await refused(send(council.id, "?")))[0] == 945
    council.disabled, council.present = False, False
    assert (await refused(send(council.id, "?")))[0] == 917
    assert (await refused(send(2_000_000_999, "?")))[0] == 917


# Presses.


async def answer(api: Any, press: dict[str, Any], data: dict[str, Any] | None = None) -> Any:
    named = {name: press[name] for name in ("event_id", "user_id", "peer_id")}
    more = {"event_data": json.dumps(data)} if data else {}
    return await call(api, "messages.sendMessageEventAnswer", **named, **more)


async def test_a_press_waits_for_its_answer(vk: VkStandIn, poll: Poller, send: Sender) -> None:
    maria = vk.user(started=True)
    await send(maria.id, "Помогло?", keyboard=keyboard({"✅ Помогло": "faq/yes"}))
    message = await maria.next_message()
    assert message.rows == [["✅ Помогло"]]
    await poll.events()
    pressing = asyncio.create_task(maria.presses(message, "Помогло"))
    [told] = await poll.events(5)
    press = told["object"]
    assert press["payload"] == {"a": "faq/yes"}
    assert press["conversation_message_id"] == message.cmid
    long = {"type": "show_snackbar", "text": "я" * 91}
    assert "at most 90" in (await refused(answer(send.api, press, long)))[1]
    snackbar = {"type": "show_snackbar", "text": "Спасибо"}
    assert await answer(send.api, press, snackbar) == 1
    assert (await pressing).text == "Спасибо"
    assert await refused(answer(send.api, press)) == (
        100,
        "One of the parameters specified was missing or invalid: invalid event_id",
    )
    with pytest.raises(TimeoutError, match="spins for ever"):
        await maria.presses(message, "faq/yes", timeout=0.05)
    with pytest.raises(AssertionError, match="no button"):
        await maria.presses(message, "Не помогло")
    assert len(vk.timings.presses()) == 1
    old = vk.press(maria, message, "Помогло")
    old.at -= 61
    event = vk.updates.all[list(vk.updates.all)[-1]]
    assert (await refused(answer(send.api, event.object)))[0] == 100


async def test_a_text_button_speaks(vk: VkStandIn, poll: Poller, send: Sender) -> None:
    maria = vk.user(started=True)
    menu = keyboard({"📝 Новая заявка": "new"}, {"Мои заявки": "my"}, inline=False)
    await send(maria.id, "Меню", keyboard=menu)
    assert maria.standing_labels() == ["📝 Новая заявка", "Мои заявки"]
    said = await maria.presses_standing("Новая заявка")
    assert (said.text, said.payload) == ("📝 Новая заявка", '{"a": "new"}')
    message = (await poll.event("message_new"))["message"]
    assert message["payload"] == '{"a": "new"}'
    assert (await maria.presses(maria.chat.last(), "Мои заявки")).said is not None
    once = keyboard({"Да": "y"}, inline=False, one_time=True)
    await send(maria.id, "Раз?", keyboard=once)
    await maria.presses_standing("Да")
    assert maria.standing() == []
    await send(maria.id, "Меню", keyboard=menu)
    await send(maria.id, "Готово", keyboard='{"buttons":[]}')
    assert maria.standing() == []
    where = json.dumps({"buttons": [[{"action": {"type": "location"}}]]})
    await send(maria.id, "Где вы?", keyboard=where)
    assert (await maria.presses_standing("📍")).geo is not None
    link = {"type": "open_link", "label": "Сайт", "link": "https://example.com"}
    await send(
        maria.id, "Сайт", keyboard=json.dumps({"inline": True, "buttons": [[{"action": link}]]})
    )
    press = await maria.presses(maria.chat.last(), "Сайт")
    assert (press.url, press.said) == ("https://example.com", None)


async def test_a_callback_key_may_stand_below_too(
    vk: VkStandIn, poll: Poller, send: Sender
) -> None:
    maria = vk.user(started=True)
    built = vkbottle.Keyboard().add(vkbottle.Callback("Ещё", payload={"a": "more"}))
    await send(maria.id, "Список", keyboard=built.get_json())
    pressing = asyncio.create_task(maria.presses_standing_callback("Ещё"))
    await vk.wait(lambda: vk.presses)
    press = await poll.event("message_event")
    assert "conversation_message_id" not in press
    await answer(send.api, press)
    assert (await pressing).answered


# Sending.


async def test_nothing_is_sent_twice(vk: VkStandIn, send: Sender) -> None:
    maria, petr = vk.user(started=True), vk.user(started=True)
    first = await send(maria.id, "раз", random_id=7)
    assert await send(maria.id, "раз, другими словами", random_id=7) == first
    assert await send(petr.id, "раз", random_id=7) != first
    assert [each.text for each in vk.sent] == ["раз", "раз"]
    both = await send(0, "два", random_id=8, peer_ids=[maria.id, petr.id])
    again = await send(0, "два", random_id=8, peer_ids=[petr.id, maria.id])
    assert again == both[::-1]
    assert await send(maria.id, "три", random_id=0) != await send(maria.id, "три", random_id=0)
    message, at = maria.chat.sent_once[7]
    maria.chat.sent_once[7] = (message, at - 3601)
    assert await send(maria.id, "раз", random_id=7) != first
    for wrong in ({"random_id": 2**31}, {"random_id": None}):
        assert (await refused(send(maria.id, "?", **wrong)))[0] == 100


async def test_several_peers_are_answered_for_separately(
    vk: VkStandIn, api: Any, send: Sender
) -> None:
    maria, petr, anna = vk.user(started=True), vk.user(started=True), vk.user()
    await petr.blocks()
    peers = [maria.id, petr.id, anna.id, 404]
    one, two, three, four = await send(0, "всем", peer_ids=peers)
    assert one == {
        "peer_id": maria.id,
        "message_id": maria.chat.last().id,
        "conversation_message_id": 1,
    }
    assert two["error"]["code"] == 902
    assert three["error"] == {
        "code": 901,
        "description": "Can't send messages for users without permission",
    }
    assert (four["message_id"], four["error"]["code"]) == (0, 901)
    assert vk.stats.refused == {902: 1, 901: 2}
    assert (await refused(send(0, "всем", peer_ids=list(range(1, 102)))))[0] == 100


@pytest.mark.parametrize(
    ("params", "code", "complaint"),
    [
        ({"message": "я" * 4097}, 914, "too long"),
        ({"message": " "}, 100, "message is empty"),
        ({"attachment": ",".join(["wall-1_1"] * 11)}, 100, "at most 10"),
        ({"attachment": "photo-77_1"}, 100, "not found"),
        ({"reply_to": 12345}, 100, "reply_to is invalid"),
        ({"forward": '{"peer_id":1}'}, 100, "forward is invalid"),
        ({"forward_messages": [12345]}, 921, "Can't forward"),
        ({"mesage": "опечатка"}, 100, "unknown parameter"),
        ({"intent": "newsletter"}, 100, "is none of"),
        ({"peer_id": "maria"}, 100, "peer_id: not an integer"),
        ({"keyboard": "{"}, 911, "not valid json"),
    ],
)
async def test_what_is_refused(
    vk: VkStandIn, send: Sender, params: dict[str, Any], code: int, complaint: str
) -> None:
    maria = vk.user(started=True)
    needs_schema = complaint in {"unknown parameter", "is none of", "peer_id: not an integer"}
    if needs_schema and spec_path() is None:
        pytest.skip("the schema of VK is not beside the checkout")
    given = {"message": "текст"} | params
    got, text = await refused(send(maria.id, **given))
    assert (got, complaint in text) == (code, True)
    assert vk.sent == []
    assert bool(vk.malformed) == (code != 921 and "reply_to" not in params)


def buttons(*rows: int, kind: str = "text", **action: Any) -> list[list[dict[str, Any]]]:
    made = {"type": kind, "label": "Да", "payload": "{}"} | action
    return [[{"action": dict(made)} for _ in range(row)] for row in rows]


@pytest.mark.parametrize(
    ("tree", "complaint"),
    [
        ({"inline": True, "buttons": buttons(*[1] * 7)}, "too much rows"),
        ({"inline": True, "buttons": buttons(5, 5, 1)}, "too much buttons"),
        ({"inline": True, "buttons": buttons(6)}, "row 0 contains too much columns"),
        ({"inline": True, "buttons": buttons(1, 0)}, "row 1 contains too much columns"),
        ({"inline": True, "buttons": []}, "should have buttons"),
        ({"inline": True, "one_time": True, "buttons": buttons(1)}, "one_time"),
        ({"buttons": buttons(*[1] * 11)}, "too much rows"),
        ({"buttons": buttons(*[5] * 8, 1)}, "too much buttons"),
        ({"buttons": buttons(1, label="я" * 41)}, "at most 40"),
        ({"buttons": buttons(1, label="")}, "button [0][0] label should be at least 1"),
        ({"buttons": buttons(1, payload=json.dumps("x" * 254))}, "at most 255"),
        ({"buttons": buttons(1, payload="ticket/1")}, "payload is not valid json"),
        ({"buttons": buttons(1, payload=None)}, "payload"),
        ({"buttons": buttons(1, link="https://a.b")}, "action contains unknown fields"),
        ({"buttons": buttons(1, kind="start")}, "type 'start' is unknown"),
        ({"buttons": [[{"action": {"type": "location"}}] * 2]}, "alone in its row"),
        ({"buttons": [[buttons(1)[0][0] | {"color": "red"}]]}, "color is invalid"),
    ],
)
async def test_keyboards_that_are_refused(
    vk: VkStandIn, send: Sender, tree: dict[str, Any], complaint: str
) -> None:
    maria = vk.user(started=True)
    code, text = await refused(send(maria.id, "?", keyboard=json.dumps(tree)))
    assert (code, complaint in text) == (911, True), text
    assert len(vk.malformed) == 1


async def test_what_just_fits(vk: VkStandIn, send: Sender) -> None:
    maria = vk.user(started=True)
    full = {"inline": True, "buttons": buttons(5, 5, label="я" * 40)}
    await send(maria.id, "я" * 4096, keyboard=json.dumps(full))
    await send(maria.id, "меню", keyboard=json.dumps({"buttons": buttons(*[4] * 10)}))
    await send(maria.id, attachment=",".join(f"wall-1_{number}" for number in range(10)))
    assert vk.malformed == []
    assert len(vk.sent) == 3


async def test_replies_and_forwards(vk: VkStandIn, send: Sender) -> None:
    maria, petr = vk.user(started=True), vk.user(started=True)
    said = await maria.says("вопрос")
    await send(maria.id, "ответ", reply_to=said.id)
    assert maria.chat.last().reply_to is said
    quote = {"peer_id": maria.id, "conversation_message_ids": [said.cmid], "is_reply": True}
    await send(maria.id, "ещё ответ", forward=json.dumps(quote))
    assert maria.chat.last().reply_to is said
    assert (await refused(send(petr.id, "?", forward=json.dumps(quote))))[0] == 100
    await send(petr.id, "смотрите", forward=json.dumps(quote | {"is_reply": False}))
    assert petr.chat.last().forwards == [said]
    await send(petr.id, forward_messages=[said.id])
    assert petr.chat.last().forwards == [said]


async def test_the_day_after_a_word(vk: VkStandIn, send: Sender) -> None:
    maria = vk.user(started=True)
    maria.was_silent(hours=25)
    assert (await refused(send(maria.id, "поздно")))[0] == 950
    assert (await refused(send(maria.id, "реклама", intent="promo_newsletter")))[0] == 943
    await send(maria.id, "ответ диспетчера", intent="customer_support")
    await send(maria.id, "заявка выполнена", intent="account_update")
    maria.subscribes("non_promo_newsletter")
    await send(maria.id, "отключение", intent="non_promo_newsletter")
    maria.was_silent(hours=24 * 8)
    assert (await refused(send(maria.id, "?", intent="customer_support")))[0] == 943
    vk.reply_window = None
    await send(maria.id, "без правила")
    assert [each.intent for each in maria.chat.messages][:2] == [
        "customer_support",
        "account_update",
    ]


async def test_edits_and_deletions(vk: VkStandIn, poll: Poller, send: Sender) -> None:
    maria = vk.user(started=True)
    sent = await send(maria.id, "раз", keyboard=keyboard({"Да": "y"}), attachment="wall-1_1")
    message = await maria.next_message()
    edit = {"peer_id": maria.id, "cmid": message.cmid}
    assert await call(send.api, "messages.edit", message="два", **edit) == 1
    assert (message.text, message.rows, message.attachments) == ("два", [], [])
    assert message.edited[0].text == "раз"
    assert (await poll.event("message_edit"))["from_id"] == -77
    said = await maria.says("моё")
    theirs = {"peer_id": maria.id, "message_id": said.id, "message": "нет"}
    assert (await refused(call(send.api, "messages.edit", **theirs)))[0] == 15
    message.sent_at -= 24 * 3600 + 1
    assert (await refused(call(send.api, "messages.edit", message="три", **edit)))[0] == 909
    gone = {"message_ids": [sent, 999], "delete_for_all": 1}
    old, missing = await call(send.api, "messages.delete", **gone)
    assert (old["error"]["code"], missing["error"]["code"]) == (924, 100)
    message.sent_at = time.monotonic()
    [done] = await call(
        send.api, "messages.delete", peer_id=maria.id, cmids=[message.cmid], delete_for_all=1
    )
    assert (done["response"], message.deleted) == (1, True)
    assert (await refused(call(send.api, "messages.edit", message="три", **edit)))[0] == 100


# Files going up.


async def test_files_go_up_and_are_sent(vk: VkStandIn, api: Any, send: Sender) -> None:
    maria, petr = vk.user(started=True), vk.user(started=True)
    photo = await vkbottle.PhotoMessageUploader(api).upload(b"\xff\xd8p", peer_id=maria.id)
    doc = await vkbottle.DocMessagesUploader(api).upload(b"pdf", peer_id=maria.id, title="счёт.pdf")
    voice = await vkbottle.VoiceMessageUploader(api).upload(b"ogg", peer_id=maria.id, title="v.ogg")
    await send(maria.id, "фото", attachment=f"{photo},{doc}")
    heard = await maria.hears("фото")
    assert [(each.kind, each.data) for each in heard.attachments] == [
        ("photo", b"\xff\xd8p"),
        ("doc", b"pdf"),
    ]
    assert heard.photos == [b"\xff\xd8p"]
    assert heard.attachments[1].name == "счёт.pdf"
    # A kept file goes to others without going up again.
    await send(petr.id, attachment=photo)
    assert petr.chat.last().photos == [b"\xff\xd8p"]
    await send(petr.id, attachment=voice)
    assert petr.chat.last().media.kind == "audio_message"  # type: ignore[union-attr]
    assert vk.malformed == []
    theirs = await maria.sends_photo(b"mine")
    stored = theirs.attachments[0]
    await send(petr.id, attachment=stored.ref)
    assert petr.chat.last().photos == [b"mine"]
    assert (await refused(send(petr.id, attachment=stored.ref.rpartition("_")[0])))[0] == 100


async def test_uploads_that_go_wrong(vk: VkStandIn, api: Any) -> None:
    maria = vk.user(started=True)
    server = await call(api, "photos.getMessagesUploadServer", peer_id=maria.id)

    async def put(url: str, field: str, name: str, data: bytes = b"x") -> dict[str, Any]:
        form = aiohttp.FormData()
        form.add_field(field, data, filename=name)
        async with aiohttp.ClientSession() as session, session.post(url, data=form) as answer:
            loaded: dict[str, Any] = json.loads(await answer.text())
            return loaded

    nothing = await put(server["upload_url"], "photo", "noname")
    assert nothing["photo"] == "[]"
    assert (await refused(call(api, "photos.saveMessagesPhoto", **nothing)))[0] == 100
    good = await put(server["upload_url"], "photo", "p.jpg")
    assert (await refused(call(api, "photos.saveMessagesPhoto", **(good | {"hash": "x"}))))[
        0
    ] == 121
    [saved] = await call(api, "photos.saveMessagesPhoto", **good)
    assert saved["owner_id"] == -77
    docs = await call(api, "docs.getMessagesUploadServer", type="doc", peer_id=maria.id)
    assert (await put(docs["upload_url"], "file", "virus.exe"))["error"] == "unsafe_file"
    assert (await refused(call(api, "docs.save", file="77|doc|1|x")))[0] == 105
    assert await put(docs["upload_url"] + "0", "file", "a.pdf") != {}
    await maria.denies()
    assert (await refused(call(api, "photos.getMessagesUploadServer", peer_id=maria.id)))[0] == 901


# execute.


async def execute(vk: VkStandIn, code: str) -> dict[str, Any]:
    asked = {"access_token": vk.token, "v": "5.199", "code": code}
    url = f"{vk.url}/method/execute"
    async with aiohttp.ClientSession() as session, session.post(url, data=asked) as answer:
        assert answer.status == 200
        body: dict[str, Any] = await answer.json()
        return body


def sends(*peers: int, first: int = 1) -> str:
    calls = [
        "API.messages.send("
        + json.dumps({"peer_id": peer, "message": f'"{peer}" 👋\n', "random_id": first + index})
        + ")"
        for index, peer in enumerate(peers)
    ]
    return f"return [{', '.join(calls)}];"


async def test_a_batch_is_one_request(vk: VkStandIn, api: Any) -> None:
    people = [vk.user(started=True) for _ in range(25)]
    done = await call(api, "execute", code=sends(*(each.id for each in people)))
    assert done == [each.chat.last().id for each in people]
    assert people[0].chat.last().text == f'"{people[0].id}" 👋'
    assert vk.stats.requests == 1
    assert vk.stats.calls["messages.send"] == 25
    # The same batch once more says nothing new.
    assert await call(api, "execute", code=sends(*(each.id for each in people))) == done
    assert len(vk.sent) == 25
    assert vk.malformed == []


async def test_failures_inside_a_batch(vk: VkStandIn) -> None:
    maria, petr, anna = (vk.user(started=True) for _ in range(3))
    await petr.denies()
    vk.faults.next("messages.send", kind="error", code=9, peer=anna.id)
    body = await execute(vk, sends(maria.id, petr.id, anna.id))
    assert body["response"] == [maria.chat.last().id, False, False]
    told = [(each["method"], each["error_code"]) for each in body["execute_errors"]]
    # The last error is told once more, for execute itself.
    assert told == [("messages.send", 901), ("messages.send", 9), ("execute", 9)]
    assert vk.stats.refused == {901: 1, 9: 1}


async def test_what_execute_reads(vk: VkStandIn) -> None:
    maria = vk.user(started=True)
    code = f"""
        // a batch
        var who = API.users.get({{user_ids: [{maria.id}]}});
        return {{"who": who, 'n': [1, -2.5, true, null, "\\u0434а\\n"], "empty": [],}};
    """
    body = await execute(vk, code)
    assert body["response"]["who"][0]["first_name"] == "Мария"
    assert body["response"]["n"] == [1, -2.5, True, None, "да\n"]
    for code, number, complaint in (
        ("return 1", 12, "';' expected, '' found in line 1"),
        ("return 1 + 1;", 12, "unexpected '+' found in line 1"),
        ("\nreturn [API.messages.send({];", 12, "found in line 2"),
        ("if (true) { return 1; }", 12, "expected"),
        ("return nothing;", 13, "unknown variable nothing"),
        (sends(*[maria.id] * 26, first=100), 13, "Too many api calls"),
    ):
        error = (await execute(vk, code))["error"]
        assert (error["error_code"], complaint in error["error_msg"]) == (number, True), error
    # Before the twenty-sixth the others were carried out.
    assert len(maria.chat.heard()) == 25
    assert (await execute(vk, "return API.secret.method();"))["response"] is False


# The community.


async def test_an_unready_community(vk: VkStandIn, api: Any, send: Sender) -> None:
    maria = vk.user(started=True)
    assert (await call(api, "groups.getById"))["groups"][0]["id"] == 77
    rights = await call(api, "groups.getTokenPermissions")
    assert {each["name"] for each in rights["permissions"]} == {
        *("photos", "docs", "manage", "messages"),
    }
    vk.community.make_fresh()
    assert "group messages are disabled" in (await refused(send(maria.id, "?")))[1]
    group = {"group_id": 77}
    wrong = await refused(call(api, "groups.getLongPollServer", **group))
    assert "longpoll for this group is not enabled" in wrong[1]
    settings = await call(api, "groups.getLongPollSettings", **group)
    assert not settings["is_enabled"]
    assert not any(settings["events"].values())
    assert (await refused(call(api, "groups.getSettings", **group)))[0] == 27
    vk.community.settings_readable = True
    assert (await call(api, "groups.getSettings", **group))["messages"] == 0
    await call(api, "groups.setSettings", messages=1, **group)
    assert (await refused(send(maria.id, "?", keyboard='{"buttons":[]}')))[0] == 912
    await call(api, "groups.setSettings", bots_capabilities=1, **group)
    await call(
        api,
        "groups.setLongPollSettings",
        enabled=1,
        api_version="5.131",
        message_new=1,
        message_event=1,
        **group,
    )
    settings = await call(api, "groups.getLongPollSettings", **group)
    assert (settings["is_enabled"], settings["api_version"]) == (True, "5.131")
    assert [name for name, on in settings["events"].items() if on] == [
        "message_new",
        "message_event",
    ]
    await send(maria.id, "готово", keyboard=keyboard({"Да": "y"}))
    assert (await refused(call(api, "groups.getLongPollServer", group_id=78)))[0] == 125
    vk.community.permissions.remove("manage")
    assert "no access to call" in (await refused(call(api, "groups.getLongPollServer", **group)))[1]


async def test_people_and_names(vk: VkStandIn, api: Any) -> None:
    maria = vk.user("Мария Кузнецова", screen_name="masha")
    [known] = await call(api, "users.get", user_ids=["masha", 404], fields=["domain"])
    assert (known["id"], known["last_name"], known["domain"]) == (maria.id, "Кузнецова", "masha")
    assert (await refused(call(api, "users.get", user_ids=[404])))[0] == 113
    assert await call(api, "users.get") == []
    found = await call(api, "utils.resolveScreenName", screen_name="masha")
    assert found == {"type": "user", "object_id": maria.id}
    assert (await refused(call(api, "utils.resolveScreenName", screen_name="nobody")))[0] == 104
    assert await call(api, "messages.setActivity", peer_id=maria.id, type="typing") == 1
    assert vk.actions == [(maria.id, "typing")]


# Callback API.


class Hook:
    """Our end of the Callback API."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.taken: list[dict[str, Any]] = []
        self.failures: list[int] = []
        self.pause = 0.0
        self.retries: list[str] = []
        self.url = ""

    async def serve(self, request: web.Request) -> web.Response:
        body = await request.json()
        if body["type"] == "confirmation":
            return web.Response(text=self.code)
        if "X-Retry-Counter" in request.headers:
            self.retries.append(request.headers["X-Retry-Counter"])
        self.taken.append(body)
        if self.failures:
            return web.Response(status=self.failures.pop())
        pause, self.pause = self.pause, 0.0
        await asyncio.sleep(pause)
        return web.Response(text="ok")

    def texts(self) -> list[str]:
        return [each["object"]["message"]["text"] for each in self.taken]


@asynccontextmanager
async def hooked(code: str) -> AsyncIterator[Hook]:
    hook = Hook(code)
    app = web.Application()
    app.router.add_post("/vk", hook.serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/vk"
    try:
        yield hook
    finally:
        await runner.cleanup()


async def test_callback_is_set_up_by_calls(vk: VkStandIn, api: Any) -> None:
    async with hooked(vk.community.confirmation) as hook:
        bot = vkbottle.callback.BotCallback(hook.url, "domovoy", "s3cret", api, 77)
        assert await bot.get_callback_confirmation_code() == vk.community.confirmation
        number = await bot.add_callback_server()
        await vk.wait(lambda: vk.callbacks.servers[number].status == "ok")
        maria = vk.user()
        await maria.says("не выбрано")
        assert not any((await bot.get_callback_settings(number)).values())
        await bot.set_callback_settings(number, {"message_new": True})
        await maria.says("выбрано")
        await vk.wait(lambda: hook.taken)
        [event] = hook.taken
        assert (event["secret"], event["group_id"], event["v"]) == ("s3cret", 77, "5.199")
        assert hook.texts() == ["выбрано"]
        assert [each["status"] for each in await bot.get_callback_servers()] == ["ok"]
        hook.code = "other"
        await bot.edit_callback_server(number)
        await vk.wait(lambda: vk.callbacks.servers[number].status == "failed")
        await bot.delete_callback_server(number)
        assert await bot.get_callback_servers() == []
        with pytest.raises(AssertionError, match="did not answer with"):
            await vk.callback_to(hook.url)


async def test_callback_repeats_until_ok_in_order(vk: VkStandIn) -> None:
    vk.callbacks.retry, vk.callbacks.patience = 0.02, 0.2
    async with hooked(vk.community.confirmation) as hook:
        await vk.callback_to(hook.url, "s3cret", "message_new")
        maria = vk.user()
        hook.failures = [503, 500]
        for number in range(1, 4):
            await maria.says(str(number))
        await vk.wait(lambda: not any(each.queue for each in vk.callbacks.servers.values()))
        assert hook.texts() == ["1", "1", "1", "2", "3"]
        assert hook.retries == ["1", "2"]
        assert len({each["event_id"] for each in hook.taken}) == 3
        hook.pause = 0.4
        await maria.says("медленно")
        await vk.wait(lambda: len(hook.taken) == 7)
        assert hook.texts()[5:] == ["медленно", "медленно"]
        last: Event = list(vk.updates.all.values())[-1]
        await vk.wait(lambda: last.confirmed_at is not None)
        assert await vk.redeliver(last.id, times=3) == ["ok"] * 3
        assert len(hook.taken) == 10


# Limits.


async def test_twenty_requests_a_second() -> None:
    limits = PublishedLimits().scaled(4)
    async with VkStandIn(limits=limits) as vk:
        api = client(vk)
        maria = vk.user(started=True)
        send = Sender(api)
        done = await asyncio.gather(
            *(send(maria.id, str(number)) for number in range(24)), return_exceptions=True
        )
        errors = [each.code for each in done if isinstance(each, vkbottle.VKAPIError)]
        assert errors == [6] * 4
        assert vk.stats.too_many == 4
        await asyncio.sleep(limits.window)
        peers = [maria.id] * 25
        for batch in range(20):
            await call(api, "execute", code=sends(*peers, first=1000 + batch * 25))
        assert len(maria.chat.heard()) == 20 + 500
        await api.http_client.close()
    assert PublishedLimits().rate == 20


# Faults.


async def test_faults_on_order(vk: VkStandIn, api: Any, send: Sender) -> None:
    maria, petr = vk.user(started=True), vk.user(started=True)
    for code in (1, 6, 9, 10, 29):
        vk.faults.next("messages.send", kind="error", code=code)
        assert (await refused(send(maria.id, "?")))[0] == code
    vk.faults.next("messages.send", kind="error", code=14, peer=maria.id)
    await send(petr.id, "мимо")
    with pytest.raises(vkbottle.CaptchaError) as caught:
        await send(maria.id, "?")
    assert caught.value.captcha_sid
    flood = vk.faults.flood(60, peer=maria.id, code=9)
    assert (await refused(send(maria.id, "?")))[0] == 9
    flood.cancel()
    await send(maria.id, "снова")
    vk.faults.revoke_token()
    assert (await refused(send(maria.id, "?")))[0] == 5
    vk.faults.clear()
    wrong = client(vk, "other")
    assert (await refused(call(wrong, "groups.getById")))[0] == 5
    await wrong.http_client.close()
    url = f"{vk.url}/method/messages.send"
    async with aiohttp.ClientSession() as session:
        vk.faults.next("messages.send", kind="502")
        async with session.post(url) as page:
            assert (page.status, page.content_type) == (502, "text/html")
        async with session.post(url, data={"access_token": vk.token}) as answer:
            assert (await answer.json())["error"]["error_code"] == 8
        given = {"access_token": vk.token, "v": "5.199", "peer_id": maria.id}
        async with session.post(url, data=given) as answer:
            error = (await answer.json())["error"]
        assert {"key": "method", "value": "messages.send"} in error["request_params"]
        assert vk.token not in json.dumps(error)
    assert [each.text for each in vk.sent] == ["мимо", "снова"]
    assert (await refused(call(api, "messages.doEverything")))[0] == 3


async def test_answers_that_never_come(vk: VkStandIn, send: Sender) -> None:
    maria = vk.user(started=True)
    for kind, heard in (("reset", 0), ("reset_accepted", 1)):
        vk.faults.next("messages.send", kind=kind)  # type: ignore[arg-type]
        with pytest.raises(aiohttp.ClientError):
            await send(maria.id, kind)
        assert len(maria.unread()) == heard
    for kind, heard in (("hang", 1), ("hang_accepted", 2)):
        vk.faults.next("messages.send", kind=kind)  # type: ignore[arg-type]
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(send(maria.id, kind), 0.1)
        assert len(maria.unread()) == heard
    # What was accepted is not said again.
    send.random_id -= 1
    await send(maria.id, "hang_accepted")
    assert len(maria.unread()) == 2
    vk.faults.next("messages.send", kind="slow", delay=0.1)
    started = time.monotonic()
    await send(maria.id, "медленно")
    assert time.monotonic() - started >= 0.1
    vk.faults.at_random("error", 0.5, seed=3, method="messages.send", code=9)
    done = [await asyncio.gather(send(maria.id, "?"), return_exceptions=True) for _ in range(20)]
    assert 0 < sum(isinstance(each[0], Exception) for each in done) < 20


async def test_out_of_reach_and_back(vk: VkStandIn, poll: Poller, send: Sender) -> None:
    maria = vk.user(started=True)
    vk.faults.next("longpoll", kind="500")
    with pytest.raises(json.JSONDecodeError):
        await poll.once()
    await vk.stop()
    with pytest.raises(aiohttp.ClientError):
        await send(maria.id, "?")
    await maria.says("пока вас не было")
    await vk.start()
    message = (await poll.event("message_new"))["message"]
    assert message["text"] == "пока вас не было"
    await send(maria.id, "снова")
    assert len(vk.timings.replies()) == 1


async def test_the_control_pages(vk: VkStandIn, poll: Poller, send: Sender) -> None:
    async def control(action: str, **asked: Any) -> Any:
        url = f"{vk.url}/control/{action}"
        async with aiohttp.ClientSession() as session, session.post(url, json=asked) as answer:
            return await answer.json()

    await control("say", user=5, text="Привет", name="Олег")
    assert (await poll.event("message_new"))["message"]["from_id"] == 5
    await send(5, "Вы?", keyboard=keyboard({"Да": "y"}))
    [told] = await control("messages")
    assert (told["peer"], told["rows"]) == (5, [["Да"]])
    assert not (await control("press", user=5, cmid=told["cmid"], button="Да", wait=0))["answered"]
    await control("permission", user=5, do="block")
    assert (await refused(send(5, "?")))[0] == 902
    await control("fault", kind="error", code=9)
    assert (await refused(send(5, "?")))[0] == 9
    await control("longpoll", do="expire")
    assert await poll.once() == {"failed": 2}
    assert (await control("nothing"))["error"] == "no such action"
    assert "no button" in (await control("press", user=5, cmid=told["cmid"], button="Ы"))["error"]
    assert (await control("stats"))["sent"] == 1
    assert len(await control("calls")) == len(vk.calls)
    assert len(await control("updates")) == len(vk.updates.all)
