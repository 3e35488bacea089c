"""Drafts of answers that an outside machine wrote for staff."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from services.tables.base import Numbered

# The table has a column `text`, so the condition of its index stands here.
_ASKING = text("state = 'asking'")


class Suggestion(Numbered):
    """At most one a thread. `asking` with an old `asked_at`: whoever asked is gone, and it is asked
    again, not before `not_before`. `text` is the draft, `note_id` the note that shows it. What was
    asked is not kept. `sent_by`: the member who let it go as their own answer."""

    __tablename__ = "suggestions"

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), unique=True)
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    asked_at: Mapped[datetime]
    not_before: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    text: Mapped[str] = mapped_column(server_default="", default="")
    note_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), index=True)
    sent_by: Mapped[int | None] = mapped_column(ForeignKey("members.id"))

    __table_args__ = (
        CheckConstraint(
            "state IN ('asking', 'shown', 'nothing', 'dropped', 'failed')", name="state"
        ),
        Index("ix_suggestions_asked_at", "asked_at"),
        Index("ix_suggestions_asking", "not_before", postgresql_where=_ASKING),
    )
