"""A dispatcher's day at the desk, in a real browser: two colleagues, one queue."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from bot.app import App
from tests.browser import chromium
from tests.browser.steps import PATIENCE, enters, reads, says, words
from tests.support.browser import Visitor, visitor
from tests.support.path import ask, settle_in
from tests.support.running import settled


@pytest.fixture
async def mary(app: App) -> AsyncIterator[Visitor]:
    """A resident of flat 12 who waits for an answer."""
    async with visitor(app.base_url) as resident:
        await settle_in(resident, app, flat="12", name="Мария Лебедева")
        await ask(resident, app, "Когда включат отопление?")
        yield resident


@pytest.fixture
async def anna(app: App, browser: Browser) -> AsyncIterator[Page]:
    """A colleague's desk, signed in."""
    context = await chromium.dispatcher_s(browser)
    page = await context.new_page()
    complaints = chromium.listen(page)
    async with app.db.work() as work:
        member = next(m for m in await work.staff.desk_members() if m.code == "anna")
        token = await work.staff.make_sign_in_link(member.id)
    await enters(page, f"{app.base_url}/desk/enter?token={token}")
    await is_ready(page)
    yield page
    assert complaints == []
    await context.close()


@pytest.fixture
async def olga(app: App, desk: Page) -> Page:
    await enters(desk, await app.sign_in_address())
    await is_ready(desk)
    return desk


async def is_ready(page: Page) -> None:
    """The list is there, and the keys are listened to."""
    shown = page.locator("#threads a, #threads-empty:not([hidden])").first
    await expect(shown).to_be_visible(timeout=PATIENCE)


def row(page: Page, text: str) -> Locator:
    return page.locator("#threads a", has_text=text)


async def opens(page: Page, text: str) -> None:
    await row(page, text).click(timeout=PATIENCE)
    await expect(page.locator("#text")).to_be_visible(timeout=PATIENCE)
    await expect(page.locator("#log article")).not_to_have_count(0)


async def chooses(page: Page, button: str, label: str) -> None:
    """From the menu of a button."""
    await page.locator(button).click()
    await page.get_by_role("menuitem", name=label).first.click()


async def counts(page: Page, chip: str, many: int) -> None:
    wanted = re.compile(rf"{chip}\s*{many}$")
    await expect(page.locator("#chips .chip", has_text=chip)).to_have_text(wanted, timeout=PATIENCE)


