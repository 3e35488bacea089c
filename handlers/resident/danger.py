"""Danger first: what a resident says is read for it before anything else. The room is alarmed, the
person is told whom to call, and asked for the address if nobody knows it."""

from __future__ import annotations

from handlers import alarm_texts, alarms, notices, outside_texts, posts, wording
from handlers.dialogue.said import Said, says_nothing, tell
from handlers.dialogue.turn import Turn
from handlers.resident import danger_texts as words
from handlers.resident import known, spots, texts
from handlers.resident.consent import consented
from handlers.resident.danger_place import (
    SCENE,
    TALKING,
    add,
    ask_place,
    forget_what_was_heard,
    leave,
    place,
    put,
)
from handlers.resident.spots import Spot
from services.messaging.types import Happening
from services.tables import Alarm, Thread, Ticket
from services.understanding.reading.danger import find_danger

# ── Reading ──────────────────────────────────────────────────────────────────


def find(turn: Turn, action: str) -> str:
    """Which danger the words or the caption tell of; empty: none. What stands for a press
    (`action`: by typed words) or is a command is read for nothing; but whoever types what an
    article is called tells of it."""
    heard = turn.inbound.happening in (Happening.MESSAGE, Happening.EDIT)
    by_label = not turn.inbound.pressed and turn.pressed.startswith("faq/")
    pressed = bool(turn.pressed or action) and not by_label
    if not heard or not turn.text or pressed or turn.text.startswith("/"):
        return ""
    return find_danger(turn.text)


async def hear(turn: Turn, kind: str) -> bool:
    """True when the question that was open is to be asked again. An edit was handled as such
    before, and is danger that was not told of yet."""
    edit = turn.inbound.happening is Happening.EDIT
    said = tell(turn.inbound) | ({"ids": []} if edit else {})
    if edit and await turn.work.alarms.recent(turn.viewer.resident_id, kind) is not None:
        return False
    return await alarm_of(turn, kind, said) and not edit


async def alarm_of(turn: Turn, kind: str, said: Said) -> bool:
    """Whether it was said now or waited in a dialogue. True as above."""
    work = turn.work
    alarm = await work.alarms.recent(turn.viewer.resident_id, kind)
    forget_what_was_heard(turn)
    if alarm is not None:
        return await hear_again(turn, alarm, kind, said)
    beside = await thread_here(turn)
    spot = await spots.find_spot(turn, said["words"], kind)
    alarm, thread, ticket = await raise_alarm(turn, kind, said, spot)
    if beside is not None:
        line = alarm_texts.elsewhere(ticket, alarm_texts.TITLES[kind])
        await notices.tell_staff(work, beside, line)
    await instruct(turn, kind, ticket, spot.complex_id)
    if ticket is not None:
        await known.ask_of_ticket(turn, ticket)
    return await go_on(turn, alarm, thread, spot)


async def is_news(turn: Turn, kind: str) -> bool:
    """Whether an edit that is not taken yet tells of it first, with other words than before, and
    a resident made it. What stands in no thread, a member may have written to the program."""
    known = await turn.work.threads.find(turn.address, turn.inbound.edits)
    if known is None:
        sender = turn.inbound.address.channel, turn.inbound.sender.id
        return await turn.work.staff.by_account(*sender) is None
    if known.by != "resident" or known.text.strip() == turn.text:
        return False
    return find_danger(known.text) != kind


async def thread_here(turn: Turn) -> Thread | None:
    """The open conversation in which it was said."""
    quoted = await turn.work.threads.find(turn.address, turn.inbound.reply_to)
    here = turn.session.state.get("thread") if turn.session.scene == "talk" else None
    thread_id = quoted.thread_id if quoted else here
    threads = await turn.work.threads.open_ones(turn.viewer) if thread_id else []
    return next((thread for thread, _ in threads if thread.id == thread_id), None)


# ── Alarming ─────────────────────────────────────────────────────────────────


