"""What residents and executors are told of visits unprompted; reminders by the clock."""

from __future__ import annotations

from collections.abc import Sequence

from handlers import notices, staff_texts, visit_texts
from handlers.windows import name_window
from services.chores import Chore
from services.messaging.outbox import About
from services.messaging.types import Address, Button, Keyboard, Kind, Outbound
from services.tables import Member, Thread, Ticket, Visit
from services.work import Work


async def tell_resident(
    work: Work, thread: Thread, ticket: Ticket, text: str, rows: Sequence[Button] = ()
) -> None:
    """Buttons each in a row of its own."""
    contact = await work.preferences.where_to_tell(thread)
    keyboard = Keyboard(rows=tuple((button,) for button in rows)) if rows else None
    await work.outbox.say(
        Address(channel=contact.channel, chat=contact.chat),
        Outbound(header=staff_texts.ticket_header(ticket), text=text, keyboard=keyboard),
        Kind.NOTICE,
        About(thread_id=thread.id, contact_id=contact.id),
    )


async def offer(work: Work, thread: Thread, ticket: Ticket, visit: Visit) -> None:
    rows = [
        Button(label=visit_texts.FITS, action=f"visit/yes/{visit.id}"),
        Button(label=visit_texts.OTHER_TIME, action=f"visit/no/{visit.id}"),
    ]
    await tell_resident(
        work, thread, ticket, visit_texts.offer(await name_window(work, visit)), rows
    )


async def ask_another_time(
    work: Work, thread: Thread, ticket: Ticket, offered: Sequence[Visit]
) -> None:
    rows = [
        Button(label=await name_window(work, visit), action=f"visit/yes/{visit.id}")
        for visit in offered
    ]
    if offered:
        rows.append(Button(label=visit_texts.OTHER_TIME, action=f"visit/no/{offered[0].id}"))
    text = visit_texts.nobody_home(await work.company.profile())
    await tell_resident(work, thread, ticket, text, rows)


async def nobody_home_line(work: Work, ticket: Ticket, offered: Sequence[Visit], by: Member) -> str:
    windows = " и ".join([await name_window(work, visit) for visit in offered])
    return visit_texts.nobody_home_line(ticket, windows, by)


async def tell_executor(work: Work, ticket: Ticket, text: str) -> bool:
    """In private; False where they cannot be reached there."""
    if ticket.executor_id is None:
        return False
    return bool(await notices.tell_in_private(work, ticket.executor_id, Outbound(text=text)))


# ── By the clock ─────────────────────────────────────────────────────────────


async def remind_of_tomorrow(work: Work, visit_id: int) -> None:
    """At six in the evening before."""
    due = await work.visits.claim(visit_id, "tomorrow")
    if due is None:
        return
    thread = await work.threads.of_ticket(due.ticket)
    window = await name_window(work, due.visit)
    other = Button(label=visit_texts.OTHER_TIME, action=f"visit/no/{due.visit.id}")
    text = visit_texts.tomorrow(window, await work.company.profile())
    await tell_resident(work, thread, due.ticket, text, [other])


async def remind_soon(work: Work, visit_id: int) -> None:
    """An hour before, both of them; the room instead of an executor who is not reached."""
    due = await work.visits.claim(visit_id, "soon")
    if due is None:
        return
    thread = await work.threads.of_ticket(due.ticket)
    window = await name_window(work, due.visit)
    await tell_resident(work, thread, due.ticket, visit_texts.soon(window))
    line = visit_texts.soon_to_executor(due.ticket, window)
    if not await tell_executor(work, due.ticket, line):
        await notices.tell_staff(work, thread, line)


CHORES = (
    Chore("a visit tomorrow", lambda work: work.visits.find_tomorrow(), remind_of_tomorrow),
    Chore("a visit soon", lambda work: work.visits.find_soon(), remind_soon),
)
