"""Residents: who wrote, what they agreed to, where they live."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import desc, select, text, update
from sqlalchemy.dialects.postgresql import insert

from services.access import AsMember, AsResident, check_home
from services.errors import AlreadySo
from services.messaging.types import PHONE, Inbound
from services.tables import (
    Complex,
    ConsentRecord,
    Contact,
    Entrance,
    Flat,
    Holding,
    Home,
    House,
    Message,
    Outgoing,
    Resident,
    Thread,
)

if TYPE_CHECKING:
    from services.work import Work

HOMES_AT_MOST = 10


@dataclass(frozen=True)
class Place:
    """A home with the names of what it is part of. `flat` is the number, listed or typed."""

    home_id: int
    complex_id: int
    complex: str
    house_id: int
    address: str
    entrance_id: int | None
    entrance: str
    flat_id: int | None
    flat: str
    flat_kind: str
    floor: int | None
    listed: bool


# What every message takes is written in SQL; others may say something to this contact meanwhile.
HEAR = (
    select(Contact)
    .from_statement(
        text(
            """
            UPDATE contacts SET last_heard_at = :now, chat = :chat, unreachable_since = NULL,
                                unreachable_why = NULL
            WHERE channel = :channel AND user_id = :user
            RETURNING *
            """
        )
    )
    .execution_options(populate_existing=True)
)
ANSWER_ON_CONSENT = """
    SELECT given FROM consents WHERE resident_id = :resident AND version = :version
    ORDER BY id DESC LIMIT 1
