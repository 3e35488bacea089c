"""«Принято» and «Ложная тревога»: what a member says of an alarm, in the room, at the desk or in
private."""

from __future__ import annotations

from handlers import alarm_texts as words
from handlers import alarms
from handlers.resident import danger_texts
from handlers.staff import taking
from handlers.staff.turn import StaffTurn
from services.errors import AlreadySo, NotYours
from services.messaging.types import Kind
from services.tables import Alarm, Thread


async def accept(turn: StaffTurn, alarm_id: int) -> None:
    """The member has it from now on, with the request and the thread. Raises `NotYours`."""
    work = turn.work
    alarm, thread = await turn_to(turn, alarm_id)
    if not await work.alarms.accept(thread.id, turn.member.id):
        await refuse(turn, alarm)
        return
    ticket = await work.tickets.of_thread(turn.viewer, thread.id, lock=True)
    if ticket is not None and ticket.status == "new":
        await work.tickets.move(turn.viewer, ticket, "accepted")
    if thread.taken_by is None and turn.member.role != "executor":
        await work.taking.take(turn.viewer, thread)
    await tell(turn, words.taken(turn.member))
    await taking.show_taker(work, thread, on_card=False)
    claimed = await work.alarms.claim_untold(alarm.id)
    assert claimed is not None
    await alarms.announce(work, *claimed)


async def call_off(turn: StaffTurn, alarm_id: int) -> None:
    """Nothing happened: an ordinary conversation is left of it. Raises `NotYours`."""
    alarm, thread = await turn_to(turn, alarm_id)
    try:
        await turn.work.alarms.call_off(turn.viewer, alarm, thread)
    except AlreadySo:
        await refuse(turn, alarm)
        return
    if thread.subject.startswith("🚨"):
        turn.work.threads.name(thread, thread.subject.removeprefix("🚨").strip())
    await tell(turn, words.called_off(turn.member))
    await taking.show_taker(turn.work, thread, on_card=False)
    company = await turn.work.company.profile()
    text = danger_texts.called_off(company)
    await alarms.tell_resident(turn.work, thread, text, Kind.RELAY)
    await alarms.refresh(turn.work, alarm, thread)


async def turn_to(turn: StaffTurn, alarm_id: int) -> tuple[Alarm, Thread]:
    alarm = await turn.work.alarms.get(alarm_id)
    if alarm is None:
        raise NotYours
    thread = await turn.work.threads.get(turn.viewer, alarm.thread_id, lock=True)
    await turn.turn_to(thread)
    return alarm, thread


async def refuse(turn: StaffTurn, alarm: Alarm) -> None:
    """Somebody was quicker."""
    found = await turn.work.alarms.get(alarm.id)
    assert found is not None
    if found.outcome == "accepted" and found.member_id and found.settled_at:
        name = await turn.work.staff.name_of(found.member_id)
        at = await turn.work.company.local(found.settled_at)
        await turn.say(words.taken_already(name, at))
    else:
        await turn.say(words.FALSE_ALREADY if found.outcome == "false" else words.OVER)


async def tell(turn: StaffTurn, line: str) -> None:
    await turn.tell_room(line)
    if turn.in_private or turn.thread is None:
        await turn.say(line)
