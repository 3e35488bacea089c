"""A turn: one thing heard from one person, and all that is said in answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.access import AsResident
from services.errors import NotYours
from services.messaging.outbox import About
from services.messaging.sessions import Session
from services.messaging.types import Address, Attachment, Button, Inbound, Keyboard, Kind, Outbound
from services.tables import Contact
from services.work import Work

Rows = Sequence[Sequence[Button]]

_ORNAMENT = re.compile(r"[^\w\s]|_", re.UNICODE)
_NUMBER = re.compile(r"[№#]?\s*(\d{1,2})\s*[.)]?")
_STEERING = ("/back", "/cancel", "/skip", "/done", "menu/show")


def plain(text: str) -> str:
    """How typed words are compared with a button's: no case, no emoji, no ё, single spaces."""
    bare = _ORNAMENT.sub(" ", text.casefold().replace("ё", "е"))
    return " ".join(bare.split())


def split_action(action: str) -> tuple[str, int]:
    """What and which of `ticket/show/123`; 0 where no number follows. A number that no row of
    ours can have is `NotYours`."""
    _, what, ident = [*action.split("/"), "", ""][:3]
    if not ident:
        return what, 0
    if not re.fullmatch(r"[0-9]{1,18}", ident):
        raise NotYours
    return what, int(ident)


class Turn:
    """What a resident's handler works with. `pressed` is the action of a button, whether it was
    pressed or its label typed; `shown` are the buttons that stood there when they did."""

    def __init__(self, work: Work, inbound: Inbound, contact: Contact, session: Session) -> None:
        self.work = work
        self.inbound = inbound
        self.contact = contact
        self.session = session
        self.viewer = AsResident(contact.resident_id, contact.id)
        self.text = inbound.text.strip()
        self.shown = list(session.offered)
        self.pressed = inbound.pressed or self._press_by_label()
        self._offered_now = False
        self._held: list[Outbound] | None = None

    @property
    def address(self) -> Address:
        return Address(channel=self.contact.channel, chat=self.contact.chat)

    def _press_by_label(self) -> str:
        typed = plain(self.text)
        if not typed:
            return ""
        return next((action for label, action in self.shown if plain(label) == typed), "")

    def press_by_number(self) -> str:
        """The action of the second button for "2", "2." or "№2". Those that steer («Назад»,
        «Отмена») are not counted."""
        number = _NUMBER.fullmatch(self.text)
        counted = [action for _, action in self.shown if not action.endswith(_STEERING)]
        if number is None or not 1 <= int(number[1]) <= len(counted):
            return ""
        return counted[int(number[1]) - 1]

    async def say(
        self,
        text: str,
        rows: Rows = (),
        *,
        header: str = "",
        standing: bool = False,
        files: Sequence[Attachment] = (),
    ) -> None:
        """Adds one message to what is said. Its buttons become what typed words are compared
        with."""
        keyboard = None
        if rows:
            keyboard = Keyboard(rows=tuple(tuple(row) for row in rows), standing=standing)
            if not standing:
                self._offer(keyboard)
        what = Outbound(text=text, header=header, keyboard=keyboard, attachments=tuple(files))
        if self._held is not None:
            self._held.append(what)
        else:
            await self._send(what)

    async def _send(self, what: Outbound) -> None:
        about = About(contact_id=self.contact.id)
        await self.work.outbox.say(self.address, what, Kind.REPLY, about)

    def hold_back(self) -> None:
        """What is said from now on waits for `speak_up`."""
        self._held = []

    async def speak_up(self, *, drop: bool = False) -> None:
        """Says what was held back, or, with `drop`, leaves it unsaid."""
        held, self._held = self._held or [], None
        for what in held if not drop else ():
            await self._send(what)

    def _offer(self, keyboard: Keyboard) -> None:
        if not self._offered_now:
            self.session.offered = []
            self._offered_now = True
        self.session.offered += [(b.label, b.action) for b in keyboard.flat() if b.action]

    def go(self, scene: str, **state: object) -> None:
        """The next thing this person says goes to `scene`."""
        self.session.scene = scene
        self.session.state = dict(state)

    def leave(self, **state: object) -> None:
        """No dialogue is going on any more."""
        self.go("", **state)
        if not self._offered_now:
            self.session.offered = []
