"""The file in a table of this transaction alone: loaded by COPY, compared and applied by SQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from services.accounts.reading.table import Table

if TYPE_CHECKING:
    from services.work import Work

AT_ONCE = 1000
Progress = Callable[[float, int], None]
"""Hears which part of the file is read, 0 to 1, and how many rows."""

COLUMNS = {
    "accounts": (
        "row integer, number text, house_id bigint, flat_key text, place text, kind text, "
        "area bigint, holder text, phone text"
    ),
    "debts": (
        "row integer, number text, month date, billed bigint, paid bigint, debt bigint, "
        "overdue bigint, penalties bigint, pay_by date"
    ),
    "meters": (
        "row integer, number text, resource text, serial text, title text, tariffs integer, "
        "digits integer, verified_until date, month date, figures jsonb"
    ),
}


async def stage(work: Work, table: Table, records: Iterator[Any], progress: Progress) -> None:
    """Into `staged_accounts` and the like: a name a shape, for the driver keeps statements
    prepared. Raises `FileWrong` in the middle, and then the transaction is lost."""
    session, name = work.session, f"staged_{table.kind}"
    await session.execute(text(f"DROP TABLE IF EXISTS {name}, matched_{table.kind}"))
    await session.execute(
        text(f"CREATE TEMPORARY TABLE {name} ({COLUMNS[table.kind]}) ON COMMIT DROP")
    )
    connection: Any = await (await session.connection()).get_raw_connection()
    await connection.driver_connection.copy_records_to_table(
        name, records=_in_turns(table, records, progress)
    )
    await session.execute(text(f"ANALYZE {name}"))
    progress(1.0, table.rows)


async def _in_turns(table: Table, records: Iterator[Any], progress: Progress) -> AsyncIterator[Any]:
    """Read beside the loop, which others may be waiting for."""
    while batch := await asyncio.to_thread(list, islice(records, AT_ONCE)):
        for record in batch:
            yield record
        progress(table.done, table.rows)
