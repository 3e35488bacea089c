"""Whom an outage concerns: one row a person, however many flats they have, at the messenger that
reaches them. Chosen and put into the outbox by the database alone, so that a hundred thousand
people are a matter of seconds and of no memory here."""

# ruff: noqa: S608 (the statements are put together of this module's own constants)

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from services.messaging.outbox import as_body
from services.messaging.types import PHONE, Kind, Outbound
from services.tables import Notice

if TYPE_CHECKING:
    from services.work import Work

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
ACCIDENT_PRIORITY = Kind.NOTICE.priority  # with the news of requests, before mailings

# A flat of which neither riser nor floor is known is told rather than left out; a parking place,
# which has none, is not.
FITS = """
    (p.flat_id IS NULL OR f.id = p.flat_id)
    AND (p.riser IS NULL OR f.riser = p.riser
         OR (f.riser IS NULL AND coalesce(f.kind, 'flat') = 'flat'))
    AND (p.floor_from IS NULL OR f.floor BETWEEN p.floor_from AND p.floor_to
         OR (f.floor IS NULL AND coalesce(f.kind, 'flat') = 'flat'))
"""
OF_PLACES = f"""
    SELECT DISTINCT h.resident_id, h.flat_id FROM outage_places p
    JOIN homes h ON h.house_id = p.house_id AND h.until IS NULL
    LEFT JOIN flats f ON f.id = h.flat_id
    WHERE p.outage_id = :outage AND {FITS}
      AND (p.entrance_id IS NULL
           OR coalesce(h.entrance_id, f.entrance_id, p.entrance_id) = p.entrance_id)
"""
TOLD = """
    SELECT DISTINCT c.resident_id FROM notices n
    JOIN outbox o ON o.notice_id = n.id
    JOIN contacts c ON c.id = o.contact_id
    WHERE n.outage_id = :outage AND n.id <> :notice
      AND (o.state <> 'dropped' OR :dropped_too)
"""
REACHED = """
    SELECT DISTINCT ON (c.resident_id) c.id, c.resident_id, c.channel, c.chat
    FROM contacts c JOIN people ON people.resident_id = c.resident_id
    WHERE c.unreachable_since IS NULL AND c.channel <> :phone
    ORDER BY c.resident_id, c.last_heard_at DESC, c.id
"""
PEOPLE_OF_PLACES = f"SELECT DISTINCT resident_id FROM ({OF_PLACES}) homes_there"

COUNT = text(
    f"""
    WITH people AS ({PEOPLE_OF_PLACES}), reached AS ({REACHED})
    SELECT channel, count(*) FROM reached GROUP BY channel ORDER BY count(*) DESC, channel
    """
)
FLATS = text(
    f"""
    SELECT h.address, f.number, EXISTS (
        SELECT 1 FROM homes JOIN contacts c ON c.resident_id = homes.resident_id
        WHERE homes.flat_id = f.id AND homes.until IS NULL
          AND c.unreachable_since IS NULL AND c.channel <> :phone) AS covered
    FROM flats f JOIN houses h ON h.id = f.house_id
    WHERE f.kind = 'flat' AND f.withdrawn_at IS NULL AND EXISTS (
        SELECT 1 FROM outage_places p
        WHERE p.outage_id = :outage AND p.house_id = f.house_id AND {FITS}
          AND (p.entrance_id IS NULL OR coalesce(f.entrance_id, p.entrance_id) = p.entrance_id))
    """
)
ENQUEUE = """
    WITH people AS ({people}), reached AS ({reached}),
    added AS (
        INSERT INTO outbox (channel, chat, topic, queue, kind, priority, body, contact_id,
                            notice_id, nonce, created_at, not_before)
        SELECT channel, chat, '', chat || CAST(:queue AS text), CAST(:kind AS text),
               CAST(:priority AS integer), CAST(:body AS jsonb), id, CAST(:notice AS bigint),
               CAST(floor(random() * 2147483647) AS bigint), CAST(:now AS timestamptz),
               CAST(:not_before AS timestamptz)
        FROM reached
        RETURNING channel)
    SELECT channel, count(*) FROM added GROUP BY channel ORDER BY count(*) DESC, channel
"""
DROP = text(
    """
    UPDATE outbox SET state = 'dropped', settled_at = :now
    WHERE notice_id IN (SELECT id FROM notices WHERE outage_id = :outage)
      AND state = 'waiting' AND unsure = 0
    """
)


