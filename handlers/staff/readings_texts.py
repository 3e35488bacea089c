"""The words of `/readings` and `/reading`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from handlers.resident.readings_texts import DOUBTS, RESOURCES, day, figures, month
from handlers.wording import plural
from services.meters.counts import HouseCount
from services.meters.marked import Kept
from services.tables import ReadingExport

NOT_ALLOWED = "Показаниями занимаются управляющие и администраторы."
IN_PRIVATE = (
    "О показаниях — только в личном чате с ботом или в диспетчерской: напишите /readings там."
)
NOBODY_MISSING = "Передали все."
NOTHING_NEW = "Новых показаний нет: всё уже выгружено. Прежние файлы — в журнале."
NO_EXPORTS = "Показания ещё не выгружали."
NO_SUCH_EXPORT = "Такой выгрузки нет. Все выгрузки — кнопка «Журнал» в /readings."
EXPORT_XLSX = "Выгрузить XLSX"
EXPORT_CSV = "Выгрузить CSV"
EXPORT_1251 = "CSV для старой 1С"
MISSING = "Кто не передал"
JOURNAL = "Журнал"
MARKED = "С отметками"
MORE = "Ещё"
NONE_MARKED = "Показаний с отметками нет."
NO_MORE_MARKED = "Раньше показаний с отметками нет."
NO_PHOTO = "Этого фото больше нет."
NOT_SHOWN_HERE = (
    "Показания и фото в этом мессенджере не показываем: так решила компания. Они есть в "
    "диспетчерской: напишите там /readings."
)
HOW_TO_GIVE = "Чтобы внести показания за жителя, напишите номер лицевого счёта: /reading 0012345."
NO_ACCOUNT = "Такого лицевого счёта нет или он не ваших домов. Проверьте номер: /reading 0012345."
OUTSIDE = "не из списка домов"
CANCELLED = "Показания не записаны."
MOST = 40


def overview(houses: Sequence[HouseCount], new: int) -> str:
    if not houses:
        return "Счётчиков в базе нет. Загрузите их файлом: пришлите его сюда."
    every = {each for house in houses for each in house.months}
    lines = [f"Показания за {name_months(every)}, передано счётчиков:"]
    for each in houses[:MOST]:
        share = round(100 * each.sent / each.meters)
        where = each.address or OUTSIDE
        whole = f"• {where}: {each.sent} из {each.meters} ({share} %)"
        lines.append(whole if every == set(each.months) else f"{whole}, {name_months(each.months)}")
    if len(houses) > MOST:
        lines.append(f"и ещё домов: {len(houses) - MOST}")
    lines.append(f"Ждут выгрузки: {new}." if new else "Всё переданное выгружено.")
    return "\n".join(lines)


def exported(export: ReadingExport) -> str:
    return (
        f"Выгрузка № {export.id}: {export.rows} "
        f"{plural(export.rows, 'показание', 'показания', 'показаний')}. "
        f"Второй раз они не попадут в новые файлы. Тот же файл снова: /readings {export.id}"
    )


def again(export: ReadingExport, *, same: bool) -> str:
    told = f"Выгрузка № {export.id} ещё раз."
    if same:
        return told
    return (
        f"{told} С тех пор в счетах или счётчиках что-то изменилось, файл отличается от прежнего."
    )


def journal(exports: Sequence[tuple[ReadingExport, datetime]]) -> str:
    lines = [
        f"№ {export.id}, {at:%d.%m.%Y %H:%M}: показаний {export.rows}, {export.layout}"
        for export, at in exports
    ]
    return "\n".join(["Выгрузки показаний:", *lines, "Тот же файл снова: /readings и номер."])


def missing(months: Iterable[date], count: int) -> str:
    return (
        f"Кто не передал показания за {name_months(months)}: счётчиков {count}. Список — в файле."
    )


def missing_name(first: date) -> str:
    return f"Не передали показания {first:%Y-%m}.xlsx"


def name_months(months: Iterable[date]) -> str:
    """«март 2026 и апрель 2026»: by the clock of a house, or by the window of a resource."""
    return " и ".join(month(each) for each in sorted(set(months)))


def photo_of(number: int) -> str:
    return f"Фото {number}"


def describe(kept: Kept) -> str:
    """«ул. Садовая, 5, кв. 4 — Холодная вода, кухня, № 11: 118 м³ за март 2026, передано 21 марта,
    меньше прошлого показания»"""
    meter = ", ".join(filter(None, [RESOURCES[kept.resource], kept.title, f"№ {kept.number}"]))
    told = f"{meter}: {figures(kept.figures, kept.resource)} за {month(kept.month)}"
    odd = [words for mark, words in DOUBTS.items() if mark in kept.marks]
    place = f"{kept.place} — " if kept.place else ""
    return ", ".join([f"{place}{told}", f"передано {day(kept.day)}", *odd])


def marked(shown: Sequence[Kept]) -> str:
    lines = [f"{number}. {describe(each)}." for number, each in enumerate(shown, 1)]
    return "\n".join(["Показания с отметками, новые сверху:", *lines])


def with_photos(shown: Sequence[Kept]) -> str:
    lines = [f"{number}. {describe(each)}." for number, each in enumerate(shown, 1)]
    return "\n".join(["К показаниям по этому счёту есть фото:", *lines])
