"""Outages, where they are, and what residents answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from services.tables.base import Numbered, Table


class Outage(Numbered):
    """`title` names what is `other`. `until` empty: nobody knows. `loud`: residents must act, so an
    accident makes a sound at night too. `form`: the answers it was made of, to change it by.
    `open_to`: where else it stands for all to read (wall, channel).
    `room_id` and `way` (room, private, desk) say where its member is told of it. `announce_at`:
    when a scheduled one goes out; `remind_at`: the evening before, of a planned one. `asked_at`:
    when the member was asked whether it is over; `doubted_at`: when staff were first told that
    somebody still has none after its end."""

    __tablename__ = "outages"

    what: Mapped[str]
    title: Mapped[str] = mapped_column(server_default="", default="")
    reason: Mapped[str] = mapped_column(server_default="", default="")
    planned: Mapped[bool]
    loud: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(server_default="draft", default="draft")
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"))
    way: Mapped[str]
    form: Mapped[dict[str, Any]]
    open_to: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"), default=list)
    made_at: Mapped[datetime]
    announce_at: Mapped[datetime | None]
    announced_at: Mapped[datetime | None]
    remind_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    doubted_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(
            "what IN ('cold_water', 'hot_water', 'heating', 'electricity', 'elevator', 'gas', "
            "'intercom', 'other')",
            name="what",
        ),
        CheckConstraint(
            "state IN ('draft', 'scheduled', 'announced', 'restored', 'cancelled')", name="state"
        ),
        CheckConstraint("way IN ('room', 'private', 'desk')", name="way"),
        Index(
            "ix_outages_now",
            "state",
            postgresql_where=text("state IN ('scheduled', 'announced')"),
        ),
    )


class OutagePlace(Numbered):
    """A part of a house; what is empty does not narrow it. The outage is in all of its places."""

    __tablename__ = "outage_places"

    outage_id: Mapped[int] = mapped_column(ForeignKey("outages.id"), index=True)
    house_id: Mapped[int] = mapped_column(ForeignKey("houses.id"), index=True)
    entrance_id: Mapped[int | None] = mapped_column(ForeignKey("entrances.id"))
    riser: Mapped[str | None]
    floor_from: Mapped[int | None] = mapped_column(Integer)
    floor_to: Mapped[int | None] = mapped_column(Integer)
    flat_id: Mapped[int | None] = mapped_column(ForeignKey("flats.id"))


class OutageAnswer(Table):
    """What a resident said of it last, by a button."""

    __tablename__ = "outage_answers"

    outage_id: Mapped[int] = mapped_column(
        ForeignKey("outages.id"), primary_key=True, autoincrement=False
    )
    resident_id: Mapped[int] = mapped_column(
        ForeignKey("residents.id"), primary_key=True, autoincrement=False
    )
    answer: Mapped[str]
    at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("answer IN ('mine_too', 'back', 'still_none')", name="answer"),
    )
