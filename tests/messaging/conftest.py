"""A database, delivery and handling for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from services.db import Database
from tests.messaging.fakes import MovedClock, Rig


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest_asyncio.fixture
async def db(database_url: str, clock: MovedClock) -> AsyncIterator[Database]:
    db = Database(database_url, clock)
    try:
        yield db
    finally:
        await db.close()


@pytest.fixture
def rig(db: Database) -> Rig:
    return Rig(db)
