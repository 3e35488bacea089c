"""Staff rooms, and the topics by which a messenger shows threads in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from services.access import AsMember
from services.errors import NotFound, NotYours
from services.messaging.types import Address
from services.tables import Complex, Message, Outgoing, Room, Thread, Ticket, Topic

if TYPE_CHECKING:
    from services.work import Work


@dataclass(frozen=True)
class View:
    """How a room shows a thread now."""

    title: str
    topic: str | None
    has_topics: bool
    recap_due: bool


@dataclass(frozen=True)
class Serves:
    """What complexes have a room for."""

    own: bool
    executors: bool

    @property
    def only_what_stands_there(self) -> bool:
        """Its members touch nothing else from there. A room that no complex names any more may
        have been executors' until now."""
        return self.executors or not self.own


def same_place(room: Room, other: Room) -> bool:
    """Rooms without a chat of their own share the company's."""
    return (room.channel, room.chat) == (other.channel, other.chat)


def topic_name(subject: str, taker: str | None) -> str:
    """Who has it stands first: the end of a long name is cut off."""
    return f"🙋 {taker.split()[0][:20]} · {subject}" if taker and taker.strip() else subject


class Rooms:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def at(self, address: Address) -> Room | None:
        """The staff room that this chat is, if it is one."""
        return await self._work.session.scalar(
            select(Room)
            .where(
                Room.channel == address.channel,
                Room.chat == address.chat,
                Room.withdrawn_at.is_(None),
            )
            .order_by(Room.id)
            .limit(1)
        )

    async def get(self, room_id: int) -> Room:
        room = await self._work.session.get(Room, room_id)
        if room is None:
            raise NotFound(f"room {room_id}")
        return room

    async def by_code(self, viewer: AsMember, code: str) -> Room:
        """Raises `NotYours`."""
        find = select(Room).where(Room.code == code, Room.withdrawn_at.is_(None))
        room = await self._work.session.scalar(find)
        if room is None or not viewer.works_in(room):
            raise NotYours
        return room

    async def every(self) -> list[Room]:
        rows = await self._work.session.scalars(
            select(Room).where(Room.withdrawn_at.is_(None)).order_by(Room.id)
        )
        return list(rows)

    async def of_complex(self, complex_id: int | None) -> Room:
        """The room that serves a complex; for people without one the first that is not for
        executors."""
        if complex_id is not None:
            room = await self._work.session.scalar(
                select(Room)
                .join(Complex, Complex.room_id == Room.id)
                .where(Complex.id == complex_id)
            )
            if room is not None:
                return room
        rooms = await self.every()
        if not rooms:
            raise NotFound("no room is declared")
        for first in rooms:
            serves = await self.serves(first)
            if serves.own or not serves.executors:
                return first
        return rooms[0]

    async def showing(self, thread: Thread) -> list[Room]:
        """The rooms that show a thread: its own, then the executors' it was handed to."""
        own = await self.get(thread.room_id)
        if thread.handed_to is None:
            return [own]
        executors = await self.get(thread.handed_to)
        return [own] if same_place(own, executors) else [own, executors]

    async def shows(self, room: Room, thread_id: int) -> bool:
        """Whether the thread stands in this place, not only did once."""
        thread = await self._work.session.get(Thread, thread_id)
        return thread is None or any(same_place(room, r) for r in await self.showing(thread))

    async def executors_of(self, complex_id: int) -> Room | None:
        """The second room of a complex, if it has one that is a place of its own."""
        complex_ = await self._work.session.get(Complex, complex_id)
        if complex_ is None or complex_.executors_room_id is None:
            return None
        room = await self.get(complex_.executors_room_id)
        own = await self.get(complex_.room_id)
        return None if room.withdrawn_at is not None or same_place(room, own) else room

    async def serves(self, room: Room) -> Serves:
        found = await self._work.session.execute(
            select(
                select(Complex.id).where(Complex.room_id == room.id).exists(),
                select(Complex.id).where(Complex.executors_room_id == room.id).exists(),
            )
        )
        own, executors = found.one()
        return Serves(own, executors)

    async def take_back(self, room_id: int, complex_id: int) -> None:
        """The complex has another room for executors, or none: what it handed to this one is the
        dispatchers' alone again."""
        of_complex = select(Ticket.thread_id).where(Ticket.complex_id == complex_id)
        await self._work.session.execute(
            update(Thread)
            .where(Thread.handed_to == room_id, Thread.id.in_(of_complex))
            .values(handed_to=None)
            .execution_options(synchronize_session=False)
        )

    async def view(self, room_id: int, thread_id: int, chat: str) -> View:
        """`chat`: where the room stood when the row was written; it may have moved since."""
        room = await self.get(room_id)
        thread = await self._work.session.get(Thread, thread_id)
        assert thread is not None
        topic = await self._work.session.get(Topic, (thread_id, room.channel, chat))
        if topic is None and not room.has_topics:
            recap_due = await self._stood_elsewhere(room_id, thread_id, chat)
        else:
            recap_due = topic is not None and topic.recap_due
        taker = None if thread.taken_by is None else await self._work.staff.name_of(thread.taken_by)
        return View(
            topic_name(thread.subject, taker),
            topic.external_id if topic else None,
            room.has_topics,
            recap_due=recap_due,
        )

    async def _stood_elsewhere(self, room_id: int, thread_id: int, chat: str) -> bool:
        """A room without topics was given another group, where the thread was not shown yet."""
        chats = set(
            await self._work.session.scalars(
                select(Outgoing.chat)
                .join(Message, Message.id == Outgoing.message_id)
                .where(
                    Message.thread_id == thread_id,
                    Outgoing.room_id == room_id,
                    Outgoing.state == "sent",
                    Outgoing.reaction == "",
                )
                .distinct()
            )
        )
        return bool(chats) and chat not in chats

    async def once_at(self, address: Address) -> bool:
        """Whether this chat was a room before."""
        found = await self._work.session.scalar(
            select(Topic.thread_id)
            .where(Topic.channel == address.channel, Topic.chat == address.chat)
            .limit(1)
        )
        return found is not None

    async def thread_of_topic(self, address: Address) -> int | None:
        return await self._work.session.scalar(
            select(Topic.thread_id).where(
                Topic.channel == address.channel,
                Topic.chat == address.chat,
                Topic.external_id == (address.topic or ""),
            )
        )

    async def keep_topic(
        self, room_id: int, thread_id: int, channel: str, chat: str, topic: str
    ) -> None:
        """A thread that was shown in this room before, in a topic that is gone or in another
        group, comes with a recap."""
        shown = select(Outgoing.id).where(
            Outgoing.thread_id == thread_id,
            Outgoing.room_id == room_id,
            Outgoing.state == "sent",
            Outgoing.reaction == "",
            ~Outgoing.renames,
        )
        recap_due = await self._work.session.scalar(select(shown.exists()))
        row = insert(Topic).values(
            thread_id=thread_id,
            channel=channel,
            chat=chat,
            external_id=topic,
            opened_at=self._work.now,
            recap_due=recap_due,
        )
        await self._work.session.execute(
            row.on_conflict_do_update(
                index_elements=[Topic.thread_id, Topic.channel, Topic.chat],
                set_={
                    "external_id": topic,
                    "opened_at": self._work.now,
                    "recap_due": recap_due,
                },
            )
        )

    async def arrived_in(self, room_id: int, thread_id: int | None) -> None:
        """A post was taken: the recap is told, and we may write there."""
        if thread_id is not None:
            here = select(Room.id).where(
                Room.id == room_id, Room.channel == Topic.channel, Room.chat == Topic.chat
            )
            await self._work.session.execute(
                update(Topic)
                .where(Topic.thread_id == thread_id, Topic.recap_due, here.exists())
                .values(recap_due=False)
                .execution_options(synchronize_session=False)
            )
        await self._work.session.execute(
            update(Room)
            .where(Room.id == room_id, Room.trouble == "mute")
            .values(trouble="", trouble_since=None, trouble_why=None)
            .execution_options(synchronize_session=False)
        )

    async def mark_trouble(self, room_id: int, trouble: str, why: str) -> Room:
        """`trouble` is "mute" or "deaf"; the moment is that of its beginning."""
        room = await self.get(room_id)
        room.trouble, room.trouble_why = trouble, why[:200]
        room.trouble_since = room.trouble_since or self._work.now
        await self._work.session.flush()
        return room

    async def clear_trouble(self, room: Room) -> bool:
        """False when there was none. What waited for the room goes at once."""
        if not room.trouble:
            return False
        self._work.ring(f"let-in:{room.chat}")
        room.trouble, room.trouble_why, room.trouble_since = "", None, None
        await self._work.session.flush()
        return True

    async def forget_topic(self, thread_id: int, channel: str, chat: str) -> None:
        await self._work.session.execute(
            delete(Topic).where(
                Topic.thread_id == thread_id, Topic.channel == channel, Topic.chat == chat
            )
        )

    async def drop_topics(self, room_id: int) -> None:
        """The group turned out to have none: threads are told apart by replies from now on."""
        await self._work.session.execute(
            update(Room).where(Room.id == room_id).values(has_topics=False)
        )

    async def regain_topics(self, room_id: int) -> None:
        await self._work.session.execute(
            update(Room).where(Room.id == room_id).values(has_topics=True)
        )
