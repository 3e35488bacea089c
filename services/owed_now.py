"""What is owed on an account now, in SQL: for those who choose whom to remind, and for the claim
that looks once more. The rule is that of `services.accounts.owing`."""

# ruff: noqa: S608 (the statements are put together of this module's own constants)

from __future__ import annotations

from services.wishes import wants

PAID_HOLDS = "72 hours"  # a bank may take so long: what comes in sooner says nothing yet

# Of an account `a` and its house `h`, which may be missing.
NEWEST = """
    SELECT b.month, b.debt, b.overdue, b.billed, b.pay_by FROM balances b
    WHERE b.account_id = a.id AND b.month >= coalesce(a.history_from, b.month)
    ORDER BY b.month DESC LIMIT 1
"""
DUE_ON = """
    coalesce(b.pay_by,
             CAST(b.month + interval '1 month' AS date) + CAST(:pay_by_day AS integer) - 1)
"""
TODAY = """
    CAST(CAST(:now AS timestamptz) AT TIME ZONE coalesce(
        nullif(h.timezone, ''), (SELECT content->>'timezone' FROM company), 'UTC') AS date)
"""


def overdue_on(today: str) -> str:
    """SQL: of a balance `b`, on that day."""
    return f"""
    CASE WHEN {today} > {DUE_ON} THEN greatest(b.debt, 0)
         ELSE least(greatest(coalesce(b.overdue, 0), 0), greatest(b.debt, 0)) END
"""


OVERDUE = overdue_on(TODAY)

# Of a mark `m`: whether it keeps reminders away. Newer balances end what a resident said of paying.
STANDS = f"""
    m.ended_at IS NULL AND (m.until IS NULL OR m.until > CAST(:now AS timestamptz))
    AND (m.kind <> 'paid' OR NOT EXISTS (
        SELECT 1 FROM imports i WHERE i.kind = 'debts' AND i.state = 'applied'
          AND i.at > m.since + interval '{PAID_HOLDS}'))
"""
# A later month is known of its house, but not of the account, as where a file names debtors alone:
# whether the debt still stands nobody knows. Of one account, for the claim; whoever looks through
# all of them does it by house, see `services.reminder_audience`.
LEFT_OUT = """
    SELECT 1 FROM accounts y CROSS JOIN LATERAL (  -- by its key: a join reads all balances
        SELECT 1 FROM balances x WHERE x.account_id = y.id AND x.month > b.month LIMIT 1) later
    WHERE y.house_id = a.house_id AND b.month < (SELECT max(z.month) FROM balances z)
"""


def marked(account: str, kind: str = "") -> str:
    """SQL: whether something keeps reminders away from the account. `account`: its id, in SQL."""
    only = f"AND m.kind = '{kind}'" if kind else ""
    return f"""EXISTS (
        SELECT 1 FROM account_marks m WHERE m.account_id = {account} {only} AND {STANDS})"""


def agreed(resident: str) -> str:
    """SQL: whether their last word on consent was yes."""
    return f"""coalesce((
        SELECT given FROM consents w WHERE w.resident_id = {resident}
        ORDER BY w.id DESC LIMIT 1), false)"""


# Over a parked row `o` of a notice `n`.
NO_LONGER_OWED = f"""
    SELECT 1 FROM reminder_parts p
    JOIN reminders r ON r.id = p.reminder_id
    JOIN accounts a ON a.id = p.account_id
    JOIN contacts c ON c.id = o.contact_id
    LEFT JOIN houses h ON h.id = a.house_id
    LEFT JOIN LATERAL ({NEWEST}) b ON true
    WHERE p.outbox_id = o.id AND (
        a.withdrawn_at IS NOT NULL
        OR NOT EXISTS (
            SELECT 1 FROM holdings g WHERE g.account_id = a.id AND g.resident_id = c.resident_id
              AND g.until IS NULL AND g.sees_money)
        OR {marked("a.id")}
        OR EXISTS ({LEFT_OUT})
        OR b.debt IS NULL OR b.debt <= 0 OR b.debt < p.debt OR {OVERDUE} < p.overdue
        OR n.kind = 'debt' AND {OVERDUE} <= 0
        OR n.kind = 'payment' AND ({TODAY} > {DUE_ON} OR {OVERDUE} > 0)
        OR coalesce(CAST(r.form->>'names_sums' AS boolean), false)
            AND (b.debt <> p.debt OR {OVERDUE} <> p.overdue)
        OR EXISTS (
            SELECT 1 FROM balances x JOIN imports i ON i.id = x.brought_by
            WHERE x.account_id = a.id AND x.paid > 0 AND i.at > p.at AND x.month >= b.month))
"""
UNWILLING = f"""
    SELECT 1 FROM contacts c WHERE c.id = o.contact_id
      AND NOT ({wants("reminders", "c.resident_id")} AND {agreed("c.resident_id")})
"""
