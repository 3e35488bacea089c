"""What a room may show of residents: the company's policy for names and flats (`shows_names`,
`shows_flats`), kept in one place. Whatever leaves for a room, post, edit or title, passes `veil`
when it is delivered; the desk veils what it shows of a room's threads. Danger is always shown with
its flat: whoever runs there needs it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handlers.staff_texts import NAMELESS
from services.messaging.types import Outbound
from services.tables import Resident, Room, Thread, Ticket
from services.work import Work

ALARM = "🚨"
_FLAT = re.compile(
    r",?\s*(?<!\w)(?:кв(?:артир(?:[аеуы]|ой)|-р[аеуы])?\.?|м/м|кладовк[аеуи]|офисе?|"
    r"пом(?:ещение)?\.?)\s*№?\s*[А-ЯA-Zа-яa-z]?\d[\w/-]*"
    # «из 12 квартиры», «в 12-й кв.»; not «3 квартиры без воды», not «в 12 кв. м»
    r"|\s*(?<!\w)(?:из|во?|со?|над|под|от|ко?|у)\s+\d[\w/-]*\s+"
    r"(?:квартир(?:[еуы]|ой)(?!\w)|кв(?!\w)(?!\.?\s*м(?!\w))\.?)",
    re.IGNORECASE,
)
_FLOOR = re.compile(r",?\s*этаж\s+-?\d+(?!\w)")
_EMPTY = re.compile(r"\s*\(\s*\)")


@dataclass(frozen=True)
class Discretion:
    """`known`: names of those whom a thread is about."""

    names: bool = True
    flats: bool = True
    known: tuple[str, ...] = ()

    @classmethod
    def of(cls, room: Room, *known: str | None) -> Discretion:
        rules = room.rules
        return cls(
            rules.get("shows_names", True),
            rules.get("shows_flats", True),
            tuple(name for name in known if name),
        )

    @property
    def shows_all(self) -> bool:
        return self.names and self.flats

    def name(self, name: str) -> str:
        """Empty where none is shown."""
        return name if self.names else ""

    def place(self, address: str, flat: str) -> str:
        return ", ".join(filter(None, [address, flat if self.flats else ""]))

    def veil(self, text: str) -> str:
        """Words of ours and of residents alike: a flat told in words is a flat."""
        if not self.names:
            for name in self.known:
                text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", NAMELESS, text)
            text = text.replace(f"{NAMELESS}: {NAMELESS}", NAMELESS)
        if not self.flats:
            text = _EMPTY.sub("", _FLOOR.sub("", _FLAT.sub("", text)))
        return text

    def veil_all(self, shown: Any) -> Any:
        """Every text of what a browser is given."""
        if isinstance(shown, str):
            return self.veil(shown)
        if isinstance(shown, Mapping):
            return {key: self.veil_all(value) for key, value in shown.items()}
        if isinstance(shown, Sequence):
            return [self.veil_all(value) for value in shown]
        return shown


def for_post(room: Room, header: str, text: str) -> Discretion:
    """Outside of any thread: whose names there may be nobody knows."""
    shows = Discretion.of(room)
    return Discretion(shows.names, flats=True) if is_alarm(header, text) else shows


def is_alarm(header: str, text: str) -> bool:
    return ALARM in header or ALARM in text[:2]


def for_thread(
    room: Room, resident: Resident | None, ticket: Ticket | None, *, danger: bool = False
) -> Discretion:
    shows = Discretion.of(room, resident.name if resident else None)
    if danger or (ticket is not None and ticket.emergency):
        return Discretion(shows.names, flats=True, known=shows.known)
    return shows


async def veil(
    work: Work, room: Room, thread_id: int | None, what: Outbound, title: str
) -> tuple[Outbound, str]:
    """A post on its way into a room, and the name of its topic."""
    if Discretion.of(room).shows_all:
        return what, title
    resident, ticket = None, None
    danger = ALARM in title or is_alarm(what.header, what.text)
    if thread_id is not None:
        thread: Thread = await work.threads.by_id(thread_id)
        resident = await work.people.resident(thread.resident_id)
        ticket = await work.threads.ticket(thread_id)
        danger = danger or await work.alarms.of_thread(thread_id) is not None
    shows = for_thread(room, resident, ticket, danger=danger)
    keyboard = what.keyboard
    if keyboard is not None:
        rows = tuple(
            tuple(
                each.model_copy(
                    update={"label": shows.veil(each.label), "copies": shows.veil(each.copies)}
                )
                for each in row
            )
            for row in keyboard.rows
        )
        keyboard = keyboard.model_copy(update={"rows": rows})
    veiled = what.model_copy(
        update={
            "header": shows.veil(what.header), "text": shows.veil(what.text),
            "keyboard": keyboard,
            "attachments": tuple(
                each.model_copy(update={"title": shows.veil(each.title)})
                for each in what.attachments
            ),
        }
    )  # fmt: skip
    return veiled, shows.veil(title)
