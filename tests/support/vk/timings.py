"""What was called, what came of it, and when."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field

from .messages import Message
from .updates import Event
from .wire import Json


@dataclass(eq=False)
class Call:
    method: str
    peer: int | None
    params: Json
    inside: bool = False
    """Made by the code of an ``execute``, which stands in the list too."""
    at: float = field(default_factory=time.monotonic)
    accepted_at: float | None = None
    """When it was carried out; None if it was refused or never read."""
    code: int = 0
    """0, or the code of VK's error, or 500 and 502 of a page."""
    description: str = ""
    fault: str | None = None
    messages: list[Message] = field(default_factory=list)

    @property
    def accepted(self) -> bool:
        return self.accepted_at is not None


@dataclass
class Stats:
    requests: int = 0
    """As the rate counts them: an ``execute`` is one."""
    calls: Counter[str] = field(default_factory=Counter)
    """By method, whatever came of them, those inside ``execute`` too."""
    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[int] = field(default_factory=Counter)
    """By VK's code, 6 among them; errors of single peers too."""

    @property
    def too_many(self) -> int:
        return self.refused[6]

    def wire(self) -> Json:
        return {
            "requests": self.requests,
            "calls": dict(self.calls),
            "accepted": dict(self.accepted),
            "refused": {str(code): count for code, count in self.refused.items()},
        }


@dataclass
class Timings:
    """Moments are of ``time.monotonic``, which all processes of a machine share."""

    updates: list[Event]
    calls: list[Call]

    def replies(self) -> list[float]:
        """For each message or press that was answered: seconds from handing it over to the
        first message accepted after it for the same peer."""
        sends: dict[int, list[float]] = {}
        for call in self.calls:
            if call.accepted_at is not None and call.method != "execute":
                for message in call.messages:
                    sends.setdefault(message.chat.id, []).append(call.accepted_at)
        delays: list[float] = []
        for event in self.updates:
            if event.kind not in {"message_new", "message_event"} or not event.handed_at:
                continue
            queue = sends.get(event.peer, [])
            handed = event.handed_at[0]
            while queue and queue[0] < handed:
                queue.pop(0)
            if queue:
                delays.append(queue.pop(0) - handed)
        return delays

    def presses(self) -> list[float]:
        """Seconds from handing a press over to its answer."""
        answers = {
            str(call.params.get("event_id")): call.accepted_at
            for call in self.calls
            if call.method == "messages.sendMessageEventAnswer" and call.accepted_at is not None
        }
        return [
            answers[event.object["event_id"]] - event.handed_at[0]
            for event in self.updates
            if event.kind == "message_event"
            and event.handed_at
            and event.object["event_id"] in answers
        ]
