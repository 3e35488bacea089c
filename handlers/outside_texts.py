"""Words about organisations that do some of the work instead of us."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from handlers import wording
from services.company.declaration import Organisation
from services.tables import Ticket

DONE = "Сделано"
LATER = "Напомнить завтра"
OURS = ("нам", "нас", "мы", "себе", "обратно")


def told_at_filing(outside: Organisation) -> str:
    return (
        f"Этим занимается {outside.title}, телефон {outside.phone}. "
        "Передаём им вашу заявку и проследим."
    )


def told_later(outside: Organisation) -> str:
    return (
        f"Вашей заявкой занимается {outside.title}, телефон {outside.phone}. "
        "Мы передали её и проследим."
    )


OURS_AGAIN = "Вашей заявкой занимаемся мы сами."


def line(outside: Organisation, remind: datetime | None, now: datetime) -> str:
    """On the card."""
    when = f"; спросим {wording.name_moment(remind, now)}" if remind else ""
    return f"Передать и проследить: {outside.title}, {outside.phone}{when}"


def ask(ticket: Ticket, outside: Organisation, passed: datetime, now: datetime) -> str:
    return (
        f"Сделали ли? Заявка №{ticket.number} ({ticket.what}, {ticket.place}) у организации "
        f"{outside.title} с {wording.name_moment(passed, now)}. Их телефон: {outside.phone}."
    )


def later(ticket: Ticket, moment: datetime, now: datetime) -> str:
    return f"Заявка №{ticket.number}: спросим {wording.name_moment(moment, now)}."


def passed(ticket: Ticket, outside: Organisation, name: str) -> str:
    return f"Заявка №{ticket.number} передана: {outside.title}, {outside.phone} — {name}."


def taken_back(ticket: Ticket, name: str) -> str:
    return f"Заявка №{ticket.number} снова наша — {name}."


def already(ticket: Ticket, outside: Organisation | None) -> str:
    if outside is None:
        return f"Заявка №{ticket.number} и так наша."
    return f"Заявка №{ticket.number} уже передана: {outside.title}."


def ended(ticket: Ticket) -> str:
    return f"Заявка №{ticket.number} закрыта. Сначала верните её: /reopen."


def which(organisations: Sequence[Organisation]) -> str:
    if not organisations:
        return (
            "Организаций, которым передают заявки, в файле компании нет. Администратор впишет их "
            "в раздел organisations."
        )
    listed = "\n".join(f"/pass {each.code} — {each.title}" for each in organisations)
    return f"Кому передать?\n{listed}\n/pass нам — вернуть себе"
