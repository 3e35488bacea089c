"""`/health`, `/metrics`, and what the server says when something of ours breaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.app import App
from bot.http import make_http
from bot.metrics import Metrics
from bot.state import State
from services.db import Database
from tests.support.browser import Visitor, visitor
from tests.support.running import running_app, settled
from tests.support.telegram import TelegramStandIn


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def app(database_url: str, tmp_path: Path) -> AsyncIterator[App]:
    async with running_app(database_url, tmp_path) as running:
        yield running


async def test_health_while_all_is_well(app: App, http: aiohttp.ClientSession) -> None:
    async with http.get(f"{app.base_url}/health") as answer:
        assert answer.status == 200
        assert await answer.json() == {
            "ok": True, "database": True, "channels": {"web": {"state": "up"}},
        }  # fmt: skip


async def test_health_with_one_messenger_down(
    database_url: str, tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    async with TelegramStandIn() as tg, running_app(database_url, tmp_path, telegram=tg) as app:
        tg.faults.revoke_token()
        await tg.user().says("тук")
        for _ in range(500):
            async with http.get(f"{app.base_url}/health") as answer:
                body = await answer.json()
                assert answer.status == 200
            if body["channels"]["telegram"]["state"] == "down":
                break
            await asyncio.sleep(0.02)
        assert body["ok"]
        assert "token" in body["channels"]["telegram"]["why"]
        assert tg.token not in str(body)
        assert body["channels"]["web"] == {"state": "up"}


async def test_health_with_no_channel_at_all(
    database_url: str, tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    async with running_app(database_url, tmp_path, web_chat=False) as app:
        async with http.get(f"{app.base_url}/health") as answer:
            assert answer.status == 503
            assert (await answer.json())["ok"] is False
        async with http.get(f"{app.base_url}/chat") as answer:
            assert answer.status == 404
        async with http.get(f"{app.base_url}/desk") as answer:
            assert answer.status == 200


async def serve(
    db: Database, state: State, *routes: web.RouteDef, token: str = ""
) -> web.AppRunner:
    runner = web.AppRunner(make_http(db, Metrics(), state, list(routes), token), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner


@pytest.mark.parametrize(
    "lost",
    ["postgresql+asyncpg://x@127.0.0.1:9/x", "postgresql+asyncpg:///x?host=/nowhere", "gone"],
)
async def test_health_and_metrics_without_a_database(
    database_url: str, http: aiohttp.ClientSession, lost: str
) -> None:
    gone = database_url.replace("domovoy_test", "no_such_database")
    db, state = Database(gone if lost == "gone" else lost), State()
    state.set("web", "up")
    runner = await serve(db, state)
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        async with http.get(f"{url}/health") as answer:
            assert answer.status == 503
            body = await answer.json()
        assert (body["ok"], body["database"]) == (False, False)
        async with http.get(f"{url}/metrics") as answer:
            assert answer.status == 200
            assert "domovoy_database_up 0.0" in await answer.text()
    finally:
        await runner.cleanup()
        await db.close()


async def test_an_error_of_ours_has_a_number_and_no_traceback(
    database_url: str, http: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    async def breaks(request: web.Request) -> web.Response:
        raise RuntimeError("квартира 17, " + "Ма" + "рия")

    db = Database(database_url)
    runner = await serve(db, State(), web.get("/breaks", breaks))
    try:
        async with http.get(f"http://127.0.0.1:{runner.addresses[0][1]}/breaks") as answer:
            assert answer.status == 500
            why = (await answer.json())["why"]
    finally:
        await runner.cleanup()
        await db.close()
    number = why.rpartition(" ")[2].rstrip(".")
    assert number.isdecimal()
    assert number in caplog.text
    assert "Мария" not in why + caplog.text


# ── Metrics ──────────────────────────────────────────────────────────────────


async def figures(http: aiohttp.ClientSession, app: App) -> dict[str, float]:
    async with http.get(f"{app.base_url}/metrics") as answer:
        assert answer.status == 200
        lines = (await answer.text()).splitlines()
    return {
        name: float(value)
        for name, _, value in (line.rpartition(" ") for line in lines if not line.startswith("#"))
    }


async def test_the_figures_move(app: App, http: aiohttp.ClientSession) -> None:
    before = await figures(http, app)
    async with visitor(app.base_url) as maria:
        await maria.opens()
        await settled(app)
        await maria.reads("")
        await maria.says("Привет")
        await settled(app)
        after = await figures(http, app)
    heard = 'domovoy_heard_total{channel="web",happening="message"}'
    sent = 'domovoy_sent_total{channel="web",kind="reply"}'
    assert heard not in before
    assert after[heard] == 2  # the opening and the word
    assert after[sent] >= 2
    assert after['domovoy_handled_total{outcome="handled"}'] == 2
    assert after['domovoy_waiting{queue="inbox"}'] == 0
    assert after['domovoy_waiting{queue="outbox web"}'] == 0
    assert after['domovoy_channel_up{channel="web"}'] == 1
    assert after["domovoy_set_aside"] == 0
    assert after["domovoy_database_up"] == 1
    assert [name for name in after if name.startswith("domovoy_seconds_count")]


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Via"])
async def test_the_figures_are_for_this_machine(
    app: App, http: aiohttp.ClientSession, header: str
) -> None:
    async with http.get(f"{app.base_url}/metrics", headers={header: "127.0.0.1"}) as answer:
        assert answer.status == 403


async def test_the_figures_for_who_has_the_token(
    database_url: str, tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    async with running_app(database_url, tmp_path, metrics_token="s3cret") as app:
        for given, status in (
            ("", 403), ("Bearer", 403), ("Bearer wrong", 403), ("Bearer сезам", 403),
            ("Bearer s3cret", 200),
        ):  # fmt: skip
            headers = {"Authorization": given, "X-Forwarded-For": "1.2.3.4"}
            async with http.get(f"{app.base_url}/metrics", headers=headers) as answer:
                assert answer.status == status, given


async def test_pages_are_told_when_the_program_stops(database_url: str, tmp_path: Path) -> None:
    async with visitor("") as maria:
        async with running_app(database_url, tmp_path) as app:
            maria = Visitor(maria.http, app.base_url)
            await maria.opens()
        socket = maria.socket
        assert socket is not None
        assert socket.closed or (await maria.leaves() or True)
        assert socket.close_code in (1001, 1006)
        await maria.leaves()
