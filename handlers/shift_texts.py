"""Words about shifts: who is on duty, what is handed over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from handlers import promise_texts
from handlers.summary_texts import name_whom, numbers
from handlers.wording import MONTHS, ROLES

NOTE = "Заметка: "
NOBODY = "никого"
IN_GENERAL = "Готово. Сводка — в общем чате группы."
NOT_ON_DUTY = "Сдавать нечего: вы сейчас не на смене. Начать — /shift."
NOT_TO_YOURSELF = "Самому себе смену не сдать. Просто закончить — /shift сдать."
START_ANYWAY = "Заступить самому — /shift начать."


def since(began: datetime, now: datetime) -> str:
    """«с 08:02», «с 20:00 3 марта». Local moments both."""
    day = "" if began.date() == now.date() else f" {began.day} {MONTHS[began.month - 1]}"
    return f"с {began:%H:%M}{day}"


def duty(members: Sequence[tuple[str, str, str]]) -> str:
    """`members`: name, role and since when. «Анна Соколова с 08:02; Пётр Ильин, мастер, с 09:00»"""
    return "; ".join(
        f"{name} {began}" if role == "dispatcher" else f"{name}, {ROLES[role]}, {began}"
        for name, role, began in members
    ) or NOBODY  # fmt: skip


def began(name: str, others: str, handed: str, standing: str) -> str:
    together = "" if others == NOBODY else f"Ещё на смене: {others}."
    return "\n".join(filter(None, [f"🟢 Смену начинает {name}.", together, handed, standing]))


def handed(name: str, at: str, note: str) -> str:
    return f"Прошлую смену ({name}, до {at}) передали так: {note}" if note else ""


def on_duty_already(on_duty: str) -> str:
    return f"На смене: {on_duty}. Вы среди них; сдать — /shift сдать и пара слов для сменщика."


def list_of_rooms(rooms: Sequence[tuple[str, str]]) -> str:
    lines = [f"{title}: {on_duty}" for title, on_duty in rooms]
    return "\n".join(["На смене сейчас:", *lines, START_ANYWAY])


def ended(name: str, to: str, summary: str) -> str:
    taken = f", принимает {to}" if to else ""
    return f"🔴 Смену сдаёт {name}{taken}.\n{summary}"


def summary(standing: str, note: str) -> str:
    return f"{standing}\n{NOTE}{note}" if note else standing


def note_of(summary: str) -> str:
    return summary.partition(NOTE)[2]


def standing(
    open_: int,
    unanswered: Sequence[int | None],
    overdue: Sequence[int],
    promised: Sequence[tuple[int | str, str]],
    waiting: int,
    to_call: int,
) -> str:
    """What is on the table, without what there is none of. `promised`: to whom and term."""
    promises = [f"{name_whom(whom)} {until}" for whom, until in promised]
    lines = [f"Открыто обращений: {open_}" if open_ else "Открытых обращений нет."]
    if unanswered:
        lines.append(f"Ждут ответа дольше срока: {counted(unanswered)}")
    if overdue:
        lines.append(f"Просрочено: {counted(overdue)}")
    if promises:
        lines.append(f"Обещано жителям: {'; '.join(promises)}")
    if waiting:
        lines.append(f"Ждём ответа жителей: {waiting}")
    if to_call:
        lines.append(f"Обзвонить: {to_call}")
    return "\n".join(lines)


def counted(found: Sequence[int | None]) -> str:
    """«3 — №1001, №1003 и ещё 1»"""
    named = numbers(found)
    return named if named == str(len(found)) else f"{len(found)} — {named}"


def nobody_called(words: str) -> str:
    return (
        f"Кому сдать, не поняли: «{words[:40]}». Можно так: /shift — начать, /shift сдать и пара "
        "слов, /shift Борис — передать коллеге."
    )


def several(names: Sequence[str]) -> str:
    return f"Таких коллег несколько: {', '.join(names)}. Напишите имя целиком."


def forgotten(name: str, began: str) -> str:
    first = promise_texts.first_name(name)
    return (
        f"Смену, которую {name} ведёт {began}, никто не сдал, и мы её закончили. {first}, если вы "
        "ещё работаете, начните новую: /shift."
    )
