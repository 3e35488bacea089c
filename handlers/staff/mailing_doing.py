"""What is done with a mailing from the desk's page. Each takes a locked one and returns what its
member is told, and the mailing to look at."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from handlers import mailing_staff_texts as words
from handlers import mailings
from handlers.dialogue.steps import Wrong
from handlers.staff.mailing_form import name_same
from handlers.staff.mailing_steps import expect_sending
from handlers.staff.outage_filled import read_local
from handlers.staff.outage_page_texts import KEPT_MAILING, NOBODY, SENT, STATES, WHEN_TO_SEND
from services.access import AsMember
from services.errors import AlreadySo, NobodyToTell, SameMailing
from services.mailing_audience import Audience
from services.mailing_draft import MailingDraft
from services.nights import after_quiet
from services.tables import Mailing
from services.work import Work

Body = dict[str, Any]


async def send(work: Work, viewer: AsMember, it: Mailing, body: Body) -> tuple[str, int]:
    """Raises `Wrong`, `AlreadySo`."""
    try:
        await mailings.start(work, it, viewer.member_id)
    except SameMailing as same:
        raise Wrong(await name_same(work, same.args[0])) from None
    except NobodyToTell:
        raise Wrong(NOBODY) from None
    await mailings.post_progress(work, it)
    return SENT, it.id


async def schedule(work: Work, viewer: AsMember, it: Mailing, body: Body) -> tuple[str, int]:
    """By the company's clock. Raises `Wrong`, `AlreadySo`."""
    company, typed = await work.company.profile(), body.get("at")
    try:
        at = read_local(typed, ZoneInfo(company.timezone)) if isinstance(typed, str) else None
    except ValueError:
        at = None
    if at is None:
        raise Wrong(WHEN_TO_SEND)
    at = expect_sending(work.now, at)
    try:
        await work.mailings.schedule(viewer, it, at)
    except SameMailing as same:
        raise Wrong(await name_same(work, same.args[0])) from None
    local, now = work.company.local, await work.company.local(work.now)
    lines, morning = [words.planned(await local(at), now)], after_quiet(company, at)
    if morning > at and not it.form.get("by_night"):
        lines.append(f"⚠️ {words.night_then(await local(morning), now)}")
    return "\n".join(lines), it.id


async def hold(work: Work, viewer: AsMember, it: Mailing, body: Body) -> tuple[str, int]:
    await work.mailings.hold(viewer, it)
    return await tell(work, it)


async def go_on(work: Work, viewer: AsMember, it: Mailing, body: Body) -> tuple[str, int]:
    if it.state == "stopped":
        raise Wrong(words.STOPPED)
    await work.mailings.go_on(viewer, it)
    return await tell(work, it)


async def stop(work: Work, viewer: AsMember, it: Mailing, body: Body) -> tuple[str, int]:
    """`begun`: the page knew that it was under way, and its member said yes to that."""
    if (it.state in ("running", "paused")) != bool(body.get("begun")):
        raise AlreadySo
    await work.mailings.stop(viewer, it)
    return await tell(work, it)


async def tell(work: Work, it: Mailing) -> tuple[str, int]:
    if it.started_at is not None:
        await mailings.show_again(work, it)
    return STATES[it.state], it.id


async def send_to_others(work: Work, viewer: AsMember, it: Mailing, body: Body) -> tuple[str, int]:
    """A new draft of a stopped one, which leaves out who has it."""
    if it.state != "stopped":
        raise AlreadySo
    of = it.audience
    audience = Audience(of["who"], tuple(of["places"]), tuple(of["roles"]), tuple(of["messengers"]))
    form = {key: value for key, value in it.form.items() if key not in ("by_night", "key")}
    draft = MailingDraft(it.kind, it.text, tuple(it.photos), audience, form)  # type: ignore[arg-type]
    room = await work.rooms.get(it.room_id)
    new = await work.mailings.keep(viewer, room, "desk", draft)
    return KEPT_MAILING, new.id
