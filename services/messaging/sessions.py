"""Where each conversation stands. One row a person and chat, locked while a message of theirs
is handled."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, bindparam, delete, text
from sqlalchemy.dialects.postgresql import JSONB

from services.messaging.types import Address
from services.tables import SessionRow

if TYPE_CHECKING:
    from services.work import Work

SAVED_LATELY = timedelta(days=1)

LOAD = """
    SELECT scene, state, offered, updated_at FROM sessions
    WHERE channel = :channel AND chat = :chat AND sender = :sender FOR UPDATE
"""
SAVE = text(
    """
    INSERT INTO sessions (channel, chat, sender, scene, state, offered, updated_at)
    VALUES (:channel, :chat, :sender, :scene, :state, :offered, :now)
    ON CONFLICT (channel, chat, sender) DO UPDATE
    SET scene = excluded.scene, state = excluded.state, offered = excluded.offered,
        updated_at = excluded.updated_at
    """
).bindparams(bindparam("state", type_=JSONB), bindparam("offered", type_=JSONB))


@dataclass
class Session:
    """`scene` empty: no dialogue is going on. `offered` are the buttons shown last, as
    (label, action)."""

    scene: str = ""
    state: dict[str, Any] = field(default_factory=dict)
    offered: list[tuple[str, str]] = field(default_factory=list)


class Sessions:
    def __init__(self, work: Work) -> None:
        self._work = work
        self._kept: dict[tuple[str, str, str], Session] = {}  # as they stand in the table

    async def load(self, address: Address, sender: str) -> Session:
        found = await self._work.session.execute(
            text(LOAD).columns(state=JSONB, offered=JSONB),
            {"channel": address.channel, "chat": address.chat, "sender": sender},
        )
        return self.take(address, sender, found.first())

    def take(self, address: Address, sender: str, row: Row[Any] | None) -> Session:
        """The session as `LOAD` has read it."""
        key = (address.channel, address.chat, sender)
        self._kept.pop(key, None)
        if row is None or row.scene is None:
            return Session()
        offered = [(label, action) for label, action in row.offered]
        session = Session(row.scene, row.state, offered)
        if row.updated_at > self._work.now - SAVED_LATELY:  # it tells when to forget a stranger's
            self._kept[key] = deepcopy(session)
        return session

    async def save(self, address: Address, sender: str, session: Session) -> None:
        """What stands there already is not written again."""
        key = (address.channel, address.chat, sender)
        if session == self._kept.get(key):
            return
        self._kept[key] = deepcopy(session)
        await self._work.session.execute(
            SAVE,
            {
                "channel": address.channel,
                "chat": address.chat,
                "sender": sender,
                "scene": session.scene,
                "state": session.state,
                "offered": [list(pair) for pair in session.offered],
                "now": self._work.now,
            },
        )

    async def turn_to(self, address: Address, sender: str, thread_id: int) -> None:
        """Staff spoke in a thread: what the person says next belongs there, unless a question of
        ours is open. Threads that spoke since their last word are kept in `answered`."""
        session = await self.load(address, sender)
        if session.scene not in ("", "talk"):
            return
        answered = [t for t in session.state.get("answered", []) if t != thread_id]
        session.scene = "talk"
        session.state = {"thread": thread_id, "answered": [*answered, thread_id]}
        await self.save(address, sender, session)

    async def forget(self, address: Address, sender: str) -> None:
        self._kept.pop((address.channel, address.chat, sender), None)
        await self._work.session.execute(
            delete(SessionRow).where(
                SessionRow.channel == address.channel,
                SessionRow.chat == address.chat,
                SessionRow.sender == sender,
            )
        )
