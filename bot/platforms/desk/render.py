"""Threads and messages as the desk's protocol shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.platforms.web.render import show_attachment
from handlers import alarm_texts, calling, relay_texts, staff_texts, wording
from handlers.staff import articles_shown, drafting_texts, taking_texts
from services.desk import Delivered, Line
from services.finding import Found
from services.messaging.types import PHONE, Keyboard
from services.people import Place
from services.staff import as_member
from services.tables import (
    Alarm,
    Call,
    Member,
    Message,
    Resident,
    StoredFile,
    Suggestion,
    Thread,
    Ticket,
)

NAME = "desk"
FILES_AT = "/desk/api/files"

HELD = "Ждёт, пока коллега проверит: житель ещё не видит."
TO_CALL = "У жителя нет мессенджера: передайте по телефону."


def show_line(line: Line, me: int, now: datetime) -> dict[str, Any]:
    ticket, thread = line.ticket, line.thread
    running = ticket is not None and ticket.closed_at is None
    name, place = name_and_place(line.resident, thread, ticket)
    return {
        "id": thread.id,
        "number": str(ticket.number) if ticket else None,
        "category": ticket.what if ticket else "",
        "place": place,
        "resident": name,
        "state": thread.state,
        "status": staff_texts.STATUSES[ticket.status] if ticket else "",
        "status_code": ticket.status if ticket else "",
        "emergency": line.alarmed or (ticket is not None and ticket.emergency),
        "taken": {"name": line.taker, "mine": thread.taken_by == me} if line.taker else None,
        "waits_since": iso(thread.waits_since),
        "answer_due_at": iso(thread.answer_due_at) if thread.waits_since else None,
        "due_at": iso(ticket.due_at) if ticket and running else None,
        "overdue": line.is_overdue(now),
        "tone": line.thread.tone,
        "in_haste": line.thread.urgent,
        "complex": line.complex_code or "",
        "quiet": thread.quiet,
        "to_call": line.to_call,
        "unread": line.unread,
        "last_text": thread.last_text,
        "last_by": thread.last_by,
        "last_at": thread.last_at.isoformat(),
        "opened_at": thread.opened_at.isoformat(),
        "room": line.room.code,
    }


def name_and_place(resident: Resident, thread: Thread, ticket: Ticket | None) -> tuple[str, str]:
    name = resident.name or staff_texts.NAMELESS
    talk = thread.subject.removeprefix(name).removeprefix(" · ")
    return name, ticket.place if ticket else talk


def iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def show_member(member: Member) -> dict[str, Any]:
    """`code`: by which a command may name them, where the company file gave one."""
    return {
        "name": member.name,
        "role": as_member(member).role,
        "title": member.title or wording.ROLES[as_member(member).role],
        "code": member.code or "",
    }


def show_found(found: Found) -> dict[str, Any]:
    """`by`: number, flat, phone, name, text or person, whichever it was found by."""
    thread, ticket = found.thread, found.ticket
    name, place = name_and_place(found.resident, thread, ticket)
    return {
        "thread": thread.id,
        "number": str(ticket.number) if ticket else None,
        "what": ticket.what if ticket else "",
        "place": place,
        "resident": name,
        "state": thread.state,
        "status": staff_texts.STATUSES[ticket.status] if ticket else "",
        "at": found.at.isoformat(),
        "by": found.by,
        "snippet": found.snippet,
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
        pairs.append(("Состояние", staff_texts.STATUSES[ticket.status]))
        if due:
            pairs.append(("Срок", wording.name_moment(due, now)))
        pairs += [(str(question), str(answer)) for question, answer in ticket.answers]
    elif place:
        pairs.append(("Адрес", wording.name_place(place)))
    if line.resident.phone:
        pairs.append(("Телефон", line.resident.phone))
    if line.contact.channel == PHONE:
        pairs.append(("Связь", "мессенджера нет, только по телефону"))
    else:
        channel = staff_texts.CHANNELS.get(line.contact.channel, line.contact.channel)
        pairs.append(("Пишет", channel))
    if why := line.contact.unreachable_why:
        pairs.append(("Связь", f"не получает сообщений: {staff_texts.why_unreachable(why)}"))
    return [list(pair) for pair in pairs]


def show_message(
    message: Message,
    files: dict[str, StoredFile],
    delivered: Delivered | None,
    *,
    others: bool = False,
    may_release: bool = False,
    call: Call | None = None,
    alarm: Alarm | None = None,
    draft: Suggestion | None = None,
    decision: Keyboard | None = None,
) -> dict[str, Any]:
    """`others`: the resident can be written to in another messenger. `may_release`: the reader's
    yes lets a trainee's answer go. `call`: what the resident is to be told by phone. `alarm`:
    the thread's. `draft`: what a machine wrote for the thread, shown in a note of it. `decision`:
    what a member may decide there of an account."""
    state = delivered.state if delivered and message.by == "member" else ""
    why, keyboard = "", None
    if delivered and state in ("refused", "unknown"):
        reason = "blocked" if delivered.blocked else delivered.reason
        why = relay_texts.REASONS.get(reason, relay_texts.REASONS["rejected"])
        if delivered.blocked:
            why = relay_texts.blocked_why(delivered.why, delivered.channel)
        keyboard = relay_texts.retry_buttons(message, others=others)
    elif state == "held":
        why = HELD
        keyboard = taking_texts.held_buttons(message) if may_release else None
    elif state == "to_call":
        why = TO_CALL
    if call is not None and (state == "to_call" or message.id == call.message_id):
        keyboard = calling.buttons(call)
    if alarm is not None and message.id == alarm.message_id:
        keyboard = alarm_texts.keyboard(alarm)
    if decision is not None:
        keyboard = decision
    told = message.by == "member" and message.text and state not in ("held", "to_call")
    if keyboard is None and told:
        keyboard = articles_shown.learning(message.id)
    if message.withdrawn_at is not None:
        state, why, keyboard = "withdrawn", "", None
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
        "buttons": [
            [{"label": button.label, "action": button.action} for button in row]
            for row in (keyboard.rows if keyboard else ())
        ]
        + ([[drafting_texts.desk_button(draft)]] if draft and draft.note_id == message.id else []),
    }
