"""The audit log: who did what, when. Only ever added to."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from services.tables import AuditRecord

if TYPE_CHECKING:
    from services.work import Work


class Audit:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def noted_since(self, what: str, about: str, since: datetime) -> bool:
        found = await self._work.session.scalar(
            select(AuditRecord.id)
            .where(AuditRecord.what == what, AuditRecord.about == about, AuditRecord.at >= since)
            .limit(1)
        )
        return found is not None

    async def count_since(self, what: str, since: datetime, about: str | None = None) -> int:
        """`about` None: whatever it was about."""
        find = select(func.count()).where(AuditRecord.what == what, AuditRecord.at >= since)
        if about is not None:
            find = find.where(AuditRecord.about == about)
        return await self._work.session.scalar(find) or 0

    def note(self, who: str, what: str, about: str, **details: Any) -> None:
        """`who` and `about` are "member:5", "ticket:1042" and the like; `details` hold no texts
        of people and no secrets."""
        self._work.session.add(
            AuditRecord(at=self._work.now, who=who, what=what, about=about, details=details)
        )
