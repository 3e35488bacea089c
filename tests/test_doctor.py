"""The doctor against a database and Telegram's stand-in: what is well, and what each ill shows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.app import App
from bot.doctor import Finding, examine
from bot.settings import Settings
from services.db import migrate
from tests.support.running import SAMPLE
from tests.support.telegram import Group, TelegramStandIn


@pytest.fixture
async def tg() -> AsyncIterator[TelegramStandIn]:
    async with TelegramStandIn(privacy=False, check_answers=True) as stand_in:
        yield stand_in
        assert stand_in.malformed == []
        assert stand_in.misshapen == []


@pytest.fixture
def room(tg: TelegramStandIn) -> Group:
    return tg.forum()


class Patient:
    """Settings and a database to be examined."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.settings: dict[str, Any] = {"data_dir": folder, "company_file": SAMPLE}

    async def examined(self, **settings: Any) -> list[Finding]:
        @asynccontextmanager
        async def database() -> AsyncIterator[str]:
            yield self.url

        made = Settings(_env_file=None, **{**self.settings, **settings})
        return [finding async for finding in examine(made, database)]

    async def ills(self, **settings: Any) -> str:
        """The words of what is wrong."""
        found = await self.examined(**settings)
        for finding in found:
            assert len(finding.words.splitlines()) == 1
        return "; ".join(f"{f.what}: {f.words}" for f in found if not f.ok)


@pytest.fixture
async def patient(database_url: str, tmp_path: Path) -> Patient:
    app = App(Settings(_env_file=None, data_dir=tmp_path, company_file=SAMPLE), database_url)
    await app.apply_company_file(SAMPLE)
    await app.db.close()
    return Patient(database_url, tmp_path)


def telegram(tg: TelegramStandIn, room: Group | None = None, **more: Any) -> dict[str, Any]:
    return {
        "telegram_token": tg.token,
        "telegram_api_url": tg.url,
        "telegram_staff_chat": room.id if room else None,
        **more,
    }


async def test_all_is_well(patient: Patient, tg: TelegramStandIn, room: Group) -> None:
    found = await patient.examined(**telegram(tg, room))
    assert [finding for finding in found if not finding.ok] == []
    words = " ".join(finding.words for finding in found)
    for what in ("Уютный дом", "@domovoy_test_bot", "видит все сообщения", "темы включены",
                 "администратор", "может вести темы"):  # fmt: skip
        assert what in words
    assert tg.token not in words


async def test_without_telegram_all_is_well_too(patient: Patient) -> None:
    found = await patient.examined()
    assert all(finding.ok for finding in found)
    assert [f for f in found if "TELEGRAM_TOKEN" in f.words]


async def test_a_refused_token(patient: Patient, tg: TelegramStandIn) -> None:
    ills = await patient.ills(**telegram(tg, telegram_token="42:WRONG"))
    assert "@BotFather" in ills
    assert "WRONG" not in ills


async def test_telegram_out_of_reach(patient: Patient, tg: TelegramStandIn) -> None:
    await tg.stop()
    assert "TELEGRAM_API_URL" in await patient.ills(**telegram(tg))


async def test_a_page_instead_of_an_answer(patient: Patient, tg: TelegramStandIn) -> None:
    for method in ("getMe", "getWebhookInfo"):
        tg.faults.next(method, kind="502")
        assert "error of its own" in await patient.ills(**telegram(tg))


async def test_privacy_is_on(patient: Patient, tg: TelegramStandIn, room: Group) -> None:
    tg.privacy = True
    assert "/setprivacy" in await patient.ills(**telegram(tg, room))


async def test_no_administrator(patient: Patient, tg: TelegramStandIn, room: Group) -> None:
    await room.demote_bot()
    assert "сделайте бота администратором" in await patient.ills(**telegram(tg, room))


async def test_no_right_to_topics(patient: Patient, tg: TelegramStandIn, room: Group) -> None:
    room.bot.rights.remove("can_manage_topics")
    assert "Управление темами" in await patient.ills(**telegram(tg, room))


async def test_no_forum(patient: Patient, tg: TelegramStandIn, room: Group) -> None:
    room.set_forum(False)
    assert "включите темы" in await patient.ills(**telegram(tg, room))


async def test_a_group_that_is_not_ours(patient: Patient, tg: TelegramStandIn, room: Group) -> None:
    await room.kick_bot()
    assert "Добавьте бота" in await patient.ills(**telegram(tg, room))
    ills = await patient.ills(**telegram(tg, telegram_staff_chat=-100777))
    assert "-100777" in ills
    assert "chat not found" in ills


