"""Claiming: which rows of the outbox leave next, and that nobody else takes them."""

# ruff: noqa: S608 (the statements are put together of this module's own constants)

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import TextClause, text

from services.db import Database
from services.debt_hours import DebtHours, debt_hours_now
from services.messaging.guards import TOO_LATE, by_night, guarded
from services.messaging.rows import Row
from services.messaging.types import Kind
from services.nights import Nights, nights_now

CANDIDATES = 500
RISING = 50  # rows of a class at a time: whole crowds of them stay behind dialogues
PATIENCE = {  # after which a row rises one class; parts of notices are parked and do not
    Kind.RELAY: timedelta(minutes=1),
    Kind.NOTICE: timedelta(minutes=10),
}

# Parts of notices that may leave now; what waits for its moment or a morning, and what is held, is
# not even looked at. A person's parts of one outage or incident keep their order.
PARKED = """
    SELECT o.id, o.chat, o.priority, {guarded} AS guarded, {by_night} AS night, {too_late} AS late
    FROM notices n CROSS JOIN LATERAL (
        SELECT p.id, p.chat, p.priority, p.contact_id FROM outbox p
        WHERE p.notice_id = n.id AND p.channel = :channel AND p.state = 'parked'
          AND p.not_before <= :now AND p.chat <> ALL(CAST(:resting AS text[]))
          AND (n.outage_id IS NULL AND n.incident_id IS NULL OR NOT EXISTS (
            -- by the person alone: the index of a notice would be read whole for each row
            SELECT 1 FROM outbox e JOIN notices m ON m.id = e.notice_id + 0
            WHERE e.contact_id = p.contact_id AND e.queue = p.queue AND e.id < p.id
              AND e.state IN ('parked', 'waiting', 'sending') AND m.state <> 'stopped'))
        ORDER BY p.not_before, p.id LIMIT :parked) o
    WHERE n.state = 'going' AND n.not_before <= :now
      AND (NOT n.quiet OR n.zone = ANY(CAST(:awake AS text[]))) AND {allowed}
    ORDER BY n.priority, n.id LIMIT :parked
"""
# Reminders of debts are asked much before they leave; nobody else's claim is planned with that.
OTHERS = PARKED.format(
    guarded=guarded("news", "readings"),
    by_night=by_night(),
    too_late="false",
    allowed="n.guard <> 'debt'",
)
DEBTS_TOO = PARKED.format(
    guarded=guarded("news", "debt", "readings"),
    by_night=by_night(),
    too_late=TOO_LATE,
    allowed="(n.guard <> 'debt' OR n.zone = ANY(CAST(:decent AS text[])))",
)
LEADS = "EXISTS (SELECT 1 FROM channels WHERE name = :channel AND epoch = :epoch FOR SHARE)"
COLUMNS = ", ".join(Row.__dataclass_fields__)
WAITING = """
        SELECT o.id, o.chat, o.priority FROM outbox o
        WHERE o.channel = :channel AND o.state = 'waiting' AND o.not_before <= :now
          AND o.chat <> ALL(CAST(:resting AS text[]))
          AND (o.kind = 'alarm' OR o.chat <> ALL(CAST(:alarms_only AS text[])))
          AND (NOT o.renames OR o.priority <= 2 OR o.chat <> ALL(CAST(:hurried AS text[])))
          AND NOT EXISTS (
            SELECT 1 FROM outbox e
            WHERE e.channel = o.channel AND e.queue = o.queue AND e.id < o.id
              AND e.state IN ('waiting', 'sending')
            OFFSET 0)  -- looked up row by row: a join reads each row for every other
        ORDER BY o.priority, o.id LIMIT :candidates
"""
CLAIMED = f"""
        UPDATE outbox SET state = 'sending', epoch = :epoch, started_at = :now,
                          attempts = attempts + 1
        WHERE id IN (SELECT id FROM picked) AND state IN ('waiting', 'parked') AND {LEADS}
        RETURNING {COLUMNS}
"""
CLAIMING = f"""
    WITH waiting AS ({WAITING}),
    parked AS (
        SELECT p.*, CASE WHEN p.late THEN 'infinity' ELSE greatest(p.guarded, p.night) END AS until
        FROM ({{parked}}) p),
    candidates AS (
        SELECT id, chat, priority FROM waiting
        UNION ALL SELECT id, chat, priority FROM parked WHERE until IS NULL OR until <= :now),
    heads AS (SELECT DISTINCT ON (chat) id, priority FROM candidates ORDER BY chat, priority, id),
    ranked AS (
        SELECT id, priority > 2 AS news,
               row_number() OVER (PARTITION BY priority > 2 ORDER BY priority, id) AS rank
        FROM heads),
    picked AS (
        SELECT o.id FROM outbox o JOIN ranked r USING (id)
        WHERE o.state IN ('waiting', 'parked') AND (NOT r.news OR r.rank <= :news)
        ORDER BY o.priority, o.id LIMIT :most FOR UPDATE OF o SKIP LOCKED),
    put_off AS (
        UPDATE outbox SET not_before = CASE WHEN p.until = 'infinity' THEN not_before
                                            ELSE p.until END,
                          state = CASE WHEN p.until = 'infinity' THEN 'dropped' ELSE state END,
                          settled_at = CASE WHEN p.until = 'infinity'
                                            THEN CAST(:now AS timestamptz) END,
                          reason = CASE WHEN p.guarded = 'infinity' THEN ''
                                        WHEN p.late AND (p.night IS NOT NULL OR reason = 'night')
                                          THEN 'quiet'
                                        WHEN p.late THEN 'late'
                                        WHEN p.night = p.until THEN 'night'
                                        ELSE '' END
        FROM (SELECT o.id, parked.until, parked.guarded, parked.night, parked.late
              FROM outbox o JOIN parked USING (id)
              WHERE parked.until > :now AND o.state = 'parked'
              FOR UPDATE OF o SKIP LOCKED) p
        WHERE outbox.id = p.id AND {LEADS}
        RETURNING 1),
    claimed AS ({CLAIMED})
    SELECT claimed.*, (SELECT count(*) FROM waiting) AS candidates,
           (SELECT count(*) FROM put_off) AS put_off,
           EXISTS (SELECT 1 FROM notices n WHERE n.state = 'going' AND n.quiet
                   AND n.zone <> ALL(CAST(:known AS text[]))) AS strange,
           EXISTS (SELECT 1 FROM notices n WHERE n.state = 'going' AND n.guard = 'debt'
                   AND n.not_before <= :now AND n.zone = ANY(CAST(:decent AS text[]))
                   AND EXISTS (SELECT 1 FROM outbox p WHERE p.notice_id = n.id
                               AND p.channel = :channel AND p.state = 'parked'
                               AND p.not_before <= :now)) AS debts
    FROM (SELECT 1) one LEFT JOIN claimed ON true
"""
CLAIM = text(CLAIMING.format(parked=OTHERS))
CLAIM_DEBTS_TOO = text(CLAIMING.format(parked=DEBTS_TOO))
# Where no news may leave, and a reply is not to wait until all that concerns them is planned.
CLAIM_TALK = text(
    f"""
    WITH waiting AS ({WAITING}),
    heads AS (SELECT DISTINCT ON (chat) id, priority FROM waiting ORDER BY chat, priority, id),
    picked AS (
        SELECT o.id FROM outbox o JOIN heads USING (id)
        WHERE o.state IN ('waiting', 'parked') AND heads.priority <= 2  -- by its id, as above
        ORDER BY o.priority, o.id LIMIT :most FOR UPDATE OF o SKIP LOCKED),
    claimed AS ({CLAIMED})
    SELECT claimed.*, (SELECT count(*) FROM waiting) AS candidates
    FROM (SELECT 1) one LEFT JOIN claimed ON true
    """
)
NEXT_DUE = text(
    """
    SELECT least(
        (SELECT min(not_before) FROM outbox
         WHERE channel = :channel AND state = 'waiting' AND not_before > :now),
        (SELECT min(greatest(o.not_before, n.not_before)) FROM notices n CROSS JOIN LATERAL (
            SELECT p.not_before FROM outbox p
            WHERE p.notice_id = n.id AND p.channel = :channel AND p.state = 'parked'
              AND p.not_before > CASE WHEN n.not_before > :now
                                      THEN CAST('-infinity' AS timestamptz) ELSE :now END
            ORDER BY p.not_before LIMIT 1) o
         WHERE n.state = 'going'))
    """
)
RISE = text(
    """
    UPDATE outbox SET priority = priority - 1
    WHERE id IN (
        SELECT id FROM outbox
        WHERE channel = :channel AND state = 'waiting' AND kind = :kind AND priority = :priority
          AND not_before < :before
        ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED)
    """
)


