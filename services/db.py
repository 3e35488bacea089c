"""The database: one engine, one way to begin a transaction, migrations under a lock."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.pool import NullPool

from services.clock import Clock
from services.shelf import Shelf
from services.work import Work

ROOT = Path(__file__).resolve().parent.parent
MIGRATION_LOCK = 0x646F6D  # any number, the same in every process
REVISION = r"""^revision\b[^=]*=\s*['"](\w+)['"]"""
BELOW = r"""^down_revision\b[^=]*=\s*['"](\w+)['"]"""
PASSING = ("08", "40", "53", "55", "57")  # SQLSTATE classes that are nobody's fault
# A leader's host that vanished without a word must not keep its lock for two hours.
SHORT_KEEPALIVE = {
    "tcp_keepalives_idle": "3",
    "tcp_keepalives_interval": "1",
    "tcp_keepalives_count": "3",
}
# A plan made while the outbox was empty, and kept, takes a minute over the first row of a notice to
# thousands; nothing tells the server that it is wrong.
FRESH_PLANS = {"plan_cache_mode": "force_custom_plan"}


def _write_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def make_engine(url: str, *, pool_size: int = 8, one_off: bool = False) -> AsyncEngine:
    """`one_off` keeps no connections: for leaders' locks and listeners, which own theirs."""
    pool: dict[str, Any] = (
        {"poolclass": NullPool, "connect_args": {"server_settings": SHORT_KEEPALIVE}}
        if one_off
        else {
            "pool_size": pool_size,
            "max_overflow": 0,
            "pool_timeout": 30,
            # The same few connections again and again: their statements are prepared. A ping before
            # each use would be three round trips more; what a lost connection breaks is retried.
            "pool_use_lifo": True,
            "pool_recycle": 600,
            "connect_args": {"server_settings": FRESH_PLANS},
        }
    )
    return create_async_engine(url, json_serializer=_write_json, **pool)


def is_passing(failure: BaseException) -> bool:
    """The database was away, full or restarting, or broke a deadlock: nothing is wrong with the
    work itself, and the same may succeed in a moment."""
    if isinstance(failure, DBAPIError):
        state = str(getattr(failure.orig, "sqlstate", "") or "")
        return failure.connection_invalidated or state[:2] in PASSING
    if isinstance(failure, SQLAlchemyError):
        before = failure.__context__  # as when the rollback finds the connection gone
        return isinstance(failure, PoolTimeoutError) or (before is not None and is_passing(before))
    return isinstance(failure, OSError)


class Database:
    """Where work is done. Close it at the end. `base_url` and the folder of `files` are
    told to every work."""

    def __init__(self, url: str, clock: Clock | None = None, *, pool_size: int = 8) -> None:
        self.url = url
        self.clock = clock or Clock()
        self.base_url = ""
        self.files = Path()
        self.shelf = Shelf()
        self.engine = make_engine(url, pool_size=pool_size)
        self.own = make_engine(url, one_off=True)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False, autoflush=False)

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Work]:
        """One transaction with every service in it: commits at the end, or nothing happened."""
        async with self._sessions() as session, session.begin():
            work = Work(session, self.clock.now(), self.base_url, self.files, self.shelf)
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


async def _stands_at_head(url: str) -> bool:
    """Whether there is nothing to migrate, found out without the library."""
    head = await asyncio.to_thread(_head)
    engine = make_engine(url, one_off=True)
    try:
        async with engine.connect() as connection:
            if await connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
                return False
            at = list(await connection.scalars(text("SELECT version_num FROM alembic_version")))
            return at == [head]
    finally:
        await engine.dispose()


def _head() -> str:
    """The one revision that no other stands upon."""
    files = [path.read_text("utf-8") for path in (ROOT / "alembic" / "versions").glob("*.py")]
    revisions = {str(found) for each in files for found in re.findall(REVISION, each, re.MULTILINE)}
    below = {str(found) for each in files for found in re.findall(BELOW, each, re.MULTILINE)}
    (head,) = revisions - below
    return head


async def migrate(url: str, revision: str = "head") -> None:
    """Brings the database to `revision`, upwards or down. Safe when several processes start at
    once: one migrates, the others wait."""
    if revision == "head" and await _stands_at_head(url):
        return
    from alembic.command import downgrade, upgrade  # a third of a second, ten megabytes
    from alembic.config import Config

    config = Config(ROOT / "alembic.ini")
    config.set_main_option("script_location", str(ROOT / "alembic"))
    config.attributes["url"] = url
    backwards = revision == "base" or revision.startswith("-")
    await asyncio.to_thread(downgrade if backwards else upgrade, config, revision)
