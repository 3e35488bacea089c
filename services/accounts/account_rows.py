"""Accounts of a file against those that are known, and how they are changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from services.accounts.previews import SHOWN, Preview, Sample
from services.accounts.reading.wrong import Problem

if TYPE_CHECKING:
    from services.work import Work

PLACED = ("address", "street", "house")
GONE_LEAST, GONE_PART = 3, 3  # a third of a house gone is more likely a file of half a house


def present(columns: dict[str, str]) -> list[str]:
    """Columns of `accounts` that this file speaks of: the others are left as they are."""
    known = [name for name in ("kind", "area", "holder", "phone") if name in columns]
    placed = ["house_id", "flat_id", "place"] if any(map(columns.__contains__, PLACED)) else []
    return placed + known


async def match(work: Work, preview: Preview) -> None:
    """`staged_accounts` → `matched_accounts`: a row an account, with what is known of it. A flat
    that the company's list lacks now stays with its account while the address is the same."""
    fields = present(preview.columns)
    differs = " OR ".join(f"a.{name} IS DISTINCT FROM {_new(name)}" for name in fields) or "false"
    await work.session.execute(
        text(f"""
        CREATE TEMPORARY TABLE matched_accounts ON COMMIT DROP AS
        SELECT s.row, s.number, s.flat_key, s.place, s.kind, s.area, s.holder, s.phone,
            {_new("house_id")} AS house_id, {_new("flat_id")} AS flat_id,
            a.id AS account_id, a.withdrawn_at IS NOT NULL AS back,
            a.id IS NOT NULL AND ({differs}) AS differs,
            a.id IS NOT NULL AND a.holder IS DISTINCT FROM s.holder AS other_holder,
            a.flat_id IS NOT NULL AND a.flat_id IS DISTINCT FROM {_new("flat_id")} AS other_flat
        FROM (SELECT DISTINCT ON (number) * FROM staged_accounts ORDER BY number, row) s
        LEFT JOIN (
            SELECT DISTINCT ON (house_id, number_key) id, house_id, number_key FROM flats
            WHERE withdrawn_at IS NULL ORDER BY house_id, number_key, kind <> 'flat', kind
        ) f ON f.house_id = s.house_id AND f.number_key = s.flat_key
        LEFT JOIN accounts a ON a.number = s.number""")  # noqa: S608 (names of columns)
    )
    await work.session.execute(text("ANALYZE matched_accounts"))


def _new(name: str) -> str:
    found = {"house_id": "s.house_id", "flat_id": "f.id"}.get(name)
    if found is None:
        return f"s.{name}"
    return f"coalesce({found}, CASE WHEN a.place = s.place THEN a.{name} END)"


_GONE = """
    FROM accounts a WHERE a.withdrawn_at IS NULL
      AND NOT EXISTS (SELECT FROM staged_accounts s WHERE s.number = a.number)
      AND a.house_id IN (SELECT DISTINCT house_id FROM staged_accounts)"""
"""Absence means something in the houses that the file is about, and nowhere else."""


