"""How things are called in words: places, people, moments, statuses. Used by every conversation."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.company.declaration import Company
from services.people import Place
from services.tables import Member, Ticket

MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip

FLAT_KINDS = {
    "flat": "кв. ", "parking": "машино-место ", "storeroom": "кладовая ", "office": "помещение ",
}  # fmt: skip

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
    if not place.flat:
        return place.address
    return f"{place.address}, {FLAT_KINDS[place.flat_kind]}{place.flat}"


def name_flat(place: Place) -> str:
    return f"{FLAT_KINDS[place.flat_kind]}{place.flat}" if place.flat else place.address


def name_ticket(ticket: Ticket) -> str:
    return f"№{ticket.number}"


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


def name_moment(moment: datetime, now: datetime) -> str:
    """«сегодня в 18:40», «5 марта в 09:00»"""
    return f"{name_day(moment, now)} в {moment:%H:%M}"


def name_term(hours: int) -> str:
    """«30 минут» is never a term here: hours up to two days, then days."""
    if hours <= 48:
        return f"{hours} {plural(hours, 'час', 'часа', 'часов')}"
    days = -(-hours // 24)
    return f"{days} {plural(days, 'день', 'дня', 'дней')}"


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
