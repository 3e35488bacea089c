"""An article as a resident reads it: what it names in braces, in words, and its picture."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from services.access import AsResident
from services.company.declaration import DAYS, Article, Hours
from services.messaging.types import Attachment
from services.work import Work

WORKDAYS, WEEKEND = DAYS[:5], DAYS[5:]
ON_DAY = {
    "mon": "в понедельник", "tue": "во вторник", "wed": "в среду", "thu": "в четверг",
    "fri": "в пятницу", "sat": "в субботу", "sun": "в воскресенье",
}  # fmt: skip
SHORT = {
    "mon": "пн", "tue": "вт", "wed": "ср", "thu": "чт", "fri": "пт", "sat": "сб", "sun": "вс",
}  # fmt: skip
YOUR_HOUSE = "ваш дом"
YOUR_COMPLEX = "ваш ЖК"


async def write_out(work: Work, article: Article, viewer: AsResident | None = None) -> str:
    """The answer with everything filled in; `viewer`: whose house and hours it speaks of, else the
    company's."""
    company = await work.company.profile()
    places = await work.people.places(viewer) if viewer else []
    complex_id = await work.articles.complex_of(viewer) if viewer else None
    place = next((p for p in places if p.complex_id == complex_id), None)
    room = await work.rooms.of_complex(complex_id)
    own = [Hours.model_validate(each) for each in room.rules.get("hours", ())]
    known = {each.id: each.name for each in await work.places.complexes()}
    values = {
        "company": company.name,
        "phone": company.phone,
        "emergency_phone": company.emergency_phone,
        "site": company.site,
        "office_hours": name_hours(own or company.hours),
        "house": place.address if place else YOUR_HOUSE,
        "complex": known.get(complex_id or 0, YOUR_COMPLEX),
    }
    text = article.answer
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


async def attach_picture(work: Work, article: Article) -> tuple[Attachment, ...]:
    picture = await work.articles.picture(article.called)
    return (picture,) if picture else ()


def name_hours(hours: Sequence[Hours]) -> str:
    """«по будням с 8:00 до 20:00, перерыв с 13:00 до 14:00; в субботу с 10:00 до 16:00»"""
    by_day = {day: spans_of(hours, day) for day in DAYS}
    alike: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for day in DAYS:
        if by_day[day]:
            alike.setdefault(by_day[day], []).append(day)
    parts = [f"{name_days(days)} {name_spans(spans)}" for spans, days in alike.items()]
    if list(alike) == [(("00:00", "24:00"),)] and len(next(iter(alike.values()))) == len(DAYS):
        return "круглосуточно"
    return "; ".join(parts)


def spans_of(hours: Sequence[Hours], day: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((each.opens, each.closes) for each in hours if day in each.days))


def name_days(days: Sequence[str]) -> str:
    if tuple(days) == DAYS:
        return "каждый день"
    if tuple(days) == WORKDAYS:
        return "по будням"
    if tuple(days) == WEEKEND:
        return "по выходным"
    if len(days) == 1:
        return ON_DAY[days[0]]
    places = [DAYS.index(day) for day in days]
    if len(days) > 2 and places == list(range(places[0], places[0] + len(places))):
        return f"{SHORT[days[0]]}–{SHORT[days[-1]]}"
    return ", ".join(SHORT[day] for day in days)


def name_spans(spans: Sequence[tuple[str, str]]) -> str:
    if tuple(spans) == (("00:00", "24:00"),):
        return "круглосуточно"
    text = f"с {name_time(spans[0][0])} до {name_time(spans[-1][1])}"
    for (_, ended), (begins, _) in pairwise(spans):
        text += f", перерыв с {name_time(ended)} до {name_time(begins)}"
    return text


def name_time(moment: str) -> str:
    """«8:00»; midnight is what people call it."""
    if moment == "24:00":
        return "полуночи"
    return moment.removeprefix("0") if moment != "00:00" else "полуночи"
