"""What the file leaves out: what it may, and what a mistake has spoilt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args

from services.company.declaration import CODE, CategoryCode
from services.company.reading.shapes import UNREADABLE, is_entry, item_of, shape_of
from services.company.reading.source import Loc
from services.company.reading.words import latin

MAIN_ROOM = "main"


def fill_in(plain: dict[str, Any]) -> None:
    """What may be left out: an entrance's code, a category's key, the main room."""
    for complex_ in _dicts(plain.get("complexes")):
        for house in _dicts(complex_.get("houses")):
            for entrance in _dicts(house.get("entrances")):
                code, number = house.get("code"), entrance.get("number")
                if isinstance(code, str) and re.fullmatch(CODE, code) and number:
                    entrance.setdefault("code", f"{code}-{latin(number)}")
    for category in _dicts(plain.get("categories")):
        if category.get("code") in get_args(CategoryCode):
            category.setdefault("key", category["code"])
    rooms = plain.setdefault("rooms", [])
    if all(room.get("code") != MAIN_ROOM for room in _dicts(rooms)):
        rooms.append({"code": MAIN_ROOM, "title": "Диспетчерская"})


def _dicts(values: list[Any] | None) -> Iterator[dict[str, Any]]:
    return (value for value in values or () if isinstance(value, dict))


def build_loosely(shape: Any, value: Any, loc: Loc, wrong: set[Loc]) -> Any:
    """The same classes with nothing required: what is missing or wrong is blank, so that the
    checks across the file still see all that is right."""
    if is_entry(shape):
        said = value if isinstance(value, dict) else {}
        fields: dict[str, Any] = {}
        for name, field in shape.model_fields.items():
            here = (*loc, name)
            good = name in said and here not in wrong and said[name] is not UNREADABLE
            if good or field.is_required():
                given = said[name] if good else None
                fields[name] = build_loosely(shape_of(field.annotation), given, here, wrong)
            else:
                fields[name] = field.default
        return shape.model_construct(**fields)
    if item := item_of(shape):
        return tuple(
            build_loosely(item, None if (*loc, i) in wrong else one, (*loc, i), wrong)
            for i, one in enumerate(value if isinstance(value, list) else [])
        )
    if value is None or value is UNREADABLE:
        return "" if shape is str else None
    return value
