"""The erasing itself: one transaction, from the locks to the act."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select, tuple_, update

from services.erased import PAPERS, STEPS, UPLOADED
from services.erased_elsewhere import do, scrub
from services.my_data import OWNER
from services.tables import (
    ConsentRecord,
    Contact,
    Erasure,
    FileHandle,
    Holding,
    MemberAccount,
    Message,
    Reading,
    Resident,
    StoredFile,
    Thread,
    Ticket,
    Topic,
)
from services.tickets import ENDED

if TYPE_CHECKING:
    from services.work import Work


@dataclass(frozen=True)
class Left:
    """`number`: of the act. `open`: threads that go on, without the person. `topics`: threads that
    a staff group shows under a name of before. `guests`: those who saw an account by the person's
    leave, and see it no more."""

    number: int
    open: list[Thread]
    topics: list[Thread]
    guests: list[Holding]


class ErasingNow:
    """Of a locked `erasure`, and of all residents that it stands for."""

    def __init__(self, work: Work, erasure: Erasure, everyone: list[int]) -> None:
        self._work = work
        self._erasure = erasure
        self._everyone = everyone

    async def erase(self, gone: str, name: Callable[[Ticket | None], str]) -> Left:
        """Everything at once; a process that dies in the middle has done nothing but to remove
        files, which the next one does again. `gone` stands instead of words, `name` gives a
        conversation its new subject."""
        work, session, now = self._work, self._work.session, self._work.now
        contacts, threads = await self._lock()
        company = await work.company.profile()
        await self._let_go_of_consent(company.consent.version)
        guests = await self._end_holdings()
        going_on = await self._close(threads)
        named = await self._named(contacts, threads)
        files = await self._find_files(named, contacts, threads)
        members = await self._count_members(contacts)
        counts: dict[str, int] = {}
        await scrub(work, self._everyone, counts)
        for what, sql in STEPS:
            await do(work, what, sql, {**named, "gone": gone, "now": now}, counts)
        counts["files"] = await self._forget_files(files)
        tickets = await self._tickets(threads)
        for thread in threads:
            await session.refresh(thread)
            work.threads.name(thread, name(tickets.get(thread.id)))
            work.ring(f"thread:{thread.id}")
        shown = set(
            await session.scalars(
                select(Topic.thread_id).where(Topic.thread_id.in_([t.id for t in threads]))
            )
        )
        await self._write_act(counts, members, [tickets.get(each) for each in sorted(shown)])
        await session.flush()
        topics = [each for each in threads if each.id in shown]
        return Left(self._erasure.id, going_on, topics, guests)

    async def _lock(self) -> tuple[list[Contact], list[Thread]]:
        """In the order in which whoever writes just now locks: contact, person, thread."""
        session = self._work.session
        contacts = await lock_people(self._work, self._everyone)
        threads = list(
            await session.scalars(
                select(Thread)
                .where(Thread.resident_id.in_(self._everyone))
                .order_by(Thread.id)
                .with_for_update(),
                execution_options={"populate_existing": True},
            )
        )
        return contacts, threads

    async def _named(
        self, contacts: Sequence[Contact], threads: Sequence[Thread]
    ) -> dict[str, list[Any]]:
        session, ids = self._work.session, [thread.id for thread in threads]
        messages = await session.scalars(select(Message.id).where(Message.thread_id.in_(ids)))
        tickets = await session.scalars(
            select(Ticket.id).where(Ticket.resident_id.in_(self._everyone))
        )
        return {
            "residents": self._everyone,
            "contacts": [contact.id for contact in contacts],
            "channels": [contact.channel for contact in contacts],
            "chats": [contact.chat for contact in contacts],
            "threads": ids,
            "topics": [str(each) for each in ids],
            "messages": list(messages),
            "tickets": list(tickets),
        }

    async def _let_go_of_consent(self, version: str) -> None:
        """That it is no longer given is a line of the log, which is only added to."""
        for resident_id in self._everyone:
            last = await self._work.session.scalar(
                select(ConsentRecord)
                .where(ConsentRecord.resident_id == resident_id)
                .order_by(ConsentRecord.id.desc())
                .limit(1)
            )
            if last is not None and last.given:
                self._work.session.add(
                    ConsentRecord(
                        resident_id=resident_id,
                        contact_id=last.contact_id,
                        version=version,
                        text_sha256=last.text_sha256,
                        given=False,
                        at=self._work.now,
                    )
                )

    async def _end_holdings(self) -> list[Holding]:
        """Rows of holdings stay for the company: an account, a number, from when till when."""
        return await self._work.sharing.leave_all(self._everyone, self._erasure.asked_by, "erased")

    async def _close(self, threads: Sequence[Thread]) -> list[Thread]:
        """Nobody can be let into a flat that is known no more, so its requests end; what is wrong
        with the house is mended all the same. Returns the threads that go on."""
        work, going_on = self._work, []
        for thread in threads:
            ticket = await work.threads.ticket(thread.id)
            if ticket is not None and ticket.status not in ENDED:
                category = await work.company.category_of(ticket)
                own = category.own_flat if category else ticket.flat_id is not None
                if not own:
                    going_on.append(thread)
                    continue
                before, ticket.status = ticket.status, "declined"
                ticket.closed_at = work.now
                ticket.waiting_since = ticket.asked_at = None
                await work.visits.end(ticket)
                work.tickets.note(ticket, "status", before, "declined")
            if thread.state == "open":
                await work.threads.close(thread)
        await work.session.flush()
        return going_on

    async def _find_files(
        self, named: dict[str, Any], contacts: Sequence[Contact], threads: Sequence[Thread]
    ) -> list[Any]:
        session = self._work.session
        owners = [contact.chat for contact in contacts]
        owners += [f"{OWNER}{contact.id}" for contact in contacts]
        owners += [f"resident:{ident}" for ident in named["residents"]]  # payment codes, charts
        theirs = await session.execute(
            UPLOADED,
            {
                "messages": named["messages"], "residents": named["residents"], "owners": owners,
            },
        )  # fmt: skip
        moments = [contact.created_at for contact in contacts]
        moments += [thread.opened_at for thread in threads]  # others may have begun it for them
        since = min(moments, default=self._work.now)
        return [*theirs, *await session.execute(PAPERS, {"since": since})]

    async def _forget_files(self, files: Sequence[Any]) -> int:
        session = self._work.session
        keys = [(row.channel, row.handle) for row in files]
        await session.execute(  # whoever corrects figures without a photo keeps the one before
            update(Reading)
            .where(Reading.file_id.in_([row.id for row in files]))
            .values(file_id=None)
        )
        await session.execute(delete(StoredFile).where(StoredFile.id.in_([f.id for f in files])))
        await session.execute(
            delete(FileHandle).where(
                tuple_(FileHandle.source_channel, FileHandle.source_handle).in_(keys)
            )
        )
        for row in files:
            if row.path:
                (self._work.files / row.path).unlink(missing_ok=True)
        return len(files)

    async def _tickets(self, threads: Sequence[Thread]) -> dict[int, Ticket]:
        rows = await self._work.session.scalars(
            select(Ticket).where(Ticket.thread_id.in_([thread.id for thread in threads])),
            execution_options={"populate_existing": True},
        )
        return {ticket.thread_id: ticket for ticket in rows}

    async def _count_members(self, contacts: Sequence[Contact]) -> int:
        """Accounts that are a member's as well stay with the member."""
        ids = [contact.id for contact in contacts]
        theirs = select(Contact.channel, Contact.user_id).where(Contact.id.in_(ids))
        found = await self._work.session.scalar(
            select(func.count())
            .select_from(MemberAccount)
            .where(tuple_(MemberAccount.channel, MemberAccount.user_id).in_(theirs))
        )
        return found or 0

    async def _write_act(
        self, counts: dict[str, int], members: int, shown: Sequence[Ticket | None]
    ) -> None:
        """Numbers and counts, and nothing of the person. `shown`: of what staff groups have topics
        of; None is a talk."""
        session, erasure = self._work.session, self._erasure

        async def count(table: Any, *where: Any) -> int:
            return await session.scalar(select(func.count()).select_from(table).where(*where)) or 0

        theirs = self._everyone
        kept = {
            "tickets": await count(Ticket, Ticket.resident_id.in_(theirs)),
            "consents": await count(ConsentRecord, ConsentRecord.resident_id.in_(theirs)),
            "holdings": await count(Holding, Holding.resident_id.in_(theirs)),
            "readings": counts.get("readings", 0),
            "members": members,
        }
        erasure.act = {
            **{key: value for key, value in (erasure.act or {}).items() if key == "why"},
            "erased": {key: value for key, value in sorted(counts.items()) if value},
            "kept": {key: value for key, value in kept.items() if value},
            "residents": theirs,
            "topics": sorted(ticket.number for ticket in shown if ticket),
            "talks": sum(ticket is None for ticket in shown),
        }
        erasure.state, erasure.done_at = "done", self._work.now
        self._work.audit.note("system", "erased", f"resident:{erasure.resident_id}", act=erasure.id)


async def lock_people(work: Work, everyone: Sequence[int]) -> list[Contact]:
    """Their contacts and themselves, in the order in which whoever writes just now locks."""
    contacts = list(
        await work.session.scalars(
            select(Contact)
            .where(Contact.resident_id.in_(everyone))
            .order_by(Contact.id)
            .with_for_update(),
            execution_options={"populate_existing": True},
        )
    )
    await work.session.execute(
        select(Resident.id).where(Resident.id.in_(everyone)).order_by(Resident.id).with_for_update()
    )
    return contacts
