"""`/ban` and `/unban`: keeping a resident's words from staff for a while."""

from __future__ import annotations

import re
from datetime import timedelta

from handlers import staff_texts
from handlers.resident import closing_texts as to_resident
from handlers.staff import closing_texts as words
from handlers.staff.turn import StaffTurn
from services.bans import LONGEST, MAY_BAN, USUAL
from services.errors import AlreadySo, NotYours
from services.messaging.outbox import About
from services.messaging.types import Address, Kind, Outbound
from services.tables import Thread

_NUMBER = re.compile(r"(?:на\s+)?(\d+)\s*([^\W\d_]*)\.?", re.IGNORECASE)
_FOREVER = re.compile(r"(?:навсегда|насовсем|бессрочно)\b", re.IGNORECASE)
_ONE = re.compile(r"(?:на\s+)?(минуту|час|день|сутки|неделю|месяц|год)\b", re.IGNORECASE)
_UNITS = (
    (re.compile("м|мин|минут[аыу]?"), timedelta(minutes=1)),
    (re.compile("ч|час|часа|часов"), timedelta(hours=1)),
    (re.compile("д|дн|день|дня|дней|сут|сутки|суток"), timedelta(days=1)),
    (re.compile("н|нед|недел[яиюь]"), timedelta(weeks=1)),
    (re.compile("мес|месяц|месяца|месяцев"), timedelta(days=30)),
    (re.compile("г|год|года|лет"), timedelta(days=365)),
)


class BadSpan(Exception):
    """`str()` is what was typed."""


class SpanTooLong(Exception):
    """More than a year is for ever, and is to be said so."""


def read_span(typed: str) -> tuple[timedelta | None, str]:
    """The span that the words begin with, None for ever, and the reason after it. Words that
    begin with no figure are a reason: for the usual span. Raises `BadSpan`, `SpanTooLong`."""
    if found := _FOREVER.match(typed):
        return None, reason_after(typed, found.end())
    if found := _ONE.match(typed):
        return unit(found[1]) or USUAL, reason_after(typed, found.end())
    if not (found := _NUMBER.match(typed)):
        return USUAL, typed.strip()
    one = unit(found[2])
    if one is None or not (count := int(found[1][:9])):
        raise BadSpan(found[0].strip())
    if count > LONGEST / one:
        raise SpanTooLong
    return one * count, reason_after(typed, found.end())


def unit(word: str) -> timedelta | None:
    return next((one for names, one in _UNITS if names.fullmatch(word.lower())), None)


def reason_after(typed: str, end: int) -> str:
    return typed[end:].strip(" \n.,:;—-")


async def ban(turn: StaffTurn) -> None:
    """`/ban 7 дней причина`, `/ban причина`, `/ban навсегда причина`."""
    thread = await thread_here(turn)
    if thread is None:
        return
    try:
        span, reason = read_span(turn.rest)
    except BadSpan as bad:
        await turn.say(words.bad_span(str(bad)))
        return
    except SpanTooLong:
        await turn.say(words.span_too_long())
        return
    if not re.search(r"\w", reason):
        await turn.say(words.REASON_NEEDED)
        return
    made = await turn.work.bans.ban(turn.viewer, thread.resident_id, span, reason[:500])
    company, local = await turn.work.company.profile(), turn.work.company.local
    until, now = await local(made.until) if made.until else None, await local(turn.work.now)
    await turn.tell_room(words.banned(until, now, made.reason, turn.member))
    await tell_resident(turn, thread, to_resident.banned(until, now, company))


async def unban(turn: StaffTurn) -> None:
    thread = await thread_here(turn)
    if thread is None:
        return
    try:
        await turn.work.bans.lift(turn.viewer, thread.resident_id)
    except AlreadySo:
        await turn.say(words.NOT_BANNED)
        return
    await turn.tell_room(words.unbanned(turn.member))
    await tell_resident(turn, thread, to_resident.UNBANNED)


async def thread_here(turn: StaffTurn) -> Thread | None:
    """None after the member was told why nothing is done."""
    if turn.thread is None:
        await turn.say(staff_texts.NO_THREAD)
        return None
    if turn.viewer.role not in MAY_BAN:
        turn.work.audit.note(turn.viewer.name, "refused", turn.command)
        await turn.say(words.NOT_ALLOWED)
        return None
    return turn.thread


async def tell_resident(turn: StaffTurn, thread: Thread, text: str) -> None:
    contact = await turn.work.people.where_to_answer(thread)
    await turn.work.outbox.say(
        Address(channel=contact.channel, chat=contact.chat),
        Outbound(text=text),
        Kind.NOTICE,
        About(thread_id=thread.id, contact_id=contact.id),
    )


async def describe(turn: StaffTurn, resident_id: int) -> str:
    """For `/who`: the ban that holds, with reason, who and until; empty when there is none."""
    holds = await turn.work.bans.current(resident_id)
    if holds is None:
        return ""
    local = turn.work.company.local
    until = await local(holds.until) if holds.until else None
    try:
        name = (await turn.work.staff.get(holds.member_id)).name
    except NotYours:  # has left since
        name = words.FORMER
    return words.who_banned(until, await local(turn.work.now), holds.reason, name)
