"""What members may do in their private chat with the bot: commands in `PRIVATE`, and the buttons
of staff under what they were told there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar

from handlers.dialogue.turn import Turn
from handlers.staff import commands, entrance, finding, hearing, team
from handlers.staff.turn import StaffTurn
from services.messaging.types import Address, Happening, Keyboard, Kind, Outbound
from services.staff import as_member


class PrivateTurn(StaffTurn):
    """What is said goes to the member alone. `room`: the first one they work in."""

    in_private: ClassVar[bool] = True

    async def say(self, text: str, buttons: Keyboard | None = None) -> None:
        address = self.inbound.address
        to = Address(channel=address.channel, chat=address.chat)
        await self.work.outbox.say(to, Outbound(text=text, keyboard=buttons), Kind.REPLY)


PRIVATE: dict[str, Callable[[PrivateTurn], Awaitable[None]]] = {
    "/desk": entrance.send_link,
    "/find": finding.find,
    "/найти": finding.find,
    "/team": team.team,
    "/команда": team.team,
}


async def hear_command(turn: Turn) -> bool:
    """False for no such command, and for anyone who is no member: they are to learn nothing."""
    command = turn.text.split()[0].partition("@")[0].lower()
    staff_turn = await begin(turn) if command in PRIVATE else None
    if staff_turn is None:
        return False
    await PRIVATE[command](staff_turn)
    return True


async def hear_press(turn: Turn) -> bool:
    staff_turn = await begin(turn) if turn.pressed.startswith("staff/") else None
    if staff_turn is None:
        return False
    staff_turn.pressed = turn.pressed
    await commands.press(staff_turn)
    return True


async def hear_reply(turn: Turn) -> bool:
    """What an executor answers to the card of a request of theirs is said in its thread."""
    work, inbound = turn.work, turn.inbound
    if inbound.happening is not Happening.MESSAGE or not inbound.reply_to:
        return False
    quoted = await work.threads.find(turn.address, inbound.reply_to)
    staff_turn = await begin(turn) if quoted is not None else None
    if quoted is None or staff_turn is None:
        return False
    viewer = await work.executors.may_act(staff_turn.viewer, quoted.thread_id)
    if viewer is None:
        return False
    staff_turn.viewer = viewer
    await staff_turn.turn_to(await work.threads.get(viewer, quoted.thread_id, lock=True))
    await hearing.answer(staff_turn)
    return True


async def hear_edit(turn: Turn) -> bool:
    """An executor corrects what they said there."""
    known = await turn.work.threads.find(turn.address, turn.inbound.edits)
    if known is None or known.member_id is None:
        return False
    staff_turn = await begin(turn)
    if staff_turn is None or staff_turn.member.id != known.member_id:
        return False
    viewer = await turn.work.executors.may_act(staff_turn.viewer, known.thread_id)
    if viewer is None:
        return False
    staff_turn.viewer = viewer
    await staff_turn.turn_to(await turn.work.threads.get(viewer, known.thread_id, lock=True))
    await hearing.answer(staff_turn)
    return True


async def begin(turn: Turn) -> PrivateTurn | None:
    work, inbound = turn.work, turn.inbound
    member = await work.staff.by_account(inbound.address.channel, inbound.sender.id)
    if member is None:
        return None
    viewer, rooms = as_member(member), await work.rooms.every()
    theirs = [room for room in rooms if viewer.works_in(room)]
    if not rooms:
        return None
    return PrivateTurn(work, inbound, (theirs or rooms)[0], member, viewer, None)
