"""What members do about an answer of theirs: send it again, by another messenger, take it back."""

from __future__ import annotations

from handlers import answers, relay_texts
from handlers.staff.turn import StaffTurn
from services.errors import NotYours
from services.tables import Message, Thread


async def send_again(turn: StaffTurn, message_id: int) -> None:
    """«Повторить»: the same words the same way."""
    thread, message = await find_answer(turn, message_id)
    if message.withdrawn_at is not None:
        await turn.say(relay_texts.ALREADY_RECALLED)
        return
    way = await turn.work.outbox.last_way(message.id)
    if way is None or way.state in ("waiting", "sending", "sent"):
        await turn.say(relay_texts.ALREADY_WENT)
        return
    contact = await turn.work.people.contact(way.contact_id or thread.contact_id)
    if contact.resident_id != thread.resident_id:  # that messenger is another person's by now
        contact = await turn.work.people.where_to_answer(thread)
    await answers.send_answer(turn.work, thread, message, contact)
    await turn.say(relay_texts.sent_again(contact.channel))


async def send_otherwise(turn: StaffTurn, message_id: int) -> None:
    """«Другой канал»: the messenger this resident used last but for the one that refused."""
    thread, message = await find_answer(turn, message_id)
    if message.withdrawn_at is not None:
        await turn.say(relay_texts.ALREADY_RECALLED)
        return
    way = await turn.work.outbox.last_way(message.id)
    if way is not None and way.state in ("waiting", "sending", "sent"):
        await turn.say(relay_texts.ALREADY_WENT)
        return
    refused = way.contact_id if way else None
    others = await turn.work.people.reachable(thread.resident_id, but=refused)
    if not others:
        await turn.say(relay_texts.NO_OTHER_CHANNEL)
        return
    await answers.send_answer(turn.work, thread, message, others[0])
    await turn.say(relay_texts.sent_again(others[0].channel))


async def find_answer(turn: StaffTurn, message_id: int) -> tuple[Thread, Message]:
    """Raises `NotYours`, also for a trainee's that nobody has let go."""
    message = await turn.work.threads.message(message_id)
    if message is None or message.by != "member":
        raise NotYours
    if message.held_at is not None and message.released_by is None:
        raise NotYours
    thread = await turn.work.threads.get(turn.viewer, message.thread_id, lock=True)
    await turn.turn_to(thread)
    return thread, message


async def recall(turn: StaffTurn) -> None:
    """`/recall` in answer to what was said, to one or to many, or the member's last answer here."""
    messages = await turn.work.threads.find_all(turn.inbound.address, turn.inbound.reply_to)
    if not messages and turn.thread is not None:
        last = await turn.work.threads.last_answer(turn.thread, turn.member.id)
        messages = [last] if last else []
    messages = [message for message in messages if message.by == "member"]
    if not messages:
        await turn.say(relay_texts.NOTHING_TO_RECALL)
        return
    if messages[0].member_id != turn.member.id and turn.member.role == "executor":
        await turn.say(relay_texts.RECALL_YOUR_OWN)
        return
    standing = [message for message in messages if message.withdrawn_at is None]
    if not standing:
        await turn.say(relay_texts.ALREADY_RECALLED)
        return
    in_time = [await recall_one(turn, message) for message in standing]
    if all(in_time):
        await turn.say(relay_texts.RECALLED_IN_TIME)


async def recall_one(turn: StaffTurn, message: Message) -> bool:
    """Raises `NotYours`. True when nothing of it stands with the resident."""
    thread = await turn.work.threads.get(turn.viewer, message.thread_id, lock=True)
    turn.work.audit.note(turn.viewer.name, "recalled", f"message:{message.id}")
    return await answers.take_back(turn.work, thread, message)
