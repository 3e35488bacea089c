"""`/journal` and `/print`: the dispatch journal and a work order, as files in the room."""

from __future__ import annotations

from handlers import staff_texts
from handlers.papers import texts
from handlers.papers.journal import (
    MOST_IN_CHAT,
    MOST_ON_PAPER,
    Wanted,
    head,
    write_paper,
    write_sheet,
)
from handlers.papers.order import write_order
from handlers.staff import papers_texts as words
from handlers.staff.turn import StaffTurn
from services.access import AsMember
from services.errors import NotFound
from services.messaging.types import Address, Attachment, Kind, Outbound
from services.rooms import same_place
from services.understanding.saying.addresses import find_address
from services.understanding.saying.periods import read_days

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAPER = "application/pdf"


async def journal(turn: StaffTurn) -> None:
    """`/journal ноябрь Садовая 5`; alone, of this month and all houses of the room."""
    if turn.viewer.role == "executor" or turn.viewer.inside is not None:
        await turn.say(words.ONLY_DISPATCHERS)
        return
    wanted = await understand(turn)
    if wanted is None:
        return
    work, viewer = turn.work, await within(turn)
    about = await head(work, viewer, wanted)
    if not about.count:
        await turn.say(words.EMPTY)
        return
    if about.count > MOST_IN_CHAT:
        await turn.say(words.TOO_MANY)
        return
    relative, path = work.attachments.new_place()
    await write_sheet(work, viewer, wanted, path)
    files = [await work.attachments.keep_made(relative, f"{about.name}xlsx", SHEET, owner(turn))]
    on_paper = about.count <= MOST_ON_PAPER
    if on_paper:
        relative, path = work.attachments.new_place()
        await write_paper(work, viewer, wanted, path)
        files.append(
            await work.attachments.keep_made(relative, f"{about.name}pdf", PAPER, owner(turn))
        )
    said = about.subtitle if on_paper else f"{about.subtitle}. {words.SHEET_ONLY}"
    work.audit.note(turn.viewer.name, "journal", about.subtitle.partition(".")[0][:60])
    await give(turn, f"{about.title}\n{said}", files)


async def understand(turn: StaffTurn) -> Wanted | None:
    """None after the member was told what is not clear."""
    today = (await turn.work.company.local(turn.work.now)).date()
    try:
        days = read_days(turn.rest, today)
    except ValueError:
        await turn.say(words.NO_SUCH_DAY)
        return None
    rest = days.rest if days else turn.rest
    house_id = None
    if rest.strip(" .,;"):
        houses = find_address(rest, await turn.work.places.houses_of(await within(turn))).houses
        if len(houses) != 1:
            told = words.which_house(houses) if houses else words.NOT_UNDERSTOOD
            await turn.say(told)
            return None
        house_id = houses[0].id
    if days is None:
        return Wanted(today.replace(day=1), today, house_id)
    return Wanted(days.first, days.last, house_id)


async def within(turn: StaffTurn) -> AsMember:
    """In a group, only what is this group's: everybody there reads the file."""
    if turn.at_desk or turn.in_private:
        return turn.viewer
    rooms = await turn.work.rooms.every()
    here = [room for room in rooms if same_place(room, turn.room) and turn.viewer.works_in(room)]
    return AsMember(turn.member.id, "dispatcher", tuple(room.code for room in here))


async def print_out(turn: StaffTurn) -> None:
    """`/print` in a thread: the work order of its ticket."""
    if turn.thread is None:
        await turn.say(staff_texts.NO_THREAD)
        return
    relative, path = turn.work.attachments.new_place()
    try:
        number = await write_order(turn.work, turn.viewer, turn.thread.id, path)
    except NotFound:
        await turn.say(words.NOTHING_TO_PRINT)
        return
    name = texts.order_name(number)
    file = await turn.work.attachments.keep_made(relative, name, PAPER, owner(turn))
    await give(turn, "", [file])


def owner(turn: StaffTurn) -> str:
    return f"member:{turn.member.id}"


async def give(turn: StaffTurn, text: str, files: list[Attachment]) -> None:
    what = Outbound(text=text, attachments=tuple(files))
    if turn.at_desk:
        to = Address(
            channel="desk",
            chat=str(turn.member.id),
            topic=str(turn.thread.id) if turn.thread else turn.inbound.address.topic,
        )
        await turn.work.outbox.say(to, what, Kind.REPLY)
        return
    if turn.in_private:
        address = turn.inbound.address
        to = Address(channel=address.channel, chat=address.chat)
        await turn.work.outbox.say(to, what, Kind.REPLY)
        return
    await turn.work.outbox.post(
        turn.room,
        what,
        Kind.REPLY,
        thread_id=turn.thread.id if turn.thread else None,
        topic=None if turn.thread else turn.inbound.address.topic,
    )
