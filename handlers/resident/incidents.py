"""«Да, у меня то же» and «Нет, другое» under what is known of a house."""

from __future__ import annotations

from handlers import incident_texts as words
from handlers.dialogue.said import Said
from handlers.dialogue.turn import Turn, plain, split_action
from handlers.resident import known, sorting, texts
from handlers.resident.asked import recall
from services.errors import AlreadyEnded, NotYours

NOTHING: Said = {"words": "", "attachments": [], "ids": []}


def by_word(turn: Turn) -> str:
    """The press that «да» and «нет» stand for, where it was asked of words that wait."""
    said: Said = recall(turn) or {}
    ident, word = said.get("incident"), plain(turn.text)
    if ident is None or ident in said.get("apart", ()) or turn.session.state.get("asked"):
        return ""
    if word in texts.YES:
        return f"incident/yes/{ident}"
    return f"incident/no/{ident}" if word in known.NO else ""


async def press(turn: Turn) -> None:
    """`incident/yes|no/ID`. The words that wait for it go along, or their own way. Raises
    `NotYours`."""
    what, ident = split_action(turn.pressed)
    if what not in ("yes", "no"):
        raise NotYours
    asked = recall(turn)
    said = asked if asked and asked.get("incident") == ident else None
    if said is None:
        await turn.work.followers.check_asked(turn.viewer, ident)
    after = {**said, "apart": [*said.get("apart", ()), ident]} if said is not None else None
    if what == "yes":
        try:
            await known.join(turn, ident, said or NOTHING, home_id=None)
        except AlreadyEnded:
            await turn.say(words.OVER_MEANWHILE)
            if after is not None:  # it may have broken again
                await sorting.sort_out(turn, after)
    elif after is not None:
        await sorting.sort_out(turn, after)
    else:
        await turn.say(words.GOES_ITS_WAY)
