"""The questions of `/mailing` that no other form has: what it says, to which houses, when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from handlers import mailing_staff_texts as words
from handlers.dialogue.said import join, takeable
from handlers.dialogue.steps import Actions, Answered, Question, Rows, Stay, Wrong
from handlers.dialogue.turn import Turn, plain
from handlers.staff.outage_steps import Houses
from services.messaging.types import Button
from services.understanding.saying.spans import read_span

EVERYWHERE = "all"
SENT = ("photo", "document", "video")
ANEW = "anew"


@dataclass
class HousesToMail(Houses):
    """«all» is every house of the member. The houses may live by several clocks."""

    async def take(self, turn: Turn, pressed: str | None, so_far: Any) -> Answered | Stay:
        everywhere = pressed is not None and pressed != "done" and self._is_all(pressed)
        if everywhere or (pressed is None and plain(turn.text) in ("все дома", "все")):
            return Answered([EVERYWHERE], forget=("parts",))
        return await super().take(turn, pressed, so_far)

    def _is_all(self, pressed: str) -> bool:
        return bool(self.pressed_one(pressed) == EVERYWHERE)

    def zones(self, chosen: Sequence[str]) -> int:
        return 1


@dataclass
class Body(Question):
    """Words and files of any number of messages, until «Дальше». The answer is
    `{"words": …, "attachments": […], "ids": […]}`."""

    has: dict[str, Any] = field(default_factory=dict)

    def buttons(self, page: int, actions: Actions) -> Rows:
        return [[Button(label=words.ANEW, action=actions.press(ANEW))]] if self.has else []

    async def take(self, turn: Turn, pressed: str | None, so_far: Any) -> Answered | Stay:
        so_far = so_far or {"words": "", "attachments": [], "ids": []}
        if pressed == ANEW or (pressed is None and plain(turn.text) == plain(words.ANEW)):
            self.has = {}
            return Stay(None, words.BODY)
        if pressed == "done" or (pressed is None and plain(turn.text) == "дальше"):
            if not so_far["words"].strip():
                raise Wrong(words.NEED_TEXT)
            return Answered(so_far)
        if pressed is not None:
            raise Wrong(words.BODY)
        files = takeable(turn.inbound.attachments)
        if any(each["kind"] not in SENT for each in files) or not (files or turn.text):
            raise Wrong(words.ONLY_PHOTOS)
        now = join(so_far, {"words": turn.text, "attachments": files})
        expect_short(now["words"], len(now["attachments"]))
        self.has = now
        return Stay(now, words.body_so_far(now["words"], len(now["attachments"])))


async def check_sending(turn: Turn, typed: str) -> str:
    """By the company's clock. Raises `Wrong`."""
    span = read_span(typed, await turn.work.company.local(turn.work.now))
    if span is None:
        raise Wrong(words.NO_TIME)
    return expect_sending(turn.work.now, span.since or span.until).isoformat()


def expect_sending(now: datetime, at: datetime | None) -> datetime:
    """Raises `Wrong`."""
    if at is None or at <= now:
        raise Wrong(words.IN_PAST)
    if at > now + words.FARTHEST:
        raise Wrong(words.TOO_FAR)
    return at


def expect_short(text: str, files: int) -> None:
    """Raises `Wrong`."""
    length = words.units(text)
    if length > words.LONGEST:
        raise Wrong(words.too_long(length))
    if files > words.MOST_FILES:
        raise Wrong(words.too_many(files))
