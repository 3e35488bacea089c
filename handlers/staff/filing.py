"""`/new`: a member files for somebody who called, came or wrote elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from handlers import outside_texts, posts, wording
from handlers.notices import tell_staff
from handlers.staff import filing_texts as words
from handlers.staff.turn import StaffTurn
from services.access import AsMember
from services.company.declaration import Category
from services.errors import AlreadySo, NotFound, NothingSaid, NotYours, Refused
from services.filing import Filed, FiledFor
from services.messaging.outbox import About
from services.messaging.types import PHONE, Address, Button, Keyboard, Kind, Outbound
from services.tables import Thread, Ticket
from services.understanding.saying.addresses import find_address
from services.understanding.saying.callers import read_caller
from services.work import Work

MOST_KINDS = 99  # a button's number is the draft's and the kind's in one
IN_A_ROW = 2


async def new(turn: StaffTurn) -> None:
    """`/new Садовая 5 кв 12, Иванова Мария, +7…, течёт кран`; in a thread, for its resident,
    unless somebody else is named."""
    if not turn.rest and turn.thread is None:
        await turn.say(words.HOW)
        return
    try:
        wanted = await understand(turn)
        kinds = await turn.work.filing.kinds(turn.viewer, wanted)
    except NotFound:
        await turn.say(words.NO_HOUSE_HERE if turn.thread else words.NO_HOUSE)
        return
    except NotYours:
        await turn.say(words.NOT_YOUR_HOUSE)
        return
    except WhichHouse as several:
        await turn.say(str(several))
        return
    if not wanted.text and not (turn.thread and wanted.thread_id):
        await turn.say(words.NO_TEXT)
    elif not kinds:
        await turn.say(words.NO_KINDS)
    else:
        await offer(turn, wanted, kinds[:MOST_KINDS])


class WhichHouse(Exception):
    """`str()` is what to ask."""


async def understand(turn: StaffTurn) -> FiledFor:
    """Raises `NotFound` without a house, `WhichHouse`."""
    houses = await turn.work.places.houses_of(turn.viewer)
    address = find_address(turn.rest, houses)
    caller = read_caller(address.rest)
    for_resident = turn.thread is not None and not (caller.name or caller.phone)
    if len(address.houses) > 1:
        raise WhichHouse(words.which_house(address.houses))
    if not address.houses and not for_resident:
        raise NotFound("house")
    return FiledFor(
        text=caller.text,
        house_id=address.houses[0].id if address.houses else None,
        flat=address.flat if address.houses else "",
        name=caller.name,
        phone=caller.phone,
        source=caller.source,
        source_link=caller.link[:500],
        thread_id=turn.thread.id if turn.thread and for_resident else None,
    )


async def offer(turn: StaffTurn, wanted: FiledFor, kinds: Sequence[Category]) -> None:
    wanted, listed = await label(turn.work, turn.viewer, wanted)
    known = ""
    if wanted.thread_id is not None:
        thread = await turn.work.threads.get(turn.viewer, wanted.thread_id)
        resident = await turn.work.people.resident(thread.resident_id)
        known = resident.name or "без имени, из этого разговора"
    keys = [kind.key or kind.code for kind in kinds]
    draft = await turn.work.filing.keep_draft(turn.viewer, wanted, keys)
    offered = [
        Button(label=f"🚨 {kind.title}" if kind.emergency else kind.title, action=act(draft, n))
        for n, kind in enumerate(kinds)
    ]
    rows = [tuple(offered[n : n + IN_A_ROW]) for n in range(0, len(offered), IN_A_ROW)]
    cancel = Button(label=words.CANCEL, action=act(draft, MOST_KINDS))
    asked = await doubt(turn.work, turn.viewer, wanted)
    shown = words.preview(wanted, listed=listed, known=known, asked=asked)
    await turn.say(shown, Keyboard(rows=(*rows, (cancel,))))


def act(draft_id: int, choice: int) -> str:
    return f"staff/file/{draft_id * (MOST_KINDS + 1) + choice}"


async def press(turn: StaffTurn, ident: int) -> None:
    """A category of a draft, or «Отмена». Raises `NotYours`."""
    draft_id, choice = divmod(ident, MOST_KINDS + 1)
    try:
        draft, wanted, keys = await turn.work.filing.take_draft(turn.viewer, draft_id)
    except AlreadySo:
        await turn.say(words.ENDED)
        return
    except NotYours:
        turn.work.audit.note(turn.viewer.name, "refused", turn.pressed[:64])
        await turn.say(words.COLLEAGUES)
        return
    if choice == MOST_KINDS:
        await turn.work.filing.end_draft(draft, None)
        await turn.say(words.CANCELLED)
        return
    if choice >= len(keys):
        raise NotYours
    wanted = replace(wanted, category=keys[choice])
    try:
        filed = await file(turn.work, turn.viewer, wanted)
    except (NotFound, NothingSaid) as refused:
        await turn.say(refusal(refused))
        return
    await turn.work.filing.end_draft(draft, filed.ticket)
    await turn.say(await report(turn.work, turn.viewer, filed.ticket))


async def file_form(work: Work, viewer: AsMember, key: str, wanted: FiledFor) -> Ticket:
    """The same for the desk's form; with the same `key` again it is the request filed before.
    Raises `NotYours`, `NotFound`, `NothingSaid`; what to say afterwards is `report`'s."""
    draft = await work.filing.draft_of_form(viewer, key)
    if draft.ticket_id is not None:
        return await work.tickets.get(viewer, draft.ticket_id)
    filed = await file(work, viewer, wanted)
    await work.filing.end_draft(draft, filed.ticket)
    return filed.ticket


