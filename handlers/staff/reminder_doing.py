"""What is done with a reminder from the desk's page. Each takes a locked one and returns what its
member is told, and the reminder to look at."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from handlers import reminder_page_texts as page_words
from handlers import reminder_staff_texts as words
from handlers import reminders
from handlers.dialogue.steps import Wrong
from handlers.staff.mailing_steps import expect_sending
from handlers.staff.outage_filled import read_local
from handlers.staff.reminder_form import name_same
from services.access import AsMember
from services.errors import AlreadySo, NobodyToTell, SameMailing
from services.tables import Reminder
from services.work import Work

Body = dict[str, Any]


async def send(work: Work, viewer: AsMember, it: Reminder, body: Body) -> tuple[str, int]:
    """Of a monthly one this once: its next time stays. Raises `Wrong`, `AlreadySo`; nothing is to
    be kept then."""
    once = await work.reminders.this_time(it) if it.state == "scheduled" else it
    try:
        await reminders.start(work, once, viewer.member_id)
    except SameMailing as same:
        raise Wrong(await name_same(work, same.args[0])) from None
    except NobodyToTell:
        raise Wrong(page_words.NOBODY) from None
    await reminders.post_progress(work, once)
    return page_words.SENT, once.id


async def schedule(work: Work, viewer: AsMember, it: Reminder, body: Body) -> tuple[str, int]:
    """By the company's clock; `monthly`: each month again. Raises `Wrong`, `AlreadySo`."""
    company, typed = await work.company.profile(), body.get("at")
    monthly = bool((body.get("form") or {}).get("monthly"))
    try:
        at = read_local(typed, ZoneInfo(company.timezone)) if isinstance(typed, str) else None
    except ValueError:
        at = None
    if at is None:
        raise Wrong(page_words.WHEN_TO_SEND)
    at = expect_sending(work.now, at)
    try:
        await work.reminders.schedule(viewer, it, at, monthly=monthly)
    except SameMailing as same:
        raise Wrong(await name_same(work, same.args[0])) from None
    local, now = work.company.local, await work.company.local(work.now)
    return words.planned(await local(at), now, monthly=monthly), it.id


async def hold(work: Work, viewer: AsMember, it: Reminder, body: Body) -> tuple[str, int]:
    await work.reminders.hold(viewer, it)
    return await tell(work, it)


async def go_on(work: Work, viewer: AsMember, it: Reminder, body: Body) -> tuple[str, int]:
    await work.reminders.go_on(viewer, it)
    return await tell(work, it)


async def stop(work: Work, viewer: AsMember, it: Reminder, body: Body) -> tuple[str, int]:
    """`begun`: the page knew that it was under way, and its member said yes to that."""
    if (it.state in ("running", "paused")) != bool(body.get("begun")):
        raise AlreadySo
    await work.reminders.stop(viewer, it)
    return await tell(work, it)


async def tell(work: Work, it: Reminder) -> tuple[str, int]:
    if it.started_at is not None:
        await reminders.show_again(work, it)
    return page_words.STATES[it.state], it.id
