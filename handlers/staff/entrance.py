"""`/desk`: the way into the browser desk, in a private chat."""

from __future__ import annotations

from handlers import staff_texts
from handlers.staff.turn import StaffTurn


async def send_link(turn: StaffTurn) -> None:
    """A one-time link."""
    work, member = turn.work, turn.member
    if not member.desk:
        await turn.say(staff_texts.NO_DESK)
        return
    token = await work.staff.make_sign_in_link(member.id)
    await turn.say(staff_texts.desk_link(f"{work.base_url}/desk/enter?token={token}"))
