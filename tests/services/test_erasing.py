"""Erasing a person at a real PostgreSQL: what was planted everywhere is nowhere any more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import func, select, text, update

from bot.erasing import ask_again
from handlers import erasing as told
from handlers import erasing_texts
from handlers.chores import CHORES
from services import erasing_doing as erasing_module
from services.access import AsResident
from services.bell import Bells
from services.chores import Chores
from services.company.apply import Messengers, apply_declaration
from services.company.reading import read_declaration
from services.db import Database
from services.dumping import last_act, leave_to_people
from services.erased import SCRUB, STEPS
from services.errors import AlreadySo, ToBeErased
from services.messaging.outbox import About
from services.messaging.types import Address, Attachment, Kind, Outbound
from services.tables import (
    Account,
    AccountCode,
    AuditRecord,
    Ban,
    ConsentRecord,
    Contact,
    Draft,
    Elder,
    Erasure,
    FileHandle,
    Flat,
    Heard,
    Holding,
    HoldingClaim,
    Home,
    House,
    Import,
    ImportChange,
    LinkCode,
    Member,
    Message,
    MessageCopy,
    Meter,
    OutageAnswer,
    Outgoing,
    Pace,
    PageLink,
    ProofTry,
    Question,
    Rating,
    Reading,
    Reminder,
    ReminderPart,
    Resident,
    Room,
    SessionRow,
    Shift,
    StoredFile,
    Suggestion,
    Table,
    Thread,
    Ticket,
    TicketEvent,
    Topic,
    WebPost,
    Wish,
)
from services.work import Work
from tests.services.linked import give, join, meet
from tests.support.clock import MovingClock
from tests.support.running import SAMPLE

NAME, PHONE, USER, FLAT = "Зоя Меченая", "+79161234567", "777000111", "4242"
SHOWN_PHONE, OTHER_USER = "+7 916 123-45-67", "888000222"
WORDS, BYTES, HANDLE = "тайныеслова", "байтыфайла", "ручка777"
MARKS = (NAME, PHONE, SHOWN_PHONE, USER, OTHER_USER, FLAT, WORDS, BYTES, HANDLE)


@pytest_asyncio.fixture
async def db(database_url: str, clock: MovingClock, tmp_path: Path) -> AsyncIterator[Database]:
    db = Database(database_url, clock)
    db.files = tmp_path / "files"
    async with db.work() as work:
        await apply_declaration(work, read_declaration(SAMPLE), Messengers())
    yield db
    await db.close()


# ── Planting ─────────────────────────────────────────────────────────────────


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


async def plant_account(work: Work, viewer: AsResident) -> None:
    session, now = work.session, work.now
    brought = Import(
        kind="accounts", at=now, who="system", file_name="x", sha256="x", rows=1, counts={},
        columns={}, state="applied",
    )  # fmt: skip
    session.add(brought)
    await session.flush()
    account = Account(
        number="000777", place="ул. Садовая, 1", kind="", holder=NAME, phone=PHONE, added_at=now,
        brought_by=brought.id,
    )  # fmt: skip
    session.add(account)
    await session.flush()
    session.add(
        ImportChange(
            import_id=brought.id, account_id=account.id, before={"holder": NAME, "phone": PHONE}
        )
    )
    holding = await work.holdings.begin(viewer.resident_id, account.id, "owner", "code")
    meter = Meter(account_id=account.id, resource="gas", number="1")
    photo = await work.attachments.keep(
        Attachment(kind="photo", channel="telegram", handle=f"{HANDLE} meter"), ""
    )
    session.add(meter)
    member = await session.scalar(select(func.min(Member.id)))
    reminder = Reminder(
        key="k", kind="debt", tone="kind", text="x", audience={}, member_id=member, way="private",
        form={}, made_at=now,
    )  # fmt: skip
    session.add(reminder)
    await session.flush()
    session.add_all(
        [
            Reading(
                meter_id=meter.id, month=now.date(), figures=[1000], at=now, source="chat",
                resident_id=viewer.resident_id, file_id=photo.id,
            ),
            ReminderPart(
                reminder_id=reminder.id, account_id=account.id, resident_id=viewer.resident_id,
                debt=1, overdue=1, at=now,
            ),
            AccountCode(
                account_id=account.id, code_sha256="x", holding_id=holding.id, made_by="contact:1",
                made_at=now, expires_at=now + timedelta(days=1),
            ),
            ProofTry(
                resident_id=viewer.resident_id, account_id=account.id, number_sha256="x",
                way="code", right=True, at=now,
            ),
            HoldingClaim(
                resident_id=viewer.resident_id, contact_id=viewer.contact_id,
                account_id=account.id, number_sha256="x", role="owner", asked_at=now,
            ),
            PageLink(
                token_sha256="t", resident_id=viewer.resident_id, contact_id=viewer.contact_id,
                what="bill", about={"account": account.id}, made_at=now,
                expires_at=now + timedelta(hours=1),
            ),
        ]
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


# ── Looking ──────────────────────────────────────────────────────────────────


async def found(db: Database, files: Path) -> dict[str, set[str]]:
    """Marks by the table they stand in, «files» among them."""
    standing: dict[str, set[str]] = {}
    async with db.session() as session:
        for table in Table.metadata.sorted_tables:
            rows = await session.scalars(text(f"SELECT row_to_json(t)::text FROM {table.name} t"))
            whole = "\n".join(rows)
            if marks := {mark for mark in MARKS if mark in whole}:
                standing[table.name] = marks
    if BYTES in await asyncio.to_thread(read_all, files):
        standing["DATA_DIR/files"] = {BYTES}
    return standing


def read_all(files: Path) -> str:
    return "".join(path.read_text() for path in files.rglob("*") if path.is_file())


async def go_through(db: Database, times: int = 1) -> None:
    for _ in range(times):
        async with db.work() as work:
            due = await work.erasing.find_due()
        for each in due:
            async with db.work() as work:
                await told.do(work, each)


async def settle(db: Database) -> None:
    """What was on its way has arrived."""
    async with db.work() as work:
        await work.session.execute(
            text("UPDATE outbox SET state = 'sent', settled_at = now() WHERE state = 'waiting'")
        )


async def end_requests(db: Database) -> None:
    async with db.work() as work:
        await work.session.execute(update(Ticket).values(status="done", closed_at=work.now))


async def ask(db: Database, viewer: AsResident) -> Erasure:
    async with db.work() as work:
        return await work.erasing.ask(viewer)


ALLOWED = {
    # The accounting system's own records of who holds an account.
    "accounts": {NAME, PHONE},
    "import_changes": {NAME, PHONE},
    "flats": {FLAT},  # the company's list of flats
}


async def test_what_was_planted_everywhere_is_nowhere_any_more(
    db: Database, clock: MovingClock
) -> None:
    viewer = await plant(db)
    async with db.work() as work:
        files = work.files
    before = await found(db, files)
    for table in (
        "residents", "contacts", "messages", "tickets", "threads", "ratings", "ticket_events",
        "inbox", "outbox", "web_posts", "sessions", "drafts", "suggestions", "questions", "bans",
        "files", "file_handles", "message_copies", "shifts", "audit", "DATA_DIR/files",
    ):  # fmt: skip
        assert table in before, "the test has to plant something there"
    await ask(db, viewer)
    clock.move(hours=25)
    await end_requests(db)
    await go_through(db)
    async with db.work() as work:
        last = await work.session.scalar(select(Outgoing).order_by(Outgoing.id.desc()).limit(1))
        assert last is not None
        assert "Это последнее сообщение" in last.body["text"]
    await go_through(db)
    assert "residents" in await found(db, files), "the last word has not left yet"
    await settle(db)
    await go_through(db)
    assert await found(db, files) == ALLOWED

    async with db.work() as work:
        session = work.session
        act = await session.scalar(select(Erasure))
        assert act is not None
        assert (act.state, act.act is not None) == ("done", True)
        people = list(
            await session.scalars(select(Resident).where(Resident.erased_at.is_not(None)))
        )
        assert len(people) == 2, "the linked one as well"
        tickets = list(await session.scalars(select(Ticket).order_by(Ticket.id)))
        assert len(tickets) == 2, "the journal stays"
        for ticket in tickets:
            house = await session.get_one(House, ticket.house_id)
            assert (ticket.place, ticket.what != "", ticket.status) == (house.address, True, "done")
        reading = await session.scalar(select(Reading))
        assert reading is not None
        assert (reading.figures, reading.resident_id) == ([1000], None)
        holding = await session.scalar(select(Holding))
        assert holding is not None
        assert (holding.ended_by, holding.until is not None) == ("erased", True)
        for table in (
            Home, Elder, Ban, Wish, Pace, LinkCode, PageLink, ProofTry, HoldingClaim, ReminderPart,
            Question, Suggestion, SessionRow, StoredFile, FileHandle, OutageAnswer,
        ):  # fmt: skip
            left = select(func.count()).select_from(table)
            if table is StoredFile:
                left = left.where(StoredFile.owner != "company")
            assert await session.scalar(left) == 0, table.__tablename__
        given = [c.given for c in await session.scalars(select(ConsentRecord).order_by("id"))]
        assert given == [True, True, False, False]
        subjects = set(await session.scalars(select(Thread.subject)))
        assert erasing_texts.TALK in subjects
        texts = set(
            await session.scalars(select(Message.text).where(Message.by != "system"))
        )  # fmt: skip
        assert texts == {erasing_texts.GONE}
        code = await session.scalar(select(AccountCode))
        assert code is not None
        assert code.withdrawn_at is not None
        lines = "\n".join(
            erasing_texts.act_lines(
                await work.company.profile(), act.act or {}, act.asked_at, act.due_at, work.now
            )
        )
    assert not [mark for mark in MARKS if mark in lines]
    assert "тексты сообщений в обращениях — 12" in lines
    assert "заявки в журнале" in lines
    numbers = ", ".join(f"№{ticket.number}" for ticket in tickets)
    named = f"Темы, которые удаляет администратор группы: заявки {numbers}; «{erasing_texts.TALK}»"
    assert named in lines, "an admin has to know which topics"


async def test_whoever_writes_again_is_a_stranger(db: Database, clock: MovingClock) -> None:
    viewer = await erased(db, clock)
    async with db.work() as work:
        again = await meet(work, "telegram", USER)
    assert again.resident_id != viewer.resident_id
    assert again.contact_id != viewer.contact_id


async def test_what_is_said_to_nobody_leaves_for_nobody(db: Database, clock: MovingClock) -> None:
    viewer = await erased(db, clock)
    async with db.work() as work:
        contact = await work.people.contact(viewer.contact_id)
        row = await work.outbox.say(
            Address(channel=contact.channel, chat=contact.chat), Outbound(text="?"), Kind.RELAY
        )
        assert (await work.session.get_one(Outgoing, row)).state == "refused"


async def erased(db: Database, clock: MovingClock) -> AsResident:
    async with db.work() as work:
        viewer = await meet(work, "telegram", USER)
    await ask(db, viewer)
    clock.move(hours=25)
    await go_through(db)
    await settle(db)
    await go_through(db)
    return viewer


# ── Waiting ──────────────────────────────────────────────────────────────────


async def test_open_requests_are_waited_for_and_end_with_the_term(
    db: Database, clock: MovingClock
) -> None:
    viewer = await plant(db)
    erasure = await ask(db, viewer)
    clock.move(hours=25)
    await go_through(db, 3)
    assert await state(db) == "asked"
    async with db.work() as work:
        assert await work.troubles.find() == [] or all(
            each.kind != "erasing" for each in await work.troubles.find()
        )
    clock.move(seconds=(erasure.due_at - timedelta(hours=47) - clock.now()).total_seconds())
    await go_through(db)
    await settle(db)
    await go_through(db)
    assert await state(db) == "done"
    async with db.session() as session:
        ends = {t.status: t for t in await session.scalars(select(Ticket))}
        assert set(ends) == {"declined", "new"}, "that of the house goes on"
        thread = await session.get_one(Thread, ends["new"].thread_id)
        assert thread.state == "open"
        closed = await session.get_one(Thread, ends["declined"].thread_id)
        assert closed.state == "closed"
        said = await session.scalars(select(Message.text).where(Message.thread_id == thread.id))
        assert erasing_texts.ERASED_STAFF in set(said)


async def state(db: Database) -> str:
    async with db.session() as session:
        return (
            await session.scalars(select(Erasure.state).order_by(Erasure.id.desc()))
        ).first() or ""


async def test_the_term_is_of_working_days(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        viewer = await meet(work, "telegram", USER)
        await work.session.execute(
            text(
                """UPDATE company SET content = content || '{"hours": [{"days":
                ["mon","tue","wed","thu","fri"], "opens": "09:00", "closes": "18:00"}],
                "special_days": [], "holidays": ["2026-03-09"]}', revision = revision + 1"""
            )
        )
    erasure = await ask(db, viewer)  # on Wednesday, 4 March
    assert erasure.due_at.astimezone(UTC) == datetime(2026, 3, 19, 20, 59, tzinfo=UTC)
    assert erasure.not_before == erasure.asked_at + timedelta(hours=24)


