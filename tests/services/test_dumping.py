"""How PostgreSQL's own programs are led to a database."""

from __future__ import annotations

from services.dumping import is_empty, server_major, unknown_revision, way_to
from tests.support.database import connect


def test_the_way_stands_in_the_environment() -> None:
    url = "postgresql+asyncpg://domovoy:s%40cret@db.example:5433/base?ssl=require"
    assert way_to(url) == {
        "PGHOST": "db.example", "PGPORT": "5433", "PGUSER": "domovoy", "PGPASSWORD": "s@cret",
        "PGDATABASE": "base", "PGSSLMODE": "require",
    }  # fmt: skip
    private = "postgresql+asyncpg://domovoy@/domovoy?host=%2Fvar%2Flib&port=5432"
    assert way_to(private) == {
        "PGHOST": "/var/lib", "PGPORT": "5432", "PGUSER": "domovoy", "PGDATABASE": "domovoy",
    }  # fmt: skip


async def test_what_is_known_of_a_database(database_url: str, empty_database_url: str) -> None:
    assert await server_major(database_url) >= 15
    assert (await is_empty(database_url), await is_empty(empty_database_url)) == (False, True)
    assert await unknown_revision(database_url) == ""
    connection = await connect(database_url)
    try:
        await connection.execute("UPDATE alembic_version SET version_num = '9999'")
    finally:
        await connection.close()
    assert await unknown_revision(database_url) == "9999"
