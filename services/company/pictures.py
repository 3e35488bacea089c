"""Pictures of articles: from beside the company file into our own folder, where messengers get
them."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import null, select, update

from services.company.declaration import Declaration
from services.messaging.types import Attachment
from services.tables import Article as Row

if TYPE_CHECKING:
    from services.work import Work

OWNER = "company"
MIMES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}


async def hang_pictures(work: Work, declaration: Declaration, folder: Path) -> None:
    """Gives each article the picture that it names, unless the chat gave it another. A file that
    was painted anew under its old name is another picture."""
    for article in declaration.articles:
        row = await work.session.scalar(
            select(Row).where(Row.key == article.called).execution_options(populate_existing=True)
        )
        if row is None or row.content.get("picture", "") != article.picture:
            continue
        if not article.picture and row.picture and not row.picture.get("title"):
            continue  # only those of the file have a name
        kept = await _keep(work, folder / article.picture) if article.picture else None
        if (row.picture or None) != kept:
            await work.session.execute(
                update(Row).where(Row.id == row.id).values(picture=kept or null())
            )


def _store(path: Path, files: Path) -> tuple[str, int]:
    """Under the name of what is in it, so that the same picture is kept once and a new one is
    sent anew. Returns that name and the size."""
    data = path.read_bytes()
    name = hashlib.sha256(data).hexdigest()
    relative = f"{name[:2]}/{name}{path.suffix.lower()}"
    place = files / relative
    if not place.is_file():
        place.parent.mkdir(parents=True, exist_ok=True)
        partial = place.with_suffix(".part")
        partial.write_bytes(data)
        partial.replace(place)
    else:
        place.touch()  # one that nothing named is not cleared away now
    return relative, len(data)


async def _keep(work: Work, path: Path) -> dict[str, object]:
    relative, size = await asyncio.to_thread(_store, path, work.files)
    picture = Attachment(
        kind="photo",
        channel="web",
        handle=relative,
        title=path.name,
        mime=MIMES.get(path.suffix.lower(), ""),
        size=size,
    )
    await work.attachments.keep(picture, OWNER, relative)
    return picture.model_dump(mode="json", exclude_defaults=True)
