"""The community's wall: posted once, with a key of its own, and what its refusals mean."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest

from bot.platforms.vk.wall import read_wall_error
from services.messaging.port import Ambiguous, Rejected, SendFailed, Throttled
from services.messaging.types import Address, Attachment, Outbound
from services.open_posts import WALL
from tests.platforms.conftest import drive
from tests.platforms.vk_driver import VkDriver

TO = Address(channel="vk", chat=WALL)
POST = Outbound(header="💧 Нет воды", text="ул. Садовая, 5\nhttps://vk.me/club77", silent=True)


@pytest.fixture
async def vk(database_url: str, tmp_path: Path) -> AsyncIterator[VkDriver]:
    async for ready in drive(VkDriver(database_url, tmp_path, wall_token="vk1.a.TEST.WALL")):
        yield cast(VkDriver, ready)


async def test_the_words_stand_there_once(vk: VkDriver) -> None:
    """An answer was lost, so it is sent again with the same key."""
    vk.vk.faults.next("wall.post", kind="reset_accepted")
    with pytest.raises(Ambiguous):
        await vk.channel.send(TO, POST, 5)
    assert await vk.channel.send(TO, POST, 5) == ["1"]
    (post,) = vk.vk.wall
    assert post.text == "💧 Нет воды\nул. Садовая, 5\nhttps://vk.me/club77"
    assert post.from_group
    assert post.muted
    assert await vk.channel.send(TO, POST, 6) == ["2"]


async def test_files_stay_behind(vk: VkDriver) -> None:
    photo = Attachment(kind="photo", channel="vk", handle="photo1_1")
    await vk.channel.send(TO, POST.model_copy(update={"attachments": (photo,)}), 5)
    assert len(vk.vk.wall) == 1


async def test_without_a_key_of_its_own(database_url: str, tmp_path: Path) -> None:
    async for vk in drive(VkDriver(database_url, tmp_path)):
        with pytest.raises(Rejected, match="VK_WALL_TOKEN"):
            await vk.channel.send(TO, POST, 5)


@pytest.mark.parametrize(
    ("code", "failure"),
    [(6, Throttled), (9, Throttled), (14, Throttled), (10, Ambiguous), (5, Rejected),
     (27, Rejected), (15, Rejected), (214, Rejected), (222, Rejected), (1051, Rejected)],
)  # fmt: skip
def test_no_refusal_is_about_the_whole_of_vk(code: int, failure: type[SendFailed]) -> None:
    found = read_wall_error(code)
    assert isinstance(found, failure)
    assert not getattr(found, "everywhere", False)


async def test_a_refused_key_is_told_of(vk: VkDriver) -> None:
    vk.vk.faults.next("wall.post", kind="error", code=5)
    with pytest.raises(Rejected, match="не принят"):
        await vk.channel.send(TO, POST, 5)
    await vk.send(await vk.person(), Outbound(text="Остальное работает"))
