"""How a thread stands, a line each: on the card in the room, on the desk, in `/who`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from handlers import (
    alarm_texts,
    calling_texts,
    deadline_texts,
    elder_texts,
    incident_posts,
    incident_texts,
    outside_texts,
    promise_texts,
    status_texts,
    tone_texts,
    visit_texts,
)
from handlers.resident import faq_texts
from handlers.staff import filing_texts, taking_texts
from handlers.windows import name_window
from services.calls import phone_of
from services.tables import Thread, Ticket
from services.work import Work

Tell = Callable[[Work, Thread, Ticket | None], Awaitable[str]]
"""The line, or nothing worth telling."""


async def describe(
    work: Work, thread: Thread, ticket: Ticket | None, *, on_card: bool = False
) -> list[str]:
    """A card in a room is not changed with every word, so that it leaves out what would be."""
    tells = TELLS if on_card else (*TELLS, *WITH_EACH_WORD)
    told = [await tell(work, thread, ticket) for tell in tells]
    return [line for line in told if line]


async def follows(work: Work, thread: Thread, ticket: Ticket | None) -> str:
    """«Авария № 12: примерно до 18:00»"""
    incident = await work.incidents.of_ticket(ticket) if ticket else None
    if incident is None:
        return ""
    wall = await incident_posts.wall_of(work, incident)
    until = wall(incident.until) if incident.until else None
    return incident_texts.card_line(incident, until, wall(work.now))


async def taken(work: Work, thread: Thread, ticket: Ticket | None) -> str:
    if thread.taken_by is None:
        return ""
    return f"Занимается: {await work.staff.name_of(thread.taken_by)}"


async def alarmed(work: Work, thread: Thread, ticket: Ticket | None) -> str:
    """«Тревога: приняли в 11:03, Анна Соколова»"""
    alarm = await work.alarms.of_thread(thread.id)
    if alarm is None:
        return ""
    name = await work.staff.name_of(alarm.member_id) if alarm.member_id else ""
    at = await work.company.local(alarm.settled_at) if alarm.settled_at else None
    return alarm_texts.standing(alarm, name, at)


async def sounding(work: Work, thread: Thread, ticket: Ticket | None) -> str:
    """«⏱ Просит поскорее», «😠 Житель недоволен»"""
    urgent = tone_texts.URGENT if thread.urgent else ""
    return "\n".join(filter(None, [urgent, tone_texts.standing(thread)]))


async def shown(work: Work, thread: Thread, ticket: Ticket | None) -> str:
    """«Бот показал: «Когда передать показания?» — не помогло»"""
    found = await work.articles.shown_before(thread)
    return faq_texts.shown_line(found) if found else ""


async def quiet(work: Work, thread: Thread, ticket: Ticket | None) -> str:
    return taking_texts.QUIET_LINE if thread.quiet else ""


async def waits(work: Work, thread: Thread, ticket: Ticket | None) -> str:
    """«Ждёт ответа: с 14:05, ответить до 14:25»"""
    if thread.waits_since is None or thread.answer_due_at is None:
        return ""
    local = work.company.local
    return deadline_texts.waits(
        await local(thread.waits_since), await local(thread.answer_due_at), await local(work.now)
    )


async def promised(work: Work, thread: Thread, ticket: Ticket | None) -> str:
    """«Обещано: до 15:00, Анна»"""
    promises = await work.promises.standing(thread.id)
    if not promises:
        return ""
    local = work.company.local
    return promise_texts.standing(
        [
            (
                promise_texts.term(await local(each.until), await local(work.now)),
                await work.staff.name_of(each.member_id),
            )
            for each in promises
        ]
    )


async def filed(work: Work, thread: Thread, ticket: Ticket | None) -> str:
    """«Принята по телефону: Анна»"""
    if ticket is None or ticket.filed_by is None:
        return ""
    return filing_texts.source_line(ticket, await work.staff.name_of(ticket.filed_by))


async def outside(work: Work, thread: Thread, ticket: Ticket | None) -> str:
    """«Передать и проследить: ООО «Лифт», +7…»"""
    organisation = await work.organisations.of(ticket) if ticket else None
    if ticket is None or organisation is None or ticket.closed_at is not None:
        return ""
    local = work.company.local
    remind = await local(ticket.remind_at) if ticket.remind_at else None
    return outside_texts.line(organisation, remind, await local(work.now))


async def to_call(work: Work, thread: Thread, ticket: Ticket | None) -> str:
    """«Обзвонить: +7 912 345-67-89»"""
    call = await work.calls.of_thread(thread.id)
    if call is None:
        return ""
    contact = await work.people.where_to_answer(thread)
    return calling_texts.standing(phone_of(contact), call.tries)


async def executor(work: Work, thread: Thread, ticket: Ticket | None) -> str:
    """«Исполнитель: Пётр Ильин»"""
    if ticket is None or ticket.executor_id is None:
        return ""
    return status_texts.executor_line(await work.staff.name_of(ticket.executor_id))


async def visited(work: Work, thread: Thread, ticket: Ticket | None) -> str:
    """«Визит: завтра 10:00–12:00, согласован»"""
    visit = await work.visits.current(ticket) if ticket else None
    if visit is None:
        return ""
    if visit.state == "nobody_home":
        return visit_texts.NOBODY_HOME_STANDS
    return visit_texts.standing(await name_window(work, visit), visit.state)


async def elder(work: Work, thread: Thread, ticket: Ticket | None) -> str:
    """«Старший по дому: ул. Садовая, 5»"""
    houses = await work.elders.houses_of(thread.resident_id)
    return elder_texts.standing([house.address for house in houses]) if houses else ""


TELLS: tuple[Tell, ...] = (
    alarmed, follows, sounding, shown, taken, quiet, executor, visited, promised, filed, outside,
    to_call,
)  # fmt: skip
WITH_EACH_WORD: tuple[Tell, ...] = (waits, elder)