class Claiming:
    """For the leader of `epoch`: a later one's claims leave this one nothing."""

    def __init__(self, db: Database, channel: str, epoch: int) -> None:
        self._db = db
        self._channel = channel
        self._epoch = epoch
        self._nights = Nights([], [])
        self._nights_of: datetime | None = None  # the minute they were looked at
        self._hours = DebtHours()
        self._debts = False  # some may leave now
        self._deeper = 0  # parked rows to look at, after a claim that put some off

    async def let_rise(self) -> None:
        """Who waited long gets a turn before those who came later with more haste."""
        async with self._db.session() as session:
            for kind, patience in PATIENCE.items():
                await session.execute(
                    RISE,
                    {
                        "channel": self._channel,
                        "kind": kind,
                        "priority": kind.priority,
                        "before": self._db.clock.now() - patience,
                        "most": RISING,
                    },
                )

    async def next_due_in(self) -> float:
        """Seconds until a row that is not due yet is; at most a second."""
        async with self._db.session() as session:
            due = await session.scalar(
                NEXT_DUE, {"channel": self._channel, "now": self._db.clock.now()}
            )
        if due is None:
            return 1.0
        return float(min(max((due - self._db.clock.now()).total_seconds(), 0.01), 1.0))

    async def claim(
        self, resting: list[str], alarms_only: list[str], hurried: list[str], most: int, news: int
    ) -> tuple[list[Row], bool]:
        """The rows, at most `most` and so many `news` among them, and whether one more claim may
        find others."""
        now = self._db.clock.now()
        named = {
            "channel": self._channel,
            "now": now,
            "resting": resting,
            "alarms_only": alarms_only,
            "hurried": hurried,
            "candidates": CANDIDATES,
            "most": most,
            "epoch": self._epoch,
        }
        if not news:
            claimed = await self._claim(CLAIM_TALK, named)
            (cut_off,) = {row.pop("candidates") == CANDIDATES for row in claimed}
            rows = read(claimed)
            return rows, (cut_off and bool(rows)) or len(rows) == most
        await self._look_at_nights(now)
        named |= {
            "parked": max(news, self._deeper),
            "known": self._nights.known,
            "awake": self._nights.awake,
            "news": news,
            **(self._hours.named() if self._debts else {"decent": self._hours.decent}),
        }
        claimed = await self._claim(CLAIM_DEBTS_TOO if self._debts else CLAIM, named)
        (cut_off,) = {row.pop("candidates") == CANDIDATES for row in claimed}
        (put_off,) = {row.pop("put_off") for row in claimed}
        (strange,) = {row.pop("strange") for row in claimed}
        (debts,) = {row.pop("debts") for row in claimed}
        found_debts = debts and not self._debts
        self._debts = debts
        if strange:  # the nights of that zone have not been looked at
            self._nights_of = None
        self._deeper = min(CANDIDATES, 2 * max(news, self._deeper)) if put_off else 0
        rows = read(claimed)
        more = (
            (cut_off and bool(rows)) or len(rows) == most or put_off > 0 or strange or found_debts
        )
        return rows, more

    async def _claim(self, how: TextClause, named: dict[str, Any]) -> list[dict[str, Any]]:
        async with self._db.session() as session:
            found = await session.execute(how, named)
            return [dict(row._mapping) for row in found]

    async def _look_at_nights(self, now: datetime) -> None:
        """Nights begin and end with a minute."""
        minute = now.replace(second=0, microsecond=0)
        if self._nights_of == minute:
            return
        async with self._db.work() as work:
            self._nights = await nights_now(work)
            self._hours = await debt_hours_now(work, self._nights.known)
        self._nights_of = minute


def read(claimed: Sequence[dict[str, Any]]) -> list[Row]:
    """Most urgent first. Where nothing was claimed, one row says so, without a number."""
    rows = [Row(**row) for row in claimed if row["id"] is not None]
    return sorted(rows, key=lambda row: (row.priority, row.id))
