"""Where each conversation stands. One row a person and chat, locked while a message of theirs
is handled."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from services.messaging.types import Address
from services.tables import SessionRow

if TYPE_CHECKING:
    from services.work import Work


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
        row = await self._work.session.scalar(
            select(SessionRow)
            .where(
                SessionRow.channel == address.channel,
                SessionRow.chat == address.chat,
                SessionRow.sender == sender,
            )
            .with_for_update()
        )
        if row is None:
            return Session()
        return Session(row.scene, row.state, [(label, action) for label, action in row.offered])

    async def save(self, address: Address, sender: str, session: Session) -> None:
        row = insert(SessionRow).values(
            channel=address.channel,
            chat=address.chat,
            sender=sender,
            scene=session.scene,
            state=session.state,
            offered=[list(pair) for pair in session.offered],
            updated_at=self._work.now,
        )
        await self._work.session.execute(
            row.on_conflict_do_update(
                index_elements=[SessionRow.channel, SessionRow.chat, SessionRow.sender],
                set_={
                    "scene": row.excluded.scene,
                    "state": row.excluded.state,
                    "offered": row.excluded.offered,
                    "updated_at": row.excluded.updated_at,
                },
            )
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
