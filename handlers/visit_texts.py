"""Words about visits: offered, agreed, reminded of, in vain."""

from __future__ import annotations

from datetime import datetime

from handlers import wording
from services.company.declaration import Company
from services.tables import Member, Ticket

FITS = "Подходит"
OTHER_TIME = "Другое время"

HOW = (
    "Напишите так: /visit завтра 10-12, /visit сегодня 14:00-16:00 или /visit 25.11 9-12. "
    "Договорились по телефону — /visit согласован, отменить — /visit отмена."
)
NO_VISIT = f"Время визита не назначено. {HOW}"
NOTHING_OFFERED = f"Соглашаться пока не на что: время не предложено. {HOW}"
NOTHING_OFF = "Отменять нечего: визит не назначен."
PAST = "Это время уже прошло. Предложите другое, например: /visit завтра 10-12."
TOO_FAR = "Это больше чем через два месяца. Предложите время поближе."
NO_TICKET = "У этого разговора нет заявки, а время визита назначают заявке."
ENDED = "Заявка уже закрыта. Сначала верните её: /reopen."
ONE_OF_SEVERAL = "Предложено несколько вариантов. Назначьте один, например: /visit завтра 10-12."

STANDS = {
    "proposed": "предложен, ждём ответа жителя",
    "agreed": "согласован",
}


def window(begins: datetime, ends: datetime, now: datetime) -> str:
    """«завтра 10:00–12:00»; local moments."""
    return f"{wording.name_day(begins, now)} {begins:%H:%M}–{ends:%H:%M}"


def bad_window(typed: str) -> str:
    return f"Не понял время «{typed[:40]}». {HOW}"


def standing(window: str, state: str) -> str:
    return f"Визит: {window}, {STANDS[state]}"


NOBODY_HOME_STANDS = "Визит: дома никого не было, спросили другое время"


# ── To the resident ──────────────────────────────────────────────────────────


def offer(window: str) -> str:
    return f"Можем прийти {window}. Подойдёт?"


def agreed(window: str) -> str:
    return f"Договорились: ждите мастера {window}. Напомним заранее."


ASK_WHEN = "Напишите, когда вам удобно: день и время. Передадим диспетчеру."
NOT_OFFERED = "Это время больше не предлагаем. Напишите, когда вам удобно, — передадим диспетчеру."
OVER = "Это время уже прошло. Напишите, когда вам удобно, — передадим диспетчеру."
AGREED_ALREADY = "Это время уже записано, ждём встречи."
CLOSED = "Заявка уже закрыта, визит не нужен. Если не решено, нажмите «Не решено»."


def tomorrow(window: str, company: Company) -> str:
    return (
        f"Напоминаем: мастер придёт {window}. Если планы поменялись, нажмите «{OTHER_TIME}» "
        f"или позвоните: {company.phone}."
    )


def soon(window: str) -> str:
    return f"Мастер придёт {window}. Будьте, пожалуйста, дома."


def nobody_home(company: Company) -> str:
    return (
        "Мастер приходил, но дома никого не застал. Когда прийти ещё раз? "
        f"Выберите время или позвоните: {company.phone}."
    )


def called_off(window: str) -> str:
    return f"Визит {window} отменили. О новом времени напишем."


# ── To staff ─────────────────────────────────────────────────────────────────


def offered_line(ticket: Ticket, window: str, member: Member) -> str:
    return f"Заявка №{ticket.number}: предложили визит {window} — {member.name}. Ждём ответа."


def agreed_line(ticket: Ticket, window: str) -> str:
    return f"Заявка №{ticket.number}: визит {window} житель подтвердил."


def agreed_by_phone_line(ticket: Ticket, window: str, member: Member) -> str:
    return f"Заявка №{ticket.number}: визит {window} согласован — {member.name}."


def declined_line(ticket: Ticket, window: str) -> str:
    return f"Заявка №{ticket.number}: житель просит другое время вместо «{window}»."


def off_line(ticket: Ticket, window: str, member: Member) -> str:
    return f"Заявка №{ticket.number}: визит {window} отменён — {member.name}."


def nobody_home_line(ticket: Ticket, windows: str, member: Member) -> str:
    asked = f"предложили {windows}" if windows else "спросили другое время"
    return f"Заявка №{ticket.number}: дома никого — {member.name}. Жителю {asked}."


def soon_to_executor(ticket: Ticket, window: str) -> str:
    return f"Скоро визит: {window}, заявка №{ticket.number}, {ticket.place}."
