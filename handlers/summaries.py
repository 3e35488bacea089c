"""The morning summary, to each manager in private."""

from __future__ import annotations

from handlers import summary_texts
from services.chores import Chore
from services.messaging.types import Kind, Outbound
from services.work import Work


async def tell(work: Work, member_id: int) -> None:
    claimed = await work.summaries.claim(member_id)
    if claimed is None:
        return
    to, summary = claimed
    what = Outbound(
        header=summary_texts.header(summary), text=summary_texts.lines(summary, work.now)
    )
    await work.outbox.say(to, what, Kind.NOTICE)


CHORES = (Chore("the morning summary", lambda work: work.summaries.find_due(), tell),)
