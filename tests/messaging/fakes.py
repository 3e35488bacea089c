"""A messenger that does as it is told, and the loops around it."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest
from sqlalchemy import select, text, update

from services.bell import Bells
from services.clock import Clock
from services.db import Database
from services.messaging.delivery import Delivery
from services.messaging.outbox import About
from services.messaging.port import NoTopics
from services.messaging.rows import Paused, Settled, Telling
from services.messaging.types import (
    Address,
    Attachment,
    Inbound,
    Kind,
    Limits,
    Outbound,
    Sender,
)
from services.tables import Contact, Message, Outgoing, Resident, Room, Thread
from services.work import Work
from tests.support.patience import PATIENCE

NAME = "test"
ROOM = "-100"
FAST = Limits().scaled(1000)


class MovedClock(Clock):
    """The real time, moved on by as much as a test says."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.ahead

    def move(self, seconds: float) -> None:
        self.ahead += timedelta(seconds=seconds)


class Tally:
    """A `Watch`."""

    def __init__(self) -> None:
        self.handled: Counter[str] = Counter()
        self.sent: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    def count_heard(self, channel: str, happening: str) -> None: ...

    def count_handled(self, outcome: str) -> None:
        self.handled[outcome] += 1

    def count_sent(self, channel: str, kind: str) -> None:
        self.sent[kind] += 1

    def count_refused(self, channel: str, reason: str) -> None:
        self.refused[reason] += 1

    def timing(self, step: str, detail: str) -> AbstractContextManager[None]:
        return nullcontext()


@dataclass(frozen=True)
class Sent:
    to: Address
    message: Outbound
    nonce: int

    @property
    def text(self) -> str:
        return self.message.text


class FakeChannel:
    """Records what it is given. `fail` orders the next failures, `hold` makes a chat slow."""

    name: ClassVar[str] = NAME

    def __init__(self, limits: Limits = FAST) -> None:
        self.limits = limits
        self.begun: list[Sent] = []
        self.arrived: list[Sent] = []
        self.reactions: list[tuple[str, str]] = []
        self.renamed: list[tuple[str, str, str]] = []
        self.topics: list[tuple[str, str]] = []
        self.has_topics = True
        self.at_once = 0
        self.most_at_once: Counter[str] = Counter()
        self._now: Counter[str] = Counter()
        self._failures: defaultdict[str, deque[Exception]] = defaultdict(deque)
        self._held: dict[str, asyncio.Event] = {}
        self._ids = itertools.count(1)

    def fail(self, chat: str, *failures: Exception) -> None:
        self._failures[chat].extend(failures)

    def hold(self, chat: str) -> Callable[[], None]:
        """Sends to `chat` hang until what is returned is called."""
        event = self._held[chat] = asyncio.Event()

        def release() -> None:
            self._held.pop(chat, None)
            event.set()

        return release

    def at_once_now(self) -> int:
        return sum(self._now.values())

    def texts(self, chat: str | None = None) -> list[str]:
        return [sent.text for sent in self.arrived if chat in (None, sent.to.chat)]

    async def send(self, to: Address, message: Outbound, nonce: int) -> list[str]:
        sent = Sent(to, message, nonce)
        self.begun.append(sent)
        self._now[to.chat] += 1
        self.most_at_once[to.chat] = max(self.most_at_once[to.chat], self._now[to.chat])
        self.at_once = max(self.at_once, self.at_once_now())
        try:
            await asyncio.sleep(0)
            if event := self._held.get(to.chat):
                await event.wait()
            if self._failures[to.chat]:
                raise self._failures[to.chat].popleft()
            self.arrived.append(sent)
            if message.replaces:
                return [message.replaces]
            return [str(next(self._ids)) for _ in message.attachments or (None,)]
        finally:
            self._now[to.chat] -= 1

    async def react(self, to: Address, external_id: str, emoji: str) -> None:
        if self._failures[to.chat]:
            raise self._failures[to.chat].popleft()
        self.reactions.append((external_id, emoji))

    async def open_topic(self, chat: str, title: str) -> str:
        if not self.has_topics:
            raise NoTopics("the chat is not a forum")
        self.topics.append((chat, title))
        return str(500 + len(self.topics))

    async def rename_topic(self, chat: str, topic: str, title: str) -> None:
        if self._failures[chat]:
            raise self._failures[chat].popleft()
        self.renamed.append((chat, topic, title))

    async def run(self, hear: Any, up: Callable[[], None], cursor: str | None = None) -> None:
        up()
        await asyncio.Event().wait()

    def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        raise NotImplementedError

    async def close(self) -> None: ...


