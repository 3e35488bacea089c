"""Retention: for how long what is kept. What is older is cleared away by night, in portions.

The periods are the company's (`keeping` of the company file). A rule is a table with the condition
under which a row of it is old; rows that cannot be without it go along, others forget it. What is
not listed is kept: the company, its people, their consents.
"""

# ruff: noqa: S608 (the statements are put together of this module's own constants)

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table as TableObject
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from services.tables import DeclaredEntry, SaidOnce, Table

if TYPE_CHECKING:
    from services.work import Work

PORTION = 5000  # rows of one transaction
FEW = 200  # of what brings many others along
NIGHT = range(3, 6)  # hours of the company's clock
TECHNICAL = 30  # days after which what is over by itself is nobody's any more
MARK = "cleared "

Files = list[tuple[str, str]]  # channel and handle


@dataclass(frozen=True)
class Rule:
    """`old` is SQL over a row `t` and the moment `:before`, which is `keeping.<days>_days` ago, or
    so many days. `files`: what was uploaded with it goes as well."""

    table: str
    days: str | int
    old: str
    portion: int = PORTION
    files: bool = False
    name: str = ""

    @property
    def called(self) -> str:
        return self.name or self.table


OVER = "t.state IN ('restored', 'cancelled') AND coalesce(t.ended_at, t.made_at) < :before"
NO_OUTAGE_GOES_ON = """NOT EXISTS (
    SELECT 1 FROM outages o WHERE o.id = t.outage_id AND o.state NOT IN ('restored', 'cancelled'))
"""
# Whoever only looked in: nothing is known of them but that they wrote, and nothing hangs on it.
STRANGER = """
    t.last_heard_at < :before
    AND EXISTS (SELECT 1 FROM residents r WHERE r.id = t.resident_id
                AND r.registered_at IS NULL AND r.name IS NULL AND r.phone IS NULL)
    AND NOT EXISTS (SELECT 1 FROM member_accounts a
                    WHERE a.channel = t.channel AND a.user_id = t.user_id)
    AND NOT EXISTS (SELECT 1 FROM consents c WHERE c.resident_id = t.resident_id)
    AND NOT EXISTS (SELECT 1 FROM threads c WHERE c.resident_id = t.resident_id)
    AND NOT EXISTS (SELECT 1 FROM homes c WHERE c.resident_id = t.resident_id)
    AND NOT EXISTS (SELECT 1 FROM bans c WHERE c.resident_id = t.resident_id)
    AND NOT EXISTS (SELECT 1 FROM links c
                    WHERE t.resident_id IN (c.from_resident_id, c.to_resident_id))
"""
ALONE = """
    t.created_at < :before AND t.registered_at IS NULL AND t.name IS NULL AND t.phone IS NULL
    AND NOT EXISTS (SELECT 1 FROM contacts c WHERE c.resident_id = t.id)
    AND NOT EXISTS (SELECT 1 FROM consents c WHERE c.resident_id = t.id)
    AND NOT EXISTS (SELECT 1 FROM threads c WHERE c.resident_id = t.id)
    AND NOT EXISTS (SELECT 1 FROM tickets c WHERE c.resident_id = t.id)
    AND NOT EXISTS (SELECT 1 FROM homes c WHERE c.resident_id = t.id)
    AND NOT EXISTS (SELECT 1 FROM bans c WHERE c.resident_id = t.id)
    AND NOT EXISTS (SELECT 1 FROM links c WHERE t.id IN (c.from_resident_id, c.to_resident_id))
"""
RULES = (
    Rule("inbox", "queues", "t.state = 'handled' AND t.handled_at < :before"),
    Rule(
        "outbox", "queues",
        """t.settled_at < :before AND t.notice_id IS NULL
            AND NOT EXISTS (SELECT 1 FROM threads h
                            WHERE h.id = t.thread_id AND h.state <> 'closed')
            AND NOT EXISTS (SELECT 1 FROM mailings m
                            WHERE m.progress_row = t.id AND m.state IN ('running', 'paused'))""",
    ),
    Rule(
        "outbox", "notices", name="outbox of notices",
        old="""t.settled_at < :before
            AND EXISTS (SELECT 1 FROM notices n
                        WHERE n.id = t.notice_id AND n.result IS NOT NULL)""",
    ),
    Rule("said_once", "queues", "t.at < :before"),
    Rule("answer_alls", "queues", "t.made_at < :before"),
    Rule("suggestions", "queues", "t.asked_at < :before AND t.settled_at < :before"),
    Rule("surges", "queues", "t.last_at < :before", FEW),
    Rule("article_drafts", "queues", "t.ended_at < :before"),
    Rule("questions", "questions", "t.at < :before"),
    Rule("web_posts", "chats", "t.at < :before"),
    Rule("sessions", "strangers", "t.updated_at < :before"),
    Rule("contacts", "strangers", STRANGER, FEW, name="contacts of strangers"),
    Rule("residents", "strangers", ALONE, FEW, name="strangers"),
    Rule("link_codes", TECHNICAL, "t.expires_at < :before"),
    Rule("sign_in_links", TECHNICAL, "t.expires_at < :before"),
    Rule("desk_sessions", TECHNICAL, "least(t.expires_at, t.ended_at) < :before"),
    Rule("paces", TECHNICAL, "(SELECT max(h) FROM unnest(t.heard) h) < :before"),
    Rule(
        "threads", "appeals", portion=FEW, files=True, name="appeals",
        old="""t.state = 'closed' AND t.last_at < :before AND NOT EXISTS (
            SELECT 1 FROM tickets k WHERE k.thread_id = t.id
            AND (k.closed_at IS NULL OR k.closed_at >= :before))""",
    ),
    Rule(
        "incidents", "appeals",
        "t.state <> 'open' AND coalesce(t.closed_at, t.offered_at) < :before", FEW,
    ),
    Rule("outages", "appeals", OVER, FEW),
    Rule(
        "outages", "queues", "t.state = 'draft' AND t.made_at < :before", FEW,
        name="drafts of outages",
    ),
    Rule(
        "notices", "appeals", portion=FEW,
        old=f"t.state IN ('done', 'stopped') AND t.at < :before AND {NO_OUTAGE_GOES_ON}",
    ),
    Rule(
        "mailings", "appeals", portion=FEW,
        old="""t.state IN ('stopped', 'done', 'dropped')
            AND coalesce(t.ended_at, t.made_at) < :before""",
    ),
    Rule(
        "mailings", "queues", "t.state = 'draft' AND t.made_at < :before", FEW,
        name="drafts of mailings",
    ),
    Rule("homes", "appeals", "t.until < :before", FEW),
    Rule("elders", "appeals", "t.until < :before"),
    Rule("bans", "appeals", "coalesce(t.lifted_at, t.until) < :before"),
    Rule("shifts", "appeals", "t.ended_at < :before"),
    Rule("audit", "journal", "t.at < :before"),
)  # fmt: skip
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
STILL_USED = """
    SELECT 1 FROM messages m WHERE m.attachments @> jsonb_build_array(
        jsonb_build_object('channel', f.channel, 'handle', f.handle))
    UNION ALL
    SELECT 1 FROM mailings m WHERE m.photos @> jsonb_build_array(
        jsonb_build_object('channel', f.channel, 'handle', f.handle))
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


class Retention:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def find_due(self) -> list[int]:
        """Places in `RULES` of those not looked at this night; by day only where the last nights
        were missed."""
        rows = await self._work.session.execute(
            select(SaidOnce.key, SaidOnce.at).where(SaidOnce.key.startswith(MARK))
        )
        done = {key.removeprefix(MARK): at for key, at in rows}
        # Where nothing was cleared yet, the nights count from the first company file.
        first = await self._work.session.scalar(select(func.min(DeclaredEntry.applied_at)))
        since = first or self._work.now
        night = (await self._work.company.local(self._work.now)).hour in NIGHT
        lately = self._work.now - (timedelta(hours=12) if night else timedelta(days=2))
        return [
            place for place, rule in enumerate(RULES, 1) if done.get(rule.called, since) <= lately
        ]

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
            await self._delete_keys(table, ids)
        elif ids:
            uploaded = await self._uploaded(ids) if rule.files else []
            await self._delete(table, [row[0] for row in ids])
            await self._forget_files(uploaded)
        if len(ids) < rule.portion:
            await self._mark(rule)
        else:
            self._work.ring("chores")
        return len(ids)

    async def _before(self, rule: Rule) -> Any:
        days = rule.days
        if isinstance(days, str):
            keeping = (await self._work.company.profile()).keeping
            days = int(getattr(keeping, f"{days}_days"))
        return self._work.now - timedelta(days=days)

    async def _mark(self, rule: Rule) -> None:
        row = insert(SaidOnce).values(key=MARK + rule.called, at=self._work.now)
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
        lists = ", ".join(f"CAST(:{name} AS text[])" for name in names)
        await self._work.session.execute(
            text(
                f"DELETE FROM {table.name} WHERE ({', '.join(names)}) "
                f"IN (SELECT * FROM unnest({lists}))"
            ),
            {name: [key[place] for key in keys] for place, name in enumerate(names)},
        )

    async def _uploaded(self, ids: list[Any]) -> Files:
        rows = await self._work.session.execute(UPLOADED, {"ids": [row[0] for row in ids]})
        return [(channel or "", handle) for channel, handle in rows]

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
