"""Notices: one thing told to many, each by a row of the outbox that is parked until it is claimed.

Parked rows cost a claim nothing while their notice is held, waits for its moment or for the
morning; a pause or a stop is one change of one row, and the next claim obeys it.
"""

# ruff: noqa: S608 (the statements are put together of this module's own constants)

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import JSONB

from services.messaging.guards import WAITED_TOO_LONG
from services.messaging.outbox import as_body
from services.messaging.types import PHONE, Kind, Outbound
from services.tables import Notice, Outgoing

if TYPE_CHECKING:
    from services.work import Work

URGENT = Kind.NOTICE.priority  # with the news of requests, before mailings
AT_ONCE = 2_000  # rows dropped within a stop; a chore drops the others
PORTION = 10_000  # of that chore

REACHED = """
    SELECT DISTINCT ON (c.resident_id) c.id, c.resident_id, c.channel, c.chat
    FROM contacts c JOIN people ON people.resident_id = c.resident_id
    JOIN residents r ON r.id = c.resident_id
    WHERE c.unreachable_since IS NULL AND c.channel <> :phone
    ORDER BY c.resident_id, c.channel <> r.prefers, c.last_heard_at DESC, c.id
"""
ENQUEUE = """
    WITH people AS ({people}), reached AS ({reached}),
    added AS (
        INSERT INTO outbox (channel, chat, topic, queue, kind, priority, body, contact_id,
                            notice_id, nonce, state, created_at, not_before)
        SELECT channel, chat, '', chat || CAST(:queue AS text), CAST(:kind AS text),
               CAST(:priority AS integer), CAST(:body AS jsonb), id, CAST(:notice AS bigint),
               CAST(:nonce AS bigint), 'parked', CAST(:now AS timestamptz),
               CAST(:not_before AS timestamptz)
        FROM reached
        RETURNING channel)
    SELECT channel, count(*) FROM added GROUP BY channel ORDER BY count(*) DESC, channel
"""
DROP = text(  # what may stand there already is shown as unknown
    """
    UPDATE outbox SET state = CASE WHEN unsure = 0 THEN 'dropped' ELSE 'unknown' END,
                      reason = CASE WHEN unsure = 0 THEN reason ELSE 'unknown' END,
                      settled_at = :now
    WHERE id IN (
        SELECT id FROM outbox
        WHERE notice_id = ANY(CAST(:notices AS bigint[])) AND state = 'parked'
        LIMIT :most FOR UPDATE SKIP LOCKED)
    RETURNING id
    """
)
DROP_WAITING = text(  # rows of an earlier version
    """
    UPDATE outbox SET state = 'dropped', settled_at = :now
    WHERE notice_id = ANY(CAST(:notices AS bigint[])) AND state = 'waiting' AND unsure = 0
    """
)
UNDER_WAY = " OR ".join(  # apart, because each state has an index of its own
    f"EXISTS (SELECT 1 FROM outbox o WHERE o.notice_id = n.id AND o.state = '{state}')"
    for state in ("parked", "sending", "waiting")
)
FIND_ENDED = text(
    f"""
    SELECT n.id FROM notices n
    WHERE n.state = 'going' AND NOT ({UNDER_WAY})
       OR n.state = 'stopped' AND EXISTS (
            SELECT 1 FROM outbox o WHERE o.notice_id = n.id AND o.state = 'parked')
    ORDER BY n.id
    """
)
IS_UNDER_WAY = text(f"SELECT 1 FROM notices n WHERE n.id = :notice AND ({UNDER_WAY})")


@dataclass(frozen=True)
class Outcome:
    """What became of a notice: people by the state of their row, and refused ones by reason."""

    states: dict[str, int]
    reasons: dict[str, int]

    @property
    def left(self) -> int:
        """Who may still be told."""
        return sum(self.states.get(state, 0) for state in ("parked", "waiting", "sending"))


