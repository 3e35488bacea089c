"""Takes the pictures of the README anew: `python -m docs.pictures.take`, from the root of the
project, on a machine with Chromium. The whole program runs, people write, a camera clicks."""

from __future__ import annotations

import asyncio
import base64
import re
import tempfile
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from bot.app import App
from services.access import AsResident
from services.db import ROOT
from services.meters.windows import before, first_of
from services.tables import Contact
from tests.browser import chromium
from tests.browser.steps import PATIENCE, attaches, enters, presses, reads, registers, says, words
from tests.support.browser import visitor
from tests.support.database import Databases, RunOwner
from tests.support.holders import has_bill, holds, knew_month, knows_account
from tests.support.meters import meter, showed
from tests.support.path import ask, settle_in
from tests.support.running import SAMPLE, running_app

HERE = Path(__file__).resolve().parent
LARGEST = 240 * 1024

# A photo nobody has to give leave for: a pipe under a sink, and a drop.
DRAW = """
() => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 420 });
  const ink = canvas.getContext("2d");
  const fill = (style, draw) => { ink.fillStyle = style; ink.beginPath(); draw(); ink.fill(); };
  fill("#dfe6e4", () => ink.rect(0, 0, 640, 420));
  ink.strokeStyle = "#c9d3d0"; ink.lineWidth = 3;
  for (let x = 0; x < 640; x += 92)
    for (const y of [-3, 89]) ink.strokeRect(x, y, 92, 92);
  fill("#b98f64", () => ink.rect(0, 330, 640, 90));
  fill("#f7f8f8", () => ink.roundRect(110, -40, 420, 120, 46));
  fill("#8f9b9b", () => ink.roundRect(292, 70, 56, 120, 8));
  ink.strokeStyle = "#8f9b9b"; ink.lineWidth = 44; ink.lineCap = "round";
  ink.beginPath(); ink.moveTo(320, 180); ink.bezierCurveTo(320, 300, 430, 300, 430, 200);
  ink.lineTo(660, 200); ink.stroke();
  fill("#6d7878", () => ink.roundRect(280, 120, 80, 26, 6));
  fill("#3f87c6", () => { ink.moveTo(318, 252); ink.quadraticCurveTo(288, 306, 318, 312);
                          ink.quadraticCurveTo(348, 306, 318, 252); });
  fill("#7db4de", () => ink.ellipse(318, 366, 150, 20, 0, 0, 7));
  return canvas.toDataURL("image/jpeg", 0.8).split(",")[1];
}
"""


async def draw(browser: Browser) -> bytes:
    page = await browser.new_page()
    drawn = base64.b64decode(await page.evaluate(DRAW))
    await page.close()
    return drawn


async def file_request(chat: Page, photo: bytes) -> None:
    await presses(chat, "Новая заявка")
    await reads(chat, "Что случилось?")
    await attaches(chat, "под раковиной.jpg", photo, "image/jpeg")
    await says(chat, "Капает под раковиной, подставили таз")
    await reads(chat, "К чему это отнести")
    await presses(chat, "Сантехника")
    for label in ("Течёт под раковиной", "Завтра утром", "Отправить"):
        await presses(chat, label)
    await reads(chat, "принята")


async def write_others(app: App) -> None:
    """Neighbours, so that the list at the desk is no list of one."""
    for name, flat, text in (
        ("Елена Викторовна", "21", "Домофон не открывает дверь, приходится спускаться"),
        ("Николай", "104", "Когда придёт мастер по окнам?"),
        ("Пётр", "40", "Здравствуйте! Когда включат отопление?"),
        ("Анна Сергеевна", "77", "Спасибо, свет в подъезде починили!"),
    ):
        async with visitor(app.base_url) as neighbour:
            await settle_in(neighbour, app, flat=flat, name=name)
            await ask(neighbour, app, text)


def write_company(folder: Path) -> Path:
    """One that never sleeps: a picture may be taken at night."""
    days = "[mon, tue, wed, thu, fri, sat, sun]"
    hours = f'  hours:\n    - {{days: {days}, opens: "00:00", closes: "24:00"}}\n'
    text = re.sub(r"(?m)^  hours:\n(?:    - .*\n)+", hours, SAMPLE.read_text(), count=1)
    text = re.sub(r"(?m)^  holidays:\n(?:    - .*\n)+", "", text, count=1)
    text = text.replace(
        "company:\n", 'company:\n  quiet_from: "00:00"\n  quiet_until: "00:00"\n', 1
    )
    company = folder / "company.yaml"
    company.write_text(text)
    return company


