"""Reading a window of time as members write it: «завтра 10-12», «25.11 9:30-12»."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from handlers.wording import MONTHS

_DAYS_AHEAD = {"сегодня": 0, "завтра": 1, "послезавтра": 2}
_WEEKDAYS = (
    ("пн", "понедельник"), ("вт", "вторник"), ("ср", "среда", "среду"), ("чт", "четверг"),
    ("пт", "пятница", "пятницу"), ("сб", "суббота", "субботу"), ("вс", "воскресенье"),
)  # fmt: skip
_DATE = re.compile(r"(\d{1,2})[./](\d{1,2})(?:[./](\d{4}|\d{2}))?(?=\s|$)")
_DAY_OF_MONTH = re.compile(r"(\d{1,2})\s+([а-я]+)")
_WORD = re.compile(r"(?:во?\s+)?([а-я]+)\.?,?")
_HOURS = re.compile(
    r"(?:[св]\s+)?(\d{1,2})(?:[:.](\d{2}))?\s*(?:ч(?:ас(?:а|ов)?)?\.?\s*)?(?:-|–|—|до|по)\s*"
    r"(\d{1,2})(?:[:.](\d{2}))?(?:\s*ч(?:ас(?:а|ов)?)?\.?)?"
)
LONG_AGO = timedelta(days=180)  # so far back the next year is meant


class BadWindow(Exception):
    """`str()` is what was typed."""


def read_window(typed: str, now: datetime) -> tuple[datetime, datetime]:
    """Local moments both. No day means today. Raises `BadWindow`."""
    words = typed.casefold().replace("ё", "е").strip()
    day, rest = read_day(words, now.date())
    found = _HOURS.fullmatch(rest.strip(" ,."))
    if day is None or found is None:
        raise BadWindow(typed)
    try:
        begins = time(int(found[1]), int(found[2] or 0))
        last = int(found[3])
        ends = time(last % 24, int(found[4] or 0))
    except ValueError:
        raise BadWindow(typed) from None
    begin = datetime.combine(day, begins, tzinfo=now.tzinfo)
    end = datetime.combine(day + timedelta(days=last // 24), ends, tzinfo=now.tzinfo)
    if last > 24 or end <= begin:
        raise BadWindow(typed)
    return begin, end


def read_day(words: str, today: date) -> tuple[date | None, str]:
    """The day that the words begin with, and the rest of them; None for one that is none."""
    if found := _DATE.match(words):
        return make_date(int(found[1]), int(found[2]), found[3], today), words[found.end() :]
    if found := _DAY_OF_MONTH.match(words):
        if found[2] in MONTHS:
            month = MONTHS.index(found[2]) + 1
            return make_date(int(found[1]), month, None, today), words[found.end() :]
        return today, words
    found = _WORD.match(words)
    if found is None or found[1] in ("с", "до"):
        return today, words
    rest = words[found.end() :]
    if found[1] in _DAYS_AHEAD:
        return today + timedelta(days=_DAYS_AHEAD[found[1]]), rest
    for number, names in enumerate(_WEEKDAYS):
        if found[1] in names:
            return today + timedelta(days=(number - today.weekday()) % 7), rest
    return None, rest


def make_date(day: int, month: int, year: str | None, today: date) -> date | None:
    try:
        if year is not None:
            return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
        meant = date(today.year, month, day)
        return meant.replace(year=today.year + 1) if today - meant > LONG_AGO else meant
    except ValueError:
        return None
