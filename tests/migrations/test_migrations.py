"""The revisions: up, down and up again, one by one; and the tables they make are the models."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from services import db as db_module
from services.company.apply import Messengers, apply_declaration
from services.company.reading import read_declaration
from services.db import ROOT, Database, make_engine, migrate
from services.messaging.types import Address, Inbound, Outbound, Sender
from services.tables import Table
from tests.support.database import connect
from tests.support.running import SAMPLE


def revisions() -> list[str]:
    """From the first to the last. Also the proof that they are one line."""
    config = Config(ROOT / "alembic.ini")
    config.set_main_option("script_location", str(ROOT / "alembic"))
    scripts = ScriptDirectory.from_config(config)
    (head,) = scripts.get_heads()
    return [each.revision for each in scripts.walk_revisions("base", head)][::-1]


@pytest_asyncio.fixture
async def engine(empty_database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(empty_database_url, one_off=True)
    try:
        yield engine
    finally:
        await engine.dispose()


async def differences(engine: AsyncEngine) -> list[Any]:
    def compare(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        return list(compare_metadata(context, Table.metadata))

    async with engine.connect() as connection:
        return await connection.run_sync(compare)


async def shape(engine: AsyncEngine) -> dict[str, Any]:
    """Everything a revision may make: tables, columns, indexes, constraints, sequences."""

    def look(connection: Connection) -> dict[str, Any]:
        found = inspect(connection)
        tables = sorted(set(found.get_table_names()) - {"alembic_version"})
        return {
            table: (
                [(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(table)],
                sorted(str(i["name"]) for i in found.get_indexes(table)),
                sorted(str(u["name"]) for u in found.get_unique_constraints(table)),
                sorted(str(f["name"]) for f in found.get_foreign_keys(table)),
                sorted(str(c["name"]) for c in found.get_check_constraints(table)),
            )
            for table in tables
        } | {"sequences": sorted(found.get_sequence_names())}

    async with engine.connect() as connection:
        return await connection.run_sync(look)


async def test_the_models_are_what_the_revisions_make(
    engine: AsyncEngine, empty_database_url: str
) -> None:
    await migrate(empty_database_url)
    assert await differences(engine) == []


async def test_every_step_goes_up_down_and_up(engine: AsyncEngine, empty_database_url: str) -> None:
    below = await shape(engine)
    for revision in revisions():
        await migrate(empty_database_url, revision)
        above = await shape(engine)
        assert above != below or revision != revisions()[0]
        await migrate(empty_database_url, "-1")
        assert await shape(engine) == below, f"{revision} leaves something behind"
        await migrate(empty_database_url, revision)
        assert await shape(engine) == above
        below = above


async def test_all_the_way_down_leaves_nothing(
    engine: AsyncEngine, empty_database_url: str
) -> None:
    nothing = await shape(engine)
    await migrate(empty_database_url)
    await migrate(empty_database_url, "base")
    assert await shape(engine) == nothing
    await migrate(empty_database_url)
    assert await differences(engine) == []


async def test_a_database_in_use_goes_down_and_up(database_url: str) -> None:
    """With rows in it: a new column that must not be empty would stop here."""
    await fill(database_url)
    for revision in reversed(revisions()):
        await migrate(database_url, "-1")
        await migrate(database_url, revision)
        await migrate(database_url, "-1")
    await migrate(database_url)
    await fill(database_url)


async def test_going_down_neither_shows_held_answers_nor_posts_names(database_url: str) -> None:
    await fill(database_url)
    engine = make_engine(database_url, one_off=True)
    try:
        async with engine.begin() as connection:
            for line in (
                "INSERT INTO threads (resident_id, contact_id, room_id, subject, state, opened_at,"
                " last_at, last_by, last_text) SELECT c.resident_id, c.id, r.id, '', 'open', now(),"
                " now(), 'resident', '' FROM contacts c, rooms r ORDER BY r.id LIMIT 1",
                "INSERT INTO messages (thread_id, by, author, text, attachments, at, earlier_texts,"
                " held_at) SELECT id, 'member', '', '', '[]', now(), '[]', now() FROM threads",
                "UPDATE outbox SET renames = true",
            ):
                await connection.execute(text(line))
        while await stands_at(engine) != "0005":
            await migrate(database_url, "-1")
        async with engine.connect() as connection:
            said = await connection.scalars(text("SELECT by FROM messages"))
            assert set(said) == {"note"}
            states = await connection.scalars(text("SELECT DISTINCT state FROM outbox"))
            assert set(states) == {"dropped"}
    finally:
        await engine.dispose()


async def test_going_down_sends_nothing_that_was_held_or_unknown_there(database_url: str) -> None:
    await fill(database_url)
    engine = make_engine(database_url, one_off=True)
    notice = (
        "WITH n AS (INSERT INTO notices (kind, text, at, not_before, people, flats, flats_reached,"
        " state) VALUES ('{kind}', '', now(), now(), '{{}}', 1, 1, '{state}') RETURNING id)"
        " INSERT INTO outbox (channel, chat, queue, kind, priority, body, nonce, created_at,"
        " not_before, state, notice_id, contact_id) SELECT 'telegram', '{chat}', '', 'bulk', 4,"
        " '{{}}', 1, now(), now(), 'parked', n.id, {contact} FROM n"
    )
    cases = (
        ("goes on", "announced", "going", True),
        ("held", "announced", "held", True),
        ("stopped", "reminder", "stopped", True),
        ("mailing", "mailing", "going", True),
        ("incident", "incident", "going", True),
        ("in the open", "announced", "going", False),
    )
    try:
        async with engine.begin() as connection:
            for chat, kind, state, private in cases:
                contact = "(SELECT min(id) FROM contacts)" if private else "NULL"
                made = notice.format(kind=kind, state=state, chat=chat, contact=contact)
                await connection.execute(text(made))
        while await stands_at(engine) != "0014":
            await migrate(database_url, "-1")
        async with engine.connect() as connection:
            rows = await connection.execute(
                text("SELECT chat, state, settled_at IS NULL FROM outbox WHERE kind = 'bulk'")
            )
            assert {chat: (state, waits) for chat, state, waits in rows} == {
                chat: ("waiting", True) if chat == "goes on" else ("dropped", False)
                for chat, *_ in cases
            }
    finally:
        await engine.dispose()


async def stands_at(engine: AsyncEngine) -> Any:
    async with engine.connect() as connection:
        return await connection.scalar(text("SELECT version_num FROM alembic_version"))


async def fill(url: str) -> None:
    """A company, something heard, something to be said."""
    declaration = await asyncio.to_thread(read_declaration, SAMPLE)
    db = Database(url)
    try:
        async with db.work() as work:
            await apply_declaration(
                work, declaration, Messengers(telegram=True, staff_chat="-1001")
            )
            address = Address(channel="telegram", chat="7")
            inbound = Inbound(key="1", address=address, sender=Sender(id="7"), text="капает")
            await work.inbox.hear("telegram", [inbound], "17")
            await work.people.meet(inbound)
            await work.outbox.say(address, Outbound(text="слышу"))
    finally:
        await db.close()


async def test_several_processes_that_start_at_once_migrate_once(empty_database_url: str) -> None:
    program = (
        "import asyncio, sys; from services.db import migrate; asyncio.run(migrate(sys.argv[1]))"
    )
    started = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, empty_database_url, cwd=ROOT
        )
        for _ in range(3)
    ]
    assert await asyncio.gather(*(each.wait() for each in started)) == [0, 0, 0]
    connection = await connect(empty_database_url)
    try:
        rows = await connection.fetch("SELECT version_num FROM alembic_version")
    finally:
        await connection.close()
    assert [row["version_num"] for row in rows] == revisions()[-1:]


async def test_a_database_at_its_head_is_left_alone_without_the_library(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes a third of a second of each start."""

    def refuse(*_: object) -> None:
        raise AssertionError("nothing to migrate")

    monkeypatch.setattr("alembic.command.upgrade", refuse)
    await migrate(database_url)


def test_the_head_is_found_without_the_library() -> None:
    assert db_module._head() == revisions()[-1]


async def test_a_database_that_is_behind_is_migrated(empty_database_url: str) -> None:
    await migrate(empty_database_url, revisions()[0])
    await migrate(empty_database_url)
    db = Database(empty_database_url)
    try:
        async with db.session() as session:
            version = await session.scalar(text("SELECT version_num FROM alembic_version"))
    finally:
        await db.close()
    assert version == revisions()[-1]
