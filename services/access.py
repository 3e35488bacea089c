"""Who may see and do what: the one place that decides.

Every read and change of a thread, a ticket or a home names its viewer and comes through here;
what a viewer may not see is `NotYours`, whether it exists or not.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.errors import NotYours
from services.tables import Home, Link, Room, Thread


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
    """A member sees the threads of their rooms; no rooms named = every room."""

    member_id: int
    role: str
    rooms: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"member:{self.member_id}"

    def works_in(self, room: Room) -> bool:
        return self.role == "admin" or not self.rooms or room.code in self.rooms


Viewer = AsResident | AsMember


def check_thread(viewer: Viewer, thread: Thread | None, room: Room | None) -> Thread:
    """Raises `NotYours` unless the viewer may see the thread."""
    if thread is None:
        raise NotYours
    if isinstance(viewer, AsResident):
        allowed = thread.resident_id == viewer.resident_id
    else:
        allowed = room is not None and viewer.works_in(room)
    if not allowed:
        raise NotYours
    return thread


def check_home(viewer: AsResident, home: Home | None) -> Home:
    if home is None or home.resident_id != viewer.resident_id or home.until is not None:
        raise NotYours
    return home


def check_link(viewer: AsResident, link: Link | None) -> Link:
    """Both sides may undo a link, and be told that it is undone."""
    if link is None or viewer.resident_id not in (link.to_resident_id, link.from_resident_id):
        raise NotYours
    return link
