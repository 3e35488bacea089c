"""How the window of a visit is called."""

from __future__ import annotations

from handlers import visit_texts
from services.tables import Visit
from services.work import Work


async def name_window(work: Work, visit: Visit) -> str:
    local = work.company.local
    return visit_texts.window(
        await local(visit.begins_at), await local(visit.ends_at), await local(work.now)
    )
