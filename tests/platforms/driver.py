"""A driver shows a channel to the contract suite: one messenger with people in it, and the
channel that listens to them. A new messenger is one more subclass, named in `conftest.py`."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from sqlalchemy import select

from bot.background import Background
from bot.media import Media
from services.bell import Bells
from services.company.apply import Messengers, apply_declaration
from services.company.reading import read_declaration
from services.db import Database
from services.messaging.inbox import join_parts
from services.messaging.port import Channel
from services.messaging.types import Address, Attachment, AttachmentKind, Inbound, Outbound
from services.tables import Heard
from tests.support.running import ROOT

MINIMAL = ROOT / "examples" / "minimal.yaml"


@dataclass
class Shown:
    """A message of ours as a person sees it. An album is one; `files` are kind and bytes."""

    ids: list[str]
    text: str
    header: str = ""
    buttons: list[list[str]] = field(default_factory=list)
    files: list[tuple[str, bytes]] = field(default_factory=list)
    places: list[tuple[float, float]] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    reply_to: str | None = None
    silent: bool = False
    edited: bool = False


class Person:
    """Somebody in the messenger. Each thing they say returns its id there."""

    address: Address

    async def says(self, text: str, *, reply_to: str | None = None) -> str:
        raise NotImplementedError

    async def sends(
        self, kind: AttachmentKind, *files: bytes, caption: str = "", name: str = "", mime: str = ""
    ) -> str:
        """One file or several, in one message."""
        raise NotImplementedError

    async def sends_place(self, latitude: float, longitude: float) -> str:
        raise NotImplementedError

    async def shares_phone(self, phone: str) -> str:
        raise NotImplementedError

    async def edits(self, said: str, text: str) -> None:
        raise NotImplementedError

    async def presses(self, label: str) -> None:
        """The newest button of that label; returns when it stops spinning."""
        raise NotImplementedError

    async def presses_standing(self, label: str) -> None:
        raise NotImplementedError

    async def blocks(self) -> None:
        raise NotImplementedError

    async def keeps_saying(self, text: str) -> None:
        """Until it is heard: a messenger hands over again by itself, a page by its script."""
        await self.says(text)

    async def says_nonsense(self) -> None:
        """What no version of the messenger says."""
        raise NotImplementedError

    async def says_again(self) -> None:
        """What this person said last is handed over once more, several times at once."""
        raise NotImplementedError

    async def sees(self) -> list[Shown]:
        raise NotImplementedError

    def standing(self) -> list[list[str]]:
        """The labels that stay under the input field."""
        raise NotImplementedError


class Driver:
    """`lacks` names what this messenger has no way to do."""

    lacks: ClassVar[frozenset[str]] = frozenset()
    channel: Channel

    def __init__(self, database_url: str, folder: Path) -> None:
        self.db = Database(database_url)
        self.bells = Bells(self.db)
        self.media = Media(self.db, folder)
        self.background = Background()
        self.deaf = 0  # so many times `hear` fails
        self._nonces = itertools.count(1)

    async def start(self) -> None:
        declaration = read_declaration(MINIMAL)
        async with self.db.work() as work:
            await apply_declaration(work, declaration, Messengers(telegram=False, staff_chat=""))
        await self.begin()
        self.media.channels[self.channel.name] = self.channel
        self.background.keep("bells", self.bells.listen)

    async def begin(self) -> None:
        """Makes `channel` and lets it hear."""
        raise NotImplementedError

    async def stop(self) -> None:
        await self.background.end()
        await self.channel.close()
        await self.db.close()

    async def person(self, name: str = "Мария") -> Person:
        raise NotImplementedError

    @property
    def complaints(self) -> list[str]:
        """Calls that no well-made client would make."""
        return []

    async def hear(self, inbounds: Sequence[Inbound], cursor: str | None = None) -> None:
        """Commits like the real one."""
        if self.deaf > 0:
            self.deaf -= 1
            raise OSError("the database is away")
        async with self.db.work() as work:
            await work.inbox.hear(self.channel.name, inbounds, cursor)

    async def inbox(self) -> list[Inbound]:
        """What was heard, an album in one."""
        async with self.db.session() as session:
            rows = list(await session.scalars(select(Heard).order_by(Heard.id)))
        return [
            join_parts([Inbound.model_validate(part) for part in row.parts])
            if row.parts
            else Inbound.model_validate(row.body)
            for row in rows
        ]

    async def hears(self, count: int = 1, files: int = 0) -> list[Inbound]:
        """The last `count` things heard, once they are there, with so many files in the last."""
        found: list[Inbound] = []
        for _ in range(500):
            found = [i for i in await self.inbox() if not i.text.startswith("/start")]
            if len(found) >= count and len(found[-1].attachments) >= files:
                return found[-count:]
            await asyncio.sleep(0.02)
        raise AssertionError(f"heard only {found}")

    async def send(self, to: Person | Address, message: Outbound, nonce: int = 0) -> list[str]:
        address = to.address if isinstance(to, Person) else to
        return list(await self.channel.send(address, message, nonce or next(self._nonces)))

    async def stored(
        self, kind: AttachmentKind, data: bytes, *, title: str = "", mime: str = ""
    ) -> Attachment:
        """A file that somebody uploaded on the site."""
        path = await self.media.store(data)
        attachment = Attachment(
            kind=kind, channel="web", handle=path, title=title, mime=mime, size=len(data)
        )
        async with self.db.work() as work:
            await work.attachments.keep(attachment, "somebody", path)
        return attachment

    async def bytes_of(self, attachment: Attachment) -> bytes:
        """Through the channel that keeps it, or from our own folder."""
        async with self.media.on_disk(attachment, 50 * 1024 * 1024) as path:
            return path.read_bytes()
