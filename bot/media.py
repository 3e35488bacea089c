"""Files on their way from one messenger to another, and into the browser."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from services.db import Database
from services.messaging.port import Channel, Rejected, Unavailable
from services.messaging.types import Attachment
from services.tables import StoredFile

log = logging.getLogger(__name__)

PAUSES = (1.0, 3.0)  # seconds between tries to get a file from a messenger that is out of reach


class Media:
    """`channels` is filled as channels come up."""

    def __init__(self, db: Database, folder: Path) -> None:
        self._db = db
        self.folder = folder
        self.channels: dict[str, Channel] = {}

    @asynccontextmanager
    async def on_disk(self, attachment: Attachment, most: int) -> AsyncIterator[Path]:
        """The whole file, for as long as it is being passed on. Raises `Rejected` when it is
        gone, larger than `most` bytes, or its messenger stays out of reach."""
        async with self._db.work() as work:
            file = await work.attachments.keep(attachment, owner="")
        if file.path:
            yield await self.stored(file)
            return
        handle, name = await asyncio.to_thread(tempfile.mkstemp)
        path = Path(name)
        try:
            try:
                await self._download(file, handle, most)
            finally:
                os.close(handle)
            yield path
        finally:
            await asyncio.to_thread(path.unlink)

    async def _download(self, file: StoredFile, handle: int, most: int) -> None:
        for pause in (*PAUSES, None):
            try:
                size = 0
                async for chunk in self.stream(file):
                    size += len(chunk)
                    if size > most:
                        raise Rejected("the file is too large to pass on")
                    os.write(handle, chunk)
                return
            except Unavailable as outage:
                if pause is None:
                    words = f"the file is not to be had from {file.channel}: {outage}"
                    raise Rejected(words) from None
            os.ftruncate(handle, 0)
            os.lseek(handle, 0, os.SEEK_SET)
            await asyncio.sleep(pause)

    async def stored(self, file: StoredFile) -> Path:
        """Where a file that was uploaded to us stands. Raises `Rejected` when it is gone."""
        path = self.folder / file.path
        if not await asyncio.to_thread(path.is_file):
            raise Rejected("the file is no longer kept")
        return path

    async def stream(self, file: StoredFile) -> AsyncIterator[bytes]:
        """From the messenger that keeps it. Raises `Rejected` when it is gone or too large,
        `Unavailable` when its messenger is out of reach."""
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
        """Called when the file has been sent already: trouble costs one more upload later, and
        must not make the send look failed."""
        try:
            async with self._db.work() as work:
                await work.attachments.keep_handle(attachment, channel, handle)
        except (SQLAlchemyError, OSError) as problem:
            log.warning("the handle of a file is not kept: %s", type(problem).__name__)
