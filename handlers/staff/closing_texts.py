"""What staff read of ratings, of silent residents and of bans."""

from __future__ import annotations

from datetime import datetime

from handlers import wording
from services.bans import LONGEST
from services.tables import Member, Ticket

# ── How requests end ─────────────────────────────────────────────────────────


def rated(ticket: Ticket, stars: int, *, again: bool) -> str:
    what = "Новая оценка" if again else "Оценка"
    return f"{'★' * stars}{'☆' * (5 - stars)} {what} жителя: {stars} из 5, заявка №{ticket.number}."


def commented(ticket: Ticket, stars: int, comment: str) -> str:
    return f"К оценке {stars} из 5, заявка №{ticket.number}: «{comment[:1000]}»"


def still_needed(ticket: Ticket) -> str:
    return f"Спросили жителя после трёх дней молчания: помощь по заявке №{ticket.number} ещё нужна."


def not_needed(ticket: Ticket) -> str:
    return f"Житель ответил, что помощь уже не нужна. Заявка №{ticket.number} закрыта."


REOPEN = "Вернуть в работу"
OPEN_AGAIN = "Открыть снова"
TALK_OPEN = "Разговор и так открыт: пишите, житель прочитает."


def talk_reopened(member: Member, note: str) -> str:
    """`note`: what the member wrote for colleagues."""
    return f"Разговор снова открыт — {member.name}." + (f" {note[:500]}" if note else "")


def open_anyway(ticket: Ticket, status: str) -> str:
    return f"Заявка №{ticket.number} и так открыта: {status}."


def goes_on(later: str) -> str:
    """`later`: what the thread is called that the resident writes to now."""
    return f"Это обращение уже продолжено: {later}. Отвечайте там, старое остаётся закрытым."


# ── Bans ─────────────────────────────────────────────────────────────────────
HOW = "Напишите так: /ban 7 дней оскорбляет диспетчера. Без срока — на день; можно «навсегда»."
REASON_NEEDED = f"Нужна причина: её увидят коллеги, житель — нет. {HOW}"
NOT_ALLOWED = "Останавливать сообщения жителя могут диспетчер, управляющий и администратор."
FORMER = "сотрудник, который уже не работает"
NOT_BANNED = "Этот житель и так может писать, снимать нечего."


def bad_span(typed: str) -> str:
    return (
        f"Не понял срок «{typed[:40]}». Можно минуты, часы, дни, недели: 30 мин, 3 часа, 7 дней, "
        f"2 недели — или «навсегда». Причину начните со слова. {HOW}"
    )


def span_too_long() -> str:
    return f"Не больше {LONGEST.days} дней. Если насовсем, напишите: /ban навсегда и причину."


def banned(until: datetime | None, now: datetime, reason: str, member: Member) -> str:
    """Local moments."""
    return (
        f"🔇 Сообщения жителя к вам не проходят {name_until(until, now)} — {member.name}. "
        f"Причина: {reason}. Аварии проходят. Снять: /unban."
    )


def name_until(until: datetime | None, now: datetime) -> str:
    return f"до {wording.name_moment(until, now)}" if until else "без срока"


def unbanned(member: Member) -> str:
    return f"Житель снова может писать — {member.name}."


def who_banned(until: datetime | None, now: datetime, reason: str, name: str) -> str:
    return f"🔇 Остановлен {name_until(until, now)}, {name}: {reason}"
