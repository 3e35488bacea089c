"""Where something is told, as a page has it filled in: houses, and of a single one its parts. All
mistakes are gathered, each by its field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from handlers import outage_staff_texts as words
from handlers.dialogue.steps import Wrong
from handlers.staff.outage_page_texts import BAD_FLATS, BAD_FLOORS, beside
from handlers.staff.outage_steps import fit_parts
from services.access import AsMember
from services.errors import NotYours
from services.tables import House
from services.understanding.saying.parts import Parts, read_parts
from services.work import Work
from services.zones import zones_of_houses

LONGEST_PARTS = 300


class Placed(Protocol):
    """Of a single house `entrances` and `risers` are as they are called, `floors` and `flats` as
    typed."""

    @property
    def houses(self) -> tuple[int, ...]: ...
    @property
    def entrances(self) -> tuple[str, ...]: ...
    @property
    def risers(self) -> tuple[str, ...]: ...
    @property
    def floors(self) -> str: ...
    @property
    def flats(self) -> str: ...


class Mistakes(Exception):
    """By field, in words."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(next(iter(fields.values()), ""))
        self.fields = fields


@dataclass
class PlaceReading:
    """Reads on after a mistake, so that all are told at once."""

    work: Work
    placed: Placed
    wrong: dict[str, str] = field(default_factory=dict)

    def note(self, name: str, why: object) -> None:
        self.wrong.setdefault(name, beside(str(why)))

    async def houses(self, viewer: AsMember, *, one_zone: bool) -> list[House]:
        """Raises `NotYours`."""
        mine = {house.id: house for house in await self.work.places.houses_of(viewer)}
        if not set(self.placed.houses) <= set(mine):
            raise NotYours
        chosen = [house for ident, house in mine.items() if ident in self.placed.houses]
        if not chosen:
            self.note("houses", words.CHOOSE_HOUSE)
        elif one_zone and len(await zones_of_houses(self.work, [h.id for h in chosen])) > 1:
            self.note("houses", words.SEVERAL_ZONES)
        return chosen

    async def parts(self, houses: Sequence[House]) -> list[dict[str, Any]]:
        """Columns of an `OutagePlace` within a single house; none for the whole of it."""
        if len(houses) != 1:
            return []
        floors = self._read("floors", "этажи", BAD_FLOORS).floors
        flats = self._read("flats", "кв.", BAD_FLATS).flats
        wanted = {
            "entrances": Parts(self.placed.entrances, self.placed.risers, floors),
            "flats": Parts(flats=flats),
        }
        found: list[dict[str, Any]] = []
        for name, each in wanted.items():
            if each:
                try:
                    found += await fit_parts(self.work, houses[0], each)
                except Wrong as wrong:
                    self.note(name, wrong)
        return found

    def _read(self, name: str, noun: str, why: str) -> Parts:
        typed = str(getattr(self.placed, name)).strip()
        parts = read_parts(f"{noun} {typed}") if typed else Parts()
        only = parts.floors if name == "floors" else parts.flats
        if typed and (not only or parts.rest or len(typed) > LONGEST_PARTS):
            self.note(name, why)
            return Parts()
        return parts
