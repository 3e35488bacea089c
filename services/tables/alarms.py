"""Alarms: words of danger, and who took them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from services.tables.base import Numbered


class Alarm(Numbered):
    """A thread that began with danger. `kind` is a danger of `emergencies.CODES`, or "voice": what
    nobody but a person can hear. `message_id` is the alarm's own line, which a forum shows in
    General. `heard_at`: when the resident last spoke of it. `house_id` as far as it is known,
    `exact` once nothing is left to ask of the place. `anonymous`: said without consent, its words
    are erased later. `next_at`: when somebody else is called, `step` says who, `called` are the
    members who were. `outcome` empty: nobody took it yet. `told_at`: who took it was made
    known."""

    __tablename__ = "alarms"

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), unique=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    kind: Mapped[str]
    raised_at: Mapped[datetime]
    heard_at: Mapped[datetime]
    house_id: Mapped[int | None] = mapped_column(ForeignKey("houses.id"))
    exact: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    anonymous: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    step: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    next_at: Mapped[datetime | None]
    called: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"))
    outcome: Mapped[str] = mapped_column(server_default="", default="")
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    settled_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("outcome IN ('', 'accepted', 'false', 'closed', 'heard')", name="outcome"),
        Index("ix_alarms_next_at", "next_at", postgresql_where=text("next_at IS NOT NULL")),
        Index(
            "ix_alarms_untold",
            "settled_at",
            postgresql_where=text("outcome = 'accepted' AND told_at IS NULL"),
        ),
        Index(
            "ix_alarms_to_erase",
            "raised_at",
            postgresql_where=text("anonymous AND erased_at IS NULL"),
        ),
    )
