"""Words about promises: on the card, to members, to the resident whom one was not kept for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from handlers import wording

NONE_HERE = (
    "Обещаний здесь нет. Напишите жителю, например, «до 15:00» — запомним сами. Договорились по "
    "телефону? Запишите так: /promise 15:00."
)
NOTHING_TO_CANCEL = "Снимать нечего: обещаний здесь нет."


def term(until: datetime, now: datetime) -> str:
    """«до 15:00», «5 марта до 12:00»: true on whatever day it is read. Local moments both."""
    if until.date() == now.date():
        return f"до {until:%H:%M}"
    year = f" {until.year}" if until.year != now.year else ""
    return f"{until.day} {wording.MONTHS[until.month - 1]}{year} до {until:%H:%M}"


def first_name(name: str) -> str:
    return name.split()[0] if name.split() else name


def standing(promises: Sequence[tuple[str, str]]) -> str:
    """`promises`: term and member. «Обещано: до 15:00, Анна»"""
    return "Обещано: " + "; ".join(f"{until}, {first_name(name)}" for until, name in promises)


def set_by_hand(until: str, name: str) -> str:
    return f"Обещано жителю {until} — {name}. Самому жителю это сообщение не ушло."


def cancelled(name: str) -> str:
    return f"Обещание снято, напоминать не будем — {name}."


def not_understood(words: str) -> str:
    return (
        f"Не поняли, до какого времени: «{words[:40]}». Или оно уже прошло. Можно так: "
        "/promise 16:00, /promise завтра до 12, /promise до пятницы; снять — /promise нет."
    )


def soon(until: str, name: str) -> str:
    return (
        f"⏰ {first_name(name)}, жителю обещано {until}. Не успеваете — напишите ему новое время. "
        "Уже не нужно — /promise нет."
    )


def missed(until: str, name: str, *, call: bool) -> str:
    told = "Позвоните ему, пожалуйста, и назовите новое время: мессенджера у него нет."
    if not call:
        told = "Житель об этом знает и ждёт: напишите ему, пожалуйста, новое время."
    return f"⚠️ Обещание не сдержали: {until}, {first_name(name)}. {told}"


def missed_to_resident(until: str, phone: str) -> str:
    return (
        f"Обещали вам {until} и, похоже, не успели. О вас помним: диспетчеру напомнили, он "
        f"напишет новое время. Если ждать нельзя, звоните: {phone}."
    )
