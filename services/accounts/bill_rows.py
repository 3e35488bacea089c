"""Bills of an archive against those that are known, and how they are changed. The papers lie in the
folder of stored files under names that nobody can guess; `files.handle` ends with what is in it, so
that the same archive again changes nothing."""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from services.accounts.previews import SHOWN, Preview, Sample
from services.accounts.reading.archives import Bills
from services.accounts.reading.wrong import CellWrong, FileWrong, Problem

if TYPE_CHECKING:
    from services.accounts.imports import Given
    from services.accounts.staging import Progress
    from services.work import Work

AT_ONCE = 100
FORM = "ZIP"
STAGE = (
    "DROP TABLE IF EXISTS staged_bills, matched_bills",
    """CREATE TEMPORARY TABLE staged_bills (row integer, number text, month date, name text,
    size bigint, sha256 text) ON COMMIT DROP""",
)


async def look(work: Work, given: Given, sha256: str, progress: Progress) -> Preview:
    """Raises `FileWrong`."""
    bills = await asyncio.to_thread(Bills, given.path, given.name, given.month)
    try:
        for statement in STAGE:
            await work.session.execute(text(statement))
        connection: Any = await (await work.session.connection()).get_raw_connection()
        await connection.driver_connection.copy_records_to_table(
            "staged_bills", records=_in_turns(bills, progress)
        )
        progress(1.0, bills.rows)
    finally:
        bills.close()
    return Preview(
        "bills", given.name, sha256, FORM, "", {}, {}, [], bills.month, [], bills.rows,
        bills.skipped, bills.problems,
    )  # fmt: skip


async def _in_turns(bills: Bills, progress: Progress) -> AsyncIterator[Any]:
    found: Iterator[Any] = bills.files()
    while batch := await asyncio.to_thread(list, islice(found, AT_ONCE)):
        for each in batch:
            yield each.row, each.number, each.month, each.name, each.size, each.sha256
        progress(bills.done, bills.rows)


async def match(work: Work, preview: Preview) -> None:
    """`staged_bills` → `matched_bills`: a row an account and month."""
    await work.session.execute(
        text("""
        CREATE TEMPORARY TABLE matched_bills ON COMMIT DROP AS
        SELECT s.*, a.id AS account_id, a.id IS NOT NULL AS known, b.file_id,
            split_part(f.handle, '#', 2) IS DISTINCT FROM s.sha256 AS differs
        FROM (SELECT DISTINCT ON (number, month) * FROM staged_bills ORDER BY number, month, row) s
        LEFT JOIN accounts a ON a.number = s.number AND a.withdrawn_at IS NULL
        LEFT JOIN bills b ON b.account_id = a.id AND b.month = s.month
        LEFT JOIN files f ON f.id = b.file_id""")
    )


async def compare(work: Work, preview: Preview) -> None:
    session = work.session
    row = (
        await session.execute(
            text("""
            SELECT count(*) FILTER (WHERE known AND file_id IS NULL) AS new,
                count(*) FILTER (WHERE file_id IS NOT NULL AND differs) AS changed,
                count(*) FILTER (WHERE file_id IS NOT NULL AND NOT differs) AS same,
                count(*) FILTER (WHERE NOT known) AS unknown, 0 AS gone,
                array_agg(DISTINCT month) AS months
            FROM matched_bills""")
        )
    ).one()
    found = dict(row._mapping)
    preview.months = sorted(found.pop("months") or [])
    preview.counts.update(found)
    for name, where in (
        ("new", "known AND file_id IS NULL"), ("changed", "file_id IS NOT NULL AND differs"),
        ("unknown", "NOT known"),
    ):  # fmt: skip
        rows = await session.execute(
            text(f"""SELECT row, number FROM matched_bills WHERE {where}
            ORDER BY row LIMIT {SHOWN}""")  # noqa: S608
        )
        preview.samples[name] = [Sample(*each) for each in rows]
    counts = preview.counts
    known = counts["new"] + counts["changed"] + counts["same"]
    if counts["unknown"] and not known:
        preview.problems.error("none_known")
    elif counts["unknown"] * 3 > known + counts["unknown"] and counts["unknown"] >= 3:
        said = f"{counts['unknown']}/{known + counts['unknown']}"
        preview.doubts.append(Problem("unknown_many", said=said))
    today = work.now.date()
    for month in preview.months:
        ahead = (month.year - today.year) * 12 + month.month - today.month
        if ahead > 1 or ahead < -36:
            preview.doubts.append(Problem("month_far", said=month.strftime("%m.%Y")))


