"""Files: what a browser may ask for again, and under which id another messenger knows it."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from services.messaging.types import Attachment, AttachmentKind
from services.tables import FileHandle, StoredFile

if TYPE_CHECKING:
    from services.work import Work


class Attachments:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def keep(self, attachment: Attachment, owner: str, path: str = "") -> StoredFile:
        """A file under an unguessable id. The same file of a messenger keeps its id, whoever
        asks for it first."""
        find = select(StoredFile).where(
            StoredFile.channel == attachment.channel, StoredFile.handle == attachment.handle
        )
        known = await self._work.session.scalar(find)
        if known is not None:
            return known
        await self._work.session.execute(
            insert(StoredFile)
            .values(
                id=secrets.token_urlsafe(18),
                channel=attachment.channel,
                handle=attachment.handle,
                owner=owner,
                kind=attachment.kind,
                title=attachment.title,
                mime=attachment.mime,
                size=attachment.size,
                path=path,
                created_at=self._work.now,
            )
            .on_conflict_do_nothing(index_elements=[StoredFile.channel, StoredFile.handle])
        )
        kept = await self._work.session.scalar(find)
        assert kept is not None
        return kept

    def new_place(self) -> tuple[str, Path]:
        """Where a file that we make ourselves is to be written: inside the folder, and whole."""
        name = secrets.token_hex(16)
        relative = f"{name[:2]}/{name}"
        path = self._work.files / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        return relative, path

    async def keep_made(
        self, relative: str, title: str, mime: str, owner: str, *, kind: AttachmentKind = "document"
    ) -> Attachment:
        """A file of our own that stands there by now, to be sent like any other. One made for a
        resident (`owner` "resident:5") stands there for a few days."""
        size = (self._work.files / relative).stat().st_size
        made = Attachment(
            kind=kind, channel="web", handle=relative, title=title, mime=mime, size=size
        )
        await self.keep(made, owner, relative)
        return made

    async def find(self, file_id: str) -> StoredFile | None:
        if "\x00" in file_id:
            return None
        return await self._work.session.get(StoredFile, file_id)

    async def find_handle(self, attachment: Attachment, channel: str) -> str | None:
        return await self._work.session.scalar(
            select(FileHandle.handle).where(
                FileHandle.source_channel == attachment.channel,
                FileHandle.source_handle == attachment.handle,
                FileHandle.channel == channel,
                FileHandle.kind == attachment.kind,
            )
        )

    async def forget_handles(self, file: StoredFile) -> None:
        """Under which other messengers know it."""
        await self._work.session.execute(
            delete(FileHandle).where(
                FileHandle.source_channel == file.channel,
                FileHandle.source_handle == file.handle,
            )
        )

    async def keep_handle(self, attachment: Attachment, channel: str, handle: str) -> None:
        """The newest one counts: an older may belong to a bot that is no more."""
        row = insert(FileHandle).values(
            source_channel=attachment.channel,
            source_handle=attachment.handle,
            channel=channel,
            kind=attachment.kind,
            handle=handle,
        )
        await self._work.session.execute(
            row.on_conflict_do_update(
                index_elements=[
                    FileHandle.source_channel,
                    FileHandle.source_handle,
                    FileHandle.channel,
                    FileHandle.kind,
                ],
                set_={"handle": row.excluded.handle},
            )
        )
