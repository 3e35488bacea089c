"""One-time links to the company's own page, for what a messenger may not show.

The address holds a random token and the table only its hash. Whoever presses the page's button
first has it for some minutes, in that browser alone; looking at the page spends nothing, since
messengers look at every address that is sent. Rights are asked again each time something is shown.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import select

from services.access import AsResident
from services.errors import AlreadySo, NotYours
from services.staff import hashed
from services.tables import Contact, PageLink

if TYPE_CHECKING:
    from services.work import Work

TO_OPEN = timedelta(minutes=15)
OPEN_FOR = timedelta(minutes=15)
What = Literal["account", "readings"]


@dataclass(frozen=True)
class Opened:
    """Whose it is, what it is about, and until when it is shown."""

    viewer: AsResident
    what: str
    about: dict[str, Any]
    until: datetime


class PageLinks:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def make(self, viewer: AsResident, what: What, **about: int) -> str:
        """The address. Whoever calls has made sure that the viewer may see it."""
        token = secrets.token_urlsafe(32)
        self._work.session.add(
            PageLink(
                token_sha256=hashed(token),
                resident_id=viewer.resident_id,
                contact_id=viewer.contact_id,
                what=what,
                about=about,
                made_at=self._work.now,
                expires_at=self._work.now + TO_OPEN,
            )
        )
        await self._work.session.flush()
        return f"{self._work.base_url}/my/{token}"

    async def live(self, token: str) -> str | None:
        """What a press would open, or has; None for nothing (any more). Spends nothing."""
        link = await self._find(token)
        if link is None:
            return None
        until = link.expires_at if link.opened_at is None else link.opened_at + OPEN_FOR
        return link.what if self._work.now < until else None

    async def open(self, token: str) -> str:
        """Spends the link; returns the cookie that shows it from now on. Raises `NotYours` for one
        that is unknown, too old or somebody else's by now, `AlreadySo` for one that was opened."""
        link = await self._find(token, lock=True)
        if link is None:
            raise NotYours
        if link.opened_at is not None:
            raise AlreadySo
        if self._work.now >= link.expires_at:
            raise NotYours
        viewer = await self._viewer(link)
        cookie = secrets.token_urlsafe(32)
        link.opened_at, link.cookie_sha256 = self._work.now, hashed(cookie)
        self._work.audit.note(viewer.name, "opened a page link", about_of(link))
        await self._work.session.flush()
        return cookie

    async def show(self, token: str, cookie: str) -> Opened:
        """Raises `NotYours` without the cookie of whoever opened it, and once its time is over."""
        link = await self._find(token)
        if link is None or link.opened_at is None or not cookie:
            raise NotYours
        if not secrets.compare_digest(link.cookie_sha256 or "", hashed(cookie)):
            raise NotYours
        if self._work.now >= link.opened_at + OPEN_FOR:
            raise NotYours
        until = link.opened_at + OPEN_FOR
        return Opened(await self._viewer(link), link.what, link.about, until)

    async def _find(self, token: str, *, lock: bool = False) -> PageLink | None:
        find = select(PageLink).where(PageLink.token_sha256 == hashed(token))
        return await self._work.session.scalar(find.with_for_update() if lock else find)

    async def _viewer(self, link: PageLink) -> AsResident:
        """A messenger that was unlinked from the person since sees nothing of theirs."""
        contact = await self._work.session.get(Contact, link.contact_id)
        if contact is None or contact.resident_id != link.resident_id:
            raise NotYours
        return AsResident(link.resident_id, link.contact_id)


def about_of(link: PageLink) -> str:
    return f"account:{link.about.get('account', '')}"
