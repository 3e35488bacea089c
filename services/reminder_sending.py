"""Reminders on their way: a parked row for each person, in their own words, and what accounts it
is about; and the sum, when it leaves."""

# ruff: noqa: S608 (the statement is put together of this module's own constants)

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from services.errors import NotYours
from services.messaging.outbox import as_body
from services.messaging.types import Kind, Outbound
from services.notices import subject_of
from services.tables import Notice, Reminder

if TYPE_CHECKING:
    from services.work import Work


def filled_in(words: str) -> str:
    """SQL: the words for a person, without the sum. A name is put in last: whatever stands in it is
    not looked through any more."""
    return f"""replace(replace(replace(
            CASE WHEN p.name = '' THEN replace(replace({words}, ', {{name}}', ''), '{{name}}, ', '')
                 ELSE {words} END,
            '{{date}}', p.pay_by), '{{address}}', p.address), '{{name}}', p.name)"""


# What differs from person to person leaves alone, under a nonce of its own. No row holds a sum: it
# is put in when it leaves, see `sum_to_name`.
ENQUEUE = text(
    f"""
    WITH people AS (
        SELECT d.resident_id, d.contact_id, d.channel, d.chat, coalesce(r.name, '') AS name,
               CASE WHEN length(string_agg(DISTINCT d.place, '; ')) <= 300
                    THEN string_agg(DISTINCT d.place, '; ')
                    ELSE left(string_agg(DISTINCT d.place, '; '), 299) || '…' END AS address,
               to_char(min(d.pay_by), 'DD.MM.YYYY') AS pay_by
        FROM chosen_debtors d JOIN residents r ON r.id = d.resident_id
        WHERE d.why = ''
        GROUP BY d.resident_id, d.contact_id, d.channel, d.chat, r.name
        HAVING min(d.zone) = :zone),
    said AS (
        SELECT p.*, jsonb_build_object('text', {filled_in("CAST(:plain AS text)")})
            || CASE WHEN p.channel = ANY(CAST(:with_sums AS text[]))
                    THEN jsonb_build_object('summed', {filled_in("CAST(:summed AS text)")})
                    ELSE CAST('{{}}' AS jsonb) END AS told
        FROM people p),
    added AS (
        INSERT INTO outbox (channel, chat, topic, queue, kind, priority, body, contact_id,
                            notice_id, nonce, state, created_at, not_before)
        SELECT channel, chat, '', chat || CAST(:queue AS text), CAST(:bulk AS text),
               CAST(:priority AS integer),
               CAST(:body AS jsonb) || told, contact_id,
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
# The claim has just seen that nothing of it changed.
OWED = text(
    """
    SELECT sum(CASE WHEN n.kind = 'debt' THEN p.overdue ELSE p.debt END) AS owed,
           bool_and(EXISTS (
               SELECT 1 FROM holdings g JOIN contacts c ON c.resident_id = g.resident_id
               WHERE c.id = o.contact_id AND g.account_id = p.account_id AND g.until IS NULL
                 AND g.sees_money)) AS theirs
    FROM outbox o JOIN notices n ON n.id = o.notice_id JOIN reminder_parts p ON p.outbox_id = o.id
    WHERE o.id = :row
    GROUP BY o.id
    """
)


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
    """For those who stand in `chosen_debtors`, of the zone of the notice. `plain` names no sum;
    `summed` are the words to be taken instead in the messengers `with_sums`, where a sum may still
    be named when it leaves."""
    await work.session.flush()
    rows = await work.session.execute(
        ENQUEUE,
        {
            "zone": notice.zone, "with_sums": list(with_sums),
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


async def sum_to_name(work: Work, row_id: int, channel: str) -> str | None:
    """«1 234,56 ₽», of all accounts that a message is about; None where the company shows no sums
    in that messenger. Raises `NotYours` where they hold one of them no more, or may not see its
    money."""
    found = (await work.session.execute(OWED, {"row": row_id})).one_or_none()
    if found is None or not found.theirs:
        raise NotYours
    if not (await work.showing.of(channel)).sums_in_reminders:
        return None
    roubles, kopecks = divmod(int(found.owed), 100)
    return f"{roubles:_}".replace("_", "\xa0") + f",{kopecks:02}\xa0₽"
