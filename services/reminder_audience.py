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
from services.owed_now import DUE_ON, TODAY, marked, overdue_on
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


LONG_OVERDUE = """
    CAST(r.audience->>'months' AS integer) = 0 OR coalesce((
        SELECT bool_and(x.overdue_then > 0) AND min(x.month) = b.since
        FROM (SELECT z.month, CASE WHEN z.overdue IS NOT NULL THEN z.overdue
                                   ELSE z.debt - coalesce(z.billed, 0) END AS overdue_then
              FROM balances z
              WHERE z.account_id = b.account_id AND z.month >= b.since
                AND z.month >= coalesce(b.history_from, z.month)) x), false)
"""
# The newest balance of each account there is, once; the newest month of each house comes from
# these. Of an account `history_from` hides none but the newest counts.
OWING = f"""
    WITH newest AS MATERIALIZED (
        SELECT a.id AS account_id, a.house_id, a.place, a.withdrawn_at, a.history_from,
               b.month, b.debt, b.overdue, b.pay_by
        FROM reminders r CROSS JOIN accounts a CROSS JOIN LATERAL (
            SELECT * FROM balances y WHERE y.account_id = a.id ORDER BY y.month DESC LIMIT 1) b
        WHERE r.id = :reminder
          AND (r.audience->'houses' = CAST('[]' AS jsonb)
               OR r.audience->'houses' @> to_jsonb(a.house_id))),
    known AS MATERIALIZED (
        SELECT house_id, max(month) AS month FROM newest
        WHERE house_id IS NOT NULL
          AND month >= CAST(CAST(:now AS timestamptz) - interval '4 months' AS date)
        GROUP BY house_id),
    days AS MATERIALIZED (
        SELECT h.id, h.timezone AS zone, {TODAY} AS today
        FROM (SELECT id, timezone FROM houses UNION ALL SELECT 0, '') h),
    dated AS (
        SELECT n.*, d.zone, d.today, CAST(date_trunc('month', d.today
                   - make_interval(months => CAST(r.audience->>'months' AS integer))
                   - make_interval(days => CAST(:pay_by_day AS integer) - 1)) AS date) AS since
        FROM reminders r CROSS JOIN newest n JOIN days d ON d.id = coalesce(n.house_id, 0)
        LEFT JOIN known k ON k.house_id = n.house_id
        WHERE r.id = :reminder AND n.withdrawn_at IS NULL AND n.debt > 0
          AND n.month >= coalesce(n.history_from, n.month)
          AND NOT coalesce(k.month > n.month, false))
    SELECT b.account_id, b.place, b.zone, b.debt, {overdue_on("b.today")} AS overdue,
           {DUE_ON} AS pay_by
    FROM reminders r CROSS JOIN dated b
    WHERE r.id = :reminder
      AND CASE r.kind
          WHEN 'debt' THEN {overdue_on("b.today")} > 0
              AND {overdue_on("b.today")} >= CAST(r.audience->>'least' AS bigint)
              AND ({LONG_OVERDUE})
          ELSE {overdue_on("b.today")} = 0 AND b.today <= {DUE_ON}
              AND b.debt >= CAST(r.audience->>'least' AS bigint) END
"""
# Of each person what counts against the caps, as the guard counts it. What a messenger refused, or
# a stop left, does not: it is left out before the people are looked up.
CAPPED = """
    SELECT c.resident_id, bool_or(o.pending) AS pending,
           sum(o.day) >= CAST(:per_day AS integer) OR sum(o.week) >= CAST(:per_week AS integer)
               OR sum(o.month) >= CAST(:per_month AS integer) AS capped
    FROM (SELECT o.contact_id, bool_or(o.settled_at IS NULL) AS pending,
                 count(*) FILTER (
                     WHERE o.settled_at > CAST(:now AS timestamptz) - interval '24 hours') AS day,
                 count(*) FILTER (
                     WHERE o.settled_at > CAST(:now AS timestamptz) - interval '168 hours') AS week,
                 count(o.settled_at) AS month
          FROM notices n JOIN outbox o ON o.notice_id = n.id
          WHERE n.guard = 'debt' AND n.at > CAST(:now AS timestamptz) - interval '1500 hours'
            AND (o.state IN ('parked', 'sending') AND n.state <> 'stopped'
                 OR o.state IN ('sent', 'unknown')
                    AND o.settled_at > CAST(:now AS timestamptz) - interval '744 hours')
          GROUP BY o.contact_id) o
    JOIN contacts c ON c.id = o.contact_id
    GROUP BY c.resident_id
"""
# In three steps, each over a table of the transaction that is counted first: of one long statement
# PostgreSQL guesses a few rows, and looks up a hundred thousand one by one.
FIND_OWING = text(f"INSERT INTO owing_now {OWING}")
FIND_HELD = text(
    """
    INSERT INTO held_debts
    SELECT o.*, g.resident_id FROM owing_now o
    LEFT JOIN holdings g ON g.account_id = o.account_id AND g.until IS NULL AND g.sees_money
    """
)
# One row for each holder of each account, with why they are left out; '' for those who are told.
CHOOSE = text(
    f"""
    INSERT INTO chosen_debtors
    WITH people AS (SELECT DISTINCT resident_id FROM held_debts WHERE resident_id IS NOT NULL),
    reached AS ({REACHED}),
    agreed AS (
        SELECT last.resident_id FROM (
            SELECT DISTINCT ON (w.resident_id) w.resident_id, w.given
            FROM consents w JOIN people USING (resident_id)
            ORDER BY w.resident_id, w.id DESC) last
        WHERE last.given),
    capped AS MATERIALIZED ({CAPPED})
    SELECT held.account_id, held.resident_id, reached.id, reached.channel, reached.chat,
           held.zone, held.place, held.debt, held.overdue, held.pay_by,
           CASE WHEN agreed.resident_id IS NULL THEN 'unheld'
                WHEN {marked("held.account_id", "dispute")} THEN 'dispute'
                WHEN {marked("held.account_id", "instalment")} THEN 'instalment'
                WHEN {marked("held.account_id", "paid")} THEN 'paid'
                WHEN NOT {wants("reminders", "held.resident_id")} THEN 'unwilling'
                WHEN reached.id IS NULL THEN 'unreached'
                WHEN capped.pending THEN 'pending'
                WHEN capped.capped THEN 'capped'
                ELSE '' END
    FROM held_debts held LEFT JOIN reached ON reached.resident_id = held.resident_id
    LEFT JOIN agreed ON agreed.resident_id = held.resident_id
    LEFT JOIN capped ON capped.resident_id = held.resident_id
    """
)
OWED = "account_id bigint, place text, zone text, debt bigint, overdue bigint, pay_by date"
ROOMS = (
    "DROP TABLE IF EXISTS owing_now, held_debts, chosen_debtors",
    f"CREATE TEMPORARY TABLE owing_now ({OWED}) ON COMMIT DROP",
    f"CREATE TEMPORARY TABLE held_debts ({OWED}, resident_id bigint) ON COMMIT DROP",
    """
    CREATE TEMPORARY TABLE chosen_debtors (
        account_id bigint, resident_id bigint, contact_id bigint, channel text, chat text,
        zone text, place text, debt bigint, overdue bigint, pay_by date, why text) ON COMMIT DROP
    """,
    "SET LOCAL work_mem = '32MB'",  # for sorts and hashes of a hundred thousand
)
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
    for each in ROOMS:
        await session.execute(text(each))
    rules = (await work.company.profile()).accounts.reminders
    now = {"now": work.now}
    await session.execute(FIND_OWING, {"reminder": reminder.id, "pay_by_day": rules.pay_by, **now})
    await session.execute(text("ANALYZE owing_now"))
    await session.execute(FIND_HELD)
    await session.execute(text("ANALYZE held_debts"))
    caps = {
        "per_day": rules.per_day, "per_week": rules.per_week, "per_month": rules.per_month,
    }  # fmt: skip
    await session.execute(CHOOSE, {"phone": PHONE, **caps, **now})
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
