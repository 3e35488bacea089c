"""The words of outages: what residents are told, and what staff read of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.wording import MONTHS, name_moment
from services.tables import Outage

WEEKDAYS = (
    "в понедельник", "во вторник", "в среду", "в четверг", "в пятницу", "в субботу",
    "в воскресенье",
)  # fmt: skip


@dataclass(frozen=True)
class Thing:
    sign: str
    name: str
    gone: str  # of an accident
    to_go: str  # of planned works
    again: str


THINGS = {
    "cold_water": Thing(
        "💧", "Холодная вода", "Нет холодной воды", "Отключим холодную воду",
        "Холодная вода снова есть",
    ),
    "hot_water": Thing(
        "🚿", "Горячая вода", "Нет горячей воды", "Отключим горячую воду",
        "Горячая вода снова есть",
    ),
    "heating": Thing(
        "🌡", "Отопление", "Нет отопления", "Отключим отопление", "Отопление снова работает"
    ),
    "electricity": Thing(
        "💡", "Электричество", "Нет электричества", "Отключим электричество",
        "Электричество снова есть",
    ),
    "elevator": Thing(
        "🛗", "Лифт", "Лифт не работает", "Остановим лифт", "Лифт снова работает"
    ),
    "gas": Thing("🔥", "Газ", "Нет газа", "Отключим газ", "Газ снова есть"),
    "intercom": Thing(
        "🔔", "Домофон", "Домофон не работает", "Отключим домофон", "Домофон снова работает"
    ),
}  # fmt: skip
ACCIDENT = "🚨 Авария"
PLANNED = "🗓 Плановые работы"

# ── Buttons of residents ─────────────────────────────────────────────────────

OUTAGES = "Отключения"
MINE_TOO = "У меня тоже"
BACK = "Уже дали"
STILL_NONE = "Всё ещё нет"


def thing(outage: Outage) -> Thing:
    named = THINGS.get(outage.what)
    return named or Thing("🔧", outage.title, outage.title, outage.title, outage.title)


def name(outage: Outage) -> str:
    return thing(outage).name


# ── What residents are told ──────────────────────────────────────────────────


def header(outage: Outage, kind: str) -> str:
    it = thing(outage)
    other = outage.what == "other"
    if kind == "restored":
        return f"✅ {it.name}: снова в порядке" if other else f"✅ {it.again}"
    if kind == "cancelled":
        return f"❎ {it.name}: отменяется" if other else f"❎ {it.name}: отключения не будет"
    if kind == "reminder":
        return f"⏰ Напоминаем: {it.to_go[0].lower()}{it.to_go[1:]}"
    if kind == "prolonged":
        return f"{it.sign} {it.name}: срок изменился"
    return f"{it.sign} {it.to_go if outage.planned else it.gone}"


def body(
    outage: Outage, kind: str, places: Sequence[str], since: datetime, until: datetime | None,
    now: datetime,
) -> str:  # fmt: skip
    """Local moments. `now`: when residents read it."""
    lines = ["\n".join(places)]
    if kind == "restored":
        lines.append("Спасибо за терпение. Если у вас всё ещё не работает, нажмите кнопку ниже.")
    elif kind == "cancelled":
        lines.append("Извините за лишнее беспокойство.")
    elif kind == "prolonged":
        lines.append(longer(until, now))
    else:
        lines.append(
            planned_when(since, until) if outage.planned else since_when(since, until, now)
        )
        if outage.reason:
            lines.append(f"Причина: {outage.reason}")
        lines.append(closing(outage))
    return "\n".join(lines)


def longer(until: datetime | None, now: datetime) -> str:
    if until is None:
        return "Пока не знаем, когда закончим. Напишем, как только станет ясно."
    return f"Нужно другое время: должны закончить к {hour_and_day(until, now)}. Извините."


def closing(outage: Outage) -> str:
    if not outage.planned:
        return "Уже занимаемся. Напишем, когда всё заработает."
    if outage.what in ("cold_water", "hot_water"):
        return "Запаситесь, пожалуйста, водой и проверьте, закрыты ли краны."
    if outage.what == "electricity":
        return "Технику на это время лучше выключить из розетки."
    return "Извините за неудобства."


def planned_when(since: datetime, until: datetime | None) -> str:
    """«В среду, 4 марта, с 10:00 до 14:00»: it may be read on another day than it was written."""
    begins = f"{WEEKDAYS[since.weekday()]}, {since.day} {MONTHS[since.month - 1]},"
    begins = begins[0].upper() + begins[1:]
    if until is None:
        return f"{begins} с {since:%H:%M}. Когда закончим, напишем."
    if until.date() == since.date():
        return f"{begins} с {since:%H:%M} до {until:%H:%M}."
    return f"{begins} с {since:%H:%M} до {until:%H:%M} {until.day} {MONTHS[until.month - 1]}."


def since_when(since: datetime, until: datetime | None, now: datetime) -> str:
    begun = f"С {hour_and_day(since, now)}."
    if until is None:
        return f"{begun} Когда закончим, пока не знаем."
    return f"{begun} Должны закончить к {hour_and_day(until, now)}."


def hour_and_day(moment: datetime, now: datetime) -> str:
    """«18:00»; of another day «18:00 5 марта»"""
    clock = f"{moment:%H:%M}"
    if moment.date() == now.date():
        return clock
    return f"{clock} {moment.day} {MONTHS[moment.month - 1]}"


# ── What residents hear back ─────────────────────────────────────────────────

NOTHING = "Сейчас в ваших домах ничего не отключено, и отключать мы не собираемся."
NO_HOME = "Вы ещё не назвали свой адрес, поэтому не знаем, что у вас отключено."
OVER = "Это отключение уже закончилось. Если у вас не работает — напишите, разберёмся."
CALLED_OFF = "Это отключение отменили. Если у вас не работает — напишите, разберёмся."
FORGOTTEN = (
    "Похоже, это отключение уже закончилось, но подтверждения у нас пока нет. "
    "Если у вас не работает — напишите, разберёмся."
)
HEARD = {
    "mine_too": "Отметили: у вас тоже. Как заработает — напишем.",
    "back": "Спасибо, что сказали! Отметили, что у вас уже заработало.",
    "still_none": "Поняли, у вас всё ещё нет. Передали диспетчеру.",
}
HEARD_AFTER = {
    "back": "Спасибо! Отключение уже закончилось, хорошо, что и у вас работает.",
    "still_none": "Отключение уже закончилось, а у вас всё ещё нет. Передали диспетчеру.",
}


def ended(outage: Outage, places: Sequence[str], at: datetime, now: datetime) -> str:
    """Of the menu, local moments."""
    where = places[0] if len(places) == 1 else f"{places[0]} и ещё {len(places) - 1}"
    return f"{header(outage, 'restored')} ({where}): закончилось {name_moment(at, now)}."


IF_NOT = "Если у вас всё ещё не работает — напишите, разберёмся."


def ahead(outage: Outage) -> str:
    return f"Работы ещё не начались. {NOT_YET}" if outage.planned else NOT_YET


NOT_YET = "Если не работает уже сейчас — напишите, что случилось."


def to_elder(text: str, moment: datetime, now: datetime) -> str:
    when = sent_at(moment, now)
    return f"Вы старший по дому, поэтому знаете первыми. {when} жителям уйдёт:\n\n{text}"


def sent_at(moment: datetime, now: datetime) -> str:
    when = name_moment(moment, now)
    return when[0].upper() + when[1:]


# ── How things are called ────────────────────────────────────────────────────


def title(outage: Outage, places: Sequence[str]) -> str:
    where = places[0] if len(places) == 1 else f"{places[0]} и ещё {len(places) - 1}"
    return f"{thing(outage).sign} {name(outage)} · {where}"


MOST_RANGES = 40


def ranges(numbers: Sequence[str]) -> str:
    """«1–4, 7, 12а»"""
    plain = sorted({int(number) for number in numbers if number.isdecimal()})
    drawn: list[list[int]] = []
    for number in plain:
        if drawn and drawn[-1][1] == number - 1:
            drawn[-1][1] = number
        else:
            drawn.append([number, number])
    told = [f"{a}–{b}" if b > a else str(a) for a, b in drawn]
    told += sorted(number for number in numbers if not number.isdecimal())
    left = len(told) - MOST_RANGES
    return ", ".join(told[:MOST_RANGES]) + (f" и ещё {left}" if left > 0 else "")
