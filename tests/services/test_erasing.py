"""Erasing a person at a real PostgreSQL: what was planted everywhere is nowhere any more."""

from __future__ import annotations

from sqlalchemy import func, select, text

from handlers import erasing_texts
from handlers.resident import holding_texts
from services.db import Database
from services.erased import SCRUB, STEPS
from services.messaging.types import Address, Kind, Outbound
from services.tables import (
    Account,
    AccountCode,
    Ban,
    ConsentRecord,
    Elder,
    Erasure,
    FileHandle,
    Holding,
    HoldingClaim,
    Home,
    House,
    LinkCode,
    Message,
    OutageAnswer,
    Outgoing,
    Pace,
    PageLink,
    ProofTry,
    Question,
    Reading,
    ReminderPart,
    Resident,
    SessionRow,
    StoredFile,
    Suggestion,
    Table,
    Thread,
    Ticket,
    Wish,
)
from tests.services.linked import meet
from tests.support.clock import MovingClock
from tests.support.erasing import (
    ALLOWED,
    ask,
    end_requests,
    erased,
    found,
    go_through,
    settle,
    state,
)
from tests.support.marks import BYTES, MARKS, USER
from tests.support.planting import plant


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
        told = await session.scalars(
            select(Outgoing).where(Outgoing.chat == "222", Outgoing.state == "waiting")
        )
        assert [row.body["text"] for row in told] == [holding_texts.LEFT_ALONE]


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


def test_steps_name_only_what_they_are_given() -> None:
    known = {
        "residents", "contacts", "channels", "chats", "threads", "topics", "messages", "tickets",
        "gone", "now", "marks", "numbers",
    }  # fmt: skip
    for _, sql in (*STEPS, *SCRUB):
        assert set(text(sql).compile().params) <= known, sql
