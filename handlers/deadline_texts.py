"""Words about time: terms that run out, residents who wait, and when staff are back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from handlers import wording
from services.company.declaration import Company
from services.waiting import Late

MOST_LISTED = 10


def subject(late: Late) -> str:
    """«№1001 Лифт»; a conversation without a ticket by its name."""
    return f"№{late.ticket.number} {late.ticket.what}" if late.ticket else late.thread.subject


def clock(at: datetime, now: datetime) -> str:
    """Local moments both: «14:25» today, «завтра в 09:20» else."""
    return f"{at:%H:%M}" if at.date() == now.date() else wording.name_moment(at, now)


def begin(who: str, what: str) -> str:
    """Whoever has it is called by name, since nobody reads what is said to everybody."""
    return f"{who}, {what[0].lower()}{what[1:]}" if who else what


def taken(who: str) -> str:
    return f", занимается {who}" if who else ", никто не взял"


# ── The first answer ─────────────────────────────────────────────────────────


def waits(since: datetime, due: datetime, now: datetime) -> str:
    """A line of how the thread stands."""
    return f"Ждёт ответа: с {clock(since, now)}, ответить до {clock(due, now)}"


def answer_soon(who: str, since: datetime, due: datetime, now: datetime) -> str:
    line = f"Житель ждёт ответа с {clock(since, now)}."
    return f"⏳ {begin(who, line)} Ответьте, пожалуйста, до {clock(due, now)}."


def answer_late(since: datetime, now: datetime) -> str:
    return f"⏰ Житель ждёт ответа с {clock(since, now)}, время вышло. Ответьте, пожалуйста."


def answer_soon_line(late: Late, who: str, due: datetime) -> str:
    return f"• {subject(late)} — до {due:%H:%M}{taken(who)}"


def answer_late_line(late: Late, who: str, since: datetime, now: datetime) -> str:
    return f"• {subject(late)} — ждёт с {clock(since, now)}{taken(who)}"


def answers_soon(count: int) -> str:
    return f"⏳ Скоро выйдет время ответа, {residents(count)}:"


def answers_late(room: str, count: int) -> str:
    return f"⏰ «{room}»: время ответа вышло, {residents(count)}:"


def residents(count: int) -> str:
    words = wording.plural(count, "житель ждёт", "жителя ждут", "жителей ждут")
    return f"{count} {words}"


# ── Terms ────────────────────────────────────────────────────────────────────


def term_soon(late: Late, who: str, due: datetime, now: datetime) -> str:
    assert late.ticket is not None
    line = f"Заявка №{late.ticket.number}: срок {wording.name_moment(due, now)}"
    left = wording.name_span(max((due - now).total_seconds() // 60, 1) * 60)
    hint = "Если не успеваем, напишите жителю, когда сделаем."
    return f"⏳ {begin(who, line)}, осталось {left}. {hint}"


def term_over(late: Late, who: str, due: datetime, now: datetime) -> str:
    assert late.ticket is not None
    line = f"Заявка №{late.ticket.number}: срок вышел {wording.name_moment(due, now)}."
    return f"⏰ {begin(who, line)} Напишите жителю, когда сделаем."


def term_line(late: Late, who: str, due: datetime, now: datetime) -> str:
    return f"• {subject(late)} — {wording.name_moment(due, now)}{taken(who)}"


def terms_soon(count: int) -> str:
    return f"⏳ Скоро срок, {tickets(count)}:"


def terms_over(count: int) -> str:
    return f"⏰ Срок вышел, {tickets(count)}:"


def terms_over_in(room: str, count: int) -> str:
    return f"⏰ «{room}»: срок вышел, {tickets(count)}:"


def tickets(count: int) -> str:
    return f"{count} {wording.plural(count, 'заявка', 'заявки', 'заявок')}"


def listed(header: str, lines: Sequence[str]) -> str:
    more = len(lines) - MOST_LISTED
    tail = [f"и ещё {more}"] if more > 0 else []
    return "\n".join([header, *lines[:MOST_LISTED], *tail])


# ── To a resident, out of hours ──────────────────────────────────────────────


def closed_now(company: Company, opens: str) -> str:
    """Once while it is closed."""
    return (
        f"Сейчас диспетчеры не на месте, ответят {opens}. Если авария, звоните "
        f"круглосуточно: {company.emergency_phone}."
    )