class Notices:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def enqueue(
        self, notice: Notice, what: Outbound, people: str, more: Mapping[str, object]
    ) -> None:
        """For each of `people` (SQL that gives `resident_id`, with `more` as its parameters) a
        parked row at the contact they prefer, or heard from last, that takes something. Fills in
        `people` of the notice, which says by its own columns when, by which guard and how
        urgently."""
        await self._work.session.flush()
        statement = ENQUEUE.format(people=people, reached=REACHED)
        rows = await self._work.session.execute(
            text(statement).bindparams(bindparam("body", type_=JSONB)),
            {
                "queue": f"||{subject_of(notice)}",
                "notice": notice.id,
                "nonce": secrets.randbits(31) or 1,  # one for all: they may leave together
                "phone": PHONE,
                "kind": Kind.BULK,
                "priority": notice.priority,
                "body": as_body(what),
                "now": self._work.now,
                "not_before": notice.not_before,
                **more,
            },
        )
        notice.people = {row[0]: int(row[1]) for row in rows}
        for channel in notice.people:
            self._work.ring(f"outbox:{channel}")
        await self._work.session.flush()

    async def hold(self, *notice_ids: int) -> list[int]:
        """Nothing more of them leaves until `go_on`. Returns those that were going."""
        return await self._change("held", notice_ids, "going")

    async def go_on(self, *notice_ids: int) -> list[int]:
        """Returns those that were held."""
        changed = await self._change("going", notice_ids, "held")
        await self._wake(changed)
        return changed

    async def stop(self, *notice_ids: int) -> list[int]:
        """For good. Returns those that were not over. What is being sent just now arrives."""
        changed = await self._change("stopped", notice_ids, "going", "held")
        named = {"notices": list(notice_ids), "now": self._work.now}
        await self._work.session.execute(DROP_WAITING, named)
        if changed:
            dropped = await self._drop(changed, AT_ONCE)
            if dropped == AT_ONCE:
                self._work.ring("chores")
        return changed

    async def outcomes(self, notice_ids: Sequence[int]) -> dict[int, Outcome]:
        """Of each, what became of its people; a post for all to read is nobody's, and whoever was
        told by another messenger counts there."""
        found = {notice_id: Outcome({}, {}) for notice_id in notice_ids}
        rows = await self._work.session.execute(
            select(Outgoing.notice_id, Notice.state, Outgoing.state, Outgoing.reason, func.count())
            .join(Notice, Notice.id == Outgoing.notice_id)
            .where(
                Outgoing.notice_id.in_(list(notice_ids)),
                Outgoing.contact_id.is_not(None),
                ~Outgoing.moved,
            )
            .group_by(Outgoing.notice_id, Notice.state, Outgoing.state, Outgoing.reason)
        )
        for notice_id, of_notice, state, reason, count in rows:
            outcome = found[notice_id or 0]
            if of_notice == "stopped" and state == "parked":
                state = "dropped"  # a chore has not come to it yet
            outcome.states[state] = outcome.states.get(state, 0) + count
            if state == "refused" or reason in WAITED_TOO_LONG:
                outcome.reasons[reason] = outcome.reasons.get(reason, 0) + count
        cleared = await self._work.session.execute(
            select(Notice.id, Notice.result).where(
                Notice.id.in_(list(notice_ids)), Notice.result.is_not(None)
            )
        )
        for notice_id, result in cleared:
            found[notice_id] = Outcome(**result)
        return found

    # ── By the clock ─────────────────────────────────────────────────────────

    async def find_ended(self) -> list[int]:
        """Those of which nothing is under way any more, and stopped ones with rows left."""
        return list(await self._work.session.scalars(FIND_ENDED))

    async def end(self, notice_id: int) -> None:
        """Of a going one all of whose rows are settled: it is done. Of a stopped one the next
        portion is dropped."""
        notice = await self._work.session.scalar(
            select(Notice).where(Notice.id == notice_id).with_for_update(skip_locked=True),
            execution_options={"populate_existing": True},
        )
        if notice is None:
            return
        if notice.state == "stopped":
            if await self._drop([notice_id], PORTION) == PORTION:
                self._work.ring("chores")
            return
        left = await self._work.session.scalar(IS_UNDER_WAY, {"notice": notice_id})
        if notice.state == "going" and left is None:
            found = (await self.outcomes([notice_id]))[notice_id]
            notice.state, notice.result = "done", asdict(found)
            await self._work.session.flush()

    async def _change(self, state: str, notice_ids: Sequence[int], *before: str) -> list[int]:
        await self._work.session.flush()
        changed = await self._work.session.scalars(
            update(Notice)
            .where(Notice.id.in_(list(notice_ids)), Notice.state.in_(before))
            .values(state=state)
            .returning(Notice.id)
        )
        return sorted(changed)

    async def _drop(self, notice_ids: Sequence[int], most: int) -> int:
        named = {"notices": list(notice_ids), "now": self._work.now, "most": most}
        dropped = await self._work.session.execute(DROP, named)
        return len(dropped.all())

    async def _wake(self, notice_ids: Sequence[int]) -> None:
        people = await self._work.session.scalars(
            select(Notice.people).where(Notice.id.in_(list(notice_ids)))
        )
        for channel in {channel for each in people for channel in each}:
            self._work.ring(f"outbox:{channel}")


def subject_of(notice: Notice) -> str:
    """What a person's notices keep their order by."""
    if notice.outage_id is not None:
        return f"outage {notice.outage_id}"
    if notice.incident_id is not None:
        return f"incident {notice.incident_id}"
    return f"notice {notice.id}"
