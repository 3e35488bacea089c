"""Files on their way into Telegram and out of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from services.messaging.port import (
    Rejected,
    Unavailable,
)
from services.messaging.types import Attachment, Outbound
from tests.platforms.telegram_driver import TelegramDriver

JPEG = b"\xff\xd8\xff\xe0 a photo"


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
