"""What a field of the declaration takes, and a scalar of the file read as that.

YAML's own guesses about types are off: `09:00`, `08`, `1e3` and `no` are text until the field
they stand in makes something of them.
"""

from __future__ import annotations

import re
from datetime import date
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from services.company.declaration import Entry

UNREADABLE = object()
"""A scalar that is no number, no date, no yes or no; pydantic refuses it by its type."""
_YES_NO = {
    **dict.fromkeys(("true", "yes", "on", "да", "y"), True),
    **dict.fromkeys(("false", "no", "off", "нет", "n"), False),
}


def shape_of(annotation: Any) -> Any:
    """`str`, `int`, `bool`, `date`, an `Entry`, or `tuple[X, ...]`, without the trimmings."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return shape_of(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return shape_of(next(a for a in get_args(annotation) if a is not type(None)))
    return str if origin is Literal else annotation


def item_of(shape: Any) -> Any:
    """The shape of a list's items; None if it is no list."""
    return shape_of(get_args(shape)[0]) if get_origin(shape) is tuple else None


def is_pairs(shape: Any) -> bool:
    """Words that the file's author chooses, each with a text."""
    return get_origin(shape) is dict


def is_entry(shape: Any) -> bool:
    return isinstance(shape, type) and issubclass(shape, Entry)


def read_as(shape: Any, text: str) -> Any:
    if shape is int:
        digits = text.replace("−", "-").replace(" ", "")
        return int(digits) if re.fullmatch(r"[+-]?[0-9]{1,18}", digits) else UNREADABLE
    if shape is bool:
        return _YES_NO.get(text.casefold(), UNREADABLE)
    if shape is date:
        return _date(text) or UNREADABLE
    return text


def _date(text: str) -> date | None:
    try:
        if found := re.fullmatch(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", text):
            return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        pass
    return None
