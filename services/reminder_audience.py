"""Whom a reminder is for, chosen by the database alone: the accounts that owe, who holds them, and
who of those is left out and why. One message a person, however many accounts."""

# ruff: noqa: S608 (the statements are put together of this module's own constants)

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from services.mailing_progress import seconds_for
from services.messaging.types import PHONE
from services.notices import REACHED
from services.owed_now import DUE_ON, HOUSES_KNOWN, NEWEST, OVERDUE, TODAY, agreed, marked
from services.tables import Reminder
from services.wishes import wants

if TYPE_CHECKING:
    from services.work import Work

SUMMED_FROM = 5  # accounts: a total of fewer tells what one of them owes


@dataclass(frozen=True)
class Debtors:
    """`least`: kopecks. `months`: for so long at least something has been overdue; nought: however
    short. `houses`: empty for all, also accounts of no known house."""

    least: int = 0
    months: int = 0
    houses: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {key: list(v) if isinstance(v, tuple) else v for key, v in asdict(self).items()}


@dataclass(frozen=True)
class Owing:
    """By messenger those who would be told now, of how many `accounts`; `left_out` accounts by
    reason: unheld (nobody who may see its sums), unreached (no messenger), dispute, instalment,
    paid (they say so), unwilling, capped, pending (another reminder is under way). `total`: what
    those accounts owe, in kopecks; None for fewer than five."""

    people: dict[str, int]
    accounts: int
    left_out: dict[str, int]
    zones: tuple[str, ...]
    total: int | None

    @property
    def everybody(self) -> int:
        return sum(self.people.values())

    @property
    def seconds(self) -> float:
        return seconds_for(self.people)


