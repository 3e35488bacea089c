"""Articles at the desk: an answer becomes one, and what is typed in «Общее» becomes its text."""

from __future__ import annotations

from playwright.async_api import Page, expect

from bot.app import App
from tests.browser.steps import PATIENCE, enters
from tests.support.browser import visitor
from tests.support.path import ask, settle_in


async def test_an_answer_becomes_an_article_at_the_desk(app: App, desk: Page) -> None:
    async with visitor(app.base_url) as mary:
        await settle_in(mary, app, flat="12", name="Мария Лебедева")
        await ask(mary, app, "Когда красят заборы?")
        await enters(desk, await app.sign_in_address())
        await desk.locator("#threads a", has_text="Мария Лебедева").click(timeout=PATIENCE)
        await desk.locator("#text").fill("Мария, здравствуйте! Заборы красят в мае.")
        await desk.locator("#send").click()
        learn = desk.locator("#log article .recall", has_text="В вопросы")
        await expect(learn).to_have_count(1, timeout=PATIENCE)
        await learn.click()
        said = desk.locator("#log .said")
        await expect(said.last).to_contain_text("Черновик ч1", timeout=PATIENCE)
        await expect(said.last).to_contain_text("❓ Когда красят заборы?")
        await desk.get_by_role("button", name="Опубликовать").click()
        await expect(said.last).to_contain_text("Опубликовано", timeout=PATIENCE)
    await desk.locator("#office-open").click()
    await desk.locator("#office-articles").click()
    log, field = desk.locator("#office-log"), desk.locator("#office-text")
    await expect(log).to_contain_text("Вопросы и ответы:", timeout=PATIENCE)
    await field.fill("/articles kogda-krasyat-zabory")
    await desk.locator("#office-form button").click()
    await expect(log).to_contain_text("Заборы красят в мае.", timeout=PATIENCE)
    await log.get_by_role("button", name="Изменить ответ").click()
    await expect(log).to_contain_text("Пришлите новый ответ", timeout=PATIENCE)
    await field.fill("В мае и в июне.")
    await desk.locator("#office-form button").click()
    await expect(log).to_contain_text("Поправил.", timeout=PATIENCE)
    async with app.db.work() as work:
        article = await work.articles.get("kogda-krasyat-zabory")
    assert article.answer == "В мае и в июне."
