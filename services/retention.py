"""Retention: for how long what is kept. What is older is cleared away by night, in portions.

The periods are the company's (`keeping` of the company file). A rule is a table with the condition
under which a row of it is old; rows that cannot be without it go along, others forget it. What is
not listed is kept: the company, its people, their consents, acts of erasure.
"""

# ruff: noqa: S608 (the statements are put together of this module's own constants)

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table as TableObject
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from services.retention_rules import FEW, NO_OUTAGE_GOES_ON, RULES, Rule
from services.tables import DeclaredEntry, SaidOnce, Table

if TYPE_CHECKING:
    from services.work import Work

NIGHT = range(3, 6)  # hours of the company's clock
MARK = "cleared "

Files = list[tuple[str, str]]  # channel and handle

SUM_UP = text(  # before the rows of a notice go: what became of its people
    f"""
    WITH due AS (
        SELECT t.id FROM notices t
        WHERE t.result IS NULL AND t.state IN ('done', 'stopped') AND t.at < :before
          AND {NO_OUTAGE_GOES_ON}
          AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.notice_id = t.id
                          AND (o.settled_at IS NULL OR o.settled_at >= :before))
        ORDER BY t.id LIMIT :most FOR UPDATE SKIP LOCKED),
    counted AS (
        SELECT o.notice_id, o.state, o.reason, count(*) AS count
        FROM outbox o JOIN due ON due.id = o.notice_id
        WHERE o.contact_id IS NOT NULL AND NOT o.moved
        GROUP BY o.notice_id, o.state, o.reason),
    states AS (
        SELECT notice_id, jsonb_object_agg(state, count) AS found
        FROM (SELECT notice_id, state, sum(count) AS count FROM counted
              GROUP BY notice_id, state) each_state GROUP BY notice_id),
    reasons AS (
        SELECT notice_id, jsonb_object_agg(reason, count) AS found
        FROM counted WHERE state = 'refused' GROUP BY notice_id)
    UPDATE notices SET result = jsonb_build_object(
        'states', coalesce(states.found, '{{}}'), 'reasons', coalesce(reasons.found, '{{}}'))
    FROM due LEFT JOIN states ON states.notice_id = due.id
        LEFT JOIN reasons ON reasons.notice_id = due.id
    WHERE notices.id = due.id
    RETURNING notices.id
    """
)
UPLOADED = text(
    """
    SELECT DISTINCT a->>'channel' AS channel, a->>'handle' AS handle
    FROM messages m, jsonb_array_elements(m.attachments) a
    WHERE m.thread_id = ANY(:ids) AND coalesce(a->>'handle', '') <> ''
    """
)
THEMSELVES = text("SELECT channel, handle FROM files WHERE id = ANY(:ids)")
PHOTOS = """
    SELECT f.channel, f.handle FROM files f JOIN readings r ON r.file_id = f.id
    JOIN meters m ON m.id = r.meter_id
"""
PHOTOS_OF_READINGS = text(f"{PHOTOS} WHERE r.id = ANY(:ids)")
OF_ACCOUNTS = text(  # what was photographed of their meters, and the papers of their bills
    f"""
    {PHOTOS} WHERE m.account_id = ANY(:ids)
    UNION ALL
    SELECT f.channel, f.handle FROM files f JOIN bills b ON b.file_id = f.id
    WHERE b.account_id = ANY(:ids)
    """
)
PAPERS = text(
    """
    SELECT f.channel, f.handle FROM files f JOIN bills b ON b.file_id = f.id
    WHERE (b.account_id, b.month) IN (
        SELECT * FROM unnest(CAST(:accounts AS bigint[]), CAST(:months AS date[])))
    """
)
UPLOADED_WITH = {
    "files": THEMSELVES, "readings": PHOTOS_OF_READINGS, "accounts": OF_ACCOUNTS,
}  # fmt: skip
STILL_USED = """
    SELECT 1 FROM messages m WHERE m.attachments @> jsonb_build_array(
        jsonb_build_object('channel', f.channel, 'handle', f.handle))
    UNION ALL
    SELECT 1 FROM mailings m WHERE m.photos @> jsonb_build_array(
        jsonb_build_object('channel', f.channel, 'handle', f.handle))
    UNION ALL
    SELECT 1 FROM readings r WHERE r.file_id = f.id
"""
FORGET_FILES = text(
    f"""
    DELETE FROM files f
    WHERE (f.channel, f.handle) IN (SELECT * FROM unnest(
            CAST(:channels AS text[]), CAST(:handles AS text[])))
      AND f.owner <> 'company' AND NOT EXISTS ({STILL_USED})
    RETURNING f.channel, f.handle, f.path
    """
)
FORGET_HANDLES = text(
    """
    DELETE FROM file_handles WHERE (source_channel, source_handle) IN (
        SELECT * FROM unnest(CAST(:channels AS text[]), CAST(:handles AS text[])))
    """
)


CAPS_LOOK_BACK = 31  # days


