"""Filing for somebody else: a member writes down what a caller, a visitor or a letter says."""

from __future__ import annotations

import re
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from services.access import AsMember, AsResident
from services.company.declaration import Category
from services.errors import AlreadySo, NotFound, NothingSaid, NotYours
from services.messaging.types import PHONE
from services.tables import Contact, Draft, Message, Resident, Thread, Ticket
from services.tickets import Where

if TYPE_CHECKING:
    from services.work import Work

DRAFTS_LIVE = timedelta(days=1)
AT_MOST = 200

SOURCES = ("phone", "visit", "letter", "other")
SPOKEN = ("phone", "visit")  # whoever filed it has answered already


@dataclass(frozen=True)
class FiledFor:
    """What a member wrote down. `category` is its key; `flat` as it was said, empty: about the
    common parts; `place`: how the address is called. `thread_id`: for the resident of this thread,
    at its address unless another is given; name and phone are known then."""

    text: str = ""
    category: str = ""
    house_id: int | None = None
    flat: str = ""
    place: str = ""
    name: str = ""
    phone: str = ""
    source: str = "phone"
    source_link: str = ""
    thread_id: int | None = None


@dataclass(frozen=True)
class Filed:
    """`message` opens the thread; None where a conversation without a ticket became one."""

    ticket: Ticket
    thread: Thread
    category: Category
    contact: Contact
    message: Message | None


@dataclass(frozen=True)
class Spot:
    """Where it is. `flat`: a number was given, whether the company's list has it or not."""

    where: Where
    flat: str
    home_id: int | None = None


