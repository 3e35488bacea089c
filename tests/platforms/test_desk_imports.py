"""Files of the accounting system at the desk, over HTTP: who may, whose they are, and once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.app import App
from services.tables import Account, AuditRecord, Member, Upload
from tests.platforms.test_desk_work import ANNA, FAR, OLGA
from tests.support.accounting import ACCOUNT, ACCOUNTS, make_csv
from tests.support.browser import Dispatcher, Json, dispatcher, form
from tests.support.path import sign_in
from tests.support.patience import PATIENCE
from tests.support.running import running_app

FILE = make_csv(ACCOUNT, heads=ACCOUNTS)
NOT_FOUND = (404, {"why": "Такого файла нет."})
DONE = (422, {"why": "Это уже сделано или отменено: обновите страницу."})


@pytest.fixture
async def app(database_url: str, tmp_path: Path) -> AsyncIterator[App]:
    async with running_app(database_url, tmp_path) as running:
        yield running


@pytest.fixture
async def olga(app: App) -> AsyncIterator[Dispatcher]:
    async with dispatcher(app.base_url) as one:
        await sign_in(one, app, OLGA)
        yield one


@pytest.fixture
async def anna(app: App) -> AsyncIterator[Dispatcher]:
    async with dispatcher(app.base_url) as one:
        await sign_in(one, app, ANNA)
        yield one


async def hands_in(
    one: Dispatcher, data: bytes, name: str = "счета.csv", origin: str = ""
) -> tuple[int, Json]:
    body = form(data, name, "text/csv")
    headers = {"Origin": origin} if origin else one.origin
    async with one.http.post(f"{one.url}/desk/api/imports", data=body, headers=headers) as answer:
        return answer.status, await answer.json()


async def looked_at(one: Dispatcher) -> Json:
    """The newest of this member's files, once it is read."""

    async with asyncio.timeout(PATIENCE):
        while True:
            _, body = await one.get("imports")
            found: Json = body["files"][0]
            if found["state"] not in ("new", "going"):
                return found
            await asyncio.sleep(0.05)


async def test_only_those_who_count(app: App, anna: Dispatcher, olga: Dispatcher) -> None:
    assert (await anna.get("me"))[1]["may"]["count"] is False
    assert await hands_in(anna, FILE) == NOT_FOUND
    assert await anna.get("imports") == NOT_FOUND
    assert (await olga.get("me"))[1]["may"]["count"] is True
    status, _ = await hands_in(olga, FILE, origin=FAR)
    assert status == 403
    assert (await hands_in(olga, FILE))[0] == 201
    ident = (await looked_at(olga))["id"]
    for what, value in (
        ("load", None), ("drop", None), ("kind", "debts"), ("month", "2026-10"), ("column", "0"),
    ):  # fmt: skip
        assert await anna.post(f"imports/{ident}/{what}", {"value": value}) == NOT_FOUND
    assert await anna.get(f"imports/{ident}/problems") == NOT_FOUND
    async with app.db.work() as work:  # a manager, but it is not hers
        await work.session.execute(
            update(Member).where(Member.code == ANNA).values(role="manager")
        )  # fmt: skip
    assert await anna.post(f"imports/{ident}/load", {}) == NOT_FOUND
    assert (await anna.get("imports"))[1]["files"] == []
    assert await olga.post(f"imports/{ident}/nonsense", {}) == NOT_FOUND
    assert await olga.post(f"imports/{10**17}/load", {}) == NOT_FOUND
    assert (await looked_at(olga))["state"] == "shown"


async def test_once_and_back(app: App, anna: Dispatcher, olga: Dispatcher) -> None:
    await hands_in(olga, FILE)
    file = await looked_at(olga)
    assert "  новых счетов: 1" in file["lines"]
    assert await olga.post(f"imports/{file['id']}/kind", {"value": "debts"}) == DONE
    assert (await olga.post(f"imports/{file['id']}/load", {}))[0] == 200
    assert await olga.post(f"imports/{file['id']}/load", {}) == DONE
    assert (await looked_at(olga))["told"].startswith("Загружено: счета.csv")
    assert await olga.post(f"imports/{file['id']}/drop", {}) == DONE
    row = (await olga.get("imports"))[1]["journal"][0]
    assert (row["undo"], row["undone"]) == (True, False)
    assert await anna.post(f"imports/{row['id']}/undo", {}) == NOT_FOUND
    assert (await olga.post(f"imports/{row['id']}/undo", {}))[0] == 200
    assert await olga.post(f"imports/{row['id']}/undo", {}) == DONE
    assert await olga.post("imports/999/undo", {}) == NOT_FOUND
    async with app.db.session() as session:
        known = list(await session.scalars(select(Account.withdrawn_at)))
        uploads = list(await session.scalars(select(Upload)))
        audit = str([a.details for a in await session.scalars(select(AuditRecord))])
    assert None not in known
    assert [(each.path, each.preview) for each in uploads] == [("", None)]
    assert "0000101" not in audit


async def test_a_trainee_looks_on(app: App, olga: Dispatcher) -> None:
    async with app.db.work() as work:
        await work.session.execute(update(Member).where(Member.code == OLGA).values(trainee=True))
    status, body = await hands_in(olga, FILE)
    assert status == 422
    assert "стажёр" in body["why"]
    assert (await olga.get("imports"))[0] == 200


async def test_what_is_no_file(olga: Dispatcher) -> None:
    assert (await hands_in(olga, b""))[0] == 415
    assert (await olga.post("imports", {}))[0] == 415
