"""The days that words name: «ноябрь», «01.11-15.11», «вчера», «неделя»."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = ("янв", "фев", "мар", "апр", "ма[йя]", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
_MONTH = re.compile(
    r"\b(?:за\s+)?(?:" + "|".join(f"(?P<m{n}>{stem}[а-я]*)" for n, stem in enumerate(_MONTHS, 1))
    + r")\b(?:\s+(?P<year>20\d\d)(?:\s*г(?:ода|\.)?)?)?",
    re.IGNORECASE,
)  # fmt: skip
_DAY = r"(\d{1,2})\.(\d{1,2})(?:\.(20\d\d|\d\d))?(?!\d)"
_SPAN = re.compile(rf"(?:с\s+)?{_DAY}\s*(?:-|–|—|по|до)\s*{_DAY}", re.IGNORECASE)
_ONE = re.compile(rf"(?:за\s+)?(?<!\d){_DAY}", re.IGNORECASE)
_NAMED = re.compile(
    r"\b(?:за\s+)?(сегодня|вчера|недел[яюи]|(?:этот\s+)?месяц|год)\b", re.IGNORECASE
)


class NoSuchDay(ValueError):
    """«31.02»"""


@dataclass(frozen=True)
class Days:
    """Both included. `rest`: the words without them."""

    first: date
    last: date
    rest: str


def read_days(words: str, today: date) -> Days | None:
    """None: no days are named. A month or day without a year is the latest one that has begun.
    Raises `NoSuchDay`."""
    if found := _SPAN.search(words):
        return Days(*_span(found, today), _without(words, found))
    if found := _ONE.search(words):
        day = _day(found.group(1), found.group(2), found.group(3), today)
        return Days(day, day, _without(words, found))
    if found := _MONTH.search(words):
        month = next(n for n in range(1, 13) if found[f"m{n}"])
        year_of = int(found["year"]) if found["year"] else today.year - (month > today.month)
        return Days(*_month(year_of, month), _without(words, found))
    if found := _NAMED.search(words):
        return Days(*_named(found[1].lower(), today), _without(words, found))
    return None


def _span(found: re.Match[str], today: date) -> tuple[date, date]:
    """Where one year is named, it is that of both; where none is, the span has begun already."""
    begins, ends = found.group(1, 2, 3), found.group(4, 5, 6)
    first = _day(begins[0], begins[1], begins[2] or ends[2], today)
    last = _day(ends[0], ends[1], ends[2] or f"{first.year}", today)
    if first <= last:
        return first, last
    if not begins[2] and ends[2]:  # over the turn of the year
        return _day(begins[0], begins[1], f"{last.year - 1}", today), last
    if not ends[2]:
        return first, _day(ends[0], ends[1], f"{first.year + 1}", today)
    return last, first


def _named(word: str, today: date) -> tuple[date, date]:
    if word == "сегодня":
        return today, today
    if word == "вчера":
        return today - timedelta(days=1), today - timedelta(days=1)
    if word.startswith("недел"):
        return today - timedelta(days=6), today
    if word == "год":
        return today.replace(month=1, day=1), today
    return _month(today.year, today.month)


def _month(year: int, month: int) -> tuple[date, date]:
    after = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), after - timedelta(days=1)


def _day(day: str, month: str, year: str | None, today: date) -> date:
    try:
        if year:
            return date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
        found = date(today.year, int(month), int(day))
        return found if found <= today else date(today.year - 1, int(month), int(day))
    except ValueError:
        raise NoSuchDay from None


def _without(words: str, found: re.Match[str]) -> str:
    return f"{words[: found.start()]} {words[found.end() :]}".strip()
