"""The morning summary in five lines. No names and no addresses but of whom a promise waits that has
no number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from handlers.promise_texts import term
from handlers.wording import MONTHS, name_span, plural
from services.summary import Summary

MOST_NUMBERS = 5


def header(summary: Summary) -> str:
    if summary.first == summary.last:
        return f"Доброе утро! Как прошёл день, {name_date(summary.last)}"
    return f"Доброе утро! Как прошли дни с {name_date(summary.first)} по {name_date(summary.last)}"


def lines(summary: Summary, now: datetime) -> str:
    return "\n".join(
        [
            came(summary),
            standing(summary, now),
            answers(summary),
            promises(summary),
            today(summary, now),
        ]
    )


def came(summary: Summary) -> str:
    tickets = f", из них заявок {summary.tickets}" if summary.came else ""
    unhappy = f", недовольных {summary.unhappy}" if summary.unhappy else ""
    return f"1. Новых обращений {summary.came}{tickets}{unhappy}; закрыто {summary.closed}."


def standing(summary: Summary, now: datetime) -> str:
    if not summary.overdue:
        return f"2. Сейчас открыто {summary.open}, просроченных нет."
    number, due_at = summary.overdue[0]
    late = name_late(now - due_at)
    return (
        f"2. Сейчас открыто {summary.open}, просрочено {len(summary.overdue)}; дольше всех "
        f"№{number} — на {late}."
    )


def answers(summary: Summary) -> str:
    if summary.answers.share is None:
        return "3. Первых ответов не было: никто не спрашивал."
    line = f"3. Первый ответ вовремя (за {summary.target} мин): {summary.answers.share:.0%}"
    if summary.answers.median is None:
        return f"{line}."
    return f"{line}, обычно за {name_span(summary.answers.median.total_seconds())}."


def promises(summary: Summary) -> str:
    kept = "обещаний не было"
    if summary.promises:
        kept = f"не сдержали {summary.missed} из {summary.promises}"
    if summary.promises and not summary.missed:
        kept = f"сдержали все {summary.promises}"
    rated = "оценок нет"
    if summary.stars is not None:
        stars = f"{summary.stars:.1f}".replace(".", ",")
        word = plural(summary.ratings, "оценка", "оценки", "оценок")
        rated = f"средняя оценка {stars} ({summary.ratings} {word})"
    return f"4. Обещания: {kept}; {rated}."


def today(summary: Summary, now: datetime) -> str:
    parts = []
    if summary.visits:
        word = plural(summary.visits, "визит", "визита", "визитов")
        parts.append(f"{summary.visits} {word} к жителям")
    if summary.to_call:
        parts.append(f"обзвонить — {summary.to_call}")
    if summary.organisations:
        parts.append(f"спросить подрядчиков: {numbers(summary.organisations)}")
    if summary.promised:
        parts.append(f"обещано: {promised(summary, now)}")
    return f"5. Сегодня: {'; '.join(parts) or 'ничего срочного'}."


def promised(summary: Summary, now: datetime) -> str:
    """«№1001 до 15:00, Мария · ул. Садовая, 5 до 16:00 и ещё 2»"""
    first, more = summary.promised[:MOST_NUMBERS], len(summary.promised) - MOST_NUMBERS
    named = ", ".join(
        f"{name_whom(whom)} {term(until, now.astimezone(until.tzinfo))}" for whom, until in first
    )
    return f"{named} и ещё {more}" if more > 0 else named


def name_whom(whom: int | str) -> str:
    """A request by its number, a conversation as it is called."""
    return f"№{whom}" if isinstance(whom, int) else whom


def numbers(found: Sequence[int | None]) -> str:
    """«№1001, №1003 и ещё 2»; conversations without a number are counted among these."""
    named = [f"№{number}" for number in found if number is not None][:MOST_NUMBERS]
    more = len(found) - len(named)
    if not named:
        return str(more)
    return ", ".join(named) + (f" и ещё {more}" if more else "")


def name_date(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]}"


def name_late(span: timedelta) -> str:
    if span < timedelta(days=2):
        return name_span(span.total_seconds())
    return f"{span.days} {plural(span.days, 'день', 'дня', 'дней')}"
