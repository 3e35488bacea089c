"""Erasing a person who asks for it (152-FZ, art. 21): time to think better of it, a last word,
then all of it in one transaction, and an act without the person.

Messengers that are linked go together. Requests that are still open are waited for, as long as the
term allows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, tuple_

from services.access import AsResident
from services.erased_elsewhere import scrub
from services.erasing_doing import ErasingNow, Left, lock_people
from services.errors import AlreadySo
from services.people import Place
from services.tables import Contact, Erasure, Heard, Outgoing, Resident, Ticket
from services.tickets import ENDED

if TYPE_CHECKING:
    from services.work import Work

Why = Literal["asked", "consent", "again"]
"""The last: erased before, and brought back by a restore."""

BEFORE_THE_END = timedelta(days=2)  # of the term: open requests are waited for no longer
NEAR = timedelta(days=1)  # of the end of the term: admins are told
LAST_WORD_WAITS = timedelta(hours=1)  # for a messenger that is away


@dataclass(frozen=True)
class Due:
    """`say_goodbye`: the last word has not been said yet."""

    erasure: Erasure
    everyone: list[int]
    say_goodbye: bool


@dataclass(frozen=True)
class Whom:
    """Whom a number means: as little as tells one person from another. `state` of what was asked
    for: asked, done, or empty."""

    name: str
    channels: list[str]
    places: list[Place]
    state: Literal["", "asked", "done"]


class Erasing:
    def __init__(self, work: Work) -> None:
        self._work = work

    # ── Asking ───────────────────────────────────────────────────────────────

    async def asked_by(self, resident_id: int) -> Erasure | None:
        """What they asked for and may still think better of."""
        return await self._work.session.scalar(
            select(Erasure).where(Erasure.resident_id == resident_id, Erasure.state == "asked")
        )

    async def ask(self, viewer: AsResident, why: Why = "asked") -> Erasure:
        """Raises `AlreadySo` where it was asked for already."""
        return await self.ask_for(viewer.resident_id, viewer.name, why)

    async def ask_for(
        self, resident_id: int, who: str, why: Why, *, at_once: bool = False
    ) -> Erasure:
        """`at_once`: without the time to think, for what was erased before a restore."""
        session, now = self._work.session, self._work.now
        await self._lock(resident_id)
        if await self.asked_by(resident_id) is not None:
            raise AlreadySo
        rules = (await self._work.company.profile()).erasing
        think = timedelta(hours=0 if at_once else rules.think_hours)
        due = await self._after_working_days(rules.working_days)
        erasure = Erasure(
            resident_id=resident_id,
            asked_at=now,
            asked_by=who,
            not_before=min(now + think, due),
            due_at=due,
            state="asked",
            act={"why": why},
        )
        session.add(erasure)
        await session.flush()
        self._work.audit.note(who, "asked to be erased", f"resident:{resident_id}", why=why)
        return erasure

    async def whom(self, resident_id: int) -> Whom | None:
        """None: the number is nobody's."""
        resident = await self._work.session.get(Resident, resident_id)
        if resident is None:
            return None
        asked = await self.asked_by(resident_id) is not None
        contacts = await self._work.people.contacts(resident_id)
        return Whom(
            resident.name or "",
            list(dict.fromkeys(contact.channel for contact in contacts)),
            await self._work.people.places(AsResident(resident_id, 0)),
            "done" if resident.erased_at is not None else "asked" if asked else "",
        )

    async def think_better(self, viewer: AsResident) -> None:
        """Raises `AlreadySo` where nothing is asked for any more."""
        await self._lock(viewer.resident_id)
        erasure = await self._work.session.scalar(
            select(Erasure)
            .where(Erasure.resident_id == viewer.resident_id, Erasure.state == "asked")
            .with_for_update(),
            execution_options={"populate_existing": True},
        )
        if erasure is None:
            raise AlreadySo
        erasure.state = "withdrawn"
        await self._work.session.flush()
        about = f"resident:{viewer.resident_id}"
        self._work.audit.note(viewer.name, "no longer asks to be erased", about)

    async def give_consent(self, viewer: AsResident) -> None:
        """Given anew, it takes the wish back."""
        with suppress(AlreadySo):
            await self.think_better(viewer)

    async def take_back_consent(self, viewer: AsResident, everyone: Sequence[int]) -> None:
        """Before name and phone are cleared: by them is found what staff were shown elsewhere."""
        await scrub(self._work, everyone, {})
        with suppress(AlreadySo):
            await self.ask(viewer, "consent")

    async def go_on_apart(self, asked: int, leaves: int) -> None:
        """A messenger leaves a person who asked to be erased: what it takes along goes as well."""
        erasure = await self.asked_by(asked)
        if erasure is None or await self.asked_by(leaves) is not None:
            return
        self._work.session.add(
            Erasure(
                resident_id=leaves,
                asked_at=erasure.asked_at,
                asked_by=erasure.asked_by,
                not_before=erasure.not_before,
                due_at=erasure.due_at,
                state="asked",
                act={"why": (erasure.act or {}).get("why", "asked")},
            )
        )
        await self._work.session.flush()

    async def _lock(self, resident_id: int) -> None:
        await self._work.session.flush()
        await self._work.session.execute(
            select(Resident.id).where(Resident.id == resident_id).with_for_update(key_share=True)
        )

    async def _after_working_days(self, days: int) -> datetime:
        """The end of the last of them, by the company's calendar; the day of asking is not
        counted. Whoever is open on fewer days than the law's week of five has no longer a term for
        it."""
        company, timetable = (
            await self._work.company.profile(),
            await self._work.company.timetable(),
        )
        zone = ZoneInfo(company.timezone)
        day, left = self._work.now.astimezone(zone).date(), days
        for _ in range(days * 30):
            day += timedelta(days=1)
            left -= timetable.is_working_day(day) or (
                day.weekday() < 5 and day not in timetable.holidays
            )
            if not left:
                break
        return datetime.combine(day, time(23, 59), tzinfo=zone)

    # ── By the clock ─────────────────────────────────────────────────────────

    async def find_due(self) -> list[int]:
        rows = await self._work.session.scalars(
            select(Erasure.id)
            .where(Erasure.state == "asked", Erasure.not_before <= self._work.now)
            .order_by(Erasure.id)
        )
        return list(rows)

    async def late(self) -> tuple[int, datetime | None]:
        """How many terms are about to end, and the first of those ends."""
        found = await self._work.session.execute(
            select(func.count(), func.min(Erasure.due_at)).where(
                Erasure.state == "asked", Erasure.due_at < self._work.now + NEAR
            )
        )
        count, first = found.one()
        return count, first

    async def claim(self, erasure_id: int) -> Due | None:
        """None: it waits for something, another process has it, or it is asked for no more. Locks
        as whoever presses «Не удалять» does: contact, person, erasure; a press that is being heard
        is heard to its end."""
        now = self._work.now
        find = select(Erasure).where(
            Erasure.id == erasure_id, Erasure.state == "asked", Erasure.not_before <= now
        )
        asked = await self._work.session.scalar(find)
        if asked is None or await self._waits(asked, await self._everyone(asked)):
            return None
        await lock_people(self._work, await self._everyone(asked))
        erasure = await self._work.session.scalar(
            find.with_for_update(skip_locked=True), execution_options={"populate_existing": True}
        )
        if erasure is None:
            return None
        everyone = await self._everyone(erasure)
        if await self._waits(erasure, everyone):
            return None
        act = erasure.act or {}
        if "said_at" not in act:
            return Due(erasure, everyone, say_goodbye=True)
        if now < datetime.fromisoformat(act["said_at"]) + LAST_WORD_WAITS and (
            await self._is_on_its_way(act["goodbye"]) or await self._are_talking(everyone)
        ):
            return None
        return Due(erasure, everyone, say_goodbye=False)

    async def _everyone(self, erasure: Erasure) -> list[int]:
        return [erasure.resident_id, *await self._work.linking.taken_in(erasure.resident_id)]

    async def _waits(self, erasure: Erasure, everyone: Sequence[int]) -> bool:
        """For requests that are still open, as long as the term allows."""
        if self._work.now >= erasure.due_at - BEFORE_THE_END:
            return False
        return bool(await self.open_tickets(everyone))

    def said_goodbye(self, due: Due, row_id: int | None) -> None:
        said_at = self._work.now.isoformat()
        due.erasure.act = {**(due.erasure.act or {}), "goodbye": row_id, "said_at": said_at}

    async def open_tickets(self, everyone: Sequence[int]) -> list[Ticket]:
        rows = await self._work.session.scalars(
            select(Ticket)
            .where(Ticket.resident_id.in_(everyone), Ticket.status.not_in(ENDED))
            .order_by(Ticket.id)
        )
        return list(rows)

    async def _is_on_its_way(self, row_id: int | None) -> bool:
        if row_id is None:
            return False
        found = await self._work.session.scalar(
            select(Outgoing.id).where(
                Outgoing.id == row_id, Outgoing.state.in_(("waiting", "sending"))
            )
        )
        return found is not None

    async def _are_talking(self, everyone: Sequence[int]) -> bool:
        """They may be about to say that they think better of it."""
        theirs = select(Contact.channel, Contact.chat).where(Contact.resident_id.in_(everyone))
        found = await self._work.session.scalar(
            select(Heard.id)
            .where(tuple_(Heard.channel, Heard.chat).in_(theirs), Heard.state == "waiting")
            .limit(1)
        )
        return found is not None

    # ── Doing it ─────────────────────────────────────────────────────────────

    async def erase(self, due: Due, gone: str, name: Callable[[Ticket | None], str]) -> Left:
        """See `services.erasing_doing`."""
        return await ErasingNow(self._work, due.erasure, due.everyone).erase(gone, name)

    # ── Acts ─────────────────────────────────────────────────────────────────

    async def acts(self, most: int = 50) -> list[Erasure]:
        """The newest first; what is asked for and not done among them."""
        rows = await self._work.session.scalars(
            select(Erasure)
            .where(Erasure.state != "withdrawn")
            .order_by(Erasure.id.desc())
            .limit(most)
        )
        return list(rows)

    async def act(self, number: int) -> Erasure | None:
        found = await self._work.session.get(Erasure, number)
        return found if found is not None and found.state == "done" else None
