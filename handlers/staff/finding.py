"""`/find` and `/history`: what was before, in a few lines, and the way to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from handlers import staff_texts
from handlers.discretion import Discretion, for_thread
from handlers.staff import finding_texts as words
from handlers.staff.turn import StaffTurn
from services.access import AsMember
from services.finding import MOST, Found
from services.messaging.types import Button, Keyboard

IN_A_ROW = 5


async def find(turn: StaffTurn) -> None:
    """`/find СЛОВА`"""
    if not turn.rest:
        await turn.say(words.WHAT_TO_FIND)
        return
    found = await turn.work.finding.find(reader(turn), turn.rest, most=MOST + 1)
    if not found:
        await turn.say(words.nothing(turn.rest))
        return
    title = words.title(turn.rest, more=len(found) > MOST)
    await show(turn, title, found[:MOST])


async def history(turn: StaffTurn) -> None:
    if turn.thread is None:
        await turn.say(staff_texts.NO_THREAD)
        return
    found = await turn.work.finding.history(reader(turn), turn.thread, most=MOST)
    if not found:
        await turn.say(words.NO_HISTORY)
        return
    await show(turn, words.HISTORY, found, why=True)


def reader(turn: StaffTurn) -> AsMember:
    """What is said in a group all of it reads: there only what stands in it is found, however
    much more this member may see elsewhere."""
    if turn.at_desk or turn.in_private:
        return turn.viewer
    return replace(turn.viewer, inside=(turn.room.channel, turn.room.chat))


async def show(turn: StaffTurn, title: str, found: Sequence[Found], *, why: bool = False) -> None:
    local = turn.work.company.local
    now = await local(turn.work.now)
    lines = [title]
    buttons: list[Button] = []
    for each in found:
        because = (words.FLAT if each.by == "flat" else words.PERSON) if why else ""
        shows = await discretion_of(turn, each)
        lines.append(shows.veil(words.line(each, await local(each.at), now, because)))
        if link := await link_to(turn, each):
            buttons.append(Button(label=shows.veil(words.button(each)), url=link))
    rows = tuple(tuple(buttons[i : i + IN_A_ROW]) for i in range(0, len(buttons), IN_A_ROW))
    await turn.say("\n".join(lines), Keyboard(rows=rows) if rows else None)


async def discretion_of(turn: StaffTurn, found: Found) -> Discretion:
    """As the room of the thread may show it, in private and at the desk too; in a group as that one
    may."""
    apart = turn.at_desk or turn.in_private
    room = await turn.work.rooms.get(found.thread.room_id) if apart else turn.room
    return for_thread(room, found.resident, found.ticket)


async def link_to(turn: StaffTurn, found: Found) -> str:
    """To its topic in the group that the member may enter; at the desk the page opens it."""
    if turn.at_desk:
        return ""
    for room in await turn.work.rooms.showing(found.thread):
        if room.channel != "telegram" or not turn.viewer.works_in(room):
            continue
        view = await turn.work.rooms.view(room.id, found.thread.id, room.chat)
        if view.topic and room.chat.startswith("-100"):
            return f"https://t.me/c/{room.chat.removeprefix('-100')}/{view.topic}"
    return ""
