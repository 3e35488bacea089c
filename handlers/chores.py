"""What is said and done by the clock."""

from __future__ import annotations

from datetime import timedelta

from handlers import (
    alarms,
    calling,
    deadlines,
    erasing,
    incidents,
    mailings,
    outages,
    promises,
    readings,
    reminders,
    summaries,
    visiting,
    weekly,
)
from handlers.resident import closing_texts
from handlers.resident.consent import button
from handlers.staff import outside, shifts, taking
from handlers.staff_texts import ticket_header
from services import stray_files
from services.chores import Chore
from services.messaging.outbox import About
from services.messaging.types import Address, Keyboard, Kind, Outbound
from services.work import Work


async def ask_silent(work: Work, ticket_id: int) -> None:
    """Once: does a resident who has not answered for days still need help?"""
    ticket = await work.due.claim_silent(ticket_id)
    if ticket is None:
        return
    thread = await work.threads.of_ticket(ticket)
    contact = await work.preferences.where_to_tell(thread)
    zone = await work.company.zone_of_house(ticket.house_id)
    rows = (
        (
            button(closing_texts.STILL_NEEDED, f"need/yes/{ticket.id}"),
            button(closing_texts.NOT_NEEDED, f"need/no/{ticket.id}"),
        ),
    )
    await work.outbox.say(
        Address(channel=contact.channel, chat=contact.chat),
        Outbound(
            header=ticket_header(ticket),
            text=closing_texts.still_needed(ticket),
            keyboard=Keyboard(rows=rows),
        ),
        Kind.NOTICE,
        About(
            thread_id=thread.id,
            contact_id=contact.id,
            not_before=await work.preferences.after_quiet(thread.resident_id, work.now, zone),
        ),
    )


async def close_for_good(work: Work, ticket_id: int) -> None:
    """Without a word to anybody: «Не решено» of the old message still helps."""
    await work.due.claim_unrated(ticket_id)


async def clear_portion(work: Work, place: int) -> None:
    await work.retention.clear(place)


async def clear_strays(work: Work, place: int) -> None:
    await stray_files.clear(work, place)


CHORES = (
    *alarms.CHORES,
    Chore("asking a silent resident", lambda work: work.due.find_silent(), ask_silent),
    Chore("closing for good", lambda work: work.due.find_unrated(), close_for_good),
    *promises.CHORES,
    *summaries.CHORES,
    *weekly.CHORES,
    *shifts.CHORES,
    *visiting.CHORES,
    *outages.CHORES,
    *incidents.CHORES,
    *mailings.CHORES,
    *readings.CHORES,
    *reminders.CHORES,
    *erasing.CHORES,
    calling.CHORE,
    Chore(
        "asking an organisation back", lambda work: work.organisations.find_due(), outside.ask_back
    ),
    Chore(
        "forgetting drafts",
        lambda work: work.filing.find_left(),
        lambda work, draft_id: work.filing.forget_draft(draft_id),
    ),
    Chore(
        "forgetting files handed in",
        lambda work: work.uploads.find_left(),
        lambda work, upload_id: work.uploads.forget_left(upload_id),
    ),
    Chore(
        "ending notices",
        lambda work: work.notices.find_ended(),
        lambda work, notice_id: work.notices.end(notice_id),
        again=timedelta(minutes=1),
    ),
    Chore(
        "clearing away what is old",
        lambda work: work.retention.find_due(),
        clear_portion,
    ),
    Chore("clearing stray files", stray_files.find_due, clear_strays, most=4),
    Chore(
        "reading the articles",
        lambda work: work.articles.find_unprepared(),
        lambda work, complex_id: work.articles.prepare(complex_id or None),
        next_in=lambda work: work.articles.look_again_in(),
    ),
    *deadlines.CHORES,
    *taking.CHORES,
)
