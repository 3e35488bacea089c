"""Whom a mailing is for: one row a person, chosen by the database alone. What it chooses by stands
in the mailing itself, so that the preview, the start and «Новости» ask the same."""

# ruff: noqa: S608 (the statements are put together of this module's own constants)

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import text

from services.audience import FITS
from services.mailing_progress import seconds_for
from services.messaging.types import PHONE
from services.tables import Mailing
from services.wishes import wants

if TYPE_CHECKING:
    from services.work import Work

Who = Literal[
    "everybody", "listed", "unlisted", "verified", "unverified", "owners", "tenants", "elders",
    "staff",
]  # fmt: skip

SAME_WITHIN = timedelta(days=1)


@dataclass(frozen=True)
class Audience:
    """`who`: of the homes in the places all, those whose flat the company lists or does not list,
    those who proved to hold an account of that home or did not, its owners or tenants alone, or the
    houses' elders; staff have no places but `roles`. A place is the columns of an
    `OutagePlace`. `roles`, `messengers`: empty for any; a person has a messenger who writes in it,
    and is told where they wrote last."""

    who: Who = "everybody"
    places: tuple[dict[str, Any], ...] = ()
    roles: tuple[str, ...] = ()
    messengers: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {key: list(v) if isinstance(v, tuple) else v for key, v in asdict(self).items()}


@dataclass(frozen=True)
class Reach:
    """By messenger those who would be told now. `unwilling`: who could be but do not wish to be
    told such things; `told`: who have it from a stopped mailing that was the same. `missed` of the
    `flats` are those in which nobody can be written to."""

    people: dict[str, int]
    unwilling: int
    told: int
    flats: int
    missed: int
    zones: tuple[str, ...]

    @property
    def everybody(self) -> int:
        return sum(self.people.values())

    @property
    def seconds(self) -> float:
        """How long it takes, about."""
        return seconds_for(self.people)


