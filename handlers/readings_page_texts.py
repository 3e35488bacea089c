"""Words of «Показания» on the company's own page."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.resident import readings_texts
from handlers.resident.readings_texts import DOUBTS, TARIFFS, WHY, day, figures, month
from services.meters.checks import Mark
from services.meters.figures import FigureWrong
from services.meters.meters import MeterSeen, Shown

TITLE = "Показания счётчиков"
CLOSED = (
    "Здесь можно посмотреть прошлые показания и передать новые. Нажмите кнопку, и страница "
    "откроется на 15 минут — один раз и только в этом браузере."
)
OPEN = "Открыть"
HOW = "Напишите, что сейчас на счётчике. Какого счётчика нет под рукой, тот пропустите."
SEND = "Отправить"
SEND_CORRECTED = "Отправить исправленное"
CORRECT = "Исправить"
NOW = "Сейчас на счётчике"
PHOTO = "Фото, если хотите"
PHOTO_KEPT = "Фото сохранили."
OTHER_PHOTO = "Заменить фото"
YES = "Да, на счётчике так и есть"
NO_METERS = readings_texts.NO_METERS
TAKEN = "Спасибо! Показания приняли."
WRONG = "Пока ничего не отправлено. Поправьте, пожалуйста, отмеченное и отправьте ещё раз."
SURE_FIRST = "Пока ничего не отправлено. Проверьте, пожалуйста, отмеченное и отправьте ещё раз."
NOTHING_TYPED = "Напишите показания хотя бы одного счётчика."
NO_PICTURE = "Это не фото. Выберите, пожалуйста, снимок счётчика или отправьте без него."
TOO_LARGE = "Фото вместе больше 20 МБ. Выберите, пожалуйста, поменьше или отправьте без него."
SENT_BY_OTHER = "Показания за этот месяц по вашей квартире уже передали."


def tariffs(meter: MeterSeen) -> list[str]:
    """«День», «Ночь»; one that is alone has no name."""
    return [name.capitalize() for name in TARIFFS.get(meter.tariffs, ("",))]


def unit(meter: MeterSeen) -> str:
    return readings_texts.UNITS.get(meter.resource, "м³")


def last(shown: Shown, resource: str) -> str:
    return f"Прошлые показания: {figures(shown.figures, resource)}, за {month(shown.month)}"


def sent(shown: Shown, resource: str) -> str:
    return f"Уже передали: {figures(shown.figures, resource)}, за {month(shown.month)}"


def when(meter: MeterSeen) -> str:
    counts = meter.counts
    if counts.open:
        return f"Принимаем за {month(counts.month)} по {day(counts.closes)}."
    return readings_texts.when(meter)


def wrong(refusal: FigureWrong, tariff: str) -> str:
    why = WHY.get(refusal.why, "Здесь нужно одно число, например 123,4.")
    return f"{tariff}. {why}" if tariff else why


def meanwhile(meter: MeterSeen) -> str:
    """Something changed since the page was opened."""
    if meter.sent is None:
        return f"{when(meter)} Если согласны, отправьте ещё раз."
    return (
        f"Пока вы заполняли, по вашей квартире передали "
        f"{figures(meter.sent.figures, meter.resource)}. Если на счётчике не столько, отправьте "
        "ещё раз."
    )


def doubt(meter: MeterSeen, given: Sequence[int], doubts: Sequence[Mark]) -> str:
    told = "; ".join(DOUBTS[each] for each in doubts)
    return f"{figures(given, meter.resource)}: {told}. Проверьте, пожалуйста."