@dataclass(frozen=True)
class Reach:
    """Flats alone, without parking places and the like; `missed` are those in which nobody can be
    told: address and number."""

    people: dict[str, int]
    flats: int
    missed: tuple[tuple[str, str], ...]

    @property
    def everybody(self) -> int:
        return sum(self.people.values())


class Audience:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def measure(self, outage_id: int) -> Reach:
        """Who would be told now, by messenger, and which flats would not."""
        session, named = self._work.session, {"outage": outage_id, "phone": PHONE}
        people = {row[0]: int(row[1]) for row in await session.execute(COUNT, named)}
        flats = [tuple(row) for row in await session.execute(FLATS, named)]
        missed = tuple((address, number) for address, number, covered in flats if not covered)
        return Reach(people, len(flats), missed)

    async def fits(self, outage_id: int, resident_id: int) -> bool:
        """Whether one of this person's homes is in a place of the outage."""
        found = await self._work.session.scalar(
            text(f"SELECT 1 FROM ({OF_PLACES}) there WHERE resident_id = :resident LIMIT 1"),
            {"outage": outage_id, "resident": resident_id},
        )
        return found is not None

    async def fitting(
        self, resident_id: int, states: Sequence[str], ended_after: datetime = LONG_AGO
    ) -> list[int]:
        """The outages in these states that concern one of this person's homes, earliest first."""
        found = await self._work.session.scalars(
            text(
                f"""
                SELECT o.id FROM outages o WHERE o.state = ANY(CAST(:states AS text[]))
                  AND (o.ended_at IS NULL OR o.ended_at > :ended_after) AND EXISTS (
                    SELECT 1 FROM ({OF_PLACES.replace(":outage", "o.id")}) there
                    WHERE there.resident_id = :resident)
                ORDER BY o.since, o.id
                """
            ),
            {"states": list(states), "resident": resident_id, "ended_after": ended_after},
        )
        return list(found)

    async def tell_places(self, notice: Notice, what: Outbound, *, accident: bool) -> None:
        """Everybody who lives there now. Fills in `people` of the notice."""
        await self._enqueue(notice, what, PEOPLE_OF_PLACES, {}, accident=accident)

    async def tell_again(
        self, notice: Notice, what: Outbound, *, accident: bool, dropped_too: bool
    ) -> None:
        """Those to whom earlier notices of its outage went. `dropped_too`: and those whom none
        reached before it was taken back."""
        await self._enqueue(notice, what, TOLD, {"dropped_too": dropped_too}, accident=accident)

    async def drop_waiting(self, outage_id: int) -> None:
        """What has not left yet of this outage's notices leaves no more."""
        await self._work.session.execute(DROP, {"outage": outage_id, "now": self._work.now})

    async def _enqueue(
        self,
        notice: Notice,
        what: Outbound,
        people: str,
        more: dict[str, object],
        *,
        accident: bool,
    ) -> None:
        await self._work.session.flush()
        enqueue = text(ENQUEUE.format(people=people, reached=REACHED)).bindparams(
            bindparam("body", type_=JSONB)
        )
        rows = await self._work.session.execute(
            enqueue,
            {
                "outage": notice.outage_id,
                "queue": f"||outage {notice.outage_id}",
                "notice": notice.id,
                "phone": PHONE,
                "kind": Kind.BULK,
                "priority": ACCIDENT_PRIORITY if accident else Kind.BULK.priority,
                "body": as_body(what),
                "now": self._work.now,
                "not_before": notice.not_before,
                **more,
            },
        )
        notice.people = {row[0]: int(row[1]) for row in rows}
        for channel in notice.people:
            self._work.ring(f"outbox:{channel}")
        await self._work.session.flush()
