"""Delivery: the only place that sends.

Claim (one commit) → resolve our ids to the messenger's → send, outside any transaction →
settle (one commit). One process leads for a channel; see `leadership`.
"""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from services.bell import Bells
from services.db import Database, is_passing
from services.faults import log_fault
from services.messaging.claiming import Claiming
from services.messaging.governor import Governor
from services.messaging.port import (
    Ambiguous,
    Barred,
    Blocked,
    Channel,
    Gone,
    Moved,
    NoTopics,
    NotSent,
    Reactions,
    Rejected,
    SendFailed,
    Throttled,
    Topics,
    Withdrawals,
)
from services.messaging.reach import Reach
from services.messaging.resolving import NotYet, Resolved, Resolving
from services.messaging.rows import Row, Telling
from services.messaging.settling import Settling
from services.messaging.watch import Watch

log = logging.getLogger(__name__)

OUR_TRIES = 5  # for failures that are our own
LAST_WORDS = 6.0  # seconds that what is in flight has to end
RISE_EVERY = 30.0  # seconds
RING_AFTER = 0.05  # seconds: each end of a mailing's row is no reason to look for more
LOOK_AGAIN = 0.05  # seconds until one more row tries whether the messenger is there
LONGEST_WAIT = 2.0  # seconds that a claimed row waits for its place
MOVE_EVERY = 30.0  # seconds
BARRED_FOR = 60.0  # seconds until a group that does not let us write is tried again


