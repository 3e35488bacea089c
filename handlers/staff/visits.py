"""`/visit`: a window in which somebody comes, offered to the resident."""

from __future__ import annotations

from handlers import posts, staff_texts, visit_texts, visiting
from handlers.dialogue.turn import plain
from handlers.staff.turn import StaffTurn
from handlers.staff.windows import BadWindow, read_window
from handlers.windows import name_window
from services.errors import (
    AlreadyEnded,
    AlreadySo,
    InThePast,
    NotFound,
    StaleButton,
    TooFarAhead,
)
from services.messaging.types import PHONE
from services.tables import Ticket

AGREED = ("согласован", "согласовано", "согласовали", "договорились", "подходит")
OFF = ("отмена", "отменить", "отменен", "отменили", "снять")


async def visit(turn: StaffTurn) -> None:
    """`/visit завтра 10-12`, `/visit согласован`, `/visit отмена`; alone it shows."""
    if turn.thread is None:
        await turn.say(staff_texts.NO_THREAD)
        return
    ticket = await turn.work.tickets.of_thread(turn.viewer, turn.thread.id, lock=True)
    if ticket is None:
        await turn.say(visit_texts.NO_TICKET)
        return
    try:
        if not turn.rest:
            await show(turn, ticket)
        elif plain(turn.rest) in AGREED:
            await agree(turn, ticket)
        elif plain(turn.rest) in OFF:
            await call_off(turn, ticket)
        else:
            await offer(turn, ticket)
    except AlreadyEnded:
        await turn.say(visit_texts.ENDED)
    except InThePast:
        await turn.say(visit_texts.PAST)
    except TooFarAhead:
        await turn.say(visit_texts.TOO_FAR)
    except BadWindow as bad:
        await turn.say(visit_texts.bad_window(str(bad)))


async def show(turn: StaffTurn, ticket: Ticket) -> None:
    visit = await turn.work.visits.current(ticket)
    if visit is None:
        await turn.say(visit_texts.NO_VISIT)
    elif visit.state == "nobody_home":
        await turn.say(visit_texts.NOBODY_HOME_STANDS)
    else:
        window = await name_window(turn.work, visit)
        await turn.say(visit_texts.standing(window, visit.state))


async def offer(turn: StaffTurn, ticket: Ticket) -> None:
    """Raises `BadWindow`, and what `Visits.propose` does."""
    work = turn.work
    assert turn.thread is not None
    window = read_window(turn.rest, await work.company.local(work.now))
    (made,) = await work.visits.propose(turn.viewer, ticket, [window])
    await turn.tell_room(
        visit_texts.offered_line(ticket, await name_window(work, made), turn.member)
    )
    await posts.refresh_card(work, turn.thread)
    await visiting.offer(work, turn.thread, ticket, made)


async def agree(turn: StaffTurn, ticket: Ticket) -> None:
    """By telephone: the resident is told what was agreed on, but for one who can only be called:
    that call was this one."""
    work = turn.work
    assert turn.thread is not None
    offered = await work.visits.offered(ticket)
    if len(offered) != 1:
        await turn.say(visit_texts.ONE_OF_SEVERAL if offered else visit_texts.NOTHING_OFFERED)
        return
    try:
        await work.visits.agree(turn.viewer, offered[0], ticket)
    except (AlreadySo, StaleButton):
        await turn.say(visit_texts.NOTHING_OFFERED)
        return
    window = await name_window(work, offered[0])
    await turn.tell_room(visit_texts.agreed_by_phone_line(ticket, window, turn.member))
    await posts.refresh_card(work, turn.thread)
    if (await work.people.where_to_answer(turn.thread)).channel != PHONE:
        await visiting.tell_resident(work, turn.thread, ticket, visit_texts.agreed(window))


async def call_off(turn: StaffTurn, ticket: Ticket) -> None:
    work = turn.work
    assert turn.thread is not None
    try:
        visit = await work.visits.cancel(turn.viewer, ticket)
    except NotFound:
        await turn.say(visit_texts.NOTHING_OFF)
        return
    window = await name_window(work, visit)
    await turn.tell_room(visit_texts.off_line(ticket, window, turn.member))
    await posts.refresh_card(work, turn.thread)
    await visiting.tell_resident(work, turn.thread, ticket, visit_texts.called_off(window))
