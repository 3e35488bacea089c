"""Applying the declaration: the file meets what the database holds.

Each entry is compared three ways: what the file said last time, what it says now, what the
database says. An entry changed in the chat stays unless the file changed it too; then that is a
conflict and the chat wins until `force`. What leaves the file is withdrawn, never deleted, so
nothing people have filed loses its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from services.company import storing
from services.company.declaration import Declaration, Vocabulary
from services.company.pictures import hang_pictures
from services.tables import DeclaredEntry

if TYPE_CHECKING:
    from services.work import Work


@dataclass(frozen=True)
class Change:
    what: Literal["added", "changed", "withdrawn", "conflict"]
    kind: str
    key: str


@dataclass(frozen=True)
class Messengers:
    """Which staff rooms exist outside the desk. `staff_chat` is where rooms go that name no
    chat of their own; empty: to the desk."""

    telegram: bool = False
    staff_chat: str = ""


async def apply_declaration(
    work: Work,
    declaration: Declaration,
    messengers: Messengers,
    *,
    force: bool = False,
    folder: Path | None = None,
) -> list[Change]:
    """Brings the database in line and returns what changed. A second call changes nothing.
    Roll the work back for a dry run. `folder`: where the pictures stand that the file names."""
    await storing.lock(work, storing.LOCK)
    known = {(row.kind, row.key): row for row in await work.session.scalars(select(DeclaredEntry))}
    changes: list[Change] = []
    seen: set[tuple[str, str]] = set()
    for kind, key, content, position in list_entries(declaration, messengers):
        seen.add((kind, key))
        before = known.get((kind, key))
        base = storing.as_now(kind, before.content) if before else None
        current = await storing.read(work, kind, key, base)
        if base == content and current is not None:
            continue
        edited = current is not None and base is not None and current != base
        if edited and current != content and not force:
            changes.append(Change("conflict", kind, key))
            continue
        if current == content:  # the file has caught up with the chat
            await _remember(work, kind, key, content)
            continue
        await storing.write(work, kind, key, content, position)
        changes.append(Change("changed" if current is not None else "added", kind, key))
        await _remember(work, kind, key, content)
    for (kind, key), row in known.items():
        if (kind, key) not in seen:
            current = await storing.read(work, kind, key, storing.as_now(kind, row.content))
            await work.session.delete(row)
            if storing.is_gone(current):  # the chat was first
                continue
            await storing.withdraw(work, kind, key)
            changes.append(Change("withdrawn", kind, key))
    if folder is not None:
        await hang_pictures(work, declaration, folder)
    return changes


def list_entries(
    declaration: Declaration, messengers: Messengers
) -> Iterator[tuple[str, str, dict[str, Any], int]]:
    """Every entry as (kind, key, content, position), in an order in which each finds what it
    refers to."""
    yield "company", "company", declaration.company.model_dump(mode="json"), 0
    rooms = {room.code: room for room in declaration.rooms}
    wanted = dict.fromkeys([*rooms, *(c.room for c in declaration.complexes)])
    own = {place.room for place in declaration.complexes}
    second = {place.executors for place in declaration.complexes} - own
    for position, code in enumerate(wanted):
        room = rooms.get(code)
        chat = str(room.telegram) if room and room.telegram else messengers.staff_chat
        if code in second and not (room and room.telegram):
            chat = ""  # executors sit apart from dispatchers, at the desk if nowhere else
        on_telegram = bool(messengers.telegram and chat)
        content: dict[str, Any] = {
            "title": room.title if room else code,
            "channel": "telegram" if on_telegram else "desk",
            "chat": chat if on_telegram else code,
        }
        if room and (rules := storing.rules_of(room)):
            content["rules"] = rules
        yield "room", code, content, position
    for position, place in enumerate(declaration.complexes):
        yield "complex", place.code, place.model_dump(mode="json", exclude={"houses"}), position
        for index, house in enumerate(place.houses):
            content = {"complex": place.code, **house.model_dump(mode="json")}
            if place.timezone and not house.timezone:
                content["zone"] = place.timezone  # so that a house moves with its complex
            yield "house", house.code, content, index
    for position, category in enumerate(declaration.categories):
        yield "category", category.key or category.code, category.model_dump(mode="json"), position
    for position, answer in enumerate(declaration.articles):
        yield "article", answer.called, answer.model_dump(mode="json"), position
    if declaration.vocabulary != Vocabulary():
        yield "vocabulary", "vocabulary", declaration.vocabulary.model_dump(mode="json"), 0
    for position, canned in enumerate(declaration.canned_answers):
        yield "canned_answer", canned.id, canned.model_dump(mode="json"), position
    for position, organisation in enumerate(declaration.organisations):
        yield "organisation", organisation.code, organisation.model_dump(mode="json"), position
    for position, member in enumerate(declaration.members):
        yield "member", member.code, member.model_dump(mode="json"), position


async def _remember(work: Work, kind: str, key: str, content: dict[str, Any]) -> None:
    row = insert(DeclaredEntry).values(kind=kind, key=key, content=content, applied_at=work.now)
    await work.session.execute(
        row.on_conflict_do_update(
            index_elements=[DeclaredEntry.kind, DeclaredEntry.key],
            set_={"content": row.excluded.content, "applied_at": row.excluded.applied_at},
        )
    )
