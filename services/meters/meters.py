"""Meters of an account, as whoever may send their readings sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select

from services.access import AsMember, AsResident, check_counting, sees_past
from services.errors import NotYours
from services.meters.windows import Counting, counting
from services.tables import Account, Meter, Reading

if TYPE_CHECKING:
    from services.work import Work

LOOKS_BACK = 13  # readings of a meter: a year of consumption

Giver = AsResident | AsMember


@dataclass(frozen=True)
class Shown:
    """`figures` that hold for a month, in thousandths; `at`: the local day they were given."""

    figures: tuple[int, ...]
    month: date
    at: date


@dataclass(frozen=True)
class MeterSeen:
    """`counts`: what a reading given now would count for. `sent`: what holds for that month
    already; `earlier`: those of months before, the newest first, whoever gave them. `last` is what
    may be shown of them: nothing of whom the account belonged to before, and nothing at all to
    whoever does not see what was: `past`, see `access.sees_past`. `open`: the viewer may see, and
    so correct, what was `sent`."""

    id: int
    account_id: int
    resource: str
    number: str
    title: str
    tariffs: int
    digits: int | None
    verified_until: date | None
    today: date
    counts: Counting
    sent: Shown | None
    earlier: tuple[Shown, ...]
    last: Shown | None
    past: bool
    open: bool

    @property
    def verified(self) -> bool:
        return self.verified_until is None or self.verified_until >= self.today

    @property
    def late(self) -> bool:
        """A reading given now is one that the month before lacks."""
        missed = self.counts.missed
        return missed is not None and all(each.month != missed for each in self.earlier)


class Meters:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def of_account(self, viewer: Giver, account_id: int) -> list[MeterSeen]:
        """Those in use, by resource as the company lists them. Raises `NotYours`."""
        account = await self.account(viewer, account_id)
        rows = await self._work.session.scalars(
            select(Meter)
            .where(Meter.account_id == account.id, Meter.withdrawn_at.is_(None))
            .order_by(Meter.id)
        )
        meters = sorted(rows, key=lambda meter: (ORDER.index(meter.resource), meter.id))
        past = await self._sees_past(viewer, account_id)
        return [await self._see(meter, account, viewer, past=past) for meter in meters]

    async def get(self, viewer: Giver, meter_id: int, *, lock: bool = False) -> MeterSeen:
        """Raises `NotYours`, also for one that is no longer in use."""
        meter = await self._work.session.get(
            Meter, meter_id, with_for_update=lock or None, populate_existing=True
        )
        if meter is None or meter.withdrawn_at is not None:
            raise NotYours
        account = await self.account(viewer, meter.account_id)
        past = await self._sees_past(viewer, account.id)
        return await self._see(meter, account, viewer, past=past)

    async def account(self, viewer: Giver, account_id: int) -> Account:
        """A resident's, whatever their role: readings are no money. For a member who may count,
        one of the houses they work for. Raises `NotYours`."""
        account = await self._work.session.get(Account, account_id)
        if account is None or account.withdrawn_at is not None:
            raise NotYours
        if isinstance(viewer, AsResident):
            await self._work.holdings.get(viewer, account_id)
            return account
        houses = await self.houses(viewer)
        if houses is not None and account.house_id not in houses:
            raise NotYours
        return account

    async def houses(self, viewer: AsMember) -> list[int] | None:
        """Whose readings a member may count; None: all, also those of no house that the company
        lists. Raises `NotYours`."""
        check_counting(viewer)
        if viewer.role == "admin" or not viewer.rooms:
            return None
        return [house.id for house in await self._work.places.houses_of(viewer)]

    async def find_account(self, viewer: AsMember, number: str) -> Account | None:
        """By its number, whatever spaces stand in it. Raises `NotYours`."""
        bare = "".join(number.split())
        account = await self._work.session.scalar(
            select(Account).where(Account.number == bare, Account.withdrawn_at.is_(None))
        )
        houses = await self.houses(viewer)
        if account is None or (houses is not None and account.house_id not in houses):
            return None
        return account

    async def _sees_past(self, viewer: Giver, account_id: int) -> bool:
        if isinstance(viewer, AsMember):
            return True
        holding = await self._work.holdings.get(viewer, account_id)
        return sees_past(holding, doubted=await self._work.claims.disputed(holding))

    async def _see(self, meter: Meter, account: Account, viewer: Giver, *, past: bool) -> MeterSeen:
        zone = ZoneInfo(await self._work.company.zone_of_house(account.house_id))
        rules = (await self._work.company.profile()).accounts.meters
        today = self._work.now.astimezone(zone).date()
        counts = counting(rules.window_of(meter.resource), today)  # type: ignore[arg-type]
        rows = await self._held(meter, counts.month)
        given = [
            Shown(tuple(row.figures), row.month, row.at.astimezone(zone).date()) for row in rows
        ]
        own = isinstance(viewer, AsResident) and any(
            row.month == counts.month and row.resident_id == viewer.resident_id for row in rows
        )
        earlier = tuple(each for each in given if each.month < counts.month)
        since = account.history_from
        last = next(iter(earlier), None)
        return MeterSeen(
            id=meter.id,
            account_id=account.id,
            resource=meter.resource,
            number=meter.number,
            title=meter.title,
            tariffs=meter.tariffs,
            digits=meter.digits,
            verified_until=meter.verified_until,
            today=today,
            counts=counts,
            sent=next((each for each in given if each.month == counts.month), None),
            earlier=earlier,
            last=last if past and last and (since is None or last.month >= since) else None,
            past=past,
            open=past or own,
        )

    async def _held(self, meter: Meter, month: date) -> Sequence[Reading]:
        """What holds until this month, the newest first. A changed number of tariffs begins
        anew."""
        rows = await self._work.session.scalars(
            select(Reading)
            .where(Reading.meter_id == meter.id, ~Reading.replaced, Reading.month <= month)
            .order_by(Reading.month.desc())
            .limit(LOOKS_BACK)
            .execution_options(populate_existing=True)
        )
        return [row for row in rows if len(row.figures) == meter.tariffs]


ORDER = ("cold_water", "hot_water", "electricity", "gas", "heating")
