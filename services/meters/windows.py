"""Which month a reading counts for: days of a month in which a company takes them.

A window that ends on an earlier day than it begins goes over the month's end and belongs to the
month it began in; a day that a month does not have is its last one. A reading counts for the first
month whose window has not closed: before the window that is its own month already, after it the
next one.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from services.company.account_rules import Window


@dataclass(frozen=True)
class Counting:
    """`month`: its first day. The window's days, both included. `open`: the day lies in it.
    `missed`: the month before, whose window closed earlier in the day's own month; a reading that
    it lacks comes late."""

    month: date
    opens: date
    closes: date
    open: bool
    missed: date | None
    missed_closed: date | None


def counting(window: Window, day: date) -> Counting:
    """For a local day."""
    month = before(first_of(day))
    while days_of(window, month)[1] < day:
        month = after(month)
    opens, closes = days_of(window, month)
    earlier = before(month)
    closed = days_of(window, earlier)[1]
    missed = closed.replace(day=1) == first_of(day) and day < opens
    return Counting(
        month=month,
        opens=opens,
        closes=closes,
        open=opens <= day,
        missed=earlier if missed else None,
        missed_closed=closed if missed else None,
    )


def days_of(window: Window, month: date) -> tuple[date, date]:
    """Of the window that begins in this month."""
    opens = day_of(month, window.from_day)
    closes = day_of(month, window.until_day)
    if window.until_day < window.from_day:
        closes = day_of(after(month), window.until_day)
    return opens, closes


def day_of(month: date, day: int) -> date:
    return month.replace(day=min(day, monthrange(month.year, month.month)[1]))


def first_of(day: date) -> date:
    return day.replace(day=1)


def after(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=31)).replace(day=1)


def before(month: date) -> date:
    return (month.replace(day=1) - timedelta(days=1)).replace(day=1)


def months_between(earlier: date, later: date) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month
