"""Voice messages: what nobody can read may be danger. They go to the room at once, whatever is
open; a form that takes voices has its answer besides."""

from __future__ import annotations

from handlers.dialogue.form import Answers
from handlers.dialogue.said import Said, tell
from handlers.dialogue.turn import Turn
from handlers.resident import danger_texts as words
from handlers.resident.consent import ask_consent, consented
from handlers.resident.danger_place import SCENE, forget_what_was_heard
from handlers.resident.passing import add_to, open_thread
from handlers.resident.talk import STILL_TALKING
from handlers.resident.voiced import find_thread, new_thread, post
from handlers.resident.which import ask_which
from handlers.staff.forms import FORMS as STAFF_FORMS
from services.danger import holds_voice
from services.messaging.types import Happening

ELSEWHERE = ("rating", SCENE)  # there it goes to a thread as it is


def is_voice(turn: Turn) -> bool:
    message = turn.inbound.happening is Happening.MESSAGE
    return message and holds_voice(turn.inbound.attachments)


async def hear(turn: Turn, *, in_form: bool) -> bool:
    """True when the turn ends here; else what is open hears it as well, or it is no voice."""
    scene, said = turn.session.scene, tell(turn.inbound)
    if not is_voice(turn) or scene in ELSEWHERE or scene in STAFF_FORMS:
        return False
    if in_form:
        await pass_on_of_form(turn, said)
        return False
    if not await consented(turn):
        await pass_on_nameless(turn, said)
    elif scene == "which":
        await post(turn, await new_thread(turn), said, named=True)
        await turn.say(words.VOICE_PASSED_ON)
        await ask_which(turn, turn.session.state["said"])
    elif scene == "call":
        await post(turn, await new_thread(turn), said, named=True)
        await turn.say(words.VOICE_PASSED_ON)
    elif scene == "talk" and turn.session.state.get("thread") is not None:
        thread = await turn.work.threads.get(turn.viewer, turn.session.state["thread"])
        await add_to(turn, thread, said)
    else:
        await open_thread(turn, said)
    return True


async def pass_on_of_form(turn: Turn, said: Said) -> None:
    """Several voices of one form are in one thread; a request is filed in it later."""
    named = bool(await consented(turn))
    answers: Answers = turn.session.state["answers"]
    thread = await find_thread(turn, answers) or await new_thread(turn)
    if named:  # else it will be erased, and a request is not
        answers["voiced"] = thread.id
    await post(turn, thread, said, named=named)
    await turn.say(words.VOICE_PASSED_ON)


async def pass_on_nameless(turn: Turn, said: Said) -> None:
    """From a person without consent: the voice and nothing else, kept no longer than words of
    danger are. Then the consent is asked for as ever."""
    refused = await consented(turn) is False
    since = turn.work.now - STILL_TALKING
    threads = await turn.work.threads.open_ones(turn.viewer)
    talks = [each for each, ticket in threads if ticket is None]  # a request is not erased
    thread = next((each for each in talks if each.last_at > since), None)
    thread = thread or await new_thread(turn)
    await post(turn, thread, said, named=False)
    forget_what_was_heard(turn)
    await turn.say(words.voice_unread(await turn.work.company.profile()))
    if refused or turn.session.scene == "talk":
        turn.go("talk", thread=thread.id, chosen=True)
    else:
        await ask_consent(turn)
