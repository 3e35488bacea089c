"""The words of «Показания»."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from handlers.interruption_texts import MONTHS as NAMES
from handlers.wording import MONTHS, plural
from services.accounts.holdings import Held
from services.meters.checks import Mark
from services.meters.figures import FigureWrong, write_figure
from services.meters.meters import MeterSeen

SEND_READINGS = "Передать показания"
SEND = "Отправить"
CORRECT = "Исправить"
YES = "Да, всё верно"
RETYPE = "Ввести заново"
SAID = (SEND_READINGS, "сдать показания", "отправить показания", "внести показания")
AGREEING = ("да", "верно", "да верно", "все верно", "да все верно", "правильно", "все правильно")

RESOURCES = {
    "cold_water": "Холодная вода", "hot_water": "Горячая вода", "electricity": "Электричество",
    "gas": "Газ", "heating": "Отопление",
}  # fmt: skip
UNITS = {"electricity": "кВт·ч", "heating": "Гкал"}
TARIFFS = {2: ("день", "ночь"), 3: ("день", "ночь", "полупик")}

CONNECT_FIRST = "Чтобы передавать показания, сначала подключим лицевой счёт. Это один раз."
NO_METERS = (
    "Счётчиков по этому счёту у нас не записано. Если они у вас есть, напишите диспетчеру: внесём."
)
LINK = (
    "Передать показания можно на нашей странице, прошлые тоже видны там. Ссылка откроется один раз "
    "в течение 15 минут, пересылать её не нужно."
)
WHICH_ACCOUNT = "По какому адресу передать показания?"
WHICH_TO_CORRECT = "Что исправить?"
PHOTO_KEPT = (
    "Фото получили и сохраним вместе с показаниями. Напишите, пожалуйста, цифры со счётчика."
)
NOT_TAKEN = "Показания не отправлены. Вернуться можно в любой день: «Показания»."
NOTHING_GIVEN = "Вы пропустили все счётчики, отправлять нечего."
SAME = "Эти показания у нас уже записаны."
CHANGED_MEANWHILE = "Счётчик за это время изменился в нашем списке. Начните, пожалуйста, сначала."

WHY = {
    "empty": "Напишите, пожалуйста, цифры со счётчика, например 123,4.",
    "words": "Не вижу показаний. Напишите только цифры со счётчика, например 123,4.",
    "negative": "Показания не бывают меньше нуля. Напишите цифры без минуса, например 123,4.",
    "long": "Слишком много цифр: до запятой бывает не больше девяти. Проверьте, пожалуйста.",
    "fine": "После запятой бывает не больше трёх цифр, например 123,456. Проверьте, пожалуйста.",
}
DOUBTS: dict[Mark, str] = {
    "less": "меньше прошлого показания",
    "rolled": "меньше прошлого: похоже, счётчик пошёл по новому кругу",
    "much": "намного больше, чем обычно",
    "digits": "цифр больше, чем помещается на этом счётчике",
    "unverified": "у счётчика закончился срок поверки",
}


def name_accounts(held: Sequence[Held], *, numbered: bool) -> list[str]:
    """Buttons that differ. `numbered`: accounts may be named by their number here."""
    labels: list[str] = []
    places = [each.place for each in held]
    for each in held:
        label = each.place or "Счёт"
        if places.count(each.place) > 1:
            label = f"{label}, счёт {each.number}" if numbered else label
        same = sum(known == label or known.startswith(f"{label} (") for known in labels)
        labels.append(f"{label} ({same + 1})" if same else label)
    return labels


def name_meter(meter: MeterSeen) -> str:
    """«Холодная вода, кухня, № 123»"""
    return ", ".join(filter(None, [RESOURCES[meter.resource], meter.title, f"№ {meter.number}"]))


def figures(values: Sequence[int], resource: str = "") -> str:
    """«123,4 м³»; of several tariffs «день 100, ночь 50 кВт·ч»"""
    unit = f" {UNITS.get(resource, 'м³')}" if resource else ""
    names = TARIFFS.get(len(values))
    if not names:
        return write_figure(values[0]) + unit
    named = (f"{name} {write_figure(each)}" for name, each in zip(names, values, strict=True))
    return ", ".join(named) + unit


def month(first: date) -> str:
    return f"{NAMES[first.month - 1]} {first.year}"


def day(moment: date) -> str:
    return f"{moment.day} {MONTHS[moment.month - 1]}"


def when(meter: MeterSeen) -> str:
    """What this month means now; empty inside the window."""
    counts = meter.counts
    if counts.open:
        return ""
    if meter.late and counts.missed and counts.missed_closed:
        return (
            f"За {month(counts.missed)} показания принимали по {day(counts.missed_closed)}. "
            f"Примем и сейчас, но засчитаем за {month(counts.month)}."
        )
    return (
        f"За {month(counts.month)} показания принимаем с {day(counts.opens)} "
        f"по {day(counts.closes)}. Можно и сейчас: засчитаем за {month(counts.month)}."
    )


def ask(meter: MeterSeen, *, shows: bool, every: int, first: bool) -> str:
    """`shows`: what stood there before may be shown here."""
    lines = [when(meter)] if first else []
    lines.append(name_meter(meter))
    if shows and meter.last is not None:
        lines.append(f"Прошлые показания: {figures(meter.last.figures, meter.resource)}")
    if shows and meter.sent is not None and meter.open:
        lines.append(f"Сейчас записано: {figures(meter.sent.figures, meter.resource)}")
    names = TARIFFS.get(meter.tariffs)
    lines.append(
        f"Напишите через пробел: {', '.join(names)}." if names else "Что на счётчике сейчас?"
    )
    if first:
        hint = "Можно прислать и фото."
        if every > meter.tariffs:
            hint += (
                f" А можно все счётчики сразу, одной строкой через пробел: {every} "
                f"{plural(every, 'число', 'числа', 'чисел')} по порядку."
            )
        lines.append(hint)
    return "\n".join(filter(None, lines))


def order(meters: Sequence[MeterSeen]) -> str:
    return "По порядку: " + "; ".join(name_meter(meter) for meter in meters)


def wrong(refusal: FigureWrong, meter: MeterSeen, every: int) -> str:
    if refusal.why != "count":
        return WHY[refusal.why]
    return wrong_count(refusal.found, meter.tariffs, every)


def wrong_count(found: int, wanted: int, every: int) -> str:
    told = f"Вижу {found} {plural(found, 'число', 'числа', 'чисел')}, а нужно {wanted}"
    if every > wanted:
        told += f" для этого счётчика или {every} для всех сразу"
    return f"{told}. Напишите, пожалуйста, ещё раз."


def doubt(meter: MeterSeen, given: Sequence[int], doubts: Sequence[Mark]) -> str:
    return (
        f"{name_meter(meter)}: {figures(given, meter.resource)}. "
        f"Проверьте, пожалуйста: {'; '.join(DOUBTS[each] for each in doubts)}. "
        "Если на счётчике так и есть, примем."
    )


def line(meter: MeterSeen, given: Sequence[int], used: Sequence[int] | None) -> str:
    told = f"• {name_meter(meter)}: {figures(given, meter.resource)}"
    return f"{told} (расход {figures(used, meter.resource)})" if used is not None else told


def summary(lines: Sequence[str], notes: Sequence[str]) -> str:
    return "\n".join(["Проверьте, пожалуйста:", *lines, *dict.fromkeys(filter(None, notes))])


def taken(lines: Sequence[str], months: Sequence[date]) -> str:
    named = ", ".join(month(each) for each in dict.fromkeys(months))
    return "\n".join([f"Спасибо! Приняли показания за {named}:", *lines])


def all_sent(place: str, lines: Sequence[str], months: Sequence[date]) -> str:
    named = ", ".join(month(each) for each in dict.fromkeys(months))
    told = f"показания за {named} уже у нас."
    return "\n".join([f"{place}: {told}" if place else told.capitalize(), *lines])


def reminder(first: date, resources: Sequence[str], closes: date, *, everything: bool) -> str:
    what = "" if everything else f" ({', '.join(RESOURCES[r].lower() for r in resources)})"
    return f"Пора передать показания счётчиков за {month(first)}{what}. Принимаем по {day(closes)}."
