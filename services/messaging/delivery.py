"""Delivery: the only place that sends.

Claim (one commit) → resolve our ids to the messenger's → send, outside any transaction →
settle (one commit). One process leads for a channel; see `leadership`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from services.bell import Bells
from services.db import Database
from services.faults import log_fault
from services.messaging.governor import Governor
from services.messaging.port import (
    Ambiguous,
    Blocked,
    Channel,
    Gone,
    Moved,
    NoTopics,
    NotSent,
    Reactions,
    Rejected,
    Throttled,
    Topics,
)
from services.messaging.settling import Row, Settled, Settling
from services.messaging.types import Address, Outbound
from services.messaging.watch import Watch
from services.work import Work

log = logging.getLogger(__name__)

AT_ONCE = 64  # chats written to at the same time
CANDIDATES = 500
OUR_TRIES = 5  # for failures that are our own

OnSettled = Callable[[Work, Settled], Awaitable[None]]

CLAIM = text(
    """
    WITH candidates AS (
        SELECT o.id, o.chat, o.priority FROM outbox o
        WHERE o.channel = :channel AND o.state = 'waiting' AND o.not_before <= :now
          AND o.chat <> ALL(CAST(:resting AS text[]))
          AND (o.kind = 'alarm' OR o.chat <> ALL(CAST(:alarms_only AS text[])))
          AND NOT EXISTS (
            SELECT 1 FROM outbox e
            WHERE e.channel = o.channel AND e.queue = o.queue AND e.id < o.id
              AND e.state IN ('waiting', 'sending'))
        ORDER BY o.priority, o.id LIMIT :candidates),
    heads AS (SELECT DISTINCT ON (chat) id, priority FROM candidates ORDER BY chat, priority, id),
    picked AS (SELECT id FROM heads ORDER BY priority, id LIMIT :most)
    UPDATE outbox SET state = 'sending', epoch = :epoch, started_at = :now,
                      attempts = attempts + 1
    WHERE id IN (SELECT id FROM picked) AND state = 'waiting'
      AND EXISTS (SELECT 1 FROM channels WHERE name = :channel AND epoch = :epoch FOR SHARE)
    RETURNING id, channel, chat, topic, kind, priority, body, reaction, room_id, thread_id,
              message_id, reply_to_message, replaces_message, contact_id, nonce, attempts,
              created_at
    """
)


@dataclass(frozen=True)
class Resolved:
    to: Address
    message: Outbound
    mark: str | None = None  # the external id that a reaction goes to


class NotYet(Exception):
    """Our own budget is used up for `delay` seconds; nobody else is held up by this row."""

    def __init__(self, delay: float) -> None:
        super().__init__(f"no budget for {delay:.1f} s")
        self.delay = delay


class Delivery:
    """`on_settled` is called inside the settling transaction, for what people must be told."""

    def __init__(
        self,
        db: Database,
        bells: Bells,
        channel: Channel,
        epoch: int,
        on_settled: OnSettled,
        watch: Watch,
    ) -> None:
        self._db = db
        self._bells = bells
        self._channel = channel
        self._epoch = epoch
        self._watch = watch
        self._governor = Governor(channel.limits)
        self._settling = Settling(db, channel, epoch, on_settled, watch)
        self._busy: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Delivers until cancelled. What is in flight then is settled first, if it ends soon."""
        await self._settling.take_over(self._governor)
        try:
            while True:
                try:
                    wait = await self._round()
                except (SQLAlchemyError, OSError) as problem:
                    log.warning("delivery waits for the database: %s", type(problem).__name__)
                    wait = 1.0
                if wait:
                    await self._bells.wait(f"outbox:{self._channel.name}", timeout=wait)
        finally:
            if self._busy:
                await asyncio.wait(self._busy.values(), timeout=8)

    async def _round(self) -> float:
        """Claims and starts what may go now. Returns how long to wait for the next round."""
        rests = self._governor.rests()
        free = AT_ONCE - len(self._busy)
        if rests.everywhere or free <= 0:
            return max(rests.everywhere, 0.01) if rests.everywhere else 1.0
        most = min(free, self._governor.room_now())
        rows = await self._claim([*rests.chats, *self._busy], rests.alarms_only, most)
        for row in rows:
            self._governor.take(row.chat, group=row.room_id is not None)
            task = asyncio.ensure_future(self._deliver(row))
            self._busy[row.chat] = task
            task.add_done_callback(lambda _, chat=row.chat: self._free(chat))  # type: ignore[misc]
        if rows:
            return 0.0
        return min(rests.soonest or 1.0, 1.0)

    def _free(self, chat: str) -> None:
        self._busy.pop(chat, None)
        self._bells.ring(f"outbox:{self._channel.name}")

    async def _claim(self, resting: list[str], alarms_only: list[str], most: int) -> list[Row]:
        async with self._db.session() as session:
            found = await session.execute(
                CLAIM,
                {
                    "channel": self._channel.name,
                    "now": self._db.clock.now(),
                    "resting": resting,
                    "alarms_only": alarms_only,
                    "candidates": CANDIDATES,
                    "most": most,
                    "epoch": self._epoch,
                },
            )
            rows = [Row(**row._mapping) for row in found]
        return sorted(rows, key=lambda row: (row.priority, row.id))

    async def _deliver(self, row: Row) -> None:
        """One row from claim to settled. Never raises: every outcome is one of the port's."""
        with self._watch.timing(self._channel.name, row.kind):
            try:
                ids = await self._send(row)
            except Exception as failure:  # noqa: BLE001 (each outcome is settled, ours too)
                await self._settle_failure(row, failure)
            else:
                await self._settling.sent(row, ids)

    async def _send(self, row: Row) -> list[str]:
        resolved = await self._resolve(row)
        if row.reaction:
            if resolved.mark and isinstance(self._channel, Reactions):
                await self._channel.react(resolved.to, resolved.mark, row.reaction)
            return []
        return list(await self._channel.send(resolved.to, resolved.message, row.nonce))

    async def _resolve(self, row: Row) -> Resolved:
        """Our thread becomes their topic, our messages their ids."""
        message = Outbound.model_validate(row.body)
        mark = None
        changes: dict[str, Any] = {}
        topic: str | None = row.topic or None
        async with self._db.work() as work:
            if row.reply_to_message:
                quoted = await work.copies.find_external(
                    row.channel, row.chat, row.reply_to_message
                )
                changes["reply_to"] = mark = quoted
            if row.replaces_message:
                changes["replaces"] = await work.copies.find_external(
                    row.channel, row.chat, row.replaces_message
                )
            if row.thread_id and row.room_id:
                view = await work.rooms.view(row.room_id, row.thread_id)
                topic = view.topic
                wants_topic = view.has_topics and topic is None
        if row.thread_id and row.room_id and wants_topic and isinstance(self._channel, Topics):
            topic = await self._open_topic(self._channel, row, view.title)
        if row.attempts > 1 and row.kind in ("alarm", "relay") and not self._takes_key:
            changes["repeated"] = await self._settling.was_unsure(row)
        to = Address(channel=row.channel, chat=row.chat, topic=topic)
        return Resolved(to, message.model_copy(update=changes), mark)

    @property
    def _takes_key(self) -> bool:
        return self._channel.limits.takes_key

    async def _open_topic(self, channel: Topics, row: Row, title: str) -> str:
        """Only the leader comes here, one row of a chat at a time: so a thread gets one topic.
        The call that was booked for the row opens the topic; the row itself needs another."""
        assert row.thread_id is not None
        topic = await channel.open_topic(row.chat, title)
        async with self._db.work() as work:
            await work.rooms.keep_topic(row.thread_id, row.channel, row.chat, topic)
        if wait := self._governor.wait(row.chat, group=True, alarm=row.kind == "alarm"):
            raise NotYet(wait)
        self._governor.take(row.chat, group=True)
        return topic

    async def _settle_failure(self, row: Row, failure: Exception) -> None:
        settle, now = self._settling, timedelta(0)
        match failure:
            case Blocked():
                await settle.refused(row, "blocked", str(failure), unreachable=True)
            case Rejected():
                await settle.refused(row, "rejected", str(failure))
            case Throttled():
                self._governor.pause(None if failure.everywhere else row.chat, failure.delay)
                await settle.again(row, timedelta(seconds=failure.delay), counts=False)
            case NotYet():
                await settle.again(row, timedelta(seconds=failure.delay), counts=False)
            case NotSent():
                delay = min(30.0, 0.5 * 2 ** min(row.attempts, 6))
                self._governor.pause(None, delay)
                await settle.again(row, now, counts=True, why=str(failure))
            case Gone() if row.thread_id and row.attempts < OUR_TRIES:
                await settle.forget_topic(row)
                await settle.again(row, now, counts=True, why=str(failure))
            case NoTopics() if row.room_id and row.attempts < OUR_TRIES:
                await settle.drop_topics(row)
                await settle.again(row, now, counts=True, why=str(failure))
            case Moved() if row.room_id and row.attempts < OUR_TRIES:
                await settle.move(row, failure.chat)
                await settle.again(row, now, counts=True, why=str(failure))
            case Ambiguous() if self._takes_key:
                await settle.again(row, timedelta(seconds=min(30, row.attempts)), counts=True)
            case Ambiguous():
                await settle.unsure(row, str(failure))
            case Gone() | NoTopics() | Moved():
                await settle.refused(row, "rejected", str(failure))
            case _:
                fault = log_fault(failure, "delivery of outbox row %s", row.id)
                if row.attempts < OUR_TRIES:
                    await settle.again(row, timedelta(seconds=2**row.attempts), counts=True)
                else:
                    await settle.refused(row, "fault", f"fault {fault}")
