"""The words of `/readings` and `/reading`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from handlers.resident.readings_texts import month
from handlers.wording import plural
from services.meters.counts import HouseCount
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
HOW_TO_GIVE = "Чтобы внести показания за жителя, напишите номер лицевого счёта: /reading 0012345."
NO_ACCOUNT = "Такого лицевого счёта нет или он не ваших домов. Проверьте номер: /reading 0012345."
OUTSIDE = "не из списка домов"
CANCELLED = "Показания не записаны."
MOST = 40


def overview(first: date, houses: Sequence[HouseCount], new: int) -> str:
    if not houses:
        return "Счётчиков в базе нет. Загрузите их файлом: пришлите его сюда."
    lines = [f"Показания за {month(first)}, передано счётчиков:"]
    for each in houses[:MOST]:
        share = round(100 * each.sent / each.meters)
        where = each.address or OUTSIDE
        lines.append(f"• {where}: {each.sent} из {each.meters} ({share} %)")
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


def missing(first: date, count: int) -> str:
    return f"Кто не передал показания за {month(first)}: счётчиков {count}. Список — в файле."


def missing_name(first: date) -> str:
    return f"Не передали показания {first:%Y-%m}.xlsx"
