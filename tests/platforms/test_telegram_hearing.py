"""Hearing Telegram through outages, and by webhook."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from tests.platforms.telegram_driver import SECRET, TelegramDriver, TelegramWebhookDriver


async def test_a_refused_token_is_said_and_tried_again(telegram: TelegramDriver) -> None:
    telegram.tg.faults.revoke_token()
    maria = await telegram.person()
    await maria.says("тук")  # wakes the poll
    await telegram.tg.wait(lambda: telegram.outages)
    assert telegram.outages[-1].refused
    assert "@BotFather" in str(telegram.outages[-1])
    assert telegram.tg.token not in str(telegram.outages[-1])
    telegram.tg.faults.restore_token()
    [heard] = await telegram.hears()
    assert heard.text == "тук"


@pytest.mark.parametrize("fault", ["500", "502", "reset", "429"])
async def test_trouble_while_hearing_is_an_outage(telegram: TelegramDriver, fault: Any) -> None:
    maria = await telegram.person()
    telegram.tg.faults.next("getUpdates", kind=fault)
    await maria.says("раз")
    await telegram.hears()
    await maria.says("два")
    assert [i.text for i in await telegram.hears(2)] == ["раз", "два"]
    assert telegram.outages
    assert not telegram.outages[-1].refused


async def test_a_room_that_threw_us_out_is_no_reason_to_be_deaf(
    database_url: str, tmp_path: Path
) -> None:
    from dataclasses import replace

    driver = TelegramDriver(database_url, tmp_path)
    room, lost = driver.tg.forum(), driver.tg.forum("Была", bot="kicked")
    admin = driver.tg.user("Админ", started=True)
    driver.commands = replace(
        driver.commands,
        staff_chats=(str(lost.id), str(room.id), "-100777"),
        admin_chats=(str(admin.id), "12345"),
    )
    try:
        driver.tg.faults.next(
            "setMyCommands", kind="error", code=403, description="Forbidden: bot was kicked"
        )
        await driver.start()
        await driver.tg.wait(lambda: any(str(admin.id) in scope for scope in driver.tg.commands))
        assert driver.outages == []
        [default] = [cs for scope, cs in driver.tg.commands.items() if '"default"' in scope]
        residents = {each["command"] for each in default}
        assert {"new", "my", "menu", "help", "cancel"} <= residents
        chats = {}
        for scope, listed in driver.tg.commands.items():
            if found := re.search(r"-?\d+", scope):
                chats[int(found[0])] = listed
        members = {each["command"] for each in chats[room.id]}
        assert {"status", "close", "who", "note"} <= members
        assert "my" not in members
        assert residents | {"desk"} <= {each["command"] for each in chats[admin.id]}
        assert driver.complaints == []
    finally:
        await driver.stop()


# ── The webhook ────────────────────────────────────────────────────────────────


async def test_the_webhook_believes_only_who_knows_the_secret(
    webhook: TelegramWebhookDriver,
) -> None:
    import aiohttp

    update = {
        "update_id": 1,
        "message": {
            "message_id": 5, "date": 1, "text": "тук",
            "chat": {"id": 7, "type": "private"},
            "from": {"id": 7, "is_bot": False, "first_name": "М"},
        },
    }  # fmt: skip
    header = "X-Telegram-Bot-Api-Secret-Token"

    async def post(secret: str | None, **body: Any) -> int:
        headers = {header: secret} if secret is not None else {}
        url = f"{webhook.url}/telegram"
        async with (
            aiohttp.ClientSession() as http,
            http.post(url, headers=headers, **body) as answer,
        ):
            return answer.status

    for wrong in (None, "", "s3cre", "s3crets", "секрет"):
        assert await post(wrong, json=update) == 401
    assert await webhook.inbox() == []
    for body in (
        b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"update_id": "1"}', b"{}", b"[" * 50_000,
    ):  # fmt: skip
        assert await post(SECRET, data=body) == 400, body[:20]
    assert await post(SECRET, json={"update_id": 2, "message": {"nothing": True}}) == 200
    assert await post(SECRET, json={"update_id": 3, "from_the_future": {}}) == 200
    assert await webhook.inbox() == []
    webhook.deaf = 1
    assert await post(SECRET, json=update) == 500
    assert await webhook.inbox() == []
    assert await asyncio.gather(*(post(SECRET, json=update) for _ in range(5))) == [200] * 5
    assert [each.text for each in await webhook.inbox()] == ["тук"]


async def test_a_webhook_that_was_moved_is_set_again(database_url: str, tmp_path: Path) -> None:
    driver = TelegramWebhookDriver(database_url, tmp_path, look_after=0.05)
    try:
        await driver.start()
        driver.tg.updates.webhook.url = "https://elsewhere.example"
        await driver.tg.wait(lambda: driver.tg.updates.webhook.url.startswith(driver.url))
        await driver.tg.stop()
        await asyncio.sleep(0.3)
        assert "out of reach" in str(driver.outages[-1])
        await driver.tg.start()
        maria = await driver.person()
        await maria.says("снова тут")
        await driver.hears()
    finally:
        await driver.stop()
