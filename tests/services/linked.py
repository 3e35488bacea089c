"""People who hold codes, type them, and live somewhere."""

from __future__ import annotations

from sqlalchemy import select

from services.access import AsResident
from services.db import Database
from services.errors import (
    Refused,
)
from services.messaging.types import Address, Inbound, Sender
from services.tables import Home, House, Thread
from services.work import Work


async def meet(work: Work, channel: str, user: str = "1") -> AsResident:
    """Whoever writes there, with their consent, while the row of the contact is theirs alone."""
    contact = await work.people.meet(
        Inbound(
            key="1", address=Address(channel=channel, chat=user), sender=Sender(id=user), text="?"
        )
    )
    viewer = AsResident(contact.resident_id, contact.id)
    version = (await work.company.profile()).consent.version
    if await work.people.answer_on_consent(viewer.resident_id, version) is None:
        await work.people.record_consent(viewer, version, "text", given=True)
    return viewer


async def settle(
    work: Work, viewer: AsResident, house: int, flat: str, name: str
) -> tuple[Home, Thread]:
    """A home, a name and a conversation about the home."""
    ids = list(await work.session.scalars(select(House.id).order_by(House.id)))
    home = await work.people.add_home(
        viewer, ids[house], entrance_id=None, flat_id=None, unlisted=flat
    )
    await work.people.register(viewer.resident_id, name, None)
    room = (await work.rooms.every())[0]
    return home, await work.threads.open(viewer, room, name, home_id=home.id)


async def give(db: Database, channel: str, user: str = "1") -> str:
    async with db.work() as work:
        return await work.linking.give_code(await meet(work, channel, user))


async def join(db: Database, channel: str, code: str, user: str = "1") -> int | Refused:
    """The link's number, or the refusal, which commits like a handler's answer to it."""
    async with db.work() as work:
        viewer = await meet(work, channel, user)
        try:
            return (await work.linking.join(viewer, code)).id
        except Refused as refused:
            return refused


async def owner(db: Database, channel: str, user: str = "1") -> int:
    async with db.work() as work:
        return (await meet(work, channel, user)).resident_id


def other_than(code: str, by: int = 1) -> str:
    return f"{(int(code) + by) % 10**6:06}"
