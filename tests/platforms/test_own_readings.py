"""«Показания» on the company's own page: seen and sent by whoever holds the account, in one
browser, without a script."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from aiohttp import ClientSession, FormData
from sqlalchemy import select

from services.access import AsResident
from services.tables import Reading, StoredFile
from tests.platforms.test_own_page import read, viewer_of
from tests.support.drivers.web import open_browser
from tests.support.holders import NUMBER, PLACE, holders_of, holds, knows_account, lets_go
from tests.support.meters import meter, showed
from tests.support.pictures import RED
from tests.support.world import World, open_world

RULES = "  accounts:\n    showing:\n      telegram: {readings: link}\n"


@pytest_asyncio.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(database_url, tmp_path, "web", "desk") as world:
        await world.changes_company(lambda text: text.replace("rooms:\n", f"{RULES}rooms:\n"))
        yield world


@dataclass
class Given:
    """A link for one of the family, who sees no sums. Cold water stood at 110 and 120; the meter of
    electricity has two tariffs."""

    viewer: AsResident
    account: int
    cold: int
    light: int
    url: str = ""


async def give(world: World, *, role: str = "family") -> Given:
    viewer = await viewer_of(world)
    account = await knows_account(world.app.db)
    await holds(world.app.db, account, viewer.contact_id, role=role, money=False)
    async with world.app.db.work() as work:
        cold = await meter(work, account, number="11", title="кухня")
        await showed(work, cold, date(2026, 1, 1), 110_000)
        await showed(work, cold, date(2026, 2, 1), 120_000)
        light = await meter(work, account, "electricity", "33", tariffs=2)
        url = await work.page_links.make(viewer, "readings", account=account)
    return Given(viewer, account, cold, light, url)


@dataclass
class Fields(HTMLParser):
    """What a browser would send of a page that nobody has touched."""

    text: str
    values: dict[str, str] = field(default_factory=dict)
    boxes: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        its = {name: value or "" for name, value in attrs}
        if tag != "input" or its.get("type") == "file":
            return
        if its.get("type") == "checkbox":
            self.boxes.add(f"{its['name']}={its['value']}")
        else:
            self.values[its["name"]] = its.get("value", "")

    def agrees(self) -> dict[str, str]:
        return self.values | dict(box.split("=") for box in self.boxes)


async def send(
    browser: ClientSession, url: str, values: dict[str, str], **photos: bytes
) -> tuple[int, str]:
    form: Any = values
    if photos:
        form = FormData()
        for name, value in values.items():
            form.add_field(name, value)
        for name, data in photos.items():
            form.add_field(name, data, filename="1.png", content_type="image/png")
    async with browser.post(f"{url}/readings", data=form) as answer:
        return answer.status, await answer.text()


async def held(world: World) -> list[tuple[int, list[int], list[str]]]:
    async with world.app.db.session() as session:
        rows = await session.scalars(
            select(Reading)
            .where(~Reading.replaced, Reading.source != "import")
            .order_by(Reading.meter_id)
        )
        return [(row.meter_id, row.figures, row.marks) for row in rows]


async def test_they_are_seen_and_sent(world: World) -> None:
    given = await give(world)
    cold, day, night = f"f{given.cold}-0", f"f{given.light}-0", f"f{given.light}-1"
    async with open_browser(world.app.address) as preview:
        for _ in range(3):  # messengers look at what is sent
            status, text = await read(preview, given.url)
            assert status == 200
            assert not [told for told in (PLACE, "120", "кухня") if told in text]
    async with open_browser(world.app.address) as browser:
        _, text = await read(browser, given.url, post=True)
        for told in (PLACE, "Холодная вода, кухня, №\u00a011", "Прошлые показания: 120 м³", "Ночь"):
            assert told in text
        assert NUMBER not in text
        status, text = await send(browser, given.url, Fields(text).values)
        assert (status, "хотя бы одного" in text) == (422, True)

        typed = {cold: "сто", day: "1 000", night: "500,5"}
        status, text = await send(browser, given.url, Fields(text).values | typed)
        assert status == 422
        assert "Не вижу показаний" in text
        assert await held(world) == []
        fields = Fields(text)
        assert {name: fields.values[name] for name in typed} == typed  # it stays

        status, text = await send(browser, given.url, fields.values | {cold: "00118"})
        assert status == 422
        assert "меньше прошлого показания" in text
        assert "Да, на счётчике так и есть" in text
        other = Fields(text).agrees() | {cold: "117"}
        status, text = await send(browser, given.url, other)  # a yes to something else
        assert status == 422
        assert await held(world) == []

        status, text = await send(browser, given.url, Fields(text).agrees())
        assert status == 200
        assert "Показания приняли" in text
        assert "Уже передали: 117 м³, за март 2026" in text
    assert await held(world) == [
        (given.cold, [117_000], ["less"]), (given.light, [1_000_000, 500_500], []),
    ]  # fmt: skip


async def test_the_same_sent_twice_is_one(world: World) -> None:
    given = await give(world)
    async with open_browser(world.app.address) as browser:
        _, text = await read(browser, given.url, post=True)
        values = Fields(text).values | {f"f{given.cold}-0": "125"}
        for _ in range(2):
            assert "приняли" in (await send(browser, given.url, values))[1]
        _, text = await read(browser, given.url)
        values = Fields(text).values | {f"f{given.cold}-0": "126"}  # «Исправить»
        assert "Уже передали: 126 м³" in (await send(browser, given.url, values))[1]
    assert await held(world) == [(given.cold, [126_000], [])]
    assert await world.count(Reading) == 4


async def test_nobody_overwrites_what_they_did_not_see(world: World) -> None:
    given = await give(world)
    async with open_browser(world.app.address) as browser:
        _, text = await read(browser, given.url, post=True)
        values = Fields(text).values | {f"f{given.cold}-0": "125"}
        async with world.app.db.work() as work:
            await work.readings.take(given.viewer, given.cold, [124_000])
        status, text = await send(browser, given.url, values)
        assert status == 422
        assert "по вашей квартире передали 124 м³" in text
        assert await held(world) == [(given.cold, [124_000], [])]
        fields = Fields(text).values
        assert fields[f"f{given.cold}-0"] == "125"
        assert (await send(browser, given.url, fields))[0] == 200
    assert await held(world) == [(given.cold, [125_000], [])]


async def test_the_month_turns_while_the_page_is_open(world: World) -> None:
    now = world.clock.now()
    late = now.replace(day=25, hour=20, minute=55)  # five minutes before midnight in Moscow
    world.clock.move(seconds=(late - now).total_seconds())
    given = await give(world)
    async with open_browser(world.app.address) as browser:
        _, text = await read(browser, given.url, post=True)
        assert "Принимаем за март 2026 по 25 марта." in text
        world.clock.move(minutes=6)
        values = Fields(text).values | {f"f{given.cold}-0": "125"}
        status, text = await send(browser, given.url, values)
        assert status == 422
        assert "засчитаем за апрель 2026" in text
        assert await held(world) == []
        assert (await send(browser, given.url, Fields(text).values))[0] == 200
    assert await held(world) == [(given.cold, [125_000], ["late"])]


async def test_a_photo_waits_for_the_rest(world: World) -> None:
    given = await give(world)
    name = f"p{given.cold}"
    async with open_browser(world.app.address) as browser:
        _, text = await read(browser, given.url, post=True)
        values = Fields(text).values
        status, text = await send(browser, given.url, values, **{name: b"<html>"})
        assert (status, "Это не фото" in text) == (422, True)
        status, text = await send(browser, given.url, values, **{name: RED})
        assert (status, "Фото получили" in text) == (422, True)
        fields = Fields(text).values
        kept = fields[f"k{given.cold}"]
        assert (await send(browser, given.url, fields | {f"f{given.cold}-0": "125"}))[0] == 200
    async with world.app.db.session() as session:
        reading = await session.scalar(select(Reading).where(Reading.source == "chat"))
        file = await session.get_one(StoredFile, kept)
    assert reading is not None
    assert reading.file_id == kept
    assert file.owner == given.viewer.name  # and stays as long as the reading
    assert (world.app.settings.files_dir / file.path).read_bytes() == RED


async def test_staff_look_at_it_at_the_desk(world: World) -> None:
    """Whoever counts, and nobody else who learns of the file."""
    given = await give(world)
    async with open_browser(world.app.address) as browser:
        _, text = await read(browser, given.url, post=True)
        values = Fields(text).values | {f"f{given.cold}-0": "118"}
        _, text = await send(browser, given.url, values, **{f"p{given.cold}": RED})
        assert (await send(browser, given.url, Fields(text).agrees()))[0] == 200
    async with world.app.db.session() as session:
        ident = await session.scalar(select(Reading.id).where(Reading.source == "chat"))
    olga, anna = await world.desk("olga"), await world.desk("anna")
    for desk in (anna, olga):
        for action in ("staff/readmarked/0", f"staff/readphoto/{ident}"):
            press = {"key": str(uuid4()), "action": action, "label": "", "post": 0, "room": "main"}
            await desk.post("press", press)
            await world.settled()
    assert {post["text"] for post in (await anna.get("rooms/main"))["said"]} == {
        "Показаниями занимаются управляющие и администраторы."
    }
    listed, shown = (await olga.get("rooms/main"))["said"]
    assert f"{PLACE} — Холодная вода, кухня, № 11: 118 м³" in listed["text"]
    assert [button["label"] for row in listed["buttons"] for button in row] == ["Фото 1"]
    (file,) = shown["attachments"]
    async with olga.browser.get(file["url"]) as answer:
        assert await answer.read() == RED
    async with anna.browser.get(file["url"]) as answer:
        assert answer.status == 404
    (looked,) = await world.audit("looked at a photo of a meter")
    assert looked.about == f"reading:{ident}"


async def test_a_photo_of_another_is_not_taken(world: World) -> None:
    given = await give(world)
    async with world.app.db.work() as work:
        relative, path = work.attachments.new_place()
        path.write_bytes(RED)
        await work.attachments.keep_made(
            relative, "", "image/png", f"resident:{given.viewer.resident_id + 1}", kind="photo"
        )
        file = await work.session.scalar(select(StoredFile).where(StoredFile.path == relative))
        assert file is not None
    async with open_browser(world.app.address) as browser:
        _, text = await read(browser, given.url, post=True)
        values = Fields(text).values | {f"f{given.cold}-0": "125", f"k{given.cold}": file.id}
        assert (await send(browser, given.url, values))[0] == 200
    async with world.app.db.session() as session:
        reading = await session.scalar(select(Reading).where(Reading.source == "chat"))
    assert reading is not None
    assert reading.file_id is None


async def test_nobody_else_sends_any(world: World) -> None:
    """Neither from another browser, nor for another's meter, nor through a link to something
    else."""
    given = await give(world)
    other = await knows_account(world.app.db, "0099900099", "ул. Чужая, 9")
    async with world.app.db.work() as work:
        theirs = await meter(work, other, number="77")
        balances = await work.page_links.make(given.viewer, "account", account=given.account)
        guessed = await work.page_links.make(given.viewer, "readings", account=other)
    typed = {f"f{given.cold}-0": "125", f"v{given.cold}": "2026-03", f"f{theirs}-0": "9"}
    async with (
        open_browser(world.app.address) as browser,
        open_browser(world.app.address) as stranger,
    ):
        _, text = await read(browser, given.url, post=True)
        for asks in (stranger.get(given.url), stranger.post(f"{given.url}/readings", data=typed)):
            async with asks as answer:
                assert PLACE not in await answer.text()
        headers = {"Sec-Fetch-Site": "cross-site"}
        async with browser.post(f"{given.url}/readings", data=typed, headers=headers) as answer:
            assert answer.status == 403
        for url in (balances, guessed):
            await read(browser, url, post=True)
            status, text = await send(browser, url, typed)
            assert (status, "ул. Чужая" in text) == (410, False)
        for path in ("/bill", "/code.png", "/months.png"):
            assert (await read(browser, given.url + path))[0] == 404
        assert await held(world) == []
        only = {name: typed[name] for name in typed if str(theirs) in name}
        assert (await send(browser, given.url, Fields(text).values | only))[0] in (410, 422)
        for broken in (b"\xff\xfe=%", b"a" * 100_000):
            async with browser.post(f"{given.url}/readings", data=broken) as answer:
                assert answer.status == 422
        head = {"Content-Type": "multipart/form-data; boundary=x"}
        async with browser.post(f"{given.url}/readings", data=b"--y", headers=head) as answer:
            assert answer.status == 422
    assert await held(world) == []


@pytest.mark.parametrize("gone", ["holding", "policy"])
async def test_rights_are_asked_again(world: World, gone: str) -> None:
    given = await give(world)
    async with open_browser(world.app.address) as browser:
        _, text = await read(browser, given.url, post=True)
        values = Fields(text).values | {f"f{given.cold}-0": "125"}
        if gone == "holding":
            await lets_go(world.app.db, given.account)
        else:
            hidden = RULES.replace("link", "hide")
            await world.changes_company(lambda text: text.replace("rooms:\n", f"{hidden}rooms:\n"))
        for status, text in (
            await send(browser, given.url, values),
            await read(browser, given.url),
        ):
            assert (status, "120" in text) == (410, False)
    assert await held(world) == []


async def test_whoever_is_doubted_sees_nothing_of_before(world: World) -> None:
    """They may send what nobody sent, and are told nothing by questions either."""
    given = await give(world)
    (holding,) = await holders_of(world.app.db, given.account)
    async with world.app.db.work() as work:
        await work.claims._add(given.viewer.resident_id, given.viewer.contact_id,
                               f"holding {holding.id}", given.account, "family")  # fmt: skip
    async with open_browser(world.app.address) as browser:
        _, text = await read(browser, given.url, post=True)
        assert "Прошлые показания" not in text
        values = Fields(text).values | {f"f{given.cold}-0": "1"}
        status, text = await send(browser, given.url, values)
        assert (status, "Уже передали: 1 м³" in text) == (200, True)  # one's own
    assert await held(world) == [(given.cold, [1000], ["less"])]


async def test_a_new_owner_has_first_to_say_if_the_one_before_is_here(world: World) -> None:
    given = await give(world, role="owner")
    async with world.app.db.work() as work:
        member_s = Reading(
            meter_id=given.light, month=date(2026, 3, 1), figures=[7_000, 8_000], at=work.now,
            source="staff",
        )  # fmt: skip
        work.session.add(member_s)
    async with open_browser(world.app.address) as browser:
        _, text = await read(browser, given.url, post=True)
        assert "120 м³" not in text
        assert "уже передали" in text
        assert f"f{given.light}-0" not in text
        typed = {f"f{given.light}-0": "1", f"f{given.light}-1": "1", f"v{given.light}": "2026-03"}
        status, text = await send(browser, given.url, Fields(text).values | typed)
        assert (status, "7000" in text) == (422, False)
    assert await held(world) == [(given.light, [7_000, 8_000], [])]