async def files(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        await page.locator(f"#filing-{name}").fill(value)


async def files_a_call(page: Page, text: str, *, flat: str = "40", name: str = "Пётр") -> None:
    """By the keyboard's `c`."""
    await page.locator("body").press("c")
    await files(page, house="Заводская, 12", flat=flat, text=text, name=name)
    await page.locator("#filing-category").select_option(label="Уборка")
    await page.locator("#filing-yes").click()
    await expect(page.locator("#filing-why")).to_contain_text("телефона нет", timeout=PATIENCE)
    await page.get_by_role("button", name="Записать всё равно").click()
    await expect(page.locator("#filing")).to_be_hidden(timeout=PATIENCE)
    await reads(page, text)


async def test_taken_and_handed_over_under_a_colleagues_eyes(
    mary: Visitor, olga: Page, anna: Page
) -> None:
    await counts(olga, "Свободные", 1)
    await counts(olga, "Без ответа", 1)
    await expect(row(olga, "отопление")).to_contain_text("ждёт")
    await opens(olga, "отопление")
    await olga.locator("#messages").focus()
    await olga.keyboard.press("t")
    await expect(row(olga, "отопление")).to_contain_text("у вас", timeout=PATIENCE)
    await expect(row(anna, "отопление")).to_contain_text("Ольга Миронова", timeout=PATIENCE)
    await counts(olga, "Мои", 1)
    await counts(anna, "Свободные", 0)

    await olga.locator("#messages").focus()
    await olga.keyboard.press("a")
    colleague = olga.get_by_role("menuitem", name="Анна Соколова")
    await expect(colleague).to_be_focused(timeout=PATIENCE)
    await olga.keyboard.press("Enter")
    await counts(anna, "Мои", 1)
    await anna.locator(".chip", has_text="Мои").click()
    await expect(row(anna, "отопление")).to_contain_text("у вас", timeout=PATIENCE)
    await counts(olga, "Мои", 0)
    await anna.reload()  # the filter is remembered
    await expect(anna.locator(".chip", has_text="Мои")).to_have_attribute("aria-pressed", "true")

    await opens(anna, "отопление")
    await anna.locator("#do-take", has_text="Вернуть").click()
    await expect(anna.locator("#threads-empty")).to_contain_text("У вас сейчас ничего нет")


async def test_a_ready_answer_is_changed_and_sent(app: App, mary: Visitor, olga: Page) -> None:
    await opens(olga, "отопление")
    await olga.locator("#text").focus()
    await olga.keyboard.press("Alt+ArrowDown")
    await expect(olga.locator("#canned-list li").first).to_be_visible(timeout=PATIENCE)
    await olga.keyboard.type("выехал")
    await expect(olga.locator("#canned-list li")).to_have_count(1)
    await olga.keyboard.press("Enter")
    await expect(olga.locator("#text")).to_have_value(re.compile("^Мария Лебедева, мастер"))
    await expect(olga.locator("#text")).to_be_focused()
    assert await olga.locator("#log article.member").count() == 0  # nothing is sent by itself
    await olga.keyboard.type(" Его зовут Павел.")
    await olga.keyboard.press("Enter")
    await mary.reads("Его зовут Павел.")
    await counts(olga, "Без ответа", 0)
    await expect(row(olga, "Его зовут Павел")).to_contain_text("у вас", timeout=PATIENCE)


async def test_who_writes_is_seen_and_nobody_answers_twice_unawares(
    mary: Visitor, olga: Page, anna: Page
) -> None:
    await opens(olga, "отопление")
    await opens(anna, "отопление")
    await anna.locator("#text").press_sequentially("Сегодня")
    await expect(olga.locator("#writing")).to_have_text("Анна Соколова пишет ответ…")
    await olga.locator("#text").press_sequentially("Завтра")
    await says(anna, "Сегодня к вечеру.")
    await expect(olga.locator("#ahead")).to_contain_text("Анна Соколова", timeout=PATIENCE)
    await expect(olga.locator("#ahead")).to_contain_text("Сегодня к вечеру.")
    await expect(olga.locator("#writing")).to_be_hidden()
    await expect(olga.locator("#send")).to_have_text("Всё равно отправить")
    await expect(olga.locator("#text")).to_have_value("Завтра")
    await olga.locator("#text").fill("")
    await expect(olga.locator("#ahead")).to_be_hidden()
    await says(olga, "И ещё: проверим ваш стояк.")
    await mary.reads("проверим ваш стояк")


async def test_found_by_the_flat_with_the_keyboard_alone(
    app: App, mary: Visitor, olga: Page
) -> None:
    await opens(olga, "отопление")
    await olga.locator("#do-close").click()
    await olga.locator("#do-close.sure").click()
    await expect(row(olga, "отопление")).to_have_count(0, timeout=PATIENCE)
    await olga.goto(f"{app.base_url}/desk")
    await is_ready(olga)
    await olga.keyboard.press("Control+k")
    await olga.keyboard.type("Заводская 12 кв 12")
    found = olga.locator("#search-found li")
    await expect(found).to_have_count(1, timeout=PATIENCE)
    await expect(found).to_contain_text("Мария Лебедева")
    await olga.keyboard.press("Enter")
    await reads(olga, "Когда включат отопление?")
    await olga.locator("#messages").focus()
    await olga.keyboard.press("s")
    await olga.locator("#search-text").fill("Несуществующая улица")
    await expect(olga.locator("#search-why")).to_contain_text("нашлось", timeout=PATIENCE)
    await olga.keyboard.press("Escape")
    await expect(olga.locator("#search-box")).to_be_hidden()


async def test_filed_for_a_caller_mistakes_said_at_their_fields(app: App, olga: Page) -> None:
    await olga.locator("body").press("c")
    await olga.locator("#filing-yes").click()
    await expect(olga.locator("#filing-house-why")).to_have_text("Выберите дом.")
    await expect(olga.locator("#filing-house")).to_be_focused()
    await files(olga, house="Заводская 12", flat="40", text="Не убран второй этаж", phone="12")
    await olga.locator("#filing-category").select_option(label="Уборка")
    await olga.locator("#filing-yes").click()
    await expect(olga.locator("#filing-phone-why")).to_be_visible(timeout=PATIENCE)
    await files(olga, name="Пётр Семёнов", phone="+7 912 345-67-89", flat="999")
    await olga.locator("#filing-yes").click()
    await expect(olga.locator("#filing-why")).to_contain_text("нет квартиры 999", timeout=PATIENCE)
    await files(olga, flat="40")  # a mended form is asked about anew
    await expect(olga.locator("#filing-yes")).to_have_text("Подать заявку")
    await olga.locator("#filing-yes").click()
    await expect(olga.locator("#filing")).to_be_hidden(timeout=PATIENCE)
    await reads(olga, "Не убран второй этаж")
    await expect(olga.locator("#toast")).to_contain_text("подана")
    await expect(olga.locator("#facts")).to_contain_text("ул. Заводская, 12, кв. 40")
    await expect(olga.locator("#facts a[href='tel:+79123456789']")).to_be_visible()
    await expect(olga.locator("#kind-words")).to_have_text("Позвонить: +7 912 345-67-89")
    await expect(olga.locator("#kind-words a[href='tel:+79123456789']")).to_be_visible()
    await olga.locator("#mode-note").click()
    await expect(olga.locator("#kind-words")).to_have_text("Увидят только сотрудники")
    await olga.locator("#mode-answer").click()
    await expect(row(olga, "Уборка")).to_have_count(1, timeout=PATIENCE)
    order = olga.get_by_role("menuitem", name="Распечатать наряд")
    await olga.locator("#do-more").click()
    address = await order.get_attribute("href")
    assert address is not None
    paper = await olga.request.get(f"{app.base_url}{address}")
    assert paper.ok
    assert (await paper.body()).startswith(b"%PDF")


async def test_a_state_changed_stands_on_a_colleagues_desk(olga: Page, anna: Page) -> None:
    await files_a_call(olga, "Не убран второй этаж")
    await opens(anna, "Уборка")
    await chooses(olga, "#do-status", "в работе")
    await expect(anna.locator("#talk-status")).to_have_text("в работе", timeout=PATIENCE)
    await expect(row(anna, "Уборка")).to_contain_text("в работе", timeout=PATIENCE)

    await chooses(anna, "#do-status", "отклонена")
    await anna.locator("#ask-yes").click()
    await expect(anna.locator("#ask-why")).to_be_visible()  # not without a reason
    await anna.locator("#ask-text").fill("Этаж убирает арендатор")
    await anna.locator("#ask-yes").click()
    await expect(olga.locator("#talk-status")).to_have_text("отклонена", timeout=PATIENCE)
    await expect(row(olga, "Уборка")).to_have_count(0, timeout=PATIENCE)


async def test_closed_and_brought_back(olga: Page) -> None:
    await files_a_call(olga, "Не убран второй этаж")
    await olga.locator("#do-close").click()
    await olga.locator("#do-close.sure").click()
    await expect(olga.locator("#talk-status")).to_have_text("выполнена", timeout=PATIENCE)
    await olga.locator("#tab-closed").click()
    await expect(row(olga, "Уборка")).to_have_count(1, timeout=PATIENCE)
    await chooses(olga, "#do-more", "Вернуть в работу")
    await expect(olga.locator("#talk-status")).to_have_text("в работе", timeout=PATIENCE)
    await olga.locator("#tab-open").click()
    await expect(row(olga, "Уборка")).to_have_count(1, timeout=PATIENCE)


async def test_a_closed_talk_is_opened_again(olga: Page, mary: Visitor) -> None:
    await opens(olga, "отопление")
    await expect(olga.locator("#do-reopen")).to_be_hidden()
    await olga.locator("#do-close").click()
    await olga.locator("#do-close.sure").click()
    await expect(olga.locator("#do-close")).to_be_hidden(timeout=PATIENCE)
    await expect(olga.locator("#do-reopen")).to_have_text("Открыть снова")
    await olga.locator("#do-reopen").click()
    await expect(olga.locator("#do-close")).to_be_visible(timeout=PATIENCE)
    await expect(olga.locator("#log")).to_contain_text("Разговор снова открыт", timeout=PATIENCE)
    await mary.reads("Мы вернулись к вашему вопросу")


async def test_an_executor_is_chosen_by_how_much_they_have(olga: Page) -> None:
    await files_a_call(olga, "Не убран второй этаж")
    await chooses(olga, "#do-more", "Исполнитель…")
    chip = olga.locator("#ask-offers .chip", has_text="Игорь Лапин · заявок нет")
    await chip.click()
    await expect(olga.locator("#ask-text")).to_have_value("Игорь Лапин")
    await olga.locator("#ask-yes").click()
    await expect(olga.locator("#facts")).to_contain_text("Игорь Лапин", timeout=PATIENCE)
    await chooses(olga, "#do-more", "Исполнитель…")
    await expect(olga.locator("#ask-offers")).to_contain_text("✓ Игорь Лапин · 1 открытая заявка")


async def test_two_tabs_of_one_member_live_and_lose_no_draft(
    olga: Page, mary: Visitor, app: App
) -> None:
    await opens(olga, "отопление")
    tab = await olga.context.new_page()
    complaints = chromium.listen(tab)
    await tab.goto(f"{app.base_url}/desk")
    await is_ready(tab)
    await opens(tab, "отопление")
    await olga.locator("#text").fill("Включим в среду, ждём")
    await expect(tab.locator("#text")).to_have_value("Включим в среду, ждём", timeout=PATIENCE)
    await tab.locator("#mode-quiet").click()  # whatever changes in the other tab
    await expect(olga.locator("#quiet")).to_be_visible(timeout=PATIENCE)
    await tab.locator("#quiet-off").click()
    await expect(olga.locator("#quiet")).to_be_hidden(timeout=PATIENCE)
    await olga.reload()
    await is_ready(olga)
    await expect(olga.locator("#text")).to_have_value("Включим в среду, ждём", timeout=PATIENCE)
    slow = asyncio.Event()

    async def hold(route: Route) -> None:
        await slow.wait()
        await route.continue_()

    await olga.route("**/say", hold)
    await olga.locator("#send").click()
    await expect(words(olga, "Включим в среду, ждём")).to_be_visible()
    await expect(tab.locator("#text")).to_have_value("", timeout=PATIENCE)
    await says(tab, "И в подъезде тоже")
    await mary.reads("И в подъезде тоже")
    unsent = await tab.evaluate("localStorage.getItem('domovoy.desk.outbox')")
    assert "Включим в среду" in unsent  # what the other tab has still to send
    slow.set()
    await mary.reads("Включим в среду")
    for page in (olga, tab):
        for text in ("Включим в среду, ждём", "И в подъезде тоже"):
            await expect(words(page, text)).to_have_count(1, timeout=PATIENCE)
    await tab.close()
    assert complaints == []


async def test_in_the_quiet_mode_words_stay_inside(
    app: App, mary: Visitor, olga: Page, anna: Page
) -> None:
    await opens(olga, "отопление")
    await opens(anna, "отопление")
    await olga.locator("#mode-quiet").click()
    await expect(olga.locator("#quiet")).to_be_visible()
    await expect(olga.locator("#send")).to_have_text("Записать")
    await says(olga, "Опять она, говорим осторожно")
    kept = words(olga, "говорим осторожно").and_(olga.locator(".note:not(.pending)"))
    await expect(kept).to_be_visible(timeout=PATIENCE)
    await expect(anna.locator("#quiet")).to_be_visible(timeout=PATIENCE)  # a colleague is warned
    await expect(row(anna, "Лебедева")).to_contain_text("тихий режим", timeout=PATIENCE)
    await anna.locator("#quiet-off").click()
    await expect(olga.locator("#quiet")).to_be_hidden(timeout=PATIENCE)
    await says(olga, "Включили, проверьте, пожалуйста.")
    await mary.reads("Включили, проверьте")
    await settled(app)
    assert not [post for post in mary.company if "осторожно" in post["text"]]


async def test_a_shift_begun_and_handed_over_and_the_journal(olga: Page) -> None:
    await files_a_call(olga, "Не убран второй этаж")
    await olga.locator("#office-open").click()
    await olga.locator("#shift-begin").click()
    await expect(olga.locator("#duty")).to_contain_text("это вы", timeout=PATIENCE)
    await expect(olga.locator("#office-log")).to_contain_text("Смену начинает Ольга Миронова")
    await olga.locator("#shift-end").click()
    await olga.locator("#ask-text").fill("Лифт ждёт мастера")
    await olga.locator("#ask-yes").click()
    await expect(olga.locator("#office-log")).to_contain_text("Лифт ждёт мастера", timeout=PATIENCE)
    await expect(olga.locator("#shift-begin")).to_be_visible(timeout=PATIENCE)
    async with olga.expect_download() as given:
        await olga.locator("#journal button[value=xlsx]").click()
    assert (await given.value).suggested_filename.endswith(".xlsx")


async def test_the_list_holds_still_under_the_hand(app: App, mary: Visitor, olga: Page) -> None:
    """What comes while the pointer moves over the list does not push the rows away."""
    await opens(olga, "отопление")
    await olga.locator("#order").select_option("latest")
    await row(olga, "отопление").hover()
    box = await row(olga, "отопление").bounding_box()
    assert box is not None
    async with visitor(app.base_url) as neighbour:
        await settle_in(neighbour, app, flat="40", name="Пётр")
        await olga.mouse.move(box["x"] + 40, box["y"] + 20)
        await ask(neighbour, app, "Не горит лампа")
    everything = olga.locator("#chips .chip", has_text="Все")
    for step in range(200):  # the hand goes on moving until the news is known
        await olga.mouse.move(box["x"] + 40 + step % 20, box["y"] + 20)
        if "2" in await everything.inner_text():
            break
        await olga.wait_for_timeout(50)
    assert await row(olga, "отопление").bounding_box() == box
    await olga.locator("#text").hover()
    await expect(row(olga, "Не горит лампа")).to_be_visible(timeout=PATIENCE)