async def work(desk: Page) -> None:
    """One thread is a colleague's, one is taken."""
    await desk.locator("#threads a", has_text="Домофон").click()
    await reads(desk, "Домофон")
    await desk.locator("#do-assign").click()
    await desk.get_by_role("menuitem", name="Анна Соколова").click()
    await expect(desk.locator("#talk-tags")).to_contain_text("Анна", timeout=PATIENCE)


async def take(app: App, browser: Browser) -> None:
    photo = await draw(browser)
    await write_others(app)
    phone = await chromium.resident_s(browser, scale=2)
    chat = await phone.new_page()
    await registers(chat, app.base_url)
    await file_request(chat, photo)
    desk = await (await chromium.dispatcher_s(browser)).new_page()
    await enters(desk, await app.sign_in_address())
    await desk.set_viewport_size({"width": 1366, "height": 820})
    await work(desk)
    await desk.locator("#threads a", has_text="Сантехника").click()
    await reads(desk, "подставили таз")
    await says(desk, "Добрый день! Слесарь Павел придёт завтра с 9 до 11.")
    await reads(chat, "Слесарь Павел")
    await says(chat, "Спасибо, буду дома!")
    await reads(desk, "буду дома")
    await desk.locator("#mode-note").click()
    await says(desk, "Второй раз за месяц: взять новый сифон")
    await reads(desk, "новый сифон")
    delivered = words(desk, "Слесарь Павел").locator(".state")
    await expect(delivered).to_have_text("доставлено", timeout=PATIENCE)
    for page, name in ((chat, "chat.png"), (desk, "desk.png")):
        await page.locator("#text").blur()
        await click(page, name)
    await take_outages(app, desk)
    await take_imports(desk)
    await take_reminders(app, desk)
    await take_account(app, phone)


async def take_imports(desk: Page) -> None:
    """Accounts are in, their debts are about to be."""
    await desk.locator("#accounts-open").click()
    card = desk.locator(".accounts-file").first
    for name in ("accounts.csv", "debts.csv"):
        await desk.locator("#accounts-file").set_input_files(ROOT / "examples" / name)
        load = card.locator("[data-does=load]")
        await expect(load).to_be_visible(timeout=PATIENCE)
        if name == "accounts.csv":
            await load.click()
            await expect(card).to_contain_text("Загружено", timeout=PATIENCE)
    await expect(desk.locator("#accounts-journal li")).to_have_count(1, timeout=PATIENCE)
    await click(desk, "imports.png")


async def take_reminders(app: App, desk: Page) -> None:
    """The form, and whom it reaches: most of those who owe hold their accounts."""
    async with app.db.work() as work:
        owing = list(
            await work.session.scalars(
                select(Contact).where(Contact.channel == "web").order_by(Contact.id)
            )
        )
        month = (work.now.date().replace(day=1) - timedelta(days=70)).replace(day=1)
    for number, contact in enumerate(owing):
        place = f"ул. Заводская, 12, кв. {number + 3}"
        account = await knows_account(app.db, f"00900{number}", place, month=month)
        if number % 4 != 3:
            await holds(app.db, account, contact.id)
    await desk.locator("#notices-open").click()
    await desk.locator("#notices-reminders").click()
    await desk.locator("#notices-new").click()
    for label in ("Просрочено", "Неважно", "Все дома", "Мягко"):
        await desk.locator(".notice-fields label", has_text=label).first.click(timeout=PATIENCE)
    await desk.locator("#reminder-least").fill("1000")
    await expect(desk.locator(".preview")).to_contain_text("от 1", timeout=PATIENCE)
    await expect(desk.locator(".saved")).to_have_text("Черновик сохранён", timeout=PATIENCE)
    await desk.evaluate("document.getElementById('toast').hidden = true")
    await click(desk, "reminders.png")


