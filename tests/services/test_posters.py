"""`python -m bot posters`: a page for each house and entrance, and what it says where it cannot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot import posters, ways_in
from bot.exporting import CannotExport
from bot.settings import Settings
from services.db import Database
from services.tables import Entrance, House
from tests.support.paper import read_codes, read_words

BOT = "42:TEST"


def settings(**given: Any) -> Settings:
    return Settings(_env_file=None, **given)


async def test_a_page_for_each_house_and_entrance(db: Database, tmp_path: Path) -> None:
    out = tmp_path / "posters.pdf"
    await ways_in.introduce_telegram(db, 42, "domovoy_bot")
    async with db.work() as work:
        pages = await work.session.scalar(select(func.count()).select_from(House)) or 0
        pages += await work.session.scalar(select(func.count()).select_from(Entrance)) or 0
        house = (await work.session.scalars(select(House).order_by(House.id))).all()[0]
    told = await posters.write_out(db, settings(telegram_token=BOT), "", out)
    assert told == f"{out}: страниц {pages}"
    assert len(read_words(out.read_bytes())) == pages
    await posters.write_out(db, settings(telegram_token=BOT), house.code, out)
    first = read_codes(out.read_bytes())[0]
    assert first == [f"https://t.me/domovoy_bot?start={house.code}"]


@pytest.mark.parametrize(
    ("given", "house", "why"),
    [
        ({"public_url": "https://bot.example.ru"}, "none", "нет дома с кодом none"),
        ({}, "", "ни один мессенджер не подключён"),
        ({"telegram_token": BOT}, "", "имя бота в Telegram ещё не известно"),
    ],
)
async def test_what_it_cannot(
    db: Database, tmp_path: Path, given: dict[str, Any], house: str, why: str
) -> None:
    with pytest.raises(CannotExport, match=why):
        await posters.write_out(db, settings(**given), house, tmp_path / "posters.pdf")


async def test_a_channel_that_is_off_leaves_no_code(db: Database) -> None:
    every = settings(
        telegram_token=BOT, vk_token="t", vk_group_id=77, public_url="https://bot.example.ru"
    )
    async with db.work() as work:
        await ways_in.write_down(work, every)
    await ways_in.introduce_telegram(db, 42, "domovoy_bot")
    async with db.work() as work:
        await ways_in.write_down(work, every)
        assert [link.channel for link in await work.links.to("x")] == ["telegram", "vk", "web"]
        # Another bot: its name is not known yet.
        await ways_in.write_down(work, every.model_copy(update={"vk_token": settings().vk_token}))
        assert [link.channel for link in await work.links.to("x")] == ["telegram", "web"]
        other = settings(telegram_token="43:TEST")
        await ways_in.write_down(work, other)
        assert await work.links.to("x") == []
