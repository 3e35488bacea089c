"""What is done with an outage, from the chat and from the desk's page alike. Each takes a locked
one and returns what its member is told."""

from __future__ import annotations

from datetime import datetime

from handlers import incidents, open_posts, outages
from handlers import outage_staff_texts as words
from handlers.dialogue.steps import Wrong
from services.access import AsMember
from services.errors import AlreadySo
from services.outage_rules import permitted, waits_too_long
from services.tables import Outage
from services.work import Work
from services.zones import wall_of


async def send(work: Work, viewer: AsMember, outage: Outage) -> str:
    """Raises `AlreadySo`."""
    notice = await outages.announce(work, outage, viewer.member_id)
    title = await outages.staff_title(work, outage)
    lines = [words.sent(sum(notice.people.values()), title)]
    if notice.not_before > work.now:
        local = await wall_of(work, outage)
        lines.append(words.in_the_morning(local(notice.not_before), local(work.now)))
    return "\n".join(lines)


async def schedule(work: Work, viewer: AsMember, outage: Outage, at: datetime) -> str:
    """Raises `Wrong`, `AlreadySo`."""
    if at >= outage.since:
        raise Wrong(words.SEND_LATE)
    if await waits_too_long(work, outage, at):
        raise Wrong(words.SEND_LATE_BY_NIGHT)
    await outages.schedule(work, viewer, outage, at)
    assert outage.announce_at is not None
    local = await wall_of(work, outage)
    title = await outages.staff_title(work, outage)
    return words.planned(title, local(outage.announce_at), local(work.now))


async def prolong(work: Work, viewer: AsMember, outage: Outage, until: datetime | None) -> str:
    """Raises `Wrong`, `AlreadySo`."""
    if outage.state != "announced":
        raise AlreadySo
    if until is not None and until <= outage.since:
        raise Wrong(words.ENDS_FIRST)
    outage.until = until
    what = await outages.compose(work, outage, "prolonged")
    notice = await work.outages.prolong(viewer, outage, until, what)
    await open_posts.tell_of_outage(work, outage, notice, what)
    title = await outages.staff_title(work, outage)
    lines = [words.prolonged(title, sum(notice.people.values()))]
    bound = await permitted(work, outage)
    if until and bound is not None and until - outage.since > bound:
        lines.append(f"⚠️ {words.too_long(until - outage.since, bound)}")
    return "\n".join(lines)


async def end(work: Work, viewer: AsMember, outage: Outage, *, restored: bool) -> tuple[str, bool]:
    """True: residents hear of it. Raises `AlreadySo`."""
    kind = "restored" if restored else "cancelled"
    what = await outages.compose(work, outage, kind)
    notice = await work.outages.end(viewer, outage, "restored" if restored else "cancelled", what)
    if notice is not None:
        await open_posts.tell_of_outage(work, outage, notice, what)
    if restored:
        await incidents.ask_whether_over(work, outage)
    count = None if notice is None else sum(notice.people.values())
    title = await outages.staff_title(work, outage)
    return words.ended(title, count, restored=restored), notice is not None
