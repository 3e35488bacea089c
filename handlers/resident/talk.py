"""Talking with staff: which thread a message belongs to, and a new thread where there is none."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from handlers import notices, wording
from handlers.dialogue.steps import Wrong
from handlers.dialogue.turn import Turn
from handlers.resident import texts
from handlers.resident.begin import button, full_menu
from handlers.resident.registration import check_phone
from handlers.resident.request import REQUEST, tell
from services.messaging.types import Attachment, Button
from services.tables import Thread

QUIET = timedelta(minutes=10)  # after so long a message is answered "passed on" again


async def ask_dispatcher(turn: Turn) -> None:
    """«Написать диспетчеру», and words like "оператор"."""
    company = await turn.work.company.profile()
    opens = None
    if not await turn.work.company.is_open(turn.work.now):
        moment = await turn.work.company.next_opening(turn.work.now)
        local = await turn.work.company.local(turn.work.now)
        opens = wording.name_moment(moment, local)
    turn.go("talk", thread=None)
    await turn.say(
        texts.ask_dispatcher(company, opens),
        [[button(texts.CALL_ME, "talk/call")], [button(texts.TO_MENU, "menu/show")]],
    )


async def receive(turn: Turn) -> None:
    """The scene `talk`: what is said goes into its thread; the first word opens one."""
    thread_id = turn.session.state.get("thread")
    if thread_id is None:
        await open_thread(turn, tell(turn.inbound))
        return
    others = [t for t in turn.session.state.get("answered", []) if t != thread_id]
    if others and not turn.inbound.reply_to:
        await ask_which(turn, tell(turn.inbound))
        return
    thread = await turn.work.threads.get(turn.viewer, thread_id)
    await add_to(turn, thread, tell(turn.inbound))


async def open_thread(turn: Turn, said: dict[str, Any]) -> Thread | None:
    """A conversation without a ticket, in the room of the resident's complex."""
    if not said["words"] and not said["attachments"]:
        await turn.say(texts.STICKER)
        return None
    places = await turn.work.people.places(turn.viewer)
    place = places[-1] if places else None
    room = await turn.work.rooms.of_complex(place.complex_id if place else None)
    resident = await turn.work.people.resident(turn.viewer.resident_id)
    thread = await turn.work.threads.open(
        turn.viewer,
        room,
        notices.subject_of_talk(resident, place),
        home_id=place.home_id if place else None,
    )
    await add_to(turn, thread, said)
    return thread


async def add_to(turn: Turn, thread: Thread, said: dict[str, Any]) -> None:
    """Adds what was said and shows it to the room; says so once in a while, not each time."""
    if not said["words"] and not said["attachments"]:
        await turn.say(texts.STICKER)
        return
    work = turn.work
    resident = await work.people.resident(turn.viewer.resident_id)
    first = not await work.threads.has_messages(thread)
    fresh = (
        turn.session.state.get("told")
        or first
        or thread.last_by != "resident"
        or work.now - thread.last_at > QUIET
    )
    quoted = await work.threads.find(turn.address, turn.inbound.reply_to)
    message = await work.threads.add(
        thread,
        "resident",
        resident.name or "",
        None,
        text=said["words"],
        attachments=[Attachment.model_validate(a) for a in said["attachments"]],
        reply_to=quoted.id if quoted and quoted.thread_id == thread.id else None,
    )
    await work.copies.keep(message.id, turn.contact.channel, turn.contact.chat, said["ids"])
    await work.threads.answer_at(thread, turn.contact)
    ticket = await work.threads.ticket(thread.id)
    if first and ticket is None:
        await notices.post_talk_card(work, thread, message)
    else:
        await notices.post_words_of_resident(work, thread, ticket, message)
    turn.go("talk", thread=thread.id, answered=[])
    if fresh:
        await turn.say(texts.ADDED if ticket and not first else texts.PASSED_ON)


