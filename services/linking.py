"""One person in several messengers: linked by a code they type themselves, undone as easily.

The contact that types the code joins the resident of the contact that was given it. It keeps its
own resident, empty meanwhile, and goes back to it when the link is undone. Only one that stands
alone may join, so that a resident who was joined never joins another.

Moves of one person are serialised by the locks of the residents, taken in the order of their ids,
after the lock of one's own contact; a contact that moves loses its code.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert

from services import merging
from services.access import AsResident, check_link
from services.errors import (
    AlreadySo,
    NotYours,
    OthersLinkedHere,
    OwnCode,
    ToBeErased,
    TooManyTries,
    WrongCode,
)
from services.messaging.types import Address
from services.staff import hashed
from services.tables import Contact, Link, LinkCode, Resident

if TYPE_CHECKING:
    from services.work import Work

DIGITS = 6
CODE_LIVES = timedelta(minutes=10)
TRIES_COUNT = timedelta(hours=1)  # so long
TRIES_OF_ONE = 5
TRIES_OF_ALL = 100  # a messenger is easily come by: whoever guesses from many is stopped here
WRONG = "wrong link code"  # in the audit, by which tries are counted


SAME_PERSON = text(
    """
    WITH RECURSIVE same (id) AS (
        SELECT CAST(:resident AS bigint)
        UNION
        SELECT l.from_resident_id + l.to_resident_id - same.id
        FROM links l JOIN same ON same.id IN (l.from_resident_id, l.to_resident_id)
    )
    SELECT id FROM same
    """
)


class Linking:
    def __init__(self, work: Work) -> None:
        self._work = work

    # Codes.

    async def give_code(self, viewer: AsResident) -> str:
        """A new code in place of the last one; whoever types it elsewhere becomes this person.
        Raises `TooManyTries` while codes are off."""
        if await self._tries() >= TRIES_OF_ALL:
            raise TooManyTries
        session, now = self._work.session, self._work.now
        await self._lock_own(viewer)
        await session.execute(delete(LinkCode).where(LinkCode.expires_at <= now))
        await self._forget_codes(viewer.contact_id)
        while True:
            code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
            given = await session.scalar(
                insert(LinkCode)
                .values(
                    contact_id=viewer.contact_id,
                    code_sha256=hashed(code),
                    expires_at=now + CODE_LIVES,
                )
                .on_conflict_do_nothing()
                .returning(LinkCode.contact_id)
            )
            if given is not None:  # else someone holds the same one now
                break
        self._work.audit.note(viewer.name, "link code", f"resident:{viewer.resident_id}")
        return code

    async def join(self, viewer: AsResident, code: str) -> Link:
        """Makes the viewer's contact that of the person who was given this code; the viewer is
        outdated afterwards. Raises `WrongCode`, `OwnCode`, `AlreadySo`, `OthersLinkedHere`,
        `ToBeErased`, `TooManyTries`. A wrong code counts only if the transaction goes on to
        commit."""
        session, now = self._work.session, self._work.now
        if await self._tries(viewer) >= TRIES_OF_ONE or await self._tries() >= TRIES_OF_ALL:
            raise TooManyTries
        found = await session.execute(
            select(LinkCode.contact_id, Contact.resident_id)
            .join(Contact, LinkCode.contact_id == Contact.id)
            .where(LinkCode.code_sha256 == hashed(code), LinkCode.expires_at > now)
        )
        row = found.first()
        if row is None:
            raise await self._wrong(viewer)
        giver, ours = row
        if giver == viewer.contact_id:
            raise OwnCode
        if ours == viewer.resident_id:
            raise AlreadySo
        contact = await self._lock_own(viewer)
        await self._lock(viewer.resident_id, ours)
        if len(await self._work.people.contacts(viewer.resident_id)) > 1:
            raise OthersLinkedHere
        if not await self._use(giver, code) or not await self._agreed(ours):
            raise await self._wrong(viewer)
        for resident_id in (viewer.resident_id, ours):
            if await self._work.erasing.asked_by(resident_id) is not None:
                raise ToBeErased
        self._work.dialogues.forget()
        moved = await merging.bring(self._work, viewer.resident_id, ours)
        contact.resident_id = ours
        link = Link(
            contact_id=contact.id,
            given_by=giver,
            from_resident_id=viewer.resident_id,
            to_resident_id=ours,
            at=now,
            moved=moved,
        )
        session.add(link)
        await self._forget_codes(contact.id)
        await session.flush()
        self._work.audit.note(
            viewer.name, "linked", f"resident:{ours}",
            link=link.id, was=viewer.resident_id, given_by=giver,
        )  # fmt: skip
        return link

    async def _use(self, giver: int, code: str) -> bool:
        """Once. False when it was used, replaced or taken away since it was found."""
        used = await self._work.session.scalar(
            delete(LinkCode)
            .where(LinkCode.contact_id == giver, LinkCode.code_sha256 == hashed(code))
            .returning(LinkCode.contact_id)
        )
        return used is not None

    async def _agreed(self, resident_id: int) -> bool:
        """A consent taken back takes the code with it."""
        company = await self._work.company.profile()
        answer = await self._work.people.answer_on_consent(resident_id, company.consent.version)
        return answer is True

    async def _tries(self, viewer: AsResident | None = None) -> int:
        about = viewer.name if viewer else None
        return await self._work.audit.count_since(WRONG, self._work.now - TRIES_COUNT, about)

    async def _wrong(self, viewer: AsResident) -> WrongCode:
        self._work.audit.note(viewer.name, WRONG, viewer.name)
        await self._work.session.flush()
        return WrongCode()

    async def _forget_codes(self, *contact_ids: int) -> None:
        await self._work.session.execute(
            delete(LinkCode).where(LinkCode.contact_id.in_(contact_ids))
        )

    # Undoing.

    async def part(self, viewer: AsResident, contact_id: int) -> Link:
        """Parts the viewer's messenger from another of theirs. One that joined leaves; the first
        one stays with all that is the person's, so from it the viewer's own leaves. Raises
        `NotYours`, and `AlreadySo` when they are parted."""
        for leaver, stayer in (
            (contact_id, viewer.contact_id),
            (viewer.contact_id, contact_id),
        ):
            link = await self._last(leaver)
            if link is not None and await self._is_of(stayer, link.to_resident_id):
                return await self._undo(viewer, link)
        raise NotYours

    async def disown(self, viewer: AsResident, link_id: int) -> list[Link]:
        """«Это не я»: ends the link, those that were made by codes given out there, and every
        code that is about. Raises `NotYours`, `AlreadySo`."""
        link = await self._undo(viewer, await self._work.session.get(Link, link_id))
        undone, looked_at = [link], 0
        while looked_at < len(undone):
            brought = await self._work.session.scalars(
                select(Link).where(
                    Link.given_by == undone[looked_at].contact_id,
                    Link.to_resident_id == link.to_resident_id,
                    Link.undone_at.is_(None),
                )
            )
            undone += [
                await self._undo(viewer, each)
                for each in brought
                if each.contact_id != viewer.contact_id
            ]
            looked_at += 1
        rest = await self._work.people.contacts(link.to_resident_id)
        await self._forget_codes(*(contact.id for contact in rest))
        return undone

    async def taken_in(self, resident_id: int) -> list[int]:
        """The residents that this one stands for meanwhile, itself not among them."""
        rows = await self._work.session.scalars(
            select(Link.from_resident_id)
            .where(Link.to_resident_id == resident_id, Link.undone_at.is_(None))
            .order_by(Link.id)
        )
        return list(rows)

    async def same_person(self, resident_id: int) -> list[int]:
        """With those who are or were linked, and theirs."""
        return sorted(await self._work.session.scalars(SAME_PERSON, {"resident": resident_id}))

    async def made_at(self, resident_id: int) -> dict[int, datetime]:
        """When each contact that joined this resident did."""
        rows = await self._work.session.execute(
            select(Link.contact_id, Link.at).where(
                Link.to_resident_id == resident_id, Link.undone_at.is_(None)
            )
        )
        return {row.contact_id: row.at for row in rows}

    async def _undo(self, viewer: AsResident, link: Link | None) -> Link:
        """Dialogues of the person elsewhere end: they may be about what goes. What the viewer's
        own dialogue stands at is the caller's to end."""
        link = check_link(viewer, link)
        work, session = self._work, self._work.session
        await session.flush()
        await self._lock(link.from_resident_id, link.to_resident_id)
        # What one of them says at this moment is handled before or after, never in between.
        await session.execute(
            select(Contact.id)
            .where(Contact.resident_id == link.to_resident_id)
            .order_by(Contact.id)
            .with_for_update(key_share=True)
        )
        await session.refresh(link, with_for_update=True)
        if link.undone_at is not None:
            raise AlreadySo
        work.dialogues.forget()
        link.undone_at = work.now
        contacts = await work.people.contacts(link.to_resident_id)
        leaver = await work.people.contact(link.contact_id)
        leaver.resident_id = link.from_resident_id
        await session.flush()
        rest = [contact for contact in contacts if contact.id != leaver.id]
        await merging.take_back(work, link, rest[0])
        await self._forget_codes(leaver.id)
        gone = bool(link.moved["threads"] or link.moved["homes"])
        for contact in [leaver, *(rest if gone else [])]:
            if contact.id != viewer.contact_id:
                address = Address(channel=contact.channel, chat=contact.chat)
                await work.sessions.forget(address, contact.user_id)
        await work.erasing.go_on_apart(link.to_resident_id, link.from_resident_id)
        work.audit.note(viewer.name, "unlinked", f"resident:{link.to_resident_id}", link=link.id)
        return link

    async def _last(self, contact_id: int) -> Link | None:
        return await self._work.session.scalar(
            select(Link).where(Link.contact_id == contact_id).order_by(Link.id.desc()).limit(1)
        )

    async def _is_of(self, contact_id: int, resident_id: int) -> bool:
        found = await self._work.session.scalar(
            select(Contact.id).where(Contact.id == contact_id, Contact.resident_id == resident_id)
        )
        return found is not None

    async def _lock_own(self, viewer: AsResident) -> Contact:
        await self._work.session.flush()  # the locked row is read anew
        return await self._work.session.get_one(
            Contact, viewer.contact_id, with_for_update={"key_share": True}
        )

    async def _lock(self, *resident_ids: int) -> None:
        await self._work.session.execute(
            select(Resident.id)
            .where(Resident.id.in_(resident_ids))
            .order_by(Resident.id)
            .with_for_update(key_share=True)
        )