LONG_OVERDUE = f"""
    CAST(r.audience->>'months' AS integer) = 0 OR coalesce((
        SELECT bool_and(x.overdue_then > 0) AND min(x.month) = min(x.since)
        FROM (SELECT b.month, t.since,
                     CASE WHEN b.overdue IS NOT NULL THEN b.overdue
                          ELSE b.debt - coalesce(b.billed, 0) END AS overdue_then
              FROM balances b
              CROSS JOIN (SELECT CAST(date_trunc('month', {TODAY}
                        - make_interval(months => CAST(r.audience->>'months' AS integer))
                        - make_interval(days => CAST(:pay_by_day AS integer) - 1)) AS date)
                    AS since) t
              WHERE b.account_id = a.id AND b.month >= t.since
                AND b.month >= coalesce(a.history_from, b.month)) x), false)
"""
OWING = f"""
    SELECT a.id AS account_id, a.place, coalesce(h.timezone, '') AS zone,
           b.debt, {OVERDUE} AS overdue, {DUE_ON} AS pay_by
    FROM reminders r
    CROSS JOIN accounts a
    LEFT JOIN houses h ON h.id = a.house_id
    CROSS JOIN LATERAL ({NEWEST}) b
    LEFT JOIN ({HOUSES_KNOWN}) k ON k.house_id = a.house_id
    WHERE r.id = :reminder AND a.withdrawn_at IS NULL AND b.debt > 0
      AND NOT coalesce(k.month > b.month, false)
      AND (r.audience->'houses' = CAST('[]' AS jsonb)
           OR r.audience->'houses' @> to_jsonb(a.house_id))
      AND CASE r.kind
          WHEN 'debt' THEN {OVERDUE} > 0
              AND {OVERDUE} >= CAST(r.audience->>'least' AS bigint) AND ({LONG_OVERDUE})
          ELSE {OVERDUE} = 0 AND {TODAY} <= {DUE_ON}
              AND b.debt >= CAST(r.audience->>'least' AS bigint) END
"""
# Of each person what counts against the caps, as the guard counts it.
CAPPED = """
    SELECT c.resident_id, bool_or(o.state IN ('parked', 'sending') AND n.state <> 'stopped')
               AS pending,
           count(*) FILTER (WHERE o.settled_at > CAST(:now AS timestamptz) - interval '24 hours'
               AND o.state IN ('sent', 'unknown')) >= CAST(:per_day AS integer)
           OR count(*) FILTER (WHERE o.settled_at > CAST(:now AS timestamptz) - interval '168 hours'
               AND o.state IN ('sent', 'unknown')) >= CAST(:per_week AS integer)
           OR count(*) FILTER (WHERE o.settled_at > CAST(:now AS timestamptz) - interval '744 hours'
               AND o.state IN ('sent', 'unknown')) >= CAST(:per_month AS integer) AS capped
    FROM notices n JOIN outbox o ON o.notice_id = n.id JOIN contacts c ON c.id = o.contact_id
    WHERE n.guard = 'debt' AND n.at > CAST(:now AS timestamptz) - interval '1500 hours'
      AND (o.settled_at IS NULL
           OR o.settled_at > CAST(:now AS timestamptz) - interval '744 hours')
    GROUP BY c.resident_id
"""
# One row for each holder of each account, with why they are left out; '' for those who are told.
CHOOSE = f"""
    INSERT INTO chosen_debtors
    WITH owing AS MATERIALIZED ({OWING}),
    held AS (
        SELECT o.*, g.resident_id FROM owing o
        LEFT JOIN holdings g ON g.account_id = o.account_id AND g.until IS NULL AND g.sees_money),
    people AS (SELECT DISTINCT resident_id FROM held WHERE resident_id IS NOT NULL),
    reached AS ({REACHED}),
    capped AS MATERIALIZED ({CAPPED})
    SELECT held.account_id, held.resident_id, reached.id, reached.channel, reached.chat,
           held.zone, held.place, held.debt, held.overdue, held.pay_by,
           CASE WHEN held.resident_id IS NULL OR NOT {agreed("held.resident_id")} THEN 'unheld'
                WHEN {marked("held.account_id", "dispute")} THEN 'dispute'
                WHEN {marked("held.account_id", "instalment")} THEN 'instalment'
                WHEN {marked("held.account_id", "paid")} THEN 'paid'
                WHEN NOT {wants("reminders", "held.resident_id")} THEN 'unwilling'
                WHEN reached.id IS NULL THEN 'unreached'
                WHEN capped.pending THEN 'pending'
                WHEN capped.capped THEN 'capped'
                ELSE '' END
    FROM held LEFT JOIN reached ON reached.resident_id = held.resident_id
    LEFT JOIN capped ON capped.resident_id = held.resident_id
"""
ROOM = """
    CREATE TEMPORARY TABLE chosen_debtors (
        account_id bigint, resident_id bigint, contact_id bigint, channel text, chat text,
        zone text, place text, debt bigint, overdue bigint, pay_by date, why text) ON COMMIT DROP
"""
PEOPLE = text(
    """
    SELECT channel, count(DISTINCT resident_id) FROM chosen_debtors WHERE why = ''
    GROUP BY channel ORDER BY 2 DESC, 1
    """
)
# Of several holders of an account the one who is told counts.
ACCOUNTS = text(
    """
    SELECT why, count(*), sum(owed) FROM (
        SELECT DISTINCT ON (account_id) account_id, why,
               CASE WHEN :kind = 'debt' THEN overdue ELSE debt END AS owed
        FROM chosen_debtors ORDER BY account_id, why) each_account
    GROUP BY why
    """
)
ZONES = text(
    """
    SELECT DISTINCT zone FROM (
        SELECT resident_id, min(zone) AS zone FROM chosen_debtors WHERE why = ''
        GROUP BY resident_id) there ORDER BY zone
    """
)


async def choose(work: Work, reminder: Reminder) -> Owing:
    """Who would be told now; until the commit they stand in `chosen_debtors`."""
    session = work.session
    await session.flush()
    await session.execute(text("DROP TABLE IF EXISTS chosen_debtors"))
    await session.execute(text(ROOM))
    rules = (await work.company.profile()).accounts.reminders
    await session.execute(
        text(CHOOSE),
        {
            "reminder": reminder.id, "now": work.now, "phone": PHONE, "pay_by_day": rules.pay_by,
            "per_day": rules.per_day, "per_week": rules.per_week, "per_month": rules.per_month,
        },
    )  # fmt: skip
    await session.execute(text("ANALYZE chosen_debtors"))
    people = {channel: int(count) for channel, count in await session.execute(PEOPLE)}
    accounts, total, left_out = 0, None, {}
    for why, count, owed in await session.execute(ACCOUNTS, {"kind": reminder.kind}):
        if why:
            left_out[why] = int(count)
        else:
            accounts = int(count)
            total = int(owed) if count >= SUMMED_FROM else None
    zones = tuple(await session.scalars(ZONES))
    return Owing(people, accounts, left_out, zones, total)
