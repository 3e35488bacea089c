"""What was called, what came of it, and when."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field

from .messages import Message
from .updates import Update
from .wire import Json


@dataclass(eq=False)
class Call:
    method: str
    chat: int | None
    params: Json
    at: float = field(default_factory=time.monotonic)
    accepted_at: float | None = None
    """When it was carried out; None if it was refused or never read."""
    code: int = 0
    """The status of the answer; 0 where none was given."""
    description: str = ""
    fault: str | None = None
    messages: list[Message] = field(default_factory=list)

    @property
    def accepted(self) -> bool:
        return self.accepted_at is not None


@dataclass
class Stats:
    calls: Counter[str] = field(default_factory=Counter)
    """By method, whatever came of them."""
    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[int] = field(default_factory=Counter)
    """By status, 429 among them."""
    flooded: Counter[int] = field(default_factory=Counter)
    """429 by chat."""

    @property
    def too_many(self) -> int:
        return self.refused[429]

    def wire(self) -> Json:
        return {
            "calls": dict(self.calls),
            "accepted": dict(self.accepted),
            "refused": {str(code): count for code, count in self.refused.items()},
            "flooded": {str(chat): count for chat, count in self.flooded.items()},
        }


@dataclass
class Timings:
    """Moments are of ``time.monotonic``, which all processes of a machine share."""

    updates: list[Update]
    calls: list[Call]

    def replies(self) -> list[float]:
        """For each update that was answered: seconds from handing it over to the first message
        accepted after it in the same chat."""
        sends: dict[int, list[float]] = {}
        for call in self.calls:
            if call.messages and call.accepted_at is not None:
                chat = call.messages[0].chat.id
                sends.setdefault(chat, []).append(call.accepted_at)
        delays: list[float] = []
        for update in self.updates:
            queue = sends.get(update.chat, [])
            if not update.handed_at:
                continue
            handed = update.handed_at[0]
            while queue and queue[0] < handed:
                queue.pop(0)
            if queue:
                delays.append(queue.pop(0) - handed)
        return delays

    def presses(self) -> list[float]:
        """Seconds from handing a press over to its answer."""
        answers = {
            str(call.params.get("callback_query_id")): call.accepted_at
            for call in self.calls
            if call.method == "answerCallbackQuery" and call.accepted_at is not None
        }
        return [
            answers[update.payload["id"]] - update.handed_at[0]
            for update in self.updates
            if update.kind == "callback_query"
            and update.handed_at
            and update.payload["id"] in answers
        ]