async def take_outages(app: App, desk: Page) -> None:
    """One that is known to the house, and what came of it."""
    async with AsyncExitStack() as all_of_them:
        neighbours = []
        for name, flat in (("Вера", "7"), ("Олег", "15"), ("Зоя", "33"), ("Юрий", "58")):
            neighbour = await all_of_them.enter_async_context(visitor(app.base_url))
            await settle_in(neighbour, app, flat=flat, name=name)
            neighbours.append(neighbour)
        await desk.locator("#notices-open").click()
        for kind, what, hours, reason in (
            ("Плановые работы", "Горячая вода", "Послезавтра с 10 до 17", "Замена трубы"),
            ("Авария", "Холодная вода", "Через 4 часа", "Прорыв трубы"),
        ):
            await desk.locator("#notices-new").click()
            for label in (kind, what, "Заводская, 12"):
                await desk.locator(".notice-fields label", has_text=label).first.click(
                    timeout=PATIENCE
                )
            for label in (hours, reason):
                await desk.locator(".chip", has_text=label).first.click()
            await expect(desk.locator(".preview .bubble")).to_contain_text(reason, timeout=PATIENCE)
            send = desk.locator("#outage-send")
            await send.click()
            await expect(send).to_have_class(re.compile("sure"), timeout=PATIENCE)
            await send.click()
            await expect(desk.locator("#toast")).to_contain_text("ушло", timeout=PATIENCE)
        for neighbour in neighbours[:3]:
            await neighbour.reads("Нет холодной воды")
            await neighbour.presses("У меня тоже")
        answers = desk.locator("#notice-one .answers")
        await expect(answers).to_contain_text("3", timeout=PATIENCE)
        await desk.evaluate("document.getElementById('toast').hidden = true")
        await click(desk, "outages.png")


async def take_account(app: App, phone: BrowserContext) -> None:
    """The company's own page, where a one-time link leads."""
    async with app.db.work() as work:
        contacts = await work.session.scalars(
            select(Contact).where(Contact.channel == "web").order_by(Contact.id.desc())
        )
        contact = contacts.first()
        assert contact is not None
        viewer, today = AsResident(contact.resident_id, contact.id), work.now.date()
    month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    account = await knows_account(
        app.db, place="ул. Заводская, 12, кв. 58", month=month, paid=0,
        pay_by=today + timedelta(days=12),
    )  # fmt: skip
    for back in range(1, 12):
        month = (month - timedelta(days=1)).replace(day=1)
        await knew_month(app.db, account, month, 390_000 + back % 5 * 31_700, 389_000)
    await has_bill(app.db, app.settings.files_dir, account)
    await holds(app.db, account, viewer.contact_id)
    async with app.db.work() as work:
        url = await work.page_links.make(viewer, "account", account=account)
    page = await phone.new_page()
    await page.goto(url)
    await page.get_by_role("button", name="Показать").click()
    await expect(page.locator("img.code")).to_have_js_property("complete", True)
    await click(page, "account.png")
    await take_readings(app, page, viewer, account)


async def take_readings(app: App, page: Page, viewer: AsResident, account: int) -> None:
    """Beside it: meters, one of them odd."""
    async with app.db.work() as work:
        month = before(first_of(work.now.date() - timedelta(days=31)))
        cold = await meter(work, account, number="4507731", title="кухня")
        await showed(work, cold, month, 120_400)
        light = await meter(work, account, "electricity", "00917", tariffs=2)
        await showed(work, light, month, 10_212_000, 5_110_000)
        url = await work.page_links.make(viewer, "readings", account=account)
    await page.goto(url)
    await page.get_by_role("button", name="Открыть").click()
    await page.get_by_label("Сейчас на счётчике").fill("119,5")
    await page.get_by_label("День").fill("10500")
    await page.get_by_label("Ночь").fill("5200")
    await page.get_by_role("button", name="Отправить").click()
    await expect(page.locator("body")).to_contain_text("меньше прошлого", timeout=PATIENCE)
    await page.locator(".trouble").first.evaluate("one => one.scrollIntoView()")
    await click(page, "readings.png")


async def click(page: Page, name: str) -> None:
    await page.mouse.move(0, 0)
    await page.wait_for_timeout(500)
    path = HERE / name
    await page.screenshot(path=path)
    size = path.stat().st_size
    print(f"{path}: {size // 1024} kB")
    if size > LARGEST:
        raise SystemExit(f"{name} is larger than {LARGEST // 1024} kB")


async def main() -> None:
    owner = RunOwner()
    try:
        async with Databases.of(owner.run) as databases:
            await databases.migrate_template()
            with tempfile.TemporaryDirectory() as folder:
                company = write_company(Path(folder))
                async with (
                    databases.clone() as url,
                    running_app(url, Path(folder), company=company) as app,
                    chromium.chromium() as browser,
                ):
                    await take(app, browser)
    finally:
        await asyncio.to_thread(owner.end)


if __name__ == "__main__":
    asyncio.run(main())
