"""How things are called in words: places, people, moments, statuses. Used by every conversation."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta

from services.company.declaration import Company
from services.people import Place
from services.tables import Member

MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip

STATUSES = {
    "new": "новая",
    "accepted": "принята",
    "in_progress": "в работе",
    "waiting": "ждёт вашего ответа",
    "done": "выполнена",
    "declined": "отклонена",
}

ROLES = {
    "dispatcher": "диспетчер", "executor": "мастер", "manager": "управляющий",
    "admin": "администратор",
}  # fmt: skip


def name_place(place: Place) -> str:
    """«ул. Садовая, 5, кв. 12»"""
    return f"{place.address}, {name_number(place.flat)}" if place.flat else place.address


def name_number(number: str) -> str:
    """«кв. 12»; places that are no flats have their own word in the number: «м/м 15»."""
    return f"кв. {number}" if number[:1].isdigit() else number


def name_answer(question: str, answer: str) -> str:
    """«Где нет света: В подъезде» of a form's question and its answer."""
    return f"{question.strip().rstrip('?:.')}: {answer}"


def name_phone(phone: str) -> str:
    """«+7 912 345-67-89»; others as they are."""
    if len(phone) != 12 or not phone.startswith("+7"):
        return phone
    return f"+7 {phone[2:5]} {phone[5:8]}-{phone[8:10]}-{phone[10:]}"


def sign_member(member: Member) -> str:
    """«Анна, диспетчер»: how a resident sees who answers."""
    return f"{member.name}, {member.title or ROLES[member.role]}"


def name_day(moment: datetime, now: datetime) -> str:
    """Local moments both. «сегодня», «завтра», «5 марта»"""
    if moment.date() == now.date():
        return "сегодня"
    if moment.date() == (now + timedelta(days=1)).date():
        return "завтра"
    if moment.year != now.year:
        return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"
    return f"{moment.day} {MONTHS[moment.month - 1]}"


def name_date(day: date, today: date) -> str:
    """«15 декабря», with the year where it is another."""
    year = f" {day.year}" if day.year != today.year else ""
    return f"{day.day} {MONTHS[day.month - 1]}{year}"


def name_sum(kopecks: int) -> str:
    """«4 512,30 ₽», which no line breaks."""
    roubles, rest = divmod(abs(kopecks), 100)
    sign = "−" if kopecks < 0 else ""
    return f"{sign}{roubles:,}".replace(",", "\u00a0") + f",{rest:02d}\u00a0₽"


def name_moment(moment: datetime, now: datetime) -> str:
    """«сегодня в 18:40», «5 марта в 09:00»"""
    return f"{name_day(moment, now)} в {moment:%H:%M}"


def plural(count: int, one: str, few: str, many: str) -> str:
    if count % 100 in (11, 12, 13, 14):
        return many
    return one if count % 10 == 1 else few if count % 10 in (2, 3, 4) else many


def fill(text: str, company: Company) -> str:
    """The variables that the company's own words may use."""
    values = {
        "company": company.name,
        "phone": company.phone,
        "emergency_phone": company.emergency_phone,
        "site": company.site,
    }
    for key, value in values.items():
        text = text.replace("{" + key + "}", value)
    return text


def name_span(seconds: float) -> str:
    """«5 мин», «3 ч»: rounded up."""
    minutes = math.ceil(seconds / 60)
    return f"{minutes} мин" if minutes < 120 else f"{math.ceil(minutes / 60)} ч"
