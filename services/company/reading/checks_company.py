"""The company's own section: telephones, site, time zone, hours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from zoneinfo import ZoneInfo, available_timezones

from services.company.declaration import Company, Hours, Room, SpecialDay
from services.company.reading.source import Loc, Source
from services.company.reading.vocabulary import CITIES, NEEDED
from services.company.reading.words import shown


def check_company(company: Company, source: Source) -> None:
    check_timezone(company.timezone, ("company",), source)
    for key, number in (("phone", company.phone), ("emergency_phone", company.emergency_phone)):
        if number and sum(letter.isdigit() for letter in number) < 3:
            what = f"{key}: «{shown(number)}» — это не телефон"
            source.say(("company", key), what, NEEDED[key][1])
    check_channel(company.telegram_channel, ("company",), source)
    for i, origin in enumerate(company.site_origins):
        if origin and not re.fullmatch(r"https?://[^/\s]+", origin):
            host = re.sub(r"^\w+://", "", origin).split("/")[0]
            source.say(
                ("company", "site_origins", i),
                f"site_origins: «{shown(origin)}» — это не адрес сайта без страницы",
                f'Напишите "https://{host}"',
            )
    check_times(company, ("company",), source)


def check_channel(name: str, at: Loc, source: Source) -> None:
    """A channel by its name, or by its id, which is below zero."""
    if not name or re.fullmatch(r"@?[A-Za-z][A-Za-z0-9_]{3,31}|-100\d{6,}", name):
        return
    meant = re.sub(r"^(https?://)?t\.me/", "", name.strip("/ ")).removeprefix("@")
    shaped = meant if re.fullmatch(r"[A-Za-z]\w{3,31}", meant, re.ASCII) else "dom_news"
    what = f"telegram_channel: «{shown(name)}» — это не имя канала"
    source.say((*at, "telegram_channel"), what, f'Напишите "@{shaped}" или номер канала, -100…')


def check_times(entry: Company | Room, at: Loc, source: Source) -> None:
    """The hours and special days of the company or of a room."""
    _check_hours(entry.hours, at, source)
    seen: list[tuple[Loc, SpecialDay]] = []
    for i, day in enumerate(entry.special_days):
        here: Loc = (*at, "special_days", i)
        if not day.opens or not day.closes:
            continue
        if day.opens >= day.closes:
            source.say((*here, "closes"), *_too_early(day))
            continue
        for there, other in seen:
            if day.date == other.date and day.opens < other.closes and other.opens < day.closes:
                source.say(
                    here,
                    f"{day.date:%d.%m.%Y}: {day.opens}–{day.closes} накладывается на "
                    f"{other.opens}–{other.closes} (строка {source.line(there)})",
                    "Разведите часы: для обеда нужны две записи, до него и после",
                )
        seen.append((here, day))


def _too_early(hours: Hours | SpecialDay) -> tuple[str, str]:
    return (
        f"закрываемся в {hours.closes}, а открываемся в {hours.opens}",
        "Время closes должно быть позже opens; ночь разделите на две записи, "
        'до "24:00" и с "00:00"',
    )


def check_timezone(name: str, at: Loc, source: Source) -> None:
    try:
        if name and not name.startswith(("/", ".")):
            ZoneInfo(name)
            return
    except (ValueError, OSError, KeyError):
        pass
    meant = CITIES.get(name.casefold(), "")
    if not meant:
        zones = sorted(available_timezones())
        cities = {zone.rpartition("/")[2].casefold(): zone for zone in zones if "/" in zone}
        close = get_close_matches(name.rpartition("/")[2].casefold(), cities, n=1, cutoff=0.75)
        meant = cities[close[0]] if close else "Europe/Moscow"
    what = f"часового пояса «{shown(name)}» нет"
    source.say((*at, "timezone"), what, f"Напишите timezone: {meant}")


def _check_hours(all_hours: Sequence[Hours], at: Loc, source: Source) -> None:
    taken: list[tuple[Loc, Hours]] = []
    for i, hours in enumerate(all_hours):
        here: Loc = (*at, "hours", i)
        if not hours.opens or not hours.closes:
            continue
        if hours.opens >= hours.closes:
            source.say((*here, "closes"), *_too_early(hours))
            continue
        for seen, other in taken:
            same = [day for day in hours.days if day in other.days]
            if same and hours.opens < other.closes and other.opens < hours.closes:
                source.say(
                    here,
                    f"{', '.join(same)}: {hours.opens}–{hours.closes} накладывается на "
                    f"{other.opens}–{other.closes} (строка {source.line(seen)})",
                    "Разведите часы: для обеда нужны две записи, до него и после",
                )
        taken.append((here, hours))
