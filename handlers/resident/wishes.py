"""«Какие сообщения присылать»: news, reminders, offers; and the button under each of them."""

from __future__ import annotations

from typing import get_args

from handlers import mailing_texts as words
from handlers.dialogue.turn import Turn, split_action
from services.errors import NotYours
from services.wishes import Wanted


async def show(turn: Turn) -> None:
    wanted = await turn.work.wishes.of(turn.viewer)
    rows = [[words.switch(kind, wanted=on)] for kind, on in wanted.items()]
    await turn.say(words.wishes(wanted), rows)


async def press(turn: Turn) -> None:
    """`wish/news` or `wish/nonews`; what is so already is said again. Raises `NotYours`."""
    said, _ = split_action(turn.pressed)
    kind = next((each for each in get_args(Wanted) if said in (each, f"no{each}")), None)
    if kind is None:
        raise NotYours
    wanted = said == kind
    await turn.work.wishes.say(turn.viewer, kind, wanted=wanted)
    await turn.say(words.heard(kind, wanted=wanted), [[words.switch(kind, wanted=wanted)]])
