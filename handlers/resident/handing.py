"""From an answer of ours to a person: the question goes into a thread, with what was shown."""

from __future__ import annotations

from handlers import notices
from handlers.dialogue.said import Said, says_nothing
from handlers.dialogue.turn import Turn
from handlers.resident import faq_texts, texts
from handlers.resident.asked import remember
from handlers.resident.consent import ask_consent, consented
from handlers.resident.passing import add_to, open_thread
from services.tables import Thread


async def hand_over(turn: Turn, said: Said, outcome: str = "person") -> None:
    """Into the conversation without a ticket that is going on, else into a new one. Without consent
    that is asked for first, and the words wait."""
    said = {**said, "outcome": outcome}
    consent = await consented(turn)
    if not consent:
        turn.session.state["said"] = {**said, "person": True}
        wanted = ""
        if consent is False:
            wanted = texts.needs_consent(await turn.work.company.profile())
        await ask_consent(turn, wanted=wanted)
        return
    talk = await talk_going_on(turn)
    if says_nothing(said):  # an article that was only browsed
        remember(turn, "talk", said)
        turn.session.state |= {"thread": talk.id if talk else None, "chosen": True}
        await turn.say(faq_texts.WRITE_WHAT)
    elif talk is None:
        await open_thread(turn, said)
    else:
        await add_to(turn, talk, said)
        await tell_shown(turn, talk, said)


async def talk_going_on(turn: Turn) -> Thread | None:
    threads = await turn.work.threads.open_ones(turn.viewer)
    talks = [thread for thread, ticket in threads if ticket is None]
    return next((thread for thread in talks if not turn.work.closing.is_left(thread)), None)


async def tell_shown(turn: Turn, thread: Thread, said: Said) -> None:
    """A card that stands in the room already is not written again for it."""
    if not said.get("question"):
        return
    shown = await turn.work.articles.shown_before(thread, said["question"])
    if shown:
        await notices.tell_staff(turn.work, thread, faq_texts.shown_line(shown))
