"""What staff read of one answer for many."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from textwrap import shorten

from handlers.wording import plural
from services.answer_all import LIVES, MOST
from services.tables import Thread, Ticket

CANCEL = "Отмена"
SHOWN = 10  # of the threads, by number
assert timedelta(hours=1) == LIVES

HOW = (
    "Один ответ всем, кто ждёт. Напишите, кому, двоеточие и текст:\n"
    "/answerall Садовая 5, горячая вода: Ремонтируем, дадим к 18:00.\n\n"
    "Кому — дом, вид заявки, то и другое или «всем». Сначала покажу, кому уйдёт, и спрошу."
)
NO_TEXT = f"Что ответить, непонятно: после двоеточия пусто. {HOW}"
NOT_ALLOWED = "Отвечать сразу всем могут диспетчер, управляющий и администратор."
TRAINEE = (
    "Ответы стажёра сначала смотрит коллега, поэтому сразу всем отправить нельзя. Попросите "
    "коллегу нажать «Отправить»."
)
NOBODY_LEFT = "Никому не ушло: все эти обращения уже закрыты или в тихом режиме."
ALREADY = "Этот ответ уже отправлен или отменён. Второй раз никому не ушло."
STALE = (
    "Этому списку больше часа, за это время многое изменилось. Ничего не отправлено. Напишите "
    "/answerall ещё раз."
)
CANCELLED = "Отменено, никому не ушло."


def bad_choice(typed: str, categories: Sequence[str]) -> str:
    return (
        f"Не понял, кому: «{typed[:60]}». Назовите дом, как он записан, и вид заявки: "
        f"{', '.join(categories[:15])}. Или напишите «всем»."
    )


def nobody(title: str) -> str:
    where = f" ({title})" if title else ""
    return f"Отвечать некому: открытых обращений нет{where}."


def too_many(title: str) -> str:
    where = f" ({title})" if title else ""
    return f"Открытых обращений больше {MOST}{where}. Назовите дом или вид заявки."


def preview(
    title: str, threads: Sequence[tuple[Thread, Ticket | None]], text: str, files: int
) -> str:
    names = [call(ticket, thread) for thread, ticket in threads[:SHOWN]]
    rest = len(threads) - len(names)
    listed = ", ".join(names) + (f" и ещё {rest}" if rest else "")
    count = len(threads)
    who = plural(count, "обращение", "обращения", "обращений")
    what = [f"«{text}»"] if text else []
    what += [f"📎 {files} {plural(files, 'файл', 'файла', 'файлов')}"] if files else []
    said = "\n".join(what)
    return f"{title or 'Все открытые'} — {count} {who}: {listed}.\n\nУйдёт каждому:\n{said}"


def call(ticket: Ticket | None, thread: Thread) -> str:
    return (
        f"№{ticket.number}"
        if ticket
        else f"разговор «{shorten(thread.subject, 60, placeholder='…')}»"
    )


def send(count: int) -> str:
    return f"Отправить всем ({count})"


def sent(count: int, dropped: int, name: str) -> str:
    where = plural(count, "обращение", "обращения", "обращений")
    tail = f" Не ушло: {dropped} — уже закрыты или в тихом режиме." if dropped else ""
    return f"Ответ отправлен в {count} {where} — {name}.{tail}"