class Rig:
    """A database, a messenger, and delivery between them."""

    def __init__(self, db: Database, channel: FakeChannel | None = None) -> None:
        self.db = db
        self.channel = channel or FakeChannel()
        self.bells = Bells(db)
        self.tally = Tally()
        self.settled: list[Settled] = []
        self.pauses: list[Paused] = []
        self.barred: list[tuple[int, str]] = []
        self.without_topics: list[int] = []
        self.telling = Telling(
            self._note,
            self.note_pause,
            self._note_bar,
            self._note_no_topics,
            lambda what, why: what.model_copy(update={"attachments": (), "text": why}),
            self._recap,
            self._veil,
        )
        self.on_settled: Callable[[Work, Settled], Awaitable[None]] | None = None

    async def _note(self, work: Work, settled: Settled) -> None:
        if self.on_settled is not None:
            await self.on_settled(work, settled)
        self.settled.append(settled)

    async def _veil(
        self, work: Work, room: Room, thread_id: int | None, what: Outbound, title: str
    ) -> tuple[Outbound, str]:
        return what, title

    async def note_pause(self, work: Work, pause: Paused) -> None:
        self.pauses.append(pause)

    async def _note_bar(self, work: Work, room: Room) -> None:
        self.barred.append((room.id, room.trouble_why or ""))

    async def _note_no_topics(self, work: Work, room: Room) -> None:
        self.without_topics.append(room.id)

    async def _recap(
        self, work: Work, room: Room, thread_id: int, what: Outbound, among: Sequence[int]
    ) -> Outbound:
        return what.model_copy(update={"text": f"раньше было: …\n{what.text}"})

    def delivery(self, epoch: int) -> Delivery:
        return Delivery(self.db, self.bells, self.channel, epoch, self.telling, self.tally)

    async def crown(self) -> int:
        """The epoch of a new leader."""
        async with self.db.session() as session:
            epoch = await session.scalar(
                text(
                    "INSERT INTO channels (name, epoch) VALUES (:name, 1) "
                    "ON CONFLICT (name) DO UPDATE SET epoch = channels.epoch + 1 RETURNING epoch"
                ),
                {"name": NAME},
            )
        assert epoch is not None
        return int(epoch)

    @asynccontextmanager
    async def delivering(self) -> AsyncIterator[Delivery]:
        delivery = self.delivery(await self.crown())
        async with running(self.bells.listen(), delivery.run()):
            yield delivery

    async def say(
        self,
        chat: str,
        *texts: str,
        kind: Kind = Kind.REPLY,
        about: About | None = None,
    ) -> list[int]:
        async with self.db.work() as work:
            return [
                await work.outbox.say(
                    Address(channel=NAME, chat=chat), Outbound(text=each), kind, about
                )
                for each in texts
            ]

    async def row(self, row_id: int) -> Outgoing:
        async with self.db.session() as session:
            row = await session.get(Outgoing, row_id)
        assert row is not None
        return row

    async def states(self, ids: Iterable[int]) -> list[str]:
        return [(await self.row(row_id)).state for row_id in ids]

    async def until_settled(self, *ids: int, seconds: float = PATIENCE) -> None:
        """Until none of the rows, or none at all, waits or is being sent."""

        async def left() -> bool:
            find = select(Outgoing.id).where(Outgoing.state.in_(("waiting", "sending")))
            if ids:
                find = find.where(Outgoing.id.in_(ids))
            async with self.db.session() as session:
                return not list(await session.scalars(find))

        await until(left, seconds)

    async def hurry(self) -> None:
        """Rows that were put off are due now."""
        async with self.db.session() as session:
            await session.execute(
                update(Outgoing)
                .where(Outgoing.state == "waiting")
                .values(not_before=self.db.clock.now() - timedelta(seconds=1))
            )
        self.bells.ring(f"outbox:{NAME}")


@asynccontextmanager
async def running(*works: Awaitable[Any]) -> AsyncIterator[None]:
    """They run meanwhile; what one raised is raised."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        yield
        for task in tasks:
            if task.done():
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def only_by_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on nobody looks at the tables but whom a bell calls."""
    wait = Bells.wait

    async def wait_for_bell(self: Bells, bell: str, timeout: float) -> bool:
        return await wait(self, bell, 2 * PATIENCE)

    monkeypatch.setattr(Bells, "wait", wait_for_bell)


async def until(true: Callable[[], Any], seconds: float = PATIENCE) -> None:
    async with asyncio.timeout(seconds):
        while True:
            found = true()
            if await found if asyncio.iscoroutine(found) else found:
                return
            await asyncio.sleep(0.01)


@dataclass(frozen=True)
class Place:
    """A staff room with a thread in it, and the resident who talks there."""

    room: Room
    thread_id: int
    contact_id: int
    messages: list[int]


async def make_place(db: Database, *, messages: int = 1, chat: str = "7001") -> Place:
    async with db.session() as session:
        now = db.clock.now()
        room = await session.scalar(select(Room).where(Room.chat == ROOM))
        if room is None:
            room = Room(code="main", title="Диспетчерская", channel=NAME, chat=ROOM)
            session.add(room)
        resident = Resident(created_at=now)
        session.add(resident)
        await session.flush()
        contact = Contact(
            resident_id=resident.id, channel=NAME, user_id=chat, chat=chat, created_at=now,
            last_heard_at=now,
        )  # fmt: skip
        session.add(contact)
        await session.flush()
        thread = Thread(
            resident_id=resident.id, contact_id=contact.id, room_id=room.id, subject="Протечка",
            state="open", opened_at=now, last_at=now, last_by="resident", last_text="",
        )  # fmt: skip
        session.add(thread)
        await session.flush()
        said = [
            Message(
                thread_id=thread.id,
                by="resident",
                author="Мария",
                text=f"сообщение {number}",
                attachments=[],
                at=now,
                earlier_texts=[],
            )
            for number in range(messages)
        ]
        session.add_all(said)
        await session.flush()
        return Place(room, thread.id, contact.id, [each.id for each in said])


def heard(text: str = "здравствуйте", chat: str = "7001", key: str = "", **more: Any) -> Inbound:
    return Inbound(
        key=key or f"{chat} {text}",
        address=Address(channel=NAME, chat=chat, topic=more.pop("topic", None)),
        sender=Sender(id=chat),
        text=text,
        **more,
    )
