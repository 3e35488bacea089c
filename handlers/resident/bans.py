"""A resident who is banned: what would reach staff is answered with a sentence, once a day.

Emergencies always go through: words of danger, which are read before, requests of an emergency
kind, and whatever belongs to such a request. A voice message is held like words: what the person
is told names the phone. What only shows or changes the resident's own things works as ever.
"""

from __future__ import annotations

from handlers.dialogue.said import says_nothing, tell
from handlers.dialogue.turn import Turn, split_action
from handlers.resident import closing_texts
from handlers.resident.danger_place import SCENE
from handlers.resident.passing import add_to
from services.errors import NotYours
from services.messaging.types import Happening
from services.tables import Ban, Thread

REACHING_STAFF = (
    "menu/dispatcher", "talk/to/", "talk/new", "talk/call", "ticket/reopen/", "ticket/add/",
    "rate/", "need/", "faq/no/", "faq/other/", "faq/person/",
)  # fmt: skip


async def hold(turn: Turn, word: str, *, in_form: bool) -> bool:
    """True when the turn ends here. `word`: the action that typed words stand for; `in_form`: a
    form waits for the answer, and decides itself what it sends. A quote or an edit of what stands
    in a thread is no answer to it."""
    ban = await turn.work.bans.current(turn.viewer.resident_id)
    if ban is None:
        return False
    action = turn.pressed or word
    if turn.inbound.happening is Happening.EDIT:
        edited = await turn.work.threads.find(turn.address, turn.inbound.edits)
        return edited is not None and not await is_emergency(
            turn, await turn.work.threads.of_message(edited)
        )
    if action:
        if not action.startswith(REACHING_STAFF) or await is_about_emergency(turn, action):
            return False
        await answer(turn, ban)
        return True
    quoted = await turn.work.threads.find(turn.address, turn.inbound.reply_to)
    asked = in_form or turn.session.scene in ("consent", SCENE)
    if turn.text.startswith("/") or (asked and quoted is None):
        return False
    if not await pass_urgent(turn):
        await answer(turn, ban)
    return True


async def is_about_emergency(turn: Turn, action: str) -> bool:
    """Whether a press belongs to an emergency of theirs. Raises `NotYours`."""
    _, ident = split_action(action)
    if not ident:
        return False
    if action.startswith("ticket/"):
        return (await turn.work.tickets.get(turn.viewer, ident)).emergency
    if action.startswith("talk/to/"):
        return await is_emergency(turn, await turn.work.threads.get(turn.viewer, ident))
    return False


async def is_emergency(turn: Turn, thread: Thread) -> bool:
    ticket = await turn.work.threads.ticket(thread.id)
    alarm = await turn.work.alarms.of_thread(thread.id)
    alarmed = alarm is not None and alarm.outcome in ("", "accepted")
    return alarmed or (ticket is not None and ticket.emergency)


async def pass_urgent(turn: Turn) -> bool:
    """Words about an emergency that is open: straight to staff."""
    said = tell(turn.inbound)
    thread = None if says_nothing(said) else await thread_here(turn)
    if thread is None or thread.state != "open" or not await is_emergency(turn, thread):
        return False
    await add_to(turn, thread, said)
    return True


async def thread_here(turn: Turn) -> Thread | None:
    """The thread that is quoted, or talked in."""
    quoted = await turn.work.threads.find(turn.address, turn.inbound.reply_to)
    here = turn.session.state.get("thread") if turn.session.scene == "talk" else None
    thread_id = quoted.thread_id if quoted else here
    if thread_id is None:
        return None
    try:
        return await turn.work.threads.get(turn.viewer, thread_id)
    except NotYours:
        return None


async def answer(turn: Turn, ban: Ban) -> None:
    """What was said is not kept: nothing of it is anybody's to read."""
    if not await turn.work.bans.take_answer(ban):
        return
    company, local = await turn.work.company.profile(), turn.work.company.local
    until = await local(ban.until) if ban.until else None
    await turn.say(closing_texts.banned(until, await local(turn.work.now), company))
