"""`/answerall`: one text for many threads, with a look at whom it goes to before it goes."""

from __future__ import annotations

import re

from handlers.staff import answer_all_texts as words
from handlers.staff import answering
from handlers.staff.finding import reader
from handlers.staff.turn import StaffTurn
from services.answer_all import MAY_SEND, MOST
from services.errors import AlreadySo, StaleButton
from services.messaging.types import Attachment, Button, Keyboard

_TO_WHOM = re.compile(r"([^:\n]*)(?::\s|:$|\n)(.*)", re.DOTALL)


async def answer_all(turn: StaffTurn) -> None:
    """`/answerall КОМУ: ТЕКСТ`"""
    if turn.viewer.role not in MAY_SEND:
        turn.work.audit.note(turn.viewer.name, "refused", turn.command)
        await turn.say(words.NOT_ALLOWED)
        return
    found = _TO_WHOM.fullmatch(turn.rest)
    files = [file for file in turn.inbound.attachments if file.kind != "sticker"]
    if found is None:
        await turn.say(words.HOW)
        return
    to_whom, text = found[1].strip(), found[2].strip()
    if not text and not files:
        await turn.say(words.NO_TEXT)
        return
    alls = turn.work.answer_alls
    chosen = await alls.read(to_whom)
    if chosen is None:
        await turn.say(words.bad_choice(to_whom, await alls.categories()))
        return
    threads = await alls.choose(reader(turn), chosen)
    if not threads:
        await turn.say(words.nobody(chosen.title))
    elif len(threads) > MOST:
        await turn.say(words.too_many(chosen.title))
    else:
        only = [thread for thread, _ in threads]
        kept = await alls.keep(turn.viewer, turn.room, chosen, only, text, files)
        send = Button(label=words.send(len(only)), action=f"staff/sendall/{kept.id}")
        cancel = Button(label=words.CANCEL, action=f"staff/dropall/{kept.id}")
        await turn.say(
            words.preview(chosen.title, threads, text, len(files)),
            Keyboard(rows=((send,), (cancel,))),
        )


async def send(turn: StaffTurn, ident: int) -> None:
    """Whoever presses answers, in their own name. Raises `NotYours`."""
    if turn.member.trainee:
        await turn.say(words.TRAINEE)
        return
    here = turn.thread
    try:
        kept, threads = await turn.work.answer_alls.take(turn.viewer, ident)
    except AlreadySo:
        await turn.say(words.ALREADY)
        return
    except StaleButton:
        await turn.say(words.STALE)
        return
    files = [Attachment.model_validate(each) for each in kept.attachments]
    for thread in threads:
        await answering.tell_resident(
            turn, thread, kept.text, files, written=False, one_of_many=True
        )
    turn.thread = here
    if threads:
        dropped = len(kept.threads) - len(threads)
        await turn.say(words.sent(len(threads), dropped, turn.member.name))
    else:
        await turn.say(words.NOBODY_LEFT)


async def drop(turn: StaffTurn, ident: int) -> None:
    """Raises `NotYours`."""
    try:
        await turn.work.answer_alls.drop(turn.viewer, ident)
    except AlreadySo:
        await turn.say(words.ALREADY)
    else:
        await turn.say(words.CANCELLED)
