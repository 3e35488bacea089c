"""What may be attached to a message, and where its bytes are downloaded."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from .wire import Json

SMALL = b"\xff\xd8a smaller copy"
"""What the lesser sizes of a photo hold."""
DOC_TYPES = {"txt": 1, "pdf": 1, "docx": 1, "xlsx": 1, "zip": 2, "gif": 3, "jpg": 4, "png": 4}
HOSTED = frozenset({"photo", "doc", "audio_message", "audio", "graffiti", "sticker"})
"""Kinds whose bytes a bot may have. A video has a page, not a file."""


@dataclass(eq=False)
class StoredFile:
    """One attachment. ``data`` is what a download gives."""

    files: Files
    id: int
    owner_id: int
    kind: str
    data: bytes
    name: str
    size: int
    attributes: Json = field(default_factory=dict)
    gone: bool = False
    """Its addresses answer 404."""
    date: int = field(default_factory=lambda: int(time.time()))

    def __repr__(self) -> str:
        return f"<{self.ref} {self.name!r} {self.size}>"

    @property
    def access_key(self) -> str:
        return f"{self.id:x}{abs(self.owner_id):x}c0ffee"

    @property
    def ref(self) -> str:
        """As ``attachment`` names it."""
        return f"{self.kind}{self.owner_id}_{self.id}_{self.access_key}"

    @property
    def ext(self) -> str:
        return self.name.rsplit(".", 1)[-1].lower() if "." in self.name else "bin"

    def url(self, variant: str = "") -> str:
        """The address of the bytes themselves; ``variant`` is a smaller copy."""
        name = f"{self.kind}{self.owner_id}_{self.id}{variant}.{self.ext}"
        return f"{self.files.base()}/files/{self.access_key}/{name}"

    def wire(self) -> Json:
        make = _KINDS.get(self.kind)
        return {"type": self.kind, self.kind: (make(self) if make else {}) | self.attributes}


def _identity(file: StoredFile) -> Json:
    return {"id": file.id, "owner_id": file.owner_id, "access_key": file.access_key}


def _photo(file: StoredFile) -> Json:
    # The largest is not the last one, and not by the letter either.
    sizes = [("s", 75, 56), ("m", 130, 97), ("w", 2560, 1920), ("x", 604, 453)]
    return _identity(file) | {
        "album_id": -64 if file.owner_id < 0 else -3,
        "date": file.date,
        "text": "",
        "has_tags": False,
        "sizes": [
            {
                "type": letter,
                "width": width,
                "height": height,
                "url": file.url("" if letter == "w" else f"_{letter}"),
            }
            for letter, width, height in sizes
        ],
    }


def _doc(file: StoredFile) -> Json:
    # This address redirects to the bytes, as VK's does.
    address = f"{file.files.base()}/doc{file.owner_id}_{file.id}?hash={file.access_key}&dl=1&api=1"
    return _identity(file) | {
        "title": file.name,
        "size": file.size,
        "ext": file.ext,
        "date": file.date,
        "type": DOC_TYPES.get(file.ext, 8),
        "url": address,
    }


def _audio_message(file: StoredFile) -> Json:
    return _identity(file) | {
        "duration": 3,
        "waveform": [0, 3, 9, 17, 9, 3, 0],
        "link_ogg": file.url(),
        "link_mp3": file.url("_mp3"),
    }


def _audio(file: StoredFile) -> Json:
    return _identity(file) | {
        "artist": "Хор",
        "title": file.name,
        "duration": 180,
        "date": file.date,
        "url": file.url(),
    }


def _graffiti(file: StoredFile) -> Json:
    return _identity(file) | {"url": file.url(), "width": 586, "height": 350}


def _video(file: StoredFile) -> Json:
    return _identity(file) | {
        "title": file.name,
        "description": "",
        "duration": 12,
        "date": file.date,
        "views": 1,
        "can_add": 0,
        "image": [{"url": file.url("_cover"), "width": 320, "height": 240, "with_padding": 1}],
    }


def _wall(file: StoredFile) -> Json:
    return {
        "inner_type": "wall_wallpost",
        "id": file.id,
        "from_id": file.owner_id,
        "to_id": file.owner_id,
        "owner_id": file.owner_id,
        "date": file.date,
        "post_type": "post",
        "text": file.name,
        "attachments": [],
    }


def _sticker(file: StoredFile) -> Json:
    images = [{"url": file.url(f"_{side}"), "width": side, "height": side} for side in (64, 512)]
    return {
        "inner_type": "base_sticker_new",
        "sticker_id": file.id,
        "product_id": 279,
        "images": images,
        "images_with_background": images,
        "is_allowed": True,
    }


def _market(file: StoredFile) -> Json:
    return {
        "id": file.id,
        "owner_id": file.owner_id,
        "title": file.name,
        "description": "",
        "price": {"amount": "10000", "currency": {"id": 643, "name": "RUB"}, "text": "100 ₽"},
        "availability": 0,
        "date": file.date,
    }


def _link(file: StoredFile) -> Json:
    return {"url": file.name, "title": "Страница", "caption": "", "description": ""}


_KINDS: dict[str, Callable[[StoredFile], Json]] = {
    "photo": _photo,
    "doc": _doc,
    "audio_message": _audio_message,
    "audio": _audio,
    "graffiti": _graffiti,
    "video": _video,
    "wall": _wall,
    "sticker": _sticker,
    "market": _market,
    "link": _link,
}


class Files:
    """Every file the server holds, whoever brought it."""

    def __init__(self, base: Callable[[], str]) -> None:
        self.base = base
        self._by_name: dict[tuple[int, int], StoredFile] = {}
        self._numbers = itertools.count(457_239_017)

    def store(
        self,
        kind: str,
        data: bytes = b"",
        *,
        owner: int,
        name: str = "",
        size: int | None = None,
        attributes: Json | None = None,
        number: int | None = None,
    ) -> StoredFile:
        given = next(self._numbers) if number is None else number
        suffix = {"photo": "photo.jpg", "audio_message": "voice.ogg", "sticker": "sticker.png"}
        stored = StoredFile(
            files=self,
            id=given,
            owner_id=owner,
            kind=kind,
            data=data,
            name=name or suffix.get(kind, kind),
            size=len(data) if size is None else size,
            attributes=attributes or {},
        )
        self._by_name[(owner, given)] = stored
        return stored

    def get(self, owner: int, number: int) -> StoredFile | None:
        return self._by_name.get((owner, number))

    def at(self, key: str, name: str) -> bytes | None:
        """The bytes under ``/files/{key}/{name}``."""
        owner, _, rest = name.lstrip("abcdefghijklmnopqrstuvwxyz_").partition("_")
        number, _, variant = rest.partition(".")[0].partition("_")
        stored = self.get(int(owner), int(number)) if number.isdigit() else None
        if stored is None or stored.gone or stored.access_key != key or stored.kind == "video":
            return None
        return SMALL if variant and variant != "mp3" else stored.data
