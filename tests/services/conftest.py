"""A company that has been applied, and a clock to move."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from services.company.apply import Messengers, apply_declaration
from services.company.reading import read_declaration
from services.db import Database
from tests.support.clock import MovingClock
from tests.support.running import SAMPLE


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


@pytest_asyncio.fixture
async def db(database_url: str, clock: MovingClock, tmp_path: Path) -> AsyncIterator[Database]:
    db = Database(database_url, clock)
    db.files = tmp_path / "files"
    async with db.work() as work:
        await apply_declaration(work, read_declaration(SAMPLE), Messengers())
    yield db
    await db.close()