class Retention:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def find_due(self) -> list[int]:
        """Places in `RULES` of those not looked at this night."""
        due = await self.due_of([rule.called for rule in RULES])
        return [place for place, rule in enumerate(RULES, 1) if rule.called in due]

    async def due_of(self, called: Iterable[str]) -> set[str]:
        """Those of them not looked at this night; by day only where the last nights were missed."""
        rows = await self._work.session.execute(
            select(SaidOnce.key, SaidOnce.at).where(SaidOnce.key.startswith(MARK))
        )
        done = {key.removeprefix(MARK): at for key, at in rows}
        # Where nothing was cleared yet, the nights count from the first company file.
        first = await self._work.session.scalar(select(func.min(DeclaredEntry.applied_at)))
        since = first or self._work.now
        night = (await self._work.company.local(self._work.now)).hour in NIGHT
        lately = self._work.now - (timedelta(hours=12) if night else timedelta(days=2))
        return {each for each in called if done.get(each, since) <= lately}

    async def clear(self, place: int) -> int:
        """A portion, or less where nothing else is old; what another process holds is left to it.
        Returns how many rows of the rule's own table are gone."""
        rule = RULES[place - 1]
        table = Table.metadata.tables[rule.table]
        before = await self._before(rule)
        if rule.called == "outbox of notices":
            await self._work.session.execute(SUM_UP, {"before": before, "most": FEW})
        key = list(table.primary_key.columns)
        named = ", ".join(f"t.{column.name}" for column in key)
        order = "ORDER BY t.id" if "id" in table.columns else ""
        found = await self._work.session.execute(
            text(
                f"SELECT {named} FROM {table.name} t WHERE {rule.old} {order} "
                f"LIMIT :most FOR UPDATE OF t SKIP LOCKED"
            ),
            {"before": before, "most": rule.portion},
        )
        ids = [tuple(row) for row in found]
        if ids and len(key) > 1:
            uploaded = await self._papers(ids) if rule.files else []
            await self._delete_keys(table, ids)
            await self._forget_files(uploaded)
        elif ids:
            uploaded = await self._uploaded(rule, ids) if rule.files else []
            if rule.table != "files":
                await self._delete(table, [row[0] for row in ids])
            await self._forget_files(uploaded)
        if len(ids) < rule.portion:
            await self.mark(rule.called)
        else:
            self._work.ring("chores")
        return len(ids)

    async def _before(self, rule: Rule) -> Any:
        days = rule.days
        if isinstance(days, str):
            keeping = (await self._work.company.profile()).keeping
            days = int(getattr(keeping, f"{days}_days"))
        if rule.called == "outbox of notices":  # by these rows the caps of reminders are kept
            days = max(days, CAPS_LOOK_BACK)
        return self._work.now - timedelta(days=days)

    async def mark(self, called: str) -> None:
        """It was looked at this night."""
        row = insert(SaidOnce).values(key=MARK + called, at=self._work.now)
        await self._work.session.execute(
            row.on_conflict_do_update(
                index_elements=[SaidOnce.key], set_={"at": row.excluded.at}
            )
        )  # fmt: skip

    async def _delete(self, table: TableObject, ids: list[Any]) -> None:
        """With the rows that must name one of these; those that may, name nothing any more."""
        session = self._work.session
        for child in Table.metadata.sorted_tables:
            for column in child.columns:
                if not any(key.column.table is table for key in column.foreign_keys):
                    continue
                its = f"{child.name} WHERE {column.name} = ANY(:ids)"
                if column.nullable:
                    forget = f"UPDATE {child.name} SET {column.name} = NULL"
                    forget = f"{forget} WHERE {column.name} = ANY(:ids)"
                    await session.execute(text(forget), {"ids": ids})
                elif is_named(child):
                    found = await session.scalars(text(f"SELECT id FROM {its}"), {"ids": ids})
                    if children := list(found):
                        await self._delete(child, children)
                else:
                    await session.execute(text(f"DELETE FROM {its}"), {"ids": ids})
        (key,) = table.primary_key.columns
        delete = f"DELETE FROM {table.name} WHERE {key.name} = ANY(:ids)"
        await session.execute(text(delete), {"ids": ids})

    async def _delete_keys(self, table: TableObject, keys: list[tuple[Any, ...]]) -> None:
        names = [column.name for column in table.primary_key.columns]
        types = {column.name: str(column.type) for column in table.primary_key.columns}
        lists = ", ".join(f"CAST(:{name} AS {types[name]}[])" for name in names)
        await self._work.session.execute(
            text(
                f"DELETE FROM {table.name} WHERE ({', '.join(names)}) "
                f"IN (SELECT * FROM unnest({lists}))"
            ),
            {name: [key[place] for key in keys] for place, name in enumerate(names)},
        )

    async def _uploaded(self, rule: Rule, ids: list[Any]) -> Files:
        which = UPLOADED_WITH.get(rule.table, UPLOADED)
        rows = await self._work.session.execute(which, {"ids": [row[0] for row in ids]})
        return [(channel or "", handle) for channel, handle in rows]

    async def _papers(self, keys: list[tuple[Any, ...]]) -> Files:
        """Of bills, by account and month."""
        accounts, months = zip(*keys, strict=True)
        rows = await self._work.session.execute(
            PAPERS, {"accounts": list(accounts), "months": list(months)}
        )
        return [(channel, handle) for channel, handle in rows]

    async def _forget_files(self, files: Files) -> None:
        """Those that nothing else shows."""
        if not files:
            return
        channels, handles = zip(*files, strict=True)
        named = {"channels": list(channels), "handles": list(handles)}
        gone = list(await self._work.session.execute(FORGET_FILES, named))
        if not gone:
            return
        named = {"channels": [row.channel for row in gone], "handles": [row.handle for row in gone]}
        await self._work.session.execute(FORGET_HANDLES, named)
        for row in gone:
            if row.path:
                (self._work.files / row.path).unlink(missing_ok=True)


def is_named(table: TableObject) -> bool:
    """Whether others may name its rows."""
    return [column.name for column in table.primary_key.columns] == ["id"]
