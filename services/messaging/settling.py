"""Settling: what became of each row, written down together with what follows from it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import SQLAlchemyError

from services.db import Database, is_passing
from services.faults import log_fault
from services.messaging.governor import Governor
from services.messaging.port import Channel
from services.messaging.together import Together
from services.messaging.types import Kind, Limits
from services.messaging.watch import Watch
from services.tables import Outgoing
from services.work import Work

log = logging.getLogger(__name__)

Reason = Literal["", "blocked", "rejected", "fault", "unknown"]


@dataclass(frozen=True)
class Row:
    """A claimed row of the outbox."""

    id: int
    channel: str
    chat: str
    topic: str
    kind: str
    priority: int
    body: dict[str, Any]
    reaction: str
    room_id: int | None
    thread_id: int | None
    message_id: int | None
    reply_to_message: int | None
    replaces_message: int | None
    contact_id: int | None
    nonce: int
    attempts: int
    unsure: int
    created_at: datetime
    started_at: datetime | None

    @property
    def is_news(self) -> bool:
        """No part of a dialogue, and not risen among them by a long wait."""
        return self.priority > Kind.RELAY.priority

    def key_holds(self, limits: Limits, now: datetime) -> bool:
        """Whether the messenger still knows this row, should it have arrived at an earlier try."""
        since = self.created_at if self.unsure else self.started_at or self.created_at
        return (now - since).total_seconds() < limits.key_lives

    @property
    def names_ours(self) -> bool:
        """A thread or a message of ours: its place is looked up, its end told to somebody."""
        named = (self.thread_id, self.message_id, self.reply_to_message, self.replaces_message)
        return any(each is not None for each in named)

    @property
    def counts_in_group(self) -> bool:
        """Whether a group's limit of calls knows of it: a mark on a message is free."""
        return self.room_id is not None and not self.reaction


@dataclass(frozen=True)
class Settled:
    """The end of a row. `reason` is empty when it arrived; `why` is the messenger's word."""

    row: Row
    state: Literal["sent", "refused", "unknown"]
    reason: Reason = ""
    why: str = ""


@dataclass(frozen=True)
class Paused:
    """The messenger takes nothing for so long: in one room, or, without a room, anywhere."""

    channel: str
    seconds: float
    why: str
    room_id: int | None = None


OnSettled = Callable[[Work, Settled], Awaitable[None]]
OnPaused = Callable[[Work, Paused], Awaitable[None]]

COLUMNS = [getattr(Outgoing, name) for name in Row.__dataclass_fields__]
LONG_PAUSE = 60.0  # seconds
TIMES_UNSURE = 2  # sends of one row whose outcome may be unknown

END = text(
    """
    UPDATE outbox SET state = :state, settled_at = :now, external_ids = :ids,
                      why = coalesce(:why, why)
    WHERE id = :id AND epoch = :epoch AND state IN ('sending', 'waiting')
    RETURNING id
    """
).bindparams(bindparam("ids", type_=JSONB(none_as_null=True)))


