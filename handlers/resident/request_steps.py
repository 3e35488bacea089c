"""The questions of a request: those of the company's own form among them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from handlers.dialogue.said import files_of, tell
from handlers.dialogue.steps import Answered, Choice, Photos, Stay, Step, Text, Wrong
from handlers.dialogue.turn import Turn
from handlers.resident import texts
from handlers.resident.kinds import add_to_told, need_telling
from services.company import declaration


class Words(Text):
    """What happened, after a category was pressed."""

    async def take(self, turn: Turn, pressed: str | None, so_far: Any) -> Answered | Stay:
        return Answered(need_telling(turn))


class Spoken(Text):
    """A question of the company's form. A voice message or a photo answers it as well."""

    async def take(self, turn: Turn, pressed: str | None, so_far: Any) -> Answered | Stay:
        if pressed is None and files_of(tell(turn.inbound)):
            return Answered(tell(turn.inbound))
        return await super().take(turn, pressed, so_far)


class Picked(Choice):
    """A choice of the company's form. A photo that comes instead belongs to what was told."""

    async def take(self, turn: Turn, pressed: str | None, so_far: Any) -> Answered | Stay:
        if pressed is None and files_of(tell(turn.inbound)):
            add_to_told(turn)
            raise Wrong(texts.added_and_again(self.question))
        return await super().take(turn, pressed, so_far)


def question(step: declaration.Step, now: datetime, *, words_known: bool) -> Step:
    """A question of the company file as a step of the form."""
    key = f"q-{step.key}"
    if step.kind == "text":
        return Spoken(key, step.ask, step.optional or words_known)
    if step.kind == "photos":
        return Photos(key, step.ask)
    labels = step.options or (when_options(now) if step.kind == "when" else ())
    return Picked(
        key,
        step.ask,
        step.optional,
        options=[(label, label) for label in labels],
        columns=2,
        other=lambda words: words[:200],
    )


def when_options(now: datetime) -> list[str]:
    """Days and parts of the day from this local moment on; any other words are taken too."""
    today = ["Сегодня днём"] if now.hour < 15 else []
    today += ["Сегодня вечером"] if now.hour < 19 else []
    return ["Как можно скорее", *today, "Завтра утром", "Завтра днём", "Завтра вечером"]
