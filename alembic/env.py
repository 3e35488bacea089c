"""How alembic reaches the database: the url comes from `services.db.migrate` or the settings."""

import asyncio
import os

from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

from alembic import context
from services.db import MIGRATION_LOCK
from services.tables import Table

url = context.config.attributes.get("url") or os.environ["DATABASE_URL"]


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Table.metadata,
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        # Several processes may start at once: one migrates, the others wait here.
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        context.run_migrations()


async def main() -> None:
    engine = create_async_engine(url, poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()
    await engine.dispose()


asyncio.run(main())
