"""The database goes away in the middle and comes back: every loop recovers by itself."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from sqlalchemy.exc import SQLAlchemyError

from bot import postgres
from bot.carrying import Carrying
from bot.metrics import Metrics
from bot.state import State
from services.db import Database, migrate
from services.messaging.handling import Handling
from services.messaging.types import Inbound, Outbound
from services.work import Work
from tests.messaging.fakes import NAME, FakeChannel, Rig, heard, running, until
from tests.support.database import memory


class OwnServer:
    """A PostgreSQL of the test's own, to be restarted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server: postgres.Server | None = None

    async def start(self) -> str:
        self.server = await postgres.start(self.folder, durable=False)
        return self.server.url

    async def stop(self) -> None:
        if self.server is not None:
            await self.server.stop()
            self.server = None


@pytest_asyncio.fixture
async def own_server() -> AsyncIterator[OwnServer]:
    folder = Path(tempfile.mkdtemp(prefix="domovoy-tests-", dir=memory()))
    folder.chmod(0o755)  # noqa: ASYNC240
    server = OwnServer(folder)
    try:
        yield server
    finally:
        await server.stop()
        pointer = folder / "postgres.path"
        if pointer.exists():
            shutil.rmtree(pointer.read_text().strip(), ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


async def test_a_restart_of_the_database_loses_and_doubles_nothing(own_server: OwnServer) -> None:
    url = await own_server.start()
    await migrate(url)
    db = Database(url)
    rig = Rig(db, FakeChannel())
    metrics, state = Metrics(), State()
    handled: Counter[str] = Counter()
    faults: list[str] = []

    async def handle(work: Work, inbound: Inbound) -> None:
        await work.outbox.say(inbound.address, Outbound(text=f"слышу {inbound.text}"))
        await asyncio.sleep(0.01)
        handled[inbound.text] += 1

    async def tell_fault(work: Work, inbound: Inbound, number: str) -> None:
        faults.append(number)

    carrying = Carrying(db, rig.bells, metrics, state, rig.telling)
    hear = carrying.hear_for(NAME)
    handling = Handling(db, rig.bells, handle, tell_fault, metrics)
    state.set(NAME, "starting")
    refused = 0

    async def keep_hearing() -> None:
        """As a messenger does: what was not taken is brought again."""
        nonlocal refused
        for number in range(120):
            inbound = heard(f"{number}", chat=str(number % 10))
            while True:
                try:
                    await hear([inbound])
                    break
                except (SQLAlchemyError, OSError):
                    refused += 1
                    await asyncio.sleep(0.05)
            await asyncio.sleep(0.01)

    try:
        async with running(rig.bells.listen(), handling.run(), carrying.carry(rig.channel)):
            hearing = asyncio.ensure_future(keep_hearing())
            await until(lambda: len(rig.channel.arrived) >= 20)
            await own_server.stop()
            await asyncio.sleep(1.0)
            assert (await state.look(db))["ok"] is False
            await own_server.start()
            await hearing
            await until(lambda: len(rig.channel.arrived) >= 120)
            await rig.until_settled()
            assert (await state.look(db))["database"] is True
            await until(lambda: state.channels[NAME].state == "up")
    finally:
        await db.close()
    assert refused > 0
    assert faults == []
    texts = Counter(rig.channel.texts())
    assert len(texts) == 120
    for chat in range(10):
        mine = [int(text.split()[1]) for text in rig.channel.texts(str(chat))]
        assert list(dict.fromkeys(mine)) == sorted(mine), "the order holds"
    doubled = {text: times for text, times in texts.items() if times > 1}
    assert len(doubled) <= 10, "one a chat at the most: what was in flight"