async def apply(work: Work, preview: Preview, import_id: int) -> None:
    """The papers are written first; what is broken on the way is swept up, and nothing stands in
    the tables. Raises `FileWrong`."""
    rows = await work.session.execute(
        text("""SELECT account_id, month, name, size, sha256 FROM matched_bills
        WHERE known AND (file_id IS NULL OR differs) ORDER BY row""")
    )
    wanted = [tuple(row) for row in rows]
    await work.session.execute(
        text("""INSERT INTO import_changes (import_id, account_id, month, before)
        SELECT :import_id, b.account_id, b.month, to_jsonb(b) FROM bills b
        JOIN matched_bills m ON m.account_id = b.account_id AND m.month = b.month
        WHERE m.differs"""),
        {"import_id": import_id},
    )
    assert work.imports.looked_at is not None
    written: list[Path] = []
    try:
        bills = await asyncio.to_thread(Bills, work.imports.looked_at.path)
        try:
            for begin in range(0, len(wanted), AT_ONCE):
                batch = wanted[begin : begin + AT_ONCE]
                places = await asyncio.to_thread(_unpack, bills, batch, work.files, written)
                await _keep(work, batch, places, import_id)
        finally:
            bills.close()
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise


def _unpack(bills: Bills, batch: list[Any], folder: Path, written: list[Path]) -> list[str]:
    places = []
    for _, _, name, _, _ in batch:
        token = secrets.token_hex(16)
        relative = f"{token[:2]}/{token}"
        path = folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        written.append(path)
        try:
            with bills.open(name) as paper, path.open("wb") as out:
                shutil.copyfileobj(paper, out)
        except CellWrong:
            raise FileWrong("torn") from None
        places.append(relative)
    return places


async def _keep(work: Work, batch: list[Any], places: list[str], import_id: int) -> None:
    given = [
        {
            "id": secrets.token_urlsafe(18), "handle": f"{place}#{sha256}", "path": place,
            "title": title_of(month), "size": size, "now": work.now, "account": account,
            "month": month, "import_id": import_id,
        }
        for (account, month, _, size, sha256), place in zip(batch, places, strict=True)
    ]  # fmt: skip
    await work.session.execute(
        text("""INSERT INTO files (id, channel, handle, owner, kind, title, mime, size, path,
            created_at)
        VALUES (:id, 'web', :handle, 'bill', 'document', :title, 'application/pdf', :size, :path,
            :now)"""),
        given,
    )
    await work.session.execute(
        text("""INSERT INTO bills (account_id, month, file_id, brought_by)
        VALUES (:account, :month, :id, :import_id)
        ON CONFLICT (account_id, month) DO UPDATE SET file_id = excluded.file_id,
            brought_by = excluded.brought_by"""),
        given,
    )


def title_of(month: date) -> str:
    """As the file is called where it is given; no account in it."""
    return f"{month:%Y-%m}.pdf"


async def restore(work: Work, import_id: int) -> None:
    """The bills of before stand again; the papers that the import brought go."""
    ours = {"id": import_id}
    await work.session.execute(text("DELETE FROM bills WHERE brought_by = :id"), ours)
    await work.session.execute(
        text("""
        INSERT INTO bills (account_id, month, file_id, brought_by)
        SELECT b.account_id, b.month, b.file_id, b.brought_by
        FROM import_changes c, jsonb_populate_record(NULL::bills, c.before) b
        WHERE c.import_id = :id"""),
        ours,
    )


async def sweep(work: Work) -> None:
    """Papers that no bill shows and no way back needs."""
    gone = await work.session.scalars(
        text("""
        DELETE FROM files f WHERE f.owner = 'bill'
            AND NOT EXISTS (SELECT FROM bills b WHERE b.file_id = f.id)
            AND NOT EXISTS (SELECT FROM import_changes c JOIN imports i ON i.id = c.import_id
                WHERE i.kind = 'bills' AND c.before->>'file_id' = f.id)
        RETURNING f.path""")
    )
    for path in gone:
        (work.files / path).unlink(missing_ok=True)
