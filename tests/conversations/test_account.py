"""«Лицевой счёт»: what is owed and until when, by month, how to pay, the bill; and for whom."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from services.tables import Account, Outgoing, PageLink
from tests.support.drivers.web import open_browser
from tests.support.holders import (
    DEBT,
    NUMBER,
    has_bill,
    holds,
    knew_month,
    knows_account,
    lets_go,
)
from tests.support.people import Resident
from tests.support.world import World

SUM = "4\u00a0512,30\u00a0₽"
REQUISITES = """  accounts:
    requisites:
      name: ООО «УК "Тихий двор"»
      account: "40702810000000000001"
      bank: ПАО Образцовый банк
      bic: "044525000"
      corr_account: "30101810000000000000"
      inn: "7700000000"
      pay_url: https://pay.example/?a={account}&s={sum}
"""


async def showing(world: World, how: str, *, requisites: bool = True) -> None:
    rules = "\n".join(
        f"      {name}: {{balances: {how}, bills: {how}, qr: {how}}}"
        for name in ("telegram", "vk", "web")
    )
    told = (REQUISITES if requisites else "  accounts:\n") + f"    showing:\n{rules}\n"
    await world.changes_company(lambda text: text.replace("rooms:\n", f"{told}rooms:\n", 1))


async def test_what_is_owed_by_month_and_how_to_pay(resident: Resident, world: World) -> None:
    await showing(world, "show")
    await resident.settles_in()
    account = await knows_account(world.app.db, paid=0, penalties=1240)
    await knew_month(world.app.db, account, date(2026, 1, 1), 400_000, 400_000)
    await has_bill(world.app.db, world.app.settings.files_dir, account)
    await holds(world.app.db, account)
    await resident.presses("Лицевой счёт")
    shown = await resident.hears(f"К оплате {SUM} до 15 марта.")
    assert NUMBER in shown.text
    assert "Пени: 12,40\u00a0₽." in shown.text
    assert "Данные бухгалтерии за февраль 2026, получены 4 марта." in shown.text
    assert "долг" not in shown.text.casefold()  # the day has not come
    assert shown.buttons == [
        "Оплатить", "По месяцам", "Квитанция", "Кто видит счёт", "Не согласен с суммой",
        "Подключить ещё счёт",
    ]  # fmt: skip
    await resident.presses("По месяцам")
    months = await resident.hears(f"Февраль 2026: начислено {SUM}, оплачено 0,00\u00a0₽")
    assert "Январь 2026: начислено 4\u00a0000,00\u00a0₽, оплачено 4\u00a0000,00\u00a0₽" in (
        months.text
    )
    assert months.files == ["photo"]
    await resident.presses("Оплатить")
    paying = await resident.hears(f"К оплате {SUM}. В QR-коде")
    assert paying.files == ["photo"]
    assert paying.buttons == ["Оплатить на сайте"]
    await resident.presses("Квитанция")
    bill = await resident.hears("Квитанция за февраль 2026")
    assert bill.files == ["document"]
    looked = await world.audit("looked at money")
    assert [each.details["at"] for each in looked] == ["balance", "months", "qr", "bill"]
    assert {(each.who, each.about) for each in looked} == {("contact:1", f"account:{account}")}
    assert str(DEBT) not in str([each.details for each in looked])


async def test_nothing_is_overdue_before_its_day(resident: Resident, world: World) -> None:
    await resident.settles_in()
    await holds(world.app.db, await knows_account(world.app.db, overdue=100_000))
    await resident.says("сколько я должна")
    shown = await resident.hears("3\u00a0512,30\u00a0₽ до 15 марта")
    assert "1\u00a0000,00\u00a0₽ за прошлые месяцы" in shown.text
    await world.waits(days=12)
    await resident.says("лицевой счет")
    await resident.hears("Срок оплаты прошёл 15 марта.")


async def test_of_several_one_is_chosen_and_paid_ahead_is_said_kindly(
    resident: Resident, world: World
) -> None:
    await resident.settles_in()
    await holds(world.app.db, await knows_account(world.app.db))
    ahead = await knows_account(world.app.db, "0010100002", "ул. Садовая, 5, м/м 2", debt=-35_000)
    await holds(world.app.db, ahead)
    await resident.presses("Лицевой счёт")
    asked = await resident.hears("Какой показать?")
    assert len(asked.buttons) == 3
    await resident.says("2")
    shown = await resident.hears("Переплата 350,00\u00a0₽. Платить сейчас ничего не нужно")
    assert "Оплатить" not in shown.buttons
    await resident.forges(f"account/pay/{ahead}")  # an old button
    await resident.hears("Оплатить можно в приложении банка")


async def test_another_s_account_is_nobody_s_business(resident: Resident, world: World) -> None:
    await showing(world, "show")
    await resident.settles_in()
    own = await knows_account(world.app.db)
    await holds(world.app.db, own)
    other = await knows_account(world.app.db, "0099900099", "ул. Чужая, 9", debt=777_700)
    await has_bill(world.app.db, world.app.settings.files_dir, other)
    forged = [f"account/{what}/{other}" for what in ("show", "pay", "months", "bill", "all")]
    forged += ["account/pay/0", "account/bill", "account/show/x", f"account/show/{'9' * 20}"]
    for action in forged:
        await resident.forges(action)
        await resident.hears("Не нашли этого")
    assert await world.audit("looked at money") == []
    await lets_go(world.app.db, own)
    await resident.forges(f"account/pay/{own}")
    await resident.hears("Не нашли этого")
    told = await resident.reads()
    assert "0099900099" not in told
    assert "7\u00a0777" not in told


async def test_whoever_holds_none_proves_one(resident: Resident) -> None:
    await resident.settles_in()
    await resident.presses("Лицевой счёт")
    await resident.hears("увидите это только вы")
    asked = await resident.last()
    assert "номер" in asked.text
    await resident.says("Отмена")
    await resident.hears("Чем помочь")


async def test_a_holder_without_rights_to_money(resident: Resident, world: World) -> None:
    await showing(world, "show")
    await resident.settles_in()
    account = await knows_account(world.app.db)
    await has_bill(world.app.db, world.app.settings.files_dir, account)
    await holds(world.app.db, account, role="tenant", money=False)
    await resident.presses("Лицевой счёт")
    shown = await resident.hears("суммы по нему видит только владелец")
    assert "512" not in shown.text
    for what in ("pay", "months", "bill"):
        await resident.forges(f"account/{what}/{account}")
        await resident.hears("Не нашли этого")
    assert await world.audit("looked at money") == []


async def test_what_may_not_be_shown_here_stands_on_the_company_s_page(
    resident: Resident, world: World
) -> None:
    await showing(world, "link")
    await resident.settles_in()
    account = await knows_account(world.app.db)
    await has_bill(world.app.db, world.app.settings.files_dir, account)
    await holds(world.app.db, account)
    await resident.presses("Лицевой счёт")
    told = await resident.hears("Суммы по счёту показываем на нашей странице")
    assert told.buttons == ["Кто видит счёт", "Не согласен с суммой", "Подключить ещё счёт"]
    url = told.text.split()[-1]
    async with open_browser(world.app.address) as browser:
        async with browser.get(url) as page:
            assert SUM not in await page.text()
        async with browser.post(url) as page:
            assert SUM in await page.text()
    for what in ("pay", "months", "bill"):
        await resident.forges(f"account/{what}/{account}")
        await resident.hears("Суммы по счёту показываем на нашей странице")
    async with world.app.db.session() as session:
        bodies = str(list(await session.scalars(select(Outgoing.body))))
        links = list(await session.scalars(select(PageLink.token_sha256)))
    for secret in (NUMBER, "512,30", str(DEBT)):
        assert secret not in bodies
    assert len(links) == 4
    assert not any(token in bodies for token in links)  # nor the hash, the address alone


async def test_what_is_hidden_here_is_not_told(resident: Resident, world: World) -> None:
    await showing(world, "hide", requisites=False)
    await resident.settles_in()
    account = await knows_account(world.app.db)
    await holds(world.app.db, account)
    await resident.presses("Лицевой счёт")
    told = await resident.hears("В этом мессенджере суммы не показываем")
    assert "512" not in told.text
    async with world.app.db.session() as session:
        assert list(await session.scalars(select(PageLink))) == []


@pytest.mark.only("telegram")
async def test_what_is_shown_more_openly_than_sums_is_offered(
    resident: Resident, world: World
) -> None:
    """Sums nowhere, the bill in the chat; and of two accounts of a flat, which is which."""
    rules = "    showing:\n      telegram: {balances: hide, bills: show, qr: hide}\n"
    await world.changes_company(
        lambda text: text.replace("rooms:\n", f"{REQUISITES}{rules}rooms:\n", 1)
    )
    await resident.settles_in()
    account, other = await knows_account(world.app.db), await knows_account(world.app.db, "2")
    async with world.app.db.work() as work:
        (await work.session.get_one(Account, other)).kind = "капремонт"
    await has_bill(world.app.db, world.app.settings.files_dir, account)
    await holds(world.app.db, account)
    await holds(world.app.db, other)
    await resident.presses("Лицевой счёт")
    asked = await resident.hears("Какой показать?")
    assert len(set(asked.buttons)) == 3
    assert "капремонт" in asked.buttons[1]
    await resident.says("1")
    told = await resident.hears("В этом мессенджере суммы не показываем")
    assert told.buttons[0] == "Квитанция"
    assert "Оплатить" not in told.buttons
    await resident.presses("Квитанция")
    bill = await resident.hears("Квитанция за февраль 2026")
    assert bill.files == ["document"]


@pytest.mark.only("vk")
async def test_of_each_thing_the_company_says_by_itself(resident: Resident, world: World) -> None:
    """Sums in the chat, codes on the page, bills not at all."""
    rules = "    showing:\n      vk: {balances: show, bills: hide, qr: link}\n"
    await world.changes_company(
        lambda text: text.replace("rooms:\n", f"{REQUISITES}{rules}rooms:\n", 1)
    )
    await resident.settles_in()
    account = await knows_account(world.app.db)
    await has_bill(world.app.db, world.app.settings.files_dir, account)
    await holds(world.app.db, account)
    await resident.presses("Лицевой счёт")
    shown = await resident.hears(f"К оплате {SUM}")
    assert "Квитанция" not in shown.buttons
    await resident.presses("Оплатить")
    told = await resident.hears("Суммы по счёту показываем на нашей странице")
    async with (
        open_browser(world.app.address) as browser,
        browser.post(told.text.split()[-1]) as page,
    ):
        text = await page.text()
    assert "code.png" in text
    assert "Скачать квитанцию" not in text
    await resident.forges(f"account/bill/{account}")
    await resident.hears("В этом мессенджере суммы не показываем")


@pytest.mark.only("web")
async def test_a_payment_code_is_reached_by_nobody_else(resident: Resident, world: World) -> None:
    """Neither by another browser nor at the desk, whoever guesses its address."""
    await showing(world, "show")
    await resident.settles_in()
    account = await knows_account(world.app.db)
    await has_bill(world.app.db, world.app.settings.files_dir, account)
    await holds(world.app.db, account)
    await resident.presses("Лицевой счёт", "Оплатить")
    code = await resident.hears("В QR-коде")
    await resident.presses("Квитанция")
    bill = await resident.hears("Квитанция за февраль")
    other = world.resident("Пётр")
    await other.settles_in(flat="5")
    admin = await world.desk("olga")
    for line in (code, bill):
        url = line.raw["attachments"][0]["url"]
        async with resident.driver.browser.get(url) as answer:  # type: ignore[attr-defined]
            assert answer.status == 200
        async with other.driver.browser.get(url) as answer:  # type: ignore[attr-defined]
            assert answer.status == 404
        async with admin.browser.get(url.replace("/chat/", "/desk/")) as answer:
            assert answer.status == 404


@pytest.mark.only("telegram")
async def test_an_account_of_which_nothing_is_known(resident: Resident, world: World) -> None:
    await resident.settles_in()
    account = await knows_account(world.app.db, debt=None)
    await holds(world.app.db, account)
    await resident.presses("Лицевой счёт")
    shown = await resident.hears("пока нет данных из бухгалтерии")
    assert shown.buttons == ["Кто видит счёт", "Подключить ещё счёт"]
