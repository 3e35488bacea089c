"""What stands on paper: the dispatch journal, the work order, sheets for entrances, posters."""

from __future__ import annotations

from datetime import datetime

from handlers import wording
from handlers.staff_texts import STATUSES
from services.company.declaration import Company
from services.journal import Entry

SOURCES = {
    "phone": "звонок",
    "visit": "лично",
    "letter": "письмо",
    "other": "другое",
    "telegram": "Telegram",
    "vk": "ВКонтакте",
    "web": "чат на сайте",
    "max": "MAX",
}
# Title and width in the sheet's characters.
COLUMNS: tuple[tuple[str, int], ...] = (
    ("№", 8),
    ("Принята", 17),
    ("Как обратились", 14),
    ("Кто принял", 22),
    ("Адрес", 34),
    ("Вид заявки", 20),
    ("Что случилось", 60),
    ("Кто выполняет", 22),
    ("Срок", 17),
    ("Состояние", 16),
    ("Закрыта", 17),
    ("Фото", 7),
)
MOMENTS = (1, 8, 10)  # columns
LONGEST = 2000
BOT = "бот"


def title(company: Company) -> str:
    return f"Журнал заявок. {company.name}"


def subtitle(first: datetime, last: datetime, house: str, count: int) -> str:
    days = f"{first:%d.%m.%Y}" if first == last else f"{first:%d.%m.%Y} — {last:%d.%m.%Y}"
    return f"{house or 'Все дома'}, {days}. Заявок: {count}"


def cells(entry: Entry, local: dict[str, datetime | None]) -> list[str | int | datetime | None]:
    """A row of the journal; moments as local ones."""
    place = f"{entry.place} (подъезд {entry.entrance})" if entry.entrance else entry.place
    return [
        entry.number,
        local["created"],
        SOURCES.get(entry.source, entry.source),
        entry.accepted_by or BOT,
        place,
        f"{entry.what} (авария)" if entry.emergency else entry.what,
        entry.text[:LONGEST],
        entry.done_by,
        local["due"],
        STATUSES[entry.status],
        local["closed"],
        "есть" if entry.photo else "",
    ]


def file_name(first: datetime, last: datetime, house: str, suffix: str) -> str:
    days = f"{first:%d.%m.%Y}" if first == last else f"{first:%d.%m.%Y}-{last:%d.%m.%Y}"
    return f"Журнал заявок {house or 'все дома'} {days}.{suffix}".replace("/", "-")


def page(number: int) -> str:
    return f"стр. {number}"


# ── The work order ───────────────────────────────────────────────────────────

ORDER = "Наряд-заказ"


def order_title(number: int) -> str:
    return f"{ORDER} по заявке №{number}"


def order_name(number: int) -> str:
    return f"Наряд {number}.pdf"


DONE_WORK = "Работы выполнены (что сделано)"
MATERIALS = "Материалы"
ASSESSED = "Замечания жителя"
EXECUTOR_SIGNS = "Исполнитель"
RESIDENT_SIGNS = "Житель: работу принял(а)"
DATE = "Дата и время окончания"
SIGNED = "подпись, расшифровка"
NOBODY = "не назначен"


def visit_window(begins: datetime, ends: datetime) -> str:
    return f"{begins:%d.%m.%Y} с {begins:%H:%M} до {ends:%H:%M}"


def order_address(place: str, entrance: str, floor: int | None) -> str:
    parts = [f"подъезд {entrance}"] if entrance else []
    parts += [f"этаж {floor}"] if floor is not None else []
    return ", ".join([place, *parts])


def moment(at: datetime) -> str:
    return f"{at:%d.%m.%Y %H:%M}"


def phone(number: str | None) -> str:
    return wording.name_phone(number) if number else "нет"


# ── Sheets for entrances and posters ─────────────────────────────────────────

LOOK_AT_CODE = "Наведите камеру телефона на квадрат: откроется чат с нами, сразу о вашем доме."


def phones(company: Company) -> tuple[str, ...]:
    """The same number is written once."""
    if company.phone == company.emergency_phone:
        return (f"Телефон: {company.phone}",)
    return (
        f"Диспетчер: {company.phone}",
        f"Аварийная служба, круглосуточно: {company.emergency_phone}",
    )


def made_on(now: datetime) -> str:
    return f"Напечатано {now:%d.%m.%Y в %H:%M}"


def sheet_name(title: str) -> str:
    about = "".join(" " if each in '/\\:*?"<>|' else each for each in title[:60]).strip()
    return f"Листок для подъезда. {about}.pdf"


POSTERS_NAME = "Плакаты с кодами.pdf"
POSTER_HEAD = "Пишите нам, когда удобно"
POSTER_WHAT = (
    "Течёт, не работает лифт, есть вопрос о плате или просто нужен совет — напишите, и вам ответит "
    "человек. Заявка не потеряется: всегда видно, что с ней. А об отключениях воды и света "
    "мы предупредим сами."
)
POSTER_HOW = (
    "Включите камеру телефона, как будто хотите сфотографировать.",
    "Наведите её на квадрат ниже и подержите, пока не появится ссылка.",
    "Нажмите на ссылку, потом на слово «Начать». Всё, мы на связи.",
)
POSTER_ELSE = "Не получается? Попросите соседа помочь или позвоните нам, как раньше."


def poster_place(address: str, entrance: str) -> str:
    return f"{address}, подъезд {entrance}" if entrance else address
