"""Words about elders of houses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from handlers import wording
from services.elders import Common
from services.tables import Member

MY_HOUSE = "Мой дом"
STATES = {**wording.STATUSES, "waiting": "ждёт ответа жителя"}
MOST_SHOWN = 20


def appointed(address: str) -> str:
    return (
        f"Теперь вы — старший по дому {address}. В меню появилась кнопка «{MY_HOUSE}»: там общие "
        "заявки дома — лифт, подъезды, двор — и что с ними. Квартиры, имена и платежи соседей "
        "остаются закрытыми. Не хотите — скажите диспетчеру, и он это отменит."
    )


def dismissed(address: str) -> str:
    return f"Вы больше не старший по дому {address}. Ваши собственные заявки остаются у вас."


NOT_ALLOWED = "Назначать старшего по дому могут диспетчер, управляющий и администратор."
NO_HOUSE = "У этого разговора нет адреса, поэтому непонятно, по какому дому."


NOT_REGISTERED = "Старшим по дому может быть только житель, который назвал имя и адрес."


def is_elder(address: str, member: Member) -> str:
    return (
        f"Житель теперь старший по дому {address} — {member.name}. Он видит общие заявки дома, "
        "без квартир и имён. Снять — ещё раз /elder."
    )


def is_no_elder(address: str, member: Member) -> str:
    return f"Житель больше не старший по дому {address} — {member.name}."


def standing(addresses: Sequence[str]) -> str:
    return f"Старший по дому: {'; '.join(addresses)}"


def house(address: str, tickets: Sequence[tuple[Common, datetime]], now: datetime) -> str:
    """Local moments of the terms."""
    there_are = [ticket for ticket, _ in tickets if ticket.status not in ("done", "declined")]
    if not tickets:
        return f"{address}. Общих заявок сейчас нет."
    count, late = len(there_are), sum(due < now for t, due in tickets if t in there_are)
    counted = f"{count} {wording.plural(count, 'открытая', 'открытые', 'открытых')}"
    ended = len(tickets) - count
    parts = [counted]
    if late:
        parts.append(f"из них с истёкшим сроком {late}")
    if ended:
        parts.append(f"за две недели закрыто {ended}")
    lines = [f"{address}. Общие заявки: {', '.join(parts)}."]
    lines += [line(ticket, due, now) for ticket, due in tickets[:MOST_SHOWN]]
    if len(tickets) > MOST_SHOWN:
        lines.append(f"…и ещё {len(tickets) - MOST_SHOWN}.")
    return "\n".join(lines)


def line(ticket: Common, due: datetime, now: datetime) -> str:
    state = f"№{ticket.number} {ticket.what}: {STATES[ticket.status]}"
    if ticket.status in ("done", "declined"):
        return state
    return f"{state}, срок {wording.name_moment(due, now)}"