async def ask_which(turn: Turn, said: dict[str, Any]) -> None:
    """Several conversations are open and nothing tells which one is meant."""
    threads = await turn.work.threads.open_ones(turn.viewer)
    rows: list[list[Button]] = [
        [button(texts.thread_label(thread, ticket), f"talk/to/{thread.id}")]
        for thread, ticket in threads[:6]
    ]
    rows += [[button(texts.AS_TICKET, "talk/ticket")], [button(texts.AS_QUESTION, "talk/new")]]
    turn.go("which", said=said)
    await turn.say(texts.WHICH_ONE if threads else texts.WHAT_IS_IT, rows)


async def receive_which(turn: Turn) -> None:
    """More words instead of a choice: they belong to what was said before."""
    said, more = turn.session.state["said"], tell(turn.inbound)
    await ask_which(
        turn,
        {
            "words": "\n".join(words for words in (said["words"], more["words"]) if words),
            "attachments": said["attachments"] + more["attachments"],
            "ids": said["ids"] + more["ids"],
        },
    )


async def press(turn: Turn) -> None:
    """`talk/to/ID`, `talk/ticket`, `talk/new`, `talk/call`."""
    _, what, ident = [*turn.pressed.split("/"), "", ""][:3]
    said = turn.session.state.get("said") if turn.session.scene == "which" else None
    if what == "call":
        await ask_to_call(turn)
    elif what == "to" and ident.isdecimal():
        thread = await turn.work.threads.get(turn.viewer, int(ident))
        if said:
            await add_to(turn, thread, said)
        else:
            turn.go("talk", thread=thread.id)
            await turn.say(texts.WRITE_HERE)
    elif said and what == "ticket":
        await REQUEST.begin(turn, said=said)
    elif said and what == "new":
        await open_thread(turn, said)
    else:
        await ask_dispatcher(turn)


async def ask_to_call(turn: Turn) -> None:
    """«Перезвоните мне»: with the number we know, or asking for one."""
    resident = await turn.work.people.resident(turn.viewer.resident_id)
    if resident.phone:
        await pass_on_call(turn, resident.phone)
        return
    turn.go("call")
    await turn.say(
        texts.ASK_CALL_PHONE,
        [
            [Button(label=texts.SHARE_PHONE, asks="contact")],
            [button(texts.TO_MENU, "menu/show")],
        ],
    )


async def receive_call(turn: Turn) -> None:
    shared = next((a.phone for a in turn.inbound.attachments if a.kind == "contact"), "")
    try:
        phone = await check_phone(turn, shared or turn.text)
    except Wrong as wrong:
        await turn.say(str(wrong))
        return
    await turn.work.people.set_phone(turn.viewer.resident_id, phone)
    await pass_on_call(turn, phone)


async def pass_on_call(turn: Turn, phone: str) -> None:
    words = texts.CALL_BACK_MESSAGE.format(phone=phone)
    said = {"words": words, "attachments": [], "ids": []}
    state = turn.session.state
    thread_id = state.get("thread") if turn.session.scene == "talk" else None
    if thread_id:
        await add_to(turn, await turn.work.threads.get(turn.viewer, thread_id), said)
    else:
        await open_thread(turn, said)
    await turn.say(texts.CALL_BACK_ASKED, full_menu(), standing=True)


async def sort_out(turn: Turn) -> None:
    """Words outside any dialogue. A quote says what they belong to; a single conversation that
    staff spoke in last takes them; otherwise the person is asked."""
    quoted = await turn.work.threads.find(turn.address, turn.inbound.reply_to)
    if quoted is not None:
        thread = await turn.work.threads.get(turn.viewer, quoted.thread_id)
        await add_to(turn, thread, tell(turn.inbound))
        return
    said = tell(turn.inbound)
    if not said["words"] and not said["attachments"]:
        await turn.say(texts.STICKER)
        return
    await ask_which(turn, said)


async def edit(turn: Turn) -> bool:
    """New words for something said before. False when it was no message of a thread."""
    known = await turn.work.threads.find(turn.address, turn.inbound.edits)
    if known is None:
        return False
    await turn.work.threads.get(turn.viewer, known.thread_id)
    changed = await turn.work.threads.change(known.id, turn.inbound.text)
    if changed is not None:
        await notices.post_edit_of_resident(turn.work, changed)
    return True
