"""Messengers that are switched off: no process has a token for them any more.

Nobody is reached there, so their contacts count as unreachable until the messenger is on again, and
what waits for it goes otherwise or is given up.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from services.messaging.moving import Tell, move_portion
from services.messaging.types import OFF

if TYPE_CHECKING:
    from services.work import Work

MOVES_AFTER = timedelta(minutes=2)  # a restart without the token may be a mistake
GIVES_UP_AFTER = timedelta(days=1)
AT_A_TIME = 10_000

LED = text("SELECT NOT pg_try_advisory_xact_lock(hashtextextended(:name, 7))")
KNOWN = text(  # a member may be known where we never were
    "SELECT name FROM channels UNION SELECT channel FROM member_accounts ORDER BY 1"
)
ON_AGAIN = text(
    """
    UPDATE channels SET off_since = NULL
    WHERE off_since IS NOT NULL AND name = ANY(CAST(:names AS text[]))
    RETURNING name
    """
)
REACHED_AGAIN = text(
    """
    UPDATE contacts SET unreachable_since = NULL, unreachable_why = NULL
    WHERE channel = ANY(CAST(:names AS text[])) AND unreachable_why = :off
    """
)
OFF_NOW = text(
    """
    INSERT INTO channels (name, off_since) VALUES (:name, CAST(:now AS timestamptz))
    ON CONFLICT (name) DO UPDATE
        SET off_since = coalesce(channels.off_since, excluded.off_since)
    """
)
NOT_REACHED = text(
    """
    UPDATE contacts SET unreachable_since = :now, unreachable_why = :off
    WHERE channel = :name AND unreachable_since IS NULL
    """
)
GIVE_UP = text(  # a mailing must have an end, and old news of a request help nobody
    """
    UPDATE outbox SET state = 'refused', reason = 'off', settled_at = :now
    WHERE id IN (
        SELECT id FROM outbox
        WHERE channel = :name AND contact_id IS NOT NULL AND state IN ('parked', 'waiting')
          AND unsure = 0
        LIMIT :most FOR UPDATE SKIP LOCKED)
    RETURNING id
    """
)


async def mark(work: Work, on: Collection[str]) -> Sequence[str]:
    """Who is reached, as the settings of this process have it. A messenger that another process
    leads for is on, whatever they say. Returns those that are off."""
    if back := list(await work.session.scalars(ON_AGAIN, {"names": sorted(on)})):
        await work.session.execute(REACHED_AGAIN, {"names": back, "off": OFF})
    off = []
    for name in [each for each in await work.session.scalars(KNOWN) if each not in on]:
        if await work.session.scalar(LED, {"name": name}):
            continue
        named = {"name": name, "now": work.now, "off": OFF}
        await work.session.execute(OFF_NOW, named)
        await work.session.execute(NOT_REACHED, named)
        off.append(name)
    return off


async def move_on(work: Work, name: str, tell: Tell) -> bool:
    """What waits for a messenger that is off goes by another one, and whoever wrote an answer that
    cannot is told. True where there may be more."""
    since = await work.session.scalar(
        text("SELECT off_since FROM channels WHERE name = :name"), {"name": name}
    )
    if since is None or work.now - since < MOVES_AFTER:
        return False
    moved = await move_portion(work, name, tell, off=True)
    if moved.left or work.now - since < GIVES_UP_AFTER:
        return moved.left
    named = {"name": name, "now": work.now, "most": AT_A_TIME}
    given_up = await work.session.execute(GIVE_UP, named)
    return len(given_up.all()) == AT_A_TIME
