"""What was told to the houses of a resident: mailings and notices of outages, also those of before
they came. Never another house's."""

# ruff: noqa: S608 (the statements are put together of this module's own constants)

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from sqlalchemy import select, text

from services import mailing_audience
from services.access import AsResident
from services.audience import OF_PLACES
from services.errors import NotYours
from services.tables import Mailing, Notice

if TYPE_CHECKING:
    from services.work import Work

SHOWN = timedelta(days=60)
TOLD = ("announced", "prolonged", "restored", "cancelled")  # a reminder says nothing new

OF_OUTAGES = text(
    f"""
    SELECT n.id FROM notices n
    WHERE n.at > :after AND n.kind = ANY(CAST(:kinds AS text[])) AND n.outage_id IN (
        SELECT o.id FROM outages o WHERE EXISTS (
            SELECT 1 FROM ({OF_PLACES.replace(":outage", "o.id")}) there
            WHERE there.resident_id = :resident))
    """
)


@dataclass(frozen=True)
class Told:
    """`text` with its first line for a heading; it may have had `files`."""

    kind: Literal["mailing", "notice"]
    id: int
    at: datetime
    text: str
    files: bool = False


async def to_resident(work: Work, viewer: AsResident) -> list[Told]:
    """Of the last 60 days, the newest first."""
    after = work.now - SHOWN
    ids = await mailing_audience.sent_to(work, viewer.resident_id, after)
    rows = await work.session.execute(
        select(Notice, Mailing.photos)
        .join(Mailing, Mailing.id == Notice.mailing_id)
        .where(Mailing.id.in_(ids))
        .order_by(Notice.id)
    )
    by_mailing = {  # of those for each zone, which are the same, one
        notice.mailing_id: Told("mailing", notice.mailing_id, notice.at, notice.text, bool(photos))
        for notice, photos in rows
    }
    found = list(by_mailing.values())
    known = {"after": after, "kinds": list(TOLD), "resident": viewer.resident_id}
    notices = await work.session.scalars(
        select(Notice).where(Notice.id.in_(list(await work.session.scalars(OF_OUTAGES, known))))
    )
    found += [Told("notice", notice.id, notice.at, notice.text) for notice in notices]
    return sorted(found, key=lambda told: (told.at, told.kind, told.id), reverse=True)


async def one(work: Work, viewer: AsResident, kind: str, ident: int) -> tuple[Told, Mailing | None]:
    """Raises `NotYours` for what was told to other houses, or too long ago."""
    told = await to_resident(work, viewer)
    found = next((each for each in told if (each.kind, each.id) == (kind, ident)), None)
    if found is None:
        raise NotYours
    mailing = await work.session.get(Mailing, ident) if kind == "mailing" else None
    return found, mailing
