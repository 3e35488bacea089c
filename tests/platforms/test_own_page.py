"""The company's own page: opened once, by whoever was given the link, and kept by nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from urllib.parse import unquote

import pytest
import pytest_asyncio
import zxingcpp
from aiohttp import ClientSession
from PIL import Image
from sqlalchemy import select, update

from services.access import AsResident
from services.messaging.types import Address, Inbound, Sender
from services.tables import AuditRecord, Contact, PageLink
from tests.support.drivers.web import open_browser
from tests.support.holders import NUMBER, PLACE, has_bill, holds, knew_month, knows_account, lets_go
from tests.support.world import World, open_world

SUM = "4\u00a0512,30\u00a0₽"
PUBLIC = "https://bot.example.ru"
REQUISITES = """  accounts:
    showing:
      telegram: {balances: link, bills: link, qr: link}
    requisites:
      name: ООО «УК "Тихий двор"»
      account: "40702810000000000001"
      bank: ПАО Образцовый банк
      bic: "044525000"
      inn: "7700000000"
      pay_url: https://pay.example/?a={account}&s={sum}
"""


@pytest_asyncio.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(database_url, tmp_path, "web", "desk") as world:
        await world.changes_company(lambda text: text.replace("rooms:\n", f"{REQUISITES}rooms:\n"))
        yield world


async def viewer_of(world: World) -> AsResident:
    """Someone who wrote from Telegram."""
    async with world.app.db.work() as work:
        contact = await work.people.meet(
            Inbound(
                key="1", address=Address(channel="telegram", chat="77"), sender=Sender(id="77"),
                text="/start",
            )
        )  # fmt: skip
        return AsResident(contact.resident_id, contact.id)


async def given(world: World, *, bill: bool = True) -> tuple[str, int]:
    """The address of a link, and the account."""
    viewer = await viewer_of(world)
    account = await knows_account(world.app.db)
    await holds(world.app.db, account, viewer.contact_id)
    if bill:
        await has_bill(world.app.db, world.app.settings.files_dir, account)
    return await link(world, viewer, account), account


async def link(world: World, viewer: AsResident, account: int) -> str:
    async with world.app.db.work() as work:
        return await work.page_links.make(viewer, "account", account=account)


async def read(browser: ClientSession, url: str, *, post: bool = False) -> tuple[int, str]:
    async with browser.request("POST" if post else "GET", url) as answer:
        return answer.status, await answer.text()


async def test_it_is_opened_once_and_in_one_browser(world: World) -> None:
    url, account = await given(world)
    await knew_month(world.app.db, account, date(2026, 1, 1), 400_000, 400_000)
    token = url.rpartition("/")[2]
    assert len(token) >= 32
    async with open_browser(world.app.address) as preview:
        for _ in range(3):  # messengers look at what is sent
            status, text = await read(preview, url)
            assert (status, SUM in text, PLACE in text, NUMBER in text) == (
                200,
                False,
                False,
                False,
            )
    async with open_browser(world.app.address) as browser:
        async with browser.post(url, allow_redirects=False) as pressed:
            cookie = pressed.headers["Set-Cookie"]
            assert pressed.status == 303
        for part in ("HttpOnly", "SameSite=Strict", "Max-Age=900", f"Path=/my/{token}"):
            assert part in cookie
        async with browser.get(url) as shown:
            text = await shown.text()
            assert shown.headers["Cache-Control"] == "no-store"
            assert shown.headers["Referrer-Policy"] == "no-referrer"
            assert "noindex" in shown.headers["X-Robots-Tag"]
        for told in (SUM, PLACE, NUMBER, "до 15 марта", "янв 2026", "Скачать квитанцию"):
            assert told in text
        assert f"https://pay.example/?a={NUMBER}&amp;s=4512.30" in text
        async with browser.get(f"{url}/code.png") as answer:
            picture = Image.open(await save(answer.content.read(), world))
        (code,) = zxingcpp.read_barcodes(picture)
        assert f"|PersAcc={NUMBER}|" in code.text
        async with browser.get(f"{url}/months.png") as answer:
            assert (await answer.read()).startswith(b"\x89PNG")
        async with browser.get(f"{url}/bill") as answer:
            assert await answer.read() == b"%PDF-1.4 bill"
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Content-Disposition"].startswith("attachment")
            named = unquote(answer.headers["Content-Disposition"])
            assert named.endswith("Квитанция за февраль 2026.pdf")
        assert (await read(browser, url, post=True))[0] == 200  # back by the link in the chat
    async with open_browser(world.app.address) as other:
        for path in ("", "/code.png", "/months.png", "/bill"):
            status, text = await read(other, url + path)
            assert SUM not in text
            assert status == (404 if path else 200)
        status, text = await read(other, url, post=True)
        assert (status, "Ссылку уже открыли" in text, SUM in text) == (410, True, False)
    async with world.app.db.session() as session:
        audit = list(await session.scalars(select(AuditRecord)))
        kept = await session.scalar(select(PageLink.token_sha256))
    assert token != kept
    assert {each.what for each in audit} >= {"opened a page link", "looked at money"}
    assert token not in str([(each.about, each.details) for each in audit])


async def save(reading: object, world: World) -> Path:
    path = world.app.settings.data_dir / "code.png"
    path.write_bytes(await reading)  # type: ignore[misc]
    return path


async def test_what_nobody_was_given_opens_nothing(world: World) -> None:
    url, account = await given(world)
    token = url.rpartition("/")[2]
    guesses = [token[:-1] + ("A" if token[-1] != "A" else "B"), token[::-1], "x" * 43, "x", "%00"]
    async with open_browser(world.app.address) as browser:
        for guess in guesses:
            for post in (False, True):
                status, text = await read(browser, f"/my/{guess}", post=post)
                assert status in (404, 410)
                assert SUM not in text
        for path in (f"/my/{token}/../../files/bill-{account}", f"/chat/files/bill-{account}"):
            assert (await read(browser, path))[0] in (403, 404)
        async with browser.post(url, headers={"Sec-Fetch-Site": "cross-site"}) as answer:
            assert answer.status == 403


async def test_its_minutes_pass(world: World) -> None:
    url, _ = await given(world)
    world.clock.move(minutes=15)
    async with open_browser(world.app.address) as browser:
        for post in (False, True):
            status, text = await read(browser, url, post=post)
            assert (status, "больше не работает" in text) == (410, True)


async def test_an_open_page_closes(world: World) -> None:
    url, _ = await given(world)
    world.clock.move(minutes=14)
    async with open_browser(world.app.address) as browser:
        assert SUM in (await read(browser, url, post=True))[1]
        world.clock.move(minutes=14)
        text = (await read(browser, url))[1]
        assert SUM in text
        assert "закроется сама через 1 минуту" in text
        assert '<meta http-equiv="refresh" content="60">' in text  # then sums leave the screen
        world.clock.move(minutes=1)
        for path in ("", "/code.png", "/months.png", "/bill"):
            status, text = await read(browser, url + path)
            assert status in (404, 410)
            assert SUM not in text


@pytest.mark.parametrize("opened", [False, True])
@pytest.mark.parametrize("gone", ["holding", "money", "messenger"])
async def test_rights_are_asked_again(world: World, gone: str, opened: bool) -> None:
    url, account = await given(world)
    async with open_browser(world.app.address) as browser:
        if opened:
            assert SUM in (await read(browser, url, post=True))[1]
        if gone == "holding":
            await lets_go(world.app.db, account)
        elif gone == "money":
            await holds(world.app.db, account, role="tenant", money=False)
        else:
            await parts(world)
        for post, path in ((True, ""), (False, ""), (False, "/code.png"), (False, "/bill")):
            _, text = await read(browser, url + path, post=post)
            assert SUM not in text
            assert "%PDF" not in text


async def parts(world: World) -> None:
    """The messenger becomes somebody else's."""
    other = AsResident(0, 0)
    async with world.app.db.work() as work:
        met = await work.people.meet(
            Inbound(
                key="2", address=Address(channel="telegram", chat="78"), sender=Sender(id="78"),
                text="/start",
            )
        )  # fmt: skip
        other = AsResident(met.resident_id, met.id)
        await work.session.execute(
            update(Contact).where(Contact.chat == "77").values(resident_id=other.resident_id)
        )


async def test_a_link_names_the_public_address(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url, tmp_path, "web", "desk", public_url=PUBLIC) as world:
        url, _ = await given(world, bill=False)
        assert url.startswith(f"{PUBLIC}/my/")
        path = url.removeprefix(PUBLIC)
        async with (
            open_browser(world.app.address) as browser,
            browser.post(path, allow_redirects=False) as pressed,
        ):
            assert "Secure" in pressed.headers["Set-Cookie"]


async def test_in_a_messenger_the_link_is_a_button(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url, tmp_path, "telegram", "desk", public_url=PUBLIC) as world:
        await world.changes_company(lambda text: text.replace("rooms:\n", f"{REQUISITES}rooms:\n"))
        resident = world.resident()
        await resident.settles_in()
        await holds(world.app.db, await knows_account(world.app.db))
        await resident.presses("Лицевой счёт")
        told = await resident.hears("Суммы по счёту показываем на нашей странице")
        assert told.buttons[0] == "Открыть страницу"
        assert PUBLIC not in told.text
