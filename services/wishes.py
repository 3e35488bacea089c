"""What a person wants to be told of: news, reminders, offers. Accidents and outages are not asked
about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from services.access import AsResident
from services.tables import Wish

if TYPE_CHECKING:
    from services.work import Work

Wanted = Literal["news", "reminders", "offers"]

KINDS: tuple[Wanted, ...] = get_args(Wanted)
DEFAULTS: dict[Wanted, bool] = {"news": True, "reminders": True, "offers": False}
"""Offers of paid services need a consent of their own (the law on advertising)."""

# What waits for an hour or for the morning is not told any more.
DROP = text(
    """
    UPDATE outbox SET state = 'dropped', settled_at = :now
    WHERE state = 'parked' AND contact_id IN (SELECT id FROM contacts WHERE resident_id = :resident)
      AND notice_id IN (
        SELECT n.id FROM notices n LEFT JOIN mailings m ON m.id = n.mailing_id
        WHERE n.state IN ('going', 'held')
          AND coalesce(m.kind, n.kind) = ANY(CASE :kind WHEN 'news' THEN ARRAY['news']
              WHEN 'offers' THEN ARRAY['offer']
              ELSE ARRAY['reminder', 'payment', 'debt', 'readings'] END))
    """
)
BRING = text(
    """
    INSERT INTO wishes AS mine (resident_id, kind, wanted, at)
    SELECT :ours, kind, wanted, at FROM wishes WHERE resident_id = :theirs
    ON CONFLICT (resident_id, kind) DO UPDATE SET wanted = EXCLUDED.wanted, at = EXCLUDED.at
    WHERE EXCLUDED.at > mine.at
    """
)


class Wishes:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def of(self, viewer: AsResident) -> dict[Wanted, bool]:
        rows = await self._work.session.execute(
            select(Wish.kind, Wish.wanted).where(Wish.resident_id == viewer.resident_id)
        )
        said = {row.kind: row.wanted for row in rows}
        return {kind: said.get(kind, DEFAULTS[kind]) for kind in KINDS}

    async def say(self, viewer: AsResident, kind: Wanted, *, wanted: bool) -> None:
        """The last word of the person counts, also for what has not left yet."""
        new = {"wanted": wanted, "at": self._work.now}
        await self._work.session.execute(
            insert(Wish)
            .values(resident_id=viewer.resident_id, kind=kind, **new)
            .on_conflict_do_update(index_elements=["resident_id", "kind"], set_=new)
        )
        if not wanted:
            named = {"resident": viewer.resident_id, "kind": kind, "now": self._work.now}
            await self._work.session.execute(DROP, named)
        what = "wants" if wanted else "wants no"
        about = f"resident:{viewer.resident_id}"
        self._work.audit.note(viewer.name, f"{what} {kind}", about)

    async def bring(self, theirs: int, ours: int) -> None:
        """Two residents turned out to be one: what was said last holds."""
        await self._work.session.execute(BRING, {"theirs": theirs, "ours": ours})


def wants(kind: Wanted, resident: str) -> str:
    """SQL: whether they want it. `resident`: their id, in SQL."""
    said = f"SELECT 1 FROM wishes w WHERE w.resident_id = {resident} AND w.kind = '{kind}'"  # noqa: S608
    if DEFAULTS[kind]:
        return f"NOT EXISTS ({said} AND NOT w.wanted)"
    return f"EXISTS ({said} AND w.wanted)"
