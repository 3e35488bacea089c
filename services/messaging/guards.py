"""Guards: what a claim looks at for each person before a part of a notice leaves.

A guard is SQL over the parked row `o` and its notice `n`. It gives the moment until which the row
is put off, `infinity` where it is dropped, and nothing where it may leave. What a person's own
quiet hours put off has the reason `night` meanwhile; what is dropped since it waited too long has
`quiet`, where they held it last, else `late`.
"""

# ruff: noqa: S608 (the statements are put together of this module's own constants)

from __future__ import annotations

from datetime import timedelta

from services.meters.lacking import LACKS
from services.owed_now import NO_LONGER_OWED, UNWILLING

NEWS_APART = "1 hour"
DEBTS_WAIT = timedelta(days=7)
WAITED_TOO_LONG = ("quiet", "late")  # reasons of what was dropped for that

# Whatever messenger it went by; what is being sent just now counts. Written so that it is found by
# the person's contacts, never by the notices, which have a hundred thousand rows each.
NEWS = f"""
    SELECT max(CASE WHEN e.state = 'sending' THEN CAST(:now AS timestamptz) ELSE e.settled_at END)
           + interval '{NEWS_APART}'
    FROM outbox e
    WHERE e.contact_id = ANY(ARRAY(
            SELECT c.id FROM contacts mine JOIN contacts c ON c.resident_id = mine.resident_id
            WHERE mine.id = o.contact_id))
      AND e.id <> o.id AND e.notice_id IS NOT NULL
      AND (e.state = 'sending' OR e.state IN ('sent', 'unknown')
           AND e.settled_at + interval '{NEWS_APART}' > CAST(:now AS timestamptz))
      AND (SELECT told.guard FROM notices told WHERE told.id = e.notice_id) = 'news'
"""

# Reminders of what is owed. Dropped where anything of what they were chosen by is so no more: who
# holds the account, their wish and consent, marks, what is owed. Put off until the caps of a person
# over all messengers and accounts allow it, dropped where that is not within a day: by then it says
# nothing true. Of several that are under way for one person only the first may leave.
MINE = """ARRAY(
            SELECT c.id FROM contacts mine JOIN contacts c ON c.resident_id = mine.resident_id
            WHERE mine.id = o.contact_id)"""
REMINDED = f"""
    SELECT CASE WHEN e.state = 'sending' THEN CAST(:now AS timestamptz) ELSE e.settled_at END AS at
    FROM outbox e
    WHERE e.contact_id = ANY({MINE}) AND e.id <> o.id AND e.notice_id IS NOT NULL
      AND (e.state = 'sending' OR e.state IN ('sent', 'unknown')
           AND e.settled_at > CAST(:now AS timestamptz) - interval '744 hours')
      AND (SELECT told.guard FROM notices told WHERE told.id = e.notice_id) = 'debt'
"""
CAPS = ", ".join(
    f"""(SELECT r.at + interval '{hours} hours' FROM ({REMINDED}) r
         ORDER BY r.at DESC OFFSET CAST(:{cap} AS integer) - 1 LIMIT 1)"""
    for cap, hours in (("per_day", 24), ("per_week", 168), ("per_month", 744))
)
DEBT = f"""
    SELECT CASE
        WHEN NOT EXISTS (SELECT 1 FROM reminder_parts p WHERE p.outbox_id = o.id)
          OR EXISTS ({NO_LONGER_OWED}) OR EXISTS ({UNWILLING})
          OR caps.until > CAST(:now AS timestamptz) + interval '24 hours' THEN 'infinity'
        WHEN EXISTS (
            SELECT 1 FROM reminder_parts p JOIN accounts a ON a.id = p.account_id
            LEFT JOIN houses h ON h.id = a.house_id
            WHERE p.outbox_id = o.id
              AND coalesce(h.timezone, '') <> ALL(CAST(:decent AS text[])))
          OR EXISTS (
            SELECT 1 FROM outbox e JOIN notices told ON told.id = e.notice_id + 0
            WHERE e.contact_id = ANY({MINE}) AND e.id < o.id AND told.guard = 'debt'
              AND (e.state = 'sending' OR e.state = 'parked' AND told.state = 'going'))
          THEN greatest(caps.until, CAST(:now AS timestamptz) + interval '10 minutes')
        ELSE caps.until END
    FROM (SELECT greatest({CAPS}) AS until) caps
"""

# Asked for readings: dropped where all were sent meanwhile, by whoever holds the account.
READINGS = f"""
    SELECT CAST('infinity' AS timestamptz)
    WHERE NOT EXISTS (
        SELECT 1 {
    LACKS.format(
        month="CAST(split_part(n.subject, ' ', 1) AS date)",
        resources="split_part(n.subject, ' ', 2)",
    )
}
          AND h.resident_id = (SELECT mine.resident_id FROM contacts mine
                               WHERE mine.id = o.contact_id))
"""

GUARDS = {"news": NEWS, "debt": DEBT, "readings": READINGS}

# Of a notice `n`: whether its parts have waited for so long that they say nothing true any more.
TOO_LATE = f"""
    (n.guard = 'debt' AND n.at < CAST(:now AS timestamptz) - interval '{DEBTS_WAIT.days} days')
"""

# A person's own quiet hours, by the clock of the notice's houses. Whoever has none costs a look at
# two rows by their keys, and only of what keeps the night or has a guard: dangers have neither.
OWN_NIGHT = """
    SELECT (CAST(l.local AS date) + CASE WHEN l.clock >= l.ends THEN 1 ELSE 0 END + l.ends)
           AT TIME ZONE l.zone
    FROM contacts c JOIN residents r ON r.id = c.resident_id AND r.quiet_from <> ''
    CROSS JOIN LATERAL (
        SELECT coalesce(nullif(n.zone, ''), (SELECT content->>'timezone' FROM company), 'UTC')
               AS zone) z
    CROSS JOIN LATERAL (
        SELECT z.zone, CAST(:now AS timestamptz) AT TIME ZONE z.zone AS local,
               CAST(CAST(:now AS timestamptz) AT TIME ZONE z.zone AS time) AS clock,
               CAST(r.quiet_from AS time) AS begins, CAST(r.quiet_until AS time) AS ends) l
    WHERE c.id = o.contact_id
      AND CASE WHEN l.begins > l.ends THEN l.clock >= l.begins OR l.clock < l.ends
               ELSE l.clock >= l.begins AND l.clock < l.ends END
"""


def guarded(*guards: str) -> str:
    """For a claim that looks at parts under these guards alone: one that is planned without the
    others is planned the faster."""
    cases = " ".join(f"WHEN '{name}' THEN ({GUARDS[name]})" for name in guards)
    return f"CASE n.guard {cases} END"


def by_night() -> str:
    return f"CASE WHEN n.quiet OR n.guard <> '' THEN ({OWN_NIGHT}) END"
