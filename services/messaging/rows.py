"""Rows of the outbox on their way, what becomes of them, and the words that are said then."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from services.messaging.types import Kind, Limits, Outbound
from services.tables import Outgoing, Room
from services.work import Work

Reason = Literal["", "blocked", "rejected", "fault", "unknown", "away", "off"]


@dataclass(frozen=True)
class Row:
    """A claimed row of the outbox."""

    id: int
    channel: str
    chat: str
    topic: str
    kind: str
    priority: int
    body: dict[str, Any]
    reaction: str
    room_id: int | None
    thread_id: int | None
    message_id: int | None
    also: list[int]
    withdraws: bool
    renames: bool
    reply_to_message: int | None
    replaces_message: int | None
    contact_id: int | None
    notice_id: int | None
    replaces_row: int | None
    nonce: int
    attempts: int
    unsure: int
    created_at: datetime
    started_at: datetime | None

    @property
    def is_news(self) -> bool:
        """No part of a dialogue, and not risen among them by a long wait."""
        return self.priority > Kind.RELAY.priority

    def key_holds(self, limits: Limits, now: datetime) -> bool:
        """Whether the messenger still knows this row, should it have arrived at an earlier try."""
        since = self.created_at if self.unsure else self.started_at or self.created_at
        return (now - since).total_seconds() < limits.key_lives

    @property
    def is_post(self) -> bool:
        """Whether something new stands in the room when it has arrived."""
        return not (self.reaction or self.replaces_message or self.replaces_row or self.renames)

    @property
    def names_ours(self) -> bool:
        """A thread or a message of ours: its place is looked up, its end told to somebody."""
        named = (self.thread_id, self.message_id, self.reply_to_message, self.replaces_message)
        return any(each is not None for each in named)

    @property
    def counts_in_group(self) -> bool:
        """Whether a group's limit of calls knows of it: a mark on a message is free."""
        return self.room_id is not None and not self.reaction


@dataclass(frozen=True)
class Settled:
    """The end of a row. `reason` is empty when it arrived; `why` is the messenger's word."""

    row: Row
    state: Literal["sent", "refused", "unknown"]
    reason: Reason = ""
    why: str = ""


@dataclass(frozen=True)
class Paused:
    """The messenger takes nothing for so long: in one room, or, without a room, anywhere."""

    channel: str
    seconds: float
    why: str
    room_id: int | None = None


@dataclass(frozen=True)
class Telling:
    """The words around a delivery, each said inside a transaction: what became of a row, a long
    rest, a room that does not let us write, one without topics, and a post with what stood before
    it in a topic that is gone (`recap`: room, thread, post, the messages in it). `veil` takes from
    a post, and from its topic's name, what its room may not show."""

    settled: Callable[[Work, Settled], Awaitable[None]]
    paused: Callable[[Work, Paused], Awaitable[None]]
    barred: Callable[[Work, Room], Awaitable[None]]
    no_topics: Callable[[Work, Room], Awaitable[None]]
    without_files: Callable[[Outbound, str], Outbound]
    recap: Callable[[Work, Room, int, Outbound, Sequence[int]], Awaitable[Outbound]]
    veil: Callable[[Work, Room, int | None, Outbound, str], Awaitable[tuple[Outbound, str]]]


COLUMNS = [getattr(Outgoing, name) for name in Row.__dataclass_fields__]


def clean(why: str) -> str:
    """A messenger's words, short and fit for the database."""
    return why.replace("\x00", "").encode("utf-8", "replace").decode()[:500]
