"""What a backup has to know of a database: its version, whether it is empty, the way to it; and
what a restored one must not go on with by itself."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.engine import make_url

from services.db import ROOT, make_engine

LEAVE = (
    "UPDATE notices SET state = 'held' WHERE state = 'going' AND mailing_id IS NOT NULL",
    "UPDATE notices SET state = 'stopped' WHERE state = 'going' AND mailing_id IS NULL",
    "UPDATE mailings SET state = 'paused' WHERE state = 'running'",
    "UPDATE mailings SET state = 'draft', start_at = NULL, made_at = now() "
    "WHERE state = 'scheduled' AND start_at < now()",
    "UPDATE outbox SET state = 'unknown', reason = 'unknown', settled_at = now() "
    "WHERE state = 'sending'",
    "UPDATE reminders SET state = 'stopped', ended_at = now() WHERE state IN ('running', 'paused')",
    "UPDATE reminders SET state = 'draft', start_at = NULL, made_at = now() "
    "WHERE state = 'scheduled' AND start_at < now() AND repeats = ''",
    "UPDATE reminders SET start_at = start_at + interval '1 month' * ceil("
    "extract(epoch FROM now() - start_at) / 2419200) "
    "WHERE state = 'scheduled' AND start_at < now() AND repeats = 'monthly'",
    # Numbers that were given after the backup stand in acts of erasure: nobody else may get them.
    "SELECT setval(pg_get_serial_sequence('residents', 'id'), "
    "(SELECT coalesce(max(id), 0) + 1000000 FROM residents))",
    "SELECT setval(pg_get_serial_sequence('erasures', 'id'), "
    "(SELECT coalesce(max(id), 0) + 1000 FROM erasures))",
)


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


@dataclass(frozen=True)
class Left:
    """How many of each a member has to look at."""

    notices: int  # stopped: of outages and incidents
    mailings: int  # held
    drafts: int  # scheduled ones whose moment has passed
    unsure: int  # messages that were on their way


async def leave_to_people(url: str) -> Left:
    """Of a database that was restored: what was on its way then has arrived since, or not; nothing
    of it leaves by itself."""
    engine = make_engine(url, one_off=True)
    try:
        async with engine.begin() as connection:
            counts = [(await connection.execute(text(each))).rowcount for each in LEAVE]
    finally:
        await engine.dispose()
    return Left(*counts[1:5])


async def last_act(url: str) -> int:
    """The number of the newest act of erasure; nought without any."""
    found = await _ask(url, "SELECT coalesce(max(id), 0) FROM erasures WHERE state = 'done'")
    return int(str(found))


async def _ask(url: str, question: str) -> object:
    engine = make_engine(url, one_off=True)
    try:
        async with engine.connect() as connection:
            return await connection.scalar(text(question))
    finally:
        await engine.dispose()
