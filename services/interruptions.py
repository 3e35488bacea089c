"""How long what was off in a month, against what is permitted (Government Decree 354, app. 1): the
list that fees are recalculated by.

Hours beyond are the greater of two: what all interruptions of the month took beyond the month's
bound, and what each took beyond the bound at once. For each full one the fee falls by a share.
"""

# ruff: noqa: S608 (the statements are put together of this module's own constants)

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import text

from services.access import AsMember
from services.audience import FITS
from services.company.declaration import OutageRules

if TYPE_CHECKING:
    from services.work import Work

MAY_ASK = ("manager", "admin")

Span = tuple[datetime, datetime]
NONE = timedelta(0)
AROUND = timedelta(days=1)  # zones differ by less: the month is cut out of what is read

# Flats by what was off for them; a house whose flats are not known is one nameless flat.
OFF = text(
    f"""
    WITH off AS (
        SELECT o.id, o.what, o.title, o.since, o.state = 'announced' AS going,
               CASE WHEN o.state = 'restored' THEN o.ended_at
                    WHEN o.until < :now THEN o.until ELSE :now END AS ended
        FROM outages o
        WHERE o.state IN ('announced', 'restored') AND o.announced_at IS NOT NULL
          AND o.since < :until AND o.since < :now),
    of_flats AS (
        SELECT p.house_id, f.id AS flat_id, f.number, off.what, off.title,
               array_agg(DISTINCT off.id ORDER BY off.id) AS outages
        FROM off JOIN outage_places p ON p.outage_id = off.id
        LEFT JOIN flats f ON f.house_id = p.house_id AND f.withdrawn_at IS NULL
                         AND f.kind = 'flat'
        WHERE off.ended > :since AND off.ended > off.since
          AND p.house_id = ANY(CAST(:houses AS bigint[]))
          AND (f.id IS NULL OR ({FITS}
               AND (p.entrance_id IS NULL OR coalesce(f.entrance_id, p.entrance_id)
                                             = p.entrance_id)))
        GROUP BY p.house_id, f.id, f.number, off.what, off.title)
    SELECT house_id, what, title, outages,
           array_agg(number ORDER BY flat_id) FILTER (WHERE flat_id IS NOT NULL) AS numbers
    FROM of_flats GROUP BY house_id, what, title, outages
    """
)
SPANS = text(
    """
    SELECT id, since, CASE WHEN state = 'restored' THEN ended_at
                           WHEN until < :now THEN until ELSE :now END,
           state = 'announced'
    FROM outages WHERE id = ANY(CAST(:outages AS bigint[]))
    """
)
FLATS = text(
    """
    SELECT house_id, count(*) FROM flats
    WHERE kind = 'flat' AND withdrawn_at IS NULL AND house_id = ANY(CAST(:houses AS bigint[]))
    GROUP BY house_id
    """
)


@dataclass(frozen=True)
class Interrupted:
    """What was off in a month for these flats of a house; no flats named: for all of it. `times`:
    interruptions, overlapping ones as one. Bounds are None where there are none. `beyond` and
    `percent`: by how much too long, and by how much less is to be paid. `goes_on`: one of them is
    not over, and counts until now or until its term."""

    house_id: int
    address: str
    what: str
    title: str
    flats: tuple[str, ...]
    times: int
    total: timedelta
    longest: timedelta
    month_bound: timedelta | None
    once_bound: timedelta | None
    beyond: timedelta
    percent: float
    goes_on: bool


