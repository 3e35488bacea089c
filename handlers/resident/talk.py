"""Talking with staff: which thread a message belongs to, and a new thread where there is none."""

from __future__ import annotations

from datetime import timedelta

from handlers import posts, wording
from handlers.dialogue.said import Said, join, says_nothing, tell
from handlers.dialogue.steps import Wrong
from handlers.dialogue.turn import Turn, split_action
from handlers.resident import hours, texts
from handlers.resident.asked import recall, recall_fresh, with_waiting
from handlers.resident.begin import new_common_request
from handlers.resident.consent import button, consented
from handlers.resident.handing import hand_over
from handlers.resident.menu import full_menu
from handlers.resident.passing import add_to, open_thread, their_room
from handlers.resident.registration import check_phone, new_request
from handlers.resident.request import REQUEST
from handlers.resident.sorting import sort_out
from handlers.resident.which import ask_which
from services.messaging.types import Attachment, Button
from services.tables import Message, Thread

STILL_TALKING = timedelta(hours=1)  # since the resident's own last word
STILL_ANSWERING = timedelta(days=1)  # since the last word of staff


async def ask_dispatcher(turn: Turn) -> None:
    """«Написать диспетчеру», and words like "оператор". An open conversation goes on; one that was
    answered and left lying, though nobody closed it, does not. What they have just asked goes
    along, so that nobody has to write it twice."""
    if asked := recall_fresh(turn, "which", "faq"):
        await hand_over(turn, with_waiting(turn, turn.session.state.get("asked") or asked))
        return
    company = await turn.work.company.profile()
    threads = await turn.work.threads.open_ones(turn.viewer)
    talks = [thread for thread, ticket in threads if ticket is None]
    talk = next((thread for thread in talks if not turn.work.closing.is_left(thread)), None)
    turn.go("talk", thread=talk.id if talk else None, chosen=True)
    room = await turn.work.rooms.get(talk.room_id) if talk else (await their_room(turn))[0]
    await turn.say(
        texts.ask_dispatcher(company, await hours.tell_once(turn, room)),
        [[button(texts.CALL_ME, "talk/call")], [button(texts.TO_MENU, "menu/show")]],
    )


async def receive(turn: Turn) -> None:
    """The scene `talk`: what is said goes into its thread; the first word opens one. After a long
    silence, or when staff spoke in other threads meanwhile, the person is asked."""
    said, state = tell(turn.inbound), turn.session.state
    if says_nothing(said):
        await turn.say(texts.SAY_IN_WORDS)
        return
    if read_before := state.pop("said", None):
        said = join(read_before, said)
    if state.get("thread") is None:
        await open_thread(turn, said)
        return
    thread = await turn.work.threads.get(turn.viewer, state["thread"])
    others = [t for t in state.get("answered", []) if t != thread.id]
    for_good = await turn.work.closing.is_over(thread)
    if not state.get("chosen") and others:
        await ask_which(turn, said)
        return
    if not state.get("chosen") and is_over(turn, thread) and not for_good:
        await sort_out(turn, said)
        return
    await add_to(turn, thread, said)


def is_over(turn: Turn, thread: Thread) -> bool:
    silence = turn.work.now - thread.last_at
    return silence > (STILL_TALKING if thread.last_by == "resident" else STILL_ANSWERING)


async def receive_quoted(turn: Turn, quoted: Message) -> None:
    """An answer by quoting belongs to the quoted thread, whatever else is going on."""
    said = tell(turn.inbound)
    if says_nothing(said):
        await turn.say(texts.SAY_IN_WORDS)
        return
    thread = await turn.work.threads.get(turn.viewer, quoted.thread_id)
    open_question = turn.session.scene not in ("", "talk", "which")
    await add_to(turn, thread, said, keep_scene=open_question)


async def press(turn: Turn) -> None:
    """`talk/to/ID`, `talk/ticket`, `talk/new`, `talk/call`."""
    what, ident = split_action(turn.pressed)
    said = recall(turn) if turn.session.scene == "which" else None
    if what == "to":
        thread = await turn.work.threads.get(turn.viewer, ident)
        if said:
            await add_to(turn, thread, said)
        else:
            turn.go("talk", thread=thread.id, chosen=True)
            ticket = await turn.work.threads.ticket(thread.id)
            await turn.say(texts.WRITE_HERE if ticket else texts.WRITE_TO_TALK)
    elif what == "ticket" and not await consented(turn):
        await new_common_request(turn)
    elif what == "ticket":
        await new_request(turn, said)
    elif what == "call":
        await ask_to_call(turn)
    elif said and what == "new" and not await consented(turn):
        await hand_over(turn, said)
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
    turn.go("call", thread=turn.session.state.get("thread"))
    await turn.say(texts.ASK_CALL_PHONE, phone_buttons())


def phone_buttons() -> list[list[Button]]:
    return [
        [Button(label=texts.SHARE_PHONE, asks="contact")],
        [button(texts.TO_MENU, "menu/show")],
    ]


async def receive_call(turn: Turn) -> None:
    shared = next((a.phone for a in turn.inbound.attachments if a.kind == "contact"), "")
    try:
        phone = await check_phone(turn, shared or turn.text)
    except Wrong as wrong:
        await turn.say(str(wrong), phone_buttons())
        return
    await turn.work.people.set_phone(turn.viewer.resident_id, phone)
    await pass_on_call(turn, phone)


async def pass_on_call(turn: Turn, phone: str) -> None:
    """Into the conversation that is open, else into a new one."""
    words = texts.CALL_BACK_MESSAGE.format(phone=wording.name_phone(phone))
    said: Said = {"words": words, "attachments": [], "ids": []}
    thread_id = turn.session.state.get("thread")
    if turn.session.scene in ("talk", "call") and thread_id:
        thread = await turn.work.threads.get(turn.viewer, thread_id)
        await add_to(turn, thread, said, quietly=True)
    else:
        thread = await open_thread(turn, said, quietly=True)
    company = await turn.work.company.profile()
    room = await turn.work.rooms.get(thread.room_id)
    text = texts.call_back_asked(company, await hours.tell_once(turn, room), phone)
    await turn.say(text, await full_menu(turn), standing=True)


async def edit(turn: Turn) -> None:
    """New words for something said before: in a thread, or in a request that is being made."""
    known = await turn.work.threads.find(turn.address, turn.inbound.edits)
    if known is None:
        if turn.session.scene == REQUEST.name:
            await REQUEST.edit(turn)
        return
    thread = await turn.work.threads.get(turn.viewer, known.thread_id)
    await add_files(turn, thread, known)
    changed = await turn.work.threads.change(known.id, turn.inbound.text)
    if changed is not None:
        await posts.post_edit(turn.work, changed)


async def add_files(turn: Turn, thread: Thread, known: Message) -> None:
    """Files that an edit added come as words of their own: what stands in a room takes none in."""
    if len(turn.inbound.attachments) <= len(known.attachments):
        return
    said = await turn.work.threads.messages(turn.viewer, thread.id)
    had = {handle_of(each) for message in said for each in posts.attachments_of(message)}
    files = [a for a in turn.inbound.attachments if handle_of(a) not in had]
    if not files:
        return
    message = await turn.work.threads.add(
        thread, "resident", known.author, None, text="", attachments=files
    )
    await posts.post_words(turn.work, thread, message)


def handle_of(attachment: Attachment) -> str:
    """What stays the same of a file's id: an address after it may change."""
    return attachment.handle.partition(" ")[0]
