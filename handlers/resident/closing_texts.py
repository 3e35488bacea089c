"""Words on how things end, and on what is too much."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from handlers import wording
from services.company.declaration import Company
from services.tables import Ticket

SKIP_COMMENT = "Пропустить"
STILL_NEEDED = "Да, нужна"
NOT_NEEDED = "Уже не нужно"

# ── Rating ───────────────────────────────────────────────────────────────────
ASK_COMMENT = "Хотите добавить пару слов?"
COMMENT_TAKEN = "Спасибо, передали."
COMMENT_SKIPPED = "Хорошо, спасибо за оценку."
COMMENT_IN_WORDS = "Напишите, пожалуйста, словами — или нажмите «Пропустить»."
RATED_SAME = "Эта оценка у нас уже записана, спасибо."
NOT_DONE_YET = "Эта заявка не закрыта как выполненная, поэтому оценивать пока нечего."


def thanks(stars: int, *, again: bool, low: bool) -> str:
    if low:
        start = f"Записали {stars} из 5. Жаль, что так вышло, и спасибо, что сказали."
        return f"{start} Если проблема осталась, нажмите «Не решено» — вернёмся."
    return f"Поменяли оценку на {stars} из 5, спасибо!" if again else "Спасибо за оценку!"


# ── Silence ──────────────────────────────────────────────────────────────────
KEPT_OPEN = "Хорошо, заявка остаётся открытой. Напишите прямо сюда то, о чём спросил диспетчер."
CLOSED_BY_YOU = "Закрыли заявку. Если помощь всё-таки понадобится, нажмите «Не решено»."
ALREADY_ENDED = "Эта заявка уже закрыта."


def still_needed(ticket: Ticket) -> str:
    return f"Ещё нужна помощь по заявке №{ticket.number}?"


# ── What goes on after the end ───────────────────────────────────────────────


def continued_talk(number: int | None) -> str:
    earlier = f"Заявка №{number} давно закрыта" if number else "Прежний разговор давно закончен"
    return f"{earlier}, поэтому начали новый разговор. Диспетчер увидит и его, и прежнюю переписку."


def continued_ticket(old: Ticket, new: Ticket, company: Company) -> str:
    call = f"Позвоните прямо сейчас: {company.emergency_phone}.\n\n" if new.emergency else ""
    return (
        f"{call}Заявка №{old.number} давно закрыта, поэтому завели новую, №{new.number}, — "
        "продолжение прежней. Диспетчер увидит обе. Что не так?"
    )


# ── Limits ───────────────────────────────────────────────────────────────────


def label(ticket: Ticket) -> str:
    return f"№{ticket.number} {ticket.what}"[:60]


def too_many_alike(tickets: Sequence[Ticket], company: Company) -> str:
    numbers = " и ".join(f"№{ticket.number}" for ticket in tickets[-2:])
    return (
        f"По этому адресу уже есть заявки о том же: {numbers}. Третью заводить не стали. Нажмите "
        f"на одну из них — допишем туда то, что вы рассказали. Или позвоните: {company.phone}."
    )


def too_many_today(most: int, company: Company, *, open_ones: bool) -> str:
    instead = (
        "Нажмите на одну из открытых — допишем туда то, что вы рассказали. Или позвоните"
        if open_ones
        else "Если дело не ждёт до завтра, позвоните"
    )
    return (
        f"За сутки принимаем не больше {most} заявок от одного человека, и столько уже есть. "
        f"{instead}: {company.phone}. Аварии принимаем всегда."
    )


FOLDING = "Вижу, что сообщений много — собираю их в одно"


def folding(company: Company, *, to_staff: bool) -> str:
    seen = ", диспетчер увидит все" if to_staff else ""
    return f"{FOLDING}{seen}. Если это авария, звоните: {company.emergency_phone}."


# ── Bans ─────────────────────────────────────────────────────────────────────


def banned(until: datetime | None, now: datetime, company: Company) -> str:
    """Local moments. Why it is so stays with staff."""
    when = (
        f"До {wording.name_moment(until, now)} сообщения отсюда диспетчеру не передаём"
        if until
        else "Сообщения отсюда диспетчеру больше не передаём"
    )
    return (
        f"{when}. Если авария, звоните в любое время: {company.emergency_phone}; аварийную заявку "
        f"примем и здесь. По остальным вопросам — телефон {company.phone}."
    )


UNBANNED = "Сообщения отсюда диспетчер снова видит. Пишите, если нужна помощь."
