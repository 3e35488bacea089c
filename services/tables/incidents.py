"""Incidents: many requests of one house with one cause."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.tables.base import Numbered


class Incident(Numbered):
    """Its followers are the tickets that name it (`tickets.incident_id`). `category` and `what`
    are those of the tickets it was made of; an emergency is alike only with its own `what`.
    `until`: when it is expected to be over, empty: nobody knows. `outage_id`: the outage that was
    announced of it. `message_id`: the post in the room that offered it and shows it since.
    State: offered → open → closed, or declined by a member."""

    __tablename__ = "incidents"

    house_id: Mapped[int] = mapped_column(ForeignKey("houses.id"))
    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"))
    surge_id: Mapped[int | None] = mapped_column(ForeignKey("surges.id"), index=True)
    outage_id: Mapped[int | None] = mapped_column(ForeignKey("outages.id"), index=True)
    category: Mapped[str]
    what: Mapped[str]
    emergency: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    state: Mapped[str] = mapped_column(server_default="offered", default="offered")
    until: Mapped[datetime | None]
    offered_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), index=True)
    outcome: Mapped[str] = mapped_column(server_default="", default="")

    __table_args__ = (
        CheckConstraint("state IN ('offered', 'open', 'closed', 'declined')", name="state"),
        Index(
            "ix_incidents_now",
            "house_id",
            "category",
            postgresql_where=text("state IN ('offered', 'open')"),
        ),
    )
