"""How a message of a resident finds the dialogue: what is read at once is what stands there, also
after the same transaction has changed it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from services.access import AsMember, AsResident
from services.company.apply import Messengers, apply_declaration
from services.company.reading import read_declaration
from services.db import Database
from services.dialogues import Known
from services.limits import FLOOD
from services.messaging.sessions import Session
from services.messaging.types import Address, Inbound, Sender
from services.tables import Contact, House, Member, SessionRow
from services.work import Work
from tests.support.running import SAMPLE

HERE = Address(channel="telegram", chat="7")
VERSION = "1"


@pytest.fixture
async def contact(db: Database) -> Contact:
    async with db.work() as work:
        await apply_declaration(work, read_declaration(SAMPLE), Messengers())
        inbound = Inbound(key="7", address=HERE, sender=Sender(id="7"), text="капает")
        return await work.people.meet(inbound)


async def anna(work: Work) -> AsMember:
    member = await work.session.scalar(select(Member).where(Member.code == "anna"))
    assert member is not None
    return AsMember(member.id, "admin")


async def open_known(work: Work, contact: Contact) -> Known:
    await work.dialogues.open(HERE, contact, VERSION, counts=False)
    known = work.dialogues.known(contact.resident_id)
    assert known is not None
    return known


async def test_what_stands_there_is_known(db: Database, contact: Contact) -> None:
    viewer = AsResident(contact.resident_id, contact.id)
    async with db.work() as work:
        assert await open_known(work, contact) == Known(
            contact.resident_id, VERSION, ban=None, consent=None, elder=False
        )
        assert work.dialogues.known(contact.resident_id + 1) is None
    async with db.work() as work:
        await work.people.record_consent(viewer, VERSION, "текст", given=True)
        ban = await work.bans.ban(await anna(work), contact.resident_id, None, "грубит")
        house = await work.session.scalar(select(House).order_by(House.id).limit(1))
        assert house is not None
        await work.elders.turn(await anna(work), contact.resident_id, house)
    async with db.work() as work:
        assert await open_known(work, contact) == Known(
            contact.resident_id, VERSION, ban=ban.id, consent=True, elder=True
        )
        held = await work.bans.current(contact.resident_id)
        assert held is not None
        assert held.id == ban.id


async def test_what_the_same_transaction_changes_is_read_anew(
    db: Database, contact: Contact
) -> None:
    viewer, resident = AsResident(contact.resident_id, contact.id), contact.resident_id
    async with db.work() as work:
        await open_known(work, contact)
        await work.people.record_consent(viewer, VERSION, "текст", given=True)
        assert await work.people.answer_on_consent(resident, VERSION) is True
        await open_known(work, contact)
        assert await work.people.answer_on_consent(resident, "another") is None
        await work.bans.ban(await anna(work), resident, None, "грубит")
        assert await work.bans.current(resident) is not None
        await open_known(work, contact)
        await work.bans.lift(await anna(work), resident)
        assert await work.bans.current(resident) is None
        await open_known(work, contact)
        house = await work.session.scalar(select(House).order_by(House.id).limit(1))
        assert house is not None
        await work.elders.turn(await anna(work), resident, house)
        assert await work.elders.is_one(viewer)


async def test_only_what_counts_is_counted(db: Database, contact: Contact) -> None:
    async with db.work() as work:
        for _ in range(FLOOD):
            await work.dialogues.open(HERE, contact, VERSION, counts=True)
        for _ in range(3):
            opened = await work.dialogues.open(HERE, contact, VERSION, counts=False)
            assert not opened.pace.folding
        assert (await work.dialogues.open(HERE, contact, VERSION, counts=True)).pace.began


async def test_a_session_that_did_not_change_is_not_written_again(
    db: Database, contact: Contact
) -> None:
    async def turn(change: bool = False) -> None:
        async with db.work() as work:
            session = (await work.dialogues.open(HERE, contact, VERSION, counts=False)).session
            if change:
                session.state["step"] = "what"  # inside of what was read
            await work.sessions.save(HERE, contact.user_id, session)

    async def written_at(back: timedelta = timedelta(0)) -> str:
        """The transaction that wrote the row last; `back`: sets its moment so much back."""
        async with db.work() as work:
            if back:
                await work.session.execute(update(SessionRow).values(updated_at=work.now - back))
            row = SessionRow.__table__.c
            found = await work.session.execute(select(row.updated_at, row.state))
            return str(found.one())

    async with db.work() as work:
        await work.sessions.save(
            HERE, contact.user_id, Session("talk", {"thread": 5}, [("а", "б")])
        )
    first = await written_at()
    await turn()
    assert await written_at() == first
    await turn(change=True)
    changed = await written_at()
    assert "what" in changed
    old = await written_at(timedelta(days=2))
    await turn()
    assert await written_at() != old, "what nobody wrote to for long is forgotten by that moment"


async def test_what_others_wrote_of_it_meanwhile_gives_way(db: Database, contact: Contact) -> None:
    async with db.work() as work:
        await work.sessions.save(HERE, contact.user_id, Session("talk", {"thread": 5}))
    async with db.work() as work:
        session = (await work.dialogues.open(HERE, contact, VERSION, counts=False)).session
        await work.sessions.save(HERE, contact.user_id, Session("form"))
        await work.sessions.save(HERE, contact.user_id, session)
    async with db.work() as work:
        assert (await work.sessions.load(HERE, contact.user_id)).scene == "talk"
