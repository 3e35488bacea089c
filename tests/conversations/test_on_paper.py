"""Sheets and posters at the desk, and where there is no messenger to lead to."""

from __future__ import annotations

import pytest

from tests.conversations.test_outage_mistakes import at_desk
from tests.support.paper import read_codes, read_words
from tests.support.world import World

pytestmark = [pytest.mark.only("web"), pytest.mark.rooms("desk")]


@pytest.mark.also("telegram")
async def test_on_paper_at_the_desk(world: World) -> None:
    desk = await at_desk(world, "olga")
    await desk.says("/outage")
    await desk.presses("🚨 Авария", "🛗 Лифт", "ул. Садовая, 5", "Дальше", "Весь дом")
    await desk.presses("Через 4 часа", "Пропустить", "Отправить сейчас", "Отчёт")
    post = await desk.presses("💬 Текст для чата дома")
    assert "Лифт не работает" in post["text"]
    assert not post.get("buttons")
    (file,) = (await desk.presses("🖨 Листок для подъезда"))["attachments"]
    async with desk.driver.browser.get(file["url"]) as answer:
        (words,) = read_words(await answer.read())
    assert "Лифт не работает" in words
    assert "2 страницы" in (await desk.says("/poster Садовая 5"))["text"]
    assert "Сколько квартир с нами" in (await desk.says("/reach"))["text"]


async def test_with_no_messenger_there_is_nothing_to_lead_to(world: World) -> None:
    desk = await at_desk(world, "olga")
    assert "ни один мессенджер не подключён" in (await desk.says("/poster"))["text"]
    await desk.says("/outage")
    await desk.presses("🚨 Авария", "🛗 Лифт", "ул. Садовая, 5", "Дальше", "Весь дом")
    preview = await desk.presses("Через 4 часа", "Пропустить")
    labels = [button["label"] for row in preview["buttons"] for button in row]
    assert not any("канал" in label or "стену" in label for label in labels)
    text = (await desk.presses("💬 Текст для чата дома"))["text"]
    assert "напишите нам" not in text
    assert "Телефон: +7 495 000-00-01" in text
    await desk.presses("Отправить сейчас", "Отчёт")
    (file,) = (await desk.presses("🖨 Листок для подъезда"))["attachments"]
    async with desk.driver.browser.get(file["url"]) as answer:
        paper = await answer.read()
    assert "+7 495 000-00-01" in read_words(paper)[0]
    assert read_codes(paper) == [[]]
