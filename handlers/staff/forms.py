"""Forms for members: in their private chat as residents have them, in a room beside what others say
there. Words written in General go to the form that their author has open; in a thread's topic words
go to the resident, so no form is begun there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from handlers.dialogue.form import Form
from handlers.dialogue.turn import Turn
from handlers.staff.turn import StaffTurn
from services.access import AsMember
from services.errors import NotYours, StaleButton
from services.messaging.sessions import Session
from services.messaging.types import Address, Happening, Outbound
from services.staff import as_member
from services.tables import Room

LIVES = timedelta(minutes=30)  # what is said in a room after that is no answer
STALE = "Эта кнопка от прошлого черновика или чужая. Начните заново: /outage"

FORMS: dict[str, Form] = {}


class RoomTurn(Turn):
    """What is said goes to the room, or at the desk to the member alone. It has no contact and no
    resident."""

    def __init__(self, staff: StaffTurn, session: Session) -> None:
        self.staff = staff
        self.work = staff.work
        self.inbound = staff.inbound
        self.session = session
        self.text = staff.text
        self.shown = list(session.offered)
        self.pressed = staff.pressed or self._press_by_label()
        self._offered_now = False
        self._held = None

    @property
    def address(self) -> Address:
        return self.staff.inbound.address

    async def _send(self, what: Outbound) -> None:
        await self.staff.say(what.text, what.keyboard, header=what.header, files=what.attachments)


async def hear(turn: StaffTurn) -> bool:
    """True when it was an answer to the form that this member has open here."""
    spoke = turn.inbound.happening is Happening.MESSAGE and not turn.command
    asked = turn.pressed.startswith("form/")
    says = turn.text or turn.inbound.attachments
    if turn.in_private or not (asked or (turn.thread is None and spoke and says)):
        return False
    async with dialogue(turn) as talk:
        form = FORMS.get(talk.session.scene)
        if form is None or not_fresh(talk) or elsewhere(turn, talk):
            if asked and turn.pressed.split("/")[1] != talk.session.state.get("finished"):
                await turn.say(STALE)
            return asked
        talk.session.state["heard"] = turn.work.now.isoformat()
        if talk.pressed and not talk.pressed.startswith("form/"):
            return False
        try:
            await form.receive(talk)
        except StaleButton:
            await turn.say(STALE)
    return True


def not_fresh(talk: Turn) -> bool:
    heard = talk.session.state.get("heard")
    return heard is not None and datetime.fromisoformat(heard) < talk.work.now - LIVES


def elsewhere(turn: StaffTurn, talk: Turn) -> bool:
    """In another topic than the form was begun in."""
    here = turn.inbound.address.topic or ""
    return not turn.pressed and talk.session.state.get("topic", here) != here


@asynccontextmanager
async def dialogue(turn: StaffTurn) -> AsyncIterator[Turn]:
    """Where forms of this member stand; kept afterwards."""
    if turn.dialogue is not None:  # their private chat keeps its own
        yield turn.dialogue
        return
    address, sender = turn.inbound.address, turn.inbound.sender.id
    session = await turn.work.sessions.load(address, sender)
    yield RoomTurn(turn, session)
    await turn.work.sessions.save(address, sender, session)


async def begin(turn: StaffTurn, form: Form, **answers: object) -> None:
    async with dialogue(turn) as talk:
        await form.start(talk, **answers)
        talk.session.state["heard"] = turn.work.now.isoformat()
        talk.session.state["topic"] = turn.inbound.address.topic or ""


async def who(talk: Turn) -> tuple[AsMember, Room, str]:
    """The member who fills in a form, their room, and where they are told of what comes of it:
    room, private or desk. Raises `NotYours` for whoever is none any more."""
    if isinstance(talk, RoomTurn):
        staff = talk.staff
        return staff.viewer, staff.room, "desk" if staff.at_desk else "room"
    inbound = talk.inbound
    member = await talk.work.staff.by_account(inbound.address.channel, inbound.sender.id)
    if member is None:
        raise NotYours
    viewer = as_member(member)
    rooms = await talk.work.rooms.every()
    return viewer, next((room for room in rooms if viewer.works_in(room)), rooms[0]), "private"
