"""Residents without a messenger: what they are to be told stands in the room as one line, which
grows and is changed until somebody has called."""

from __future__ import annotations

from handlers import calling_texts as words
from handlers import posts
from services.calls import Said, phone_of
from services.chores import Chore
from services.messaging.outbox import About
from services.messaging.types import Button, Keyboard, Kind, Outbound
from services.tables import Call, Thread
from services.work import Work


async def put_before_room(work: Work, thread_id: int) -> None:
    """What was said to such a resident, by whatever conversation, taken back or changed."""
    claimed = await work.calls.claim(thread_id)
    if claimed is None:
        return
    thread, call, digest = claimed
    if call is not None:
        await work.calls.change(call, digest)
        await rewrite(work, thread, call)
    elif digest:
        text = await compose(work, thread, None)
        line = await work.threads.add(thread, "system", "", None, text=text)
        if await work.surges.hiding(thread):
            await work.surges.show(thread)
            await posts.show_thread(work, thread)
        call = await work.calls.ask(thread, line.id, digest)
        what = Outbound(text=text, keyboard=buttons(call))
        for room in await work.rooms.showing(thread):
            await work.outbox.post(
                room, what, Kind.RELAY, About(message_id=line.id), thread_id=thread.id
            )
    await posts.refresh_card(work, thread)


async def rewrite(work: Work, thread: Thread, call: Call, text: str = "") -> None:
    """The line says how things stand; without buttons once it is over."""
    if not text:
        text = await compose(work, thread, call) if call.settled_at is None else words.NO_NEED
    line = await work.threads.change(call.message_id, text)
    if line is None:
        return
    what = Outbound(text=text, keyboard=buttons(call) if call.settled_at is None else None)
    for room in await work.rooms.showing(thread):
        if post := await work.unsent.waiting_with(line.id, room):
            await work.unsent.rewrite(post, what)
        elif await work.unsent.goes_to(room, line.id):
            await posts.change_post(work, room, thread, line, what)


async def compose(work: Work, thread: Thread, call: Call | None) -> str:
    contact = await work.people.where_to_answer(thread)
    resident = await work.people.resident(thread.resident_id)
    tried = ""
    if call is not None and call.tried_at is not None:
        local = work.company.local
        tried = words.moment(await local(call.tried_at), await local(work.now))
    said: list[Said] = await work.calls.said(thread.id)
    return words.line(phone_of(contact), resident.name or "", said, call, tried)


def buttons(call: Call) -> Keyboard:
    return Keyboard(
        rows=(
            (
                Button(label=words.CALLED, action=f"staff/called/{call.id}"),
                Button(label=words.NOT_REACHED, action=f"staff/missed/{call.id}"),
            ),
        )
    )


CHORE = Chore(
    "putting calls before a room", lambda work: work.calls.find_changed(), put_before_room
)
