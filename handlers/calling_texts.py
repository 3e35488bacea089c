"""Words around residents without a messenger, whom a member calls."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from handlers import wording
from services.calls import Said, ToCall
from services.messaging.types import Kind
from services.tables import Call

CALLED = "Дозвонились"
NOT_REACHED = "Не дозвонились"
NO_NEED = "Звонить жителю уже не нужно."
OVER = "По этому разговору уже позвонили."
NOTHING = "Этому жителю сейчас ничего передавать не нужно."
NO_PHONE = "телефона нет"
NOBODY = "Звонить никому не нужно."
MOST_LISTED = 30

_FOR_SCREENS = re.compile(r"нажм|напиш|сюда|оцените|кнопк|выберите", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")


def line(phone: str, name: str, said: Sequence[Said], call: Call | None, tried: str) -> str:
    """`tried`: when nobody answered last."""
    if phone:
        who = ", ".join(filter(None, [name, wording.name_phone(phone)]))
        head = f"☎️ У жителя нет мессенджера: позвоните ({who}) и нажмите «{CALLED}»."
    else:
        head = (
            "У жителя нет ни мессенджера, ни телефона: передайте, когда он обратится, и нажмите "
            f"«{CALLED}»."
        )
    lines = [head, "Сказать:", *(f"— {spoken(each)}" for each in said)]
    if call is not None and call.tries:
        times = wording.plural(call.tries, "раз", "раза", "раз")
        lines.append(f"Не дозвонились: {call.tries} {times}, последний — {tried}.")
    return "\n".join(lines)


def called(name: str, when: str, said: Sequence[Said]) -> str:
    return "\n".join([f"☎️ Дозвонились — {name}, {when}.", *(f"— {spoken(each)}" for each in said)])


def spoken(said: Said) -> str:
    """What is said aloud: nobody presses a button over the phone."""
    if said.withdraws:
        return "прошлый ответ отменён: скажите об этом, если успели его передать"
    text = said.what.text
    if said.kind == Kind.NOTICE:
        told = [each for each in _SENTENCE.split(text) if not _FOR_SCREENS.search(each)]
        text = " ".join(told) or text
        text = ": ".join(filter(None, [said.what.header, text]))
    if said.corrects:
        text = f"поправка: {text}"
    if count := len(said.what.attachments):
        files = wording.plural(count, "файл", "файла", "файлов")
        text = f"{text} (приложено: {count} {files})".strip()
    return text


def listed(each: ToCall, name: str, since: datetime, now: datetime) -> str:
    """«№1001 · Иванова Мария · +7 912 345-67-89 · с сегодня в 14:20»"""
    parts = [
        f"№{each.ticket.number}" if each.ticket else each.thread.subject,
        name,
        wording.name_phone(each.phone) if each.phone else NO_PHONE,
        f"ждёт: {wording.name_moment(since, now)}",
        f"не дозвонились: {each.call.tries}" if each.call.tries else "",
    ]
    return " · ".join(part for part in parts if part)


def listing(lines: Sequence[str], count: int) -> str:
    if not lines:
        return NOBODY
    more = [f"…и ещё {count - len(lines)}"] if count > len(lines) else []
    return "\n".join(["Обзвонить:", *lines, *more])


def standing(phone: str, tries: int) -> str:
    number = wording.name_phone(phone) if phone else NO_PHONE
    again = f", не дозвонились {tries} {wording.plural(tries, 'раз', 'раза', 'раз')}"
    return f"Обзвонить: {number}{again if tries else ''}"


def moment(at: datetime, now: datetime) -> str:
    return wording.name_moment(at, now)
