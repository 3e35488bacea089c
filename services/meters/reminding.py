"""Who is asked for readings, once in a window: a notice for each zone and each group of resources
that share a window. A guard lets nobody be asked for what was sent in between."""

# ruff: noqa: S608 (the statements are put together of this module's own constants)

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select, text

from services.company.account_rules import RESOURCES, MeterRules
from services.errors import NotFound
from services.messaging.types import Outbound
from services.meters.lacking import LACKS
from services.meters.windows import Counting, counting
from services.tables import House, Meter, Notice
from services.wishes import wants

if TYPE_CHECKING:
    from services.work import Work

PEOPLE = f"""
    SELECT DISTINCT h.resident_id
    {LACKS.format(resources=":resources", month="CAST(:month AS date)")}
      AND coalesce((SELECT nullif(b.timezone, '') FROM houses b WHERE b.id = a.house_id),
                   CAST(:own AS text)) = CAST(:zone AS text)
      AND {wants("reminders", "h.resident_id")}
      AND NOT EXISTS (
        SELECT 1 FROM outbox o JOIN notices n ON n.id = o.notice_id
        JOIN contacts c ON c.id = o.contact_id
        WHERE c.resident_id = h.resident_id AND n.kind = 'readings'
          AND n.subject = CAST(:subject AS text))
"""
ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('reminding of readings'))")


@dataclass(frozen=True)
class Asking:
    """`resources`: those that share the window."""

    zone: str
    resources: tuple[str, ...]
    counts: Counting
    due: datetime

    @property
    def subject(self) -> str:
        return f"{self.counts.month:%Y-%m-%d} {','.join(self.resources)}"

    @property
    def key(self) -> int:
        return zlib.crc32(f"{self.zone} {self.subject}".encode())


class ReadingReminders:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def find_due(self) -> list[int]:
        return [asking.key for asking in await self._due()]

    async def claim(self, key: int) -> Asking | None:
        """None where another process was quicker."""
        await self._work.session.execute(ONE_AT_A_TIME)
        return next((asking for asking in await self._due() if asking.key == key), None)

    async def enqueue(self, asking: Asking, what: Outbound) -> Notice:
        """One message a person, not at night."""
        notice = Notice(
            kind="readings",
            subject=asking.subject,
            text=what.text,
            at=self._work.now,
            not_before=self._work.now,
            people={},
            flats=0,
            flats_reached=0,
            guard="readings",
            quiet=True,
            zone=asking.zone,
        )
        self._work.session.add(notice)
        own = (await self._work.company.profile()).timezone
        more = {
            "zone": asking.zone, "own": own, "resources": ",".join(asking.resources),
            "month": asking.counts.month, "subject": asking.subject,
        }  # fmt: skip
        await self._work.notices.enqueue(notice, what, PEOPLE, more)
        return notice

    async def _due(self) -> list[Asking]:
        try:
            company = await self._work.company.profile()
        except NotFound:
            return []
        rules = company.accounts.meters
        if not rules.remind or not await self._has_meters():
            return []
        zones = set(await self._work.session.scalars(select(House.timezone).distinct())) | {""}
        wanted = [
            asking
            for zone in sorted({zone or company.timezone for zone in zones})
            for asking in askings(rules, zone, self._work.now)
        ]
        subjects = [asking.subject for asking in wanted]
        rows = await self._work.session.execute(
            select(Notice.zone, Notice.subject).where(
                Notice.kind == "readings", Notice.subject.in_(subjects)
            )
        )
        done = {(zone, subject) for zone, subject in rows}
        return [each for each in wanted if (each.zone, each.subject) not in done]

    async def _has_meters(self) -> bool:
        """Where none is known, there is nobody to ask, and no notice to nobody."""
        known = select(Meter.id).where(Meter.withdrawn_at.is_(None)).limit(1)
        return await self._work.session.scalar(known) is not None


def askings(rules: MeterRules, zone: str, now: datetime) -> list[Asking]:
    """What is to be asked for by now: from the hour set on the window's first day, until it
    closes."""
    local = now.astimezone(ZoneInfo(zone))
    groups: dict[tuple[int, int], list[str]] = {}
    for resource in RESOURCES:
        window = rules.window_of(resource)
        groups.setdefault((window.from_day, window.until_day), []).append(resource)
    found = []
    for resources in groups.values():
        counts = counting(rules.window_of(resources[0]), local.date())  # type: ignore[arg-type]
        due = moment(counts.opens, rules.remind_at, zone)
        if counts.open and due <= now:
            found.append(Asking(zone, tuple(resources), counts, due))
    return found


def moment(day: date, clock: str, zone: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=ZoneInfo(zone))
