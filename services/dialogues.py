"""How a message of a resident finds the dialogue: where it stands, and what decides whether it is
answered. All of it is asked of the database at once, for every message takes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import TextualSelect, text
from sqlalchemy.dialects.postgresql import JSONB

from services.bans import CURRENT
from services.elders import IS_ONE
from services.limits import HEAR, Pace
from services.messaging.sessions import LOAD, Session
from services.messaging.types import Address
from services.people import ANSWER_ON_CONSENT

if TYPE_CHECKING:
    from services.tables import Contact
    from services.work import Work


def _opening(pace: str) -> TextualSelect:
    """The session is locked before the pace is, as everywhere."""
    return text(
        f"""
        WITH here AS ({LOAD}), pace AS ({pace})
        SELECT here.*, (SELECT folding_since FROM pace) AS folding_since,
               ({CURRENT}) AS ban, ({ANSWER_ON_CONSENT}) AS consent, ({IS_ONE}) AS elder
        FROM (SELECT 1) one LEFT JOIN here ON true
        """  # noqa: S608 (put together of constants)
    ).columns(state=JSONB, offered=JSONB)


OPEN = _opening(HEAR)
OPEN_UNCOUNTED = _opening("SELECT CAST(NULL AS timestamptz) AS folding_since")


@dataclass(frozen=True)
class Opened:
    session: Session
    pace: Pace


@dataclass(frozen=True)
class Known:
    """Of the resident whose dialogue is open: the ban that holds, what they said to this version
    of the text of consent, whether they are an elder."""

    resident_id: int
    version: str
    ban: int | None
    consent: bool | None
    elder: bool


class Dialogues:
    def __init__(self, work: Work) -> None:
        self._work = work
        self._known: Known | None = None

    def known(self, resident_id: int) -> Known | None:
        """What this transaction has read of them already, for the services it belongs to."""
        known = self._known
        return known if known is not None and known.resident_id == resident_id else None

    def forget(self) -> None:
        """For whoever changes any of it."""
        self._known = None

    async def open(
        self, address: Address, contact: Contact, version: str, *, counts: bool
    ) -> Opened:
        """Locks the session. `version`: of the text of consent that holds now. `counts`: this is
        one more message of theirs, from whichever messenger."""
        work, resident = self._work, contact.resident_id
        given = {
            "channel": address.channel,
            "chat": address.chat,
            "sender": contact.user_id,
            "resident": resident,
            "version": version,
            "now": work.now,
        }
        if counts:
            found = await work.session.execute(OPEN, given | work.limits.measures())
        else:
            found = await work.session.execute(OPEN_UNCOUNTED, given)
        row = found.one()
        self._known = Known(resident, version, row.ban, row.consent, row.elder)
        session = work.sessions.take(address, contact.user_id, row)
        return Opened(session, Pace.since(row.folding_since, work.now))
