"""Nothing of a VK message is lost: cropped ones, forwarded files, edits, and nonsense."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.platforms.vk import wholes
from bot.platforms.vk.hearing import Access
from bot.platforms.vk.parse import parse
from services.messaging.types import Happening, Inbound
from tests.platforms.conftest import drive
from tests.platforms.driver import Driver
from tests.platforms.test_vk import post
from tests.platforms.vk_driver import SECRET, VkCallbackDriver, VkDriver, VkPerson
from tests.support.vk import Message

PHOTOS = [b"\xff\xd8photo%d" % number for number in range(10)]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wholes, "PAUSES", (0.01, 0.01))


async def bytes_of(driver: VkDriver, heard: Inbound) -> list[bytes]:
    return [await driver.bytes_of(file) for file in heard.attachments]


# ── Cropped ──────────────────────────────────────────────────────────────────


@pytest.fixture(params=[VkDriver, VkCallbackDriver])
async def either(
    request: pytest.FixtureRequest, database_url: str, tmp_path: Path
) -> AsyncIterator[Driver]:
    async for ready in drive(request.param(database_url, tmp_path)):
        yield ready


async def test_a_cropped_message_is_heard_whole(either: VkDriver) -> None:
    maria = await either.person()
    await maria.user.sends_photos(PHOTOS, "Десять", cropped=True)
    [heard] = await either.hears(1)
    assert await bytes_of(either, heard) == PHOTOS
    strange = [either.vk.foreign(f"Слово {number}") for number in range(50)]
    await maria.user.says("Читайте", forwards=strange, cropped=True, ref="dvor-1")
    heard = (await either.hears(2))[-1]
    assert heard.text.splitlines() == ["Читайте", *(f"> Слово {n}" for n in range(50))]
    assert (heard.payload, heard.sender.name) == ("dvor-1", "Мария")


async def test_an_edit_may_be_cropped_too(vk: VkDriver) -> None:
    maria = await vk.person()
    said = await maria.user.sends_photos(PHOTOS[:1], "Вот", cropped=True)
    files = [maria.user.file("photo", data) for data in PHOTOS[:3]]
    await maria.user.edits(said, "Вот три", files)
    _, heard = await vk.hears(2)
    assert (heard.happening, heard.edits) == (Happening.EDIT, str(said.cmid))
    assert await bytes_of(vk, heard) == PHOTOS[:3]


async def test_where_vk_is_away_nothing_is_acknowledged(vk: VkDriver) -> None:
    """The long poll hands it over again."""
    maria = await vk.person()
    vk.vk.faults.next("messages.getByConversationMessageId", kind="reset", times=2)
    await maria.user.sends_photos(PHOTOS, "Десять", cropped=True)
    [heard] = await vk.hears(1)
    assert len(heard.attachments) == 10
    assert len(vk.outages) == 2


async def test_vk_calls_again_where_the_whole_cannot_be_read(callback: VkCallbackDriver) -> None:
    maria = await callback.person()
    callback.vk.faults.next("messages.getByConversationMessageId", kind="reset", times=2)
    await maria.user.sends_photos(PHOTOS, "Десять", cropped=True)
    [heard] = await callback.hears(1)
    assert len(heard.attachments) == 10
    [server] = callback.vk.callbacks.servers.values()
    await callback.vk.wait(lambda: len(server.answers) == 3)
    assert [answer[:3] for answer in server.answers] == ["503", "503", "ok"]


@pytest.mark.parametrize(("code", "times"), [(100, 1), (10, 3)])
async def test_what_vk_does_not_show_is_told_in_words(vk: VkDriver, code: int, times: int) -> None:
    """It holds up nobody for ever."""
    maria = await vk.person()
    method = "messages.getByConversationMessageId"
    vk.vk.faults.next(method, kind="error", code=code, times=times)
    await maria.user.sends_photos(PHOTOS, "Десять", cropped=True)
    await maria.says("Дальше")
    first, second = await vk.hears(2)
    assert first.text.startswith("Десять\n[ВК показал это сообщение не целиком")
    assert len(first.attachments) == 1
    assert second.text == "Дальше"


async def test_a_process_that_does_not_lead_reads_the_whole_too(callback: VkCallbackDriver) -> None:
    maria = await callback.person()
    vk = callback.vk
    other = callback.make(
        Access(token=vk.token, group_id=vk.group_id, api_url=vk.url, callback=True, secret=SECRET)
    )
    callback.channel, leader = other, callback.channel
    try:
        await maria.user.sends_photos(PHOTOS, "Десять", cropped=True)
        [heard] = await callback.hears(1)
        assert len(heard.attachments) == 10
    finally:
        callback.channel = leader
        await other.close()


async def test_vk_is_asked_for_the_confirmation(callback: VkCallbackDriver) -> None:
    vk = callback.vk
    other = callback.make(
        Access(token=vk.token, group_id=vk.group_id, api_url=vk.url, callback=True, secret=SECRET)
    )
    callback.channel, leader = other, callback.channel
    try:
        asks = {"type": "confirmation"}
        assert await post(callback, asks) == (200, vk.community.confirmation)
        vk.faults.next("groups.getCallbackConfirmationCode", kind="error", code=10)
        assert (await post(callback, asks))[0] == 503
    finally:
        callback.channel = leader
        await other.close()


# ── Forwarded ────────────────────────────────────────────────────────────────


def carrying(
    maria: VkPerson, text: str, *files: tuple[str, bytes], inside: Sequence[Message] = ()
) -> Message:
    message = maria.vk.foreign(text)
    message.attachments = [maria.user.file(kind, data) for kind, data in files]
    message.forwards = list(inside)
    return message


async def test_forwarded_files_travel_along(vk: VkDriver) -> None:
    maria = await vk.person()
    deep = carrying(maria, "", ("audio_message", b"OggS"))
    near = carrying(maria, "Потоп", ("photo", b"flood"), ("doc", b"paper"), inside=[deep])
    await maria.user.says("У соседей", forwards=[near])
    [heard] = await vk.hears()
    assert heard.text == "У соседей\n> Потоп"
    assert [file.kind for file in heard.attachments] == ["photo", "document", "voice"]
    assert await bytes_of(vk, heard) == [b"flood", b"paper", b"OggS"]


async def test_a_forwarded_photo_alone_is_taken(vk: VkDriver) -> None:
    maria = await vk.person()
    await maria.user.says("", forwards=[carrying(maria, "", ("photo", b"flood"))])
    [heard] = await vk.hears()
    assert await bytes_of(vk, heard) == [b"flood"]
    assert heard.unreadable == ""


async def test_what_has_no_room_is_told_in_words(vk: VkDriver) -> None:
    maria = await vk.person()
    many = [carrying(maria, "", ("photo", b"%d" % number)) for number in range(13)]
    await maria.user.says("Вот", forwards=many)
    [heard] = await vk.hears()
    assert len(heard.attachments) == 10
    assert "ещё файлов в пересланном: 3" in heard.text


# ── Edits ────────────────────────────────────────────────────────────────────


async def test_a_photo_that_an_edit_adds_is_heard(vk: VkDriver) -> None:
    maria = await vk.person()
    said = await maria.user.says("Течёт")
    await maria.user.edits(said, "Течёт", [maria.user.file("photo", b"flood")])
    _, heard = await vk.hears(2)
    assert heard.edits == str(said.cmid)
    assert await bytes_of(vk, heard) == [b"flood"]


# ── Nonsense ─────────────────────────────────────────────────────────────────


def read(**message: Any) -> Inbound:
    whole = {"from_id": 7001, "peer_id": 7001, "conversation_message_id": 3, "text": "Слова"}
    found = parse({"type": "message_new", "object": {"message": {**whole, **message}}})
    assert found is not None
    return found


PHOTO = {"type": "photo", "photo": {"id": 1, "owner_id": 2, "sizes": [{"url": "http://x/y"}]}}


def test_an_attachment_that_makes_no_sense_is_left_out_alone() -> None:
    odd = [None, 7, {"type": "photo", "photo": "?"}, {"type": "doc", "doc": {"size": "?"}}, PHOTO]
    heard = read(attachments=odd, geo="?", fwd_messages=[None, {"text": "Да"}], reply_message=3)
    assert heard.text == "Слова\n> Да"
    assert [file.kind for file in heard.attachments] == ["photo"]
    assert read(attachments="?", fwd_messages=5).text == "Слова"


@pytest.mark.parametrize("peer", ["адрес", None, [], {}, 0])
def test_an_address_that_makes_no_sense_is_the_writers(peer: object) -> None:
    assert read(peer_id=peer).address.chat == "7001"


@pytest.mark.parametrize("date", [10**30, -(10**30), "вчера", None, [], 1e400])
def test_a_date_that_makes_no_sense(date: object) -> None:
    assert read(date=date).text == "Слова"


async def test_the_callback_api_answers_nonsense(callback: VkCallbackDriver) -> None:
    assert (await post(callback, "[" * 200_000))[0] == 400
    content = {"from_id": 7001, "peer_id": 7001, "conversation_message_id": 3, "text": "Слова"}
    event = {"type": "message_new", "object": {"message": {**content, "date": 10**30}}}
    assert await post(callback, event) == (200, "ok")
    [heard] = await callback.hears()
    assert heard.text == "Слова"
    for number in ("x" * 10_000, "\ud800", "a:b", {}):
        press = {"user_id": 7001, "peer_id": 7001, "event_id": number, "payload": {"a": "do"}}
        assert await post(callback, {"type": "message_event", "object": press}) == (200, "ok")


# ── Links, drawings ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "url", "told"),
    [
        ("https://a.ru/b", "https://a.ru/b", "https://a.ru/b"),
        ("См. a.ru/b", "https://a.ru/b/", "См. a.ru/b"),
        ("См.", "https://a.ru/b", "См.\nhttps://a.ru/b"),
    ],
)
def test_a_link_is_told_once(text: str, url: str, told: str) -> None:
    link = {"type": "link", "link": {"url": url}}
    assert read(text=text, attachments=[link]).text == told


@pytest.mark.parametrize(
    ("kind", "thing", "told"),
    [
        ("wall_reply", {"owner_id": -5, "post_id": 7, "id": 9}, "https://vk.com/wall-5_7?reply=9"),
        ("wall", {"to_id": -5, "id": 9}, "https://vk.com/wall-5_9"),
        ("wall_reply", {"owner_id": -5, "id": 9}, ""),
        ("story", {}, ""),
    ],
)
def test_links_lead_somewhere(kind: str, thing: dict[str, Any], told: str) -> None:
    heard = read(text="", attachments=[{"type": kind, kind: thing}])
    assert heard.text == told
    assert heard.unreadable == ("" if told else "other")


async def test_a_drawing_is_a_photo(vk: VkDriver) -> None:
    maria = await vk.person()
    await maria.user.sends(maria.user.file("graffiti", b"png", "drawing.png"))
    [heard] = await vk.hears()
    assert [file.kind for file in heard.attachments] == ["photo"]
    assert await bytes_of(vk, heard) == [b"png"]


# ── A community that is not ready ────────────────────────────────────────────


async def test_messages_and_buttons_are_switched_on_at_the_start(vk: VkDriver) -> None:
    ups = vk.ups
    vk.vk.community.messages = vk.vk.community.bots = vk.vk.community.start_button = False
    vk.channel._hearing.doubt()  # begins again
    await vk.vk.wait(lambda: vk.ups > ups)
    community = vk.vk.community
    assert (community.messages, community.bots, community.start_button) == (True, True, True)


async def test_a_community_that_cannot_be_set_says_why(vk: VkDriver) -> None:
    vk.vk.community.messages = False
    vk.vk.community.permissions.discard("manage")
    vk.channel._hearing.doubt()
    await vk.vk.wait(lambda: len(vk.outages) > 1)
    assert "включите «Сообщения сообщества»" in str(vk.outages[-1])


async def test_the_number_of_another_community_is_an_outage(vk: VkDriver) -> None:
    other = vk.make(Access(token=vk.vk.token, group_id=999, api_url=vk.vk.url))
    with pytest.raises(Exception, match="номер не этого ключа"):
        await other.run(vk.hear, lambda: None, None)
    await other.close()
