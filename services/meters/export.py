"""Readings for the accounting system: each leaves once; what left is kept under its number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Select, desc, func, select, text, update

from services.access import AsMember, check_counting
from services.errors import NotFound
from services.tables import Account, Meter, Reading, ReadingExport

if TYPE_CHECKING:
    from services.work import Work

T = TypeVar("T", bound=tuple[object, ...])

Layout = Literal["csv", "csv-1251", "xlsx"]
ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('reading exports'))")


@dataclass(frozen=True)
class Line:
    """`figures` in thousandths; `day`: when it was given, by the clock of the house."""

    account: str
    resource: str
    meter: str
    month: date
    day: date
    figures: tuple[int, ...]
    marks: tuple[str, ...]
    source: str


class ReadingExports:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def count_new(self, viewer: AsMember) -> int:
        """Raises `NotYours`."""
        houses = await self._work.meters.houses(viewer)
        find = _new(select(func.count(Reading.id)), houses)
        return await self._work.session.scalar(find) or 0

    async def begin(self, viewer: AsMember | None, layout: Layout) -> tuple[ReadingExport, int]:
        """What has not left yet, of the viewer's houses (None: the company's own command), is of
        the export that is returned, and how many. One at a time. Raises `NotYours`, `NotFound`
        where nothing is new."""
        session = self._work.session
        await session.execute(ONE_AT_A_TIME)
        houses = await self._work.meters.houses(viewer) if viewer else None
        find = _new(select(Reading.id), houses).with_for_update(of=Reading)
        ids = list(await session.scalars(find))
        if not ids:
            raise NotFound
        export = ReadingExport(
            at=self._work.now,
            who=viewer.name if viewer else "cli",
            layout=layout,
            rows=len(ids),
            file_name="",
            sha256="",
        )
        session.add(export)
        await session.flush()
        await session.execute(
            update(Reading).where(Reading.id.in_(ids)).values(export_id=export.id)
        )
        self._work.audit.note(export.who, "exported readings", f"export:{export.id}", rows=len(ids))
        return export, len(ids)

    async def end(self, export: ReadingExport, file_name: str, sha256: str) -> None:
        export.file_name, export.sha256 = file_name, sha256
        await self._work.session.flush()

    async def get(self, viewer: AsMember | None, number: int) -> ReadingExport:
        """One's own, or anyone's for whoever counts all houses. Raises `NotFound`, `NotYours`."""
        houses = await self._work.meters.houses(viewer) if viewer else None
        export = await self._work.session.get(ReadingExport, number)
        if export is None or (viewer and houses is not None and export.who != viewer.name):
            raise NotFound
        return export

    async def journal(self, viewer: AsMember, most: int) -> list[ReadingExport]:
        """The last first. Raises `NotYours`."""
        check_counting(viewer)
        find = select(ReadingExport).order_by(desc(ReadingExport.id)).limit(most)
        if await self._work.meters.houses(viewer) is not None:
            find = find.where(ReadingExport.who == viewer.name)
        return list(await self._work.session.scalars(find))

    async def lines(self, export: ReadingExport) -> list[Line]:
        """The same each time, whatever was corrected since."""
        rows = await self._work.session.execute(
            select(Reading, Meter, Account)
            .join(Meter, Meter.id == Reading.meter_id)
            .join(Account, Account.id == Meter.account_id)
            .where(Reading.export_id == export.id)
            .order_by(Account.number, Meter.id, Reading.month, Reading.id)
        )
        zones: dict[int | None, ZoneInfo] = {}
        lines = []
        for reading, meter, account in rows:
            if account.house_id not in zones:
                zone = await self._work.company.zone_of_house(account.house_id)
                zones[account.house_id] = ZoneInfo(zone)
            lines.append(
                Line(
                    account=account.number,
                    resource=meter.resource,
                    meter=meter.number,
                    month=reading.month,
                    day=reading.at.astimezone(zones[account.house_id]).date(),
                    figures=tuple(reading.figures),
                    marks=tuple(reading.marks),
                    source=reading.source,
                )
            )
        return lines


def _new(find: Select[tuple[int]], houses: list[int] | None) -> Select[tuple[int]]:
    find = find.where(Reading.export_id.is_(None), ~Reading.replaced, Reading.source != "import")
    if houses is None:
        return find
    mine = (
        select(Meter.id)
        .join(Account, Account.id == Meter.account_id)
        .where(Account.house_id.in_(houses))
    )
    return find.where(Reading.meter_id.in_(mine))
