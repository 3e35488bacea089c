"""Reminders: what residents get, the post that shows how far one is, and what the clock does."""

from __future__ import annotations

from handlers import mailings, wording
from handlers import reminder_staff_texts as staff_words
from handlers import reminder_texts as words
from services.chores import Chore
from services.debt_hours import next_decent
from services.errors import NobodyToTell, SameMailing
from services.messaging.types import Address, Keyboard, Kind, Outbound
from services.reminder_results import Result
from services.tables import Reminder
from services.work import Work

# ── What residents get ───────────────────────────────────────────────────────


def compose(reminder: Reminder, text: str = "", *, sample: bool = False) -> Outbound:
    """Its words are filled in for each person when it starts."""
    rows = words.buttons(reminder.id, sample=sample)
    return Outbound(
        header=words.HEADERS[reminder.kind],  # type: ignore[index]
        text=text or "…",
        keyboard=Keyboard(rows=tuple(tuple(row) for row in rows)),
    )


async def start(work: Work, reminder: Reminder, member_id: int | None) -> None:
    """Of a locked one. Raises `AlreadySo`, `SameMailing`, `NobodyToTell`."""
    await work.reminders.start(reminder, compose(reminder), member_id)


async def name_whom(work: Work, reminder: Reminder) -> str:
    houses = [house.address for house in await work.reminders.houses(reminder)]
    return staff_words.whom(reminder, houses)


# ── How far it is ────────────────────────────────────────────────────────────


async def describe(work: Work, reminder: Reminder, came: Result) -> Outbound:
    """For the accountant alone."""
    whom = await name_whom(work, reminder)
    morning = await goes_on_at(work, reminder)
    text = staff_words.progress(reminder, came, whom, morning)
    rows = staff_words.progress_buttons(reminder)
    return Outbound(text=text, keyboard=mailings.keyboard_of(rows))


async def goes_on_at(work: Work, reminder: Reminder) -> str:
    """The first decent hour of any of its zones; empty where one has it now."""
    local, now = work.company.local, work.now
    company = await work.company.profile()
    zones = await work.reminders.zones(reminder) or {""}
    first = min(next_decent(company, now, zone) for zone in zones)
    return "" if first <= now else wording.name_moment(await local(first), await local(now))


async def post_progress(work: Work, reminder: Reminder) -> None:
    """Where it was made. From now on that post is changed in place."""
    what = await describe(work, reminder, await work.reminders.result(reminder))
    reminder.progress_row = await tell_maker(work, reminder, what)
    await work.session.flush()


async def tell_maker(work: Work, reminder: Reminder, what: Outbound) -> int | None:
    """Never in a group. Whoever left, or may not any more, hears nothing: others who may look it up
    in the list."""
    if not await work.reminders.maker_counts(reminder):
        return None
    contact = await work.executors.where_reached(reminder.member_id)
    if reminder.way == "private" and contact is not None:
        there = Address(channel=contact.channel, chat=contact.chat)
        return await work.outbox.say(there, what, Kind.RELAY)
    return await mailings.tell_member(work, reminder.member_id, reminder.room_id, "desk", what)


async def show_again(work: Work, reminder: Reminder) -> Result:
    """The post, where it says something else than it did."""
    came = await work.reminders.result(reminder)
    if reminder.progress_row is None:
        await post_progress(work, reminder)
        return came
    what = await describe(work, reminder, came)
    if not await work.mailings.shows(reminder, what):
        reminder.progress_row = await work.outbox.show_again(reminder.progress_row, what)
        await work.session.flush()
    return came


# ── By the clock ─────────────────────────────────────────────────────────────


async def start_due(work: Work, reminder_id: int) -> None:
    """What cannot be sent becomes a draft again, and its member hears why."""
    reminder = await work.reminders.claim_to_start(reminder_id)
    if reminder is None:
        return
    try:
        await start(work, reminder, None)
    except SameMailing:
        why = staff_words.FELL_DUE_TWICE
    except NobodyToTell:
        why = staff_words.FELL_DUE_FOR_NOBODY
    else:
        await post_progress(work, reminder)
        return
    await work.reminders.put_back(reminder)
    row = [staff_words.button(staff_words.SHOW, "debt", reminder.id)]
    rows = [row] if reminder.state == "draft" else []
    await tell_maker(work, reminder, Outbound(text=why, keyboard=mailings.keyboard_of(rows)))


async def show_running(work: Work, reminder_id: int) -> None:
    reminder = await work.reminders.claim_to_show(reminder_id)
    if reminder is None:
        return
    await work.reminders.give_up(reminder)
    came = await work.reminders.result(reminder)
    if not came.left:
        await work.reminders.end(reminder)
    await show_again(work, reminder)
    work.reminders.note_shown(reminder, moves=bool(came.lately))


CHORES = (
    Chore(
        "starting reminders", lambda work: work.reminders.find_to_start(), start_due,
        next_in=lambda work: work.reminders.next_in(),
    ),
    Chore("showing how far reminders are", lambda work: work.reminders.find_to_show(),
        show_running),
    Chore(
        "counting who paid", lambda work: work.reminders.find_paid(),
        lambda work, reminder_id: work.reminders.count_paid(reminder_id),
    ),
)  # fmt: skip
