"""Where each kind of declared entry is kept, and how it is read, written and withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic_core import to_jsonable_python
from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import insert

from services import rehousing
from services.company import declaration as entries
from services.company.declaration import House as HouseEntry
from services.company.flats import list_flats, normalize_number
from services.company.reading.shapes import is_entry, item_of, shape_of
from services.tables import (
    Article,
    CannedAnswer,
    Category,
    CompanyRow,
    Complex,
    Entrance,
    Flat,
    House,
    Member,
    MemberAccount,
    Organisation,
    Room,
)

if TYPE_CHECKING:
    from services.work import Work

Content = dict[str, Any]
LOCK = 0x6170706C  # held by whoever changes what the company declared
CHUNK = 2000  # rows of one INSERT
KEYED: dict[str, Any] = {
    "category": Category,
    "article": Article,
    "canned_answer": CannedAnswer,
    "organisation": Organisation,
}
ENTRIES: dict[str, type[entries.Entry]] = {
    "company": entries.Company,
    "complex": entries.Complex,
    "house": entries.House,
    "category": entries.Category,
    "article": entries.Article,
    "canned_answer": entries.CannedAnswer,
    "organisation": entries.Organisation,
    "member": entries.Member,
}
MAY_BE_REMOVED = ("article", "canned_answer")  # in the chat
RULES = {
    "hours", "holidays", "special_days", "dealing", "pool_after_minutes", "shows_names",
    "shows_flats",
}  # fmt: skip


def as_now(kind: str, content: Content) -> Content:
    """An entry written by an earlier version, with what this version added to its kind, at any
    depth: else each would look changed after an upgrade, and the version before, which may run
    beside this one, could not read what was written then."""
    return dict(_filled(ENTRIES.get(kind), content))


def _filled(shape: Any, content: Any) -> Any:
    if (item := item_of(shape)) and isinstance(content, list):
        return [_filled(item, each) for each in content]
    if not is_entry(shape) or not isinstance(content, dict):
        return content
    now = dict(content)
    for name, field in shape.model_fields.items():
        if name in content:
            now[name] = _filled(shape_of(field.annotation), content[name])
        elif not field.is_required():
            now[name] = to_jsonable_python(field.get_default(call_default_factory=True))
    return now


def is_gone(content: Content | None) -> bool:
    """Of what `read` gave: the chat took away what the file still has."""
    return content is None or bool(content.get("removed") or content.get("dismissed"))


def rules_of(room: entries.Room) -> Content:
    """What a room has of its own; empty: nothing."""
    return room.model_dump(mode="json", include=RULES, exclude_defaults=True)


async def lock(work: Work, key: int) -> None:
    """Until the end of the transaction: two processes starting at once apply one after the
    other."""
    await work.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


async def read(work: Work, kind: str, key: str, base: Content | None) -> Content | None:
    """The entry as the database has it now; None when it is absent or withdrawn. Houses, and of
    members all but what `/team` gives and takes, are changed by the file alone, so they read as
    last declared, and so does the vocabulary."""
    session = work.session
    if kind == "company":
        company = await session.get(CompanyRow, 1)
        return as_now(kind, company.content) if company else None
    if kind in KEYED:
        table = KEYED[kind]
        entry = await session.scalar(
            select(table).where(table.key == key), execution_options={"populate_existing": True}
        )
        if entry is None or (entry.withdrawn_at is not None and base is None):
            return None
        if entry.withdrawn_at is not None:  # only the chat withdraws what the file still has
            return {**entry.content, "removed": True} if kind in MAY_BE_REMOVED else None
        return as_now(kind, entry.content)
    if kind == "vocabulary":  # kept as declared and nowhere else
        return base
    if kind == "room":
        room = await session.scalar(
            select(Room).where(Room.code == key, Room.withdrawn_at.is_(None))
        )
        if room is None:
            return None
        content = {"title": room.title, "channel": room.channel, "chat": room.chat}
        return {**content, "rules": room.rules} if room.rules else content
    named: Any = {"complex": Complex, "house": House, "member": Member}[kind]
    if kind == "member":
        member = await session.scalar(select(Member).where(Member.code == key))
        gone = member is not None and member.withdrawn_at is not None
        if member is None or (gone and base is None):
            return None
        now = {**(base or {}), "role": member.role, "trainee": member.trainee}
        return {**now, "dismissed": True} if gone else now
    found = await session.scalar(
        select(named.id).where(named.code == key, named.withdrawn_at.is_(None))
    )
    return None if found is None else (base or {})


async def write(work: Work, kind: str, key: str, content: Content, position: int) -> None:
    session = work.session
    match kind:
        case "company":
            row = insert(CompanyRow).values(id=1, content=content, revision=1)
            await session.execute(
                row.on_conflict_do_update(
                    index_elements=[CompanyRow.id],
                    set_={"content": content, "revision": CompanyRow.revision + 1},
                )
            )
        case "category" | "article" | "canned_answer" | "organisation":
            await _put(work, KEYED[kind], "key", key=key, content=content, position=position)
        case "room":
            before = await session.scalar(select(Room).where(Room.code == key))
            stood_in = (before.channel, before.chat) if before else None
            known = {"rules": {}, **content}
            ident = await _put(work, Room, "code", code=key, has_topics=True, **known)
            if stood_in and stood_in != (content["channel"], content["chat"]):
                await rehousing.rehouse(work, ident, content["channel"], content["chat"])
        case "complex":
            room_id = await session.scalar(select(Room.id).where(Room.code == content["room"]))
            second = select(Room.id).where(Room.code == content["executors"])
            executors_id = await session.scalar(second)
            former = await session.scalar(
                select(Complex.executors_room_id).where(Complex.code == key)
            )
            complex_id = await _put(
                work, Complex, "code",
                code=key, name=content["name"], room_id=room_id, executors_room_id=executors_id,
                features=content["features"], position=position,
                telegram_channel=content.get("telegram_channel", ""),
            )  # fmt: skip
            if former is not None and former != executors_id:
                await work.rooms.take_back(former, complex_id)
        case "house":
            await _write_house(work, content, position)
        case "member":
            await _write_member(work, content)


async def withdraw(work: Work, kind: str, key: str) -> None:
    if kind in ("company", "vocabulary"):
        return
    table: Any = {
        **KEYED, "room": Room, "complex": Complex, "house": House, "member": Member,
    }[kind]  # fmt: skip
    column = table.key if kind in KEYED else table.code
    await work.session.execute(update(table).where(column == key).values(withdrawn_at=work.now))


async def _put(work: Work, table: Any, unique: str, **values: Any) -> int:
    row = insert(table).values(**values)
    changed = {name: value for name, value in values.items() if name != unique}
    found = await work.session.scalar(
        row.on_conflict_do_update(
            index_elements=[unique], set_={**changed, "withdrawn_at": None}
        ).returning(table.id)
    )
    return int(found)


async def _write_house(work: Work, content: Content, position: int) -> None:
    session = work.session
    own = {k: v for k, v in content.items() if k not in ("complex", "zone")}
    house = HouseEntry.model_validate(own)
    complex_id = await session.scalar(select(Complex.id).where(Complex.code == content["complex"]))
    house_id = await _put(
        work, House, "code",
        code=house.code, complex_id=complex_id, address=house.address, position=position,
        timezone=house.timezone or content.get("zone", ""),
    )  # fmt: skip
    await session.execute(
        update(Entrance).where(Entrance.house_id == house_id).values(withdrawn_at=work.now)
    )
    entrances: dict[str, int] = {}
    for entrance in house.entrances:
        code = entrance.code or f"{house.code}-{entrance.number}"
        row = insert(Entrance).values(house_id=house_id, number=entrance.number, code=code)
        found = await session.scalar(
            row.on_conflict_do_update(
                index_elements=[Entrance.house_id, Entrance.number],
                set_={"code": code, "withdrawn_at": None},
            ).returning(Entrance.id)
        )
        assert found is not None
        entrances[entrance.number] = found
    await session.execute(
        update(Flat)
        .where(Flat.house_id == house_id, Flat.withdrawn_at.is_(None))
        .values(withdrawn_at=work.now)
    )
    flats = [
        {
            "house_id": house_id,
            "entrance_id": entrances.get(place.entrance or ""),
            "kind": place.kind,
            "number": place.number,
            "number_key": normalize_number(place.number),
            "floor": place.floor,
            "riser": place.riser,
            "withdrawn_at": None,
        }
        for place in list_flats(house)
    ]
    for start in range(0, len(flats), CHUNK):
        rows = insert(Flat).values(flats[start : start + CHUNK])
        await session.execute(
            rows.on_conflict_do_update(
                index_elements=[Flat.house_id, Flat.kind, Flat.number_key],
                set_={
                    name: rows.excluded[name]
                    for name in ("entrance_id", "number", "floor", "riser", "withdrawn_at")
                },
            )
        )


async def _write_member(work: Work, content: Content) -> None:
    accounts = {
        name: str(content[name]) for name in ("telegram", "vk") if content[name] is not None
    }
    member_id = await _put(
        work, Member, "code",
        code=content["code"], name=content["name"], role=content["role"],
        title=content["title"], desk=content["desk"], rooms=content["rooms"], source="file",
        trainee=content["trainee"],
    )  # fmt: skip
    await work.session.execute(delete(MemberAccount).where(MemberAccount.member_id == member_id))
    for channel, user_id in accounts.items():
        row = insert(MemberAccount).values(channel=channel, user_id=user_id, member_id=member_id)
        await work.session.execute(
            row.on_conflict_do_update(
                index_elements=[MemberAccount.channel, MemberAccount.user_id],
                set_={"member_id": member_id},
            )
        )