class Filing:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def file(self, viewer: AsMember, wanted: FiledFor) -> Filed:
        """Raises `NotYours` for a house of other rooms or a thread of others', `NotFound` for a
        house or category that is not there, `NothingSaid`. No limits hold for members."""
        work = self._work
        talk = await self._talk(viewer, wanted)
        spot = await self._spot(viewer, wanted, talk)
        category = await self._category(spot, wanted.category)
        within = talk if talk and await self._may_become_ticket(talk) else None
        text = wanted.text.strip() or (await self._first_words(within) if within else "")
        if not text:
            raise NothingSaid
        if talk is None:
            contact = await self._caller(wanted.name, wanted.phone)
        else:
            contact = await work.people.where_to_answer(talk)
        thread, message = within, None
        if thread is None:
            resident = AsResident(contact.resident_id, contact.id)
            home_id = spot.home_id or await self._home(resident, spot)
            room = await work.rooms.of_complex(spot.where.complex_id)
            thread = await work.threads.open(resident, room, category.title, home_id=home_id)
            name = (await work.people.resident(contact.resident_id)).name
            message = await work.threads.add(thread, "resident", name or "", None, text=text)
        ticket = await work.tickets.file(
            thread, category, spot.where, text, [], wanted.source,
            filed_by=viewer.member_id, source_link=wanted.source_link,
        )  # fmt: skip
        if talk is None and wanted.source in SPOKEN:
            await work.waiting.end(thread)
        work.audit.note(
            viewer.name, "filed", f"ticket:{ticket.number}", source=wanted.source,
            resident=contact.resident_id,
        )  # fmt: skip
        return Filed(ticket, thread, category, contact, message)

    async def kinds(self, viewer: AsMember, wanted: FiledFor) -> list[Category]:
        """Categories to choose from at that address. Raises like `file`."""
        spot = await self._spot(viewer, wanted, await self._talk(viewer, wanted))
        return await self._kinds(spot)

    # Drafts: what was understood of `/new`, until its category is pressed.

    async def keep_draft(self, viewer: AsMember, wanted: FiledFor, kinds: list[str]) -> int:
        """`kinds`: the categories offered, in the order of their buttons."""
        draft = Draft(
            member_id=viewer.member_id,
            content={"wanted": asdict(wanted), "kinds": kinds},
            made_at=self._work.now,
        )
        self._work.session.add(draft)
        await self._work.session.flush()
        return draft.id

    async def draft_of_form(self, viewer: AsMember, key: str) -> Draft:
        """A page's form by its key, with its ticket if that was filed already. Whoever sends it
        at the same moment waits here."""
        row = insert(Draft).values(
            member_id=viewer.member_id, key=key, content={}, made_at=self._work.now
        )
        draft: Draft | None = await self._work.session.scalar(
            row.on_conflict_do_nothing().returning(Draft)
        )
        if draft is None:
            draft = await self._work.session.scalar(
                select(Draft).where(Draft.member_id == viewer.member_id, Draft.key == key)
            )
            assert draft is not None
        return draft

    async def take_draft(
        self, viewer: AsMember, draft_id: int
    ) -> tuple[Draft, FiledFor, list[str]]:
        """Locked, with the kinds that were offered. Raises `NotYours` for a colleague's,
        `AlreadySo` for one that is filed or dropped."""
        draft = await self._work.session.get(Draft, draft_id, with_for_update=True)
        if draft is None or draft.member_id != viewer.member_id:
            raise NotYours
        if draft.ended_at is not None:
            raise AlreadySo
        return draft, FiledFor(**draft.content["wanted"]), draft.content["kinds"]

    async def end_draft(self, draft: Draft, ticket: Ticket | None) -> None:
        draft.ended_at = self._work.now
        draft.ticket_id = ticket.id if ticket else None
        draft.content = {}  # a caller's name is not kept twice
        await self._work.session.flush()

    async def find_left(self) -> list[int]:
        """Drafts that nobody pressed in a day: what a caller said of themselves is not kept."""
        found = await self._work.session.scalars(
            select(Draft.id)
            .where(Draft.ended_at.is_(None), Draft.made_at < self._work.now - DRAFTS_LIVE)
            .limit(AT_MOST)
        )
        return list(found)

    async def forget_draft(self, draft_id: int) -> None:
        find = select(Draft).where(Draft.id == draft_id, Draft.ended_at.is_(None))
        draft = await self._work.session.scalar(find.with_for_update(skip_locked=True))
        if draft is not None:
            await self.end_draft(draft, None)

    # Where it is and what kind it is.

    async def _talk(self, viewer: AsMember, wanted: FiledFor) -> Thread | None:
        if wanted.thread_id is None:
            return None
        return await self._work.threads.get(viewer, wanted.thread_id, lock=True)

    async def _spot(self, viewer: AsMember, wanted: FiledFor, talk: Thread | None) -> Spot:
        if wanted.house_id is not None:
            spot = await self._spot_in_house(wanted.house_id, wanted.flat)
        elif talk is not None:
            spot = await self._spot_of_talk(viewer, talk)
        else:
            raise NotFound("house")
        room = await self._work.rooms.of_complex(spot.where.complex_id)
        if not viewer.works_in(room):
            raise NotYours
        if wanted.place:
            spot = replace(spot, where=replace(spot.where, place=wanted.place))
        return spot

    async def _spot_in_house(self, house_id: int, number: str) -> Spot:
        house = await self._work.places.house(house_id)
        if house is None or house.withdrawn_at is not None:
            raise NotFound(f"house {house_id}")
        flats = await self._work.places.find_flats(house.id, number) if number else []
        flat = flats[0] if flats else None
        label = ", ".join(filter(None, [house.address, number]))
        return Spot(
            Where(
                house.complex_id, house.id,
                flat.entrance_id if flat else None, flat.id if flat else None, label,
            ),
            number,
        )  # fmt: skip

    async def _spot_of_talk(self, viewer: AsMember, talk: Thread) -> Spot:
        place = await self._work.people.place_of_thread(viewer, talk)
        if place is not None:
            label = ", ".join(filter(None, [place.address, place.flat]))
            return Spot(Where.of(place, label), place.flat, place.home_id)
        before = await self._work.threads.ticket(talk.id)
        if before is None:
            raise NotFound("house")
        where = Where(
            before.complex_id, before.house_id, before.entrance_id, before.flat_id, before.place
        )
        return Spot(where, before.place if before.flat_id else "")

    async def _kinds(self, spot: Spot) -> list[Category]:
        return await self._work.company.categories(spot.where.complex_id, own_flat=bool(spot.flat))

    async def _category(self, spot: Spot, key: str) -> Category:
        for category in await self._kinds(spot):
            if (category.key or category.code) == key:
                return category
        raise NotFound(f"category {key}")

    # Who it is for.

    async def _may_become_ticket(self, talk: Thread) -> bool:
        return talk.state == "open" and await self._work.threads.ticket(talk.id) is None

    async def _first_words(self, talk: Thread) -> str:
        said = await self._work.threads.words_of_resident(talk, 2)
        return next((message.text for message in said if message.text), "")

    async def _caller(self, name: str, phone: str) -> Contact:
        """The same phone again is the same person, and never by guess one of a messenger."""
        session, now = self._work.session, self._work.now
        digits = re.sub(r"\D", "", phone)
        user_id = digits or f"visit-{secrets.token_hex(8)}"
        find = (
            select(Contact)
            .where(Contact.channel == PHONE, Contact.user_id == user_id)
            .with_for_update(key_share=True)
        )
        contact = await session.scalar(find)
        if contact is None:
            resident = Resident(created_at=now)
            session.add(resident)
            await session.flush()
            await session.execute(
                insert(Contact)
                .values(
                    resident_id=resident.id, channel=PHONE, user_id=user_id, chat=user_id,
                    created_at=now, last_heard_at=now,
                )
                .on_conflict_do_nothing()
            )  # fmt: skip
            contact = await session.scalar(find)
            assert contact is not None
            if contact.resident_id != resident.id:  # a colleague was quicker
                await session.delete(resident)
        contact.last_heard_at = now
        known = await self._work.people.resident(contact.resident_id)
        known.name = name.strip()[:60] or known.name
        known.phone = phone if digits else known.phone
        await session.flush()
        return contact

    async def _home(self, resident: AsResident, spot: Spot) -> int | None:
        """None for the common parts, and for who calls about more flats than anybody has."""
        if not spot.flat:
            return None
        try:
            home = await self._work.people.add_home(
                resident,
                spot.where.house_id,
                entrance_id=spot.where.entrance_id,
                flat_id=spot.where.flat_id,
                unlisted=None if spot.where.flat_id else spot.flat,
            )
        except AlreadySo:
            return None
        return home.id
