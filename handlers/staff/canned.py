"""`/answer`: canned answers, a draft to be copied and changed. Nothing of it is sent by itself."""

from __future__ import annotations

import re

from handlers import staff_texts, wording
from handlers.discretion import Discretion
from handlers.staff import canned_texts as words
from handlers.staff.turn import StaffTurn
from services.access import AsMember
from services.company.declaration import CannedAnswer
from services.errors import NotFound, NotYours
from services.messaging.types import Button, Keyboard
from services.sought import fold
from services.tables import Member, Thread
from services.work import Work


async def answer(turn: StaffTurn) -> None:
    """`/answer`, `/answer СЛОВО`, `/answer + КЛЮЧ НАЗВАНИЕ` and the text, `/answer - КЛЮЧ`."""
    sign, rest = turn.rest[:1], turn.rest[1:].strip()
    if sign in ("+", "-", "—", "–") and rest:
        try:
            await (put(turn, rest) if sign == "+" else remove(turn, rest))
        except NotYours:
            turn.work.audit.note(turn.viewer.name, "refused", turn.command)
            await turn.say(words.NOT_ALLOWED)
        return
    offered = await offer(turn)
    if not turn.rest:
        await turn.say(words.listed(offered) if offered else words.NONE_YET)
        return
    found = choose(offered, turn.rest)
    if turn.thread is None:
        await turn.say(staff_texts.NO_THREAD)
    elif not found:
        await turn.say(words.no_such(turn.rest))
    elif len(found) > 1:
        await turn.say(words.several(turn.rest, found))
    else:
        text = await draft(turn.work, turn.viewer, turn.thread, found[0], turn.member)
        await turn.say(words.draft(found[0], text), copying(text))


async def offer(turn: StaffTurn) -> list[CannedAnswer]:
    if turn.thread is None:
        return await turn.work.canned.every()
    return await turn.work.canned.of_thread(turn.viewer, turn.thread)


def choose(offered: list[CannedAnswer], typed: str) -> list[CannedAnswer]:
    """By place in the list, by key, else by a word of the title, else of the text."""
    if typed.isdecimal():
        return offered[int(typed) - 1 :][:1] if 0 < int(typed[:6]) <= len(offered) else []
    word = fold(typed)
    for fits in (
        [each for each in offered if each.id == word],
        [each for each in offered if word in fold(each.title)],
        [each for each in offered if word in fold(each.text)],
    ):
        if fits:
            return fits
    return []


async def draft(
    work: Work, viewer: AsMember, thread: Thread, answer: CannedAnswer, member: Member
) -> str:
    """Raises `NotYours`."""
    return words.fill(answer.text, await values_of(work, viewer, thread, member))


async def values_of(work: Work, viewer: AsMember, thread: Thread, member: Member) -> dict[str, str]:
    """Of the variables; no name where a room that reads along may show none. Raises `NotYours`."""
    company, ticket = await work.company.profile(), await work.threads.ticket(thread.id)
    resident = await work.people.resident(thread.resident_id)
    rooms = await work.rooms.showing(thread)
    term = ""
    if ticket is not None and ticket.closed_at is None and ticket.due_at > work.now:
        local = work.company.local
        term = wording.name_moment(await local(ticket.due_at), await local(work.now))
    return {
        "name": (resident.name or "") if all(Discretion.of(each).names for each in rooms) else "",
        "number": str(ticket.number) if ticket else "",
        "house": await work.canned.house_of(viewer, thread),
        "term": term,
        "phone": company.phone,
        "emergency_phone": company.emergency_phone,
        "member": member.name,
    }


def copying(text: str) -> Keyboard | None:
    """One press copies a draft that is short enough."""
    if len(text.encode("utf-16-le")) // 2 > words.COPY_AT_MOST:
        return None
    return Keyboard(rows=((Button(label=words.COPY, copies=text),),))


async def put(turn: StaffTurn, rest: str) -> None:
    """Raises `NotYours`."""
    head, _, text = rest.partition("\n")
    key, _, title = head.partition(" ")
    key, title, text = key.lower(), title.strip(), text.strip()
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,31}", key):
        await turn.say(words.BAD_KEY)
    elif not title or not text:
        await turn.say(words.NO_TEXT)
    elif len(text) > words.LONGEST_TEXT or len(title) > words.LONGEST_TITLE:
        await turn.say(words.TOO_LONG)
    else:
        new = await turn.work.canned.put(turn.viewer, key, title, text)
        await turn.say(words.kept(key, title, new=new))


async def remove(turn: StaffTurn, key: str) -> None:
    """Raises `NotYours`."""
    try:
        await turn.work.canned.remove(turn.viewer, key.lower())
    except NotFound:
        await turn.say(words.no_such(key))
    else:
        await turn.say(words.removed(key.lower()))
