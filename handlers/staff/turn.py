"""A turn of staff: one thing a member said or pressed, and where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from handlers import notices
from handlers.dialogue.turn import Turn
from services.access import AsMember
from services.messaging.outbox import About
from services.messaging.types import Address, Attachment, Inbound, Keyboard, Kind, Outbound
from services.rooms import same_place
from services.tables import Member, Room, Thread
from services.work import Work


class StaffTurn:
    """`in_private`: in the member's own chat with the bot. `thread` is None in General. `command`
    is the word after the slash, without the bot's name; `rest` what follows it."""

    in_private: ClassVar[bool] = False
    dialogue: Turn | None = None  # the member's own with the bot, in private

    def __init__(
        self,
        work: Work,
        inbound: Inbound,
        room: Room,
        member: Member,
        viewer: AsMember,
        thread: Thread | None,
    ) -> None:
        self.work = work
        self.inbound = inbound
        self.room = room
        self.member = member
        self.thread = thread
        self.viewer = viewer
        self.text = inbound.text.strip()
        self.pressed = inbound.pressed
        self.at_desk = inbound.address.channel == "desk"
        self.command, self.rest = self._split()

    def _split(self) -> tuple[str, str]:
        if not self.text.startswith("/") or self.text.startswith("//"):
            return "", ""
        word, _, rest = self.text.partition(" ")
        if "\n" in word:
            word, _, more = self.text.partition("\n")
            rest = more
        return word.partition("@")[0].lower(), rest.strip()

    async def turn_to(self, thread: Thread) -> None:
        """What follows is about this thread, said in the room the member speaks in where that
        shows it, else in the first room of theirs that does."""
        self.thread = thread
        showing = await self.work.rooms.showing(thread)
        here = [room for room in showing if same_place(room, self.room) and not self.at_desk]
        theirs = [room for room in showing if self.viewer.works_in(room)]
        self.room = (here or theirs or showing)[0]

    async def say(
        self,
        text: str,
        buttons: Keyboard | None = None,
        *,
        header: str = "",
        files: Sequence[Attachment] = (),
    ) -> None:
        """To the room, under the thread; at the desk to this member alone."""
        what = Outbound(text=text, keyboard=buttons, header=header, attachments=tuple(files))
        if self.at_desk:
            address = Address(
                channel="desk",
                chat=str(self.member.id),
                topic=str(self.thread.id) if self.thread else self.inbound.address.topic,
            )
            await self.work.outbox.say(address, what, Kind.REPLY)
            return
        about = About()
        if self.thread and not self.room.has_topics:  # there an answer to it must find the thread
            line = await self.work.threads.add(self.thread, "system", "", None, text=text)
            about = About(message_id=line.id)
        await self.work.outbox.post(
            self.room,
            what,
            Kind.REPLY,
            about,
            thread_id=self.thread.id if self.thread else None,
            topic=None if self.thread else self.inbound.address.topic,
        )

    async def tell_room(self, text: str, buttons: Keyboard | None = None) -> None:
        """Something everyone in the room should know; it stays in the thread."""
        assert self.thread is not None
        await notices.tell_staff(self.work, self.thread, text, Kind.REPLY, buttons=buttons)
