"""The desk: what a member sees of the threads in their rooms, whatever messenger they came by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, get_args

from sqlalchemy import BigInteger, ColumnElement, ScalarSelect, and_, cast, desc, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from services.access import AsMember, shown_in, threads_of
from services.matters import is_behind
from services.messaging.types import OFF, PHONE
from services.tables import (
    Alarm,
    Call,
    Complex,
    Contact,
    Home,
    House,
    Member,
    Message,
    Outgoing,
    Resident,
    Room,
    StoredFile,
    Thread,
    ThreadSeen,
    Ticket,
    WebPost,
)
from services.terms import is_overdue
from services.threads import is_held

if TYPE_CHECKING:
    from services.work import Work

PAGE = 100

Filter = Literal["", "mine", "unanswered", "overdue", "free", "taken", "unhappy"]
FILTERS: tuple[Filter, ...] = get_args(Filter)
Order = Literal["latest", "urgent"]
ORDERS: tuple[Order, ...] = get_args(Order)


@dataclass(frozen=True)
class Line:
    """A thread in the list."""

    thread: Thread
    ticket: Ticket | None
    room: Room
    resident: Resident
    contact: Contact
    unread: int
    complex_code: str | None
    taker: str | None
    to_call: bool
    alarmed: bool

    def is_overdue(self, now: datetime) -> bool:
        """As the filter «overdue» has it."""
        thread, ticket = self.thread, self.ticket
        answer_due = thread.answer_due_at if thread.waits_since else None
        ours = ticket and ticket.closed_at is None and ticket.status != "waiting"
        due = ticket.due_at if ticket and ours else None
        return any(each is not None and each <= now for each in (answer_due, due))


@dataclass(frozen=True)
class Counts:
    """How many open threads each filter shows; `complexes` and `houses` by their codes. A talk of
    somebody without an address counts in `filters` alone."""

    filters: dict[Filter, int]
    complexes: dict[str, int]
    houses: dict[str, int]


@dataclass(frozen=True)
class Delivered:
    """What became of a message on its way to the resident."""

    state: str  # held, waiting, to_call, sent, delivered, read, refused, unknown
    why: str
    blocked: bool = False  # the resident gets nothing there any more
    channel: str = ""
    reason: str = ""  # as in the outbox, of what failed


class Desk:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def threads(
        self,
        viewer: AsMember,
        *,
        room: str = "",
        state: str = "open",
        which: Filter = "",
        in_complex: str = "",
        in_house: str = "",
        order: Order = "latest",
        before: datetime | None = None,
        skip: int = 0,
        thread_id: int | None = None,
    ) -> list[Line]:
        """Threads of the member's rooms, at most a page: the latest talk first, or the most
        urgent first (emergencies, then what is overdue, then who waits longest). The next page:
        `before` the last one's `last_at` where the latest stand first, else `skip`. `room`,
        `in_complex` and `in_house` are codes."""
        unread = (
            select(func.count())
            .select_from(Message)
            .where(
                Message.thread_id == Thread.id,
                Message.by == "resident",
                Message.id > func.coalesce(ThreadSeen.upto, 0),
            )
            .scalar_subquery()
        )
        # Read of the page alone, not of all that it was chosen from.
        complex_code = (
            select(Complex.code)
            .select_from(House)
            .join(Complex, House.complex_id == Complex.id)
            .where(House.id == func.coalesce(Ticket.house_id, house_of_home()))
            .correlate(Thread, Ticket)
            .scalar_subquery()
        )
        taker = select(Member.name).where(Member.id == Thread.taken_by).scalar_subquery()
        to_call = (
            select(Call.id).where(Call.thread_id == Thread.id, Call.settled_at.is_(None)).exists()
        )
        find = (
            select(
                Thread,
                Ticket,
                Room,
                Resident,
                Contact,
                unread,
                complex_code,
                taker,
                to_call,
                alarmed(),
            )
            .join(Room, Thread.room_id == Room.id)
            .join(Resident, Thread.resident_id == Resident.id)
            .join(Contact, Thread.contact_id == Contact.id)
            .outerjoin(Ticket, Ticket.thread_id == Thread.id)
            .outerjoin(
                ThreadSeen,
                and_(ThreadSeen.thread_id == Thread.id, ThreadSeen.member_id == viewer.member_id),
            )
            .where(threads_of(viewer))
            .order_by(*self._ordered(order))
            .offset(skip)
            .limit(PAGE)
        )
        if thread_id is not None:
            find = find.where(Thread.id == thread_id)
        else:
            find = find.where(Thread.state == state, ~is_silent_follower())
        if which:
            find = find.where(self._fits(viewer, which))
        if room:
            find = find.where(shown_in([room]))
        if in_complex or in_house:
            find = find.outerjoin(Home, Thread.home_id == Home.id).join(
                House, House.id == func.coalesce(Ticket.house_id, Home.house_id)
            )
        if in_complex:
            find = find.join(Complex, House.complex_id == Complex.id).where(
                Complex.code == in_complex
            )
        if in_house:
            find = find.where(House.code == in_house)
        if before is not None:
            find = find.where(Thread.last_at < before)
        rows = await self._work.session.execute(find)
        return [Line(*row) for row in rows]

    async def counts(self, viewer: AsMember, *, room: str = "") -> Counts:
        """Of open threads, all in one query."""
        fits = [
            func.count().filter(self._fits(viewer, each)) if each else func.count()
            for each in FILTERS
        ]
        find = (
            select(Complex.code, House.code, *fits)
            .select_from(Thread)
            .outerjoin(Ticket, Ticket.thread_id == Thread.id)
            .outerjoin(Home, Thread.home_id == Home.id)
            .outerjoin(House, House.id == func.coalesce(Ticket.house_id, Home.house_id))
            .outerjoin(Complex, House.complex_id == Complex.id)
            .where(Thread.state == "open", threads_of(viewer), ~is_silent_follower())
            .group_by(Complex.code, House.code)
        )
        if room:
            find = find.where(shown_in([room]))
        found = Counts(dict.fromkeys(FILTERS, 0), {}, {})
        for complex_code, house_code, *counted in await self._work.session.execute(find):
            for each, many in zip(FILTERS, counted, strict=True):
                found.filters[each] += many
            if complex_code is not None:
                everything = counted[0]
                found.complexes[complex_code] = found.complexes.get(complex_code, 0) + everything
                found.houses[house_code] = everything
        return found

    def _fits(self, viewer: AsMember, which: Filter) -> ColumnElement[bool]:
        me, now = viewer.member_id, self._work.now
        waits, taken = Thread.waits_since.is_not(None), Thread.taken_by.is_not(None)
        late = or_(
            and_(waits, Thread.answer_due_at <= now),
            is_overdue(now),
        )
        fits: dict[Filter, ColumnElement[bool]] = {
            "mine": or_(Thread.taken_by == me, func.coalesce(Ticket.executor_id == me, False)),
            "unanswered": waits,
            "overdue": func.coalesce(late, False),
            "free": ~taken,
            "taken": taken,
            "unhappy": Thread.tone == "negative",
        }
        return fits[which]

    def _ordered(self, order: Order) -> list[ColumnElement[Any]]:
        latest: list[Any] = [desc(Thread.last_at), desc(Thread.id)]
        if order == "latest":
            return latest
        emergency = func.coalesce(and_(Ticket.emergency, Ticket.closed_at.is_(None)), False)
        overdue = self._fits(AsMember(0, ""), "overdue")
        return [
            desc(or_(emergency, alarmed())),
            desc(overdue),
            Thread.waits_since.asc().nulls_last(),
            *latest,
        ]

    async def mark_seen(self, viewer: AsMember, thread_id: int, upto: int) -> None:
        await self._work.threads.get(viewer, thread_id)
        row = insert(ThreadSeen).values(member_id=viewer.member_id, thread_id=thread_id, upto=upto)
        await self._work.session.execute(
            row.on_conflict_do_update(
                index_elements=[ThreadSeen.member_id, ThreadSeen.thread_id],
                set_={"upto": func.greatest(ThreadSeen.upto, row.excluded.upto)},
            )
        )

    async def deliveries(self, message_ids: list[int]) -> dict[int, Delivered]:
        """What became of messages sent to residents. In a browser chat a message has arrived
        when the page has shown it, which may be told before the sending itself is settled."""
        if not message_ids:
            return {}
        rows = await self._work.session.execute(
            select(
                Outgoing.message_id, Outgoing.state, Outgoing.channel, Outgoing.why,
                or_(Outgoing.delivered_at.is_not(None), WebPost.seen_at.is_not(None)),
                Contact.unreachable_why, Outgoing.reason,
            )
            .outerjoin(
                WebPost,
                and_(
                    Outgoing.channel == "web",
                    WebPost.channel == "web",
                    WebPost.chat == Outgoing.chat,
                    WebPost.id == cast(Outgoing.external_ids[0].astext, BigInteger),
                ),
            )
            .outerjoin(Contact, Contact.id == Outgoing.contact_id)
            .where(
                Outgoing.message_id.in_(message_ids),
                Outgoing.room_id.is_(None),
                Outgoing.reaction == "",
            )
            .order_by(Outgoing.id)
        )  # fmt: skip
        held = select(Message.id).where(Message.id.in_(message_ids), is_held())
        waits = Delivered("held", "")
        found = dict.fromkeys(await self._work.session.scalars(held), waits)
        for message_id, state, channel, why, seen, unreachable_why, reason in rows:
            arrived = state == "sent" and (seen or channel != "web")
            name = "delivered" if arrived else {"sending": "waiting"}.get(state, state)
            if arrived and seen and channel != "web":
                name = "read"
            if channel == PHONE and name == "waiting":
                name = "to_call"
            assert message_id is not None
            failed = name in ("refused", "unknown")
            gone = unreachable_why is not None and OFF not in (reason, unreachable_why)
            found[message_id] = Delivered(
                name,
                (why or "") if failed else "",
                blocked=name == "refused" and (reason == "blocked" or gone),
                channel=channel,
                reason=reason if failed else "",
            )
        return found

    async def shows_file(self, viewer: AsMember, file: StoredFile) -> bool:
        """Whether a file stands in a thread this member may see."""
        find = (
            select(Message.id)
            .join(Thread, Message.thread_id == Thread.id)
            .where(Message.attachments.contains([{"channel": file.channel, "handle": file.handle}]))
            .where(threads_of(viewer))
            .limit(1)
        )
        return await self._work.session.scalar(find) is not None


def house_of_home() -> ScalarSelect[int]:
    find = select(Home.house_id).where(Home.id == Thread.home_id)
    return find.correlate(Thread).scalar_subquery()


def alarmed() -> ColumnElement[bool]:
    """Danger was told of, with a ticket or without, and it was no false alarm."""
    find = select(Alarm.id).where(
        Alarm.thread_id == Thread.id,
        Alarm.outcome.in_(("", "accepted")),
        Thread.state == "open",
    )
    return find.correlate(Thread).exists()


def is_silent_follower() -> ColumnElement[bool]:
    """Of those who follow one incident the oldest stands for all, while they wait for no answer of
    their own."""
    return func.coalesce(and_(Thread.waits_since.is_(None), is_behind()), False)
