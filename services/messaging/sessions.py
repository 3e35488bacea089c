"""Where each conversation stands. One row a person and chat, locked while a message of theirs
is handled."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, text
from sqlalchemy.dialects.postgresql import JSONB

from services.messaging.types import Address
from services.tables import SessionRow

if TYPE_CHECKING:
    from services.work import Work

LOAD = text(
    "SELECT scene, state, offered FROM sessions "
    "WHERE channel = :channel AND chat = :chat AND sender = :sender FOR UPDATE"
).columns(state=JSONB, offered=JSONB)
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

    async def load(self, address: Address, sender: str) -> Session:
        found = await self._work.session.execute(
            LOAD, {"channel": address.channel, "chat": address.chat, "sender": sender}
        )
        row = found.first()
        if row is None:
            return Session()
        return Session(row.scene, row.state, [(label, action) for label, action in row.offered])

    async def save(self, address: Address, sender: str, session: Session) -> None:
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
        await self._work.session.execute(
            delete(SessionRow).where(
                SessionRow.channel == address.channel,
                SessionRow.chat == address.chat,
                SessionRow.sender == sender,
            )
        )
