"""Admins hear of the program's own troubles, and that they are over."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from handlers import alert_texts as words
from services.messaging.types import Kind, Outbound
from services.troubles import Trouble
from services.work import Work


async def tell(work: Work, found: Sequence[Trouble], judges: Callable[[str], bool]) -> None:
    """One post for all that is new at once. What waits because its messenger is away is no trouble
    of its own."""
    away = {each.about for each in found if each.kind == "channel"} | await work.troubles.down()
    found = [each for each in found if each.kind != "queue" or each.about not in away]

    def knows(key: str) -> bool:
        """A queue is left unjudged while its messenger is away."""
        kind, _, about = key.partition(" ")
        return judges(key) and not (kind == "queue" and about in away)

    begun, over = await work.troubles.settle(found, knows)
    now = await work.company.local(work.now)
    lines = [words.begun(each, now) for each in begun] + [words.over(key) for key in over]
    if not lines:
        return
    for each in begun:
        work.audit.note("system", "trouble began", each.key)
    for key in over:
        work.audit.note("system", "trouble is over", key)
    what = Outbound(text="\n\n".join(lines))
    for to in await work.troubles.where_admins_read():
        await work.outbox.say(to, what, Kind.NOTICE)