async def compare(work: Work, preview: Preview) -> None:
    session = work.session
    row = (
        await session.execute(
            text("""
            SELECT count(*) FILTER (WHERE account_id IS NULL) AS new,
                count(*) FILTER (WHERE back) AS back,
                count(*) FILTER (WHERE differs AND NOT back) AS changed,
                count(*) FILTER (WHERE account_id IS NOT NULL AND NOT differs AND NOT back) AS same,
                count(*) FILTER (WHERE differs AND other_holder) AS holder,
                count(*) FILTER (WHERE differs AND other_flat) AS flat,
                count(*) FILTER (WHERE flat_id IS NOT NULL) AS housed
            FROM matched_accounts""")
        )
    ).one()
    preview.counts.update(row._mapping)
    if "holder" not in preview.columns:
        preview.counts["holder"] = 0
    gone = await session.scalar(text(f"SELECT count(*) {_GONE}")) or 0
    preview.counts["gone"] = gone
    for name, where in (
        ("new", "account_id IS NULL"), ("back", "back"), ("changed", "differs AND NOT back"),
        ("holder", "differs AND other_holder" if "holder" in preview.columns else "false"),
    ):  # fmt: skip
        found = await session.execute(
            text(f"""SELECT row, number FROM matched_accounts WHERE {where}
            ORDER BY row LIMIT {SHOWN}""")  # noqa: S608
        )
        preview.samples[name] = [Sample(*each) for each in found]
    found = await session.execute(
        text(f"SELECT 0, a.number {_GONE} ORDER BY a.number LIMIT {SHOWN}")
    )
    preview.samples["gone"] = [Sample(*each) for each in found]
    stays = preview.counts["same"] + preview.counts["changed"]
    if gone >= GONE_LEAST and gone * GONE_PART > stays + gone:
        preview.doubts.append(Problem("gone_many", said=f"{gone}/{stays + gone}"))
    await _note_flats(work, preview)


async def _note_flats(work: Work, preview: Preview) -> None:
    if "place" not in present(preview.columns):
        return
    called = preview.columns.get("flat") or next(
        preview.columns[name] for name in PLACED if name in preview.columns
    )
    found = await work.session.execute(
        text("""
        SELECT row, place FROM matched_accounts WHERE house_id IS NOT NULL AND flat_id IS NULL
        AND flat_key <> '' ORDER BY row""")
    )
    for row, place in found:
        preview.problems.note("flat_unknown", row, called, place)


async def apply(work: Work, preview: Preview, import_id: int) -> None:
    """What stood there before is written down first."""
    fields = present(preview.columns)
    ours = {"import_id": import_id, "now": work.now}
    takes = "".join(f"{name} = m.{name}, " for name in fields)
    for statement in (
        """INSERT INTO import_changes (import_id, account_id, before)
        SELECT :import_id, a.id, to_jsonb(a) FROM accounts a
        JOIN matched_accounts m ON m.account_id = a.id WHERE m.differs OR m.back""",
        f"""UPDATE accounts a SET {takes} withdrawn_at = NULL FROM matched_accounts m
        WHERE m.account_id = a.id AND (m.differs OR m.back)""",  # noqa: S608
        f"""WITH gone AS (
            UPDATE accounts SET withdrawn_at = :now WHERE id IN (SELECT a.id {_GONE}) RETURNING id
        ) INSERT INTO import_changes (import_id, account_id, before)
        SELECT :import_id, a.id, to_jsonb(a) FROM accounts a JOIN gone ON gone.id = a.id""",  # noqa: S608
        """INSERT INTO accounts (number, house_id, flat_id, place, kind, area, holder, phone,
            added_at, brought_by)
        SELECT number, house_id, flat_id, place, kind, area, holder, phone, :now, :import_id
        FROM matched_accounts WHERE account_id IS NULL ORDER BY number""",
    ):
        wanted = {name: value for name, value in ours.items() if f":{name}" in statement}
        await work.session.execute(text(statement), wanted)


async def restore(work: Work, import_id: int) -> None:
    """Each as it was; those that the import brought are withdrawn, for others may name them."""
    names = ("house_id", "flat_id", "place", "kind", "area", "holder", "phone", "withdrawn_at")
    takes = ", ".join(f"{name} = b.{name}" for name in names)
    await work.session.execute(
        text(f"""
        UPDATE accounts a SET {takes}
        FROM import_changes c, jsonb_populate_record(NULL::accounts, c.before) b
        WHERE c.import_id = :id AND a.id = c.account_id"""),  # noqa: S608
        {"id": import_id},
    )
    await work.session.execute(
        text("UPDATE accounts SET withdrawn_at = :now WHERE brought_by = :id"),
        {"id": import_id, "now": work.now},
    )
