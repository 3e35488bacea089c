"""`/desk`: the way into the browser desk, in a private chat."""

from __future__ import annotations

from handlers import staff_texts
from handlers.dialogue.turn import Turn


async def send_link(turn: Turn) -> bool:
    """A one-time link for a member. False for anyone else, who is to learn nothing of it."""
    work, address = turn.work, turn.inbound.address
    member = await work.staff.by_account(address.channel, turn.inbound.sender.id)
    if member is None:
        return False
    if not member.desk:
        await turn.say(staff_texts.NO_DESK)
        return True
    token = await work.staff.make_sign_in_link(member.id)
    await turn.say(staff_texts.desk_link(f"{work.base_url}/desk/enter?token={token}"))
    return True
