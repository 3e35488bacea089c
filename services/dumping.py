"""What a backup has to know of a database: its version, whether it is empty, the way to it."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.engine import make_url

from services.db import ROOT, make_engine


def way_to(url: str) -> dict[str, str]:
    """For PostgreSQL's own programs, by their environment: arguments are for all to see."""
    at = make_url(url)
    query = {name: str(value) for name, value in at.query.items()}
    way = {
        "PGHOST": query.get("host") or at.host,
        "PGPORT": query.get("port") or str(at.port or 5432),
        "PGUSER": at.username,
        "PGPASSWORD": at.password,
        "PGDATABASE": at.database,
        "PGSSLMODE": query.get("ssl") or query.get("sslmode"),
    }
    return {name: value for name, value in way.items() if value}


async def server_major(url: str) -> int:
    return int(str(await _ask(url, "SHOW server_version_num"))) // 10000


async def is_empty(url: str) -> bool:
    return not await _ask(url, "SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1")


async def unknown_revision(url: str) -> str:
    """The schema's revision where this version does not know it; else empty."""
    revision = str(await _ask(url, "SELECT version_num FROM alembic_version"))
    known = list((ROOT / "alembic" / "versions").glob(f"{revision}_*.py"))
    return "" if known else revision


async def _ask(url: str, question: str) -> object:
    engine = make_engine(url, one_off=True)
    try:
        async with engine.connect() as connection:
            return await connection.scalar(text(question))
    finally:
        await engine.dispose()
