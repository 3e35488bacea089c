"""How PostgreSQL's own programs are led to a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.backup import tell_what_is_left
from services.db import Database
from services.dumping import (
    Left,
    is_empty,
    leave_to_people,
    server_major,
    unknown_revision,
    way_to,
)
from services.tables import Mailing, Notice, Outgoing
from services.work import Work
from tests.services.test_mailings import add_member, draft
from tests.support.database import connect

YEAR_AGO = datetime.now(UTC) - timedelta(days=365)
IN_FAR_FUTURE = datetime.now(UTC) + timedelta(days=365)


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


async def test_what_was_on_its_way_does_not_leave_by_itself(
    db: Database, database_url: str
) -> None:
    async with db.work() as work:
        viewer = await add_member(work)
        runs, past, ahead, plain = [await draft(work, viewer, []) for _ in range(4)]
        runs.state = "running"
        past.state, past.start_at = "scheduled", YEAR_AGO
        ahead.state, ahead.start_at = "scheduled", IN_FAR_FUTURE
        of_mailing = notice(work, "mailing", mailing_id=runs.id)
        of_outage, over = notice(work, "announced"), notice(work, "announced", state="done")
        work.session.add_all([of_mailing, of_outage, over])
        rows = [outgoing(work, state) for state in ("sending", "waiting", "sent")]
        work.session.add_all(rows)
        await work.session.flush()
        ids = [each.id for each in (runs, past, ahead, plain)]
        told, sent = [each.id for each in (of_mailing, of_outage, over)], [row.id for row in rows]
    assert await leave_to_people(database_url) == Left(1, 1, 1, 1)
    async with db.work() as work:
        mailings = [await work.session.get_one(Mailing, each) for each in ids]
        assert [each.state for each in mailings] == ["paused", "draft", "scheduled", "draft"]
        assert mailings[1].start_at is None
        notices = [await work.session.get_one(Notice, each) for each in told]
        assert [each.state for each in notices] == ["held", "stopped", "done"]
        states = select(Outgoing.state).where(Outgoing.id.in_(sent)).order_by(Outgoing.id)
        assert list(await work.session.scalars(states)) == ["unknown", "waiting", "sent"]
        await work.mailings.go_on(viewer, mailings[0])
        await work.session.refresh(notices[0])
        assert notices[0].state == "going"
    assert await leave_to_people(database_url) == Left(0, 1, 0, 0)


def test_whoever_restores_is_told_what_to_look_at() -> None:
    assert tell_what_is_left(Left(0, 0, 0, 0)) == []
    said = tell_what_is_left(Left(notices=1, mailings=2, drafts=0, unsure=4))
    assert [line.split(":")[0] for line in said] == [
        "рассылок на паузе",
        "объявлений об отключениях и авариях прекращено",
        "сообщений, о которых неизвестно, дошли ли",
    ]
    assert [line.split(":")[1].split(".")[0] for line in said] == [" 2", " 1", " 4"]


def notice(work: Work, kind: str, *, state: str = "going", **of: Any) -> Notice:
    return Notice(
        kind=kind, text="", at=work.now, not_before=work.now, people={}, flats=1, flats_reached=1,
        state=state, **of,
    )  # fmt: skip


def outgoing(work: Work, state: str) -> Outgoing:
    return Outgoing(
        channel="telegram", chat="1", queue="1", kind="reply", priority=1, body={}, nonce=1,
        state=state, created_at=work.now, not_before=work.now,
        settled_at=work.now if state == "sent" else None,
    )  # fmt: skip
