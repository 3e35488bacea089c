"""Who may see and do what: the one place that decides.

Every read and change of a thread, a ticket or a home names its viewer and comes through here;
what a viewer may not see is `NotYours`, whether it exists or not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select, true

from services.errors import NotYours
from services.tables import Elder, Holding, Home, Link, Room, Thread

MAY_COUNT = ("manager", "admin")


@dataclass(frozen=True)
class AsResident:
    """A resident sees their own things, from whichever messenger they write."""

    resident_id: int
    contact_id: int

    @property
    def name(self) -> str:
        return f"contact:{self.contact_id}"


@dataclass(frozen=True)
class AsMember:
    """A member sees the threads of their rooms and those handed to them; no rooms named = every
    room. `inside`: the channel and chat of the executors' room they act from, where even an
    admin touches only what stands there. `named_for`: the thread of a request they are to do,
    whatever room it stands in."""

    member_id: int
    role: str
    rooms: tuple[str, ...] = ()
    inside: tuple[str, str] | None = None
    named_for: int | None = None

    @property
    def name(self) -> str:
        return f"member:{self.member_id}"

    def works_in(self, room: Room) -> bool:
        if self.inside is not None and self.inside != (room.channel, room.chat):
            return False
        return self.role == "admin" or not self.rooms or room.code in self.rooms


Viewer = AsResident | AsMember


def check_thread(viewer: Viewer, thread: Thread | None, rooms: Iterable[Room]) -> Thread:
    """Raises `NotYours` unless the viewer may see the thread. `rooms`: those that show it."""
    if thread is None:
        raise NotYours
    if isinstance(viewer, AsResident):
        allowed = thread.resident_id == viewer.resident_id
    else:
        allowed = viewer.named_for == thread.id or any(viewer.works_in(room) for room in rooms)
    if not allowed:
        raise NotYours
    return thread


def threads_of(viewer: AsMember) -> ColumnElement[bool]:
    """The same rule for a list of threads."""
    everywhere = not viewer.rooms or viewer.role == "admin"
    if viewer.inside is None:
        return true() if everywhere else shown_in(viewer.rooms)
    channel, chat = viewer.inside
    rooms = select(Room.id).where(Room.channel == channel, Room.chat == chat)
    if not everywhere:
        rooms = rooms.where(Room.code.in_(viewer.rooms))
    return or_(Thread.room_id.in_(rooms), Thread.handed_to.in_(rooms))


def shown_in(codes: Iterable[str]) -> ColumnElement[bool]:
    """Threads that stand in one of these rooms, as their own or handed to it."""
    rooms = select(Room.id).where(Room.code.in_(list(codes)))
    return or_(Thread.room_id.in_(rooms), Thread.handed_to.in_(rooms))


def check_home(viewer: AsResident, home: Home | None) -> Home:
    if home is None or home.resident_id != viewer.resident_id or home.until is not None:
        raise NotYours
    return home


def check_link(viewer: AsResident, link: Link | None) -> Link:
    """Both sides may undo a link, and be told that it is undone."""
    if link is None or viewer.resident_id not in (link.to_resident_id, link.from_resident_id):
        raise NotYours
    return link


def check_elder(elder: Elder | None) -> Elder:
    """The common requests of a house are seen by whoever is its elder now. `elder`: the viewer's,
    or of one of those that were linked with them."""
    if elder is None or elder.until is not None:
        raise NotYours
    return elder


def check_holding(
    viewer: AsResident, holding: Holding | None, *, money: bool = False, owner: bool = False
) -> Holding:
    """An account and all that hangs on it (balances, bills, meters, readings) is seen by whoever
    holds it now; its sums by those of them who may (`money`); who else sees it is said by an
    `owner`."""
    if holding is None or holding.resident_id != viewer.resident_id or holding.until is not None:
        raise NotYours
    if (money and not holding.sees_money) or (owner and holding.role != "owner"):
        raise NotYours
    return holding


def sees_past(holding: Holding, *, doubted: bool) -> bool:
    """What a meter showed is no money: whoever holds the account sees it, unless somebody doubts
    that they should hold it (`doubted`), or they came as an owner beside another one and have not
    said yet whether that one is still here. A meter that stands still tells of an empty flat."""
    return not doubted and (holding.role != "owner" or holding.sees_money)


def check_counting(viewer: AsMember) -> None:
    """Files of the accounting system, reminders and readings are for managers and admins."""
    if viewer.role not in MAY_COUNT:
        raise NotYours
