"""`/shift`: beginning a shift, handing it over, who is on duty. What is said stands in General."""

from __future__ import annotations

from datetime import datetime

from handlers import promise_texts, shift_texts
from handlers.dialogue.turn import plain
from handlers.staff.turn import StaffTurn
from services.access import shown_in
from services.chores import Chore
from services.errors import AlreadySo, NotFound
from services.messaging.types import Kind, Outbound
from services.rooms import same_place
from services.tables import Member, Room
from services.work import Work

BEGIN = frozenset({"начать", "принять", "заступить", "старт"})
END = frozenset({"сдать", "сдаю", "закончить", "конец", "стоп"})
WHO = frozenset({"кто", "список"})
SEES_ALL = ("manager", "admin")
MOST_NOTE = 1000


class Several(Exception):
    """`args` are the names that fit."""


async def shift(turn: StaffTurn) -> None:
    word, _, rest = turn.rest.partition(" ")
    word = plain(word.rstrip(".,:"))
    if word in WHO or (not word and turn.viewer.role in SEES_ALL and turn.thread is None):
        await list_rooms(turn)
    elif not word or word in BEGIN:
        await begin(turn)
    elif word in END:
        await end(turn, rest)
    else:
        await hand_over(turn, turn.rest)


async def begin(turn: StaffTurn) -> None:
    work = turn.work
    others = await name_duty(work, turn.room)
    try:
        await work.shifts.begin(turn.viewer, turn.room)
    except AlreadySo:
        await turn.say(shift_texts.on_duty_already(others))
        return
    before = await work.shifts.last_ended(turn.room, turn.viewer.role)
    handed = ""
    if before is not None and before[0].ended_at is not None:
        ended, member = before
        note = shift_texts.note_of(ended.summary)
        handed = shift_texts.handed(member.name, await name_time(work, before[0].ended_at), note)
    text = shift_texts.began(turn.member.name, others, handed, await describe(work, turn.room))
    await announce(turn, text)


async def end(turn: StaffTurn, rest: str) -> None:
    """`/shift сдать лифт ждёт мастера`, `/shift сдать Борису`, `/shift сдать Борису: лифт…`"""
    name, mark, note = rest.partition(":")
    try:
        to = await colleague(turn, name.strip())
    except Several as several:
        await turn.say(shift_texts.several(several.args))
        return
    await finish(turn, to, (note if mark else "") if to else rest)


async def hand_over(turn: StaffTurn, words: str) -> None:
    """`/shift Борис лифт ждёт мастера`: a name of one word or two, then the note."""
    parts = words.split()
    try:
        for length in (2, 1):
            to = await colleague(turn, " ".join(parts[:length]).strip(" ,.:"))
            if to is not None:
                await finish(turn, to, " ".join(parts[length:]))
                return
    except Several as several:
        await turn.say(shift_texts.several(several.args))
        return
    await turn.say(shift_texts.nobody_called(words))


async def finish(turn: StaffTurn, to: Member | None, note: str) -> None:
    work = turn.work
    note = " ".join(note.split()).strip(" .,:—-")[:MOST_NOTE]
    summary = shift_texts.summary(await describe(work, turn.room), note)
    try:
        await work.shifts.hand_over(turn.viewer, turn.room, summary, to)
    except NotFound:
        await turn.say(shift_texts.NOT_ON_DUTY)
    except AlreadySo:
        await turn.say(shift_texts.NOT_TO_YOURSELF)
    else:
        text = shift_texts.ended(turn.member.name, to.name if to else "", summary)
        await announce(turn, text)


async def colleague(turn: StaffTurn, words: str) -> Member | None:
    """The one colleague of this room so called, also in «сдать Борису». Raises `Several`."""
    if not words:
        return None
    colleagues = await turn.work.taking.colleagues([turn.room])
    found = turn.work.taking.named(colleagues, words)
    exact = [m for m in found if given(words, m.name) or plain(words) == plain(m.code or "")]
    called = exact or [m for m in colleagues if given(words, m.name)]
    if len(called) > 1:
        raise Several(*[member.name for member in called])
    return called[0] if called else None


def given(words: str, name: str) -> bool:
    """«Борис», «Борису», «Анне Соколовой»: each word is one of the name, but for its ending."""
    known = plain(name).split()

    def fits(word: str) -> bool:
        stems = (word, word[:-1], word[:-2] if len(word) > 5 else word)
        return any(len(s) > 1 and (s == each or s == each[:-1]) for each in known for s in stems)

    typed = plain(words).split()
    return bool(typed) and all(fits(word) for word in typed)


async def list_rooms(turn: StaffTurn) -> None:
    """Of every place this member works in."""
    work, shown = turn.work, list[Room]()
    for room in await work.rooms.every():
        if turn.viewer.works_in(room) and not any(same_place(room, each) for each in shown):
            shown.append(room)
    lines = [(room.title, await name_duty(work, room)) for room in shown]
    await turn.say(shift_texts.list_of_rooms(lines))


async def announce(turn: StaffTurn, text: str) -> None:
    """Once for the whole room, and to whoever asked for it elsewhere."""
    await turn.work.outbox.post(turn.room, Outbound(text=text), Kind.REPLY)
    if turn.at_desk:
        await turn.say(text)
    elif turn.thread is not None and turn.room.has_topics:
        await turn.say(shift_texts.IN_GENERAL)


async def describe(work: Work, room: Room) -> str:
    """How the room stands now: a line for each thing there is some of."""
    codes = [each.code for each in await work.rooms.every() if same_place(each, room)]
    which, figures = shown_in(codes), work.figures
    local, now = work.company.local, await work.company.local(work.now)
    promised = [
        (whom, promise_texts.term(await local(until), now))
        for whom, until in await figures.promised(which)
    ]
    return shift_texts.standing(
        await figures.open(which),
        await figures.unanswered_too_long(which),
        [number for number, _ in await figures.overdue(which)],
        promised,
        await figures.waiting_for_residents(which),
        await figures.to_call(which),
    )


async def name_duty(work: Work, room: Room) -> str:
    local, now = work.company.local, await work.company.local(work.now)
    return shift_texts.duty(
        [
            (member.name, shift.role, shift_texts.since(await local(shift.began_at), now))
            for shift, member in await work.shifts.running(room)
        ]
    )


async def name_time(work: Work, moment: datetime) -> str:
    local = await work.company.local(moment)
    now = await work.company.local(work.now)
    return shift_texts.since(local, now).removeprefix("с ")


# ── By the clock ─────────────────────────────────────────────────────────────


async def end_forgotten(work: Work, shift_id: int) -> None:
    shift = await work.shifts.claim_forgotten(shift_id)
    if shift is None:
        return
    room = await work.rooms.get(shift.room_id)
    began = shift_texts.since(
        await work.company.local(shift.began_at), await work.company.local(work.now)
    )
    text = shift_texts.forgotten(await work.staff.name_of(shift.member_id), began)
    if room.withdrawn_at is None:
        await work.outbox.post(room, Outbound(text=text), Kind.REPLY)


CHORES = (Chore("a forgotten shift", lambda work: work.shifts.find_forgotten(), end_forgotten),)
