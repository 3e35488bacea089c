"""Readings: taken for the month that counts, one that holds for each meter and month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from services.access import AsMember, AsResident
from services.errors import AlreadySo, NotYours, StaleButton
from services.messaging.types import Attachment
from services.meters.checks import Checked, check
from services.meters.meters import Giver, MeterSeen
from services.tables import Reading

if TYPE_CHECKING:
    from services.work import Work


@dataclass(frozen=True)
class Taken:
    """`replaced`: another held for that month before; `exported`: and the accounting system has
    it, so that this one goes there as well."""

    meter: MeterSeen
    figures: tuple[int, ...]
    checked: Checked
    replaced: bool
    exported: bool


class Readings:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def check(self, meter: MeterSeen, figures: Sequence[int]) -> Checked:
        rules = (await self._work.company.profile()).accounts.meters
        return check(meter, figures, rules.much)

    async def take(
        self, viewer: Giver, meter_id: int, figures: Sequence[int], photo: Attachment | None = None
    ) -> Taken:
        """For the month that counts now. Locks the meter. Raises `NotYours`, also for what another
        sent and the viewer may not see; `StaleButton` where the meter has other tariffs by now;
        `AlreadySo` where the same holds already."""
        meter = await self._work.meters.get(viewer, meter_id, lock=True)
        if len(figures) != meter.tariffs:
            raise StaleButton
        held = await self._work.session.scalar(
            select(Reading)
            .where(
                Reading.meter_id == meter_id, Reading.month == meter.counts.month, ~Reading.replaced
            )
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if held is not None and not meter.open:
            raise NotYours
        if held is not None and held.figures == list(figures) and photo is None:
            raise AlreadySo
        checked = await self.check(meter, figures)
        if held is not None:
            held.replaced = True
            await self._work.session.flush()
        file = await self._work.attachments.keep(photo, viewer.name) if photo else None
        if file is not None and file.owner.startswith("resident:"):
            file.owner = viewer.name  # no longer one that goes after a few days
        reading = Reading(
            meter_id=meter_id,
            month=meter.counts.month,
            figures=list(figures),
            at=self._work.now,
            source="staff" if isinstance(viewer, AsMember) else "chat",
            resident_id=viewer.resident_id if isinstance(viewer, AsResident) else None,
            member_id=viewer.member_id if isinstance(viewer, AsMember) else None,
            marks=list(checked.marks),
            file_id=file.id if file else held.file_id if held else None,
        )
        self._work.session.add(reading)
        await self._work.session.flush()
        if isinstance(viewer, AsMember):
            self._work.audit.note(viewer.name, "gave a reading", f"meter:{meter_id}")
        return Taken(
            meter,
            tuple(figures),
            checked,
            replaced=held is not None,
            exported=held is not None and held.export_id is not None,
        )
