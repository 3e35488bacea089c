"""Files go up in three steps: where to, the file itself, and keeping it."""

from __future__ import annotations

import hashlib
import itertools
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .wire import Json, Upload

if TYPE_CHECKING:
    from .files import StoredFile
    from .world import World

IMAGES = frozenset({"jpg", "jpeg", "png", "gif", "webp", "heic"})
UNSAFE = frozenset({"exe", "bat", "cmd", "com", "msi", "scr"})
FIELDS = {"photo": "photo"}
"""The name of the multipart field; ``file`` for all the rest."""


@dataclass(eq=False)
class Ticket:
    """An upload address that was given, and what came to it."""

    number: int
    kind: str
    peer: int
    upload: Upload | None = None
    kept: StoredFile | None = None

    @property
    def hash(self) -> str:
        return hashlib.sha1(f"upload {self.number}".encode()).hexdigest()


class Uploads:
    def __init__(self, world: World) -> None:
        self.world = world
        self.tickets: dict[int, Ticket] = {}
        self.problems: list[str] = []
        self._numbers = itertools.count(900_001)

    def address(self, kind: str, peer: int) -> str:
        ticket = Ticket(next(self._numbers), kind, peer)
        self.tickets[ticket.number] = ticket
        return f"{self.world.base}/upload/{kind}/{ticket.number}?hash={ticket.hash}"

    def receive(self, number: int, given: str, upload: Upload | None) -> Json:
        """What the upload server answers: it has no codes, only words."""
        ticket = self.tickets.get(number)
        if ticket is None or given != ticket.hash:
            return {"error": "ERR_UPLOAD_BAD_HASH: wrong address"}
        field = FIELDS.get(ticket.kind, "file")
        if upload is None or upload.field != field:
            self.problems.append(f"upload: no file in the field {field}")
            upload = None
        ext = upload.filename.rsplit(".", 1)[-1].lower() if upload else ""
        if ticket.kind == "photo":
            good = upload is not None and bool(upload.data) and ext in IMAGES
            ticket.upload = upload if good else None
            photo = json.dumps([{"photo": f"{number}:x", "sizes": []}] if good else [])
            return {"server": number, "photo": photo, "hash": ticket.hash}
        if upload is None or not upload.data:
            return {"error": "no_file", "error_descr": "File not found or too large"}
        if ext in UNSAFE:
            return {"error": "unsafe_file", "error_descr": "This type of file is not allowed"}
        ticket.upload = upload
        return {"file": f"{self.world.group_id}|{ticket.kind}|{number}|{ticket.hash}"}

    def keep(self, ticket: Ticket, title: str = "") -> StoredFile:
        """Kept once, whatever how often it is asked."""
        assert ticket.upload is not None
        if ticket.kept is None:
            ticket.kept = self.world.files.store(
                ticket.kind,
                ticket.upload.data,
                owner=-self.world.group_id,
                name=title or ticket.upload.filename,
            )
        return ticket.kept

    def by_file(self, file: str) -> Ticket | None:
        """The ticket that the words of an upload server name."""
        parts = file.split("|")
        number = parts[2] if len(parts) == 4 else ""
        ticket = self.tickets.get(int(number)) if number.isdigit() else None
        if ticket is None or ticket.upload is None or parts[3] != ticket.hash:
            return None
        return ticket

    def by_photo(self, photo: Any, server: int | None, given: str) -> Ticket | None:
        ticket = self.tickets.get(server or 0)
        if ticket is None or ticket.upload is None or not photo or given != ticket.hash:
            return None
        return ticket
