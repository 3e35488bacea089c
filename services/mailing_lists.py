"""Mailings that a member is still writing at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, text

from services.access import AsMember
from services.mailings import check
from services.tables import Mailing

if TYPE_CHECKING:
    from services.work import Work

DRAFTS = 20


class MailingLists:
    """Each raises `NotYours` for those who may not send any."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def drafts(self, viewer: AsMember) -> list[Mailing]:
        """Which this member began at the desk, the newest first."""
        check(viewer)
        rows = await self._work.session.scalars(
            select(Mailing)
            .where(
                Mailing.state == "draft",
                Mailing.way == "desk",
                Mailing.member_id == viewer.member_id,
            )
            .order_by(Mailing.id.desc())
            .limit(DRAFTS)
        )
        return list(rows)

    async def of_key(self, viewer: AsMember, key: str) -> Mailing | None:
        """What was begun with this key of a page. Whoever comes second waits for the first."""
        check(viewer)
        await self._work.session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"),
            {"key": f"mailing of page {key}"},
        )
        return await self._work.session.scalar(
            select(Mailing).where(
                Mailing.member_id == viewer.member_id,
                Mailing.way == "desk",
                Mailing.form["key"].as_string() == key,
            )
        )