class Delivery:
    """`telling` says what people must be told. `lost` is set when this process leads no more."""

    def __init__(
        self,
        db: Database,
        bells: Bells,
        channel: Channel,
        epoch: int,
        telling: Telling,
        watch: Watch,
        lost: asyncio.Event | None = None,
    ) -> None:
        self._db = db
        self._bells = bells
        self._lost = lost or asyncio.Event()
        self._channel = channel
        self._epoch = epoch
        self._watch = watch
        self._governor = Governor(channel.limits)
        self._claiming = Claiming(db, channel.name, epoch)
        self._resolving = Resolving(db, channel, self._governor, telling)
        self._settling = Settling(db, channel, epoch, telling, watch)
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._bell = f"outbox:{channel.name}"
        self._ending = False
        self._out_of_reach = 0  # calls in a row that did not even leave
        self._reached = False  # whether the messenger was there at the last call
        self._rise_at = 0.0
        self._reach = Reach()
        self._move_at = 0.0
        self._ringing: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        """Delivers until cancelled. What is in flight then is settled first, if it ends soon; what
        has not left yet goes back."""
        self._bells.expect(self._bell)
        self._bells.on("let-in", self._be_let_in)
        await self._settling.take_over(self._governor)
        try:
            while True:
                try:
                    wait = await self._whole_round()
                except (SQLAlchemyError, OSError) as problem:
                    log.warning("delivery waits for the database: %s", type(problem).__name__)
                    wait = 1.0
                if wait:
                    await self._bells.wait(self._bell, timeout=wait)
        finally:
            self._ending = True
            # A lost lead is mostly a lost database: what is known by now waits for it.
            patience = None if self._lost.is_set() else LAST_WORDS
            await end_within(patience, *self._busy.values())
            await self._settling.end()
            self._bells.off("let-in", self._be_let_in)

    def _be_let_in(self, bell: str) -> None:
        self._governor.resume(bell.partition(":")[2])
        self._bells.ring(self._bell)

    async def _whole_round(self) -> float:
        """A round that a cancellation does not tear: rows whose claim is committed are begun."""
        turn = asyncio.ensure_future(self._round())
        try:
            return await asyncio.shield(turn)
        except asyncio.CancelledError:
            self._ending = True
            await end_within(LAST_WORDS, turn)
            raise

    async def _round(self) -> float:
        """Claims and starts what may go now. Returns how long to wait for the next round."""
        await self._move_what_is_urgent()
        rests = self._governor.rests()
        free = self._channel.limits.at_once - len(self._busy)
        if rests.everywhere or free <= 0:
            return min(max(rests.everywhere, 0.01), MOVE_EVERY) if rests.everywhere else 1.0
        if time.monotonic() >= self._rise_at:
            await self._claiming.let_rise()
            self._rise_at = time.monotonic() + RISE_EVERY
        # Where nobody may be, one row finds it out instead of hundreds.
        most = min(free, self._governor.room_now()) if self._reached else 1
        rows, more = await self._claiming.claim(
            [*rests.chats, *self._busy],
            rests.alarms_only,
            rests.hurried,
            most,
            self._governor.news_now(),
        )
        for row in rows:
            wait = self._governor.take(row.chat, group=row.counts_in_group, news=row.is_news)
            task = asyncio.ensure_future(self._deliver(row, wait))
            self._busy[row.chat] = task
            task.add_done_callback(partial(self._free, row))
        if more:
            return 0.0 if self._reached else LOOK_AGAIN
        due = 1.0 if rows else await self._claiming.next_due_in()
        return min(self._governor.rests().soonest or 1.0, due)

    async def _move_what_is_urgent(self) -> None:
        if self._reach.away and time.monotonic() >= self._move_at:
            self._move_at = time.monotonic() + MOVE_EVERY
            await self._settling.move_away()

    def _free(self, row: Row, ended: asyncio.Task[None]) -> None:
        self._busy.pop(row.chat, None)
        if not row.is_news:
            self._bells.ring(self._bell)
        elif self._ringing is None or self._ringing.when() <= asyncio.get_running_loop().time():
            self._ringing = asyncio.get_running_loop().call_later(
                RING_AFTER, self._bells.ring, self._bell
            )
        if not ended.cancelled() and (failure := ended.exception()):
            log_fault(failure, "settling a row of the outbox")

    async def _deliver(self, row: Row, wait: float = 0.0) -> None:
        """One row from claim to settled: every outcome is one of the port's, or a fault of ours.
        `wait`: seconds until its slot."""
        if wait:
            await asyncio.sleep(wait)
        with self._watch.timing(self._channel.name, row.kind):
            try:
                await self._leave(row)
                ids = await self._send(row)
            except Exception as failure:  # noqa: BLE001 (each outcome is settled, ours too)
                await self._settle_failure(row, failure)
            else:
                self._reached = True
                await self._settling.sent(row, ids)

    async def _leave(self, row: Row) -> None:
        """Waits for the row's place among the calls of this second. Raises `NotYet` where a pause
        began meanwhile."""
        while wait := self._governor.leave(news=row.is_news):
            if wait > LONGEST_WAIT or self._ending:
                if not row.is_news:
                    self._governor.stay()
                raise NotYet(0 if self._ending else wait)
            await asyncio.sleep(wait)

    async def _send(self, row: Row) -> list[str]:
        resolved = await self._resolving.resolve(row)
        if self._ending:
            raise NotYet(0)
        if row.reaction:
            if resolved.mark and isinstance(self._channel, Reactions):
                await self._channel.react(resolved.to, resolved.mark, row.reaction)
            return []
        if row.renames:
            if resolved.to.topic and isinstance(self._channel, Topics):
                await self._channel.rename_topic(row.chat, resolved.to.topic, resolved.title)
            return []
        if row.withdraws:
            await self._withdraw(resolved)
            return []
        ids = list(await self._channel.send(resolved.to, resolved.message, row.nonce))
        self._out_of_reach = 0
        self._reach.reach()
        self._governor.went_well()
        for _ in ids[1:]:  # an album, a text in several posts: each counted there
            self._governor.add(row.chat, group=row.counts_in_group)
        return ids

    async def _withdraw(self, resolved: Resolved) -> None:
        if not isinstance(self._channel, Withdrawals):
            raise Rejected("nothing can be taken back there")
        if not resolved.stands:
            raise Rejected("where it stands is not known")
        await self._channel.withdraw(resolved.to, resolved.stands)

    async def _settle_failure(self, row: Row, failure: Exception) -> None:
        settle, now = self._settling, timedelta(0)
        if not isinstance(failure, NotYet):
            self._reached = not isinstance(failure, NotSent)
        if isinstance(failure, SendFailed) and not isinstance(failure, NotSent):
            self._out_of_reach = 0
            if not (isinstance(failure, Throttled) and failure.everywhere):
                self._reach.reach()
        match failure:
            case Blocked() | Barred() if row.room_id:
                self._governor.pause(row.chat, BARRED_FOR)
                await settle.again(row, now, why=str(failure))  # until the room lets us in
                await settle.places.barred(row, str(failure))
            case Barred():
                await settle.refused(row, "rejected", str(failure))
            case Blocked():
                await settle.refused(row, "blocked", str(failure), unreachable=True)
            case Rejected() if row.body.get("attachments") and not row.withdraws:
                await settle.strip_files(row, str(failure))
            case Rejected():
                await settle.refused(row, "rejected", str(failure))
            case Throttled():
                everywhere, delay = failure.everywhere, failure.delay
                if everywhere:
                    self._reach.miss(delay)
                if everywhere or row.room_id:
                    self._governor.pause(None if everywhere else row.chat, delay)
                else:
                    self._governor.throttled(row.chat, delay)
                await settle.again(row, timedelta(seconds=delay), why=str(failure))
                await settle.places.paused(row, delay, str(failure), everywhere=everywhere)
            case NotYet():
                await settle.again(row, timedelta(seconds=failure.delay))
            case NotSent():
                self._reach.miss()
                if not self._governor.paused():  # one growing pause for all that fail together
                    self._out_of_reach += 1
                    self._governor.pause(None, min(30.0, 0.5 * 2 ** min(self._out_of_reach, 6)))
                await settle.again(row, now, why=str(failure))
            case Gone() if row.thread_id and row.attempts < OUR_TRIES:
                await settle.places.forget_topic(row)
                await settle.again(row, now, counts=True, why=str(failure))
            case NoTopics() if row.room_id and row.attempts < OUR_TRIES:
                await settle.places.drop_topics(row)
                await settle.again(row, now, counts=True, why=str(failure))
            case Moved() if row.room_id and row.attempts < OUR_TRIES:
                await settle.places.move(row, failure.chat)
                await settle.again(row, now, counts=True, why=str(failure))
            case Ambiguous() if self._may_send_again(row):
                pause = timedelta(seconds=min(30, row.attempts))
                unsure = not (row.reaction or row.renames)
                await settle.again(row, pause, counts=True, unsure=unsure)
            case Ambiguous():
                await settle.unsure(row, str(failure))
            case Gone() | NoTopics() | Moved():
                await settle.refused(row, "rejected", str(failure))
            case SQLAlchemyError() if is_passing(failure):
                await settle.again(row, timedelta(seconds=1))
            case _:
                await self._try_again(row, failure)

    def _may_send_again(self, row: Row) -> bool:
        """The same once more changes nothing there."""
        if row.reaction or row.renames:
            return row.attempts < OUR_TRIES
        return row.key_holds(self._channel.limits, self._db.clock.now())

    async def _try_again(self, row: Row, failure: Exception) -> None:
        """A few times, with longer and longer pauses."""
        fault = log_fault(failure, "delivery of outbox row %s", row.id)
        if row.attempts < OUR_TRIES:
            await self._settling.again(row, timedelta(seconds=2**row.attempts), counts=True)
        else:
            await self._settling.refused(row, "fault", f"fault {fault}")


async def end_within(seconds: float | None, *tasks: asyncio.Task[Any]) -> None:
    """Waits for the tasks; those that take longer are cancelled."""
    if not tasks:
        return
    ended, late = await asyncio.wait(tasks, timeout=seconds)
    for task in late:
        task.cancel()
    if late:
        await asyncio.wait(late, timeout=1)
    for task in ended:
        if not task.cancelled() and (failure := task.exception()):
            log.warning("what was in flight ended with %s", type(failure).__name__)
