"""`/promise`: what was promised here, set or taken back by hand."""

from __future__ import annotations

import re

from handlers import posts, promise_texts, staff_texts
from handlers.dialogue.turn import plain
from handlers.promises import name_term
from handlers.staff.turn import StaffTurn

NO = frozenset({"нет", "снять", "отмена", "отменить", "убрать", "не надо", "no"})
_TIME = re.compile(r"(\d{1,2}(?:[:.-]\d\d)?)$")


async def promise(turn: StaffTurn) -> None:
    """`/promise` shows, `/promise 16:00` sets without a word to the resident, `/promise нет`
    takes back."""
    if turn.thread is None:
        await turn.say(staff_texts.NO_THREAD)
    elif not turn.rest:
        await show(turn)
    elif plain(turn.rest) in NO:
        await cancel(turn)
    else:
        await put_down(turn)


async def show(turn: StaffTurn) -> None:
    assert turn.thread is not None
    work = turn.work
    lines = [
        (await name_term(work, each), await work.staff.name_of(each.member_id))
        for each in await work.promises.standing(turn.thread.id)
    ]
    await turn.say(promise_texts.standing(lines) if lines else promise_texts.NONE_HERE)


async def cancel(turn: StaffTurn) -> None:
    assert turn.thread is not None
    work = turn.work
    if not await work.promises.cancel(turn.viewer, turn.thread.id, turn.member.id):
        await turn.say(promise_texts.NOTHING_TO_CANCEL)
        return
    await turn.tell_room(promise_texts.cancelled(turn.member.name))
    await posts.refresh_card(work, turn.thread)


async def put_down(turn: StaffTurn) -> None:
    assert turn.thread is not None
    work, typed = turn.work, turn.rest
    until = None
    for words in (typed, f"до {typed}", _TIME.sub(r"до \1", typed)):
        until = until or await work.promises.read(turn.thread, words, work.now)
    if until is None:
        await turn.say(promise_texts.not_understood(typed))
        return
    local = work.company.local
    term = promise_texts.term(await local(until), await local(work.now))
    await turn.tell_room(promise_texts.set_by_hand(term, turn.member.name))
    line = await work.threads.last_message(turn.thread)
    assert line is not None
    await work.promises.set(turn.thread, turn.member.id, until, line.id)
    await posts.refresh_card(work, turn.thread)
