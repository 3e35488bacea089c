"""Retention on a real database: of each table what is old goes, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import func, insert, select, text

from handlers.chores import CHORES
from services.access import AsMember, AsResident
from services.bell import Bells
from services.chores import Chores
from services.company.apply import Messengers, apply_declaration
from services.company.reading import read_declaration
from services.db import Database
from services.mailing_audience import Audience
from services.mailing_draft import MailingDraft
from services.messaging.types import Attachment
from services.outages import Draft as OutageDraft
from services.retention import RULES
from services.tables import (
    Account,
    AccountCode,
    AccountMark,
    AnswerAll,
    ArticleDraft,
    Balance,
    Ban,
    Bill,
    ConsentRecord,
    Contact,
    DeskSession,
    Elder,
    FileHandle,
    Heard,
    Holding,
    HoldingClaim,
    Home,
    Import,
    ImportChange,
    Incident,
    LinkCode,
    Mailing,
    Member,
    Message,
    MessageCopy,
    Meter,
    Notice,
    Outage,
    OutageAnswer,
    OutagePlace,
    Outgoing,
    Pace,
    PageLink,
    Promise,
    ProofTry,
    Question,
    Rating,
    Reading,
    ReadingExport,
    Reminder,
    ReminderPart,
    Resident,
    Room,
    SaidOnce,
    SessionRow,
    Shift,
    SignInLink,
    StoredFile,
    Suggestion,
    Surge,
    SurgeThread,
    Table,
    Thread,
    Ticket,
    TicketEvent,
    Topic,
    Upload,
    Visit,
    WebPost,
    Wish,
)
from services.work import Work
from tests.support.clock import MovingClock
from tests.support.running import SAMPLE

AT_FOUR = datetime(2026, 3, 4, 1, 0, tzinfo=UTC)  # 04:00 in Moscow
LONGEST = 1101
NEVER_OLD = date(2100, 1, 1)


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock(AT_FOUR)


@pytest_asyncio.fixture
async def db(database_url: str, clock: MovingClock, tmp_path: Path) -> AsyncIterator[Database]:
    db = Database(database_url, clock)
    db.files = tmp_path
    async with db.work() as work:
        await apply_declaration(work, read_declaration(SAMPLE), Messengers())
    yield db
    await db.close()


async def clear(db: Database) -> None:
    chores = Chores(db, Bells(db), [each for each in CHORES if each.name.startswith("clearing")])
    await chores.do_due()


class Past:
    """A row of each table that a rule clears, all of them over at once. `label` names them."""

    def __init__(self, work: Work, label: str) -> None:
        self.work, self.label, self.now = work, label, work.now

    async def add(self, *rows: Any) -> None:
        self.work.session.add_all(rows)
        await self.work.session.flush()

    async def happens(self) -> None:
        session, now, label = self.work.session, self.now, self.label
        self.member = (await session.scalars(select(Member).order_by(Member.id))).first()
        self.room = (await session.scalars(select(Room).order_by(Room.id))).first()
        assert self.member is not None
        assert self.room is not None
        self.house = (await session.execute(text("SELECT id, complex_id FROM houses"))).first()
        await self.technical()
        await self.people()
        await self.appeal()
        await self.told()
        await self.count_money()
        self.work.audit.note("system", label, "")
        await self.add(
            Shift(
                room_id=self.room.id, member_id=self.member.id, role="main", began_at=now,
                ended_at=now, summary=label,
            ),
            ArticleDraft(content={"label": label}, member_id=self.member.id, made_at=now,
                         ended_at=now, outcome="dropped"),
        )  # fmt: skip

    async def count_money(self) -> None:
        """An account that stands, with a bill and a balance of long ago, and one that left."""
        now, label = self.now, self.label
        row = Import(kind="debts", at=now, who="cli", file_name=label, sha256="", rows=1, counts={},
                     columns={}, state="applied")  # fmt: skip
        stands, left = (
            Account(number=f"{label} {n}", place="", kind="", holder="", added_at=now,
                    brought_by=1, withdrawn_at=gone)
            for n, gone in ((1, None), (2, now))
        )  # fmt: skip
        await self.add(row, stands, left)
        await self.remind(stands)
        await self.hold(stands)
        (self.work.files / label).mkdir(parents=True, exist_ok=True)
        bill, last = (
            StoredFile(
                id=f"{name} {label}", channel="web", handle=f"{label}#{name}", owner="bill",
                kind="document", title="", mime="", path=f"{label}/{name}.pdf", created_at=now,
            )
            for name in ("bill", "last bill")
        )  # fmt: skip
        for each in (bill, last):
            (self.work.files / each.path).write_bytes(b"%PDF-")
        await self.add(bill, last)
        meter = Meter(account_id=stands.id, resource="gas", number=label)
        await self.add(meter)
        meter_photo, last_photo = f"{label}/meter.jpg", f"{label}/last.jpg"
        for photo in (meter_photo, last_photo):
            (self.work.files / photo).write_bytes(b"1")
        await self.add(
            *(StoredFile(id=photo, channel="web", handle=photo, owner="1", kind="photo", title="",
                         mime="", size=1, path=photo, created_at=now)
              for photo in (meter_photo, last_photo)),
            exported := ReadingExport(at=now, who="cli", layout="csv", rows=1, file_name=label,
                                      sha256="0"),
        )  # fmt: skip
        await self.add(
            Reading(meter_id=meter.id, month=now.date() - timedelta(days=31), figures=[1], at=now,
                    source="chat", file_id=meter_photo, export_id=exported.id),
            Reading(meter_id=meter.id, month=now.date(), figures=[1], at=now, source="chat",
                    file_id=last_photo),
        )  # fmt: skip
        await self.add(
            Bill(account_id=stands.id, month=now.date(), file_id=bill.id, brought_by=row.id),
            # It is not old yet when its account is.
            Bill(account_id=left.id, month=NEVER_OLD, file_id=last.id, brought_by=row.id),
            Balance(account_id=stands.id, month=now.date(), debt=1, brought_by=row.id),
            ImportChange(import_id=row.id, account_id=stands.id, before={}),
            Upload(member_id=self.member.id, way="chat", channel="web", chat=label, source={},
                   file_name=label, state="applied", import_id=row.id, made_at=now,
                   changed_at=now),
        )  # fmt: skip

    async def remind(self, account: Account) -> None:
        """A reminder that is over, with what became of it, a draft and one that repeats; a mark
        that ended and one that stands."""
        now, label = self.now, self.label
        over, draft, monthly = (
            Reminder(key=label, kind="debt", tone="kind", text=label, audience={}, state=state,
                     repeats="monthly" if state == "scheduled" else "", way="desk", form={},
                     member_id=self.member.id, room_id=self.room.id, made_at=now,
                     ended_at=now if state == "done" else None)
            for state in ("done", "draft", "scheduled")
        )  # fmt: skip
        await self.add(over, draft, monthly)
        await self.add(
            ReminderPart(reminder_id=over.id, account_id=account.id, resident_id=self.known.id,
                         debt=1, overdue=1, at=now),
            AccountMark(account_id=account.id, kind="dispute", who=label, since=now, ended_at=now),
            AccountMark(account_id=account.id, kind="dispute", who=label, since=now),
        )  # fmt: skip

    async def hold(self, account: Account) -> None:
        """One who held the account and one who does; a used code, a try, what staff decided and
        what they have yet to."""
        now, label = self.now, self.label
        whose = {"resident_id": self.known.id, "account_id": account.id}
        await self.add(
            Holding(**whose, role="owner", sees_money=True, proved_by="code", since=now, until=now),
            Holding(**whose, role="owner", sees_money=True, proved_by="code", since=now),
            AccountCode(account_id=account.id, code_sha256=label, made_by="cli", made_at=now,
                        expires_at=now, used_at=now),
            ProofTry(**whose, number_sha256=label, way="code", right=False, at=now),
            *(HoldingClaim(**whose, contact_id=self.contact.id, number_sha256=label, role="owner",
                           state=state, asked_at=now, settled_at=at)
              for state, at in (("refused", now), ("asked", None))),
        )  # fmt: skip

    async def technical(self) -> None:
        now, label = self.now, self.label
        await self.add(
            Heard(channel="web", key=label, chat=label, body={}, state="handled",
                  received_at=now, ready_at=now, handled_at=now),
            Heard(channel="web", key=f"{label} aside", chat=label, body={}, state="set_aside",
                  received_at=now, ready_at=now, handled_at=now),
            outgoing(now, label),
            SaidOnce(key=label, at=now),
            AnswerAll(room_id=self.room.id, member_id=self.member.id, text=label, attachments=[],
                      chosen={}, threads=[], made_at=now),
            WebPost(channel="web", chat=label, by="me", key=label, body={}, at=now),
            SessionRow(channel="web", chat=label, sender=label, scene="", state={}, offered=[],
                       updated_at=now),
            SignInLink(token_sha256=label, member_id=self.member.id, expires_at=now),
            DeskSession(token_sha256=label, member_id=self.member.id, created_at=now,
                        expires_at=now + timedelta(days=14)),
            Question(at=now, resident_id=None, text=label, decision="handoff", shown=[]),
        )  # fmt: skip

    async def people(self) -> None:
        now, label = self.now, self.label
        stranger, known = resident(now, None), resident(now, label)
        consenting, member = resident(now, None), resident(now, None)
        await self.add(stranger, known, consenting, member)
        contacts = [
            contact(now, each.id, f"{label} {what}")
            for each, what in (
                (stranger, "stranger"), (known, "known"), (consenting, "consenting"),
                (member, "member"),
            )
        ]  # fmt: skip
        await self.add(*contacts)
        await self.draw(known.id)
        await self.work.session.execute(
            text("INSERT INTO member_accounts VALUES ('web', :user, :member)"),
            {"user": f"{label} member", "member": self.member.id},
        )
        self.known, self.contact = known, contacts[1]
        await self.add(
            ConsentRecord(resident_id=consenting.id, contact_id=contacts[2].id, version="1",
                          text_sha256="", given=False, at=now),
            LinkCode(contact_id=contacts[1].id, code_sha256=label, expires_at=now),
            PageLink(token_sha256=label, resident_id=known.id, contact_id=contacts[1].id,
                     what="account", about={}, made_at=now, expires_at=now),
            Pace(resident_id=stranger.id, heard=[now], folding_since=None),
            Wish(resident_id=stranger.id, kind="news", wanted=False, at=now),
            Wish(resident_id=known.id, kind="news", wanted=False, at=now),
            Home(resident_id=known.id, house_id=self.house[0], since=now, until=now),
            Home(resident_id=known.id, house_id=self.house[0], since=now),
            Elder(resident_id=known.id, house_id=self.house[0], since=now, until=now),
            Ban(resident_id=known.id, member_id=self.member.id, reason=label, since=now,
                until=now),
            Ban(resident_id=known.id, member_id=self.member.id, reason="for ever", since=now),
        )  # fmt: skip

    async def draw(self, resident_id: int) -> None:
        """A picture for one of them alone, as that of «Лицевой счёт»."""
        made = f"{self.label}/code.png"
        (self.work.files / made).parent.mkdir(exist_ok=True)
        (self.work.files / made).write_bytes(b"1")
        file = await self.work.attachments.keep_made(
            made, "", "image/png", f"resident:{resident_id}", kind="photo"
        )
        await self.work.attachments.keep_handle(file, "vk", "photo1")

    async def appeal(self) -> None:
        """A closed one with all that hangs on it, and an open one that continues it."""
        now, label, work = self.now, self.label, self.work
        viewer = AsResident(self.known.id, self.contact.id)
        self.thread = await work.threads.open(viewer, self.room, label)
        self.open = await work.threads.open(viewer, self.room, label)
        self.thread.state, self.thread.closed_at = "closed", now
        self.open.continues_id = self.thread.id
        photo = f"{label}/photo.jpg"
        (work.files / photo).parent.mkdir(exist_ok=True)
        (work.files / photo).write_bytes(b"1")
        attached = Attachment(kind="photo", channel="web", handle=photo).model_dump(mode="json")
        shared = Attachment(kind="photo", channel="web", handle=f"{label} shared")
        said = Message(
            thread_id=self.thread.id,
            by="resident",
            author="",
            text=label,
            at=now,
            attachments=[attached, shared.model_dump(mode="json")],
            earlier_texts=[],
        )
        later = Message(thread_id=self.open.id, by="member", author="", text=label, at=now,
                        attachments=[shared.model_dump(mode="json")], earlier_texts=[],
                        member_id=self.member.id)  # fmt: skip
        await self.add(said, later)
        ticket = Ticket(
            thread_id=self.thread.id, resident_id=self.known.id, complex_id=self.house[1],
            house_id=self.house[0], place="", category="other", what="", text=label, answers=[],
            emergency=False, status="done", source="web", created_at=now, due_at=now,
            closed_at=now,
        )  # fmt: skip
        surge = Surge(room_id=self.room.id, house_id=self.house[0], category="",
                      message_id=later.id, began_at=now, last_at=now)  # fmt: skip
        await self.add(ticket, surge)
        await self.add(
            TicketEvent(ticket_id=ticket.id, at=now, what="filed", before="", after="new",
                        note=""),
            Rating(ticket_id=ticket.id, stars=5, at=now),
            Visit(ticket_id=ticket.id, begins_at=now, ends_at=now, state="done", proposed_at=now),
            Topic(thread_id=self.thread.id, channel="web", chat="1", external_id=label,
                  opened_at=now, recap_due=False),
            Promise(thread_id=self.thread.id, message_id=said.id, member_id=self.member.id,
                    made_at=now, until=now, settled_at=now, outcome="kept"),
            MessageCopy(channel="web", chat="1", external_id=label, message_id=said.id, part=0),
            SurgeThread(thread_id=self.thread.id, surge_id=surge.id),
            StoredFile(id=label, channel="web", handle=photo, owner="1", kind="photo", title="",
                       mime="", size=1, path=photo, created_at=now),
            StoredFile(id=f"{label} shared", channel="web", handle=f"{label} shared", owner="1",
                       kind="photo", title="", mime="", size=1, path="", created_at=now),
            FileHandle(source_channel="web", source_handle=photo, channel="vk", kind="photo",
                       handle="1"),
            Suggestion(thread_id=self.thread.id, state="shown", text=label, asked_at=now,
                       not_before=now, settled_at=now),
            Suggestion(thread_id=self.open.id, state="asking", text=label, asked_at=now,
                       not_before=now),
        )  # fmt: skip
        waiting = outgoing(now, f"{label} waits", state="waiting")
        waiting.thread_id, waiting.reply_to_message = self.thread.id, said.id
        await self.add(waiting)

    async def told(self) -> None:
        now, label = self.now, self.label
        over, goes_on, draft = (
            Outage(what="gas", planned=False, since=now, state=state, form={}, way="desk",
                   member_id=self.member.id, room_id=self.room.id, made_at=now,
                   ended_at=now if state == "restored" else None, title=label)
            for state in ("restored", "announced", "draft")
        )  # fmt: skip
        mailing, unsent, later = (
            Mailing(key=label, kind="news", text=label, audience={}, state=state, way="desk",
                    member_id=self.member.id, room_id=self.room.id, form={}, made_at=now,
                    ended_at=now if state == "done" else None)
            for state in ("done", "draft", "scheduled")
        )  # fmt: skip
        incident = Incident(
            house_id=self.house[0],
            room_id=self.room.id,
            category="other",
            what=label,
            state="closed",
            offered_at=now,
            closed_at=now,
        )
        await self.add(over, goes_on, draft, mailing, unsent, later, incident)
        await self.add(
            OutagePlace(outage_id=over.id, house_id=self.house[0]),
            OutageAnswer(outage_id=over.id, resident_id=self.known.id, answer="back", at=now),
        )
        self.notices = []
        for of in ({"outage_id": over.id}, {"outage_id": goes_on.id}, {"mailing_id": mailing.id}):
            kind = "mailing" if "mailing_id" in of else "announced"
            notice = Notice(kind=kind, text=label, at=now, not_before=now, people={"web": 3},
                            flats=1, flats_reached=1, state="done", **of)  # fmt: skip
            await self.add(notice)
            self.notices.append(notice)
            for number, (state, reason) in enumerate(
                (("sent", ""), ("sent", ""), ("refused", "blocked"))
            ):
                row = outgoing(now, f"{label} {notice.id} {number}", state=state, reason=reason)
                row.notice_id, row.contact_id = notice.id, self.contact.id
                await self.add(row)
            moved = outgoing(now, f"{label} {notice.id} moved", state="refused", reason="blocked")
            moved.notice_id, moved.contact_id, moved.moved = notice.id, self.contact.id, True
            await self.add(moved)


def resident(now: datetime, name: str | None) -> Resident:
    return Resident(created_at=now, name=name, registered_at=now if name else None)


def contact(now: datetime, resident_id: int, name: str) -> Contact:
    return Contact(
        resident_id=resident_id, channel="web", user_id=name, chat=name, created_at=now,
        last_heard_at=now,
    )  # fmt: skip


def outgoing(now: datetime, label: str, *, state: str = "sent", reason: str = "") -> Outgoing:
    return Outgoing(
        channel="web", chat=label, queue=label, kind="reply", priority=1, body={"text": label},
        nonce=1, state=state, reason=reason, created_at=now, not_before=now,
        settled_at=None if state == "waiting" else now,
    )  # fmt: skip


async def counts(db: Database) -> dict[str, int]:
    async with db.work() as work:
        found = {}
        for name, table in Table.metadata.tables.items():
            found[name] = await work.session.scalar(select(func.count()).select_from(table)) or 0
        marks = select(func.count()).where(SaidOnce.key.startswith("cleared "))
        found["said_once"] -= await work.session.scalar(marks) or 0
        return found


async def happen(db: Database, label: str) -> Past:
    async with db.work() as work:
        past = Past(work, label)
        await past.happens()
        return past


KEPT_OF_OLD = {  # what never gets old, or is not over
    "inbox": 1,  # set aside
    "outbox": 1 + 4,  # waits; the rows of the outage that goes on
    "residents": 3, "contacts": 3, "consents": 1, "member_accounts": 1, "wishes": 1,
    "homes": 1, "bans": 1,
    "threads": 1, "messages": 1, "files": 1 + 1, "suggestions": 1,
    "outages": 1, "notices": 1, "mailings": 1, "accounts": 1,
    "meters": 1, "readings": 1,  # the last of each
    "reminders": 1, "account_marks": 1, "holdings": 1, "holding_claims": 1,
}  # fmt: skip


async def test_of_each_table_what_is_old_goes_and_nothing_else(
    db: Database, clock: MovingClock
) -> None:
    empty = await counts(db)
    old = await happen(db, "old")
    one = {name: count - empty[name] for name, count in (await counts(db)).items()}
    cleared = {rule.table for rule in RULES}
    assert cleared <= {name for name, count in one.items() if count}  # each rule has its row
    clock.move(days=LONGEST)
    young = await happen(db, "young")
    await clear(db)
    await clear(db)  # what another rule set free
    left = {name: count - empty[name] - one[name] for name, count in (await counts(db)).items()}
    assert {name: count for name, count in left.items() if count} == KEPT_OF_OLD
    assert not (db.files / "old/photo.jpg").exists()
    assert (db.files / "young/photo.jpg").exists()
    assert not (db.files / "old/code.png").exists()
    assert not (db.files / "old/meter.jpg").exists()
    assert (db.files / "old/last.jpg").exists()
    assert not (db.files / "old/bill.pdf").exists()
    assert not (db.files / "old/last bill.pdf").exists()
    assert (db.files / "young/bill.pdf").exists()
    assert (db.files / "young/last bill.pdf").exists()
    assert (db.files / "young/code.png").exists()
    async with db.work() as work:
        thread = await work.session.get(Thread, old.open.id)
        assert thread is not None
        assert thread.continues_id is None
        notice = await work.session.get(Notice, young.notices[0].id)
        assert notice is not None
        assert notice.result is None


async def test_each_period_holds_to_the_day(db: Database, clock: MovingClock) -> None:
    """A day before nothing of it goes, a day after it does."""
    await happen(db, "old")
    before = await counts(db)
    for days, tables in (
        (1, {"page_links"}),
        (3, {"files", "file_handles"}),
        (7, set()),
        (30, {"link_codes", "sign_in_links", "paces", "desk_sessions", "account_codes"}),
        (90, {"inbox", "outbox", "said_once", "answer_alls", "suggestions", "article_drafts",
              "uploads", "import_changes", "proof_tries"}),
        (180, {"sessions", "contacts", "residents"}),
        (400, {"web_posts", "questions", "outbox"}),
        (1100, {"threads", "outages", "notices", "mailings", "incidents", "homes", "audit",
                "bills", "balances", "accounts", "reminders", "reminder_parts", "account_marks",
                "holdings", "holding_claims"}),
    ):  # fmt: skip
        now = (clock.now() - AT_FOUR).days
        clock.move(days=days - 1 - now)
        await clear(db)
        kept = await counts(db)
        clock.move(days=2)
        await clear(db)
        gone = {name for name, count in (await counts(db)).items() if count < kept[name]}
        assert tables <= gone | ({"desk_sessions"} if days == 30 else set())
    after = await counts(db)
    assert after["consents"] == before["consents"]


async def test_what_is_still_needed_stays_however_old(db: Database, clock: MovingClock) -> None:
    past = await happen(db, "old")
    async with db.work() as work:
        now = work.now
        incident = (await work.session.scalars(select(Incident).order_by(Incident.id))).one()
        mailing = (await work.session.scalars(select(Mailing).order_by(Mailing.id))).all()[0]
        incident.state, incident.opened_at, incident.closed_at = "open", now, None
        shown, recallable, closed = (outgoing(now, f"needed {each}") for each in range(3))
        recallable.thread_id, closed.thread_id = past.open.id, past.thread.id
        work.session.add_all([shown, recallable, closed])
        await work.session.flush()
        mailing.state, mailing.ended_at, mailing.progress_row = "paused", None, shown.id
    clock.move(days=LONGEST)
    await clear(db)
    async with db.work() as work:
        assert await work.session.get(Incident, incident.id) is not None
        left = await work.session.scalars(
            select(Outgoing.chat).where(Outgoing.chat.startswith("needed")).order_by(Outgoing.id)
        )
        assert list(left) == ["needed 0", "needed 1"]
        over = await work.session.get_one(Mailing, mailing.id)
        over.state, over.ended_at = "done", work.now
        thread = await work.session.get_one(Thread, past.open.id)
        thread.state, thread.closed_at = "closed", work.now
        (await work.session.get_one(Incident, incident.id)).state = "closed"
    clock.move(days=1)
    await clear(db)
    async with db.work() as work:
        assert await work.session.get(Incident, incident.id) is None
        needed = select(Outgoing.id).where(Outgoing.chat.startswith("needed"))
        assert list(await work.session.scalars(needed)) == []


async def test_what_becomes_a_draft_again_is_a_new_one(db: Database, clock: MovingClock) -> None:
    past = await happen(db, "old")
    async with db.work() as work:
        await work.session.execute(text("UPDATE mailings SET state = 'scheduled'"))
        await work.session.execute(text("UPDATE outages SET state = 'scheduled'"))
    clock.move(days=120)
    viewer = AsMember(past.member.id, "admin")
    async with db.work() as work:
        first, second, *_ = await work.session.scalars(select(Mailing).order_by(Mailing.id))
        (outage, *_) = await work.session.scalars(select(Outage).order_by(Outage.id))
        await work.mailings.put_back(first)
        room = await work.rooms.get(past.room.id)
        whom = Audience(places=({"house_id": past.house[0]},))
        await work.mailings.keep(
            viewer, room, "desk", MailingDraft("news", "new", (), whom, {}), second.id
        )
        changed = OutageDraft("gas", "new", False, "", work.now, None, (), {})
        await work.outages.keep(viewer, room, "desk", changed, outage.id)
        ids = {first.id, second.id}, outage.id
    await clear(db)
    async with db.work() as work:
        drafts = select(Mailing.id).where(Mailing.state == "draft")
        assert set(await work.session.scalars(drafts)) == ids[0]
        assert (await work.session.get_one(Outage, ids[1])).state == "draft"


async def test_a_notice_keeps_its_counts(db: Database, clock: MovingClock) -> None:
    past = await happen(db, "old")
    ids = [notice.id for notice in past.notices]
    async with db.work() as work:
        before = await work.notices.outcomes(ids)
    clock.move(days=402)
    await clear(db)
    async with db.work() as work:
        assert await work.notices.outcomes(ids) == before
        left = await work.session.scalars(
            select(Outgoing.notice_id).where(Outgoing.notice_id.is_not(None)).distinct()
        )
        assert list(left) == [ids[1]]  # its outage goes on
    assert before[ids[0]].states == {"sent": 2, "refused": 1}
    assert before[ids[0]].reasons == {"blocked": 1}


async def test_it_goes_in_portions_once_a_night(
    db: Database, clock: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = next(n for n, rule in enumerate(RULES, 1) if rule.called == "outbox")
    monkeypatch.setattr(
        "services.retention.RULES",
        tuple(
            rule if rule.called != "outbox" else type(rule)(rule.table, rule.days, rule.old, 40)
            for rule in RULES
        ),
    )
    async with db.work() as work:
        row = {
            "channel": "web", "chat": "1", "queue": "1", "kind": "reply", "priority": 1,
            "body": {}, "nonce": 1, "state": "sent", "created_at": work.now,
            "not_before": work.now, "settled_at": work.now,
        }  # fmt: skip
        await work.session.execute(insert(Outgoing), [row] * 100)
    clock.move(days=91)
    for left in (60, 20, 0):
        async with db.work() as work:
            assert place in await work.retention.find_due()
            await work.retention.clear(place)
            found = await work.session.scalar(select(func.count()).select_from(Outgoing))
            assert found == left
    async with db.work() as work:
        assert place not in await work.retention.find_due()
    clock.move(hours=10)  # by day
    async with db.work() as work:
        assert place not in await work.retention.find_due()
    clock.move(hours=14)
    async with db.work() as work:
        assert place in await work.retention.find_due()
    clock.move(days=2, hours=6)  # nothing ran at night
    async with db.work() as work:
        assert place in await work.retention.find_due()


async def test_two_processes_clear_side_by_side(db: Database, clock: MovingClock) -> None:
    await happen(db, "old")
    clock.move(days=LONGEST)
    await asyncio.gather(clear(db), clear(db))
    await clear(db)
    async with db.work() as work:
        assert await work.session.scalar(select(func.count()).select_from(WebPost)) == 0
        subjects = await work.session.scalars(select(Thread.state))
        assert list(subjects) == ["open"]