async def test_the_groups_of_the_company_file_are_looked_at_too(
    patient: Patient, tg: TelegramStandIn, room: Group, tmp_path: Path
) -> None:
    other = tg.forum("Сосновый бор", bot="member")
    company = tmp_path / "company.yaml"
    text = SAMPLE.read_text(encoding="utf-8")
    declared = f"rooms:\n  - code: bor\n    title: Бор\n    telegram: {other.id}\n"
    company.write_text(text.replace("rooms:\n", declared, 1), encoding="utf-8")
    ills = await patient.ills(**telegram(tg, room, company_file=company))
    assert "«Сосновый бор»: сделайте бота администратором" in ills
    assert "«Диспетчерская»" not in ills


async def test_the_webhook(patient: Patient, tg: TelegramStandIn, room: Group) -> None:
    hook = telegram(
        tg, room, telegram_transport="webhook", public_url="http://127.0.0.1:9",
        telegram_webhook_secret="s3cret",
    )  # fmt: skip
    assert await patient.ills(**hook) == ""
    tg.updates.webhook.url = "http://127.0.0.1:9/telegram"
    assert await patient.ills(**hook) == ""
    tg.updates._note("Connection refused")
    assert "Connection refused" in await patient.ills(**hook)
    tg.updates.webhook.url = "https://elsewhere.example"
    assert "elsewhere" in await patient.ills(**hook)


async def test_the_company_file_has_a_mistake(patient: Patient, tmp_path: Path) -> None:
    company = tmp_path / "company.yaml"
    company.write_text("company:\n  name: Дом\n", encoding="utf-8")
    found = await patient.examined(company_file=company)
    assert not found[0].ok
    assert found[1:]
    gone = await patient.examined(company_file=tmp_path / "none.yaml")
    assert not gone[0].ok


async def test_the_database_is_empty_or_away(
    patient: Patient, empty_database_url: str, tmp_path: Path
) -> None:
    patient.url = empty_database_url
    assert "первом запуске" in await patient.ills()
    await migrate(empty_database_url)
    assert "python -m bot apply" in await patient.ills()
    patient.url = "postgresql+asyncpg://x@127.0.0.1:9/x"
    assert "база: " in await patient.ills()
    patient.url = empty_database_url.rpartition("/")[0] + "/no_such_database?host=/nowhere"
    assert "база: " in await patient.ills()


async def test_messages_set_aside_are_shown(patient: Patient) -> None:
    from services.db import Database
    from services.messaging.types import Address, Inbound, Sender

    db = Database(patient.url)
    inbound = Inbound(key="1", address=Address(channel="web", chat="x"), sender=Sender(id="x"))
    async with db.work() as work:
        await work.inbox.hear("web", [inbound], None)
    for _ in range(5):
        async with db.work() as work:
            work.now = work.now.replace(year=work.now.year + 1)
            claimed = await work.inbox.claim()
            assert claimed is not None
            await work.inbox.failed(claimed, "RuntimeError", "12345")
            from sqlalchemy import text

            await work.session.execute(text("UPDATE inbox SET ready_at = now()"))
    await db.close()
    ills = await patient.ills()
    assert "отложенные сообщения: 1" in ills
    assert "12345" in ills


async def test_a_disk_one_cannot_write_to(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    assert "нельзя писать" in await patient.ills()


async def test_the_channel_of_the_company_file(
    patient: Patient, tg: TelegramStandIn, room: Group, tmp_path: Path
) -> None:
    company = tmp_path / "company.yaml"
    text = SAMPLE.read_text("utf-8").replace(
        "  timezone: ", '  telegram_channel: "@dom_news"\n  timezone: ', 1
    )
    for line in [line for line in text.splitlines() if line.lstrip().startswith("picture:")]:
        text = text.replace(f"{line}\n", "")
    company.write_text(text, "utf-8")
    given = {**telegram(tg, room), "company_file": company}
    assert "канал @dom_news" in await patient.ills(**given)
    channel = tg.channel("dom_news", bot="member")
    assert "администратором с правом публиковать" in await patient.ills(**given)
    channel.bot.status = "administrator"
    assert await patient.ills(**given) == ""


async def test_links_to_the_own_page_need_https(patient: Patient, tmp_path: Path) -> None:
    file = tmp_path / "linking.yaml"
    file.write_text(SAMPLE.read_text().replace("web: {balances: show", "web: {balances: link"))
    assert "accounts.showing стоит link (web)" in await patient.ills(company_file=file)
    well = {"company_file": file, "public_url": "https://bot.example.ru"}
    assert await patient.ills(**well) == ""
    assert await patient.ills(company_file=file, web_chat=False) == ""
