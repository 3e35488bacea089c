"""From when until when, as a dispatcher writes it: «завтра с 10 до 14», «25.11 9:00–17:00»,
«до 18», «через 2 часа». Pure: local time in, local time out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from services.understanding.saying.promising import (
    DAYS_AHEAD,
    NUMBERS,
    month_of,
    next_weekday,
)

LONG_AGO = timedelta(days=180)  # a day so far back is that of the next year
DAY = timedelta(days=1)
EVENING, MIDDAY = 18, 12  # works of the night begin after the one and end before the other

_OF_WEEK = r"понедельник\w*|вторник\w*|сред[аеуы]|четверг\w*|пятниц\w+|суббот\w+|воскресень\w+"
_MONTH = r"января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря"
_DAYS = re.compile(
    rf"\b(?:(сегодня|послезавтра|завтра|вчера)|({_OF_WEEK})|(\d{{1,2}})\s+({_MONTH})(?:\s+(20\d\d))?"
    r"|(\d{1,2})\.(0[1-9]|1[0-2])(?:\.(20\d\d|\d\d))?(?!\d))"
)
_WORD = "|".join(sorted(NUMBERS, key=len, reverse=True))
_LASTS = re.compile(
    rf"\b(?:через|на|еще на|еще)\s+(?:(полчаса)|(?:(\d{{1,3}}(?:[.,]\d)?|{_WORD}|полтора)\s*)?"
    r"(минут\w*|мин|час\w*|ч|сут\w+|д(?:ень|ня|ней))\b)"
)
_CLOCK = re.compile(
    r"(?:\b(с|со|от|в|до|по|к|ко)\s+(?:·+\s*)?|([-–—])\s*(?:·+\s*)?)?(?<![\d.:])(\d{1,2})(?:[:.]([0-5]\d))?(?![\d:])"
    r"(?:\s*ч(?:ас\w*)?\b\.?)?(?:\s*(утра|дня|вечера|ночи))?"
    r"|\b(до|к)\s+(утра|обеда|полудня|вечера|полуночи|ночи|концу дня|конца дня)"
)
_PARTS = {
    "утра": 9, "обеда": 13, "полудня": 12, "вечера": 18, "полуночи": 24, "ночи": 24,
    "концу дня": 18, "конца дня": 18,
}  # fmt: skip
_BEGINS = ("с", "со", "от", "в")


@dataclass(frozen=True)
class Span:
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True)
class Clock:
    """`sure`: the hour cannot be meant twelve hours later."""

    begins: bool
    ends: bool
    hour: int
    minute: int
    part: str
    at: int
    sure: bool


def read_span(words: str, now: datetime, *, begun: bool = False) -> Span | None:
    """None: no hours are named. `begun`: it has, so a time ahead without a day is yesterday's.
    An end before the beginning is of the next day where works go through the night; else it is
    left so."""
    plain = re.sub(r"[ \t\xa0]+", " ", words.lower().replace("ё", "е"))
    try:
        days = [(found.start(), named_day(found, now)) for found in _DAYS.finditer(plain)]
    except ValueError:  # «31.02»
        return None
    plain = _DAYS.sub(lambda found: "·" * len(found[0]), plain)
    lasts = _LASTS.search(plain)
    if lasts:
        plain = plain[: lasts.start()] + "·" * len(lasts[0]) + plain[lasts.end() :]
    clocks = [clock for clock in clocks_in(plain) if clock is not None]
    start = next((c for c in clocks if c.begins), None)
    end = next((c for c in clocks if c.ends), None)
    if start is None and len(clocks) > 1:
        start = next(c for c in clocks if not c.ends)
    if not (start or end or lasts):
        return None
    part = (end.part if end else "") if start and not start.part else ""
    first = days[0][1] if days else None
    last = days[-1][1] if len(days) > 1 else None
    since = at_clock(start, first or now.date(), now, part) if start else None
    if since and begun and not days and since > now:
        since -= DAY
    if end is None and lasts is None:
        return Span(since, None)
    if lasts:
        return Span(since, after(lasts, since or now))
    assert end is not None
    return Span(since, end_of(end, since, first, last, now))


def end_of(
    end: Clock, since: datetime | None, first: date | None, last: date | None, now: datetime
) -> datetime:
    if last is not None:
        return at_clock(end, last, now, "")
    base = since or now
    day = first if first is not None else base.date()
    moment = at_clock(end, day, now, "", guess=False)
    if first is not None and since is None:
        return moment
    later = [moment]
    if not end.sure and (since is None or end.hour < 8):
        later.append(moment + timedelta(hours=12))
    if since is None or (since.hour >= EVENING and end.hour <= MIDDAY):
        later.append(moment + DAY)
    return next((each for each in later if each > base), moment)


def clocks_in(plain: str) -> Iterator[Clock | None]:
    for found in _CLOCK.finditer(plain):
        role, dash, hour, minute, part, _, until = found.groups()
        if until:
            yield Clock(False, True, _PARTS[until], 0, "", found.start(), True)
            continue
        followed = re.match(r"\s*[-–—]\s*\d", plain[found.end() :])
        named = role or dash or minute or part or followed or "час" in found[0]
        if not named or int(hour) > 24:
            continue
        ends = bool(dash) or bool(role and role not in _BEGINS)
        yield Clock(
            begins=bool(role in _BEGINS) if role else bool(followed and not dash),
            ends=ends,
            hour=int(hour),
            minute=int(minute or 0),
            part=part or "",
            at=found.start(),
            sure=bool(minute or part) or int(hour) >= 12,
        )


def at_clock(clock: Clock, day: date, now: datetime, part: str, *, guess: bool = True) -> datetime:
    hour, part = clock.hour, clock.part or part
    if (part in ("дня", "вечера") and hour < 12) or (part == "ночи" and hour == 12):
        hour += 12
    elif guess and not part and not clock.sure and 0 < hour < 7:
        hour += 12  # nobody plans works for «с 2» of the night without saying so
    wall = datetime.combine(day, time(hour % 24, clock.minute), tzinfo=now.tzinfo)
    return wall + timedelta(days=hour // 24)


def after(lasts: re.Match[str], since: datetime) -> datetime:
    half, count, unit = lasts.groups()
    if half:
        many, unit = 30.0, "мин"
    else:
        many = (
            1.5
            if count == "полтора"
            else NUMBERS.get(count or "") or float((count or "1").replace(",", "."))
        )
    minutes = many * (1 if unit.startswith("мин") else 60 if unit.startswith("ч") else 24 * 60)
    # Through UTC: an hour is an hour even when the clocks are changed.
    return (since.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(since.tzinfo)


def named_day(found: re.Match[str], now: datetime) -> date:
    """Raises `ValueError` for a day that no month has."""
    word, of_week, day, month, year, figure, of_year, in_year = found.groups()
    if word:
        return now.date() + timedelta(days=-1 if word == "вчера" else DAYS_AHEAD[word])
    if of_week:
        return next_weekday(stem_of(of_week), now)
    if day:
        return near(int(day), month_of(month), year, now)
    return near(int(figure), int(of_year), in_year, now)


def stem_of(weekday: str) -> str:
    stems = ("понедельник", "вторник", "сред", "четверг", "пятниц", "суббот", "воскресень")
    return next(stem for stem in stems if weekday.startswith(stem))


def near(day: int, month: int, year: str | None, now: datetime) -> date:
    if year:
        return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    named = date(now.year, month, day)
    return named if named > now.date() - LONG_AGO else date(now.year + 1, month, day)
