"""What may be done next with one press, under the card of a thread."""

from __future__ import annotations

from handlers import alarm_texts, incident_texts, staff_texts, status_texts
from handlers.staff import closing_texts
from handlers.staff.taking_texts import take_button
from services.matters import Matter
from services.messaging.types import Button, Keyboard
from services.tables import Room, Thread, Ticket
from services.work import Work


async def of_ticket(work: Work, room: Room, thread: Thread, ticket: Ticket) -> Keyboard | None:
    """Executors are handed over to by dispatchers. Whoever takes an alarm accepts its request."""
    accept = Button(label=staff_texts.ACCEPT, action=f"staff/accept/{ticket.id}")
    close = Button(label=staff_texts.CLOSE, action=f"staff/close/{ticket.id}")
    if ticket.status in ("done", "declined"):
        if room.id != thread.room_id:
            return None
        back = Button(label=closing_texts.REOPEN, action=f"staff/reopen/{thread.id}")
        return Keyboard(rows=((back,),))
    if room.id != thread.room_id:
        return steps_of_work(ticket)
    alarm = await work.alarms.of_thread(thread.id)
    open_alarm = alarm is not None and alarm.outcome == ""
    rows: list[tuple[Button, ...]] = [
        (accept, close) if ticket.status == "new" and not open_alarm else (close,)
    ]
    if thread.taken_by is None:
        rows[0] = (*rows[0], take_button(thread))
    if of_alarm := alarm_texts.buttons(alarm):
        rows.insert(0, of_alarm)
    if ticket.executor_id is not None:
        rows.append((step(ticket, "way"), step(ticket, "nobody")))
    if ticket.incident_id is None:
        incident = await work.incidents.open_for(Matter.of(ticket))
        if incident is not None:
            rows.append((incident_texts.add_button(incident, ticket),))
    if await work.rooms.executors_of(ticket.complex_id) is not None:
        rows.append((Button(label=staff_texts.TO_EXECUTORS, action=f"staff/masters/{ticket.id}"),))
    return Keyboard(rows=tuple(rows))


async def of_talk(work: Work, room: Room, thread: Thread) -> Keyboard | None:
    """A conversation without a ticket."""
    if thread.state != "open" or room.id != thread.room_id:
        return None
    rows = []
    if of_alarm := alarm_texts.buttons(await work.alarms.of_thread(thread.id)):
        rows.append(of_alarm)
    if thread.taken_by is None:
        rows.append((take_button(thread),))
    return Keyboard(rows=tuple(rows)) if rows else None


def steps_of_work(ticket: Ticket) -> Keyboard:
    """What an executor says of an open request."""
    first = (step(ticket, "got"),) if ticket.status == "new" else ()
    return Keyboard(
        rows=(
            (*first, step(ticket, "way")),
            (step(ticket, "ready"), step(ticket, "nobody")),
        )
    )


def step(ticket: Ticket, what: str) -> Button:
    return Button(label=status_texts.STEPS[what], action=f"staff/{what}/{ticket.id}")
