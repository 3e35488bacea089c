"""Files on their way from one messenger to another, and into the browser."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

from services.db import Database
from services.messaging.port import Channel, Rejected, Unavailable
from services.messaging.types import Attachment
from services.tables import StoredFile

LARGEST = 50 * 1024 * 1024


class Media:
    """`channels` is filled as channels come up."""

    def __init__(self, db: Database, folder: Path) -> None:
        self._db = db
        self.folder = folder
        self.channels: dict[str, Channel] = {}

    async def read(self, attachment: Attachment) -> bytes:
        """Raises `Rejected` when the file is gone or too large, `Unavailable` when its messenger
        is out of reach."""
        async with self._db.work() as work:
            file = await work.attachments.keep(attachment, owner="")
        whole = bytearray()
        async for chunk in self.stream(file):
            whole += chunk
            if len(whole) > LARGEST:
                raise Rejected("the file is too large to pass on")
        return bytes(whole)

    async def stream(self, file: StoredFile) -> AsyncIterator[bytes]:
        """From our own folder where the file was uploaded to us, else from its messenger."""
        if file.path:
            path = self.folder / file.path
            if not await asyncio.to_thread(path.exists):
                raise Rejected("the file is no longer kept")
            for chunk in _chunks(await asyncio.to_thread(path.read_bytes)):
                yield chunk
            return
        channel = self.channels.get(file.channel)
        if channel is None:
            raise Unavailable(f"{file.channel} is off")
        attachment = Attachment(
            kind=file.kind,  # type: ignore[arg-type]
            channel=file.channel,
            handle=file.handle,
        )
        async for chunk in channel.fetch(attachment):
            yield chunk

    async def store(self, data: bytes) -> str:
        """Writes the bytes whole or not at all; returns the path inside the folder."""
        name = secrets.token_hex(16)
        relative = f"{name[:2]}/{name}"

        def write() -> None:
            path = self.folder / relative
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_suffix(".part")
            partial.write_bytes(data)
            partial.replace(path)

        await asyncio.to_thread(write)
        return relative

    async def find_handle(self, attachment: Attachment, channel: str) -> str | None:
        async with self._db.work() as work:
            return await work.attachments.find_handle(attachment, channel)

    async def keep_handle(self, attachment: Attachment, channel: str, handle: str) -> None:
        async with self._db.work() as work:
            await work.attachments.keep_handle(attachment, channel, handle)


def _chunks(data: bytes, size: int = 256 * 1024) -> list[bytes]:
    return [data[i : i + size] for i in range(0, len(data), size)]