async def raise_alarm(
    turn: Turn, kind: str, said: Said, spot: Spot
) -> tuple[Alarm, Thread, Ticket | None]:
    """A request where consent and address are known, else a thread that waits for them. Without
    consent nothing of the person goes along but the words and the address."""
    work, consent = turn.work, bool(await consented(turn))
    place = spot.where.place if spot.where else ""
    if spot.likely and consent:
        place = alarm_texts.likely(wording.name_place(spot.likely))
    room = await work.rooms.of_complex(spot.complex_id)
    subject = alarm_texts.subject(kind, place)
    thread = await work.threads.open(turn.viewer, room, subject, home_id=spot.home_id)
    ticket = None
    if consent and spot.where is not None and spot.exact:
        ticket = await alarms.file(
            work, thread, kind, spot.where, said["words"], turn.contact.channel
        )
    message = await put(turn, thread, said, named=consent)
    title = ticket.what if ticket else alarm_texts.TITLES[kind]
    line = await work.threads.add(thread, "system", "", None, text=alarm_texts.raised(title))
    alarm = await work.alarms.begin(
        thread,
        kind,
        line,
        house_id=spot.where.house_id if spot.where else None,
        exact=spot.exact,
        anonymous=not consent,
    )
    if ticket is not None:
        await posts.post_card(work, thread, ticket, message)
        await work.alarms.join_surge(thread)
    else:
        await alarms.post(work, alarm, thread, message)
    return alarm, thread, ticket


async def instruct(turn: Turn, kind: str, ticket: Ticket | None, complex_id: int | None) -> None:
    company = await turn.work.company.profile()
    category = await alarms.category_for(turn.work, kind, complex_id)
    passed_on = words.passed_on(ticket)
    if ticket is not None and (organisation := await turn.work.organisations.of(ticket)):
        passed_on = f"{passed_on}\n\n{outside_texts.told_at_filing(organisation)}"
    text = words.instruct(kind, company, category.advice, passed_on)
    await turn.say(text, header=texts.receipt_header(ticket) if ticket else "")


async def hear_again(turn: Turn, alarm: Alarm, kind: str, said: Said) -> bool:
    """The same danger: its thread gets the words, and nobody is alarmed a second time."""
    thread = await turn.work.threads.get(turn.viewer, alarm.thread_id)
    alarm.heard_at = turn.work.now
    await add(turn, thread, said)
    ticket = await turn.work.threads.ticket(thread.id)
    if alarm.kind == "other" and kind != "other":
        alarm.kind = kind
        await instruct(turn, kind, ticket, ticket.complex_id if ticket else None)
    else:
        header = texts.ticket_header(ticket) if ticket else ""
        company = await turn.work.company.profile()
        await turn.say(words.told_again(company, ticket), header=header)
    spot = Spot(exact=True)
    if not alarm.exact:
        house = await turn.work.places.house(alarm.house_id) if alarm.house_id else None
        if house is not None:
            spot = await spots.find_in(turn, house, said["words"], kind)
        else:
            spot = await spots.find_spot(turn, said["words"], kind)
        if spot.where is not None and (spot.exact or house is None):
            await place(turn, alarm, thread, spot)
    return await go_on(turn, alarm, thread, spot)


# ── What goes on afterwards ──────────────────────────────────────────────────


async def go_on(turn: Turn, alarm: Alarm, thread: Thread, spot: Spot) -> bool:
    """A dialogue that waits for an answer is kept, with what it heard; a request of which nothing
    was told yet was about this. True when its question is to be asked again."""
    session = turn.session
    if session.scene == "request" and not told_so_far(turn):
        turn.leave()
    if session.scene == SCENE:
        if not spot.exact:
            await ask_place(turn, spot)
            return False
        return leave(turn, thread)
    common = session.scene == "request" and session.state["answers"].get("common")
    asks_itself = (session.scene == "registration" or common) and spot.where is None
    waits = session.scene not in TALKING
    if not spot.exact and not (asks_itself and not spot.homes):
        before = {"scene": session.scene, "state": session.state} if waits else None
        turn.go(SCENE, alarm=alarm.id, before=before, tries=0)
        await ask_place(turn, spot)
        return False
    return leave(turn, thread)


def told_so_far(turn: Turn) -> bool:
    answers = turn.session.state.get("answers", {})
    return any(answers.get(key) for key in ("what", "words", "category"))


async def goes_on(turn: Turn) -> bool:
    """Words of somebody who was not asked for consent, in the conversation about an alarm: they
    are about it, and no question comes before them. False for any others."""
    thread_id = turn.session.state.get("thread")
    if turn.session.scene != "talk" or thread_id is None:
        return False
    thread = await turn.work.threads.get(turn.viewer, thread_id)
    alarm = await turn.work.alarms.of_thread(thread.id)
    said = tell(turn.inbound)
    if alarm is None or thread.state != "open" or says_nothing(said):
        return False
    await add(turn, thread, said)
    await turn.say(words.ADDED)
    return True
