"""A person who is known wherever anybody can be, with words that are found again by their marks."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select, text, update

from services.access import AsResident
from services.db import Database
from services.messaging.outbox import About
from services.messaging.types import Address, Attachment, Kind, Outbound
from services.tables import (
    AuditRecord,
    Ban,
    Draft,
    Elder,
    FileHandle,
    Flat,
    Heard,
    Home,
    House,
    LinkCode,
    Member,
    MessageCopy,
    Outgoing,
    Pace,
    Question,
    Rating,
    Room,
    SessionRow,
    Shift,
    Suggestion,
    Ticket,
    TicketEvent,
    Topic,
    WebPost,
    Wish,
)
from services.work import Work
from tests.services.linked import give, join, meet
from tests.support.marks import (
    BYTES,
    FLAT,
    HANDLE,
    NAME,
    OTHER_USER,
    PHONE,
    SHOWN_PHONE,
    USER,
    WORDS,
)
from tests.support.planting_accounts import plant_account


async def plant(db: Database) -> AsResident:
    """A person in two messengers, in every table that may know of one."""
    async with db.work() as work:
        await meet(work, "telegram", USER)
    await join(db, "web", await give(db, "telegram", USER), OTHER_USER)
    async with db.work() as work:
        viewer = await meet(work, "telegram", USER)
        other = await meet(work, "web", OTHER_USER)
        await work.people.register(viewer.resident_id, NAME, PHONE)
        resident = await work.people.resident(viewer.resident_id)
        resident.prefers, resident.quiet_from, resident.quiet_until = "web", "21:00", "08:00"
        await plant_talk(work, viewer)
        await plant_queues(work, viewer, other)
        await plant_account(work, viewer)
        await plant_others(work, viewer, other)
    return viewer


async def plant_talk(work: Work, viewer: AsResident) -> None:
    """A request of the flat and one of the house, both open, and a talk."""
    session, now = work.session, work.now
    house = (await session.scalars(select(House).order_by(House.id))).first()
    room = (await session.scalars(select(Room).order_by(Room.id))).first()
    assert house is not None
    assert room is not None
    flat = Flat(house_id=house.id, entrance_id=None, number=FLAT, number_key=FLAT, kind="flat")
    session.add(flat)
    await session.flush()
    home = Home(
        resident_id=viewer.resident_id, house_id=house.id, flat_id=flat.id, since=now
    )  # fmt: skip
    session.add(home)
    await session.flush()
    (work.files / "aa").mkdir(parents=True, exist_ok=True)
    (work.files / "aa" / "photo").write_text(BYTES)
    photo = Attachment(kind="photo", channel="telegram", handle=HANDLE, title=WORDS)
    await work.attachments.keep(photo, USER, "aa/photo")
    session.add(
        FileHandle(
            source_channel="telegram", source_handle=HANDLE, channel="vk", kind="photo",
            handle=HANDLE,
        )
    )  # fmt: skip
    categories = {c.own_flat: c for c in await work.company.categories(house.complex_id)}
    for own in (True, False, None):
        thread = await work.threads.open(
            viewer, room, f"{NAME}, кв. {FLAT}", home_id=home.id
        )  # fmt: skip
        ids = []
        for by, author in (
            ("resident", NAME),
            ("member", "Анна"),
            ("note", "Анна"),
            ("system", ""),
        ):
            message = await work.threads.add(
                thread, by, author, None, text=f"{NAME} {WORDS} {by}",
                attachments=[photo] if by == "resident" else [],
            )  # fmt: skip
            message.earlier_texts = [WORDS]
            ids.append(message.id)
        session.add(
            MessageCopy(
                channel="telegram", chat=USER, external_id=f"{own}", message_id=ids[0], part=0
            )
        )
        session.add(
            MessageCopy(
                channel="telegram", chat="-100", external_id=f"5{own}", message_id=ids[1], part=0
            )
        )
        session.add(
            Topic(
                thread_id=thread.id,
                channel="telegram",
                chat="-100",
                external_id=f"7{own}",
                opened_at=now,
            )
        )
        session.add(
            Suggestion(
                thread_id=thread.id, state="shown", text=WORDS, asked_at=now, not_before=now
            )
        )  # fmt: skip
        for chat, topic, external in (("-100", f"7{own}", "1"), ("-100", "", f"5{own}")):
            body = {"text": WORDS, "external_id": external, "edits": None}
            session.add(
                Heard(
                    channel="telegram", key=f"staff {own} {topic}", chat=chat, topic=topic,
                    body=body, parts=[body], state="handled", received_at=now, ready_at=now,
                    handled_at=now,
                )
            )  # fmt: skip
        session.add(
            WebPost(
                channel="desk",
                chat="1",
                topic=str(thread.id),
                by="me",
                key=f"k{own}",
                body={"text": WORDS},
                at=now,
            )
        )
        await work.outbox.post(
            room, Outbound(text=WORDS, header=NAME), Kind.RELAY, About(message_id=ids[0]),
            thread_id=thread.id,
        )  # fmt: skip
        to = Address(channel="telegram", chat=USER)
        about = About(thread_id=thread.id, contact_id=viewer.contact_id, message_id=ids[1])
        await work.outbox.say(to, Outbound(text=WORDS), Kind.RELAY, about)
        if own is None:
            continue
        category = categories[own]
        ticket = Ticket(
            thread_id=thread.id, resident_id=viewer.resident_id, complex_id=house.complex_id,
            house_id=house.id, flat_id=flat.id, place=f"{house.address}, кв. {FLAT}",
            category=category.code, what=category.title, text=WORDS, answers=[["Где?", WORDS]],
            emergency=False, status="new", source="telegram", created_at=now,
            due_at=now + timedelta(days=3), source_link=WORDS,
        )  # fmt: skip
        session.add(ticket)
        await session.flush()
        session.add(Rating(ticket_id=ticket.id, stars=3, comment=WORDS, at=now))
        session.add(TicketEvent(ticket_id=ticket.id, at=now, what="status", note=WORDS))
        anna = await session.scalar(select(Member.id).limit(1))
        session.add(
            Draft(
                member_id=anna, key=f"{own}", content={"text": WORDS, "name": NAME, "phone": PHONE},
                made_at=now, ended_at=now, ticket_id=ticket.id,
            )
        )  # fmt: skip
    session.add(
        Question(at=now, resident_id=viewer.resident_id, text=WORDS, decision="handoff", shown=[])
    )


async def plant_queues(work: Work, viewer: AsResident, other: AsResident) -> None:
    session, now = work.session, work.now
    for channel, chat in (("telegram", USER), ("web", OTHER_USER)):
        body = {"text": WORDS, "external_id": "9", "sender": {"id": chat, "name": NAME}}
        session.add(
            Heard(
                channel=channel, key=f"m{chat}:9", chat=chat, body=body, state="handled",
                received_at=now, ready_at=now, handled_at=now,
            )
        )  # fmt: skip
        session.add(
            SessionRow(
                channel=channel, chat=chat, sender=chat, scene="x", state={"said": WORDS},
                offered=[], updated_at=now,
            )
        )  # fmt: skip
    session.add(
        WebPost(channel="web", chat=OTHER_USER, by="me", key="1", body={"text": WORDS}, at=now)
    )
    await work.outbox.say(
        Address(channel="web", chat=OTHER_USER), Outbound(text=WORDS), Kind.REPLY,
        About(contact_id=other.contact_id),
    )  # fmt: skip
    # What staff were shown elsewhere: a list with a number, and one with the phone.
    number = await session.scalar(select(func.min(Ticket.number)))
    for text_ in (f"№{number} {NAME}", f"Звонить: {SHOWN_PHONE}"):
        row = await work.outbox.say(Address(channel="telegram", chat="500"), Outbound(text=text_))
        await session.execute(
            update(Outgoing).where(Outgoing.id == row).values(state="sent", settled_at=now)
        )
        session.add(
            WebPost(
                channel="desk", chat="2", topic="room x", by="company", key=text_[:3],
                body={"text": text_}, at=now,
            )
        )  # fmt: skip
        session.add(
            Heard(
                channel="telegram", key=f"list {len(text_)}", chat="501",
                body={"text": text_}, state="handled", received_at=now, ready_at=now,
                handled_at=now,
            )
        )  # fmt: skip
    room = await session.scalar(select(func.min(Room.id)))
    anna = await session.scalar(select(func.min(Member.id)))
    session.add(
        Shift(
            room_id=room, member_id=anna, role="dispatcher", began_at=now, ended_at=now,
            summary=f"Перезвонить {NAME}, №{number}",
        )
    )  # fmt: skip


async def plant_others(work: Work, viewer: AsResident, other: AsResident) -> None:
    session, now = work.session, work.now
    house = await session.scalar(select(func.min(House.id)))
    member = await session.scalar(select(func.min(Member.id)))
    await session.execute(text("DELETE FROM paces"))
    session.add_all(
        [
            Elder(resident_id=viewer.resident_id, house_id=house, since=now),
            Ban(resident_id=viewer.resident_id, member_id=member, reason=WORDS, since=now),
            Wish(resident_id=viewer.resident_id, kind="news", wanted=False, at=now),
            Pace(resident_id=viewer.resident_id, heard=[now], folding_since=None),
            LinkCode(
                contact_id=other.contact_id, code_sha256="y", expires_at=now + timedelta(minutes=9)
            ),
            AuditRecord(at=now, who=f"telegram:{USER}", what="refused", about="room:x", details={}),
        ]
    )
    contact = await work.people.contact(viewer.contact_id)
    contact.came_by = WORDS
    # A journal that was printed for a member: nobody knows whose flats are on it.
    relative, path = work.attachments.new_place()
    path.write_text(BYTES)
    await work.attachments.keep_made(relative, f"Журнал {FLAT}", "application/pdf", "member:1")
    relative, path = work.attachments.new_place()
    path.write_text(BYTES)
    await work.my_data.keep(viewer, relative, NAME, "application/json")
