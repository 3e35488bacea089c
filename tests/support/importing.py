"""Files given to an import, and what the database knows after it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import text

from services.accounts.imports import Given
from services.accounts.previews import Preview
from services.db import Database

WHO = "member:1"


def put(folder: Path, content: bytes, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


async def look(
    db: Database, kind: str, path: Path, own: Mapping[str, str] | None = None,
    month: date | None = None,
) -> Preview:  # fmt: skip
    """And nothing of it stays."""
    async with db.work() as work:
        preview = await work.imports.look(Given(kind, path, path.name, own or {}, month))
        await work.session.rollback()
    return preview


async def give(
    db: Database, kind: str, path: Path, own: Mapping[str, str] | None = None,
    month: date | None = None, *, sure: bool = False,
) -> Preview:  # fmt: skip
    async with db.work() as work:
        preview = await work.imports.look(Given(kind, path, path.name, own or {}, month))
        await work.imports.apply(preview, WHO, sure=sure)
    return preview


async def undo(db: Database, kind: str) -> None:
    async with db.work() as work:
        await work.imports.undo(kind, WHO)


async def accounts(db: Database) -> dict[str, tuple[Any, ...]]:
    """Those that are not withdrawn: flat, holder, phone, area, place."""
    return await _read(
        db,
        "SELECT a.number, f.number, a.holder, a.phone, a.area, a.place FROM accounts a "
        "LEFT JOIN flats f ON f.id = a.flat_id WHERE a.withdrawn_at IS NULL",
    )


async def debts(db: Database, month: str = "2026-10-01") -> dict[str, tuple[Any, ...]]:
    """billed, paid, debt, penalties, pay by: in kopecks."""
    return await _read(
        db,
        "SELECT a.number, billed, paid, debt, penalties, pay_by::text FROM balances b "
        f"JOIN accounts a ON a.id = b.account_id WHERE month = '{month}'",
    )


async def everything(db: Database) -> list[Any]:
    """Every row an import may touch, as it is."""
    return [
        await _read(db, f"SELECT to_jsonb(t)::text, 1 FROM {table} t")
        for table in ("accounts", "balances", "imports", "import_changes", "audit")
    ]


async def _read(db: Database, statement: str) -> dict[str, tuple[Any, ...]]:
    async with db.session() as session:
        return {row[0]: tuple(row[1:]) for row in await session.execute(text(statement))}
