"""Threads and messages as the desk's protocol shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.platforms.web.render import show_attachment
from handlers import relay_texts, staff_texts, wording
from services.desk import Delivered, Line
from services.people import Place
from services.tables import Message, StoredFile

NAME = "desk"
FILES_AT = "/desk/api/files"


def show_line(line: Line) -> dict[str, Any]:
    ticket, thread = line.ticket, line.thread
    name = line.resident.name or staff_texts.NAMELESS
    place = ticket.place if ticket else thread.subject.removeprefix(name).removeprefix(" · ")
    return {
        "id": thread.id,
        "number": str(ticket.number) if ticket else None,
        "category": ticket.what if ticket else "",
        "place": place,
        "resident": name,
        "state": thread.state,
        "status": wording.STATUSES[ticket.status] if ticket else "",
        "unread": line.unread,
        "last_text": thread.last_text,
        "last_by": thread.last_by,
        "last_at": thread.last_at.isoformat(),
        "opened_at": thread.opened_at.isoformat(),
        "room": line.room.code,
    }


def show_card(
    line: Line, place: Place | None, due: datetime | None, now: datetime
) -> list[list[str]]:
    """What staff need to know, as pairs. A phone only where the resident gave one."""
    ticket = line.ticket
    pairs: list[tuple[str, str]] = [("Житель", line.resident.name or "имя не указано")]
    if ticket:
        pairs.append(("Адрес", ticket.place))
        if place and place.entrance:
            floor = f", этаж {place.floor}" if place.floor is not None else ""
            pairs.append(("Подъезд", place.entrance + floor))
        pairs.append(("Заявка", f"№{ticket.number}, {ticket.what}"))
        pairs.append(("Состояние", wording.STATUSES[ticket.status]))
        if due:
            pairs.append(("Срок", wording.name_moment(due, now)))
        pairs += [(str(question), str(answer)) for question, answer in ticket.answers]
    elif place:
        pairs.append(("Адрес", wording.name_place(place)))
    if line.resident.phone:
        pairs.append(("Телефон", line.resident.phone))
    channel = staff_texts.CHANNELS.get(line.contact.channel, line.contact.channel)
    pairs.append(("Пишет", channel))
    if line.contact.unreachable_why:
        pairs.append(("Связь", "не получает сообщений: остановил бота"))
    return [list(pair) for pair in pairs]


def show_message(
    message: Message,
    files: dict[str, StoredFile],
    delivered: Delivered | None,
    *,
    others: bool = False,
) -> dict[str, Any]:
    """`others`: the resident can be written to in another messenger."""
    state = delivered.state if delivered and message.by == "member" else ""
    why, buttons = "", []
    if delivered and state in ("refused", "unknown"):
        reason = "blocked" if delivered.blocked else state
        why = relay_texts.REASONS.get(reason, relay_texts.REASONS["rejected"])
        if delivered.blocked:
            why = relay_texts.blocked_why(delivered.why, delivered.channel)
        offered = relay_texts.retry_buttons(message, others=others).rows
        buttons = [[{"label": b.label, "action": b.action} for b in row] for row in offered]
    if message.withdrawn_at is not None:
        state, why, buttons = "withdrawn", "", []
    return {
        "id": message.id,
        "by": message.by,
        "author": message.author,
        "text": message.text,
        "at": message.at.isoformat(),
        "edited": message.edited_at is not None,
        "attachments": [
            show_attachment(
                {
                    "kind": a["kind"],
                    "file": files[a["handle"]].id if a.get("handle") in files else "",
                    "title": a.get("title", ""),
                    "size": a.get("size"),
                    "mime": a.get("mime", ""),
                    "latitude": a.get("latitude"),
                    "longitude": a.get("longitude"),
                    "phone": a.get("phone", ""),
                },
                FILES_AT,
            )
            for a in message.attachments
        ],
        "reply_to": message.reply_to,
        "state": state,
        "why": why,
        "buttons": buttons,
    }
