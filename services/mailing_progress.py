"""How far a mailing is: what became of each person's row of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, text

from services.tables import Mailing, Notice

if TYPE_CHECKING:
    from services.work import Work

LATELY = timedelta(seconds=30)
LEFT = ("parked", "waiting", "sending")
PACE = {"telegram": 24.0, "vk": 1500.0, "web": 400.0}
"""People a second whom news reaches there, about: the messenger's limit less what replies take."""
SLOWEST = 20.0
PROGRESS = text(
    """
    SELECT CASE WHEN n.state = 'stopped' AND o.state = 'parked' THEN 'dropped' ELSE o.state END,
           o.reason, o.channel, count(*),
           count(*) FILTER (WHERE o.state = 'parked' AND o.not_before > :now),
           count(*) FILTER (WHERE o.settled_at > :lately)
    FROM outbox o JOIN notices n ON n.id = o.notice_id
    WHERE n.mailing_id = :mailing AND n.result IS NULL AND o.contact_id IS NOT NULL AND NOT o.moved
    GROUP BY 1, 2, 3
    """
)
FLATS = text(  # a notice for each zone, each with the flats of all
    """
    SELECT coalesce(max(flats), 0), coalesce(max(flats - flats_reached), 0)
    FROM notices WHERE mailing_id = :mailing
    """
)
BARE = text(
    """
    SELECT o.channel, count(*) FROM outbox o JOIN notices n ON n.id = o.notice_id
    WHERE n.mailing_id = :mailing AND o.contact_id IS NOT NULL AND o.state = 'sent'
      AND NOT o.body ? 'attachments'
    GROUP BY 1 ORDER BY 2 DESC
    """
)


@dataclass(frozen=True)
class Progress:
    """People by state of their row, refused ones by reason, by messenger those who got the words
    without the photos, and who is left. `later`: of those left, who had other news within the hour.
    `lately`: who were settled in the last half minute. `missed` of the `flats`: where nobody could
    be written to when it began."""

    states: dict[str, int]
    reasons: dict[str, int]
    bare: dict[str, int]
    left_by: dict[str, int]
    later: int
    lately: int
    flats: int
    missed: int

    @property
    def everybody(self) -> int:
        return sum(self.states.values())

    @property
    def left(self) -> int:
        return sum(self.left_by.values())

    @property
    def seconds(self) -> float:
        """Until all is told, at the pace it has now; where nothing moves yet, at the usual one."""
        rate = self.lately / LATELY.total_seconds()
        return (self.left - self.later) / rate if rate else seconds_for(self.left_by)


async def measure(work: Work, mailing: Mailing) -> Progress:
    known = {"mailing": mailing.id, "now": work.now, "lately": work.now - LATELY}
    states: dict[str, int] = {}
    reasons: dict[str, int] = {}
    left: dict[str, int] = {}
    later = lately = 0
    for state, reason, channel, count, waits, settled in await work.session.execute(
        PROGRESS, known
    ):
        states[state] = states.get(state, 0) + count
        if state in LEFT:
            left[channel] = left.get(channel, 0) + count
        if state == "refused":
            reasons[reason] = reasons.get(reason, 0) + count
        later, lately = later + waits, lately + settled
    ended = await work.session.scalars(
        select(Notice.result).where(Notice.mailing_id == mailing.id, Notice.result.is_not(None))
    )
    for result in ended:
        assert result is not None
        for state, count in result["states"].items():
            states[state] = states.get(state, 0) + count
        for reason, count in result["reasons"].items():
            reasons[reason] = reasons.get(reason, 0) + count
    bare: dict[str, int] = {}
    if mailing.photos:
        found = await work.session.execute(BARE, {"mailing": mailing.id})
        bare = {row[0]: row[1] for row in found}
    flats, missed = (await work.session.execute(FLATS, {"mailing": mailing.id})).one()
    return Progress(states, reasons, bare, left, later, lately, flats, missed)


def seconds_for(people: Mapping[str, int]) -> float:
    """For so many in each messenger; they do not wait for each other."""
    return max((count / PACE.get(c, SLOWEST) for c, count in people.items()), default=0.0)
