"""Bans: residents whose words do not reach staff for a while, whichever messenger they use."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, or_, select, text, update
from sqlalchemy.orm import InstrumentedAttribute

from services.access import AsMember
from services.errors import AlreadySo, NotYours
from services.tables import Ban, Link, Resident

if TYPE_CHECKING:
    from services.work import Work

MAY_BAN = ("dispatcher", "manager", "admin")
USUAL = timedelta(days=1)
LONGEST = timedelta(days=365)
ANSWERED_AGAIN_AFTER = timedelta(days=1)


def is_of(resident: int | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Bans of a person: their own, and those of whom they were before messengers were linked."""
    linked = select(Link.from_resident_id).where(
        Link.to_resident_id == resident, Link.undone_at.is_(None)
    )
    return or_(Ban.resident_id == resident, Ban.resident_id.in_(linked))


def holding(
    resident: int | InstrumentedAttribute[int], now: datetime
) -> tuple[ColumnElement[bool], ...]:
    """The conditions under which a ban keeps this resident's words back now."""
    return (
        is_of(resident),
        Ban.lifted_at.is_(None),
        or_(Ban.until.is_(None), Ban.until > now),
    )


# The ban that holds now. Every message takes it, so it is written in SQL.
CURRENT = """
    SELECT id FROM bans
    WHERE (resident_id = :resident OR resident_id IN (
             SELECT from_resident_id FROM links
             WHERE to_resident_id = :resident AND undone_at IS NULL))
      AND lifted_at IS NULL AND (until IS NULL OR until > :now)
    ORDER BY id DESC LIMIT 1
"""


class Bans:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def current(self, resident_id: int) -> Ban | None:
        """The ban that holds now; one whose time has come is over by itself."""
        if known := self._work.dialogues.known(resident_id):
            found = known.ban
        else:
            found = await self._work.session.scalar(
                text(CURRENT), {"resident": resident_id, "now": self._work.now}
            )
        return None if found is None else await self._work.session.get(Ban, found)

    async def ban(
        self, viewer: AsMember, resident_id: int, span: timedelta | None, reason: str
    ) -> Ban:
        """For `span`, None is for ever. It takes the place of one that holds already. Raises
        `NotYours` for a role that may not."""
        await self._enter(viewer, resident_id)
        await self._lift(viewer, resident_id)
        ban = Ban(
            resident_id=resident_id,
            member_id=viewer.member_id,
            reason=reason,
            since=self._work.now,
            until=None if span is None else self._work.now + span,
        )
        self._work.session.add(ban)
        await self._work.session.flush()
        self._work.audit.note(
            viewer.name, "banned", f"resident:{resident_id}",
            ban=ban.id, until=ban.until.isoformat() if ban.until else None,
        )  # fmt: skip
        return ban

    async def lift(self, viewer: AsMember, resident_id: int) -> None:
        """Raises `AlreadySo` when nothing holds, `NotYours` for a role that may not."""
        await self._enter(viewer, resident_id)
        ban = await self.current(resident_id)
        if ban is None:
            raise AlreadySo
        await self._lift(viewer, resident_id)
        self._work.audit.note(viewer.name, "unbanned", f"resident:{resident_id}", ban=ban.id)

    async def _enter(self, viewer: AsMember, resident_id: int) -> None:
        """One member after the other."""
        if viewer.role not in MAY_BAN:
            raise NotYours
        self._work.dialogues.forget()
        await self._work.session.execute(
            select(Resident.id).where(Resident.id == resident_id).with_for_update(key_share=True)
        )

    async def _lift(self, viewer: AsMember, resident_id: int) -> None:
        await self._work.session.execute(
            update(Ban)
            .execution_options(synchronize_session=False)
            .where(is_of(resident_id), Ban.lifted_at.is_(None))
            .values(lifted_at=self._work.now, lifted_by=viewer.member_id)
        )

    async def take_answer(self, ban: Ban) -> bool:
        """Whether the resident is to be told now: once a day, however many messengers ask."""
        taken = await self._work.session.scalar(
            update(Ban)
            .where(
                Ban.id == ban.id,
                or_(
                    Ban.answered_at.is_(None),
                    Ban.answered_at <= self._work.now - ANSWERED_AGAIN_AFTER,
                ),
            )
            .values(answered_at=self._work.now)
            .returning(Ban.id)
        )
        return taken is not None
