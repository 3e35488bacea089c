"""Outages: from a draft to the word that all is well again.

Every change locks the outage and looks at its state first, so that a second press, or a second
process, finds it done: `AlreadySo`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import delete, select

from services.access import AsMember, AsResident
from services.audience import PEOPLE_OF_PLACES, TOLD, WANT_REMINDERS
from services.errors import AlreadySo, NotYours
from services.messaging.types import Kind, Outbound
from services.notices import URGENT
from services.outage_rules import (
    BELIEVED_OPEN,
    evening_before,
    is_believed,
    is_to_ask,
    keeps_to_the_day,
    moment_by_day,
    moment_to_tell,
    waits_too_long,
)
from services.tables import Complex, Elder, House, Notice, Outage, OutagePlace, Room
from services.zones import zone_of_outage

if TYPE_CHECKING:
    from services.work import Work

MAY_ANNOUNCE = ("dispatcher", "manager", "admin")
NOW = ("scheduled", "announced")
LATELY = timedelta(days=1)

NoticeKind = Literal["announced", "reminder", "prolonged", "restored", "cancelled"]


@dataclass(frozen=True)
class Draft:
    """What a member filled in. A place is the columns of an `OutagePlace`."""

    what: str
    title: str
    planned: bool
    reason: str
    since: datetime
    until: datetime | None
    places: tuple[dict[str, Any], ...]
    form: dict[str, Any]


class Outages:
    def __init__(self, work: Work) -> None:
        self._work = work

    # ── Making ───────────────────────────────────────────────────────────────

    async def keep(
        self, viewer: AsMember, room: Room, way: str, draft: Draft, outage_id: int | None = None
    ) -> Outage:
        """A new draft, or a changed one; a scheduled one becomes a draft again. Raises `NotYours`,
        `AlreadySo` where it was told already."""
        check(viewer)
        if outage_id is None:
            outage = Outage(member_id=viewer.member_id, room_id=room.id, way=way)
            self._work.session.add(outage)
        else:
            outage = await self.get(viewer, outage_id, lock=True)
            expect(outage, "draft", "scheduled")
        outage.state, outage.announce_at, outage.made_at = "draft", None, self._work.now
        outage.what, outage.title, outage.reason = draft.what, draft.title, draft.reason
        outage.planned, outage.since, outage.until = draft.planned, draft.since, draft.until
        outage.form = draft.form
        outage.loud = outage.loud or False
        await self._work.session.flush()
        await self._work.session.execute(
            delete(OutagePlace).where(OutagePlace.outage_id == outage.id)
        )
        self._work.session.add_all(
            OutagePlace(outage_id=outage.id, **place) for place in draft.places
        )
        await self._work.session.flush()
        self._work.ring(f"outage:{outage.id}")
        return outage

    async def get(self, viewer: AsMember, outage_id: int, *, lock: bool = False) -> Outage:
        """Raises `NotYours`: only for those who may announce, and work in a room of its houses."""
        check(viewer)
        outage = await self._work.session.get(
            Outage, outage_id, with_for_update=lock or None, populate_existing=True
        )
        if outage is None or not any(
            viewer.works_in(room) for room in await self._rooms_of(outage)
        ):
            raise NotYours
        return outage

    async def now(self, viewer: AsMember) -> list[Outage]:
        """Told or to be told, and not over; the earliest first."""
        check(viewer)
        rows = await self._work.session.scalars(
            select(Outage).where(Outage.state.in_(NOW)).order_by(Outage.since, Outage.id)
        )
        return [
            outage
            for outage in rows
            if any(viewer.works_in(room) for room in await self._rooms_of(outage))
        ]

    async def places(self, outage: Outage) -> list[OutagePlace]:
        rows = await self._work.session.scalars(
            select(OutagePlace)
            .join(House, OutagePlace.house_id == House.id)
            .where(OutagePlace.outage_id == outage.id)
            .order_by(House.position, House.id, OutagePlace.id)
        )
        return list(rows)

    async def _rooms_of(self, outage: Outage) -> list[Room]:
        of_houses = (
            select(Complex.room_id)
            .join(House, House.complex_id == Complex.id)
            .join(OutagePlace, OutagePlace.house_id == House.id)
            .where(OutagePlace.outage_id == outage.id)
        )
        rows = await self._work.session.scalars(
            select(Room).where((Room.id == outage.room_id) | Room.id.in_(of_houses))
        )
        return list(rows)

    # ── Telling ──────────────────────────────────────────────────────────────

    async def announce(self, outage: Outage, what: Outbound, member_id: int | None) -> Notice:
        """Of a locked one. Planned works wait for the morning, an accident does not. Raises
        `AlreadySo`."""
        expect(outage, "draft", "scheduled")
        now = self._work.now
        outage.state, outage.announced_at = "announced", now
        outage.remind_at = await evening_before(self._work, outage)
        notice = await self.notice(outage, "announced", what, member_id)
        await self._tell_places(notice, what)
        self._note(outage, "announced an outage", member_id)
        return notice

    async def schedule(self, viewer: AsMember, outage: Outage, at: datetime) -> None:
        """Of a locked one. Raises `AlreadySo`."""
        expect(outage, "draft", "scheduled")
        outage.state = "scheduled"
        outage.announce_at = await moment_by_day(self._work, outage, at)
        self._note(outage, "scheduled an outage", viewer.member_id)
        await self._work.session.flush()

    async def prolong(
        self, viewer: AsMember, outage: Outage, until: datetime | None, what: Outbound
    ) -> Notice:
        """Of a locked one that has `until` already. Raises `AlreadySo`."""
        expect(outage, "announced")
        outage.until, outage.asked_at = until, None
        self._note(outage, "prolonged an outage", viewer.member_id)
        return await self._tell_change(outage, "prolonged", what, viewer.member_id)

    async def end(
        self, viewer: AsMember, outage: Outage, kind: Literal["restored", "cancelled"],
        what: Outbound,
    ) -> Notice | None:  # fmt: skip
        """Of a locked one; None where nobody was told of it yet. Raises `AlreadySo`."""
        expect(outage, "announced", *(("draft", "scheduled") if kind == "cancelled" else ()))
        told = outage.state == "announced"
        outage.state, outage.ended_at = kind, self._work.now
        self._note(outage, f"{kind} an outage", viewer.member_id)
        if not told:
            await self._work.session.flush()
            return None
        return await self._tell_change(outage, kind, what, viewer.member_id)

    async def _tell_change(
        self, outage: Outage, kind: NoticeKind, what: Outbound, member_id: int | None
    ) -> Notice:
        await self._work.notices.stop(*await self._notices_of(outage))
        notice = await self.notice(outage, kind, what, member_id)
        whom = {"outage": outage.id, "dropped_too": kind == "prolonged"}
        await self._work.notices.enqueue(notice, what, TOLD, whom)
        return notice

    async def _tell_places(self, notice: Notice, what: Outbound) -> None:
        """Everybody who lives there now."""
        whom = {"outage": notice.outage_id}
        await self._work.notices.enqueue(notice, what, PEOPLE_OF_PLACES, whom)

    async def _notices_of(self, outage: Outage) -> list[int]:
        found = select(Notice.id).where(Notice.outage_id == outage.id)
        return list(await self._work.session.scalars(found))

    async def notice(
        self, outage: Outage, kind: NoticeKind, what: Outbound, member_id: int | None
    ) -> Notice:
        """The row that all of its posts belong to; nobody is told yet."""
        flats, reached = await self._work.audience.count_flats(outage.id)
        notice = Notice(
            kind=kind,
            outage_id=outage.id,
            text="\n".join(filter(None, [what.header, what.text])),
            at=self._work.now,
            not_before=await moment_to_tell(self._work, outage),
            quiet=await keeps_to_the_day(self._work, outage),
            zone=await zone_of_outage(self._work, outage),
            urgent=not outage.planned,
            priority=Kind.BULK.priority if outage.planned else URGENT,
            member_id=member_id,
            people={},
            flats=flats,
            flats_reached=reached,
        )
        self._work.session.add(notice)
        await self._work.session.flush()
        return notice

    async def elders(self, outage: Outage) -> list[int]:
        """Residents who are elders of its houses."""
        rows = await self._work.session.scalars(
            select(Elder.resident_id)
            .join(OutagePlace, OutagePlace.house_id == Elder.house_id)
            .where(OutagePlace.outage_id == outage.id, Elder.until.is_(None))
            .distinct()
        )
        return list(rows)

    # ── By the clock ─────────────────────────────────────────────────────────

    async def find_to_announce(self) -> list[int]:
        return await self._find(Outage.state == "scheduled", Outage.announce_at <= self._work.now)

    async def claim_to_announce(self, outage_id: int) -> Outage | None:
        now = self._work.now
        return await self._claim(outage_id, Outage.state == "scheduled", Outage.announce_at <= now)

    async def let_lapse(self, outage: Outage) -> bool:
        """Of a claimed one: True where its time is over before anybody was told; then nobody is."""
        if (outage.until or outage.since + BELIEVED_OPEN) > self._work.now:
            return False
        outage.state, outage.ended_at = "cancelled", self._work.now
        self._note(outage, "let an outage lapse", None)
        await self._work.session.flush()
        return True

    async def find_to_remind(self) -> list[int]:
        return await self._find(*self._to_remind())

    async def claim_to_remind(self, outage_id: int) -> Outage | None:
        outage = await self._claim(outage_id, *self._to_remind())
        if outage is not None:
            outage.remind_at = None
        return outage

    async def remind(self, outage: Outage, what: Outbound) -> Notice | None:
        """Everybody who lives there by now and wants reminders; nobody where the night would keep
        it until it has begun."""
        if await waits_too_long(self._work, outage, self._work.now):
            return None
        notice = await self.notice(outage, "reminder", what, None)
        await self._work.notices.enqueue(notice, what, WANT_REMINDERS, {"outage": outage.id})
        return notice

    async def find_to_ask(self) -> list[int]:
        return await self._find(*self._to_ask())

    async def claim_to_ask(self, outage_id: int) -> tuple[Outage, bool] | None:
        """True: it was asked before, and nobody answered."""
        outage = await self._claim(outage_id, *self._to_ask())
        if outage is None:
            return None
        again, outage.asked_at = outage.asked_at is not None, self._work.now
        return outage, again

    def _to_remind(self) -> Sequence[Any]:
        now = self._work.now
        return (Outage.state == "announced", Outage.remind_at <= now, Outage.since > now)

    def _to_ask(self) -> Sequence[Any]:
        return (Outage.state == "announced", is_to_ask(self._work.now))

    async def _find(self, *which: Any) -> list[int]:
        return list(await self._work.session.scalars(select(Outage.id).where(*which)))

    async def _claim(self, outage_id: int, *which: Any) -> Outage | None:
        find = select(Outage).where(Outage.id == outage_id, *which)
        return await self._work.session.scalar(
            find.with_for_update(skip_locked=True), execution_options={"populate_existing": True}
        )

    # ── Residents ────────────────────────────────────────────────────────────

    async def of_resident(self, viewer: AsResident) -> list[Outage]:
        """Told and not over, in the viewer's homes; the earliest first."""
        ids = await self._work.audience.fitting(viewer.resident_id, ("announced",))
        found = [await self._work.session.get(Outage, each) for each in ids]
        return [outage for outage in found if outage is not None]

    async def ended_lately(self, viewer: AsResident) -> list[Outage]:
        """In the viewer's homes, the one that ended last first."""
        after = self._work.now - LATELY
        ids = await self._work.audience.fitting(viewer.resident_id, ("restored",), after)
        rows = await self._work.session.scalars(
            select(Outage).where(Outage.id.in_(ids)).order_by(Outage.ended_at.desc(), Outage.id)
        )
        return list(rows)

    async def active_for(self, viewer: AsResident, what: Sequence[str]) -> list[Outage]:
        """Those that have begun, of these kinds, without those that somebody forgot to end."""
        now = self._work.now
        found = [
            outage
            for outage in await self.of_resident(viewer)
            if outage.what in what and outage.since <= now
        ]
        forgotten = await self.forgotten(found)
        return [outage for outage in found if outage.id not in forgotten]

    async def forgotten(self, outages: Sequence[Outage]) -> set[int]:
        """Which of these were told and should be over by now, though no member said so."""
        rows = await self._work.session.scalars(
            select(Outage.id).where(
                Outage.id.in_([outage.id for outage in outages]),
                Outage.state == "announced",
                ~is_believed(self._work.now),
            )
        )
        return set(rows)

    def _note(self, outage: Outage, what: str, member_id: int | None) -> None:
        who = f"member:{member_id}" if member_id else "system"
        self._work.audit.note(who, what, f"outage:{outage.id}", kind=outage.what)
        self._work.ring(f"outage:{outage.id}")


def check(viewer: AsMember) -> None:
    if viewer.role not in MAY_ANNOUNCE:
        raise NotYours


def expect(outage: Outage, *states: str) -> None:
    if outage.state not in states:
        raise AlreadySo
