"""How things end, and what keeps abuse out: ratings, bans, the pace of messages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Integer, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.tables.base import Numbered, Table


class Rating(Numbered):
    """What a resident thinks of the work. Only ever added to: of several the latest counts, and
    `tickets.rating` repeats it. The comment comes later, or never."""

    __tablename__ = "ratings"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    stars: Mapped[int] = mapped_column(Integer)
    comment: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime]

    __table_args__ = (CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),)


class Ban(Numbered):
    """A resident whose words do not reach staff, in any messenger. `until` empty: for ever. It is
    over when that moment has come or somebody lifted it. `reason` is for staff alone."""

    __tablename__ = "bans"

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    reason: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    answered_at: Mapped[datetime | None]  # when the resident was last told of it

    __table_args__ = (
        Index("ix_bans_resident_id_now", "resident_id", postgresql_where=text("lifted_at IS NULL")),
    )


class Pace(Table):
    """When a resident last wrote: the latest moments, oldest first. `folding_since`: so many that
    they are folded into one, until it is quiet again."""

    __tablename__ = "paces"

    resident_id: Mapped[int] = mapped_column(
        ForeignKey("residents.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    heard: Mapped[list[datetime]] = mapped_column(ARRAY(DateTime(timezone=True)))
    folding_since: Mapped[datetime | None]
