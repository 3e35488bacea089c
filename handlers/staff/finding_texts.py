"""What staff read of what they looked for."""

from __future__ import annotations

from datetime import datetime

from handlers import staff_texts, wording
from services.finding import Found

WHAT_TO_FIND = (
    "Что найти? Например: /find 1001, /find Садовая 5 кв 12, /find Мария Иванова, "
    "/find 45-67 (конец телефона), /find течёт кран."
)
NO_HISTORY = "Раньше по этой квартире и от этого жителя ничего не было."
LONGEST_LINE = 160


def nothing(words: str) -> str:
    return (
        f"По словам «{words[:60]}» ничего не нашлось. Можно искать по номеру, квартире, имени, "
        "последним цифрам телефона и словам из переписки."
    )


def title(words: str, *, more: bool) -> str:
    tail = ", вот самые новые" if more else ""
    return f"Нашлось по «{words[:60]}»{tail}:"


HISTORY = "Что было раньше:"
PERSON, FLAT = "этот житель", "эта квартира"


def line(found: Found, at: datetime, now: datetime, why: str = "") -> str:
    """«№1001 · 5 марта · в работе · ул. Садовая, 5, кв. 12 · Лифт: стоит с утра»"""
    ticket = found.ticket
    if ticket is None:
        state = "разговор" if found.thread.state == "open" else "разговор закрыт"
        parts = [call(found), day(at, now), state, found.thread.subject]
    else:
        mark = "🚨 " if ticket.emergency else ""
        status = staff_texts.STATUSES[ticket.status]
        what = f"{mark}{ticket.what}"
        parts = [call(found), day(at, now), status, ticket.place, what]
    head = " · ".join(filter(None, [*parts, why]))
    words = f": {found.snippet}" if found.snippet else ""
    whole = head + words
    return whole if len(whole) <= LONGEST_LINE else whole[: LONGEST_LINE - 1].rstrip() + "…"


def call(found: Found) -> str:
    return f"№{found.ticket.number}" if found.ticket else "💬"


def button(found: Found) -> str:
    return f"№{found.ticket.number}" if found.ticket else f"💬 {found.thread.subject[:20]}"


def day(at: datetime, now: datetime) -> str:
    return wording.name_day(at, now)
