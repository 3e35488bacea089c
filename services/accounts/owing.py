"""When a bill is to be paid by, and what of a balance is overdue. Sums in kopecks."""

from __future__ import annotations

from datetime import date

from services.company.account_rules import ReminderRules
from services.tables import Balance


def due_on(month: date, pay_by: date | None, rules: ReminderRules) -> date:
    """The last day to pay what a month was billed: the file's, else the company's day of the
    month after (Housing Code 155)."""
    if pay_by is not None:
        return pay_by
    after = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return after.replace(day=rules.pay_by)


def overdue_of(balance: Balance, today: date, rules: ReminderRules) -> int:
    """What is owed and should have been paid before `today`, the house's own. Before the day to pay
    by, only what the file itself calls overdue; after it, all of it. Never more than is owed."""
    owed = max(balance.debt, 0)
    if today > due_on(balance.month, balance.pay_by, rules):
        return owed
    return min(max(balance.overdue or 0, 0), owed)