"""


class People:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def meet(self, inbound: Inbound) -> Contact:
        """The contact behind a private message; a stranger becomes one. Locks the contact's row
        and makes an unreachable one reachable again."""
        session, sender, address = self._work.session, inbound.sender, inbound.address
        named = {
            "channel": address.channel,
            "user": sender.id,
            "chat": address.chat,
            "now": self._work.now,
        }
        contact: Contact | None = await session.scalar(HEAR, named)
        if contact is None:
            resident = Resident(created_at=self._work.now)
            session.add(resident)
            await session.flush()
            await session.execute(
                insert(Contact)
                .values(
                    resident_id=resident.id,
                    channel=address.channel,
                    user_id=sender.id,
                    chat=address.chat,
                    created_at=self._work.now,
                    last_heard_at=self._work.now,
                )
                .on_conflict_do_nothing()
            )
            contact = await session.scalar(HEAR, named)
            assert contact is not None
            if contact.resident_id != resident.id:  # someone was quicker
                await session.delete(resident)
        return contact

    async def contact(self, contact_id: int) -> Contact:
        return await self._work.session.get_one(Contact, contact_id)

    async def contacts(self, resident_id: int) -> list[Contact]:
        """This person's messengers, the one they wrote from last first, those at the end where
        nothing reaches them."""
        await self._work.session.flush()
        rows = await self._work.session.scalars(
            select(Contact)
            .where(Contact.resident_id == resident_id)
            .order_by(
                Contact.unreachable_since.is_not(None),
                Contact.channel == PHONE,  # where no messenger is left
                desc(Contact.last_heard_at),
                Contact.id,
            )
        )
        return list(rows)

    async def reachable(self, resident_id: int, *, but: int | None = None) -> list[Contact]:
        """Where this person can be written to, the one they wrote from last first."""
        contacts = await self.contacts(resident_id)
        return [c for c in contacts if c.unreachable_since is None and c.id != but]

    async def where_to_answer(self, thread: Thread) -> Contact:
        """The messenger that the thread's resident wrote from last, in whatever thread; where none
        takes anything, the thread's own, so that staff are told why."""
        reachable = await self.reachable(thread.resident_id)
        return reachable[0] if reachable else await self.contact(thread.contact_id)

    async def where_answered(self, thread: Thread, message_id: int | None = None) -> Contact | None:
        """Where this answer of staff went, or the last one in the thread, while that messenger is
        the resident's. What was refused stands nowhere."""
        find = (
            select(Contact)
            .join(Outgoing, Outgoing.contact_id == Contact.id)
            .join(Message, Outgoing.message_id == Message.id)
            .where(
                Message.thread_id == thread.id,
                Message.by == "member",
                Outgoing.room_id.is_(None),
                Outgoing.state.not_in(("refused", "dropped")),
                Contact.resident_id == thread.resident_id,
            )
            .order_by(desc(Outgoing.id))
            .limit(1)
        )
        if message_id is not None:
            find = find.where(Message.id == message_id)
        return await self._work.session.scalar(find)

    async def mark_unreachable(self, contact_id: int, why: str) -> None:
        await self._work.session.execute(
            update(Contact)
            .where(Contact.id == contact_id, Contact.unreachable_since.is_(None))
            .values(unreachable_since=self._work.now, unreachable_why=why[:200])
        )

    async def resident(self, resident_id: int) -> Resident:
        return await self._work.session.get_one(Resident, resident_id)

    async def answer_on_consent(self, resident_id: int, version: str) -> bool | None:
        """What the resident last said to this version of the text; None: not asked yet."""
        known = self._work.dialogues.known(resident_id)
        if known and known.version == version:
            return known.consent
        given: bool | None = await self._work.session.scalar(
            text(ANSWER_ON_CONSENT), {"resident": resident_id, "version": version}
        )
        return given

    async def last_answer_on_consent(self, resident_id: int) -> bool | None:
        """The latest one, whichever version of the text it was given to."""
        return await self._work.session.scalar(
            select(ConsentRecord.given)
            .where(ConsentRecord.resident_id == resident_id)
            .order_by(desc(ConsentRecord.id))
            .limit(1)
        )

    async def record_consent(
        self, viewer: AsResident, version: str, text: str, *, given: bool
    ) -> list[Holding]:
        """Writes the answer with its moment and the hash of the very text shown (152-FZ, art. 9).
        Giving it keeps what was said before. Taking it back clears name and phone at once, and all
        else within the term (`services.erasing`), for each resident that this one stands for: no
        undone link may bring back what the person wanted forgotten. Returns those who saw an
        account by their leave and see it no more."""
        guests: list[Holding] = []
        taken_in = [] if given else await self._work.linking.taken_in(viewer.resident_id)
        everyone = [viewer.resident_id, *taken_in]
        had = await self.last_answer_on_consent(viewer.resident_id)
        self._work.dialogues.forget()
        for resident_id in everyone:
            self._work.session.add(
                ConsentRecord(
                    resident_id=resident_id,
                    contact_id=viewer.contact_id,
                    version=version,
                    text_sha256=hashlib.sha256(text.encode()).hexdigest(),
                    given=given,
                    at=self._work.now,
                )
            )
        self._work.audit.note(
            viewer.name, "consent", f"resident:{viewer.resident_id}", given=given, version=version
        )
        if given:
            await self._work.forgetting.spare(everyone)
            await self._work.erasing.give_consent(viewer)
        else:
            if had:
                await self._work.erasing.take_back_consent(viewer, everyone)
            for resident_id in everyone:
                resident = await self.resident(resident_id)
                resident.name = resident.phone = resident.registered_at = None
            await self._work.session.execute(
                update(Home)
                .where(Home.resident_id.in_(everyone), Home.until.is_(None))
                .values(until=self._work.now)
            )
            await self._work.session.execute(
                update(Contact).where(Contact.resident_id.in_(everyone)).values(came_by="")
            )
            await self._work.elders.move_out(viewer)
            guests = await self._work.sharing.leave_all(everyone, viewer.name)
            await self._work.forgetting.part_from(everyone)
        await self._work.session.flush()
        return guests

    async def register(self, resident_id: int, name: str, phone: str | None) -> Resident:
        """`phone` None keeps the one known."""
        resident = await self.resident(resident_id)
        resident.name = name
        resident.phone = phone or resident.phone
        resident.registered_at = resident.registered_at or self._work.now
        return resident

    async def set_phone(self, resident_id: int, phone: str) -> None:
        (await self.resident(resident_id)).phone = phone

    async def add_home(
        self,
        viewer: AsResident,
        house_id: int,
        *,
        entrance_id: int | None,
        flat_id: int | None,
        unlisted: str | None,
    ) -> Home:
        """Raises `AlreadySo` when there are too many homes already. The same one twice stays
        one."""
        homes = list(
            await self._work.session.scalars(
                select(Home).where(Home.resident_id == viewer.resident_id, Home.until.is_(None))
            )
        )
        for home in homes:
            if (home.house_id, home.flat_id, home.unlisted) == (house_id, flat_id, unlisted):
                return home
        if len(homes) >= HOMES_AT_MOST:
            raise AlreadySo
        home = Home(
            resident_id=viewer.resident_id,
            house_id=house_id,
            entrance_id=entrance_id,
            flat_id=flat_id,
            unlisted=unlisted,
            since=self._work.now,
        )
        self._work.session.add(home)
        await self._work.session.flush()
        return home

    async def flat_of_home(self, viewer: AsResident, home_id: int) -> int | None:
        """Raises `NotYours`."""
        return check_home(viewer, await self._work.session.get(Home, home_id)).flat_id

    async def leave_home(self, viewer: AsResident, home_id: int) -> None:
        home = check_home(viewer, await self._work.session.get(Home, home_id))
        home.until = self._work.now
        await self._work.session.flush()
        left = home.house_id
        if all(place.house_id != left for place in await self.places(viewer)):
            await self._work.elders.move_out(viewer, left)

    async def places(self, viewer: AsResident) -> list[Place]:
        """The resident's homes now, oldest first."""
        return await self._places(Home.resident_id == viewer.resident_id, Home.until.is_(None))

    async def home_of_last_time(self, viewer: AsResident) -> int | None:
        """The home that the resident's latest thread was about."""
        return await self._work.session.scalar(
            select(Thread.home_id)
            .where(Thread.resident_id == viewer.resident_id, Thread.home_id.is_not(None))
            .order_by(desc(Thread.id))
            .limit(1)
        )

    async def place(self, viewer: AsResident, home_id: int) -> Place:
        check_home(viewer, await self._work.session.get(Home, home_id))
        return (await self._places(Home.id == home_id))[0]

    async def place_of_thread(self, viewer: AsMember, thread: Thread) -> Place | None:
        """The home a thread is about. Raises `NotYours`."""
        await self._work.threads.get(viewer, thread.id)
        if thread.home_id is None:
            return None
        return next(iter(await self._places(Home.id == thread.home_id)), None)

    async def _places(self, *where: object) -> list[Place]:
        found = await self._work.session.execute(
            select(Home, House, Complex, Entrance, Flat)
            .join(House, Home.house_id == House.id)
            .join(Complex, House.complex_id == Complex.id)
            .outerjoin(Entrance, Home.entrance_id == Entrance.id)
            .outerjoin(Flat, Home.flat_id == Flat.id)
            .where(*where)  # type: ignore[arg-type]
            .order_by(Home.id)
        )
        return [
            Place(
                home_id=home.id,
                complex_id=complex_.id,
                complex=complex_.name,
                house_id=house.id,
                address=house.address,
                entrance_id=home.entrance_id,
                entrance=entrance.number if entrance else "",
                flat_id=home.flat_id,
                flat=flat.number if flat else home.unlisted or "",
                flat_kind=flat.kind if flat else "flat",
                floor=flat.floor if flat else None,
                listed=flat is not None,
            )
            for home, house, complex_, entrance, flat in found
        ]
