"""Balances of a file against those that are known, and how they are changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from services.accounts.previews import SHOWN, Preview, Sample
from services.accounts.reading.wrong import Problem

if TYPE_CHECKING:
    from services.work import Work

SUMS = ("billed", "paid", "debt", "overdue", "penalties", "pay_by")
TENFOLD_LEAST = 100_000  # kopecks: 5 roubles that became 60 alarm nobody
TENFOLD_PART = 10  # of those compared one in so many: a comma in the wrong place
GONE_LEAST, GONE_PART = 3, 3

_GONE = """
    FROM balances b JOIN accounts a ON a.id = b.account_id
    WHERE b.month IN (SELECT DISTINCT month FROM matched_debts)
      AND NOT EXISTS (
        SELECT FROM matched_debts m WHERE m.account_id = b.account_id AND m.month = b.month)
      AND EXISTS (
        SELECT FROM (SELECT DISTINCT house_id FROM matched_debts WHERE known) h
        WHERE h.house_id IS NOT DISTINCT FROM a.house_id)"""
"""A file is the whole truth of its months for the houses it is about."""


def present(columns: dict[str, str]) -> list[str]:
    """Columns of `balances` that this file speaks of."""
    return [name for name in SUMS if name in columns]


async def match(work: Work, preview: Preview) -> None:
    """`staged_debts` → `matched_debts`: a row for an account and a month, with what is known
    of both and of the month before."""
    fields = present(preview.columns)
    differs = " OR ".join(f"b.{name} IS DISTINCT FROM s.{name}" for name in fields)
    await work.session.execute(
        text(f"""
        CREATE TEMPORARY TABLE matched_debts ON COMMIT DROP AS
        SELECT s.*, a.id AS account_id, a.house_id, a.id IS NOT NULL AS known,
            b.account_id IS NOT NULL AS stood,
            b.account_id IS NOT NULL AND ({differs}) AS differs, b.debt AS debt_stood,
            CASE WHEN p.billed IS NOT NULL AND s.billed IS NOT NULL THEN p.billed
                ELSE p.debt END AS before,
            CASE WHEN p.billed IS NOT NULL AND s.billed IS NOT NULL THEN s.billed
                ELSE s.debt END AS now
        FROM (SELECT DISTINCT ON (number, month) * FROM staged_debts ORDER BY number, month, row) s
        LEFT JOIN accounts a ON a.number = s.number AND a.withdrawn_at IS NULL
        LEFT JOIN balances b ON b.account_id = a.id AND b.month = s.month
        LEFT JOIN balances p ON p.account_id = a.id AND p.month = s.month - interval '1 month'""")  # noqa: S608
    )
    await work.session.execute(text("ANALYZE matched_debts"))


_TENFOLD = f"before > 0 AND now >= 10 * before AND now - before >= {TENFOLD_LEAST}"


async def compare(work: Work, preview: Preview) -> None:
    session = work.session
    row = (
        await session.execute(
            text(f"""
            SELECT count(*) FILTER (WHERE known AND NOT stood) AS new,
                count(*) FILTER (WHERE differs) AS changed,
                count(*) FILTER (WHERE stood AND NOT differs) AS same,
                count(*) FILTER (WHERE NOT known) AS unknown,
                count(*) FILTER (WHERE before IS NOT NULL) AS compared,
                count(*) FILTER (WHERE {_TENFOLD}) AS tenfold,
                coalesce(sum(debt) FILTER (WHERE known AND debt > 0), 0)::bigint AS total,
                coalesce(sum(debt_stood) FILTER (WHERE debt_stood > 0), 0)::bigint AS total_before,
                array_agg(DISTINCT month) AS months
            FROM matched_debts""")  # noqa: S608
        )
    ).one()
    found = dict(row._mapping)
    preview.total, before = found.pop("total"), found.pop("total_before")
    preview.months = sorted(found.pop("months") or [])
    preview.counts.update(found)
    gone, owed = (
        await session.execute(
            text(f"""SELECT count(*), coalesce(sum(b.debt) FILTER (WHERE b.debt > 0), 0)::bigint
            {_GONE}""")
        )
    ).one()
    preview.counts["gone"] = gone
    preview.total_before = before + owed  # of those whom this file leaves out, too
    for name, where in (
        ("new", "known AND NOT stood"), ("changed", "differs"), ("unknown", "NOT known"),
        ("tenfold", _TENFOLD),
    ):  # fmt: skip
        was, now = ("before", "now") if name == "tenfold" else ("debt_stood", "debt")
        rows = await session.execute(
            text(f"""SELECT row, number, {was}, {now} FROM matched_debts WHERE {where}
            ORDER BY row LIMIT {SHOWN}""")  # noqa: S608
        )
        preview.samples[name] = [Sample(*each) for each in rows]
    rows = await session.execute(
        text(f"SELECT 0, a.number, b.debt {_GONE} ORDER BY a.number LIMIT {SHOWN}")
    )
    preview.samples["gone"] = [Sample(*each) for each in rows]
    await _doubt(work, preview)


async def _doubt(work: Work, preview: Preview) -> None:
    counts, doubts = preview.counts, preview.doubts
    known = counts["new"] + counts["changed"] + counts["same"]
    if counts["unknown"] and not known:
        preview.problems.error("none_known", column=preview.columns["number"])
    else:
        if counts["unknown"] * 3 > known + counts["unknown"] and counts["unknown"] >= GONE_LEAST:
            doubts.append(_of("unknown_many", counts["unknown"], known + counts["unknown"]))
        if counts["tenfold"] * TENFOLD_PART > counts["compared"] and counts["tenfold"] >= 3:
            doubts.append(_of("tenfold_many", counts["tenfold"], counts["compared"]))
        stood = counts["changed"] + counts["same"] + counts["gone"]
        if counts["gone"] >= GONE_LEAST and counts["gone"] * GONE_PART > stood:
            doubts.append(_of("gone_many", counts["gone"], stood))
    today = work.now.date()
    for month in preview.months:
        ahead = (month.year - today.year) * 12 + month.month - today.month
        if ahead > 1 or ahead < -36:
            doubts.append(Problem("month_far", said=month.strftime("%m.%Y")))


def _of(code: str, count: int, of: int) -> Problem:
    return Problem(code, said=f"{count}/{of}")


async def apply(work: Work, preview: Preview, import_id: int) -> None:
    """What stood there before is written down first."""
    fields = present(preview.columns)
    takes = ", ".join(f"{name} = m.{name}" for name in fields)
    here = "b.account_id = m.account_id AND b.month = m.month"
    for statement in (
        f"""INSERT INTO import_changes (import_id, account_id, month, before)
        SELECT :import_id, b.account_id, b.month, to_jsonb(b)
        FROM balances b JOIN matched_debts m ON {here} WHERE m.differs""",  # noqa: S608
        f"""UPDATE balances b SET {takes} FROM matched_debts m WHERE {here} AND m.differs""",  # noqa: S608
        f"""WITH gone AS (
            DELETE FROM balances WHERE (account_id, month) IN (SELECT b.account_id, b.month {_GONE})
            RETURNING *
        ) INSERT INTO import_changes (import_id, account_id, month, before)
        SELECT :import_id, account_id, month, to_jsonb(gone) FROM gone""",  # noqa: S608
        """INSERT INTO balances (account_id, month, billed, paid, debt, overdue, penalties, pay_by,
            brought_by)
        SELECT account_id, month, billed, paid, debt, overdue, penalties, pay_by, :import_id
        FROM matched_debts WHERE known AND NOT stood ORDER BY account_id, month""",
    ):
        wanted = {"import_id": import_id} if ":import_id" in statement else {}
        await work.session.execute(text(statement), wanted)


async def restore(work: Work, import_id: int) -> None:
    names = ", ".join(("account_id", "month", *SUMS, "brought_by"))
    takes = ", ".join(f"{name} = excluded.{name}" for name in SUMS)
    await work.session.execute(
        text("DELETE FROM balances WHERE brought_by = :id"), {"id": import_id}
    )
    await work.session.execute(
        text(f"""
        INSERT INTO balances ({names})
        SELECT b.* FROM import_changes c, LATERAL (
            SELECT {names} FROM jsonb_populate_record(NULL::balances, c.before)) b
        WHERE c.import_id = :id
        ON CONFLICT (account_id, month) DO UPDATE SET {takes}"""),  # noqa: S608
        {"id": import_id},
    )