class Interruptions:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def of_month(
        self, viewer: AsMember, first: date, house_id: int | None = None
    ) -> list[Interrupted]:
        """Of the viewer's houses or one of them, by address; each month is its house's own, from
        midnight to midnight."""
        houses = {house.id: house for house in await self._work.places.houses_of(viewer)}
        if house_id is not None:
            houses = {ident: house for ident, house in houses.items() if ident == house_id}
        rules = (await self._work.company.profile()).outages
        session, now = self._work.session, self._work.now
        rough = month_of(first, ZoneInfo("UTC"))
        rows = list(
            await session.execute(
                OFF,
                {
                    "houses": list(houses), "now": now, "since": rough[0] - AROUND,
                    "until": rough[1] + AROUND,
                },
            )
        )  # fmt: skip
        ids = sorted({ident for row in rows for ident in row.outages})
        spans = {
            ident: (since, ended, going)
            for ident, since, ended, going in await session.execute(
                SPANS, {"outages": ids, "now": now}
            )
        }
        counted = await session.execute(FLATS, {"houses": list(houses)})
        flats = {ident: many for ident, many in counted}  # noqa: C416 (rows are no pairs to mypy)
        found = []
        for row in rows:
            house = houses[row.house_id]
            zone = ZoneInfo(await self._work.company.zone_of_house(house.id))
            month = month_of(first, zone)
            off = [spans[ident] for ident in row.outages]
            merged = merge((since, ended) for since, ended, _ in off)
            within = [span for each in merged if (span := cut(each, month)) is not None]
            if not within:
                continue
            once, monthly = bounds(rules, row.what)
            beyond = too_long(merged, month, once, monthly)
            numbers = tuple(row.numbers or ())
            found.append(
                Interrupted(
                    house_id=house.id,
                    address=house.address,
                    what=row.what,
                    title=row.title,
                    flats=() if len(numbers) == flats.get(house.id, 0) else numbers,
                    times=len(within),
                    total=sum((end - begin for begin, end in within), NONE),
                    longest=max(end - begin for begin, end in merged if cut((begin, end), month)),
                    month_bound=monthly,
                    once_bound=once,
                    beyond=beyond,
                    percent=reduction(beyond, rules.reduction_percent),
                    goes_on=any(going for _, _, going in off),
                )
            )
        places = {ident: place for place, ident in enumerate(houses)}
        return sorted(
            found, key=lambda it: (places[it.house_id], it.what, it.title, bool(it.flats), it.flats)
        )


# ── Arithmetic ───────────────────────────────────────────────────────────────


def month_of(first: date, zone: ZoneInfo) -> Span:
    """From its first midnight to the next month's, on the walls of that zone."""
    first = first.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    return datetime.combine(first, time(), tzinfo=zone), datetime.combine(
        after, time(), tzinfo=zone
    )


def merge(spans: Iterable[Span]) -> list[Span]:
    """What overlaps or touches is one."""
    merged: list[Span] = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((begin, end))
    return merged


def cut(span: Span, month: Span) -> Span | None:
    begin, end = max(span[0], month[0]), min(span[1], month[1])
    return (begin, end) if begin < end else None


def too_long(
    merged: Sequence[Span], month: Span, once: timedelta | None, monthly: timedelta | None
) -> timedelta:
    """Of an interruption that began in another month, only what lies in this one."""
    total = sum((e - b for each in merged if (span := cut(each, month)) for b, e in [span]), NONE)
    beyond_month = max(total - monthly, NONE) if monthly is not None else NONE
    beyond_once = NONE
    if once is not None:
        tails = [cut((begin + once, end), month) for begin, end in merged if end - begin > once]
        beyond_once = sum((tail[1] - tail[0] for tail in tails if tail), NONE)
    return max(beyond_month, beyond_once)


def reduction(beyond: timedelta, percent_an_hour: float) -> float:
    """Percent of the month's fee, for full hours."""
    hours = beyond // timedelta(hours=1)
    return min(round(hours * percent_an_hour, 2), 100.0)


def bounds(rules: OutageRules, what: str) -> tuple[timedelta | None, timedelta | None]:
    """At once, and in a month; None: there is no bound."""
    once = getattr(rules.permitted_hours, what)
    monthly = getattr(rules.permitted_hours_a_month, what)
    return (
        timedelta(hours=once) if once else None,
        timedelta(hours=monthly) if monthly else None,
    )
