"""What members may do in their private chat with the bot: commands in `PRIVATE`, and the buttons
of staff under what they were told there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from handlers.dialogue.turn import Turn
from handlers.staff import (
    articles,
    articles_typing,
    commands,
    entrance,
    erasures,
    finding,
    forms,
    hearing,
    holding,
    imports,
    incidents,
    interruptions,
    mailings,
    outages,
    posters,
    readings,
    reminders,
    team,
)
from handlers.staff.turn import StaffTurn
from services.access import MAY_COUNT
from services.messaging.types import Address, Attachment, Happening, Keyboard, Kind, Outbound
from services.staff import as_member


class PrivateTurn(StaffTurn):
    """What is said goes to the member alone. `room`: the first one they work in."""

    in_private: ClassVar[bool] = True

    async def say(
        self,
        text: str,
        buttons: Keyboard | None = None,
        *,
        header: str = "",
        files: Sequence[Attachment] = (),
    ) -> None:
        address = self.inbound.address
        to = Address(channel=address.channel, chat=address.chat)
        what = Outbound(text=text, keyboard=buttons, header=header, attachments=tuple(files))
        await self.work.outbox.say(to, what, Kind.REPLY)


PRIVATE: dict[str, Callable[[PrivateTurn], Awaitable[None]]] = {
    "/desk": entrance.send_link,
    "/find": finding.find,
    "/найти": finding.find,
    "/articles": articles.articles,
    "/статьи": articles.articles,
    "/code": holding.give_code,
    "/код": holding.give_code,
    "/release": holding.release,
    "/отключить": holding.release,
    "/import": imports.imports,
    "/загрузки": imports.imports,
    "/mailing": mailings.mailing,
    "/рассылка": mailings.mailing,
    "/readings": readings.readings,
    "/показания": readings.readings,
    "/reading": readings.reading,
    "/показание": readings.reading,
    "/debts": reminders.debts,
    "/долги": reminders.debts,
    "/outage": outages.outage,
    "/отключение": outages.outage,
    "/poster": posters.poster,
    "/плакат": posters.poster,
    "/reach": posters.reach,
    "/охват": posters.reach,
    "/incidents": incidents.listing,
    "/аварии": incidents.listing,
    "/hours": interruptions.hours,
    "/часы": interruptions.hours,
    "/erasures": erasures.erasures,
    "/акты": erasures.erasures,
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


async def hear_form(turn: Turn) -> bool:
    """What a member writes into a form of staff, which may well speak of gas and floods."""
    form = forms.FORMS.get(turn.session.scene)
    if form is None or turn.text.startswith("/") or await begin(turn) is None:
        return False
    await form.receive(turn)
    return True


async def hear_file(turn: Turn) -> bool:
    """A table from whoever may import it. Of anybody else it is a file like any other; and so it is
    where a form is open, which may have asked for it."""
    found = imports.tables_of(turn.inbound.attachments)
    if not found or turn.inbound.happening is not Happening.MESSAGE:
        return False
    if turn.session.scene in forms.FORMS or (staff_turn := await begin(turn)) is None:
        return False
    if staff_turn.viewer.role not in MAY_COUNT:
        return False
    await imports.take(staff_turn, found)
    return True


async def hear_press(turn: Turn) -> bool:
    staff_turn = await begin(turn) if turn.pressed.startswith("staff/") else None
    if staff_turn is None:
        return False
    staff_turn.pressed = turn.pressed
    await commands.press(staff_turn)
    return True


async def hear_typed(turn: Turn, action: str = "") -> bool:
    """What an admin was asked to type for an article, which may well speak of gas and fire.
    `action`: of a button of the menu that the words stand for; then it is none."""
    if turn.session.scene != articles_typing.SCENE or turn.inbound.pressed:
        return False
    if action not in ("", "/cancel"):
        turn.leave()
        return False
    staff_turn = await begin(turn) if not turn.text.startswith("/") else None
    return staff_turn is not None and await articles_typing.hear_words(staff_turn)


async def hear_reply(turn: Turn) -> bool:
    """What an executor answers to the card of a request of theirs is said in its thread; so is
    what a member answers to the alarm they were called to."""
    work, inbound = turn.work, turn.inbound
    if inbound.happening is not Happening.MESSAGE or not inbound.reply_to:
        return False
    quoted = await work.threads.find(turn.address, inbound.reply_to)
    staff_turn = await begin(turn) if quoted is not None else None
    if quoted is None or staff_turn is None:
        return False
    viewer = await work.executors.may_act(staff_turn.viewer, quoted.thread_id)
    if viewer is None and await work.alarms.was_called(staff_turn.member.id, quoted):
        viewer = staff_turn.viewer
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
    staff_turn = PrivateTurn(work, inbound, (theirs or rooms)[0], member, viewer, None)
    staff_turn.dialogue = turn
    return staff_turn
