"""Words that may belong to several conversations, or to none yet: the person says to which."""

from __future__ import annotations

from handlers.dialogue.said import Said
from handlers.dialogue.turn import Turn
from handlers.resident import texts
from handlers.resident.asked import remember
from handlers.resident.consent import button, consented
from services.messaging.types import Button


async def ask_which(turn: Turn, said: Said) -> None:
    """What was said waits in the session. Answered by `talk.press`."""
    threads = await turn.work.threads.open_ones(turn.viewer)
    rows: list[list[Button]] = [
        [button(texts.thread_label(thread, ticket), f"talk/to/{thread.id}")]
        for thread, ticket in threads[:6]
    ]
    rows.append([button(texts.AS_TICKET, "talk/ticket")])
    if await consented(turn):
        rows.append([button(texts.AS_QUESTION, "talk/new")])
    remember(turn, "which", {**said, "to_which": True})
    await turn.say(texts.which(said["words"], several=bool(threads)), rows)