class Settling:
    def __init__(
        self,
        db: Database,
        channel: Channel,
        epoch: int,
        on_settled: OnSettled,
        on_paused: OnPaused,
        watch: Watch,
    ) -> None:
        self._db = db
        self._channel = channel
        self._epoch = epoch
        self._on_settled = on_settled
        self._on_paused = on_paused
        self._watch = watch
        self._together = Together(db)

    async def sent(self, row: Row, ids: list[str]) -> None:
        async def write(work: Work) -> None:
            if not await self._end(work, row, "sent", ids=ids):
                return
            if row.message_id is not None:
                await work.copies.keep(row.message_id, row.channel, row.chat, ids)
            await self._tell(work, Settled(row, "sent"))

        await self._together.commit(write)
        self._watch.count_sent(row.channel, row.kind)

    async def refused(
        self, row: Row, reason: Reason, why: str, *, unreachable: bool = False
    ) -> None:
        """`unreachable`: nothing more goes to this contact until they write again."""

        async def write(work: Work) -> None:
            if not await self._end(work, row, "refused", why=why):
                return
            if unreachable and row.contact_id is not None:
                await work.people.mark_unreachable(row.contact_id, why)
                for other in await self._refuse_waiting(work, row.contact_id, why):
                    await self._tell(work, Settled(other, "refused", reason, why))
            await self._tell(work, Settled(row, "refused", reason, why))

        log.info("outbox row %s refused by %s: %s", row.id, row.channel, why)
        await self._together.commit(write)
        self._watch.count_refused(row.channel, reason)

    async def unsure(self, row: Row, why: str) -> None:
        """Sent once more if its kind may be, else shown as unknown."""
        if self._may_repeat(row):
            await self.again(row, timedelta(0), counts=True, unsure=True, why=f"unsure: {why}")
            return

        async def write(work: Work) -> None:
            if await self._end(work, row, "unknown", why=why):
                await self._tell(work, Settled(row, "unknown", "unknown", why))

        await self._together.commit(write)
        self._watch.count_refused(row.channel, "unknown")

    def _may_repeat(self, row: Row) -> bool:
        return Kind(row.kind).repeats and row.unsure + 1 < TIMES_UNSURE

    async def again(
        self,
        row: Row,
        delay: timedelta,
        *,
        counts: bool = False,
        unsure: bool = False,
        why: str = "",
    ) -> None:
        """Back among the waiting. `counts`: the try was not free; `unsure`: it may have arrived."""

        async def write(work: Work) -> None:
            await work.session.execute(
                update(Outgoing)
                .where(
                    Outgoing.id == row.id,
                    Outgoing.state == "sending",
                    Outgoing.epoch == self._epoch,
                )
                .values(
                    state="waiting",
                    not_before=work.now + delay,
                    attempts=row.attempts - (0 if counts else 1),
                    unsure=row.unsure + unsure,
                    why=clean(why) or Outgoing.why,
                )
            )

        await self._together.commit(write)

    async def paused(self, row: Row, seconds: float, why: str, *, everywhere: bool) -> None:
        """People hear of a pause that they would notice."""
        if seconds < LONG_PAUSE or not (everywhere or row.room_id):
            return
        pause = Paused(row.channel, seconds, clean(why), None if everywhere else row.room_id)
        log.warning("%s takes nothing for %.0f s: %s", row.channel, seconds, pause.why)

        async def write(work: Work) -> None:
            await self._on_paused(work, pause)

        await self._together.commit(write)

    async def forget_topic(self, row: Row) -> None:
        async def write(work: Work) -> None:
            assert row.thread_id is not None
            await work.rooms.forget_topic(row.thread_id, row.channel, row.chat)

        await self._together.commit(write)

    async def drop_topics(self, row: Row) -> None:
        async def write(work: Work) -> None:
            assert row.room_id is not None
            await work.rooms.drop_topics(row.room_id)

        log.warning("room %s has no topics: answers go by reply there", row.room_id)
        await self._together.commit(write)

    async def move(self, row: Row, chat: str) -> None:
        async def write(work: Work) -> None:
            await work.rooms.move(row.channel, row.chat, chat)

        await self._together.commit(write)

    async def take_over(self, governor: Governor) -> None:
        """What an earlier leader left in flight has an unknown outcome: it goes once more, or is
        shown as unknown. That leader's last calls into groups count against their limits."""
        async with self._db.work() as work:
            left = await work.session.execute(
                select(*COLUMNS)
                .where(
                    Outgoing.channel == self._channel.name,
                    Outgoing.state == "sending",
                    Outgoing.epoch < self._epoch,
                )
                .with_for_update()  # that leader may be settling some of them still
            )
            for row in [Row(**found._mapping) for found in left]:
                again = row.key_holds(self._channel.limits, work.now) or self._may_repeat(row)
                why = "unsure: the process ended while sending"
                await work.session.execute(
                    update(Outgoing)
                    .where(Outgoing.id == row.id)
                    .values(
                        state="waiting" if again else "unknown",
                        settled_at=None if again else work.now,
                        unsure=row.unsure + 1,
                        why=why,
                    )
                )
                if not again:
                    await self._tell(work, Settled(row, "unknown", "unknown", why))
            since = work.now - timedelta(seconds=self._channel.limits.group_window)
            for chat, at in await work.outbox.recent_group_calls(self._channel.name, since):
                governor.remember(chat, (work.now - at).total_seconds())

    async def end(self) -> None:
        await self._together.end()

    async def _end(
        self, work: Work, row: Row, state: str, *, ids: list[str] | None = None, why: str = ""
    ) -> bool:
        """False when another leader has taken the row over. One that was only put back by it is
        ended here all the same: what is known saves a repeat."""
        ended = await work.session.execute(
            END,
            {
                "id": row.id,
                "epoch": self._epoch,
                "state": state,
                "now": work.now,
                "ids": ids,
                "why": clean(why) or None,
            },
        )
        if ended.first() is None:
            return False
        if row.thread_id is not None:
            work.ring(f"thread:{row.thread_id}")
        return True

    async def _tell(self, work: Work, settled: Settled) -> None:
        """Whoever must know. Should that break, the outcome is kept all the same."""
        if settled.state == "sent" and not settled.row.names_ours:
            return  # nobody waits for that, and a mailing has thousands of them
        try:
            async with work.session.begin_nested():
                await self._on_settled(work, settled)
        except Exception as failure:
            if isinstance(failure, SQLAlchemyError) and is_passing(failure):
                raise
            log_fault(failure, "telling what became of outbox row %s", settled.row.id)

    async def _refuse_waiting(self, work: Work, contact_id: int, why: str) -> list[Row]:
        found = await work.session.execute(
            update(Outgoing)
            .where(Outgoing.contact_id == contact_id, Outgoing.state == "waiting")
            .values(state="refused", settled_at=work.now, why=clean(why))
            .returning(*COLUMNS)
        )
        return [Row(**row._mapping) for row in found]


def clean(why: str) -> str:
    """A messenger's words, short and fit for the database."""
    return why.replace("\x00", "").encode("utf-8", "replace").decode()[:500]
