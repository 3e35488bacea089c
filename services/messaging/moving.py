"""Moving: what one messenger does not take goes by the next one that a person has linked.

Urgent notices alone move as they are; what staff said moves by the words around a delivery. A row
that may stand there already does not move: nobody is told twice.
"""

# ruff: noqa: S608 (the statements are put together of this module's own constants)

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text, update

from services.messaging.rows import COLUMNS, Row, Settled
from services.messaging.types import PHONE
from services.tables import Outgoing

if TYPE_CHECKING:
    from services.work import Work

Tell = Callable[["Work", Settled], Awaitable[bool]]

NOTICES_AT_A_TIME = 2_000
ANSWERS_AT_A_TIME = 200

# A messenger that was tried for this notice is not tried again.
NEXT = """
    c.unreachable_since IS NULL AND c.channel NOT IN (:phone, :away)
    AND NOT EXISTS (SELECT 1 FROM outbox e
                    WHERE e.contact_id = c.id AND e.notice_id = {lost}.notice_id)
"""
GO_OTHERWISE = """
    , next AS (
        SELECT DISTINCT ON (lost.id) lost.id AS old, lost.chat AS old_chat, lost.notice_id,
               lost.queue, lost.kind, lost.priority, lost.body, c.id, c.channel, c.chat
        FROM lost JOIN contacts mine ON mine.id = lost.contact_id
        JOIN residents r ON r.id = mine.resident_id
        JOIN contacts c ON c.resident_id = r.id AND {next}
        ORDER BY lost.id, c.channel <> r.prefers, c.last_heard_at DESC, c.id),
    added AS (
        INSERT INTO outbox (channel, chat, topic, queue, kind, priority, body, contact_id,
                            notice_id, nonce, state, created_at, not_before)
        SELECT channel, chat, '', chat || substr(queue, length(old_chat) + 1), kind, priority,
               body, id, notice_id, CAST(floor(random() * 2147483647) AS bigint), 'parked',
               CAST(:now AS timestamptz), CAST(:now AS timestamptz)
        FROM next),
    moved AS (
        UPDATE outbox SET moved = true,
                          state = CASE WHEN state = 'parked' THEN 'dropped' ELSE state END,
                          settled_at = coalesce(settled_at, CAST(:now AS timestamptz))
        FROM next WHERE outbox.id = next.old)
    SELECT channel, count(*) FROM next GROUP BY channel
""".format(next=NEXT.format(lost="lost"))
REFUSED = text(
    """
    WITH lost AS (
        SELECT o.* FROM outbox o JOIN notices n ON n.id = o.notice_id
        WHERE o.id = ANY(CAST(:rows AS bigint[])) AND NOT o.moved AND o.unsure = 0
          AND n.urgent AND n.state IN ('going', 'held'))
    """
    + GO_OTHERWISE
)
NOT_REACHED = text(
    f"""
    WITH lost AS (
        SELECT o.* FROM notices n
        JOIN outbox o ON o.notice_id = n.id AND o.channel = :away AND o.state = 'parked'
        JOIN contacts mine ON mine.id = o.contact_id
        WHERE n.state = 'going' AND n.urgent AND n.not_before <= :now AND o.not_before <= :now
          AND o.unsure = 0
          AND EXISTS (SELECT 1 FROM contacts c
                      WHERE c.resident_id = mine.resident_id AND {NEXT.format(lost="o")})
        LIMIT :most FOR UPDATE OF o SKIP LOCKED)
    """
    + GO_OTHERWISE
)
ANSWERS = """
    SELECT o.id FROM outbox o
    JOIN messages m ON m.id = o.message_id AND m.by = 'member' AND m.withdrawn_at IS NULL
    JOIN contacts mine ON mine.id = o.contact_id
    WHERE o.channel = :away AND o.state = 'waiting' AND o.not_before <= :now AND o.unsure = 0
      AND o.room_id IS NULL AND o.replaces_message IS NULL AND o.reaction = ''
      {only}
    ORDER BY o.id LIMIT :most FOR UPDATE OF o SKIP LOCKED
"""
OF_THOSE_WHO_HAVE_ANOTHER = """
      AND EXISTS (SELECT 1 FROM contacts c
                  WHERE c.resident_id = mine.resident_id AND c.unreachable_since IS NULL
                    AND c.channel NOT IN (:phone, :away))
      AND NOT EXISTS (SELECT 1 FROM outbox e  -- once: both may be out of reach
                      WHERE e.message_id = o.message_id AND e.reason = 'away')
"""
ANSWERS_AWAY = text(ANSWERS.format(only=OF_THOSE_WHO_HAVE_ANOTHER))
ANSWERS_OFF = text(ANSWERS.format(only=""))
STAY = text(  # it could not be sent otherwise
    """
    UPDATE outbox SET state = 'waiting', reason = '', moved = false, settled_at = NULL
    WHERE id = :id
    """
)


@dataclass(frozen=True)
class Portion:
    """`left`: there may be more."""

    rows: int
    left: bool


async def move_refused(work: Work, row_ids: Sequence[int]) -> int:
    """Refused parts of urgent notices go on by another messenger. Returns how many do."""
    named = {"rows": list(row_ids), "away": "", "phone": PHONE, "now": work.now}
    return await _move(work, REFUSED, named)


async def move_notices_from(work: Work, channel: str) -> int:
    """Parts of urgent notices that wait for a messenger out of reach, of people who have another.
    Returns how many went on; at most `NOTICES_AT_A_TIME`."""
    named = {"away": channel, "phone": PHONE, "now": work.now, "most": NOTICES_AT_A_TIME}
    return await _move(work, NOT_REACHED, named)


async def give_up_answers_of(work: Work, channel: str, *, off: bool = False) -> list[Row]:
    """Answers of staff that wait for a messenger out of reach, to people who have another, are
    refused there; where it is `off`, all of them. At most `ANSWERS_AT_A_TIME`, in their order."""
    named = {"away": channel, "phone": PHONE, "now": work.now, "most": ANSWERS_AT_A_TIME}
    ids = list(await work.session.scalars(ANSWERS_OFF if off else ANSWERS_AWAY, named))
    found = await work.session.execute(
        update(Outgoing)
        .where(Outgoing.id.in_(ids))
        .values(state="refused", reason="off" if off else "away", moved=True, settled_at=work.now)
        .returning(*COLUMNS)
    )
    return sorted((Row(**row._mapping) for row in found), key=lambda row: row.id)


async def move_portion(work: Work, channel: str, tell: Tell, *, off: bool = False) -> Portion:
    """What is urgent goes by the other messengers of those who have one. `tell`: whoever must know
    of a row; False where that broke."""
    moved = await move_notices_from(work, channel)
    answers = await give_up_answers_of(work, channel, off=off)
    for row in answers:
        if not await tell(work, Settled(row, "refused", "off" if off else "away")):
            await work.session.execute(STAY, {"id": row.id})
    left = moved == NOTICES_AT_A_TIME or len(answers) == ANSWERS_AT_A_TIME
    return Portion(moved + len(answers), left)


async def _move(work: Work, statement: object, named: dict[str, object]) -> int:
    found = list(await work.session.execute(statement, named))  # type: ignore[call-overload]
    for channel, _ in found:
        work.ring(f"outbox:{channel}")
    return sum(count for _, count in found)
