"""Meters of a file and what they showed last, against those that are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from services.accounts.previews import SHOWN, Preview, Sample
from services.accounts.reading.wrong import Problem

if TYPE_CHECKING:
    from services.work import Work

GONE_LEAST, GONE_PART = 3, 3
ABOUT = ("title", "tariffs", "digits", "verified_until")
WRITES = """figures IS NOT NULL AND known AND (
    reading_id IS NULL OR (reading_differs AND (source = 'import' OR exported)))"""
"""What a resident sent and no export has taken, the accounting system cannot know yet: it stays."""
_GONE = """
    FROM meters m JOIN accounts a ON a.id = m.account_id
    WHERE m.withdrawn_at IS NULL
      AND m.account_id IN (SELECT account_id FROM matched_meters WHERE known)
      AND NOT EXISTS (SELECT FROM matched_meters k WHERE k.meter_id = m.id)"""
"""A file is the whole truth of the accounts that are in it."""


def present(columns: dict[str, str]) -> list[str]:
    """Columns of `meters` that this file speaks of."""
    return [
        name for name in ABOUT
        if name in columns or (name == "tariffs" and "second" in columns)
    ]  # fmt: skip


async def match(work: Work, preview: Preview) -> None:
    """`staged_meters` → `matched_meters`: a row a meter, with what is known of it and of its
    reading for that month."""
    fields = present(preview.columns)
    differs = " OR ".join(f"m.{name} IS DISTINCT FROM s.{name}" for name in fields) or "false"
    await work.session.execute(
        text(f"""
        CREATE TEMPORARY TABLE matched_meters ON COMMIT DROP AS
        SELECT s.*, a.id AS account_id, a.id IS NOT NULL AS known, m.id AS meter_id,
            m.withdrawn_at IS NOT NULL AS back, m.id IS NOT NULL AND ({differs}) AS differs,
            r.id AS reading_id, r.figures IS DISTINCT FROM s.figures AS reading_differs, r.source,
            r.export_id IS NOT NULL AS exported
        FROM (
            SELECT DISTINCT ON (number, resource, serial) * FROM staged_meters
            ORDER BY number, resource, serial, row) s
        LEFT JOIN accounts a ON a.number = s.number AND a.withdrawn_at IS NULL
        LEFT JOIN meters m ON m.account_id = a.id AND m.resource = s.resource
            AND m.number = s.serial
        LEFT JOIN readings r ON r.meter_id = m.id AND r.month = s.month AND NOT r.replaced""")  # noqa: S608
    )
    await work.session.execute(text("ANALYZE matched_meters"))


async def compare(work: Work, preview: Preview) -> None:
    session = work.session
    row = (
        await session.execute(
            text(f"""
            SELECT count(*) FILTER (WHERE known AND meter_id IS NULL) AS new,
                count(*) FILTER (WHERE back) AS back,
                count(*) FILTER (WHERE differs AND NOT back) AS changed,
                count(*) FILTER (WHERE meter_id IS NOT NULL AND NOT differs AND NOT back) AS same,
                count(*) FILTER (WHERE NOT known) AS unknown,
                count(*) FILTER (WHERE {WRITES}) AS readings,
                count(*) FILTER (WHERE reading_id IS NOT NULL AND figures IS NOT NULL
                    AND reading_differs AND NOT ({WRITES})) AS kept,
                array_agg(DISTINCT month) FILTER (WHERE month IS NOT NULL) AS months
            FROM matched_meters""")  # noqa: S608
        )
    ).one()
    found = dict(row._mapping)
    preview.months = sorted(found.pop("months") or [])
    preview.counts.update(found)
    preview.counts["gone"] = await session.scalar(text(f"SELECT count(*) {_GONE}")) or 0
    for name, where in (
        ("new", "known AND meter_id IS NULL"), ("back", "back"),
        ("changed", "differs AND NOT back"), ("unknown", "NOT known"),
    ):  # fmt: skip
        rows = await session.execute(
            text(f"""SELECT row, number FROM matched_meters WHERE {where}
            ORDER BY row LIMIT {SHOWN}""")  # noqa: S608
        )
        preview.samples[name] = [Sample(*each) for each in rows]
    rows = await session.execute(
        text(f"SELECT 0, a.number {_GONE} ORDER BY a.number, m.id LIMIT {SHOWN}")
    )
    preview.samples["gone"] = [Sample(*each) for each in rows]
    _doubt(work, preview)


def _doubt(work: Work, preview: Preview) -> None:
    counts, doubts = preview.counts, preview.doubts
    known = counts["new"] + counts["changed"] + counts["same"] + counts["back"]
    if counts["unknown"] and not known:
        preview.problems.error("none_known", column=preview.columns["number"])
    elif counts["unknown"] * 3 > known + counts["unknown"] and counts["unknown"] >= GONE_LEAST:
        said = f"{counts['unknown']}/{known + counts['unknown']}"
        doubts.append(Problem("unknown_many", said=said))
    stood = counts["changed"] + counts["same"] + counts["gone"]
    if counts["gone"] >= GONE_LEAST and counts["gone"] * GONE_PART > stood:
        doubts.append(Problem("gone_many", said=f"{counts['gone']}/{stood}"))
    today = work.now.date()
    for month in preview.months:
        if (month.year - today.year) * 12 + month.month - today.month > 1:
            doubts.append(Problem("month_far", said=month.strftime("%m.%Y")))


async def apply(work: Work, preview: Preview, import_id: int) -> None:
    """What stood there before is written down first."""
    fields = present(preview.columns)
    takes = "".join(f"{name} = k.{name}, " for name in fields)
    given = {"import_id": import_id, "now": work.now}
    for statement in (
        """INSERT INTO import_changes (import_id, account_id, before)
        SELECT :import_id, m.account_id, to_jsonb(m) FROM meters m
        JOIN matched_meters k ON k.meter_id = m.id WHERE k.differs OR k.back""",
        f"""UPDATE meters m SET {takes} withdrawn_at = NULL FROM matched_meters k
        WHERE k.meter_id = m.id AND (k.differs OR k.back)""",  # noqa: S608
        f"""WITH gone AS (
            UPDATE meters SET withdrawn_at = :now WHERE id IN (SELECT m.id {_GONE}) RETURNING id
        ) INSERT INTO import_changes (import_id, account_id, before)
        SELECT :import_id, m.account_id, to_jsonb(m) FROM meters m JOIN gone ON gone.id = m.id""",  # noqa: S608
        """INSERT INTO meters (account_id, resource, number, title, tariffs, digits,
            verified_until, brought_by)
        SELECT account_id, resource, serial, title, tariffs, digits, verified_until, :import_id
        FROM matched_meters WHERE known AND meter_id IS NULL ORDER BY row""",
        """UPDATE matched_meters k SET meter_id = m.id FROM meters m
        WHERE k.meter_id IS NULL AND m.account_id = k.account_id AND m.resource = k.resource
            AND m.number = k.serial""",
        f"""UPDATE readings SET replaced = true
        WHERE id IN (SELECT reading_id FROM matched_meters WHERE {WRITES})""",  # noqa: S608
        f"""WITH brought AS (
            INSERT INTO readings (meter_id, month, figures, at, source)
            SELECT meter_id, month, figures, :now, 'import' FROM matched_meters WHERE {WRITES}
            ON CONFLICT (meter_id, month) WHERE NOT replaced DO NOTHING
            RETURNING id, meter_id, month
        ) INSERT INTO import_changes (import_id, account_id, month, before)
        SELECT :import_id, k.account_id, b.month,
            jsonb_build_object('reading', b.id, 'replaced', k.reading_id)
        FROM brought b JOIN matched_meters k ON k.meter_id = b.meter_id""",  # noqa: S608
    ):
        wanted = {name: value for name, value in given.items() if f":{name}" in statement}
        await work.session.execute(text(statement), wanted)


async def restore(work: Work, import_id: int) -> None:
    """Each as it was; meters that the import brought are withdrawn, for readings may name them.
    What residents sent since stays."""
    ours = {"id": import_id}
    names = (*ABOUT, "withdrawn_at")
    takes = ", ".join(f"{name} = b.{name}" for name in names)
    for statement in (
        """DELETE FROM readings r USING import_changes c
        WHERE c.import_id = :id AND c.month IS NOT NULL
            AND r.id = (c.before->>'reading')::bigint""",
        """UPDATE readings r SET replaced = false FROM import_changes c
        WHERE c.import_id = :id AND c.month IS NOT NULL
            AND r.id = (c.before->>'replaced')::bigint
            AND NOT EXISTS (SELECT FROM readings n WHERE n.meter_id = r.meter_id
                AND n.month = r.month AND NOT n.replaced)""",
        f"""UPDATE meters m SET {takes}
        FROM import_changes c, jsonb_populate_record(NULL::meters, c.before) b
        WHERE c.import_id = :id AND c.month IS NULL AND m.id = b.id""",  # noqa: S608
    ):
        await work.session.execute(text(statement), ours)
    await work.session.execute(
        text("UPDATE meters SET withdrawn_at = :now WHERE brought_by = :id"),
        {**ours, "now": work.now},
    )
