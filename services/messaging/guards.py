"""Guards: what a claim looks at for each person before a part of a notice leaves.

A guard is SQL over the parked row `o` and its notice `n`. It gives the moment until which the row
is put off, `infinity` where it is dropped, and nothing where it may leave.
"""

# ruff: noqa: S608 (the statements are put together of this module's own constants)

from __future__ import annotations

NEWS_APART = "1 hour"

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

GUARDS = {"news": NEWS}

PUT_OFF_UNTIL = "CASE n.guard {} END".format(
    " ".join(f"WHEN '{name}' THEN ({guard})" for name, guard in GUARDS.items())
)
