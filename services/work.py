"""One transaction and every service in it.

A handler or a loop gets a `Work`, speaks to its services, and everything it did commits
together. Nothing in here reaches the network.
"""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.attachments import Attachments
from services.audit import Audit
from services.bans import Bans
from services.closing import Closing
from services.company.company import CompanyData
from services.desk import Desk
from services.due import Due
from services.limits import Limits
from services.linking import Linking
from services.messaging.copies import Copies
from services.messaging.inbox import Inbox
from services.messaging.outbox import Outbox
from services.messaging.posts import Posts
from services.messaging.sessions import Sessions
from services.messaging.unsent import Unsent
from services.people import People
from services.places import Places
from services.ratings import Ratings
from services.rooms import Rooms
from services.staff import Staff
from services.surges import Surges
from services.threads import Threads
from services.tickets import Tickets


class Work:
    """Services are made when first asked for; they share the session and the moment `now`.
    `base_url` is where a browser reaches us."""

    def __init__(self, session: AsyncSession, now: datetime, base_url: str = "") -> None:
        self.session = session
        self.now = now
        self.base_url = base_url
        self._bells: set[str] = set()

    def ring(self, bell: str) -> None:
        """Wakes whoever waits for `bell`, in any process, once this transaction commits."""
        self._bells.add(bell)

    async def finish(self) -> None:
        """Called once, just before the commit."""
        await self.session.flush()
        if self._bells:
            await self.session.execute(
                text("SELECT pg_notify('domovoy', bell) FROM unnest(CAST(:bells AS text[])) bell"),
                {"bells": sorted(self._bells)},
            )
            self._bells.clear()

    @cached_property
    def inbox(self) -> Inbox:
        return Inbox(self)

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self)

    @cached_property
    def unsent(self) -> Unsent:
        return Unsent(self)

    @cached_property
    def sessions(self) -> Sessions:
        return Sessions(self)

    @cached_property
    def copies(self) -> Copies:
        return Copies(self)

    @cached_property
    def posts(self) -> Posts:
        return Posts(self)

    @cached_property
    def company(self) -> CompanyData:
        return CompanyData(self)

    @cached_property
    def places(self) -> Places:
        return Places(self)

    @cached_property
    def rooms(self) -> Rooms:
        return Rooms(self)

    @cached_property
    def people(self) -> People:
        return People(self)

    @cached_property
    def linking(self) -> Linking:
        return Linking(self)

    @cached_property
    def staff(self) -> Staff:
        return Staff(self)

    @cached_property
    def threads(self) -> Threads:
        return Threads(self)

    @cached_property
    def surges(self) -> Surges:
        return Surges(self)

    @cached_property
    def tickets(self) -> Tickets:
        return Tickets(self)

    @cached_property
    def desk(self) -> Desk:
        return Desk(self)

    @cached_property
    def attachments(self) -> Attachments:
        return Attachments(self)

    @cached_property
    def audit(self) -> Audit:
        return Audit(self)

    @cached_property
    def ratings(self) -> Ratings:
        return Ratings(self)

    @cached_property
    def closing(self) -> Closing:
        return Closing(self)

    @cached_property
    def limits(self) -> Limits:
        return Limits(self)

    @cached_property
    def bans(self) -> Bans:
        return Bans(self)

    @cached_property
    def due(self) -> Due:
        return Due(self)