async def doubt(work: Work, viewer: AsMember, wanted: FiledFor) -> str:
    """What to ask before it is filed, empty: nothing. Raises `NotYours`, `NotFound`."""
    await work.filing.kinds(viewer, wanted)  # of a house of others nothing is said
    _, listed = await label(work, viewer, wanted)
    house = await work.places.house(wanted.house_id) if wanted.house_id and not listed else None
    no_phone = wanted.source == "phone" and not wanted.phone and wanted.thread_id is None
    return words.doubt(house, wanted.flat, no_phone=no_phone)


def refusal(refused: Refused) -> str:
    """What a member reads when nothing was filed."""
    if isinstance(refused, NotYours):
        return words.NOT_YOUR_HOUSE
    if isinstance(refused, NothingSaid):
        return words.NO_TEXT
    return words.NO_KIND if "category" in str(refused) else words.NO_HOUSE


async def file(work: Work, viewer: AsMember, wanted: FiledFor) -> Filed:
    """Files, shows it in the room, tells a resident who has a messenger. Raises like the
    service."""
    wanted, _ = await label(work, viewer, wanted)
    filed = await work.filing.file(viewer, wanted)
    ticket, thread = filed.ticket, filed.thread
    work.threads.name(thread, posts.subject(ticket))
    if filed.message is not None:
        await posts.post_card(work, thread, ticket, filed.message)
    else:
        await show_new_ticket(work, thread, ticket)
    if filed.contact.channel != PHONE:
        await tell_resident(work, filed)
    return filed


async def show_new_ticket(work: Work, thread: Thread, ticket: Ticket) -> None:
    """A conversation that stands in its topic already has become a request."""
    assert ticket.filed_by is not None
    room = await work.rooms.get(thread.room_id)
    if ticket.emergency and room.has_topics and room.channel != "desk":
        alarm = await posts.card(work, room, thread, ticket, ticket.text)
        await work.outbox.post(room, alarm, Kind.ALARM)
    name = await work.staff.name_of(ticket.filed_by)
    await tell_staff(work, thread, words.became_ticket(ticket, name), Kind.REPLY)
    await posts.refresh_card(work, thread)


async def tell_resident(work: Work, filed: Filed) -> None:
    ticket, company = filed.ticket, await work.company.profile()
    due, now = await work.company.local(ticket.due_at), await work.company.local(work.now)
    outside = await work.organisations.of(ticket)
    told = outside_texts.told_at_filing(outside) if outside else ""
    await work.outbox.say(
        Address(channel=filed.contact.channel, chat=filed.contact.chat),
        Outbound(
            header=words.receipt_header(ticket),
            text=words.receipt(ticket, company, due, now, told),
        ),
        Kind.NOTICE,
        About(thread_id=filed.thread.id, contact_id=filed.contact.id),
    )


async def report(work: Work, viewer: AsMember, ticket: Ticket) -> str:
    """What the member reads who filed it."""
    due = await work.company.local(ticket.due_at)
    now = await work.company.local(work.now)
    outside = await work.organisations.of(ticket)
    thread = await work.threads.get(viewer, ticket.thread_id)
    to_tell = (await work.people.where_to_answer(thread)).channel == PHONE
    return words.filed(ticket, due, now, outside, to_tell=to_tell)


async def label(work: Work, viewer: AsMember, wanted: FiledFor) -> tuple[FiledFor, bool]:
    """With the address as people call it, and whether the company's list has the number."""
    if wanted.house_id is not None:
        house = await work.places.house(wanted.house_id)
        if house is None:
            raise NotFound(f"house {wanted.house_id}")
        if not wanted.flat:
            return replace(wanted, place=house.address), True
        flats = await work.places.find_flats(house.id, wanted.flat)
        number = wording.name_number(flats[0].number if flats else wanted.flat)
        listed = bool(flats) or not await work.places.lists_flats(house.id)
        return replace(wanted, place=f"{house.address}, {number}"), listed
    if wanted.thread_id is None:
        raise NotFound("house")
    thread = await work.threads.get(viewer, wanted.thread_id)
    place = await work.people.place_of_thread(viewer, thread)
    if place is not None:
        return replace(wanted, place=wording.name_place(place)), place.listed or not place.flat
    before = await work.threads.ticket(thread.id)
    return replace(wanted, place=before.place if before else ""), True
