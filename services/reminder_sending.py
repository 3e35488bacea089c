"""Reminders on their way: a parked row for each person, in their own words, and what accounts it
is about."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from services.messaging.outbox import as_body
from services.messaging.types import Kind, Outbound
from services.notices import subject_of
from services.tables import Notice, Reminder

if TYPE_CHECKING:
    from services.work import Work

# A name is put in last: whatever stands in it is not looked through any more. What differs from
# person to person leaves alone, under a nonce of its own.
ENQUEUE = text(
    """
    WITH people AS (
        SELECT d.resident_id, d.contact_id, d.channel, d.chat, coalesce(r.name, '') AS name,
               CASE WHEN length(string_agg(DISTINCT d.place, '; ')) <= 300
                    THEN string_agg(DISTINCT d.place, '; ')
                    ELSE left(string_agg(DISTINCT d.place, '; '), 299) || '…' END AS address,
               to_char(min(d.pay_by), 'DD.MM.YYYY') AS pay_by,
               sum(CASE WHEN :kind = 'debt' THEN d.overdue ELSE d.debt END) AS owed
        FROM chosen_debtors d JOIN residents r ON r.id = d.resident_id
        WHERE d.why = ''
        GROUP BY d.resident_id, d.contact_id, d.channel, d.chat, r.name
        HAVING min(d.zone) = :zone),
    worded AS (
        SELECT p.*, CASE WHEN p.channel = ANY(CAST(:with_sums AS text[]))
            THEN replace(CAST(:summed AS text), '{sum}',
                translate(to_char(div(p.owed, 100), 'FM999,999,999,990'), ',', chr(160))
                    || ',' || lpad(CAST(mod(p.owed, 100) AS text), 2, '0') || chr(160) || '₽')
            ELSE CAST(:plain AS text) END AS words
        FROM people p),
    said AS (
        SELECT w.*, replace(replace(replace(
            CASE WHEN w.name = '' THEN replace(replace(w.words, ', {name}', ''), '{name}, ', '')
                 ELSE w.words END,
            '{date}', w.pay_by), '{address}', w.address), '{name}', w.name) AS told
        FROM worded w),
    added AS (
        INSERT INTO outbox (channel, chat, topic, queue, kind, priority, body, contact_id,
                            notice_id, nonce, state, created_at, not_before)
        SELECT channel, chat, '', chat || CAST(:queue AS text), CAST(:bulk AS text),
               CAST(:priority AS integer),
               jsonb_set(CAST(:body AS jsonb), '{text}', to_jsonb(told)), contact_id,
               CAST(:notice AS bigint),
               CASE WHEN CAST(:personal AS boolean) THEN 1 + floor(random() * 2147483000)
                    ELSE CAST(:nonce AS bigint) END,
               'parked', CAST(:now AS timestamptz), CAST(:now AS timestamptz)
        FROM said
        RETURNING id, channel, contact_id),
    parts AS (
        INSERT INTO reminder_parts (reminder_id, account_id, resident_id, outbox_id, debt, overdue,
                                    at, answer)
        SELECT CAST(:reminder AS bigint), d.account_id, d.resident_id, added.id, d.debt, d.overdue,
               CAST(:now AS timestamptz), ''
        FROM chosen_debtors d JOIN added ON added.contact_id = d.contact_id WHERE d.why = '')
    SELECT channel, count(*) FROM added GROUP BY channel ORDER BY count(*) DESC, channel
    """
).bindparams(bindparam("body", type_=JSONB))


async def enqueue(
    work: Work,
    reminder: Reminder,
    notice: Notice,
    what: Outbound,
    *,
    plain: str,
    summed: str,
    with_sums: Sequence[str],
    personal: bool,
) -> None:
    """For those who stand in `chosen_debtors`, of the zone of the notice. `summed` are the words
    for the messengers `with_sums`; all others get `plain`, in which no sum is."""
    await work.session.flush()
    rows = await work.session.execute(
        ENQUEUE,
        {
            "kind": reminder.kind, "zone": notice.zone, "with_sums": list(with_sums),
            "summed": summed, "plain": plain, "queue": f"||{subject_of(notice)}",
            "bulk": Kind.BULK, "priority": Kind.BULK.priority, "body": as_body(what),
            "notice": notice.id, "personal": personal, "nonce": secrets.randbits(31) or 1,
            "now": work.now, "reminder": reminder.id,
        },
    )  # fmt: skip
    notice.people = {row[0]: int(row[1]) for row in rows}
    for channel in notice.people:
        work.ring(f"outbox:{channel}")
    await work.session.flush()
