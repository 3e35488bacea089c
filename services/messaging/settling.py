"""Settling: what became of each row, written down together with what follows from it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import SQLAlchemyError

from services.db import Database, is_passing
from services.faults import log_fault
from services.messaging.arrived import Arrived, is_part
from services.messaging.governor import Governor
from services.messaging.moving import move_portion, move_refused
from services.messaging.places_met import PlacesMet
from services.messaging.port import Channel
from services.messaging.rows import COLUMNS, Reason, Row, Settled, Telling, clean
from services.messaging.together import Together
from services.messaging.types import Kind, Outbound
from services.messaging.watch import Watch
from services.tables import Notice, Outgoing
from services.work import Work

log = logging.getLogger(__name__)

TIMES_UNSURE = 2  # sends of one row whose outcome may be unknown

END = text(
    """
    UPDATE outbox SET state = :state, settled_at = :now, external_ids = :ids,
                      reason = :reason, why = coalesce(:why, why)
    WHERE id = :id AND epoch = :epoch AND state IN ('sending', 'waiting', 'parked')
    RETURNING id
    """
).bindparams(bindparam("ids", type_=JSONB(none_as_null=True)))

PART = text(  # while it was in flight, that messenger turned out to be somebody else's
    """
    UPDATE outbox SET state = 'refused', reason = 'blocked', settled_at = :now
    FROM contacts, threads
    WHERE outbox.id = :id AND outbox.state = 'waiting' AND outbox.room_id IS NULL
      AND contacts.id = outbox.contact_id AND threads.id = outbox.thread_id
      AND contacts.resident_id <> threads.resident_id
    RETURNING outbox.id
    """
)


class Settling:
    def __init__(
        self,
        db: Database,
        channel: Channel,
        epoch: int,
        telling: Telling,
        watch: Watch,
    ) -> None:
        self._db = db
        self._channel = channel
        self._epoch = epoch
        self._telling = telling
        self._watch = watch
        self._together = Together(db)
        self._arrived = Arrived(self._together, epoch)
        self.places = PlacesMet(self._together, telling)

    async def sent(self, row: Row, ids: list[str]) -> None:
        if is_part(row):
            await self._part_arrived(row, ids)
            self._watch.count_sent(row.channel, row.kind)
            return

        async def write(work: Work) -> None:
            if not await self._end(work, row, "sent", ids=ids):
                return
            for message_id in [row.message_id, *row.also] if row.message_id else []:
                await work.copies.keep(message_id, row.channel, row.chat, ids)
            if row.room_id is not None and row.is_post:
                await work.rooms.arrived_in(row.room_id, row.thread_id)
            await self._tell(work, Settled(row, "sent"))

        await self._commit(write, row, "sent", ids=ids)
        self._watch.count_sent(row.channel, row.kind)

    async def _part_arrived(self, row: Row, ids: list[str]) -> None:
        async def write_alone(work: Work) -> None:
            await self._end(work, row, "sent", ids=ids)

        try:
            await self._arrived.settle(row, ids)
        except Exception as failure:  # noqa: BLE001 (one of them may be the cause)
            log_fault(failure, "settling outbox row %s", row.id)
            await self._together.commit(write_alone)

    async def refused(
        self, row: Row, reason: Reason, why: str, *, unreachable: bool = False
    ) -> None:
        """`unreachable`: nothing more goes to this contact until they write again."""
        why = clean(why)

        async def write(work: Work) -> None:
            if not await self._end(work, row, "refused", reason, why=why):
                return
            others: list[Row] = []
            if unreachable and row.contact_id is not None:
                await work.people.mark_unreachable(row.contact_id, why)
                others = await self._refuse_waiting(work, row.contact_id, reason, why)
            if of_notices := [each.id for each in (row, *others) if each.notice_id is not None]:
                await move_refused(work, of_notices)
            await self._tell(work, Settled(row, "refused", reason, why))
            for other in others:  # in their order: they may go by another messenger
                await self._tell(work, Settled(other, "refused", reason, why))

        log.info("outbox row %s refused by %s: %s", row.id, row.channel, why)
        await self._commit(write, row, "refused", reason, why=why)
        self._watch.count_refused(row.channel, reason)

    async def unsure(self, row: Row, why: str) -> None:
        """Sent once more if its kind may be, else shown as unknown."""
        if self._may_repeat(row):
            await self.again(row, timedelta(0), counts=True, unsure=True, why=f"unsure: {why}")
            return

        async def write(work: Work) -> None:
            if await self._end(work, row, "unknown", "unknown", why=why):
                await self._tell(work, Settled(row, "unknown", "unknown", why))

        await self._commit(write, row, "unknown", "unknown", why=why)
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
            state = await state_to_wait_in(work, row, unsure=bool(row.unsure + unsure))
            waits = state in ("parked", "waiting")
            await work.session.execute(
                update(Outgoing)
                .where(
                    Outgoing.id == row.id,
                    Outgoing.state == "sending",
                    Outgoing.epoch == self._epoch,
                )
                .values(
                    state=state,
                    settled_at=None if waits else work.now,
                    reason="unknown" if state == "unknown" else "",
                    not_before=work.now + delay,
                    attempts=row.attempts - (0 if counts else 1),
                    unsure=row.unsure + unsure,
                    why=clean(why) or Outgoing.why,
                )
            )
            if (await work.session.execute(PART, {"id": row.id, "now": work.now})).first():
                await self._tell(work, Settled(row, "refused", "blocked", "parted"))

        await self._together.commit(write)

    async def strip_files(self, row: Row, why: str) -> None:
        """The words go without the files, and say so, rather than nothing at all."""
        message = Outbound.model_validate(row.body)
        without = self._telling.without_files(message, clean(why))
        body = without.model_dump(mode="json", exclude_defaults=True)

        async def write(work: Work) -> None:
            await work.session.execute(
                update(Outgoing).where(Outgoing.id == row.id).values(body=body)
            )

        log.info("outbox row %s goes without its files: %s", row.id, why)
        await self._together.commit(write)
        await self.again(row, timedelta(0), counts=True, why=why)

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
                state = await state_to_wait_in(work, row, unsure=True) if again else "unknown"
                waits = state in ("parked", "waiting")
                await work.session.execute(
                    update(Outgoing)
                    .where(Outgoing.id == row.id)
                    .values(
                        state=state,
                        settled_at=None if waits else work.now,
                        reason="" if waits else "unknown",
                        unsure=row.unsure + 1,
                        why=why,
                    )
                )
                if state == "unknown":
                    await self._tell(work, Settled(row, "unknown", "unknown", why))
            since = work.now - timedelta(seconds=self._channel.limits.group_window)
            for chat, at in await work.outbox.recent_group_calls(self._channel.name, since):
                governor.remember(chat, (work.now - at).total_seconds())

    async def move_away(self) -> None:
        """What is urgent goes by the other messengers of those who have one."""
        name = self._channel.name
        while True:
            async with self._db.work() as work:
                moved = await move_portion(work, name, self._tell)
            if moved.rows:
                log.warning("%s is out of reach: %s rows go otherwise", name, moved.rows)
            if not moved.left:
                return

    async def end(self) -> None:
        await self._together.end()
        self._arrived.end()

    async def _commit(
        self,
        write: Callable[[Work], Awaitable[None]],
        row: Row,
        state: str,
        reason: Reason = "",
        *,
        ids: list[str] | None = None,
        why: str = "",
    ) -> None:
        """Should what follows from the outcome break, the outcome itself is kept: a row that
        nobody settles would hold up all behind it."""

        async def write_alone(work: Work) -> None:
            await self._end(work, row, state, reason, ids=ids, why=why)

        try:
            await self._together.commit(write, patient=row.is_news)
        except Exception as failure:  # noqa: BLE001 (logged; the outcome is what counts)
            log_fault(failure, "settling outbox row %s", row.id)
            await self._together.commit(write_alone)

    async def _end(
        self,
        work: Work,
        row: Row,
        state: str,
        reason: Reason = "",
        *,
        ids: list[str] | None = None,
        why: str = "",
    ) -> bool:
        """False when another leader has taken the row over. One that was only put back by it is
        ended here all the same: what is known saves a repeat."""
        ended = await work.session.execute(
            END,
            {
                "id": row.id,
                "epoch": self._epoch,
                "state": state,
                "reason": reason,
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

    async def _tell(self, work: Work, settled: Settled) -> bool:
        """Whoever must know. Should that break, the outcome is kept all the same: False."""
        if settled.state == "sent" and not settled.row.names_ours:
            return True  # nobody waits for that, and a mailing has thousands of them
        return await tell(self._telling, work, settled)

    async def _refuse_waiting(
        self, work: Work, contact_id: int, reason: Reason, why: str
    ) -> list[Row]:
        found = await work.session.execute(
            update(Outgoing)
            .where(Outgoing.contact_id == contact_id, Outgoing.state.in_(("waiting", "parked")))
            .values(state="refused", reason=reason, settled_at=work.now, why=clean(why))
            .returning(*COLUMNS)
        )
        return sorted((Row(**row._mapping) for row in found), key=lambda row: row.id)


async def tell(telling: Telling, work: Work, settled: Settled) -> bool:
    """False where it broke; what was told by half is undone."""
    try:
        async with work.session.begin_nested():
            await telling.settled(work, settled)
    except Exception as failure:
        if isinstance(failure, SQLAlchemyError) and is_passing(failure):
            raise
        log_fault(failure, "telling what became of outbox row %s", settled.row.id)
        return False
    return True


async def state_to_wait_in(work: Work, row: Row, *, unsure: bool) -> str:
    """Of a row that goes back: what was stopped meanwhile goes nowhere."""
    if row.notice_id is None:
        return "waiting"
    notice = await work.session.scalar(select(Notice.state).where(Notice.id == row.notice_id))
    if notice == "stopped":
        return "unknown" if unsure else "dropped"
    return "waiting" if notice == "done" else "parked"
