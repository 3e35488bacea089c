"""The words of the list that fees are recalculated by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from handlers.outage_texts import THINGS, ranges
from handlers.wording import name_number
from services.interruptions import Interrupted

NOT_ALLOWED = "Список для перерасчёта получают управляющие и администраторы."
AHEAD = "Этот месяц ещё впереди. Напишите, например: /hours ноябрь."
SHEET = "Перерасчёт"
MONTHS = (
    "январь", "февраль", "март", "апрель", "май", "июнь",
    "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip
COLUMNS: tuple[tuple[str, int], ...] = (
    ("Адрес", 30),
    ("Квартиры", 34),
    ("Что отключали", 20),
    ("Перерывов", 11),
    ("Всего, ч", 10),
    ("Самый долгий, ч", 12),
    ("Можно за месяц, ч", 12),
    ("Можно подряд, ч", 12),
    ("Сверх, ч", 10),
    ("Снизить плату, %", 12),
    ("Примечание", 30),
)
HOW_COUNTED = (
    "По объявленным отключениям: от начала до «Дали, всё работает». Сверх — больше из двух: часы "
    "за месяц сверх месячных или каждого перерыва сверх допустимых подряд. Процент — за полные "
    "часы. Проверьте перед начислением."
)
WHOLE_HOUSE = "весь дом"
GOES_ON = "отключение ещё не закончено, часы посчитаны до срока или до этой минуты"
MOST_SHOWN = 10


def month(first: date) -> str:
    return f"{MONTHS[first.month - 1]} {first.year}"


def title(first: date, company: str) -> str:
    return f"Список для перерасчёта, {month(first)}. {company}"


def file_name(first: date) -> str:
    return f"Перерасчёт {first:%Y-%m}.xlsx"


def nothing(first: date) -> str:
    return f"За {month(first)} объявленных отключений нет, пересчитывать нечего."


def summary(first: date, found: Sequence[Interrupted]) -> str:
    beyond = [each for each in found if each.beyond]
    lines = [f"Отключения за {month(first)}: список для перерасчёта в файле."]
    if not beyond:
        return "\n".join([*lines, "Дольше допустимого не было ничего."])
    lines.append("Дольше допустимого:")
    lines += [line(each) for each in beyond[:MOST_SHOWN]]
    more = len(beyond) - MOST_SHOWN
    return "\n".join([*lines, *([f"и ещё {more}, они в файле"] if more > 0 else [])])


def line(it: Interrupted) -> str:
    where = it.address if not it.flats else f"{it.address}, {flats(it)}"
    less = f", плата меньше на {number(it.percent)} %" if it.percent else ""
    return f"• {where}: {thing(it).lower()} — {hours(it.total)}, сверх {hours(it.beyond)}{less}"


def cells(it: Interrupted) -> list[str | int | float]:
    def bound(span: timedelta | None) -> str | float:
        return "нет" if span is None else in_hours(span)

    return [
        it.address,
        flats(it) or WHOLE_HOUSE,
        thing(it),
        it.times,
        in_hours(it.total),
        in_hours(it.longest),
        bound(it.month_bound),
        bound(it.once_bound),
        in_hours(it.beyond),
        it.percent,
        GOES_ON if it.goes_on else "",
    ]


def thing(it: Interrupted) -> str:
    return THINGS[it.what].name if it.what in THINGS else it.title


def flats(it: Interrupted) -> str:
    return name_number(ranges(list(it.flats))) if it.flats else ""


def in_hours(span: timedelta) -> float:
    return round(span / timedelta(hours=1), 2)


def hours(span: timedelta) -> str:
    """«9 ч 30 мин»"""
    minutes = round(span.total_seconds() / 60)
    whole, rest = divmod(minutes, 60)
    return " ".join(
        filter(None, [f"{whole} ч" if whole or not rest else "", f"{rest} мин" if rest else ""])
    )


def number(value: float) -> str:
    return f"{value:g}".replace(".", ",")
