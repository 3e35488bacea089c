"""Who has not sent: the one rule, for the reminder, its guard and the list for staff."""

from __future__ import annotations

# Of the holdings `h`, those with a meter that lacks a reading of the month.
LACKS = """
    FROM holdings h JOIN accounts a ON a.id = h.account_id
    JOIN meters m ON m.account_id = a.id
    WHERE h.until IS NULL AND a.withdrawn_at IS NULL AND m.withdrawn_at IS NULL
      AND m.resource = ANY(string_to_array({resources}, ','))
      AND NOT EXISTS (SELECT 1 FROM readings r
                      WHERE r.meter_id = m.id AND r.month = {month} AND NOT r.replaced)
"""
