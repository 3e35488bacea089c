"""«Да, заявка: Отопление» and «Другая тема» under what was read out of somebody's words."""

from __future__ import annotations

from handlers.dialogue.turn import Turn
from handlers.resident.asked import recall
from handlers.resident.registration import REGISTRATION
from handlers.resident.request import REQUEST
from services.errors import NotYours, StaleButton


async def press(turn: Turn) -> None:
    """`guess/yes/KEY`, `guess/theme`. Raises `StaleButton` once the words are gone."""
    _, what, key = [*turn.pressed.split("/"), "", ""][:3]
    if what not in ("yes", "theme"):
        raise NotYours
    said = recall(turn)
    if not said:
        raise StaleButton
    if not await turn.work.people.places(turn.viewer):
        await REGISTRATION.begin(turn, said=said, for_request=True)
    elif what == "yes":
        await REQUEST.begin(turn, said=said, category=key)
    else:
        await REQUEST.begin(turn, said=said, plainly=True)
