"""Mailings: from a draft to the last person told.

Every change locks the mailing and looks at its state first, so that a second press, or a second
process, finds it done: `AlreadySo`. The same mailing begun within a day is `SameMailing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import desc, func, or_, select

from services import mailing_audience, mailing_progress
from services.access import AsMember
from services.errors import AlreadySo, NobodyToTell, NotYours, SameMailing
from services.mailing_audience import SAME_WITHIN, Reach
from services.mailing_draft import MailingDraft, key_of
from services.mailing_progress import Progress
from services.messaging.outbox import as_body
from services.messaging.types import PHONE, Outbound
from services.tables import Contact, House, Mailing, Notice, Outgoing, Reminder, Room

if TYPE_CHECKING:
    from services.work import Work

MAY_MAIL = ("manager", "admin")
UNDER_WAY = ("scheduled", "running", "paused")
ENDED = ("stopped", "done")
MOST_DRAFTS = 3
SHOW_EVERY = timedelta(seconds=10)
"""A group takes some 20 posts and edits a minute in all."""
SHOW_STANDING = timedelta(minutes=1)  # where nothing moves: at night, while news keep their hour


class Mailings:
    def __init__(self, work: Work) -> None:
        self._work = work

    # ── Making ───────────────────────────────────────────────────────────────

    async def keep(
        self, viewer: AsMember, room: Room, way: str, draft: MailingDraft,
        mailing_id: int | None = None,
    ) -> Mailing:  # fmt: skip
        """A new draft, or a changed one; a scheduled one becomes a draft again. Raises `NotYours`,
        `AlreadySo` where it was sent already."""
        check(viewer)
        if mailing_id is None:
            mailing = Mailing(member_id=viewer.member_id, room_id=room.id, way=way)
            self._work.session.add(mailing)
        else:
            mailing = await self.get(viewer, mailing_id, lock=True)
            expect(mailing, "draft", "scheduled")
        mailing.state, mailing.start_at, mailing.made_at = "draft", None, self._work.now
        mailing.kind, mailing.text, mailing.photos = draft.kind, draft.text, list(draft.photos)
        mailing.audience, mailing.open_to = draft.audience.as_json(), mailing.open_to or []
        mailing.form = {**draft.form, "by_night": draft.by_night}
        mailing.key = key_of(mailing)
        await self._work.session.flush()
        return mailing

    async def get(self, viewer: AsMember, mailing_id: int, *, lock: bool = False) -> Mailing:
        """Raises `NotYours`: only for those who may send one to all of its houses, and its own
        member."""
        check(viewer)
        mailing = await self._work.session.get(
            Mailing, mailing_id, with_for_update=lock or None, populate_existing=True
        )
        if mailing is None or not await self._may(viewer, mailing):
            raise NotYours
        return mailing

    async def _may(self, viewer: AsMember, mailing: Mailing) -> bool:
        if viewer.role == "admin" or mailing.member_id == viewer.member_id:
            return True
        return bool(mailing.audience["places"]) and await self.covers(viewer, mailing)

    async def covers(self, viewer: AsMember, mailing: Mailing) -> bool:
        """Whether the viewer works for all of its houses: a change by another would drop some."""
        places = {place["house_id"] for place in mailing.audience["places"]}
        mine = {house.id for house in await self._work.places.houses_of(viewer)}
        return places <= mine

    async def under_way(self, viewer: AsMember) -> list[Mailing]:
        """Going, held or scheduled, in the order they were made."""
        find = select(Mailing).where(Mailing.state.in_(UNDER_WAY)).order_by(Mailing.id)
        return await self._seen(viewer, find)

    async def drafts(self, viewer: AsMember) -> list[Mailing]:
        """The viewer's own of the last day, the newest first."""
        check(viewer)
        rows = await self._work.session.scalars(
            select(Mailing)
            .where(
                Mailing.state == "draft",
                Mailing.member_id == viewer.member_id,
                Mailing.made_at > self._work.now - SAME_WITHIN,
            )
            .order_by(desc(Mailing.id))
            .limit(MOST_DRAFTS)
        )
        return list(rows)

    async def lately(self, viewer: AsMember, most: int) -> list[Mailing]:
        """Those that ended, the last first."""
        find = select(Mailing).where(Mailing.state.in_(ENDED))
        found = await self._seen(viewer, find.order_by(desc(Mailing.ended_at)).limit(most * 4))
        return found[:most]

    async def _seen(self, viewer: AsMember, find: Any) -> list[Mailing]:
        check(viewer)
        rows = await self._work.session.scalars(find)
        return [mailing for mailing in rows if await self._may(viewer, mailing)]

    async def channels(self) -> list[str]:
        """The messengers somebody can be written to in."""
        rows = await self._work.session.scalars(
            select(Contact.channel)
            .where(Contact.channel != PHONE, Contact.unreachable_since.is_(None))
            .distinct()
            .order_by(Contact.channel)
        )
        return list(rows)

    async def let_go_by_night(self, mailing: Mailing) -> None:
        """Of a locked one: it does not wait for the morning. Raises `AlreadySo`."""
        expect(mailing, "draft", "scheduled")
        mailing.form = {**mailing.form, "by_night": True}
        await self._work.session.flush()

    async def choose_openly(self, mailing: Mailing, kinds: Sequence[str]) -> None:
        """Of a locked draft: where else it is to stand, for all to read."""
        expect(mailing, "draft", "scheduled")
        mailing.open_to = list(kinds)
        await self._work.session.flush()

    async def measure(self, mailing: Mailing) -> Reach:
        return await mailing_audience.measure(self._work, mailing)

    async def houses(self, mailing: Mailing) -> list[House]:
        """Of its places, each once, in the company's order."""
        ids = {place["house_id"] for place in mailing.audience["places"]}
        rows = await self._work.session.scalars(
            select(House).where(House.id.in_(ids)).order_by(House.position, House.id)
        )
        return list(rows)

    # ── Sending ──────────────────────────────────────────────────────────────

    async def start(self, mailing: Mailing, what: Outbound, member_id: int | None) -> list[Notice]:
        """Of a locked one: who gets it is fixed now. A notice for each zone. Raises `AlreadySo`,
        `SameMailing`, `NobodyToTell`; nothing was changed then."""
        expect(mailing, "draft", "scheduled")
        await self._expect_alone(mailing)
        reach = await self.measure(mailing)
        if not reach.people:
            raise NobodyToTell
        now = self._work.now
        mailing.state, mailing.started_at, mailing.shown_at = "running", now, now
        notices = []
        for zone in reach.zones:
            notice = Notice(
                kind="mailing",
                mailing_id=mailing.id,
                text="\n".join(filter(None, [what.header, what.text])),
                at=now,
                not_before=now,
                member_id=member_id,
                people={},
                flats=reach.flats,
                flats_reached=reach.flats - reach.missed,
                state="going",
                guard="" if mailing.kind == "important" else "news",
                quiet=not mailing.form.get("by_night"),
                zone=zone,
                urgent=False,
                priority=what.kind.priority if what.kind else 4,
            )
            self._work.session.add(notice)
            await self._work.session.flush()
            chosen = {**mailing_audience.named(mailing), "zone": zone}
            await self._work.notices.enqueue(notice, what, mailing_audience.PEOPLE, chosen)
            notices.append(notice)
        self._note(mailing, "started a mailing", member_id, people=reach.everybody)
        self._work.ring("chores")
        await self._work.session.flush()
        return notices

    async def schedule(self, viewer: AsMember, mailing: Mailing, at: datetime) -> None:
        """Of a locked one. Raises `AlreadySo`, `SameMailing`."""
        expect(mailing, "draft", "scheduled")
        await self._expect_alone(mailing)
        mailing.state, mailing.start_at = "scheduled", at
        self._note(mailing, "scheduled a mailing", viewer.member_id)
        await self._work.session.flush()

    async def _expect_alone(self, mailing: Mailing) -> None:
        """Two who submit the same at one moment wait for each other here. Raises `SameMailing`."""
        await self._work.session.execute(
            select(func.pg_advisory_xact_lock(func.hashtextextended(f"mailing {mailing.key}", 0)))
        )
        before = self._work.now - SAME_WITHIN
        same = await self._work.session.scalar(
            select(Mailing.id)
            .where(
                Mailing.key == mailing.key,
                Mailing.id != mailing.id,
                or_(
                    Mailing.state.in_(UNDER_WAY),
                    (Mailing.state == "done") & (Mailing.started_at > before),
                ),
            )
            .order_by(desc(Mailing.id))
            .limit(1)
        )
        if same is not None:
            raise SameMailing(same)

    async def hold(self, viewer: AsMember, mailing: Mailing) -> None:
        """Of a locked one: nothing more leaves from the next claim on. Raises `AlreadySo`."""
        expect(mailing, "running")
        mailing.state = "paused"
        await self._work.notices.hold(*await self._notices(mailing))
        self._note(mailing, "held a mailing", viewer.member_id)
        await self._work.session.flush()

    async def go_on(self, viewer: AsMember, mailing: Mailing) -> None:
        """Of a locked one. Raises `AlreadySo`, also for a stopped one: who did not get it then can
        be told by the same anew."""
        expect(mailing, "paused")
        mailing.state = "running"
        await self._work.notices.go_on(*await self._notices(mailing))
        self._note(mailing, "went on with a mailing", viewer.member_id)
        self._work.ring("chores")
        await self._work.session.flush()

    async def stop(self, viewer: AsMember, mailing: Mailing) -> None:
        """Of a locked one: what has not left yet leaves no more. One that nobody was sent yet is
        dropped. Raises `AlreadySo`."""
        expect(mailing, "draft", "scheduled", "running", "paused")
        if mailing.state in ("draft", "scheduled"):
            mailing.state = "dropped"
        else:
            mailing.state = "stopped"
            await self._work.notices.stop(*await self._notices(mailing))
        mailing.ended_at = self._work.now
        self._note(mailing, f"{mailing.state} a mailing", viewer.member_id)
        await self._work.session.flush()

    async def _notices(self, mailing: Mailing) -> list[int]:
        rows = await self._work.session.scalars(
            select(Notice.id).where(Notice.mailing_id == mailing.id).order_by(Notice.id)
        )
        return list(rows)

    # ── By the clock ─────────────────────────────────────────────────────────

    async def find_to_start(self) -> list[int]:
        return await self._find(*self._to_start())

    async def claim_to_start(self, mailing_id: int) -> Mailing | None:
        return await self._claim(mailing_id, *self._to_start())

    async def find_to_show(self) -> list[int]:
        return await self._find(*self._to_show())

    async def claim_to_show(self, mailing_id: int) -> Mailing | None:
        return await self._claim(mailing_id, *self._to_show())

    async def next_in(self) -> float | None:
        """Seconds until one is to be started or shown; None: there is none."""
        starts = select(func.min(Mailing.start_at)).where(Mailing.state == "scheduled")
        shown = select(func.min(Mailing.shown_at)).where(Mailing.state == "running")
        start = await self._work.session.scalar(starts)
        last = await self._work.session.scalar(shown)
        due = [start] if start else []
        due += [last + SHOW_EVERY] if last else []
        return (min(due) - self._work.now).total_seconds() if due else None

    def _to_start(self) -> Sequence[Any]:
        return (Mailing.state == "scheduled", Mailing.start_at <= self._work.now)

    def _to_show(self) -> Sequence[Any]:
        return (Mailing.state == "running", Mailing.shown_at <= self._work.now - SHOW_EVERY)

    async def _find(self, *which: Any) -> list[int]:
        return list(await self._work.session.scalars(select(Mailing.id).where(*which)))

    async def _claim(self, mailing_id: int, *which: Any) -> Mailing | None:
        find = select(Mailing).where(Mailing.id == mailing_id, *which)
        return await self._work.session.scalar(
            find.with_for_update(skip_locked=True), execution_options={"populate_existing": True}
        )

    async def put_back(self, mailing: Mailing) -> None:
        """Of a claimed one that could not begin: a draft again, and a new one."""
        mailing.state, mailing.start_at, mailing.made_at = "draft", None, self._work.now
        await self._work.session.flush()

    def note_shown(self, mailing: Mailing, *, moves: bool) -> None:
        """Of a claimed one: where nothing moves it is looked at less often."""
        mailing.shown_at = self._work.now + (timedelta(0) if moves else SHOW_STANDING - SHOW_EVERY)

    async def end(self, mailing: Mailing) -> None:
        """Of a locked one of which nothing is left."""
        mailing.state, mailing.ended_at = "done", self._work.now
        self._note(mailing, "ended a mailing", None)
        await self._work.session.flush()

    async def shows(self, mailing: Mailing | Reminder, what: Outbound) -> bool:
        """Whether the post of its progress says just that."""
        body = await self._work.session.scalar(
            select(Outgoing.body)
            .where(
                or_(
                    Outgoing.id == mailing.progress_row,
                    Outgoing.replaces_row == mailing.progress_row,
                )
            )
            .order_by(desc(Outgoing.id))
            .limit(1)
        )
        return body == as_body(what)

    async def progress(self, mailing: Mailing) -> Progress:
        return await mailing_progress.measure(self._work, mailing)

    def _note(self, mailing: Mailing, what: str, member_id: int | None, **more: Any) -> None:
        who = f"member:{member_id}" if member_id else "system"
        self._work.audit.note(who, what, f"mailing:{mailing.id}", kind=mailing.kind, **more)
        self._work.ring(f"mailing:{mailing.id}")


def check(viewer: AsMember) -> None:
    if viewer.role not in MAY_MAIL:
        raise NotYours


def expect(mailing: Mailing, *states: str) -> None:
    if mailing.state not in states:
        raise AlreadySo
