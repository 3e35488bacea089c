"""What an executor writes to the bot in private without «Ответить»: it is about a request they do,
and goes to its resident. Where it may be another one, they are asked."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers import status_texts
from handlers.dialogue.said import Said, files_of, join, says_nothing, tell
from handlers.dialogue.turn import Turn, split_action
from handlers.resident.consent import ask_consent, button, consented
from handlers.resident.danger import alarm_of
from handlers.resident.sorting import sort_out
from handlers.staff import answering, hearing, private
from services.errors import NotYours, StaleButton
from services.messaging.types import Happening
from services.tables import Ticket
from services.understanding.reading.danger import find_danger

SCENE = "work"
LATELY = timedelta(minutes=30)
MOST = 8  # buttons


async def hear(turn: Turn) -> bool:
    """False for whoever has nothing to do, and for what belongs to a dialogue of their own."""
    session, said = turn.session, tell(turn.inbound)
    outside = session.scene in ("", "consent", SCENE)
    if turn.inbound.happening is not Happening.MESSAGE or not outside or says_nothing(said):
        return False
    staff_turn = await private.begin(turn)
    if staff_turn is None or staff_turn.viewer.role != "executor":
        return False
    tickets = await turn.work.executors.open_tickets(staff_turn.member.id)
    if not tickets:
        return False
    ticket = await find_meant(turn, staff_turn.member.id, tickets)
    if ticket is None:
        waits = session.state.get("said") if session.scene == SCENE else None
        await ask_which(turn, join(waits, said) if waits else said, tickets)
        return True
    known = session.state.get("about") == ticket.id
    remember(turn, ticket)
    await begin(turn, staff_turn, ticket)
    if not known:
        await staff_turn.say(status_texts.about(ticket))
    await hearing.answer(staff_turn)
    return True


async def find_meant(turn: Turn, member_id: int, tickets: list[Ticket]) -> Ticket | None:
    """The one they spoke of or pressed something under just now; else the only one, unless they
    live in one of the houses and may be speaking of themselves."""
    if turn.session.scene == SCENE:
        return None  # they are being asked
    by_id, since = {ticket.id: ticket for ticket in tickets}, turn.work.now - LATELY
    spoke_at = turn.session.state.get("about_at")
    if spoke_at and datetime.fromisoformat(spoke_at) > since:
        return by_id.get(turn.session.state["about"])
    pressed = await turn.work.executors.acted_on(member_id, since)
    if pressed in by_id:
        return by_id[pressed]
    return tickets[0] if len(tickets) == 1 and not await consented(turn) else None


async def ask_which(turn: Turn, said: Said, tickets: list[Ticket]) -> None:
    turn.go(SCENE, said=said)
    rows = [
        [button(status_texts.label(ticket), f"work/to/{ticket.id}")] for ticket in tickets[:MOST]
    ]
    rows.append([button(status_texts.MY_OWN, "work/mine")])
    await turn.say(status_texts.WHICH, rows)


async def press(turn: Turn) -> None:
    """`work/to/TICKET`, `work/mine`. Raises `NotYours`, `StaleButton`."""
    what, ident = split_action(turn.pressed)
    said = turn.session.state.get("said") if turn.session.scene == SCENE else None
    if said is None:
        raise StaleButton
    if what == "mine":
        turn.leave()
        await hear_own(turn, said)
        return
    staff_turn = await private.begin(turn)
    if what != "to" or staff_turn is None:
        raise NotYours
    open_ones = await turn.work.executors.open_tickets(staff_turn.member.id)
    ticket = next((each for each in open_ones if each.id == ident), None)
    turn.leave()
    if ticket is None:
        await turn.say(status_texts.ENDED_MEANWHILE)
        return
    remember(turn, ticket)
    await begin(turn, staff_turn, ticket)
    assert staff_turn.thread is not None
    await staff_turn.say(status_texts.about(ticket))
    await answering.tell_resident(
        staff_turn, staff_turn.thread, said["words"], files_of(said), written=False
    )


async def hear_own(turn: Turn, said: Said) -> None:
    """Words of theirs as a resident: danger first, as from anybody."""
    if kind := find_danger(said["words"]):
        await alarm_of(turn, kind, said)
    elif await consented(turn):
        await sort_out(turn, said)
    else:
        turn.leave(said=said)
        await ask_consent(turn)


async def begin(turn: Turn, staff_turn: private.PrivateTurn, ticket: Ticket) -> None:
    """In the thread of the request, locked, as its executor. Raises `NotYours`."""
    viewer = await turn.work.executors.may_act(staff_turn.viewer, ticket.thread_id)
    if viewer is None:
        raise NotYours
    staff_turn.viewer = viewer
    await staff_turn.turn_to(await turn.work.threads.get(viewer, ticket.thread_id, lock=True))


def remember(turn: Turn, ticket: Ticket) -> None:
    """What they say next is about it, too."""
    turn.session.state |= {"about": ticket.id, "about_at": turn.work.now.isoformat()}
