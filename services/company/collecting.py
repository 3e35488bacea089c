"""The declaration as the database holds it now, whatever was changed in the chat since the file.

Houses, complexes and accounts of staff are changed by the file alone, so they read as last
declared. People who came in by a room of staff or by the settings are no part of it: they come in
the same way again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from services.company import storing
from services.company.declaration import Declaration
from services.company.reading.shapes import is_entry, item_of, shape_of
from services.errors import NotFound
from services.tables import CompanyRow, Complex, DeclaredEntry, House, Member, Room

if TYPE_CHECKING:
    from services.work import Work

SECTIONS = {
    "category": "categories",
    "article": "articles",
    "canned_answer": "canned_answers",
    "organisation": "organisations",
}


async def collect_declaration(work: Work, staff_chat: str = "") -> Declaration:
    """`staff_chat`: the group that a room without one of its own goes to, which is a setting and
    not the file's. Raises `NotFound` where no file has ever been applied."""
    company = await work.session.get(CompanyRow, 1, populate_existing=True)
    if company is None:
        raise NotFound("no company file has been applied")
    rows = await work.session.scalars(select(DeclaredEntry).order_by(DeclaredEntry.key))
    declared = {(row.kind, row.key): row.content for row in rows}
    said: dict[str, Any] = {
        "company": storing.as_now("company", company.content),
        "rooms": await _rooms(work, staff_chat),
        "complexes": await _complexes(work, declared),
        "vocabulary": declared.get(("vocabulary", "vocabulary"), {}),
        "members": await _members(work, declared),
    }
    for kind, section in SECTIONS.items():
        table = storing.KEYED[kind]
        found = await work.session.scalars(
            select(table.content)
            .where(table.withdrawn_at.is_(None))
            .order_by(table.position, table.id)
        )
        said[section] = list(found)
    return Declaration.model_validate(_given(Declaration, said))


def _given(shape: Any, value: Any) -> Any:
    """Without the fields that hold their default: an empty code is one, and no code."""
    if item := item_of(shape):
        return [_given(item, each) for each in value]
    if not is_entry(shape):
        return value
    given: dict[str, Any] = {}
    for name, said in value.items():
        field = shape.model_fields[name]
        default = None if field.is_required() else field.get_default(call_default_factory=True)
        if said != (list(default) if isinstance(default, tuple) else default):
            given[name] = _given(shape_of(field.annotation), said)
    return given


async def _rooms(work: Work, staff_chat: str) -> list[dict[str, Any]]:
    rooms = await work.session.scalars(
        select(Room).where(Room.withdrawn_at.is_(None)).order_by(Room.id)
    )
    return [
        {
            "code": room.code,
            "title": room.title,
            **({"telegram": int(room.chat)} if _names_its_group(room, staff_chat) else {}),
            **room.rules,
        }
        for room in rooms
    ]


def _names_its_group(room: Room, staff_chat: str) -> bool:
    return room.channel == "telegram" and room.chat != staff_chat


async def _complexes(work: Work, declared: dict[tuple[str, str], Any]) -> list[dict[str, Any]]:
    houses = await work.session.execute(
        select(House.code, Complex.code)
        .join(Complex, Complex.id == House.complex_id)
        .where(House.withdrawn_at.is_(None))
        .order_by(House.position, House.id)
    )
    standing: dict[str, list[Any]] = {}
    for house, place in houses:
        content = declared.get(("house", house), {})
        known = {name: value for name, value in content.items() if name not in ("complex", "zone")}
        standing.setdefault(place, []).append(known)
    codes = await work.session.scalars(
        select(Complex.code)
        .where(Complex.withdrawn_at.is_(None))
        .order_by(Complex.position, Complex.id)
    )
    return [
        {**storing.as_now("complex", declared["complex", code]), "houses": standing.get(code, [])}
        for code in codes
    ]


async def _members(work: Work, declared: dict[tuple[str, str], Any]) -> list[dict[str, Any]]:
    """With the role that `/team` gave, and without whom it dismissed."""
    members = await work.session.scalars(
        select(Member)
        .where(Member.withdrawn_at.is_(None), Member.source == "file")
        .order_by(Member.id)
        .execution_options(populate_existing=True)
    )
    return [
        {
            **storing.as_now("member", declared["member", member.code]),
            "role": member.role,
            "trainee": member.trainee,
        }
        for member in members
        if member.code is not None and ("member", member.code) in declared
    ]