async def test_a_company_that_is_seldom_open_has_no_longer_a_term(db: Database) -> None:
    async with db.work() as work:
        viewer = await meet(work, "telegram", USER)
        await work.session.execute(
            text(
                """UPDATE company SET content = content || '{"hours": [{"days": ["sat"],
                "opens": "09:00", "closes": "18:00"}], "special_days": [], "holidays": []}',
                revision = revision + 1"""
            )
        )
    erasure = await ask(db, viewer)  # on Wednesday, 4 March; Saturdays count besides
    assert erasure.due_at.astimezone(UTC) == datetime(2026, 3, 16, 20, 59, tzinfo=UTC)


async def test_admins_hear_of_a_term_that_is_about_to_end(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        viewer = await meet(work, "telegram", USER)
    erasure = await ask(db, viewer)
    clock.move(seconds=(erasure.due_at - clock.now()).total_seconds() - 3600)
    async with db.work() as work:
        (trouble,) = [each for each in await work.troubles.find() if each.kind == "erasing"]
        assert trouble.count == 1


# ── Twice, at once, in the middle ────────────────────────────────────────────


async def test_asked_twice_is_asked_once(db: Database) -> None:
    async with db.work() as work:
        viewer = await meet(work, "telegram", USER)

    async def try_it() -> bool:
        try:
            await ask(db, viewer)
        except AlreadySo:
            return False
        return True

    assert sorted(await asyncio.gather(try_it(), try_it())) == [False, True]
    async with db.work() as work:
        await work.erasing.think_better(viewer)
        with pytest.raises(AlreadySo):
            await work.erasing.think_better(viewer)
    await ask(db, viewer)  # it may be asked for again


async def test_two_processes_erase_once(db: Database, clock: MovingClock) -> None:
    viewer = await plant(db)
    erasure = await ask(db, viewer)
    clock.move(hours=25)
    await end_requests(db)
    await go_through(db)
    await settle(db)

    async def do() -> None:
        async with db.work() as work:
            await told.do(work, erasure.id)

    await asyncio.gather(do(), do(), do())
    async with db.session() as session:
        acts = select(func.count()).where(AuditRecord.what == "erased")
        assert await session.scalar(acts) == 1
        given = [c.given for c in await session.scalars(select(ConsentRecord).order_by("id"))]
        assert given == [True, True, False, False]


async def test_a_process_that_dies_in_the_middle_leaves_all_or_nothing(
    db: Database, clock: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = await plant(db)
    await ask(db, viewer)
    clock.move(hours=25)
    await end_requests(db)
    await go_through(db)
    await settle(db)
    async with db.work() as work:
        files = work.files
    before = await found(db, files)
    steps = erasing_module.STEPS
    monkeypatch.setattr(erasing_module, "STEPS", (*steps[:20], ("x", "SELECT 1 / 0"), *steps[20:]))
    with pytest.raises(Exception, match="division"):
        await go_through(db)
    assert await found(db, files) == before
    assert await state(db) == "asked"
    monkeypatch.setattr(erasing_module, "STEPS", steps)
    await go_through(db)
    assert await found(db, files) == ALLOWED


async def test_what_was_thought_better_of_stays(db: Database, clock: MovingClock) -> None:
    viewer = await plant(db)
    async with db.work() as work:
        files = work.files
    before = await found(db, files)
    await ask(db, viewer)
    clock.move(hours=25)
    await end_requests(db)
    await go_through(db)  # the last word is on its way
    async with db.work() as work:
        await work.erasing.think_better(viewer)
    await settle(db)
    await go_through(db, 3)
    assert await found(db, files) == before


async def test_somebody_who_is_writing_just_now_is_heard_first(
    db: Database, clock: MovingClock
) -> None:
    async with db.work() as work:
        viewer = await meet(work, "telegram", USER)
    await ask(db, viewer)
    clock.move(hours=25)
    await go_through(db)
    await settle(db)
    async with db.work() as work:
        work.session.add(
            Heard(
                channel="telegram", key="1", chat=USER, body={}, received_at=work.now,
                ready_at=work.now,
            )
        )  # fmt: skip
    await go_through(db)
    assert await state(db) == "asked"
    clock.move(hours=2)  # but not for ever
    await go_through(db)
    assert await state(db) == "done"


async def test_a_press_that_is_being_heard_is_heard_to_its_end(
    db: Database, clock: MovingClock
) -> None:
    async with db.work() as work:
        viewer = await meet(work, "telegram", USER)
    erasure = await ask(db, viewer)
    clock.move(hours=25)
    await go_through(db)
    await settle(db)

    async def do() -> None:
        async with db.work() as work:
            await told.do(work, erasure.id)

    async with db.work() as work:
        viewer = await meet(work, "telegram", USER)  # locks the contact
        doing = asyncio.create_task(do())
        while not await work.session.scalar(
            text("SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'")
        ):
            await asyncio.sleep(0)
        await work.erasing.think_better(viewer)
    await doing
    assert await state(db) == "withdrawn"


async def test_whoever_asks_while_a_request_comes_in_waits_for_it(
    db: Database, clock: MovingClock
) -> None:
    """What a message of this moment begins is not declined unread."""
    viewer = await plant(db)
    erasure = await ask(db, viewer)
    clock.move(hours=25)
    await end_requests(db)
    await go_through(db)
    await settle(db)

    async def do() -> None:
        async with db.work() as work:
            await told.do(work, erasure.id)

    async with db.work() as work:
        await meet(work, "telegram", USER)
        doing = asyncio.create_task(do())
        while not await work.session.scalar(
            text("SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'")
        ):
            await asyncio.sleep(0)
        await work.session.execute(
            text("UPDATE tickets SET status = 'new', closed_at = NULL WHERE flat_id IS NOT NULL")
        )
    await doing
    assert await state(db) == "asked"


# ── What others have as well ─────────────────────────────────────────────────


async def test_a_photo_that_a_later_reading_of_another_keeps(
    db: Database, clock: MovingClock
) -> None:
    viewer = await plant(db)
    async with db.work() as work:
        neighbour = await meet(work, "telegram", "222")
        theirs = (await work.session.scalars(select(Reading))).one()
        theirs.replaced = True
        await work.session.flush()
        work.session.add(
            Reading(
                meter_id=theirs.meter_id, month=theirs.month, figures=[1001], at=work.now,
                source="chat", resident_id=neighbour.resident_id, file_id=theirs.file_id,
            )
        )  # fmt: skip
    await ask(db, viewer)
    clock.move(hours=25)
    await end_requests(db)
    await go_through(db)
    await settle(db)
    await go_through(db)
    assert await state(db) == "done"
    async with db.session() as session:
        found = await session.scalars(select(Reading).order_by(Reading.id))
        assert [(each.resident_id, each.file_id) for each in found] == [
            (None, None), (neighbour.resident_id, None),
        ]  # fmt: skip


async def test_whom_an_erased_owner_let_in_sees_the_account_no_more(
    db: Database, clock: MovingClock
) -> None:
    viewer = await plant(db)
    async with db.work() as work:
        account = await work.session.scalar(select(func.min(Account.id)))
        assert account is not None
        guest = await meet(work, "telegram", "222")
        await work.holdings.begin(guest.resident_id, account, "family", "holder")
    await ask(db, viewer)
    clock.move(hours=25)
    await end_requests(db)
    await go_through(db)
    await settle(db)
    await go_through(db)
    async with db.session() as session:
        held = await session.scalars(select(Holding).order_by(Holding.id))
        assert [(each.ended_by, each.until is None) for each in held] == [
            ("erased", False), ("holder", False),
        ]  # fmt: skip


async def test_what_was_answered_to_many_stays_with_the_others(
    db: Database, clock: MovingClock
) -> None:
    async with db.work() as work:
        viewer = await meet(work, "telegram", USER)
        neighbour = await meet(work, "telegram", "222")
        room = (await work.rooms.every())[0]
        relative, path = work.attachments.new_place()
        path.write_text("план работ")
        plan = await work.attachments.keep_made(relative, "План", "image/png", "member:1")
        for each in (viewer, neighbour):
            thread = await work.threads.open(each, room, "Дом")
            await work.threads.add(thread, "member", "Анна", None, text="План", attachments=[plan])
    await erased(db, clock)
    async with db.session() as session:
        kept = (
            await session.scalars(select(StoredFile).where(StoredFile.handle == relative))
        ).one()
    assert path.exists()
    assert kept.title == "План"


async def test_papers_since_the_person_first_wrote_are_gone(
    db: Database, clock: MovingClock
) -> None:
    """A list of flats names those who never asked for anything as well."""
    async with db.work() as work:
        await meet(work, "telegram", USER)
        clock.move(hours=1)
    async with db.work() as work:
        relative, path = work.attachments.new_place()
        path.write_text(BYTES)
        await work.attachments.keep_made(relative, "Охват", "application/pdf", "member:1")
    await erased(db, clock)
    assert not path.exists()


# ── Consent and links ────────────────────────────────────────────────────────


async def test_consent_taken_back_asks_for_it_and_given_again_takes_it_back(
    db: Database, clock: MovingClock
) -> None:
    async with db.work() as work:
        viewer = await meet(work, "telegram", USER)
        version = (await work.company.profile()).consent.version
        await work.people.record_consent(viewer, version, "text", given=False)
    assert await state(db) == "asked"
    async with db.work() as work:
        await work.people.record_consent(viewer, version, "text", given=True)
    assert await state(db) == "withdrawn"
    async with db.work() as work:
        await work.people.record_consent(viewer, version, "text", given=False)
    clock.move(hours=25)
    await go_through(db)
    await settle(db)
    await go_through(db)
    assert await state(db) == "done"
    async with db.session() as session:
        assert USER not in set(await session.scalars(select(Contact.user_id)))


async def test_a_stranger_who_declines_is_not_to_be_erased(db: Database) -> None:
    """Nothing is kept of them but that they wrote."""
    async with db.work() as work:
        viewer = await meet(work, "telegram", USER)
        await work.session.execute(text("DELETE FROM consents"))
        version = (await work.company.profile()).consent.version
        await work.people.record_consent(viewer, version, "text", given=False)
    assert await state(db) == ""


async def test_nobody_is_linked_who_is_to_be_erased(db: Database) -> None:
    async with db.work() as work:
        viewer = await meet(work, "telegram", USER)
    code = await give(db, "telegram", USER)
    await ask(db, viewer)
    assert isinstance(await join(db, "vk", code), ToBeErased)


async def test_a_messenger_that_leaves_meanwhile_is_erased_as_well(
    db: Database, clock: MovingClock
) -> None:
    async with db.work() as work:
        viewer = await meet(work, "telegram", USER)
    link = await join(db, "web", await give(db, "telegram", USER), OTHER_USER)
    assert isinstance(link, int)
    await ask(db, viewer)
    async with db.work() as work:
        await work.linking.disown(await meet(work, "telegram", USER), link)
    clock.move(hours=25)
    await go_through(db)
    await settle(db)
    await go_through(db)
    async with db.session() as session:
        assert not {USER, OTHER_USER} & set(await session.scalars(select(Contact.user_id)))


# ── Nothing is forgotten ─────────────────────────────────────────────────────

IDS_ALONE = {  # they name a person's row, which names nobody
    "consents", "contacts", "erasures", "holdings", "outbox", "threads", "tickets",
}  # fmt: skip


def test_every_table_that_names_a_person_is_decided_on() -> None:
    """A new one has to be erased in `services.erased`, or said here to hold no more than ids."""
    statements = " ".join(sql for _, sql in (*STEPS, *SCRUB))
    for table in Table.metadata.sorted_tables:
        names = {key.column.table.name for column in table.columns for key in column.foreign_keys}
        if names & {"residents", "contacts"} or any(
            column.name in ("resident_id", "contact_id") for column in table.columns
        ):
            decided = f" {table.name} " in f"{statements} " or table.name in IDS_ALONE
            assert decided, table.name


async def test_by_the_clock_alone(db: Database, clock: MovingClock, database_url: str) -> None:
    """The chores do it without anybody."""
    async with db.work() as work:
        viewer = await meet(work, "telegram", USER)
    await ask(db, viewer)
    clock.move(hours=25)
    mine = [chore for chore in CHORES if chore.name == "erasing whoever asked for it"]
    chores = Chores(db, Bells(database_url), mine)
    await chores.do_due()
    await settle(db)
    await chores.do_due()
    assert await state(db) == "done"


def test_steps_name_only_what_they_are_given() -> None:
    known = {
        "residents", "contacts", "channels", "chats", "threads", "topics", "messages", "tickets",
        "gone", "now", "marks", "numbers",
    }  # fmt: skip
    for _, sql in (*STEPS, *SCRUB):
        assert set(text(sql).compile().params) <= known, sql


# ── After a restore ──────────────────────────────────────────────────────────


async def test_what_a_restore_brought_back_is_erased_again_at_once(
    db: Database, clock: MovingClock, database_url: str
) -> None:
    async with db.work() as work:
        viewer = await meet(work, "telegram", USER)
    assert await last_act(database_url) == 0
    number = viewer.resident_id
    said = await ask_again(db, [number, 999])
    assert [line.partition(":")[0] for line in said] == [
        f"карточка №{number}", "карточки №999 в базе нет",
    ]  # fmt: skip
    assert "уже назначено" in (await ask_again(db, [number]))[0]
    await go_through(db)
    await settle(db)
    await go_through(db)
    assert await state(db) == "done"
    assert "уже удалены" in (await ask_again(db, [number]))[0]
    assert await last_act(database_url) == 1


async def test_nobody_new_gets_a_number_of_an_act_after_a_restore(
    db: Database, database_url: str
) -> None:
    async with db.work() as work:
        old = await meet(work, "telegram", USER)
    await leave_to_people(database_url)
    async with db.work() as work:
        new = await meet(work, "telegram", "222")
    assert new.resident_id > old.resident_id + 100_000
    assert (await ask(db, new)).id > 1
