"""Where people live and where staff sit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.tables.base import Numbered, Table


class CompanyRow(Table):
    """The company itself, one row. `content` is a `declaration.Company`."""

    __tablename__ = "company"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[dict[str, Any]]
    revision: Mapped[int]


class DeclaredEntry(Table):
    """An entry as the company file last gave it: the base of the three-way comparison."""

    __tablename__ = "declared_entries"

    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]
    applied_at: Mapped[datetime]


class Room(Numbered):
    """A staff group. `channel` is a messenger, or "desk" for the browser alone. `trouble`: we may
    not write there ("mute"), or are told nothing ("deaf"). `rules`: its own hours and how threads
    are dealt out, the fields of a `declaration.Room` that were given."""

    __tablename__ = "rooms"

    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    channel: Mapped[str]
    chat: Mapped[str]
    has_topics: Mapped[bool] = mapped_column(default=True)
    trouble: Mapped[str] = mapped_column(server_default="", default="")  # mute, deaf
    trouble_since: Mapped[datetime | None]
    trouble_why: Mapped[str | None]
    rules: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"), default=dict)
    withdrawn_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "channel", "chat"),)


class Complex(Numbered):
    """`telegram_channel`: where its notices stand in the open; empty: in the company's."""

    __tablename__ = "complexes"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"))
    executors_room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id"))
    features: Mapped[list[Any]]
    telegram_channel: Mapped[str] = mapped_column(server_default="", default="")
    position: Mapped[int] = mapped_column(Integer)
    withdrawn_at: Mapped[datetime | None]


class House(Numbered):
    """`timezone`: empty where it is the company's."""

    __tablename__ = "houses"

    complex_id: Mapped[int] = mapped_column(ForeignKey("complexes.id"), index=True)
    code: Mapped[str] = mapped_column(unique=True)
    address: Mapped[str]
    timezone: Mapped[str] = mapped_column(server_default="", default="")
    position: Mapped[int] = mapped_column(Integer)
    withdrawn_at: Mapped[datetime | None]


class Entrance(Numbered):
    __tablename__ = "entrances"

    house_id: Mapped[int] = mapped_column(ForeignKey("houses.id"))
    number: Mapped[str]
    code: Mapped[str] = mapped_column(unique=True)
    withdrawn_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("house_id", "number"),)


class Flat(Numbered):
    """A flat, office, parking place or storeroom. `number_key` is what typed numbers are
    compared with; `riser` is the place on the floor."""

    __tablename__ = "flats"

    house_id: Mapped[int] = mapped_column(ForeignKey("houses.id"))
    entrance_id: Mapped[int | None] = mapped_column(ForeignKey("entrances.id"), index=True)
    kind: Mapped[str]
    number: Mapped[str]
    number_key: Mapped[str]
    floor: Mapped[int | None] = mapped_column(Integer)
    riser: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("house_id", "kind", "number_key"),)
