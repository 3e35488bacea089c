"""A room whose group changed: what waits for it goes to where it is now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, update

from services.tables import Contact, Outgoing, Room, Topic

if TYPE_CHECKING:
    from services.work import Work


async def rehouse(work: Work, room_id: int, channel: str, chat: str) -> None:
    """The company gave the room another group, or the desk alone: what waits for it goes
    there, and its threads are shown there with their next word."""
    waiting = (Outgoing.room_id == room_id, Outgoing.state == "waiting")
    if channel == "desk":
        await work.session.execute(
            update(Outgoing).where(*waiting).values(state="dropped", settled_at=work.now)
        )
    else:
        old = func.length(Outgoing.chat)
        await work.session.execute(
            update(Outgoing)
            .where(*waiting)
            .values(
                channel=channel,
                chat=chat,
                queue=func.concat(chat, func.substr(Outgoing.queue, old + 1)),
            )
        )
        work.ring(f"outbox:{channel}")
    await work.session.execute(
        update(Room)
        .where(Room.id == room_id)
        .values(trouble="", trouble_since=None, trouble_why=None)
        .execution_options(synchronize_session=False)
    )


async def move(work: Work, channel: str, chat: str, new_chat: str) -> None:
    """A group became a supergroup: everything that waits for it goes to the new id."""
    await work.session.execute(
        update(Room).where(Room.channel == channel, Room.chat == chat).values(chat=new_chat)
    )
    await work.session.execute(
        update(Outgoing)
        .where(
            Outgoing.channel == channel,
            Outgoing.chat == chat,
            Outgoing.state.in_(("waiting", "sending")),
        )
        .values(chat=new_chat, queue=func.replace(Outgoing.queue, f"{chat}|", f"{new_chat}|"))
    )
    await work.session.execute(
        update(Topic).where(Topic.channel == channel, Topic.chat == chat).values(chat=new_chat)
    )
    await work.session.execute(
        update(Contact)
        .where(Contact.channel == channel, Contact.chat == chat)
        .values(chat=new_chat)
    )
