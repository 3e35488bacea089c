"""Files and the network between VK and us: what goes wrong with one file is that file's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot import media
from bot.platforms.vk import api
from bot.platforms.vk.api import UploadFailed, VkApi
from services.messaging.port import Ambiguous, NotSent, Rejected
from services.messaging.types import Attachment, Outbound
from tests.platforms.vk_driver import VkDriver
from tests.support.vk import VkStandIn

JPEG = b"\xff\xd8\xff\xe0 a photo"


@pytest.fixture
async def silent() -> AsyncIterator[str]:
    """Takes connections and says nothing."""
    taken: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _, writer: taken.append(writer), "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    yield f"{host}:{port}"
    for writer in taken:
        writer.close()
    server.close()
    await asyncio.gather(*(writer.wait_closed() for writer in taken), return_exceptions=True)


# ── Files that go up ─────────────────────────────────────────────────────────


async def test_a_page_instead_of_an_answer_is_the_files_own_trouble(vk: VkDriver) -> None:
    """`NotSent` would pause the whole channel, and try for ever."""
    maria = await vk.person()
    photo = await vk.stored("photo", JPEG, mime="image/jpeg")
    for kind in ("502", "reset"):
        vk.vk.faults.next("upload", kind=kind)  # type: ignore[arg-type]
        with pytest.raises(UploadFailed):
            await vk.send(maria, Outbound(attachments=(photo,)))
    await vk.send(maria, Outbound(attachments=(photo,)))
    assert [shown.files for shown in await maria.sees()] == [[("photo", JPEG)]]


async def test_a_large_file_is_given_more_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "UPLOADED_WITHIN", 0.2)
    monkeypatch.setattr(api, "SLOWEST", 1000)
    async with VkStandIn() as vk:
        calls = VkApi(vk.token, vk.url, per_second=20)
        for size in (10, 3000):
            vk.faults.next("upload", kind="slow", delay=1.0)
            url = vk.uploads.address("doc", 5)
            if size < 1000:
                with pytest.raises(UploadFailed):
                    await calls.upload(url, "file", b"x" * size, "a.pdf")
            else:
                assert "file" in await calls.upload(url, "file", b"x" * size, "a.pdf")
        await calls.close()


async def test_out_of_reach_is_not_the_files_trouble() -> None:
    calls = VkApi("token", "http://127.0.0.1:1", per_second=20)
    with pytest.raises(NotSent):
        await calls.upload("http://127.0.0.1:1/upload", "file", b"x", "a.pdf")
    await calls.close()


# ── Files that come down ─────────────────────────────────────────────────────


async def test_a_file_that_cannot_be_had_now_is_asked_for_again(
    vk: VkDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media, "PAUSES", (0.01, 0.01))
    maria = await vk.person()
    await maria.sends("document", b"paper", name="акт.pdf")
    [heard] = await vk.hears(files=1)
    vk.vk.faults.next("download", kind="502", times=2)
    assert await vk.bytes_of(heard.attachments[0]) == b"paper"


async def test_a_file_that_is_gone_is_not(vk: VkDriver) -> None:
    gone = Attachment(kind="document", handle=f"doc1_2 {vk.vk.url}/files/none/a.pdf")
    with pytest.raises(Rejected):
        async for _ in vk.channel.fetch(gone):
            pass


# ── Calls ────────────────────────────────────────────────────────────────────


async def test_a_call_that_never_got_through_has_not_left(
    silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time goes by on TLS: nothing was written, so nothing is in doubt."""
    monkeypatch.setattr(api, "ANSWER_WITHIN", 0.3)
    calls = VkApi("token", f"https://{silent}", per_second=20)
    with pytest.raises(NotSent):
        await calls.call("messages.send", peer_id=1)
    await calls.close()


async def test_a_call_that_was_written_is_in_doubt(
    silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "ANSWER_WITHIN", 0.3)
    calls = VkApi("token", f"http://{silent}", per_second=20)
    with pytest.raises(Ambiguous):
        await calls.call("messages.send", peer_id=1)
    await calls.close()