PLACES = """
    jsonb_to_recordset(m.audience->'places') AS p(
        house_id bigint, entrance_id bigint, riser text, floor_from integer, floor_to integer,
        flat_id bigint)
"""
# An account whose flat nobody could name is for the house's home that has no flat either.
HOLDS = """
    EXISTS (
        SELECT 1 FROM holdings d JOIN accounts a ON a.id = d.account_id
        WHERE d.resident_id = h.resident_id AND d.until IS NULL AND a.withdrawn_at IS NULL
          AND a.house_id = h.house_id
          AND (a.flat_id = h.flat_id OR a.flat_id IS NULL OR h.flat_id IS NULL) {role})
"""
OF_WHO = f"""
    CASE m.audience->>'who'
        WHEN 'everybody' THEN TRUE
        WHEN 'listed' THEN h.flat_id IS NOT NULL
        WHEN 'unlisted' THEN h.flat_id IS NULL
        WHEN 'verified' THEN {HOLDS.format(role="")}
        WHEN 'unverified' THEN NOT {HOLDS.format(role="")}
        WHEN 'owners' THEN {HOLDS.format(role="AND d.role = 'owner'")}
        WHEN 'tenants' THEN {HOLDS.format(role="AND d.role = 'tenant'")}
        WHEN 'elders' THEN EXISTS (
            SELECT 1 FROM elders e WHERE e.resident_id = h.resident_id
              AND e.house_id = h.house_id AND e.until IS NULL)
        ELSE FALSE
    END
"""
AT_HOME = f"""
    FROM mailings m
    CROSS JOIN LATERAL {PLACES}
    JOIN homes h ON h.house_id = p.house_id AND h.until IS NULL
    JOIN houses b ON b.id = h.house_id
    LEFT JOIN flats f ON f.id = h.flat_id
    WHERE {FITS} AND {OF_WHO}
      AND (p.entrance_id IS NULL
           OR coalesce(h.entrance_id, f.entrance_id, p.entrance_id) = p.entrance_id)
"""
AMONG_STAFF = """
    FROM mailings m
    JOIN members s ON s.withdrawn_at IS NULL
      AND (m.audience->'roles' = CAST('[]' AS jsonb) OR m.audience->'roles' ? s.role
           OR (s.granted AND m.audience->'roles' ? 'admin'))
    JOIN member_accounts a ON a.member_id = s.id
    JOIN contacts c ON c.channel = a.channel AND c.user_id = a.user_id
    WHERE m.audience->>'who' = 'staff'
"""
HAS_MESSENGER = """
    (m.audience->'messengers' = CAST('[]' AS jsonb) OR EXISTS (
        SELECT 1 FROM contacts c WHERE c.resident_id = there.resident_id
          AND c.unreachable_since IS NULL AND m.audience->'messengers' ? c.channel))
"""
IS_WILLING = f"""
    CASE WHEN m.audience->>'who' = 'staff' THEN TRUE
         WHEN m.kind = 'news' THEN {wants("news", "there.resident_id")}
         WHEN m.kind = 'offer' THEN {wants("offers", "there.resident_id")}
         ELSE TRUE END
"""
# However long ago it was stopped, until one like it came to its end: next month's is another.
TOLD = """
    there.resident_id IN (
        SELECT c.resident_id FROM mailings e
        JOIN notices n ON n.mailing_id = e.id
        JOIN outbox o ON o.notice_id = n.id AND o.state IN ('sending', 'sent', 'unknown')
        JOIN contacts c ON c.id = o.contact_id
        WHERE e.key = :key AND e.id <> :mailing AND e.state = 'stopped' AND NOT EXISTS (
            SELECT 1 FROM mailings d
            WHERE d.key = e.key AND d.state = 'done' AND d.started_at > e.started_at))
"""
HAS_IT = """
    EXISTS (
        SELECT 1 FROM notices n
        JOIN outbox o ON o.notice_id = n.id AND o.state IN ('sent', 'unknown')
        JOIN contacts c ON c.id = o.contact_id
        WHERE n.mailing_id = m.id AND c.resident_id = :resident)
"""
# Homes in several zones: one of them is the person's.
CHOSEN = f"""
    SELECT there.resident_id, there.zone, {IS_WILLING} AS willing, {TOLD} AS told
    FROM mailings m
    CROSS JOIN (
        SELECT resident_id, min(zone) AS zone FROM (
            SELECT h.resident_id, b.timezone AS zone {AT_HOME} AND m.id = :mailing
            UNION ALL
            SELECT c.resident_id, '' {AMONG_STAFF} AND m.id = :mailing) each_home
        GROUP BY resident_id) there
    WHERE m.id = :mailing AND {HAS_MESSENGER}
"""
PEOPLE = f"""
    SELECT resident_id FROM ({CHOSEN}) chosen WHERE willing AND NOT told AND zone = :zone
"""
COUNT = text(
    f"""
    SELECT channel, zone, willing, told, count(*) FROM (
        SELECT DISTINCT ON (c.resident_id) c.channel, people.zone, people.willing, people.told
        FROM contacts c JOIN ({CHOSEN}) people ON people.resident_id = c.resident_id
        WHERE c.unreachable_since IS NULL AND c.channel <> :phone
        ORDER BY c.resident_id, c.last_heard_at DESC, c.id) reached
    GROUP BY 1, 2, 3, 4 ORDER BY count(*) DESC, 1
    """
)
FLATS = text(
    f"""
    SELECT count(*), count(*) FILTER (WHERE NOT EXISTS (
        SELECT 1 FROM homes JOIN contacts c ON c.resident_id = homes.resident_id
        WHERE homes.flat_id = f.id AND homes.until IS NULL
          AND c.unreachable_since IS NULL AND c.channel <> :phone))
    FROM flats f
    WHERE f.kind = 'flat' AND f.withdrawn_at IS NULL AND EXISTS (
        SELECT 1 FROM mailings m CROSS JOIN LATERAL {PLACES}
        WHERE m.id = :mailing AND m.audience->>'who' IN ('everybody', 'listed')
          AND p.house_id = f.house_id AND {FITS}
          AND (p.entrance_id IS NULL OR coalesce(f.entrance_id, p.entrance_id) = p.entrance_id))
    """
)


def named(mailing: Mailing) -> dict[str, object]:
    """What `PEOPLE` asks for, but the zone."""
    return {"mailing": mailing.id, "key": mailing.key}


async def measure(work: Work, mailing: Mailing) -> Reach:
    """Who would be told now, and who would not."""
    await work.session.flush()
    known = {**named(mailing), "phone": PHONE}
    people: dict[str, int] = {}
    zones: dict[str, None] = {}
    unwilling = told = 0
    for channel, zone, willing, told_before, count in await work.session.execute(COUNT, known):
        if not willing:
            unwilling += count
        elif told_before:
            told += count
        else:
            people[channel] = people.get(channel, 0) + count
            zones[zone] = None
    row = (await work.session.execute(FLATS, {"mailing": mailing.id, "phone": PHONE})).one()
    return Reach(people, unwilling, told, row[0], row[1], tuple(sorted(zones)))


async def sent_to(work: Work, resident_id: int, after: datetime) -> list[int]:
    """The mailings since then that are for this person where they live now, also those that left
    before they came. Offers only for those who want them; of what was stopped, which may have been
    a mistake, only what this person has already."""
    found = await work.session.scalars(
        text(
            f"""
            SELECT DISTINCT m.id {AT_HOME}
              AND h.resident_id = :resident AND m.started_at > :after
              AND (m.state IN ('running', 'paused', 'done') OR m.state = 'stopped' AND {HAS_IT})
              AND (m.kind <> 'offer' OR {wants("offers", "h.resident_id")})
              AND {HAS_MESSENGER.replace("there.", "h.")}
            """
        ),
        {"resident": resident_id, "after": after},
    )
    return list(found)
