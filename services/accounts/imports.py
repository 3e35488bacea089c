"""Files of the accounting system: looked at, applied as a whole or not at all, taken back.

Whoever imports waits for another import to end; everybody else goes on reading what stands, until
the commit.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, text

from services.access import AsMember, check_counting
from services.accounts import account_rows, bill_rows, debt_rows, meter_rows
from services.accounts.previews import Preview
from services.accounts.reading.addresses import Houses
from services.accounts.reading.columns import plain
from services.accounts.reading.table import Table
from services.accounts.reading.wrong import Problem
from services.accounts.staging import Progress, stage
from services.errors import AlreadySo, NotFound, NotYours, Refused
from services.tables import House, Import, ImportChange

if TYPE_CHECKING:
    from services.work import Work

LOCK = 0x696D7074
ROWS: dict[str, ModuleType] = {
    "accounts": account_rows, "debts": debt_rows, "meters": meter_rows, "bills": bill_rows,
}  # fmt: skip
UNDO_WITHIN = timedelta(days=30)  # what stood before is kept no longer than some months


REPEATED = {  # what may stand once, and what must be the same if it stands twice
    "accounts": ("number", "house_id, flat_key, kind, area, holder, phone"),
    "debts": ("number, month", "billed, paid, debt, overdue, penalties, pay_by"),
    "meters": (
        "number, resource, serial", "title, tariffs, digits, verified_until, month, figures",
    ),
}  # fmt: skip


class ImportRefused(Refused):
    """The preview has errors, or doubts that nobody has waved aside."""


@dataclass(frozen=True)
class Given:
    """A file and what was said of it: `own` names of columns by field, and the month of all rows.
    `name` is how people know it."""

    kind: str
    path: Path
    name: str
    own: Mapping[str, str]
    month: date | None = None


def _nothing(_: float, __: int) -> None: ...


class Imports:
    def __init__(self, work: Work) -> None:
        self._work = work
        self.looked_at: Given | None = None

    async def look(self, given: Given, progress: Progress = _nothing) -> Preview:
        """What it would change. Stages it for `apply` in this transaction. Raises `FileWrong`:
        then nothing more can be done in it."""
        work = self._work
        await work.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        remembered = await self._remembered(given.kind)
        sha256 = await asyncio.to_thread(_digest, given.path)
        self.looked_at = given
        if given.kind == "bills":
            preview = await bill_rows.look(work, given, sha256, progress)
            await bill_rows.match(work, preview)
            await bill_rows.compare(work, preview)
            return preview
        table = await asyncio.to_thread(
            Table, given.path, given.kind,
            own=given.own, remembered=remembered, month=given.month,
        )  # fmt: skip
        try:
            records = table.records(await self._houses() if given.kind == "accounts" else None)
            await stage(work, table, records, progress)
        finally:
            table.close()
        known = {**remembered, **given.own}.items()
        named = {f: name for f, name in known if plain(name) == plain(table.columns.get(f, ""))}
        preview = Preview(
            given.kind, given.name, sha256, table.form, table.sheet, table.columns,
            named, table.missing, table.month, [], table.rows, table.skipped, table.problems,
        )  # fmt: skip
        if table.left:
            preview.doubts.append(Problem("sheets_left", said=", ".join(table.left)[:200]))
        await self._put_zeros_back(preview, table)
        await self._find_repeated(preview)
        rows = ROWS[given.kind]
        await rows.match(work, preview)
        await rows.compare(work, preview)
        return preview

    async def apply(self, preview: Preview, who: str, *, sure: bool = False) -> Import:
        """What was looked at in this transaction. Raises `ImportRefused`, or `AlreadySo` where it
        changes nothing."""
        work = self._work
        if preview.refused or (preview.doubts and not sure):
            raise ImportRefused
        if not preview.changes:
            raise AlreadySo
        await self._forget_changes(preview.kind)
        row = Import(
            kind=preview.kind, at=work.now, who=who, file_name=preview.file_name[:200],
            sha256=preview.sha256, month=max(preview.months, default=None), rows=preview.rows,
            counts=preview.counts, columns=preview.named, state="applied",
        )  # fmt: skip
        work.session.add(row)
        await work.session.flush()
        await ROWS[preview.kind].apply(work, preview, row.id)
        if row.kind == "bills":
            await bill_rows.sweep(work)
        work.audit.note(who, "imported", f"import:{row.id}", kind=row.kind, **preview.counts)
        return row

    async def get(self, viewer: AsMember, import_id: int) -> Import:
        """Raises `NotYours`."""
        check_counting(viewer)
        row = await self._work.session.get(Import, import_id)
        if row is None:
            raise NotYours
        return row

    async def journal(self, viewer: AsMember, most: int, skip: int = 0) -> list[Import]:
        """What was applied, the newest first. Raises `NotYours`."""
        check_counting(viewer)
        rows = await self._work.session.scalars(
            select(Import).order_by(Import.id.desc()).offset(skip).limit(most)
        )
        return list(rows)

    async def can_be_undone(self, rows: Sequence[Import]) -> list[Import]:
        """Those of them that are the last of their kind, stand, and are not too old for it."""
        last = await self._work.session.scalars(
            select(func.max(Import.id)).group_by(Import.kind)
        )  # fmt: skip
        newest = set(last)
        since = self._work.now - UNDO_WITHIN
        return [
            row for row in rows
            if row.id in newest and row.state == "applied" and row.at > since
        ]  # fmt: skip

    async def undo(self, kind: str, who: str, import_id: int | None = None) -> Import:
        """The last of its kind. Raises `NotFound` where there is none, `AlreadySo` where it has
        been taken back, is too old, or is another than `import_id`."""
        work = self._work
        await work.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        last = await work.session.scalar(
            select(Import).where(Import.kind == kind).order_by(Import.id.desc()).limit(1)
        )
        if last is None:
            raise NotFound(kind)
        await work.session.refresh(last)
        if last.state == "undone" or import_id not in (None, last.id):
            raise AlreadySo
        if last.at <= work.now - UNDO_WITHIN:
            raise AlreadySo
        await ROWS[kind].restore(work, last.id)
        last.state, last.undone_at, last.undone_by = "undone", work.now, who
        await self._forget_changes(kind)
        if kind == "bills":
            await bill_rows.sweep(work)
        work.audit.note(who, "import undone", f"import:{last.id}", kind=kind)
        return last

    async def _forget_changes(self, kind: str) -> None:
        """Of earlier ones: only the last can be taken back, and names are kept no longer."""
        earlier = select(Import.id).where(Import.kind == kind).scalar_subquery()
        await self._work.session.execute(
            delete(ImportChange).where(ImportChange.import_id.in_(earlier))
        )

    async def remembered(self) -> dict[str, dict[str, str]]:
        """By kind: what the last file called the columns that were named by hand."""
        return {kind: await self._remembered(kind) for kind in ROWS}

    async def _remembered(self, kind: str) -> dict[str, str]:
        found = await self._work.session.scalar(
            select(Import.columns)
            .where(Import.kind == kind, Import.state == "applied")
            .order_by(Import.id.desc())
            .limit(1)
        )
        return dict(found or {})

    async def _houses(self) -> Houses:
        rows = await self._work.session.execute(
            select(House.id, House.address, House.code).where(House.withdrawn_at.is_(None))
        )
        return Houses([(house_id, address, code) for house_id, address, code in rows])

    async def _put_zeros_back(self, preview: Preview, table: Table) -> None:
        """Excel drops leading zeros from a whole column. They are put back only where no number of
        the file has any and all known ones are digits of one length: then it cannot be another."""
        session, staged = self._work.session, f"staged_{preview.kind}"
        width = await session.scalar(
            text(f"""
            SELECT max(length(number)) FROM accounts WHERE withdrawn_at IS NULL
            HAVING min(length(number)) = max(length(number)) AND bool_and(number ~ '^[0-9]+$')
              AND NOT EXISTS (SELECT FROM {staged} WHERE number LIKE '0%')""")  # noqa: S608
        )
        restored = 0
        if width is not None:
            found = await session.execute(
                text(f"""
                UPDATE {staged} s SET number = lpad(s.number, :width, '0') FROM accounts a
                WHERE s.number ~ '^[0-9]+$' AND length(s.number) < :width
                  AND a.number = lpad(s.number, :width, '0') AND a.withdrawn_at IS NULL
                RETURNING s.row"""),  # noqa: S608
                {"width": width},
            )
            rows = sorted(found.scalars())
            restored = len(rows)
            if rows:
                preview.problems.note(
                    "zeros_back", rows[0], preview.columns["number"], str(restored)
                )
        preview.counts["restored"] = restored
        if table.numbers_as_numbers and not restored:
            lengths = await session.scalar(
                text(f"SELECT count(DISTINCT length(number)) FROM {staged}")  # noqa: S608
            )
            if (lengths or 0) > 1:
                preview.problems.note("zeros_lost", 0, preview.columns["number"])

    async def _find_repeated(self, preview: Preview) -> None:
        """An account twice with the same words is one; with other words nobody knows which."""
        key, columns = REPEATED[preview.kind]
        found = await self._work.session.execute(
            text(f"""
            SELECT number, array_agg(row ORDER BY row) AS rows,
                count(DISTINCT ROW({columns})) > 1 AS differ
            FROM staged_{preview.kind} GROUP BY {key} HAVING count(*) > 1 ORDER BY min(row)""")  # noqa: S608
        )
        other, same = "repeated", "repeated_same"
        if preview.kind == "meters":
            other, same = "repeated_meter", "repeated_meter_same"
        repeated = 0
        for number, rows, differ in found:
            repeated += len(rows) - 1
            if differ:
                said = f"{number}|{rows[0]}"
                preview.problems.error(other, rows[1], preview.columns["number"], said)
            else:
                preview.problems.note(same, rows[1], preview.columns["number"], number)
        preview.counts["repeated"] = repeated

    async def last(self, kind: str) -> Import | None:
        found: Import | None = await self._work.session.scalar(
            select(Import).where(Import.kind == kind).order_by(Import.id.desc()).limit(1)
        )
        return found


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""  # what is wrong with it is told by whoever reads it
