"""Incidents in the room: one tap makes one, one message goes to all, one closing ends all."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence

from handlers import gathering, incident_posts, incidents, outage_staff_texts, posts
from handlers import incident_texts as words
from handlers.dialogue.steps import Wrong
from handlers.staff import forms
from handlers.staff.incident_forms import CLOSE, UNTIL, WRITE, read_until
from handlers.staff.outage_form import OUTAGE
from handlers.staff.statuses import ticket_here
from handlers.staff.turn import StaffTurn
from handlers.wording import sign_member
from services.errors import AlreadyEnded, AlreadySo, NotYours
from services.incidents import MAY_MAKE
from services.matters import Matter
from services.messaging.types import Button, Keyboard
from services.tables import Incident

NUMBER = re.compile(r"[№#]?\s*(\d{1,9})")
SUPPLIES = ("cold_water", "hot_water", "heating", "electricity", "elevator", "intercom")
ENDED = ("restored", "cancelled")  # states of an outage after which one is announced anew


async def listing(turn: StaffTurn) -> None:
    """`/incidents`"""
    if not await may(turn):
        return
    found = await turn.work.incidents.now(turn.viewer)
    if not found:
        await turn.say(words.NOTHING)
        return
    rows = []
    for each in found:
        address = await incident_posts.address_of(turn.work, each)
        count, _ = await turn.work.followers.count(each)
        label = words.line(each, address, count)[:60]
        rows.append([Button(label=label, action=f"staff/incident/{each.id}")])
    await say(turn, words.LIST, rows)


async def from_ticket(turn: StaffTurn) -> None:
    """`/incident` in a thread: it becomes one; `/incident до 18:00` says until when; `/incident 12`
    adds its request to that one. In General, the list."""
    if turn.thread is None:
        await listing(turn)
        return
    if not await may(turn):
        return
    ticket = await ticket_here(turn)
    if ticket is None:
        return
    if number := NUMBER.fullmatch(turn.rest.strip()):
        await add_to(turn, ticket.id, int(number[1]))
        return
    work, until = turn.work, None
    if turn.rest:
        try:
            zone = await work.company.zone_of_house(ticket.house_id)
            until = read_until(work.now, turn.rest, zone)
        except Wrong as wrong:
            await turn.say(str(wrong))
            return
    incident = await work.incidents.of_ticket(ticket)
    if incident is None:
        try:
            incident, fresh = await work.incidents.make(turn.viewer, ticket)
        except AlreadyEnded:
            await turn.say(words.ENDED_TICKET)
            return
        if fresh:
            incident.until = until
            count = await incidents.begin(work, incident, turn.viewer, author(turn))
            await turn.say(words.made(incident, count))
            return
        await show_joined(turn, incident, ticket.id)
        if not turn.rest:
            return
    if turn.rest and incident.state == "open":
        incident = await work.incidents.expect_until(turn.viewer, incident.id, until)
        count = await incidents.expect_until(work, turn.viewer, incident, author(turn), until)
        wall = await incident_posts.wall_of(work, incident)
        local = wall(until) if until else None
        await turn.say(words.set_until(incident, local, wall(work.now), count))
    else:
        await show_it(turn, incident)


async def make(turn: StaffTurn, ident: int) -> None:
    """«Это одна проблема»"""
    if not await may(turn):
        return
    try:
        incident = await turn.work.incidents.open(turn.viewer, ident)
    except AlreadySo:
        await turn.say(words.ALREADY)
        return
    count = await incidents.begin(turn.work, incident, turn.viewer, author(turn))
    await turn.say(words.made(incident, count))
    if turn.thread is None:
        await forms.begin(turn, UNTIL, incident=incident.id)


async def decline(turn: StaffTurn, ident: int) -> None:
    """«Нет, разные»"""
    if not await may(turn):
        return
    try:
        incident = await turn.work.incidents.decline(turn.viewer, ident)
    except AlreadySo:
        await turn.say(words.ALREADY)
        return
    await gathering.show(turn.work, incident)


async def add(turn: StaffTurn, ticket_id: int) -> None:
    """«К аварии № 12» under a card. Raises `NotYours`."""
    if not await may(turn):
        return
    work = turn.work
    ticket = await work.tickets.get(turn.viewer, ticket_id, lock=True)
    incident = await work.incidents.open_for(Matter.of(ticket))
    if incident is None:
        await turn.say(words.ENDED)
        return
    await add_to(turn, ticket.id, incident.id)


async def add_to(turn: StaffTurn, ticket_id: int, number: int) -> None:
    work = turn.work
    ticket = await work.tickets.get(turn.viewer, ticket_id, lock=True)
    await turn.turn_to(await work.threads.get(turn.viewer, ticket.thread_id))
    try:
        incident = await work.incidents.get(turn.viewer, number)
    except NotYours:
        await turn.say(words.NO_SUCH)
        return
    if ticket.incident_id is not None:
        await turn.say(words.ALREADY_FOLLOWS)
    elif incident.state != "open":
        await turn.say(words.NO_SUCH)
    elif ticket.closed_at is not None:
        await turn.say(words.ENDED_TICKET)
    elif not Matter.of(incident).is_like(Matter.of(ticket)):
        await turn.say(words.OTHER_KIND)
    else:
        try:
            await work.followers.attach(incident, [ticket], turn.viewer.member_id)
        except AlreadyEnded:  # a colleague was quicker
            await turn.say(words.NO_SUCH)
            return
        await show_joined(turn, incident, ticket.id)


async def show_joined(turn: StaffTurn, incident: Incident, ticket_id: int) -> None:
    work = turn.work
    ticket = await work.tickets.get(turn.viewer, ticket_id)
    await turn.say(words.joined(incident))
    await posts.refresh_card(work, await work.threads.of_ticket(ticket))
    await gathering.show(work, incident, gathering.GROWS_EVERY)


async def show(turn: StaffTurn, ident: int) -> None:
    """From the list. Raises `NotYours`."""
    await show_it(turn, await turn.work.incidents.get(turn.viewer, ident))


async def show_it(turn: StaffTurn, incident: Incident) -> None:
    what = await incident_posts.compose(turn.work, incident)
    await turn.say(f"{what.header}\n{what.text}", what.keyboard)


async def ask_until(turn: StaffTurn, ident: int) -> None:
    """«Срок»"""
    if (incident := await open_one(turn, ident)) is not None:
        await forms.begin(turn, UNTIL, incident=incident.id)


async def write(turn: StaffTurn, ident: int) -> None:
    """«Написать всем»"""
    incident = await open_one(turn, ident)
    if incident is None:
        return
    if not await turn.work.followers.open_ones(incident):
        await turn.say(words.NOBODY)
        return
    await forms.begin(turn, WRITE, incident=incident.id)


async def close(turn: StaffTurn, ident: int) -> None:
    """«Закрыть»"""
    if (incident := await open_one(turn, ident)) is not None:
        await forms.begin(turn, CLOSE, incident=incident.id)


async def tell_house(turn: StaffTurn, ident: int) -> None:
    """«Сообщить дому»: the form of an outage, with what is known of it."""
    incident = await open_one(turn, ident)
    if incident is None:
        return
    work = turn.work
    if incident.outage_id is not None:
        outage = await work.outages.get(turn.viewer, incident.outage_id)
        if outage.state not in ENDED:
            report = [outage_staff_texts.report_button(outage)]
            await say(turn, words.TOLD_ALREADY, [report])
            return
    known: dict[str, object] = {
        "planned": False, "houses": [f"h{incident.house_id}"], "incident": incident.id,
        "what": incident.category if incident.category in SUPPLIES else "other",
    }  # fmt: skip
    if known["what"] == "other":
        known["title"] = incident.what
    if incident.until is not None and incident.until > work.now:
        known["when"] = {"since": None, "until": incident.until.isoformat()}
    await forms.begin(turn, OUTAGE, **known)


async def report(turn: StaffTurn, ident: int) -> None:
    """«Как дошло»: of all that was told of it. Raises `NotYours`."""
    work = turn.work
    incident = await work.incidents.get(turn.viewer, ident)
    wall = await incident_posts.wall_of(work, incident)
    told = await work.followers.notices(incident)
    became = await work.notices.outcomes([each.id for each in told])
    lines = [words.title(incident)]
    lines += [
        words.outcome(each.text, wall(each.at), wall(work.now), became[each.id]) for each in told
    ]
    left = await work.followers.open_ones(incident)
    if incident.state == "closed":
        lines.append(words.closing_left(left) if left else words.ALL_CLOSED)
    await turn.say("\n".join(lines))


def is_surge(incident: Incident) -> bool:
    """Its post is a surge's so far, and is answered as one."""
    return incident.state in ("offered", "declined") and incident.surge_id is not None


