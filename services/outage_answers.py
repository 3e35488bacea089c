"""What came back of an outage's notices: what residents pressed, and how many were reached."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from services.access import AsResident
from services.errors import AlreadySo, NotYours
from services.notices import Outcome
from services.tables import Contact, Notice, Outage, OutageAnswer, Outgoing

if TYPE_CHECKING:
    from services.work import Work

ANSWERED_STILL = timedelta(days=2)  # after the end, «Всё ещё нет» is heard

Answer = Literal["mine_too", "back", "still_none"]


class OutageAnswers:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def answer(self, viewer: AsResident, outage_id: int, answer: Answer) -> Outage:
        """The last word of a person counts. Raises `NotYours`, `AlreadySo` when it is over and
        there is nothing left to say."""
        outage = await self._work.session.get(Outage, outage_id, populate_existing=True)
        if outage is None or not await self._concerns(outage, viewer):
            raise NotYours
        ended = outage.ended_at
        late = ended is not None and self._work.now - ended > ANSWERED_STILL
        if outage.state not in ("announced", "restored") or late:
            raise AlreadySo
        if outage.state == "restored" and answer == "mine_too":
            raise AlreadySo
        said = insert(OutageAnswer).values(
            outage_id=outage.id, resident_id=viewer.resident_id, answer=answer, at=self._work.now
        )
        await self._work.session.execute(
            said.on_conflict_do_update(
                index_elements=[OutageAnswer.outage_id, OutageAnswer.resident_id],
                set_={"answer": answer, "at": self._work.now},
            )
        )
        self._work.ring(f"outage:{outage.id}")
        return outage

    async def was_called_off(self, outage_id: int) -> bool:
        """Of one that the viewer may answer."""
        outage = await self._work.session.get(Outage, outage_id)
        return outage is not None and outage.state == "cancelled"

    async def doubt(self, outage: Outage) -> bool:
        """True once: somebody still has none though it is said to be over."""
        locked = await self._work.session.get(
            Outage, outage.id, with_for_update=True, populate_existing=True
        )
        if locked is None or locked.state != "restored" or locked.doubted_at is not None:
            return False
        locked.doubted_at = self._work.now
        await self._work.session.flush()
        return True

    async def answers(self, outage: Outage) -> dict[str, int]:
        rows = await self._work.session.execute(
            select(OutageAnswer.answer, func.count())
            .where(OutageAnswer.outage_id == outage.id)
            .group_by(OutageAnswer.answer)
        )
        return {row[0]: row[1] for row in rows}

    async def _concerns(self, outage: Outage, viewer: AsResident) -> bool:
        if await self._work.audience.fits(outage.id, viewer.resident_id):
            return True
        told = await self._work.session.scalar(
            select(Outgoing.id)
            .join(Notice, Outgoing.notice_id == Notice.id)
            .join(Contact, Outgoing.contact_id == Contact.id)
            .where(Notice.outage_id == outage.id, Contact.resident_id == viewer.resident_id)
            .limit(1)
        )
        return told is not None

    # ── What became of it ────────────────────────────────────────────────────

    async def notices(self, outage: Outage) -> list[tuple[Notice, Outcome]]:
        """In the order they were told."""
        notices = list(
            await self._work.session.scalars(
                select(Notice).where(Notice.outage_id == outage.id).order_by(Notice.id)
            )
        )
        found = await self._work.notices.outcomes([notice.id for notice in notices])
        return [(notice, found[notice.id]) for notice in notices]
