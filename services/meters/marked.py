"""Readings that something was odd about, and the photos kept with readings: for those who count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, Text, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.access import MAY_COUNT, AsMember
from services.errors import NotFound, NotYours
from services.meters.checks import ASKED_ABOUT
from services.tables import Account, Meter, Reading, StoredFile

if TYPE_CHECKING:
    from services.work import Work

LOOKED = "looked at a photo of a meter"  # in the audit
NOTHING: ColumnElement[object] = literal_column("'[]'::jsonb")  # as its index says it


@dataclass(frozen=True)
class Kept:
    """A reading as it was taken: `figures` in thousandths; `day`: by the clock of the house."""

    id: int
    place: str
    resource: str
    number: str
    title: str
    month: date
    day: date
    figures: tuple[int, ...]
    marks: tuple[str, ...]
    photo: bool


class MarkedReadings:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def lately(self, viewer: AsMember, most: int, before: int = 0) -> list[Kept]:
        """Odd ones that hold, of the viewer's houses, the newest first; `before`: only those older
        than this one. Raises `NotYours`."""
        find = (
            (await self._find(viewer))
            .where(
                ~Reading.replaced,
                Reading.marks != NOTHING,
                func.jsonb_exists_any(Reading.marks, cast(list(ASKED_ABOUT), ARRAY(Text))),
            )
            .order_by(Reading.id.desc())
            .limit(most)
        )
        if before:
            find = find.where(Reading.id < before)
        rows = await self._work.session.execute(find)
        return [await self._show(*row) for row in rows]

    async def with_photo(self, viewer: AsMember, account_id: int, most: int) -> list[Kept]:
        """Those of an account that hold and have a photo, the newest first. Raises `NotYours`."""
        find = (
            (await self._find(viewer))
            .where(Account.id == account_id, ~Reading.replaced, Reading.file_id.is_not(None))
            .order_by(Reading.id.desc())
            .limit(most)
        )
        return [await self._show(*row) for row in await self._work.session.execute(find)]

    async def look(self, viewer: AsMember, reading_id: int) -> tuple[Kept, StoredFile]:
        """What was kept with it; the look is written into the audit log. Raises `NotYours`, and
        `NotFound` where there is no photo (any more)."""
        find = (await self._find(viewer)).where(Reading.id == reading_id)
        row = (await self._work.session.execute(find)).one_or_none()
        if row is None:
            raise NotYours
        reading: Reading = row[0]
        if reading.file_id is None:
            raise NotFound
        file = await self._work.session.get_one(StoredFile, reading.file_id)
        self._work.audit.note(viewer.name, LOOKED, f"reading:{reading_id}")
        return await self._show(*row), file

    async def shows_file(self, viewer: AsMember, file: StoredFile) -> bool:
        """Whether it is a photo they may look at, still."""
        if viewer.role not in MAY_COUNT:
            return False
        find = (await self._find(viewer)).where(Reading.file_id == file.id).limit(1)
        return (await self._work.session.execute(find)).first() is not None

    async def _find(self, viewer: AsMember) -> Select[Reading, Meter, Account]:
        houses = await self._work.meters.houses(viewer)
        find = (
            select(Reading, Meter, Account)
            .join(Meter, Meter.id == Reading.meter_id)
            .join(Account, Account.id == Meter.account_id)
            .where(Reading.source != "import")
        )
        return find if houses is None else find.where(Account.house_id.in_(houses))

    async def _show(self, reading: Reading, meter: Meter, account: Account) -> Kept:
        zone = ZoneInfo(await self._work.company.zone_of_house(account.house_id))
        return Kept(
            id=reading.id,
            place=account.place,
            resource=meter.resource,
            number=meter.number,
            title=meter.title,
            month=reading.month,
            day=reading.at.astimezone(zone).date(),
            figures=tuple(reading.figures),
            marks=tuple(reading.marks),
            photo=reading.file_id is not None,
        )
