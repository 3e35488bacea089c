"""Drafts by the outside machine: a note in the thread. It reaches a resident by a member's hand
alone, and then it is that member's answer."""

from __future__ import annotations

from handlers import article_words, staff_texts
from handlers.staff import answering
from handlers.staff import drafting_texts as words
from handlers.staff.canned import copying
from handlers.staff.turn import StaffTurn
from services.access import AsResident
from services.drafting import Asked
from services.messaging.outbox import About
from services.messaging.types import Kind, Outbound
from services.tables import Message, Suggestion, Thread
from services.understanding.masking.mask import bring_back
from services.work import Work


async def show_draft(
    work: Work, thread: Thread, row: Suggestion, said: str, asked: Asked
) -> tuple[str, Message]:
    """With what was hidden of the articles and their variables back in it."""
    text = said
    if asked.article is not None:
        viewer = AsResident(thread.resident_id, thread.contact_id)
        draft = asked.article.model_copy(update={"answer": text})
        text = await article_words.write_out(work, draft, viewer)
    text = bring_back(text, asked.hidden)
    note = await work.threads.add(thread, "note", words.AUTHOR, None, text=words.note(text))
    room = await work.rooms.get(thread.room_id)
    what = Outbound(
        header=staff_texts.note_header(words.AUTHOR),
        text=f"{note.text}\n\n{words.IN_A_GROUP}",
        keyboard=words.buttons(row, text),
        silent=True,
    )
    await work.outbox.post(room, what, Kind.RELAY, About(message_id=note.id), thread_id=thread.id)
    return text, note


async def take(turn: StaffTurn, ident: int) -> None:
    """«Взять за основу»: the words alone, to be copied. Raises `NotYours`."""
    row, thread = await turn.work.drafting.get(turn.viewer, ident)
    await turn.turn_to(thread)
    await turn.say(words.base(row.text), copying(row.text))


async def send(turn: StaffTurn, ident: int) -> None:
    """«Отправить жителю», pressed by a member. Raises `NotYours`."""
    row, thread = await turn.work.drafting.get(turn.viewer, ident)
    await turn.turn_to(thread)
    if row.sent_by is not None:
        await turn.say(words.SENT)
    elif thread.state == "closed":
        await turn.say(words.CLOSED)
    elif await turn.work.drafting.is_answered(thread):
        await turn.say(words.ANSWERED)
    elif not words.is_whole(row.text):
        await turn.say(words.UNFINISHED)
    else:
        row.sent_by = turn.member.id
        await answering.tell_resident(turn, thread, row.text, written=False)
        turn.work.audit.note(turn.viewer.name, "draft sent", f"thread:{thread.id}")