async def answer_post(turn: StaffTurn, incident: Incident) -> None:
    """What is said in answer to its post goes to everybody in it."""
    if turn.command or turn.text.startswith("//"):
        await turn.say(words.ONE_OF_MANY)
        return
    files = {each.kind for each in turn.inbound.attachments}
    if not turn.text:
        if files or turn.inbound.unreadable:
            await turn.say(words.only_words(files == {"photo"}))
        return
    if not await may(turn):
        return
    if incident.state != "open":
        ended = incident.state == "closed"
        await turn.say(words.ENDED if ended else words.NOT_ONE_YET)
        return
    if len(turn.text) > words.LONGEST:
        await turn.say(words.too_long(len(turn.text), words.LONGEST))
        return
    incident = await turn.work.incidents.get(turn.viewer, incident.id, lock=True)
    _, count = await incidents.tell_all(turn.work, incident, turn.viewer, author(turn), turn.text)
    await turn.say(words.written(incident, count))
    if files:
        await turn.say(words.only_words(files == {"photo"}))


async def answer_by_edit(turn: StaffTurn) -> None:
    """What was said to everybody stays as it was."""
    await turn.say(words.EDIT_STAYS)


# ── What they share ──────────────────────────────────────────────────────────


async def may(turn: StaffTurn) -> bool:
    """False after the member was told why not."""
    if turn.viewer.role not in MAY_MAKE:
        turn.work.audit.note(turn.viewer.name, "refused", turn.command or turn.pressed[:64])
        await turn.say(words.NOT_ALLOWED)
        return False
    if turn.member.trainee:
        await turn.say(words.TRAINEE)
        return False
    return True


async def open_one(turn: StaffTurn, ident: int) -> Incident | None:
    """One that goes on, where a form may be begun; None after the member was told why not. Raises
    `NotYours`."""
    if not await may(turn):
        return None
    incident = await turn.work.incidents.get(turn.viewer, ident)
    if incident.state != "open":
        await turn.say(words.ENDED)
        return None
    if turn.thread is not None:
        await turn.say(words.NOT_HERE)
        return None
    return incident


def author(turn: StaffTurn) -> str:
    return sign_member(turn.member)


async def say(turn: StaffTurn, text: str, rows: Sequence[Sequence[Button]]) -> None:
    await turn.say(text, Keyboard(rows=tuple(tuple(row) for row in rows)) if rows else None)


PRESSES: dict[str, Callable[[StaffTurn, int], Awaitable[None]]] = {
    "incident": show,
    "incmake": make,
    "incnot": decline,
    "incadd": add,
    "incuntil": ask_until,
    "incwrite": write,
    "incclose": close,
    "inctell": tell_house,
    "incstat": report,
}
