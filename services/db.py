"""The database: one engine, one way to begin a transaction, migrations under a lock."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.pool import NullPool

from services.clock import Clock
from services.work import Work

ROOT = Path(__file__).resolve().parent.parent
MIGRATION_LOCK = 0x646F6D  # any number, the same in every process


def _write_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def make_engine(url: str, *, pool_size: int = 8, one_off: bool = False) -> AsyncEngine:
    """`one_off` keeps no connections: for leaders' locks and listeners, which own theirs."""
    pool: dict[str, Any] = (
        {"poolclass": NullPool}
        if one_off
        else {"pool_size": pool_size, "max_overflow": 0, "pool_timeout": 30, "pool_pre_ping": True}
    )
    return create_async_engine(url, json_serializer=_write_json, **pool)


class Database:
    """Where work is done. Close it at the end."""

    def __init__(self, url: str, clock: Clock | None = None, *, pool_size: int = 8) -> None:
        self.url = url
        self.clock = clock or Clock()
        self.engine = make_engine(url, pool_size=pool_size)
        self.own = make_engine(url, one_off=True)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False, autoflush=False)

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Work]:
        """One transaction with every service in it: commits at the end, or nothing happened."""
        async with self._sessions() as session, session.begin():
            work = Work(session, self.clock.now())
            yield work
            await work.finish()

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        async with self._sessions() as session, session.begin():
            yield session

    @asynccontextmanager
    async def own_connection(self) -> AsyncIterator[AsyncConnection]:
        """A connection outside the pool, without a transaction around it."""
        async with self.own.connect() as connection:
            yield await connection.execution_options(isolation_level="AUTOCOMMIT")

    async def ping(self) -> None:
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        await self.engine.dispose()
        await self.own.dispose()


async def migrate(url: str, revision: str = "head") -> None:
    """Brings the database to `revision`, upwards or down. Safe when several processes start at
    once: one migrates, the others wait."""
    from alembic.command import downgrade, upgrade
    from alembic.config import Config

    config = Config(ROOT / "alembic.ini")
    config.set_main_option("script_location", str(ROOT / "alembic"))
    config.attributes["url"] = url
    backwards = revision == "base" or revision.startswith("-")
    await asyncio.to_thread(downgrade if backwards else upgrade, config, revision)
