"""Claiming: which rows of the outbox leave next, and that nobody else takes them."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from services.db import Database
from services.messaging.rows import Row
from services.messaging.types import Kind

CANDIDATES = 500
PATIENCE = {  # after which a row rises one class
    Kind.RELAY: timedelta(minutes=1),
    Kind.NOTICE: timedelta(minutes=10),
    Kind.BULK: timedelta(hours=6),
}

CLAIM = text(
    """
    WITH candidates AS (
        SELECT o.id, o.chat, o.priority FROM outbox o
        WHERE o.channel = :channel AND o.state = 'waiting' AND o.not_before <= :now
          AND o.chat <> ALL(CAST(:resting AS text[]))
          AND (o.kind = 'alarm' OR o.chat <> ALL(CAST(:alarms_only AS text[])))
          AND (NOT o.renames OR o.priority <= 2 OR o.chat <> ALL(CAST(:hurried AS text[])))
          AND NOT EXISTS (
            SELECT 1 FROM outbox e
            WHERE e.channel = o.channel AND e.queue = o.queue AND e.id < o.id
              AND e.state IN ('waiting', 'sending'))
        ORDER BY o.priority, o.id LIMIT :candidates),
    heads AS (SELECT DISTINCT ON (chat) id, priority FROM candidates ORDER BY chat, priority, id),
    ranked AS (
        SELECT id, priority > 2 AS news,
               row_number() OVER (PARTITION BY priority > 2 ORDER BY priority, id) AS rank
        FROM heads),
    picked AS (
        SELECT o.id FROM outbox o JOIN ranked r USING (id)
        WHERE o.state = 'waiting' AND (NOT r.news OR r.rank <= :news)
        ORDER BY o.priority, o.id LIMIT :most FOR UPDATE OF o SKIP LOCKED)
    UPDATE outbox SET state = 'sending', epoch = :epoch, started_at = :now,
                      attempts = attempts + 1
    WHERE id IN (SELECT id FROM picked) AND state = 'waiting'
      AND EXISTS (SELECT 1 FROM channels WHERE name = :channel AND epoch = :epoch FOR SHARE)
    RETURNING id, channel, chat, topic, kind, priority, body, reaction, room_id, thread_id,
              message_id, also, withdraws, renames, reply_to_message, replaces_message,
              contact_id, nonce, attempts, unsure, created_at, started_at,
              (SELECT count(*) FROM candidates) AS candidates
    """
)
NEXT_DUE = text(
    """
    SELECT min(not_before) FROM outbox
    WHERE channel = :channel AND state = 'waiting' AND not_before > :now
    """
)
RISE = text(
    """
    UPDATE outbox SET priority = priority - 1
    WHERE channel = :channel AND state = 'waiting' AND kind = :kind AND priority = :priority
      AND not_before < :before
    """
)


class Claiming:
    """For the leader of `epoch`: a later one's claims leave this one nothing."""

    def __init__(self, db: Database, channel: str, epoch: int) -> None:
        self._db = db
        self._channel = channel
        self._epoch = epoch

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
        async with self._db.session() as session:
            found = await session.execute(
                CLAIM,
                {
                    "channel": self._channel,
                    "now": self._db.clock.now(),
                    "resting": resting,
                    "alarms_only": alarms_only,
                    "hurried": hurried,
                    "candidates": CANDIDATES,
                    "most": most,
                    "news": news,
                    "epoch": self._epoch,
                },
            )
            claimed = [dict(row._mapping) for row in found]
        cut_off = CANDIDATES in [row.pop("candidates") for row in claimed]
        rows = sorted((Row(**row) for row in claimed), key=lambda row: (row.priority, row.id))
        return rows, cut_off or len(rows) == most
